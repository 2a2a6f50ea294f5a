package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/otlog/otlog/parse/pattern"
)

// word returns the length of the name that is i bytes ahead, 0 if there is none.
func (l *literals) word(i int) int {
	n := i
	for c, ok := l.at(n); ok && n-i < 512; c, ok = l.at(n) {
		switch {
		case isLetter(c), n > i && (isDigit(c) || c == '.'), c == '\\':
		case c == ':' && l.is(n+1, ':'):
			n++
		default:
			return n - i
		}
		n++
	}
	return n - i
}

// number returns how many digits are next.
func (l *literals) number() int {
	n := 0
	for c, ok := l.at(n); ok && isDigit(c) && n < 32; c, ok = l.at(n) {
		n++
	}
	return n
}

// value rewrites the beginning of a value: a whole scalar, or the beginning of a container.
func (l *literals) value(c byte) {
	switch {
	case c == '"' || c == '\'' || c == '`':
		l.str(c, escapesAsText)
	case c == '{':
		l.brace()
	case c == '[':
		l.bracket()
	case c == '(':
		l.parenthesis()
	case c == '<':
		l.angle()
	case c == ':':
		l.skip(1)
		l.foreign = true
		if c, _ := l.at(0); c == '"' {
			l.str(c, escapesAsText)
			return
		}
		n := l.word(0)
		if n == 0 {
			l.fail("a symbol without a name")
			return
		}
		l.text(l.take(n))
	case c == '#':
		l.foreign = true
		if l.is(1, '<') {
			l.skip(1)
			l.angle()
			return
		}
		l.skip(1)
		if l.is(0, '{') {
			l.skip(1)
			l.push(frame{kind: listFrame, close: '}'})
			return
		}
		l.skip(l.word(0)) // a tag, which is followed by the value
		l.again()
	case c == '%' && l.is(1, '{'):
		l.foreign = true
		l.skip(1)
		l.brace()
	case c == '~' && l.word(1) == 1:
		l.foreign = true
		l.skip(2)
		l.between()
	case c == '.' && l.is(1, '.'):
		l.left(l.top().n)
		l.write("null")
	case c == '-' || c == '+' || c == '.' || isDigit(c):
		l.bare()
	case c == '&' || c == '*': // a reference of PHP
		l.skip(1)
		l.again()
	case c == '/': // a regular expression
		l.regularExpression()
	case isLetter(c) || c == '\\':
		l.name()
	default:
		l.fail("unexpected %q in place of a value", c)
	}
}

// again reads the value after something that is ignored.
func (l *literals) again() {
	l.space()
	c, ok := l.at(0)
	if !ok {
		l.end()
		return
	}
	if f := l.top(); f.kind == objectFrame {
		f.state = wantValue
	}
	if l.loops++; l.loops > maxDepth {
		l.fail("more than %d signs before a value", maxDepth)
		return
	}
	l.value(c)
	l.loops--
}

// take consumes n bytes, and returns them until more is read.
func (l *literals) take(n int) []byte {
	b := l.buf[l.pos : l.pos+n]
	l.skip(n)
	return b
}

// str rewrites a string with those that are joined to it: beside it, as in Python, or after a sign.
func (l *literals) str(quote byte, how escapes) {
	s, ok := l.quoted(l.joined[:0], quote, how)
	for ok {
		l.broke = l.space()
		c, _ := l.at(0)
		if c == '+' || c == '.' {
			i := l.spaceEnd(1)
			if next, _ := l.at(i); next != '"' && next != '\'' && next != '`' {
				break
			}
			l.skip(i)
			c, _ = l.at(0)
		} else {
			if c == 'b' || c == 'u' {
				if next, _ := l.at(1); next == '\'' || next == '"' {
					l.skip(1)
					c = next
				}
			}
			if c != '\'' && c != '"' || l.spaced || l.isKey() {
				break
			}
		}
		l.foreign = true
		if s, ok = l.quoted(s, c, how); len(s) > maxRecord {
			l.err = errTooLong
		}
	}
	if l.joined = s; !ok || l.err != nil {
		return
	}
	l.text(s)
}

