package page

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// rates are the headline: how often the methods failed that a call is made of.
func (c *composer) rates() {
	heads := []string{"Method", "Of??", ">Now", ">Rate", "95 % interval"}
	if c.before != nil {
		heads = append(heads, ">Before", ">Rate", ">Points", "95 % interval???", "By session")
	}
	s := section{title: "Failure rates"}
	t, trend := newTable(heads...), newTable(append([]string{"By window", "Of?"}, c.windowHeads()...)...)
	attempts := false
	for _, method := range c.attempted() {
		before, now, unit := c.headline(method)
		if now.Rate == nil && before.Rate == nil {
			continue
		}
		attempts = attempts || unit == "attempts"
		row := append([]cell{code(method), textCell(unit)}, rateCells(now)...)
		f := figure{head: method, value: "-"}
		if shares := c.byWindow(method, unit); shares != nil {
			cells := []cell{code(method), textCell(unit)}
			for i, share := range shares {
				w := &c.shownWindows()[i]
				f.points = append(f.points, chart.Point{Label: windowName(c.r, *w), Rate: share.Rate, Complete: w.Complete})
				value := none()
				if share.Rate != nil {
					value = percentCell(share.Rate.Value)
					value.text += " of " + words.Number(share.Whole)
				}
				cells = append(cells, value)
			}
			trend.add(cells...)
		}
		if now.Rate != nil {
			f.value = words.PercentOf(now.Rate.Value)
			f.says = fmt.Sprintf("%s %s, %s", fraction(now.Part, now.Whole).text, unit, interval(now.Rate).text)
		}
		if c.before != nil {
			verdict := c.verdict(c.methods[method])
			if difference := stats.NewDifference(before.Rate, now.Rate); difference == nil {
				row = append(row, none(), none(), none(), none(), verdict)
			} else {
				change := report.Change{Before: before, After: now, Difference: difference}
				cells := changeCells(&change)
				row[3] = cells[3]
				row = append(row, append(cells[:2:2], append(cells[4:], verdict)...)...)
				f.says += fmt.Sprintf("; before %s, %s points", cells[1].text, cells[4].text)
			}
			if verdict.tone == worse {
				f.tone = worse
			}
			f.says += "; by session: " + verdict.text
		}
		t.add(row...)
		s.figures = append(s.figures, f)
	}
	switch {
	case c.r.Filter.Error != "":
		s.notes = append(s.notes, "Which attempts failed by one error is not known, so there are no rates of failed attempts.")
	case !attempts:
		s.notes = append(s.notes, "No telemetry tells of attempts, so there are no rates of failed attempts.")
	}
	for _, t := range []*table{t, trend} {
		if len(t.rows) > 0 {
			s.tables = append(s.tables, t)
		}
	}
	if len(trend.rows) > 0 {
		s.notes = append(s.notes, incomplete(c.r, c.shownWindows())...)
	}
	if attempts && c.before != nil {
		s.notes = append(s.notes, "Rates of attempts have an interval and no test, since attempts of one session fail together. What is tested is the share of sessions that failed (By session).")
	}
	if len(t.rows) > 0 || len(c.after.Methods) > 0 {
		c.section(s)
	}
}

// attempted returns the methods that a call is made of, and what else telemetry tells
// attempts of.
func (c *composer) attempted() []string {
	out := lookup.CallMethods[:]
	for _, method := range slices.Sorted(maps.Keys(c.after.Methods)) {
		if c.after.Attempts(method) != nil && !slices.Contains(out, method) {
			out = append(out, method)
		}
	}
	return out
}

