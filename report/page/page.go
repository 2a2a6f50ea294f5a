package page

import (
	"cmp"
	"errors"
	"slices"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
)

// Options say what stands on the page that a report is for people: at a terminal
// ([WriteText]), on a code host or in a chat ([WriteMarkdown]), in a browser
// ([WriteHTML]). All of them say the same.
type Options struct {
	Top   int  // rows of errors, changes, inputs and groups; 0: all
	Brief bool // what was read and what failed only, the worst first
	Diff  bool // what changed from the baseline to the whole input is all it is about

	windows int // how many stand side by side, the last ones; 0: 6
}

// A page is what a report says to people, in the order in which they want to know it.
// Its strings may hold what strangers wrote: a format makes them harmless.
type page struct {
	name     string // of the command
	subject  string // what it is of
	facts    []fact
	sections []section
}

func (p *page) title() string { return p.name + ": " + p.subject }

// A fact is what is told in a line or more beside a head.
type fact struct {
	head  string
	lines []string
	alarm bool // whoever reads no further has to know it
}

// A section has a title, and any of what follows, in that order.
type section struct {
	title    string
	facts    []fact
	figures  []figure
	shares   []chart.Estimate // the rows of the first table as a chart
	gaps     []chart.Gap      // changes as a chart
	tables   []*table
	advices  []advice
	notes    []string // sentences
	warnings []string
}

// A figure is a rate that stands for a method, and how it went over windows. A table
// of the section has its numbers too.
type figure struct {
	head   string
	value  string // "-" if there is none
	says   string
	tone   tone
	points []chart.Point
}

// An advice says what to do about an error.
type advice struct {
	name, method string
	says         string // how frequent it is
	meaning      string
	remedy       string
	owner        string
	link         string
}

// A composer puts a page together.
type composer struct {
	r *report.Report
	o Options
	page

	// What the page is of, and what it is compared with; before is nil if that is
	// nothing. They are windows of the report, or whole inputs.
	before, after *report.Side

	changes map[report.ErrorKey]*report.Change // of errors, by session
	methods map[string]*report.Change          // of methods as a whole, by session
}

// compose makes the page of a report.
func compose(r *report.Report, o Options) (*page, error) {
	c, err := newComposer(r, o)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Diff:
		c.diff()
	case o.Brief:
		// What is worst comes first: there may be no room for more.
		c.header()
		c.worstErrors()
		c.allMethods()
	default:
		c.header()
		c.rates()
		c.changed()
		c.worstErrors()
		c.advice()
		c.allMethods()
		c.windows()
		c.breakdowns()
		c.nameless()
		c.acknowledged()
		c.coverage()
		c.inputs()
		c.reading()
		c.warnings()
	}
	return &c.page, nil
}

// newComposer finds what the page is of.
func newComposer(r *report.Report, o Options) (*composer, error) {
	c := &composer{r: r, o: o, changes: map[report.ErrorKey]*report.Change{}, methods: map[string]*report.Change{}}
	switch before, after, ok := r.LastComplete(); {
	case o.Brief:
		c.after = r.Whole.Side(0)
	case o.Diff && r.Baseline == nil:
		return nil, errors.New("the report has no baseline to compare it with")
	case r.Baseline != nil:
		c.before, c.after = r.Baseline.Whole.Side(0), r.Whole.Side(0)
	case ok:
		c.before, c.after = r.Side(before), r.Side(after)
	default:
		c.after = r.Whole.Side(0)
	}
	for i := range r.Changes {
		switch change := &r.Changes[i]; {
		case change.Measure != report.SessionRate:
		case change.Scope == report.ScopeMethod:
			c.methods[change.Method] = change
		default:
			c.changes[report.ErrorKey{Method: change.Method, Name: change.Error, Code: change.Code}] = change
		}
	}
	return c, nil
}

func (c *composer) section(s section) { c.sections = append(c.sections, s) }

// ofWindow reports whether the page is of one window of several.
func (c *composer) ofWindow() bool { return c.before != nil && c.r.Baseline == nil }

// sideName is how a side is called.
func (c *composer) sideName(s *report.Side) string {
	switch {
	case c.ofWindow():
		return windowName(c.r, *s.Window)
	case s == c.before:
		return "before"
	}
	return "after"
}

// last orders what nobody can act on behind what somebody can.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// worst orders by sessions, then by failures, the worst first.
func worst(sessions int, failures int64, otherSessions int, otherFailures int64) int {
	return cmp.Or(cmp.Compare(otherSessions, sessions), cmp.Compare(otherFailures, failures))
}

// worstError puts what more sessions saw first.
func worstError(a, b *report.Error) int {
	return cmp.Or(last(isNameless(a), isNameless(b)), worst(a.Sessions, a.Failures, b.Sessions, b.Failures),
		a.Key().Compare(b.Key()))
}

// list returns the errors of a side that are taken, the worst first.
func listErrors(s *report.Side, takes func(*report.Error) bool) []*report.Error {
	var out []*report.Error
	for _, e := range s.Errors {
		if takes(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, worstError)
	return out
}

func limit[T any](s []T, top int) []T {
	if top > 0 && len(s) > top {
		return s[:top]
	}
	return s
}
