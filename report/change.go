package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/report/stats"
)

// A Change compares one share on two sides: that of a method as a whole, or that of one
// error of a method.
type Change struct {
	Start, Baseline time.Time // of the two windows; zero if whole inputs are compared

	Method  string
	Scope   string // ScopeMethod or ScopeError
	Error   string // "" if it has no name
	Code    int32  // of an error without a name; else 0
	Measure string // SessionRate or FailureRate
	// What Before and After are shares of, if they are a SessionRate. If they differ, there is no
	// Difference.
	WasOf, Of Population

	Before, After stats.Share
	Difference    *stats.Difference // nil if either side has no rate
	Test          *Test             // nil if the change was not tested
	Verdict       string            // one of those below; "" for FailureRate, and if a share is unknown

	Acknowledged bool   // Options.Ignore lists the error
	Reason       string // given there; "" for none

	Label string // name of the error in a table
}

// Values of Change.Scope.
const (
	ScopeMethod = "method"
	ScopeError  = "error"
)

// Values of Change.Measure.
const (
	// SessionRate is sessions that failed / all sessions seen in the window, whatever telemetry
	// there is. Of a log that holds errors only, these are sessions WithErrors.
	SessionRate = "session_rate"
	// FailureRate is failed attempts / attempts. It has an interval and no test: the attempts
	// of one session are not independent of each other.
	FailureRate = "failure_rate"
)

// Values of Change.Verdict.
const (
	Up     = "up"
	Down   = "down"
	Same   = "same"    // not significant; the interval excludes both twice and half the rate
	TooFew = "too_few" // not significant; the rate may have doubled or halved
	Added  = "new"     // Up from no session
	Gone   = "gone"    // Down to no session
)

// A Test is the result of testing that both shares come from one rate.
type Test struct {
	P float64 // two-sided
	Q float64 // P adjusted for all tested rows of the comparison (Benjamini–Hochberg)
}

// Significant reports whether the change is significant.
func (c *Change) Significant() bool { return c.Test != nil && c.Test.Q <= stats.Level }

// Moved returns how many more sessions fail than at the previous rate; below 0 how many fewer.
func (c *Change) Moved() float64 { return c.Difference.Value * float64(c.After.Whole) }

// MinSessions is the least number of sessions on either side for a test. The test assumes
// that sessions fail independently. But one person who loads a page ten times makes ten
// sessions: of fewer than 100, those are 10 points and more.
const MinSessions = 100

// union returns the keys of both maps, sorted.
func union[K comparable, V any](a, b map[K]V, compare func(K, K) int) []K {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), compare)
}

// Compare returns what changed between two sides, sorted by method, error and code; a method
// comes before its errors.
func Compare(before, after *Side) []Change {
	errors := map[string][]ErrorKey{}
	for _, k := range union(before.Errors, after.Errors, ErrorKey.Compare) {
		errors[k.Method] = append(errors[k.Method], k)
	}
	var out []Change
	for _, method := range union(before.Methods, after.Methods, strings.Compare) {
		out = append(out, methodChanges(before, after, method)...)
		for _, k := range errors[method] {
			out = append(out, errorChange(before, after, k))
		}
	}
	testAll(out)
	for i := range out {
		out[i].judge()
	}
	return out
}

// methodChanges returns the changes of a method as a whole.
func methodChanges(before, after *Side, method string) []Change {
	c := Change{Method: method, Scope: ScopeMethod, Measure: SessionRate, Label: "any error"}
	c.Before, c.After = before.MethodShare(method), after.MethodShare(method)
	c.Difference = stats.NewDifference(c.Before.Rate, c.After.Rate)
	out := []Change{c}
	was, is := before.Attempts(method), after.Attempts(method)
	if was.Rated() && is.Rated() {
		c.Measure = FailureRate
		c.Before, c.After = stats.NewShare(was.Failed, was.Attempts), stats.NewShare(is.Failed, is.Attempts)
		c.Difference = stats.NewDifference(c.Before.Rate, c.After.Rate)
		out = append(out, c)
	}
	return out
}

