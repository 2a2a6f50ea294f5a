// Package partial makes a tally travel: as Arrow record batches.
//
// A tally becomes four streams of batches, [Errors], [Attempts], [Sightings] and
// [Coverage], each in the order that aggregate gives: the first three by session.
// Names travel as strings in dictionaries that all batches of a stream share,
// never as numbers of this process. [ErrorRows], [AttemptsRows], [SightingRows]
// and [CoverageRows] read them back; reports are made from what these yield, so
// that a report does not care where its batches come from.
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
	colSession
	colCell
	colSDK
	colBrowser
	colOS
	colAPIKey
	colEvidence
	colStated
	colFailures
	colLines
	colFirst
	colLast
)

// ErrorsSchema is the schema of the errors stream: a row for each session,
// method, error, code, quarter of an hour, client, and what its lines state. All
// before evidence says of which failures the lines speak.
var ErrorsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "method", Type: name},                                     // "unknown" if it cannot be told
	{Name: "error", Type: name, Nullable: true},                      // null: no name can be told
	{Name: "code", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, // stands for a missing name
	{Name: "session", Type: session, Nullable: true},                 // XXH3-128 of the session ID
	{Name: "cell", Type: cellTime, Nullable: true},                   // start of the quarter of an hour in which the failures began; null: no time
	{Name: "sdk", Type: name, Nullable: true},                        // version, as in 2.35.2; null: telemetry does not tell
	{Name: "browser", Type: name, Nullable: true},                    // with its major version, as in Chrome 142
	{Name: "os", Type: name, Nullable: true},
	{Name: "api_key", Type: name, Nullable: true},                           // of the session; null: its ID does not tell
	{Name: "evidence", Type: name},                                          // of the lines
	{Name: "stated_code", Type: arrow.PrimitiveTypes.Int32, Nullable: true}, // by the lines
	{Name: "failures", Type: arrow.PrimitiveTypes.Int64},                    // each in one of its rows
	{Name: "lines", Type: arrow.PrimitiveTypes.Int64},
	{Name: "first_seen", Type: instant, Nullable: true}, // of the lines
	{Name: "last_seen", Type: instant, Nullable: true},
}, nil)

// AttemptsSchema is the schema of the attempts stream: a row for each session,
// method, quarter of an hour, client and kind of outcome.
var AttemptsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "session", Type: session, Nullable: true},
	{Name: "method", Type: name},
	{Name: "cell", Type: cellTime, Nullable: true}, // in which the attempts began
	{Name: "sdk", Type: name, Nullable: true},
	{Name: "browser", Type: name, Nullable: true},
	{Name: "os", Type: name, Nullable: true},
	{Name: "api_key", Type: name, Nullable: true},
	{Name: "outcome", Type: name},
	{Name: "inferred", Type: arrow.FixedWidthTypes.Boolean}, // their start was not seen
	{Name: "attempts", Type: arrow.PrimitiveTypes.Int64},
}, nil)

// SightingsSchema is the schema of the sightings stream: a row for each session
// and quarter of an hour in which a record bore it.
var SightingsSchema = arrow.NewSchema([]arrow.Field{
	{Name: "session", Type: session},
	{Name: "known_by", Type: name}, // session, connection or client: what stands for the session
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