// isKey reports whether the next string is a key after a comma that is missing, as in PHP's dump.
func (l *literals) isKey() bool {
	if l.top().kind != objectFrame {
		return false
	}
	end := l.stringEnd(0)
	if end == 0 {
		return false
	}
	next, _ := l.at(l.spaceEnd(end))
	return next == '=' || next == ':'
}

// escapes say how a string is decoded.
type escapes uint8

const (
	escapesAsText  escapes = iota // a number is a character
	escapesAsBytes                // a number is a byte
	noEscapes
)

// quoted appends the content of the string that is next.
func (l *literals) quoted(dst []byte, quote byte, how escapes) (s []byte, ok bool) {
	if quote != '"' {
		l.foreign = true
	}
	if l.raw && quote == '\'' && how == escapesAsText {
		how = noEscapes
	}
	l.skip(1)
	triple := false
	if l.is(0, quote) && l.is(1, quote) && quote != '`' {
		triple = true
		l.foreign = true
		l.skip(2)
	}
	for i := 0; ; {
		c, ok := l.at(i)
		switch {
		case !ok:
			if l.skip(i); l.window.err == nil {
				l.window.err = errTooLong
			}
			l.end()
			return dst, false
		case c == '\\' && how == noEscapes && !l.is(i+1, '\\') && !l.is(i+1, quote):
			i++
		case c == '\\':
			dst = append(dst, l.take(i)...)
			dst = l.escape(dst, how)
			i = 0
			if len(dst) > maxRecord {
				l.err = errTooLong
				return dst, false
			}
		case c == quote && triple && !(l.is(i+1, quote) && l.is(i+2, quote)):
			i++
		case c == quote:
			dst = append(dst, l.take(i)...)
			if l.skip(1); triple {
				l.skip(2)
			}
			return dst, true
		default:
			i++
		}
	}
}

