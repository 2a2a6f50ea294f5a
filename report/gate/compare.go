package gate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// compared returns both sides of the comparison, and their names as the end of a sentence.
func compared(r *report.Report) (before, after *report.Side, when string, err error) {
	before, after, ok := r.Sides()
	switch {
	case !r.Comparable():
		return nil, nil, "", errors.New("only one side seems to hold errors only: the session rates are shares of different sessions")
	case r.Pair != nil:
		return before, after, fmt.Sprintf(", %s compared with %s", r.Pair.Label(r.Pair.After), r.Pair.Label(r.Pair.Before)) + mixed(r), nil
	case r.Baseline != nil:
		return before, after, ", against the baseline" + mixed(r), nil
	case !ok:
		return nil, nil, "", errors.New("there is nothing to compare with: it needs a baseline or two complete windows")
	}
	was, is := before.Window, after.Window
	when = fmt.Sprintf(", %s compared with %s %s", words.Span(is.Start, is.End), words.Span(was.Start, was.End), r.Zone) + mixed(r)
	return before, after, when, nil
}

// mixed says that a change may be one of the errors that were logged.
func mixed(r *report.Report) string {
	if r.Population() == report.WithErrors {
		return ", in the mix of errors (the sessions without errors are unknown)"
	}
	return ""
}

// tooFew returns an error if the sides have too few sessions for any change between them to
// be significant.
func tooFew(before, after int64) error {
	if min(before, after) >= report.MinSessions {
		return nil
	}
	return fmt.Errorf("%s before and %s after are too few to test: each side needs %d", words.Count(before, "session"), words.Number(after), report.MinSessions)
}

// count counts the errors with a verdict.
func (g Gate) count(r *report.Report, verdict string) (string, bool, error) {
	before, after, when, err := compared(r)
	if err == nil {
		err = tooFew(before.Sessions, after.Sessions)
	}
	if err != nil {
		return "", false, err
	}
	var names []string
	unknown, acknowledged := 0, 0
	for _, c := range r.Changes {
		switch {
		case c.Scope != report.ScopeError:
		case c.Acknowledged && c.Verdict == verdict:
			acknowledged++
		case c.Acknowledged:
		case c.Verdict == verdict:
			names = append(names, words.Printable(c.Label+" in "+c.Method))
		case c.Verdict == "":
			unknown++
		}
	}
	f := finding{part: int64(len(names)), text: fmt.Sprintf("%s %s%s", isAre(len(names), "error"), verdict, listed(names)), note: leftOut(acknowledged)}
	if unknown > 0 {
		f.note += fmt.Sprintf("; %s cannot be judged without session IDs", words.Count(unknown, "other"))
	}
	return g.judge([]finding{f}, when)
}

// compare judges regressed and improved.
func (g Gate) compare(r *report.Report) (string, bool, error) {
	before, after, when, err := compared(r)
	if err != nil {
		return "", false, err
	}
	rows, acknowledged := g.rows(r.Changes)
	if len(rows) == 0 && acknowledged > 0 {
		return fmt.Sprintf("%s acknowledged", isAre(acknowledged, "such error")) + when, false, nil
	}
	if len(rows) == 0 {
		if err := tooFew(before.Sessions, after.Sessions); err != nil {
			return "", false, err
		}
		return fmt.Sprintf("no such failure in %s before and %s after%s", words.Count(before.Sessions, "session"), words.Number(after.Sessions), when), false, nil
	}
	var fired, passed []report.Change
	for _, c := range rows {
		switch {
		case g.asks(c.Verdict):
			fired = append(fired, c)
		case unjudged(&c) != nil:
			err = cmp.Or(err, unjudged(&c))
		default:
			passed = append(passed, c)
		}
	}
	shown := fired
	if len(fired) == 0 {
		shown = passed
	}
	if len(shown) == 0 {
		return "", false, err
	}
	slices.SortStableFunc(shown, g.farthestFirst)
	out := sentence(&shown[0]) + when + leftOut(acknowledged)
	if n := len(fired) - 1; n > 0 {
		out += fmt.Sprintf("; %s fired", words.Count(n, "other"))
	}
	if n := len(rows) - len(fired) - len(passed); n > 0 {
		out += fmt.Sprintf("; %s cannot be judged", words.Count(n, "other"))
	}
	return out, len(fired) > 0, nil
}

// rows returns the changes of the gate's subject, and how many are left out because they are
// acknowledged. Without an error in the subject, the rows are those of methods, which count
// all of their errors.
func (g Gate) rows(changes []report.Change) (rows []report.Change, acknowledged int) {
	scope := report.ScopeMethod
	if g.subject.err != "" {
		scope = report.ScopeError
	}
	for _, c := range changes {
		switch {
		case c.Measure != report.SessionRate || c.Scope != scope || !g.subject.takesMethod(c.Method) || !g.subject.takesError(c.Error):
		case c.Acknowledged:
			acknowledged++
		default:
			rows = append(rows, c)
		}
	}
	return rows, acknowledged
}

// asks reports whether a verdict makes the gate fire.
func (g Gate) asks(verdict string) bool {
	if g.op == Regressed {
		return verdict == report.Up || verdict == report.Added
	}
	return verdict == report.Down || verdict == report.Gone
}

// unjudged returns an error if a change could not be significant, whatever its outcome. With
// enough sessions it could: too few failures for a test are a gate that passes.
func unjudged(c *report.Change) error {
	if c.Before.Unknown || c.After.Unknown {
		return fmt.Errorf("on one side, no failure of %s has a session ID", words.Printable(c.Method))
	}
	return tooFew(c.Before.Whole, c.After.Whole)
}

// farthestFirst orders changes by how far they go in the gate's direction.
func (g Gate) farthestFirst(a, b report.Change) int {
	order := cmp.Compare(b.Difference.Value, a.Difference.Value)
	if g.op == Improved {
		return -order
	}
	return order
}

// sentence describes a change whose shares are known.
func sentence(c *report.Change) string {
	what := words.Printable(c.Method) + " failed"
	if c.Scope == report.ScopeError {
		what += " with " + words.Printable(c.Label)
	}
	digits := words.PointDigits(c.Difference.High - c.Difference.Low)
	out := fmt.Sprintf("%s in %s sessions%s (%s), before in %s (%s)", what,
		words.Fraction(c.After.Part, c.After.Whole), withErrors(c.Of), words.Ratio(c.After.Rate.Value, digits),
		words.Fraction(c.Before.Part, c.Before.Whole), words.Ratio(c.Before.Rate.Value, digits))
	if c.Test != nil {
		out += ", q " + words.Small(c.Test.Q)
	}
	return out
}
