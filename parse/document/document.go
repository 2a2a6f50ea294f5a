package document

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/outline"
)

// A Document follows the structure of a JSON document, piece by piece, and finds the entries in
// its arrays.
type Document struct {
	Start, Pos int64 // offsets of its first byte and of the next byte to read
	Done       bool  // Pos is its end
	Bad        bool  // the byte at Pos is invalid
	HasMessage bool  // the document has a message of its own
	Empty      *Node // the first array that might have contained entries and had none before it

	Entries  []Entry // found, in order; those before First have been taken
	In       *Node   // where the first entry was, set by the user
	Segments []Segment
	Around   int // how many frames of the first scope were open at the end of its last segment

	judge outline.Judge

	frames   []frame // the open objects and arrays on the way to entries
	below    int     // how many other objects and arrays are open
	inString bool
	wantKey  bool // the next string is a key of the innermost frame
	inKey    bool // the string is a key, which starts at keyAt
	keyAt    int64
	child    *Node // of the last key, nil if the key leads to no entries
	member   bool  // child is that of any key

	next    int     // index of the first entry that has not been taken
	scopes  []scope // entries in one scope have the same surroundings
	segment int64   // where the open segment starts, -1 within an entry
}

// maxEntries is the number of entries of a document that are found before they are taken. The
// surroundings of entries are examined only that far, and no further than a record is long.
const maxEntries = 4 << 10

// A frame is an open object or array.
type frame struct {
	in    *Node // its keys or elements
	array bool
	scope int32
}

// An Entry is a record of a document.
type Entry struct {
	Start, End int64 // End is -1 until it is found
	In         *Node
	Scope      int32
}

// A scope is an object that contains entries. Its session is theirs.
type scope struct {
	parent  int32
	session []byte
	several bool // it contains several session IDs
}

// A Segment is a part of a document between entries.
type Segment struct {
	Start, End int64
	Scope      int32
}

// New returns a Document.
func New(j outline.Judge) *Document { return &Document{judge: j} }

// Begin prepares d for the document that starts at an offset with the byte first.
func (d *Document) Begin(at int64, first byte, root *Node) {
	*d = Document{
		Start: at, Pos: at + 1, segment: at, judge: d.judge,
		frames: d.frames[:0], Entries: d.Entries[:0], Segments: d.Segments[:0],
		scopes: append(d.scopes[:0], scope{parent: -1}),
	}
	switch first {
	case '{':
		d.frames = append(d.frames, frame{in: root})
		d.wantKey = true
	case '[':
		if root.elements || root.element != nil {
			d.frames = append(d.frames, frame{in: root, array: true})
		} else {
			d.below = 1
		}
	case '"':
		d.inString = true
	}
}

// First returns the first entry that has not been taken, nil if there is none.
func (d *Document) First() *Entry {
	if d.next == len(d.Entries) {
		return nil
	}
	return &d.Entries[d.next]
}

// Left returns how many entries have been found and not taken.
func (d *Document) Left() int { return len(d.Entries) - d.next }

// Drop takes the first entry.
func (d *Document) Drop() {
	d.next++
	switch {
	case d.next == len(d.Entries):
		d.Entries, d.next = d.Entries[:0], 0
	case d.next == maxEntries:
		d.Entries, d.next = append(d.Entries[:0], d.Entries[d.next:]...), 0
	}
}

// Enough reports whether as many entries have been found as are kept at a time.
func (d *Document) Enough() bool { return d.Left() >= maxEntries }

// Flatten turns the document into one without entries.
func (d *Document) Flatten() {
	d.Entries, d.next = d.Entries[:0], 0
	if d.Done {
		return
	}
	d.below += len(d.frames) - 1
	d.frames = append(d.frames[:0], frame{in: nowhere})
	d.wantKey = false
}

// Resume continues after an invalid entry.
func (d *Document) Resume(at int64) {
	d.Entries, d.next = d.Entries[:0], 0
	d.Pos, d.Bad, d.below, d.inString, d.segment = at, false, 0, false, at
}

// Unknown reports whether the entries are in a place that belongs to no known format.
func (d *Document) Unknown() bool { return d.In != nil && (d.In.Learned || d.In.Plain) }

// SessionOf returns the session of a scope's entries, nil if their surroundings have none.
func (d *Document) SessionOf(n int32) []byte {
	for n >= 0 {
		if x := &d.scopes[n]; x.several {
			return nil
		} else if x.session != nil {
			return x.session
		}
		n = d.scopes[n].parent
	}
	return nil
}

// Learn looks for a session in a segment of a scope. Around entries of an unknown format, a
// session counts only if there is no other.
func (d *Document) Learn(n int32, text []byte) {
	x := &d.scopes[n]
	for x.session == nil || d.Unknown() && !x.several {
		id := d.judge.Session(text)
		if id == nil {
			return
		}
		if x.session == nil {
			x.session = bytes.Clone(id) // it outlives the text
		}
		x.several = !bytes.Equal(x.session, id)
		text = text[bytes.Index(text, id)+len(id):]
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
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			table[c] = neutral
		}
	}
	table['"'], table['{'], table['['], table['}'], table[']'] = quote, opening, opening, closing, closing
	return table
}()

