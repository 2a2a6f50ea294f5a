package story

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/noise"
	"github.com/otlog/otlog/cmd/otlog/internal/events"
	"github.com/otlog/otlog/internal/private"
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
	posted   bool // telemetry
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
func newRecord(r *aggregate.Record, f *aggregate.Failure, rules *private.Rules) *record {
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
		out.posted = true
		out.same = string(bytes.Join([][]byte{
			t.Action, t.Variation, t.Reason, t.FailureReason, e.Client, e.ConnectionID, e.StreamID, e.SubscriberID, e.Message,
		}, []byte{0}))
	}
	if out.kind != noisy && out.kind != native {
		out.text = brief(events.Text(e, rules))
		if out.posted { // without a variation
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
