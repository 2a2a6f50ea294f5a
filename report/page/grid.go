package page

import (
	"slices"
	"strings"

	"github.com/otlog/otlog/report/words"
)

const gutter = 2 // spaces between columns

// A shape is how a table is printed on a terminal.
type shape uint8

const (
	flat    shape = iota // a row is a line
	stacked              // the first cell of a row has a line of its own
	cards                // each cell of a row has a line, beside its head
)

// fit returns the shape that shows most of a table in width columns, and the table without the
// columns for which it has no room; 0: everything fits.
func (t *table) fit(width int) (*table, shape) {
	if width == 0 {
		return t, flat
	}
	if t.width(flat) <= width {
		return t, flat
	}
	shapes := []shape{flat, stacked}
	if t.dense {
		shapes = []shape{stacked, flat}
	}
	for _, s := range shapes {
		for out := t; out != nil; out = out.smaller() {
			if out.width(s) <= width {
				return out, s
			}
		}
	}
	return t, cards
}

// smaller returns the table without its most spare column, and those that are left out with it; nil
// if no column is spare.
func (t *table) smaller() *table {
	first, spare := -1, 0
	for i, c := range t.columns {
		if c.spare > spare {
			first, spare = i, c.spare
		}
	}
	if first < 0 {
		return nil
	}
	end := first + 1
	for end < len(t.columns) && t.columns[end].with {
		end++
	}
	out := &table{all: t.all, unranked: t.unranked, dense: t.dense, columns: slices.Delete(slices.Clone(t.columns), first, end)}
	for _, row := range t.rows {
		out.rows = append(out.rows, slices.Delete(slices.Clone(row), first, end))
	}
	return out
}

// widths returns the width of each column.
func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = words.Width(c.head)
	}
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], words.Width(words.Printable(c.text)))
		}
	}
	return widths
}

// width returns the width of a table in a shape.
func (t *table) width(s shape) int {
	widths := t.widths()
	if len(widths) == 0 {
		return 0
	}
	sum := -gutter
	for _, w := range widths {
		sum += gutter + w
	}
	if s == stacked {
		return max(widths[0], sum-widths[0])
	}
	return sum
}

// print writes a table in width columns. If its cells do not fit side by side, each has a line of its
// own. Lines break at spaces: a name that is wider than the terminal is not cut.
func (t *table) print(b *strings.Builder, width int, p palette) {
	t, s := t.fit(width)
	if s == cards {
		t.printCards(b, width, p)
		return
	}
	heads, bare := make([]cell, len(t.columns)), true
	for i, c := range t.columns {
		heads[i] = cell{text: c.head, tone: faint}
		bare = bare && c.head == ""
	}
	widths := t.widths()
	if !bare {
		t.printRow(b, heads, widths, s, p)
	}
	for _, row := range t.rows {
		t.printRow(b, row, widths, s, p)
	}
}

func (t *table) printRow(b *strings.Builder, row []cell, widths []int, s shape, p palette) {
	var line, blank strings.Builder // blank: spaces, unless they end the line
	for i, c := range row {
		text := words.Printable(c.text)
		pad := strings.Repeat(" ", widths[i]-words.Width(text))
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
		if s == stacked && i == 0 {
			line.WriteByte('\n')
			blank.Reset()
		}
	}
	b.WriteString(line.String())
	b.WriteByte('\n')
}

// printCards writes the cells of each row below its first one, each beside its head.
func (t *table) printCards(b *strings.Builder, width int, p palette) {
	most := 0
	for _, c := range t.columns[1:] {
		most = max(most, words.Width(c.head))
	}
	if head := t.columns[0].head; head != "" {
		b.WriteString(p.paint(head, faint) + "\n")
	}
	for _, row := range t.rows {
		if text := words.Printable(row[0].text); text != "" {
			b.WriteString(p.paint(text, row[0].tone) + "\n")
		}
		for i, c := range row[1:] {
			if c.text == "" {
				continue
			}
			head := t.columns[i+1].head
			b.WriteString("  " + p.paint(head, faint) + strings.Repeat(" ", most-words.Width(head)+gutter))
			indent := "\n" + strings.Repeat(" ", gutter+most+gutter)
			for j, line := range words.Wrap(words.Printable(c.text), width-len(indent)+1) {
				if j > 0 {
					b.WriteString(indent)
				}
				b.WriteString(p.paint(line, c.tone))
			}
			b.WriteByte('\n')
		}
	}
}
