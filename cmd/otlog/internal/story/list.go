package story

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/otlog/otlog/report/words"
)

// writeRanking writes the sessions worth looking at: a table if it fits, else a paragraph for each.
func (r *Result) writeRanking(format string, style Style) string {
	title := fmt.Sprintf("%s worth looking at, of %s with a failure", words.Count(len(r.Ranking), "session"), words.Number(r.Failed))
	if r.Failed == 0 {
		title = "No session has a failure; the most recent ones:"
	}
	if len(r.Ranking) == 0 {
		return "No record has a session ID, so there is no session to show.\n"
	}
	rows := [][]string{{"Session", "When", "Failures", "Errors", "Client"}}
	for _, s := range r.Ranking {
		rows = append(rows, s.cells())
	}
	if format == "markdown" {
		return r.markdownTable(title, rows, style)
	}
	t := newTextWriter(style.Width, style.Color)
	t.paragraph("", title, strong)
	t.out.WriteByte('\n')
	for _, row := range rows {
		for i := range row {
			row[i] = words.Printable(row[i])
		}
	}
	if table := words.Columns(rows); style.Width == 0 || widestLine(table) <= style.Width {
		t.out.WriteString(table)
	} else {
		for _, row := range rows[1:] {
			t.paragraph("", row[0], plain)
			for i := 1; i < len(row); i++ {
				t.paragraph(fmt.Sprintf("  %-9s ", rows[0][i]), row[i], plain)
			}
		}
	}
	t.out.WriteByte('\n')
	t.out.WriteString("Show one of them: " + words.Printable(r.command(style)) + "\n")
	return t.out.String()
}

// command returns the command that shows the first session.
func (r *Result) command(style Style) string {
	return strings.ReplaceAll(style.Command, "ID", r.Ranking[0].Session)
}

func widestLine(s string) int {
	widest := 0
	for line := range strings.SplitSeq(s, "\n") {
		widest = max(widest, utf8.RuneCountInString(line))
	}
	return widest
}

func (r *Result) markdownTable(title string, rows [][]string, style Style) string {
	m := &markdownWriter{}
	m.printf("## %s\n\n", words.Markdown(strings.TrimSuffix(title, ":")))
	for i, row := range rows {
		for j := range row {
			row[j] = words.Markdown(row[j])
		}
		m.printf("| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			m.printf("|%s\n", strings.Repeat(" --- |", len(row)))
		}
	}
	m.printf("\nShow one of them: %s\n", words.Markdown(r.command(style)))
	return m.out.String()
}

// cells returns a row of the list.
func (s *Ranked) cells() []string {
	id, when := s.Session, "-"
	if s.SessionFrom != "session" {
		id += " (" + s.SessionFrom + ")"
	}
	if s.First != nil {
		when = minute(*s.First)
		if to := minute(*s.Last); to[:10] != when[:10] {
			when += " to " + to
		} else if to != when {
			when += " to " + to[11:]
		}
	}
	failures := words.Number(s.Failures)
	if s.Recovered > 0 {
		failures += fmt.Sprintf(" (+%s recovered)", words.Number(s.Recovered))
	}
	var errors, clients []string
	for i := range s.Errors {
		errors = append(errors, s.Errors[i].label())
	}
	for _, l := range s.Clients {
		var of []string
		for _, p := range []*string{l.SDK, l.Browser, l.OS} {
			if p != nil {
				of = append(of, *p)
			}
		}
		if len(of) > 0 {
			clients = append(clients, strings.Join(of, ", "))
		}
	}
	return []string{id, when, failures, orDash(words.List(errors)), orDash(strings.Join(clients[:min(len(clients), 2)], "; "))}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
