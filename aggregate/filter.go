package aggregate

import (
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Filter selects by time, session, client and API key. It selects whole failures and attempts,
// after correlation, and the presences that are their denominators; it never selects
// records. The zero Filter selects everything.
type Filter struct {
	// Since and Until bound the first record of a failure, the start of an attempt, lines
	// that belong to no failure, and the quarter-hours in which sessions were seen. Until is
	// exclusive. A zero time does not bound. Bounds within a quarter-hour count as its start
	// and its end, see Whole.
	//
	// Failures, attempts and lines without a time are always selected, in NoBucket, so that
	// a caller that leaves them out can count them.
	Since, Until time.Time

	Session SessionID // as returned by Counts.Session; zero: any

	Clients clients.Filter
	APIKey  string // that created the session; "": any
}

// Bounded reports whether a Filter selects by time.
func (f *Filter) Bounded() bool { return !f.Since.IsZero() || !f.Until.IsZero() }

// Whole returns the filter with bounds that are widened to whole quarter-hours. Sessions and
// records are counted by quarter-hour, so failures are too.
func (f Filter) Whole() Filter {
	since, until := f.Buckets()
	if !f.Since.IsZero() {
		f.Since = since.Start().In(f.Since.Location())
	}
	if !f.Until.IsZero() {
		f.Until = until.Start().In(f.Until.Location())
	}
	return f
}

// Buckets returns the first bucket that the bounds cover, and the first bucket after them.
func (f *Filter) Buckets() (since, until Bucket) {
	since, until = NoBucket+1, math.MaxInt32
	if !f.Since.IsZero() {
		since = BucketOf(nanosOf(f.Since))
	}
	if !f.Until.IsZero() {
		until = BucketOf(nanosOf(f.Until)-1) + 1
	}
	if !f.Until.IsZero() && !f.Until.After(f.Since) {
		until = since
	}
	return since, max(since, until)
}

// Covers reports whether a bucket is within the bounds. NoBucket is within them only if there
// are none.
func (f *Filter) Covers(c Bucket) bool {
	since, until := f.Buckets()
	return !f.Bounded() || c >= since && c < until
}

// Contains reports whether an instant is within the bounds, as Covers does.
func (f *Filter) Contains(nanos int64) bool { return f.Covers(BucketOf(nanos)) }

// Cuts reports whether the bounds exclude a part of the time from start to end.
func (f *Filter) Cuts(start, end time.Time) bool {
	return f.Since.After(start) || !f.Until.IsZero() && f.Until.Before(end)
}

// nanosOf returns an instant in Unix nanoseconds, or the nearest one that they can express.
func nanosOf(t time.Time) int64 {
	first, last := time.Unix(0, timestamp.NoTime+1), time.Unix(0, math.MaxInt64)
	switch {
	case t.Before(first):
		t = first
	case t.After(last):
		t = last
	}
	return t.UnixNano()
}

// A selection is a Filter, except its session, in the numbers of Counts.
type selection struct {
	since, until Bucket
	clients      clients.Selection
	keys         []bool // by label; nil: any
}

func (c *Counts) selection(f *Filter) *selection {
	s := &selection{clients: f.Clients.In(c.Names.Labels)}
	s.since, s.until = f.Buckets()
	if f.APIKey != "" {
		for _, label := range c.Names.Labels {
			s.keys = append(s.keys, label == f.APIKey)
		}
	}
	return s
}

// takes reports whether a failure or attempt of a client is selected that began at first.
func (s *selection) takes(first int64, client Labels) bool {
	b := BucketOf(first)
	return (b == NoBucket || s.since <= b && b < s.until) && s.clients.Takes(client)
}

// takesSession reports whether a session is selected: its API key is, and a client that was seen in
// it. Records without an ID are selected one by one.
func (s *selection) takesSession(g *group) bool {
	return (s.keys == nil || s.keys[g.key]) && (s.clients.Any() || g.id.IsZero() ||
		slices.ContainsFunc(g.members, func(m member) bool { return s.clients.Takes(m.labels) }))
}

// Session returns the session of an ID as written in a log: a session ID, or the ID of a
// connection or client instance. ok is false if no record has it.
func (c *Counts) Session(id string) (session SessionID, ok bool, err error) {
	best := FromSource
	err = c.merge.cursor(false, false).visit(spill.Shelf{}, func(e *Entry) error {
		for _, from := range SessionFroms[:best] {
			if e.From == from && e.ID == hashed.Of(from, []byte(id)) {
				best, session = from, e.ID
			}
		}
		return nil
	})
	if err != nil || best == FromSource {
		return SessionID{}, false, err
	}
	resolved := spill.Follow(&c.resolved)
	if r := resolved.Of(session); len(r) > 0 {
		session = r[0].owner
	}
	return session, true, resolved.Err()
}
