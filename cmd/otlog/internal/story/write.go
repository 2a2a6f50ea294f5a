package story

import (
	"encoding/json"
	"io"
	"strings"
)

// Formats are the names of the formats.
var Formats = []string{"text", "markdown", "json"}

// Style is how people read a text.
type Style struct {
	Width int // of the terminal, in columns; 0: unknown
	Color bool
	Paths []string // arguments for the command that shows a session of the list
}

// Write writes stories, or the list of sessions, in one of Formats.
func (r *Result) Write(w io.Writer, format string, style Style) error {
	if format == "json" {
		return r.writeJSON(w)
	}
	var out string
	if r.ranks {
		out = r.writeRanking(format, style)
	} else {
		out = r.writeStories(format, style)
	}
	_, err := io.WriteString(w, out)
	return err
}

func (r *Result) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if r.ranks {
		return enc.Encode(struct {
			Failed  int       `json:"sessions_failed"`
			Ranking []*Ranked `json:"ranking"`
		}{r.Failed, r.Ranking})
	}
	return enc.Encode(struct {
		Sessions []*Story `json:"sessions"`
	}{r.Stories})
}

func (r *Result) writeStories(format string, style Style) string {
	var pages []string
	for _, s := range r.Stories {
		p := compose(s)
		if format == "markdown" {
			m := &markdownWriter{}
			m.page(s, p)
			pages = append(pages, m.out.String())
			continue
		}
		t := newTextWriter(style.Width, style.Color)
		t.page(p)
		pages = append(pages, t.out.String())
	}
	return strings.Join(pages, "\n")
}
