package page

import (
	"html"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// hostileReport returns a report with hostile names.
func hostileReport() *report.Report {
	const name = "OT_<script>alert(1)</script>\"'`|*_[x](javascript:x)\x1b[31m\u202e{{.}}&amp;@all"
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(80, 2000)
	for _, w := range []*reporttest.Week{&before, &after} {
		w.Errors = append(w.Errors, report.Error{Method: name, Name: name, Documented: "no", Sessions: 5, Failures: 9, Examples: []string{name, "`" + name, "1_MX~"}})
		w.Methods = append(w.Methods, report.Method{Name: name, Failures: 9, SessionsFailed: 5, Sessions: 2000})
	}
	r := reporttest.Complete(reporttest.Weeks(before, after))
	r.ShowSessions = true
	r.Warnings = []string{name}
	r.Missing = []string{name}
	r.Breakdowns = []report.Breakdown{{Dimension: report.BySDK, Groups: []report.Group{{Name: name, Numbers: reporttest.Complete(reporttest.Weeks(before, after)).Numbers}}}}
	r.Ignored = []report.IgnoredLine{{Number: 3, Error: name}}
	r.Changes = r.Compare()
	return r
}

// TestFormatsSayTheSame checks that every format has all words of the page, and text from outside
// as text.
func TestFormatsSayTheSame(t *testing.T) {
	for _, r := range []*report.Report{largeReport(), hostileReport(), reporttest.Weeks(reporttest.Week{})} {
		o := Options{Top: 20}
		p, err := compose(r, o)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]string{
			"text": written(t, r, o, func(w io.Writer, r *report.Report, o Options) error {
				return Text(w, r, TextOptions{Options: o})
			}),
			"markdown": written(t, r, o, Markdown),
			"html":     written(t, r, o, HTML),
		}
		for format, out := range said {
			if i := strings.IndexFunc(out, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }); i >= 0 {
				t.Errorf("%s: %q is not shown as what it is", format, out[i:min(i+20, len(out))])
			}
			out = bare(format, out)
			for _, want := range wordsOf(p) {
				if want = bare("", words.Printable(want)); !strings.Contains(out, want) {
					t.Errorf("%s lacks %q", format, want)
				}
			}
		}
	}
}

func written(t *testing.T, r *report.Report, o Options, write func(io.Writer, *report.Report, Options) error) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wordsOf lists the texts of a page.
func wordsOf(p *page) []string {
	out := []string{p.subject}
	facts := func(facts []fact) {
		for _, f := range facts {
			out = append(append(out, f.head), f.lines...)
		}
	}
	facts(p.facts)
	for _, s := range p.sections {
		facts(s.facts)
		for _, t := range s.tables {
			for _, c := range t.columns {
				out = append(out, c.head)
			}
			for _, row := range t.rows {
				for _, c := range row {
					if c.trend == nil { // which may be a picture
						out = append(out, strings.TrimSpace(c.text))
					}
				}
			}
		}
		for _, a := range s.advices {
			out = append(out, a.name, a.method, a.says, a.meaning, a.remedy, a.owner, a.example)
		}
		for _, e := range s.examples {
			out = append(append(out, e.name.text, e.method), e.ids...)
		}
		out = append(append(out, s.notes...), s.warnings...)
	}
	return out
}

// bare removes the markup of a format, and all space, because text has line breaks.
func bare(format, s string) string {
	switch format {
	case "html":
		s = regexp.MustCompile(`(?s)<(style|script)>.*?</(style|script)>|<[a-z/!][^>]*>`).ReplaceAllString(s, "")
		s = html.UnescapeString(s)
	case "markdown":
		s = html.UnescapeString(regexp.MustCompile("\\\\([\\\\`*_\\[\\]<>|#~$])").ReplaceAllString(s, "$1"))
	}
	return strings.Join(strings.Fields(s), "")
}

// TestNothingIsMarkupInMarkdown checks which characters are escaped.
func TestNothingIsMarkupInMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"OT_TIMEOUT in Session.publish, 4.0 % at 10:49": "OT_TIMEOUT in Session.publish, 4.0 % at 10:49",
		"a _b_ *c* `d` ~e~ $f$ #g":                      "a \\_b\\_ \\*c\\* \\`d\\` \\~e\\~ \\$f\\$ \\#g",
		"<b>|[x](y)!":                                   `\<b\>\|\[x\](y)!`,
		"https://a.example www.b.example":               "https&#58;//a.example www&#46;b.example",
		"@all &lt;":                                     "&#64;all &#38;lt;",
		"a\nb\x1b":                                      `a\\u000ab\\u001b`,
	} {
		if got := inMarkdown(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestUnknownSharesAreNotNothing checks that an error whose failures have no session has no share
// of sessions anywhere, rather than 0%.
func TestUnknownSharesAreNotNothing(t *testing.T) {
	w := reporttest.Week{
		Sessions: 2000,
		Methods:  []report.Method{{Name: "Session.signal", Failures: 4, Lines: 4, Sessionless: 4, Sessions: 2000}},
		Errors:   []report.Error{{Method: "Session.signal", Name: "OT_NOT_CONNECTED", Failures: 4, Lines: 4, Sessionless: 4}},
	}
	r := reporttest.Complete(reporttest.Weeks(w, w))
	var err error
	if r.Window, err = calendar.Parse("1w"); err != nil {
		t.Fatal(err)
	}
	r.Whole = &reporttest.Weeks(w).Numbers
	r.By = report.BySDK
	r.Breakdowns = []report.Breakdown{{Dimension: report.BySDK, Groups: []report.Group{{Name: "2.35.2", Numbers: reporttest.Complete(reporttest.Weeks(w, w)).Numbers}}}}
	p, err := compose(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, s := range p.sections {
		for _, share := range s.shares {
			if share.After != nil || share.Before != nil {
				t.Errorf("%s is drawn: %+v", share.Label, share)
			}
		}
		for _, table := range s.tables {
			for _, row := range table.rows {
				if row[0].text != "OT_NOT_CONNECTED" && row[0].text != "Session.signal" && row[0].text != "2.35.2" {
					continue
				}
				rows++
				for i, c := range row {
					if strings.HasPrefix(c.text, "0") {
						t.Errorf("%s: %q of %s is %q", s.title, table.columns[i].head, row[0].text, c.text)
					}
				}
			}
		}
	}
	if rows < 5 {
		t.Errorf("only %d rows are looked at", rows)
	}
}

// TestTrendsAreBounded checks the trend of many windows.
func TestTrendsAreBounded(t *testing.T) {
	var all []reporttest.Week
	for i := range 200 {
		all = append(all, reporttest.Publishing(i, 2000))
	}
	trend := trendCell(reporttest.Weeks(all...), func(i int) int64 { return int64(i) })
	if n := len([]rune(trend.text)); n != maxTrend || len(trend.trend) != maxTrend || !strings.HasSuffix(trend.text, "█") {
		t.Errorf("%d blocks: %s", n, trend.text)
	}
}
