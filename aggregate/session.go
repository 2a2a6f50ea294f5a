package aggregate

import (
	"cmp"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/hashed"
)

// A SessionID is the hash of an OpenTok session ID, or a surrogate ID.
type SessionID = hashed.ID

// NewSessionID returns the SessionID of an OpenTok session ID.
func NewSessionID(id []byte) SessionID { return hashed.Of(FromSession, id) }

// SessionIDOf returns the SessionID whose Bytes are b.
func SessionIDOf(b [16]byte) SessionID { return hashed.FromBytes(b) }

// SessionFrom is the kind of ID by which a session is known.
type SessionFrom = hashed.From

// The kinds of ID, best first.
const (
	FromSession    = hashed.FromSession
	FromConnection = hashed.FromConnection
	FromClient     = hashed.FromClient
	FromGUID       = hashed.FromGUID
	FromSource     = hashed.FromSource
)

// SessionFroms lists every kind.
var SessionFroms = hashed.Froms

// sessions numbers the sessions and surrogate IDs of a Tally in the order in which they were
// first seen. It is an open-addressing hash table: nearly every record of a log is looked up in it.
// A slot takes 8 bytes, and entries never move, so that the table grows at little cost.
type sessions struct {
	slots   []slot // a power of two of them, at most three quarters used
	entries []*[entriesOfChunk]entry
	n       int // entries that are used
}

// A slot is where an entry may be found.
type slot struct {
	tag    uint32 // of its ID
	number uint32 // of the entry plus one; 0 marks a free slot
}

// An entry is one session or surrogate ID.
type entry struct {
	id     SessionID
	number uint32 // plus one
	bucket Bucket // in which it was seen last, or unseen
	extent Extent
	known
}

const entriesOfChunk = 1 << 10

// unseen is a bucket before the first instant that parse yields.
const unseen = NoBucket + 1

// known is what is known of a session or surrogate ID.
type known struct {
	from      SessionFrom
	telemetry bool   // one of its records is telemetry
	session   uint32 // number plus one of the session of a surrogate ID; 0: none; or several
	client    uint32 // likewise the client of a connection

	labels Labels // of a client
	key    Name   // label of the API key of a session
}

// several is the number of a surrogate ID's session if it was seen with more than one: it
// belongs to none of them.
const several = 1<<32 - 1

// bind notes that a surrogate ID was seen with a session. Both are numbers plus one.
func (s *sessions) bind(surrogate, session uint32) {
	if k := s.at(surrogate); k.session == 0 {
		k.session = session
	} else if k.session != session {
		k.session = several
	}
}

// bindClient notes that a connection was seen with a client. Both are numbers plus one.
func (s *sessions) bindClient(connection, client uint32) {
	if k := s.at(connection); k.client == 0 {
		k.client = client
	} else if k.client != client {
		k.client = several
	}
}

// id returns the SessionID of a number plus one, zero for 0.
func (s *sessions) id(number uint32) SessionID {
	if number == 0 {
		return SessionID{}
	}
	return s.at(number).id
}

// at returns the entry of a number plus one.
func (s *sessions) at(number uint32) *entry {
	return &s.entries[(number-1)/entriesOfChunk][(number-1)%entriesOfChunk]
}

// entry returns the entry of id, which it adds if it is new.
func (s *sessions) entry(from SessionFrom, id SessionID) *entry {
	if s.n >= len(s.slots)/4*3 {
		s.grow(max(2*len(s.slots), 1<<10))
	}
	tag, mask := uint32(id.Hi), uint32(len(s.slots)-1)
	i := tag & mask
	for ; s.slots[i].number != 0; i = (i + 1) & mask {
		if s.slots[i].tag != tag {
			continue
		}
		if e := s.at(s.slots[i].number); e.id == id {
			return e
		}
	}
	if s.n == len(s.entries)*entriesOfChunk {
		s.entries = append(s.entries, new([entriesOfChunk]entry))
	}
	s.n++
	s.slots[i] = slot{tag, uint32(s.n)}
	e := s.at(uint32(s.n))
	*e = entry{id: id, number: uint32(s.n), bucket: unseen, known: known{from: from}}
	return e
}

func (s *sessions) grow(size int) {
	old, mask := s.slots, uint32(size-1)
	s.slots = make([]slot, size)
	for _, x := range old {
		if x.number == 0 {
			continue
		}
		i := x.tag & mask
		for s.slots[i].number != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = x
	}
}

// clear removes all sessions, and keeps the memory.
func (s *sessions) clear() {
	clear(s.slots)
	s.n = 0
}

// A presence notes that a session was seen in a bucket. The session's number is the upper
// half, the bucket the lower half, so that presences sort by session and time.
type presence uint64

func newPresence(number uint32, c Bucket) presence {
	return presence(number)<<32 | presence(uint32(c)^1<<31)
}

func (s presence) number() uint32 { return uint32(s >> 32) }
func (s presence) bucket() Bucket { return Bucket(uint32(s) ^ 1<<31) }

func (s presence) Compare(other presence) int { return cmp.Compare(s, other) }
func (s presence) Rank() uint64               { return uint64(s) }

// Labels describe a client.
type Labels = clients.Labels
