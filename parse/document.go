package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
)

// A document follows the structure of a JSON document, piece by piece, and finds the entries in
// its arrays.
type document struct {
	start, pos int64 // offsets of its first byte and of the next byte to read
	done       bool  // pos is its end
	bad        bool  // the byte at pos is invalid

	frames     []frame // the open objects and arrays on the way to entries
	below      int     // how many other objects and arrays are open
	inString   bool
	wantKey    bool // the next string is a key of the innermost frame
	inKey      bool // the string is a key, which starts at keyAt
	keyAt      int64
	child      *node // of the last key, nil if the key leads to no entries
	hasMessage bool  // the document has a message of its own

	entries  []entry // found, in order
	next     int     // index of the first entry that has not been taken
	scopes   []scope // entries in one scope have the same surroundings
	segments []segment
	segment  int64 // where the open segment starts, -1 within an entry
	around   int   // how many frames of the first scope were open at the end of its last segment
}

// A frame is an open object or array.
type frame struct {
	in    *node // its keys or elements
	array bool
	scope int32
}

// An entry is a record of a document.
type entry struct {
	start, end int64 // end is -1 until it is found
	in         *node
	scope      int32
}

// A scope is an object that contains entries. Its session is theirs.
type scope struct {
	parent  int32
	session []byte
}

// A segment is a part of a document between entries.
type segment struct {
	start, end int64
	scope      int32
}

// begin prepares d for the document that starts at an offset with the byte first.
func (d *document) begin(at int64, first byte, root *node) {
	*d = document{
		start: at, pos: at + 1, segment: at,
		frames: d.frames[:0], entries: d.entries[:0], segments: d.segments[:0],
		scopes: append(d.scopes[:0], scope{parent: -1}),
	}
	switch first {
	case '{':
		d.frames = append(d.frames, frame{in: root})
		d.wantKey = true
	case '[':
		d.below = 1
	case '"':
		d.inString = true
	}
}

// first returns the first entry that has not been taken, nil if there is none.
func (d *document) first() *entry {
	if d.next == len(d.entries) {
		return nil
	}
	return &d.entries[d.next]
}

// drop takes the first entry.
func (d *document) drop() {
	d.next++
	switch {
	case d.next == len(d.entries):
		d.entries, d.next = d.entries[:0], 0
	case d.next == maxEntries:
		d.entries, d.next = append(d.entries[:0], d.entries[d.next:]...), 0
	}
}

// enough reports whether as many entries have been found as are kept at a time.
func (d *document) enough() bool { return len(d.entries)-d.next >= maxEntries }

// flatten turns the document into one without entries.
func (d *document) flatten() {
	d.entries, d.next = d.entries[:0], 0
	if d.done {
		return
	}
	d.below += len(d.frames) - 1
	d.frames = append(d.frames[:0], frame{in: nowhere})
	d.wantKey = false
}

// resume continues after an invalid entry.
func (d *document) resume(at int64) {
	d.entries, d.next = d.entries[:0], 0
	d.pos, d.bad, d.below, d.inString, d.segment = at, false, 0, false, at
}

// sessionOf returns the session of a scope's entries, nil if their surroundings have none.
func (d *document) sessionOf(n int32) []byte {
	for n >= 0 {
		if id := d.scopes[n].session; id != nil {
			return id
		}
		n = d.scopes[n].parent
	}
	return nil
}

// learn looks for a session in a segment of a scope.
func (d *document) learn(n int32, text []byte) {
	if d.scopes[n].session != nil {
		return
	}
	if start, end := nextSession(text); start >= 0 {
		d.scopes[n].session = append([]byte(nil), text[start:end]...) // it outlives the text
	}
}

// Classes of bytes outside strings.
const (
	illegal = iota
	neutral // white space, colons, commas, and the bytes of numbers and words
	quote
	opening
	closing
)

var outside = func() (table [256]uint8) {
	for _, c := range []byte(" \t\r\n:,.+-") {
		table[c] = neutral
	}
	for c := range table {
		// Words like NaN and undefined are not JSON, but occur.
		if isWord(byte(c)) && c != '_' {
			table[c] = neutral
		}
	}
	table['"'], table['{'], table['['], table['}'], table[']'] = quote, opening, opening, closing, closing
	return table
}()

// scan reads from d.pos to the end of data, to the end of the document, or until there are
// enough entries. The first byte of data is at the offset at.
func (d *document) scan(data []byte, at int64) {
	i := int(d.pos - at)
	for i < len(data) && !d.done && !d.bad && !d.enough() {
		switch {
		case d.inString:
			i = d.string(data, i, at)
			if d.inString {
				d.pos = at + int64(i)
				return
			}
		case d.below > 0:
			i = d.nested(data, i)
		default:
			from := i
			if d.wantKey {
				i = d.members(data, i)
			}
			if i == from {
				i = d.step(data[i], i, at)
			}
		}
		if d.below == 0 && !d.inString && !d.bad {
			if d.segment < 0 && d.entries[len(d.entries)-1].end < 0 {
				end := at + int64(i)
				d.entries[len(d.entries)-1].end, d.segment = end, end
			}
			if len(d.frames) == 0 {
				d.done = true
				d.endSegment(at+int64(i), 0)
			}
		}
	}
	d.pos = at + int64(i)
}

