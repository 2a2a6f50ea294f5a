package data

import (
	"bytes"
	"fmt"
	"io"

	"github.com/otlog/otlog/parse/pattern"
)

// Literals are data as a programming language prints it: dict of Python, inspect of Ruby and Node.js,
// var_export of PHP, Data::Dumper of Perl, mongosh, JSONP, data in a script. They are rewritten to
// JSON token by token, so a document may have any length. An array at the top has an element on each
// line then, and any other value at the top is a line.

// maxDepth is how many containers may be nested.
const maxDepth = 500

type frameKind uint8

const (
	topFrame frameKind = iota
	listFrame
	objectFrame
	groupFrame // parentheses around one value: those of a call, whose other arguments are ignored
	pairsFrame // list of pairs of key and value
)

type frameState uint8

const (
	wantItem  frameState = iota // a value, or a key in an object
	wantValue                   // the value after a key
	wantComma
)

// A frame is a container that is open.
type frame struct {
	kind     frameKind
	state    frameState
	close    byte
	n        int  // how many values it has
	keyed    bool // a list whose elements have numbers before them
	silent   bool // it is in what is ignored
	sequence bool // values in parentheses at the top
}

// A literals parser rewrites literals.
type literals struct {
	window
	out   []byte
	stack []frame
	depth int // of arrays and objects that are written

	raw    bool // strings in single quotes have no escapes, as in PHP and Perl
	spaced bool // commas and signs between key and value may be missing, as in Clojure
	strict bool // only literals are expected: text between them is an error
	lines  bool // only the records of Fluent Bit are literals

	foreign    bool  // something is not JSON
	containers int   // how many arrays and objects there are
	omitted    error // the text says that elements are missing
	err        error // what ends the text

	joined []byte // a string
	broke  bool   // the line ended after the last token
	loops  int    // how many signs precede a value
}

func newLiterals(text io.Reader) *literals {
	return &literals{window: window{r: text}, stack: []frame{{kind: topFrame}}}
}

func openLiterals(text io.Reader) io.Reader {
	l := newLiterals(text)
	return &stepReader{step: l.step}
}

// isFluentBit reports whether most lines are records of Fluent Bit's output stdout. Others are its
// own messages.
func isFluentBit(head []byte, whole bool) bool {
	records, lines := 0, 0
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		lines++
		if line[0] == '[' && fluentBit.Match(line[:min(len(line), 512)]) {
			records++
		} else if lines > 40 && records == 0 {
			return false
		}
	}
	return 2*records > lines
}

func openFluentBit(text io.Reader) io.Reader {
	l := newLiterals(text)
	l.lines = true
	return &stepReader{step: l.step}
}

// foreignWithin is where the first token must be that is not JSON.
const foreignWithin = 8 << 10

// isLiterals reports whether a text consists of literals that are not JSON, several of them or nested
// ones.
func isLiterals(head []byte, whole bool) bool {
	head = bytes.TrimPrefix(head, utf8BOM)
	l := newLiterals(&headReader{head, whole})
	l.strict = true
	var out []byte
	for l.foreign || l.offset() < foreignWithin {
		var err error
		if out, err = l.step(out[:0]); err != nil {
			// What is omitted is said when the text is read.
			cut := err == errCut || err == io.EOF || err == l.omitted || err == errEnds
			return cut && l.foreign && l.containers > 1
		}
	}
	return false
}

var utf8BOM = []byte("\xef\xbb\xbf")

// step rewrites at least one token.
func (l *literals) step(out []byte) ([]byte, error) {
	l.out = out
	for l.err == nil && len(l.out) < 16<<10 {
		l.token()
		if l.strict {
			break
		}
	}
	return l.out, l.err
}

func (l *literals) top() *frame { return &l.stack[len(l.stack)-1] }

func (l *literals) fail(format string, args ...any) {
	if l.err != nil {
		return
	}
	if l.window.err != nil && l.window.err != io.EOF {
		l.err = l.window.err
		return
	}
	l.err = &syntaxError{"data of a programming language", l.offset(), fmt.Sprintf(format, args...)}
}

