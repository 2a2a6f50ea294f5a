package redact

import (
	"bytes"
	"strings"

	"github.com/otlog/otlog/internal/secretkey"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/terminal"
)

// Fields know the secrets in the fields of a record. The text of a record without a message is its values without
// their keys, in which no key shows that a value is a secret.
type Fields struct {
	lines  map[string]bool   // of values
	within *strings.Replacer // of values that are nothing else, wherever they are; nil if there are none
}

// FieldsOf reads the JSON in a record, of which the end may be missing.
func FieldsOf(record []byte) *Fields {
	var r fieldReader
	record = bytes.TrimSpace(record)
	if at := bytes.IndexAny(record, "{["); at >= 0 {
		r.values(record, at, 0, field{})
	}
	var f Fields
	var pairs []string
	for _, v := range r.found {
		if !v.secret || isLiteral(v.text) || strings.HasPrefix(v.text, "OT_") && isError(v.text) {
			continue
		}
		if f.lines == nil {
			f.lines = map[string]bool{}
		}
		for line := range strings.SplitSeq(v.text, "\n") {
			f.lines[line] = true
			f.lines[string(terminal.AppendPlain(nil, []byte(line)))] = true
		}
		if len(v.text) <= longestWithin && isCredential(v.text, 6, 16) {
			pairs = append(pairs, v.text, masked(v.text))
		}
	}
	delete(f.lines, "")
	if pairs != nil {
		f.within = strings.NewReplacer(pairs...)
	}
	return &f
}

// Text returns a text of the record without these secrets. It may contain others, see the function Text.
func (f *Fields) Text(s string) string {
	if len(f.lines) == 0 {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if f.lines[line] {
			lines[i] = masked(line)
		}
	}
	s = strings.Join(lines, "\n")
	if f.within != nil {
		s = f.within.Replace(s)
	}
	return s
}

// masked returns what replaces a secret.
func masked(s string) string { return s[:kind(s)] + redacted }

// A fieldReader collects the strings of a record.
type fieldReader struct {
	found   []found
	nesting int // of objects in strings
}

type found struct {
	text   string
	secret bool
}

// A field is what contains values.
type field struct {
	secret     bool // by its key, or that of a field around it
	connection bool // its key is that of a connection
}

const (
	mostDepth   = 1000
	mostNesting = 8

	longestWithin = 256 // of a value that is sought in other ones
)

// values reads what is at a byte of s, to the end of the object or list that contains it, and returns where to go
// on. Too deep in it, all is secret.
func (r *fieldReader) values(s []byte, at, depth int, in field) int {
	in.secret = in.secret || depth > mostDepth
	var key, before string // the key, and the string before in a list
	var keyed, named bool  // there is a key; another member names a secret
	ofConnection := in.connection
	var values, data [][2]int // what is found in members "value" and "data"
	for at < len(s) {
		from, secret := len(r.found), in.secret || keyed && isSecret(key)
		switch s[at] {
		case '"':
			end, _ := jsontext.StringEnd(s, at+1)
			cut := end < 0
			if cut {
				end = len(s)
			}
			text := string(jsontext.AppendUnescaped(nil, s[at+1:end]))
			at = end + 1
			for at < len(s) && jsontext.IsSpace(s[at]) {
				at++
			}
			if at < len(s) && s[at] == ':' {
				key, keyed = text, true
				ofConnection = ofConnection || text == "connectionId" || text == "creationTime"
				at++
				continue
			}
			if !keyed && isSecret(before) && (isHeader(before) || isCredential(text, 16, len(text)+1)) {
				secret = true
			}
			r.text(text, secret)
			if cut { // the parser leaves out the last word
				whole := strings.TrimRightFunc(text, func(c rune) bool { return c < 0x80 && isWord(byte(c)) && c != '-' })
				r.found = append(r.found, found{whole, secret})
			}
			switch strings.ToLower(key) {
			case "name", "key", "k", "header", "field", "label":
				named = named || isSecret(text)
			case "data":
				if !strings.Contains(text, "OT_") {
					data = append(data, [2]int{from, len(r.found)})
				}
			}
			before = text
		case '{', '[':
			if depth > mostDepth {
				at++
				continue
			}
			at = r.values(s, at+1, depth+1, field{secret, keyed && strings.EqualFold(key, "connection")})
		case '}', ']':
			if depth > mostDepth || depth == 0 {
				at++
				continue
			}
			r.mark(named, values)
			r.mark(ofConnection, data)
			return at + 1
		case ',', ' ', '\t', '\n', '\r':
			at++
			continue
		default:
			at++
			continue
		}
		switch strings.ToLower(key) {
		case "value", "values", "val", "v":
			values = append(values, [2]int{from, len(r.found)})
		}
		key, keyed = "", false
	}
	r.mark(named, values)
	r.mark(ofConnection, data)
	return at
}

// mark marks ranges of what was found as secret if a condition is true.
func (r *fieldReader) mark(is bool, ranges [][2]int) {
	if !is {
		return
	}
	for _, x := range ranges {
		for i := x[0]; i < x[1]; i++ {
			r.found[i].secret = true
		}
	}
}

// text adds a string, and those in the object that it contains.
func (r *fieldReader) text(s string, secret bool) {
	r.found = append(r.found, found{s, secret})
	if at := strings.IndexAny(s, "{["); at >= 0 && strings.IndexByte(s[at:], '"') >= 0 && r.nesting < mostNesting {
		r.nesting++
		r.values([]byte(s), at, 0, field{secret: secret})
		r.nesting--
	}
}

// isSecret reports whether a key of a field is the name of a secret: as those in a text, or several of them.
func isSecret(key string) bool {
	name := secretkey.Of(key)
	return name.IsSecrets() && !secretkey.IsError(key)
}
