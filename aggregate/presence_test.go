package aggregate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// seenIn returns how many sessions and surrogate IDs were seen in a log, and how many of these
// have a failure.
func seenIn(t *testing.T, log string) (seen, failed int) {
	t.Helper()
	c := settled(scanned(t, []parse.Source{write(t, "log", []byte(log))}, Options{Jobs: 2}))
	for _, s := range sessionsIn(c, Filter{}) {
		if len(s.Buckets) == 0 {
			continue
		}
		seen++
		if failures(s) > 0 {
			failed++
		}
	}
	return seen, failed
}

func failures(s *Session) (n int64) {
	for _, r := range s.Rows {
		n += r.Failures
	}
	return n
}

const (
	sessionA = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A"
	sessionB = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B"
)

// TestEveryRecordShowsWhoWasThere counts a thousand clients that say hello, of which ten fail.
func TestEveryRecordShowsWhoWasThere(t *testing.T) {
	const docker = `{"log":%q,"stream":"stdout","time":"2026-11-02T10:00:00Z"}`
	for _, test := range []struct{ name, id, wrapper string }{
		{"connections", `"connectionId":"c%d"`, ""},
		{"other spellings", `"connection_id": "c%d"`, ""},
		{"clients", `"clientInstanceId":"c%d"`, ""},
		{"guids", `"guid":"c%d"`, ""},
		{"sessions", `"sessionId":"` + sessionA + `%d"`, ""},
		{"below another key", `"context":{"connectionId":"c%d"}`, ""},
		{"connections in Docker's log", `"connectionId":"c%d"`, docker},
		{"sessions in Docker's log", `"session_id":"room-%d"`, docker},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			say := func(n int, message string) {
				line := fmt.Sprintf(`{"time":"2026-11-02T10:00:00Z",`+test.id+`,"message":%q}`, n, message)
				if test.wrapper != "" {
					line = fmt.Sprintf(test.wrapper, line+"\n")
				}
				b.WriteString(line + "\n")
			}
			for n := range 1000 {
				say(n, "hello")
				if n%100 == 7 {
					say(n, "OT_NOT_CONNECTED")
				}
			}
			if seen, failed := seenIn(t, b.String()); seen != 1000 || failed != 10 {
				t.Errorf("%d of %d, want 10 of 1000", failed, seen)
			}
		})
	}
}

// TestCleanRecordsLink checks that clean records say which session a connection belongs to.
func TestCleanRecordsLink(t *testing.T) {
	const failure = `{"connectionId":"c","name":"OT_TIMEOUT","message":"x"}` + "\n"
	tests := []struct {
		name, log    string
		seen, failed int
	}{
		{"a session and a connection", `{"sessionId":"` + sessionA + `","connectionId":"c","message":"connected"}` + "\n" + failure, 1, 1},
		{"after the failure", failure + `{"sessionId":"` + sessionA + `","connectionId":"c","message":"connected"}` + "\n", 1, 1},
		{"a session and a client", `{"sessionId":"` + sessionA + `","clientInstanceId":"k","message":"x"}` + "\n" + `{"clientInstanceId":"k","name":"OT_TIMEOUT"}` + "\n", 1, 1},
		{"a connection and a client, which has a session", `{"sessionId":"` + sessionA + `","clientInstanceId":"k"}` + "\n" + `{"connectionId":"c","clientInstanceId":"k"}` + "\n" + failure, 1, 1},
		{"a connection and a client without a session", `{"connectionId":"c","clientInstanceId":"k"}` + "\n" + `{"connectionId":"d","clientInstanceId":"k"}` + "\n" + failure, 1, 1},
		{"two sessions: neither", `{"sessionId":"` + sessionA + `","connectionId":"c"}` + "\n" + `{"sessionId":"` + sessionB + `","connectionId":"c"}` + "\n" + failure, 3, 1},
		{"a guid does not join connections", `{"connectionId":"d","guid":"g"}` + "\n" + `{"connectionId":"c","guid":"g"}` + "\n" + failure, 2, 1},
		{"a guid is no session", `{"sessionId":"` + sessionA + `","guid":"g"}` + "\n" + `{"guid":"g","name":"OT_TIMEOUT"}` + "\n", 2, 1},
		{"a guid on one day", `{"time":"2026-11-02T00:00:00Z","guid":"g"}` + "\n" + `{"time":"2026-11-02T23:59:59Z","guid":"g","name":"OT_TIMEOUT"}` + "\n", 1, 1},
		{"a guid on two days", `{"time":"2026-11-02T23:59:59Z","guid":"g"}` + "\n" + `{"time":"2026-11-03T00:00:00Z","guid":"g","name":"OT_TIMEOUT"}` + "\n", 2, 1},
		{"a guid beside a client", `{"clientInstanceId":"k","guid":"g"}` + "\n" + `{"connectionId":"c","clientInstanceId":"k","guid":"g"}` + "\n" + failure, 1, 1},
		{"a body posted late does not link its page", `{"sessionId":"` + sessionA + `","connectionId":"c","body":"{\"sessionId\":\"` + sessionB + `\"}"}` + "\n" + failure, 2, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if seen, failed := seenIn(t, test.log); seen != test.seen || failed != test.failed {
				t.Errorf("%d of %d, want %d of %d", failed, seen, test.failed, test.seen)
			}
		})
	}
}

