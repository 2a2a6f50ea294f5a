package page_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/page"
)

// TestExamples compares pages that show sessions with golden files.
func TestExamples(t *testing.T) {
	r := reporttest.OfTestdata(t, "logs", report.Options{ShowSessions: true})
	o := page.Options{Top: 2}
	golden.Check(t, "examples.txt", text(t, r, o))
	golden.Check(t, "examples.md", reporttest.Print(t, func(w io.Writer) error { return page.Markdown(w, r, o) }))
	out := htmlOf(t, r, o)
	for _, e := range r.Errors {
		if e.Name != "OT_USER_MEDIA_ACCESS_DENIED" {
			continue
		}
		if len(e.Examples) != 3 {
			t.Errorf("got %d sessions", len(e.Examples))
		}
		for i, id := range e.Examples {
			if got, want := bytes.Count(out, []byte("<td><code>"+id+"</code></td>")), 1; got != want {
				t.Errorf("%s is %d times in the table, want %d", id, got, want)
			}
			if got := bytes.Contains(out, []byte("<dd><code>"+id+"</code></dd>")); got != (i == 0) {
				t.Errorf("%s is in what to do: %v", id, got)
			}
		}
	}
	// Without them, a page is as before.
	r.ShowSessions = false
	if got := text(t, r, o); bytes.Contains(got, []byte("\nExamples\n")) {
		t.Errorf("got %s", got)
	}
}

// TestIDsAreNeverCut prints examples at a narrow terminal.
func TestIDsAreNeverCut(t *testing.T) {
	long := "1_MX" + strings.Repeat("40", 100)
	log := fmt.Appendf(nil, `{"timestamp":"2026-11-02T13:00:00Z","message":"Session.signal: OT_NOT_CONNECTED (500)","sessionId":%q}`+"\n", long)
	r := reporttest.OfLog(t, log, report.Options{ShowSessions: true})
	out := string(reporttest.Print(t, func(w io.Writer) error { return page.Text(w, r, page.TextOptions{Width: 60}) }))
	for _, want := range []string{"\n  Example   " + long + "\n", "\nOT_NOT_CONNECTED in Session.signal\n  " + long + "\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in %s", want, out)
		}
	}
}
