package aggregate

import (
	"cmp"

	"github.com/zeebo/xxh3"
)

// A SessionID stands for an OpenTok session: the 128-bit XXH3 hash of the ID as
// written. Two of a billion sessions collide with a chance below 1e-20, so
// counts of distinct sessions are exact in practice, and a session costs the
// same memory however long its ID is.
//
// Where no session is known it stands for the connection or the client instance
// that a record bears, by a hash with another seed.
type SessionID [16]byte

// NewSessionID returns what stands for an OpenTok session ID.
func NewSessionID(id []byte) SessionID { return sessionHash(FromSession, id).Bytes() }

// SessionFrom says what stands for a session.
type SessionFrom uint8

// What a session is known by, best first.
const (
	FromSession    SessionFrom = iota // its own ID
	FromConnection                    // a connection that is not known to be of one session
	FromClient                        // a client instance, likewise
	FromSource                        // nothing: all such records of a source are taken together
)

// SessionFroms lists all there are.
var SessionFroms = [...]SessionFrom{FromSession, FromConnection, FromClient, FromSource}

// String returns what stands for the session, as in the output of events.
func (f SessionFrom) String() string {
	return [...]string{"session", "connection", "client", "source"}[f]
}

// sessionHash is the hash of an ID of that kind.
func sessionHash(from SessionFrom, id []byte) xxh3.Uint128 {
	if from == FromSession {
		return xxh3.Hash128(id) // frequent, and faster without a seed
	}
	return xxh3.Hash128Seed(id, uint64(from))
}

// sessions numbers the sessions of a Tally, and what stands for them, in the
// order in which they were first seen, from 0. It is an open-addressing table,
// since every record of a log is looked up in it.
type sessions struct {
	slots []sessionSlot // a power of two of them, at most three quarters used
	ids   []xxh3.Uint128
	known []known
}

// known is what is known of a session beside its ID.
type known struct {
	from SessionFrom
	is   uint32 // number plus one of the session that a stand-in is; zero: none was seen with it
	of   uint32 // likewise the client that a connection was seen with

	client client // of a stand-in FromClient
	key    name   // label of the API key of a session
}

// several is in place of the session of a stand-in that was seen with more than
// one: it is none of them.
const several = 1<<32 - 1

// bind says that a stand-in was seen with a session. Both are numbers plus one.
func (s *sessions) bind(standIn, session uint32) {
	if k := &s.known[standIn-1]; k.is == 0 {
		k.is = session
	} else if k.is != session {
		k.is = several
	}
}

// bindClient says that a connection was seen with a client.
func (s *sessions) bindClient(connection, client uint32) {
	if k := &s.known[connection-1]; k.of == 0 {
		k.of = client
	} else if k.of != client {
		k.of = several
	}
}

// resolve returns the session that a stand-in is, or the number itself. Both are
// numbers plus one. A connection that no session was seen with is what its client
// is.
func (s *sessions) resolve(number uint32) uint32 {
	if number == 0 {
		return 0
	}
	k := &s.known[number-1]
	switch {
	case k.is != 0 && k.is != several:
		return k.is
	case k.is == 0 && k.of != 0 && k.of != several:
		return s.resolve(k.of)
	}
	return number
}

type sessionSlot struct {
	id     xxh3.Uint128
	number uint32 // plus one; zero marks a free slot
	cell   Cell   // the last one in which the session was seen, unseen at first
}

// unseen is no cell: it begins before the first instant that parse yields.
const unseen = NoCell + 1

// slot returns the slot of id, which is added if it is new.
func (s *sessions) slot(from SessionFrom, id xxh3.Uint128) *sessionSlot {
	if len(s.ids) >= len(s.slots)/4*3 {
		s.grow(max(2*len(s.slots), 1<<10))
	}
	slot := s.find(id)
	if slot.number == 0 {
		s.ids, s.known = append(s.ids, id), append(s.known, known{from: from})
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

// join adds the sessions of other and returns what its numbers become, all of
// them plus one.
func (s *sessions) join(other *sessions) []uint32 {
	s.reserve(len(other.ids))
	numbers := make([]uint32, len(other.ids)+1)
	for i, id := range other.ids {
		numbers[i+1] = s.slot(other.known[i].from, id).number
	}
	number := func(n uint32) uint32 {
		if n == several {
			return several
		}
		return numbers[n]
	}
	for i, k := range other.known {
		if k.is != 0 {
			s.bind(numbers[i+1], number(k.is))
		}
		if k.of != 0 {
			s.bindClient(numbers[i+1], number(k.of))
		}
	}
	return numbers
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
