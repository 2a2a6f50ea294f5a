// Package detect decides how much of a text has to be seen before its format can be detected, and whether
// its records are JSON values rather than lines.
//
// The path through the package:
//
//  1. [items] divides the first bytes of a text into items: JSON values, which start a line or follow
//     another value, and all other lines. It follows the grammar of JSON, so that [info] and {worker-3}
//     are text (value.go).
//  2. [Enough] reports whether the items show the structure of the text. A text that starts with blank
//     lines, with one long record, or with a document whose records come late, is read further: up to
//     [Most] bytes.
//  3. [IsFolded] counts the bytes of the items, and reports whether records would be lost or joined if each
//     line were read as one.
package detect

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/table"
)

// Most is how many bytes of a text are read at most to detect its format. No record is longer, so a JSON
// value that is open after so many bytes is a document.
const Most = 4 << 20

// fewest is how many items, or elements of an array, show how a text goes on.
const fewest = 2

// Enough reports whether head, the first bytes of a text, suffices to detect its format.
func Enough(head []byte) bool {
	if len(head) >= Most {
		return true
	}
	whole, complete := 0, 0 // items, and their bytes
	for x := range items(head) {
		size := x.end - x.start
		if !x.open {
			whole, complete = whole+1, complete+size
			if complete*2 > len(head) && whole >= fewest {
				break
			}
			continue
		}
		if x.isValue && x.listed >= fewest {
			break
		}
		if whole < fewest || size > complete {
			return false
		}
	}
	return !isBlank(head) && !opensRow(head)
}

// opensRow reports whether most of head is a row of a table whose end is missing, because a quoted cell of
// it has line feeds.
func opensRow(head []byte) bool {
	if head = trimBlankLines(head); OpensJSON(head) {
		return false // a quote after a comma is no cell
	}
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	for _, delimiter := range table.Delimiters {
		if bytes.IndexByte(line, delimiter) < 0 {
			continue
		}
		var cells [][]byte
		for at, rows := 0, 0; at < len(head) && at*2 <= len(head); rows++ {
			var n int
			if cells, n = table.AppendCells(cells[:0], head[at:], delimiter, false); n == 0 {
				return rows > 0
			}
			at += n
		}
	}
	return false
}

// IsFolded reports whether a reader of lines cannot read a text that starts with head: most of it is folded
// values, or nearly all of it is values, and some are folded. A folded value is not one record on one line:
// it spans lines, shares its line with other values, is an array of several records, or is longer than a
// record.
func IsFolded(head []byte) bool {
	all, values, folded := 0, 0, 0 // bytes, without blank lines
	for x := range items(head) {
		size := x.end - x.start
		all += size
		if !x.isValue {
			continue
		}
		values += size
		if x.lines > 0 || x.shares || x.isArray && x.listed >= fewest || x.open && size >= Most/2 {
			folded += size
		}
	}
	return folded > 0 && (folded*2 > all || values*10 >= all*9)
}

// OpensMarkup reports whether a text starts like XML or HTML.
func OpensMarkup(text []byte) bool {
	text = trimBlankLines(text)
	at := jsontext.SkipSpace(text, 0)
	return at < len(text) && text[at] == '<'
}

// TrimBlank returns a text without the blank lines and the byte order mark before its first item, and
// without the space before it if the item is a JSON value.
func TrimBlank(text []byte) []byte {
	text = trimBlankLines(text)
	if at := jsontext.SkipSpace(text, 0); at < len(text) && (text[at] == '{' || text[at] == '[') {
		return text[at:]
	}
	return text
}

func trimBlankLines(text []byte) []byte {
	for {
		text = bytes.TrimPrefix(text, utf8BOM)
		at := jsontext.SkipSpace(text, 0)
		line := max(bytes.LastIndexByte(text[:at], '\n'), bytes.LastIndexByte(text[:at], '\r')) + 1
		if line == 0 {
			return text
		}
		text = text[line:]
	}
}

func isBlank(text []byte) bool {
	text = bytes.TrimPrefix(text, utf8BOM)
	return jsontext.SkipSpace(text, 0) == len(text)
}

var utf8BOM = []byte("\xef\xbb\xbf")
