package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// found says of an input without failures what that means.
func (c *composer) found() {
	r := c.r
	says := ""
	switch a := r.Totals.Records; {
	case a.Total() == 0:
		says = "There was nothing to read."
	case a.Total() == a.Skipped:
		says = "Nothing could be read: whether there were errors is not known."
	case r.Totals.Failures == 0 && r.Filter != report.Filter{}:
		says = "No such failure was found."
	case r.Totals.Failures == 0:
		says = "No failure of the SDK was found."
	default:
		return
	}
	c.section(section{notes: []string{says}})
}

// worstErrors lists the errors that most sessions saw.
func (c *composer) worstErrors() {
	errors := listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged })
	if len(errors) == 0 {
		return
	}
	t := c.errorTable(limit(errors, c.o.Top))
	t.all = len(errors)
	s := section{title: "Errors", tables: []*table{t}}
	for _, e := range limit(errors, maxDrawn) {
		// Of an error that is known by no session there is no share to draw.
		row := chart.Estimate{Label: e.Label() + " · " + e.Method, After: c.after.ErrorShare(e.Key(), c.after.Sessions).Rate}
		if c.before != nil {
			row.Before = c.before.ErrorShare(e.Key(), c.before.Sessions).Rate
		}
		if change := c.changes[e.Key()]; change != nil {
			row.Tone = chart.Tone(c.verdict(change).tone)
		}
		s.shares = append(s.shares, row)
	}
	c.section(s)
}

// maxDrawn is how many rows a chart has.
const maxDrawn = 10

// errorTable lists errors with what they are a share of, and what changed.
func (c *composer) errorTable(errors []*report.Error) *table {
	heads := []string{"Error", "Method", ">Failures", ">Lines??"}
	if c.after.Sessions > 0 {
		heads = append(heads, ">Sessions", ">of "+words.Number(c.after.Sessions))
	}
	if c.before != nil {
		heads = append(heads, "Change", ">Points???")
	}
	t := newTable(append(heads, "Owner?", "First seen????", "Last seen?????")...)
	for _, e := range errors {
		row := []cell{errorCell(e), code(e.Method), amount(e.Failures), amount(e.Lines)}
		share := none()
		if e.Sessions > 0 && c.after.Sessions > 0 {
			value := float64(e.Sessions) / float64(c.after.Sessions)
			share = percentCell(value)
			share.bar = share.order
		}
		if c.after.Sessions > 0 {
			row = append(row, sessions(e.Sessions, e.Sessionless), share)
		}
		if c.before != nil {
			change, points := c.changes[e.Key()], none()
			if change != nil && change.Difference != nil {
				points = changeCells(change)[4]
			}
			row = append(row, c.verdict(change), points)
		}
		owner := none()
		if meaning, _, of, _ := advise(e.Method, e.Name, e.Key().Code); meaning != "" {
			owner = textCell(of.String())
		}
		t.add(append(row, owner, textCell(words.Minute(e.First)), textCell(words.Minute(e.Last)))...)
	}
	return t
}