// escape appends the character of an escape.
func (l *literals) escape(dst []byte, how escapes) []byte {
	l.skip(1)
	c, ok := l.at(0)
	if !ok {
		return dst
	}
	l.skip(1)
	number := func(digits int) []byte {
		n := 0
		for c, ok := l.at(n); ok && n < digits && isHex(c); c, ok = l.at(n) {
			n++
		}
		r, err := strconv.ParseUint(string(l.take(n)), 16, 32)
		switch {
		case err != nil:
			return append(dst, '\\', c)
		case c == 'x' && (how == escapesAsBytes || l.raw):
			return append(dst, byte(r))
		case utf16.IsSurrogate(rune(r)) && l.is(0, '\\') && l.is(1, 'u'):
			if low, err := strconv.ParseUint(string(l.ahead(6)[2:]), 16, 32); err == nil && utf16.DecodeRune(rune(r), rune(low)) != '\ufffd' {
				l.skip(6)
				return appendRune(dst, utf16.DecodeRune(rune(r), rune(low)))
			}
		}
		return appendRune(dst, rune(min(r, 0x110000)))
	}
	if how == noEscapes {
		return append(dst, c)
	}
	switch c {
	case 'n':
		return append(dst, '\n')
	case 't':
		return append(dst, '\t')
	case 'r':
		return append(dst, '\r')
	case 'b':
		return append(dst, '\b')
	case 'f':
		return append(dst, '\f')
	case 'v':
		return append(dst, '\v')
	case 'a':
		return append(dst, '\a')
	case 'e':
		return append(dst, 0x1b)
	case '\n':
		return dst
	case 'x':
		if l.is(0, '{') { // Perl
			l.skip(1)
			dst = number(8)
			if l.is(0, '}') {
				l.skip(1)
			}
			return dst
		}
		return number(2)
	case 'u':
		if l.is(0, '{') {
			l.skip(1)
			dst = number(8)
			if l.is(0, '}') {
				l.skip(1)
			}
			return dst
		}
		return number(4)
	case 'U':
		return number(8)
	}
	if '0' <= c && c <= '7' {
		r := int(c - '0')
		for n := 0; n < 2; n++ {
			d, ok := l.at(0)
			if !ok || d < '0' || d > '7' {
				break
			}
			r = r*8 + int(d-'0')
			l.skip(1)
		}
		if r < 0x80 {
			return append(dst, byte(r))
		}
		if how == escapesAsBytes || l.raw {
			return append(dst, byte(r))
		}
		return appendRune(dst, rune(r))
	}
	return append(dst, c)
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// stringEnd returns where the string ends that is i bytes ahead, 0 if it is too long for a key.
func (l *literals) stringEnd(i int) int {
	quote, _ := l.at(i)
	for n := i + 1; n < i+1024; n++ {
		c, ok := l.at(n)
		switch {
		case !ok:
			return 0
		case c == '\\':
			n++
		case c == quote:
			return n + 1
		}
	}
	return 0
}

// brace opens an object, or a set.
func (l *literals) brace() {
	i := l.spaceEnd(1)
	c, _ := l.at(i)
	kind := objectFrame
	switch {
	case c == '{':
		kind = listFrame
	case c == '[' && l.numbered(i) > 0: // PHP: array(2) { [0]=>
		l.raw = true
		l.foreign = true
		l.skip(1)
		l.push(frame{kind: listFrame, close: '}', keyed: true})
		return
	case c == '\'' || c == '"':
		if end := l.stringEnd(i); end > 0 {
			next, _ := l.at(l.spaceEnd(end))
			if next == ',' || next == '}' {
				kind = listFrame
			}
		} else if l.window.err == nil {
			kind = listFrame // no key is that long
		}
	}
	if kind == listFrame {
		l.foreign = true
	}
	l.skip(1)
	l.push(frame{kind: kind, close: '}'})
}

// notPrinted matches what Node.js prints in brackets that is not an array. A name before the colon is that
// of an error.
var notPrinted = pattern.New(`^\[(?:(?:Function|AsyncFunction|GeneratorFunction|Circular|class|Symbol|Module)[:( ][^\[\]]*|[A-Z]\w*(?:: [^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)?|Getter/Setter)\]`)

// bracket opens an array, or one with keys.
func (l *literals) bracket() {
	i := l.spaceEnd(1)
	c, _ := l.at(i)
	f := frame{kind: listFrame, close: ']'}
	switch {
	case c == '\'' || c == '"':
		if end := l.stringEnd(i); end > 0 {
			if next := l.spaceEnd(end); l.is(next, '=') && l.is(next+1, '>') {
				f.kind = objectFrame
			}
		}
	case isDigit(c):
		if l.numbered(i) > 0 {
			f.keyed = true
			l.foreign, l.raw = true, true
		}
	case c == ':': // a symbol, and perhaps a key of Ruby
		n := l.word(i + 1)
		if next := l.spaceEnd(i + 1 + n); l.is(next, '=') && l.is(next+1, '>') {
			f.kind = objectFrame
		}
	case i == 1 && 'A' <= c && c <= 'Z':
		if s := notPrinted.Find(l.ahead(4 << 10)); s != nil && string(s) != "[True]" && string(s) != "[False]" && string(s) != "[None]" && string(s) != "[NaN]" {
			l.special(s)
			return
		}
	case 'a' <= c && c <= 'z':
		// Elixir and Groovy
		if n := l.word(i); n > 0 && l.is(i+n, ':') && (l.is(i+n+1, ' ') || l.is(i+n+1, '"') || l.is(i+n+1, '\'')) {
			f.kind = objectFrame
			l.foreign = true
		}
	}
	l.skip(1)
	l.push(f)
}

// special reads what Node.js prints in brackets: a mark of something that was not printed, or an
// error. Its members may follow.
func (l *literals) special(s []byte) {
	l.foreign = true
	name := bytes.Clone(s[1 : len(s)-1])
	l.skip(len(s))
	if f := l.top(); f.kind == listFrame && (string(name) == "Object" || string(name) == "Array") && l.omitted == nil && !f.silent {
		l.omitted = fmt.Errorf("element %d of a list is printed as %s: print it with all its members, for instance with JSON.stringify", f.n+1, s)
	}
	if i := l.spaceEnd(0); l.is(i, '{') && !bytes.Contains(l.ahead(i), []byte("\n")) {
		l.skip(i)
		if bytes.HasPrefix(name, []byte("Object:")) {
			l.brace()
			return
		}
		l.members(name)
		return
	}
	l.text(name)
}

// members opens the members of an error. Its text is the first one.
func (l *literals) members(text []byte) {
	l.skip(1)
	l.push(frame{kind: objectFrame, close: '}'})
	if l.err != nil {
		return
	}
	l.writeString([]byte("stack"))
	l.write(":")
	l.text(text)
	l.top().state = wantItem
}

// parenthesis opens a tuple, or parentheses around a string.
func (l *literals) parenthesis() {
	l.foreign = true
	i := l.spaceEnd(1)
	c, _ := l.at(i)
	if (c == '\'' || c == '"') && len(l.stack) > 1 {
		if s := castOf.Find(l.ahead(64)); s == nil && l.isOneString(i) {
			l.skip(1)
			l.push(frame{kind: groupFrame, close: ')'})
			return
		}
	}
	if s := castOf.Find(l.ahead(64)); s != nil {
		l.skip(len(s))
		l.again()
		return
	}
	l.skip(1)
	l.push(frame{kind: listFrame, close: ')'})
}

// isOneString reports whether there are only strings beside each other up to a parenthesis.
func (l *literals) isOneString(i int) bool {
	for n := 0; n < 64; n++ {
		quote, ok := l.at(i)
		if !ok || quote != '\'' && quote != '"' {
			return ok && quote == ')' && n > 0
		}
		for i++; ; i++ {
			c, ok := l.at(i)
			if !ok {
				return false
			}
			if c == '\\' {
				i++
			} else if c == quote {
				break
			}
		}
		i = l.spaceEnd(i + 1)
	}
	return false
}

// angle reads what is in angle brackets: a reference, which precedes a value, or an object that is not
// printed.
func (l *literals) angle() {
	l.foreign = true
	s := l.ahead(4 << 10)
	depth := 0
	for i, c := range s {
		switch c {
		case '<':
			depth++
		case '>':
			if i > 0 && (s[i-1] == '=' || s[i-1] == '-') {
				continue
			}
			depth--
		case '\n':
			l.fail("%q is not closed", '<')
			return
		}
		if depth == 0 {
			name := bytes.Clone(s[1:i])
			l.skip(i + 1)
			if bytes.HasPrefix(name, []byte("ref ")) {
				l.again()
				return
			}
			l.text(name)
			return
		}
	}
	l.fail("%q is not closed", '<')
}

// between reads the text between two delimiters, as in the sigils of Elixir.
func (l *literals) between() {
	open, _ := l.at(0)
	end := map[byte]byte{'[': ']', '(': ')', '{': '}', '<': '>'}[open]
	if end == 0 {
		end = open
	}
	s := l.ahead(4 << 10)
	n := bytes.IndexByte(s[min(1, len(s)):], end)
	if n < 0 {
		l.fail("%q is not closed", open)
		return
	}
	s = bytes.Clone(s[1 : n+1])
	l.skip(n + 2)
	l.text(s)
}

// regularExpression reads one of JavaScript.
func (l *literals) regularExpression() {
	l.foreign = true
	s := l.ahead(4 << 10)
	class := false
	for i := 1; i < len(s) && s[i] != '\n'; i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '[':
			class = true
		case s[i] == ']':
			class = false
		case s[i] == '/' && !class:
			text := bytes.Clone(s[:i+1])
			l.skip(i + 1)
			l.skip(l.word(0))
			l.text(text)
			return
		}
	}
	l.fail("%q is not closed", '/')
}

