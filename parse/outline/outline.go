// Package outline finds the records in a JSON document of an unknown shape.
//
// The path through the package:
//
//  1. [Reader.Read] walks the document once. Values with the same path, such as the elements
//     of an array, share one sketch, which counts how many of them look like records: they
//     have a time and a text, or evidence of an error (read.go).
//  2. From the outermost value inwards, it finds the arrays, tables and maps whose elements
//     look like records (lists.go). Lists inside such an element belong to the record.
//
// It knows no product. What keys mean is up to a [Judge]; what an error looks like, roughly, says
// evidence.go.
package outline

// A Judge knows what keys mean, and what a session ID is.
type Judge interface {
	// IsTime and IsMessage report whether a key is made for the time or message of a record.
	IsTime(key []byte) bool
	IsMessage(key []byte) bool
	// IsAction reports whether a key is made for what telemetry is about.
	IsAction(key []byte) bool
	// Session returns the session ID in a text, nil if there is none.
	Session(text []byte) []byte
}

// A Kind is a way in which a value contains records.
type Kind uint8

const (
	Elements Kind = iota // of an array: objects, or strings
	Rows                 // likewise: rows of a table, which are arrays of cells
	Columns              // a table by columns: arrays of cells, one for each column
	Members              // the values of an object, whose keys are IDs
	Text                 // a string that contains several lines or a document
)

// A List is a value that contains records.
type List struct {
	Kind
	Path    []Step
	Records int     // that have been seen
	Header  *Header // of a table, nil if there is none
}

// A Header is the list of the names of a table's columns.
type Header struct {
	Path  []Step
	Value []byte // the first list
	First bool   // it precedes the table
}

// A Step leads from a value to a part of it.
type Step struct {
	Key  []byte // as written; nil for an element of an array
	Each bool   // any member of an object
}
