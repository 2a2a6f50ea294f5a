package aggregate

import (
	"math/bits"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// A rowKey tells one row of a Tally from the others. Its numbers mean something
// within one Tally of one build only.
type rowKey struct {
	session  uint32 // its number plus one; zero: none
	cell     Cell
	code     int32
	err      catalogue.ID
	method   catalogue.MethodID
	evidence classify.Evidence
}

func (k *rowKey) hash() uint64 {
	// The 16 bytes of a key, folded as wyhash does it.
	a := uint64(k.session)<<32 | uint64(uint32(k.cell))
	b := uint64(uint32(k.code))<<32 | uint64(k.err)<<16 | uint64(k.method)<<8 | uint64(k.evidence)
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	return hi ^ lo
}

// A count is what a Tally knows of the lines of one row.
type count struct {
	lines       int64
	first, last int64 // Unix nanoseconds, NoTime if no line bears a time
}

func (c *count) add(other count) {
	c.lines += other.lines
	c.first = earlier(c.first, other.first)
	c.last = max(c.last, other.last) // NoTime is less than any time
}

// earlier returns the lesser of two instants, either of which may be NoTime.
func earlier(a, b int64) int64 {
	if a == parse.NoTime || b != parse.NoTime && b < a {
		return b
	}
	return a
}

// rows maps keys to counts. It is an open-addressing table of indices, at 40
// bytes for a row and 6 to 11 for its slot.
type rows struct {
	slots []uint32 // index plus one; zero marks a free slot. A power of two of them
	all   []row
}

type row struct {
	key rowKey
	count
}

// add adds a count to the row of key.
func (r *rows) add(key rowKey, c count) {
	if len(r.all) >= len(r.slots)/4*3 {
		r.grow()
	}
	slot := r.find(&key)
	if *slot == 0 {
		r.all = append(r.all, row{key, c})
		*slot = uint32(len(r.all))
		return
	}
	r.all[*slot-1].add(c)
}

// find returns the slot that holds key, or the free one where it belongs.
func (r *rows) find(key *rowKey) *uint32 {
	mask := uint64(len(r.slots) - 1)
	for i := key.hash() & mask; ; i = (i + 1) & mask {
		if slot := &r.slots[i]; *slot == 0 || r.all[*slot-1].key == *key {
			return slot
		}
	}
}

func (r *rows) grow() {
	r.slots = make([]uint32, max(2*len(r.slots), 1<<8))
	for i := range r.all {
		*r.find(&r.all[i].key) = uint32(i) + 1
	}
}
