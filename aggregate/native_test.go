package aggregate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
)

// nativeLog is a log of JavaScript and native clients, with what it contains.
const nativeLog = `{"time":"2026-11-02T10:00:00Z","sessionId":"` + sessionA + `","message":"OT_TIMEOUT: x"}
{"time":"2026-11-02T10:00:01Z","sessionId":"` + sessionB + `","message":"Error Domain=OTSessionErrorDomain Code=1541 \"Timed out while attempting to publish.\""}
{"time":"2026-11-02T10:00:02Z","connectionId":"c1","message":"[ERROR] otk_session.c:812 - Invalid token format"}
{"time":"2026-11-02T10:00:03Z","connectionId":"c2","code":1500,"message":"OTRN JS: There was an error: Unable to Publish."}
{"clientSystemTime":1793613604000,"action":"Publish","variation":"Attempt","streamId":"s","connectionId":"c3","clientInstanceId":"k3","clientVersion":"ios-2.27.1"}
{"clientSystemTime":1793613605000,"action":"Publish","variation":"Failure","failureCode":1500,"failureMessage":"Session.publish :: Could not publish in a reasonable amount of time","streamId":"s","connectionId":"c3","clientInstanceId":"k3","clientVersion":"ios-2.27.1"}
{"clientSystemTime":1793613604000,"action":"Publish","variation":"Attempt","streamId":"t","connectionId":"c4","clientInstanceId":"k4","clientVersion":"js-2.35.2"}
{"clientSystemTime":1793613605000,"action":"Publish","variation":"Success","streamId":"t","connectionId":"c4","clientInstanceId":"k4","clientVersion":"js-2.35.2"}
{"time":"2026-11-02T10:00:06Z","connectionId":"c5","message":"hello from opentok-android"}
{"time":"2026-11-02T10:00:07Z","message":"[ERROR] otk_session.c:812`

// TestNativeRecordsFailNothing checks that native records show neither failures nor attempts, and no
// session that a rate would include. A damaged record is skipped, whoever wrote it.
func TestNativeRecordsFailNothing(t *testing.T) {
	c := settled(scanned(t, []parse.Source{write(t, "log", []byte(nativeLog))}, Options{}))
	seen, failed, attempts := 0, int64(0), int64(0)
	for _, s := range sessionsIn(c, Filter{}) {
		if len(s.Buckets) > 0 {
			seen++
		}
		failed += failures(s)
		attempts += int64(len(s.Attempts))
	}
	if seen != 3 || failed != 1 || attempts != 1 {
		t.Errorf("got %d sessions, %d failures, %d attempts, want 3, 1, 1", seen, failed, attempts)
	}
}

// TestNativeRecordsAreCounted checks that the number of native records is part of the clean ones and
// the telemetry, and does not depend on who reads them.
func TestNativeRecordsAreCounted(t *testing.T) {
	want := Records{Classified: 1, Telemetry: 4, Clean: 4, Skipped: 1, Native: 5}
	const copies = 3000
	log := strings.Repeat(nativeLog+"\n", copies)
	check := func(who string, s *Source) {
		t.Helper()
		if got := s.Account.Records; got != (Records{Classified: copies * want.Classified, Telemetry: copies * want.Telemetry, Clean: copies * want.Clean, Skipped: copies * want.Skipped, Native: copies * want.Native}) {
			t.Errorf("%s: got %+v, want %d times %+v", who, got, copies, want)
		}
	}
	sources := []parse.Source{write(t, "log", []byte(log))}
	for _, jobs := range []int{1, 3} {
		options := Options{Jobs: jobs, Input: parse.Options{SectionSize: 1 << 20}}
		check(fmt.Sprint(jobs, " workers"), scanned(t, sources, options).Sources[0])
	}
	walked, err := Walk(sources, parse.Options{}, func(*Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	check("in order", walked[0])
}