// allMethods lists the methods, the worst first.
func (c *composer) allMethods() {
	c.found()
	var methods []*report.Method
	for _, m := range c.after.Methods {
		if m.Failures > 0 || m.Attempts != nil {
			methods = append(methods, m)
		}
	}
	slices.SortFunc(methods, func(a, b *report.Method) int {
		return cmp.Or(last(a.Name == lookup.UnknownMethod, b.Name == lookup.UnknownMethod), worst(a.SessionsFailed, a.Failures, b.SessionsFailed, b.Failures), strings.Compare(a.Name, b.Name))
	})
	if len(methods) == 0 {
		return
	}
	heads := []string{"Method", ">Failures", ">Lines???", ">Sessions failed", ">Rate", "95 % interval??"}
	if c.before != nil {
		heads = append(heads, "Change", ">Points?")
	}
	attempts := slices.ContainsFunc(methods, func(m *report.Method) bool { return m.Attempts != nil && !m.Attempts.AnyError })
	if attempts {
		heads = append(heads, ">Attempts failed??", ">Rate??")
	}
	t := newTable(heads...)
	for _, m := range methods {
		row := []cell{code(m.Name), amount(m.Failures), amount(m.Lines)}
		row = append(row, rateCells(report.SessionShare(m.SessionsFailed, m.Sessionless, int64(m.Sessions)))...)
		if c.before != nil {
			change, points := c.methods[m.Name], none()
			if change != nil && change.Difference != nil {
				points = changeCells(change)[4]
			}
			row = append(row, c.verdict(change), points)
		}
		if a := m.Attempts; a != nil && attempts {
			row = append(row, rateCells(stats.NewShare(a.Failed, a.Attempts))[:2]...)
		} else if attempts {
			row = append(row, none(), none())
		}
		t.add(row...)
	}
	c.section(section{title: "Methods", tables: []*table{t}})
}

// sessions is a cell of how many sessions there are: none is not known to be none where
// lines bear no session.
func sessions(n int, sessionless int64) cell {
	if n == 0 && sessionless > 0 {
		return none()
	}
	return amount(n)
}

// nameless reports whether neither name, code nor method of an error can be told.
func isNameless(e *report.Error) bool {
	return e.Name == "" && e.Code == 0 && e.Method == lookup.UnknownMethod
}

func errorCell(e *report.Error) cell {
	return cell{text: e.Label(), code: e.Name != ""}
}

// shownWindows are the last windows, as many as stand side by side.
func (c *composer) shownWindows() []report.Window {
	return c.r.Windows[max(len(c.r.Windows)-cmp.Or(c.o.windows, 6), 0):]
}

// windowHeads are the heads of columns for windows, of which the older ones may be left
// out.
func (c *composer) windowHeads() []string {
	var out []string
	shown := c.shownWindows()
	for i, w := range shown {
		head := ">" + windowName(c.r, w)
		if !w.Complete {
			head += "*"
		}
		out = append(out, head+strings.Repeat("?", max(len(shown)-2-i, 0)))
	}
	return out
}

// windows lists windows side by side: the sessions with each error, or its failures if no
// session is known.
func (c *composer) windows() {
	r := c.r
	if r.Window.All() || len(r.Windows) == 0 {
		return
	}
	shown := c.shownWindows()
	from := len(r.Windows) - len(shown)
	unit, bySession := "sessions", r.Totals.Sessions > 0
	if !bySession {
		unit = "failures"
	}
	s := section{title: fmt.Sprintf("Windows of %s, in %s", r.Window, unit)}
	if from > 0 {
		s.title += fmt.Sprintf(" (last %d of %d)", len(shown), len(r.Windows))
	}
	t := newTable(append([]string{"Error", "Method", "Trend?"}, c.windowHeads()...)...)
	line := func(head, method, trend cell, count func(window int) int64) {
		row := []cell{head, method, trend}
		for i := range shown {
			value := none()
			if n := count(from + i); n != unknownCount {
				value = amount(n)
			}
			row = append(row, value)
		}
		t.add(row...)
	}
	line(textCell("all records"), textCell(""), textCell(""), func(i int) int64 { return r.Windows[i].Records })
	if bySession {
		line(textCell("all sessions"), textCell(""), textCell(""), func(i int) int64 { return int64(r.Windows[i].Sessions) })
		failed := func(i int) int64 { return int64(r.Windows[i].SessionsFailed) }
		line(textCell("sessions with "+article(r)+" failure"), textCell(""), trendCell(r, failed), failed)
	}
	counts := map[report.ErrorKey][]int64{}
	for i := range r.Errors {
		e := &r.Errors[i]
		if e.Window == report.Timeless {
			continue
		}
		k := e.Key()
		if counts[k] == nil {
			counts[k] = make([]int64, len(r.Windows))
		}
		switch {
		case !bySession:
			counts[k][e.Window] = e.Failures
		case e.Sessions == 0 && e.Sessionless > 0:
			counts[k][e.Window] = unknownCount
		default:
			counts[k][e.Window] = int64(e.Sessions)
		}
	}
	errors := listErrors(r.Whole.Side(0), func(e *report.Error) bool { return counts[e.Key()] != nil && !e.Acknowledged })
	for _, e := range limit(errors, c.o.Top) {
		n := func(i int) int64 { return counts[e.Key()][i] }
		line(errorCell(e), code(e.Method), trendCell(r, n), n)
	}
	if more := len(errors) - len(limit(errors, c.o.Top)); more > 0 {
		s.notes = append(s.notes, fmt.Sprintf("%s more are not shown.", words.Count(more, "error")))
	}
	s.tables = append(s.tables, t)
	share := "the share of each window's sessions"
	if !bySession {
		share = "failures in each window"
	}
	s.notes = append(s.notes, fmt.Sprintf("Trend: %s, the largest as a full block; of the last %d windows at most.", share, maxTrend))
	s.notes = append(s.notes, incomplete(r, shown)...)
	c.section(s)
}

