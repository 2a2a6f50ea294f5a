package columnar

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/otlog/otlog/parse/jsontext"
)

// A node is a column of a Parquet file or a group of columns.
type node struct {
	key                []byte // quoted, with its colon
	kind               nodeKind
	optional, repeated bool
	rep, def           int  // its levels: values with smaller ones lack the node
	first, last        int  // its leaves are [first, last)
	bare               bool // of the repeated node of a list: its only child is the element
	children           []*node
	text               func(dst []byte, v *value) []byte // of a leaf; appends nothing if there is no value
}

type nodeKind uint8

const (
	isLeaf nodeKind = iota
	isGroup
	isList
	isMap
)

// A leaf is a column.
type leaf struct {
	element
	rep, def int // its levels
	path     string
}

// A tree makes nodes of the elements of a schema, which are in depth-first order.
type tree struct {
	elements []element
	leaves   []*leaf
}

// root returns the node of all columns.
func (t *tree) root(rename Rename) *node {
	n := &node{kind: isGroup}
	children := t.elements[0].children
	t.elements = t.elements[1:]
	for range children {
		n.children = append(n.children, t.node(0, 0, "", rename))
	}
	return n
}

// node returns the node of the next element. rep and def are the levels around it.
func (t *tree) node(rep, def int, path string, rename Rename) *node {
	e := &t.elements[0]
	t.elements = t.elements[1:]
	if e.repetition == repeated {
		rep++
	}
	if e.repetition != 0 {
		def++
	}
	key := e.name
	if path == "" {
		key = rename(key)
	}
	path += "." + e.name
	n := &node{
		key: quotedKey(key), optional: e.repetition == optional, repeated: e.repetition == repeated,
		rep: rep, def: def, first: len(t.leaves),
	}
	if e.children == 0 && e.kind >= 0 {
		n.text = textOf(e)
		t.leaves = append(t.leaves, &leaf{*e, rep, def, path[1:]})
		n.last = len(t.leaves)
		return n
	}
	n.kind = isGroup
	inner := ""
	for range e.children {
		inner = t.elements[0].name
		n.children = append(n.children, t.node(rep, def, path, rename))
	}
	n.last = len(t.leaves)
	if len(n.children) != 1 || !n.children[0].repeated {
		return n
	}
	entry := n.children[0]
	switch {
	case e.logical.id == logicalList:
		n.kind = isList
		// The rules of the format for lists that old writers made.
		entry.bare = entry.kind != isLeaf && len(entry.children) == 1 && inner != "array" && inner != e.name+"_tuple"
	case e.logical.id == logicalMap && len(entry.children) == 2:
		n.kind = isMap
	}
	return n
}

var errUneven = errors.New("the columns of a row do not belong together")

// member appends the value of a node, nothing if it is null. It takes the values of its leaves.
func (n *node) member(dst []byte, leaves []column) []byte {
	if n.first == n.last {
		return dst
	}
	if level := leaves[n.first].peek().def; (n.optional || n.repeated) && level < n.def {
		n.drop(leaves)
		return dst
	}
	if n.repeated {
		return n.elements(dst, leaves)
	}
	return n.content(dst, leaves)
}

// content appends the value of a node that is present. Of a repeated one it is one element.
func (n *node) content(dst []byte, leaves []column) []byte {
	switch n.kind {
	case isLeaf:
		v := leaves[n.first].take()
		if v.null {
			return dst
		}
		return n.text(dst, v)
	case isList:
		if entry := n.children[0]; leaves[entry.first].peek().def >= entry.def {
			return entry.elements(dst, leaves)
		}
		n.drop(leaves)
		return append(dst, "[]"...)
	case isMap:
		return n.children[0].pairs(dst, leaves)
	}
	dst = append(dst, '{')
	for _, child := range n.children {
		dst = child.named(dst, child.key, leaves)
	}
	return append(dst, '}')
}

// named appends a key and the value of the node, nothing if it is null.
func (n *node) named(dst, key []byte, leaves []column) []byte {
	before := len(dst)
	dst = append(appendComma(dst), key...)
	start := len(dst)
	if dst = n.member(dst, leaves); len(dst) == start {
		dst = dst[:before]
	}
	return dst
}

// elements appends the elements of a repeated node as an array. There is at least one.
func (n *node) elements(dst []byte, leaves []column) []byte {
	dst = append(dst, '[')
	for more := true; more; more = leaves[n.first].continues(n.rep) {
		before := len(dst)
		dst = appendComma(dst)
		start := len(dst)
		if n.bare {
			dst = n.children[0].member(dst, leaves)
		} else {
			dst = n.content(dst, leaves)
		}
		if len(dst) == start {
			dst = dst[:before]
		}
	}
	return append(dst, ']')
}