// end notes the end of the text.
func (l *literals) end() {
	switch {
	case l.err != nil:
	case l.window.err != nil && l.window.err != io.EOF:
		l.err = l.window.err
	case l.omitted != nil:
		l.err = l.omitted
	case len(l.stack) > 1 && !(len(l.stack) == 2 && l.top().kind == groupFrame):
		l.err = errEnds
	default:
		l.err = io.EOF
	}
}

// write appends to the output, unless it is part of what is ignored.
func (l *literals) write(s string) {
	if !l.top().silent {
		l.out = append(l.out, s...)
	}
}

func (l *literals) writeString(s []byte) {
	if !l.top().silent {
		l.out = appendString(l.out, s)
	}
}

func (l *literals) push(f frame) {
	if len(l.stack) == maxDepth {
		l.fail("more than %d values within each other", maxDepth)
		return
	}
	f.silent = l.top().silent
	l.stack = append(l.stack, f)
	switch f.kind {
	case listFrame:
		l.write("[")
		l.depth++
		l.containers++
	case objectFrame, pairsFrame:
		l.write("{")
		l.depth++
		l.containers++
	}
}

// pop closes the innermost container.
func (l *literals) pop() {
	f := *l.top()
	if f.kind == groupFrame {
		l.stack = l.stack[:len(l.stack)-1]
		if l.top().kind == topFrame {
			l.closed()
			return
		}
		if f.n == 0 {
			l.write("null")
		}
		l.closed()
		return
	}
	l.depth--
	if f.kind == listFrame {
		if l.depth == 0 && f.n > 0 {
			l.write("\n")
		}
		l.write("]")
	} else {
		l.write("}")
	}
	l.stack = l.stack[:len(l.stack)-1]
	l.closed()
}

// closed notes that a value ends.
func (l *literals) closed() {
	f := l.top()
	f.n++
	f.state = wantComma
	if l.depth == 0 && !f.silent && len(l.out) > 0 && l.out[len(l.out)-1] != '\n' {
		l.write("\n")
	}
}

// scalar writes a value that is not a container.
func (l *literals) scalar(json []byte) {
	l.write(string(json))
	l.closed()
}

func (l *literals) text(s []byte) {
	l.writeString(s)
	l.closed()
}

// space skips white space, comments and colours. It reports whether a line ended.
func (l *literals) space() (newLine bool) {
	for {
		c, ok := l.at(0)
		switch {
		case !ok:
			return newLine
		case c == '\n':
			newLine = true
			l.skip(1)
		case isSpace(c) || c == 0xa0:
			l.skip(1)
		case c == 0xc2 && l.is(1, 0xa0):
			l.skip(2)
		case c == 0x1b && l.is(1, '['):
			n := 2
			for c, ok := l.at(n); ok && (isDigit(c) || c == ';'); c, ok = l.at(n) {
				n++
			}
			l.skip(n)
			if _, ok := l.at(0); ok {
				l.skip(1)
			}
		case c == '/' && l.is(1, '/'), c == '#' && (l.is(1, ' ') || l.is(1, '!')):
			for c, ok := l.at(0); ok && c != '\n'; c, ok = l.at(0) {
				l.skip(1)
			}
		case c == '/' && l.is(1, '*'):
			l.skip(2)
			for !(l.is(0, '*') && l.is(1, '/')) {
				c, ok := l.at(0)
				if !ok {
					return newLine
				}
				newLine = newLine || c == '\n'
				l.skip(1)
			}
			l.skip(2)
		default:
			return newLine
		}
	}
}

// spaceEnd returns where the white space ends that is i bytes ahead, with colours in it.
func (l *literals) spaceEnd(i int) int {
	for {
		c, ok := l.at(i)
		switch {
		case ok && isSpace(c):
			i++
		case ok && c == 0x1b && l.is(i+1, '['):
			for i += 2; ok && c != 'm' && c != '\n'; i++ {
				c, ok = l.at(i)
			}
		default:
			return i
		}
	}
}