func errorChange(before, after *Side, k ErrorKey) Change {
	e := cmp.Or(after.Errors[k], before.Errors[k])
	c := Change{
		Method: k.Method, Scope: ScopeError, Error: k.Name, Code: k.Code, Measure: SessionRate,
		Before: before.ErrorShare(k), After: after.ErrorShare(k),
		Label: e.Label(),
	}
	c.Difference = stats.NewDifference(c.Before.Rate, c.After.Rate)
	return c
}

// testAll tests all testable rows as one family, whichever of them a page shows later. Whether
// a row is testable depends only on its totals over both sides, so the choice favours no
// outcome.
func testAll(changes []Change) {
	var rows []*Change
	var smallest []float64
	for i := range changes {
		c := &changes[i]
		if c.Measure == SessionRate && c.Difference != nil && c.enough() {
			rows = append(rows, c)
			smallest = append(smallest, stats.SmallestP(c.Before, c.After))
		}
	}
	limit := stats.TestLimit(smallest)
	var tested []*Change
	var p []float64
	for i, c := range rows {
		if smallest[i] <= limit {
			tested = append(tested, c)
			p = append(p, stats.PValue(c.Before, c.After))
		}
	}
	for i, q := range stats.QValues(p) {
		tested[i].Test = &Test{P: p[i], Q: q}
	}
}

// enough reports whether both sides have enough sessions for a test.
func (c *Change) enough() bool { return min(c.Before.Whole, c.After.Whole) >= MinSessions }

func (c *Change) judge() {
	switch {
	case c.Measure != SessionRate || c.Before.Unknown || c.After.Unknown:
		// no verdict
	case c.Significant():
		c.Verdict = c.direction()
	case c.enough() && c.alike():
		c.Verdict = Same
	default:
		c.Verdict = TooFew
	}
}

// direction returns the verdict of a significant change.
func (c *Change) direction() string {
	switch {
	case c.Before.Part == 0:
		return Added
	case c.After.Part == 0:
		return Gone
	case c.Difference.Value > 0:
		return Up
	}
	return Down
}

// alike reports whether the interval excludes both twice and half the previous rate. Absence
// of evidence is not evidence of absence (D. G. Altman, J. M. Bland, BMJ 311:485, 1995).
func (c *Change) alike() bool {
	if c.Before.Part == 0 && c.After.Part == 0 {
		return true
	}
	rate := c.Before.Rate.Value
	return c.Difference.High < rate && c.Difference.Low > -rate/2
}

// A jsonChange is an element of the field changes.
type jsonChange struct {
	WindowStart   *string    `json:"window_start"`
	BaselineStart *string    `json:"baseline_start"`
	Method        string     `json:"method"`
	Scope         string     `json:"scope"`
	Error         *string    `json:"error"`
	Code          *int32     `json:"code"`
	Measure       string     `json:"measure"`
	Before        *jsonShare `json:"before"`
	After         *jsonShare `json:"after"`
	Difference    *jsonRate  `json:"difference"`
	P             *float64   `json:"p"`
	Q             *float64   `json:"q"`
	Verdict       *string    `json:"verdict"`
	Acknowledged  bool       `json:"acknowledged,omitempty"`
}

type jsonShare struct {
	jsonRate
	Part  int64      `json:"part"`
	Whole int64      `json:"whole"`
	Of    Population `json:"of,omitempty"` // of a session rate
}

// jsonChanges converts changes. A share without a rate and a missing test are null.
func jsonChanges(changes []Change) []jsonChange {
	out := []jsonChange{}
	for i := range changes {
		c := &changes[i]
		row := jsonChange{
			WindowStart: instant(c.Start), BaselineStart: instant(c.Baseline),
			Method: c.Method, Scope: c.Scope, Error: optional(c.Error), Code: optional(c.Code), Measure: c.Measure,
			Before: shareJSON(c.Before, c.WasOf), After: shareJSON(c.After, c.Of), Difference: (*jsonRate)(c.Difference), Verdict: optional(c.Verdict),
			Acknowledged: c.Acknowledged,
		}
		if c.Test != nil {
			row.P, row.Q = &c.Test.P, &c.Test.Q
		}
		out = append(out, row)
	}
	return out
}

func shareJSON(s stats.Share, of Population) *jsonShare {
	if s.Rate == nil {
		return nil
	}
	return &jsonShare{jsonRate(*s.Rate), s.Part, s.Whole, of}
}
