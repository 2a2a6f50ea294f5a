// Package textline recognizes lines of text by their form: stack lines, and lines with a time in them.
package textline

import (
	"bytes"
	"slices"

	"github.com/otlog/otlog/parse/timestamp"
)

// MaxFrame is the length of the longest line that is recognized as a stack line by its form, and how
// far into a record a time is looked for.
const MaxFrame = 4 << 10

// StampAt returns where the first stamp of a record is, a date with a time of day as in ISO 8601, -1 if
// it has none near its start. It may be after the prefix of grep, in quotes, in a column of a table.
func StampAt(record []byte) int { return timestamp.Stamp(record[:min(len(record), MaxFrame)]) }

// HasStampedText reports whether a line has a stamp and, apart from it, more than the name of a
// field. Where each field is on a line of its own, a time may follow the message that it belongs to.
func HasStampedText(line []byte) bool {
	at := StampAt(line)
	if at < 0 {
		return false
	}
	words := 0
	zone := bytes.TrimLeft(line[at+timestamp.StampLength:], ".,+-:0123456789Z")
	for _, text := range [][]byte{line[:at], zone} {
		for word := range bytes.FieldsSeq(text) {
			if slices.ContainsFunc(word, isWord) {
				words++
			}
		}
	}
	return words > 1
}

// IsMarkedFrame reports whether a line is a stack line with a mark before it, such as the number
// that grep prints: "12:    at connect (app.js:1:2)".
func IsMarkedFrame(line []byte) bool {
	line = bytes.TrimLeft(line[:min(len(line), MaxFrame)], " \t")
	mark := bytes.IndexAny(line, " \t")
	if mark < 0 {
		return false
	}
	rest := bytes.TrimLeft(line[mark:], " \t")
	indented := line[mark] == '\t' || len(line)-len(rest) > mark+1
	return indented && bytes.HasPrefix(rest, []byte("at ")) && StampAt(line) < 0
}

// Stamps returns how many lines of a text have a stamp, at most a number.
func Stamps(text []byte, most int) (n int) {
	for line := range bytes.Lines(text) {
		if StampAt(line) >= 0 {
			if n++; n == most {
				break
			}
		}
	}
	return n
}

// ListIndent returns the indentation of the outermost list of a text, as in YAML, -1 if there is
// none.
func ListIndent(text []byte) int {
	indent := -1
	for line := range bytes.Lines(text) {
		if n := len(line) - len(bytes.TrimLeft(line, " \t")); bytes.HasPrefix(line[n:], []byte("- ")) && (indent < 0 || n < indent) {
			indent = n
		}
	}
	return indent
}

// IsBorder reports whether a line says nothing: it is the border of a table, or the number or the kind
// of a server-sent event.
func IsBorder(line []byte) bool {
	if bytes.HasPrefix(line, []byte("id: ")) || bytes.HasPrefix(line, []byte("event: ")) {
		return true
	}
	return !slices.ContainsFunc(line, isWord)
}

// IsFrame reports whether line is a stack line in the form of a browser's developer tools:
// "fn @ file:line".
func IsFrame(line []byte) bool {
	end := textEnd(line)
	// Frequent case first: most log lines do not end in a digit.
	if end == 0 || end > MaxFrame || !isDigit(line[end-1]) {
		return false
	}
	digits := end
	for digits > 0 && isDigit(line[digits-1]) {
		digits--
	}
	if digits == 0 || line[digits-1] != ':' {
		return false
	}
	at := bytes.Index(line[:digits], []byte(" @ "))
	if at <= 0 {
		return false
	}
	function, file := line[:at], line[at+3:digits-1]
	if bytes.IndexByte(file, ' ') >= 0 || (len(file) > 0 && !bytes.ContainsAny(file, "./<")) {
		return false
	}
	if function[0] == '(' { // (anonymous), (anonymous function)
		return function[len(function)-1] == ')'
	}
	function = bytes.TrimPrefix(function, []byte("await in "))
	return bytes.IndexByte(function, ' ') < 0
}

// IsPreview reports whether line is only the preview of an object: Object { code: 1500, … }.
// Firefox prints an object within a message on a line of its own. At the end of a message there
// would be its position in the source.
func IsPreview(line []byte) bool {
	line = line[:textEnd(line)]
	// Frequent case first: most log lines do not end in a brace.
	if len(line) == 0 || len(line) > MaxFrame || line[len(line)-1] != '}' {
		return false
	}
	name := wordLength(line)
	if name == 0 || isDigit(line[0]) || !bytes.HasPrefix(line[name:], []byte(" { ")) {
		return false
	}
	key := line[name+len(" { "):]
	n := wordLength(key)
	return n > 0 && bytes.HasPrefix(key[n:], []byte(": "))
}

// textEnd returns where the text of a line ends, without spaces and a carriage return.
func textEnd(line []byte) int {
	end := len(line)
	for end > 0 && (line[end-1] == '\r' || line[end-1] == ' ') {
		end--
	}
	return end
}

// wordLength returns the length of the word at the start of line.
func wordLength(line []byte) int {
	n := 0
	for n < len(line) && isWord(line[n]) {
		n++
	}
	return n
}

// isWord reports whether c can be part of a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