// token rewrites the next token.
func (l *literals) token() {
	f := l.top()
	if f.kind == topFrame {
		l.statement()
		return
	}
	newLine := l.space() || l.broke
	l.broke = false
	c, ok := l.at(0)
	if !ok {
		l.end()
		return
	}
	if c == f.close && f.state != wantValue {
		l.skip(1)
		l.pop()
		return
	}
	switch f.state {
	case wantComma:
		switch {
		case c == ',' || c == ';' && f.kind != groupFrame:
			l.skip(1)
			f.state = wantItem
		case newLine || l.spaced:
			f.state = wantItem // PHP's dump and Swift write no commas
			if !l.spaced && f.kind != objectFrame && f.kind != listFrame {
				l.fail("a comma is missing")
			}
			if !l.spaced && c == ')' || c == ']' || c == '}' {
				l.fail("%q closes nothing", c)
			}
		default:
			l.fail("unexpected %q after a value", c)
		}
	case wantValue:
		l.value(c)
	case wantItem:
		switch f.kind {
		case objectFrame:
			l.key(c)
		case pairsFrame:
			l.pair()
		case listFrame:
			l.item(c)
		case groupFrame:
			l.argument(c)
		}
	}
}

// item rewrites the next element of an array.
func (l *literals) item(c byte) {
	f := l.top()
	if f.keyed {
		if n := l.numbered(0); n > 0 {
			l.skip(n)
			l.space()
			c, _ = l.at(0)
		}
	}
	if c == '.' && l.is(1, '.') {
		l.left(f.n)
		return
	}
	if f.n > 0 {
		l.write(",")
	}
	if l.depth == 1 {
		l.write("\n")
	}
	l.value(c)
}

// left reads the place of elements that were not printed: "... 12 more items".
func (l *literals) left(after int) {
	line := l.ahead(80)
	n := bytes.IndexAny(line, "\n,]})")
	if n < 0 {
		n = len(line)
	}
	note := string(bytes.TrimSpace(line[:n]))
	l.skip(n)
	if l.top().kind == listFrame && !l.top().silent && l.omitted == nil {
		l.omitted = fmt.Errorf("the text says %q after element %d of a list: print it with all its elements", note, after)
	}
	l.foreign = true
	l.top().state = wantComma
}

// argument rewrites what is in parentheses: the first argument, and at the top all that hold others.
func (l *literals) argument(c byte) {
	f := l.top()
	if f.n > 0 {
		holds := c == '[' || opens(l.ahead(256))
		if holds && !f.sequence {
			l.fail("a call with several lists or objects")
			return
		}
		f.silent = !holds
	}
	if n := l.word(0); n > 0 { // the name of an argument
		if i := l.spaceEnd(n); l.is(i, '=') && !l.is(i+1, '>') && !l.is(i+1, '=') {
			l.skip(i + 1)
			l.space()
			c, _ = l.at(0)
		}
	}
	l.value(c)
}

