// Package hashed identifies sessions, connections and clients by hashes of their IDs.
package hashed

import (
	"cmp"
	"encoding/binary"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// An ID is the 128-bit XXH3 hash of an OpenTok session ID. The chance that two of a
// billion sessions collide is below 1e-20, so counts of distinct sessions are exact in
// practice, and a session takes the same memory however long its ID is.
//
// A record without a session ID has a surrogate ID: the hash, with another seed, of its
// connection ID, client instance ID, or guid and day. The zero ID is none.
type ID struct{ Hi, Lo uint64 }

// IsZero reports whether id is the zero ID.
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders IDs; the zero ID comes first.
func (id ID) Compare(other ID) int {
	if id.Hi != other.Hi {
		return cmp.Compare(id.Hi, other.Hi)
	}
	return cmp.Compare(id.Lo, other.Lo)
}

// Rank returns the upper half of the ID, which sorts like Compare.
func (id ID) Rank() uint64 { return id.Hi }

// Bytes returns the ID in big-endian order, which sorts like Compare.
func (id ID) Bytes() [16]byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], id.Hi)
	binary.BigEndian.PutUint64(b[8:], id.Lo)
	return b
}

// FromBytes returns the ID whose Bytes are b.
func FromBytes(b [16]byte) ID {
	return ID{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// From is the kind of ID by which a session is known.
type From uint8

// The kinds of ID, best first.
const (
	FromSession    From = iota // a session ID
	FromConnection             // a connection ID whose session is unknown
	FromClient                 // a client instance ID whose session is unknown
	FromGUID                   // a guid and a day
	FromSource                 // none: the records of a source that have no ID
)

// Froms lists every kind.
var Froms = [...]From{FromSession, FromConnection, FromClient, FromGUID, FromSource}

// String returns the kind's name in the output of otlog events.
func (f From) String() string {
	return [...]string{"session", "connection", "client", "guid", "source"}[f]
}

// Of returns the hash of an ID of a kind, as written in a log.
func Of(from From, id []byte) ID {
	if from == FromSession {
		return ID(xxh3.Hash128(id)) // frequent, and faster without a seed
	}
	return ofKind(ID(xxh3.Hash128Seed(id, uint64(from))), from == FromGUID)
}

// ofKind marks the hash of a client by its lowest bit: whether it is that of a guid.
func ofKind(id ID, guid bool) ID {
	if id.Lo &^= 1; guid {
		id.Lo |= 1
	}
	return id
}

// Apart reports whether the hashes of two clients are of different clients. A guid and a client
// instance ID may be of the same one; so may a client that is unknown.
func Apart(a, b ID) bool {
	return a != b && !a.IsZero() && !b.IsZero() && a.Lo&1 == b.Lo&1
}

// ClientOf returns the kind and the hash of a record's client, the zero ID if it has
// none. A guid outlives its page load, so it is one client per day (UTC).
func ClientOf(e *parse.Event) (From, ID) {
	switch {
	case len(e.Client) == 0:
		return FromSource, ID{}
	case !e.GUID:
		return FromClient, Of(FromClient, e.Client)
	}
	const nanos = uint64(24 * time.Hour)
	day := uint64(1 << 40) // of records without a time
	if e.Time != timestamp.NoTime {
		day = (uint64(e.Time) + 100_000*nanos) / nanos // times may be before 1970
	}
	return FromGUID, ofKind(ID(xxh3.Hash128Seed(e.Client, uint64(FromGUID)|day<<8)), true)
}

// AnyClient is the number of all clients, whatever they are: see Exact, Kind and MayBe.
const AnyClient uint32 = 0

// Exact returns a number that is most likely that of this client alone.
func (id ID) Exact() uint32 { return uint32(id.Lo>>32) | 1<<8 }

// Kind returns the number of all clients whose ID is of the same kind: none, a client instance ID or a
// guid.
func (id ID) Kind() uint32 {
	if id.IsZero() {
		return 1
	}
	return 2 + uint32(id.Lo&1)
}

// MayBe returns the numbers of the kinds of clients which a client is not Apart from, other than itself.
func (id ID) MayBe() [2]uint32 { return [...]uint32{ID{}.Kind(), 3 - uint32(id.Lo&1)} }
