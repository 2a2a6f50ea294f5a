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

// worstErrors lists the errors that most sessions saw.
func (c *composer) worstErrors() {
	errors := listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged })
	if len(errors) == 0 {
		return
	}
	t := c.errorTable(limit(errors, c.o.Top))
	t.all = len(errors)
	s := section{title: "Errors", tables: []*table{t}, sharesOf: c.sessions()}
	for _, e := range limit(errors, maxDrawn) {
		// An error without any known session has no share to draw.
		row := chart.Estimate{Label: e.Label() + " · " + e.Method, After: c.after.ErrorShare(e.Key()).Rate}
		if c.before != nil {
			row.Before = c.before.ErrorShare(e.Key()).Rate
		}
		if change := c.changes[e.Key()]; change != nil {
			row.Tone = chart.Tone(c.verdict(change).tone)
		}
		s.shares = append(s.shares, row)
	}
	c.section(s)
}

// maxDrawn is the number of rows in a chart.
const maxDrawn = 10

// errorTable lists errors with their share of sessions, and what changed.
func (c *composer) errorTable(errors []*report.Error) *table {
	heads := []string{"Error", "Method", ">Failures", ">Lines~~"}
	recovered := slices.ContainsFunc(errors, func(e *report.Error) bool { return e.Recovered > 0 })
	if recovered {
		heads = append(heads, ">Recovered~~~")
	}
	if c.after.Sessions > 0 {
		share := ">Share of " + words.Number(c.after.Sessions)
		if c.errorsOnly {
			share += " with errors"
		}
		heads = append(heads, ">Sessions", "&"+share)
	}
	if c.before != nil {
		heads = append(heads, ">Change (pts)~~~", "Significant?")
	}
	t := newTable(append(heads, "Owner~", "First seen~~~~", "Last seen~~~~~")...)
	for _, e := range errors {
		row := []cell{errorCell(e), code(e.Method), amount(e.Failures), amount(e.Lines)}
		if recovered {
			row = append(row, amount(e.Recovered))
		}
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
			row = append(row, points, c.verdict(change))
		}
		owner := none()
		if meaning, _, of, _ := lookup.Advise(e.Method, e.Name, e.Key().Code); meaning != "" {
			owner = textCell(of.String())
		}
		t.add(append(row, owner, textCell(words.Minute(e.First)), textCell(words.Minute(e.Last)))...)
	}
	return t
}

// allMethods lists the methods, the worst first.
func (c *composer) allMethods() {
	var methods []*report.Method
	for _, m := range c.after.Methods {
		if m.Failures > 0 || m.Recovered > 0 || m.Attempts != nil {
			methods = append(methods, m)
		}
	}
	slices.SortFunc(methods, func(a, b *report.Method) int {
		return cmp.Or(last(a.Name == lookup.UnknownMethod, b.Name == lookup.UnknownMethod), worst(a.SessionsFailed, a.Failures, b.SessionsFailed, b.Failures), strings.Compare(a.Name, b.Name))
	})
	if len(methods) == 0 {
		return
	}
	heads := []string{"Method", ">Failures", ">Lines~~~", ">Sessions failed", "&>" + c.rateHead(), "95% interval~~"}
	if c.before != nil {
		heads = append(heads, ">Change (pts)~", "Significant?")
	}
	attempts := slices.ContainsFunc(methods, func(m *report.Method) bool { return m.Attempts.Rated() })
	if attempts {
		heads = append(heads, ">Attempts failed~~", "&>Failure rate")
	}
	recovered := slices.ContainsFunc(methods, func(m *report.Method) bool { return m.Recovered > 0 })
	if recovered {
		heads = append(heads, ">Recovered~~~")
	}
	open := slices.ContainsFunc(methods, func(m *report.Method) bool { return m.Attempts != nil && m.Attempts.Open > 0 })
	if open {
		heads = append(heads, ">Open~~~", "&>Never ended")
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
			row = append(row, points, c.verdict(change))
		}
		if a := m.Attempts; attempts && a.Rated() {
			row = append(row, rateCells(stats.NewShare(a.Failed, a.Attempts))[:2]...)
		} else if attempts {
			row = append(row, none(), none())
		}
		if recovered {
			row = append(row, amount(m.Recovered))
		}
		if a := m.Attempts; a != nil && open {
			row = append(row, amount(a.Open), amount(a.NeverEnded))
		} else if open {
			row = append(row, none(), none())
		}
		t.add(row...)
	}
	s := section{title: "Methods", tables: []*table{t}}
	if attempts && c.o.Brief { // other pages say so below the failure rates
		s.notes = append(s.notes, c.withTelemetry())
	}
	if open {
		s.notes = append(s.notes, "Open: attempts without an end in the input. Never ended: open for more than 2 minutes, with neither success nor failure (\"ghost users\").")
	}
	c.section(s)
}

