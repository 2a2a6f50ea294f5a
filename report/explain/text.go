package explain

import (
	"io"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// widest is the largest width of paragraphs, in columns, and narrowest the least.
const widest, narrowest = 88, 40

// A text is an explanation for people, for a terminal of some width in columns. If the width is 0, it is
// unknown: paragraphs have the largest width, and lines that are quoted are not wrapped.
type text struct {
	strings.Builder
	width int
}

func newText(width int) *text {
	if width > 0 {
		width = max(width, narrowest)
	}
	return &text{width: width}
}

// print writes the text without the line feed that begins it.
func (t *text) print(w io.Writer) error {
	_, err := io.WriteString(w, strings.TrimPrefix(t.String(), "\n"))
	return err
}

// paragraph prints text beside a head.
func (t *text) paragraph(head, s string) {
	const indent = 12
	width := widest
	if t.width > 0 {
		width = min(width, t.width)
	}
	head = "  " + head + strings.Repeat(" ", max(indent-2-len(head), 0))
	for _, line := range words.Wrap(s, width-indent) {
		t.WriteString(head + line + "\n")
		head = strings.Repeat(" ", indent)
	}
}

// optional prints a text beside a head unless it is empty.
func (t *text) optional(head, s string) {
	if s != "" {
		t.paragraph(head, words.Printable(s))
	}
}

// title prints a sentence that has no head, after a blank line if there is a text before it.
func (t *text) title(s string) {
	t.WriteByte('\n')
	t.line("", s, widest)
}

// quote prints a line of a log, or a row, as wide as the terminal is.
func (t *text) quote(indent, s string) { t.line(indent, s, t.width) }

// line prints a line after an indent. If it is wider than the terminal, or than most, it is wrapped.
func (t *text) line(indent, s string, most int) {
	width := min(most, t.width)
	if t.width == 0 || words.Width(indent+s) <= width {
		t.WriteString(indent + s + "\n")
		return
	}
	const more = "  " // after the first line
	rest := indent + more
	for _, line := range words.Wrap(s, width-len(rest)) {
		t.WriteString(indent + line + "\n")
		indent = rest
	}
}

// table prints rows of columns after a blank line. The last column says what is undocumented; it becomes a
// mark with a note if it is too wide for the terminal.
func (t *text) table(rows [][]string) {
	t.WriteByte('\n')
	table, note := words.Columns(rows), ""
	if t.width > 0 && widthOf(table) > t.width {
		const mark = "*"
		for _, row := range rows {
			if last := len(row) - 1; row[last] != "" {
				row[last], note = mark, mark+" "+strings.Trim(row[last], "()")
			}
		}
		table = words.Columns(rows)
		if widthOf(table) > t.width {
			table = stacked(rows)
		}
	}
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		rest := strings.TrimLeft(line, " ")
		t.quote(line[:len(line)-len(rest)], rest)
	}
	if note != "" {
		t.quote("  ", note)
	}
}

// stacked formats rows with the first column on a line of its own.
func stacked(rows [][]string) string {
	var rest [][]string
	for _, row := range rows {
		rest = append(rest, append([]string{"    " + row[1]}, row[2:]...))
	}
	lines := strings.SplitAfter(words.Columns(rest), "\n")
	var b strings.Builder
	for i, row := range rows {
		b.WriteString(row[0] + "\n" + lines[i])
	}
	return b.String()
}

// widthOf returns the width of the widest line.
func widthOf(s string) int {
	width := 0
	for line := range strings.Lines(s) {
		width = max(width, words.Width(strings.TrimSuffix(line, "\n")))
	}
	return width
}
