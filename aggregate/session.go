package aggregate

import (
	"cmp"
	"encoding/binary"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// A SessionID is the 128-bit XXH3 hash of an OpenTok session ID. The chance that two of a
// billion sessions collide is below 1e-20, so counts of distinct sessions are exact in
// practice, and a session takes the same memory however long its ID is.
//
// A record without a session ID has a surrogate ID: the hash, with another seed, of its
// connection ID, client instance ID, or guid and day. The zero SessionID is none.
type SessionID struct{ Hi, Lo uint64 }

// NewSessionID returns the SessionID of an OpenTok session ID.
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

// Rank returns the upper half of the SessionID, which sorts like Compare.
func (id SessionID) Rank() uint64 { return id.Hi }

// Bytes returns the SessionID in big-endian order, which sorts like Compare.
func (id SessionID) Bytes() [16]byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], id.Hi)
	binary.BigEndian.PutUint64(b[8:], id.Lo)
	return b
}

// SessionIDOf returns the SessionID whose Bytes are b.
func SessionIDOf(b [16]byte) SessionID {
	return SessionID{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// SessionFrom is the kind of ID by which a session is known.
type SessionFrom uint8

// The kinds of ID, best first.
const (
	FromSession    SessionFrom = iota // a session ID
	FromConnection                    // a connection ID whose session is unknown
	FromClient                        // a client instance ID whose session is unknown
	FromGUID                          // a guid and a day
	FromSource                        // none: the records of a source that have no ID
)

// SessionFroms lists every kind.
var SessionFroms = [...]SessionFrom{FromSession, FromConnection, FromClient, FromGUID, FromSource}

// String returns the kind's name in the output of otlog events.
func (f SessionFrom) String() string {
	return [...]string{"session", "connection", "client", "guid", "source"}[f]
}

// sessionHash returns the SessionID of an ID of a kind.
func sessionHash(from SessionFrom, id []byte) SessionID {
	if from == FromSession {
		return SessionID(xxh3.Hash128(id)) // frequent, and faster without a seed
	}
	return ofKind(SessionID(xxh3.Hash128Seed(id, uint64(from))), from == FromGUID)
}

// ofKind marks the hash of a client by its lowest bit: whether it is that of a guid.
func ofKind(id SessionID, guid bool) SessionID {
	if id.Lo &^= 1; guid {
		id.Lo |= 1
	}
	return id
}

// apart reports whether the hashes of two clients are of different clients. A guid and a client
// instance ID may be of the same one; so may a client that is unknown.
func apart(a, b SessionID) bool {
	return a != b && !a.IsZero() && !b.IsZero() && a.Lo&1 == b.Lo&1
}

// clientOf returns the kind and the hash of a record's client, the zero SessionID if it has
// none. A guid outlives its page load, so it is one client per day (UTC).
func clientOf(e *parse.Event) (SessionFrom, SessionID) {
	switch {
	case len(e.Client) == 0:
		return FromSource, SessionID{}
	case !e.GUID:
		return FromClient, sessionHash(FromClient, e.Client)
	}
	const nanos = uint64(24 * time.Hour)
	day := uint64(1 << 40) // of records without a time
	if e.Time != timestamp.NoTime {
		day = (uint64(e.Time) + 100_000*nanos) / nanos // times may be before 1970
	}
	return FromGUID, ofKind(SessionID(xxh3.Hash128Seed(e.Client, uint64(FromGUID)|day<<8)), true)
}

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
