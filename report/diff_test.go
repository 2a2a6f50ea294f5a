package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// An appWeek is what an application logged in the seven days from start: each
// session posts that it connects, publishes and subscribes, and how that ended.
type appWeek struct {
	start    time.Time
	sessions int
	failures []appFailure
	silent   []int // hours without any record
}

// An appFailure is an error that some of the sessions meet.
type appFailure struct {
	action   string // of telemetry; "" for a line of the console only
	name     string
	code     int
	sessions int
}

// hits spreads n failing sessions over all.
func (w *appWeek) hits(n, session int) bool {
	return (session+1)*n/w.sessions > session*n/w.sessions
}

// log writes the records as NDJSON.
func (w *appWeek) log() []byte {
	var b bytes.Buffer
	for i := range w.sessions {
		at := w.start.Add(time.Duration(i) * 7 * 24 * time.Hour / time.Duration(w.sessions))
		if slices.Contains(w.silent, int(at.Sub(w.start).Hours())) {
			continue
		}
		client := fmt.Sprintf("%d-%d", w.start.Unix(), i)
		for step, action := range []string{"Connect", "Publish", "Subscribe"} {
			w.post(&b, i, client, action, at.Add(time.Duration(step)*5*time.Second))
		}
		for _, f := range w.failures {
			if f.action == "" && w.hits(f.sessions, i) {
				fmt.Fprintf(&b, `{"timestamp":%q,"level":"error","message":%q,"sessionId":"session-%s"}`+"\n", at.Add(time.Minute).Format(time.RFC3339), f.name, client)
			}
		}
	}
	return b.Bytes()
}

// post writes the telemetry of one call.
func (w *appWeek) post(b *bytes.Buffer, session int, client, action string, at time.Time) {
	body := func(variation, more string, at time.Time) {
		fmt.Fprintf(b, `{"logVersion":"2","clientVersion":"js-2.35.2","clientSystemTime":%d,"sessionId":"session-%s","connectionId":"connection-%s","streamId":"stream-%s","clientInstanceId":"client-%s","action":%q,"variation":%q%s}`+"\n",
			at.UnixMilli(), client, client, client, client, action, variation, more)
	}
	body("Attempt", "", at)
	for _, f := range w.failures {
		if f.action == action && w.hits(f.sessions, session) {
			body("Failure", fmt.Sprintf(`,"failureName":%q,"failureCode":%d`, f.name, f.code), at.Add(2*time.Second))
			return
		}
	}
	body("Success", "", at.Add(time.Second))
}

var november = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// weekBefore and weekAfter differ in publish (up), connect (gone) and subscribe (new).
// Access is denied as often, and two errors are too rare to tell.
func weekBefore() *appWeek {
	return &appWeek{start: november, sessions: 400, failures: []appFailure{
		{"Publish", "OT_TIMEOUT", 1500, 12},
		{"Publish", "OT_PERMISSION_DENIED", 1500, 2},
		{"Connect", "OT_CONNECT_FAILED", 1006, 14},
		{"", "OT.initPublisher: OT_USER_MEDIA_ACCESS_DENIED (1500)", 0, 60},
	}}
}

func weekAfter() *appWeek {
	return &appWeek{start: november.AddDate(0, 0, 7), sessions: 420, failures: []appFailure{
		{"Publish", "OT_TIMEOUT", 1500, 44},
		{"Subscribe", "OT_ICE_WORKFLOW_FAILED", 1600, 16},
		{"", "OT.initPublisher: OT_USER_MEDIA_ACCESS_DENIED (1500)", 0, 64},
		{"", "Session.signal: OT_NOT_CONNECTED (500)", 0, 1},
	}, silent: []int{30, 31, 32, 100}}
}

// logs writes logs into a directory, where the test goes, and returns the sources.
func logs(t *testing.T, files map[string][]byte, args ...string) []parse.Source {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return find(t, args...)
}