// bare reads a value that starts with a digit or a sign: a number, or a time without quotes.
func (l *literals) bare() {
	s := l.ahead(256)
	n := bytes.IndexAny(s, ",]});\n\r\x1b")
	if n < 0 {
		n = len(s)
		if n == 256 {
			l.fail("a number is longer than %d bytes", n)
			return
		}
		if l.window.err != nil && l.window.err != errCut && len(l.stack) > 1 {
			l.skip(n)
			l.end() // the last digits may be missing
			return
		}
	}
	first := s[:n]
	if i := bytes.IndexAny(first, " \t"); i >= 0 {
		if isNumber(first[:i]) || l.spaced {
			n = i
		}
		if i := bytes.Index(s[:n], []byte(" //")); i >= 0 {
			n = i
		}
	}
	text := bytes.Clone(bytes.TrimSpace(l.take(n)))
	if isNumber(text) {
		l.scalar(text)
		return
	}
	l.foreign = true
	digits := bytes.ReplaceAll(bytes.TrimLeft(text, "+"), []byte("_"), nil)
	if !bytes.HasPrefix(digits, []byte("0x")) {
		digits = bytes.TrimRight(digits, "nLlfFdM")
	}
	whole, ok := new(big.Int).SetString(string(digits), 0)
	switch {
	case isNumber(digits):
		l.scalar(digits)
	case ok && len(digits) < 64:
		l.scalar([]byte(whole.String()))
	case string(text) == "-Infinity" || string(text) == "-inf":
		l.scalar([]byte("null"))
	default:
		l.text(text)
	}
}

