package page

import (
	"fmt"
	"strings"

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

	dense bool // its columns matter more than its lines: windows side by side
}

type column struct {
	head  string
	right bool // aligned to the right, as numbers are

	// spare is the order in which columns are left out if there is no room: the highest
	// first. 0: never.
	spare int
	with  bool // left out with the column before: a rate says nothing without its numbers
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
// earlier. A column whose head begins with '&' is left out with the one before.
func newTable(heads ...string) *table {
	t := &table{}
	for _, h := range heads {
		h, with := strings.CutPrefix(h, "&")
		name, right := strings.CutPrefix(h, ">")
		head := strings.TrimRight(name, "~")
		t.columns = append(t.columns, column{head: head, right: right, spare: len(name) - len(head), with: with})
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

// ofWhole returns a cell for the rate of a share, with what it is a share of.
func ofWhole(s stats.Share) cell {
	if s.Rate == nil {
		return none()
	}
	c := percentCell(s.Rate.Value)
	c.text += " of " + words.Number(s.Whole)
	return c
}

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
