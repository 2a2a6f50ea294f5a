package report_test

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/report"
)

// fiveWeeks is the report of testdata/weeks, of which the last whole week is compared with
// the one before.
func fiveWeeks(t *testing.T) *report.Report {
	t.Helper()
	known := `
OT_USER_MEDIA_ACCESS_DENIED OT.initPublisher # people say no; help text is planned
OT_AUTHENTICATION_ERROR until 2026-12-31     # tokens of the kiosk, renewed in December
OT_INVALID_SESSION_ID
`
	ignore, err := report.ParseIgnore("known.txt", strings.NewReader(known))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("..")
	defer t.Chdir("report")
	r := reportOf(t, find(t, "testdata/weeks"), report.Options{
		Window: window(t, "1w"), Breakdown: report.Dimensions()[:3], By: report.ByAPIKey, Ignore: ignore, ToolVersion: "v1.0.0",
	})
	r.CatalogueVersion = "0123456789ab" // the page changes less often than the catalogue
	return r
}

// htmlOf is a page without its style and script, which stand in report/html.
func htmlOf(t *testing.T, r *report.Report, o report.PageOptions) []byte {
	t.Helper()
	page := print(t, func(w io.Writer) error { return report.WriteHTML(w, r, o) })
	page = regexp.MustCompile(`(?s)(<(?:style|script)>).*?(</)`).ReplaceAll(page, []byte("$1…$2"))
	return regexp.MustCompile(`sha256-[\w+/=]+`).ReplaceAll(page, []byte("sha256-…"))
}

// TestPages holds what people read, in every format.
func TestPages(t *testing.T) {
	r := fiveWeeks(t)
	golden.Check(t, "page.txt", text(t, r, report.PageOptions{Top: 10}))
	golden.Check(t, "page.md", print(t, func(w io.Writer) error { return report.WriteMarkdown(w, r, report.PageOptions{Top: 10}) }))
	golden.Check(t, "page.html", htmlOf(t, r, report.PageOptions{}))
	golden.Check(t, "page.json", print(t, func(w io.Writer) error { return report.WriteJSON(w, r) }))
	for _, table := range report.CSVTables {
		r := r
		golden.Check(t, "page-"+table+".csv", print(t, func(w io.Writer) error { return report.WriteCSV(w, r, table) }))
	}
	golden.Check(t, "page-80-columns.txt", print(t, func(w io.Writer) error {
		return report.WriteText(w, r, report.TextOptions{PageOptions: report.PageOptions{Top: 3}, Width: 80})
	}))
}

// TestPagesOfDiffs holds the page of what changed from one input to another.
func TestPagesOfDiffs(t *testing.T) {
	r := againstBaseline(t, report.Options{})
	r.CatalogueVersion = "0123456789ab"
	o := report.PageOptions{Diff: true}
	golden.Check(t, "diff.md", print(t, func(w io.Writer) error { return report.WriteMarkdown(w, r, o) }))
	golden.Check(t, "diff.html", htmlOf(t, r, o))
	if err := report.WriteHTML(io.Discard, fiveWeeks(t), o); err == nil {
		t.Error("there is a diff without a baseline")
	}
}
