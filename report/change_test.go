package report

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A week is what a test says of one window.
type week struct {
	sessions int
	methods  []Method
	errors   []Error
}

// weeks makes a report of windows, as New does of a scan.
func weeks(all ...week) *Report {
	r := &Report{Zone: time.UTC}
	r.Whole = &r.Numbers
	for i, w := range all {
		start := time.Date(2026, 11, 2+7*i, 0, 0, 0, 0, time.UTC)
		r.Windows = append(r.Windows, Window{Start: start, End: start.AddDate(0, 0, 7), Sessions: w.sessions})
		for _, m := range w.methods {
			m.Window = i
			r.Methods = append(r.Methods, m)
		}
		for _, e := range w.errors {
			e.Window = i
			r.Errors = append(r.Errors, e)
		}
	}
	return r
}

// publishing is a week with one method, in which sessions failed by one error.
func publishing(failed, sessions int) week {
	w := week{sessions: sessions, methods: []Method{{
		Name: "Session.publish", SessionsFailed: failed, Sessions: sessions, Failures: int64(failed),
		Attempts: &Attempts{Attempts: int64(2 * sessions), Failed: int64(failed)},
	}}}
	if failed > 0 {
		w.errors = []Error{{Method: "Session.publish", Name: "OT_TIMEOUT", Code: 1500, Sessions: failed, Failures: int64(failed)}}
	}
	return w
}

func changesOf(before, after week) []Change {
	r := weeks(before, after)
	r.Windows[0].Complete, r.Windows[1].Complete = true, true
	return r.changes()
}

// verdicts lists what is found, row by row.
func verdicts(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s", c.label, c.Verdict)))
	}
	return strings.Join(out, ", ")
}

func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		before, sessions, after, sessionsAfter int
		want                                   string
	}{
		{40, 2000, 80, 2000, Up},
		{80, 2000, 40, 2000, Down},
		{40, 2000, 44, 2000, Same},
		{33, 200000, 33, 200000, Same},
		{32, 200000, 32, 200000, TooFew},
		{0, 2000, 12, 2000, Added},
		{12, 2000, 0, 2000, Gone},
		{0, 2000, 3, 2000, TooFew},
		{3, 2000, 0, 2000, TooFew},
		{10, 2000, 12, 2000, TooFew}, // may have doubled
		{0, 8000, 5, 2000, Added},    // five of five in a fifth of the sessions
		{5, 8000, 0, 2000, TooFew},
		{1, 60, 4, 60, TooFew},
		{20, 60, 24, 60, TooFew},
		{0, 60, 60, 60, TooFew}, // whatever there is
		{60, 99, 0, 100000, TooFew},
		{100, 100, 100, 100, Same},
		{100, 100, 20, 100, Down},
		{1, 1, 0, 1, TooFew},
		{0, 0, 50, 2000, TooFew},
		{50, 2000, 0, 0, TooFew},
	} {
		changes := changesOf(publishing(test.before, test.sessions), publishing(test.after, test.sessionsAfter))
		for _, c := range changes {
			if c.Measure == SessionRate && c.Verdict != test.want {
				t.Errorf("%d of %d to %d of %d: %s: got %q, want %q (%+v, %+v)", test.before, test.sessions, test.after, test.sessionsAfter, c.label, c.Verdict, test.want, c.Test, c.Difference)
			}
		}
	}
	// Nothing failed: there is no error to have a row.
	if got := verdicts(changesOf(publishing(0, 2000), publishing(0, 2000))); got != "any error same, any error" {
		t.Error(got)
	}
	if got := verdicts(changesOf(publishing(0, 60), publishing(0, 0))); got != "any error too_few, any error" {
		t.Error(got)
	}
}

// TestManyRows holds that a doubling of 2 % of 2,000 sessions stands out from 100
// errors that do not change.
func TestManyRows(t *testing.T) {
	before, after := publishing(40, 2000), publishing(80, 2000)
	for i := range 100 {
		e := Error{Method: "Session.publish", Name: fmt.Sprintf("OT_%d", i), Sessions: 20 + i%5, Failures: 30}
		before.errors = append(before.errors, e)
		e.Sessions = 20 + i*7%5
		after.errors = append(after.errors, e)
	}
	for _, c := range changesOf(before, after) {
		if changed := c.Scope == ScopeMethod || c.Error == "OT_TIMEOUT"; c.Measure == SessionRate && (c.Verdict == Up) != changed {
			t.Errorf("%s is %s (%+v)", c.label, c.Verdict, c.Test)
		}
	}
}

