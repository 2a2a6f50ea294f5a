// Package reporttest makes reports for tests: of logs that are written for a test, of the
// logs in testdata, and of counts that a test states.
package reporttest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/report"
)

// Print returns what a function writes.
func Print(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Window parses a window such as 1w.
func Window(t *testing.T, s string) calendar.Window {
	t.Helper()
	w, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Ignore parses a list of acknowledged errors.
func Ignore(t *testing.T, text string) *report.Ignore {
	t.Helper()
	list, err := report.ParseIgnore("known.txt", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Find returns the sources of arguments.
func Find(t *testing.T, args ...string) []parse.Source {
	t.Helper()
	sources, err := find.Find(args)
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

// Scan reads sources once, and returns a function that makes reports of them.
func Scan(t *testing.T, sources []parse.Source) func(report.Options) *report.Report {
	t.Helper()
	read, err := aggregate.Scan(sources, aggregate.Options{KeepIDs: true}) // for reports that show sessions
	if err != nil {
		t.Fatal(err)
	}
	counts, err := aggregate.Settle(nil, read.Parts...)
	if err != nil {
		t.Fatal(err)
	}
	return func(o report.Options) *report.Report {
		t.Helper()
		r, err := report.New(counts, read.Sources, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// At runs f in another directory.
func At(t *testing.T, dir string, f func()) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	defer t.Chdir(here)
	f()
}

// Root returns the top directory of the module.
func Root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the test does not run in the module")
		}
		dir = filepath.Dir(dir)
	}
}

// Logs writes logs into a new directory and scans arguments there.
func Logs(t *testing.T, files map[string][]byte, args ...string) (of func(report.Options) *report.Report) {
	t.Helper()
	At(t, t.TempDir(), func() {
		for name, content := range files {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		of = Scan(t, Find(t, args...))
	})
	return of
}

// OfLog makes a report of one log.
func OfLog(t *testing.T, log []byte, o report.Options) *report.Report {
	t.Helper()
	return Logs(t, map[string][]byte{"app.log": log}, "app.log")(o)
}

// OfTestdata makes a report of a directory in the module's testdata.
func OfTestdata(t *testing.T, dir string, o report.Options) (r *report.Report) {
	t.Helper()
	At(t, Root(t), func() { r = Scan(t, Find(t, "testdata/"+dir))(o) })
	return r
}

// FiveWeeks is the report of testdata/weeks, in which the last whole week is compared with
// the one before it.
func FiveWeeks(t *testing.T) *report.Report {
	t.Helper()
	r := OfTestdata(t, "weeks", report.Options{
		Window: Window(t, "1w"), Breakdown: report.Dimensions()[:3], By: report.ByAPIKey, ToolVersion: "v1.0.0",
		Ignore: Ignore(t, `
OT_USER_MEDIA_ACCESS_DENIED OT.initPublisher # people say no; help text is planned
OT_AUTHENTICATION_ERROR until 2026-12-31     # tokens of the kiosk, renewed in December
OT_INVALID_SESSION_ID
`),
	})
	r.CatalogueVersion = "0123456789ab" // the page changes less often than the catalogue
	return r
}

// An AppWeek is the log of an application in the seven days from start: each session posts
// that it connects, publishes and subscribes, and how each call ended.
type AppWeek struct {
	start    time.Time
	sessions int
	failures []appFailure
	silent   []int // hours without any record
}

// An appFailure is an error that occurs in some of the sessions.
type appFailure struct {
	action   string // of telemetry; "" for a line of the console only
	name     string
	code     int
	sessions int
}

// November is when WeekBefore begins.
var November = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// WeekBefore is a week of 400 sessions. Compared with it, in WeekAfter publish fails in more
// sessions, connect in none and subscribe in some. Access is denied as often, and two errors
// are too rare to test.
func WeekBefore() *AppWeek {
	return &AppWeek{start: November, sessions: 400, failures: []appFailure{
		{"Publish", "OT_TIMEOUT", 1500, 12},
		{"Publish", "OT_PERMISSION_DENIED", 1500, 2},
		{"Connect", "OT_CONNECT_FAILED", 1006, 14},
		{"", "OT.initPublisher: OT_USER_MEDIA_ACCESS_DENIED (1500)", 0, 60},
	}}
}

// WeekAfter is the week after WeekBefore, of 420 sessions.
func WeekAfter() *AppWeek {
	return &AppWeek{start: November.AddDate(0, 0, 7), sessions: 420, failures: []appFailure{
		{"Publish", "OT_TIMEOUT", 1500, 44},
		{"Subscribe", "OT_ICE_WORKFLOW_FAILED", 1600, 16},
		{"", "OT.initPublisher: OT_USER_MEDIA_ACCESS_DENIED (1500)", 0, 64},
		{"", "Session.signal: OT_NOT_CONNECTED (500)", 0, 1},
	}, silent: []int{30, 31, 32, 100}}
}

// hits spreads n failing sessions evenly.
func (w *AppWeek) hits(n, session int) bool {
	return (session+1)*n/w.sessions > session*n/w.sessions
}

// Log returns the records as NDJSON.
func (w *AppWeek) Log() []byte {
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
func (w *AppWeek) post(b *bytes.Buffer, session int, client, action string, at time.Time) {
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

// TwoWeeks is a report by week of both weeks and of one record of a third week.
func TwoWeeks(t *testing.T) *report.Report {
	t.Helper()
	third := fmt.Sprintf("{\"timestamp\":%q,\"message\":\"ready\",\"sessionId\":\"late\"}\n", November.AddDate(0, 0, 14).Format(time.RFC3339))
	log := slices.Concat(WeekBefore().Log(), WeekAfter().Log(), []byte(third))
	return OfLog(t, log, report.Options{Window: Window(t, "1w"), ToolVersion: "v0.0.0"})
}

// AgainstBaseline is a report of WeekAfter with WeekBefore as its baseline. The baseline has a
// record that cannot be read; of WeekAfter a file is missing.
func AgainstBaseline(t *testing.T, o report.Options) *report.Report {
	t.Helper()
	return BothWeeks(t)(o)
}

// BothWeeks scans each week once and returns a function that makes reports as AgainstBaseline
// does.
func BothWeeks(t *testing.T) func(report.Options) *report.Report {
	t.Helper()
	before := Logs(t, map[string][]byte{
		"before/web-0.log": WeekBefore().Log(),
		"before/web-1.log": []byte("{\"timestamp\":\"2026-11-03T10:00:00Z\",\n{\"timestamp\":\"2026-11-03T10:00:01Z\",\"message\":\"ready\",\"sessionId\":\"a\"}\n"),
	}, "before")
	after := Logs(t, map[string][]byte{"after/web-0.log": WeekAfter().Log()}, "after")
	return func(o report.Options) *report.Report {
		t.Helper()
		o.ToolVersion = "v0.0.0"
		o.Baseline = before(o)
		o.Warnings = []string{"after/web-1.log: no such file"}
		return after(o)
	}
}

// Console is a log without telemetry: ten sessions, two of which failed.
func Console() []byte {
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, `{"timestamp":"2026-11-02T10:%02d:00Z","message":"ready","sessionId":"session-%d"}`+"\n", i, i)
	}
	for i := range 2 {
		fmt.Fprintf(&b, `{"timestamp":"2026-11-02T13:%02d:00Z","message":"Session.signal: OT_NOT_CONNECTED (500)","sessionId":"session-%d"}`+"\n", i, i)
	}
	b.WriteString(`{"timestamp":"2026-11-02T13:30:00Z","message":"OpenTok:Session:error OT_BRAND_NEW: x","sessionId":"session-0"}` + "\n")
	return []byte(b.String())
}
