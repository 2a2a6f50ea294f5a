package aggregate

// A SourceID stands for a source: a 64-bit XXH3 hash of its name and identity.
type SourceID uint64

// A piece is a part of a source that one worker reads. Which record its first one
// is is known when all pieces before it have been read.
type piece struct {
	source  *SourceID
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

// Origins are the pieces of sources in which the evidence of a part stands.
type Origins struct {
	pieces []*piece
	now    *piece // that is being read
	known  bool   // and stands in pieces, at the end
}

// NewOrigins returns whole sources as origins.
func NewOrigins(sources []SourceID) *Origins {
	o := &Origins{}
	for i := range sources {
		o.pieces = append(o.pieces, &piece{source: &sources[i]})
	}
	return o
}

// Sources returns the source of each origin.
func (o *Origins) Sources() []SourceID {
	var out []SourceID
	for _, p := range o.pieces {
		out = append(out, *p.source)
	}
	return out
}

// enter says that the records to come are those of p.
func (o *Origins) enter(p *piece) { o.now, o.known = p, false }

// here returns the number of the piece that is being read.
func (o *Origins) here() uint32 {
	if !o.known {
		if o.now == nil {
			o.now = &piece{source: new(SourceID)}
		}
		o.pieces, o.known = append(o.pieces, o.now), true
	}
	return uint32(len(o.pieces) - 1)
}
