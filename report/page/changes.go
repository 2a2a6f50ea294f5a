package page

import (
	"cmp"
	"fmt"
	"maps"
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

// rates adds the failure rates of the methods that every call uses.
func (c *composer) rates() {
	heads := []string{"Method", "Unit~~~~", ">Failed", ">Failure rate", "95% interval~~~"}
	if c.before != nil {
		heads = append(heads, ">Failed before~~", "&>Previous", ">Change (pts)", "Change interval~~~~~", "Significant?")
	}
	s := section{title: "Failure rates"}
	t, trend := newTable(heads...), newTable(append([]string{"Method by window", "Unit~"}, c.windowHeads()...)...)
	attempts, others := false, false
	for _, method := range c.attempted() {
		before, now, unit := c.methodRate(method)
		if now.Rate == nil && before.Rate == nil {
			continue
		}
		attempts, others = attempts || unit == "attempts", others || unit != "attempts"
		of := unit
		if unit == "sessions" {
			of = c.sessions()
		}
		row := append([]cell{code(method), textCell(of)}, rateCells(now)...)
		f := figure{head: method, value: "-"}
		if shares := c.byWindow(method, unit); shares != nil {
			cells := []cell{code(method), textCell(of)}
			for i, share := range shares {
				w := &c.shownWindows()[i]
				f.points = append(f.points, chart.Point{Label: windowName(c.r, *w), Rate: share.Rate, Complete: w.Complete})
				cells = append(cells, ofWhole(share))
			}
			trend.add(cells...)
		}
		if now.Rate != nil {
			f.value = words.PercentOf(now.Rate.Value)
			f.says = fmt.Sprintf("%s %s, 95%% interval %s", words.Fraction(now.Part, now.Whole), of, interval(now.Rate).text)
		}
		if c.before != nil {
			verdict := c.verdict(c.methods[method])
			if difference := stats.NewDifference(before.Rate, now.Rate); difference == nil || unit == "sessions" && !c.r.Comparable() {
				row = append(row, none(), none(), none(), none(), verdict)
			} else {
				change := report.Change{Before: before, After: now, Difference: difference}
				cells := changeCells(&change)
				row[3] = cells[3]
				row = append(row, append(cells[:2:2], append(cells[4:], verdict)...)...)
				f.change = fmt.Sprintf("previously %s, %s pts; ", cells[1].text, cells[4].text)
			}
			if verdict.tone == worse {
				f.tone = worse
			}
			f.change += "significant: " + verdict.text
		}
		t.add(row...)
		s.figures = append(s.figures, f)
	}
	switch {
	case c.r.Filter.Error != "":
		s.notes = append(s.notes, "These are rates of sessions, because telemetry does not say by which error an attempt failed.")
	case !attempts && slices.ContainsFunc(c.r.Methods, func(m report.Method) bool { return m.Attempts != nil && m.Attempts.FailuresOnly() }):
		s.notes = append(s.notes, "These are rates of sessions, because the telemetry in this log of errors has only attempts that failed.")
	case !attempts:
		why := "These are rates of sessions, because telemetry of attempts is missing"
		if c.before != nil {
			why += " on a side"
		}
		s.notes = append(s.notes, why+".")
	default:
		s.notes = append(s.notes, c.withTelemetry())
	}
	for _, t := range []*table{t, trend} {
		if others {
			t.columns[1].spare = 0 // without it, a share of sessions would be taken for one of attempts
		}
		if len(t.rows) > 0 {
			s.tables = append(s.tables, t)
		}
	}
	if len(trend.rows) > 0 {
		s.notes = append(s.notes, incomplete(c.r, c.shownWindows())...)
	}
	if attempts && c.before != nil {
		s.notes = append(s.notes, "Significant? is a test of the share of sessions that failed. Attempts are not tested, because attempts of one session fail together.")
	}
	if len(t.rows) > 0 {
		c.section(s)
	}
}

// attempted returns the methods that every call uses, and then all others whose attempts are
// known.
func (c *composer) attempted() []string {
	out := lookup.CallMethods[:]
	for _, method := range slices.Sorted(maps.Keys(c.after.Methods)) {
		if c.after.Attempts(method) != nil && !slices.Contains(out, method) {
			out = append(out, method)
		}
	}
	return out
}

// methodRate returns the failed attempts of a method on both sides; or the failed sessions, if
// the attempts of a side are unknown.
func (c *composer) methodRate(method string) (before, after stats.Share, unit string) {
	if c.before == nil || c.before.Sessions == 0 {
		after, unit = methodShare(c.after.Methods[method])
		return stats.Share{}, after, unit
	}
	before, was := methodShare(c.before.Methods[method])
	after, is := methodShare(c.after.Methods[method])
	if was == "attempts" && is == "attempts" {
		return before, after, is
	}
	if change := c.methods[method]; change != nil {
		return change.Before, change.After, "sessions"
	}
	return stats.Share{}, stats.Share{}, ""
}

// methodShare returns the failed attempts of a method; or the failed sessions, if attempts are
// unknown.
func methodShare(m *report.Method) (share stats.Share, of string) {
	switch {
	case m == nil:
		return stats.Share{}, ""
	case m.Attempts.Rated():
		return stats.NewShare(m.Attempts.Failed, m.Attempts.Attempts), "attempts"
	}
	return report.SessionShare(m.SessionsFailed, m.Sessionless, int64(m.Sessions)), "sessions"
}

// byWindow returns the shares of a method in the shown windows, nil if there is only one.
func (c *composer) byWindow(method, unit string) []stats.Share {
	windows := c.shownWindows()
	if len(windows) < 2 || c.o.Diff {
		return nil
	}
	out := make([]stats.Share, len(windows))
	for i := range c.r.Methods {
		m := &c.r.Methods[i]
		if at := m.Window - (len(c.r.Windows) - len(windows)); m.Name == method && m.Window != report.Timeless && at >= 0 {
			if share, of := methodShare(m); of == unit {
				out[at] = share
			}
		}
	}
	return out
}

// verdict says whether a change is significant.
func (c *composer) verdict(change *report.Change) cell {
	if change == nil {
		return none()
	}
	switch change.Verdict {
	case report.Up, report.Added, report.Higher:
		return cell{text: "yes, " + change.Verdict, tone: worse}
	case report.Down, report.Gone, report.Lower:
		return cell{text: "yes, " + change.Verdict, tone: better}
	case report.Same:
		return cell{text: "about the same", tone: faint}
	case report.TooFew:
		return cell{text: "inconclusive", tone: faint}
	}
	return none()
}

// changed adds what changed between both sides.
func (c *composer) changed() {
	r := c.r
	s := section{title: "What changed"}
	if c.before == nil {
		if len(r.Windows) > 1 {
			why := "No changes are shown: a comparison needs two complete windows"
			if r.Filter.Bounded() {
				why += ", and --since or --until leaves fewer"
			}
			s.notes = []string{why + "."}
			c.section(s)
		}
		return
	}
	s.facts = c.compared()
	c.movers(&s)
	c.section(s)
}

// compared describes both sides, and what limits the meaning of their rates.
func (c *composer) compared() []fact {
	var out []fact
	for _, of := range [...]struct {
		head string
		side *report.Side
		r    *report.Report
	}{{"Before", c.before, c.r.Baseline}, {"After", c.after, c.r}} {
		n := words.Count(of.side.Sessions, "session")
		if cmp.Or(of.r, c.r).Population() == report.WithErrors {
			n += " with errors"
		}
		lines := []string{fmt.Sprintf("%s: %s", c.sideName(of.side), n)}
		if c.r.Baseline != nil {
			lines = []string{fmt.Sprintf("%s: %s, %s", inputName(of.r), n, period(of.r))}
			lines = append(lines, unread(of.r)...)
		}
		out = append(out, fact{head: of.head, lines: append(lines, c.limits(of.side)...)})
	}
	if c.ofWindow() {
		if end, start := c.before.Window.End, c.after.Window.Start; end.Before(start) {
			out = append(out, fact{head: "Between", lines: []string{"no records from " + words.Span(end, start)}})
		}
	}
	if lines := unread(c.r); len(lines) > 0 && c.r.Baseline == nil {
		out = append(out, fact{head: "Both", lines: lines})
	}
	return out
}

// inputName returns a name of the input of a report: its sources, or if there are many of them,
// how all of their names begin.
func inputName(r *report.Report) string {
	n := len(r.Sources)
	if n == 0 {
		return "no input"
	}
	prefix := r.Sources[0].Name
	for _, s := range r.Sources {
		for !strings.HasPrefix(s.Name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	if n <= words.MaxListed || prefix == "" {
		return sourceNames(r.Sources)
	}
	return fmt.Sprintf("%s %s*", words.Count(n, "source"), words.Printable(strings.ToValidUTF8(prefix, "")))
}

// sourceNames names the first sources and counts the others.
func sourceNames(sources []*aggregate.Source) string {
	var names []string
	for _, s := range sources {
		names = append(names, words.Printable(s.Name))
	}
	return words.List(names)
}

// unread lists the missing and damaged parts of the input, which no rate includes, and what was
// read twice.
func unread(r *report.Report) []string {
	var out []string
	for _, w := range limit(r.Missing, words.MaxListed) {
		out = append(out, "warning: "+w)
	}
	if more := len(r.Missing) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("warning: and %s more", words.Number(more)))
	}
	if damaged := r.Damaged(); len(damaged) > 0 {
		out = append(out, fmt.Sprintf("%s of %s could not be read in full: %s", words.Number(len(damaged)), words.Count(len(r.Sources), "source"), sourceNames(damaged)))
	}
	if repeats := repeated(r); repeats != "" {
		out = append(out, repeats)
	}
	if left := report.LeftOutWords(r.Sources, &r.LeftOut); left != "" {
		out = append(out, left)
	}
	return out
}

// limits lists what else limits the meaning of the rates of a side.
func (c *composer) limits(s *report.Side) []string {
	var out []string
	if h := s.Window.Hours; h.Silent > 0 && c.r.Pair == nil { // else both sides have the same hours
		out = append(out, fmt.Sprintf("no records in %s of %s hours, longest gap %s", words.Number(h.Silent), words.Number(h.All), words.Span(h.GapStart, h.GapEnd)))
	}
	var failures, sessionless int64
	for _, m := range s.Methods {
		failures += m.Failures
		sessionless += m.Sessionless
	}
	switch {
	case s.Sessions == 0:
		out = append(out, "no record has a session ID, so there are no rates to compare")
	case sessionless > 0:
		out = append(out, fmt.Sprintf("rates exclude %s of %s, which have no session ID", words.Number(sessionless), words.Count(failures, "failure")))
	}
	return out
}

// movers adds the significant changes, new and gone errors in tables of their own, then errors
// that only one side has, and the number of all others.
func (c *composer) movers(s *section) {
	all := significant(c.r.Changes)
	for _, group := range [...]struct {
		head, verdict string
	}{{"More often", report.Up}, {"New", report.Added}, {"Less often", report.Down}, {"Gone", report.Gone}} {
		t := newTable(group.head, "Method", ">Failed before~", "&>Previous", ">Sessions failed", "&>"+c.rateHead(), ">Change (pts)", "Change interval~~", ">q~~~")
		for i := range all {
			change := &all[i]
			if change.Verdict != group.verdict {
				continue
			}
			if t.all++; c.o.Top > 0 && len(t.rows) == c.o.Top {
				continue
			}
			label := textCell(change.Label)
			label.code = change.Scope == report.ScopeError && change.Error != ""
			label.tone = c.verdict(change).tone
			row := append([]cell{label, code(change.Method)}, changeCells(change)...)
			t.add(append(row, cell{text: words.Small(change.Test.Q), order: change.Test.Q, numeric: true})...)
		}
		if len(t.rows) > 0 {
			s.tables = append(s.tables, t)
		}
	}
	for i := range limit(all, maxDrawn) {
		change := &all[i]
		s.gaps = append(s.gaps, chart.Gap{Label: change.Label + " · " + change.Method, Difference: change.Difference, Tone: chart.Tone(c.verdict(change).tone)})
	}
	c.oneSided(s)
	if !c.r.Comparable() {
		s.notes = append(s.notes, "Session rates are not compared: only one of the inputs seems to hold errors only.")
		return
	}
	if len(all) > 0 {
		s.notes = append(s.notes, "Change (pts): percentage points of the session rate. q: false discovery rate (Benjamini–Hochberg). Changes that affect the most sessions come first.")
	}
	if c.errorsOnly {
		s.notes = append(s.notes, "Each change is one of the mix of errors: the number of sessions without errors is unknown.")
	}
	s.notes = append(s.notes, tested(c.r.Changes)...)
}

// significant returns the significant changes that are not acknowledged, the worst first.
func significant(changes []report.Change) []report.Change {
	out := slices.DeleteFunc(slices.Clone(changes), func(c report.Change) bool { return !c.Significant() || c.Acknowledged })
	slices.SortStableFunc(out, worstChange)
	return out
}

// worstChange sorts changes for the worse before changes for the better, and changes of most
// sessions first.
func worstChange(a, b report.Change) int {
	x, y := a.Moved(), b.Moved()
	return cmp.Or(last(x < 0, y < 0), cmp.Compare(math.Abs(y), math.Abs(x)))
}

// changeCells returns cells for both shares and their difference, with as many digits as the
// interval of the difference needs.
func changeCells(c *report.Change) []cell {
	d := c.Difference
	digits := words.PointDigits(d.High - d.Low)
	change := cell{text: words.Points(d.Value, digits), order: d.Value, numeric: true}
	if c.Significant() {
		change.tone = better
		if d.Value > 0 {
			change.tone = worse
		}
	}
	return []cell{
		fraction(c.Before.Part, c.Before.Whole), ratio(c.Before.Rate.Value, digits),
		fraction(c.After.Part, c.After.Whole), ratio(c.After.Rate.Value, digits),
		change, {text: words.Points(d.Low, digits) + " to " + words.Points(d.High, digits), order: d.Low, numeric: true},
	}
}

// tested says how many session rates were tested, and with what results.
func tested(changes []report.Change) []string {
	var rows, tested, significant, same, few, unknown int
	for i := range changes {
		c := &changes[i]
		if c.Measure != report.SessionRate {
			continue
		}
		rows++
		if c.Test != nil {
			tested++
		}
		switch {
		case c.Significant():
			significant++
		case c.Verdict == report.Same:
			same++
		case c.Verdict == report.TooFew:
			few++
		default:
			unknown++
		}
	}
	var out []string
	switch {
	case rows == 0:
		return []string{"There is nothing to compare: neither side has a failure or an attempt."}
	case tested == 0 && few+unknown > 0:
		out = append(out, "No session rate could be tested.")
	case significant == 0:
		out = append(out, "No session rate changed significantly.")
	}
	parts := []string{words.Number(significant) + " significant"}
	if same > 0 {
		parts = append(parts, words.Number(same)+" about the same")
	}
	// The number of inconclusive rows matters even if it is 0.
	parts = append(parts, words.Number(few)+" inconclusive (too few sessions)")
	if unknown > 0 {
		parts = append(parts, words.Number(unknown)+" unknown (no session IDs)")
	}
	return append(out, fmt.Sprintf("Session rates: %s of %s tested at a false discovery rate of %.0f%%: %s.",
		words.Number(tested), words.Number(rows), 100*stats.Level, strings.Join(parts, ", ")))
}

// oneSided adds the errors that only one side has and whose change is not significant. Somebody
// who tries a new version needs to know of them too.
func (c *composer) oneSided(s *section) {
	t := newTable("Only on one side, not significant", "Method", "Side", ">Failures", ">Sessions", "First seen~~", "Last seen~~")
	list := func(side, other *report.Side) {
		errors := listErrors(side, func(e *report.Error) bool {
			change := c.changes[e.Key()]
			return other.Errors[e.Key()] == nil && (change == nil || !change.Significant()) && !e.Acknowledged
		})
		t.all += len(errors)
		for _, e := range limit(errors, c.o.Top) {
			t.add(errorCell(e), code(e.Method), textCell(c.sideName(side)), amount(e.Failures), sessions(e.Sessions, e.Sessionless),
				textCell(words.Minute(e.First)), textCell(words.Minute(e.Last)))
		}
	}
	list(c.after, c.before)
	list(c.before, c.after)
	if len(t.rows) > 0 {
		s.tables = append(s.tables, t)
	}
}

// maxAdvice is the number of errors that are explained.
const maxAdvice = 3

// advice explains the errors that became more frequent, then those that most sessions saw; in a
// diff only the former.
func (c *composer) advice() {
	s := section{title: "What to do"}
	add := func(method, name string, code int32, label, says string) {
		a := c.advise(method, name, code)
		known := slices.ContainsFunc(s.advices, func(a advice) bool { return a.name == label && a.method == method })
		if len(s.advices) < maxAdvice && a.meaning != "" && !known {
			a.name, a.says, a.example = label, says, c.example(method, name, code)
			s.advices = append(s.advices, a)
		}
	}
	for _, change := range significant(c.r.Changes) {
		if change.Difference.Value > 0 && change.Scope == report.ScopeError {
			cells := changeCells(&change)
			add(change.Method, change.Error, change.Code, change.Label,
				fmt.Sprintf("%s: from %s to %s of %s", change.Verdict, cells[1].text, cells[3].text, c.sessions()))
		}
	}
	if !c.o.Diff {
		for _, e := range listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged }) {
			says := words.Count(e.Failures, "failure")
			if e.Sessions > 0 {
				says = fmt.Sprintf("%s %s (%s)", fraction(int64(e.Sessions), c.after.Sessions).text, c.sessions(), words.Percent(int64(e.Sessions), c.after.Sessions))
			}
			add(e.Method, e.Name, e.Key().Code, e.Label(), says)
		}
	}
	if len(s.advices) > 0 {
		c.section(s)
	}
}
