package page

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/words"
)

//go:generate go tool -modfile=../../.ci/tools.mod templ generate -f html.templ

//go:embed html/style.css
var styleCSS string

// cardsCSS makes cards of the rows of a table. It is nested in three places of the style: CSS has no
// way to use rules twice.
//
//go:embed html/cards.css
var cardsCSS string

var pageCSS = strings.ReplaceAll(styleCSS, "@cards;", cardsCSS)

//go:embed html/page.js
var pageJS string

// policy is the Content-Security-Policy of a page: its own style and script are allowed by
// their hashes, nothing else is.
var policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(pageCSS), hash(pageJS))

// hash returns the source expression of an inline style or script.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// HTML writes the report as one file for a browser. The page works without its script and
// makes no requests.
func HTML(w io.Writer, r *report.Report, o Options) error {
	o.windows = maxTrend // a browser has room, or scrolls
	c, err := newComposer(r, o)
	if err != nil {
		return err
	}
	return document(c.compose(), newSelection(c), r.ToolVersion, r.CatalogueVersion).Render(context.Background(), w)
}

// show makes text from outside readable as it is: characters that are not printable become
// numbers. The template escapes it.
func show(s string) string { return words.Printable(s) }

// decimal writes a key to sort by, with more digits than a page shows.
func decimal(v float64) string { return strconv.FormatFloat(v, 'g', 10, 64) }

func tenths(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// firstFacts returns the facts above the rates: what limits all numbers, and what to do.
func (p *page) firstFacts() []fact { return p.factsOf(true) }

// otherFacts returns the facts below the rates.
func (p *page) otherFacts() []fact { return p.factsOf(false) }

func (p *page) factsOf(first bool) []fact {
	var out []fact
	for _, f := range p.facts {
		if first == (f.alarm || f.head == whatToDo) {
			out = append(out, f)
		}
	}
	return out
}

// figures returns the rates of all sections. They are at the top of the page.
func (p *page) figures() []*figure {
	var out []*figure
	for i := range p.sections {
		for j := range p.sections[i].figures {
			out = append(out, &p.sections[i].figures[j])
		}
	}
	return out
}

// hasTrends reports whether a figure has a chart.
func hasTrends(figures []*figure) bool {
	return slices.ContainsFunc(figures, func(f *figure) bool { return len(f.points) > 1 })
}

// caption returns the caption of a table of the section.
func (s *section) caption(t *table) string {
	if len(s.tables) > 1 {
		return t.columns[0].head
	}
	return s.title
}

// sortable reports whether rows may change places. Rows without a head of their own, as those
// of an account, stay in order.
func (t *table) sortable() bool { return len(t.rows) > 1 && t.columns[0].head != "" }

// The numbers of characters that fit side by side: on a tablet; on a sheet of paper, which is
// printed with smaller letters; and on a telephone beside a first column that is at least as wide as
// its longest word.
const tabletColumns, paperColumns, phoneColumns, phoneWord = 96, 190, 22, 16

// classes returns the classes of a table, which say how wide it is.
func (t *table) classes() string {
	out := "slim"
	switch width := t.width(flat); {
	case width > paperColumns:
		out = "broad vast"
	case width > tabletColumns:
		out = "broad"
	case width-t.widths()[0] <= phoneColumns && t.longestWord() <= phoneWord:
		out = "small"
	}
	if t.sortable() {
		out += " sortable"
	}
	return out
}

// longestWord returns the width of the longest word of the first column.
func (t *table) longestWord() int {
	longest := 0
	for _, row := range t.rows {
		for _, word := range strings.Fields(row[0].text) {
			longest = max(longest, words.Width(words.Printable(word)))
		}
	}
	return longest
}

// classes returns the classes of a cell in a column.
func (col *column) classes(c *cell) string {
	if col.right {
		return strings.TrimSpace("right " + string(c.tone))
	}
	return string(c.tone)
}

// longestBars returns the length of the longest bar of each column.
func (t *table) longestBars() []float64 {
	longest := make([]float64, len(t.columns))
	for _, row := range t.rows {
		for i := range row {
			longest[i] = max(longest[i], row[i].bar)
		}
	}
	return longest
}

const sparklineHeight, sparklineStep = 20, 8

func sparklineBox(values []float64) string {
	return fmt.Sprintf("0 0 %d %d", len(values)*sparklineStep, sparklineHeight)
}

type sparklineBar struct{ x, y, height string }

func sparklineBars(values []float64) []sparklineBar {
	most := slices.Max(values)
	out := make([]sparklineBar, len(values))
	for i, v := range values {
		height := 0.5 // a line where there is nothing
		if v > 0 {
			height = max(sparklineHeight*v/most, 1)
		}
		out[i] = sparklineBar{strconv.Itoa(i * sparklineStep), tenths(sparklineHeight - height), tenths(height)}
	}
	return out
}

// The following functions describe charts: for screen readers, and as captions. The tables
// beside the charts have the numbers.

func aboutTrend(points []chart.Point) string {
	known := slices.DeleteFunc(slices.Clone(points), func(p chart.Point) bool { return p.Rate == nil || !p.Complete })
	if len(known) == 0 {
		return "No complete window has a rate."
	}
	value := func(p chart.Point) string { return fmt.Sprintf("%s in %s", words.PercentOf(p.Rate.Value), p.Label) }
	most := slices.MaxFunc(known, func(a, b chart.Point) int { return cmp.Compare(a.Rate.Value, b.Rate.Value) })
	return fmt.Sprintf("Failure rate in each window, with its 95%% interval. Complete windows: first %s, last %s, highest %s.",
		value(known[0]), value(known[len(known)-1]), value(most))
}

func aboutShares(rows []chart.Estimate, of string) string {
	out := "Share of " + of + " by error, and its 95% interval."
	if most := rows[0]; most.After != nil {
		out += fmt.Sprintf(" First row: %s, %s.", most.Label, words.PercentOf(most.After.Value))
	}
	if slices.ContainsFunc(rows, func(e chart.Estimate) bool { return e.Before != nil }) {
		out += " Ring: previous."
	}
	return out
}

func aboutGaps(rows []chart.Gap) string {
	most := rows[0]
	return fmt.Sprintf("Change of the session rate in percentage points, and its 95%% interval. First row: %s, %+.1f pts.", most.Label, 100*most.Difference.Value)
}

// anchor returns the name of a section's title in links.
func anchor(title string) string {
	parts := strings.FieldsFunc(strings.ToLower(title), func(c rune) bool { return !words.InWord(byte(c)) || c > 0x7f })
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "-")
}