// key rewrites a key of an object with the sign after it.
func (l *literals) key(c byte) {
	f := l.top()
	switch {
	case c == '.' && l.is(1, '.'):
		l.left(f.n)
		return
	case c == '+' || c == '-' || c == '#': // visibility of a property, as PHP's dump prints it
		l.skip(1)
		c, _ = l.at(0)
	}
	var key []byte
	symbol, bracket := false, false
	if c == '[' {
		bracket = true
		l.skip(1)
		l.space()
		c, _ = l.at(0)
	}
	if c == ':' {
		symbol = true
		l.skip(1)
		c, _ = l.at(0)
	}
	switch {
	case c == '"' || c == '\'' || c == '`':
		var ok bool
		if key, ok = l.quoted(nil, c, escapesAsText); !ok {
			return
		}
	case (c == 'b' || c == 'u') && (l.is(1, '\'') || l.is(1, '"')):
		quote, _ := l.at(1)
		l.skip(1)
		var ok bool
		if key, ok = l.quoted(nil, quote, escapesAsBytes); !ok {
			return
		}
	case isLetter(c) || isDigit(c) || c == '@' || c == '*' || symbol:
		n := 0
		for c, ok := l.at(n); ok && isKeyByte(c); c, ok = l.at(n) {
			n++
			if n > 256 {
				break
			}
		}
		if n == 0 || n > 256 {
			l.fail("a key is missing")
			return
		}
		key = append(key, l.ahead(n)[:n]...)
		l.skip(n)
		l.foreign = true
	default:
		l.fail("unexpected %q in place of a key", c)
		return
	}
	l.space()
	if bracket {
		if n := bytes.IndexByte(l.ahead(80), ']'); n >= 0 {
			l.skip(n + 1)
		}
		l.space()
	}
	c, ok := l.at(0)
	switch {
	case !ok:
		l.end()
		return
	case c == ':' || c == '=' && !l.is(1, '>'):
		l.skip(1)
		if c == '=' {
			l.foreign = true
		}
	case c == '=':
		l.skip(2)
		l.foreign, l.raw = true, true
	case symbol:
		l.spaced = true
	default:
		l.fail("unexpected %q after a key", c)
		return
	}
	if f.n > 0 {
		l.write(",")
	}
	l.writeString(key)
	l.write(":")
	f.state = wantValue
}

func isKeyByte(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '.' || c == '-' || c == '@' || c == '/' || c == '?' || c == '!' || c == '*'
}

// pair opens a pair of key and value as a member of an object.
func (l *literals) pair() {
	f := l.top()
	if f.n > 0 {
		l.write(",")
	}
	c, _ := l.at(0)
	if c != '(' && c != '[' {
		l.fail("unexpected %q in place of a pair", c)
		return
	}
	l.skip(1)
	l.space()
	quote, _ := l.at(0)
	var key []byte
	if quote == '\'' || quote == '"' {
		var ok bool
		if key, ok = l.quoted(nil, quote, escapesAsText); !ok {
			return
		}
	} else {
		n := l.word(0)
		if n == 0 {
			n = l.number()
		}
		if n == 0 {
			l.fail("unexpected %q in place of a key", quote)
			return
		}
		key = append(key, l.ahead(n)[:n]...)
		l.skip(n)
	}
	l.space()
	if !l.is(0, ',') {
		l.fail("a comma is missing after a key")
		return
	}
	l.skip(1)
	l.writeString(key)
	l.write(":")
	end := byte(')')
	if c == '[' {
		end = ']'
	}
	l.push(frame{kind: groupFrame, close: end})
}

// The beginnings of statements.
var (
	fluentBit = pattern.New(`^\[\d+\] ?[^\s\[\]{}"']+: \[\[?(\d+\.?\d*)(?:, \{[^{}]*\}\])?, ?\{`)
	castOf    = pattern.New(`^\((?:object|array|string|int)\)\s*`)
	imports   = pattern.New(`^(?:import|from|require|use|package)\s+[\w.:\\{}, "'/@*-]+;?\r?\n`)
	keywords  = pattern.New(`^(?:export\s+default|return|module\.exports\s*=|=>?|<\?php)(?:\s+|\b|$)`)
	assigned  = pattern.New(`^(?:export\s+)?(?:(?:const|let|var|my|our|local|static|final|def|val)\s+)?(?:[$@%A-Za-z_][\w$.]*)(?:\[(?:"[^"]*"|'[^']*'|\d*)\])*(?:\s*:\s*[\w<>\[\]| .]+?)?\s*(?:=|:=|\|\|=)\s*(?:[\w.$]+\s*\|\|\s*)?`)
	guard     = pattern.New(`^(?:\)\]\}'?,?|for\s*\(;;\);?|while\s*\(1\);?|'use strict';?|"use strict";?|typeof [\w$.]+ === ?["']function["'] ?&& ?)`)
)

