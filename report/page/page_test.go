package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/reporttest"
	_ "github.com/otlog/otlog/internal/testgc"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/page"
)

func jsonOf(t *testing.T, r *report.Report) []byte {
	t.Helper()
	r.CatalogueVersion = "0123456789ab" // the rows change less often than the catalogue
	return reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
}

func text(t *testing.T, r *report.Report, o page.Options) []byte {
	t.Helper()
	return reporttest.Print(t, func(w io.Writer) error { return page.Text(w, r, page.TextOptions{Options: o}) })
}

func diffText(t *testing.T, r *report.Report, o page.Options) []byte {
	t.Helper()
	o.Diff = true
	return text(t, r, o)
}

// htmlOf returns a page without its style and script, which are files, with a line for each
// block.
func htmlOf(t *testing.T, r *report.Report, o page.Options) []byte {
	t.Helper()
	out := reporttest.Print(t, func(w io.Writer) error { return page.HTML(w, r, o) })
	out = regexp.MustCompile(`(?s)(<(?:style|script)>).*?(</)`).ReplaceAll(out, []byte("$1…$2"))
	out = regexp.MustCompile(`sha256-[\w+/=]+`).ReplaceAll(out, []byte("sha256-…"))
	blocks := regexp.MustCompile(`<(?:article|body|caption|div|dl|dt|figcaption|figure|footer|h[1-6]|header|li|main|meta|nav|p|script|section|style|table|tbody|thead|title|tr|ul)\b`)
	return append(blocks.ReplaceAll(out, []byte("\n$0")), '\n')
}

func TestText(t *testing.T) {
	r := reporttest.OfTestdata(t, "logs", report.Options{})
	golden.Check(t, "whole.txt", text(t, r, page.Options{Top: 12}))
}

func TestTextByWeek(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w"), Zone: berlin})
	golden.Check(t, "weeks.txt", text(t, r, page.Options{}))
}

// TestHostileNamesAreShownAsTheyAre checks that escape sequences in the names of files do not
// reach a terminal.
func TestHostileNamesAreShownAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "\x1b]0;owned\x07\u202egol.log")
	if err := os.WriteFile(name, []byte("{\"a\":\n{\"b\":1}\n{\"c\":1}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := reporttest.Scan(t, []parse.Source{{Path: name}})(report.Options{})
	if !r.Sources[0].Damaged() || len(r.Warnings) == 0 {
		t.Fatal("no warning has the name")
	}
	out := string(text(t, r, page.Options{}))
	for _, c := range out {
		if c != '\n' && (c < ' ' || c == 0x202e) {
			t.Fatalf("%q has a control character", out)
		}
	}
	if !strings.Contains(out, `\u001b]0;owned\u0007\u202egol.log`) {
		t.Errorf("%q does not show the name", out)
	}
}

// TestPages compares a page in every format with golden files.
// TestReasonsOfSkippedRecords checks the cell that says what is wrong with an input.
func TestReasonsOfSkippedRecords(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	for content, want := range map[string]string{
		"PK \x00\x01\x02\x03": "snappy, brotli, tar and zip); skipped: 1 undecodable\n",
		"2026-11-23T10:00:00Z a\n{\"a\":\n{\"b\":\n2026-11-23T10:00:00Z b\n": "  skipped: 2 damaged\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if out := string(text(t, reporttest.Scan(t, []parse.Source{{Path: name}})(report.Options{}), page.Options{})); !strings.Contains(out, want) {
			t.Errorf("%q: expected %q:\n%s", content, want, out)
		}
	}
}

func TestPages(t *testing.T) {
	r := reporttest.FiveWeeks(t)
	golden.Check(t, "page.txt", text(t, r, page.Options{Top: 10}))
	golden.Check(t, "page.md", reporttest.Print(t, func(w io.Writer) error { return page.Markdown(w, r, page.Options{Top: 10}) }))
	golden.Check(t, "page.html", htmlOf(t, r, page.Options{}))
	golden.Check(t, "page-80-columns.txt", reporttest.Print(t, func(w io.Writer) error {
		return page.Text(w, r, page.TextOptions{Options: page.Options{Top: 3}, Width: 80})
	}))
}

// TestPagesOfDiffs compares the page of a diff with golden files.
func TestPagesOfDiffs(t *testing.T) {
	r := reporttest.AgainstBaseline(t, report.Options{})
	r.CatalogueVersion = "0123456789ab"
	o := page.Options{Diff: true}
	golden.Check(t, "diff.md", reporttest.Print(t, func(w io.Writer) error { return page.Markdown(w, r, o) }))
	golden.Check(t, "diff.html", htmlOf(t, r, o))
	if err := page.HTML(io.Discard, reporttest.FiveWeeks(t), o); err == nil {
		t.Error("there is a diff without a baseline")
	}
}

func TestPagesOfWindows(t *testing.T) {
	golden.Check(t, "changes-weeks.txt", text(t, reporttest.TwoWeeks(t), page.Options{Top: 3}))
}

