// Package partial makes a tally travel: as Arrow record batches.
//
// A tally becomes four streams of batches, [Errors], [Attempts], [Sightings] and
// [Coverage], each in the order that aggregate gives. Names travel as strings in dictionaries that all batches
// of a stream share, never as numbers of this process. [ErrorRows],
// [AttemptsRows], [SightingRows] and [CoverageRows] read them back; reports are made from what these yield, so that
// a report does not care where its batches come from.
//
// This package is the only one that knows Arrow.
package partial

import (
	"github.com/apache/arrow-go/v18/arrow"
)

var (
	instant  = &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}
	cellTime = &arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}
	session  = &arrow.FixedSizeBinaryType{ByteWidth: 16}
	name     = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
)

// The columns of the errors stream, in order.
const (
	colMethod = iota
	colError
	colCode
	colEvidence
	colSession
	colCell
	colLines
	colFirst
	colLast
)

// ErrorsSchema is the schema of the errors stream: a row for each method,
// error, code, kind of evidence, session and quarter of an hour.
var ErrorsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "method", Type: name},                                     // "unknown" if it cannot be told
	{Name: "error", Type: name, Nullable: true},                      // null: no name can be told
	{Name: "code", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, // stands for a missing name
	{Name: "evidence", Type: name},
	{Name: "session", Type: session, Nullable: true}, // XXH3-128 of the session ID
	{Name: "cell", Type: cellTime, Nullable: true},   // start of the quarter of an hour; null: no time
	{Name: "lines", Type: arrow.PrimitiveTypes.Int64},
	{Name: "first_seen", Type: instant, Nullable: true},
	{Name: "last_seen", Type: instant, Nullable: true},
}, nil)

// AttemptsSchema is the schema of the attempts stream: a row for each method,
// quarter of an hour and kind of outcome.
var AttemptsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "method", Type: name},
	{Name: "cell", Type: cellTime, Nullable: true}, // in which the attempts began
	{Name: "outcome", Type: name},
	{Name: "inferred", Type: arrow.FixedWidthTypes.Boolean}, // their start was not seen
	{Name: "attempts", Type: arrow.PrimitiveTypes.Int64},
}, nil)

// SightingsSchema is the schema of the sightings stream: a row for each session
// and quarter of an hour in which a record bore it.
var SightingsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "session", Type: session},
	{Name: "cell", Type: cellTime, Nullable: true},
}, nil)

// CoverageSchema is the schema of the coverage stream: a row for each quarter of
// an hour that holds records.
var CoverageSchema = arrow.NewSchema([]arrow.Field{
	{Name: "cell", Type: cellTime, Nullable: true},
	{Name: "records", Type: arrow.PrimitiveTypes.Int64},
	{Name: "first_seen", Type: instant, Nullable: true},
	{Name: "last_seen", Type: instant, Nullable: true},
}, nil)
