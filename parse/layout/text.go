package layout

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
)

// textEnd returns where the text ends that starts at i, -1 if it is not plain. The next joint decides whether
// a backslash may end it.
func (n *node) textEnd(data []byte, i int, j Judge) int {
	if n.field == field.Time {
		if end := clockEnd(data, i); end < len(data) && (data[end] == '"' || data[end] == '\\') {
			return end
		}
	}
	var known *[]byte
	if n.texts != nil && n.texts.worth() && i+8 <= len(data) {
		known = n.texts.slot(data[i:])
		if k := *known; len(k) > 0 && bytes.HasPrefix(data[i:], k) {
			n.texts.unknown = 0
			return i + len(k) - 1
		}
	}
	end := plainEnd(data, i)
	if end < 0 {
		return -1
	}
	escaped := data[end] == '\\' && !n.inner && !bytes.HasPrefix(data[end:], lastLineFeed)
	if escaped {
		if end = n.escapedEnd(data, i, end); end < 0 {
			return -1
		}
	}
	text := data[i:end]
	switch {
	case len(text) == 0:
		return end
	case (escaped || text[len(text)-1] == ')') && j.StatesCode(text), j.HoldsValue(text):
		return -1
	case n.field == field.Code && j.IsCode(field.CodeOf(text)):
		return -1
	}
	if known != nil && len(text) < maxKnown {
		n.texts.add(known, data[i:end+1])
	}
	return end
}

// lastLineFeed ends a text that contains a line, and its string.
var lastLineFeed = []byte(`\n"`)

// escapedEnd returns where the text ends that starts at i and has its first escape at at, -1 if it must be read:
// it may contain an object, has characters by their numbers, or its field is one whose escapes matter.
func (n *node) escapedEnd(data []byte, i, at int) int {
	if n.field != field.None && n.field != field.Message {
		return -1
	}
	for data[at] == '\\' {
		if at++; at == len(data) || !simpleEscape[data[at]] {
			return -1
		}
		if at = plainEnd(data, at+1); at < 0 {
			return -1
		}
	}
	if bytes.IndexByte(data[i:at], '{') >= 0 {
		return -1
	}
	return at
}

var simpleEscape = tableOf(`"\/bfnrt`)

// tableOf returns which bytes are in s.
func tableOf(s string) (t [256]bool) {
	for _, c := range []byte(s) {
		t[c] = true
	}
	return t
}

// clockEnd returns where the digits and marks of a time in ISO 8601 end, which show nothing.
func clockEnd(data []byte, i int) int {
	const longest = len("2006-01-02T15:04:05.000000000+07:00")
	end := min(i+longest, len(data))
	for i < end && inClock[data[i]] {
		i++
	}
	return i
}

var inClock = tableOf("0123456789-+:.TZ ")

// texts are texts that were plain, with the byte after them, by their first bytes and some others.
// Levels, loggers and user agents are recognized with one comparison.
type texts struct {
	all   [numTexts][]byte
	other int // where the others are; texts of one field often begin alike

	unknown int // how many texts in a row were not remembered
}

const (
	numTexts = 64
	maxKnown = 256 // bytes of a text
)

// newTexts returns room for texts. Later, none is allocated, however rarely a text is compared.
func newTexts() *texts {
	t, room := &texts{}, make([]byte, numTexts*maxKnown)
	for i := range t.all {
		t.all[i] = room[i*maxKnown : i*maxKnown : (i+1)*maxKnown]
	}
	return t
}

// worth reports whether to compare the next text. Where all texts differ, as in the lines of a console, few
// are compared.
func (t *texts) worth() bool {
	const all, some = 64, 16
	t.unknown++
	return t.unknown < all || t.unknown%some == 0
}

// slot returns where the text at the start of data is remembered, if it is. data has eight bytes at
// least.
func (t *texts) slot(data []byte) *[]byte {
	x := binary.LittleEndian.Uint64(data)
	if t.other > 0 && len(data) >= t.other+8 {
		x ^= bits.RotateLeft64(binary.LittleEndian.Uint64(data[t.other:]), 29)
	}
	return &t.all[x*0x9e3779b97f4a7c15>>(64-6)]
}

// add remembers a text in a slot.
func (t *texts) add(slot *[]byte, text []byte) {
	const alike = 24
	if old := *slot; len(old) >= alike && len(text) >= alike {
		n := min(len(old), len(text)) - 8
		at := 0
		for at < n && old[at] == text[at] {
			at++
		}
		if at >= 8 {
			t.other = at
		}
	}
	*slot = append((*slot)[:0], text...)
}

// plainEnd returns where the next quote or backslash is, -1 if there is none, or a control character precedes
// it, such as the line feed that ends a record.
func plainEnd(data []byte, i int) int {
	if i += jsontext.PlainLen(data[i:]); i == len(data) || data[i] < ' ' {
		return -1
	}
	return i
}

// numberEnd returns where the number ends that starts at i.
func numberEnd(data []byte, i int) int {
	for i++; i < len(data) && inNumber[data[i]]; i++ {
	}
	return i
}

var inNumber = tableOf("0123456789.eE+-")