// Scan reads from d.Pos to the end of data, to the end of the document, or until there are
// Enough entries. The first byte of data is at the offset at.
func (d *Document) Scan(data []byte, at int64) {
	i := int(d.Pos - at)
	for i < len(data) && !d.Done && !d.Bad && !d.Enough() {
		switch {
		case d.inString:
			i = d.string(data, i, at)
			if d.inString {
				d.Pos = at + int64(i)
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
		if d.below == 0 && !d.inString && !d.Bad {
			if d.segment < 0 && d.Entries[len(d.Entries)-1].End < 0 {
				end := at + int64(i)
				d.Entries[len(d.Entries)-1].End, d.segment = end, end
			}
			if len(d.frames) == 0 {
				d.Done = true
				d.endSegment(at+int64(i), 0)
			}
		}
	}
	d.Pos = at + int64(i)
}

// string continues in a string and returns where it stops.
func (d *Document) string(data []byte, i int, at int64) int {
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
			key := data[d.keyAt-at : i]
			d.child = d.key(key)
			d.member = d.child != nil && d.child == d.frames[len(d.frames)-1].in.any
		}
	}
	return i + 1
}

// key returns the node that a key of the innermost frame leads to.
func (d *Document) key(key []byte) *Node {
	in := d.frames[len(d.frames)-1].in
	if in == AllArrays && !d.HasMessage {
		d.HasMessage = d.judge.IsMessage(key)
	}
	if n := in.keys[string(key)]; n != nil {
		return n
	}
	return in.any
}

// members skips members of an object that lead to no entries, from where a key may start. It
// does what step does byte by byte, for simple members.
func (d *Document) members(data []byte, i int) int {
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
func (d *Document) nested(data []byte, i int) int {
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
			d.below, d.Bad = depth, true
			return i
		}
		i++
	}
	d.below = depth
	return i
}

// step reads one byte of the innermost frame.
func (d *Document) step(c byte, i int, at int64) int {
	f := &d.frames[len(d.frames)-1]
	switch outside[c] {
	case illegal:
		d.Bad = true
		return i
	case quote:
		d.inString = true
		switch {
		case f.array && f.in.elements && f.in.Texts:
			d.enter(f.in, at+int64(i), f.scope)
		case f.array:
		case d.wantKey:
			d.inKey, d.wantKey, d.keyAt = true, false, at+int64(i)+1
		case d.child != nil && d.child.Value && d.child.Texts:
			d.enter(d.child, at+int64(i), d.memberScope(f))
			d.child = nil
		}
	case opening:
		d.open(f, c, at+int64(i))
	case closing:
		if (c == ']') != f.array {
			d.Bad = true
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
func (d *Document) open(f *frame, c byte, at int64) {
	in := d.child
	d.child = nil
	if f.array {
		switch e := f.in.element; {
		case f.in.elements && (c == '{' || c == '[' && f.in.Rows):
			d.enter(f.in, at, f.scope)
			d.below = 1
		case e != nil && e.Value && (c == '{' || e.Rows):
			d.endSegment(at, f.scope)
			d.scopes = append(d.scopes, scope{parent: f.scope})
			d.enter(e, at, int32(len(d.scopes)-1))
			d.below = 1
		case e != nil && (c == '{' || e.element != nil || e.elements):
			d.endSegment(at, f.scope)
			d.scopes = append(d.scopes, scope{parent: f.scope})
			d.frames = append(d.frames, frame{in: e, array: c == '[', scope: int32(len(d.scopes) - 1)})
			d.wantKey = c == '{'
		default:
			d.below = 1
		}
		return
	}
	switch {
	case in == nil:
		d.below = 1
	case in.Value && (c == '{' || in.Rows):
		d.enter(in, at, d.memberScope(f))
		d.below = 1
	case c == '{' && (in.keys != nil || in.any != nil):
		d.frames = append(d.frames, frame{in: in, scope: d.memberScope(f)})
		d.wantKey = true
	case c == '[' && (in.elements || in.element != nil):
		d.frames = append(d.frames, frame{in: in, array: true, scope: d.memberScope(f)})
	default:
		d.below = 1
	}
}

// enter starts an entry.
func (d *Document) enter(in *Node, at int64, n int32) {
	d.endSegment(at, n)
	d.segment = -1
	d.Entries = append(d.Entries, Entry{Start: at, End: -1, In: in, Scope: n})
}

// memberScope returns the scope of the value that starts. If any key leads to entries, the
// member is a scope, which starts with its key.
func (d *Document) memberScope(f *frame) int32 {
	if !d.member {
		return f.scope
	}
	d.scopes = append(d.scopes, scope{parent: f.scope})
	d.endSegment(d.keyAt-1, f.scope)
	return int32(len(d.scopes) - 1)
}

// close leaves the innermost frame, which ends before an offset.
func (d *Document) close(f *frame, at int64) {
	if f.array && d.Empty == nil && len(d.Entries) == 0 {
		d.Empty = f.in
	}
	scope := f.scope
	d.frames = d.frames[:len(d.frames)-1]
	d.wantKey, d.child = false, nil
	if n := len(d.frames); n > 0 && d.frames[n-1].scope != scope {
		d.endSegment(at, scope)
	}
}

// endSegment ends the open segment, which belongs to a scope, and starts another.
func (d *Document) endSegment(at int64, scope int32) {
	if d.segment >= 0 && d.segment < at {
		d.Segments = append(d.Segments, Segment{d.segment, at, scope})
	}
	if scope == 0 {
		d.Around = 0
		for i := range d.frames {
			if d.frames[i].scope == 0 {
				d.Around++
			}
		}
	}
	d.segment = at
}
