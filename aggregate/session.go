package aggregate

import (
	"cmp"

	"github.com/zeebo/xxh3"
)

// A SessionID stands for an OpenTok session: the 128-bit XXH3 hash of the ID as
// written. Two of a billion sessions collide with a chance below 1e-20, so
// counts of distinct sessions are exact in practice, and a session costs the
// same memory however long its ID is.
type SessionID [16]byte

// sessions numbers the sessions of a Tally in the order in which they were
// first seen, from 0. It is an open-addressing table, since every record of a
// log is looked up in it.
type sessions struct {
	slots []sessionSlot // a power of two of them, at most three quarters used
	ids   []xxh3.Uint128
}

type sessionSlot struct {
	id     xxh3.Uint128
	number uint32 // plus one; zero marks a free slot
	cell   Cell   // the last one in which the session was seen, unseen at first
}

// unseen is no cell: it begins before the first instant that parse yields.
const unseen = NoCell + 1

// slot returns the slot of id, which is added if it is new.
func (s *sessions) slot(id xxh3.Uint128) *sessionSlot {
	if len(s.ids) >= len(s.slots)/4*3 {
		s.grow(max(2*len(s.slots), 1<<10))
	}
	slot := s.find(id)
	if slot.number == 0 {
		s.ids = append(s.ids, id)
		*slot = sessionSlot{id: id, number: uint32(len(s.ids)), cell: unseen}
	}
	return slot
}

// find returns the slot that holds id, or the free one where it belongs.
func (s *sessions) find(id xxh3.Uint128) *sessionSlot {
	mask := uint64(len(s.slots) - 1)
	for i := id.Lo & mask; ; i = (i + 1) & mask {
		slot := &s.slots[i]
		if slot.number == 0 || slot.id == id {
			return slot
		}
	}
}

func (s *sessions) grow(size int) {
	old := s.slots
	s.slots = make([]sessionSlot, size)
	for i := range old {
		if old[i].number != 0 {
			*s.find(old[i].id) = old[i]
		}
	}
}

// reserve makes room for n sessions more. Moving one table into another in the
// order of its slots is quadratic unless the target has room for both.
func (s *sessions) reserve(n int) {
	size := max(len(s.slots), 1<<10)
	for len(s.ids)+n >= size/4*3 {
		size *= 2
	}
	if size > len(s.slots) {
		s.grow(size)
	}
}

// A sighting says that a session was seen in a cell: the session's number in
// the upper half, the cell in the lower one, so that sightings sort by session
// and time.
type sighting uint64

func newSighting(number uint32, c Cell) sighting {
	return sighting(number)<<32 | sighting(uint32(c)^1<<31)
}

func (s sighting) number() uint32 { return uint32(s >> 32) }
func (s sighting) cell() Cell     { return Cell(uint32(s) ^ 1<<31) }

func (s sighting) compare(other sighting) int { return cmp.Compare(s, other) }
