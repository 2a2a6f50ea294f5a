package report_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

func changesOf(before, after reporttest.Week) []report.Change {
	r := reporttest.Weeks(before, after)
	r.Windows[0].Complete, r.Windows[1].Complete = true, true
	return r.Compare()
}

// changesJSON returns the field changes of a report as JSON.
func changesJSON(t *testing.T, changes []report.Change) []byte {
	t.Helper()
	r := reporttest.Weeks(reporttest.Week{})
	r.Changes = changes
	var out struct{ Changes json.RawMessage }
	if err := json.Unmarshal(reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) }), &out); err != nil {
		t.Fatalf("%+v: %v", changes, err)
	}
	return out.Changes
}

// verdicts lists the verdict of each change.
func verdicts(changes []report.Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s", c.Label, c.Verdict)))
	}
	return strings.Join(out, ", ")
}

func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		before, sessions, after, sessionsAfter int
		want                                   string
	}{
		{40, 2000, 80, 2000, report.Up},
		{80, 2000, 40, 2000, report.Down},
		{40, 2000, 44, 2000, report.Same},
		{33, 200000, 33, 200000, report.Same},
		{32, 200000, 32, 200000, report.TooFew},
		{0, 2000, 12, 2000, report.Added},
		{12, 2000, 0, 2000, report.Gone},
		{0, 2000, 3, 2000, report.TooFew},
		{3, 2000, 0, 2000, report.TooFew},
		{10, 2000, 12, 2000, report.TooFew}, // may have doubled
		{0, 8000, 5, 2000, report.Added},    // five of five in a fifth of the sessions
		{5, 8000, 0, 2000, report.TooFew},
		{1, 60, 4, 60, report.TooFew},
		{20, 60, 24, 60, report.TooFew},
		{0, 60, 60, 60, report.TooFew}, // whatever there is
		{60, 99, 0, 100000, report.TooFew},
		{100, 100, 100, 100, report.Same},
		{100, 100, 20, 100, report.Down},
		{1, 1, 0, 1, report.TooFew},
		{0, 0, 50, 2000, report.TooFew},
		{50, 2000, 0, 0, report.TooFew},
	} {
		changes := changesOf(reporttest.Publishing(test.before, test.sessions), reporttest.Publishing(test.after, test.sessionsAfter))
		for _, c := range changes {
			if c.Measure == report.SessionRate && c.Verdict != test.want {
				t.Errorf("%d of %d to %d of %d: %s: got %q, want %q (%+v, %+v)", test.before, test.sessions, test.after, test.sessionsAfter, c.Label, c.Verdict, test.want, c.Test, c.Difference)
			}
		}
	}
	// Without failures there is no row for an error.
	if got := verdicts(changesOf(reporttest.Publishing(0, 2000), reporttest.Publishing(0, 2000))); got != "any error same, any error" {
		t.Error(got)
	}
	if got := verdicts(changesOf(reporttest.Publishing(0, 60), reporttest.Publishing(0, 0))); got != "any error too_few, any error" {
		t.Error(got)
	}
}

// TestManyRows checks that a doubling from 2% of 2,000 sessions is significant among 100
// errors that do not change.
func TestManyRows(t *testing.T) {
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(80, 2000)
	for i := range 100 {
		e := report.Error{Method: "Session.publish", Name: fmt.Sprintf("OT_%d", i), Sessions: 20 + i%5, Failures: 30}
		before.Errors = append(before.Errors, e)
		e.Sessions = 20 + i*7%5
		after.Errors = append(after.Errors, e)
	}
	for _, c := range changesOf(before, after) {
		if changed := c.Scope == report.ScopeMethod || c.Error == "OT_TIMEOUT"; c.Measure == report.SessionRate && (c.Verdict == report.Up) != changed {
			t.Errorf("%s is %s (%+v)", c.Label, c.Verdict, c.Test)
		}
	}
}

// TestRowsThatCannotBeCalledTakeNoPower checks that errors that are too rare to be significant
// do not weaken the other tests.
func TestRowsThatCannotBeCalledTakeNoPower(t *testing.T) {
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(80, 2000)
	alone := changesOf(before, after)
	for i := range 100 {
		e := report.Error{Method: "Session.publish", Name: fmt.Sprintf("OT_%d", i), Sessions: 1 + i%3, Failures: 3}
		before.Errors = append(before.Errors, e)
		after.Errors = append(after.Errors, e)
	}
	for _, c := range changesOf(before, after) {
		if c.Error == "OT_TIMEOUT" && *c.Test != *alone[2].Test {
			t.Errorf("got %+v, alone %+v", *c.Test, *alone[2].Test)
		}
		if strings.HasPrefix(c.Error, "OT_TIMEOUT") == (c.Test == nil) && c.Scope == report.ScopeError {
			t.Errorf("%s: test %v", c.Error, c.Test)
		}
	}
}