// statement rewrites the beginning of a value at the top, or a line that is none.
func (l *literals) statement() {
	f := l.top()
	newLine := l.space() || l.broke || l.offset() == 0
	l.broke = false
	for l.is(0, ';') || l.is(0, ',') || f.state == wantComma && l.is(0, ')') {
		l.skip(1)
		newLine = l.space() || newLine
	}
	c, ok := l.at(0)
	if !ok {
		l.end()
		return
	}
	if f.state == wantComma && !newLine {
		l.plain("a value is followed by text")
		return
	}
	f.state = wantItem
	head := l.ahead(512)
	if l.lines {
		if fluentBit.Match(head) {
			l.fluent(head)
		} else {
			l.plain("")
		}
		return
	}
	switch {
	case imports.Match(head):
		if l.line() == nil {
			l.end()
		}
	case bytes.HasPrefix(head, utf8BOM):
		l.skip(len(utf8BOM))
	case guard.Match(head):
		l.skip(len(guard.Find(head)))
		l.foreign = true
	case castOf.Match(head):
		l.skip(len(castOf.Find(head)))
	case c == '(':
		if next, _ := l.at(l.spaceEnd(1)); next != '{' && next != '[' {
			l.plain("a row in parentheses") // of an INSERT statement
			return
		}
		l.skip(1)
		l.push(frame{kind: groupFrame, close: ')', sequence: true})
	case c == '{' || c == '[' || c == '"' || c == '\'' || c == '%' || c == '`' && l.containers > 0:
		l.value(c)
	case isLetter(c) || c == '@' || c == '<' || c == '\\' || c == '=':
		if n := len(keywords.Find(head)); n > 0 && n < len(head) {
			l.skip(n)
			l.foreign = true
			f.state = wantItem
			return
		}
		if n := len(assigned.Find(head)); n > 0 && n < len(head) && head[n] != '=' && head[n] != '>' {
			if opens(head[n:]) {
				l.raw = l.raw || c == '$'
				l.foreign = true
				l.skip(n)
				l.space()
				c, _ = l.at(0)
				l.value(c)
				return
			}
			if rest := l.constant(head[n:]); rest > 0 {
				l.foreign = true
				l.skip(n + rest)
				f.state = wantComma
				return
			}
		}
		if opens(head) {
			l.value(c)
			return
		}
		l.plain("a line is text")
	default:
		l.plain("a line is text")
	}
}

var (
	opener    = pattern.New(`^(?:new\s+)?[\\A-Za-z_$][\w$.:\\]*\s*(?:\(\d*\)\s*)?[\[{]|^(?:new\s+)?[\\A-Za-z_$][\w$.:\\]*\s*\(\s*(?:[\[{('"\\/)]|[\w$.:\\]+\s*(?:=[^=]|\(|=>)|<class)|^(?:/\*.*?\*/\s*)?[\[{(%]|^<ref \*\d+>`)
	constants = pattern.New(`^(?:-?\d[\w.]*|true|false|null|None|True|False|"[^"\\\n]*"|'[^'\\\n]*')\s*(?:;|\n)`)
)

// opens reports whether a value starts that holds others.
func opens(s []byte) bool { return opener.Match(bytes.TrimLeft(s, " \t\r\n")) }

// constant returns the length of an assigned value without anything to read in it.
func (l *literals) constant(s []byte) int { return len(constants.Find(s)) }

// plain copies a line that is not a literal.
func (l *literals) plain(why string) {
	if l.strict {
		l.fail("%s", why)
		return
	}
	if n := len(l.out); n > 0 && l.out[n-1] != '\n' {
		l.out = append(l.out, '\n')
	}
	line := l.line()
	if line == nil {
		l.end()
		return
	}
	l.out = append(l.out, line...)
	l.top().state = wantItem
}

// fluent opens a record of Fluent Bit. Its time becomes a member.
func (l *literals) fluent(head []byte) {
	m := fluentBit.FindSubmatch(head)
	l.foreign, l.raw = true, true
	l.skip(len(m[0]))
	at := string(microseconds(m[1]))
	l.push(frame{kind: groupFrame, close: ']'})
	l.push(frame{kind: objectFrame, close: '}', n: 1})
	l.write(`"date":` + at)
}
