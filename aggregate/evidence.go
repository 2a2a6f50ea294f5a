package aggregate

import (
	"cmp"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// An evidence is what a Tally keeps of the records that show an error. Records
// that bear the same mark and stand close together are one evidence: so a
// failure that prints a line every millisecond costs no more than 25 kB for each
// mark, and the same set of records gives the same evidence however it is split.
type evidence struct {
	mark
	first     int64  // when or where the first record stands, by the mark's axis
	span      uint32 // from there to the last one
	place     uint32 // of the first record among all of its origin, from 0
	placeSpan uint32 // from there to the last one
	records   uint32
}

// A mark is all that the failure depends on to which a record belongs, but its
// time and place.
type mark struct {
	session  uint32 // its number plus one; zero: none
	client   uint32 // likewise
	origin   uint32 // piece of a source; its source's number once the evidence is settled
	part     uint32 // hash of the stream or subscriber; zero: none
	code     int32  // that the record states
	err      name
	method   name
	from     classify.MethodFrom
	evidence classify.Evidence
	weight   classify.Weight
	flags    uint8 // late, and the axis
}

// An axis is what tells how far two records are apart.
type axis uint8

const (
	dated  axis = iota // the time, in nanoseconds
	clock              // the time of day, in nanoseconds: the date is not known
	placed             // which record it is in its origin: the time is not known
)

const late = 1 << 7 // a flag of a mark

func (m *mark) axis() axis { return axis(m.flags &^ late) }
func (m *mark) late() bool { return m.flags&late != 0 }

func (e *evidence) last() int64 { return e.first + int64(e.span) }

// A bucket is 2^26 ns, 67 ms. Within it, records of one mark are one evidence.
const bucketBits = 26

// gapRecords is how many records two may be apart that bear no time.
const gapRecords = 20

// close reports whether two evidences of the same mark are one.
func (e *evidence) close(other *evidence) bool {
	if e.axis() == placed {
		return e.first-other.last() <= gapRecords && other.first-e.last() <= gapRecords
	}
	return e.first>>bucketBits == other.first>>bucketBits
}

// fold adds another evidence of the same mark.
func (e *evidence) fold(other *evidence) {
	last := max(e.last(), other.last())
	e.first = min(e.first, other.first)
	e.span = uint32(last - e.first)
	lastPlace := max(e.place+e.placeSpan, other.place+other.placeSpan)
	e.place = min(e.place, other.place)
	e.placeSpan = lastPlace - e.place
	e.records += other.records
}

// newEvidence makes the evidence of one record. place says which one
// it is in its origin, from 0.
func (t *Tally) newEvidence(e *parse.Event, v *classify.Verdict, session, client uint32, place int64) evidence {
	out := evidence{
		mark: mark{
			session: session, client: client, origin: t.origins.here(), part: partOf(e), code: v.Code,
			err: name(v.Error), method: name(v.Method),
			from: v.MethodFrom, evidence: v.Evidence, weight: v.Weight, flags: uint8(placed),
		},
		first: place, place: uint32(place), records: 1,
	}
	if len(v.Name) > 0 {
		out.err = t.errors.add(v.Name)
	}
	if len(v.MethodName) > 0 {
		out.method = t.methods.add(v.MethodName)
	}
	switch {
	case e.Time != parse.NoTime:
		out.flags, out.first = uint8(dated), e.Time
	case e.OfDay != parse.NoTime:
		out.flags, out.first = uint8(clock), e.OfDay
	}
	if v.Late {
		out.flags |= late
	}
	return out
}

// partOf returns what stands for the stream or subscriber of a record, zero if
// it has none.
func partOf(e *parse.Event) uint32 {
	id := e.SubscriberID
	if len(id) == 0 {
		id = e.StreamID
	}
	if len(id) == 0 {
		return 0
	}
	return max(uint32(xxh3.Hash(id)), 1)
}

// evidences is a bag of evidence, kept in chunks so that it has little slack.
type evidences struct {
	chunks [][]evidence
	recent [256]uint32 // by hash of the mark: index plus one of an evidence that may take the next record
}

const chunkLength = 1 << 10

func (s *evidences) len() int {
	if len(s.chunks) == 0 {
		return 0
	}
	return (len(s.chunks)-1)*chunkLength + len(s.chunks[len(s.chunks)-1])
}

func (s *evidences) at(i int) *evidence { return &s.chunks[i/chunkLength][i%chunkLength] }

func (s *evidences) add(e *evidence) {
	recent := &s.recent[e.slot()]
	if i := *recent; i != 0 {
		if old := s.at(int(i - 1)); old.mark == e.mark && old.close(e) {
			old.fold(e)
			return
		}
	}
	n := len(s.chunks)
	if n == 0 || len(s.chunks[n-1]) == chunkLength {
		s.chunks = append(s.chunks, make([]evidence, 0, chunkLength))
		n++
	}
	s.chunks[n-1] = append(s.chunks[n-1], *e)
	*recent = uint32(s.len())
}

// slot returns the place of a mark among the recent ones.
func (m *mark) slot() uint8 {
	x := uint64(m.session)<<32 | uint64(m.part)
	y := uint64(m.err)<<48 | uint64(m.method)<<32 | uint64(uint32(m.code))
	return uint8((x*0x9e3779b97f4a7c15 ^ y*0xa0761d6478bd642f ^ uint64(m.evidence)<<60) >> 56)
}

// all yields every evidence.
func (s *evidences) all(yield func(*evidence) bool) {
	for _, chunk := range s.chunks {
		for i := range chunk {
			if !yield(&chunk[i]) {
				return
			}
		}
	}
}

// settleEvidence returns all evidence of a Tally in its final form: of sessions that
// stand-ins were found to be, with sources for origins, sorted by session (those
// without one by source), axis and place, and folded.
func (t *Tally) settleEvidence() []evidence {
	_, source := t.origins.sources()
	out := make([]evidence, 0, t.evidences.len())
	for e := range t.evidences.all {
		e := *e
		p := t.origins.pieces[e.origin]
		e.session, e.origin, e.place = t.sessions.resolve(e.session), source[e.origin], p.number(e.place)
		if e.axis() == placed {
			e.first += p.first
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b evidence) int { return a.compare(&b) })
	return foldAll(out)
}

// compare orders settled evidence.
func (e *evidence) compare(other *evidence) int {
	if e.session != other.session {
		return cmp.Compare(e.session, other.session)
	}
	a, b := e.axis(), other.axis()
	switch {
	case e.session == 0 && e.origin != other.origin:
		return cmp.Compare(e.origin, other.origin)
	case a != b:
		return cmp.Compare(a, b)
	case a == placed && e.origin != other.origin:
		return cmp.Compare(e.origin, other.origin)
	case e.first != other.first:
		return cmp.Compare(e.first, other.first)
	case e.origin != other.origin:
		return cmp.Compare(e.origin, other.origin)
	}
	return cmp.Compare(e.place, other.place)
}

// foldAll folds sorted evidence, in place.
func foldAll(all []evidence) []evidence {
	out := all[:0]
	// The last evidence of each mark in out, of the session at hand. No other one
	// can be close to what is to come.
	latest := map[mark]int{}
	for i := range all {
		e := all[i]
		if i > 0 && e.session != out[len(out)-1].session {
			if len(latest) > 1<<10 {
				latest = map[mark]int{} // a large one takes long to clear
			}
			clear(latest)
		}
		if j, ok := latest[e.mark]; ok && out[j].close(&e) {
			out[j].fold(&e)
			continue
		}
		latest[e.mark] = len(out)
		out = append(out, e)
	}
	return slices.Clip(out)
}

const (
	gap       = int64(2 * time.Second)  // between records of one failure
	longest   = int64(30 * time.Second) // a failure's records but those of sockets
	socketGap = int64(10 * time.Second) // between a try of a socket and the connect's end
)
