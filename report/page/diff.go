package page

import (
	"fmt"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// diff makes the page of what changed from the baseline.
func (c *composer) diff() {
	r := c.r
	c.answer()
	c.name, c.subject = "otlog diff", fmt.Sprintf("from %s to %s", inputName(r.Baseline), inputName(r))
	c.fact(selectedFilters, filterWords(r))
	c.partial()
	c.facts = append(c.facts, c.compared()...)
	c.rates()
	s := section{title: "What changed"}
	c.movers(&s)
	c.section(s)
	c.advice()
	c.breakdowns()
	c.acknowledged()
	c.sideBySide()
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
	row("Sessions with "+article(c.r)+" failure", func(t *report.Totals) cell { return amount(t.SessionsFailed) })
	row("Sessions with telemetry", func(t *report.Totals) cell { return amount(t.TelemetrySessions) })
	row("Failures", func(t *report.Totals) cell { return amount(t.Failures) })
	row("Failures without a session ID", func(t *report.Totals) cell { return amount(t.Sessionless) })
	c.section(section{title: "What was read", tables: []*table{t}})
}
