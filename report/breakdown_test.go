package report_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

// TestGroupsAddUp checks that dividing a report loses nothing and counts nothing twice.
func TestGroupsAddUp(t *testing.T) {
	all := report.Report{}
	for _, o := range []report.Options{
		{},
		{Window: reporttest.Window(t, "1d")},
		{Window: reporttest.Window(t, "1h"), Filter: report.Filter{Method: "session.connect"}},
		{Filter: report.Filter{Error: "OT_NOT_CONNECTED"}},
		{Window: reporttest.Window(t, "1w"), Filter: report.Filter{SDK: "2.35"}},
	} {
		for _, d := range report.Dimensions() {
			o.By = d
			r := reporttest.OfTestdata(t, "logs", o)
			if len(r.Breakdowns) != 1 || !r.Breakdowns[0].Told() {
				t.Fatalf("%s is not told", d)
			}
			holdSums(t, r, &r.Breakdowns[0])
			if r.Totals.Failures > all.Totals.Failures {
				all = *r
			}
		}
	}
	if all.Totals.Failures < 100 {
		t.Errorf("%d failures are too few for this test", all.Totals.Failures)
	}
}

// A methodSum and an errorSum are numbers that groups must add up to.
type (
	methodSum struct {
		failures, lines, sessionless int64
		attempts                     report.Attempts
	}
	errorSum struct {
		failures, lines, sessionless int64
		evidence, codes              string
	}
)

func holdSums(t *testing.T, r *report.Report, b *report.Breakdown) {
	t.Helper()
	type key struct {
		window       int
		method, name string
		code         int32
	}
	sums := func(parts ...*report.Numbers) (map[key]methodSum, map[key]errorSum, map[string]int64) {
		methods, errors, totals := map[key]methodSum{}, map[key]errorSum{}, map[string]int64{}
		evidence, codes := map[key]map[string]int64{}, map[key]map[int32]int64{}
		for _, p := range parts {
			for _, m := range p.Methods {
				k := key{window: m.Window, method: m.Name}
				sum := methods[k]
				sum.failures += m.Failures
				sum.lines += m.Lines
				sum.sessionless += m.Sessionless
				if a := m.Attempts; a != nil {
					sum.attempts.Attempts += a.Attempts
					sum.attempts.Inferred += a.Inferred
					sum.attempts.Successes += a.Successes
					sum.attempts.Failed += a.Failed
					sum.attempts.Cancels += a.Cancels
				}
				methods[k] = sum
			}
			for _, e := range p.Errors {
				k := key{e.Window, e.Method, e.Name, e.Code}
				sum := errors[k]
				sum.failures += e.Failures
				sum.lines += e.Lines
				sum.sessionless += e.Sessionless
				evidence[k], codes[k] = plus(evidence[k], e.Evidence), plus(codes[k], e.Codes)
				sum.evidence, sum.codes = fmt.Sprint(evidence[k]), fmt.Sprint(codes[k])
				errors[k] = sum
			}
			s := &p.Totals
			totals = plus(plus(totals, s.Evidence), map[string]int64{
				"failures": s.Failures, "unnamed": s.Unnamed, "sessionless": s.Sessionless,
			})
		}
		return methods, errors, totals
	}
	var parts []*report.Numbers
	for i := range b.Groups {
		parts = append(parts, &b.Groups[i].Numbers)
		holdGroup(t, r, b.Dimension, &b.Groups[i])
	}
	gotMethods, gotErrors, gotTotals := sums(parts...)
	methods, errors, totals := sums(&r.Numbers)
	if !maps.Equal(gotMethods, methods) || !maps.Equal(gotErrors, errors) || !maps.Equal(gotTotals, totals) {
		t.Errorf("%s, %+v: groups add up to\n%+v\n%+v\n%+v\nand all is\n%+v\n%+v\n%+v", b.Dimension, r.Filter, gotMethods, gotErrors, gotTotals, methods, errors, totals)
	}
	for i, w := range r.Windows {
		sessions, failed := 0, 0
		for _, p := range parts {
			sessions, failed = sessions+p.Windows[i].Sessions, failed+p.Windows[i].SessionsFailed
		}
		once := b.Dimension == report.ByAPIKey // a session has but one
		if sessions < w.Sessions || failed < w.SessionsFailed || once && (sessions != w.Sessions || failed != w.SessionsFailed) {
			t.Errorf("%s, %+v: %d of %d sessions failed, of all %d of %d", b.Dimension, r.Filter, failed, sessions, w.SessionsFailed, w.Sessions)
		}
	}
}