// recovered lists the failures within calls that succeeded in the end.
func (c *composer) recovered() {
	errors := slices.Clone(c.after.Recovered)
	if len(errors) == 0 {
		return
	}
	slices.SortFunc(errors, func(a, b *report.Error) int {
		return cmp.Or(cmp.Compare(b.Recovered, a.Recovered), a.Key().Compare(b.Key()))
	})
	t := newTable("Error", "Method", ">Recovered")
	t.all = len(errors)
	for _, e := range limit(errors, c.o.Top) {
		t.add(errorCell(e), code(e.Method), amount(e.Recovered))
	}
	c.section(section{title: "Recovered", tables: []*table{t}, notes: []string{
		"Errors within a call that succeeded in the end, usually at a later try. They are not failures, and in no rate.",
	}})
}

// sessions returns a cell for a number of sessions. 0 is unknown if lines have no session.
func sessions(n int, sessionless int64) cell {
	if n == 0 && sessionless > 0 {
		return none()
	}
	return amount(n)
}

// isNameless reports whether name, code and method of an error are all unknown.
func isNameless(e *report.Error) bool {
	return e.Name == "" && e.Code == 0 && e.Method == lookup.UnknownMethod
}

func errorCell(e *report.Error) cell {
	return cell{text: e.Label(), code: e.Name != ""}
}

// shownWindows returns the last windows, as many as a page has side by side.
func (c *composer) shownWindows() []report.Window {
	return c.r.Windows[max(len(c.r.Windows)-cmp.Or(c.o.windows, 6), 0):]
}

// windowHeads returns the heads of columns for windows. Older windows may be left out.
func (c *composer) windowHeads() []string {
	var out []string
	shown := c.shownWindows()
	for i, w := range shown {
		head := ">" + windowName(c.r, w)
		if !w.Complete {
			head += "*"
		}
		out = append(out, head+strings.Repeat("~", max(len(shown)-2-i, 0)))
	}
	return out
}

// windows lists windows side by side: the sessions with each error, or the failures if no
// session is known.
func (c *composer) windows() {
	r := c.r
	if r.Window.All() || len(r.Windows) == 0 {
		return
	}
	shown := c.shownWindows()
	from := len(r.Windows) - len(shown)
	unit, bySession := "Sessions", r.Totals.Sessions > 0
	if !bySession {
		unit = "Failures"
	}
	s := section{title: fmt.Sprintf("%s by window of %s", unit, r.Window)}
	if from > 0 {
		s.title += fmt.Sprintf(" (last %d of %d)", len(shown), len(r.Windows))
	}
	t := newTable(append([]string{"Error", "Method", "Trend~"}, c.windowHeads()...)...)
	t.dense = true
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
		line(textCell("all "+c.sessions()), textCell(""), textCell(""), func(i int) int64 { return int64(r.Windows[i].Sessions) })
		failed := func(i int) int64 { return int64(r.Windows[i].SessionsFailed) }
		line(textCell("sessions with "+r.Filter.AFailure()), textCell(""), trendCell(r, failed), failed)
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
		s.notes = append(s.notes, fmt.Sprintf("Not shown: %s.", words.Count(more, "error")))
	}
	s.tables = append(s.tables, t)
	share := "share of the " + c.sessions() + " of each window"
	if !bySession {
		share = "failures in each window"
	}
	s.notes = append(s.notes, fmt.Sprintf("Trend: %s, relative to the largest, in the last %d windows at most.", share, maxTrend))
	s.notes = append(s.notes, incomplete(r, shown)...)
	c.section(s)
}

// unknownCount replaces the number of sessions of an error whose failures have no session.
const unknownCount = -1

// maxTrend is the largest number of windows in a trend.
const maxTrend = 31

// trendCell draws a share of the sessions of each of the last windows, or a count if there are
// no sessions, as blocks. The largest is a full block, none is a dot.
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

// incomplete says why windows are incomplete.
func incomplete(r *report.Report, shown []report.Window) []string {
	bounds := aggregate.Filter{Since: r.Filter.Since, Until: r.Filter.Until}
	cut := slices.ContainsFunc(shown, func(w report.Window) bool { return bounds.Cuts(w.Start, w.End) })
	switch {
	case cut:
		return []string{"* incomplete: --since or --until cuts the window"}
	case slices.ContainsFunc(shown, func(w report.Window) bool { return !w.Complete }):
		return []string{fmt.Sprintf("* incomplete: the input covers %s to %s", r.Start.Format(words.MinuteLayout), r.End.Format(words.MinuteLayout))}
	}
	return nil
}

// nameless lists the errors that the catalogue does not explain.
func (c *composer) nameless() {
	errors := listErrors(c.after, func(e *report.Error) bool { return (e.Name == "" || e.Documented == "no") && !e.Acknowledged })
	if len(errors) == 0 {
		return
	}
	t := newTable("Error", "Method", ">Failures", ">Lines", ">Sessions", "First seen~", "Last seen~~")
	t.all = len(errors)
	for _, e := range limit(errors, c.o.Top) {
		t.add(errorCell(e), code(e.Method), amount(e.Failures), amount(e.Lines), sessions(e.Sessions, e.Sessionless), textCell(words.Minute(e.First)), textCell(words.Minute(e.Last)))
	}
	c.section(section{title: "Unnamed or undocumented", tables: []*table{t}, notes: []string{
		"These names are not in the vendor's error reference. An unnamed failure is identified by its code or method only.",
	}})
}
