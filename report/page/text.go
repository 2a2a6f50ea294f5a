package page

import (
	"io"
	"slices"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// TextOptions describe a terminal.
type TextOptions struct {
	Options
	Width int // in columns; 0: unlimited
	Color bool
}

// Text writes the report for people at a terminal. On a narrow terminal it leaves out columns,
// the least important first.
func Text(w io.Writer, r *report.Report, o TextOptions) error {
	p, err := compose(r, o.Options)
	if err != nil {
		return err
	}
	t := &textPage{width: o.Width, palette: palette{on: o.Color}}
	t.page(p)
	_, err = io.WriteString(w, t.out.String())
	return err
}

type textPage struct {
	palette
	width int
	out   strings.Builder
}

func (t *textPage) page(p *page) {
	t.paragraph("", p.headline, strong)
	t.paragraph("", p.about(), faint)
	t.facts(p.facts)
	for i := range p.sections {
		t.out.WriteByte('\n')
		t.section(&p.sections[i])
	}
}

func (t *textPage) section(s *section) {
	title := s.title
	if len(s.tables) == 1 && s.tables[0].of() != "" {
		title += " (" + s.tables[0].of() + ")"
	}
	// Each warning has a head of its own.
	if title != "" && len(s.warnings) == 0 {
		t.line(title, strong)
	}
	t.facts(s.facts)
	for i, table := range s.tables {
		if i > 0 || len(s.facts) > 0 {
			t.out.WriteByte('\n')
		}
		if of := table.of(); of != "" && len(s.tables) > 1 {
			named := *table
			named.columns = slices.Clone(table.columns)
			named.columns[0].head += " (" + of + ")"
			table = &named
		}
		table.print(&t.out, t.width, t.palette)
	}
	for i := range s.advices {
		a := &s.advices[i]
		if i > 0 {
			t.out.WriteByte('\n')
		}
		t.paragraph("", a.name+" in "+a.method+", "+a.says, plain)
		t.paragraph("  Meaning   ", a.meaning, plain)
		if a.reasons != "" {
			t.paragraph("  Reasons   ", a.reasons, plain)
		}
		t.paragraph("  Remedy    ", a.remedy, plain)
		t.paragraph("  Owner     ", a.owner, plain)
		if a.example != "" {
			t.line("  Example   "+a.example, plain) // never cut
		}
	}
	t.examples(s.examples)
	if len(s.facts) > 0 && len(s.tables)+len(s.advices) == 0 && len(s.notes) > 0 {
		t.out.WriteByte('\n')
	}
	for _, note := range s.notes {
		t.paragraph("", note, faint)
	}
	for _, warning := range s.warnings {
		if t.width > 0 {
			t.paragraph("", "warning: "+warning, plain)
		} else {
			t.line("warning: "+warning, plain) // programs may look for it
		}
	}
}

// facts prints lines beside their heads.
func (t *textPage) facts(facts []fact) {
	const room = 15 // for heads
	for _, f := range facts {
		head := f.head
		for _, line := range f.lines {
			tone := plain
			if f.alarm {
				tone = worse
			}
			t.paragraph(head+strings.Repeat(" ", max(room-words.Width(head), 1)), line, tone)
			head = ""
		}
	}
}

func (t *textPage) line(s string, tone tone) {
	t.out.WriteString(t.paint(words.Printable(s), tone))
	t.out.WriteByte('\n')
}

// widest is the largest width of a paragraph that is still easy to read.
const widest = 120

// paragraph prints text after a head, in several lines if needed.
func (t *textPage) paragraph(head, s string, tone tone) {
	width := widest
	if t.width > 0 {
		width = min(width, max(t.width, 40))
	}
	indent := words.Width(head)
	for _, line := range words.Wrap(words.Printable(s), width-indent) {
		t.out.WriteString(head + t.paint(line, tone) + "\n")
		head = strings.Repeat(" ", indent)
	}
}

// A palette colours text for a terminal, if it is on.
type palette struct{ on bool }

// strong is the tone of titles.
const strong tone = "strong"

func (p palette) paint(s string, t tone) string {
	if !p.on || s == "" {
		return s
	}
	switch t {
	case strong:
		return "\x1b[1m" + s + "\x1b[0m"
	case worse:
		return "\x1b[31m" + s + "\x1b[0m"
	case better:
		return "\x1b[32m" + s + "\x1b[0m"
	case faint:
		return "\x1b[2m" + s + "\x1b[0m"
	}
	return s
}
