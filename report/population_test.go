package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

// sessionLog is a log of sessions on a day of November, each with one clean record. The first ones also
// show a failure of publish.
func sessionLog(day, sessions, failed int, level string) []byte {
	var b bytes.Buffer
	for i := range sessions {
		at := time.Date(2026, 11, day, 0, 0, i*80000/sessions, 0, time.UTC).Format(time.RFC3339)
		id := fmt.Sprintf("session-%d-%d", day, i)
		if level == "" || level == "info" {
			fmt.Fprintf(&b, `{"timestamp":%q,"level":"info","sessionId":%q,"message":"ready"}`+"\n", at, id)
		}
		if i < failed {
			fmt.Fprintf(&b, `{"timestamp":%q,"level":"error","sessionId":%q,"message":"OT_TIMEOUT: Session.publish :: too late"}`+"\n", at, id)
		}
	}
	return b.Bytes()
}

// postAttempt is the telemetry of one attempt to publish.
func postAttempt(day, session int) []byte {
	return fmt.Appendf(nil, `{"clientSystemTime":%d,"clientVersion":"js-2.35.2","clientInstanceId":"k","streamId":"s","sessionId":"session-%d-%d","action":"Publish","variation":"Attempt"}`+"\n",
		time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC).UnixMilli(), day, session)
}

// TestStrayTelemetry checks that the session rate does not depend on whether some telemetry happens to
// be in the log: 2% of 2,000 sessions, then 6%.
func TestStrayTelemetry(t *testing.T) {
	before, after := sessionLog(2, 2000, 40, ""), sessionLog(3, 2000, 120, "")
	change := func(before, after []byte) report.Change {
		t.Helper()
		was := reporttest.OfLog(t, before, report.Options{})
		r := reporttest.OfLog(t, after, report.Options{Baseline: was})
		for _, c := range r.Changes {
			if c.Scope == report.ScopeMethod && c.Measure == report.SessionRate {
				return c
			}
		}
		t.Fatal("no change")
		return report.Change{}
	}
	plain := change(before, after)
	if plain.Verdict != report.Up || plain.Test == nil || math.Abs(math.Log10(plain.Test.P)+10) > 0.5 {
		t.Errorf("got %q, %+v, want up with a p of about 1e-10", plain.Verdict, plain.Test)
	}
	if plain.Before.Whole != 2000 || plain.After.Whole != 2000 || plain.Of != report.AllSessions {
		t.Errorf("got %+v and %+v of %s", plain.Before, plain.After, plain.Of)
	}
	stray := change(append(before, postAttempt(2, 1999)...), append(after, postAttempt(3, 1999)...))
	for _, c := range []*report.Change{&plain, &stray} {
		c.Before.Rate, c.After.Rate = nil, nil // pointers
	}
	if stray.Before != plain.Before || stray.After != plain.After || stray.Verdict != plain.Verdict || *stray.Test != *plain.Test {
		t.Errorf("one attempt a side changes %+v to %+v", plain, stray)
	}

	r := reporttest.OfLog(t, append(after, postAttempt(3, 1999)...), report.Options{By: report.BySDK})
	for _, g := range r.Breakdowns[0].Groups {
		want, posted := 1999, 0
		if g.Name == "2.35.2" {
			want, posted = 1, 1
		}
		if m := g.Methods[0]; m.Name != "Session.publish" || m.Sessions != want || g.Windows[0].Sessions != want || g.Windows[0].TelemetrySessions != posted {
			t.Errorf("of group %q: %+v, %+v, want %d sessions", g.Name, m, g.Windows[0], want)
		}
	}
	m := r.Methods[0]
	if m.Sessions != 2000 || m.SessionsFailed != 120 || m.Attempts.Attempts != 1 || r.Totals.TelemetrySessions != 1 || r.Windows[0].TelemetrySessions != 1 {
		t.Errorf("got %+v, %d sessions with telemetry", m, r.Totals.TelemetrySessions)
	}
}