func TestPagesFromBaseline(t *testing.T) {
	r := reporttest.AgainstBaseline(t, report.Options{})
	golden.Check(t, "changes-baseline.txt", text(t, r, page.Options{}))
	golden.Check(t, "diff.txt", diffText(t, r, page.Options{}))
}

// TestNothingChangesInItself compares inputs with themselves.
func TestNothingChangesInItself(t *testing.T) {
	r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w")})
	for _, r := range []*report.Report{r, reporttest.AgainstBaseline(t, report.Options{})} {
		changes := report.Compare(r.Whole.Side(0), r.Whole.Side(0))
		if len(changes) == 0 {
			t.Error("nothing is compared")
		}
		for _, c := range changes {
			if slices.Contains([]string{report.Up, report.Down, report.Added, report.Gone}, c.Verdict) {
				t.Errorf("%+v is called", c)
			}
			if c.Difference != nil && c.Difference.Value != 0 || c.Test != nil && c.Test.P != 1 {
				t.Errorf("%+v is a difference", c)
			}
		}
		r.Baseline, r.Changes = r, changes
		if out := string(diffText(t, r, page.Options{})); !strings.Contains(out, ": 0 significant, ") || strings.Contains(out, "What to do") {
			t.Errorf("got %s", out)
		}
	}
}

// TestChangesWhateverIsSelected writes reports and diffs of parts of the input, down to nothing:
// every number must be a number.
func TestChangesWhateverIsSelected(t *testing.T) {
	weeks := reporttest.BothWeeks(t)
	for _, f := range []report.Filter{
		{}, {Method: "Session.publish"}, {Error: "OT_TIMEOUT"}, {Method: "Session.connect", Error: "OT_TIMEOUT"}, {Error: "OT_NO_SUCH"},
		{Session: "session-1793577600-33"}, {SDK: "2.35"}, {SDK: "1"}, {Since: reporttest.November.AddDate(0, 0, 3)}, {Until: reporttest.November}, {Since: reporttest.November.AddDate(0, 0, 9).Add(7 * time.Minute)},
	} {
		for _, w := range []string{"all", "15m", "1d"} {
			r := weeks(report.Options{Filter: f, Window: reporttest.Window(t, w)})
			html := func(o page.Options) []byte {
				return reporttest.Print(t, func(w io.Writer) error { return page.HTML(w, r, o) })
			}
			top, diff := page.Options{Top: 1}, page.Options{Top: 1, Diff: true}
			for _, out := range [][]byte{text(t, r, top), diffText(t, r, top), html(top), html(diff)} {
				if s := string(out); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || !strings.Contains(s, "Before") {
					t.Errorf("%+v by %s: got %s", f, w, s)
				}
			}
			var got struct{ Baseline, Changes any }
			if err := json.Unmarshal(jsonOf(t, r), &got); err != nil || got.Baseline == nil || got.Changes == nil {
				t.Errorf("%+v by %s: got %+v, %v", f, w, got, err)
			}
		}
	}
}

