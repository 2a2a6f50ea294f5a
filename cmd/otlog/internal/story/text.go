package story

import (
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
	for i := range p.rows {
		t.row(&p.rows[i], p.people)
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
	const room = 11 // for heads
	for _, f := range facts {
		head := f.head
		for _, line := range f.lines {
			tone := plain
			if f.alarm {
				tone = bad
			}
			t.paragraph(head+strings.Repeat(" ", max(room-len(head), 1)), line, tone)
			head = ""
		}
	}
}

// The room for what is before the lines of an entry, in columns, and the least room for the lines. If there
// is less, the lines are below.
const (
	offsetRoom = 12
	clientRoom = 10
	headRoom   = 12
	leastRoom  = 36
)

// row prints an entry: offset, client, what, and its lines.
func (t *textWriter) row(r *row, people bool) {
	head := strings.Repeat(" ", max(offsetRoom-len(r.offset), 0)) + r.offset + "  "
	if people {
		head += r.client + strings.Repeat(" ", max(clientRoom-len(r.client), 1))
	}
	head += r.head
	if r.head != "" {
		head += strings.Repeat(" ", max(headRoom-len(r.head), 2))
	}
	if t.width < offsetRoom+2+clientRoom+headRoom+leastRoom {
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
