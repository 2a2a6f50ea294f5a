package page

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/words"
	"html"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
)

//go:embed html/page.html
var pageHTML string

//go:embed html/style.css
var pageCSS string

//go:embed html/page.js
var pageJS string

// WriteHTML writes the report as one file for a browser. It needs no script and makes no
// request: its policy allows the style and the script that it holds, and nothing else.
func HTML(w io.Writer, r *report.Report, o Options) error {
	o.windows = maxTrend // there is room, or it can be scrolled
	p, err := compose(r, o)
	if err != nil {
		return err
	}
	out := htmlPage{
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(pageCSS), hash(pageJS)),
		Style:  template.CSS(pageCSS), Script: template.JS(pageJS),
		Title: p.title(), Name: p.name, Subject: p.subject, Facts: htmlFacts(p.facts),
		Version: r.ToolVersion, Catalogue: r.CatalogueVersion,
	}
	for i := range p.sections {
		s, err := newHTMLSection(&p.sections[i])
		if err != nil {
			return err
		}
		out.Sections = append(out.Sections, s)
	}
	// What strangers wrote is shown as it is, whatever it would be to a browser.
	t, err := template.New("page").Funcs(template.FuncMap{"safe": words.Printable}).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	return t.Execute(w, out)
}

// hash tells a policy what it allows.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// The types below are what html/page.html shows.

type htmlPage struct {
	Policy               string
	Style                template.CSS
	Script               template.JS
	Title, Name, Subject string
	Facts                []htmlFact
	Sections             []*htmlSection
	Version, Catalogue   string
}

type htmlFact struct {
	Head  string
	Lines []string
	Alarm bool
}

type htmlSection struct {
	ID, Title string
	Facts     []htmlFact
	Figures   []htmlFigure
	Trends    bool // of figures
	Changes   bool
	Drawing   *htmlFigure
	Tables    []htmlTable
	Advices   []htmlAdvice
	Notes     []string
	Warnings  []string
}

type htmlFigure struct {
	Head, Value, Says string
	Tone              tone
	Picture           template.HTML
}

type htmlTable struct {
	Caption  string
	Of       string // how many of all rows there are, "" if all
	Sortable bool
	Heads    []htmlHead
	Body     template.HTML
}

type htmlHead struct {
	Text  string
	Right bool
}

type htmlAdvice struct {
	Name, Method, Says, Meaning, Remedy, Owner, Link string
}

func htmlFacts(facts []fact) []htmlFact {
	var out []htmlFact
	for _, f := range facts {
		out = append(out, htmlFact{f.head, f.lines, f.alarm})
	}
	return out
}

func newHTMLSection(s *section) (*htmlSection, error) {
	out := &htmlSection{
		ID: anchor(s.title), Title: s.title, Facts: htmlFacts(s.facts),
		Notes: s.notes, Warnings: s.warnings, Changes: len(s.gaps) > 0,
	}
	for _, f := range s.figures {
		figure := htmlFigure{Head: f.head, Value: f.value, Says: f.says, Tone: f.tone}
		if len(f.points) > 1 {
			svg, err := chart.Trend(f.head+" by window", aboutTrend(f.points), f.points)
			if err != nil {
				return nil, err
			}
			figure.Picture, out.Trends = template.HTML(svg), true
		}
		out.Figures = append(out.Figures, figure)
	}
	drawing, svg := htmlFigure{}, ""
	var err error
	switch {
	case len(s.gaps) > 0:
		drawing = htmlFigure{Head: "What changed, in points", Says: aboutGaps(s.gaps)}
		svg, err = chart.Differences(drawing.Head, drawing.Says, s.gaps)
	case len(s.shares) > 0:
		drawing = htmlFigure{Head: "Share of sessions by error", Says: aboutShares(s.shares)}
		svg, err = chart.Estimates(drawing.Head, drawing.Says, s.shares)
	}
	if err != nil {
		return nil, err
	}
	if svg != "" {
		drawing.Picture = template.HTML(svg)
		out.Drawing = &drawing
	}
	for _, t := range s.tables {
		out.Tables = append(out.Tables, newHTMLTable(s, t))
	}
	for _, a := range s.advices {
		out.Advices = append(out.Advices, htmlAdvice{a.name, a.method, a.says, a.meaning, a.remedy, a.owner, a.link})
	}
	return out, nil
}

// What follows describes charts to those who do not see them, and are their captions. The
// tables beside them have the numbers.