// headline is how many attempts of a method failed; or, if they are not known on every
// side, how many sessions.
func (c *composer) headline(method string) (before, after stats.Share, unit string) {
	if c.before == nil {
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

// share is how many attempts failed, or sessions.
func methodShare(m *report.Method) (share stats.Share, of string) {
	switch {
	case m == nil:
		return stats.Share{}, ""
	case m.Attempts != nil && !m.Attempts.AnyError:
		return stats.NewShare(m.Attempts.Failed, m.Attempts.Attempts), "attempts"
	}
	return report.SessionShare(m.SessionsFailed, m.Sessionless, int64(m.Sessions)), "sessions"
}

// byWindow are the shares of a method in the windows that are shown, none if there is
// one window only.
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

// verdict tells what is found of a change.
func (c *composer) verdict(change *report.Change) cell {
	if change == nil || change.Verdict == "" {
		return none()
	}
	out := textCell(change.Verdict)
	if change.Verdict == report.TooFew {
		out.text = "too few to tell"
	}
	switch change.Verdict {
	case report.Up, report.Added:
		out.tone = worse
	case report.Down, report.Gone:
		out.tone = better
	default:
		out.tone = faint
	}
	return out
}

// changed tells what changed, and between what.
func (c *composer) changed() {
	r := c.r
	s := section{title: "What changed"}
	if c.before == nil {
		if len(r.Windows) > 1 {
			s.notes = []string{"No changes are shown: they are between complete windows, and fewer than two are."}
			c.section(s)
		}
		return
	}
	s.facts = c.compared()
	c.movers(&s)
	c.section(s)
}

// compared says what is compared, and what makes its rates less than they seem.
func (c *composer) compared() []fact {
	var out []fact
	for _, of := range [...]struct {
		head string
		side *report.Side
		r    *report.Report
	}{{"Before", c.before, c.r.Baseline}, {"After", c.after, c.r}} {
		lines := []string{fmt.Sprintf("%s: %s", c.sideName(of.side), words.Count(of.side.Sessions, "session"))}
		if !c.ofWindow() {
			lines = []string{fmt.Sprintf("%s: %s, %s", inputName(of.r), words.Count(of.side.Sessions, "session"), period(of.r))}
			lines = append(lines, unread(of.r)...)
		}
		out = append(out, fact{head: of.head, lines: append(lines, limits(of.side)...)})
	}
	if c.ofWindow() {
		if end, start := c.before.Window.End, c.after.Window.Start; end.Before(start) {
			out = append(out, fact{head: "Between", lines: []string{"no record from " + words.Span(end, start)}})
		}
		if lines := unread(c.r); len(lines) > 0 {
			out = append(out, fact{head: "Both", lines: lines})
		}
	}
	return out
}

// inputName is how the input of a report is called: by its sources, or if they are many
// by how all of their names begin.
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

// unread says which of the input is in no rate because it was missing or damaged.
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
	return out
}

// limits say what else makes the rates of a side less than they seem.
func limits(s *report.Side) []string {
	var out []string
	if h := s.Window.Hours; h.Silent > 0 {
		out = append(out, fmt.Sprintf("no record in %s of %s hours, the longest gap from %s", words.Number(h.Silent), words.Number(h.All), words.Span(h.GapStart, h.GapEnd)))
	}
	var failures, sessionless int64
	for _, m := range s.Methods {
		failures += m.Failures
		sessionless += m.Sessionless
	}
	switch {
	case s.Sessions == 0:
		out = append(out, "no record bears a session ID, so there is no rate to compare")
	case sessionless > 0:
		out = append(out, fmt.Sprintf("%s of %s bear no session ID, and are in no rate", words.Number(sessionless), words.Count(failures, "failure")))
	}
	return out
}

// movers adds the changes that are called, new and gone ones apart, then what one side
// lacks, and of the others how many there are.
func (c *composer) movers(s *section) {
	all := called(c.r.Changes)
	for _, group := range [...]struct {
		head     string
		verdicts []string
	}{{"Change", []string{report.Up, report.Down}}, {"New", []string{report.Added}}, {"Gone", []string{report.Gone}}} {
		t := newTable(group.head, "Error", "Method", ">Sessions before", ">Rate??", ">After", ">Rate??", ">Points", "95 % interval???", ">q????")
		for i := range all {
			change := &all[i]
			if !slices.Contains(group.verdicts, change.Verdict) {
				continue
			}
			if t.all++; c.o.Top > 0 && len(t.rows) == c.o.Top {
				continue
			}
			label := textCell(change.Label)
			label.code = change.Scope == report.ScopeError && change.Error != ""
			row := append([]cell{c.verdict(change), label, code(change.Method)}, changeCells(change)...)
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
	if len(all) > 0 {
		s.notes = append(s.notes, "Points: percentage points, after minus before. q: of all changes whose q is no larger, the share to expect by chance. What concerns most sessions comes first.")
	}
	s.notes = append(s.notes, tested(c.r.Changes)...)
}

// called returns the changes that are called and not acknowledged, the worst first.
func called(changes []report.Change) []report.Change {
	out := slices.DeleteFunc(slices.Clone(changes), func(c report.Change) bool { return !c.Significant() || c.Acknowledged })
	slices.SortStableFunc(out, worstChange)
	return out
}

// worstChange orders changes for the worse before those for the better, those of most
// sessions first.
func worstChange(a, b report.Change) int {
	x, y := moved(&a), moved(&b)
	return cmp.Or(last(x < 0, y < 0), cmp.Compare(math.Abs(y), math.Abs(x)))
}

// moved is how many sessions fail after that would not at the rate before; below 0 how
// many do not that would.
func moved(c *report.Change) float64 { return c.Difference.Value * float64(c.After.Whole) }

// cells are both shares and their difference, with as many digits as its interval
// has use for.
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

// tested says how many rows were tested and how, and what is found of those that are
// not called.
func tested(changes []report.Change) []string {
	var rows, tested, called, same, few, unknown int
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
			called++
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
		out = append(out, "Whether a session rate changed cannot be told.")
	case called == 0:
		out = append(out, "No session rate changed by more than chance explains.")
	}
	out = append(out, fmt.Sprintf("Tested by session: %s of %s, together with Benjamini–Hochberg at %.0f %%; called: %s.",
		words.Number(tested), words.Count(rows, "row"), 100*stats.Level, words.Number(called)))
	// How many are too few to tell is said even if none is.
	parts := []string{words.Number(few) + " with too few to tell"}
	if same > 0 {
		parts = append(parts, words.Number(same)+" between half and twice the rate before")
	}
	if unknown > 0 {
		parts = append(parts, words.Number(unknown)+" whose failures bear no session ID")
	}
	return append(out, fmt.Sprintf("Not called: %s.", strings.Join(parts, ", ")))
}

// oneSided adds the errors that one side lacks, but by chance for all that is known.
// Whoever tries a version out wants to know of them all the same.
func (c *composer) oneSided(s *section) {
	t := newTable("On one side only, not called", "Method", "Side", ">Failures", ">Sessions", "First seen??", "Last seen??")
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

// maxAdvice is how many errors are explained.
const maxAdvice = 3

// advice says what to do about the errors that got most frequent, then about those that
// most sessions saw; in a diff about the former only.
func (c *composer) advice() {
	s := section{title: "What to do"}
	add := func(method, name string, code int32, label, says string) {
		meaning, remedy, owner, link := advise(method, name, code)
		known := slices.ContainsFunc(s.advices, func(a advice) bool { return a.name == label && a.method == method })
		if len(s.advices) < maxAdvice && meaning != "" && !known {
			s.advices = append(s.advices, advice{label, method, says, meaning, remedy, owner.String(), link})
		}
	}
	for _, change := range called(c.r.Changes) {
		if change.Difference.Value > 0 && change.Scope == report.ScopeError {
			cells := changeCells(&change)
			add(change.Method, change.Error, change.Code, change.Label,
				fmt.Sprintf("%s: from %s to %s of sessions", change.Verdict, cells[1].text, cells[3].text))
		}
	}
	if !c.o.Diff {
		for _, e := range listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged }) {
			says := words.Count(e.Failures, "failure")
			if e.Sessions > 0 {
				says = fmt.Sprintf("%s sessions (%s)", fraction(int64(e.Sessions), c.after.Sessions).text, words.Percent(int64(e.Sessions), c.after.Sessions))
			}
			add(e.Method, e.Name, e.Key().Code, e.Label(), says)
		}
	}
	if len(s.advices) > 0 {
		c.section(s)
	}
}

// advise returns what the catalogue has on an error of a method, or on its code if it
// has no name; it is empty if the catalogue lacks it.
func advise(method, name string, number int32) (meaning, remedy string, owner catalogue.Owner, link string) {
	of := catalogue.LookupMethod([]byte(method))
	if id := catalogue.Lookup([]byte(name)); id != 0 {
		e := id.Get()
		uses := slices.DeleteFunc(slices.Clone(e.Uses), func(u catalogue.Use) bool { return u.Method != of })
		// With two meanings in one method, what holds for both is the error's own.
		if len(uses) == 1 {
			return uses[0].Meaning, uses[0].Remedy, uses[0].Owner, e.Link
		}
		return e.Meaning, e.Remedy, e.Owner, e.Link
	}
	entry := catalogue.LookupCode(number)
	if name != "" || number == 0 || entry == nil {
		return "", "", 0, ""
	}
	for _, u := range entry.Uses {
		if u.Method == of && !u.General {
			return u.Meaning, u.Remedy, u.Owner, entry.Link
		}
	}
	return entry.Meaning, entry.Remedy, entry.Owner, entry.Link
}
