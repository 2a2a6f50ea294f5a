package data

import (
	"bytes"
	"strconv"
	"time"

	"github.com/otlog/otlog/parse/pattern"
)

// The text format of protocol buffers: each message at the top becomes an object on a line.

var protoStart = pattern.New(`^[a-z_]\w*\s*:?\s*[{<]`)

// protoLine reads a line of the text format.
func protoLine(l *listing, line []byte) {
	if !l.open {
		text := bytes.TrimSpace(line)
		switch {
		case len(text) == 0 || text[0] == '#':
			return
		case protoField.Match(text):
			return // a field beside the messages
		case !protoStart.Match(text):
			l.err = &syntaxError{"the text format of protocol buffers", l.offset(), "a message is missing"}
			return
		}
		l.add(nil, nil)
		l.open, l.unfinished, l.column = true, true, 0
	}
	l.more("\n", line)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '{', '<':
			l.column++
		case '}', '>':
			l.column--
		case '#':
			i = len(line)
		case '"', '\'':
			for i++; i < len(line) && line[i] != c; i++ {
				if line[i] == '\\' {
					i++
				}
			}
		}
	}
	if l.column > 0 || l.err != nil {
		return
	}
	p := &protoParser{text: l.fields[0].value}
	l.fields, l.size, l.open = l.fields[:0], 0, false
	l.unfinished = false
	for p.space(); p.pos < len(p.text) && p.ok(); p.space() {
		p.name()
		p.space()
		p.accept(':')
		p.space()
		open := p.next()
		if p.pos++; open != '{' && open != '<' {
			p.failed = true
			break
		}
		before := len(l.out)
		if l.out = p.message(l.out, open+2, 0); !p.ok() {
			l.out = l.out[:before]
			break
		}
		l.out = append(l.out, '\n')
		l.records++
	}
	if !p.ok() {
		l.err = &syntaxError{"the text format of protocol buffers", l.offset(), "a message cannot be parsed"}
	}
}

var protoField = pattern.New(`^[A-Za-z_]\w*\s*:\s*(?:"[^"]*"|[\w.+-]+)$`)

// A protoParser parses a message.
type protoParser struct {
	text   []byte
	pos    int
	failed bool
}

func (p *protoParser) ok() bool { return !p.failed }

func (p *protoParser) next() byte {
	if p.pos >= len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

func (p *protoParser) accept(c byte) bool {
	if p.next() != c {
		return false
	}
	p.pos++
	return true
}

func (p *protoParser) space() {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case isSpace(c):
			p.pos++
		case c == '#':
			n := bytes.IndexByte(p.text[p.pos:], '\n')
			if n < 0 {
				n = len(p.text) - p.pos
			}
			p.pos += n
		default:
			return
		}
	}
}

// name reads the name of a field, of an extension in brackets, or a word.
func (p *protoParser) name() string {
	start := p.pos
	if p.accept('[') {
		for c := p.next(); c != ']' && c != '\n' && c != 0; c = p.next() {
			p.pos++
		}
		if !p.accept(']') {
			p.failed = true
		}
		return string(bytes.Trim(p.text[start:p.pos], "[]"))
	}
	for c := p.next(); isLetter(c) || isDigit(c) || c == '.' || c == '-' || c == '+'; c = p.next() {
		p.pos++
	}
	if p.pos == start {
		p.failed = true
	}
	return string(p.text[start:p.pos])
}