// string continues in a string and returns where it stops.
func (d *document) string(data []byte, i int, at int64) int {
	end, _ := jsontext.StringEnd(data, i)
	if end < 0 {
		// An escape at the end of data may be incomplete.
		rest := data[i:]
		slashes := len(rest) - len(bytes.TrimRight(rest, `\`))
		return len(data) - slashes%2
	}
	i = end
	d.inString = false
	if d.inKey {
		d.inKey, d.child = false, nil
		if d.keyAt >= at { // otherwise the key is longer than a record, and unknown
			d.child = d.key(data[d.keyAt-at : i])
		}
	}
	return i + 1
}

// key returns the node that a key of the innermost frame leads to.
func (d *document) key(key []byte) *node {
	in := d.frames[len(d.frames)-1].in
	if in == allArrays && !d.hasMessage {
		what, _ := field.Of(key)
		d.hasMessage = what == field.Message
	}
	return in.keys[string(key)]
}

// members skips members of an object that lead to no entries, from where a key may start. It
// does what step does byte by byte, for simple members.
func (d *document) members(data []byte, i int) int {
	for {
		for i < len(data) && (data[i] == ',' || jsontext.IsSpace(data[i])) {
			i++
		}
		if i == len(data) || data[i] != '"' {
			return i
		}
		end, _ := jsontext.StringEnd(data, i+1)
		if end < 0 {
			return i
		}
		at := jsontext.SkipSpace(data, end+1)
		if at == len(data) || data[at] != ':' {
			return i
		}
		if at = jsontext.SkipSpace(data, at+1); at == len(data) || d.key(data[i+1:end]) != nil {
			return i
		}
		switch outside[data[at]] {
		case quote:
			if at, _ = jsontext.StringEnd(data, at+1); at < 0 {
				return i
			}
			at++
		case opening:
			d.below = 1
			at = d.nested(data, at+1)
			if d.below > 0 {
				d.wantKey = false
				return at
			}
		case neutral:
			for at < len(data) && outside[data[at]] == neutral && data[at] != ',' {
				at++
			}
		default:
			return i
		}
		if at = jsontext.SkipSpace(data, at); at == len(data) || data[at] != ',' {
			d.wantKey = false
			return at
		}
		i = at + 1
	}
}

// nested continues in objects and arrays that lead to no entries.
func (d *document) nested(data []byte, i int) int {
	depth := d.below
	for i < len(data) {
		switch outside[data[i]] {
		case quote:
			end, _ := jsontext.StringEnd(data, i+1)
			if end < 0 {
				d.below, d.inString = depth, true
				return i + 1
			}
			i = end
		case opening:
			depth++
		case closing:
			if depth--; depth == 0 {
				d.below = 0
				return i + 1
			}
		case illegal:
			d.below, d.bad = depth, true
			return i
		}
		i++
	}
	d.below = depth
	return i
}

// step reads one byte of the innermost frame.
func (d *document) step(c byte, i int, at int64) int {
	f := &d.frames[len(d.frames)-1]
	switch outside[c] {
	case illegal:
		d.bad = true
		return i
	case quote:
		d.inString = true
		if !f.array && d.wantKey {
			d.inKey, d.wantKey, d.keyAt = true, false, at+int64(i)+1
		}
	case opening:
		d.open(f, c, at+int64(i))
	case closing:
		if (c == ']') != f.array {
			d.bad = true
			return i
		}
		d.close(f, at+int64(i)+1)
	case neutral:
		if c == ',' {
			d.wantKey, d.child = !f.array, nil
		}
	}
	return i + 1
}

// open enters an object or an array.
func (d *document) open(f *frame, c byte, at int64) {
	in := d.child
	d.child = nil
	if f.array {
		switch {
		case f.in.elements && (c == '{' || c == '[' && f.in.rows):
			d.endSegment(at, f.scope)
			d.segment = -1
			d.entries = append(d.entries, entry{start: at, end: -1, in: f.in, scope: f.scope})
			d.below = 1
		case f.in.element != nil && c == '{':
			d.endSegment(at, f.scope)
			d.scopes = append(d.scopes, scope{parent: f.scope})
			d.frames = append(d.frames, frame{in: f.in.element, scope: int32(len(d.scopes) - 1)})
			d.wantKey = true
		default:
			d.below = 1
		}
		return
	}
	switch {
	case in == nil:
		d.below = 1
	case c == '{' && in.keys != nil:
		d.frames = append(d.frames, frame{in: in, scope: f.scope})
		d.wantKey = true
	case c == '[' && (in.elements || in.element != nil):
		d.frames = append(d.frames, frame{in: in, array: true, scope: f.scope})
	default:
		d.below = 1
	}
}

// close leaves the innermost frame, which ends before an offset.
func (d *document) close(f *frame, at int64) {
	scope := f.scope
	d.frames = d.frames[:len(d.frames)-1]
	d.wantKey, d.child = false, nil
	if n := len(d.frames); n > 0 && d.frames[n-1].scope != scope {
		d.endSegment(at, scope)
	}
}

// endSegment ends the open segment, which belongs to a scope, and starts another.
func (d *document) endSegment(at int64, scope int32) {
	if d.segment >= 0 && d.segment < at {
		d.segments = append(d.segments, segment{d.segment, at, scope})
	}
	if scope == 0 {
		d.around = 0
		for i := range d.frames {
			if d.frames[i].scope == 0 {
				d.around++
			}
		}
	}
	d.segment = at
}
