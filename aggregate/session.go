package aggregate

import (
	"cmp"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// A SessionID stands for an OpenTok session: the 128-bit XXH3 hash of the ID as
// written. Two of a billion sessions collide with a chance below 1e-20, so
// counts of distinct sessions are exact in practice, and a session costs the
// same memory however long its ID is.
//
// Where no session is known it stands for the connection or the client instance
// that a record bears, by a hash with another seed. The zero SessionID is none.
type SessionID struct{ Hi, Lo uint64 }

// NewSessionID returns what stands for an OpenTok session ID.
func NewSessionID(id []byte) SessionID { return sessionHash(FromSession, id) }

// IsZero reports whether id is the zero SessionID.
func (id SessionID) IsZero() bool { return id == SessionID{} }

// Compare orders SessionIDs; the zero SessionID comes first.
func (id SessionID) Compare(other SessionID) int {
	if id.Hi != other.Hi {
		return cmp.Compare(id.Hi, other.Hi)
	}
	return cmp.Compare(id.Lo, other.Lo)
}

// Bytes returns the SessionID such that it sorts as Compare says.
func (id SessionID) Bytes() [16]byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], id.Hi)
	binary.BigEndian.PutUint64(b[8:], id.Lo)
	return b
}

// SessionIDOf returns the SessionID of what Bytes returned.
func SessionIDOf(b [16]byte) SessionID {
	return SessionID{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

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
func sessionHash(from SessionFrom, id []byte) SessionID {
	if from == FromSession {
		return SessionID(xxh3.Hash128(id)) // frequent, and faster without a seed
	}
	return SessionID(xxh3.Hash128Seed(id, uint64(from)))
}

// sessions numbers the sessions of a Tally, and what stands for them, in the
// order in which they were first seen, from 0. It is an open-addressing table,
// since every record of a log is looked up in it.
type sessions struct {
	slots []sessionSlot // a power of two of them, at most three quarters used
	ids   []SessionID
	known []known
}

// known is what is known of a session beside its ID.
type known struct {
	from SessionFrom
	is   uint32 // number plus one of the session that a surrogate ID was seen with; zero: none
	of   uint32 // likewise the client that a connection was seen with

	labels Labels // of a surrogate ID FromClient
	key    Name   // label of the API key of a session
}

// several is in place of the session of a surrogate ID that was seen with more than
// one: it is none of them.
const several = 1<<32 - 1

// bind says that a surrogate ID was seen with a session. Both are numbers plus one.
func (s *sessions) bind(surrogate, session uint32) {
	if k := &s.known[surrogate-1]; k.is == 0 {
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

// id returns the SessionID of a number plus one, none for zero.
func (s *sessions) id(number uint32) SessionID {
	if number == 0 {
		return SessionID{}
	}
	return s.ids[number-1]
}

// link returns what a surrogate ID was seen with, given by number plus one.
func (s *sessions) link(number uint32) Link {
	if number == several {
		return Link{Several: true}
	}
	return Link{ID: s.id(number)}
}

type sessionSlot struct {
	id     SessionID
	number uint32 // plus one; zero marks a free slot
	bucket Bucket // the last one in which the session was seen, unseen at first
}

// unseen is no bucket: it begins before the first instant that parse yields.
const unseen = NoBucket + 1

// slot returns the slot of id, which is added if it is new.
func (s *sessions) slot(from SessionFrom, id SessionID) *sessionSlot {
	if len(s.ids) >= len(s.slots)/4*3 {
		s.grow(max(2*len(s.slots), 1<<10))
	}
	slot := s.find(id)
	if slot.number == 0 {
		s.ids, s.known = append(s.ids, id), append(s.known, known{from: from})
		*slot = sessionSlot{id: id, number: uint32(len(s.ids)), bucket: unseen}
	}
	return slot
}

// find returns the slot that holds id, or the free one where it belongs.
func (s *sessions) find(id SessionID) *sessionSlot {
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

// clear forgets all sessions, and keeps the memory.
func (s *sessions) clear() {
	clear(s.slots)
	s.ids, s.known = s.ids[:0], s.known[:0]
}

// A presence says that a session was seen in a bucket: the session's number in
// the upper half, the bucket in the lower one, so that presences sort by session
// and time.
type presence uint64

func newPresence(number uint32, c Bucket) presence {
	return presence(number)<<32 | presence(uint32(c)^1<<31)
}

func (s presence) number() uint32 { return uint32(s >> 32) }
func (s presence) bucket() Bucket { return Bucket(uint32(s) ^ 1<<31) }

func (s presence) Compare(other presence) int { return cmp.Compare(s, other) }
