// Package corpus writes client logs whose content is known by construction.
//
// A corpus looks like the logs of applications built on the OpenTok client SDK: many interleaved
// sessions, mostly harmless messages, the SDK's own error lines, telemetry bodies, and near misses
// that resemble error names. With the bytes comes a Truth: the counts of a reader who understands
// every record. The package imports nothing else of otlog, so that each can check the other.
//
// The path through the package:
//
//  1. Sessions arrive over the days of the corpus (corpus.go).
//  2. Each session plans step after step: a harmless line, a call with its telemetry, a
//     failure with all its lines (plan.go), from tables of names (names.go) and texts
//     (texts.go).
//  3. The planned lines of all sessions are written by time, as JSON
//     (ndjson.go) or console text (console.go).
//  4. Every written record is judged and counted from its plan, not from its bytes
//     (verdict.go, codes.go, tally.go); a failure is counted when its last record is written.
//     The sums are the Truth (truth.go), which Check compares with a report (check.go).
//
// # Limitations
//
// Failures of a session are at least 12 seconds apart, so that every record belongs to exactly one
// failure. So are the few failures whose only record has no session ID; all other records without a
// session ID are harmless. At most one text of a record contains phrases.
package corpus

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// A Format is the shape of the records written.
type Format string

const (
	NDJSON  Format = "ndjson"  // one JSON object a line
	Console Format = "console" // browser console text with times

	// App is NDJSON of one application's logger: no telemetry, and in every record the level, the
	// logger, the user agent, the session, the connection and the client, about 460 bytes in all.
	App Format = "app"
)

// A Phrase is a text that belongs to one error. A record that contains the phrase, and no error
// name, is evidence of that error. Case matters, and words must be whole: next to an end that is
// a letter, a digit or _, there must be none of these.
type Phrase struct {
	Text, Error string
	Method      string // the only method that uses the text; empty if several do
}

// Options choose a corpus. The zero value is a small NDJSON corpus with the
// usual share of errors. Equal options give equal bytes and an equal Truth.
type Options struct {
	Format Format    // NDJSON if empty
	Seed   uint64    // any number; another seed gives another corpus
	Size   int64     // bytes to reach; 1 MB if zero
	Start  time.Time // earliest time of a record; 2026-11-02T00:00:00Z if zero
	Days   int       // days that the records spread over; 14 if zero

	// ErrorRate is the share of records that spell an error name: 0.029 if
	// zero, none if negative. At 1 every record does, and there is no
	// telemetry and no chatter.
	ErrorRate float64

	// Telemetry is the share of records that are telemetry, in NDJSON only: about 0.2 if zero, none
	// if negative, else 0.25 to 0.9.
	Telemetry float64

	// SessionSize is the mean size of a session in bytes: 10,000 if zero, at least 500. With
	// telemetry it is at least 3,000, because every session connects first. A session of 100 kB
	// lasts two hours, one of 100 MB five weeks: Days must be enough.
	SessionSize int64

	// Seconds rounds all times to whole seconds and spreads the records of a failure over the
	// maximum time, so that distances in time are often exactly at a limit.
	Seconds bool

	// Phrases are texts that count as evidence in the Truth. They do not change the bytes.
	Phrases []Phrase
}

const (
	msPerDay    = 86_400_000
	msPerHour   = 3_600_000
	usualSize   = 10_000  // bytes of a session
	sessionTime = 600_000 // approximate length of such a session in ms
	quietTime   = 12_000  // minimum time between failures of a session in ms
	calmTime    = 4_000   // between the end of a call and a failure that is not its own in ms
	maxDelay    = 3_000   // maximum delay of a record in ms
	concurrent  = 16      // minimum number of overlapping sessions
	flushAt     = 1 << 16
)

var defaultStart = time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)

