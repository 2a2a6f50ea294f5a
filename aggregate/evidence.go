package aggregate

import (
	"cmp"
	"math"
	"slices"

	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Evidence is what a Tally keeps of records of one session that show an error. Records
// with the same mark that are close together are one Evidence. So a failure that logs a
// line every millisecond takes at most 32 kB per mark, and a set of records has the same
// evidence however it is split.
type Evidence struct {
	Mark
	First     int64  // position of the first record, on the mark's axis
	Span      uint32 // from First to the position of the last record
	Place     uint32 // index of the first record in its origin, from 0
	PlaceSpan uint32 // from Place to the index of the last record
	Records   uint32
}

// A Mark holds everything except session, time and position that decides which failure a
// record belongs to.
type Mark struct {
	Client SessionID // that posted the records; zero: unknown
	Origin uint32    // into Part.Origins
	Stream streams.IDs
	Code   int32 // stated by the records; 0: none
	Error  Name
	Method Name
	From   classify.MethodFrom
	Kind   classify.Evidence
	Weight classify.Weight
	axis.Flags
}

// An Axis is the scale on which the distance of two records is measured.
type Axis = axis.Axis

// The axes.
const (
	Dated  = axis.Dated
	Clock  = axis.Clock
	Placed = axis.Placed
)

// newEvidence returns the evidence of one record, without names that the catalogue lacks.
// place is the index of the record in its origin, from 0.
func newEvidence(e *parse.Event, v *classify.Verdict, client SessionID, place int64) Evidence {
	out := Evidence{
		Mark: Mark{
			Client: client, Stream: streams.Of(e.StreamID, e.SubscriberID), Code: v.Code, Error: Name(v.Error), Method: Name(v.Method),
			From: v.MethodFrom, Kind: v.Evidence, Weight: v.Weight,
		},
		First: place, Place: uint32(place), Records: 1,
	}
	on := Placed
	switch {
	case e.Time != timestamp.NoTime:
		on, out.First = Dated, e.Time
	case e.OfDay != timestamp.NoTime:
		on, out.First = Clock, e.OfDay
	}
	out.Flags = axis.New(on, v.Reason, v.Late)
	return out
}

// last returns the position of the last record.
func (e *Evidence) last() int64 { return e.First + int64(e.Span) }

// places returns the indices of the first and the last record in their origin.
func (e *Evidence) places() (first, last int64) {
	if e.Axis() == Placed {
		return e.First, e.last()
	}
	return int64(e.Place), int64(e.Place) + int64(e.PlaceSpan)
}

// A tick is 2^26 ns, 67 ms: records of one mark within the same tick are one evidence.
const tickBits = 26

// LongestSource is the maximum number of records in a source: distances between them are
// converted to nanoseconds, by perRecord.
const LongestSource = math.MaxInt64 / perRecord

// gapRecords is how many records apart two records may be to belong together, if one or both
// have no time.
const gapRecords = 20

// InOneTick reports whether all records are in the same tick.
func (e *Evidence) InOneTick() bool {
	return e.First>>tickBits == (e.First+int64(e.Span))>>tickBits
}

// close reports whether two evidences with the same mark are one.
func (e *Evidence) close(other *Evidence) bool {
	if e.Axis() == Placed {
		return e.First-other.last() <= gapRecords && other.First-e.last() <= gapRecords
	}
	return e.First>>tickBits == other.First>>tickBits
}

// fold adds another evidence with the same mark.
func (e *Evidence) fold(other *Evidence) {
	last := max(e.last(), other.last())
	e.First = min(e.First, other.First)
	e.Span = uint32(last - e.First)
	lastPlace := max(e.Place+e.PlaceSpan, other.Place+other.PlaceSpan)
	e.Place = min(e.Place, other.Place)
	e.PlaceSpan = lastPlace - e.Place
	e.Records += other.Records
}

// kept is evidence in a Tally, with the number plus one of its session.
type kept struct {
	Evidence
	session uint32
}

// evidences is a list of evidence.
type evidences struct {
	lists.Chunks[kept]
	recent [256]uint32 // by hash of the mark: index plus one of an evidence that may take the next record
}

// note adds evidence, to a recent one if they are one.
func (s *evidences) note(e *kept) {
	recent := &s.recent[e.slot()]
	if i := *recent; i != 0 {
		if old := s.At(int(i - 1)); old.session == e.session && old.Mark == e.Mark && old.close(&e.Evidence) {
			old.fold(&e.Evidence)
			return
		}
	}
	s.Add(e)
	*recent = uint32(s.Len())
}

// slot returns a hash of the mark and the session.
func (e *kept) slot() uint8 {
	x := uint64(e.session)<<32 | uint64(e.Stream.Stream^e.Stream.Subscriber<<1)
	y := uint64(e.Error)<<48 | uint64(e.Method)<<32 | uint64(uint32(e.Code))
	return uint8((x*0x9e3779b97f4a7c15 ^ y*0xa0761d6478bd642f ^ uint64(e.Kind)<<60) >> 56)
}

// An evidenceOrder sorts the evidence of one session, or of all records without a session.
//
// Evidence is sorted by axis and time. Records of the same instant are sorted by source and
// place. In a session whose records are all on one axis of time, float has removed both: such
// records are sorted by what they say, so that it does not matter how the log was split into
// sources.
type evidenceOrder struct {
	names   *nameOrder
	sourced bool // there is no session: sort by source first
}

func (o *evidenceOrder) compare(e, other *Evidence) int {
	a, b := e.Axis(), other.Axis()
	switch {
	case o.sourced && e.Origin != other.Origin:
		return cmp.Compare(e.Origin, other.Origin)
	case a != b:
		return cmp.Compare(a, b)
	case a == Placed && e.Origin != other.Origin:
		return cmp.Compare(e.Origin, other.Origin)
	case e.First != other.First:
		return cmp.Compare(e.First, other.First)
	case e.Origin != other.Origin:
		return cmp.Compare(e.Origin, other.Origin)
	case e.Place != other.Place:
		return cmp.Compare(e.Place, other.Place)
	}
	return o.names.compare(&e.Mark, &other.Mark)
}

// A Name is the number of an error, a method or a label within one Part.
type Name = names.Name

// Names holds the text of each Name in the entries of a Part.
type Names = names.Texts

// OtherName stands for names that are beyond the limit.
const OtherName = names.Other

// A nameOrder orders what has names.
type nameOrder struct{ *names.Order }

// compare orders marks of the same source.
func (o *nameOrder) compare(a, b *Mark) int {
	return cmp.Or(
		cmp.Compare(a.WithoutReason(), b.WithoutReason()),
		cmp.Compare(o.Errors[a.Error], o.Errors[b.Error]),
		cmp.Compare(o.Methods[a.Method], o.Methods[b.Method]),
		cmp.Compare(a.Code, b.Code), a.Stream.Compare(b.Stream),
		cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Weight, b.Weight),
		a.Client.Compare(b.Client), cmp.Compare(a.Reason(), b.Reason()),
	)
}