// TestPopulation checks which logs hold errors only.
func TestPopulation(t *testing.T) {
	const (
		failure = `{"level":"error","sessionId":"s%d","message":"OT_TIMEOUT: Session.publish :: too late"}` + "\n"
		bare    = `{"sessionId":"s%d","message":"OT_TIMEOUT: Session.publish :: too late"}` + "\n"
		warning = `{"level":"warn","sessionId":"s%d","message":"slow"}` + "\n"
		info    = `{"level":"info","sessionId":"s%d","message":"ready"}` + "\n"
		clean   = `{"sessionId":"s%d","message":"ready"}` + "\n"
		event   = `{"clientSystemTime":1793613604%03d,"sessionId":"s","action":"Publish","variation":"Attempt"}` + "\n"
		console = "10:44:25.%03d OpenTok:Session:error OT_TIMEOUT: Session.publish :: too late sessionId 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5\n"
		text    = "2026-11-02 10:00:00.%03d ERROR 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5 gave up\n"
		blank   = "\n"
	)
	of := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			if strings.Contains(line, "%") {
				fmt.Fprintf(&b, line, i)
			} else {
				b.WriteString(line)
			}
		}
		return b.String()
	}
	for _, test := range []struct {
		name string
		log  string
		want report.Population
	}{
		{"an export of errors", of(100, failure), report.WithErrors},
		{"an export of errors and warnings", of(100, failure) + of(100, warning), report.WithErrors},
		{"warnings alone", of(100, warning), report.WithErrors},
		{"errors without levels", of(100, bare), report.WithErrors},
		{"4 of 100 records are clean", of(96, bare) + of(4, clean), report.WithErrors},
		{"5 of 100 records are clean", of(95, bare) + of(5, clean), report.AllSessions},
		{"5 of 100 records are telemetry", of(95, failure) + of(5, event), report.AllSessions},
		{"4 of 100 records are telemetry", of(96, failure) + of(4, event), report.WithErrors},
		{"one of 100 warnings is information", of(20, failure) + of(79, warning) + of(1, info), report.AllSessions},
		{"half of the clean records have a level", of(50, failure) + of(25, warning) + of(25, clean), report.WithErrors},
		{"fewer have one", of(50, failure) + of(24, warning) + of(26, clean), report.AllSessions},
		{"the SDK's lines have a level, the application's have none", of(120, failure) + of(100, clean), report.AllSessions},
		{"an outage in which every session fails", of(50, info) + of(50, failure), report.AllSessions},
		{"an outage without levels", of(50, clean) + of(50, bare), report.AllSessions},
		{"an outage in telemetry", of(50, event) + of(50, bare), report.AllSessions},
		{"nothing failed", of(100, info), report.AllSessions},
		{"a handful of pasted lines", of(3, console), report.WithErrors},
		{"pasted with blank lines", of(3, console+blank), report.WithErrors},
		{"levels in text", of(3, console) + of(40, text), report.WithErrors},
		{"a table of errors", "timestamp,sessionId,message\n2026-11-02T10:00:00Z,s,OT_TIMEOUT: Session.publish :: too late\n", report.WithErrors},
		{"a table with its levels", "timestamp,level,sessionId,message\n2026-11-02T10:00:00Z,error,s,OT_TIMEOUT\n2026-11-02T10:00:00Z,Warning,s,slow\n", report.WithErrors},
		{"a table with information", "timestamp,level,sessionId,message\n2026-11-02T10:00:00Z,error,s,OT_TIMEOUT\n2026-11-02T10:00:00Z,info,s,slow\n", report.AllSessions},
		{"an array with an element per line", "[\n" + strings.ReplaceAll(of(3, bare), "}\n", "},\n") + fmt.Sprintf(bare, 9) + "]\n", report.WithErrors},
		{"records in a document", `{"messageType":"DATA_MESSAGE","logGroup":"web","logEvents":[{"id":"1","timestamp":1793613604000,"message":"OT_TIMEOUT sessionId 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5"}]}`, report.WithErrors},
		{"no session", "OT_TIMEOUT\n", report.AllSessions}, // there is no rate
		{"nothing", "", report.AllSessions},
	} {
		r := reporttest.OfLog(t, []byte(test.log), report.Options{})
		if got := r.Population(); got != test.want {
			t.Errorf("%s: rates are of %s, want %s; %+v", test.name, got, test.want, r.Sources[0].Account)
		}
		warned := strings.Contains(strings.Join(r.Warnings, "\n"), "errors only")
		if warned != (test.want == report.WithErrors) {
			t.Errorf("%s: warnings %q", test.name, r.Warnings)
		}
	}
}

// TestPopulationOfComparisons checks that one side of errors only makes the comparison one of sessions
// with errors.
func TestPopulationOfComparisons(t *testing.T) {
	all, errors := sessionLog(2, 200, 20, ""), sessionLog(2, 200, 20, "error")
	for _, test := range []struct {
		before, after []byte
		want          report.Population
		warnings      int
	}{
		{all, all, report.AllSessions, 1}, // both sides are the same log
		{errors, errors, report.WithErrors, 2},
		{errors, all, report.AllSessions, 1},
		{all, errors, report.WithErrors, 2},
	} {
		before := reporttest.OfLog(t, test.before, report.Options{})
		r := reporttest.OfLog(t, test.after, report.Options{Baseline: before})
		if r.Population() != test.want || len(r.Warnings) != test.warnings {
			t.Errorf("got %s, %q, want %s", r.Population(), r.Warnings, test.want)
		}
		for _, c := range r.Changes {
			if c.Measure == report.SessionRate && (c.Of != test.want || (c.Verdict != "" || c.Difference != nil || c.Test != nil) != r.Comparable()) {
				t.Errorf("shares of other sessions are compared: %+v", c)
			}
		}
		var got struct {
			Methods []struct {
				Rate struct{ Of report.Population } `json:"session_rate"`
			}
			Changes []struct {
				Measure       string
				Before, After struct{ Of report.Population }
			}
		}
		if err := json.Unmarshal(reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) }), &got); err != nil {
			t.Fatal(err)
		}
		for _, m := range got.Methods {
			if m.Rate.Of != r.Population() {
				t.Errorf("a method's rate is of %q, want %s", m.Rate.Of, r.Population())
			}
		}
		for _, c := range got.Changes {
			if c.Before.Of != before.Population() || c.After.Of != test.want {
				t.Errorf("a change of %s is of %q and %q, want %s and %s", c.Measure, c.Before.Of, c.After.Of, before.Population(), test.want)
			}
		}
		for _, table := range []string{"errors", "methods"} {
			out := string(reporttest.Print(t, func(w io.Writer) error { return report.WriteCSV(w, r, table) }))
			head, row, _ := strings.Cut(out, "\n")
			if !strings.Contains(head, ",session_rate_of") || !strings.Contains(row, ","+string(r.Population())) {
				t.Errorf("%s: %s", table, out)
			}
		}
	}
}
