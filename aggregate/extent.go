package aggregate

import (
	"time"

	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/edges"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Extent is the time from the first record of a session to the last.
type Extent = extent.Extent

// A Range is the time that an input covers, in Unix nanoseconds. Both are timestamp.NoTime if
// no record has a time.
//
// It lasts from the third-earliest of the sessions' first times to the third-latest of their
// last times, to the second: a few wrong clocks must not make an input look longer than it is.
// With fewer than fewSessions sessions, it lasts from the first record to the last.
type Range struct{ First, Last int64 }

const (
	fewSessions = 20
	wrongClocks = 2 // sessions on either end that may have a wrong clock
	// beyond is how far outside the range a record must be to come from a wrong clock.
	beyond = Bucket(24 * time.Hour / coverage.Length)
)

// Contains reports whether the records of sessions in a bucket have a plausible time, to the
// quarter-hour. The others come from wrong clocks, and belong to no window.
func (r Range) Contains(b Bucket) bool {
	return b != NoBucket && r.First != timestamp.NoTime && b >= BucketOf(r.First)-beyond && b <= BucketOf(r.Last)+beyond
}

// ends find the range of an input from the extents of its sessions.
type ends struct{ *edges.Ends[SessionID] }

func newEnds() ends { return ends{edges.NewEnds[SessionID](fewSessions, wrongClocks)} }

// see notes that a session was seen, and when.
func (f ends) see(session SessionID, x Extent) {
	if first, last, ok := x.Times(); ok {
		f.See(session, first, last)
	} else {
		f.Meet(session)
	}
}

// find returns the range of an input with a coverage.
func (f ends) find(covered []Coverage) Range {
	const second = int64(time.Second)
	if first, last, ok := f.Find(); ok {
		return Range{first * second, last * second}
	}
	r := Range{timestamp.NoTime, timestamp.NoTime}
	for _, c := range covered {
		r.First, r.Last = coverage.Earlier(r.First, c.First), max(r.Last, c.Last)
	}
	return r
}
