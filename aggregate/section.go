package aggregate

import (
	"cmp"
	"math"
	"time"

	"github.com/otlog/otlog/aggregate/spans"
)

// mostEvidence is how much evidence of one session, or of one source without sessions, is correlated
// at a time. What is found of it takes some 160 bytes each.
const mostEvidence = 100_000

// section returns how much of sorted evidence, from its start, is correlated at a time: all of it,
// unless there is very much.
//
// Then it ends where no failure and no attempt continues. If it would be too long, it ends at the
// widest gap in its second half, and evidence of different axes is divided, too: a failure on both
// sides counts twice, and g.divided is set. All this depends on the evidence alone.
func (g *group) section(all []Evidence) int {
	most := cmp.Or(g.most, mostEvidence)
	if len(all) <= most {
		return len(all)
	}
	axis, far := all[0].Axis(), gap
	switch {
	case axis == Placed:
		far = gapRecords
	case g.sockets:
		far = socketGap
	}
	if all[len(all)-1].Axis() != axis {
		g.divided = true
	}
	widest, at := int64(math.MinInt64), 0
	last := all[0].last()
	for i := 1; i <= most; i++ {
		e, before := &all[i], &all[i-1]
		if e.Axis() != axis {
			return i
		}
		elsewhere := axis == Placed && e.Origin != before.Origin
		if wide := e.First - last; i >= most/2 {
			if elsewhere || wide > far && !g.continues(last, e.First) {
				return i
			}
			if wide > widest {
				widest, at = wide, i
			}
		}
		if last = max(last, e.last()); elsewhere {
			last = e.last()
		}
	}
	g.divided = true
	return at
}

// continues reports whether an attempt lasts from one instant to another, so that it may have
// failures at both.
func (g *group) continues(from, to int64) bool {
	if g.id.IsZero() || len(g.attempts) == 0 {
		return false
	}
	if g.lasting == nil {
		g.lasting = &spans.Reach{}
		for i := range g.attempts {
			a := &g.attempts[i]
			last := a.end*int64(time.Millisecond) + int64(reportedWithin)
			if a.outcome == Open {
				last = a.nanos() + int64(endsWithin)
			}
			if a.start != 0 {
				g.lasting.Add(a.nanos(), last)
			}
		}
		g.lasting.Sort()
	}
	return g.lasting.Contains(from, to)
}