// name reads a value that starts with a name: a word of the language, a string with a prefix, a call,
// a container with the name of its type, or an error.
func (l *literals) name() {
	n := l.word(0)
	name := string(l.ahead(n)[:n])
	next, _ := l.at(n)
	if next == '\'' || next == '"' {
		switch name {
		case "b", "B", "rb", "br", "u", "U", "r", "R", "f", "c", "q", "E", "N":
			l.foreign = true
			l.skip(n)
			how := escapesAsText
			switch name[0] {
			case 'b', 'B', 'c':
				how = escapesAsBytes
			case 'r', 'R':
				how = noEscapes
			}
			l.str(next, how)
			return
		}
	}
	switch name {
	case "true", "false", "null":
		l.skip(n)
		l.scalar([]byte(name))
		return
	case "True", "TRUE", "YES", "yes":
		l.word2(n, "true")
		return
	case "False", "FALSE", "NO", "no":
		l.word2(n, "false")
		return
	case "Invalid":
		if d := []byte("Invalid Date"); bytes.HasPrefix(l.ahead(len(d)), d) {
			l.word2(len(d), "null")
			return
		}
	case "NaN", "Infinity": // Python writes them in JSON
		l.skip(n)
		l.scalar([]byte("null"))
		return
	case "None", "nil", "undefined", "undef", "NULL", "nan", "inf", "NaT":
		l.word2(n, "null")
		return
	case "new", "await", "bless":
		if c, _ := l.at(n); isSpace(c) {
			l.foreign = true
			l.skip(n)
			l.again()
			return
		}
	}
	i := n
	for c, _ := l.at(i); c == ' '; c, _ = l.at(i) {
		i++
	}
	next, ok := l.at(i)
	switch {
	case !ok && l.window.err == errCut:
		l.end()
	case name == "array" && next == ':': // Laravel: array:2 [
		l.foreign = true
		l.skip(i + 1)
		l.skip(l.number())
		l.again()
	case next == '(':
		l.foreign = true
		l.skip(i)
		l.call(name)
	case next == '{' || next == '[' && l.top().kind != topFrame || next == '[' && i > n:
		l.foreign = true
		l.skip(i)
		l.again()
	case next == ':' && l.top().kind != topFrame && (l.is(i+1, ' ') || l.is(i+1, '\n')):
		l.foreign = true
		l.errorText()
	case l.top().kind == topFrame:
		l.plain("a line is text")
	default:
		l.foreign = true
		l.text(l.take(n))
	}
}

func (l *literals) word2(n int, json string) {
	l.foreign = true
	l.skip(n)
	l.scalar([]byte(json))
}

// errorText reads an error with its stack, as Node.js prints it among other values.
func (l *literals) errorText() {
	text := l.joined[:0]
	for {
		i := 0
		for c, ok := l.at(i); ok && c != '\n'; c, ok = l.at(i) {
			i++
		}
		if _, ok := l.at(i); !ok {
			l.skip(i)
			l.end()
			return
		}
		line := bytes.TrimRight(l.buf[l.pos:l.pos+i], " \t\r")
		end := len(line)
		var last byte
		if end > 0 {
			last = line[end-1]
		}
		// Does a line of the stack follow?
		next := l.spaceEnd(i + 1)
		l.at(next + 2)
		more := bytes.HasPrefix(l.buf[min(l.pos+next, len(l.buf)):], []byte("at "))
		line = l.buf[l.pos : l.pos+end]
		if !more && (last == ',' || last == '{') {
			text = append(text, line[:end-1]...)
			l.skip(end - 1)
			break
		}
		text = append(text, line...)
		if l.skip(i); !more {
			break
		}
		text = append(text, '\n')
		l.skip(1)
		if len(text) > maxRecord {
			l.err = errTooLong
			return
		}
	}
	l.joined = text
	text = bytes.TrimRight(text, " ")
	if l.is(0, '{') {
		l.members(text)
		return
	}
	l.text(text)
}

