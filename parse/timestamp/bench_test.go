package timestamp

import "testing"

func BenchmarkClock(b *testing.B) {
	for _, test := range []struct{ name, text string }{
		{"rfc3339", "2026-11-23T10:44:25.972Z"},
		{"offset", "2026-11-23T10:44:25.972+01:00"},
		{"log4j", "2026-11-23 10:44:25,972"},
		{"seconds", "1795430665.927"},
		{"milliseconds", "1795430665927"},
		{"nanoseconds", "1795430665927000000"},
		{"none", "yesterday"},
	} {
		b.Run(test.name, func(b *testing.B) {
			var c Clock
			text := []byte(test.text)
			b.ReportAllocs()
			for b.Loop() {
				c.Value(text)
			}
		})
	}
}

func BenchmarkLine(b *testing.B) {
	for _, test := range []struct{ name, line string }{
		{"rfc3339", "2026-11-23T10:44:25.972Z opentok.js:36031 OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired"},
		{"bracket", "[2026-11-23T10:44:25.972Z] opentok.js:36031 OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired"},
		{"log4j", "2026-11-23 10:44:25,972 ERROR opentok.js:36031 OpenTok:Session:error OT_AUTHENTICATION_ERROR: Token expired"},
		{"ofday", "11:23:15.271 opentok.js:36032 OpenTok:Session:error OT_AUTHENTICATION_ERROR: API Key is undefined. +0ms"},
		{"sdk", "OpenTok:Session:error OT_AUTHENTICATION_ERROR: API Key is undefined. +0ms and more of it to make it long, say a hundred bytes"},
		{"text", "connecting to the room as alice, with two devices and a camera that is not there"},
		{"syslog", "Nov 23 10:44:25 web-0 app[12]: OpenTok:Session:error OT_AUTHENTICATION_ERROR: API Key is undefined. +0ms"},
		{"access", `203.0.113.9 - - [23/Nov/2026:10:44:25 +0000] "GET / HTTP/1.1" 200 12`},
		{"level", "ERROR 2026-11-23T10:44:25.972Z OpenTok:Session:error OT_AUTHENTICATION_ERROR: API Key is undefined. +0ms"},
	} {
		b.Run(test.name, func(b *testing.B) {
			var c Clock
			line := []byte(test.line)
			b.ReportAllocs()
			for b.Loop() {
				c.Line(line)
			}
		})
	}
}