// TestRowsThatCannotBeCalledTakeNoPower holds that errors too rare to be called do not
// count among the tests.
func TestRowsThatCannotBeCalledTakeNoPower(t *testing.T) {
	before, after := publishing(40, 2000), publishing(80, 2000)
	alone := changesOf(before, after)
	for i := range 100 {
		e := Error{Method: "Session.publish", Name: fmt.Sprintf("OT_%d", i), Sessions: 1 + i%3, Failures: 3}
		before.errors = append(before.errors, e)
		after.errors = append(after.errors, e)
	}
	for _, c := range changesOf(before, after) {
		if c.Error == "OT_TIMEOUT" && *c.Test != *alone[2].Test {
			t.Errorf("got %+v, alone %+v", *c.Test, *alone[2].Test)
		}
		if strings.HasPrefix(c.Error, "OT_TIMEOUT") == (c.Test == nil) && c.Scope == ScopeError {
			t.Errorf("%s: test %v", c.Error, c.Test)
		}
	}
}

// TestSharesOfUnknownSessions holds that failures without a session are not taken for
// none.
func TestSharesOfUnknownSessions(t *testing.T) {
	before, after := publishing(40, 2000), publishing(0, 2000)
	after.methods[0].Sessionless = 80
	after.errors = []Error{{Method: "Session.publish", Name: "OT_TIMEOUT", Sessionless: 80, Failures: 80}}
	for _, pair := range [][2]week{{before, after}, {after, before}, {after, after}} {
		for _, c := range changesOf(pair[0], pair[1]) {
			if c.Measure == SessionRate && (c.Verdict != "" || c.Test != nil || c.Difference != nil) {
				t.Errorf("%s: %+v", c.label, c)
			}
		}
	}
}

// TestDenominators holds that sessions with an attempt are not compared with all that
// were seen.
func TestDenominators(t *testing.T) {
	told, silent, other := publishing(20, 400), publishing(100, 2000), publishing(0, 2000)
	told.sessions = 2000
	silent.methods[0].Attempts = nil
	other.methods[0].Name = "Session.connect"
	for _, test := range []struct {
		before, after week
		whole, after2 int64
	}{
		{told, told, 400, 400},
		{silent, silent, 2000, 2000},
		{told, silent, 2000, 2000},
		{silent, told, 2000, 2000},
		{told, other, 2000, 2000},
		{other, silent, 2000, 2000},
	} {
		for _, c := range changesOf(test.before, test.after) {
			if c.Method != "Session.publish" || c.Measure != SessionRate {
				continue
			}
			if c.Before.Whole != test.whole || c.After.Whole != test.after2 {
				t.Errorf("%s: of %d and of %d, want %d and %d", c.label, c.Before.Whole, c.After.Whole, test.whole, test.after2)
			}
		}
	}
}

// TestRowsOfBothSides holds what is one row: a name whatever its code, a code where
// there is no name, and all that has neither, which is not the method as a whole.
func TestRowsOfBothSides(t *testing.T) {
	before, after := publishing(40, 2000), publishing(40, 2000)
	after.errors[0].Code = 1501
	before.errors = append(before.errors, Error{Method: "Session.publish", Code: 1500, Sessions: 3, Failures: 3})
	after.errors = append(after.errors,
		Error{Method: "Session.publish", Sessions: 2, Failures: 2},
		Error{Method: "Session.publish", Code: 1500, Sessions: 4, Failures: 4},
		Error{Method: "Session.publish", Name: "OT_BACKGROUND", Lines: 9})
	after.methods = append(after.methods, Method{Name: "Session.connect", Sessions: 2000})
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
	windows := weeks(publishing(1, 10), publishing(2, 10))
	windows.Whole = &weeks(publishing(40, 2000)).Numbers
	r := weeks(publishing(80, 2000))
	r.Baseline = windows
	changes := r.changes()
	if got := verdicts(changes); got != "any error up, any error, OT_TIMEOUT up" {
		t.Error(got)
	}
	if c := changes[0]; !c.Start.IsZero() || !c.Baseline.IsZero() {
		t.Errorf("begins at %s, the baseline at %s", c.Start, c.Baseline)
	}
}

