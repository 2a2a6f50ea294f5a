package gate_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/gate"
)

func parseGate(t *testing.T, s string) gate.Gate {
	t.Helper()
	g, err := gate.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return g
}

// TestParseGate checks what is a gate, and its canonical form.
func TestParseGate(t *testing.T) {
	for _, test := range [...][2]string{
		{"publish.failure_rate > 2%", "publish.failure_rate > 2%"},
		{" PUBLISH.Failure_Rate>2 % ", "publish.failure_rate > 2%"},
		{"connect.failure_rate >= 0.02", "connect.failure_rate >= 0.02"},
		{"Session.subscribe.session_rate<=12.5%", "Session.subscribe.session_rate <= 12.5%"},
		{"session.SIGNAL.failures == 0", "Session.signal.failures == 0"},
		{"ot.initpublisher.lines != 7", "OT.initPublisher.lines != 7"},
		{"unknown.failures > 0", "unknown.failures > 0"},
		{"Session.notYetKnown.attempts < 10", "Session.notYetKnown.attempts < 10"},
		{"ot_timeout.sessions > 3", "OT_TIMEOUT.sessions > 3"},
		{"OT_not_yet_known.session_rate > 1%", "OT_NOT_YET_KNOWN.session_rate > 1%"},
		{"set_proxy_url_timing_error.failures > 0", "SET_PROXY_URL_TIMING_ERROR.failures > 0"},
		{"Publish/ot_timeout.session_rate regressed", "publish/OT_TIMEOUT.session_rate regressed"},
		{"OT.initPublisher/OT_TIMEOUT.lines > 0", "OT.initPublisher/OT_TIMEOUT.lines > 0"},
		{"any.failure_rate > 100%", "any.failure_rate > 100%"},
		{"session_rate REGRESSED", "session_rate regressed"},
		{"any.session_rate improved", "any.session_rate improved"},
		{"session_rate > 0.5", "session_rate > 0.5"},
		{"errors.new>0", "errors.new > 0"},
		{"Hours.Silent >= 2", "hours.silent >= 2"},
		{"failures == 18446744073709551616", "failures == 18446744073709551616"},
	} {
		g := parseGate(t, test[0])
		if g.String() != test[1] {
			t.Errorf("%s: got %s", test[0], g)
		}
		if again := parseGate(t, test[1]); again != g {
			t.Errorf("%s is %+v, but %+v as it was typed", test[1], again, g)
		}
	}
}

// TestGateMeasures checks that Parse accepts whatever Measures suggests.
func TestGateMeasures(t *testing.T) {
	for typed, want := range map[string]string{
		"":                 "publish.failure_rate",
		"Session.signal.f": "Session.signal.failures",
		"ot_timeout.":      "OT_TIMEOUT.sessions",
		"publish.":         "publish.attempts",
		"errors.":          "errors.new",
		"nothing.at.all/.": "hours.silent",
	} {
		var seen []string
		for _, m := range gate.Measures(typed) {
			parseGate(t, m[0]+" > 0")
			if m[1] == "" || slices.Contains(seen, m[0]) {
				t.Errorf("%q: %s has no meaning, or is suggested twice", typed, m[0])
			}
			seen = append(seen, m[0])
		}
		if !slices.Contains(seen, want) {
			t.Errorf("%q: no %s in %q", typed, want, seen)
		}
	}
}

