package story

import (
	"fmt"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// writeRanking writes the sessions worth looking at.
func (r *Result) writeRanking(format string, style Style) string {
	if len(r.Ranking) == 0 {
		return title + "no record has a session ID, so there is none to show\n"
	}
	head := r.rankingWords()
	if format == "markdown" {
		return r.markdownTable(title+head, style)
	}
	t := newTextWriter(style.Width, style.Color)
	t.paragraph("", title+head, strong)
	for _, alarm := range r.alarms() {
		t.paragraph("", alarm.head+": "+alarm.lines[0], bad)
	}
	for _, s := range r.Ranking {
		c := s.cells()
		t.out.WriteByte('\n')
		t.paragraph("", c.session, plain)
		t.paragraph("  ", c.when+" · "+c.client, faint)
		t.paragraph("  ", c.failures+" · "+c.errors, plain)
	}
	t.out.WriteString("\nShow the first one: " + words.Printable(r.command(style)) + "\n")
	return t.out.String()
}

// rankingWords says which sessions are listed.
func (r *Result) rankingWords() string {
	last := r.Ranking[len(r.Ranking)-1]
	switch {
	case r.Failed > 0 && len(last.Errors) > 0:
		return fmt.Sprintf("%s with a failure; %s listed", words.Count(r.Failed, "session"), words.Number(len(r.Ranking)))
	case r.Failed > 0:
		return fmt.Sprintf("%s with a failure, of %s", words.Count(r.Failed, "session"), words.Number(len(r.Ranking)))
	case len(r.Ranking[0].Errors) > 0:
		return fmt.Sprintf("no session has a failure that was not recovered; %s with a recovered one", words.Count(len(r.Ranking), "session"))
	}
	return "no session has a failure; the most recent ones"
}

// command returns the command that shows the first session.
func (r *Result) command(style Style) string {
	id := shellWord(r.Ranking[0].Session)
	if r.hidden {
		id = "ID"
	}
	out := "otlog session " + id
	for _, p := range style.Paths {
		out += " " + shellWord(p)
	}
	if r.hidden {
		out += ", with the ID as the log has it"
	}
	return out
}

// shellWord quotes an argument for a shell, if that is necessary.
func shellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,:@%"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (r *Result) markdownTable(head string, style Style) string {
	m := &markdownWriter{}
	m.printf("## %s\n\n", words.Markdown(head))
	for _, alarm := range r.alarms() {
		m.printf("**%s**: %s\n\n", alarm.head, words.Markdown(alarm.lines[0]))
	}
	m.printf("| Session | When | Failures | Errors | Client |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range r.Ranking {
		c := s.cells()
		m.printf("| %s | %s | %s | %s | %s |\n",
			words.Markdown(c.session), words.Markdown(c.when), words.Markdown(c.failures), words.Markdown(c.errors), words.Markdown(c.client))
	}
	m.printf("\nShow the first one: %s\n", words.Markdown(r.command(style)))
	return m.out.String()
}

// cells are what the list says of a session.
type cells struct{ session, when, failures, errors, client string }

func (s *Ranked) cells() cells {
	c := cells{session: s.Session, when: "time unknown", failures: words.Count(s.Failures, "failure")}
	if s.SessionFrom != "session" {
		c.session += " (" + s.SessionFrom + ")"
	}
	if s.First != nil {
		c.when = minute(*s.First)
		if to := minute(*s.Last); to[:10] != c.when[:10] {
			c.when += " to " + to
		} else if to != c.when {
			c.when += " to " + to[11:]
		}
	}
	if s.Recovered > 0 {
		c.failures += ", " + words.Number(s.Recovered) + " recovered"
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
	if c.errors = words.List(errors); c.errors == "" {
		c.errors = "no error"
	}
	switch n := len(clients); {
	case n == 0:
		c.client = "client unknown"
	case n > 2:
		c.client = strings.Join(clients[:2], "; ") + " and " + words.Number(n-2) + " more"
	default:
		c.client = strings.Join(clients, "; ")
	}
	return c
}
