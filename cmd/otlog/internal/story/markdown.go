package story

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// A markdownWriter writes pages for tickets and chats.
type markdownWriter struct{ out strings.Builder }

func (m *markdownWriter) printf(format string, args ...any) { fmt.Fprintf(&m.out, format, args...) }

func (m *markdownWriter) page(p *page) {
	m.printf("## %s\n\n", words.Markdown(p.title))
	for _, f := range p.facts {
		var lines []string
		for _, line := range f.lines {
			lines = append(lines, words.Markdown(line))
		}
		text := strings.Join(lines, "; ")
		if f.alarm {
			text = "**" + text + "**"
		}
		m.printf("- **%s**: %s\n", f.head, text)
	}
	title := "Timeline"
	if p.since != "" {
		title += ", from " + p.since
	}
	m.printf("\n### %s\n\n", words.Markdown(title))
	if p.people {
		m.printf("| Offset | Client | What | |\n| --: | --- | --- | --- |\n")
	} else {
		m.printf("| Offset | What | |\n| --: | --- | --- |\n")
	}
	for i := range p.rows {
		m.row(&p.rows[i], p.people)
	}
	if p.note != "" {
		m.printf("\n%s\n", words.Markdown(p.note))
	}
	if len(p.advice) > 0 {
		m.printf("\n### What to do\n")
	}
	for i := range p.advice {
		a := &p.advice[i]
		m.printf("\n**%s**\n\n", words.Markdown(a.title))
		for _, point := range a.points {
			m.printf("- %s: %s\n", point[0], words.Markdown(point[1]))
		}
		if a.link != "" {
			m.printf("- See: <%s>\n", a.link)
		}
	}
	m.printf("\n### End\n\n")
	for _, line := range p.end {
		m.printf("- %s\n", words.Markdown(line))
	}
}

func (m *markdownWriter) row(r *row, people bool) {
	var lines []string
	for _, line := range r.lines {
		lines = append(lines, words.Markdown(line))
	}
	head := words.Markdown(r.head)
	if r.tone == bad {
		head = "**" + cmp.Or(head, " ") + "**"
	}
	cells := []string{words.Markdown(r.offset)}
	if people {
		cells = append(cells, words.Markdown(r.client))
	}
	cells = append(cells, head, strings.Join(lines, "<br>"))
	m.printf("| %s |\n", strings.Join(cells, " | "))
}