func find(t *testing.T, args ...string) []parse.Source {
	t.Helper()
	sources, _, err := parse.Find(args)
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

// twoWeeks is a report of both weeks by week, and of a moment of a third.
func twoWeeks(t *testing.T) *report.Report {
	t.Helper()
	back := here(t)
	third := fmt.Sprintf("{\"timestamp\":%q,\"message\":\"ready\",\"sessionId\":\"late\"}\n", november.AddDate(0, 0, 14).Format(time.RFC3339))
	sources := logs(t, map[string][]byte{"app.log": slices.Concat(weekBefore().log(), weekAfter().log(), []byte(third))}, "app.log")
	defer t.Chdir(back)
	return reportOf(t, sources, report.Options{Window: window(t, "1w"), ToolVersion: "v0.0.0"})
}

// againstBaseline is a report of the second week, whose baseline is the first.
func againstBaseline(t *testing.T, o report.Options) *report.Report {
	t.Helper()
	return bothWeeks(t)(o)
}

// bothWeeks scans each week by itself, and returns what makes a report of the second
// with the first as its baseline. The baseline has a line that cannot be read, and
// of the second week a file is missing.
func bothWeeks(t *testing.T) func(report.Options) *report.Report {
	t.Helper()
	back := here(t)
	logs(t, map[string][]byte{
		"before/web-0.log": weekBefore().log(),
		"before/web-1.log": []byte("{\"timestamp\":\"2026-11-03T10:00:00Z\",\n{\"timestamp\":\"2026-11-03T10:00:01Z\",\"message\":\"ready\",\"sessionId\":\"a\"}\n"),
		"after/web-0.log":  weekAfter().log(),
	}, "after")
	defer t.Chdir(back)
	before, after := scan(t, find(t, "before")), scan(t, find(t, "after"))
	return func(o report.Options) *report.Report {
		t.Helper()
		o.ToolVersion = "v0.0.0"
		o.Baseline = before(o)
		o.Warnings = []string{"after/web-1.log: no such file"}
		return after(o)
	}
}

// here returns the directory that the test is in.
func here(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func text(t *testing.T, r *report.Report, o report.PageOptions) []byte {
	t.Helper()
	return print(t, func(w io.Writer) error { return report.WriteText(w, r, report.TextOptions{PageOptions: o}) })
}

func diffText(t *testing.T, r *report.Report, o report.PageOptions) []byte {
	t.Helper()
	o.Diff = true
	return text(t, r, o)
}

func jsonOf(t *testing.T, r *report.Report) []byte {
	t.Helper()
	r.CatalogueVersion = "0123456789ab" // the rows change less often than the catalogue
	return print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
}

func TestChangesOfWindows(t *testing.T) {
	r := twoWeeks(t)
	golden.Check(t, "changes-weeks.txt", text(t, r, report.PageOptions{Top: 3}))
	golden.Check(t, "changes-weeks.json", jsonOf(t, r))
	for _, table := range report.CSVTables {
		golden.Check(t, table+".csv", print(t, func(w io.Writer) error { return report.WriteCSV(w, r, table) }))
	}
}

func TestChangesFromBaseline(t *testing.T) {
	r := againstBaseline(t, report.Options{})
	golden.Check(t, "changes-baseline.txt", text(t, r, report.PageOptions{}))
	golden.Check(t, "changes-baseline.json", jsonOf(t, r))
	golden.Check(t, "diff.txt", diffText(t, r, report.PageOptions{}))
}

// TestNothingChangesInItself holds it of whole inputs, and of a diff.
func TestNothingChangesInItself(t *testing.T) {
	r := sampleLogs(t, report.Options{Window: window(t, "1w")})
	for _, r := range []*report.Report{r, againstBaseline(t, report.Options{})} {
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
		if out := string(diffText(t, r, report.PageOptions{})); !strings.Contains(out, "called: 0.\n") || strings.Contains(out, "What to do") {
			t.Errorf("got %s", out)
		}
	}
}

// TestBaselineComesBeforeWindows holds that whole inputs are compared if there is a
// baseline, whatever either is divided into.
func TestBaselineComesBeforeWindows(t *testing.T) {
	want := againstBaseline(t, report.Options{})
	got := againstBaseline(t, report.Options{Window: window(t, "1d")})
	if a, b := fmt.Sprintf("%+v", strip(got.Changes)), fmt.Sprintf("%+v", strip(want.Changes)); a != b || len(want.Changes) == 0 {
		t.Errorf("got %s, want %s", a, b)
	}
	if !bytes.Equal(diffText(t, got, report.PageOptions{}), diffText(t, want, report.PageOptions{})) {
		t.Error("the diffs differ")
	}
}

// strip leaves what can be compared in print.
func strip(changes []report.Change) (out []string) {
	for _, c := range changes {
		out = append(out, fmt.Sprint(c.Start, c.Method, c.Scope, c.Error, c.Measure, c.Before.Part, c.Before.Whole, c.After.Part, c.After.Whole, c.Verdict))
	}
	return out
}

// TestChangesWhateverIsSelected writes reports and diffs of parts, down to nothing:
// JSON takes no number that is none.
func TestChangesWhateverIsSelected(t *testing.T) {
	weeks := bothWeeks(t)
	for _, f := range []report.Filter{
		{}, {Method: "Session.publish"}, {Error: "OT_TIMEOUT"}, {Method: "Session.connect", Error: "OT_TIMEOUT"}, {Error: "OT_NO_SUCH"},
		{Session: "session-1793577600-33"}, {SDK: "2.35"}, {SDK: "1"}, {Since: november.AddDate(0, 0, 3)}, {Until: november}, {Since: november.AddDate(0, 0, 9).Add(7 * time.Minute)},
	} {
		for _, w := range []string{"all", "15m", "1d"} {
			r := weeks(report.Options{Filter: f, Window: window(t, w)})
			html := func(o report.PageOptions) []byte {
				return print(t, func(w io.Writer) error { return report.WriteHTML(w, r, o) })
			}
			top, diff := report.PageOptions{Top: 1}, report.PageOptions{Top: 1, Diff: true}
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

// TestNoChanges holds what a report of one window, a live one and one without two
// complete windows say.
func TestNoChanges(t *testing.T) {
	whole := sampleLogs(t, report.Options{})
	if whole.Changes != nil || bytes.Contains(text(t, whole, report.PageOptions{}), []byte("hange")) {
		t.Error("one window has changes")
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(jsonOf(t, whole), &got); err != nil {
		t.Fatal(err)
	}
	if string(got["changes"]) != "[]" || string(got["baseline"]) != "null" {
		t.Errorf("got changes %s and baseline %s", got["changes"], got["baseline"])
	}
	if err := report.WriteText(io.Discard, whole, report.TextOptions{PageOptions: report.PageOptions{Diff: true}}); err == nil {
		t.Error("there is a diff without a baseline")
	}
	for _, r := range []*report.Report{twoWeeks(t), againstBaseline(t, report.Options{})} {
		if out := text(t, r, report.PageOptions{Brief: true}); bytes.Contains(out, []byte("hange")) || len(r.Changes) == 0 {
			t.Errorf("live: got %s", out)
		}
	}
	// The second of two weeks is not complete.
	r := sampleLogs(t, report.Options{Window: window(t, "1w")})
	if out := text(t, r, report.PageOptions{}); r.Changes != nil || !bytes.Contains(out, []byte("\nNo changes are shown: ")) {
		t.Errorf("got %s", out)
	}
}
