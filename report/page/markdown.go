package page

import (
	"fmt"
	"io"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// Markdown writes the report as Markdown with tables, for code hosts and chats.
func Markdown(w io.Writer, r *report.Report, o Options) error {
	p, err := compose(r, o)
	if err != nil {
		return err
	}
	m := &markdownPage{}
	m.printf("# %s\n\n%s\n\n", inMarkdown(p.headline), inMarkdown(p.about()))
	m.facts(p.facts)
	for i := range p.sections {
		m.section(&p.sections[i])
	}
	_, err = io.WriteString(w, strings.TrimRight(m.out.String(), "\n")+"\n")
	return err
}

type markdownPage struct{ out strings.Builder }

func (m *markdownPage) printf(format string, args ...any) { fmt.Fprintf(&m.out, format, args...) }

func (m *markdownPage) section(s *section) {
	if s.title != "" {
		m.printf("## %s\n\n", inMarkdown(s.title))
	}
	m.facts(s.facts)
	for _, t := range s.tables {
		m.table(t)
	}
	for i := range s.advices {
		a := &s.advices[i]
		m.printf("**%s in %s**, %s\n\n", inMarkdown(a.name), inMarkdown(a.method), inMarkdown(a.says))
		m.printf("- Meaning: %s\n%s- Remedy: %s\n- Owner: %s\n%s- See: <%s>\n\n", inMarkdown(a.meaning), reasonItem(a.reasons), inMarkdown(a.remedy), inMarkdown(a.owner), exampleItem(a.example), a.link)
	}
	m.examples(s.examples)
	for _, note := range s.notes {
		m.printf("%s\n\n", inMarkdown(note))
	}
	for _, warning := range s.warnings {
		m.printf("- %s\n", inMarkdown(warning))
	}
	if len(s.warnings) > 0 {
		m.printf("\n")
	}
}

func (m *markdownPage) facts(facts []fact) {
	for _, f := range facts {
		head := inMarkdown(f.head)
		for i, line := range f.lines {
			switch {
			case i > 0:
				m.printf("  - %s\n", inMarkdown(line))
			case f.alarm:
				m.printf("- **%s: %s**\n", head, inMarkdown(line))
			default:
				m.printf("- **%s**: %s\n", head, inMarkdown(line))
			}
		}
	}
	if len(facts) > 0 {
		m.printf("\n")
	}
}

func (m *markdownPage) table(t *table) {
	line := func(cells []string) { m.printf("| %s |\n", strings.Join(cells, " | ")) }
	var heads, rules []string
	for i, c := range t.columns {
		head, rule := inMarkdown(c.head), "---"
		if of := t.of(); i == 0 && of != "" {
			head += " (" + of + ")"
		}
		if c.right {
			rule = "--:"
		}
		heads, rules = append(heads, head), append(rules, rule)
	}
	line(heads)
	line(rules)
	for _, row := range t.rows {
		var cells []string
		for _, c := range row {
			text := inMarkdown(c.text)
			if c.tone == worse {
				text = "**" + text + "**"
			}
			cells = append(cells, text)
		}
		line(cells)
	}
	m.printf("\n")
}

func inMarkdown(s string) string { return words.Markdown(s) }
