package aggregate

import (
	"cmp"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate/spans"
	"github.com/otlog/otlog/parse/timestamp"
)

// attribute joins the failures of each attempt, and returns the summaries of what there is then.
// An attempt has at most one failure, whatever tries and lines it made; if it ended in success,
// that failure is recovered.
//
// A failure belongs to an attempt of its method, and of its stream where both state one, whose
// span contains its first record. Of several attempts, one that states the same stream is
// preferred, then one of the same client, then the one that began last; of those that began at
// the same time one that failed. Failures without a date, and those that do not count, belong to
// none.
func (c *correlator) attribute(found []summary, attempts []attempt) []summary {
	attempts, during := spansOf(attempts)
	first := map[int32]int32{} // the first failure of each attempt
	into := map[int32]int32{}  // other failures, by number: the first failure of their attempt
	for i := range found {
		s := &found[i]
		if !s.counts || s.method == 0 || s.first == timestamp.NoTime {
			continue
		}
		best, rank, most := int32(none), -1, 0
		stream := c.failures[i].stream
		if stream != 0 {
			most += 2
		}
		if !s.client.IsZero() {
			most++
		}
		during.Overlapping(uint32(s.method), s.first, s.first, func(x *spans.Span) bool {
			a := &attempts[x.Index]
			if a.stream != 0 && stream != 0 && a.stream != stream {
				return true
			}
			r := 0
			if stream != 0 && a.stream == stream {
				r = 2
			}
			if !s.client.IsZero() && a.client == s.client {
				r++
			}
			if r > rank {
				best, rank = x.Index, r
			}
			return rank < most
		})
		if best == none {
			continue
		}
		if other, ok := first[best]; ok {
			into[int32(i)] = other
		} else {
			first[best] = int32(i)
		}
	}
	if len(into) > 0 {
		for i, of := range c.of {
			if other, ok := into[of]; ok {
				c.of[i] = other
			}
		}
		found = c.summaries()
	}
	for a, number := range first {
		found[number].recovered = attempts[a].outcome == Succeeded
	}
	return found
}

// spansOf returns attempts that have a start in an order in which the best of equal ones is last,
// and when a failure of each may begin: from its start to reportedWithin after its end. Without
// an end, that is before the next attempt of the same method, and stream where both state one,
// and at most endsWithin after the start.
func spansOf(attempts []attempt) (sorted []attempt, during spans.Tree) {
	for _, a := range attempts {
		if a.start != 0 && !a.inferred {
			sorted = append(sorted, a)
		}
	}
	slices.SortFunc(sorted, func(a, b attempt) int {
		return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.start, b.start), cmp.Compare(preference[a.outcome], preference[b.outcome]),
			cmp.Compare(a.end, b.end), cmp.Compare(a.stream, b.stream), a.client.Compare(b.client), a.Compare(b))
	})
	// next has the start of the next attempt by stream; 0 has the one of no stream, any that of
	// all.
	next, any := map[uint32]int64{}, int64(never)
	for to := len(sorted); to > 0; {
		from := to - 1
		for from > 0 && sorted[from-1].method == sorted[from].method && sorted[from-1].start == sorted[from].start {
			from--
		}
		for i := from; i < to; i++ {
			a := &sorted[i]
			last := a.end*int64(time.Millisecond) + int64(reportedWithin)
			if a.outcome == Open {
				last = a.nanos() + int64(endsWithin)
				before := any
				if a.stream != 0 {
					before = min(startOf(next, a.stream), startOf(next, 0))
				}
				last = min(last, before-1)
			}
			during.Add(spans.Span{Group: uint32(a.method), First: a.nanos(), Last: last, Index: int32(i)})
		}
		for i := from; i < to; i++ {
			a := &sorted[i]
			next[a.stream], any = a.nanos(), a.nanos()
		}
		if from > 0 && sorted[from-1].method != sorted[from].method {
			clear(next)
			any = never
		}
		to = from
	}
	during.Sort()
	return sorted, during
}

// startOf returns the start of the next attempt of a stream, never if there is none.
func startOf(next map[uint32]int64, stream uint32) int64 {
	if at, ok := next[stream]; ok {
		return at
	}
	return never
}

// preference orders the outcomes of attempts that began at the same time: a failure belongs to
// the last rather than to the first.
var preference = [...]int{Succeeded: 0, Cancelled: 1, Open: 2, Failed: 3}
