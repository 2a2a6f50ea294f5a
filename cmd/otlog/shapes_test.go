package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse"
)

var updateShapes = flag.Bool("update-shapes", false, "write testdata/shapes anew, from events.jsonl and telemetry.jsonl")

const shapes = "../../testdata/shapes/"

// A logged is one event of events.jsonl.
type logged struct {
	Timestamp, Level, Message, File string
	SessionID                       string `json:"sessionId"`
	line                            []byte
}

func (e *logged) time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, e.Timestamp)
	if err != nil {
		panic(err)
	}
	return t
}

func readEvents(t *testing.T) []logged {
	t.Helper()
	var events []logged
	for _, line := range shapeLines(t, "events.jsonl") {
		e := logged{line: line}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func shapeLines(t *testing.T, name string) [][]byte {
	t.Helper()
	data, err := os.ReadFile(shapes + name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

type object = map[string]any

// oneLine writes a value as JSON on one line.
func oneLine(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// pretty writes JSON on many lines.
func pretty(v string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(v), "", "  "); err != nil {
		panic(err)
	}
	return b.String()
}

// bySession divides events by session, in the order of their first events.
func bySession(events []logged) [][]logged {
	var parts [][]logged
	index := map[string]int{}
	for _, e := range events {
		i, ok := index[e.SessionID]
		if !ok {
			i = len(parts)
			index[e.SessionID] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], e)
	}
	return parts
}

// list returns a JSON array with one element per event.
func list(events []logged, of func(e *logged) any) string {
	var all []any
	for i := range events {
		all = append(all, of(&events[i]))
	}
	return oneLine(all)
}

// in returns one document per session.
func in(events []logged, separator string, of func(session []logged) any) string {
	var b strings.Builder
	for _, s := range bySession(events) {
		b.WriteString(oneLine(of(s)) + separator)
	}
	return b.String()
}

func joinLines(events []logged, separator string) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, string(e.line))
	}
	return strings.Join(lines, separator)
}

// tabled writes events as a table.
func tabled(events []logged, delimiter rune, crlf bool, header ...string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = delimiter, crlf
	rows := [][]string{header}
	for _, e := range events {
		rows = append(rows, []string{e.Timestamp, "web-0", e.SessionID, e.Message})
	}
	if err := w.WriteAll(rows); err != nil {
		panic(err)
	}
	return b.String()
}

// pieces cuts a line like container runtimes, but into smaller pieces.
func pieces(line string) []string {
	const length = 200
	var out []string
	for len(line) > length {
		out = append(out, line[:length])
		line = line[length:]
	}
	return append(out, line)
}

