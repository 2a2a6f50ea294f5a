package page

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// A table is a part of a page in rows and columns.
type table struct {
	columns []column
	rows    [][]cell

	// all is the number of rows without the limit of the page. The worst rows come first,
	// unless the table is unranked.
	all      int
	unranked bool
}

type column struct {
	head  string
	right bool // aligned to the right, as numbers are

	// spare is the order in which columns are left out if there is no room: the highest
	// first. 0: never.
	spare int
}

// A cell is a text of a table, which may come from outside.
type cell struct {
	text  string
	tone  tone
	order float64   // the sort key, if numeric
	bar   float64   // the length of a bar, relative to others in the column; 0: no bar
	trend []float64 // bars side by side; they replace the text where they can be drawn

	numeric bool
	code    bool // a name in code
}

// A tone says whether a text is good or bad news.
type tone string

const (
	plain  tone = ""
	worse  tone = "worse"
	better tone = "better"
	faint  tone = "faint" // less important
)

// newTable returns a table without rows. A head that begins with '>' aligns its column to the
// right. A column whose head ends with '~' may be left out; more of them, and it is left out
// earlier.
func newTable(heads ...string) *table {
	t := &table{}
	for _, h := range heads {
		name, right := strings.CutPrefix(h, ">")
		head := strings.TrimRight(name, "~")
		t.columns = append(t.columns, column{head: head, right: right, spare: len(name) - len(head)})
	}
	return t
}

// row adds cells of plain text.
func (t *table) row(cells ...string) {
	var row []cell
	for _, c := range cells {
		row = append(row, cell{text: c})
	}
	t.add(row...)
}

func (t *table) add(row ...cell) { t.rows = append(t.rows, row) }

// of says how many of all rows are in the table, "" if all are.
func (t *table) of() string {
	if t.all <= len(t.rows) {
		return ""
	}
	rank := "worst "
	if t.unranked {
		rank = ""
	}
	return fmt.Sprintf("%s%s of %s", rank, words.Number(len(t.rows)), words.Number(t.all))
}

// code returns a cell for a name in code.
func code(name string) cell { return cell{text: name, code: true} }

func textCell(s string) cell { return cell{text: s} }

// amount returns a cell for a count.
func amount[T int | int64](n T) cell {
	return cell{text: words.Number(n), order: float64(n), numeric: true}
}

// none returns a cell for an unknown value.
func none() cell { return cell{text: "-", order: -1, numeric: true, tone: faint} }

// fraction returns a cell for a part and its whole.
func fraction(part, whole int64) cell {
	return cell{text: words.Fraction(part, whole), order: float64(part), numeric: true}
}

// ratio returns a cell for a share of one in percent.
func ratio(value float64, digits int) cell {
	return cell{text: words.Ratio(value, digits), order: value, numeric: true}
}

// percentCell returns a ratio with as many digits as it needs.
func percentCell(value float64) cell { return ratio(value, words.Digits(value)) }

// interval returns a cell for the interval of a rate.
func interval(r *stats.Rate) cell {
	return cell{text: fmt.Sprintf("%.1f to %.1f%%", 100*r.Low, 100*r.High), order: r.Low, numeric: true}
}

// rateCells returns cells for a share, its rate and its interval.
func rateCells(s stats.Share) []cell {
	if s.Rate == nil {
		return []cell{none(), none(), none()}
	}
	return []cell{fraction(s.Part, s.Whole), percentCell(s.Rate.Value), interval(s.Rate)}
}

// layout returns the table without the columns that do not fit a terminal of that width; 0:
// everything fits.
func (t *table) layout(width int) *table {
	out := t
	for width > 0 && out.width() > width {
		last, spare := -1, 0
		for i, c := range out.columns {
			if c.spare > spare {
				last, spare = i, c.spare
			}
		}
		if last < 0 {
			break
		}
		out = out.without(last)
	}
	return out
}

// without returns the table without a column.
func (t *table) without(column int) *table {
	out := &table{all: t.all, unranked: t.unranked}
	for i, c := range t.columns {
		if i != column {
			out.columns = append(out.columns, c)
		}
	}
	for _, row := range t.rows {
		var rest []cell
		for i, c := range row {
			if i != column {
				rest = append(rest, c)
			}
		}
		out.rows = append(out.rows, rest)
	}
	return out
}

const gutter = 2 // spaces between columns

// widths returns the width of each column.
func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = utf8.RuneCountInString(c.head)
	}
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(words.Printable(c.text)))
		}
	}
	return widths
}

func (t *table) width() int {
	sum := gutter * (len(t.columns) - 1)
	for _, w := range t.widths() {
		sum += w
	}
	return sum
}

// print writes heads and rows. If they are wider than width, the first column has lines of its
// own.
func (t *table) print(b *strings.Builder, width int, p palette) {
	heads := make([]cell, len(t.columns))
	bare := true
	for i, c := range t.columns {
		heads[i] = cell{text: c.head, tone: faint}
		bare = bare && c.head == ""
	}
	widths := t.widths()
	stacked := width > 0 && t.width() > width
	rows := t.rows
	if !bare {
		rows = append([][]cell{heads}, rows...)
	}
	for _, row := range rows {
		var line, blank strings.Builder // blank: spaces, unless they end the line
		for i, c := range row {
			text := words.Printable(c.text)
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if i > 0 {
				blank.WriteString(strings.Repeat(" ", gutter))
			}
			if t.columns[i].right {
				blank.WriteString(pad)
			}
			if text != "" {
				line.WriteString(blank.String())
				blank.Reset()
				line.WriteString(p.paint(text, c.tone))
			}
			if !t.columns[i].right {
				blank.WriteString(pad)
			}
			if stacked && i == 0 {
				line.WriteByte('\n')
				blank.Reset()
			}
		}
		b.WriteString(line.String())
		b.WriteByte('\n')
	}
}
