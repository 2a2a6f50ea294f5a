package page

import (
	"fmt"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// diff makes the page of what differs between two inputs, or two groups of clients.
func (c *composer) diff() {
	r := c.r
	c.answer()
	c.name = "otlog diff"
	if r.Pair != nil {
		c.subject = fmt.Sprintf("from %s to %s, in %s", c.sideName(c.before), c.sideName(c.after), c.input())
	} else {
		c.subject = fmt.Sprintf("from %s to %s", inputName(r.Baseline), inputName(r))
	}
	c.fact(selectedFilters, filterWords(r))
	c.partial()
	c.facts = append(c.facts, c.compared()...)
	c.rates()
	s := section{title: "What changed"}
	c.movers(&s)
	c.section(s)
	c.advice()
	c.examples()
	if r.Pair != nil {
		c.pair()
		c.read()
	} else {
		c.breakdowns()
		c.acknowledged()
		c.sideBySide()
	}
	c.warnings()
}

// sideBySide compares what was read.
func (c *composer) sideBySide() {
	before, after := &c.r.Baseline.Totals, &c.r.Totals
	t := newTable("", ">Before", ">After")
	row := func(head string, value func(*report.Totals) cell) { t.add(textCell(head), value(before), value(after)) }
	row("Bytes", func(t *report.Totals) cell {
		return cell{text: words.Bytes(t.Bytes), order: float64(t.Bytes), numeric: true}
	})
	row("Records", func(t *report.Totals) cell { return amount(t.Records.Total()) })
	row("Records with an error", func(t *report.Totals) cell { return amount(t.Records.Classified) })
	row("Telemetry records", func(t *report.Totals) cell { return amount(t.Records.Telemetry) })
	row("Clean records", func(t *report.Totals) cell { return amount(t.Records.Clean) })
	if before.Records.Native+after.Records.Native > 0 {
		row("Records of native SDKs", func(t *report.Totals) cell { return amount(t.Records.Native) })
	}
	row("Skipped records", func(t *report.Totals) cell { return amount(t.Records.Skipped) })
	row("Sessions", func(t *report.Totals) cell { return amount(t.Sessions) })
	row("Sessions with "+c.r.Filter.AFailure(), func(t *report.Totals) cell { return amount(t.SessionsFailed) })
	row("Sessions with telemetry", func(t *report.Totals) cell { return amount(t.TelemetrySessions) })
	row("Failures", func(t *report.Totals) cell { return amount(t.Failures) })
	row("Failures without a session ID", func(t *report.Totals) cell { return amount(t.Sessionless) })
	c.section(section{title: "What was read", tables: []*table{t}})
}

// pair compares two groups of clients as a whole.
func (c *composer) pair() {
	t := newTable(dimensionName(c.r.Pair.By), ">Sessions failed", "&>"+c.rateHead(), "95% interval~")
	for _, s := range []*report.Side{c.before, c.after} {
		t.add(append([]cell{textCell(c.sideName(s))}, rateCells(s.FailedShare(""))...)...)
	}
	c.section(section{title: "Groups", tables: []*table{t}, notes: []string{
		"A session counts for every client seen in it: one with clients of both groups is on both sides. Groups may differ in more than this, for instance in their browsers and networks.",
	}})
}
