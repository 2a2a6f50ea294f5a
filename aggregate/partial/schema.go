// Package partial writes and reads parts as Arrow record batches.
//
// The path of a part through the package:
//
//  1. Each [aggregate.Entry] is a row of one schema (schema.go), so that every Arrow reader
//     opens a partial. Names are strings in dictionaries that all batches share.
//  2. [Write] writes the rows batch by batch (stream.go, columns.go), everything else of a
//     [File] as metadata (metadata.go), and a digest after the Arrow stream (file.go).
//  3. [Open] verifies the digest. Then every message is checked before Arrow reads it
//     (message.go, frame.go), every batch after that (stream.go), and every entry
//     (cursor.go): a partial may be crafted.
//  4. [CheckVersions] and [CheckInputs] say what may be added up (sum.go).
//
// A [Codec] writes and reads the temporary files of one process, without steps 3 and 4.
package partial

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/columns"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

var (
	idType     = columns.ID
	bucketType = columns.Seconds
	stepTime   = &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	nameType   = columns.Name
	boolType   = arrow.FixedWidthTypes.Boolean
	textType   = arrow.BinaryTypes.String
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
	colTelemetry
	colBuckets
	colFirstSeen
	colLastSeen
	colEvidence
	colSteps
	colText // not in every partial
)

// The fields of evidence, in order.
const (
	evSource = iota
	evClient
	evStream
	evSubscriber
	evCode
	evError
	evMethod
	evMethodFrom
	evKind
	evWeight
	evReason
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
	stepStream
	stepSubscriber
	stepAt
	stepMethod
	stepWhat
)

var evidenceType = arrow.StructOf(
	arrow.Field{Name: "source", Type: arrow.PrimitiveTypes.Uint32},       // into the list of sources
	arrow.Field{Name: "client", Type: idType, Nullable: true},            // that posted the records
	arrow.Field{Name: "stream", Type: arrow.PrimitiveTypes.Uint32},       // hash of its ID; 0: none
	arrow.Field{Name: "subscriber", Type: arrow.PrimitiveTypes.Uint32},   // hash of its ID; 0: none
	arrow.Field{Name: "code", Type: arrow.PrimitiveTypes.Int32},          // stated by the records; 0: none
	arrow.Field{Name: "error", Type: nameType, Nullable: true},           // null: without a name
	arrow.Field{Name: "method", Type: nameType},                          // "unknown" if it is unknown
	arrow.Field{Name: "method_from", Type: nameType},                     // how it is known
	arrow.Field{Name: "evidence", Type: nameType},                        // how the error is known
	arrow.Field{Name: "weight", Type: nameType},                          // how the records join failures
	arrow.Field{Name: "reason", Type: nameType, Nullable: true},          // why the error was raised; null: unknown
	arrow.Field{Name: "late", Type: boolType},                            // from the timer of a destroyed publisher
	arrow.Field{Name: "axis", Type: nameType},                            // unit of first
	arrow.Field{Name: "first", Type: arrow.PrimitiveTypes.Int64},         // time: Unix ns; time_of_day: ns; record: index in the source
	arrow.Field{Name: "span", Type: arrow.PrimitiveTypes.Uint32},         // from the first record to the last, in the same unit
	arrow.Field{Name: "first_record", Type: arrow.PrimitiveTypes.Uint32}, // index in the source, from 0
	arrow.Field{Name: "record_span", Type: arrow.PrimitiveTypes.Uint32},  // from there to the last record
	arrow.Field{Name: "records", Type: arrow.PrimitiveTypes.Uint32},
)

var stepsType = arrow.StructOf(
	arrow.Field{Name: "call", Type: arrow.PrimitiveTypes.Uint64}, // hash of what the events of one call have in common
	arrow.Field{Name: "client", Type: idType, Nullable: true},
	arrow.Field{Name: "stream", Type: arrow.PrimitiveTypes.Uint32},     // hash of its ID; 0: none
	arrow.Field{Name: "subscriber", Type: arrow.PrimitiveTypes.Uint32}, // hash of its ID; 0: none
	arrow.Field{Name: "time", Type: stepTime, Nullable: true},
	arrow.Field{Name: "method", Type: nameType},
	arrow.Field{Name: "what", Type: nameType}, // start, or the outcome of the call
)

// schema is the schema of a partial: a row for each session or surrogate ID, sorted by ID. The
// row with a null ID is of records without an ID.
var schema = arrow.NewSchema([]arrow.Field{
	{Name: "id", Type: idType, Nullable: true},        // XXH3-128 of the ID
	{Name: "known_by", Type: nameType},                // kind of the ID: session, connection, client, guid; source if it is null
	{Name: "api_key", Type: nameType, Nullable: true}, // of a session
	{Name: "sdk", Type: nameType, Nullable: true},     // of a client: version, as in 2.35.2
	{Name: "browser", Type: nameType, Nullable: true},
	{Name: "os", Type: nameType, Nullable: true},
	{Name: "session", Type: idType, Nullable: true},             // of a connection or client
	{Name: "several_sessions", Type: boolType},                  // it was seen with several sessions
	{Name: "client", Type: idType, Nullable: true},              // of a connection
	{Name: "several_clients", Type: boolType},                   // it was seen with several clients
	{Name: "telemetry", Type: boolType},                         // one of the records is telemetry
	{Name: "cells", Type: listOf(bucketType)},                   // starts of the quarter-hours with a record of the ID; null: no time
	{Name: "first_seen", Type: columns.Seconds, Nullable: true}, // of these records; null: no time
	{Name: "last_seen", Type: columns.Seconds, Nullable: true},
	{Name: "evidence", Type: listOf(evidenceType)}, // records that show an error
	{Name: "steps", Type: listOf(stepsType)},       // telemetry events that start or end an attempt
}, nil)

// schemaWithIDs is the schema of a partial that has session IDs as the logs have them, too. Whoever
// opens a partial sees from its columns whether it has.
var schemaWithIDs = arrow.NewSchema(append(schema.Fields(),
	arrow.Field{Name: "id_text", Type: textType, Nullable: true}, // the ID of a session; null: not kept
), nil)

// schemaOf returns the schema of a partial that has session IDs as the logs have them, or has not.
func schemaOf(hasIDs bool) *arrow.Schema {
	if hasIDs {
		return schemaWithIDs
	}
	return schema
}

func listOf(t arrow.DataType) *arrow.ListType {
	return arrow.ListOfField(arrow.Field{Name: "item", Type: t, Nullable: true})
}

// Names that do not come from logs.
var (
	knownBy     = namesOf(aggregate.SessionFroms[:])
	evidences   = namesOf(classify.Evidences[:])
	methodFroms = namesOf(classify.MethodFroms[:])
	weights     = namesOf(classify.Weights[:])
	axes        = namesOf(axis.All[:])
	reasons     = reasonNames()
	whats       = append([]string{"start"}, namesOf(aggregate.Outcomes[:])...)
)

// reasonNames returns the names of the reasons, "" first.
func reasonNames() []string {
	var out []string
	for i := range catalogue.Reasons() {
		out = append(out, catalogue.ReasonID(i).String())
	}
	return out
}

func namesOf[T interface{ String() string }](all []T) []string {
	var out []string
	for _, x := range all {
		out = append(out, x.String())
	}
	return out
}