// eventShapes are the shapes of events.jsonl: the name of the file, and the format that otlog
// detects.
var eventShapes = []struct {
	file, format string
	write        func(events []logged) string
}{
	{"array-pretty.json", "json", func(e []logged) string { return pretty("[" + joinLines(e, ",") + "]\n") }},
	{"array-on-one-line.json", "json", func(e []logged) string { return "[" + joinLines(e, ", ") + "]" }},
	{"array-of-lines.json", "json", func(e []logged) string { return "[\n" + joinLines(e, ",\n") + "\n]\n" }},
	{"objects-pretty.json", "json", func(e []logged) string {
		var b strings.Builder
		for _, e := range e {
			b.WriteString(pretty(string(e.line)) + "\n")
		}
		return b.String()
	}},
	{"objects-on-one-line.json", "json", func(e []logged) string { return joinLines(e, "") }},
	{"mixed.json", "json", func(e []logged) string {
		return "starting\n" + joinLines(e[:5], "\n") + "\n" + pretty("["+joinLines(e[5:20], ",")+"]") + "\nstill here\n    at x.js:1\n" + joinLines(e[20:], ",\n") + "\n"
	}},
	{"datadog.csv", "csv", func(e []logged) string { return tabled(e, ',', true, "Date", "Host", "Session ID", "Message") }},
	{"semicolons.csv", "csv", func(e []logged) string {
		return "\xef\xbb\xbfsep=;\r\n" + tabled(e, ';', true, "@timestamp", "@logStream", "sessionId", "@message")
	}},
	{"splunk.tsv", "tsv", func(e []logged) string { return tabled(e, '\t', false, "_time", "host", "session_id", "_raw") }},
	{"splunk.jsonl", "jsonl", func(e []logged) string {
		var b strings.Builder
		for _, e := range e {
			b.WriteString(oneLine(object{"preview": false, "result": object{"_time": e.Timestamp, "_raw": e.Message, "session_id": e.SessionID}}) + "\n")
		}
		return b.String()
	}},
	{"google-cloud.json", "json", func(e []logged) string {
		return pretty(list(e, func(e *logged) any {
			return object{"insertId": "x", "jsonPayload": json.RawMessage(e.line), "timestamp": e.Timestamp, "receiveTimestamp": "2026-11-24T00:00:00Z", "severity": "ERROR"}
		}))
	}},
	{"docker.log", "docker", func(e []logged) string {
		var b strings.Builder
		for i, e := range e {
			for _, p := range pieces(string(e.line) + "\n") {
				b.WriteString(oneLine(object{"log": p, "stream": "stderr", "time": e.Timestamp}) + "\n")
				if i%3 == 0 {
					b.WriteString(oneLine(object{"log": "GET /health 200\n", "stream": "stdout", "time": e.Timestamp}) + "\n")
				}
			}
		}
		return b.String()
	}},
	{"cri.log", "cri", func(e []logged) string {
		var b strings.Builder
		for _, e := range e {
			parts := pieces(string(e.line))
			for i, p := range parts {
				tag := "P"
				if i == len(parts)-1 {
					tag = "F"
				}
				fmt.Fprintf(&b, "%s stderr %s %s\n", e.Timestamp, tag, p)
			}
		}
		return b.String()
	}},
	{"journal.txt", "journal", func(e []logged) string {
		var b strings.Builder
		for i, e := range e {
			fmt.Fprintf(&b, "__CURSOR=s=%d\n__REALTIME_TIMESTAMP=%d\nSYSLOG_IDENTIFIER=node\n", i, e.time().UnixMicro())
			if i%2 == 0 && !bytes.Contains(e.line, []byte{'\n'}) {
				fmt.Fprintf(&b, "MESSAGE=%s\n\n", e.line)
				continue
			}
			b.WriteString("MESSAGE\n")
			b.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(e.line))))
			fmt.Fprintf(&b, "%s\n\n", e.line)
		}
		return b.String()
	}},
	{"cloudwatch-export.log", "console", func(e []logged) string {
		var b strings.Builder
		for _, e := range e {
			fmt.Fprintf(&b, "%s %s\n", e.Timestamp, e.line)
		}
		return b.String()
	}},
	{"cloudwatch-subscription.json", "cloudwatch", func(e []logged) string {
		return in(e, "", func(s []logged) any {
			return object{"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/web", "logStream": s[0].SessionID, "logEvents": json.RawMessage(list(s, func(e *logged) any {
				return object{"id": "1", "timestamp": e.time().UnixMilli(), "message": e.Message}
			}))}
		})
	}},
	{"cloudwatch-insights.json", "cloudwatch", func(e []logged) string {
		return pretty(oneLine(object{"status": "Complete", "results": json.RawMessage(list(e, func(e *logged) any {
			return []object{
				{"field": "@timestamp", "value": e.time().Format("2006-01-02 15:04:05.000")},
				{"field": "@message", "value": e.Message},
				{"field": "sessionId", "value": e.SessionID},
			}
		}))}))
	}},
	{"datadog.json", "datadog", func(e []logged) string {
		return oneLine(object{"meta": object{"status": "done"}, "data": json.RawMessage(list(e, func(e *logged) any {
			return object{"id": "A", "type": "log", "attributes": object{
				"timestamp": e.Timestamp, "message": e.Message, "status": "error", "attributes": object{"session_id": e.SessionID},
			}}
		}))})
	}},
	{"elasticsearch.json", "elasticsearch", func(e []logged) string {
		return oneLine(object{"took": 3, "hits": object{"total": object{"value": len(e)}, "hits": json.RawMessage(list(e, func(e *logged) any {
			return object{"_index": "web", "_id": "1", "_source": object{"@timestamp": e.Timestamp, "message": e.Message, "sessionId": e.SessionID}, "sort": []int64{e.time().UnixMilli()}}
		}))}})
	}},
	{"otlp.jsonl", "otlp", func(e []logged) string {
		return in(e, "\n", func(s []logged) any {
			attribute := func(key, value string) object {
				return object{"key": key, "value": object{"stringValue": value}}
			}
			return object{"resourceLogs": []object{{
				"resource": object{"attributes": []object{attribute("service.name", "web"), attribute("room", s[0].SessionID)}},
				"scopeLogs": []object{{"scope": object{"name": "console"}, "logRecords": json.RawMessage(list(s[1:], func(e *logged) any {
					return object{"timeUnixNano": fmt.Sprint(e.time().UnixNano()), "severityText": "ERROR", "body": object{"stringValue": e.Message}}
				}))}, {"logRecords": []object{{
					"timeUnixNano": "0", "observedTimeUnixNano": fmt.Sprint(s[0].time().UnixNano()), "body": object{"stringValue": s[0].Message}, "attributes": []object{attribute("session.id", s[0].SessionID)},
				}}}},
			}}}
		})
	}},
	{"sentry.json", "sentry", func(e []logged) string {
		return pretty("[" + strings.TrimSuffix(in(e, ",", func(s []logged) any {
			return object{"event_id": "fc6d8c0c43fc4630ad850ee518f1b9d0", "platform": "javascript", "user": object{"id": s[0].SessionID}, "breadcrumbs": object{
				"values": json.RawMessage(list(s, func(e *logged) any {
					return object{"timestamp": float64(e.time().UnixMilli()) / 1000, "category": "console", "level": e.Level, "message": e.Message, "data": object{"logger": "console"}}
				})),
			}}
		}), ",") + "]")
	}},
}

