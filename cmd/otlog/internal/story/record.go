package story

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/noise"
	"github.com/otlog/otlog/cmd/otlog/internal/events"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/pattern"
	"github.com/otlog/otlog/parse/timestamp"
)

// A kind is what a record is to the story.
type kind uint8

const (
	line      kind = iota // of the application
	step                  // telemetry that starts or ends an attempt
	failing               // it shows a failure
	aside                 // it shows an error that counts as no failure
	cause                 // it often gives the reason of a failure beside it
	noisy                 // it shows no failure
	telemetry             // other telemetry
	native                // of a native SDK
)

// A record is a record of a session, with copies of what matters of its event.
type record struct {
	kind     kind
	time     int64 // Unix nanoseconds, or NoTime
	ofDay    int64 // as parse.Event.OfDay
	source   int   // in the order of reading
	line     int64
	number   int64
	client   string
	hash     aggregate.SessionID // of the client
	guid     bool
	conn     string
	text     string
	action   string // of telemetry
	noise    *noise.Kind
	failure  *aggregate.Failure
	evidence classify.Evidence
	code     int32
	step     aggregate.Step
	same     string // what equal telemetry events have in common; "" for other records

	at    int64   // place in the timeline, see order
	who   int     // index of the client, or nobody
	alone bool    // it states no session, connection or client, and is only beside a failure
	again []Place // where it was found again
}

// longestText is how much of a text is shown, in bytes.
const longestText = 300

// newRecord copies a record. f is its failure, nil if it has none.
func newRecord(r *aggregate.Record, f *aggregate.Failure) *record {
	e, v := r.Event, r.Verdict
	out := &record{
		time: e.Time, ofDay: e.OfDay, line: r.Line, number: r.Number, failure: f, who: nobody,
		client: string(e.Client), guid: e.GUID, conn: string(e.ConnectionID), evidence: v.Evidence, code: v.Code,
	}
	if len(e.Client) > 0 {
		_, out.hash = hashed.ClientOf(e)
	}
	var steps bool
	out.step, steps = aggregate.StepOf(e)
	switch {
	case v.Native:
		out.kind = native
	case steps:
		out.kind = step
	case f != nil:
		out.kind = failing
	case v.Failure:
		out.kind = aside
	case e.Telemetry != nil:
		out.kind = telemetry
	default:
		if out.noise = noiseOf(e); out.noise != nil {
			out.kind = noisy
			if out.noise.Cause {
				out.kind = cause
			}
		}
	}
	if t := e.Telemetry; t != nil {
		out.action = string(t.Action)
		out.same = string(bytes.Join([][]byte{
			t.Action, t.Variation, t.Reason, t.FailureReason, e.Client, e.ConnectionID, e.StreamID, e.SubscriberID, e.Message,
		}, []byte{0}))
	}
	if out.kind != telemetry && out.kind != noisy && out.kind != native {
		out.text = brief(events.Text(e))
		if out.action != "" { // without a variation
			out.text = strings.Replace(out.text, " : ", ": ", 1)
		}
	}
	return out
}

// noiseOf returns the kind of noise that a record is, nil if it is none that is known.
func noiseOf(e *parse.Event) *noise.Kind {
	if len(e.Message) > 0 {
		return noise.Find(e.Message)
	}
	return noise.Find(e.Text)
}

// brief returns the start of a text, without its stack, on one line.
func brief(s string) string {
	// The colours of the SDK's lines are part of their text in many logs.
	s, _, _ = strings.Cut(s, " color: #")
	lines := strings.Split(s, "\n")
	lines[0] = clock.ReplaceAllString(lines[0], "")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && (len(kept) == 0 || !isStack(l)) {
			kept = append(kept, l)
		}
	}
	s = strings.Join(kept, " ")
	if len(s) > longestText {
		s = strings.TrimRightFunc(s[:longestText], func(r rune) bool { return r == utf8.RuneError }) + "…"
	}
	return s
}

// clock matches the time of day at the start of a line of a console.
var clock = pattern.New(`^\s*[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)? `)

// isStack reports whether a line is one of a stack, as in "at f (app.js:1:2)" and "f @ app.js:1".
func isStack(l string) bool {
	_, after, ok := strings.Cut(l, " @ ")
	return strings.HasPrefix(l, "at ") || ok && !strings.Contains(after, " ")
}