// unknownCount is how many sessions an error has whose failures bear none: no part is not
// nothing.
const unknownCount = -1

// maxTrend is how many windows a trend has at most.
const maxTrend = 31

// trend draws the share that something has of the sessions of each of the last windows, or
// how often it is if there are none, as blocks: the highest share is a full one, none is
// a dot.
func trendCell(r *report.Report, count func(window int) int64) cell {
	blocks := []rune("▁▂▃▄▅▆▇█")
	from := max(len(r.Windows)-maxTrend, 0)
	shares := make([]float64, len(r.Windows)-from)
	for i := range shares {
		shares[i] = float64(max(count(from+i), 0))
		if n := r.Windows[from+i].Sessions; n > 0 {
			shares[i] /= float64(n)
		}
	}
	most := slices.Max(shares)
	var b strings.Builder
	for _, share := range shares {
		if share == 0 {
			b.WriteByte('.')
			continue
		}
		b.WriteRune(blocks[max(int(math.Ceil(share/most*float64(len(blocks)))), 1)-1])
	}
	return cell{text: b.String(), trend: shares}
}

// incomplete says why windows are not complete: only the first and the last of all
// can be so.
func incomplete(r *report.Report, shown []report.Window) []string {
	bounds := aggregate.Filter{Since: r.Filter.Since, Until: r.Filter.Until}
	cut := slices.ContainsFunc(shown, func(w report.Window) bool { return bounds.Cuts(w.Start, w.End) })
	switch last := shown[len(shown)-1]; {
	case cut:
		return []string{"* not complete: the report is of a part"}
	case !last.Complete:
		return []string{"* not complete: the records end at " + r.Totals.Last.Format(words.MinuteLayout)}
	}
	return nil
}

// nameless lists what the catalogue does not explain.
func (c *composer) nameless() {
	errors := listErrors(c.after, func(e *report.Error) bool { return (e.Name == "" || e.Documented == "no") && !e.Acknowledged })
	if len(errors) == 0 {
		return
	}
	t := newTable("Error", "Method", ">Failures", ">Lines", ">Sessions", "First seen?", "Last seen??")
	t.all = len(errors)
	for _, e := range limit(errors, c.o.Top) {
		t.add(errorCell(e), code(e.Method), amount(e.Failures), amount(e.Lines), sessions(e.Sessions, e.Sessionless), textCell(words.Minute(e.First)), textCell(words.Minute(e.Last)))
	}
	c.section(section{title: "Unnamed or undocumented", tables: []*table{t}, notes: []string{
		"The vendor's error reference lacks these names; an unnamed failure is known by its code, or by its method only.",
	}})
}
