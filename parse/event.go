// Package parse turns bytes into events.
//
// The path through the package:
//
//  1. [Find] turns arguments (files, directories, globs, "-") into [Source]s.
//  2. [Open] looks at a source's first bytes: they tell the compression and the
//     [Format], whatever the name says. The result is an [Input].
//  3. An input's [Reader] fills [Block]s with whole records. A plain file gives
//     a reader for each of its sections, so that every core can read.
//  4. A [Decoder] walks a block and yields one reused [Event] per record, or a
//     [*SyntaxError] in its place; both say how many bytes and lines they are,
//     so that nothing is lost.
//
// Package parse does not know the names of errors: [Decoder] is told by its
// caller where candidates stand, and reads the other records only as far as
// denominators need it.
package parse

import (
	"fmt"

	"github.com/otlog/otlog/parse/timestamp"
)

// An Event is one record of a client log: a line with the stack lines after
// it, or a JSON object.
//
// A Decoder reuses a single Event for every record it yields. Its byte fields
// are views into the Block or into the Decoder's buffers and are good until
// the next iteration.
//
// A field that the log did not state is empty. Nothing is guessed here: naming
// the error is classify's work.
type Event struct {
	Time int64 // Unix nanoseconds by the client's clock where it is told, else the log's; timestamp.NoTime if neither
	// OfDay is the time of day in nanoseconds since midnight of a record that
	// states no date with it, timestamp.NoTime for any other one.
	OfDay int64
	// Doubt is what the record's time leaves open, and Doubted the time as it
	// stands there, if there is a doubt.
	Doubt   timestamp.Doubt
	Doubted []byte
	Session []byte // OpenTok session ID as written, unredacted

	// Text is all that the record says in free text, ready for matching: JSON
	// escapes resolved, values of one object separated by line feeds, terminal
	// sequences and console directives removed. It is empty unless the record
	// was decoded in full, see [Decoder.Events].
	Text []byte
	// Message is the part of Text that is made for people, where an object has a
	// field for that.
	Message []byte
	// Name is what stood in a field that is made for an error's name (name,
	// error.name, failureName).
	Name []byte
	// Code is the number in a field that is made for an error's code (code,
	// error.code, failureCode), 0 if there is none.
	Code int32

	// IDs of the fields that are made for them. Like Text they are empty unless
	// the record was decoded in full.
	Client       []byte // the page load that wrote it: clientInstanceId, or guid in old versions
	ConnectionID []byte
	StreamID     []byte
	SubscriberID []byte

	// Telemetry is what the SDK posted about itself, nil for any other record.
	Telemetry *Telemetry

	// Cut says why the end of the record is missing, "" if it is not. Such a
	// record counts only for the evidence that is left of it.
	Cut string

	Offset int64 // of the record's first byte in the decoded source
	Bytes  int   // of the record, separators included
	Lines  int   // physical lines
}

// A Reason says why a record was skipped.
type Reason uint8

// The reasons, in the order of reports.
const (
	Oversize    Reason = iota // longer than MaxRecord
	Damaged                   // cut off or broken: what is left bears no evidence
	Undecodable               // not text at all
	numReasons
)

// Reasons lists every reason there is.
var Reasons = [numReasons]Reason{Oversize, Damaged, Undecodable}

// String returns the reason's name in reports.
func (r Reason) String() string {
	return [...]string{"oversize", "damaged", "undecodable"}[r]
}

// A SyntaxError is a record that could not be read. It is part of the stream,
// not the end of it, and accounts for its bytes and lines as an Event does.
type SyntaxError struct {
	Reason Reason
	Offset int64 // of the record's first byte in the decoded source
	Bytes  int64
	Lines  int64
	Cause  string
}

// Error names the offset and the cause; the caller names the source.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("offset %d: %s", e.Offset, e.Cause)
}