// TestTelemetryOfSessions checks which sessions have telemetry: those with an event of their own, or
// of a connection or client that belongs to them.
func TestTelemetryOfSessions(t *testing.T) {
	const (
		a     = `"sessionId":"` + sessionA + `"`
		b     = `"sessionId":"` + sessionB + `"`
		event = `"clientSystemTime":1793613604000,"action":"Publish","variation":"Attempt"`
		hello = `"time":"2026-11-02T10:00:00Z","message":"hello"`
	)
	for _, test := range []struct {
		name    string
		records []string
		want    int // sessions with telemetry
		seen    int
	}{
		{"none", []string{a + `,` + hello, b + `,` + hello}, 0, 2},
		{"of one session", []string{a + `,` + event, b + `,` + hello}, 1, 2},
		{"a failure", []string{a + `,"clientSystemTime":1793613604000,"action":"Publish","variation":"Failure"`, b + `,` + hello}, 1, 2},
		{"of its connection", []string{a + `,"connectionId":"c",` + hello, `"connectionId":"c",` + event, b + `,` + hello}, 1, 2},
		{"of its client", []string{a + `,"clientInstanceId":"k",` + hello, `"clientInstanceId":"k",` + event, b + `,` + hello}, 1, 2},
		{"of the connection of its client", []string{
			a + `,"clientInstanceId":"k",` + hello, `"clientInstanceId":"k","connectionId":"c",` + hello, `"connectionId":"c",` + event, b + `,` + hello}, 1, 2},
		{"of a connection of both", []string{
			a + `,"connectionId":"c",` + hello, b + `,"connectionId":"c",` + hello, `"connectionId":"c",` + event}, 1, 3},
		{"of a client alone", []string{`"clientInstanceId":"k",` + event, b + `,` + hello}, 1, 2},
		{"on another day", []string{a + `,` + event, a + `,"time":"2026-11-03T10:00:00Z","message":"hello"`}, 1, 1},
		{"without an ID", []string{event, a + `,` + hello, b + `,` + hello}, 0, 2},
	} {
		log := "{" + strings.Join(test.records, "}\n{") + "}\n"
		c := settled(scanned(t, []parse.Source{write(t, "log", []byte(log))}, Options{Jobs: 2}))
		got, seen := 0, 0
		for _, s := range sessionsIn(c, Filter{}) {
			if len(s.Buckets) > 0 {
				seen++
			}
			if s.Telemetry {
				got++
			}
		}
		if got != test.want || seen != test.seen {
			t.Errorf("%s: %d of %d sessions have telemetry, want %d of %d", test.name, got, seen, test.want, test.seen)
		}
	}
}

// TestLevelsAddUp checks that the levels of a source are the same however it is divided.
func TestLevelsAddUp(t *testing.T) {
	const (
		failed = `{"level":"error","message":"OT_TIMEOUT"}`
		slow   = `{"level":"warn","message":"slow"}`
		ready  = `{"level":"info","message":"ready"}`
		bare   = `{"message":"ready"}`
	)
	for _, test := range []struct {
		records []string
		want    Account
	}{
		{[]string{failed, slow, bare}, Account{Levels: 1000}}, // of clean records
		{[]string{failed, slow, ready}, Account{BelowWarning: true}},
		{[]string{bare, "", bare}, Account{Blank: 1000}},
		{[]string{"ERROR x", "OpenTok:Session:error OT_TIMEOUT: x", "joined"}, Account{Levels: 1000}},
	} {
		log := strings.Repeat(strings.Join(test.records, "\n")+"\n", 1000)
		for _, section := range []int64{0, 1 << 10} {
			o := Options{Jobs: 3, Input: parse.Options{SectionSize: section}}
			a := scanned(t, []parse.Source{write(t, "log", []byte(log))}, o).Sources[0].Account
			if got := (Account{Blank: a.Blank, Levels: a.Levels, BelowWarning: a.BelowWarning}); got != test.want {
				t.Errorf("%s in sections of %d: got %+v, want %+v", test.records, section, got, test.want)
			}
		}
	}
}
