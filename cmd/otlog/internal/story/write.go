package story

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// Formats are the names of the formats.
var Formats = []string{"text", "markdown", "json"}

// Style is how people read a text.
type Style struct {
	Width int // of the terminal, in columns; 0: unknown
	Color bool
	Paths []string // arguments for the command that shows a session of the list

	ToolVersion string
}

// Write writes stories, or the list of sessions, in one of Formats.
func (r *Result) Write(w io.Writer, format string, style Style) error {
	if format == "json" {
		return r.writeJSON(w, style.ToolVersion)
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

// A document is the output as JSON. It has either sessions or a ranking.
type document struct {
	SchemaVersion int        `json:"schema_version"`
	ToolVersion   string     `json:"tool_version"`
	Redacted      bool       `json:"redacted"`
	Warnings      []string   `json:"warnings"` // about what could not be read
	Sessions      []*Story   `json:"sessions"`
	Failed        *int       `json:"sessions_failed"`
	Ranking       *[]*Ranked `json:"ranking"`
}

func (r *Result) writeJSON(w io.Writer, toolVersion string) error {
	d := document{SchemaVersion: 1, ToolVersion: toolVersion, Redacted: !r.unredacted, Warnings: append([]string{}, r.Warnings...), Sessions: r.Stories}
	if r.ranks {
		d.Sessions, d.Failed, d.Ranking = []*Story{}, &r.Failed, &r.Ranking
	}
	enc := json.NewEncoder(words.JSON(w))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

func (r *Result) writeStories(format string, style Style) string {
	var pages []string
	for _, s := range r.Stories {
		p := r.compose(s)
		if format == "markdown" {
			m := &markdownWriter{}
			m.page(p)
			pages = append(pages, m.out.String())
			continue
		}
		t := newTextWriter(style.Width, style.Color)
		t.page(p)
		pages = append(pages, t.out.String())
	}
	return strings.Join(pages, "\n")
}
