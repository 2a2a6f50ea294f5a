package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// TestShapes shows what is left out of a table on narrow terminals, and its shapes.
func TestShapes(t *testing.T) {
	table := newTable("Error", ">Failed~", "&>Rate", "Method", "Last seen~~")
	table.row("OT_TIMEOUT", "64", "5.5%", "Session.publish", "2026-11-22 21:26")
	table.row("名前.log", "8", "0.7%", "Session.signal", "2026-11-22 03:36")
	for width, want := range map[int]string{
		0: `
Error       Failed  Rate  Method           Last seen
OT_TIMEOUT      64  5.5%  Session.publish  2026-11-22 21:26
名前.log         8  0.7%  Session.signal   2026-11-22 03:36
`,
		50: `
Error       Failed  Rate  Method
OT_TIMEOUT      64  5.5%  Session.publish
名前.log         8  0.7%  Session.signal
`,
		40: `
Error       Method
OT_TIMEOUT  Session.publish
名前.log    Session.signal
`,
		25: `
Error
  Method
OT_TIMEOUT
  Session.publish
名前.log
  Session.signal
`,
		15: `
Error
OT_TIMEOUT
  Failed     64
  Rate       5.5%
  Method     Session.publish
  Last seen  2026-11-22
             21:26
名前.log
  Failed     8
  Rate       0.7%
  Method     Session.signal
  Last seen  2026-11-22
             03:36
`,
	} {
		var b strings.Builder
		b.WriteByte('\n')
		table.print(&b, width, palette{})
		if b.String() != want {
			t.Errorf("%d: got %s", width, &b)
		}
	}
}

// TestNumbersAreUnderTheirHeads reads each table of several pages back from what is printed, at every
// width of a terminal.
func TestNumbersAreUnderTheirHeads(t *testing.T) {
	known := reporttest.Ignore(t, "OT_CONNECT_FAILED")
	for _, page := range []struct {
		r *report.Report
		o Options
	}{
		{r: reporttest.OfTestdata(t, "weeks", report.Options{Window: reporttest.Window(t, "1w"), Ignore: known, By: report.BySDK, Breakdown: report.Dimensions()}), o: Options{Top: 5}},
		{r: reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1d"), Breakdown: report.Dimensions()})},
		{r: reporttest.AgainstBaseline(t, report.Options{Breakdown: report.Dimensions()}), o: Options{Diff: true}},
		{r: hostileReport()},
	} {
		p, err := compose(page.r, page.o)
		if err != nil {
			t.Fatal(err)
		}
		tables := 0
		for _, s := range p.sections {
			for _, table := range s.tables {
				tables++
				for width := 40; width <= 200; width++ {
					var b strings.Builder
					table.print(&b, width, palette{})
					if err := misplaced(table, strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"), width); err != nil {
						t.Fatalf("%s, %q, %d columns: %v\n%s", s.title, table.columns[0].head, width, err, &b)
					}
				}
			}
		}
		if tables < 4 {
			t.Errorf("only %d tables are looked at", tables)
		}
	}
}

// misplaced reads the lines of a table back. It returns an error if a cell is not where its head is,
// if a row is too wide, or if one of two columns that belong together is missing.
func misplaced(table *table, lines []string, width int) error {
	_, shape := table.fit(width)
	step := 1 // lines of a row
	switch {
	case shape == cards:
		return misplacedCards(table, lines)
	case shape == stacked:
		step = 2
	}
	places := map[int]place{}
	for i, heads := 0, lines[step-1]; i < len(table.columns); i++ {
		c := table.columns[i]
		if shape == stacked && i == 0 {
			continue
		}
		from := 0
		for _, p := range places {
			from = max(from, p.end)
		}
		at := indexColumn(heads, c.head, from)
		if at < 0 && c.spare == 0 && !c.with {
			return fmt.Errorf("%q is missing", c.head)
		}
		if at >= 0 {
			places[i] = place{at, at + words.Width(c.head)}
		}
		if _, before := places[i-1]; c.with && before != (at >= 0) {
			return fmt.Errorf("of %q and %q only one is there", table.columns[i-1].head, c.head)
		}
	}
	if rows := lines[step:]; len(rows) != step*len(table.rows) {
		return fmt.Errorf("%d lines for %d rows", len(rows), len(table.rows))
	}
	for i, row := range table.rows {
		line := lines[step*(i+2)-1]
		if words.Width(line) > width {
			return fmt.Errorf("row %d is too wide", i)
		}
		for column, p := range places {
			text, right := words.Printable(row[column].text), table.columns[column].right
			start := p.start
			if right {
				start = p.end - words.Width(text)
			}
			if at := indexColumn(line, text, start); text != "" && at != start {
				return fmt.Errorf("row %d: %q is not under %q", i, text, table.columns[column].head)
			}
		}
	}
	return nil
}

// A place is where a head is, in columns of a terminal.
type place struct{ start, end int }

// indexColumn returns the column of a terminal at which text is in a line, from a column on; -1 if it
// is not there as a cell.
func indexColumn(line, text string, from int) int {
	column := 0
	for i, c := range line {
		if column >= from && strings.HasPrefix(line[i:], text) && (i == 0 || line[i-1] == ' ') {
			if rest := line[i+len(text):]; rest == "" || strings.HasPrefix(rest, "  ") {
				return column
			}
		}
		if c < 0x80 {
			column++ // almost all are
		} else {
			column += words.Width(string(c))
		}
	}
	return -1
}

// misplacedCards reads cards back: each cell is beside its head.
func misplacedCards(table *table, lines []string) error {
	lines = lines[1:]
	next := func() string {
		line := lines[0]
		lines = lines[1:]
		return line
	}
	for _, row := range table.rows {
		if text := words.Printable(row[0].text); text != "" && next() != text {
			return fmt.Errorf("%q has no line", text)
		}
		for i, c := range row[1:] {
			text, head := words.Printable(c.text), table.columns[i+1].head
			if text == "" {
				continue
			}
			line := next()
			value, ok := strings.CutPrefix(line, "  "+head+"  ")
			for ok && len(lines) > 0 && strings.HasPrefix(lines[0], strings.Repeat(" ", 3)) { // it goes on
				value += " " + next()
			}
			if strings.Join(strings.Fields(value), " ") != strings.Join(strings.Fields(text), " ") {
				return fmt.Errorf("%q is not %q of %q", line, text, head)
			}
		}
	}
	if len(lines) > 0 {
		return fmt.Errorf("%q is left", lines[0])
	}
	return nil
}
