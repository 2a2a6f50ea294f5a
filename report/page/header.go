package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// header says what matters most, what the page is about, and what limits all numbers on it.
func (c *composer) header() {
	r := c.r
	c.answer()
	c.name, c.subject = "otlog report", c.input()
	if c.ofWindow() {
		c.subject = fmt.Sprintf("%s, compared with %s", windowDays(r, c.after.Window), c.sideName(c.before))
		c.fact("Sessions", c.sessionsOfBoth())
	}
	c.fact(selectedFilters, filterWords(r))
	c.doubts()
}

// The heads of two facts: the remedy, and what the user selected.
const whatToDo, selectedFilters = "What to do", "Filters"

// input names what was read, and the time that it covers.
func (c *composer) input() string {
	r := c.r
	name := fmt.Sprintf("%d sources", len(r.Sources))
	if len(r.Sources) == 1 {
		name = r.Sources[0].Name
	}
	return fmt.Sprintf("%s, %s, %s", name, words.Bytes(r.Totals.Bytes), period(r))
}

// fact adds a fact, unless it is empty.
func (c *composer) fact(head string, lines ...string) {
	if strings.Join(lines, "") != "" {
		c.facts = append(c.facts, fact{head: head, lines: lines})
	}
}

// read says what was read, and what it consists of: all of it, whatever the page is about.
func (c *composer) read() {
	r := c.r
	s := section{title: "What was read"}
	add := func(head, line string) {
		if line != "" {
			s.facts = append(s.facts, fact{head: head, lines: []string{line}})
		}
	}
	if c.ofWindow() || r.Pair != nil {
		add("Input", c.input())
	}
	add("Weeks", weekNames(r))
	add("Files", report.LeftOutWords(r.Sources, &r.LeftOut))
	t := &r.Totals
	a := t.Records
	add("Records", fmt.Sprintf("%s: %s with an error, %s telemetry, %s clean, %s skipped",
		words.Number(a.Total()), words.Number(a.Classified), words.Number(a.Telemetry), words.Number(a.Clean), words.Number(a.Skipped)))
	if n := a.Native; n > 0 {
		add("Native SDKs", words.Count(n, "record")+" (iOS, Android, React Native, …), in no failure and no rate: their codes have other meanings")
	}
	add("Sessions", sessionWords(r, t.Sessions, t.SessionsFailed, r.Whole.Side(0), "")+surrogates(r))
	if t.Failures > 0 {
		add("Failures", fmt.Sprintf("%s, %s (%s) without an error name", words.Number(t.Failures), words.Number(t.Unnamed), words.Percent(t.Unnamed, t.Failures)))
	}
	if len(t.Evidence) > 0 {
		add("Identified by", evidenceShares(r))
	}
	if t := c.inputs(); t != nil {
		s.tables = []*table{t}
	}
	c.section(s)
}

// sessionsOfBoth says how many sessions there are in both windows, and how many of them failed.
func (c *composer) sessionsOfBoth() string {
	is, was := c.after, c.before
	out := sessionWords(c.r, is.Window.Sessions, is.Window.SessionsFailed, is, " in "+c.sideName(is))
	if share := was.FailedShare(""); share.Rate != nil {
		out += fmt.Sprintf("; %s (%s) in %s", words.Fraction(share.Part, share.Whole), words.Percent(share.Part, share.Whole), c.sideName(was))
	}
	return out
}

// sessionWords says how many sessions there are on a side, and how many of them failed; what names
// the side.
func sessionWords(r *report.Report, sessions, failed int, side *report.Side, what string) string {
	var failures, sessionless int64
	for _, e := range side.Errors {
		failures += e.Failures
		sessionless += e.Sessionless
	}
	switch {
	case sessions == 0 && r.Filter != report.Filter{}:
		return "none match the filters"
	case r.Totals.Records.Total() == r.Totals.Records.Skipped:
		return "none, because no record was read"
	case sessions == 0:
		record := "record"
		if r.Totals.Records.Native > 0 {
			record += " of the JavaScript SDK"
		}
		return "no " + record + what + " has a session ID, so affected sessions cannot be counted; --session-field names another field"
	case failures > 0 && failures == sessionless:
		return fmt.Sprintf("%s%s, but no failure has a session ID", words.Number(sessions), what)
	}
	kind := strings.TrimPrefix(r.Population().Words(), "sessions")
	return fmt.Sprintf("%s%s%s, %s (%s) with %s",
		words.Number(sessions), kind, what, words.Number(failed), words.Percent(failed, sessions), r.Filter.AFailure())
}