// dated reports whether the time of a record is known.
func (r *record) dated() bool { return r.time != timestamp.NoTime }

// The maximum number of records that are kept of a session, and of those among them that show no failure,
// no attempt and no cause.
const (
	mostRecords = 100_000
	mostOthers  = mostRecords / 2
)

// A collector keeps the records of a session.
type collector struct {
	id      aggregate.SessionID
	name    string // the session's ID as written
	from    aggregate.SessionFrom
	asked   []string
	sources []string
	records []*record
	others  int // records that show no failure, no attempt and no cause
	leftOut int
	last    *record           // of those left out, by time
	owner   map[string]string // the client of a connection
}

func newCollector(id aggregate.SessionID) *collector {
	return &collector{id: id, owner: map[string]string{}}
}

// add adds a record of the session.
func (c *collector) add(r *record, of *aggregate.Record) {
	e := of.Event
	if c.name == "" {
		c.name, c.from = nameOf(e, c.id)
	}
	if r.conn != "" && r.client != "" && c.owner[r.conn] == "" {
		c.owner[r.conn] = r.client
	}
	c.put(r, of.Source)
}

// put adds a record of a source.
func (c *collector) put(r *record, source string) {
	if n := len(c.sources); n == 0 || c.sources[n-1] != source {
		c.sources = append(c.sources, source)
	}
	r.source = len(c.sources) - 1
	shows := r.failure != nil || r.kind == step || r.kind == cause
	if len(c.records) >= mostRecords || !shows && c.others >= mostOthers {
		c.leftOut++
		if c.last == nil || r.time >= c.last.time {
			c.last = r
		}
		return
	}
	if !shows {
		c.others++
	}
	c.records = append(c.records, r)
}

// all returns the records that are kept. The last one is always among them, so that the end is known.
func (c *collector) all() []*record {
	if c.last == nil {
		return c.records
	}
	return append(c.records, c.last)
}

// nameOf returns the ID of a record whose hash is id, and its kind; "" if it states none.
func nameOf(e *parse.Event, id hashed.ID) (string, hashed.From) {
	if len(e.Session) > 0 && hashed.Of(hashed.FromSession, e.Session) == id {
		return string(e.Session), hashed.FromSession
	}
	if len(e.ConnectionID) > 0 && hashed.Of(hashed.FromConnection, e.ConnectionID) == id {
		return string(e.ConnectionID), hashed.FromConnection
	}
	if from, client := hashed.ClientOf(e); !client.IsZero() && client == id {
		return string(e.Client), from
	}
	return "", hashed.FromSource
}

// The distance within which a line that states no session belongs to the story of a failure.
const (
	besideRecords = 20
	besideTime    = 10 * time.Second
)

// near reports whether two records of a source are beside each other.
func (r *record) near(other *record) bool {
	if d := r.number - other.number; -besideRecords <= d && d <= besideRecords {
		return true
	}
	d := r.time - other.time
	return r.dated() && other.dated() && -int64(besideTime) <= d && d <= int64(besideTime)
}

// A beside finds the lines without an ID beside failures, in one source after the other.
type beside struct {
	source  string
	waiting []*record // lines that may be beside a later failure
	failed  map[*collector]*record
}

// mostWaiting is how many lines wait for a failure.
const mostWaiting = 100

// enter begins a new source if the record is of another one.
func (b *beside) enter(r *aggregate.Record) {
	if r.Source != b.source || b.failed == nil {
		*b = beside{source: r.Source, failed: map[*collector]*record{}}
	}
}

// offer adds a line to the stories of which the last failure is near. It also waits for the next one.
func (b *beside) offer(r *record, source string) {
	for c, f := range b.failed {
		if r.near(f) {
			own := *r
			c.put(&own, source)
		}
	}
	if len(b.waiting) == mostWaiting {
		b.waiting = b.waiting[1:]
	}
	b.waiting = append(b.waiting, r)
}

// fail notes a failure, and adds the lines before it that are near, and were not near the failure
// before.
func (b *beside) fail(c *collector, failure *record, source string) {
	last := b.failed[c]
	for _, r := range b.waiting {
		if r.near(failure) && (last == nil || !r.near(last)) {
			own := *r
			c.put(&own, source)
		}
	}
	b.failed[c] = failure
}