// TestSharesOfUnknownSessions checks that failures without a session do not count as none.
func TestSharesOfUnknownSessions(t *testing.T) {
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(0, 2000)
	after.Methods[0].Sessionless = 80
	after.Errors = []report.Error{{Method: "Session.publish", Name: "OT_TIMEOUT", Sessionless: 80, Failures: 80}}
	for _, pair := range [][2]reporttest.Week{{before, after}, {after, before}, {after, after}} {
		for _, c := range changesOf(pair[0], pair[1]) {
			if c.Measure == report.SessionRate && (c.Verdict != "" || c.Test != nil || c.Difference != nil) {
				t.Errorf("%s: %+v", c.Label, c)
			}
		}
	}
}

// TestDenominators checks that a session rate is a share of all sessions seen, whichever attempts are
// known of either side.
func TestDenominators(t *testing.T) {
	known, silent, other := reporttest.Publishing(20, 400), reporttest.Publishing(100, 2000), reporttest.Publishing(0, 2000)
	known.Sessions = 2000
	silent.Methods[0].Attempts = nil
	other.Methods[0].Name = "Session.connect"
	sides := []reporttest.Week{known, silent, other}
	for _, before := range sides {
		for _, after := range sides {
			for _, c := range changesOf(before, after) {
				if c.Measure == report.SessionRate && (c.Before.Whole != 2000 || c.After.Whole != 2000) {
					t.Errorf("%s of %s: of %d and of %d, want all 2000 sessions", c.Label, c.Method, c.Before.Whole, c.After.Whole)
				}
			}
		}
	}
}

