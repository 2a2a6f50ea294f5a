package aggregate

import (
	"math"
	"slices"

	"github.com/zeebo/xxh3"
)

// A SourceID stands for a source: the 64-bit XXH3 hash of its name.
type SourceID uint64

func sourceID(name string) SourceID { return SourceID(xxh3.HashString(name)) }

// A piece is a part of a source that one worker reads. Which record its first one
// is is known when all pieces before it have been read.
type piece struct {
	source  SourceID
	first   int64 // record of the source, from 0
	records int64
}

// countUp gives the pieces of a source their first records. They are in order.
func countUp(pieces []*piece) {
	var n int64
	for _, p := range pieces {
		p.first = n
		n += p.records
	}
}

// origins are the pieces of sources in which the evidence of a Tally stands.
type origins struct {
	pieces []*piece
	now    *piece // that is being read
	known  bool   // and stands in pieces, at the end
}

// enter says that the records to come are those of p.
func (o *origins) enter(p *piece) { o.now, o.known = p, false }

// here returns the number of the piece that is being read.
func (o *origins) here() uint32 {
	if !o.known {
		if o.now == nil {
			o.now = &piece{}
		}
		o.pieces, o.known = append(o.pieces, o.now), true
	}
	return uint32(len(o.pieces) - 1)
}

// join adds the pieces of other and returns by how much their numbers grew.
func (o *origins) join(other *origins) uint32 {
	n := uint32(len(o.pieces))
	o.pieces = append(o.pieces, other.pieces...)
	o.known = false
	return n
}

// sources returns the sources of all pieces, sorted, and for each piece the
// number of its source.
func (o *origins) sources() (ids []SourceID, of []uint32) {
	for _, p := range o.pieces {
		ids = append(ids, p.source)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, p := range o.pieces {
		n, _ := slices.BinarySearch(ids, p.source)
		of = append(of, uint32(n))
	}
	return ids, of
}

// number makes a record of a piece one of its source, from 0. Behind four thousand
// million records, all are the last one.
func (p *piece) number(n uint32) uint32 {
	return uint32(min(p.first+int64(n), math.MaxUint32))
}