// TestNoChanges checks pages without changes: of one window, of a live report, and of a report
// without two complete windows.
func TestNoChanges(t *testing.T) {
	whole := reporttest.OfTestdata(t, "logs", report.Options{})
	if whole.Changes != nil || bytes.Contains(text(t, whole, page.Options{}), []byte("hange")) {
		t.Error("one window has changes")
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(jsonOf(t, whole), &got); err != nil {
		t.Fatal(err)
	}
	if string(got["changes"]) != "[]" || string(got["baseline"]) != "null" {
		t.Errorf("got changes %s and baseline %s", got["changes"], got["baseline"])
	}
	if err := page.Text(io.Discard, whole, page.TextOptions{Options: page.Options{Diff: true}}); err == nil {
		t.Error("there is a diff without a baseline")
	}
	for _, r := range []*report.Report{reporttest.TwoWeeks(t), reporttest.AgainstBaseline(t, report.Options{})} {
		if out := text(t, r, page.Options{Brief: true}); bytes.Contains(out, []byte("hange")) || len(r.Changes) == 0 {
			t.Errorf("live: got %s", out)
		}
	}
	// The second of two weeks is incomplete.
	r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w")})
	if out := text(t, r, page.Options{}); r.Changes != nil || !bytes.Contains(out, []byte("\nNo changes are shown: ")) {
		t.Errorf("got %s", out)
	}
}

// TestBaselineComesBeforeDiffedWindows checks that a diff compares whole inputs, whatever
// windows the report has.
func TestBaselineComesBeforeDiffedWindows(t *testing.T) {
	want := reporttest.AgainstBaseline(t, report.Options{})
	got := reporttest.AgainstBaseline(t, report.Options{Window: reporttest.Window(t, "1d")})
	if !bytes.Equal(diffText(t, got, page.Options{}), diffText(t, want, page.Options{})) {
		t.Error("the diffs differ")
	}
}

// TestGroupsOfPages checks that a page has the same groups whether they were made for the page
// only or for rows too.
func TestGroupsOfPages(t *testing.T) {
	weeks := reporttest.Scan(t, reporttest.Find(t, reporttest.Root(t)+"/testdata/weeks"))
	for _, o := range []report.Options{
		{Window: reporttest.Window(t, "1w")},
		{Window: reporttest.Window(t, "1d"), Filter: report.Filter{Method: "Session.publish"}},
		{Window: reporttest.Window(t, "1mo")}, // of which one is complete
		{},
		{Window: reporttest.Window(t, "1w"), Baseline: weeks(report.Options{Breakdown: report.Dimensions()})},
	} {
		for _, d := range report.Dimensions() {
			shown, asked := o, o
			shown.Breakdown, asked.By = []report.Dimension{d}, d
			want := weeks(asked)
			want.By = "" // as if it had not been asked for
			a, b := text(t, weeks(shown), page.Options{}), text(t, want, page.Options{})
			if !bytes.Equal(a, b) || !bytes.Contains(a, []byte("\nBy client\n")) {
				t.Errorf("%s: got %s, want %s", d, a, b)
			}
		}
	}
}

// TestNativeRecordsAreNamed checks that every format says how many records native SDKs wrote, and
// that a log of their failures is not called free of failures.
func TestNativeRecordsAreNamed(t *testing.T) {
	const native = `Error Domain=OTSessionErrorDomain Code=1541 "Timed out while attempting to publish."` + "\n"
	const clean = "No failure of the JavaScript SDK was found; native SDKs wrote 3 records, "
	for _, test := range []struct {
		log  string
		want []string
		not  string
	}{
		{"hello\n" + strings.Repeat(native, 3), []string{"3 records (iOS, Android, ", clean, "native SDKs (iOS, Android, React Native, …) wrote 3 records"}, "No failure of the SDK"},
		{"OT_TIMEOUT\n" + native, []string{"1 record (iOS, Android, ", "wrote 1 record: "}, "No failure"},
		{"hello\n", []string{"No failure of the SDK was found in 1 record."}, "ative SDKs"},
	} {
		r := reporttest.OfLog(t, []byte(test.log), report.Options{})
		for name, out := range map[string][]byte{
			"text":     reporttest.Print(t, func(w io.Writer) error { return page.Text(w, r, page.TextOptions{Width: 1000}) }),
			"markdown": reporttest.Print(t, func(w io.Writer) error { return page.Markdown(w, r, page.Options{}) }),
			"html":     htmlOf(t, r, page.Options{}),
		} {
			for _, want := range test.want {
				if !bytes.Contains(out, []byte(want)) {
					t.Errorf("%s of %q lacks %q:\n%s", name, test.log, want, out)
				}
			}
			if bytes.Contains(out, []byte(test.not)) {
				t.Errorf("%s of %q contains %q:\n%s", name, test.log, test.not, out)
			}
		}
	}
}

// TestPageOfErrorsOnly checks the page of a log that holds errors only, with a baseline of the same kind.
func TestPageOfErrorsOnly(t *testing.T) {
	log := func(day, timeouts int) []byte {
		var b bytes.Buffer
		for i := range 150 {
			name := "OT_CONNECT_FAILED: Session.connect"
			if i < timeouts {
				name = "OT_TIMEOUT: Session.publish :: too late"
			}
			fmt.Fprintf(&b, `{"timestamp":"2026-11-%02dT%02d:00:00Z","level":"error","sessionId":"session-%d-%d","message":%q}`+"\n", day, i%24, day, i, name)
		}
		return b.Bytes()
	}
	before := reporttest.OfLog(t, log(2, 30), report.Options{})
	r := reporttest.OfLog(t, log(3, 90), report.Options{Baseline: before})
	golden.Check(t, "errors-only.txt", text(t, r, page.Options{}))
	golden.Check(t, "errors-only-80-columns.txt", reporttest.Print(t, func(w io.Writer) error { return page.Text(w, r, page.TextOptions{Width: 80}) }))
	golden.Check(t, "errors-only.md", reporttest.Print(t, func(w io.Writer) error { return page.Markdown(w, r, page.Options{}) }))
	golden.Check(t, "errors-only.html", htmlOf(t, r, page.Options{}))
}

// TestSeenWithinAMinute checks that an error of one minute has no span that begins where it ends.
func TestSeenWithinAMinute(t *testing.T) {
	const log = `{"time":"2026-11-16T10:49:01Z","message":"Session.publish :: OT_TIMEOUT: timed out"}` + "\n" +
		`{"time":"2026-11-16T10:49:31Z","message":"Session.publish :: OT_TIMEOUT: timed out"}` + "\n"
	if out := text(t, reporttest.OfLog(t, []byte(log), report.Options{}), page.Options{}); !bytes.Contains(out, []byte("Seen           at 2026-11-16 10:49\n")) {
		t.Errorf("got %s", out)
	}
}
