package parse

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/timestamp"
)

// read opens a text as a source and returns its input and its events, formatted.
func learned(t *testing.T, text string, fields field.Names) (*Input, []string) {
	t.Helper()
	f, err := Open(Source{Name: "x", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in, err := range f.Inputs(Options{Fields: fields}) {
		if err != nil {
			t.Fatal(err)
		}
		var d Decoder
		d.SetTimes(in.Times)
		var out []string
		for _, r := range in.Readers() {
			b := &Block{}
			for r.Next(b) == nil {
				for e := range d.Events(b, finding(always)) {
					if e == nil || e.Time == timestamp.NoTime && len(e.Session) == 0 {
						continue
					}
					at := "-"
					if e.Time != timestamp.NoTime {
						at = time.Unix(0, e.Time).UTC().Format("15:04:05.999")
					}
					out = append(out, fmt.Sprintf("%s %s %s", at, e.Session, e.Message))
				}
			}
		}
		return in, out
	}
	t.Fatal("no input")
	return nil, nil
}

// TestTimesUnderAnyName reads the records of platforms and loggers whose fields have names of their
// own.
func TestTimesUnderAnyName(t *testing.T) {
	for name, test := range map[string]struct{ key, first, second string }{
		"journald":                 {"", `{"__REALTIME_TIMESTAMP":"1795430665959000","__MONOTONIC_TIMESTAMP":"5000000","MESSAGE":"a"}`, `{"__REALTIME_TIMESTAMP":"1795430671213000","__MONOTONIC_TIMESTAMP":"5000001","MESSAGE":"b"}`},
		"Azure":                    {"TimeGenerated", `{"TimeGenerated":"2026-11-23T10:44:25.959Z","LogMessage":"a"}`, `{"TimeGenerated":"2026-11-23T10:44:31.213Z","LogMessage":"b"}`},
		"Vercel":                   {"timestampInMs", `{"id":"1","timestampInMs":1795430665959,"message":"a"}`, `{"id":"2","timestampInMs":1795430671213,"message":"b"}`},
		"Serilog":                  {"@t", `{"@t":"2026-11-23T10:44:25.9590000Z","@mt":"a"}`, `{"@t":"2026-11-23T10:44:31.2130000Z","@mt":"b"}`},
		"Serilog's other":          {"Timestamp", `{"Timestamp":"2026-11-23T10:44:25.959+00:00","RenderedMessage":"a"}`, `{"Timestamp":"2026-11-23T10:44:31.213+00:00","RenderedMessage":"b"}`},
		"log4j2":                   {"epochSecond", `{"instant":{"epochSecond":1795430665,"nanoOfSecond":959000000},"message":"a"}`, `{"instant":{"epochSecond":1795430671,"nanoOfSecond":213000000},"message":"b"}`},
		"Better Stack":             {"dt", `{"dt":"2026-11-23T10:44:25.959Z","message":"a"}`, `{"dt":"2026-11-23T10:44:31.213Z","message":"b"}`},
		"Papertrail":               {"generated_at", `{"id":7711561783320576,"generated_at":"2026-11-23T10:44:25.959Z","message":"a"}`, `{"id":7711561783320577,"generated_at":"2026-11-23T10:44:31.213Z","message":"b"}`},
		"Snowflake":                {"CREATED_AT", `{"CREATED_AT":"2026-11-23 10:44:25.959","RECORD":"a"}`, `{"CREATED_AT":"2026-11-23 10:44:31.213","RECORD":"b"}`},
		"newest first":             {"made", `{"made":"2026-11-23 10:44:25.959","text":"a"}`, `{"made":"2026-11-23 10:44:31.213","text":"b"}`},
		"a name that says nothing": {"x", `{"n":1795430665,"x":"2026-11-23 10:44:25.959"}`, `{"n":3,"x":"2026-11-23 10:44:31.213"}`},
		"below other keys":         {"at", `{"meta":{"at":"2026-11-23 10:44:25.959"},"pid":1234567890}`, `{"meta":{"at":"2026-11-23 10:44:31.213"},"pid":1234567890}`},
		"month first":              {"When", `{"When":"11/23/2026, 10:44:25.959 AM"}`, `{"When":"11/23/2026, 10:44:31.213 AM"}`},
		"day first":                {"When", `{"When":"23.11.2026 10:44:25.959"}`, `{"When":"23.11.2026 10:44:31.213"}`},
	} {
		text := test.first + "\n" + test.second + "\n"
		if name == "newest first" {
			text = test.second + "\n" + test.first + "\n"
		}
		in, events := learned(t, text, field.Names{})
		if in.Learned.Time != test.key {
			t.Errorf("%s: the time is %q, want %q", name, in.Learned.Time, test.key)
		}
		got := strings.Join(events, ", ")
		if !strings.Contains(got, "10:44:25.959 ") || !strings.Contains(got, "10:44:31.213 ") {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// TestNumbersThatAreNoTime checks that identifiers and durations are not read as times.
func TestNumbersThatAreNoTime(t *testing.T) {
	for _, text := range []string{
		`{"pid":1795430665,"m":"a"}` + "\n" + `{"pid":1795430665,"m":"b"}`,
		`{"user":1795430699,"m":"a"}` + "\n" + `{"user":1795430665,"m":"b"}` + "\n" + `{"user":1795430680,"m":"b"}`,
		`{"at":12,"m":"a"}` + "\n" + `{"at":15,"m":"b"}`,
		`{"expires":"2199-01-01T00:00:00Z","m":"a"}`,
	} {
		if in, events := learned(t, text+"\n", field.Names{}); in.Learned.Time != "" || len(events) > 0 {
			t.Errorf("%s: %q is read as the time: %q", text, in.Learned.Time, events)
		}
	}
}

// TestGivenFields reads fields that the user names.
func TestGivenFields(t *testing.T) {
	for _, test := range []struct {
		name, text string
		fields     field.Names
		want       string
	}{
		{"a time before one that is known", `{"timestamp":"2026-11-23T11:00:00Z","made":"2026-11-23T10:44:25Z"}`, field.Names{Time: "made"}, "10:44:25  "},
		{"the client's own time before one that is given", `{"made":"2026-11-23T10:44:25Z","action":"Connect","variation":"Attempt","clientSystemTime":1795431600000}`, field.Names{Time: "made"}, "11:00:00  "},
		{"a path", `{"meta":{"at":"2026-11-23T10:44:25Z"},"at":"2026-11-23T11:00:00Z"}`, field.Names{Time: "meta.at"}, "10:44:25  "},
		{"a key with a dot", `{"meta.at":"2026-11-23T10:44:25Z","at":"2026-11-23T11:00:00Z"}`, field.Names{Time: "meta.at"}, "10:44:25  "},
		{"a session", `{"userId":"u1","message":"x"}`, field.Names{Session: "userId"}, "- u1 x"},
		{"a session that is a number", `{"user":{"id":42},"message":"x"}`, field.Names{Session: "user.id"}, "- 42 x"},
		{"a session before an OpenTok ID", `{"message":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A","room":"r"}`, field.Names{Session: "room"}, "- r 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A"},
		{"a session beside a known one", `{"sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A","room":"r"}`, field.Names{Session: "room"}, "- r "},
		{"telemetry's own session", `{"room":"r","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A","action":"Connect","variation":"Attempt","clientSystemTime":1795431600000}`, field.Names{Session: "room"}, "11:00:00 1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A "},
		{"a session in a string", `{"log":"{\"room\":\"r\",\"msg\":\"x\"}\n","stream":"stdout"}`, field.Names{Session: "room"}, "- r x"},
		{"null", `{"room":null,"sessionId":"s"}`, field.Names{Session: "room"}, "- s "},
		{"a message", `{"message":"x","say":"y","userId":"u"}`, field.Names{Session: "userId", Message: "say"}, "- u y"},
		{"columns", "Made,Who,Say\n2026-11-23 10:44:25,u1,hello\n", field.Names{Time: "Made", Session: "Who", Message: "Say"}, "10:44:25 u1 hello"},
	} {
		_, events := learned(t, test.text+"\n", test.fields)
		if got := strings.Join(events, ", "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestTwoTimes checks when the time at the start of a text counts rather than that around it.
func TestTwoTimes(t *testing.T) {
	const client = "2026-11-23T10:00:%02d.000Z OT_TIMEOUT: too late"
	for _, test := range []struct {
		name string
		line func(i int) string
		want bool
	}{
		{"a burst", func(i int) string {
			return fmt.Sprintf(`{"timestamp":%d,"message":"`+client+`"}`, 1795597200000+i, 5*i)
		}, true},
		{"always the same", func(i int) string { return fmt.Sprintf(`{"timestamp":1795597200000,"message":"`+client+`"}`, i) }, true},
		{"a slow shipper", func(i int) string {
			return fmt.Sprintf(`{"log":"`+client+`","time":"2026-11-23T10:%02d:00Z"}`, i, i)
		}, true},
		{"the same way", func(i int) string {
			return fmt.Sprintf(`{"timestamp":"2026-11-23T10:00:%02d.9Z","message":"`+client+`"}`, i+1, i)
		}, false},
		{"another zone", func(i int) string {
			return fmt.Sprintf(`{"timestamp":"2026-11-23T12:00:%02dZ","message":"`+client+`"}`, i, i)
		}, false},
		{"a text without a zone", func(i int) string {
			return fmt.Sprintf(`{"timestamp":%d,"message":"2026-11-23 10:00:%02d OT_TIMEOUT: too late"}`, 1795597200000+i, 5*i)
		}, false},
		{"a time that is no start", func(i int) string {
			return fmt.Sprintf(`{"timestamp":%d,"message":"until 2026-11-23T10:00:%02dZ free"}`, 1795597200000+i, 5*i)
		}, false},
	} {
		var log strings.Builder
		for i := range 10 {
			log.WriteString(test.line(i) + "\n")
		}
		in := &Input{Format: jsonl}
		if in.learn([]byte(log.String()), true, field.Names{}); in.Format.leads != test.want {
			t.Errorf("%s: the time in the text counts: %t, want %t", test.name, in.Format.leads, test.want)
		}
	}
}
