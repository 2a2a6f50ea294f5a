// Package partial makes parts travel: as Arrow record batches.
//
// What is known of each session, [aggregate.Entry], is one row of one schema, so that a
// partial is a plain Arrow IPC stream which any reader opens. Names travel as strings in
// dictionaries that all batches of a stream share, never as numbers of a process. [Write]
// and [Open] are for files, with all that a report needs beside; a [Codec] is for what a
// process keeps on disk for itself.
package partial

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
	"github.com/otlog/otlog/classify"
)

var (
	idType     = columns.ID
	bucketType = columns.Seconds
	stepTime   = &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	nameType   = columns.Name
	boolType   = arrow.FixedWidthTypes.Boolean
)

// The columns of a partial, in order.
const (
	colID = iota
	colKnownBy
	colAPIKey
	colSDK
	colBrowser
	colOS
	colSession
	colSessions
	colClient
	colClients
	colBuckets
	colEvidence
	colSteps
)

// The fields of evidence, in order.
const (
	evSource = iota
	evClient
	evStream
	evCode
	evError
	evMethod
	evMethodFrom
	evKind
	evWeight
	evLate
	evAxis
	evFirst
	evSpan
	evPlace
	evPlaceSpan
	evRecords
)

// The fields of steps, in order.
const (
	stepCall = iota
	stepClient
	stepAt
	stepMethod
	stepWhat
)

var evidenceType = arrow.StructOf(
	arrow.Field{Name: "source", Type: arrow.PrimitiveTypes.Uint32},       // into the list of sources
	arrow.Field{Name: "client", Type: idType, Nullable: true},            // that posted the records
	arrow.Field{Name: "stream", Type: arrow.PrimitiveTypes.Uint32},       // hash of the stream or subscriber; 0: none
	arrow.Field{Name: "code", Type: arrow.PrimitiveTypes.Int32},          // that the records state; 0: none
	arrow.Field{Name: "error", Type: nameType, Nullable: true},           // null: no name can be told
	arrow.Field{Name: "method", Type: nameType},                          // "unknown" if it cannot be told
	arrow.Field{Name: "method_from", Type: nameType},                     // how it is known
	arrow.Field{Name: "evidence", Type: nameType},                        // how the error is known
	arrow.Field{Name: "weight", Type: nameType},                          // what the records can do for a failure
	arrow.Field{Name: "late", Type: boolType},                            // the timer of a publisher that was gone
	arrow.Field{Name: "axis", Type: nameType},                            // what first counts
	arrow.Field{Name: "first", Type: arrow.PrimitiveTypes.Int64},         // time: Unix ns; time_of_day: ns; record: which one of its source
	arrow.Field{Name: "span", Type: arrow.PrimitiveTypes.Uint32},         // from the first record to the last, likewise
	arrow.Field{Name: "first_record", Type: arrow.PrimitiveTypes.Uint32}, // which one of its source it is, from 0
	arrow.Field{Name: "record_span", Type: arrow.PrimitiveTypes.Uint32},  // from there to the last one
	arrow.Field{Name: "records", Type: arrow.PrimitiveTypes.Uint32},
)

var stepsType = arrow.StructOf(
	arrow.Field{Name: "call", Type: arrow.PrimitiveTypes.Uint64}, // hash of what the events of one call share
	arrow.Field{Name: "client", Type: idType, Nullable: true},
	arrow.Field{Name: "time", Type: stepTime, Nullable: true},
	arrow.Field{Name: "method", Type: nameType},
	arrow.Field{Name: "what", Type: nameType}, // start, or how the call ended
)

// schema is the schema of a partial: a row for each session, or what stands for one,
// sorted by ID; a null ID stands for all that bears none.
var schema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: idType, Nullable: true},        // XXH3-128 of the ID
	{Name: "known_by", Type: nameType},                // what the ID is one of: session, connection, client; source if it is null
	{Name: "api_key", Type: nameType, Nullable: true}, // of a session
	{Name: "sdk", Type: nameType, Nullable: true},     // of a client: version, as in 2.35.2
	{Name: "browser", Type: nameType, Nullable: true},
	{Name: "os", Type: nameType, Nullable: true},
	{Name: "session", Type: idType, Nullable: true}, // that a connection or client was seen with
	{Name: "several_sessions", Type: boolType},      // it was seen with more than one
	{Name: "client", Type: idType, Nullable: true},  // that a connection was seen with
	{Name: "several_clients", Type: boolType},       // likewise
	{Name: "cells", Type: listOf(bucketType)},       // starts of the quarters of an hour in which a record bore the ID; null: no time
	{Name: "evidence", Type: listOf(evidenceType)},  // records that show an error
	{Name: "steps", Type: listOf(stepsType)},        // telemetry events that start or end an attempt
}, nil)

func listOf(t arrow.DataType) *arrow.ListType {
	return arrow.ListOfField(arrow.Field{Name: "item", Type: t, Nullable: true})
}

// What is told by names that no log holds.
var (
	knownBy     = namesOf(aggregate.SessionFroms[:])
	evidences   = namesOf(classify.Evidences[:])
	methodFroms = namesOf(classify.MethodFroms[:])
	weights     = namesOf(classify.Weights[:])
	axes        = namesOf(aggregate.Axes[:])
	whats       = append([]string{"start"}, namesOf(aggregate.Outcomes[:])...)
)

func namesOf[T interface{ String() string }](all []T) []string {
	var out []string
	for _, x := range all {
		out = append(out, x.String())
	}
	return out
}