// resolve sets defaults and checks the options.
func (o Options) resolve() (Options, error) {
	if o.Format == "" {
		o.Format = NDJSON
	}
	if o.Size == 0 {
		o.Size = 1_000_000
	}
	if o.Start.IsZero() {
		o.Start = defaultStart
	}
	o.Start = o.Start.UTC().Truncate(time.Millisecond)
	if o.Days == 0 {
		o.Days = 14
	}
	switch {
	case o.ErrorRate == 0:
		o.ErrorRate = 0.029
	case o.ErrorRate < 0:
		o.ErrorRate = 0
	}
	if o.SessionSize == 0 {
		o.SessionSize = usualSize // about 100,000 sessions per GB
	}
	switch {
	case o.Format != NDJSON && o.Format != Console && o.Format != App:
		return o, fmt.Errorf("corpus: format: expected ndjson, console or app, found %q", string(o.Format))
	case !(o.Telemetry <= .9) || o.Telemetry > 0 && (o.Telemetry < .25 || o.Format != NDJSON):
		return o, fmt.Errorf("corpus: telemetry: expected a share of 0.25 to 0.9, in ndjson, found %v in %s", o.Telemetry, o.Format)
	case o.SessionSize < 500:
		return o, fmt.Errorf("corpus: session size: expected at least 500 bytes, found %d", o.SessionSize)
	case o.SessionSize < 3000 && o.Format == NDJSON && o.Telemetry >= 0:
		return o, fmt.Errorf("corpus: session size: expected at least 3000 bytes with telemetry, found %d", o.SessionSize)
	case o.Size < 0:
		return o, fmt.Errorf("corpus: size: expected a positive number, found %d", o.Size)
	case o.Days < 0 || o.Days > 3660:
		return o, fmt.Errorf("corpus: days: expected 1 to 3660, found %d", o.Days)
	case !(o.ErrorRate <= 1):
		return o, fmt.Errorf("corpus: error rate: expected at most 1, found %v", o.ErrorRate)
	case o.Start.UnixMilli() < 0:
		return o, errors.New("corpus: start: expected a time after 1970")
	}
	return o, checkPhrases(o.Phrases)
}

// Generate writes a corpus to w and returns its counts. It stops at the first record boundary at or
// after o.Size bytes, and then writes the rest of failures that have begun. Memory grows with the
// Truth and the number of sessions at one time, not with Size.
//
// Records are ordered by time, except that each may be written up to three seconds late. The records
// of one session are in order.
func Generate(w io.Writer, o Options) (*Truth, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	g := newGenerator(o)
	if err := g.run(w); err != nil {
		return nil, err
	}
	if err := g.tally.unexpected; err != nil {
		return nil, err
	}
	return g.tally.truth(o), nil
}

// A generator holds the state of one Generate call.
type generator struct {
	o       Options
	rng     rng
	console bool
	json    bool
	posts   bool // telemetry is logged
	rate    float64
	size    int64
	start   int64 // ms
	end     int64 // ms, exclusive

	heap    queue
	seq     int64 // sessions so far
	arrival int64 // time of the next session
	planned int64 // bytes planned by the sessions so far

	lines      float64 // records planned
	named      float64 // of these, records with a name
	posted     float64 // of these, telemetry
	slack      float64 // maximum lag of named before the next failure
	lastOrphan int64   // time of the last named record without session

	buf     []byte // not yet written
	text    []byte // scratch: a message before escaping
	extra   []byte // scratch: further JSON members of the record
	written int64
	clock   clock

	verdicts map[construct]verdict
	tally    tally
}

func newGenerator(o Options) *generator {
	g := &generator{
		o: o, rng: newRNG(o.Seed),
		console: o.Format == Console, json: o.Format != Console,
		posts: o.Format == NDJSON && o.Telemetry >= 0,
		rate:  o.ErrorRate, size: o.Size,
		start: o.Start.UnixMilli(),
		buf:   make([]byte, 0, flushAt+1<<16),
	}
	g.end = g.start + int64(o.Days)*msPerDay
	g.arrival = g.start
	g.lastOrphan = g.start - msPerDay
	g.slack = float64(g.rng.n(24)) - 12
	g.verdicts = map[construct]verdict{}
	g.tally.init()
	return g
}

// run merges the sessions by time until the size is reached.
func (g *generator) run(w io.Writer) error {
	for g.written < g.size {
		g.admit()
		s := g.heap[0]
		g.write(s)
		if err := g.flush(w, flushAt); err != nil {
			return err
		}
		if s.at == len(s.lines) {
			if s.over() {
				g.planned -= s.budget // negative if it wrote more than planned
				g.heap.pop()
				continue
			}
			g.plan(s)
		}
		g.next(s)
	}
	g.finish()
	return g.flush(w, 0)
}

// next moves the first session of the queue to the time of its next line.
func (g *generator) next(s *session) {
	s.due = max(s.due, s.lines[s.at].ts+g.delay())
	g.heap.fix()
}

