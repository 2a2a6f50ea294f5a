package aggregate

import (
	"cmp"
	"iter"
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
	Session    SessionID
	HasSession bool
	Method     catalogue.MethodID
	Cell       Cell // in which they began
	Outcome    Outcome
	Inferred   bool // the input shows their end, but not their start

	SDK, Browser, OS int // of the client that made the calls, into Tally.Labels
	APIKey           int // of the session, likewise

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

	session uint32 // number plus one; zero: none. Two exports of one event may differ in it
	client  uint32 // number plus one; zero: none. All steps of a call have the same
}

func newStep(call uint64, session, client uint32, nanos int64, m catalogue.MethodID, what uint64) step {
	var millis uint64 // zero if the time is not told
	if nanos > 0 {
		millis = uint64(nanos) / uint64(time.Millisecond)
	}
	return step{call: call, session: session, client: client, what: millis<<16 | uint64(m)<<8 | what}
}

// What happened: starts, or one more than the Outcome.
const starts = 0

func (s step) compare(other step) int {
	switch {
	case s.call != other.call:
		return cmp.Compare(s.call, other.call)
	case s.what != other.what:
		return cmp.Compare(s.what, other.what)
	}
	return cmp.Compare(s.session, other.session)
}

// same reports whether two steps are one event.
func (s step) same(other step) bool { return s.call == other.call && s.what == other.what }

func (s step) method() catalogue.MethodID { return catalogue.MethodID(s.what >> 8) }
func (s step) starts() bool               { return uint8(s.what) == starts }
func (s step) outcome() Outcome           { return Outcome(uint8(s.what) - 1) }
func (s step) millis() int64              { return int64(s.what >> 16) }

// nanos returns when the step was taken, parse.NoTime if that is not told.
func (s step) nanos() int64 {
	if s.millis() == 0 {
		return parse.NoTime
	}
	return s.millis() * int64(time.Millisecond)
}

// step notes a telemetry event, if it is one of an attempt.
func (t *Tally) step(e *parse.Event, session, client uint32) {
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
	t.steps.add(newStep(xxh3.Hash(t.key), session, client, e.Time, method, what))
	t.posts++
}

var (
	methodConnect   = catalogue.LookupMethod([]byte("Session.connect"))
	methodPublish   = catalogue.LookupMethod([]byte("Session.publish"))
	methodSubscribe = catalogue.LookupMethod([]byte("Session.subscribe"))
)

// Attempts yields the attempts that a filter selects, sorted by session, method,
// cell, outcome, whether they are inferred, and client, and returns how many of the
// events of all attempts were seen more than once. Attempts are a function of the
// set of events: neither the order of events nor their repeats matter.
func (t *Tally) Attempts(f Filter) (attempts iter.Seq[Attempts], duplicates int64) {
	t.Settle()
	selected := t.selection(&f)
	duplicates = t.posts
	// Sessions by their place in the order of SessionIDs, which any process tells.
	rank := make([]uint32, len(t.sessions.ids)+1)
	for i, n := range t.order {
		rank[n] = uint32(i) + 1
	}
	methods, labels := ranks(t.MethodNames()), ranks(t.Labels())
	var kinds []attemptKind
	var call []step
	close := func() {
		for _, c := range coursesOf(call) {
			client := t.clientOf(c.start.client, c.session)
			if selected.takes(c.start.nanos(), c.session, client) {
				kinds = append(kinds, newAttemptKind(&c, rank[c.session], methods[c.start.method()], labels, client))
			}
		}
		call = call[:0]
	}
	for s := range t.steps.all() {
		s.session = t.sessions.resolve(s.session)
		if n := len(call); n > 0 && call[n-1].same(s) {
			// The greatest, so that one which bears a session beats none.
			if rank[s.session] > rank[call[n-1].session] {
				call[n-1].session = s.session
			}
			continue
		}
		duplicates--
		if len(call) > 0 && call[0].call != s.call {
			close()
		}
		call = append(call, s)
	}
	close()
	slices.SortFunc(kinds, attemptKind.compare)
	return func(yield func(Attempts) bool) {
		for from, to := 0, 0; from < len(kinds); from = to {
			for to < len(kinds) && kinds[to] == kinds[from] {
				to++
			}
			a := kinds[from].attempts()
			a.Attempts = int64(to - from)
			if n := kinds[from].rank(); n != 0 {
				session := t.order[n-1] - 1
				a.HasSession, a.Session, a.APIKey = true, t.sessions.ids[session].Bytes(), int(t.sessions.known[session].key)
			}
			if !yield(a) {
				return
			}
		}
	}, duplicates
}

// An attemptKind is all that is reported of one attempt, packed so that it is
// quickly sorted: by the rank of its session (plus one; zero: none), its method's
// rank, the cell, the outcome and whether it is inferred, and the ranks of the
// client's labels.
type attemptKind struct {
	hi, lo, labels uint64
	client         client
}

func newAttemptKind(c *course, session uint32, method uint16, labels []uint16, client client) attemptKind {
	k := attemptKind{
		hi: uint64(session)<<32 | uint64(method)<<16 | uint64(c.start.method()),
		lo: uint64(uint32(CellOf(c.start.nanos()))^1<<31)<<8 | uint64(c.outcome)<<1,

		labels: uint64(labels[client.sdk])<<32 | uint64(labels[client.browser])<<16 | uint64(labels[client.os]),
		client: client,
	}
	if c.inferred {
		k.lo |= 1
	}
	return k
}

func (k attemptKind) rank() uint32 { return uint32(k.hi >> 32) }

func (k attemptKind) attempts() Attempts {
	return Attempts{
		Method: catalogue.MethodID(k.hi), Cell: Cell(uint32(k.lo>>8) ^ 1<<31),
		Outcome: Outcome(k.lo >> 1 & 0x7f), Inferred: k.lo&1 == 1,
		SDK: int(k.client.sdk), Browser: int(k.client.browser), OS: int(k.client.os),
	}
}

func (k attemptKind) compare(other attemptKind) int {
	switch {
	case k.hi != other.hi:
		return cmp.Compare(k.hi, other.hi)
	case k.lo != other.lo:
		return cmp.Compare(k.lo, other.lo)
	}
	return cmp.Compare(k.labels, other.labels)
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
	session  uint32 // of the first step that bears one
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
		if now = &out[len(out)-1]; now.session == 0 {
			now.session = s.session
		}
	}
	return out
}
