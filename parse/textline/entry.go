package textline

import (
	"bytes"

	"github.com/otlog/otlog/parse/timestamp"
)

// StartsEntry reports whether an indented line starts a record all the same: it has a time, or
// looks like the SDK's. React Native's packager and pasted logs indent the lines of a console.
func StartsEntry(line []byte) bool {
	line = line[MarkWidth(line):]
	if len(line) > 0 && (isDigit(line[0]) || line[0] == '[') {
		var clock timestamp.Clock
		return StartsWithTime(&clock, line)
	}
	for _, s := range entryStarts {
		if bytes.HasPrefix(line, s) {
			return true
		}
	}
	return false
}

// StartsWithTime reports whether a line, which is not empty, starts with a time, be it ambiguous or
// only one of day.
func StartsWithTime(clock *timestamp.Clock, line []byte) bool {
	// Frequent case first: no name of a day or month starts with another letter.
	if c := line[0]; !isDigit(c) && c != '[' && (c < 'A' || c > 'W') {
		return false
	}
	at, ofDay := clock.Line(line)
	doubt, _ := clock.Doubt()
	return at != timestamp.NoTime || ofDay != timestamp.NoTime || doubt != timestamp.NoDoubt
}

// MarkWidth returns the width of what people and consoles put before a line: a mark of quotation
// or of a list, or the border of a table, with the spaces after it. A line without one has 0.
func MarkWidth(line []byte) int {
	n := 0
	for n < len(line) {
		end := n
		switch c := line[n]; {
		case c == '>' || c == '|' || c == '-' || c == '*':
			end++
		case isDigit(c):
			for end < len(line) && isDigit(line[end]) {
				end++
			}
			if end == len(line) || line[end] != '.' && line[end] != ')' {
				return n
			}
			end++
		default:
			return n
		}
		if end == len(line) || line[end] != ' ' && line[end] != '>' && line[n] != '>' {
			return n
		}
		for n = end; n < len(line) && line[n] == ' '; n++ {
		}
	}
	return n
}

// QuoteWidth returns the width of the marks of quotation before a line, each with at most one space
// after it.
func QuoteWidth(line []byte) int {
	n := 0
	for n < len(line) && line[n] == '>' {
		if n++; n < len(line) && line[n] == ' ' {
			n++
		}
	}
	return n
}

var entryStarts = [][]byte{
	[]byte("OpenTok:"), []byte("%cOpenTok:"), []byte("OT.exception ::"),
	[]byte("LOG "), []byte("INFO "), []byte("WARN "), []byte("ERROR "), []byte("DEBUG "),
}

// MayHoldTime reports whether a text contains ten digits, or two before a colon, as times do.
func MayHoldTime(text []byte) bool {
	digits := 0
	for _, c := range text {
		switch {
		case isDigit(c):
			if digits++; digits == len("1795430665") {
				return true
			}
			continue
		case c == ':' && digits == 2:
			return true
		}
		digits = 0
	}
	return false
}

// LeadsText reports whether a string in an object starts with a date, a time of day and a zone, and goes
// on after it.
func LeadsText(object []byte) bool {
	for {
		at := timestamp.Stamp(object)
		if at < 0 {
			return false
		}
		rest := object[at+timestamp.StampLength:]
		after := bytes.TrimLeft(rest, ".,+-:0123456789Z")
		zone := rest[:len(rest)-len(after)]
		if at > 0 && object[at-1] == '"' && bytes.ContainsAny(zone, "Z+-") && len(after) > 0 && after[0] == ' ' {
			return true
		}
		object = after
	}
}