// telemetryShapes are the shapes of telemetry.jsonl.
var telemetryShapes = []struct {
	file, format string
	write        func(bodies [][]byte) string
}{
	{"telemetry-pretty.json", "json", func(bodies [][]byte) string {
		var b strings.Builder
		for _, body := range bodies {
			b.WriteString(pretty(string(body)) + "\n")
		}
		return b.String()
	}},
	{"requests.har", "har", func(bodies [][]byte) string { return requests(bodies, false) }},
	{"requests-base64.har", "har", func(bodies [][]byte) string { return requests(bodies, true) }},
}

// requests makes a HAR file of telemetry, with other requests in between, which otlog must not
// read.
func requests(bodies [][]byte, encoded bool) string {
	header := []object{{"name": "X-TB-TOKEN-AUTH", "value": "T1==cGFydG5lcl9pZD0"}}
	var entries []object
	for i, body := range bodies {
		data := object{"mimeType": "application/json", "text": string(body)}
		if encoded {
			data["text"], data["encoding"] = base64.StdEncoding.EncodeToString(body), "base64"
		}
		entries = append(entries, object{
			"startedDateTime": "2026-11-23T12:00:00.000Z",
			"request":         object{"method": "POST", "url": "https://hlg.tokbox.com/prod/logging/ClientEvent", "headers": header, "postData": data},
			"response":        object{"status": 200, "content": object{"size": 0, "text": "", "encoding": "base64"}},
		})
		if i%5 == 0 {
			entries = append(entries, object{
				"startedDateTime": "2026-11-23T12:00:00.000Z",
				"request":         object{"method": "GET", "url": "https://anvil.opentok.com/session/1_MX4?extended=true", "headers": header},
				"response":        object{"status": 500, "content": object{"mimeType": "application/json", "text": `[{"code":1500,"message":"OT_TIMEOUT"}]`}},
			})
		}
	}
	return oneLine(object{"log": object{"version": "1.2", "creator": object{"name": "OT_TIMEOUT"}, "entries": entries}})
}

