// Package page composes what a report says to people, and writes it.
//
//  1. A composer puts a page together, section by section, the answer first: header.go,
//     changes.go, tables.go, groups.go, input.go; a page about the difference of two inputs: diff.go.
//  2. Each format writes the same page: [Text] for a terminal, [Markdown] for a code host or a
//     chat, [HTML] for a browser.
//
// Strings of a page may come from outside: names of files, errors and clients. Each format
// escapes every string where it writes it.
package page

import (
	"cmp"
	"errors"
	"slices"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/words"
)

// Options select what is on a page.
type Options struct {
	Top   int    // rows of errors, changes, inputs and groups; 0: all
	Brief bool   // only what was read and what failed, the worst first
	Diff  bool   // only what changed from the baseline to the whole input
	Title string // what the user calls the page; "": nothing

	windows int // how many of the last windows are side by side; 0: 6
}

// A page is what a report says to people, the most important first. Its strings may come
// from outside.
type page struct {
	headline string // the answer, in one sentence
	name     string // of the command
	subject  string // the title that the user gave; the input, or the window and the one before it
	facts    []fact
	sections []section
}

// about says what the page is about.
func (p *page) about() string { return p.name + ": " + p.subject }

// title is that of a window of a browser.
func (p *page) title() string { return p.headline + " " + p.about() }

// A fact is one or more lines with a head.
type fact struct {
	head  string
	lines []string
	alarm bool // it limits the meaning of everything below
}

// A section has a title and any of the following parts, in that order.
type section struct {
	title    string
	facts    []fact
	figures  []figure
	shares   []chart.Estimate // the first table as a chart
	sharesOf string           // sessions
	gaps     []chart.Gap      // the changes as a chart
	tables   []*table
	advices  []advice
	examples []examples
	notes    []string // sentences
	warnings []string
}

// A figure is the rate of a method, and its trend. A table of the section repeats its
// numbers.
type figure struct {
	head   string
	value  string // "-" if unknown
	says   string // what it is a share of
	change string // "" if nothing is compared
	tone   tone
	points []chart.Point
}

// An advice explains an error and says what to do about it.
type advice struct {
	name, method string
	says         string // how often it occurred
	meaning      string
	reasons      string // with their failures; "" if none is stated
	remedy       string
	owner        string
	link         string
	example      string // ID of a session; "" unless it is asked for
}

// A composer puts a page together.
type composer struct {
	r *report.Report
	o Options
	page

	// The page is about after, compared with before; before is nil if nothing is compared.
	// Both are windows of the report, or whole inputs.
	before, after *report.Side

	errorsOnly bool // session rates are shares of the sessions that show an error

	changes map[report.ErrorKey]*report.Change // session rates of errors
	methods map[string]*report.Change          // session rates of methods
	groups  map[groupKey]*report.Change        // of each group against the others
}

// A groupKey is a group of clients and a method; "" for any failure.
type groupKey struct {
	dimension     report.Dimension
	group, method string
}

// compose makes the page of a report.
func compose(r *report.Report, o Options) (*page, error) {
	c, err := newComposer(r, o)
	if err != nil {
		return nil, err
	}
	return c.compose(), nil
}

func (c *composer) compose() *page {
	o := &c.o
	switch {
	case o.Diff:
		c.diff()
	case o.Brief:
		// The worst comes first, because there may be no room for more.
		c.header()
		c.worstErrors()
		c.allMethods()
	default:
		c.header()
		c.rates()
		c.changed()
		c.advice()
		c.worstErrors()
		c.reasons()
		c.examples()
		c.allMethods()
		c.windows()
		c.breakdowns()
		c.nameless()
		c.recovered()
		c.acknowledged()
		c.coverage()
		c.read()
		c.reading()
		c.warnings()
	}
	if o.Title != "" {
		c.subject = o.Title + ", " + c.subject
	}
	return &c.page
}

// newComposer finds the sides of the page.
func newComposer(r *report.Report, o Options) (*composer, error) {
	c := &composer{r: r, o: o, changes: map[report.ErrorKey]*report.Change{}, methods: map[string]*report.Change{}, groups: map[groupKey]*report.Change{}}
	switch before, after, ok := r.LastComplete(); {
	case o.Brief:
		c.after = r.Whole.Side(0)
	case r.Pair != nil:
		c.before, c.after, _ = r.Sides()
	case o.Diff && r.Baseline == nil:
		return nil, errors.New("a diff needs a baseline to compare with")
	case r.Baseline != nil:
		c.before, c.after = r.Baseline.Whole.Side(0), r.Whole.Side(0)
	case ok:
		c.before, c.after = r.Side(before), r.Side(after)
	default:
		c.after = r.Whole.Side(0)
	}
	c.errorsOnly = r.Population() == report.WithErrors
	for i := range r.Changes {
		switch change := &r.Changes[i]; {
		case change.Measure != report.SessionRate:
		case change.Scope == report.ScopeMethod:
			c.methods[change.Method] = change
		default:
			c.changes[report.ErrorKey{Method: change.Method, Name: change.Error, Code: change.Code}] = change
		}
	}
	for i := range r.Contrasts {
		x := &r.Contrasts[i]
		c.groups[groupKey{x.Dimension, x.Group, x.Method}] = &x.Change
	}
	return c, nil
}

func (c *composer) section(s section) { c.sections = append(c.sections, s) }

// sessions is what session rates are shares of.
func (c *composer) sessions() string { return c.r.Population().Words() }

// rateHead is the head of a column of session rates.
func (c *composer) rateHead() string {
	if c.errorsOnly {
		return "Rate among sessions with errors"
	}
	return "Session rate"
}

// withTelemetry says of how many sessions on each side attempts are known.
func (c *composer) withTelemetry() string {
	of := func(s *report.Side) string {
		return words.Fraction(int64(s.Window.TelemetrySessions), s.Sessions)
	}
	out := "Failure rates of attempts are from the " + of(c.after) + " sessions with telemetry"
	if c.before != nil {
		out += " (before: " + of(c.before) + ")"
	}
	if out += "."; c.errorsOnly {
		out += " A log of errors only may lack the attempts that succeeded."
	}
	return out
}

// ofWindow reports whether the page is about one window of several.
func (c *composer) ofWindow() bool {
	return c.before != nil && c.r.Baseline == nil && c.r.Pair == nil
}

// sideName returns the name of a side.
func (c *composer) sideName(s *report.Side) string {
	switch {
	case c.ofWindow():
		return windowName(c.r, *s.Window)
	case c.r.Pair != nil && s == c.before:
		return c.r.Pair.Label(c.r.Pair.Before)
	case c.r.Pair != nil:
		return c.r.Pair.Label(c.r.Pair.After)
	case s == c.before:
		return "before"
	}
	return "after"
}

// last sorts true after false.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// worst sorts by sessions, then by failures, the most first.
func worst(sessions int, failures int64, otherSessions int, otherFailures int64) int {
	return cmp.Or(cmp.Compare(otherSessions, sessions), cmp.Compare(otherFailures, failures))
}

// worstError sorts errors by the number of sessions that saw them. Errors without any name
// come last, because nobody can act on them.
func worstError(a, b *report.Error) int {
	return cmp.Or(last(isNameless(a), isNameless(b)), worst(a.Sessions, a.Failures, b.Sessions, b.Failures),
		a.Key().Compare(b.Key()))
}

// listErrors returns the errors of a side that takes accepts, the worst first.
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
