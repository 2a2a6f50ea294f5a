package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// coverage lists the windows without records in some of their hours. Such gaps look like an
// improvement but are not.
func (c *composer) coverage() {
	windows := c.r.Windows
	t := newTable("Window", ">Hours without records", ">All hours", "Longest gap")
	for _, w := range windows {
		if w.Hours.Silent == 0 {
			continue
		}
		name := "all"
		if !w.Start.IsZero() {
			name = windowName(c.r, w)
		}
		t.add(textCell(name), amount(w.Hours.Silent), amount(w.Hours.All), textCell(words.Span(w.Hours.GapStart, w.Hours.GapEnd)))
	}
	if len(t.rows) == 0 {
		return
	}
	t.all, t.unranked = len(t.rows), true
	if top := c.o.Top; top > 0 && len(t.rows) > top {
		t.rows = t.rows[len(t.rows)-top:]
	}
	note := "Hours without records lower the counts. They also lower the rates if failures were not logged: that is not an improvement."
	if c.errorsOnly {
		note = "In a log of errors only, hours without records may be gaps in the log or hours without errors."
	}
	c.section(section{title: "Gaps in coverage", tables: []*table{t}, notes: []string{note}})
}

// inputs lists what was read of every source, damaged and repeated sources first; nil if there is
// only one, and the rest of the page says it all.
func (c *composer) inputs() *table {
	sources := slices.Clone(c.r.Sources)
	if len(sources) == 1 && !troubled(sources[0]) {
		return nil
	}
	repeats := c.r.Repeats()
	bad := func(s *aggregate.Source) bool { return troubled(s) || repeats[s] != nil }
	slices.SortStableFunc(sources, func(a, b *aggregate.Source) int { return -last(bad(a), bad(b)) })
	heads := []string{"Input", "Format~~~", ">Bytes~", ">Records", ">With an error", ">Telemetry~~", ">Clean~~", ">Skipped"}
	native := c.r.Read().Native > 0
	if native {
		heads = append(heads, ">Native SDKs~~")
	}
	t := newTable(append(heads, "Damage")...)
	t.all, t.unranked = len(sources), true
	for _, s := range limit(limit(sources, c.o.Top), report.MaxSources) {
		a := s.Account
		var all []string
		if err := s.Trouble(); err != nil {
			all = append(all, err.Error())
		}
		if repeats[s] != nil {
			all = append(all, "same content as "+repeats[s].Name)
		}
		if a.Records.Skipped > 0 {
			all = append(all, "skipped: "+report.SkippedReasons(s))
		}
		damage := cell{text: strings.Join(all, "; ")}
		if len(all) > 0 {
			damage.tone = worse
		}
		row := []cell{textCell(s.Name), textCell(cmp.Or(s.Format, "-")), {text: words.Bytes(a.Bytes), order: float64(a.Bytes), numeric: true}, amount(a.Records.Total()),
			amount(a.Records.Classified), amount(a.Records.Telemetry), amount(a.Records.Clean), amount(a.Records.Skipped)}
		if native {
			row = append(row, amount(a.Records.Native))
		}
		t.add(append(row, damage)...)
	}
	if len(t.rows) == 0 {
		return nil
	}
	return t
}

func troubled(s *aggregate.Source) bool { return s.Failed != nil || s.Damaged() }

// reading explains the numbers.
func (c *composer) reading() {
	r := c.r
	var notes []string
	errors := listErrors(c.after, func(*report.Error) bool { return true })
	if len(errors) > 0 {
		notes = append(notes,
			"A failure is one thing that went wrong once; lines are the log records that show it. A session counts once.",
			c.aboutRates(),
			"The 95% interval of a rate contains the true rate in 95 of 100 such reports (Wilson).")
		if c.before != nil {
			notes = append(notes, fmt.Sprintf("Significant?: all changes of session rates are tested together; of the significant ones, at most %.0f%% are expected to be due to chance. "+
				"About the same: between half and twice the previous rate. Inconclusive: fewer than %d sessions on a side, or too few to exclude half or twice the previous rate.",
				100*stats.Level, report.MinSessions))
		}
		notes = append(notes,
			"Meaning of an error, and what to do: otlog explain "+example(errors),
			"Meaning of every number, with an example: "+definitions)
	}
	if n := r.Totals.Background; n > 0 {
		notes = append(notes, fmt.Sprintf("%s with background errors that failed no call: they count as lines only.", words.Count(n, "line")))
	}
	if len(notes) > 0 {
		c.section(section{title: "How to read this", notes: notes})
	}
}

// aboutRates says what rates are shares of.
func (c *composer) aboutRates() string {
	about := "Session rate: sessions with such a failure / all sessions seen, with or without telemetry."
	if c.errorsOnly {
		about = "Rate among sessions with errors: sessions with such a failure / sessions in the log. A session without an error leaves no record in a log of errors only, so the rate of all sessions is lower, and unknown."
	}
	return about + " Failure rate: failed attempts / attempts, from telemetry."
}

// definitions is the page that defines every number.
const definitions = "https://github.com/otlog/otlog/blob/main/docs/numbers.md"

// example returns the error that a reader most likely wants explained.
func example(errors []*report.Error) string {
	for _, e := range errors {
		if e.Name != "" && e.Name != aggregate.OtherName {
			return e.Name
		}
	}
	if errors[0].Code != 0 {
		return strconv.Itoa(int(errors[0].Code))
	}
	return errors[0].Method
}

// warnings repeats the warnings of both inputs.
func (c *composer) warnings() {
	s := section{title: "Warnings"}
	before, after := "baseline: ", ""
	if c.o.Diff {
		before, after = "before: ", "after: "
	}
	if c.r.Baseline != nil {
		for _, w := range c.r.Baseline.Warnings {
			s.warnings = append(s.warnings, before+w)
		}
	}
	for _, w := range c.r.Warnings {
		s.warnings = append(s.warnings, after+w)
	}
	if names := c.r.SessionFields(); len(names) > 0 {
		s.warnings = append(s.warnings, after+"fields that may identify whom a failure concerns, for --session-field: "+words.Printable(words.List(names)))
	}
	if len(s.warnings) > 0 {
		c.section(s)
	}
}
