package page

import (
	"strings"

	"github.com/otlog/otlog/report"
)

// examples are sessions with an error, as the logs have their IDs.
type examples struct {
	name   cell // of the error
	method string
	ids    []string
}

// examples lists sessions to look at, beside the errors that most sessions saw.
func (c *composer) examples() {
	if !c.r.ShowSessions {
		return
	}
	s := section{title: "Examples"}
	for _, e := range limit(listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged }), c.o.Top) {
		if len(e.Examples) > 0 {
			s.examples = append(s.examples, examples{errorCell(e), e.Method, e.Examples})
		}
	}
	if len(s.examples) == 0 {
		return
	}
	s.notes = []string{
		"Sessions in which nothing else failed come first, then the most recent ones.",
		"What happened in a session: otlog session ID PATH",
	}
	c.section(s)
}

// example returns the best example of an error, "" if there is none.
func (c *composer) example(method, name string, code int32) string {
	e := c.after.Errors[(&report.Error{Method: method, Name: name, Code: code}).Key()]
	if e == nil || len(e.Examples) == 0 {
		return ""
	}
	return e.Examples[0]
}

// examples prints each ID on a line of its own, and never cuts it.
func (t *textPage) examples(all []examples) {
	for _, e := range all {
		t.line(e.name.text+" in "+e.method, plain)
		for _, id := range e.ids {
			t.line("  "+id, plain)
		}
	}
}

func (m *markdownPage) examples(all []examples) {
	for _, e := range all {
		m.printf("**%s in %s**\n\n", inMarkdown(e.name.text), inMarkdown(e.method))
		for _, id := range e.ids {
			m.printf("- %s\n", idInMarkdown(id))
		}
		m.printf("\n")
	}
}

// exampleItem returns the example of an advice as an item of a list; "" if there is none.
func exampleItem(id string) string {
	if id == "" {
		return ""
	}
	return "- Example: " + idInMarkdown(id) + "\n"
}

// idInMarkdown returns an ID as code, so that it can be copied from the source, too. Nothing in
// code can be escaped, so other texts are not code.
func idInMarkdown(id string) string {
	if strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-~=+/") != "" {
		return inMarkdown(id)
	}
	return "`" + id + "`"
}

// exampleTable returns the examples of a section as a table, a row for each session.
func (s *section) exampleTable() *table {
	t := newTable("Error", "Method", "Session")
	for _, e := range s.examples {
		for _, id := range e.ids {
			t.add(e.name, code(e.method), code(id))
		}
	}
	return t
}