// TestShapesAreWrittenFromOneFile checks that testdata/shapes is made of its two source files.
func TestShapesAreWrittenFromOneFile(t *testing.T) {
	check := func(file, want string) {
		t.Helper()
		if *updateShapes {
			if err := os.WriteFile(shapes+file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(shapes + file); err != nil || string(got) != want {
			t.Errorf("%s is not what is made of its source (%v): go test ./cmd/otlog -run Shapes -update-shapes", file, err)
		}
	}
	events := readEvents(t)
	for _, s := range eventShapes {
		check(s.file, s.write(events))
	}
	bodies := shapeLines(t, "telemetry.jsonl")
	for _, s := range telemetryShapes {
		check(s.file, s.write(bodies))
	}
}

// A shapeReport is the part of a report that is equal for each shape of the same events.
type shapeReport struct {
	Totals struct {
		Bytes, Lines, Sessions, Failures int64
		Records                          map[string]int64
	}
	Sources []struct {
		Format  string
		Damaged any
	}
	Errors  []any
	Methods []any
}

func shapeReportOf(t *testing.T, args ...string) shapeReport {
	t.Helper()
	var r shapeReport
	if err := json.NewDecoder(reportOf(t, "", append([]string{"--format", "json", "--window", "15m"}, args...))).Decode(&r); err != nil {
		t.Fatal(err)
	}
	for _, m := range r.Methods {
		// A shape may lack the levels, which show that the log holds errors only.
		if rate, ok := m.(map[string]any)["session_rate"].(map[string]any); ok {
			delete(rate, "of")
		}
	}
	return r
}

func TestShapesGiveTheSameFailures(t *testing.T) {
	check := func(t *testing.T, file, format string, want shapeReport, args ...string) {
		t.Helper()
		got := shapeReportOf(t, append(args, file)...)
		if got.Sources[0].Format != format {
			t.Errorf("format %s, want %s", got.Sources[0].Format, format)
		}
		if got.Totals.Failures != want.Totals.Failures || got.Totals.Sessions != want.Totals.Sessions || got.Totals.Records["skipped"] != 0 {
			t.Errorf("totals are %+v, want %+v", got.Totals, want.Totals)
		}
		if !reflect.DeepEqual(got.Errors, want.Errors) {
			t.Errorf("errors are %v,\nwant %v", oneLine(got.Errors), oneLine(want.Errors))
		}
		if !reflect.DeepEqual(got.Methods, want.Methods) {
			t.Errorf("methods are %v,\nwant %v", oneLine(got.Methods), oneLine(want.Methods))
		}
		info, err := os.Stat(file)
		if err != nil || got.Totals.Bytes != info.Size() {
			t.Errorf("%d bytes, %v", got.Totals.Bytes, err)
		}
	}
	want := shapeReportOf(t, shapes+"events.jsonl")
	if want.Totals.Failures < 8 {
		t.Fatalf("only %d failures", want.Totals.Failures)
	}
	for _, s := range eventShapes {
		t.Run(s.file, func(t *testing.T) {
			check(t, shapes+s.file, s.format, want)
			if s.format != "json" || s.file != "array-of-lines.json" {
				check(t, shapes+s.file, s.format, want, "--input-format", s.format)
			}
		})
	}
	want = shapeReportOf(t, shapes+"telemetry.jsonl")
	for _, s := range telemetryShapes {
		t.Run(s.file, func(t *testing.T) {
			check(t, shapes+s.file, s.format, want)
		})
	}
}

// TestSavedByBrowser reads a HAR file that a browser saved.
func TestSavedByBrowser(t *testing.T) {
	r := shapeReportOf(t, shapes+"saved-by-browser.har")
	if r.Totals.Failures != 1 || r.Totals.Records["classified"] != 1 || r.Sources[0].Format != "har" {
		t.Errorf("got %+v", r)
	}
}

// TestHeadersReachNoOutput checks that secrets in a HAR file are not printed.
func TestHeadersReachNoOutput(t *testing.T) {
	out := reportOf(t, "", []string{"events", shapes + "requests.har"}).(*bytes.Buffer).String()
	for _, secret := range []string{"cGFydG5lcl9pZD0", "TOKEN-AUTH", "anvil"} {
		if strings.Contains(out, secret) {
			t.Errorf("the output has %s", secret)
		}
	}
	if !strings.Contains(out, `"kind":"telemetry"`) {
		t.Error("there is no telemetry")
	}
}

// TestEveryFormatHasAnExample compares the list of formats, the documentation and the reader.
func TestEveryFormatHasAnExample(t *testing.T) {
	doc, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range parse.Formats {
		if !strings.Contains(string(doc), "| `"+f.Name+"` |") {
			t.Errorf("docs/formats.md has no row for %s", f.Name)
		}
		if _, ok := parse.FormatOf(f.Name); !ok || f.About == "" || f.Example == "" {
			t.Errorf("%s is %+v", f.Name, f)
		}
	}
	names, err := filepath.Glob(shapes + "*")
	if err != nil || len(names) < len(eventShapes)+len(telemetryShapes)+3 {
		t.Errorf("%d files in testdata/shapes, %v", len(names), err)
	}
}
