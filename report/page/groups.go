package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/stats"
)

// dimensionName returns the head of a dimension in a table.
func dimensionName(d report.Dimension) string {
	switch d {
	case report.BySDK:
		return "SDK version"
	case report.ByBrowser:
		return "Browser"
	case report.ByOS:
		return "Operating system"
	}
	return "API key"
}

// A groupSide is a group of clients in the window that the page is about, or in the whole input.
type groupSide struct {
	*report.Side
	name   string
	before *report.Side // nil: nothing is compared, or the group was not there
}

// unknownGroup is the name of the group of clients about which nothing is known.
const unknownGroup = "unknown"

// breakdowns divides the numbers by SDK version, browser and so on.
func (c *composer) breakdowns() {
	clients := section{title: "By client", notes: []string{
		"A session counts for every client seen in it. Rates are shares of the " + c.sessions() + " in the same row. Unlike others? is a test of the sessions that failed in a row against those in all other rows that have a name; it is not about the previous window.",
	}}
	var asked *section // of the dimension of --by
	for i := range c.r.Breakdowns {
		b := &c.r.Breakdowns[i]
		if !b.Told() {
			continue
		}
		groups := c.groupSides(b)
		t := c.groupTable(b.Dimension, groups)
		if b.Dimension != c.r.By {
			clients.tables = append(clients.tables, t)
			continue
		}
		asked = &section{
			title:  "By " + dimensionName(b.Dimension),
			tables: []*table{t, c.groupErrors(b.Dimension, groups)},
			notes:  clients.notes,
		}
	}
	if asked != nil {
		c.section(*asked)
	}
	if len(clients.tables) > 0 {
		c.section(clients)
	}
}

// groupSides returns the groups of a breakdown, the worst first. The worst has the interval
// with the highest low end, so that a group of few sessions is not taken for a bad one.
func (c *composer) groupSides(b *report.Breakdown) []groupSide {
	var out []groupSide
	for i := range b.Groups {
		g := &b.Groups[i]
		s := groupSide{Side: c.sideOf(&g.Numbers, g.Whole, c.after), name: cmp.Or(g.Name, unknownGroup)}
		switch {
		case c.ofWindow():
			s.before = c.sideOf(&g.Numbers, g.Whole, c.before)
		case c.before != nil:
			s.before = c.baselineGroup(b.Dimension, g.Name)
		}
		if s.Sessions > 0 || len(s.Errors) > 0 {
			out = append(out, s)
		}
	}
	low := func(s *groupSide) float64 {
		if rate := s.FailedShare("").Rate; rate != nil {
			return rate.Low
		}
		return -1
	}
	slices.SortStableFunc(out, func(a, b groupSide) int {
		return cmp.Or(last(a.name == unknownGroup, b.name == unknownGroup), cmp.Compare(low(&b), low(&a)))
	})
	return out
}

// sideOf returns the side of a group in the window of a side of the report.
func (c *composer) sideOf(part, overall *report.Numbers, whole *report.Side) *report.Side {
	if !c.ofWindow() {
		return overall.Side(0)
	}
	i := slices.IndexFunc(c.r.Windows, func(w report.Window) bool { return w.Start.Equal(whole.Window.Start) })
	return part.Side(i)
}

// baselineGroup returns a group of the baseline, nil if the baseline does not have it.
func (c *composer) baselineGroup(d report.Dimension, name string) *report.Side {
	for _, b := range c.r.Baseline.Breakdowns {
		for i := range b.Groups {
			if g := &b.Groups[i]; b.Dimension == d && g.Name == name && g.Whole != nil {
				return g.Whole.Side(0)
			}
		}
	}
	return nil
}

// groupTable lists groups with their rates.
func (c *composer) groupTable(d report.Dimension, groups []groupSide) *table {
	var methods []string
	for _, method := range lookup.CallMethods {
		if slices.ContainsFunc(groups, func(s groupSide) bool { return s.Attempts(method).Rated() }) {
			methods = append(methods, method)
		}
	}
	tested := slices.ContainsFunc(groups, func(s groupSide) bool { return c.groups[groupKey{d, s.name, ""}] != nil })
	heads := []string{dimensionName(d), ">Sessions failed", "&>" + c.rateHead(), "95% interval~~~~~"}
	if c.before != nil {
		heads = append(heads, ">Previous~")
	}
	if tested {
		heads = append(heads, "Unlike others?")
	}
	for i, method := range methods {
		_, bare, _ := strings.Cut(method, ".")
		heads = append(heads, ">"+bare+" failed"+strings.Repeat("~", 2+i), "&>"+bare+" rate")
	}
	t := newTable(heads...)
	t.all = len(groups)
	for _, g := range limit(groups, c.o.Top) {
		share := g.FailedShare("")
		row := append([]cell{textCell(g.name)}, rateCells(share)...)
		if c.before != nil {
			before := none()
			if g.before != nil && g.before.FailedShare("").Rate != nil {
				before = ofWhole(g.before.FailedShare(""))
			}
			row = append(row, before)
		}
		if tested {
			row = append(row, c.verdict(c.groups[groupKey{d, g.name, ""}]))
		}
		for _, method := range methods {
			if a := g.Attempts(method); a.Rated() {
				cells := rateCells(stats.NewShare(a.Failed, a.Attempts))[:2]
				if contrast := c.groups[groupKey{d, g.name, method}]; contrast != nil && contrast.Significant() {
					cells[1].tone = c.verdict(contrast).tone
				}
				row = append(row, cells...)
			} else {
				row = append(row, none(), none())
			}
		}
		t.add(row...)
	}
	return t
}

// groupErrors lists the errors of each group.
func (c *composer) groupErrors(d report.Dimension, groups []groupSide) *table {
	t := newTable(dimensionName(d), "Error", "Method", ">Failures", ">Sessions failed", "&>"+c.rateHead(), "95% interval~")
	for _, g := range limit(groups, c.o.Top) {
		errors := listErrors(g.Side, func(e *report.Error) bool { return !e.Acknowledged })
		t.all += len(errors)
		for _, e := range limit(errors, c.o.Top) {
			t.add(append([]cell{textCell(g.name), errorCell(e), code(e.Method), amount(e.Failures)}, rateCells(g.ErrorShare(e.Key()))...)...)
		}
	}
	return t
}

// acknowledged lists the errors that --ignore acknowledges, and lines of its file that match
// nothing.
func (c *composer) acknowledged() {
	if len(c.r.Ignored) == 0 {
		return
	}
	s := section{title: "Acknowledged", notes: []string{
		"Acknowledged errors are left out of the lists above and of gates on errors. Rates and tests include them.",
	}}
	errors := listErrors(c.after, func(e *report.Error) bool { return e.Acknowledged })
	if len(errors) > 0 {
		t := c.errorTable(limit(errors, c.o.Top))
		t.all = len(errors)
		t.columns = append(t.columns, column{head: "Reason"})
		for i := range t.rows {
			t.rows[i] = append(t.rows[i], textCell(errors[i].Reason))
		}
		s.tables = append(s.tables, t)
	}
	for i := range c.r.Ignored {
		if line := &c.r.Ignored[i]; !line.Matched {
			s.notes = append(s.notes, fmt.Sprintf("Line %d (%s) matches nothing in the report.", line.Number, line.Subject()))
		}
	}
	c.section(s)
}