func plus[K comparable](sum, n map[K]int64) map[K]int64 {
	out := maps.Clone(sum)
	if out == nil {
		out = map[K]int64{}
	}
	for k := range n {
		out[k] += n[k]
	}
	return out
}

// holdGroup checks that a group has the windows of its report, and no number above that of the
// report.
func holdGroup(t *testing.T, r *report.Report, d report.Dimension, g *report.Group) {
	t.Helper()
	p := &g.Numbers
	if len(p.Windows) != len(r.Windows) || p.Totals.Sessions > r.Totals.Sessions || p.Totals.SessionsFailed > p.Totals.Sessions {
		t.Errorf("%s %q: %+v", d, g.Name, p.Totals)
	}
	for i, w := range p.Windows {
		if whole := r.Windows[i]; !w.Start.Equal(whole.Start) || !w.End.Equal(whole.End) || w.Complete != whole.Complete || w.Sessions > whole.Sessions || w.SessionsFailed > w.Sessions {
			t.Errorf("%s %q: window %+v of %+v", d, g.Name, w, whole)
		}
	}
	for _, m := range p.Methods {
		if m.Window == report.Timeless {
			continue
		}
		if w := p.Windows[m.Window]; m.SessionsFailed > m.Sessions || m.Sessions > w.Sessions || m.Attempts == nil && m.Sessions != w.Sessions {
			t.Errorf("%s %q: %+v in %+v", d, g.Name, m, w)
		}
	}
}

// TestGroupIsReportOfItsFilter checks that a group has the numbers of a report that selects it.
func TestGroupIsReportOfItsFilter(t *testing.T) {
	logs := reporttest.Scan(t, reporttest.Find(t, reporttest.Root(t)+"/testdata/logs"))
	for d, filter := range map[report.Dimension]func(name string) report.Filter{
		report.BySDK:     func(name string) report.Filter { return report.Filter{SDK: name} },
		report.ByBrowser: func(name string) report.Filter { return report.Filter{Browser: name} },
		report.ByOS:      func(name string) report.Filter { return report.Filter{OS: name} },
		report.ByAPIKey:  func(name string) report.Filter { return report.Filter{APIKey: name} },
	} {
		groupsAreFiltered(t, logs, d, filter)
	}
}

func groupsAreFiltered(t *testing.T, logs func(report.Options) *report.Report, d report.Dimension, filter func(name string) report.Filter) {
	t.Helper()
	all := logs(report.Options{Window: reporttest.Window(t, "1d"), By: d})
	compared := 0
	for _, g := range all.Breakdowns[0].Groups {
		if g.Name == "" {
			continue
		}
		r := logs(report.Options{Window: reporttest.Window(t, "1d"), Filter: filter(g.Name)})
		if got, want := rowsOf(&g.Numbers), rowsOf(&r.Numbers); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%q\nwant\n%q", g.Name, got, want)
		}
		if c := report.Compare(g.Whole.Side(0), r.Whole.Side(0)); len(c) == 0 || slices.ContainsFunc(c, func(c report.Change) bool { return c.Before.Part != c.After.Part || c.Before.Whole != c.After.Whole }) {
			t.Errorf("%s: as a whole they differ: %+v", g.Name, c)
		}
		compared++
	}
	if compared == 0 {
		t.Errorf("no %s is compared", d)
	}
}

// rowsOf formats all numbers of a group.
func rowsOf(r *report.Numbers) []string {
	out := []string{fmt.Sprint(r.Totals.Sessions, r.Totals.SessionsFailed, r.Totals.Surrogates, r.Totals.Failures, r.Totals.Evidence)}
	for _, w := range r.Windows {
		out = append(out, fmt.Sprint(w.Start, w.Sessions, w.SessionsFailed))
	}
	for _, m := range r.Methods {
		out = append(out, fmt.Sprint(m.Window, m.Name, m.Failures, m.Lines, m.Sessionless, m.SessionsFailed, m.Sessions, m.Attempts))
	}
	for _, e := range r.Errors {
		out = append(out, fmt.Sprint(e.Window, e.Method, e.Name, e.Code, e.Failures, e.Lines, e.Sessionless, e.Sessions, e.Evidence, e.Codes, e.First, e.Last))
	}
	return out
}

