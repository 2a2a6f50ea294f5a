package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// coverage lists the windows that lack records in some of their hours, which looks like
// an improvement and is none.
func (c *composer) coverage() {
	windows := c.r.Windows
	t := newTable("Window", ">Hours without records", ">of", "Longest gap")
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
	c.section(section{title: "Gaps in coverage", tables: []*table{t}, notes: []string{
		"Hours without any record lower counts, and rates if what failed was not logged: that is no improvement.",
	}})
}

// inputs accounts for every source, the damaged ones first.
func (c *composer) inputs() {
	sources := slices.Clone(c.r.Sources)
	if len(sources) == 1 && !troubled(sources[0]) {
		return // the header tells all of it
	}
	slices.SortStableFunc(sources, func(a, b *aggregate.Source) int { return -last(troubled(a), troubled(b)) })
	t := newTable("Input", "Format???", ">Bytes?", ">Records", ">Show an error", ">Telemetry??", ">Clean??", ">Skipped", "Damage")
	t.all, t.unranked = len(sources), true
	for _, s := range limit(sources, c.o.Top) {
		a := s.Account
		damage := cell{}
		switch err := s.Trouble(); {
		case err != nil:
			damage = cell{text: err.Error(), tone: worse}
		case a.Records.Skipped > 0:
			damage = cell{text: report.SkippedReasons(s), tone: worse}
		}
		t.add(textCell(s.Name), textCell(cmp.Or(s.Format, "-")), cell{text: words.Bytes(a.Bytes), order: float64(a.Bytes), numeric: true}, amount(a.Records.Total()),
			amount(a.Records.Classified), amount(a.Records.Telemetry), amount(a.Records.Clean), amount(a.Records.Skipped), damage)
	}
	if len(t.rows) > 0 {
		c.section(section{title: "Inputs", tables: []*table{t}})
	}
}

func troubled(s *aggregate.Source) bool { return s.Failed != nil || s.Damaged() }

// reading says what a reader has to know to read the numbers right.
func (c *composer) reading() {
	r := c.r
	var notes []string
	errors := listErrors(c.after, func(*report.Error) bool { return true })
	if len(errors) > 0 {
		notes = append(notes,
			"A failure is one thing that went wrong once; lines are the log records that speak of it. Sessions are distinct.",
			"A rate stands beside what it is a share of, with the interval that holds the true rate in 95 of 100 such reports (Wilson).")
		if c.before != nil {
			notes = append(notes, fmt.Sprintf("A change is tested by session, together with all others: of those called up, down, new or gone at most %.0f %% are chance. "+
				"same: between half and twice the rate before. too few to tell: fewer than %d sessions on a side, or it may have doubled or halved for all that is known.",
				100*stats.Level, report.MinSessions))
		}
		notes = append(notes, "What a name means and what to do about it: otlog explain "+example(errors))
	}
	if n := r.Totals.Background; n > 0 {
		notes = append(notes, words.Number(n)+" lines tell of errors behind the scenes that failed no call; they are counted as lines only.")
	}
	if since, until := r.Counted(); !since.Equal(r.Filter.Since) || !until.Equal(r.Filter.Until) {
		notes = append(notes, fmt.Sprintf("Sessions and records are counted by quarters of an hour%s.", span(since, until)))
	}
	if len(notes) > 0 {
		c.section(section{title: "How to read this", notes: notes})
	}
}

// span tells bounds, either of which may be missing.
func span(since, until time.Time) string {
	out := ""
	if !since.IsZero() {
		out += ", from " + clock(since)
	}
	if !until.IsZero() {
		out += ", to " + clock(until)
	}
	return out
}

// example returns what a reader would most likely want to have explained.
func example(errors []*report.Error) string {
	for _, e := range errors {
		if e.Name != "" {
			return e.Name
		}
	}
	if errors[0].Code != 0 {
		return strconv.Itoa(int(errors[0].Code))
	}
	return errors[0].Method
}

// warnings repeats those of both inputs.
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
	if len(s.warnings) > 0 {
		c.section(s)
	}
}