// message appends the members up to a bracket. Fields with the same name are an array.
func (p *protoParser) message(dst []byte, end byte, depth int) []byte {
	type member struct {
		name   string
		values [][]byte
	}
	var members []member
	at := map[string]int{}
	for {
		p.space()
		if p.accept(end) {
			break
		}
		if p.accept(',') || p.accept(';') {
			continue
		}
		name := p.name()
		p.space()
		colon := p.accept(':')
		p.space()
		var value []byte
		switch c := p.next(); {
		case !p.ok() || depth > maxDepth || c == 0:
			p.failed = true
			return dst
		case c == '{' || c == '<':
			p.pos++
			value = p.message(nil, c+2, depth+1)
		case !colon:
			p.failed = true
			return dst
		case c == '[':
			value = p.list(depth)
		default:
			value = p.scalar()
		}
		if !p.ok() {
			return dst
		}
		i, ok := at[name]
		if !ok {
			i = len(members)
			at[name] = i
			members = append(members, member{name: name})
		}
		members[i].values = append(members[i].values, value)
	}
	if s, n := at["seconds"]; n && len(members) <= 2 {
		nanos := []byte("0")
		if i, ok := at["nanos"]; ok {
			nanos = members[i].values[0]
		}
		_, isTime := at["nanos"]
		if at := unixTime(members[s].values[0], nanos); at != "" && (len(members) == 1 || isTime) {
			return append(append(append(dst, '"'), at...), '"')
		}
	}
	if k, ok := at["key"]; ok && len(members) == 2 && depth > 0 {
		if v, ok := at["value"]; ok && len(members[k].values[0]) > 0 && members[k].values[0][0] == '"' { // an entry of a map
			return append(append(append(append(append(dst, '{'), members[k].values[0]...), ':'), members[v].values[0]...), '}')
		}
	}
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, []byte(m.name)), ':')
		if len(m.values) == 1 {
			dst = append(dst, m.values[0]...)
			continue
		}
		dst = append(append(append(dst, '['), bytes.Join(m.values, []byte(","))...), ']')
	}
	return append(dst, '}')
}

// list reads values in brackets.
func (p *protoParser) list(depth int) []byte {
	p.pos++
	out := []byte("[")
	for {
		p.space()
		if p.accept(']') {
			return append(out, ']')
		}
		if p.accept(',') {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		if c := p.next(); c == '{' || c == '<' {
			p.pos++
			out = p.message(out, c+2, depth+1)
		} else {
			out = append(out, p.scalar()...)
		}
		if !p.ok() || depth > maxDepth {
			p.failed = true
			return out
		}
	}
}

// scalar reads a word, a number, or strings beside each other.
func (p *protoParser) scalar() []byte {
	if c := p.next(); c != '"' && c != '\'' {
		word := p.name()
		switch {
		case isNumber([]byte(word)), word == "true", word == "false":
			return []byte(word)
		}
		return appendString(nil, []byte(word))
	}
	start := p.pos
	for {
		c := p.next()
		if c != '"' && c != '\'' {
			break
		}
		for p.pos++; p.next() != c; p.pos++ {
			if p.pos >= len(p.text) {
				p.failed = true
				return nil
			}
			if p.next() == '\\' {
				p.pos++
			}
		}
		p.pos++
		p.space()
	}
	json, ok := literalValue(append([]byte("b"), p.text[start:p.pos]...), false)
	p.failed = p.failed || !ok
	return json
}

// unixTime returns a time of seconds and nanoseconds, "" if it is none.
func unixTime(seconds, nanos []byte) string {
	s, err1 := strconv.ParseInt(string(seconds), 10, 64)
	n, err2 := strconv.ParseInt(string(nanos), 10, 64)
	if err1 != nil || err2 != nil || s < 1e8 || s > 1e11 || n < 0 || n >= 1e9 {
		return ""
	}
	return time.Unix(s, n).UTC().Format(time.RFC3339Nano)
}

func isProto(head []byte, whole bool) bool {
	first := bytes.TrimLeft(head, " \r\n")
	for len(first) > 0 && first[0] == '#' {
		_, first, _ = bytes.Cut(first, []byte("\n"))
		first = bytes.TrimLeft(first, " \r\n")
	}
	if !protoStart.Match(first[:min(len(first), 128)]) && !protoField.Match(bytes.TrimRight(first[:max(bytes.IndexByte(first, '\n'), 0)], "\r")) {
		return false
	}
	l := tryListing(head, whole, protoLine)
	return l.records > 0 && atEnd(l.err) && sdkText.Match(head)
}
