package aggregate

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Filter says of which time, and of whom, a Tally is read. It selects
// failures and attempts as a whole, after correlation, and the presences that are
// their denominators; never records. The zero Filter selects all.
type Filter struct {
	// Since and Until select a failure by its first record, an attempt by its
	// start, and lines that speak of no failure by their own time, all of them
	// exactly. Until is the first instant behind. A zero time is no bound.
	//
	// What bears no time is within no bounds, and yet it is yielded, in NoBucket: so
	// whoever leaves it out can count it.
	Since, Until time.Time

	Session SessionID // as Counts.Session tells it; zero: any

	// SDK is a version, as in 2.35.2, or what several have in common, as in 2.35;
	// "": any.
	SDK string
}

// TakesSDK reports whether clients with a version of the SDK are selected; "" is
// one that is not known.
func (f *Filter) TakesSDK(version string) bool {
	return f.SDK == "" || version == f.SDK || strings.HasPrefix(version, f.SDK+".")
}

// Bounded reports whether a Filter selects by time.
func (f *Filter) Bounded() bool { return !f.Since.IsZero() || !f.Until.IsZero() }

// Covers reports whether a bucket holds an instant within the bounds. Sessions and
// records are counted by the bucket: a bound within one takes in all of it, and so
// the session of every failure that is selected.
func (f *Filter) Covers(c Bucket) bool {
	since, until := f.Buckets()
	return !f.Bounded() || c >= since && c < until
}

// Buckets returns the first bucket that the bounds cover, and the first one behind.
func (f *Filter) Buckets() (since, until Bucket) {
	from, to := f.nanos()
	if from == to {
		return 0, 0
	}
	since, until = BucketOf(from), math.MaxInt32
	if to != math.MaxInt64 {
		until = BucketOf(to-1) + 1
	}
	return since, until
}

// Contains reports whether an instant lies within the bounds; timestamp.NoTime does not
// unless there are none.
func (f *Filter) Contains(nanos int64) bool {
	since, until := f.nanos()
	return !f.Bounded() || since <= nanos && nanos < until
}

// Cuts reports whether the bounds leave out a part of the time from start to end.
func (f *Filter) Cuts(start, end time.Time) bool {
	return f.Since.After(start) || !f.Until.IsZero() && f.Until.Before(end)
}

// nanos returns the bounds in Unix nanoseconds.
func (f *Filter) nanos() (since, until int64) {
	since, until = timestamp.NoTime+1, math.MaxInt64
	if !f.Since.IsZero() {
		since = nanosOf(f.Since)
	}
	if !f.Until.IsZero() {
		until = nanosOf(f.Until)
	}
	return since, max(since, until)
}

// nanosOf returns an instant in Unix nanoseconds, or the nearest that there is.
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

// A selection is what a Filter means for Counts, but for its session.
type selection struct {
	since, until int64
	sdk          []bool // by label; nil: any
}

func (c *Counts) selection(f *Filter) *selection {
	s := &selection{}
	s.since, s.until = f.nanos()
	if f.SDK != "" {
		for _, label := range c.Names.Labels {
			s.sdk = append(s.sdk, f.TakesSDK(label))
		}
	}
	return s
}

// takes reports whether something is selected that began at first by a client.
func (s *selection) takes(first int64, client Labels) bool {
	return (first == timestamp.NoTime || s.since <= first && first < s.until) && s.takesClient(client)
}

func (s *selection) takesClient(client Labels) bool { return s.sdk == nil || s.sdk[client.SDK] }

// takesSession reports whether a session is selected. It is of every SDK version that a
// client had which was seen in it; what bears no session is looked at one by one.
func (s *selection) takesSession(g *group) bool {
	return s.sdk == nil || g.id.IsZero() ||
		slices.ContainsFunc(g.clients, func(b belonging) bool { return s.takesClient(b.labels) })
}

// Session returns the session of an ID as a log has it: that of a session, or of
// a connection or client instance, for which a session may be known. It reports
// false if no record bears it.
func (c *Counts) Session(id string) (session SessionID, ok bool, err error) {
	best := FromSource
	err = c.walk(false, func(e *Entry) error {
		for _, from := range SessionFroms[:best] {
			if e.From == from && e.ID == sessionHash(from, []byte(id)) {
				best, session = from, e.ID
			}
		}
		return nil
	})
	if err != nil || best == FromSource {
		return SessionID{}, false, err
	}
	resolved := follow(&c.resolved)
	if r := resolved.of(session); len(r) > 0 {
		session = r[0].is
	}
	return session, true, resolved.err()
}
