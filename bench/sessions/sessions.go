// Package sessions writes logs of any number of sessions whose content is known by construction. They
// test bounds of memory.
//
// Package corpus tests all forms of errors; package sessions tests quantity. Its records are few and
// plain, but every session is a new one, its records are minutes apart among those of thousands of
// others, and many have no session ID: another record, before or long after, links them to their
// session. The package imports nothing else of otlog, so that each can check the other.
//
// The path through the package:
//
//  1. A script lists the records of a kind of session, the times between them, and what each
//     counts for (script.go, paths.go).
//  2. Sessions start evenly over the days. Each draws a script and the times of its records
//     (this file).
//  3. The whole session is counted at its start, from the script and the times, not from the
//     bytes; only sums are kept (tally.go).
//  4. Its records are written when they are due (write.go).
//  5. The sums are the Truth, which Check compares with a report (truth.go).
package sessions

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Options choose a log. Equal options give equal bytes and an equal Truth.
type Options struct {
	// Sessions is the number of distinct sessions, including those without an ID; 10 million if
	// zero.
	Sessions int
	Days     int       // that the records spread over; 7 if zero
	Seed     uint64    // any number; another seed gives another log
	Start    time.Time // of the first session; 2026-11-16T00:00:00Z, a Monday, if zero
}

const (
	mostSessions = 1_000_000_000
	mostDays     = 3660

	msPerDay = 86_400_000
)

// resolve sets defaults and checks the options.
func (o Options) resolve() (Options, error) {
	if o.Sessions == 0 {
		o.Sessions = 10_000_000
	}
	if o.Days == 0 {
		o.Days = 7
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, time.November, 16, 0, 0, 0, 0, time.UTC)
	}
	switch {
	case o.Sessions < 0 || o.Sessions > mostSessions:
		return o, fmt.Errorf("sessions: number: expected 1 to %d, found %d", mostSessions, o.Sessions)
	case o.Days < 0 || o.Days > mostDays:
		return o, fmt.Errorf("sessions: days: expected 1 to %d, found %d", mostDays, o.Days)
	case o.Start.Year() < 2002 || o.Start.Year() > 2200:
		return o, errors.New("sessions: start: expected a time whose milliseconds since 1970 have 13 digits")
	}
	return o, nil
}

// Generate writes a log to w and returns its counts. Memory grows with the number of sessions at one
// time and with the days, not with the number of sessions.
//
// Records are ordered by time, to the second, except second copies of telemetry events, which may be
// hours late.
func Generate(w io.Writer, o Options) (*Truth, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	g := newGenerator(o)
	if err := g.run(w); err != nil {
		return nil, fmt.Errorf("sessions: writing the log: %w", err)
	}
	return g.tally.truth(), nil
}

// A generator holds the state of one Generate call.
type generator struct {
	rng    rng
	ids    rng // for session IDs only, so that they are distinct
	plays  repertoire
	tally  tally
	pen    pen
	start  int64 // ms since 1970
	spread int64 // ms from the first session's start to that of the last one
	total  int64 // number of sessions

	begun  int64 // sessions so far
	active []session
	free   int32 // the first of a list of free places in active, or none
	wheel  wheel
}

func newGenerator(o Options) *generator {
	g := &generator{
		rng: newRNG(o.Seed), ids: newRNG(^o.Seed), plays: newRepertoire(),
		start: o.Start.UnixMilli(), total: int64(o.Sessions), free: none,
	}
	g.spread = int64(o.Days)*msPerDay - g.plays.longest
	g.tally = newTally(g.start, o.Days)
	g.wheel = newWheel(g.start / second)
	return g
}

// A session has records that are not written yet.
type session struct {
	next   int32 // place in active of the next session in the same list, or none
	step   int32 // of the script, the next to write
	script *script
	start  int64           // ms since 1970
	due    [maxSteps]int32 // when each step is written, ms since start
	ids    identities
}

// run goes through time second by second.
func (g *generator) run(w io.Writer) error {
	for g.begun < g.total || g.wheel.queued > 0 {
		for g.begun < g.total && g.nextStart()/second <= g.wheel.now {
			g.open()
		}
		for {
			place := g.wheel.pop(g.active)
			if place == none {
				break
			}
			g.play(place)
			if err := g.pen.flush(w, flushAt); err != nil {
				return err
			}
		}
		g.wheel.now++
	}
	return g.pen.flush(w, 1)
}

// nextStart returns the start of the next session.
func (g *generator) nextStart() int64 { return g.start + g.begun*g.spread/g.total }

// open begins a session, or several that share a page: it draws their records, counts all of them, and
// queues the session for its first record.
func (g *generator) open() {
	start := g.nextStart()
	sc := g.plays.draw(&g.rng, g.total-g.begun)
	g.begun += int64(len(sc.parties))
	place := g.place()
	s := &g.active[place]
	s.script, s.start, s.step = sc, start, 0
	due := int32(0)
	for i := range sc.steps {
		due += sc.steps[i].wait.draw(&g.rng)
		s.due[i] = due
	}
	s.ids.draw(&g.rng, &g.ids, sc.uses, start)
	g.tally.add(sc, start, &s.due)
	g.wheel.push(g.active, place, (start+int64(s.due[0]))/second)
}

// place returns a free place in active.
func (g *generator) place() int32 {
	if g.free == none {
		g.active = append(g.active, session{})
		return int32(len(g.active)) - 1
	}
	place := g.free
	g.free = g.active[place].next
	return place
}

// play writes the next record of a session and queues the session for the record after it.
func (g *generator) play(place int32) {
	s := &g.active[place]
	st := &s.script.steps[s.step]
	written := g.pen.write(st.text, s.start+int64(s.due[st.stamp]), &s.ids, &g.rng)
	g.tally.totals.Bytes += int64(written)
	s.step++
	if int(s.step) == len(s.script.steps) {
		s.next, g.free = g.free, place
		return
	}
	g.wheel.push(g.active, place, (s.start+int64(s.due[s.step]))/second)
}

// A wheel queues sessions by the second of their next record. Unlike those of a heap, its costs do not
// depend on the number of sessions.
type wheel struct {
	now    int64              // the current second, since 1970
	queued int                // sessions
	slots  [wheelLength]int32 // the first place of each second's list, or none
}

const (
	second      = 1000    // ms
	wheelLength = 1 << 15 // seconds, more than the longest wait
	none        = -1
)

func newWheel(now int64) wheel {
	w := wheel{now: now}
	for i := range w.slots {
		w.slots[i] = none
	}
	return w
}

// push queues a session at a second from now on.
func (w *wheel) push(active []session, place int32, at int64) {
	slot := &w.slots[at%wheelLength]
	active[place].next, *slot = *slot, place
	w.queued++
}

// pop returns a session of the current second, none if there are no more.
func (w *wheel) pop(active []session) int32 {
	slot := &w.slots[w.now%wheelLength]
	place := *slot
	if place != none {
		*slot = active[place].next
		w.queued--
	}
	return place
}