func TestGateErrors(t *testing.T) {
	const (
		subjects = "expected connect, publish, subscribe, any, a method (Session.signal), an error (OT_TIMEOUT) or METHOD/ERROR"
		whole    = "session_rate, failures, sessions_failed, errors.new, errors.gone, errors.unnamed, errors.undocumented, records.skipped, sources.damaged or hours.silent"
		ofMethod = "failure_rate, session_rate, failures, sessions, attempts or lines"
		ofError  = "session_rate, failures, sessions or lines"
		compared = "expected >, >=, <, <=, ==, != "
	)
	for _, test := range [...][2]string{
		{"", "offset 0: unexpected end: expected SUBJECT.MEASURE or one of " + whole},
		{"  > 2%", `offset 2: ">" is not a gate: expected SUBJECT.MEASURE or one of ` + whole},
		{"größe.x\x1b > 2", `offset 0: "größe" is not a subject: ` + subjects},
		{"a#.b.failures > 2", `offset 0: "a#.b" is not a subject: ` + subjects},
		{"publsh.failure_rate > 2%", `offset 0: "publsh" is not a subject: ` + subjects + "\nhint: did you mean publish?"},
		{"signal.failures > 2", `offset 0: "signal" is not a subject: ` + subjects + "\nhint: did you mean Session.signal?"},
		{"publish/timeout.failures > 2", `offset 0: "publish/timeout" is not a subject: ` + subjects + "\nhint: did you mean OT_TIMEOUT"},
		{".failures > 2", `offset 0: ".failures" is not a subject: ` + subjects},
		{"a..failures > 2", `offset 0: "a." is not a subject: ` + subjects},
		{"publish.failure_rat > 2%", `offset 8: "failure_rat" is not a measure: expected ` + ofMethod + "\nhint: did you mean failure_rate?"},
		{"publish.Errors.new > 2", `offset 15: "new" is not a measure: expected ` + ofMethod},
		{"OT_TIMEOUT.failure_rate > 2%", `offset 11: "failure_rate" is not a measure of OT_TIMEOUT: expected ` + ofError},
		{"publish/OT_TIMEOUT.attempts > 2", `offset 19: "attempts" is not a measure of publish/OT_TIMEOUT: expected ` + ofError},
		{"publish.sessions_failed > 2", `offset 8: "sessions_failed" is not a measure of publish: expected ` + ofMethod},
		{"errors.nwe > 0", `offset 0: "errors.nwe" is not a measure: expected ` + whole + "\nhint: did you mean errors.new?"},
		{"failure_rate > 2%", `offset 0: "failure_rate" needs a subject: expected SUBJECT.failure_rate` + "\nhint: did you mean any.failure_rate?"},
		{"sesion_rate > 2%", `offset 0: "sesion_rate" is not a measure: expected SUBJECT.MEASURE or one of ` + whole + "\nhint: did you mean session_rate?"},
		{"Session.publish > 2%", `offset 16: ">" is not a measure of Session.publish: expected .failure_rate, .session_rate, .failures, .sessions, .attempts, .lines`},
		{"OT_TIMEOUT", "offset 10: unexpected end: expected .session_rate, .failures, .sessions, .lines"},
		{"failures", "offset 8: unexpected end: " + compared[:len(compared)-1] + ", regressed or improved"},
		{"failures = 0", `offset 9: "=" is not a comparison: expected >, >=, <, <=, == or !=` + "\nhint: did you mean ==?"},
		{"failures => 0", `offset 9: "=>" is not a comparison: expected >, >=, <, <=, == or !=` + "\nhint: did you mean >=?"},
		{"session_rate regresed", `offset 13: "regresed" is not a comparison: ` + compared[:len(compared)-1] + ", regressed or improved\nhint: did you mean regressed?"},
		{"publish.failure_rate regressed", `offset 21: "regressed" does not apply to failure_rate: expected >, >=, <, <=, == or !=, because only session_rate is tested`},
		{"failures >", "offset 10: unexpected end: expected a whole number"},
		{"failures > many", `offset 11: "many" is not a number: expected a whole number`},
		{"failures > -1", `offset 11: "-1" is not a number: expected a whole number`},
		{"failures > 1,000", `offset 11: "1,000" is not a number: expected a whole number`},
		{"failures > 111111111111111111111", `offset 11: "111111111111111111111" is not a number: expected a whole number`},
		{"failures > 1.5", `offset 11: "1.5" is not a whole number: expected a whole number`},
		{"errors.new > 2 %", `offset 15: "%" does not apply to errors.new: expected a whole number, because errors.new is a count`},
		{"publish.failure_rate > .5", `offset 23: ".5" is not a number: expected a number such as 0.02 or 2%`},
		{"publish.failure_rate > 2.", `offset 23: "2." is not a number: expected a number such as 0.02 or 2%`},
		{"publish.failure_rate > 2e-2", `offset 23: "2e-2" is not a number: expected a number such as 0.02 or 2%`},
		{"publish.failure_rate > 2", `offset 23: "2" is more than 100%: expected at most 1 or 100%` + "\nhint: did you mean 2%?"},
		{"publish.failure_rate > 100.1%", `offset 23: "100.1%" is more than 100%: expected at most 1 or 100%`},
		{"publish.failure_rate > 2%%", `offset 24: "%%" is unexpected: expected %`},
		{"publish.failure_rate > 2% or so", `offset 26: "or" is unexpected: expected the end`},
	} {
		g, err := gate.Parse(test[0])
		var where *gate.SyntaxError
		if !errors.As(err, &where) || !strings.HasPrefix(err.Error(), test[1]) {
			t.Errorf("%q: got %v, %v\nwant %s", test[0], g, err, test[1])
		}
		if g != (gate.Gate{}) {
			t.Errorf("%q has an error, and is %+v", test[0], g)
		}
	}
}