// pairs appends the entries of a map as an object.
func (n *node) pairs(dst []byte, leaves []column) []byte {
	if leaves[n.first].peek().def < n.def {
		n.drop(leaves)
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for more := true; more; more = leaves[n.first].continues(n.rep) {
		key := n.children[0].member(nil, leaves)
		if len(key) == 0 || key[0] != '"' {
			key = jsontext.AppendQuoted(nil, key)
		}
		dst = n.children[1].named(dst, append(key, ':'), leaves)
	}
	return append(dst, '}')
}

// drop takes one value of each leaf: that of a node which is null or empty.
func (n *node) drop(leaves []column) {
	for i := n.first; i < n.last; i++ {
		leaves[i].take()
	}
}

// textOf returns how the values of a column are written.
func textOf(e *element) func(dst []byte, v *value) []byte {
	l := e.logical
	switch number := e.kind == kindInt32 || e.kind == kindInt64; {
	case l.id == logicalTimestamp && l.unit > 0 && e.kind == kindInt64:
		return func(dst []byte, v *value) []byte { return appendInstant(dst, int64(v.n), l.unit, l.utc) }
	case l.id == logicalTime && l.unit > 0 && number:
		return func(dst []byte, v *value) []byte { return appendTimeOfDay(dst, v.signed(e.kind), l.unit) }
	case l.id == logicalDate && e.kind == kindInt32:
		return func(dst []byte, v *value) []byte { return appendDate(dst, v.signed(e.kind)) }
	case l.id == logicalDecimal && number:
		return func(dst []byte, v *value) []byte {
			return appendDecimal(dst, big.NewInt(v.signed(e.kind)), int(l.scale))
		}
	case l.id == logicalDecimal && (e.kind == kindByteArray || e.kind == kindFixed):
		return func(dst []byte, v *value) []byte {
			if len(v.b) > maxDecimal {
				return dst
			}
			return appendDecimal(dst, bigEndian(v.b), int(l.scale))
		}
	case l.id == logicalInteger && !l.signed && e.kind == kindInt32:
		return func(dst []byte, v *value) []byte { return strconv.AppendUint(dst, uint64(uint32(v.n)), 10) }
	case l.id == logicalInteger && !l.signed && e.kind == kindInt64:
		return func(dst []byte, v *value) []byte { return strconv.AppendUint(dst, v.n, 10) }
	case l.id == logicalUUID && e.kind == kindFixed && e.width == 16:
		return func(dst []byte, v *value) []byte { return appendUUID(dst, v.b) }
	case number:
		return func(dst []byte, v *value) []byte { return strconv.AppendInt(dst, v.signed(e.kind), 10) }
	}
	switch e.kind {
	case kindBoolean:
		return func(dst []byte, v *value) []byte { return strconv.AppendBool(dst, v.n != 0) }
	case kindInt96:
		return appendInt96
	case kindFloat:
		return func(dst []byte, v *value) []byte {
			return appendFloat(dst, float64(math.Float32frombits(uint32(v.n))), 32)
		}
	case kindDouble:
		return func(dst []byte, v *value) []byte { return appendFloat(dst, math.Float64frombits(v.n), 64) }
	}
	return func(dst []byte, v *value) []byte { return appendText(dst, v.b) }
}

// maxDecimal is how many bytes a decimal number may have: 64 are 154 digits.
const maxDecimal = 64

// signed returns an integer.
func (v *value) signed(kind int64) int64 {
	if kind == kindInt32 {
		return int64(int32(v.n))
	}
	return int64(v.n)
}

// appendInt96 appends an instant of Impala, Hive and Spark: nanoseconds of a day, and the number
// of the day in the Julian calendar.
func appendInt96(dst []byte, v *value) []byte {
	const epoch = 2440588 // 1970-01-01
	ofDay, day := int64(binary.LittleEndian.Uint64(v.b)), int64(binary.LittleEndian.Uint32(v.b[8:]))-epoch
	t := time.Unix(day*86400, 0).Add(time.Duration(ofDay)).UTC()
	if y := t.Year(); y < 1678 || y > 2261 {
		return dst
	}
	return appendInstant(dst, t.UnixNano(), 1, true)
}

func appendUUID(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hex[c>>4], hex[c&15])
	}
	return append(dst, '"')
}