// doubts says at the top what was not read, or twice, since it limits all numbers below.
func (c *composer) doubts() {
	alarm := func(head, line string) { c.facts = append(c.facts, fact{head, []string{line}, true}) }
	if damaged := c.r.Damaged(); len(damaged) > 0 {
		alarm("DAMAGED", fmt.Sprintf("%d of %d sources could not be read in full: %s (see the warnings at the end)", len(damaged), len(c.r.Sources), sourceNames(damaged)))
	}
	if repeats := repeated(c.r); repeats != "" {
		alarm("DUPLICATE", repeats)
	}
	if both := c.r.Overlap(); len(both) > 0 {
		alarm("OVERLAP", sourceNames(both)+": "+report.Overlapping)
	}
	if c.r.Unredacted {
		alarm("NOT REDACTED", report.NotRedacted)
	}
	if n := len(c.r.Missing); n > 0 {
		alarm("MISSING", fmt.Sprintf("%s could not be found (see the warnings at the end)", words.Count(n, "input")))
	}
	c.partial()
}

// partial says at the top that sessions without errors are unknown.
func (c *composer) partial() {
	if !c.errorsOnly {
		return
	}
	which := "the input seems"
	if c.before != nil && c.r.Baseline != nil {
		switch was, is := c.r.Baseline.Population(), c.r.Population(); {
		case was == is:
			which = "both inputs seem"
		case was == report.WithErrors:
			which = "the baseline seems"
		}
	}
	c.facts = append(c.facts, fact{"ERRORS ONLY", []string{which + " to hold errors only: session rates are shares of the sessions with errors"}, true})
}

// repeated names the sources that were read twice, "" if there are none.
func repeated(r *report.Report) string {
	repeats := r.Repeats()
	var again []*aggregate.Source
	for _, s := range r.Sources {
		if repeats[s] != nil {
			again = append(again, s)
		}
	}
	switch len(again) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s has the same content as %s: %s", sourceNames(again), words.Printable(repeats[again[0]].Name), report.CountedAgain)
	}
	return fmt.Sprintf("%d of %d sources have the same content as another one: %s (see the warnings at the end): %s",
		len(again), len(r.Sources), sourceNames(again), report.CountedAgain)
}

// evidenceShares says how lines with an error were identified.
func evidenceShares(r *report.Report) string {
	var all int64
	for _, n := range r.Totals.Evidence {
		all += n
	}
	var out []string
	for _, kind := range [...][2]string{{"name", "name"}, {"phrase", "message text"}, {"code", "code"}, {"none", "lines with none of these"}} {
		if n := r.Totals.Evidence[kind[0]]; n > 0 {
			out = append(out, fmt.Sprintf("%s %s", kind[1], words.Percent(n, all)))
		}
	}
	return strings.Join(out, ", ")
}

// surrogates says how many sessions have no session ID.
func surrogates(r *report.Report) string {
	if r.Totals.Surrogates == 0 {
		return ""
	}
	return fmt.Sprintf("; %s without a session ID, known by a connection or client", words.Number(r.Totals.Surrogates))
}

// period returns the time from the first record to the last.
func period(r *report.Report) string {
	first, last := r.Totals.First, r.Totals.Last
	switch {
	case first.IsZero() && r.Filter.Bounded():
		return "no records in that time"
	case first.IsZero():
		return "no record has a time"
	}
	layout := "15:04"
	if first.Format(time.DateOnly) != last.Format(time.DateOnly) {
		layout = words.MinuteLayout
	}
	return fmt.Sprintf("%s to %s %s", first.Format(words.MinuteLayout), last.Format(layout), r.Zone)
}

// weekNames returns the ISO weeks from the first record to the last.
func weekNames(r *report.Report) string {
	first, last := isoWeek(r.Totals.First), isoWeek(r.Totals.Last)
	switch {
	case r.Totals.First.IsZero():
		return ""
	case first == last:
		return first
	}
	return first + " to " + last
}

func isoWeek(t time.Time) string {
	year, week := t.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

// windowName returns a name as short as the length of the windows allows.
func windowName(r *report.Report, w report.Window) string {
	switch s := r.Window.String(); {
	case strings.HasSuffix(s, "w"):
		return isoWeek(w.Start)
	case strings.HasSuffix(s, "mo"):
		return w.Start.Format("2006-01")
	case strings.HasSuffix(s, "d"):
		return w.Start.Format("Mon 01-02")
	}
	return w.Start.Format("01-02 15:04")
}

// windowDays returns the name of a window, for a week with its days.
func windowDays(r *report.Report, w *report.Window) string {
	name := windowName(r, *w)
	if strings.HasSuffix(r.Window.String(), "w") {
		name += fmt.Sprintf(", %s to %s", w.Start.Format(time.DateOnly), w.End.AddDate(0, 0, -1).Format(time.DateOnly))
	}
	return name
}

// filterWords describes the selection, "" if everything is selected.
func filterWords(r *report.Report) string {
	f := &r.Filter
	var out []string
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+words.Printable(value))
		}
	}
	for _, bound := range [...]struct {
		name string
		at   time.Time
	}{{"since ", f.Since}, {"until ", f.Until}} {
		if !bound.at.IsZero() {
			add(bound.name, bound.at.In(r.Zone).Format(words.MinuteLayout))
		}
	}
	add("", f.ClientWords())
	add("method ", f.Method)
	add("error ", f.Error)
	return strings.Join(out, ", ")
}
