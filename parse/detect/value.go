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
			case jsontext.IsSpace(c), c == recordSeparator, follows && (c == ',' || c == ']'):
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
			if follows { // text after a value: both have been counted
				follows = false
			}
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

// A level is an open object or array.
type level struct {
	isArray bool
	listed  int
}

// valueAt reads the JSON value at an offset. It is no value if its bytes break the grammar of JSON, or if
// text follows on its last line. Words such as NaN are values, and a comma may precede the end of an array.
func valueAt(text []byte, start int) item {
	x := item{start: start, isArray: text[start] == '['}
	var levels []level
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
		case !jsontext.IsSpace(c) && c != ',' && c != ']':
			return true
		}
	}
	return false
}

func isLiteral(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}
