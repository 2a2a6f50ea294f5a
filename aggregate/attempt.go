package aggregate

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// An Outcome is how an attempt ended.
type Outcome uint8

// The outcomes of attempts.
const (
	Open Outcome = iota // the input tells no end
	Succeeded
	Failed
	Cancelled // by the application: no failure
)

// String returns the outcome's name in Arrow batches.
func (o Outcome) String() string {
	return [...]string{"open", "success", "failure", "cancel"}[o]
}

// Outcomes lists every outcome.
var Outcomes = [...]Outcome{Open, Succeeded, Failed, Cancelled}

// An Attempts counts calls of a method by the application that share all of
// what comes before the number, told by the SDK's telemetry.
type Attempts struct {
	Method   catalogue.MethodID
	Cell     Cell // in which they began
	Outcome  Outcome
	Inferred bool // the input shows their end, but not their start

	Attempts int64
}

// retryWithin is how soon after its failure the SDK calls connect again by
// itself. Such a try belongs to the same attempt: version 2.35 tries three times.
const retryWithin = 10 * time.Second

// A step is one telemetry event that starts or ends an attempt. Equal steps are
// one event, seen twice: through several exports, or in the log of one client
// that prints each event two times.
type step struct {
	call uint64 // hash of all that one call's events share
	// The client's time in milliseconds, which is how the SDK tells it, above
	// the method and above what happened: so steps of a call sort by time, and
	// what starts sorts before what ends.
	what uint64
}

func newStep(call uint64, nanos int64, m catalogue.MethodID, what uint64) step {
	var millis uint64 // zero if the time is not told
	if nanos > 0 {
		millis = uint64(nanos) / uint64(time.Millisecond)
	}
	return step{call: call, what: millis<<16 | uint64(m)<<8 | what}
}

// What happened: starts, or one more than the Outcome.
const starts = 0

func (s step) compare(other step) int {
	return cmp.Or(cmp.Compare(s.call, other.call), cmp.Compare(s.what, other.what))
}

func (s step) method() catalogue.MethodID { return catalogue.MethodID(s.what >> 8) }
func (s step) starts() bool               { return uint8(s.what) == starts }
func (s step) outcome() Outcome           { return Outcome(uint8(s.what) - 1) }
func (s step) millis() int64              { return int64(s.what >> 16) }

// cell returns the cell in which the step was taken.
func (s step) cell() Cell {
	if s.millis() == 0 {
		return NoCell
	}
	return CellOf(s.millis() * int64(time.Millisecond))
}

// step notes a telemetry event, if it is one of an attempt.
func (t *Tally) step(e *parse.Event) {
	what := uint64(starts)
	var method catalogue.MethodID
	tel := e.Telemetry
	switch string(tel.Variation) {
	case "Attempt":
	case "Success":
		what = 1 + uint64(Succeeded)
	case "Failure", "Cancel":
		what = 1 + uint64(Cancelled)
		if tel.Failed() {
			what = 1 + uint64(Failed)
		}
	default: // Attempting is a heartbeat
		return
	}
	var of []byte // what one call has for itself
	switch string(tel.Action) {
	case "Connect":
		method, of = methodConnect, tel.ConnectionID
	case "Publish":
		method, of = methodPublish, tel.StreamID
		if len(of) == 0 {
			// Without a stream it is the end of OT.initPublisher, or of the timer
			// of a publisher that is gone. Only a missing role is told so early.
			if string(tel.FailureReason) != "Permission" {
				return
			}
			of = tel.ConnectionID
		}
	case "Subscribe":
		method, of = methodSubscribe, tel.SubscriberID
		if len(of) == 0 {
			of = tel.StreamID
		}
	default:
		return
	}
	t.key = append(t.key[:0], tel.Action...)
	t.key = append(t.key, 0)
	t.key = append(t.key, tel.Client...)
	t.key = append(t.key, 0)
	t.key = append(t.key, of...)
	if len(tel.StreamID) == 0 && method == methodPublish {
		// Each refused call is one by itself: no stream tells them apart.
		t.key = append(t.key, 0)
		for shift := 0; shift < 64; shift += 8 {
			t.key = append(t.key, byte(e.Time>>shift))
		}
	}
	t.steps.add(newStep(xxh3.Hash(t.key), e.Time, method, what))
	t.posts++
}

var (
	methodConnect   = catalogue.LookupMethod([]byte("Session.connect"))
	methodPublish   = catalogue.LookupMethod([]byte("Session.publish"))
	methodSubscribe = catalogue.LookupMethod([]byte("Session.subscribe"))
)

// Attempts yields the attempts, sorted by method, cell, outcome and whether they
// are inferred, and returns how many of their events were seen more than once.
// Attempts are a function of the set of events: neither the order of events nor
// their repeats matter.
func (t *Tally) Attempts() (attempts iter.Seq[Attempts], duplicates int64) {
	duplicates = t.posts
	counts := map[Attempts]int64{}
	var call []step
	close := func() {
		for _, c := range coursesOf(call) {
			counts[Attempts{Method: c.start.method(), Cell: c.start.cell(), Outcome: c.outcome, Inferred: c.inferred}]++
		}
		call = call[:0]
	}
	for s := range t.steps.all() {
		duplicates--
		if len(call) > 0 && call[0].call != s.call {
			close()
		}
		call = append(call, s)
	}
	close()
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b Attempts) int {
		return cmp.Or(cmp.Compare(a.Method.Name(), b.Method.Name()), cmp.Compare(a.Cell, b.Cell),
			cmp.Compare(a.Outcome, b.Outcome), compareBools(a.Inferred, b.Inferred))
	})
	return func(yield func(Attempts) bool) {
		for _, a := range kinds {
			n := counts[a]
			a.Attempts = n
			if !yield(a) {
				return
			}
		}
	}, duplicates
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// A course is an attempt in the making.
type course struct {
	start    step
	outcome  Outcome
	end      int64 // of the last try, in milliseconds
	inferred bool
}

// coursesOf divides the steps of one connection, stream or subscriber, in order,
// into attempts. The first end of the last try is the outcome; what comes after
// it (the Cancel that follows a Failure) does not count again.
func coursesOf(steps []step) []course {
	var out []course
	for _, s := range steps {
		var now *course
		if len(out) > 0 {
			now = &out[len(out)-1]
		}
		switch {
		case s.starts() && now != nil && s.method() == methodConnect && now.outcome == Failed && s.millis()-now.end <= retryWithin.Milliseconds():
			now.outcome = Open
		case s.starts():
			out = append(out, course{start: s})
		case now == nil:
			out = append(out, course{start: s, outcome: s.outcome(), end: s.millis(), inferred: true})
		case now.outcome == Open:
			now.outcome, now.end = s.outcome(), s.millis()
		}
	}
	return out
}
