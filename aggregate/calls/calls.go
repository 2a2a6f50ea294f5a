// Package calls has the telemetry events by which a client's calls of methods begin and end.
package calls

import (
	"cmp"
	"time"

	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Outcome is how an attempt ended.
type Outcome uint8

// The outcomes of attempts.
const (
	Open Outcome = iota // no end was found
	Succeeded
	Failed
	Cancelled // by the application; not a failure
)

// String returns the outcome's name in Arrow batches.
func (o Outcome) String() string {
	return [...]string{"open", "success", "failure", "cancel"}[o]
}

// Outcomes lists every outcome.
var Outcomes = [...]Outcome{Open, Succeeded, Failed, Cancelled}

// A Step is one telemetry event of a session that starts or ends an attempt. Equal steps are
// one event that was logged repeatedly: by several exports, or by a client that prints each
// event twice.
type Step struct {
	Call   uint64      // hash of what the events of one call have in common
	Client hashed.ID   // that posted it; zero: unknown
	Stream streams.IDs // of the call

	// The client's time in milliseconds, as the SDK states it, in the upper 48 bits; then
	// the method and what happened, in 8 bits each. So the steps of a call sort by time;
	// at the same time a start sorts before an end, and ends in the order of Outcomes.
	What uint64
}

// NewStep returns the step of a call of a method at a time in Unix milliseconds, 0 if that
// is unknown. The step starts the call, or ends it with an outcome.
func NewStep(call uint64, stream streams.IDs, client hashed.ID, millis int64, method catalogue.MethodID, starts bool, outcome Outcome) Step {
	what := uint64(started)
	if !starts {
		what = 1 + uint64(outcome)
	}
	return Step{Call: call, Stream: stream, Client: client, What: uint64(millis)<<16 | uint64(method)<<8 | what}
}

// What happened: started, or one more than the Outcome.
const started = 0

func (s Step) Compare(other Step) int {
	switch {
	case s.Call != other.Call:
		return cmp.Compare(s.Call, other.Call)
	case s.What != other.What:
		return cmp.Compare(s.What, other.What)
	}
	return cmp.Or(s.Client.Compare(other.Client), s.Stream.Compare(other.Stream))
}

// Method returns the method that was called.
func (s Step) Method() catalogue.MethodID { return catalogue.MethodID(s.What >> 8 & 0xff) }

// Starts reports whether the step starts the call.
func (s Step) Starts() bool { return uint8(s.What) == started }

// Outcome returns the outcome of the call, if the step ends it.
func (s Step) Outcome() Outcome { return Outcome(uint8(s.What) - 1) }

// Millis returns the time of the step in Unix milliseconds, 0 if that is unknown.
func (s Step) Millis() int64 { return int64(s.What >> 16) }

// Nanos returns the time of the step in Unix nanoseconds, timestamp.NoTime if that is unknown.
func (s Step) Nanos() int64 { return Nanos(s.Millis()) }

// Nanos converts Unix milliseconds to nanoseconds, 0 to timestamp.NoTime.
func Nanos(millis int64) int64 {
	if millis == 0 {
		return timestamp.NoTime
	}
	return millis * int64(time.Millisecond)
}