// TestRowsOfBothSides checks the rows of a comparison: one for each name, whatever its code, one
// for each code without a name, one for errors with neither, and one for the method.
func TestRowsOfBothSides(t *testing.T) {
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(40, 2000)
	after.Errors[0].Code = 1501
	before.Errors = append(before.Errors, report.Error{Method: "Session.publish", Code: 1500, Sessions: 3, Failures: 3})
	after.Errors = append(after.Errors,
		report.Error{Method: "Session.publish", Sessions: 2, Failures: 2},
		report.Error{Method: "Session.publish", Code: 1500, Sessions: 4, Failures: 4},
		report.Error{Method: "Session.publish", Name: "OT_BACKGROUND", Lines: 9})
	after.Methods = append(after.Methods, report.Method{Name: "Session.connect", Sessions: 2000})
	var got []string
	for _, c := range changesOf(before, after) {
		got = append(got, fmt.Sprintf("%s %s %q %d %s: %d to %d", c.Method, c.Scope, c.Error, c.Code, c.Measure, c.Before.Part, c.After.Part))
	}
	want := []string{
		`Session.connect method "" 0 session_rate: 0 to 0`,
		`Session.publish method "" 0 session_rate: 40 to 40`,
		`Session.publish method "" 0 failure_rate: 40 to 40`,
		`Session.publish error "" 0 session_rate: 0 to 2`,
		`Session.publish error "" 1500 session_rate: 3 to 4`,
		`Session.publish error "OT_TIMEOUT" 0 session_rate: 40 to 40`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCompareTakesWholeInputs(t *testing.T) {
	windows := reporttest.Weeks(reporttest.Publishing(1, 10), reporttest.Publishing(2, 10))
	windows.Whole = &reporttest.Weeks(reporttest.Publishing(40, 2000)).Numbers
	r := reporttest.Weeks(reporttest.Publishing(80, 2000))
	r.Baseline = windows
	changes := r.Compare()
	if got := verdicts(changes); got != "any error up, any error, OT_TIMEOUT up" {
		t.Error(got)
	}
	if c := changes[0]; !c.Start.IsZero() || !c.Baseline.IsZero() {
		t.Errorf("begins at %s, the baseline at %s", c.Start, c.Baseline)
	}
}

// TestChangesHaveNoHoles writes the changes between all pairs of small weeks as JSON, which has
// no NaN and no infinity.
func TestChangesHaveNoHoles(t *testing.T) {
	const most = 6
	var all []reporttest.Week
	for n := range most {
		for k := range n + 1 {
			all = append(all, reporttest.Publishing(k, n), reporttest.Publishing(100*k, 100*n))
		}
	}
	for _, before := range all {
		for _, after := range all {
			changes := changesOf(before, after)
			if out := changesJSON(t, changes); !json.Valid(out) {
				t.Fatalf("%+v to %+v: %s", before, after, out)
			}
		}
	}
}

// TestChangesInJSON checks the names of fields.
func TestChangesInJSON(t *testing.T) {
	before, after := reporttest.Publishing(0, 2000), reporttest.Publishing(9, 2000)
	after.Errors[0].Name = ""
	before.Methods = append(before.Methods, report.Method{Name: "Session.connect", Sessionless: 1})
	rows := changesJSON(t, changesOf(before, after))
	var got []map[string]any
	if err := json.Unmarshal(rows, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 {
		t.Fatalf("%s", rows)
	}
	for i, row := range got {
		for key, want := range map[string][]any{
			"window_start":   {"2026-11-09T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-09T00:00:00Z", "2026-11-09T00:00:00Z"},
			"baseline_start": {"2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"},
			"method":         {"Session.connect", "Session.publish", "Session.publish", "Session.publish"},
			"scope":          {"method", "method", "method", "error"},
			"error":          {nil, nil, nil, nil},
			"code":           {nil, nil, nil, 1500.0},
			"measure":        {"session_rate", "session_rate", "failure_rate", "session_rate"},
			"verdict":        {nil, "new", nil, "new"},
			"p":              {nil, 1.0 / 512, nil, 1.0 / 512},
		} {
			value, ok := row[key]
			if x, number := value.(float64); !ok || value != want[i] && !(number && math.Abs(x/want[i].(float64)-1) < 0.1) {
				t.Errorf("row %d has %s %v, want %v", i, key, value, want[i])
			}
		}
		for _, key := range []string{"before", "after"} {
			share, ok := row[key].(map[string]any)
			if known := i > 0 || key == "after"; ok != known {
				t.Errorf("row %d has %s %v", i, key, row[key])
			}
			for _, field := range []string{"value", "low", "high", "part", "whole"} {
				if _, has := share[field]; has != ok {
					t.Errorf("row %d has no %s of %s", i, field, key)
				}
			}
		}
		if d, ok := row["difference"].(map[string]any); ok != (i > 0) || ok && (d["value"] == nil || d["low"] == nil || d["high"] == nil) {
			t.Errorf("row %d has the difference %v", i, row["difference"])
		}
		if (row["q"] == nil) != (row["p"] == nil) {
			t.Errorf("row %d has p %v and q %v", i, row["p"], row["q"])
		}
	}
	if out := changesJSON(t, nil); string(out) != "[]" {
		t.Errorf("no changes are %s", out)
	}
}

// A call is a method that sessions use, with the rates of its errors.
type call struct {
	method string
	used   float64 // share of all sessions
	errors []failing
}

type failing struct {
	name string
	rate float64 // share of the sessions that use the method
}

// usual returns rates as they occur in logs of calls.
func usual() []call {
	return []call{
		{"OT.initPublisher", 0.9, []failing{{"OT_USER_MEDIA_ACCESS_DENIED", 0.04}, {"OT_NO_DEVICES_FOUND", 0.012}, {"OT_HARDWARE_UNAVAILABLE", 0.008}, {"OT_MEDIA_ERR_ABORTED", 0.001}}},
		{"Session.connect", 1, []failing{{"OT_CONNECT_FAILED", 0.008}, {"OT_INVALID_HTTP_STATUS", 0.003}, {"OT_SOCKET_CLOSE_ABNORMAL", 0.002}, {"OT_AUTHENTICATION_ERROR", 0.0005}}},
		{"Session.publish", 1, []failing{{"OT_TIMEOUT", 0.02}, {"OT_NOT_CONNECTED", 0.004}, {"OT_PERMISSION_DENIED", 0.001}, {"", 0.003}}},
		{"Session.subscribe", 0.8, []failing{{"OT_TIMEOUT", 0.01}, {"OT_ICE_WORKFLOW_FAILED", 0.006}, {"OT_STREAM_NOT_FOUND", 0.005}}},
	}
}

// random returns a week of sessions that fail independently.
func random(r *rand.Rand, calls []call, sessions int) reporttest.Week {
	w := reporttest.Week{Sessions: sessions}
	failed := make([]bool, sessions)
	for _, c := range calls {
		m := report.Method{Name: c.method, Sessions: int(c.used * float64(sessions)), Attempts: &report.Attempts{}}
		clear(failed)
		for _, f := range c.errors {
			e := report.Error{Method: c.method, Name: f.name}
			// Skip from one failing session to the next.
			for i := -1; ; {
				i += 1 + int(math.Log(1-r.Float64())/math.Log1p(-f.rate))
				if i >= m.Sessions {
					break
				}
				e.Sessions++
				e.Failures++
				if !failed[i] {
					failed[i] = true
					m.SessionsFailed++
				}
			}
			w.Errors = append(w.Errors, e)
		}
		w.Methods = append(w.Methods, m)
	}
	return w
}

// TestChanceIsNotCalled checks that at most one in twenty weeks without a change has a
// significant one.
func TestChanceIsNotCalled(t *testing.T) {
	const runs = 1000
	for _, sessions := range []int{60, 150, 2000} {
		r := rand.New(rand.NewPCG(1, uint64(sessions)))
		flagged := 0
		for range runs {
			changes := changesOf(random(r, usual(), sessions), random(r, usual(), sessions))
			if slices.ContainsFunc(changes, func(c report.Change) bool { return c.Significant() }) {
				flagged++
			}
			for _, c := range changes {
				if sessions < report.MinSessions && c.Measure == report.SessionRate && c.Verdict != report.TooFew {
					t.Fatalf("with %d sessions, %+v is %s", sessions, c, c.Verdict)
				}
			}
		}
		t.Logf("%d sessions: %d of %d weeks are flagged", sessions, flagged, runs)
		if flagged > runs/20 {
			t.Errorf("%d sessions: %d of %d weeks without a change are flagged", sessions, flagged, runs)
		}
	}
}

// TestDoublingIsCalled compares how often a doubling from 2% is significant with the table in
// docs/statistics.md.
func TestDoublingIsCalled(t *testing.T) {
	const runs = 1000
	alone := []call{{"Session.publish", 1, []failing{{"OT_TIMEOUT", 0.02}}}}
	for _, test := range []struct {
		name     string
		calls    []call
		sessions int
		expected float64
	}{
		{"alone", alone, 2000, 0.96},
		{"alone", alone, 3000, 1},
		{"alone", alone, 5000, 1},
		{"among all", usual(), 2000, 0.81},
		{"among all", usual(), 3000, 0.96},
		{"among all", usual(), 5000, 1},
		{"among all", usual(), 60, 0},
	} {
		worse := slices.Clone(test.calls)
		i := slices.IndexFunc(worse, func(c call) bool { return c.method == "Session.publish" })
		worse[i].errors = slices.Clone(worse[i].errors)
		worse[i].errors[0].rate = 0.04
		r := rand.New(rand.NewPCG(2, uint64(test.sessions)))
		found := 0
		for range runs {
			for _, c := range changesOf(random(r, test.calls, test.sessions), random(r, worse, test.sessions)) {
				if c.Method == "Session.publish" && c.Error == "OT_TIMEOUT" && c.Verdict == report.Up {
					found++
				}
			}
		}
		t.Logf("%s, %d sessions: called in %d of %d runs", test.name, test.sessions, found, runs)
		if share := float64(found) / runs; math.Abs(share-test.expected) > 0.03 {
			t.Errorf("%s, %d sessions: called in %d of %d runs, expected %.2f of them", test.name, test.sessions, found, runs, test.expected)
		}
	}
}

// TestLastCompleteWindows checks which windows are compared.
func TestLastCompleteWindows(t *testing.T) {
	all := []reporttest.Week{reporttest.Publishing(40, 2000), reporttest.Publishing(80, 2000), reporttest.Publishing(60, 2000), reporttest.Publishing(70, 2000), reporttest.Publishing(9, 100)}
	for _, test := range []struct {
		name          string
		r             *report.Report
		before, after int
		ok            bool
	}{
		{"none", reporttest.Weeks(), 0, 0, false},
		{"one", reporttest.Complete(reporttest.Weeks(all[0])), 0, 0, false},
		{"one of two", reporttest.Complete(reporttest.Weeks(all[:2]...), 1), 0, 0, false},
		{"two", reporttest.Complete(reporttest.Weeks(all[:2]...)), 0, 1, true},
		{"five, of which the last is not complete", reporttest.Complete(reporttest.Weeks(all...), 4), 2, 3, true},
		{"cut at both ends", reporttest.Complete(reporttest.Weeks(all...), 0, 4), 2, 3, true},
		{"cut to one", reporttest.Complete(reporttest.Weeks(all[:3]...), 0, 2), 0, 0, false},
	} {
		before, after, ok := test.r.LastComplete()
		if ok != test.ok || ok && (before != test.before || after != test.after) {
			t.Errorf("%s: got %d, %d, %v", test.name, before, after, ok)
		}
		if (len(test.r.Changes) > 0) != test.ok {
			t.Errorf("%s: %d changes", test.name, len(test.r.Changes))
		}
		for _, c := range test.r.Changes {
			if !c.Baseline.Equal(test.r.Windows[test.before].Start) || !c.Start.Equal(test.r.Windows[test.after].Start) {
				t.Errorf("%s: %s is from %s to %s", test.name, c.Label, c.Baseline, c.Start)
			}
		}
	}
}