// call reads a call. Its value is its first argument, a time, or an object of its named arguments.
func (l *literals) call(name string) {
	if i := bytes.LastIndexAny([]byte(name), `.:\`); i >= 0 {
		name = name[i+1:]
	}
	i := l.spaceEnd(1)
	c, ok := l.at(i)
	if !ok {
		l.skip(i)
		l.end()
		return
	}
	word := l.word(i)
	after := l.spaceEnd(i + word)
	named := word > 0 && l.is(after, '=') && !l.is(after+1, '=') && !l.is(after+1, '>')
	switch {
	case name == "OrderedDict" && c == '[':
		l.skip(i + 1)
		l.push(frame{kind: groupFrame, close: ')'})
		l.push(frame{kind: pairsFrame, close: ']'})
	case name == "defaultdict" && (c == '<' || word > 0):
		n := bytes.IndexByte(l.ahead(256), ',')
		if n < 0 {
			l.fail("unexpected %q", c)
			return
		}
		l.skip(n + 1)
		l.push(frame{kind: groupFrame, close: ')'})
	case (name == "array" || name == "Array") && c != '[' && c != '{' && !isDigit(c):
		// PHP: array ( 'a' => 'b' )
		kind := listFrame
		if c == '\'' || c == '"' {
			if end := l.stringEnd(i); end > 0 && l.is(l.spaceEnd(end), '=') {
				kind = objectFrame
			}
		}
		l.raw = true
		l.skip(1)
		l.push(frame{kind: kind, close: ')', keyed: kind == listFrame})
	case name == "array" && l.numbered(i) > 0:
		l.raw = true
		l.skip(1)
		l.push(frame{kind: listFrame, close: ')', keyed: true})
	case named && name != "datetime" && name != "ZoneInfo":
		l.skip(1)
		l.push(frame{kind: objectFrame, close: ')'})
	case (name == "list" || name == "List") && word > 0 && l.is(after, '('):
		l.skip(1)
		l.push(frame{kind: listFrame, close: ')'})
	case c == '{' || c == '[' || c == '(' || c == '%' || word > 0 && (l.is(after, '(') || l.is(after, '{') || l.is(after, '[')):
		l.skip(1)
		l.push(frame{kind: groupFrame, close: ')', sequence: l.top().kind == topFrame && name != "bless"})
	default:
		l.scalarCall(name)
	}
}

// firstArgument returns the part of arguments before a comma that is in no string.
func firstArgument(args []byte) []byte {
	var quote byte
	for i := 0; i < len(args); i++ {
		switch c := args[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ',':
			return args[:i]
		}
	}
	return args
}

// numbered returns where the number of an element ends that is i bytes ahead, with the arrow after it.
// It is 0 if there is none.
func (l *literals) numbered(i int) int {
	start := i
	bracket := l.is(i, '[')
	if bracket {
		i++
	}
	digits := i
	for c, ok := l.at(i); ok && isDigit(c) && i < start+32; c, ok = l.at(i) {
		i++
	}
	if i == digits {
		return 0
	}
	if bracket {
		if !l.is(i, ']') {
			return 0
		}
		i++
	}
	if i = l.spaceEnd(i); l.is(i, '=') && l.is(i+1, '>') {
		return i + 2
	}
	return 0
}

// scalarCall reads a call whose first argument is not a container.
func (l *literals) scalarCall(name string) {
	depth, end := 0, 0
	for i := 0; end == 0; i++ {
		c, ok := l.at(i)
		switch {
		case !ok:
			l.skip(i)
			l.end()
			return
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				end = i
			}
		case c == '\'' || c == '"':
			for i++; ; i++ {
				d, ok := l.at(i)
				if !ok {
					l.skip(i)
					l.end()
					return
				}
				if d == '\\' {
					i++
				} else if d == c {
					break
				}
			}
		}
	}
	inner := bytes.TrimSpace(bytes.Clone(l.take(end + 1)[1:end]))
	i := 0
	for l.is(i, ' ') {
		i++
	}
	next, _ := l.at(i)
	switch {
	case next == '{' && strings.HasSuffix(name, "Set"): // Set(2) {
		l.skip(i + 1)
		l.push(frame{kind: listFrame, close: '}'})
		return
	case (next == '{' || next == '[') && len(inner) > 0 && isDigit(inner[0]): // Map(2) {
		l.again()
		return
	case name == "string" && next == '"': // PHP: string(5) "hello", without escapes
		n, err := strconv.Atoi(string(inner))
		if err != nil || n < 0 || n > maxRecord {
			l.fail("a string of %s bytes", inner)
			return
		}
		if _, ok := l.at(i + n + 1); !ok {
			l.end()
			return
		}
		l.skip(i + 1)
		l.text(l.take(n))
		if l.is(0, '"') {
			l.skip(1)
		}
		return
	}
	if at, ok := timeOf(name, inner); ok {
		l.text(at)
		return
	}
	if len(inner) == 0 {
		l.scalar([]byte("null"))
		return
	}
	v, _ := literalValue(firstArgument(inner), l.raw)
	if v == nil {
		l.text(inner)
		return
	}
	if name == "parse" && v[0] == '"' { // JSON.parse('…')
		var s string
		if json.Unmarshal(v, &s) == nil && json.Valid([]byte(s)) {
			var line bytes.Buffer
			if json.Compact(&line, []byte(s)) == nil {
				l.containers += bytes.Count(line.Bytes(), []byte("{"))
				l.scalar(line.Bytes())
				return
			}
		}
	}
	l.scalar(v)
}

var (
	numbers  = pattern.New(`^\s*(\d{4}),\s*(\d{1,2}),\s*(\d{1,2})((?:,\s*\d{1,6})*)`)
	shift    = pattern.New(`timedelta\((?:days=(-?\d+)(?:, )?)?(?:seconds=(-?\d+))?\)`)
	zoneName = pattern.New(`["']([\w+-]+/[\w/+-]+)["']`)
	utcName  = pattern.New(`(?i)tzinfo=.*\butc\b|tzutc\(|TzInfo\((?:UTC|0)\)`)
)

// timeOf returns the time that Python prints as datetime.datetime(2026, 11, 23, 10, 44, 25, 972000).
func timeOf(name string, args []byte) ([]byte, bool) {
	if lower := strings.ToLower(name); !strings.HasPrefix(lower, "datetime") && lower != "date" {
		return nil, false
	}
	m := numbers.FindSubmatch(args)
	if m == nil {
		return nil, false
	}
	var v [7]int
	for i := range 3 {
		v[i], _ = strconv.Atoi(string(m[i+1]))
	}
	for i, s := range bytes.Split(bytes.TrimPrefix(m[4], []byte(",")), []byte(",")) {
		if i < 4 {
			v[3+i], _ = strconv.Atoi(string(bytes.TrimSpace(s)))
		}
	}
	at := time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], v[6]*1000, time.UTC)
	rest := args[len(m[0]):]
	zone := ""
	switch by := shift.FindSubmatch(rest); {
	case by != nil:
		days, _ := strconv.Atoi(string(by[1]))
		seconds, _ := strconv.Atoi(string(by[2]))
		minutes := (days*86400 + seconds) / 60
		sign := '+'
		if minutes < 0 {
			sign, minutes = '-', -minutes
		}
		zone = fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
	case utcName.Match(rest):
		zone = "Z"
	default:
		if name := zoneName.FindSubmatch(rest); name != nil {
			if where, err := time.LoadLocation(string(name[1])); err == nil {
				zone = time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], v[6]*1000, where).Format("-07:00")
			} else {
				zone = " " + string(name[1])
			}
		}
	}
	return []byte(at.Format("2006-01-02T15:04:05.000000") + zone), true
}

// microseconds rounds a Unix time in seconds. The digits after the sixth are those of the number, not
// of the clock.
func microseconds(s []byte) []byte {
	dot := bytes.IndexByte(s, '.')
	if dot < 0 || len(s)-dot <= 7 {
		return bytes.TrimSuffix(s, []byte("."))
	}
	v, ok := new(big.Rat).SetString(string(s))
	if !ok {
		return s
	}
	return []byte(v.FloatString(6))
}
