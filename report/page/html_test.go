package page

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/otlog/otlog/report/chart"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// pageOf returns a page on which every string is s.
func pageOf(s string) *page {
	rate := stats.NewRate(3, 100)
	row := []cell{textCell(s), code(s), {text: s, tone: worse}, {text: s, bar: 1, numeric: true}, {text: s, trend: []float64{1, 2}}}
	newRows := func() *table {
		t := newTable(s, s, ">"+s, ">"+s, s)
		t.add(row...)
		t.add(row...)
		t.all = 3
		return t
	}
	facts := []fact{{head: s, lines: []string{s, s}}, {head: s, lines: []string{s}, alarm: true}}
	return &page{name: s, subject: s, facts: facts, sections: []section{
		{
			title: s, facts: facts, tables: []*table{newRows(), newRows()}, notes: []string{s}, warnings: []string{s},
			advices:  []advice{{name: s, method: s, says: s, meaning: s, remedy: s, owner: s, link: "https://example.com/" + s, example: s}},
			examples: []examples{{name: code(s), method: s, ids: []string{s, s}}},
			figures:  []figure{{head: s, value: s, says: s, tone: worse, points: []chart.Point{{Label: s, Rate: rate, Complete: true}, {Label: s, Rate: rate}}}},
		},
		{title: s, tables: []*table{newRows()}, gaps: []chart.Gap{{Label: s, Difference: stats.NewDifference(rate, rate), Tone: chart.Worse}}},
		{shares: []chart.Estimate{{Label: s, After: rate, Before: rate}}},
	}}
}

// tags lists the elements of a page, with the names of their attributes and with the
// attributes that have fixed values.
func tags(n *html.Node) []string {
	var out []string
	if n.Type == html.ElementNode {
		tag := n.Data
		for _, a := range n.Attr {
			tag += " " + a.Key
			if !slices.Contains([]string{"id", "href", "aria-label", "aria-labelledby", "x", "y", "d"}, a.Key) {
				tag += "=" + a.Val
			}
		}
		out = append(out, tag)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, tags(c)...)
	}
	return out
}

// texts lists the texts of a page outside charts, which cut theirs, and the values of
// aria-label.
func texts(n *html.Node) []string {
	var out []string
	switch {
	case n.Type == html.TextNode && n.Parent.Data != "style" && n.Parent.Data != "script":
		if s := strings.TrimSpace(n.Data); s != "" {
			out = append(out, s)
		}
	case n.Type == html.ElementNode && n.Data == "svg":
		return nil
	}
	for _, a := range n.Attr {
		if a.Key == "aria-label" {
			out = append(out, a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, texts(c)...)
	}
	return out
}

func parsed(t *testing.T, s string) *html.Node {
	t.Helper()
	var b bytes.Buffer
	if err := document(pageOf(s), s, s).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	n, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// FuzzHTML writes pages on which every string is hostile, and reads them as a browser does:
// the strings must be text, and the elements those of a page with harmless strings.
func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"", "<script>alert(1)</script>", "</title></style></script><svg onload=alert(2)>", `" onmouseover="alert(3)" x='`, "' style='x",
		"<!--", "--><!--]]>", "&lt;iframe&gt;&amp;&#0;", "javascript:alert(4)", "{{.}}{ s }@templ", "</table></div></main><form>", "<plaintext>",
		"\x00\x1b[31m\n\r\t", "\xff\xfe", "\u202eabc\u2066", "</dd></text></svg><b>", "<![CDATA[", "`${alert(5)}`",
	} {
		f.Add(s)
	}
	const harmless = "harmless"
	f.Fuzz(func(t *testing.T, s string) {
		// A section without a title has another form.
		s = "q" + s + "q"
		got, want := parsed(t, s), parsed(t, harmless)
		if a, b := tags(got), tags(want); !slices.Equal(a, b) {
			t.Errorf("%q: the elements are\n%s\nwant\n%s", s, strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
		shown := words.Printable(s)
		a, b := texts(got), texts(want)
		for i := range b {
			b[i] = strings.ReplaceAll(b[i], harmless, shown)
		}
		if !slices.Equal(a, b) {
			t.Errorf("%q: the texts are\n%q\nwant\n%q", s, a, b)
		}
	})
}
