// Package layout recognizes lines of JSON that are built like earlier lines of the same source.
//
// What is between two values is a joint: their quotes, and the key, brackets and commas between
// them. What a joint means depends on its bytes, on how deep it begins and, if the meaning of keys
// depends on the keys around them, on these. So a line that was read once, and shows nothing, teaches its
// joints; a later line that consists of known joints and of plain values need not be read again: its
// values that mean something are known by their places.
//
// The path through the package:
//
//  1. [Layouts.Learn] takes a line that was read and showed nothing. It adds a node for each value, and an
//     edge for each joint that leads from one value to the next (learn.go).
//  2. [Layouts.Read] goes from node to node. It gives up at the first joint that is unknown, and at a
//     value that is not plain: it may be evidence of an error, or its escapes may matter. Texts that were plain
//     before are remembered, because to look for evidence takes longer than to compare (text.go).
//
// An object inside a string, as in the lines of containers, has joints and values as well. Its quotes are
// escaped. A text may also end in an escaped line feed.
//
// A layout that gives up costs time. So Worth says for each block whether to try.
package layout

import (
	"encoding/binary"

	"github.com/otlog/otlog/parse/field"
)

// A Judge knows what may be evidence of an error.
type Judge interface {
	// HoldsValue reports whether a text, as written, may belong to evidence of an error. It has no escapes but
	// those of a single character.
	HoldsValue(text []byte) bool
	// StatesCode reports whether a text that ends in a parenthesis, or has an escape, may state an error's
	// code, or an escaped key and its value.
	StatesCode(text []byte) bool
	// IsCode reports whether a number in a field made for codes may be an error's code.
	IsCode(n int32) bool
}

// A Value is one that means something, or a run of such values.
type Value struct {
	Field      field.Field
	Nesting    uint8 // 1 in an object inside a string
	Rank       int   // as [field.Of] returns it
	Depth      int   // of objects and arrays around it
	Start, End int   // where it is, without its quotes; a text that contains an object has no end: -1
	Run        *Run  // if not nil: values that are known, whose places count from Start; only these two are set
}

// Layouts are those of one source. The zero Layouts know none. They are not safe for concurrent use.
type Layouts struct {
	nodes  []node           // the first one is the start of a line
	places map[string]int32 // nodes by what they are
	tables int              // nodes that remember texts
	runs   runs
	posted bool // the last line states the client's own time
	values []Value
	path   path // scratch

	pause, left int // how many blocks not to try, and how many of these are left
}

// A node is a value, or the start or the end of a line.
type node struct {
	kind  kind
	means bool // its field has a meaning
	isID  bool // its value is an ID of a session, client or connection
	posts bool // its value is the client's own time
	inner bool // it is in an object inside a string
	after bool // it is in or after one
	codes bool // the joint before it ends in the escaped key of a code
	said  int  // how far before it a message starts that contains an object, 0: none
	field field.Field
	rank  int
	depth int
	edges []edge // to what follows
	texts *texts // that were plain, nil if none are remembered
}

type kind uint8

const (
	text kind = iota
	number
	end // of the line
)

// The largest sizes. A hostile source may reach them: 64 tables of 64 texts of 256 bytes are 1 MiB.
const (
	maxNodes  = 1 << 10
	maxEdges  = 8
	maxTables = 64
	maxLine   = 8 << 10 // bytes of a line that teaches
	maxJoint  = 1 << 10
	maxPath   = 256 // bytes of the keys around a value
)

// An edge is a joint that leads to a node.
type edge struct {
	head, mask uint64 // its first bytes, at most eight
	tail       uint64 // the last eight of more than eight
	second     uint64 // the second eight of more than sixteen
	third      uint64 // the eight before the tail of more than sixteen
	joint      string
	to         int32
	number     bool // it leads to a number
}

// begins reports whether a line goes on with the joint.
func (e *edge) begins(rest []byte) bool {
	n := len(e.joint)
	if len(rest) <= n || len(rest) < 8 {
		return false // near the end of a block, where few lines are
	}
	// Frequent case first: to compare words is faster than to call a function that compares.
	if binary.LittleEndian.Uint64(rest)&e.mask != e.head {
		return false
	}
	if n > 8 {
		if binary.LittleEndian.Uint64(rest[n-8:]) != e.tail {
			return false
		}
		if n > 16 && (binary.LittleEndian.Uint64(rest[8:]) != e.second || binary.LittleEndian.Uint64(rest[n-16:]) != e.third) {
			return false
		}
		if n > 32 && string(rest[16:n-16]) != e.joint[16:n-16] {
			return false
		}
	}
	// A joint before a number may be the beginning of another one.
	return !e.number || startsNumber(rest[n])
}

