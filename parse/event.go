// Package parse turns bytes into events.
//
// The path through the package:
//
//  1. Package find turns arguments (files, directories, globs, "-") into a [Source] each.
//  2. [Open] opens a source and reads its first bytes. [File.Inputs] yields the texts in it, each
//     an [Input]; package unpack removes compression and opens archives (open.go). Package
//     sieve says which files of directories and archives are logs.
//  3. The first bytes of a text decide its [Format] (format.go). A new shape of input gets an
//     entry in [Formats]; if it is a JSON document, also the path of its records (package
//     document). Package outline finds the records in documents of other shapes.
//  4. A [Reader] fills each [Block] with whole records. It cuts text at lines (block.go); other
//     formats have a splitter that finds the records (split.go): format_json.go with
//     format_outline.go, format_csv.go and format_pieces.go. A plain file has one reader per
//     section, so that every core can read.
//  5. A [Decoder] turns the records of a block into one reused [Event] each, or a [*SyntaxError]
//     (decoder.go). Both state how many bytes and lines they cover, so that nothing is lost.
//     json.go reads the fields of a JSON object; package field says what its keys mean. Lines that
//     are built like earlier ones are only recognized (lines.go, package layout).
//
// Package parse does not know what an error looks like. A [Finder] marks the records that may
// show one. The others, which are nearly all, are decoded only as far as denominators need it.
package parse

import (
	"fmt"

	"github.com/otlog/otlog/parse/crowd"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Event is one record of a client log: a line with the stack lines after it, or a JSON
// object.
//
// A Decoder reuses a single Event for every record it yields. Its byte fields are parts of the
// Block or of the Decoder's buffers, and are valid until the next iteration.
//
// A field that the log does not state is empty. Nothing is guessed: package classify decides
// which error it is.
type Event struct {
	// Time is in Unix nanoseconds: by the client's clock if the record states it, otherwise by
	// the log's. It is timestamp.NoTime if there is neither.
	Time int64
	// OfDay is the time of day, in nanoseconds since midnight, of a record that states one
	// without a date. It is timestamp.NoTime for any other record.
	OfDay int64
	// Doubt is what the record's time leaves open, and Doubted that time as written.
	Doubt   timestamp.Doubt
	Doubted []byte
	Session []byte // the OpenTok session ID, as written
	Level   level.Level
	Blank   bool // a blank line, the header of a table, or what is around records

	// Text is the free text of the record, ready for matching: JSON escapes are resolved,
	// values of one object are separated by line feeds, terminal sequences and console
	// directives are removed. It is empty unless the record was decoded in full, see
	// [Decoder.Events].
	Text []byte
	// Message is the part of Text that is meant for people, if an object has a field for it.
	Message []byte
	// Name is the value of a field made for an error's name (name, error.name, failureName).
	Name []byte
	// Code is the number in a field made for an error's code (code, error.code, failureCode), 0
	// if there is none.
	Code int32

	// These IDs are the values of fields made for them.
	Client       []byte // the page load that wrote it: clientInstanceId, or guid in old versions
	GUID         bool   // Client is a guid, which outlives the page load
	ConnectionID []byte

	// Like Text, these are empty unless the record was decoded in full.
	StreamID     []byte
	SubscriberID []byte

	// Telemetry is the event that the SDK posted about itself, nil for any other record.
	Telemetry *Telemetry

	// Wrapped reports whether the record is an object, a row, or a container's line, rather than
	// text or telemetry as a browser's console shows it.
	Wrapped bool

	// Several reports whether the record may be several: JSON values, events of telemetry, or a list
	// of objects with times.
	Several bool

	// Cut is the reason why the end of the record is missing, "" if it is not. Such a record
	// counts only if its rest is evidence of an error.
	Cut string

	Offset int64 // of the record's first byte in the decoded source
	Bytes  int   // of the record, including separators
	Lines  int   // physical lines

	Raw []byte // the record as it stands in the block; a row of a table as an object
}

// clean reports whether only the time and the IDs of the record matter.
func (e *Event) clean() bool {
	return len(e.Text) == 0 && e.Code == 0 && e.Telemetry == nil && e.Level == level.Unknown && !e.Blank && !e.GUID && e.Doubt == timestamp.NoDoubt && e.Cut == "" && !e.Several
}

// Crowded returns why a record that shows an error is refused, "" if it is not: it contains errors
// of several sessions, such as a whole log in one field, of which it would count as one failure.
func (e *Event) Crowded() string {
	if e.Telemetry == nil && crowd.Is(e.Raw) {
		return crowded
	}
	return ""
}

const crowded = "errors of several sessions in one record, which would count as one failure: export each line of the log as a record (otlog formats lists what is supported)"

// A Reason is why a record was skipped.
type Reason uint8

// The reasons, in the order of reports.
const (
	Oversize    Reason = iota // longer than MaxRecord
	Damaged                   // incomplete or invalid, and its rest is not evidence of an error
	Undecodable               // not text
	numReasons
)

// Reasons lists every reason.
var Reasons = [numReasons]Reason{Oversize, Damaged, Undecodable}

// String returns the reason's name in reports.
func (r Reason) String() string {
	return [...]string{"oversize", "damaged", "undecodable"}[r]
}

// A SyntaxError is a record that could not be read. Records may follow it. Like an Event, it
// accounts for its bytes and lines.
type SyntaxError struct {
	Reason Reason
	Offset int64 // of the record's first byte in the decoded source
	Bytes  int64
	Lines  int64
	Cause  string
}

// Error states the offset and the cause; the caller adds the name of the source.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("offset %d: %s", e.Offset, e.Cause)
}
