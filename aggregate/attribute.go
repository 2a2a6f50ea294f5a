package aggregate

import (
	"cmp"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/spans"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/parse/timestamp"
)

// An attribution finds the attempt that a failure belongs to. It keeps its memory from one
// session to the next.
type attribution struct {
	attempts []attempt  // of one session, with a start, in an order in which the best of equal ones is last
	during   spans.Tree // when a failure of each attempt may begin, by method and stream
	first    []int32    // the first failure of each attempt, or none
	begins   []int64    // when failures begin, sorted
	byClient bool       // during has groups by client
	shapes   [4]bool    // which keys of streams are asked for
	expected [2]bool    // whether all clients are asked for, and whether single ones are
	work     int64      // attempts that were considered, for tests
	into     []int32    // of each failure, the first failure of its attempt, or none
}

// attribute joins the failures of each attempt, and returns the summaries of what there is then.
// An attempt has at most one failure, whatever tries and lines it made; if it ended in success,
// that failure is recovered.
//
// A failure belongs to an attempt of its method, and of its stream, subscriber and client where both
// state one, during which its first record lies (see attribution.load): people in one session
// connect at the same time. Of several attempts, one that states the same subscriber is preferred,
// then the same stream, then the same client, then the one that began last; of those that began at
// the same time one that failed. Failures without a date, and those that do not count, belong to
// none.
func (c *correlator) attribute(found []summary, attempts []attempt) []summary {
	x := &c.calls
	x.attempts, x.first = x.attempts[:0], x.first[:0]
	if len(attempts) == 0 || !slices.ContainsFunc(found, belongs) {
		return found
	}
	x.expect(c, found, len(attempts))
	x.load(attempts)
	joined := false
	x.into = x.into[:0]
	for i := range found {
		into := int32(none)
		if best := x.find(&found[i], c.failures[i].Stream); best != none {
			if into = x.first[best]; into == none {
				x.first[best] = int32(i)
			}
		}
		joined = joined || into != none
		x.into = append(x.into, into)
	}
	if joined {
		for i, number := range c.of {
			if number != none && x.into[number] != none {
				c.of[i] = x.into[number]
			}
		}
		found = c.summaries()
	}
	for i, number := range x.first {
		if number != none {
			found[number].recovered = x.attempts[i].outcome == Succeeded
		}
	}
	return found
}

// belongs reports whether a failure can belong to an attempt.
func belongs(s summary) bool { return s.counts && s.method != 0 && s.first != timestamp.NoTime }

// find returns the index of the attempt that a failure belongs to, or none.
func (x *attribution) find(s *summary, stream streams.IDs) int32 {
	if !belongs(*s) {
		return none
	}
	for key := range stream.Like {
		if best := x.latest(s, key); best != none {
			return best
		}
	}
	return none
}

// groupOf returns the group of the spans of a method, a key and clients. Groups may coincide.
func groupOf(method Name, key streams.Key, clients uint32) uint32 {
	return key.Hash() ^ uint32(method)<<24 ^ clients
}

// latest returns the latest attempt that a key holds, if possible of the same client.
func (x *attribution) latest(s *summary, key streams.Key) int32 {
	if !x.byClient || s.client.IsZero() {
		return x.latestOf(s, key, hashed.AnyClient)
	}
	if best := x.latestOf(s, key, s.client.Exact()); best != none {
		return best
	}
	best := int32(none)
	for _, clients := range s.client.MayBe() {
		best = max(best, x.latestOf(s, key, clients)) // the index of a later attempt is greater
	}
	return best
}

// latestOf is latest for the attempts of some clients.
func (x *attribution) latestOf(s *summary, key streams.Key, clients uint32) int32 {
	best := int32(none)
	x.during.Overlapping(groupOf(s.method, key, clients), s.first, s.first, func(at *spans.Span) bool {
		x.work++
		a := &x.attempts[at.Index]
		if Name(a.method) != s.method || hashed.Apart(a.client, s.client) || !key.Holds(a.stream) {
			return true
		}
		same := s.client.IsZero() || a.client == s.client || clients != hashed.AnyClient
		if best == none || same {
			best = at.Index
		}
		return !same
	})
	return best
}

// expect notes which attempts find is asked for.
func (x *attribution) expect(c *correlator, found []summary, attempts int) {
	x.byClient = c.isCrowd(attempts) // otherwise, the attempts of all clients are considered
	x.begins, x.shapes, x.expected = x.begins[:0], [4]bool{}, [2]bool{}
	for i := range found {
		if !belongs(found[i]) {
			continue
		}
		x.begins = append(x.begins, found[i].first)
		x.shapes[c.failures[i].Stream.Shape()] = true
		if x.byClient && !found[i].client.IsZero() {
			x.expected[1] = true
		} else {
			x.expected[0] = true
		}
	}
	slices.Sort(x.begins)
}

// load sets the attempts of a session. A failure of an attempt may begin from its start to
// reportedWithin after its end; without an end, before the next attempt of the same method, and
// of the same stream and subscriber where both state one, and at most endsWithin after the start.
func (x *attribution) load(attempts []attempt) {
	for _, a := range attempts {
		if a.start != 0 && !a.inferred {
			x.attempts, x.first = append(x.attempts, a), append(x.first, none)
		}
	}
	slices.SortFunc(x.attempts, func(a, b attempt) int {
		return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.start, b.start), cmp.Compare(preference[a.outcome], preference[b.outcome]),
			cmp.Compare(a.end, b.end), a.stream.Compare(b.stream), a.client.Compare(b.client), a.Compare(b))
	})
	x.during.Reset()
	// The start of the next attempt of the method, by stream, for attempts without an end. Those that
	// begin endsWithin later or more do not matter.
	later, latest := [2]streams.Values{{}, {}}, int64(never)
	open := slices.ContainsFunc(x.attempts, func(a attempt) bool { return a.outcome == Open })
	for to := len(x.attempts); to > 0; {
		from := to - 1
		for from > 0 && x.attempts[from-1].method == x.attempts[from].method && x.attempts[from-1].start == x.attempts[from].start {
			from--
		}
		if to < len(x.attempts) && x.attempts[to].method != x.attempts[from].method {
			later[0], later[1], latest = streams.Values{}, streams.Values{}, never
		}
		if at := x.attempts[from].nanos(); latest-at > int64(endsWithin) {
			later[0], later[1], latest = streams.Values{}, later[0], at
		}
		for i := from; i < to; i++ {
			a := &x.attempts[i]
			last := a.end*int64(time.Millisecond) + int64(reportedWithin)
			if a.outcome == Open {
				last = min(a.nanos()+int64(endsWithin), later[0].Least(a.stream, later[1].Least(a.stream, never))-1)
			}
			if i, _ := slices.BinarySearch(x.begins, a.nanos()); i == len(x.begins) || x.begins[i] > last {
				continue // no failure belongs to it
			}
			for shape, key := range a.stream.Keys() {
				for n, clients := range [...]uint32{hashed.AnyClient, a.client.Exact(), a.client.Kind()} {
					if x.shapes[shape] && x.expected[min(n, 1)] {
						x.during.Add(spans.Span{Group: groupOf(Name(a.method), key, clients), First: a.nanos(), Last: last, Index: int32(i)})
					}
				}
			}
		}
		for i := from; open && i < to; i++ {
			later[0].Set(x.attempts[i].stream, x.attempts[i].nanos())
		}
		to = from
	}
	x.during.Sort()
}

// preference orders the outcomes of attempts that began at the same time: a failure belongs to
// the last rather than to the first.
var preference = [...]int{Succeeded: 0, Cancelled: 1, Open: 2, Failed: 3}
