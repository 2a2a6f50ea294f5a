package story

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/otlog/otlog/report/words"
)

// widest is the largest width of text that is still easy to read, in columns.
const widest = 120

// A textWriter writes pages for a terminal.
type textWriter struct {
	width int
	color bool
	out   strings.Builder
}

func newTextWriter(width int, color bool) *textWriter {
	if width == 0 || width > widest {
		width = widest
	}
	return &textWriter{width: max(width, 40), color: color}
}

func (t *textWriter) page(p *page) {
	t.paragraph("", p.title, strong)
	t.facts(p.facts)
	title := "Timeline"
	if p.since != "" {
		title += ", from " + p.since
	}
	t.title(title)
	columns := p.columns()
	for i := range p.rows {
		t.row(&p.rows[i], columns)
	}
	if p.note != "" {
		t.paragraph("", p.note, faint)
	}
	if len(p.advice) > 0 {
		t.title("What to do")
	}
	for i := range p.advice {
		a := &p.advice[i]
		if i > 0 {
			t.out.WriteByte('\n')
		}
		t.paragraph("", a.title, plain)
		for _, point := range a.points {
			t.paragraph("  "+point[0]+strings.Repeat(" ", 11-len(point[0])), point[1], plain)
		}
	}
	t.title("End")
	for _, line := range p.end {
		t.paragraph("", line, plain)
	}
}

func (t *textWriter) title(s string) {
	t.out.WriteByte('\n')
	t.paragraph("", s, strong)
}

// facts prints lines beside their heads.
func (t *textWriter) facts(facts []fact) {
	room := 11 // for heads
	for _, f := range facts {
		room = max(room, len(f.head)+2)
	}
	for _, f := range facts {
		head := f.head
		for _, line := range f.lines {
			tone := plain
			if f.alarm {
				tone = bad
			}
			t.paragraph(head+strings.Repeat(" ", room-len(head)), line, tone)
			head = ""
		}
	}
}

// leastRoom is the least room for the lines of an entry, in columns. If there is less, the lines are below
// what is before them.
const leastRoom = 36

// columns are the widths of what is before the lines of all entries.
type columns struct{ offset, client, head int }

// columns returns widths that leave room for every entry of a page.
func (p *page) columns() columns {
	c := columns{offset: len("+1:02:03.456"), head: len("FAILURE 12") + 2}
	for i := range p.rows {
		r := &p.rows[i]
		c.offset, c.head = max(c.offset, len(r.offset)), max(c.head, len(r.head)+2)
		if p.people {
			c.client = max(c.client, len("client 1")+2, len(r.client)+1)
		}
	}
	return c
}

// row prints an entry: offset, client, what, and its lines.
func (t *textWriter) row(r *row, c columns) {
	head := fmt.Sprintf("%*s  ", c.offset, r.offset)
	if c.client > 0 {
		head += fmt.Sprintf("%-*s", c.client, r.client)
	}
	if r.head != "" {
		head += fmt.Sprintf("%-*s", c.head, r.head)
	}
	if t.width < c.offset+2+c.client+c.head+leastRoom {
		if head = strings.Join(strings.Fields(head), " "); head != "" {
			t.paragraph("", head, r.tone)
		}
		head = "    "
	}
	for _, line := range r.lines {
		t.paragraph(head, line, r.tone)
		head = strings.Repeat(" ", utf8.RuneCountInString(head))
	}
}

// paragraph prints text after a head, in several lines if needed.
func (t *textWriter) paragraph(head, s string, tone tone) {
	indent := utf8.RuneCountInString(head)
	for _, line := range words.Wrap(words.Printable(s), t.width-indent) {
		t.out.WriteString(strings.TrimRight(head+t.paint(line, tone), " ") + "\n")
		head = strings.Repeat(" ", indent)
	}
}

func (t *textWriter) paint(s string, tone tone) string {
	codes := [...]string{faint: "2", good: "32", bad: "31", strong: "1"}
	if !t.color || s == "" || codes[tone] == "" {
		return s
	}
	return "\x1b[" + codes[tone] + "m" + s + "\x1b[0m"
}
