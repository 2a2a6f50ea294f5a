package aggregate

import (
	"github.com/otlog/otlog/aggregate/calls"
	"github.com/otlog/otlog/parse"
)

// An Attempt is one call of a method by the application, as reports count it.
type Attempt struct {
	Call       uint64    // see Step
	Client     SessionID // that made the call; zero: unknown
	Method     string
	Start, End int64 // Unix nanoseconds; NoTime if unknown. The End is that of the last try.
	Outcome    Outcome
	Inferred   bool // only its end was found
	NeverEnded bool
	Failure    *Failure // nil: none
}

// attempts returns the attempts of a session with their failures, in no particular order.
func (x *Index) attempts(g *group, failures map[attempt]*Failure) []Attempt {
	var out []Attempt
	for i := range g.attempts {
		a := &g.attempts[i]
		bucket, start := g.began(a.nanos())
		out = append(out, Attempt{
			Call: a.call, Client: a.client, Method: a.method.Name(), Start: start, End: calls.Nanos(a.end), Outcome: a.outcome, Inferred: a.inferred,
			NeverEnded: bucket != NoBucket && a.neverEnds(g.times.Last), Failure: failures[*a],
		})
	}
	return out
}

// Attempts returns the attempts of a session that the Index was made for.
func (x *Index) Attempts(session SessionID) []Attempt { return x.calls[session] }

// StepOf returns the step of an attempt that a record shows. ok is false if it shows none.
func StepOf(e *parse.Event) (s Step, ok bool) {
	if e.Telemetry == nil || e.Telemetry.Native {
		return s, false
	}
	return stepOf(e, new([]byte))
}

// LabelsOf returns the SDK version, the browser and the system of a client; "" if they are unknown.
func (x *Index) LabelsOf(client SessionID) (sdk, browser, os string) {
	l, texts := x.labelsOf(client), x.counts.Names.Labels
	return texts[l.SDK], texts[l.Browser], texts[l.OS]
}
