package report

import (
	"strings"
	"unicode/utf8"
)

// A table aligns columns. A head that begins with '>' aligns its column to the
// right, as numbers want it.
type table struct {
	right []bool
	rows  [][]string
}

func newTable(heads ...string) *table {
	t := &table{}
	names := make([]string, len(heads))
	for i, h := range heads {
		name, right := strings.CutPrefix(h, ">")
		names[i] = name
		t.right = append(t.right, right)
	}
	t.row(names...)
	return t
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) write(b *strings.Builder) {
	widths := make([]int, len(t.right))
	for _, row := range t.rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i > 0 {
				line.WriteString("  ")
			}
			if t.right[i] {
				line.WriteString(pad + c)
			} else {
				line.WriteString(c + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
}
