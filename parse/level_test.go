package parse

import (
	"testing"

	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/timestamp"
)

// TestLevels checks the level of records in every form that logs state it in.
func TestLevels(t *testing.T) {
	for _, test := range []struct {
		record string
		want   level.Level
	}{
		// Fields of JSON.
		{`{"level":"error","message":"x"}`, level.Warning},
		{`{"level":"WARN","message":"x"}`, level.Warning},
		{`{"level":"info","message":"x"}`, level.BelowWarning},
		{`{"message":"x","level":"Debug"}`, level.BelowWarning},
		{`{"level":50,"msg":"x"}`, level.Warning},
		{`{"level":40,"msg":"x"}`, level.Warning},
		{`{"level":30,"msg":"x"}`, level.BelowWarning},
		{`{"version":"1.1","level":3,"short_message":"x"}`, level.Warning},
		{`{"version":"1.1","level":6,"short_message":"x"}`, level.BelowWarning},
		{`{"level":8}`, level.Unknown},
		{`{"level":200}`, level.Unknown},
		{`{"level":200,"level_name":"INFO"}`, level.BelowWarning},
		{`{"level":"high"}`, level.Unknown},
		{`{"level":"","status":"error"}`, level.Warning},
		{`{"severityText":"Error"}`, level.Warning},
		{`{"severityNumber":13}`, level.Warning},
		{`{"severityNumber":9,"body":"x"}`, level.BelowWarning},
		{`{"severityNumber":0}`, level.Unknown},
		{`{"severity":"NOTICE"}`, level.BelowWarning},
		{`{"levelname":"CRITICAL"}`, level.Warning},
		{`{"lvl":"err"}`, level.Warning},
		{`{"log.level":"fatal"}`, level.Warning},
		{`{"loglevel":"Information"}`, level.BelowWarning},
		{`{"@l":"Warning"}`, level.Warning},
		{`{"PRIORITY":"3","MESSAGE":"x"}`, level.Warning},
		{`{"PRIORITY":"6","MESSAGE":"x"}`, level.BelowWarning},
		{`{"priority":4}`, level.Warning},
		{`{"priority":40}`, level.Unknown},
		{`{"priority":"high"}`, level.Unknown},
		{`{"status":"warn"}`, level.Warning},
		{`{"status":200}`, level.Unknown},
		{`{"status":"3"}`, level.Unknown},
		{`{"status":"ok"}`, level.Unknown},
		{`{"level":null}`, level.Unknown},
		// The record precedes its wrapper, and the outer field the inner one.
		{`{"status":"info","message":"{\"level\":\"error\",\"msg\":\"x\"}"}`, level.Warning},
		{`{"message":"{\"level\":\"error\",\"msg\":\"x\"}","status":"info"}`, level.Warning},
		{`{"user":{"level":"info"},"level":"error"}`, level.Warning},
		{`{"level":"error","user":{"level":"info"}}`, level.Warning},
		{`[{"level":"error"},`, level.Warning},
		{`2026-11-23T10:44:25Z {"level":"error"}`, level.Warning},
		// Text in JSON without a level.
		{`{"log":"2026-11-23T10:44:25Z ERROR x\n","stream":"stderr"}`, level.Warning},
		{`{"log":"2026-11-23T10:44:25Z\tINFO\tx\n","stream":"stderr"}`, level.BelowWarning},
		{`{"message":"OpenTok:Session:error OT_X: y +0ms"}`, level.Warning},
		{`{"message":"%cOpenTok:Session:warn %cx%c +0ms"}`, level.Warning},
		{`{"message":"INFO x","level":"error"}`, level.Warning},

		// The SDK's loggers.
		{`OpenTok:Session:error OT_TIMEOUT: x +0ms`, level.Warning},
		{`%cOpenTok:Session:error %cOT_X: msg%c +12ms`, level.Warning},
		{`OpenTok:RumorSocket:3:error x`, level.Warning},
		{`OpenTok:Publisher:warn x`, level.Warning},
		{`OpenTok:Publisher:debug ERROR`, level.BelowWarning},
		{`OpenTok:Publisher:log x`, level.BelowWarning},
		{`OpenTok:Publisher:spam x`, level.BelowWarning},
		{`opentok.js:36032 OpenTok:Session:error OT_X`, level.Warning},
		{`10:44:25.972 OpenTok:Session:info x`, level.BelowWarning},
		{`  OpenTok:`, level.Unknown},
		{`OpenTok:Session`, level.Unknown},
		// Lines.
		{`[ERROR] x`, level.Warning},
		{`[Error] x`, level.Warning},
		{`[info] x`, level.BelowWarning},
		{`ERROR x`, level.Warning},
		{`ERROR`, level.Warning},
		{`WARN  x`, level.Warning},
		{` LOG  x`, level.BelowWarning},
		{`error: x`, level.Warning},
		{`ERROR:root:x`, level.Warning},
		{`2026-11-23T10:44:25.972Z ERROR x`, level.Warning},
		{`2026-11-23T10:44:25.972Z error x`, level.Warning},
		{`2026-11-23 10:44:25,972 - root - ERROR - x`, level.Warning},
		{`2026-11-23 10:44:25.972 [http-nio-8080-exec-1] INFO com.x.Y - ERROR`, level.BelowWarning},
		{`[2026-11-23T10:44:25.972] [WARN] default - x`, level.Warning},
		{`[2026-11-23 10:44:25,972: INFO/MainProcess] x`, level.BelowWarning},
		{`2026-11-23T10:44:25.972Z	DEBUG	x`, level.BelowWarning},
		{`2026/11/23 10:44:25 ERROR x`, level.Warning},
		{`Nov 23 10:44:25 host app[123]: ERROR x`, level.Warning},
		{`E, [2026-11-23T10:44:25.972 #123] ERROR -- : x`, level.Warning},
		{`10:44AM ERR x`, level.Warning},
		{`time="2026-11-23T10:44:25Z" level=error msg="x"`, level.Warning},
		{`level=info msg="ERROR"`, level.BelowWarning},
		{`time=2026-11-23T10:44:25Z level=WARN msg=x`, level.Warning},
		{"\x1b[31merror\x1b[39m: x", level.Warning},
		{"2026-11-23T10:44:25Z \x1b[32mINFO\x1b[0m x", level.BelowWarning},
		{`<11>1 2026-11-23T10:44:25Z host app 1 - - x`, level.Warning},
		{`<14>Nov 23 10:44:25 host app: x`, level.BelowWarning},
		{`E1123 10:44:25.123456 1 x.go:1] x`, level.Warning},
		{`I1123 10:44:25.123456 1 x.go:1] x`, level.BelowWarning},
		{`11-23 10:44:25.003  1234  5678 E ReactNativeJS: x`, level.Warning},
		{`11-23 10:44:25.003  1234  5678 D ReactNativeJS: x`, level.BelowWarning},
		// A word in a sentence is not a level.
		{`10:44:25 room 5 of 7 D joined`, level.Unknown},
		{`<html> x`, level.Unknown},
		{`<1234> x`, level.Unknown},
		{`D1 joined`, level.Unknown},
		{`There was an error publishing`, level.Unknown},
		{`2026-11-23T10:44:25Z There was an error`, level.Unknown},
		{`10:44:25 log in`, level.Unknown},
		{`error publishing`, level.Unknown},
		{`retry 3 error codes`, level.Unknown},
		{`type=error x`, level.Unknown},
		{`a user with no trouble at all, INFO`, level.Unknown},
		{`OT_ERROR x`, level.Unknown},
		{`ERRORS x`, level.Unknown},
		{`joined`, level.Unknown},
		{``, level.Unknown},
	} {
		for n := range test.record {
			level.Lead([]byte(test.record[:n])) // must not panic
		}
		for _, full := range []bool{false, true} {
			var d Decoder
			d.SetTimes(timestamp.Times{})
			d.decode([]byte(test.record), formatOf("console"), full)
			if d.event.Level != test.want {
				t.Errorf("%q, in full %v: level %d, want %d", test.record, full, d.event.Level, test.want)
			}
		}
	}
}

// TestBlank checks which records hold nothing.
func TestBlank(t *testing.T) {
	for record, want := range map[string]bool{"": true, " \t": true, "\r": true, "[": true, "]": true, "],": true, ",": true, "{}": false, "x": false, "[]": false, "-": false} {
		var d Decoder
		d.decode([]byte(record), formatOf("console"), false)
		if d.event.Blank != want {
			t.Errorf("%q: %v", record, d.event.Blank)
		}
	}
}
