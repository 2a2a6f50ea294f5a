package aggregate

import (
	"cmp"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
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

// An Attempts counts calls of a method by the application, in one session, that share
// all of what comes before the number, told by the SDK's telemetry.
type Attempts struct {
	Method   catalogue.MethodID
	Bucket   Bucket // in which they began
	Outcome  Outcome
	Inferred bool // the input shows their end, but not their start

	SDK, Browser, OS Name // labels of the client that made the calls

	Attempts int64
}

// retryWithin is how soon after its failure the SDK calls connect again by
// itself. Such a try belongs to the same attempt: version 2.35 tries three times.
const retryWithin = 10 * time.Second

// A Step is one telemetry event of a session that starts or ends an attempt. Equal
// steps are one event, seen twice: through several exports, or in the log of one
// client that prints each event two times.
type Step struct {
	Call   uint64    // hash of all that one call's events share
	Client SessionID // that posted it; zero: not known

	// The client's time in milliseconds, which is how the SDK tells it, above
	// the method and above what happened: so steps of a call sort by time, and
	// what starts sorts before what ends.
	what uint64
}

// NewStep returns the step of a call of a method that was taken at a time in Unix
// milliseconds, zero if that is not told. It starts the call, or ends it with an outcome.
func NewStep(call uint64, client SessionID, millis int64, method catalogue.MethodID, starts bool, outcome Outcome) Step {
	what := uint64(started)
	if !starts {
		what = 1 + uint64(outcome)
	}
	return Step{Call: call, Client: client, what: uint64(millis)<<16 | uint64(method)<<8 | what}
}

// What happened: starts, or one more than the Outcome.
const started = 0

func (s Step) Compare(other Step) int {
	switch {
	case s.Call != other.Call:
		return cmp.Compare(s.Call, other.Call)
	case s.what != other.what:
		return cmp.Compare(s.what, other.what)
	}
	return s.Client.Compare(other.Client)
}

// Method returns the method that was called.
func (s Step) Method() catalogue.MethodID { return catalogue.MethodID(s.what >> 8 & 0xff) }

// Starts reports whether the step starts the call.
func (s Step) Starts() bool { return uint8(s.what) == started }

// Outcome returns how the call ended, if the step does not start it.
func (s Step) Outcome() Outcome { return Outcome(uint8(s.what) - 1) }

// Millis returns when the step was taken, in Unix milliseconds; zero if that is not
// told.
func (s Step) Millis() int64 { return int64(s.what >> 16) }

// nanos returns when the step was taken, timestamp.NoTime if that is not told.
func (s Step) nanos() int64 {
	if s.Millis() == 0 {
		return timestamp.NoTime
	}
	return s.Millis() * int64(time.Millisecond)
}

// A step is a Step in a Tally, with numbers plus one for its session and client.
type step struct {
	call, what      uint64
	session, client uint32
}

func (s step) Compare(other step) int {
	switch {
	case s.session != other.session:
		return cmp.Compare(s.session, other.session)
	case s.call != other.call:
		return cmp.Compare(s.call, other.call)
	case s.what != other.what:
		return cmp.Compare(s.what, other.what)
	}
	return cmp.Compare(s.client, other.client)
}

// step notes a telemetry event, if it is one of an attempt.
func (t *Tally) step(e *parse.Event, session, client uint32) {
	starts, outcome := false, Open
	var method catalogue.MethodID
	tel := e.Telemetry
	switch string(tel.Variation) {
	case "Attempt":
		starts = true
	case "Success":
		outcome = Succeeded
	case "Failure", "Cancel":
		outcome = Cancelled
		if tel.Failed() {
			outcome = Failed
		}
	default: // Attempting is a heartbeat
		return
	}
	var of []byte // what one call has for itself
	switch string(tel.Action) {
	case "Connect":
		method, of = methodConnect, e.ConnectionID
	case "Publish":
		method, of = methodPublish, e.StreamID
		if len(of) == 0 {
			// Without a stream it is the end of OT.initPublisher, or of the timer
			// of a publisher that is gone. Only a missing role is told so early.
			if string(tel.FailureReason) != "Permission" {
				return
			}
			of = e.ConnectionID
		}
	case "Subscribe":
		method, of = methodSubscribe, e.SubscriberID
		if len(of) == 0 {
			of = e.StreamID
		}
	default:
		return
	}
	t.key = append(t.key[:0], tel.Action...)
	t.key = append(t.key, 0)
	t.key = append(t.key, e.Client...)
	t.key = append(t.key, 0)
	t.key = append(t.key, of...)
	if len(e.StreamID) == 0 && method == methodPublish {
		// Each refused call is one by itself: no stream tells them apart.
		t.key = append(t.key, 0)
		for shift := 0; shift < 64; shift += 8 {
			t.key = append(t.key, byte(e.Time>>shift))
		}
	}
	s := NewStep(xxh3.Hash(t.key), SessionID{}, max(e.Time/int64(time.Millisecond), 0), method, starts, outcome)
	t.steps.Add(step{call: s.Call, what: s.what, session: session, client: client})
	t.posts++
}

var (
	methodConnect   = catalogue.LookupMethod([]byte("Session.connect"))
	methodPublish   = catalogue.LookupMethod([]byte("Session.publish"))
	methodSubscribe = catalogue.LookupMethod([]byte("Session.subscribe"))
)

// An attempt is one call of a method by the application. session is the one that its steps
// state.
type attempt struct {
	session  SessionID
	client   SessionID
	call     uint64 // which tells it from others
	start    int64  // Unix milliseconds; zero: not told
	method   catalogue.MethodID
	outcome  Outcome
	inferred bool
}

func (c attempt) Compare(other attempt) int {
	switch {
	case c.session != other.session:
		return c.session.Compare(other.session)
	case c.call != other.call:
		return cmp.Compare(c.call, other.call)
	case c.start != other.start:
		return cmp.Compare(c.start, other.start)
	}
	return cmp.Or(c.client.Compare(other.client), cmp.Compare(c.method, other.method),
		cmp.Compare(c.outcome, other.outcome), compareBools(c.inferred, other.inferred))
}

func (c attempt) of() SessionID { return c.session }

// nanos returns when the attempt began, timestamp.NoTime if that is not told.
func (c *attempt) nanos() int64 {
	if c.start == 0 {
		return timestamp.NoTime
	}
	return c.start * int64(time.Millisecond)
}

// A posted is a step with the session that it bears.
type posted struct {
	Step
	session SessionID
	from    SessionFrom
}

// compare puts the best of equal steps last: what bears a session beats what stands
// for one.
func (p posted) Compare(other posted) int {
	if p.Call != other.Call || p.what != other.what {
		return p.Step.Compare(other.Step)
	}
	return cmp.Or(-cmp.Compare(p.from, other.from), p.session.Compare(other.session), p.Client.Compare(other.Client))
}

// same reports whether two are one event.
func (p posted) same(other posted) bool { return p.Call == other.Call && p.what == other.what }

// attemptsOf divides the steps of one call of a connection, stream or subscriber, in
// order and each once, into attempts. The first end of the last try is the outcome; what
// comes after it (the Cancel that follows a Failure) does not count again.
func attemptsOf(posts []posted, out []attempt) []attempt {
	out = out[:0]
	var end int64 // of the last try, in milliseconds
	for _, p := range posts {
		var now *attempt
		if len(out) > 0 {
			now = &out[len(out)-1]
		}
		began := attempt{client: p.Client, call: p.Call, start: p.Millis(), method: p.Method()}
		switch {
		case p.Starts() && now != nil && p.Method() == methodConnect && now.outcome == Failed && p.Millis()-end <= retryWithin.Milliseconds():
			now.outcome = Open
		case p.Starts():
			out = append(out, began)
		case now == nil:
			began.outcome, began.inferred, end = p.Outcome(), true, p.Millis()
			out = append(out, began)
		case now.outcome == Open:
			now.outcome, end = p.Outcome(), p.Millis()
		}
		if now = &out[len(out)-1]; now.session.IsZero() {
			now.session = p.session
		}
	}
	return out
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