// finish writes the rest of failures that have begun.
func (g *generator) finish() {
	for len(g.heap) > 0 {
		s := g.heap[0]
		if !s.failure.planned || s.at == 0 || s.at == len(s.lines) {
			g.heap.pop()
			continue
		}
		g.write(s)
		if s.at < len(s.lines) {
			g.next(s)
		}
	}
}

// flush writes the buffer to w if it has that many bytes.
func (g *generator) flush(w io.Writer, size int) error {
	if len(g.buf) < size {
		return nil
	}
	_, err := w.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// write writes the next line of s and tallies it.
func (g *generator) write(s *session) {
	l := &s.lines[s.at]
	s.at++
	ts := min(max(l.ts, g.start), g.end-1)
	if ts != l.ts && s.failure.planned && g.tally.unexpected == nil {
		g.tally.unexpected = errors.New("corpus: a failure lies outside the days of the corpus")
	}
	before := len(g.buf)
	lines, session := int64(1), false
	if g.console {
		lines, session = g.writeConsole(s, l, ts)
	} else {
		session = g.writeJSON(s, l, ts)
	}
	n := int64(len(g.buf) - before)
	g.written += n
	s.budget -= n
	g.judge(l)
	g.tally.record(s, l, ts, n, lines, session)
	if s.at == len(s.lines) {
		g.tally.settle(s)
	}
}

// delay returns the delay of a record, mostly zero.
func (g *generator) delay() int64 {
	r := g.rng.next()
	if r&3 != 0 {
		return 0
	}
	return int64((r >> 32) % maxDelay)
}

// hours has the weight of each hour of a day: most calls are in working hours.
var hours = [24]float64{
	.3, .2, .2, .2, .3, .4, .7, 1.1, 1.6, 1.9, 1.9, 1.7,
	1.5, 1.6, 1.8, 1.8, 1.6, 1.4, 1.2, 1.0, .8, .7, .5, .4,
}

// admit opens the sessions that are due. Their rate spreads the remaining bytes over the remaining
// days.
func (g *generator) admit() {
	for len(g.heap) == 0 || g.arrival <= g.heap[0].due {
		if g.planned >= g.size && len(g.heap) > 0 {
			return
		}
		// A small corpus has few sessions per day. They come in bunches, so that they overlap.
		// The last sessions arrive early enough to end in time.
		last := g.end - msPerHour*max(g.o.SessionSize, usualSize)/usualSize
		left := max(float64(last-g.arrival), 0)
		bunch := 1
		if overlap := sessionTime * float64(g.size-g.planned) / float64(g.o.SessionSize) / (left + 1); overlap < concurrent {
			bunch = concurrent
		}
		for range bunch {
			ts := g.arrival
			if bunch > 1 {
				ts += int64(g.rng.n(120_000))
			}
			g.open(ts)
			if g.planned >= g.size {
				break
			}
		}
		todo := float64(g.size-g.planned) / float64(g.o.SessionSize) / float64(bunch)
		gap := left / max(todo, 1)
		if bunch > 1 {
			gap *= .5 + g.rng.float()
		} else {
			gap *= g.rng.exp()
		}
		if gap < msPerHour {
			gap /= hours[g.arrival%msPerDay/msPerHour]
		}
		g.arrival += int64(min(gap, left))
	}
}

// open starts a session at time ts.
func (g *generator) open(ts int64) {
	s := g.newSession(ts)
	g.planned += s.budget
	g.plan(s)
	s.due = s.lines[0].ts
	g.heap.push(s)
}

// A queue is a heap of sessions by the time their next line is due.
type queue []*session

func (q queue) less(i, j int) bool {
	if q[i].due != q[j].due {
		return q[i].due < q[j].due
	}
	return q[i].seq < q[j].seq
}

func (q *queue) push(s *session) {
	*q = append(*q, s)
	h := *q
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.less(i, up) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// pop removes the first session.
func (q *queue) pop() {
	h := *q
	last := len(h) - 1
	h[0], h[last] = h[last], nil
	*q = h[:last]
	if last > 1 {
		q.fix()
	}
}

// fix moves the first session to its new time.
func (q queue) fix() {
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(q); c++ {
			if q.less(c, least) {
				least = c
			}
		}
		if least == i {
			return
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
}