func startsNumber(c byte) bool { return '0' <= c && c <= '9' || c == '-' }

// Read recognizes the line at data[start]. It returns where the line ends, and its values that mean
// something in their order; -1 if it must be read. The values are valid until the next call.
func (l *Layouts) Read(data []byte, start int, j Judge) (int, []Value) {
	if len(l.nodes) == 0 {
		return -1, nil
	}
	l.values, l.runs.open, l.posted = l.values[:0], nil, false
	at := &l.nodes[0]
	for i := start; ; {
		rest := data[i:]
		var e *edge
		for k := range at.edges {
			if at.edges[k].begins(rest) {
				e = &at.edges[k]
				break
			}
		}
		if e == nil {
			return -1, nil
		}
		i += len(e.joint)
		at = &l.nodes[e.to]
		from, joint := i, len(e.joint)
		if at.said > 0 {
			if l.runs.open != nil {
				l.runs.end(data)
			}
			l.values = append(l.values, Value{Field: field.Message, Depth: 1, Start: i - at.said, End: -1})
		}
		if at.isID && l.runs.open == nil {
			if run := l.runs.find(data, i); run != nil {
				if run.matches(data[i:], e.to) {
					v := l.value()
					v.Start, v.Run = i, run
					i += len(run.text) - 1
					at = &l.nodes[run.to]
					continue
				}
				if !used(l.values, run) {
					l.runs.begin(run, e.to, i)
				}
			}
		} else if !at.isID && l.runs.open != nil {
			l.runs.end(data)
		}
		switch at.kind {
		case end:
			if l.posted && at.after {
				return -1, nil
			}
			return i, l.values
		case number:
			i = numberEnd(data, i)
			if at.field == field.Code && j.IsCode(field.CodeOf(data[from:i])) {
				return -1, nil
			}
		default:
			if i = at.textEnd(data, i, j); i < 0 {
				return -1, nil
			}
		}
		if at.codes && j.StatesCode(data[from-joint:i]) {
			return -1, nil
		}
		if at.means {
			l.posted = l.posted || at.posts
			v := l.value()
			v.Field, v.Nesting, v.Rank, v.Depth, v.Start, v.End, v.Run = at.field, flag(at.inner), at.rank, at.depth, from, i, nil
			if !at.inner && at.kind == text && i < len(data) && data[i] == '\\' {
				v.End += len(lineFeed)
			}
			if at.isID && l.runs.open != nil {
				l.runs.add(*v, e.to, i)
			}
		}
	}
}

// value adds a value, whose fields are to be set: in place, because to copy what was written a moment ago
// stalls.
func (l *Layouts) value() *Value {
	n := len(l.values)
	if n == cap(l.values) {
		l.values = append(l.values, Value{})
	}
	l.values = l.values[:n+1]
	return &l.values[n]
}

// Posted reports whether the line that was recognized last is telemetry: it states the client's own time.
func (l *Layouts) Posted() bool { return l.posted }

// Worth reports whether to try to recognize the lines of the next block.
func (l *Layouts) Worth() bool {
	if l.left > 0 {
		l.left--
		return false
	}
	return true
}

// Weigh notes how many lines of a block were recognized, and how many were not. If these are more than
// a third, layouts are not tried for some blocks, and for twice as many the next time.
func (l *Layouts) Weigh(read, missed int) {
	const few, longest = 4, 256
	if 2*missed <= read+64 {
		l.pause = 0
		return
	}
	l.pause = min(max(2*l.pause, few), longest)
	l.left = l.pause
}

// Reset forgets all lines, for another source.
func (l *Layouts) Reset() { *l = Layouts{values: l.values} }

// newEdge returns an edge.
func newEdge(joint []byte, to int32, isNumber bool) edge {
	e := edge{joint: string(joint), to: to, number: isNumber}
	var first [8]byte
	n := copy(first[:], joint)
	e.head, e.mask = binary.LittleEndian.Uint64(first[:]), 1<<(8*n)-1
	if n == len(first) {
		e.mask = ^uint64(0)
	}
	if n := len(joint); n > 8 {
		e.tail = binary.LittleEndian.Uint64(joint[n-8:])
		if n > 16 {
			e.second, e.third = binary.LittleEndian.Uint64(joint[8:]), binary.LittleEndian.Uint64(joint[n-16:])
		}
	}
	return e
}

// same reports whether an edge has a joint that leads to a kind of node.
func (e *edge) same(joint []byte, isNumber bool) bool {
	return e.number == isNumber && e.joint == string(joint)
}
