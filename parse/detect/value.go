package detect

import (
	"bytes"
	"iter"

	"github.com/otlog/otlog/parse/jsontext"
)

// An item is a JSON value or a line of text.
type item struct {
	start, end int
	open       bool // its end is missing
	isValue    bool
	isArray    bool
	shares     bool // it follows another value on its line
	lines      int  // line feeds in a value
	listed     int  // objects, arrays and strings in the array of a value that has most of them
}

// recordSeparator precedes the values of a JSON text sequence.
const recordSeparator = 0x1e

// items yields the items of a text in order. Blank lines, and separators of values, are not items.
func items(text []byte) iter.Seq[item] {
	return func(yield func(item) bool) {
		line := 0 // where the current line starts
		follows := false
		for at := 0; at < len(text); {
			switch c := text[at]; {
			case c == '\n':
				at++
				line, follows = at, false
				continue
			case jsontext.IsSpace(c), c == recordSeparator, follows && (c == ',' || c == ']' || c == '}'):
				at++
				continue
			case at == line && bytes.HasPrefix(text[at:], utf8BOM):
				at += len(utf8BOM)
				continue
			case c == '{' || c == '[':
				if x := valueAt(text, at); x.isValue {
					if x.shares = follows; !yield(x) {
						return
					}
					at, follows = x.end, true
					continue
				}
			}
			follows = false // text after a value
			x := item{start: at, end: len(text), open: true}
			if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
				x.end, x.open = at+n, false
			}
			if !yield(x) {
				return
			}
			at = x.end
		}
	}
}

// What the grammar of JSON allows next.
const (
	aValue = iota
	aValueOrEnd
	aKey
	aKeyOrEnd
	aColon
	aCommaOrEnd
)

// maxLevels is how deep the grammar of a value is examined. Deeper objects and arrays only need an end.
const maxLevels = 1000

// A level is an open object or array.
type level struct {
	isArray bool
	listed  int
}

// valueAt reads the JSON value at an offset. It is no value if its bytes break the grammar of JSON, or if
// text follows on its last line. Words such as NaN are values, and a comma may precede the end of an array.
func valueAt(text []byte, start int) item {
	x := item{start: start, isArray: text[start] == '['}
	levels := make([]level, 0, 32) // deeper values allocate
	next := aValue
	for i := start; i < len(text); i++ {
		c := text[i]
		if jsontext.IsSpace(c) {
			if c == '\n' {
				x.lines++
			}
			continue
		}
		switch c {
		case '{', '[':
			if next != aValue && next != aValueOrEnd {
				return item{}
			}
			if len(levels) == maxLevels {
				end := jsontext.ValueEnd(text, i)
				if end < 0 {
					end = len(text)
				}
				x.lines += bytes.Count(text[i:end], []byte("\n"))
				if i = end - 1; end < len(text) {
					x.count(levels)
				}
				next = aCommaOrEnd
				break
			}
			levels = append(levels, level{isArray: c == '['})
			next = aKeyOrEnd
			if c == '[' {
				next = aValueOrEnd
			}
		case '}', ']':
			n := len(levels) - 1
			if levels[n].isArray != (c == ']') || next != aCommaOrEnd && next != aKeyOrEnd && next != aValueOrEnd {
				return item{}
			}
			if levels = levels[:n]; n == 0 {
				x.end = i + 1
				if x.isValue = !precedesText(text[x.end:]); !x.isValue {
					return item{}
				}
				return x
			}
			x.count(levels)
			next = aCommaOrEnd
		case ',':
			if next != aCommaOrEnd {
				return item{}
			}
			next = aKeyOrEnd
			if levels[len(levels)-1].isArray {
				next = aValueOrEnd
			}
		case ':':
			if next != aColon {
				return item{}
			}
			next = aValue
		case '"':
			end, _ := jsontext.StringEnd(text, i+1)
			if end < 0 {
				end = len(text)
			}
			if bytes.IndexByte(text[i:end], '\n') >= 0 || next == aColon || next == aCommaOrEnd {
				return item{}
			}
			if i = end; i == len(text) {
				break
			}
			if next == aKey || next == aKeyOrEnd {
				next = aColon
				break
			}
			x.count(levels)
			next = aCommaOrEnd
		default:
			if next != aValue && next != aValueOrEnd || !isLiteral(c) {
				return item{}
			}
			for i+1 < len(text) && isLiteral(text[i+1]) {
				i++
			}
			next = aCommaOrEnd
		}
	}
	x.end, x.open, x.isValue = len(text), true, true
	return x
}

// count counts an element of the innermost level.
func (x *item) count(levels []level) {
	if l := &levels[len(levels)-1]; l.isArray {
		l.listed++
		x.listed = max(x.listed, l.listed)
	}
}

// precedesText reports whether what follows a value on its line is neither another value nor a separator.
func precedesText(rest []byte) bool {
	for _, c := range rest {
		switch {
		case c == '\n' || c == '{' || c == '[' || c == recordSeparator:
			return false
		case !jsontext.IsSpace(c) && c != ',' && c != ']' && c != '}':
			return true
		}
	}
	return false
}

func isLiteral(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}

// OpensJSON reports whether a text starts like a JSON object, or like an array of objects, arrays or strings.
func OpensJSON(text []byte) bool {
	text = text[jsontext.SkipSpace(text, 0):]
	if len(text) > 0 && text[0] == '[' {
		next := jsontext.SkipSpace(text, 1)
		return next < len(text) && bytes.IndexByte([]byte(`{["`), text[next]) >= 0
	}
	return jsontext.OpensObject(text)
}

// Values returns where the JSON values start with which a text ends, -1 if it ends otherwise.
func Values(text []byte) int {
	const most = 16 // places where a value may start: each takes a pass over the text
	for at, tried := 0, 0; tried < most; tried++ {
		n := bytes.IndexAny(text[at:], "{[")
		if n < 0 {
			break
		}
		if at += n; areValues(text[at:]) {
			return at
		}
		at++
	}
	return -1
}

func areValues(text []byte) bool {
	for x := range items(text) {
		if !x.isValue || x.open {
			return false
		}
	}
	return true
}

// ContinuesValue reports whether a line can only be part of a JSON value that started on an earlier line: a
// member of an object, or brackets that close values.
func ContinuesValue(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case '"':
		return isMember(line)
	case '}', ']':
		rest := bytes.TrimLeft(line, "}], \t\r")
		return len(rest) == 0 || rest[0] == '{' && len(bytes.TrimRight(rest, " \t\r")) == 1 || OpensJSON(rest)
	}
	return false
}

// IsPiece reports whether a record is part of a JSON value that starts or ends on other lines: a member of an
// object, or a value without its end. An object that is cut off on its only line is not.
func IsPiece(record []byte) bool {
	if len(record) == 0 {
		return false
	}
	switch record[0] {
	case '"':
		return isMember(record)
	case '[', '{':
		x := valueAt(record, 0)
		return x.open && (x.isArray && OpensJSON(record) || x.lines > 0)
	}
	return false
}

// isMember reports whether a line, which starts with a quotation mark, starts with a key and a value of a
// JSON object.
func isMember(line []byte) bool {
	end, _ := jsontext.StringEnd(line, 1)
	if end < 0 {
		return false
	}
	at := jsontext.SkipSpace(line, end+1)
	if at == len(line) || line[at] != ':' {
		return false
	}
	at = jsontext.SkipSpace(line, at+1)
	return at < len(line) && (bytes.IndexByte([]byte(`"{[-`), line[at]) >= 0 || isLiteral(line[at]))
}
