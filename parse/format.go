package parse

import "bytes"

// A Format says how a source's bytes are divided into records. The text of
// each record is read by its own first byte, so that a stream may mix JSON
// objects and console lines.
type Format struct {
	Name string // "jsonl" or "console"

	// stacks says that lines may belong to the record before them.
	stacks bool
	// indent is how far the records themselves are indented.
	indent int
}

// maxFrame is the longest line that is taken for a stack line by its form
// rather than by its indentation.
const maxFrame = 4 << 10

var utf8BOM = []byte("\xef\xbb\xbf")

// detect tells the format from the first bytes of a source, of which the last
// line may be cut off.
func detect(sample []byte, whole bool) Format {
	sample = bytes.TrimPrefix(sample, utf8BOM)
	if !whole {
		if n := bytes.LastIndexByte(sample, '\n'); n > 0 {
			sample = sample[:n]
		}
	}
	objects, others, indent := 0, 0, -1
	for line := range bytes.Lines(sample) {
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 {
			continue
		}
		if opensObject(trimmed) { // its end may have been cut off
			objects++
		} else {
			others++
		}
		if n := indentation(line); indent < 0 || n < indent {
			indent = n
		}
	}
	if objects > others {
		return Format{Name: "jsonl"}
	}
	return Format{Name: "console", stacks: true, indent: max(indent, 0)}
}

// continues reports whether line belongs to the record before it: a stack line,
// or one that is indented further than records are.
func (f Format) continues(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	n := indentation(line)
	if n > f.indent {
		rest := bytes.TrimRight(line[n:], "\r")
		return len(rest) > 0 && !startsEntry(rest)
	}
	return isFrame(line)
}

func indentation(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// startsEntry reports whether an indented line opens a record all the same:
// React Native's packager and pasted logs indent the lines of a console.
func startsEntry(line []byte) bool {
	for _, s := range entryStarts {
		if bytes.HasPrefix(line, s) {
			return true
		}
	}
	return false
}

var entryStarts = [][]byte{
	[]byte("OpenTok:"), []byte("%cOpenTok:"), []byte("OT.exception ::"),
	[]byte("LOG "), []byte("INFO "), []byte("WARN "), []byte("ERROR "), []byte("DEBUG "),
}

// isFrame reports whether line is a stack line as a browser's developer tools
// save it: "fn @ file:line".
func isFrame(line []byte) bool {
	end := len(line)
	for end > 0 && (line[end-1] == '\r' || line[end-1] == ' ') {
		end--
	}
	// Frequent case first: most log lines do not end in a digit.
	if end == 0 || end > maxFrame || !isDigit(line[end-1]) {
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

// looksLikeObject reports whether a line without surrounding space has the
// outline of a JSON object.
func looksLikeObject(line []byte) bool {
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	return opensObject(line)
}

// opensObject reports whether line starts as a JSON object does, even if its
// end is missing.
func opensObject(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	for _, c := range line[1:] {
		if !isSpace(c) {
			return c == '"' || c == '}'
		}
	}
	return false
}

// isSpace reports whether c is white space in JSON.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
