// Package notation rewrites texts whose records are neither lines, nor JSON, nor rows of a table.
//
// [Of] compares the first bytes of a text with every [Notation] in order. The first one that
// matches rewrites the text while it is read, to lines or to JSON objects, which package parse then
// reads as it reads any other text. A notation has a file of its own here; those of data, such as
// YAML and what programs print, are in package data.
//
// What a notation does not understand it does not touch: [Of] returns nil, and the text is read as
// it is. A text that stops being what its first bytes promise ends with an error.
package notation

import (
	"io"

	"github.com/otlog/otlog/parse/notation/data"
)

// A Notation is a way to write records down.
type Notation struct {
	Name string // stable: reports show it beside compressions
	// Is reports whether a text that starts with head is written so. whole says that head is all
	// of it.
	Is func(head []byte, whole bool) bool
	// Open returns a reader of the rewritten text. Its error is that of the text, or says what of it
	// cannot be rewritten.
	Open func(text io.Reader) io.Reader
}

// Of returns the notation of a text, nil if it needs none.
func Of(head []byte, whole bool) *Notation {
	for i := range notations {
		if notations[i].Is(head, whole) {
			return &notations[i]
		}
	}
	for i := range data.Notations {
		if n := Notation(data.Notations[i]); n.Is(head, whole) {
			return &n
		}
	}
	return nil
}

// notations are tried in this order, before those of package data.
var notations = []Notation{
	{"nul", endsInNUL, openNUL},
	{"quoted", isQuotedJSON, openQuoted},
	{"base64", valuesInJSON, openValuesInJSON},
	{"base64", valuesInLines, openValuesInLines},
	{"base64", valuesInCells, openValuesInCells},
	{"syslog", inFrames, openFrames},
	{"xml", isXML, openXML},
	{"rtf", isRTF, openRTF},
	{"html", isPage, openPage},
}
