package aggregate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// TestTelemetryInWrappers checks that the telemetry which the SDK prints at its DEBUG level
// counts the same, and once, wherever a log puts the line.
func TestTelemetryInWrappers(t *testing.T) {
	post := func(seconds int, variation, more string) string {
		return fmt.Sprintf(`OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {"clientSystemTime":%d,"sessionId":"%s","clientInstanceId":"k","connectionId":"c","action":"Connect","variation":%q%s}`,
			1793616265000+1000*seconds, sessionA, variation, more)
	}
	failed := post(2, "Failure", `,"failureCode":1006,"failureReason":"WebSocketConnection","failureMessage":"x"`)
	lines := []string{post(0, "Attempt", ""), post(0, "Attempt", ""), failed, failed, post(60, "Attempt", ""), post(61, "Success", "")}

	each := func(before, line, separator, after string) string {
		var out []string
		for _, l := range lines {
			quoted, err := json.Marshal(l)
			if err != nil {
				t.Fatal(err)
			}
			twice, err := json.Marshal(string(quoted))
			if err != nil {
				t.Fatal(err)
			}
			cell := `"` + strings.ReplaceAll(l, `"`, `""`) + `"`
			out = append(out, strings.NewReplacer("TEXT", l, "QUOTED", string(quoted), "TWICE", string(twice[3:len(twice)-3]), "CELL", cell).Replace(line))
		}
		return before + strings.Join(out, separator) + after
	}
	for _, test := range []struct{ name, log string }{
		{"bare", each("", "TEXT", "\n", "\n")},
		{"after a time", each("", "2026-11-02T10:45:00Z TEXT", "\n", "\n")},
		{"before the place in the code", each("", "TEXT opentok.js:36032:13", "\n", "\n")},
		{"field", each("", `{"time":"2026-11-02T10:45:00Z","level":"debug","message":QUOTED}`, "\n", "\n")},
		{"page's field", each("", `{"sessionId":"`+sessionB+`","level":"debug","message":QUOTED}`, "\n", "\n")},
		{"Docker", each("", `{"log":QUOTED,"stream":"stdout","time":"2026-11-02T10:45:00Z"}`, "\n", "\n")},
		{"field in Docker", each("", `{"log":"{\"msg\":\"TWICE\"}\n","time":"2026-11-02T10:45:00Z"}`, "\n", "\n")},
		{"logfmt", each("", "time=2026-11-02T10:45:00Z level=debug msg=QUOTED app=clinic", "\n", "\n")},
		{"text before an object", each("", `INFO app {"level":"debug","message":QUOTED}`, "\n", "\n")},
		{"OTLP", each(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[`, `{"timeUnixNano":"1793616300000000000","body":{"stringValue":QUOTED}}`, ",", `]}]}]}`)},
		{"Sentry", each(`{"event_id":"x","timestamp":"2026-11-02T10:45:00Z","breadcrumbs":{"values":[`, `{"category":"console","level":"debug","message":QUOTED}`, ",", `]}}`)},
		{"CloudWatch", each(`{"logStream":"x","logEvents":[`, `{"timestamp":1793616300000,"message":QUOTED}`, ",", `]}`)},
		{"CSV", each("time,level,message\n", "2026-11-02T10:45:00Z,debug,CELL", "\n", "\n")},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := scanned(t, []parse.Source{write(t, "log", []byte(test.log))}, Options{Jobs: 2})
			c := settled(r)
			got := ""
			for _, s := range sessionsIn(c, Filter{}) {
				if n := failures(s); n > 0 || len(s.Attempts) > 0 {
					got += fmt.Sprintf("%v: %d failures;", s.ID == NewSessionID([]byte(sessionA)), n)
				}
				for _, a := range s.Attempts {
					got += fmt.Sprintf(" %d %s", a.Attempts, a.Outcome)
				}
			}
			got += fmt.Sprintf(", %d duplicates", c.Duplicates)
			if want := "true: 1 failures; 1 failure 1 success, 2 duplicates"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
