package report

import (
	"cmp"
	"fmt"

	"github.com/otlog/otlog/report/stats"
)

// A Side is one side of a comparison: what was counted in one window, or in the whole input.
type Side struct {
	Window   *Window
	Sessions int64               // seen in the window
	Methods  map[string]*Method  // by name
	Errors   map[ErrorKey]*Error // those that have failures: without one, no session failed

	Recovered []*Error // those that have recovered failures
}

// An ErrorKey identifies an error of a method on both sides.
type ErrorKey struct {
	Method, Name string
	Code         int32 // if there is no name
}

// Key returns the key of an error. It leaves out the code that the catalogue has for a name.
func (e *Error) Key() ErrorKey {
	if e.Name != "" {
		return ErrorKey{e.Method, e.Name, 0}
	}
	return ErrorKey{e.Method, "", e.Code}
}

// unnamed is the label of an error without a name and a code.
const unnamed = "unnamed"

// Label returns the name of an error in a table: its name, else its code.
func (e *Error) Label() string {
	switch {
	case e.Name != "" && e.Documented == "no":
		return e.Name + " (undocumented)"
	case e.Name != "":
		return e.Name
	case e.Code != 0:
		return fmt.Sprintf("code %d", e.Code)
	}
	return unnamed
}

// Compare orders keys by method, name and code.
func (k ErrorKey) Compare(other ErrorKey) int {
	return cmp.Or(cmp.Compare(k.Method, other.Method), cmp.Compare(k.Name, other.Name), cmp.Compare(k.Code, other.Code))
}

// Side returns the numbers of one window, given by its index.
func (n *Numbers) Side(window int) *Side {
	s := &Side{
		Window: &n.Windows[window], Sessions: int64(n.Windows[window].Sessions),
		Methods: map[string]*Method{}, Errors: map[ErrorKey]*Error{},
	}
	for i := range n.Methods {
		if m := &n.Methods[i]; m.Window == window {
			s.Methods[m.Name] = m
		}
	}
	for i := range n.Errors {
		e := &n.Errors[i]
		if e.Window == window && e.Failures > 0 {
			s.Errors[e.Key()] = e
		}
		if e.Window == window && e.Recovered > 0 {
			s.Recovered = append(s.Recovered, e)
		}
	}
	return s
}

// Sides returns what a report compares: the groups of a Pair, or its whole input with that of the
// Baseline if there is one, else its last two complete windows. ok is false if there are not two
// of them.
func (r *Report) Sides() (before, after *Side, ok bool) {
	switch {
	case r.Pair != nil:
		return r.PairNumbers(r.Pair.Before).Side(0), r.PairNumbers(r.Pair.After).Side(0), true
	case r.Baseline != nil:
		return r.Baseline.Whole.Side(0), r.Whole.Side(0), true
	}
	i, j, ok := r.LastComplete()
	if !ok {
		return nil, nil, false
	}
	return r.Side(i), r.Side(j), true
}

// LastComplete returns the last two windows that are complete, if there are two.
func (r *Report) LastComplete() (before, after int, ok bool) {
	before, after = -1, -1
	for i, w := range r.Windows {
		if w.Complete {
			before, after = after, i
		}
	}
	return before, after, before >= 0
}

// Attempts returns the attempts of a method, nil if none are known.
func (s *Side) Attempts(method string) *Attempts {
	if m := s.Methods[method]; m != nil {
		return m.Attempts
	}
	return nil
}

// MethodShare returns the sessions in which a method failed, as a share of all sessions.
func (s *Side) MethodShare(method string) stats.Share {
	m := s.Methods[method]
	if m == nil {
		return stats.NewShare(0, s.Sessions)
	}
	return SessionShare(m.SessionsFailed, m.Sessionless, s.Sessions)
}

// ErrorShare returns the sessions in which an error occurred, as a share of all sessions.
func (s *Side) ErrorShare(k ErrorKey) stats.Share {
	e := s.Errors[k]
	if e == nil {
		return stats.NewShare(0, s.Sessions)
	}
	return SessionShare(e.Sessions, e.Sessionless, s.Sessions)
}

// SessionShare returns a share of sessions. It has no rate if all failures lack a session.
func SessionShare(failed int, sessionless, whole int64) stats.Share {
	if failed == 0 && sessionless > 0 {
		return stats.Share{Whole: whole, Unknown: true}
	}
	return stats.NewShare(int64(failed), whole)
}

// Compare returns what changed between the [Report.Sides], nothing if there are none.
func (r *Report) Compare() []Change {
	before, after, ok := r.Sides()
	if !ok {
		return nil
	}
	changes := Compare(before, after)
	of, wasOf := r.Population(), r.Population()
	if r.Baseline != nil {
		wasOf = r.Baseline.Population()
	}
	for i := range changes {
		c := &changes[i]
		if c.Measure == SessionRate {
			if c.Of, c.WasOf = of, wasOf; of != wasOf {
				c.Difference, c.Test, c.Verdict = nil, nil, ""
			}
		}
		if r.Baseline == nil && r.Pair == nil {
			c.Baseline, c.Start = before.Window.Start, after.Window.Start
		}
	}
	return changes
}
