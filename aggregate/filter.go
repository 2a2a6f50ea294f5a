package aggregate

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/parse"
)

// A Filter says of which time, and of whom, a Tally is read. It selects
// failures and attempts as a whole, after correlation, and the sightings that are
// their denominators; never records. The zero Filter selects all.
type Filter struct {
	// Since and Until select a failure by its first record, an attempt by its
	// start, and lines that speak of no failure by their own time, all of them
	// exactly. Until is the first instant behind. A zero time is no bound.
	//
	// What bears no time is within no bounds, and yet it is yielded, in NoCell: so
	// whoever leaves it out can count it.
	Since, Until time.Time

	Session SessionID // as Tally.Session tells it; zero: any

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

// Covers reports whether a cell holds an instant within the bounds. Sessions and
// records are counted by the cell: a bound within one takes in all of it, and so
// the session of every failure that is selected.
func (f *Filter) Covers(c Cell) bool {
	since, until := f.Cells()
	return !f.Bounded() || c >= since && c < until
}

// Cells returns the first cell that the bounds cover, and the first one behind.
func (f *Filter) Cells() (since, until Cell) {
	from, to := f.nanos()
	if from == to {
		return 0, 0
	}
	since, until = CellOf(from), math.MaxInt32
	if to != math.MaxInt64 {
		until = CellOf(to-1) + 1
	}
	return since, until
}

// Contains reports whether an instant lies within the bounds; parse.NoTime does not
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
	since, until = parse.NoTime+1, math.MaxInt64
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
	first, last := time.Unix(0, parse.NoTime+1), time.Unix(0, math.MaxInt64)
	switch {
	case t.Before(first):
		t = first
	case t.After(last):
		t = last
	}
	return t.UnixNano()
}

// A selection is what a Filter means for one Tally.
type selection struct {
	since, until int64
	session      uint32 // number plus one; zero: any; several: one that was not seen
	sdk          []bool // by label; nil: any
}

func (t *Tally) selection(f *Filter) *selection {
	s := &selection{}
	s.since, s.until = f.nanos()
	if f.Session != (SessionID{}) {
		s.session = cmp.Or(t.number(f.Session), several)
	}
	if f.SDK != "" {
		for _, label := range t.Labels() {
			s.sdk = append(s.sdk, f.TakesSDK(label))
		}
	}
	return s
}

// takes reports whether something is selected that began at first, in a session
// (number plus one) and by a client.
func (s *selection) takes(first int64, session uint32, c client) bool {
	return (first == parse.NoTime || s.since <= first && first < s.until) &&
		(s.session == 0 || s.session == session) &&
		(s.sdk == nil || s.sdk[c.sdk])
}

// number returns the number plus one of the session that id is, zero if it was
// not seen.
func (t *Tally) number(id SessionID) uint32 {
	if len(t.sessions.ids) == 0 {
		return 0
	}
	hash := xxh3.Uint128{Hi: binary.BigEndian.Uint64(id[:8]), Lo: binary.BigEndian.Uint64(id[8:])}
	return t.sessions.resolve(t.sessions.find(hash).number)
}

// Session returns the session of an ID as a log has it: that of a session, or of
// a connection or client instance, for which a session may be known. It reports
// false if no record bears it.
func (t *Tally) Session(id string) (SessionID, bool) {
	for _, from := range SessionFroms[:FromSource] {
		if n := t.number(sessionHash(from, []byte(id)).Bytes()); n != 0 {
			return t.sessions.ids[n-1].Bytes(), true
		}
	}
	return SessionID{}, false
}

// SDKs returns the SDK versions that were seen, sorted.
func (t *Tally) SDKs() []string {
	var out []string
	labels := t.Labels()
	for i := range t.sessions.known {
		if n := t.sessions.known[i].client.sdk; n != 0 {
			out = append(out, labels[n])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sessions returns which sessions are selected, by number plus one; nil if all
// are. A session is of every SDK version that a client had which was seen in it.
func (s *selection) sessions(t *Tally) []bool {
	if s.session == 0 && s.sdk == nil {
		return nil
	}
	out := make([]bool, len(t.sessions.ids)+1)
	switch {
	case s.sdk == nil && s.session != several:
		out[s.session] = true
	case s.sdk != nil:
		for i := range t.sessions.known {
			client := t.sessions.known[i].of
			if t.sessions.known[i].from == FromClient {
				client = uint32(i) + 1
			}
			s.mark(t, out, t.sessions.resolve(uint32(i)+1), client)
		}
		// A client that was seen in several sessions is in those of which it told
		// something.
		for i := range t.evidence {
			s.mark(t, out, t.evidence[i].session, t.evidence[i].client)
		}
		for step := range t.steps.all() {
			s.mark(t, out, t.sessions.resolve(step.session), step.client)
		}
	}
	return out
}

// mark selects a session if a client that was seen in it had the SDK version. Both
// are numbers plus one.
func (s *selection) mark(t *Tally, out []bool, session, client uint32) {
	if session == 0 || client == 0 || client == several || s.session != 0 && s.session != session {
		return
	}
	if s.sdk[t.sessions.known[client-1].client.sdk] {
		out[session] = true
	}
}