func aboutTrend(points []chart.Point) string {
	told := slices.DeleteFunc(slices.Clone(points), func(p chart.Point) bool { return p.Rate == nil || !p.Complete })
	if len(told) == 0 {
		return "No window that is complete has a rate."
	}
	value := func(p chart.Point) string { return fmt.Sprintf("%s in %s", words.PercentOf(p.Rate.Value), p.Label) }
	most := slices.MaxFunc(told, func(a, b chart.Point) int { return cmp.Compare(a.Rate.Value, b.Rate.Value) })
	return fmt.Sprintf("Share that failed in each window, with its 95 %% interval. Of complete windows: %s, %s, at most %s.",
		value(told[0]), value(told[len(told)-1]), value(most))
}

func aboutShares(rows []chart.Estimate) string {
	out := "Share of sessions with each error, and its 95 % interval."
	if most := rows[0]; most.After != nil {
		out += fmt.Sprintf(" First: %s, %s.", most.Label, words.PercentOf(most.After.Value))
	}
	if slices.ContainsFunc(rows, func(e chart.Estimate) bool { return e.Before != nil }) {
		out += " Hollow: before."
	}
	return out
}

func aboutGaps(rows []chart.Gap) string {
	most := rows[0]
	return fmt.Sprintf("Share of sessions, after minus before, with its 95 %% interval. First: %s, %+.1f points.", most.Label, 100*most.Difference.Value)
}

func newHTMLTable(s *section, t *table) htmlTable {
	// Rows that have no head of their own, as those of an account, stand in their order.
	out := htmlTable{Caption: s.title, Of: t.of(), Sortable: len(t.rows) > 1 && t.columns[0].head != ""}
	if len(s.tables) > 1 {
		out.Caption = t.columns[0].head
	}
	most := make([]float64, len(t.columns)) // the longest bar of each
	for i, c := range t.columns {
		out.Heads = append(out.Heads, htmlHead{c.head, c.right})
		for _, row := range t.rows {
			most[i] = max(most[i], row[i].bar)
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		b.WriteString("<tr>")
		for i := range row {
			row[i].html(&b, i == 0, t.columns[i].right, most[i])
		}
		b.WriteString("</tr>\n")
	}
	out.Body = template.HTML(b.String())
	return out
}

// html writes a cell. A report may have ten thousands of them, for which a template takes
// too long. most is the longest bar of the column.
func (c *cell) html(b *strings.Builder, head, right bool, most float64) {
	name := "td"
	if head {
		name = "th"
	}
	b.WriteString("<" + name)
	if head {
		b.WriteString(` scope="row"`)
	}
	switch {
	case right && c.tone != plain:
		b.WriteString(` class="right ` + string(c.tone) + `"`)
	case right:
		b.WriteString(` class="right"`)
	case c.tone != plain:
		b.WriteString(` class="` + string(c.tone) + `"`)
	}
	if c.numeric {
		b.WriteString(` data-order="` + strconv.FormatFloat(c.order, 'g', -1, 64) + `"`)
	}
	b.WriteByte('>')
	if c.bar > 0 {
		fmt.Fprintf(b, `<svg class="bar" aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none"><rect width="%.1f" height="4"/></svg>`, 100*c.bar/most)
	}
	// What strangers wrote passes here.
	text := html.EscapeString(words.Printable(strings.TrimLeft(c.text, " ")))
	switch {
	case len(c.trend) > 0:
		htmlTrend(b, c.trend)
	case c.code:
		b.WriteString("<code>" + text + "</code>")
	default:
		b.WriteString(text)
	}
	b.WriteString("</" + name + ">")
}

// htmlTrend draws bars side by side, the largest as high as the box.
func htmlTrend(b *strings.Builder, values []float64) {
	const box, step, bar = 20, 8, 6
	most := slices.Max(values)
	fmt.Fprintf(b, `<svg class="trend" aria-hidden="true" viewBox="0 0 %d %d">`, len(values)*step, box)
	for i, v := range values {
		height := 0.5 // a line where there is nothing
		if v > 0 {
			height = max(box*v/most, 1)
		}
		fmt.Fprintf(b, `<rect x="%d" y="%.1f" width="%d" height="%.1f"/>`, i*step, box-height, bar, height)
	}
	b.WriteString("</svg>")
}

// anchor makes of a title what a link can name.
func anchor(title string) string {
	parts := strings.FieldsFunc(strings.ToLower(title), func(c rune) bool { return !inWord(byte(c)) || c > 0x7f })
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-")
}