// compareLabels orders the labels of clients.
func (o *nameOrder) compareLabels(a, b Labels) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(o.Labels[a.SDK], o.Labels[b.SDK]), cmp.Compare(o.Labels[a.Browser], o.Labels[b.Browser]), cmp.Compare(o.Labels[a.OS], o.Labels[b.OS]))
}

// float removes the places of a session's evidence and reports true, if all of it is on one
// axis of time: then no two records are compared by place.
func float(all []Evidence) bool {
	axis := all[0].Axis()
	if axis == Placed || slices.ContainsFunc(all, func(e Evidence) bool { return e.Axis() != axis }) {
		return false
	}
	for i := range all {
		all[i].Origin, all[i].Place, all[i].PlaceSpan = 0, 0, 0
	}
	return true
}

// sortAndFold sorts evidence and folds those that are one, in place.
func (o *evidenceOrder) sortAndFold(all []Evidence) []Evidence {
	compare := func(a, b Evidence) int { return o.compare(&a, &b) }
	slices.SortFunc(all, compare)
	out := foldAll(all)
	if len(out) < len(all) {
		// Of records of one instant, a later one may have given its evidence a lesser place.
		slices.SortFunc(out, compare)
	}
	return out
}

// foldAll folds sorted evidence, in place.
func foldAll(all []Evidence) []Evidence {
	out := all[:0]
	// Only the last evidence of a mark in out can be close to a later one. Most often it is among
	// the last few of a tick, which are searched faster than a map of marks.
	const few = 32
	var latest map[Mark]int
	find := func(e *Evidence) int {
		for j := len(out) - 1; latest == nil && j >= 0; j-- {
			x := &out[j]
			switch {
			case x.Mark == e.Mark:
				return j
			case x.Axis() != e.Axis() || e.Axis() != Placed && x.First>>tickBits != e.First>>tickBits:
				return none
			case len(out)-j == few:
				latest = map[Mark]int{}
				for i := range out {
					latest[out[i].Mark] = i
				}
			}
		}
		if j, ok := latest[e.Mark]; ok {
			return j
		}
		return none
	}
	for i := range all {
		e := all[i]
		if j := find(&e); j != none && out[j].close(&e) {
			out[j].fold(&e)
			continue
		}
		if latest != nil {
			latest[e.Mark] = len(out)
		}
		out = append(out, e)
	}
	return out
}