// check returns the result of a gate on a report in one line.
func check(t *testing.T, r *report.Report, gate string) string {
	t.Helper()
	g := parseGate(t, gate)
	reason, fired, err := g.Check(r)
	switch {
	case err != nil && (fired || reason != ""):
		t.Errorf("%s: cannot be judged, but %t, %q", gate, fired, reason)
	case err != nil:
		return "error: " + strings.TrimPrefix(err.Error(), g.String()+" cannot be judged: ")
	case !strings.HasPrefix(reason, g.String()+": "):
		t.Errorf("%s: the reason is %q", gate, reason)
	}
	return fmt.Sprintf("%t: %s", fired, strings.TrimPrefix(reason, g.String()+": "))
}

// checks compares the results of gates: whether they fired, and why.
func checks(t *testing.T, r *report.Report, want [][2]string) {
	t.Helper()
	for _, test := range want {
		if got := check(t, r, test[0]); got != test[1] {
			t.Errorf("%s\n got %s\nwant %s", test[0], got, test[1])
		}
	}
}

func TestGatesOfWholeInput(t *testing.T) {
	checks(t, reporttest.OfLog(t, reporttest.WeekBefore().Log(), report.Options{}), [][2]string{
		{"publish.failure_rate > 2%", "true: Session.publish failed in 12 of 400 attempts (3.0%)"},
		{"publish.failure_rate > 3%", "false: Session.publish failed in 12 of 400 attempts (3.0%)"},
		{"publish.failure_rate > 2.9999%", "true: Session.publish failed in 12 of 400 attempts (3.0000%)"},
		{"publish.failure_rate == 3%", "true: Session.publish failed in 12 of 400 attempts (3.0%)"},
		{"publish.failure_rate == 0.03", "true: Session.publish failed in 12 of 400 attempts (3.0%)"},
		{"publish.failure_rate != 0.03", "false: Session.publish failed in 12 of 400 attempts (3.0%)"},
		{"subscribe.failure_rate > 0%", "false: Session.subscribe failed in 0 of 400 attempts (0.0%)"},
		{"subscribe.failures > 0", "false: Session.subscribe has 0 failures"},
		{"subscribe.sessions >= 0", "true: Session.subscribe failed in 0 of 400 sessions"},
		{"subscribe.session_rate >= 1%", "false: Session.subscribe failed in 0 of 400 sessions (0.0%)"},
		{"Session.signal.failure_rate > 2%", "error: the telemetry has no attempts of Session.signal"},
		{"Session.signal.session_rate > 2%", "false: Session.signal failed in 0 of 400 sessions (0.0%)"},
		{"any.failure_rate > 3%", "true: Session.connect failed in 14 of 400 attempts (3.5%); 1 other cannot be judged"},
		{"any.failure_rate < 1%", "true: Session.subscribe failed in 0 of 400 attempts (0.0%); 1 other cannot be judged"},
		{"any.failure_rate > 50%", "false: Session.connect failed in 14 of 400 attempts (3.5%); 2 others did not fire; 1 other cannot be judged"},
		{"any.attempts <= 400", "true: Session.connect has 400 attempts; 2 others fired; 1 other cannot be judged"},
		{"session_rate > 10%", "true: there are failures in 72 of 400 sessions (18.0%)"},
		{"sessions_failed > 72", "false: there are failures in 72 of 400 sessions"},
		{"failures > 86", "false: the report has 86 failures"},
		{"connect.lines > 0", "true: Session.connect has 14 lines with errors"},
		{"OT_TIMEOUT.session_rate >= 3%", "true: Session.publish failed with OT_TIMEOUT in 12 of 400 sessions (3.0%)"},
		{"OT_TIMEOUT.failures > 12", "false: OT_TIMEOUT has 12 failures"},
		{"connect/OT_TIMEOUT.session_rate > 0", "false: Session.connect failed with OT_TIMEOUT in 0 of 400 sessions (0.0%)"},
		{"connect/OT_TIMEOUT.lines > 0", "false: OT_TIMEOUT in Session.connect has 0 lines"},
		{"publish/OT_TIMEOUT.sessions > 11", "true: Session.publish failed with OT_TIMEOUT in 12 of 400 sessions"},
		{"OT_ICE_WORKFLOW_FAILED.sessions > 0", "false: the SDK failed with OT_ICE_WORKFLOW_FAILED in 0 of 400 sessions"},
		{"OT_TIMEOT.failures > 0", "error: the error OT_TIMEOT is in neither the catalogue nor the report\nhint: did you mean OT_TIMEOUT?"},
		{"Session.publsh.failures > 0", "error: the method Session.publsh is in neither the catalogue nor the report\nhint: did you mean Session.publish?"},
		{"session_rate regressed", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
		{"errors.new > 0", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
		{"errors.unnamed > 0", "false: 0 of 86 failures have no error name"},
		{"errors.undocumented > 0", "false: 0 errors are not in the vendor's reference"},
		{"records.skipped > 0", "false: 0 of 2,460 records could not be read"},
		{"sources.damaged > 0", "false: 0 of 1 source could not be read in full"},
		{"hours.silent > 0", "false: 0 of 168 hours have no records"},
	})
}

func TestGatesWithoutTelemetry(t *testing.T) {
	checks(t, reporttest.OfLog(t, reporttest.Console(), report.Options{}), [][2]string{
		{"Session.signal.failure_rate > 0", "error: the telemetry has no attempts of Session.signal"},
		{"any.failure_rate > 0", "error: the telemetry has no attempts of any method"},
		{"any.attempts < 10", "error: the telemetry has no attempts of any method"},
		{"Session.signal.session_rate > 10%", "true: Session.signal failed in 2 of 10 sessions (20.0%)"},
		{"publish.session_rate > 10%", "false: Session.publish failed in 0 of 10 sessions (0.0%)"},
		{"any.session_rate > 20%", "false: Session.signal failed in 2 of 10 sessions (20.0%); 1 other did not fire"},
		{"OT_BRAND_NEW.failures > 0", "true: OT_BRAND_NEW has 1 failure"},
		{"errors.undocumented > 0", "true: 1 error is not in the vendor's reference (OT_BRAND_NEW)"},
		{"hours.silent > 1", "true: 2 of 4 hours have no records, the longest gap from 2026-11-02 11:00 to 2026-11-02 13:00 UTC"},
	})
}

// TestGatesWithoutSessions checks that failures without a session do not count as none.
func TestGatesWithoutSessions(t *testing.T) {
	checks(t, reporttest.OfLog(t, []byte("Session.signal: OT_NOT_CONNECTED (500)\nready\n"), report.Options{}), [][2]string{
		{"Session.signal.session_rate > 0", "error: Session.signal failed, but none of these failures has a session ID"},
		{"Session.signal.sessions == 0", "error: Session.signal failed, but none of these failures has a session ID"},
		{"session_rate > 0", "error: there are failures, but none of these failures has a session ID"},
		{"sessions_failed == 0", "error: there are failures, but none of these failures has a session ID"},
		{"publish.session_rate > 0", "error: no record has a session ID"},
		{"publish.sessions > 0", "false: Session.publish failed in 0 of 0 sessions"},
		{"OT_NOT_CONNECTED.session_rate > 0", "error: Session.signal failed with OT_NOT_CONNECTED, but none of these failures has a session ID"},
		{"OT_NOT_CONNECTED.failures > 0", "true: OT_NOT_CONNECTED has 1 failure"},
		{"hours.silent > 0", "error: no record has a time"},
	})
	checks(t, reporttest.OfLog(t, append(reporttest.Console(), "\n{\"timestamp\":\"2026-11-02T00:10:00Z\"}\n{\"message\":\"Session.signal: OT_NOT_CONNECTED (500)\"}\n{\"timestamp\":\"2026-11-03T00:00:00Z\"}"...), report.Options{Window: reporttest.Window(t, "1d")}), [][2]string{
		{"failures > 2", "true: the report has 3 failures, from 2026-11-02 00:00 to 2026-11-03 00:00 UTC (and 1 failure without a time)"},
	})
	some := append(reporttest.Console(), `{"timestamp":"2026-11-02T14:30:00Z","message":"Session.signal: OT_NOT_CONNECTED (500)"}`...)
	checks(t, reporttest.OfLog(t, some, report.Options{}), [][2]string{
		{"Session.signal.session_rate > 10%", "true: Session.signal failed in 2 of 10 sessions (20.0%), not counting 1 failure without a session ID"},
	})
	daily := report.Options{Window: reporttest.Window(t, "1d")}
	checks(t, reporttest.OfLog(t, []byte("Session.signal: OT_NOT_CONNECTED (500)\nready\n"), daily), [][2]string{
		{"failures > 0", "error: no window of 1d is complete"},
	})
}

// TestGatesOfNothing checks that an empty report passes no gate.
func TestGatesOfNothing(t *testing.T) {
	checks(t, reporttest.OfLog(t, nil, report.Options{}), [][2]string{
		{"failures > 0", "error: no record could be read"},
		{"any.failure_rate > 0", "error: no record could be read"},
		{"session_rate regressed", "error: no record could be read"},
		{"records.skipped > 0", "false: 0 of 0 records could not be read"},
		{"sources.damaged > 0", "false: 0 of 1 source could not be read in full"},
	})
	checks(t, reporttest.OfLog(t, reporttest.Console(), report.Options{Filter: report.Filter{Since: reporttest.November.AddDate(1, 0, 0)}}), [][2]string{
		{"failures > 0", "error: no records in the period"},
	})
	if _, fired, err := (gate.Gate{}).Check(reporttest.OfLog(t, reporttest.Console(), report.Options{})); fired || err == nil {
		t.Errorf("the zero gate: %t, %v", fired, err)
	}
}

func TestGatesOfFilteredReports(t *testing.T) {
	log := reporttest.WeekBefore().Log()
	checks(t, reporttest.OfLog(t, log, report.Options{Filter: report.Filter{Method: "Session.publish"}}), [][2]string{
		{"connect.failures == 0", "error: the report contains only Session.publish"},
		{"publish.failures > 0", "true: Session.publish has 12 failures"},
	})
	checks(t, reporttest.OfLog(t, log, report.Options{Filter: report.Filter{Error: "OT_TIMEOUT"}}), [][2]string{
		{"publish.failure_rate > 0", "error: telemetry does not say by which error an attempt failed"},
		{"publish.failures > 12", "false: Session.publish has 12 failures"},
		{"OT_PERMISSION_DENIED.failures == 0", "error: the report contains only OT_TIMEOUT"},
	})
}

// TestGatesOfWindows checks that gates and changes use the same window: the last complete one.
func TestGatesOfWindows(t *testing.T) {
	checks(t, reporttest.TwoWeeks(t), [][2]string{
		{"publish.failure_rate > 2%", "true: Session.publish failed in 43 of 409 attempts (10.5%), from 2026-11-09 00:00 to 2026-11-16 00:00 UTC"},
		{"failures > 122", "false: the report has 122 failures, from 2026-11-09 00:00 to 2026-11-16 00:00 UTC"},
		{"session_rate > 0", "true: there are failures in 94 of 409 sessions (23.0%), from 2026-11-09 00:00 to 2026-11-16 00:00 UTC"},
		{"session_rate regressed", "true: Session.publish failed in 43 of 409 sessions (10.5%), before in 12 of 400 (3.0%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC; 1 other fired"},
		{"session_rate improved", "true: Session.connect failed in 0 of 409 sessions (0.0%), before in 14 of 400 (3.5%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"any.session_rate regressed", "true: Session.publish failed in 43 of 409 sessions (10.5%), before in 12 of 400 (3.0%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC; 1 other fired"},
		{"connect.session_rate regressed", "false: Session.connect failed in 0 of 409 sessions (0.0%), before in 14 of 400 (3.5%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"connect.session_rate improved", "true: Session.connect failed in 0 of 409 sessions (0.0%), before in 14 of 400 (3.5%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"OT.initPublisher.session_rate regressed", "false: OT.initPublisher failed in 63 of 409 sessions (15.4%), before in 60 of 400 (15.0%), q 0.873, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"Session.signal.session_rate regressed", "false: Session.signal failed in 1 of 409 sessions (0.2%), before in 0 of 400 (0.0%), 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"Session.forceDisconnect.session_rate regressed", "false: no such failure in 400 sessions before and 409 after, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"OT_TIMEOUT.session_rate regressed", "true: Session.publish failed with OT_TIMEOUT in 43 of 409 sessions (10.5%), before in 12 of 400 (3.0%), q <0.001, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"publish/OT_PERMISSION_DENIED.session_rate regressed", "false: no such failure in 400 sessions before and 409 after, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"subscribe/OT_TIMEOUT.session_rate regressed", "false: no such failure in 400 sessions before and 409 after, 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"errors.new > 0", "true: 1 error is new (OT_ICE_WORKFLOW_FAILED in Session.subscribe), 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"errors.gone > 1", "false: 1 error is gone (OT_CONNECT_FAILED in Session.connect), 2026-11-09 00:00 to 2026-11-16 00:00 compared with 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"hours.silent > 3", "true: 4 of 168 hours have no records, from 2026-11-09 00:00 to 2026-11-16 00:00 UTC, the longest gap from 2026-11-10 06:00 to 2026-11-10 09:00 UTC"},
	})
	weekly := report.Options{Window: reporttest.Window(t, "1w")}
	late := []byte(`{"timestamp":"2026-11-09T00:00:00Z","message":"ready","sessionId":"late"}` + "\n")
	checks(t, reporttest.OfLog(t, append(reporttest.WeekBefore().Log(), late...), weekly), [][2]string{
		{"publish.failure_rate > 2%", "true: Session.publish failed in 12 of 400 attempts (3.0%), from 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"publish.session_rate regressed", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
		{"errors.gone > 0", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
	})
	checks(t, reporttest.OfLog(t, reporttest.WeekBefore().Log(), weekly), [][2]string{
		{"failures > 0", "true: the report has 86 failures, from 2026-11-02 00:00 to 2026-11-09 00:00 UTC"},
		{"errors.new > 0", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
	})
	weekly.Filter.Until = reporttest.November.AddDate(0, 0, 4)
	checks(t, reporttest.OfLog(t, reporttest.WeekBefore().Log(), weekly), [][2]string{
		{"failures > 0", "error: no window of 1w is complete"},
		{"errors.new > 0", "error: there is nothing to compare with: it needs a baseline or two complete windows"},
	})
}

// TestGatesOfErrorsOnly checks that a session rate is not compared with a bound if sessions without an
// error are unknown, and that a change is called one of the mix of errors. While every session fails, a
// whole log is judged as usual.
func TestGatesOfErrorsOnly(t *testing.T) {
	log := func(clean bool, failed int) []byte {
		var b bytes.Buffer
		for i := range 200 {
			if clean {
				fmt.Fprintf(&b, `{"sessionId":"s%d","message":"ready"}`+"\n", i)
			}
			name := "OT_TIMEOUT: Session.publish :: too late"
			if i >= failed {
				name = "OT_CONNECT_FAILED: Session.connect"
			}
			fmt.Fprintf(&b, `{"sessionId":"s%d","message":%q}`+"\n", i, name)
		}
		return b.Bytes()
	}
	const unknown = "error: the input seems to hold errors only, so the number of sessions without an error is unknown"
	before := reporttest.OfLog(t, log(false, 20), report.Options{})
	checks(t, reporttest.OfLog(t, log(false, 100), report.Options{Baseline: before}), [][2]string{
		{"session_rate > 2%", unknown},
		{"session_rate < 2%", unknown},
		{"publish.session_rate > 2%", unknown},
		{"any.session_rate > 2%", unknown},
		{"OT_TIMEOUT.session_rate > 2%", unknown},
		{"publish/OT_TIMEOUT.session_rate == 0", unknown},
		{"publish.sessions > 99", "true: Session.publish failed in 100 of 200 sessions with errors"},
		{"sessions_failed > 200", "false: there are failures in 200 of 200 sessions with errors"},
		{"failures > 199", "true: the report has 200 failures"},
		{"publish.session_rate regressed", "true: Session.publish failed in 100 of 200 sessions with errors (50.0%), before in 20 of 200 (10.0%), q <0.001, against the baseline, in the mix of errors (the sessions without errors are unknown)"},
		{"publish.session_rate improved", "false: Session.publish failed in 100 of 200 sessions with errors (50.0%), before in 20 of 200 (10.0%), q <0.001, against the baseline, in the mix of errors (the sessions without errors are unknown)"},
		{"errors.new > 0", "false: 0 errors are new, against the baseline, in the mix of errors (the sessions without errors are unknown)"},
	})
	checks(t, reporttest.OfLog(t, log(true, 200), report.Options{}), [][2]string{
		{"session_rate > 2%", "true: there are failures in 200 of 200 sessions (100.0%)"},
		{"publish.session_rate > 2%", "true: Session.publish failed in 200 of 200 sessions (100.0%)"},
	})

	// Of the attempts, too, a log may hold those that failed and nothing else.
	post := func(variation string) []byte {
		return fmt.Appendf(nil, `{"clientSystemTime":1793613604000,"sessionId":"s1","streamId":"x","clientInstanceId":"k","action":"Publish","variation":%q,"failureCode":1500,"failureMessage":"Session.publish :: too late"}`+"\n", variation)
	}
	failed := reporttest.OfLog(t, post("Failure"), report.Options{})
	checks(t, failed, [][2]string{
		{"publish.failure_rate > 2%", "error: the input seems to hold errors only, so the number of attempts that succeeded is unknown"},
		{"publish.attempts > 0", "true: Session.publish has 1 attempt"},
	})
	if m := failed.Methods[0]; m.Attempts.Failed != 1 || m.Attempts.FailureRate() != nil {
		t.Errorf("a log of failed attempts has a failure rate: %+v", m.Attempts)
	}
	checks(t, reporttest.OfLog(t, append(post("Attempt"), post("Failure")...), report.Options{}), [][2]string{
		{"publish.failure_rate > 2%", "true: Session.publish failed in 1 of 1 attempt (100.0%)"},
	})
}

// TestGatesFromBaseline checks that a gate judges the whole input if there is a baseline.
func TestGatesFromBaseline(t *testing.T) {
	of := reporttest.BothWeeks(t)
	for _, o := range []report.Options{{}, {Window: reporttest.Window(t, "1d")}} {
		checks(t, of(o), [][2]string{
			{"publish.failure_rate > 2%", "true: Session.publish failed in 43 of 409 attempts (10.5%)"},
			{"publish.session_rate regressed", "true: Session.publish failed in 43 of 409 sessions (10.5%), before in 12 of 401 (3.0%), q <0.001, against the baseline"},
			{"errors.new > 0", "true: 1 error is new (OT_ICE_WORKFLOW_FAILED in Session.subscribe), against the baseline"},
			{"sources.damaged > 0", "false: 0 of 1 source could not be read in full"},
		})
		checks(t, of(o).Baseline, [][2]string{
			{"sources.damaged > 0", "true: 1 of 2 sources could not be read in full"},
			{"records.skipped > 0", "true: 1 of 2,462 records could not be read"},
		})
	}
}

// TestGatesOfFewSessions checks that a gate does not pass if no change could be significant.
func TestGatesOfFewSessions(t *testing.T) {
	few := reporttest.Console()
	o := report.Options{Baseline: reporttest.OfLog(t, few, report.Options{})}
	checks(t, reporttest.OfLog(t, few, o), [][2]string{
		{"session_rate regressed", "error: 10 sessions before and 10 after are too few to test: each side needs 100"},
		{"publish.session_rate regressed", "error: 10 sessions before and 10 after are too few to test: each side needs 100"},
		{"errors.new > 0", "error: 10 sessions before and 10 after are too few to test: each side needs 100"},
	})
}

// TestGateHelp checks that the help and the documentation have the same table.
func TestGateHelp(t *testing.T) {
	source, err := os.ReadFile("gate.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for line := range strings.Lines(string(source)) {
		documented = append(documented, strings.Join(strings.Fields(line), " "))
	}
	_, measures, _ := strings.Cut(gate.Help(), "MEASURE ")
	_, measures, _ = strings.Cut(measures, "MEASURE ")
	for line := range strings.Lines("MEASURE " + measures) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if want := "// " + strings.Join(strings.Fields(line), " "); !slices.Contains(documented, want) {
			t.Errorf("the documentation of Gate lacks %q", want)
		}
	}
}

// FuzzParseGate checks that the canonical form of every gate parses to the same gate.
func FuzzParseGate(f *testing.F) {
	for _, s := range []string{
		"publish.failure_rate > 2%", "errors.new>0", "session_rate regressed", "any.session_rate improved",
		"Session.signal/OT_X.lines != 7", " OT_TIMEOUT.sessions <= 0 ", "publish.failure_rat = 2 %", "a.b.failures == 1", "/.>", "\xff\x00.",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := gate.Parse(s)
		if err != nil {
			var where *gate.SyntaxError
			if !errors.As(err, &where) || where.Offset > len(s) || !strings.HasPrefix(s[where.Offset:], where.Word) && !strings.Contains(where.Word, "%") {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if again, err := gate.Parse(g.String()); err != nil || again != g {
			t.Fatalf("%q is %q, which is %+v, %v", s, g, again, err)
		}
	})
}

// TestGatesLeaveOutWhatIsAcknowledged checks that gates on errors leave out acknowledged
// errors, and that other gates count them.
func TestGatesLeaveOutWhatIsAcknowledged(t *testing.T) {
	var before, after strings.Builder
	for i := range 400 {
		id := fmt.Sprintf(`"sessionId":"session-%d"`, i)
		fmt.Fprintf(&before, `{"timestamp":"2026-11-02T10:00:00Z","message":"ready",%s}`+"\n", id)
		text := "ready"
		switch {
		case i < 40:
			text = "OpenTok:Session:error OT_BRAND_NEW: x"
		case i < 80:
			text = "Session.signal: OT_NOT_CONNECTED (500)"
		}
		fmt.Fprintf(&after, `{"timestamp":"2026-11-09T10:00:00Z","message":%q,%s}`+"\n", text, id)
	}
	baseline := reporttest.OfLog(t, []byte(before.String()), report.Options{})
	now := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		known string
		want  [][2]string
	}{
		{"", [][2]string{
			{"errors.new == 2", "true: 2 errors are new (OT_NOT_CONNECTED in Session.signal, OT_BRAND_NEW (undocumented) in unknown), against the baseline"},
		}},
		{"OT_BRAND_NEW\n", [][2]string{
			{"errors.new > 0", "true: 1 error is new (OT_NOT_CONNECTED in Session.signal), against the baseline, not counting 1 acknowledged error"},
			{"errors.undocumented > 0", "false: 0 errors are not in the vendor's reference, not counting 1 acknowledged error"},
			{"OT_BRAND_NEW.failures > 0", "false: OT_BRAND_NEW has 0 failures, not counting 1 acknowledged error"},
			{"OT_BRAND_NEW.sessions > 0", "false: the SDK failed with OT_BRAND_NEW in 0 of 400 sessions, not counting 1 acknowledged error"},
			{"OT_BRAND_NEW.session_rate regressed", "false: 1 such error is acknowledged, against the baseline"},
			{"failures == 80", "true: the report has 80 failures"},
			{"Session.signal.session_rate == 10%", "true: Session.signal failed in 40 of 400 sessions (10.0%)"},
		}},
		{"OT_BRAND_NEW\nOT_NOT_CONNECTED Session.signal until 2026-11-11\n", [][2]string{
			{"errors.new > 0", "false: 0 errors are new, against the baseline, not counting 2 acknowledged errors"},
		}},
		{"OT_BRAND_NEW until 2026-11-10\n", [][2]string{
			{"errors.new == 2", "true: 2 errors are new (OT_NOT_CONNECTED in Session.signal, OT_BRAND_NEW (undocumented) in unknown), against the baseline"},
		}},
	} {
		checks(t, reporttest.OfLog(t, []byte(after.String()), report.Options{Baseline: baseline, Ignore: reporttest.Ignore(t, test.known), Now: now}), test.want)
	}
}