// TestChangesHaveNoHoles writes the changes between all pairs of small weeks: JSON
// takes no number that is none.
func TestChangesHaveNoHoles(t *testing.T) {
	const most = 6
	var all []week
	for n := range most {
		for k := range n + 1 {
			all = append(all, publishing(k, n), publishing(100*k, 100*n))
		}
	}
	for _, before := range all {
		for _, after := range all {
			changes := changesOf(before, after)
			if _, err := json.Marshal(jsonChanges(changes)); err != nil {
				t.Fatalf("%+v to %+v: %v", before, after, err)
			}
			if s := changesText(changes, 0); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Fatalf("%+v to %+v:\n%s", before, after, s)
			}
		}
	}
}

// TestChangesInJSON holds the names that others rely on.
func TestChangesInJSON(t *testing.T) {
	before, after := publishing(0, 2000), publishing(9, 2000)
	after.errors[0].Name = ""
	before.methods = append(before.methods, Method{Name: "Session.connect", Sessionless: 1})
	rows, err := json.MarshalIndent(jsonChanges(changesOf(before, after)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
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
	if out, err := json.Marshal(jsonChanges(nil)); string(out) != "[]" {
		t.Errorf("no changes are %s, %v", out, err)
	}
}

func TestChangesInText(t *testing.T) {
	before, after := publishing(40, 2000), publishing(80, 2000)
	before.errors = append(before.errors, Error{Method: "Session.publish", Name: "OT_NOT_CONNECTED", Sessions: 30, Failures: 30})
	after.errors = append(after.errors,
		Error{Method: "Session.publish", Name: "OT_\x1b[31m", Documented: "no", Sessions: 12, Failures: 30},
		Error{Method: "Session.publish", Code: 1500, Sessions: 2, Failures: 2})
	sessionless := Method{Name: "Session.connect", Sessionless: 3}
	before.methods = append(before.methods, sessionless)
	changes := changesOf(before, after)
	few := changesOf(publishing(1, 60), publishing(4, 60))
	alike := changesOf(publishing(60, 600), publishing(62, 600))
	for _, test := range []struct {
		name    string
		changes []Change
		top     int
		want    string
	}{
		{"all", changes, 0, `
Change  Error       Method           Sessions before   Rate        After   Rate  Points  95 % interval       q
up      any error   Session.publish      40 of 2,000  2.0 %  80 of 2,000  4.0 %    +2.0  +0.9 to +3.1   <0.001
up      OT_TIMEOUT  Session.publish      40 of 2,000  2.0 %  80 of 2,000  4.0 %    +2.0  +0.9 to +3.1   <0.001

New  Error                         Method           Sessions before    Rate        After    Rate  Points  95 % interval        q
new  OT_\u001b[31m (undocumented)  Session.publish       0 of 2,000  0.00 %  12 of 2,000  0.60 %   +0.60  +0.28 to +1.05  <0.001

Gone  Error             Method           Sessions before   Rate       After   Rate  Points  95 % interval       q
gone  OT_NOT_CONNECTED  Session.publish      30 of 2,000  1.5 %  0 of 2,000  0.0 %    -1.5  -2.1 to -1.0   <0.001
Points: percentage points, after minus before. q: of all changes whose q is no larger, the share to expect by chance.
What concerns most sessions comes first.
Tested by session: 4 of 6 rows, together with Benjamini–Hochberg at 5 %; called: 4.
Not called: 1 with too few to tell, 1 whose failures bear no session ID.
`},
		{"one", changes[len(changes)-4:], 1, `
Change  Error       Method           Sessions before   Rate        After   Rate  Points  95 % interval       q
up      OT_TIMEOUT  Session.publish      40 of 2,000  2.0 %  80 of 2,000  4.0 %    +2.0  +0.9 to +3.1   <0.001

New  Error                         Method           Sessions before    Rate        After    Rate  Points  95 % interval        q
new  OT_\u001b[31m (undocumented)  Session.publish       0 of 2,000  0.00 %  12 of 2,000  0.60 %   +0.60  +0.28 to +1.05  <0.001

Gone  Error             Method           Sessions before   Rate       After   Rate  Points  95 % interval       q
gone  OT_NOT_CONNECTED  Session.publish      30 of 2,000  1.5 %  0 of 2,000  0.0 %    -1.5  -2.1 to -1.0   <0.001
Points: percentage points, after minus before. q: of all changes whose q is no larger, the share to expect by chance.
What concerns most sessions comes first.
Tested by session: 3 of 4 rows, together with Benjamini–Hochberg at 5 %; called: 3.
Not called: 1 with too few to tell.
`},
		{"none tested", few[:1], 0, `
Whether a session rate changed cannot be told.
Tested by session: 0 of 1 row, together with Benjamini–Hochberg at 5 %; called: 0.
Not called: 1 with too few to tell.
`},
		{"none called", alike[:1], 0, `
No session rate changed by more than chance explains.
Tested by session: 1 of 1 row, together with Benjamini–Hochberg at 5 %; called: 0.
Not called: 0 with too few to tell, 1 between half and twice the rate before.
`},
		{"none", nil, 0, `
There is nothing to compare: neither side has a failure or an attempt.
`},
	} {
		if got := "\n" + changesText(test.changes, test.top); got != test.want {
			t.Errorf("%s: got%swant%s", test.name, got, test.want)
		}
	}
}

// A call is a method that sessions use, and how often they fail by which error.
type call struct {
	method string
	used   float64 // share of all sessions
	errors []failing
}

type failing struct {
	name string
	rate float64 // share of the sessions that use the method
}

// usual are rates of the order that logs of calls show.
func usual() []call {
	return []call{
		{"OT.initPublisher", 0.9, []failing{{"OT_USER_MEDIA_ACCESS_DENIED", 0.04}, {"OT_NO_DEVICES_FOUND", 0.012}, {"OT_HARDWARE_UNAVAILABLE", 0.008}, {"OT_MEDIA_ERR_ABORTED", 0.001}}},
		{"Session.connect", 1, []failing{{"OT_CONNECT_FAILED", 0.008}, {"OT_INVALID_HTTP_STATUS", 0.003}, {"OT_SOCKET_CLOSE_ABNORMAL", 0.002}, {"OT_AUTHENTICATION_ERROR", 0.0005}}},
		{"Session.publish", 1, []failing{{"OT_TIMEOUT", 0.02}, {"OT_NOT_CONNECTED", 0.004}, {"OT_PERMISSION_DENIED", 0.001}, {"", 0.003}}},
		{"Session.subscribe", 0.8, []failing{{"OT_TIMEOUT", 0.01}, {"OT_ICE_WORKFLOW_FAILED", 0.006}, {"OT_STREAM_NOT_FOUND", 0.005}}},
	}
}

// random is a week of that many sessions, each of which fails by itself.
func random(r *rand.Rand, calls []call, sessions int) week {
	w := week{sessions: sessions}
	failed := make([]bool, sessions)
	for _, c := range calls {
		m := Method{Name: c.method, Sessions: int(c.used * float64(sessions)), Attempts: &Attempts{}}
		clear(failed)
		for _, f := range c.errors {
			e := Error{Method: c.method, Name: f.name}
			// From one session that fails to the next.
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
			w.errors = append(w.errors, e)
		}
		w.methods = append(w.methods, m)
	}
	return w
}

// TestChanceIsNotCalled holds that at most one in twenty weeks without a change shows
// one.
func TestChanceIsNotCalled(t *testing.T) {
	const runs = 1000
	for _, sessions := range []int{60, 150, 2000} {
		r := rand.New(rand.NewPCG(1, uint64(sessions)))
		flagged := 0
		for range runs {
			changes := changesOf(random(r, usual(), sessions), random(r, usual(), sessions))
			if slices.ContainsFunc(changes, func(c Change) bool { return c.called() }) {
				flagged++
			}
			for _, c := range changes {
				if sessions < minSessions && c.Measure == SessionRate && c.Verdict != TooFew {
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

// TestDoublingIsCalled holds how often a doubling from 2 % is found to the table in
// docs/statistics.md: the other rows leave less of the level for it.
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
				if c.Method == "Session.publish" && c.Error == "OT_TIMEOUT" && c.Verdict == Up {
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
