package report_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

// weekOf is a week of sessions, of which some failed to publish and some by an error of connect.
func weekOf(sessions, published, connected int) reporttest.Week {
	w := reporttest.Publishing(published, sessions)
	w.Methods = append(w.Methods, report.Method{Name: "Session.connect", Failures: int64(connected), SessionsFailed: connected, Sessions: sessions})
	if connected > 0 {
		w.Errors = append(w.Errors, report.Error{Method: "Session.connect", Name: "OT_CONNECT_FAILED", Code: 1006, Sessions: connected, Failures: int64(connected)})
	}
	return w
}

// read is a log that was read.
var read = []*aggregate.Source{{Name: "app.log", Account: aggregate.Account{Records: aggregate.Records{Clean: 8000}}}}

// publishing is a week in which more attempts failed than sessions.
func publishing(sessions, failed, attempts int) reporttest.Week {
	w := weekOf(sessions, failed, 0)
	w.Methods[0].Attempts.Failed = int64(attempts)
	return w
}

// TestHeadlinesOfChanges shows the headline of two complete weeks.
func TestHeadlinesOfChanges(t *testing.T) {
	calls := func(sessions, failed int) reporttest.Week {
		w := reporttest.Publishing(failed, sessions)
		for _, name := range []string{"Session.connect", "Session.subscribe"} {
			w.Methods = append(w.Methods, report.Method{
				Name: name, Failures: 30, SessionsFailed: 30, Sessions: sessions,
				Attempts: &report.Attempts{Attempts: int64(sessions), Failed: 30},
			})
		}
		return w
	}
	for _, test := range []struct {
		name          string
		before, after reporttest.Week
		want          string
	}{
		{"worse", weekOf(2000, 40, 0), weekOf(2000, 90, 0), "Publishing got worse: 2.2% of attempts failed, up from 1.0% (not chance)."},
		{"worse, without telemetry", weekOf(2000, 0, 20), weekOf(2000, 0, 60), "Connecting got worse: 3.0% of sessions failed, up from 1.0% (not chance)."},
		{"the worst of two", weekOf(2000, 40, 20), weekOf(2000, 80, 100), "Connecting got worse: 5.0% of sessions failed, up from 1.0% (not chance)."},
		{"worse counts more than better", weekOf(2000, 400, 20), weekOf(2000, 40, 60), "Connecting got worse: 3.0% of sessions failed, up from 1.0% (not chance)."},
		{"hardly any telemetry", weekOf(2000, 40, 0), weekOf(2000, 90, 0), "Publishing got worse: 4.5% of sessions failed, up from 2.0% (not chance)."},
		{"attempts as before", weekOf(2000, 90, 0), publishing(2000, 40, 90), "Publishing got better: 2.0% of sessions failed, down from 4.5% (not chance)."},
		{"better", weekOf(2000, 90, 0), weekOf(2000, 40, 0), "Publishing got better: 1.0% of attempts failed, down from 2.2% (not chance)."},
		{"rare", weekOf(200_000, 0, 10), weekOf(200_000, 0, 60), "Connecting got worse: 0.030% of sessions failed, up from 0.005% (not chance)."},
		{"the same", weekOf(2000, 40, 20), weekOf(2000, 42, 21), "Nothing changed that could not be chance: 63 of 2,000 sessions (3.1%) had a failure, before 3.0%."},
		{"the same, with telemetry", calls(2000, 40), calls(2000, 42), "Nothing changed that could not be chance: connect 1.5%, publish 1.1%, subscribe 1.5% of attempts failed."},
		{"too few sessions", weekOf(50, 1, 0), weekOf(2000, 200, 0), "Too few sessions to tell: 50 before, 2,000 after, and a test needs 100 on each side."},
		{"too few failures", weekOf(2000, 1, 0), weekOf(2000, 2, 0), "Too few failures to tell: before in 1 of 2,000 sessions, after in 2 of 2,000."},
		{"no failures", weekOf(2000, 0, 0), weekOf(2000, 0, 0), "No failure of the SDK was found in 4,000 sessions."},
		{"no sessions before", reporttest.Week{}, weekOf(2000, 40, 0), "No record before has a session ID, so nothing can be compared; 40 of 2,000 sessions (2.0%) had a failure, by OT_TIMEOUT in Session.publish."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := reporttest.Weeks(test.before, test.after)
			for i, w := range []*reporttest.Week{&test.before, &test.after} {
				r.Windows[i].Records, r.Windows[i].TelemetrySessions = int64(w.Sessions)+1, w.Sessions
				if test.name == "hardly any telemetry" {
					r.Windows[i].TelemetrySessions = 1
				}
				for _, m := range w.Methods {
					r.Windows[i].SessionsFailed += m.SessionsFailed
				}
			}
			r.Totals.Sessions = test.before.Sessions + test.after.Sessions
			for _, e := range r.Errors {
				r.Totals.Failures += e.Failures
			}
			wholeOf(r)
			r.Sources = read
			reporttest.Complete(r)
			if got := r.Headline().Says; got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// wholeOf sets the numbers of the whole input, as far as a headline needs them.
func wholeOf(r *report.Report) {
	whole := &report.Numbers{Totals: r.Totals, Windows: []report.Window{{Complete: true, Sessions: r.Totals.Sessions}}}
	for _, w := range r.Windows {
		whole.Windows[0].SessionsFailed += w.SessionsFailed
	}
	for _, m := range r.Methods {
		m.Window = 0
		whole.Methods = append(whole.Methods, m)
	}
	for _, e := range r.Errors {
		e.Window = 0
		whole.Errors = append(whole.Errors, e)
	}
	r.Whole = whole
}

// TestHeadlinesOfErrors shows the headline if errors changed, but no method as a whole.
func TestHeadlinesOfErrors(t *testing.T) {
	with := func(name string, failed, others int) reporttest.Week {
		w := reporttest.Week{Sessions: 2000, Methods: []report.Method{{Name: "Session.publish", Failures: 300, SessionsFailed: 300, Sessions: 2000}}}
		for _, e := range []report.Error{
			{Method: "Session.publish", Name: name, Sessions: failed, Failures: int64(failed)},
			{Method: "Session.publish", Name: "OT_TIMEOUT", Sessions: others, Failures: int64(others)},
		} {
			if e.Failures > 0 {
				w.Errors = append(w.Errors, e)
			}
		}
		return w
	}
	const ice = "OT_ICE_WORKFLOW_FAILED"
	for _, test := range []struct{ before, after, want string }{
		{"0 300", "20 295", ice + " in Session.publish is new: 1.0% of sessions, none before (not chance)."},
		{"20 295", "60 290", ice + " in Session.publish got more frequent: 3.0% of sessions, up from 1.0% (not chance)."},
		{"60 290", "20 295", ice + " in Session.publish got less frequent: 1.0% of sessions, down from 3.0% (not chance)."},
		{"20 295", "0 300", ice + " in Session.publish is gone: none of 2,000 sessions, before 1.0% of them (not chance)."},
	} {
		parse := func(s string) reporttest.Week {
			failed, others, _ := strings.Cut(s, " ")
			return with(ice, atoi(t, failed), atoi(t, others))
		}
		r := reporttest.Weeks(parse(test.before), parse(test.after))
		r.Totals.Failures, r.Totals.Sessions, r.Sources = 600, 4000, read
		if got := reporttest.Complete(r).Headline().Says; got != test.want {
			t.Errorf("%s, %s: got\n%s\nwant\n%s", test.before, test.after, got, test.want)
		}
	}
	// An acknowledged error is no news.
	r := reporttest.Complete(reporttest.Weeks(with(ice, 0, 300), with(ice, 20, 295)))
	r.Totals.Failures, r.Totals.Sessions, r.Sources = 600, 4000, read
	for i := range r.Changes {
		r.Changes[i].Acknowledged = r.Changes[i].Error == ice
	}
	if got := r.Headline().Says; strings.Contains(got, ice) {
		t.Errorf("got %s", got)
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestHeadlinesOfLogs shows the headline of whole logs, which are compared with nothing.
func TestHeadlinesOfLogs(t *testing.T) {
	const clean = `{"time":"2026-11-16T10:00:00Z","level":"info","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5%d","message":"all is well"}` + "\n"
	const failed = `{"time":"2026-11-16T10:00:01Z","level":"error","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5%d","message":"Session.publish :: OT_TIMEOUT: timed out"}` + "\n"
	lines := func(line string, from, to int) string {
		var b strings.Builder
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	var madeUp strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&madeUp, `{"time":"2026-11-16T10:00:00Z","sessionId":"1_MX40NTAxMjM0NX5-%05dMDAwMH5ReDAweUwyWmJSdzh-Zmc-","message":"OpenTok:Session:error OT_MADE_UP_%[1]d"}`+"\n", i)
	}
	for _, test := range []struct {
		name, log string
		o         report.Options
		want      string
	}{
		{"empty", "", report.Options{}, "The input is empty."},
		{"damaged", "\x1f\x8b\x08\x00\x00", report.Options{}, "No record could be read, so it is unknown whether there were failures."},
		{"made-up names", madeUp.String(), report.Options{}, "12,000 of 12,000 sessions with errors (100.0%) had a failure, most often one of many errors that otlog does not know (2,000 sessions, 16.7%)."},
		{"no failure", lines(clean, 10, 32), report.Options{}, "No failure of the SDK was found in 22 sessions."},
		{"no session", "hello\nhello\n", report.Options{}, "No failure of the SDK was found in 2 records."},
		{"no match", lines(failed, 10, 11), report.Options{Filter: report.Filter{Method: "Session.connect"}}, "No failure matches the filters."},
		{"one session", lines(clean, 10, 11) + lines(failed, 10, 11), report.Options{}, "The only session had a failure, by OT_TIMEOUT in Session.publish (1 failure)."},
		{"one error", lines(clean, 10, 110) + lines(failed, 10, 15), report.Options{}, "5 of 100 sessions (5.0%) had a failure, by OT_TIMEOUT in Session.publish."},
		{"two errors", lines(clean, 10, 110) + lines(failed, 10, 15) + strings.ReplaceAll(lines(failed, 20, 22), "publish :: OT_TIMEOUT", "signal :: OT_NOT_CONNECTED"), report.Options{},
			"7 of 100 sessions (7.0%) had a failure, most often OT_TIMEOUT in Session.publish (5 sessions, 5.0%)."},
		{"errors only", lines(failed, 10, 60), report.Options{}, "50 of 50 sessions with errors (100.0%) had a failure, by OT_TIMEOUT in Session.publish."},
		{"acknowledged", lines(clean, 10, 110) + lines(failed, 10, 15), report.Options{Ignore: reporttest.Ignore(t, "OT_TIMEOUT")}, "5 of 100 sessions (5.0%) had a failure, all of them acknowledged."},
		{"most have no name", lines(clean, 10, 110) + lines(failed, 10, 11) + strings.ReplaceAll(lines(failed, 20, 25), "Session.publish :: OT_TIMEOUT: timed out", "OpenTok:GlobalExceptionHandler:error OT.exception :: title: Foo msg: bar"), report.Options{},
			"6 of 100 sessions (6.0%) had a failure, most often an error without a name (5 sessions, 5.0%)."},
		{"most have no session", lines(clean, 10, 110) + lines(failed, 10, 11) + `{"time":"2026-11-16T11:00:00Z","level":"error","message":"Session.connect :: OT_CONNECT_FAILED: x"}` + "\n" + `{"time":"2026-11-16T12:00:00Z","level":"error","message":"Session.connect :: OT_CONNECT_FAILED: x"}` + "\n", report.Options{},
			"3 failures, 2 of unknown sessions, most often OT_CONNECT_FAILED in Session.connect (2)."},
		{"no session ID", strings.Repeat("all is well\n", 50) + "Session.publish :: OT_TIMEOUT: timed out\n", report.Options{}, "1 failure, of unknown sessions, by OT_TIMEOUT in Session.publish (1)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := reporttest.OfLog(t, []byte(test.log), test.o).Headline().Says; got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestHeadlinesOfGroups shows whom a headline concerns, and the headline of two groups.
func TestHeadlinesOfGroups(t *testing.T) {
	weeks := reporttest.Scan(t, reporttest.Find(t, reporttest.Root(t)+"/testdata/weeks"))
	pair := func(d report.Dimension, before, after string) report.Options {
		return report.Options{By: d, Pair: &report.Pair{By: d, Before: before, After: after}}
	}
	for _, test := range []struct {
		o    report.Options
		want string
	}{
		{report.Options{Window: reporttest.Window(t, "1w"), Breakdown: report.Dimensions()}, "Publishing got worse: 6.7% of attempts failed, up from 2.4% (not chance); mostly with SDK 2.35.2 (64 of 75 failed sessions)."},
		{report.Options{Window: reporttest.Window(t, "1w")}, "Publishing got worse: 6.7% of attempts failed, up from 2.4% (not chance)."},
		{pair(report.BySDK, "2.34.1", "2.35.2"), "Publishing fails more often with SDK 2.35.2: 4.6% of attempts failed, 2.1% with SDK 2.34.1 (not chance)."},
		{pair(report.BySDK, "2.35", "2.34"), "Publishing fails less often with SDK 2.34: 2.1% of attempts failed, 4.6% with SDK 2.35 (not chance)."},
		{pair(report.ByBrowser, "Chrome", "Safari"), "No difference that could not be chance: with Chrome 15.2% of 3,199 sessions had a failure, with Safari 15.5% of 1,951."},
		{pair(report.BySDK, "2.3", "2.34"), "No session is known to be of SDK 2.3."},
		{pair(report.ByBrowser, "Chrome", "Chrome 142"), "Publishing fails more often with Chrome 142: 4.9% of attempts failed, 2.0% with Chrome without Chrome 142 (not chance)."},
		{report.Options{Window: reporttest.Window(t, "1w"), Filter: report.Filter{SDK: "2.35", Browser: "Chrome"}}, "Publishing got worse: 10.6% of attempts failed, up from 1.9% (not chance); only SDK 2.35, browser Chrome."},
		{report.Options{Window: reporttest.Window(t, "1w"), Filter: report.Filter{APIKey: "46098765"}}, "Perhaps publishing got worse: 6.7% of attempts failed, up from 1.8% (among 10 rates that were tested, this may be chance); only API key 46098765."},
		{report.Options{Window: reporttest.Window(t, "1w"), Filter: report.Filter{Error: "OT_ICE_WORKFLOW_FAILED"}}, "OT_ICE_WORKFLOW_FAILED in Session.publish is new: 1.1% of sessions, none before (not chance)."},
		{report.Options{Window: reporttest.Window(t, "1w"), Filter: report.Filter{Error: "OT_TIMEOUT", Method: "Session.subscribe"}}, "Nothing changed that could not be chance: 25 of 1,134 sessions (2.2%) had such a failure, before 2.0%."},
		{pair(report.ByOS, "Windows", "Plan 9"), "No session is known to be of Plan 9."},
	} {
		if got := weeks(test.o).Headline().Says; got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}

// twoWeeks is telemetry of 1,200 sessions a week, each one attempt to connect. who says with which SDK and
// browser, and whether it fails; without an SDK nothing is known of the client.
func twoWeeks(t *testing.T, who func(n int, after bool) (sdk, browser string, fails bool)) func(report.Options) *report.Report {
	t.Helper()
	agents := map[string]string{
		"Chrome":  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		"Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
	}
	const perWeek = 1200
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	var log strings.Builder
	for n := range 2 * perWeek {
		at := start.Add(time.Duration(n) * 7 * 24 * time.Hour / perWeek)
		sdk, browser, fails := who(n, n >= perWeek)
		end := `"Success"`
		if fails {
			end = `"Failure","failureReason":"ConnectToSession","failureCode":1006,"failureName":"OT_CONNECT_FAILED"`
		}
		client := ""
		if sdk != "" {
			client = fmt.Sprintf(`"clientVersion":"js-%s","userAgent":%q,`, sdk, agents[browser])
		}
		for i, variation := range []string{`"Attempt"`, end} {
			fmt.Fprintf(&log, `{"logVersion":"2",%s"clientSystemTime":%d,"action":"Connect","sessionId":"s-%d","connectionId":"c-%d","clientInstanceId":"i-%d","variation":%s}`+"\n",
				client, at.UnixMilli()+int64(i), n, n, n, variation)
		}
	}
	return reporttest.Logs(t, map[string][]byte{"app.jsonl": []byte(log.String())}, "app.jsonl")
}

// TestHeadlinesSayWhom shows which clients a headline names.
func TestHeadlinesSayWhom(t *testing.T) {
	sdkOf := func(n int) string { return []string{"2.34.1", "2.35.2"}[n/2%2] }
	browserOf := func(n int) string { return []string{"Chrome", "Firefox"}[n%2] }
	for _, test := range []struct {
		name string
		who  func(n int, after bool) (sdk, browser string, fails bool)
		want string
	}{
		{"one SDK on one browser", func(n int, after bool) (string, string, bool) {
			return sdkOf(n), browserOf(n), n%100 == 7 || after && sdkOf(n) == "2.35.2" && browserOf(n) == "Chrome" && n%5 == 0
		}, "Connecting got worse: 6.0% of attempts failed, up from 1.0% (not chance); mostly with SDK 2.35.2 on Chrome 142 (60 of 72 failed sessions)."},
		{"one SDK on all browsers", func(n int, after bool) (string, string, bool) {
			return sdkOf(n), browserOf(n), n%100 == 7 || after && sdkOf(n) == "2.35.2" && n%5 == 0
		}, "Connecting got worse: 11.0% of attempts failed, up from 1.0% (not chance); mostly with SDK 2.35.2 (132 of 132 failed sessions)."},
		{"everybody", func(n int, after bool) (string, string, bool) {
			return sdkOf(n), browserOf(n), n%100 < 4 || after && n%100 < 12
		}, "Connecting got worse: 12.0% of attempts failed, up from 4.0% (not chance)."},
		{"the worst group is as bad as before", func(n int, after bool) (string, string, bool) {
			bad := browserOf(n) == "Firefox" && n%10 == 1
			return sdkOf(n), browserOf(n), bad || after && (n%40 == 0 || n%40 == 22)
		}, "Connecting got worse: 15.0% of attempts failed, up from 10.0% (not chance)."},
		{"most failures are of unknown clients", func(n int, after bool) (string, string, bool) {
			if n%2 == 0 {
				return "", "", after && n%20 < 4
			}
			return sdkOf(n), "Firefox", after && sdkOf(n) == "2.35.2" && n%20 == 3
		}, "Connecting got worse: 15.0% of attempts failed, up from 0.0% (not chance)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := twoWeeks(t, test.who)(report.Options{Window: reporttest.Window(t, "1w"), Breakdown: []report.Dimension{report.BySDK, report.ByBrowser, report.ByOS}})
			if got := r.Headline().Says; got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if len(r.Breakdowns) != 3 {
				t.Errorf("there are %d breakdowns", len(r.Breakdowns))
			}
		})
	}
}

// TestHeadlinesOfAcknowledgedErrors shows that a method is no news if only acknowledged errors changed.
func TestHeadlinesOfAcknowledgedErrors(t *testing.T) {
	logs := twoWeeks(t, func(n int, after bool) (string, string, bool) {
		return "2.35.2", "Chrome", n%100 == 7 || after && n%10 == 0
	})
	o := report.Options{Window: reporttest.Window(t, "1w")}
	if got, want := logs(o).Headline().Says, "Connecting got worse: 11.0% of attempts failed, up from 1.0% (not chance)."; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	o.Ignore = reporttest.Ignore(t, "OT_CONNECT_FAILED")
	if got := logs(o).Headline().Says; strings.Contains(got, "worse") {
		t.Errorf("got %s", got)
	}
}

// TestHeadlinesOfBaselines shows the headline if an input cannot be compared.
func TestHeadlinesOfBaselines(t *testing.T) {
	line := func(n int, level, says string) string {
		return fmt.Sprintf(`{"time":"2026-11-16T10:00:00Z","level":%q,"sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5%d","message":%q}`+"\n", level, n, says)
	}
	const timeout = "Session.publish :: OT_TIMEOUT: timed out"
	var whole, errors strings.Builder
	for n := range 200 {
		whole.WriteString(line(n, "info", "all is well"))
		if n%20 == 0 {
			whole.WriteString(line(n, "error", timeout))
			errors.WriteString(line(n, "error", timeout))
		}
	}
	withoutIDs := strings.Repeat("all is well\n", 40) + timeout + "\n"
	for _, test := range []struct{ before, after, want string }{
		{whole.String(), errors.String(), "Not comparable: only the input after seems to hold errors only, so the sessions without an error are missing there."},
		{errors.String(), whole.String(), "Not comparable: only the input before seems to hold errors only, so the sessions without an error are missing there."},
		{withoutIDs, whole.String(), "No record before has a session ID, so nothing can be compared; 10 of 200 sessions (5.0%) had a failure, by OT_TIMEOUT in Session.publish."},
		{whole.String(), withoutIDs, "No record after has a session ID, so nothing can be compared; 1 failure, of unknown sessions, by OT_TIMEOUT in Session.publish (1)."},
		{"", whole.String(), "There is no record before, so nothing can be compared; 10 of 200 sessions (5.0%) had a failure, by OT_TIMEOUT in Session.publish."},
	} {
		before := reporttest.OfLog(t, []byte(test.before), report.Options{})
		got := reporttest.OfLog(t, []byte(test.after), report.Options{Baseline: before}).Headline().Says
		if got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}