const (
	chrome  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"

	inA = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5" // of API key 45012345
	inB = "2_MX40NjAwMDAwMX5-MTc2MzcxMDAwMDAwMH5" // of 46000001
)

// connect returns a telemetry event of a client that connects.
func connect(second int, session, client, sdk, agent, variation string) string {
	why := ""
	if variation == "Failure" {
		why = `"failureReason":"ConnectToSession","failureCode":1006,"failureMessage":"OT_CONNECT_FAILED",`
	}
	return fmt.Sprintf(`{"action":"Connect","variation":%q,%s"connectionId":"of %s","guid":%q,"clientVersion":"js-%s","userAgent":%q,"clientSystemTime":%d,"sessionId":%q}`,
		variation, why, client, client, sdk, agent, 1795374000000+1000*second, session)
}

// logOf joins lines.
func logOf(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

// groupsOf formats the groups of a breakdown.
func groupsOf(b report.Breakdown) []string {
	var out []string
	for _, g := range b.Groups {
		r := &g.Numbers
		s := fmt.Sprintf("%s: %d of %d sessions", g.Name, r.Totals.SessionsFailed, r.Totals.Sessions)
		for _, m := range r.Methods {
			s += fmt.Sprintf("; %s %d failures, %d of %d sessions", m.Name, m.Failures, m.SessionsFailed, m.Sessions)
			if a := m.Attempts; a != nil {
				s += fmt.Sprintf(", %d of %d attempts", a.Failed, a.Attempts)
			}
		}
		out = append(out, s)
	}
	return out
}

// TestSessionOfTwoVersions checks that a session counts for every client seen in it, and a
// failure only for its own client.
func TestSessionOfTwoVersions(t *testing.T) {
	lines := []string{
		connect(1, inA, "old", "2.9.0", chrome, "Attempt"),
		connect(2, inA, "old", "2.9.0", chrome, "Failure"),
		connect(1, inA, "new", "2.10.1", firefox, "Attempt"),
		connect(2, inA, "new", "2.10.1", firefox, "Success"),
		// A failure of an unknown client.
		`{"time":"2026-11-22T19:00:30Z","sessionId":"` + inA + `","message":"OT_TIMEOUT: Session.publish :: too late"}`,
		// A session of an unknown client.
		`{"time":"2026-11-22T19:00:30Z","sessionId":"` + inB + `","message":"joining"}`,
		// A record without a session counts in no group.
		`{"time":"2026-11-22T19:00:30Z","message":"OT_NOT_CONNECTED: Session.signal"}`,
	}
	want := map[report.Dimension][]string{
		report.BySDK: {
			"2.9.0: 1 of 1 sessions; Session.connect 1 failures, 1 of 1 sessions, 1 of 1 attempts",
			"2.10.1: 0 of 1 sessions; Session.connect 0 failures, 0 of 1 sessions, 0 of 1 attempts",
			": 1 of 2 sessions; Session.publish 1 failures, 1 of 2 sessions; Session.signal 1 failures, 0 of 2 sessions",
		},
		report.ByOS: {
			"Linux: 0 of 1 sessions; Session.connect 0 failures, 0 of 1 sessions, 0 of 1 attempts",
			"Windows: 1 of 1 sessions; Session.connect 1 failures, 1 of 1 sessions, 1 of 1 attempts",
			": 1 of 2 sessions; Session.publish 1 failures, 1 of 2 sessions; Session.signal 1 failures, 0 of 2 sessions",
		},
		report.ByAPIKey: {
			"45012345: 1 of 1 sessions; Session.connect 1 failures, 1 of 1 sessions, 1 of 2 attempts; Session.publish 1 failures, 1 of 1 sessions",
			"46000001: 0 of 1 sessions",
			": 0 of 0 sessions; Session.signal 1 failures, 0 of 0 sessions",
		},
	}
	want[report.ByBrowser] = []string{
		strings.Replace(want[report.ByOS][1], "Windows", "Chrome 142", 1), strings.Replace(want[report.ByOS][0], "Linux", "Firefox 144", 1), want[report.ByOS][2],
	}
	for range 2 {
		r := reporttest.OfLog(t, logOf(lines...), report.Options{Breakdown: report.Dimensions()})
		for _, b := range r.Breakdowns {
			if got := groupsOf(b); !slices.Equal(got, want[b.Dimension]) {
				t.Errorf("%s: got\n%s\nwant\n%s", b.Dimension, strings.Join(got, "\n"), strings.Join(want[b.Dimension], "\n"))
			}
			holdSums(t, r, &b)
		}
		slices.Reverse(lines)
	}
	// Sessions of a version that is not selected are not seen.
	r := reporttest.OfLog(t, logOf(lines...), report.Options{Filter: report.Filter{SDK: "2.9"}, By: report.ByBrowser})
	if got := groupsOf(r.Breakdowns[0]); !slices.Equal(got, want[report.ByBrowser][:1]) {
		t.Errorf("got %q", got)
	}
	if r := reporttest.OfLog(t, logOf(lines[4:]...), report.Options{Breakdown: []report.Dimension{report.BySDK}}); r.Breakdowns[0].Told() {
		t.Error("without telemetry an SDK version is told")
	}
}

// TestMadeUpNamesAreBounded checks that the number of groups is bounded, and that all other
// names still count.
func TestMadeUpNamesAreBounded(t *testing.T) {
	var lines []string
	for i := range 1500 {
		lines = append(lines, connect(i, inA+fmt.Sprint(i), fmt.Sprint("client ", i), fmt.Sprintf("2.%d.0", i), chrome, "Failure"))
	}
	for i := range 600 {
		lines = append(lines, fmt.Sprintf(`{"time":%q,"message":"all is well"}`, time.Unix(1795374000+900*int64(i), 0).UTC().Format(time.RFC3339)))
	}
	for width, groups := range map[string]int{"all": 1001, "15m": 1 + 1<<18/600} {
		r := reporttest.OfLog(t, logOf(lines...), report.Options{Window: reporttest.Window(t, width), By: report.BySDK})
		b := r.Breakdowns[0]
		holdSums(t, r, &b)
		r = reporttest.OfLog(t, logOf(lines...), report.Options{Window: reporttest.Window(t, width), By: report.ByOS})
		holdSums(t, r, &r.Breakdowns[0])
		if n := len(b.Groups); n != groups {
			t.Errorf("--window %s: %d groups, want %d", width, n, groups)
			continue
		}
		last, left := b.Groups[groups-1], 1501-groups
		if s := &last.Totals; last.Name != report.Others || s.Sessions != left || s.Failures != int64(left) {
			t.Errorf("--window %s: the last one is %s, %+v", width, last.Name, last.Totals)
		}
	}
}

// TestUndatedRecordInComparedWindows divides two compared days by client where a session has a
// record with a time and one without. An earlier version looked the window of the latter up.
func TestUndatedRecordInComparedWindows(t *testing.T) {
	var lines []string
	for day := 20; day <= 23; day++ {
		lines = append(lines, fmt.Sprintf(`{"time":"2026-11-%dT00:00:00Z","sessionId":%q,"message":"joining"}`, day, inB))
	}
	lines = append(lines,
		`{"time":"2026-11-22T19:00:30Z","sessionId":"`+inA+`","message":"OT_TIMEOUT: Session.publish :: x"}`,
		`{"sessionId":"`+inA+`","message":"OT_NOT_CONNECTED: Session.signal"}`)
	r := reporttest.OfLog(t, logOf(lines...), report.Options{Window: reporttest.Window(t, "1d"), Breakdown: []report.Dimension{report.ByAPIKey}})
	if _, _, ok := r.LastComplete(); !ok {
		t.Fatal("no two days are complete")
	}
	want := []string{
		"45012345: 1 of 1 sessions; Session.publish 1 failures, 1 of 1 sessions",
		"46000001: 0 of 1 sessions",
	}
	if got := groupsOf(r.Breakdowns[0]); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
