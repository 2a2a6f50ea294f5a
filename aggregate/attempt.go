package aggregate

import (
	"cmp"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate/calls"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Attempts counts calls of a method by the application, in one session, which agree in
// all fields before the count. Their source is the SDK's telemetry.
type Attempts struct {
	Method   catalogue.MethodID
	Bucket   Bucket // in which they began
	Outcome  Outcome
	Inferred bool // only their end was found, not their start

	SDK, Browser, OS Name // labels of the client that made the calls

	Attempts   int64
	NeverEnded int64 // of Open ones, those that began more than endsWithin before the end of the input
}

// retryWithin is the longest time after which the SDK repeats a failed connect by itself.
// Such a try belongs to the same attempt. Version 2.35 tries three times.
const retryWithin = 10 * time.Second

// endsWithin is the longest time that an attempt takes. An attempt that has no end by then never
// ends, and a later failure is not its own.
const endsWithin = 2 * time.Minute

// reportedWithin is the longest time after the end of an attempt in which records show its
// failure.
const reportedWithin = 2 * time.Second

// A Step is one telemetry event of a session that starts or ends an attempt.
type Step = calls.Step

// An Outcome is how an attempt ended.
type Outcome = calls.Outcome

// The outcomes of attempts.
const (
	Open      = calls.Open
	Succeeded = calls.Succeeded
	Failed    = calls.Failed
	Cancelled = calls.Cancelled
)

// Outcomes lists every outcome.
var Outcomes = calls.Outcomes

// NewStep returns a Step: see calls.NewStep.
func NewStep(call uint64, stream streams.IDs, client SessionID, millis int64, method catalogue.MethodID, starts bool, outcome Outcome) Step {
	return calls.NewStep(call, stream, client, millis, method, starts, outcome)
}

// A step is a Step in a Tally, with the numbers plus one of its session and client.
type step struct {
	call, what      uint64
	session, client uint32
	stream          streams.IDs
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
	return cmp.Or(cmp.Compare(s.client, other.client), s.stream.Compare(other.stream))
}

func (s step) Rank() uint64 { return uint64(s.session)<<32 | s.call>>32 }

// step adds a telemetry event, if it starts or ends an attempt.
func (t *Tally) step(e *parse.Event, session, client uint32) {
	if s, ok := stepOf(e, &t.key); ok {
		t.steps.Add(step{call: s.Call, what: s.What, session: session, client: client, stream: s.Stream})
		t.posts++
	}
}

// stepOf returns the step of a telemetry event, without its client. ok is false if the event neither
// starts nor ends an attempt. key is memory for the call.
func stepOf(e *parse.Event, key *[]byte) (s Step, ok bool) {
	starts, outcome := false, Open
	var method catalogue.MethodID
	tel := e.Telemetry
	switch string(tel.Variation) {
	case "Attempt":
		starts = true
	case "Success":
		outcome = Succeeded
	case "Cancel":
		outcome = Cancelled
		if tel.Denied() {
			outcome = Failed
		}
	case "Failure", "Failed":
		outcome = Failed
		if !tel.Failed() {
			return s, false // the SDK goes on by itself
		}
	default: // others, such as Attempting, neither start nor end an attempt
		return s, false
	}
	var stream streams.IDs
	var id []byte // the ID that only this call has
	switch string(tel.Action) {
	case "Connect":
		method, id = methodConnect, e.ConnectionID
	case "Publish":
		method, id, stream = methodPublish, e.StreamID, streams.Of(e.StreamID, nil)
		if len(id) == 0 {
			// Without a stream, the event ends OT.initPublisher, or comes from the
			// timer of a destroyed publisher. Only a missing role ends a publish
			// before it has a stream.
			if string(tel.FailureReason) != "Permission" {
				return s, false
			}
			id = e.ConnectionID
		}
	case "Subscribe":
		method, id, stream = methodSubscribe, e.SubscriberID, streams.Of(e.StreamID, e.SubscriberID)
		if len(id) == 0 {
			id = e.StreamID
		}
	default:
		return s, false
	}
	k := append((*key)[:0], tel.Action...)
	k = append(k, 0)
	k = append(k, e.Client...)
	k = append(k, 0)
	k = append(k, id...)
	if len(e.StreamID) == 0 && method == methodPublish {
		// Without a stream, only the time distinguishes refused calls.
		k = append(k, 0)
		for shift := 0; shift < 64; shift += 8 {
			k = append(k, byte(e.Time>>shift))
		}
	}
	*key = k
	return calls.NewStep(xxh3.Hash(k), stream, SessionID{}, max(e.Time/int64(time.Millisecond), 0), method, starts, outcome), true
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
	call     uint64
	start    int64       // Unix milliseconds; 0: unknown
	end      int64       // of the last try; 0: none was found
	stream   streams.IDs // as Step.Stream
	method   catalogue.MethodID
	outcome  Outcome
	inferred bool
}

func (a attempt) Compare(other attempt) int {
	switch {
	case a.session != other.session:
		return a.session.Compare(other.session)
	case a.call != other.call:
		return cmp.Compare(a.call, other.call)
	case a.start != other.start:
		return cmp.Compare(a.start, other.start)
	}
	return cmp.Or(cmp.Compare(a.end, other.end), a.stream.Compare(other.stream), a.client.Compare(other.client), cmp.Compare(a.method, other.method),
		cmp.Compare(a.outcome, other.outcome), compareBools(a.inferred, other.inferred))
}

func (a attempt) Key() SessionID { return a.session }
func (a attempt) Rank() uint64   { return a.session.Hi }

// nanos returns the start of the attempt, timestamp.NoTime if that is unknown.
func (a *attempt) nanos() int64 { return calls.Nanos(a.start) }

// neverEnds reports whether an attempt without an end began so long before the end of the input,
// in Unix nanoseconds, that it should have ended.
func (a *attempt) neverEnds(end int64) bool {
	return a.outcome == Open && a.start != 0 && end != timestamp.NoTime && end-a.nanos() > int64(endsWithin)
}

// A posted is a step with the session that it states.
type posted struct {
	Step
	session SessionID
	from    SessionFrom
}

// Compare sorts the best of equal steps last: a session ID is better than a surrogate ID.
func (p posted) Compare(other posted) int {
	if p.Call != other.Call || p.What != other.What {
		return p.Step.Compare(other.Step)
	}
	return cmp.Or(-cmp.Compare(p.from, other.from), p.session.Compare(other.session), p.Client.Compare(other.Client),
		p.Stream.Compare(other.Stream))
}

func (p posted) Rank() uint64 { return p.Call }

// same reports whether two steps are one event.
func (p posted) same(other posted) bool { return p.Call == other.Call && p.What == other.What }

// attemptsOf divides the steps of one call, which are sorted and distinct, into attempts.
// The outcome is the first end of the last try; later ends, such as the Cancel after a
// Failure, do not count.
func attemptsOf(posts []posted, out []attempt) []attempt {
	out = out[:0]
	for _, p := range posts {
		var now *attempt
		if len(out) > 0 {
			now = &out[len(out)-1]
		}
		began := attempt{client: p.Client, call: p.Call, stream: p.Stream, start: p.Millis(), method: p.Method()}
		switch {
		case p.Starts() && now != nil && p.Method() == methodConnect && now.outcome == Failed && p.Millis()-now.end <= retryWithin.Milliseconds():
			now.outcome, now.end = Open, 0
		case p.Starts():
			out = append(out, began)
		case now == nil:
			began.outcome, began.inferred, began.end = p.Outcome(), true, p.Millis()
			out = append(out, began)
		case now.outcome == Open:
			now.outcome, now.end = p.Outcome(), p.Millis()
		}
		if now = &out[len(out)-1]; now.session.IsZero() {
			now.session = p.session
		}
	}
	return out
}

// compareBools sorts false before true.
func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
