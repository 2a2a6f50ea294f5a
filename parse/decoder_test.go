package parse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// These IDs are made up.
const (
	sessionOT      = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5ReDAweUwyWmJSdzh-Zmc-"
	sessionOther   = "2_MX40NjczNjcyMn5-MTU5MDA2OTUyMDg4Nn5hYmNkZWZnaGlqa2xtbm9-UH4"
	sessionUnified = "1_MX5hYmNkZWYwMS0yMzQ1LTY3ODktYWJjZC1lZjAxMjM0NTY3ODl-fjE3NjM3MTAwMDAwMDB-"
)

func always([]byte) int { return 0 }
func never([]byte) int  { return -1 }

// finding returns a Finder that calls a function with the rest of a block.
func finding(next func([]byte) int) Finder { return &finder{next: next} }

// finder judges codes and names as classify does.
type finder struct {
	classify.Finder
	next func([]byte) int
	data []byte
}

func (f *finder) Reset(data []byte)           { f.data = data }
func (f *finder) Next(from int) int           { return offsetFrom(from, f.next(f.data[from:])) }
func (f *finder) Holds(text []byte) bool      { return f.next(text) >= 0 }
func (f *finder) HoldsValue(text []byte) bool { return f.next(text) >= 0 }

var (
	jsonl   = Format{Name: "jsonl"}
	console = Format{Name: "console", stacks: true}
)

// A record is a copy of what Events yields for one.
type record struct {
	Event
	session, text, name string
	streamID, idsOf     string
	client, connection  string
	telemetry           *Telemetry
	skipped             *SyntaxError
}

// idsOf joins the IDs of an event.
func idsOf(e *Event) string {
	return fmt.Sprintf("%s %s %s %s", e.Client, e.ConnectionID, e.StreamID, e.SubscriberID)
}

const noIDs = "   "

// decode returns the records of a source that fits into one block.
func decode(d *Decoder, data string, f Format, next func([]byte) int) []record {
	var out []record
	for e, skipped := range d.Events(&Block{Data: []byte(data), Format: f}, finding(next)) {
		if skipped != nil {
			out = append(out, record{skipped: skipped})
			continue
		}
		r := record{Event: *e, session: string(e.Session), text: string(e.Text), name: string(e.Name), streamID: string(e.StreamID), idsOf: idsOf(e), client: string(e.Client), connection: string(e.ConnectionID)}
		if t := e.Telemetry; t != nil {
			r.telemetry = &Telemetry{
				Action: bytes.Clone(t.Action), Variation: bytes.Clone(t.Variation), Reason: bytes.Clone(t.Reason),
				FailureReason: bytes.Clone(t.FailureReason), SDK: bytes.Clone(t.SDK), UserAgent: bytes.Clone(t.UserAgent),
				Native: t.Native,
			}
		}
		out = append(out, r)
	}
	return out
}

// one decodes a line in full and in part, and returns the record in full.
func one(t *testing.T, line string, f Format) record {
	t.Helper()
	full, light := decode(new(Decoder), line, f, always), decode(new(Decoder), line, f, never)
	if len(full) != 1 || len(light) != 1 {
		t.Fatalf("%q: %d records in full, %d in part", line, len(full), len(light))
	}
	sameInPart(t, full[0], light[0], line)
	return full[0]
}

// who joins the IDs that a record has however far it is decoded.
func who(r record) string {
	return fmt.Sprintf("%s, %s, %s", r.session, map[bool]string{true: "guid "}[r.GUID]+r.client, r.connection)
}

// sameInPart checks that a record which was not decoded in full has the same time, place,
// session, client and connection.
func sameInPart(t *testing.T, full, light record, source string) {
	t.Helper()
	if full.skipped != nil || light.skipped != nil {
		return
	}
	if full.Time != light.Time || full.OfDay != light.OfDay || full.Doubt != light.Doubt || who(full) != who(light) {
		t.Errorf("%q: in part it is at %d, %d of %q, in full at %d, %d of %q", source, light.Time, light.OfDay, who(light), full.Time, full.OfDay, who(full))
	}
	switch {
	case light.text == "" && light.Code == 0:
		if light.name != "" || light.streamID != "" || len(light.SubscriberID) > 0 || light.telemetry != nil {
			t.Errorf("%q: in part it has the name %q, IDs %q, but no text", source, light.name, light.idsOf)
		}
	case light.text != full.text || light.name != full.name || light.Code != full.Code || light.idsOf != full.idsOf:
		t.Errorf("%q: in part it is %q, name %q, code %d, IDs %q; in full %q, %q, %d, %q",
			source, light.text, light.name, light.Code, light.idsOf, full.text, full.name, full.Code, full.idsOf)
	}
}

func TestTimeOfAnObject(t *testing.T) {
	const want = "2026-11-02T10:44:25.959Z"
	tests := []struct{ name, line string }{
		{"timestamp", `{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"}`},
		{"@timestamp", `{"@timestamp":"2026-11-02T10:44:25.959Z","message":"x"}`},
		{"time, as a container writes it", `{"log":"x\n","stream":"stderr","time":"2026-11-02T10:44:25.959000000Z"}`},
		{"ts in milliseconds", `{"ts":1793616265959,"text":"x"}`},
		{"ts in seconds", `{"ts":1793616265.959,"text":"x"}`},
		{"date", `{"date":"2026-11-02T10:44:25.959Z","message":"x"}`},
		{"eventTime", `{"eventTime":"2026-11-02T10:44:25.959Z"}`},
		{"timeUnixNano, a number in a string", `{"timeUnixNano":"1793616265959000000","body":{"stringValue":"x"}}`},
		{"observedTimeUnixNano beside it", `{"observedTimeUnixNano":"1793616299000000000","timeUnixNano":"1793616265959000000"}`},
		{"timestamp beside receiveTimestamp", `{"receiveTimestamp":"2026-11-02T11:00:00Z","timestamp":"2026-11-02T10:44:25.959Z","textPayload":"x"}`},
		{"_time of a search", `{"preview":false,"result":{"_raw":"x","_time":"2026-11-02 10:44:25.959"}}`},
		{"space as json.dumps writes it", `{"timestamp": "2026-11-02T10:44:25.959Z", "level": "error"}`},
		{"space before the colon", `{ "ts" : 1793616265959 , "text" : "x" }`},
		{"an offset", `{"timestamp":"2026-11-02T11:44:25.959+01:00"}`},
		{"the outer of two", `{"payload":{"timestamp":"2020-01-01T00:00:00Z"},"timestamp":"2026-11-02T10:44:25.959Z"}`},
		{"the first of two", `{"timestamp":"2026-11-02T10:44:25.959Z","@timestamp":"2020-01-01T00:00:00Z"}`},
		{"the one that can be read", `{"timestamp":"yesterday","attributes":{"time":"2026-11-02T10:44:25.959Z"}}`},
		{"the only one, in an object in a string", `{"log":"{\"timestamp\":\"2026-11-02T10:44:25.959Z\",\"msg\":\"x\"}"}`},
		{"not one in a string if there is another", `{"log":"{\"timestamp\":\"2020-01-01T00:00:00Z\"}","attributes":{"a":[{"date":"2026-11-02T10:44:25.959Z"}]}}`},
		{"however deep that is", `{"log":"{\"ts\":1577836800000}","a":` + strings.Repeat("[", 200) + `{"ts":1793616265959}` + strings.Repeat("]", 200) + `}`},
		{"the client's own, before a log's", `{"clientSystemTime":1793616265959,"timestamp":"2026-11-02T10:45:00Z"}`},
		{"the client's own, after a log's", `{"timestamp":"2026-11-02T10:45:00Z","body":{"clientSystemTime":1793616265959}}`},
		{"the client's own, in a string", `{"ts":1793616300000,"body":"{\"clientSystemTime\":1793616265959}"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl).Time; got != at(t, want) {
				t.Errorf("%s: got %d, want %d", test.line, got, at(t, want))
			}
		})
	}
	for _, line := range []string{
		`{"message":"2026-11-02T10:44:25.959Z"}`,
		`{"duration":1793616265959}`,
		`{"timestamp":null,"port":1793616265959}`,
		`{"timestamp":{"value":1793616265959}}`,
		`{"timestamp":"10:44:25.959"}`,
		`{"timestamp":true}`,
		`{}`,
	} {
		if got := one(t, line, jsonl).Time; got != timestamp.NoTime {
			t.Errorf("%s: got %d, want no time", line, got)
		}
	}
}

func TestSessionOfAnObject(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"by key", `{"sessionId":"` + sessionOT + `","message":"x"}`, sessionOT},
		{"by another spelling of the key", `{"session_id": "` + sessionOT + `"}`, sessionOT},
		{"by a key below", `{"attributes":{"opentok_session_id":"` + sessionOT + `"}}`, sessionOT},
		{"by the key session", `{"session":"` + sessionOT + `"}`, sessionOT},
		{"by its form in a text", `{"message":"joined ` + sessionOT + `"}`, sessionOT},
		{"by its form after an escape", `{"message":"joined\n` + sessionOT + `\n"}`, sessionOT},
		{"by its form in a URL", `{"source":"https://anvil.opentok.com/session/` + sessionOT + `?extended=true"}`, sessionOT},
		{"in an object in a string", `{"body":"{\"sessionId\":\"` + sessionOT + `\"}"}`, sessionOT},
		{"the key before a text", `{"message":"was in ` + sessionOther + `","sessionId":"` + sessionOT + `"}`, sessionOT},
		{"a better key before another", `{"session":"` + sessionOther + `","sessionId":"` + sessionOT + `"}`, sessionOT},
		{"a session of another kind", `{"session_id":"b3c8f2a0-11","message":"x"}`, "b3c8f2a0-11"},
		{"an OpenTok one before another kind", `{"session_id":"b3c8f2a0-11","attributes":{"sessionId":"` + sessionOT + `"}}`, sessionOT},
		{"a text before another kind", `{"session_id":"b3c8f2a0-11","message":"in ` + sessionOT + `"}`, sessionOT},
		{"the key session for something else", `{"session":"b3c8f2a0-11"}`, ""},
		{"the key without a value", `{"sessionId":"","message":"x"}`, ""},
		{"the key with a number", `{"sessionId":17}`, ""},
		{"none", `{"message":"x"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl).session; got != test.want {
				t.Errorf("%s: got %q, want %q", test.line, got, test.want)
			}
		})
	}
}

func TestNameOfAnObject(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"name", `{"name":"OT_TIMEOUT","code":1500}`, "OT_TIMEOUT"},
		{"error.name", `{"error":{"name":"OT_TIMEOUT","message":"x"}}`, "OT_TIMEOUT"},
		{"failureName", `{"action":"Connect","failureName":"OT_CONNECT_FAILED"}`, "OT_CONNECT_FAILED"},
		{"failureName before a name", `{"name":"OT_TIMEOUT","failureName":"OT_CONNECT_FAILED"}`, "OT_CONNECT_FAILED"},
		{"the first of two", `{"name":"OT_TIMEOUT","cause":{"name":"OT_CONNECT_FAILED"}}`, "OT_TIMEOUT"},
		{"an OT_ name before a constant of the application", `{"name":"VIDEO_ROOM","error":{"name":"OT_TIMEOUT"}}`, "OT_TIMEOUT"},
		{"even in failureName", `{"failureName":"VIDEO_ROOM","error":{"name":"OT_TIMEOUT"}}`, "OT_TIMEOUT"},
		{"one without OT_", `{"error":{"name":"PROXY_URL_ALREADY_SET_ERROR"}}`, "PROXY_URL_ALREADY_SET_ERROR"},
		{"in an object in a string", `{"log":"{\"error\":{\"name\":\"OT_TIMEOUT\"}}"}`, "OT_TIMEOUT"},
		{"an application's name", `{"name":"video-room","msg":"x"}`, ""},
		{"a DOM error's name", `{"error":{"name":"NotAllowedError"}}`, ""},
		{"a name in a text", `{"message":"OT_TIMEOUT"}`, ""},
		{"a name and more", `{"name":"OT_TIMEOUT: x"}`, ""},
		{"flat, with a dot", `{"error.name":"OT_TIMEOUT","error.message":"x"}`, "OT_TIMEOUT"},
		{"a name's key without value", `{"name":null,"message":"OT_TIMEOUT"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl).name; got != test.want {
				t.Errorf("%s: got %q, want %q", test.line, got, test.want)
			}
		})
	}
}

func TestCodeOfAnObject(t *testing.T) {
	const telemetry = `"clientSystemTime":1793616265959,"action":"Publish","variation":"Failure"`
	tests := []struct {
		name, line string
		want       int32
	}{
		{"code", `{"code":1500}`, 1500},
		{"a string of digits", `{"code":"1500"}`, 1500},
		{"other spellings", `{"errorCode":1500}`, 1500},
		{"with an underscore", `{"error_code": 1500 }`, 1500},
		{"in an error", `{"level":"error","error":{"code":1500}}`, 1500},
		{"flat, with a dot", `{"error.name":"OT_TIMEOUT","error.code":1500}`, 1500},
		{"beside the name", `{"code":1006,"error":{"name":"OT_TIMEOUT","code":1500}}`, 1500},
		{"before the name", `{"code":1006,"error":{"code":1500,"x":{"code":1},"name":"OT_TIMEOUT"}}`, 1500},
		{"beside the name that is taken", `{"name":"VIDEO_ROOM","code":7,"error":{"name":"OT_TIMEOUT","code":1500}}`, 1500},
		{"a small one beside the name", `{"a":{"code":1500},"b":{"name":"OT_NOT_CONNECTED","code":500}}`, 500},
		{"not one after the name's object", `{"a":{"name":"OT_TIMEOUT"},"b":{"code":1006},"code":1500}`, 1500},
		{"the outer one", `{"a":{"code":1006},"code":1500}`, 1500},
		{"the first one", `{"a":[{"code":1500},{"code":1006}]}`, 1500},
		{"a likely one before another", `{"code":200,"error":{"code":1500}}`, 1500},
		{"an unlikely one if there is no other", `{"code":200}`, 200},
		{"in a string", `{"log":"{\"msg\":\"x\",\"code\":1500}\n"}`, 1500},
		{"in a string in a string", `{"log":"{\"a\":\"{\\\"code\\\":1500}\"}"}`, 1500},
		{"in a string, before the name", `{"code":1006,"log":"{\"code\":1500,\"name\":\"OT_TIMEOUT\"}"}`, 1500},
		{"failureCode", `{` + telemetry + `,"failureCode":1500}`, 1500},
		{"failureCode before others", `{"code":1006,` + telemetry + `,"payload":{"code":1006,"originalCode":403},"failureCode":"1500"}`, 1500},
		{"no other one in telemetry", `{"code":1006,` + telemetry + `,"payload":{"code":1006,"originalCode":403}}`, 0},

		{"no number", `{"code":"E1500"}`, 0},
		{"a fraction", `{"code":1500.5}`, 0},
		{"a negative number", `{"code":-1500}`, 0},
		{"a long number", `{"code":15000000}`, 0},
		{"another key", `{"originalCode":1500,"encode":1500}`, 0},
		{"a code in a text", `{"message":"code: 1500"}`, 0},
		{"null", `{"code":null,"port":1500}`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl); got.Code != test.want || got.Cut != "" {
				t.Errorf("%s: got %d, want %d", test.line, got.Code, test.want)
			}
		})
	}
}

func TestObjectsThatMayStateACodeAreDecodedInFull(t *testing.T) {
	for _, line := range []string{
		`{"msg":"publish failed","code":1500}`,
		`{"msg":"publish failed","err":{"code":"1500"}}`,
		`{"msg":"publish failed","error.code":1500}`,
		`{"msg":"Error: token expired (1004)"}`,
		`{"log":"Error: token expired (1004)\n","stream":"stderr"}`,
		`{"log":"{\"code\":1500}\n"}`,
		`{"log":"call failed {\"errorCode\": \"1500\"}"}`,
		`{"log":"{\"a\":\"{\\\"code\\\":1500}\"}"}`,
		`{"msg":"publish failed","code":1500,"cut":"`,
	} {
		light := decode(new(Decoder), line, jsonl, never)[0]
		if light.skipped != nil || light.text == "" && light.Code == 0 {
			t.Errorf("%s: not decoded in full", line)
		}
		one(t, line, jsonl)
	}
	// With the stack lines after the object, too.
	one(t, `{"msg":"publish failed","code":1500}`+"\n    at f (app.js:1:2)", console)
	for _, line := range []string{
		`{"msg":"x","code":404}`,
		`{"msg":"x","port":1500}`,
		`{"msg":"x","code":15000}`,
		`{"msg":"took (12345)"}`,
		`{"msg":"(1004)"}`,
		`{"msg":"token expired (1004), sorry"}`,
		`{"log":"{\"code\":200}\n"}`,
		`{"log":"{\"node\":\"x\"}\n"}`,
	} {
		if light := decode(new(Decoder), line, jsonl, never)[0]; light.text != "" {
			t.Errorf("%s: decoded in full", line)
		}
	}
}

func TestIDs(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"all", `{"clientInstanceId":"c","connectionId":"d","streamId":"s","subscriberId":"u"}`, "c d s u"},
		{"guid of old versions", `{"guid":"g","streamId":"s"}`, "g  s "},
		{"the better of two", `{"guid":"g","clientInstanceId":"c"}`, "c   "},
		{"below", `{"context":{"connectionId":"d"},"error":{"name":"OT_TIMEOUT","code":1500}}`, " d  "},
		{"in a string", `{"body":"{\"connectionId\":\"d\"}"}`, " d  "},
		{"the first that is not empty", `{"streamId":"","connectionId":null,"a":{"streamId":"s","connectionId":"d"},"b":{"streamId":"t"}}`, " d s "},
		{"none", `{"id":"x"}`, noIDs},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl).idsOf; got != test.want {
				t.Errorf("%s: got %q, want %q", test.line, got, test.want)
			}
		})
	}
}

// TestWhoWasThere checks who is shown by a record without evidence. one checks that the record
// shows the same when it is decoded in full.
func TestWhoWasThere(t *testing.T) {
	const a, b = sessionOT, sessionOther
	const event = `"clientSystemTime":1793616265959,"action":"Connect","variation":"Attempt"`
	tests := []struct{ name, line, want string }{
		{"a connection", `{"connectionId":"c","message":"hello"}`, ", , c"},
		{"a client", `{"clientInstanceId":"k","message":"hello"}`, ", k, "},
		{"a guid", `{"guid":"g","message":"hello"}`, ", guid g, "},
		{"with spaces, below another key", `{"context": {"connection_id": "c"}, "message": "hello"}`, ", , c"},
		{"a session and a connection", `{"sessionId":"` + a + `","connectionId":"c","message":"hello"}`, a + ", , c"},
		{"in a string, as Docker writes it", `{"log":"{\"connectionId\":\"c\",\"clientInstanceId\":\"k\",\"msg\":\"hello\"}\n","time":"2026-11-23T11:23:15Z"}`, ", k, c"},
		{"in a string after white space", `{"log":"\n\t {\"connectionId\":\"c\"}"}`, ", , c"},
		{"in a string with Unicode escapes", `{"log":"\u007b\u0022connectionId\u0022:\u0022c\u0022}"}`, ", , c"},
		{"in a string in a string", `{"a":"{\"b\":\"{\\\"connectionId\\\":\\\"c\\\"}\"}"}`, ", , c"},
		{"in the second of two strings", `{"a":"{\"x\":\"y\"}","b":"{\"connectionId\":\"c\"}"}`, ", , c"},
		{"with escapes", `{"connectionId":"c\u002f1"}`, ", , c/1"},
		{"no value", `{"connectionId":"","clientInstanceId":"null","guid":"undefined","sessionId":" "}`, ", , "},
		{"the name of a key in a text", `{"message":"connectionId c"}`, ", , "},

		{"its own session before its wrapper's", `{"sessionId":"` + a + `","body":"{\"sessionId\":\"` + b + `\"}"}`, b + ", , "},
		{"in any order", `{"body":"{\"sessionId\":\"` + b + `\"}","sessionId":"` + a + `"}`, b + ", , "},
		{"a better key of the wrapper", `{"sessionId":"` + a + `","body":"{\"session\":\"` + b + `\"}"}`, b + ", , "},
		{"the wrapper's if it has none", `{"sessionId":"` + a + `","connectionId":"c","body":"{\"msg\":\"hello\"}"}`, a + ", , c"},
		{"the wrapper's before one in a text", `{"sessionId":"` + a + `","body":"{\"msg\":\"not ` + b + `\"}"}`, a + ", , "},
		{"the wrapper's before one of another kind", `{"sessionId":"` + a + `","body":"{\"session_id\":\"web-1\"}"}`, a + ", , "},
		{"one of another kind before the wrapper's of another kind", `{"session_id":"web-1","body":"{\"session_id\":\"web-2\"}"}`, "web-2, , "},
		{"its own client and connection before its wrapper's", `{"connectionId":"d","clientInstanceId":"l","body":"{\"connectionId\":\"c\",\"guid\":\"k\"}"}`, ", l, c"},
		{"its wrapper's client before its guid", `{"clientInstanceId":"l","body":"{\"guid\":\"k\"}"}`, ", l, "},
		{"no connection of another session", `{"sessionId":"` + a + `","connectionId":"d","clientInstanceId":"l","body":"{\"sessionId\":\"` + b + `\",\"guid\":\"k\"}"}`, b + ", guid k, "},
		{"telemetry beside a page", `{"sessionId":"` + a + `","connectionId":"d","event":{` + event + `,"payload":{"x":"y"},"sessionId":"` + b + `","connectionId":"c"}}`, b + ", , c"},
		{"telemetry before a page", `{"event":{"sessionId":"` + b + `","connectionId":"c",` + event + `},"sessionId":"` + a + `","clientInstanceId":"l"}`, b + ", , c"},
		{"telemetry in a string", `{"sessionId":"` + a + `","clientInstanceId":"l","body":"{\"clientSystemTime\":1793616265959,\"action\":\"Connect\",\"sessionId\":\"` + b + `\",\"clientInstanceId\":\"k\"}"}`, b + ", k, "},
		{"telemetry without a session", `{"sessionId":"` + a + `","clientInstanceId":"l","event":{` + event + `,"connectionId":"c"}}`, a + ", l, c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := who(one(t, test.line, jsonl)); got != test.want {
				t.Errorf("%s:\n got %s\nwant %s", test.line, got, test.want)
			}
		})
	}
}

func TestClientOfTelemetry(t *testing.T) {
	tests := []struct{ name, fields, sdk, agent string }{
		{"both versions", `"clientVersion":"js-2.35.2","version":"v2.35.2"`, "2.35.2", ""},
		{"the SDK's own before another", `"version":"v1.0.0","clientVersion":"js-2.35.2"`, "2.35.2", ""},
		{"version alone", `"version":"v2.13.2"`, "2.13.2", ""},
		{"a version of something else", `"version":"2.0","clientVersion":"android-2.30"`, "", ""},
		{"user agent in the payload", `"payload":{"userAgent":"Mozilla/5.0 (X11)"}`, "", "Mozilla/5.0 (X11)"},
		{"user agent outside", `"userAgent":"Mozilla/5.0 (X11)"`, "", "Mozilla/5.0 (X11)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			line := `{"clientSystemTime":1793616265959,"action":"Connect",` + test.fields + `}`
			if got := one(t, line, jsonl).telemetry; string(got.SDK) != test.sdk || string(got.UserAgent) != test.agent {
				t.Errorf("%s: got %q, %q; want %q, %q", line, got.SDK, got.UserAgent, test.sdk, test.agent)
			}
		})
	}
}

func TestTextOfAnObject(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"values, without keys and numbers", `{"level":"error","code":1500,"message":"a b"}`, "error\na b\n"},
		{"values at any depth", `{"a":{"b":["x",{"c":"y"}]},"d":"z"}`, "x\ny\nz\n"},
		{"escapes resolved", `{"message":"a\n\tat b \"c\" \u00e9"}`, "a\n\tat b \"c\" é\n"},
		{"directives removed", `{"message":"%cOpenTok:Session:error %cOT_TIMEOUT: x%c +0ms color: #0000CC"}`, "OpenTok:Session:error OT_TIMEOUT: x +0ms color: #0000CC\n"},
		{"%OOT_X is OT_X", `{"message":"%OOT_TIMEOUT %sOT_TIMEOUT"}`, "OT_TIMEOUT OT_TIMEOUT\n"},
		{"%OT_X keeps its name", `{"message":"%OT_TIMEOUT"}`, "%OT_TIMEOUT\n"},
		{"terminal colours removed", `{"message":"\u001b[31mOT_TIMEOUT\u001b[0m: x"}`, "OT_TIMEOUT: x\n"},
		{"a stray escape does not join values", `{"a":"x\u001b","b":"OT_TIMEOUT"}`, "x\x1b\nOT_TIMEOUT\n"},
		{"a stray percent sign does not join values", `{"a":"100%","b":"cOT_TIMEOUT"}`, "100%\ncOT_TIMEOUT\n"},
		{"white space around the object", " \t{\"a\":\"x\"} \t\r\n", "x\n"},
		{"bytes that are not UTF-8", "{\"a\":\"\xff\xfe OT_TIMEOUT\"}", "\xff\xfe OT_TIMEOUT\n"},
		{"NUL bytes", "{\"a\":\"x\x00y\"}", "x\x00y\n"},
		{"nothing", `{"code":1500,"ok":false,"list":[],"none":null}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := one(t, test.line, jsonl); got.text != test.want || got.Cut != "" {
				t.Errorf("%q:\n got %q, cut %q\nwant %q", test.line, got.text, got.Cut, test.want)
			}
		})
	}
}

func TestTelemetry(t *testing.T) {
	const (
		published = `"guid":"69bc21c9-a61d-425b-bb04-3f5a47b97428","clientSystemTime":1793616265959,"action":"Publish"`
		denied    = `{` + published + `,"variation":"Cancel","payload":{"reason":"AccessDenied"},"connectionId":null,"streamId":"","attemptDuration":null}`
	)
	tests := []struct {
		name, line string
		want       string // action variation reason stream code failureReason failureMessage
		failed     bool
	}{
		{"an attempt", `{` + published + `,"variation":"Attempt","streamId":"5f4c"}`, "Publish Attempt  5f4c 0 ", false},
		{"a success", `{` + published + `,"variation":"Success","streamId":"5f4c"}`, "Publish Success  5f4c 0 ", false},
		{"a failure", `{` + published + `,"variation":"Failure","failureReason":"ICEWorkflow","failureCode":1500,"failureMessage":"no \"route\""}`, `Publish Failure   1500 ICEWorkflow`, true},
		{"a failure as some actions spell it", `{` + published + `,"variation":"Failed"}`, "Publish Failed   0 ", true},
		{"denied access", denied, "Publish Cancel AccessDenied  0 ", true},
		{"another cancel", `{` + published + `,"variation":"Cancel","payload":{"reason":"unpublish"}}`, "Publish Cancel unpublish  0 ", false},
		{"denied access, but no cancel", `{` + published + `,"variation":"Event","payload":{"reason":"AccessDenied"}}`, "Publish Event AccessDenied  0 ", false},
		{"no variation", `{"clientSystemTime":1793616265959,"action":"tb.exception.1500","payload":{"details":"x"}}`, "tb.exception.1500    0 ", false},
		{"as json.dumps writes it", `{"clientSystemTime": 1793616265959, "action": "Connect", "variation": "Failure", "failureCode": 1006}`, "Connect Failure   1006 ", true},
		{"after the text of a console line", `2026-11-02T10:44:26Z opentok.js:36031 OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {"action":"Connect","variation":"Failure","failureCode":1006,"clientSystemTime":1793616265959}`, "Connect Failure   1006 ", true},
		{"before the place in the code", `OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {"action":"Connect","variation":"Failure","failureCode":1006,"clientSystemTime":1793616265959} opentok.js:36032:13`, "Connect Failure   1006 ", true},
		{"after another object", `user {"id":1} {id: 2} OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {"action":"Connect","variation":"Failure","failureCode":1006,"clientSystemTime":1793616265959}`, "Connect Failure   1006 ", true},
		{"a console line in a string", `{"timestamp": "2026-11-02T10:44:26Z", "level": "debug", "message": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"}`, "Connect Failure   1006 ", true},
		{"a styled console line in a string", `{"text": "%cOpenTok:analytics:debug %csending analytics:%c +4ms color: #0000CC color: inherit https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"}`, "Connect Failure   1006 ", true},
		{"a console line in a container's log", `{"log": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}\n", "stream": "stdout", "time": "2026-11-02T10:44:26Z"}`, "Connect Failure   1006 ", true},
		{"a console line in a wrapper in a container's log", `{"log": "{\"msg\": \"OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\\\"action\\\":\\\"Connect\\\",\\\"variation\\\":\\\"Failure\\\",\\\"failureCode\\\":1006,\\\"clientSystemTime\\\":1793616265959}\"}\n", "time": "2026-11-02T10:44:26Z"}`, "Connect Failure   1006 ", true},
		{"a console line before the place in the code, in a string", `{"message": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959} opentok.js:36032:13"}`, "Connect Failure   1006 ", true},
		{"the body of an OTLP record", `{"timeUnixNano": "1793616300000000000", "body": {"stringValue": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"}}`, "Connect Failure   1006 ", true},
		{"an element of an array", `{"arguments": ["sending analytics:", "{\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"]}`, "Connect Failure   1006 ", true},
		{"before stack lines, in a string", `{"message": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}\n    at f (opentok.js:1:2)\ndebug @ opentok.js:36032\n"}`, "Connect Failure   1006 ", true},
		{"in the string of a wrapper", `{"ts":1793616300000,"method":"POST","body":"{\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"}`, "Connect Failure   1006 ", true},
		{"in the string of a wrapper's wrapper", `{"log":"{\"body\":\"{\\\"action\\\":\\\"Connect\\\",\\\"variation\\\":\\\"Attempt\\\",\\\"clientSystemTime\\\":1793616265959}\"}"}`, "Connect Attempt   0 ", false},
		{"a code that is not a number", `{` + published + `,"variation":"Failure","failureCode":null}`, "Publish Failure   0 ", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Telemetry is decoded in full, whatever the Finder finds.
			for _, next := range []func([]byte) int{always, never} {
				got := decode(new(Decoder), test.line, jsonl, next)[0]
				e := got.telemetry
				if e == nil {
					t.Fatalf("%s: no telemetry", test.line)
				}
				s := fmt.Sprintf("%s %s %s %s %d %s", e.Action, e.Variation, e.Reason, got.streamID, got.Code, e.FailureReason)
				if s != test.want || e.Failed() != test.failed {
					t.Errorf("%s:\n got %q, failed %v\nwant %q, failed %v", test.line, s, e.Failed(), test.want, test.failed)
				}
				if want := at(t, "2026-11-02T10:44:25.959Z"); got.Time != want {
					t.Errorf("%s: at %d, want %d", test.line, got.Time, want)
				}
			}
		})
	}
	for _, line := range []string{
		`{"timestamp":"2026-11-02T10:44:25Z","action":"Publish","variation":"Failure"}`,
		`{"clientSystemTime":1793616265959,"variation":"Failure"}`,
		`{"clientSystemTime":"unknown","action":"Publish"}`,
		`{"message":"clientSystemTime"}`,
		`{"message":"{\"a\":1} clientSystemTime {\"action\":\"Publish\"}"}`,
		`{"message": "OpenTok:Session:error OT_TIMEOUT\nOpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}"}`,
		`{"message": "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"clientSystemTime\":1793616265959}\nOpenTok:Session:error OT_TIMEOUT"}`,
	} {
		if one(t, line, jsonl).telemetry != nil {
			t.Errorf("%s: read as telemetry", line)
		}
	}
}

// TestNativeTelemetry checks which telemetry a native SDK posted.
func TestNativeTelemetry(t *testing.T) {
	const event = `"clientSystemTime":1793616265959,"action":"Publish","variation":"Failure"`
	for _, test := range []struct {
		line   string
		native bool
		sdk    string
	}{
		{`{` + event + `,"clientVersion":"ios-2.27.1"}`, true, ""},
		{`{` + event + `,"clientVersion":"android-2.8.2","version":"v2.8.2"}`, true, ""},
		{`{` + event + `,"clientVersion":"linux-2.20.1"}`, true, ""},
		{`{"level":"info","body":"{` + strings.ReplaceAll(event, `"`, `\"`) + `,\"clientVersion\":\"ios-2.27.1\"}"}`, true, ""},
		{`{` + event + `,"clientVersion":"js-2.35.2","version":"v2.35.2"}`, false, "2.35.2"},
		{`{` + event + `,"version":"v2.35.2"}`, false, "2.35.2"},
		{`{` + event + `,"clientVersion":"ios-v6"}`, false, ""},
		{`{` + event + `,"clientVersion":"myios-2.27.1"}`, false, ""},
		{`{` + event + `,"version":"ios-2.27.1"}`, false, ""},
		{`{` + event + `}`, false, ""},
		// A web page inside an application for phones, which states its own version.
		{`{"clientVersion":"ios-3.1.0","body":"{` + strings.ReplaceAll(event, `"`, `\"`) + `,\"clientVersion\":\"js-2.35.2\"}"}`, false, "2.35.2"},
	} {
		got := one(t, test.line, jsonl).telemetry
		if got == nil || got.Native != test.native || string(got.SDK) != test.sdk {
			t.Errorf("%s: got %+v, want native %v, version %q", test.line, got, test.native, test.sdk)
		}
	}
	if e := decode(new(Decoder), `{`+event+`,"clientVersion":"ios-2.27.1"}`+"\n"+`{`+event+`,"clientVersion":"js-2.35.2"}`+"\n", jsonl, never); len(e) != 2 || !e[0].telemetry.Native || e[1].telemetry.Native {
		t.Errorf("a native record before another: got %+v", e)
	}
}

func TestTelemetryDoesNotLeakIntoTheNextRecord(t *testing.T) {
	data := `{"clientSystemTime":1793616265959,"action":"Publish","variation":"Failure","failureCode":1500,"streamId":"a","failureName":"OT_TIMEOUT"}
{"clientSystemTime":1793616265960,"action":"Connect"}
{"message":"x"}
`
	got := decode(new(Decoder), data, jsonl, always)
	if e := got[1].telemetry; e == nil || string(e.Action) != "Connect" || len(e.Variation) > 0 || got[1].Code != 0 || got[1].idsOf != noIDs || got[1].name != "" {
		t.Errorf("the second event is %+v", e)
	}
	if got[2].telemetry != nil || got[2].Time != timestamp.NoTime {
		t.Errorf("the third record is %+v", got[2])
	}
}

func TestCutObjects(t *testing.T) {
	tests := []struct{ name, line, text, errorName string }{
		{"in a value", `{"level":"error","message":"OT_TIMEOUT: could not pub`, "error\nOT_TIMEOUT: could not ", ""},
		{"at a name's end", `{"level":"error","message":"it was OT_TIMEOUT`, "error\nit was ", ""},
		{"in a name", `{"level":"error","message":"it was OT_TIME`, "error\nit was ", ""},
		{"in a name's field", `{"level":"error","name":"OT_TIMEOUT`, "error\n", ""},
		{"after a name's field", `{"name":"OT_TIMEOUT","message":"`, "OT_TIMEOUT\n", "OT_TIMEOUT"},
		{"in an object in a string", `{"level":"error","log":"{\"name\":\"OT_TIMEOUT`, "error\n{\"name\":\"", ""},
		{"in an escape", `{"level":"error","message":"OT_TIMEOUT: a\`, "error\nOT_TIMEOUT: a\\", ""},
		{"in a key", `{"level":"error","mess`, "error\n", ""},
		{"in a number", `{"message":"OT_TIMEOUT","code":15`, "OT_TIMEOUT\n", ""},
		{"between fields", `{"message":"OT_TIMEOUT",`, "OT_TIMEOUT\n", ""},
		{"before the last brace", `{"a":{"message":"OT_TIMEOUT"}`, "OT_TIMEOUT\n", ""},
		{"after a brace in a value", `{"message":"OT_TIMEOUT: {x}`, "OT_TIMEOUT: {x}", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := one(t, test.line+"\r\n", jsonl)
			if got.skipped != nil {
				t.Fatalf("%s: skipped: %v", test.line, got.skipped)
			}
			if got.Cut == "" || got.text != test.text || got.name != test.errorName {
				t.Errorf("%s: got text %q, name %q, cut %q; want text %q, name %q", test.line, got.text, got.name, got.Cut, test.text, test.errorName)
			}
			light := decode(new(Decoder), "{}\n"+test.line+"\r\n", jsonl, never)[1].skipped
			if light == nil || light.Reason != Damaged || light.Offset != 3 || light.Bytes != int64(len(test.line)+2) || light.Lines != 1 || light.Cause == "" {
				t.Errorf("%s: without evidence it is %+v", test.line, light)
			}
		})
	}
	for _, line := range []string{`{"`, `{"a":1,`, `{"OT_TIMEOUT`, `{"a":"OT_TIMEOUT`, `{"a":[{}`, `{}}`} {
		if got := decode(new(Decoder), line, jsonl, always)[0]; got.skipped == nil || got.skipped.Reason != Damaged {
			t.Errorf("%s: its rest is useless, but got the text %q", line, got.text)
		}
	}
	// Half of a telemetry event could be counted with a wrong outcome.
	got := one(t, `{"clientSystemTime":1793616265959,"action":"Publish","variation":"Failure","failureMessage":"x`, jsonl)
	if got.telemetry != nil || got.Cut == "" {
		t.Errorf("a truncated telemetry event is %+v", got)
	}
}

func TestConsoleLines(t *testing.T) {
	const said = "opentok.js:36031 OpenTok:Session:error OT_TIMEOUT: x +0ms"
	tests := []struct{ name, line, time, text string }{
		{"time at the start", "2026-11-02T10:44:25.959Z " + said, "2026-11-02T10:44:25.959Z", "2026-11-02T10:44:25.959Z " + said},
		{"time with an offset", "2026-11-02 11:44:25,959+0100 " + said, "2026-11-02T10:44:25.959Z", "2026-11-02 11:44:25,959+0100 " + said},
		{"time in colour", "\x1b[90m\x1b[1m2026-11-02T10:44:25.959Z\x1b[0m " + said, "2026-11-02T10:44:25.959Z", "2026-11-02T10:44:25.959Z " + said},
		{"time in brackets", "[2026-11-02T10:44:25.959Z] " + said, "2026-11-02T10:44:25.959Z", "[2026-11-02T10:44:25.959Z] " + said},
		{"time after indentation", "  2026-11-02T10:44:25.959Z " + said, "2026-11-02T10:44:25.959Z", "  2026-11-02T10:44:25.959Z " + said},
		{"time of day only", "10:44:25.959 " + said, "", "10:44:25.959 " + said},
		{"time of day in brackets", "[10:44:25] " + said, "", "[10:44:25] " + said},
		{"no time", said, "", said},
		{"time further on", said + " 2026-11-02T10:44:25.959Z", "", said + " 2026-11-02T10:44:25.959Z"},
		{"bytes after the line", said + " \t\r\n", "", said},
		{"directives", "%cOpenTok:Session:error %cOT_TIMEOUT%c", "", "OpenTok:Session:error OT_TIMEOUT"},
		{"terminal colours", "\x1b[31mOT_TIMEOUT\x1b[0m", "", "OT_TIMEOUT"},
		{"an error object's print", "s {code: 1500, name: 'OT_TIMEOUT'}", "", "s {code: 1500, name: 'OT_TIMEOUT'}"},
		{"a print that starts with a brace", "{code: 1500, name: 'OT_TIMEOUT'}", "", "{code: 1500, name: 'OT_TIMEOUT'}"},
		{"an object", `{"ts":1793616265959,"message":"a\tb"}`, "2026-11-02T10:44:25.959Z", "a\tb\n"},
		{"an object that is broken", `{"message":"OT_TIMEOUT}`, "", `{"message":"OT_TIMEOUT}`},
		{"an object that is cut off", `{"message":"OT_TIME`, "", `{"message":"OT_TIME`},
		{"an array", `["OT_TIMEOUT"]`, "", `["OT_TIMEOUT"]`},
		{"bytes that are not UTF-8", "\xff\xfeOT_TIMEOUT\xc3", "", "\xff\xfeOT_TIMEOUT\xc3"},
		{"NUL bytes", "a\x00\x00b", "", "a\x00\x00b"},
		{"NUL bytes where a time could be", strings.Repeat("\x00", 10) + "T10:44:25Z x", "", strings.Repeat("\x00", 10) + "T10:44:25Z x"},
		{"blank", "  \t\r\n", "", ""},
		{"empty", "\n", "", ""},
		{"a bracket alone", "[", "", "["},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := one(t, test.line, console)
			want := int64(timestamp.NoTime)
			if test.time != "" {
				want = at(t, test.time)
			}
			if got.Time != want || got.text != test.text || got.Cut != "" || got.skipped != nil {
				t.Errorf("%q: got %q at %d, want %q at %d", test.line, got.text, got.Time, test.text, want)
			}
			if got.Bytes != len(test.line) || got.Lines != 1 {
				t.Errorf("%q: got %d bytes, %d lines", test.line, got.Bytes, got.Lines)
			}
		})
	}
	for _, line := range []struct{ text, ofDay string }{
		{"11:23:15.271 opentok.js:36032 OpenTok:Session:error OT_TIMEOUT: x", "11h23m15.271s"},
		{"[11:43:34]  console.error: OT_TIMEOUT: x", "11h43m34s"},
		{"[11:43:34,5] x", "11h43m34.5s"},
		{"\x1b[90m11:43:34\x1b[0m x", "11h43m34s"},
		{"  00:00:00.000\tx", "0s"},
		{"23:59:59.999999999", "23h59m59.999999999s"},
		{"2026-11-02T11:43:34Z x", ""},
		{"24:00:00 x", ""},
		{"11:60:00 x", ""},
		{"11:43:34:12 x", ""},
		{"11:43 x", ""},
		{"111:43:34 x", ""},
		{"x 11:43:34", ""},
		{`{"message":"11:43:34 x"}`, ""},
	} {
		want := int64(timestamp.NoTime)
		if line.ofDay != "" {
			d, err := time.ParseDuration(line.ofDay)
			if err != nil {
				t.Fatal(err)
			}
			want = int64(d)
		}
		if got := one(t, line.text, console); got.OfDay != want || got.OfDay != timestamp.NoTime && got.Time != timestamp.NoTime {
			t.Errorf("%q: got %d, want %s", line.text, got.OfDay, line.ofDay)
		}
	}
	for _, line := range []string{"joined " + sessionOT + "\n", "https://a.example/session/" + sessionOT + "?x", "%c" + "'" + sessionOT + "'"} {
		if got := one(t, line, console).session; got != sessionOT {
			t.Errorf("%q: session %q", line, got)
		}
	}
}

func TestRecordsOfALog(t *testing.T) {
	tests := []struct {
		name   string
		data   string
		format Format
		want   []string // texts; "-" for a skipped record
	}{
		{"stack lines belong to the line before", "OT_X: a\ndebug @ opentok.js:36032\nfail @ opentok.js:66707\nOT_Y: b\n    at f (x.js:1:2)\n", console,
			[]string{"OT_X: a\ndebug @ opentok.js:36032\nfail @ opentok.js:66707", "OT_Y: b\n    at f (x.js:1:2)"}},
		{"in a log with CRLF too", "OT_X: a\r\ndebug @ opentok.js:36032\r\nOT_Y: b\r\n", console,
			[]string{"OT_X: a\r\ndebug @ opentok.js:36032", "OT_Y: b"}},
		{"a stack line at the start is a record", "    at f (x.js:1:2)\nOT_X: a\n", console, []string{"    at f (x.js:1:2)", "OT_X: a"}},
		{"and one after a blank line", "OT_X: a\n\n    at f (x.js:1:2)\n", console, []string{"OT_X: a", "", "    at f (x.js:1:2)"}},
		{"blank lines are records", "a\n\n \nb\n", console, []string{"a", "", "", "b"}},
		{"objects have no stack lines", "{\"a\":\"x\"}\n    at f (x.js:1:2)\n", jsonl, []string{"x\n", "    at f (x.js:1:2)"}},
		{"objects in a console log", "a\n{\"a\":\"x\\ny\"}\nb\n", console, []string{"a", "x\ny\n", "b"}},
		{"text in a log of objects", "starting up\n{\"a\":\"x\"}\n\nOT_X: a\r\n", jsonl, []string{"starting up", "x\n", "", "OT_X: a"}},
		{"an object cut off among others", "{\"a\":\"x\"}\n{\"a\":\"y z\n{\"a\":\"w\"}\n", jsonl, []string{"x\n", "y ", "w\n"}},
		{"one that says nothing", "{\"a\":\"x\"}\n{\"a\":\n{\"a\":\"w\"}\n", jsonl, []string{"x\n", "-", "w\n"}},
		{"no line feed at the end", "a\nb", console, []string{"a", "b"}},
		{"byte order mark before an object", "\xef\xbb\xbf{\"a\":\"x\"}\n", jsonl, []string{"x\n"}},
		{"byte order mark before text", "\xef\xbb\xbfOT_X\n", console, []string{"OT_X"}},
		{"byte order mark alone", "\xef\xbb\xbf", console, []string{""}},
		{"nothing", "", console, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			var bytes, lines int
			for _, r := range decode(new(Decoder), test.data, test.format, always) {
				if r.skipped != nil {
					got = append(got, "-")
					bytes += int(r.skipped.Bytes)
					lines += int(r.skipped.Lines)
					continue
				}
				if r.Offset != int64(bytes) {
					t.Errorf("record %q at %d, want %d", r.text, r.Offset, bytes)
				}
				got = append(got, r.text)
				bytes += r.Bytes
				lines += r.Lines
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if bytes != len(test.data) || lines != physicalLines(test.data) {
				t.Errorf("%d bytes, %d lines of %d, %d", bytes, lines, len(test.data), physicalLines(test.data))
			}
		})
	}
}

func physicalLines(data string) int {
	n := strings.Count(data, "\n")
	if data != "" && !strings.HasSuffix(data, "\n") {
		n++
	}
	return n
}

func TestOnlyRecordsWithACandidateHaveText(t *testing.T) {
	next := func(data []byte) int { return bytes.Index(data, []byte("OT_")) }
	data := "a\nOT_X OT_Y\nb\n  at OT_Z (x.js:1:2)\nc\n{\"clientSystemTime\":1793616265959,\"action\":\"Connect\"}\nd\n{\"m\":\"OT_X\"}\n"
	var got []string
	for _, r := range decode(new(Decoder), data, console, next) {
		got = append(got, r.text)
	}
	want := []string{"", "OT_X OT_Y", "b\n  at OT_Z (x.js:1:2)", "", "Connect\n", "", "OT_X\n"}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSkippedBlockIsItsError(t *testing.T) {
	skipped := &SyntaxError{Reason: Oversize, Offset: 7, Bytes: 9, Lines: 1, Cause: "long"}
	n := 0
	for e, got := range new(Decoder).Events(&Block{Skipped: skipped, Format: jsonl}, finding(always)) {
		if n++; e != nil || got != skipped {
			t.Errorf("got %v, %v", e, got)
		}
	}
	if n != 1 {
		t.Errorf("%d records", n)
	}
	if got, want := skipped.Error(), "offset 7: long"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var names []string
	for _, r := range Reasons {
		names = append(names, r.String())
	}
	if got := strings.Join(names, " "); got != "oversize damaged undecodable" {
		t.Errorf("reasons are %q", got)
	}
}

func TestIterationCanEndEarly(t *testing.T) {
	for _, data := range []string{"a\nb\n", "{\"a\":\n{\"a\":\n"} {
		n := 0
		for range new(Decoder).Events(&Block{Data: []byte(data), Format: jsonl}, finding(never)) {
			n++
			break
		}
		if n != 1 {
			t.Errorf("%q: %d records", data, n)
		}
	}
}

// logLines are records of real logs, with made-up IDs and names.
var logLines = []string{
	`{"timestamp": "2026-11-23T10:44:25.972Z", "level": "error", "message": "%cOpenTok:Session:error %cOT_AUTHENTICATION_ERROR: Invalid token format (1004)%c +0ms color: #0000CC color: inherit color: #0000CC", "file": "opentok.js", "line": 36031, "sessionId": "` + sessionOT + `"}`,
	`{"timestamp": "2026-11-23T10:44:25.959Z", "level": "error", "message": "%cOpenTok:StaticConfig:error %ccould not reach Config Service%c +0ms AxiosError: Network Error\n    at XMLHttpRequest.handleError (https://clinic.example/opentok.js:100048:21)"}`,
	`{"guid":"69bc21c9-a61d-425b-bb04-3f5a47b97428","clientVersion":"js-2.35.2","clientSystemTime":1795430665927,"p2p":false,"action":"Publish","variation":"Cancel","payload":{"reason":"AccessDenied"},"connectionId":null,"streamId":""}`,
	`{"group": "connect", "ts": 1795432995312, "method": "POST", "path": "/prod/logging/ClientEvent", "body": "{\"clientSystemTime\":1795432995285,\"action\":\"Connect\",\"variation\":\"Failure\",\"failureCode\":1006,\"sessionId\":\"` + sessionOT + `\"}"}`,
	`{"group":"connect","ts":"2026-11-23T11:23:15.271Z","kind":"console","text":"OpenTok:Session:error OT_INVALID_SESSION_ID: x +0ms","stack":["debug @ opentok.js:36032"]}`,
	`{"log":"{\"time\":\"2026-11-23T11:23:15Z\",\"msg\":\"call failed {\\\"name\\\":\\\"OT_TIMEOUT\\\"}\"}\n","stream":"stderr"}`,
	`{"message":"\u001b[31mOT_TIMEOUT\u001b[0m \ud83d\ude00","context":{"session":"` + sessionOther + `"},"error":{"name":"OT_TIMEOUT","code":1500}}`,
	`{"timeUnixNano":"1795432995312000000","body":{"stringValue":"x"},"attributes":[{"key":"session.id","value":{"stringValue":"` + sessionUnified + `"}}]}`,
	`{"level":"error","message":"OT_TIMEOUT: could not pub`,
	`{"code":200,"error":{"code":1500,"name":"OT_TIMEOUT","x":[{"code":"1006"}]},"streamId":"5f4c","log":"{\"code\":1010}\n"}`,
	`{"log":"call failed {\"errorCode\":1500}","ts":1793616265959}`,
	`{"log":"Error: token expired (1004)\n","time":"2026-11-23T11:23:15Z"}`,
	`{"code":1500,"message":"x`,
	`2026-11-23T10:44:25.972Z opentok.js:36031 OpenTok:Session:error OT_AUTHENTICATION_ERROR: Invalid token format (1004) +0ms`,
	"    at XMLHttpRequest.handleError (https://clinic.example/opentok.js:100048:21)",
	`11:23:15.271 opentok.js:36032 OpenTok:Session:error OT_AUTHENTICATION_ERROR: API Key is undefined. +0ms`,
	"debug @ opentok.js:36032",
	`[11:43:34]  console.error: OT.Publisher.onStreamAvailableError OT_MEDIA_ERR_ABORTED: Unknown error`,
	` LOG  OTRN JS: There was an error:  {"code": 1010, "message": "... (OTSessionErrorDomain error 1010.)"}`,
	`s {code: 1500, message: "Session.publish :: Could not publish", name: "OT_TIMEOUT", stack: "nt@https://static.opentok.com/v2/js/opentok.min.js…"}`,
	`OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod {"clientSystemTime":1795430665927,"action":"Connect","sessionId":"` + sessionOT + `"}`,
	"\xef\xbb\xbf{\"a\":\"x\"}",
	"\x00\x00\x1b[\x1b]0;x\x1b %c%O%",
	"\r", "",
}

func FuzzDecoder(f *testing.F) {
	for _, line := range logLines {
		f.Add([]byte(line))
	}
	f.Add([]byte(strings.Join(logLines, "\n")))
	f.Add([]byte(strings.Join(logLines, "\r\n") + "\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []Format{jsonl, console} {
			source := string(data)
			full, light := decode(new(Decoder), source, format, always), decode(new(Decoder), source, format, never)
			if len(full) != len(light) {
				t.Fatalf("%s: %d records in full, %d in part", format.Name, len(full), len(light))
			}
			var offset, lines int64
			for i := range full {
				at, n, m := extent(full[i])
				if at2, n2, m2 := extent(light[i]); at != at2 || n != n2 || m != m2 {
					t.Fatalf("%s: record %d is at %d with %d bytes, %d lines in full; at %d with %d, %d in part", format.Name, i, at, n, m, at2, n2, m2)
				}
				if at != offset || n < 1 || m < 1 {
					t.Fatalf("%s: record %d is at %d with %d bytes, %d lines; the one before ends at %d", format.Name, i, at, n, m, offset)
				}
				written := source[at : at+n]
				if !strings.Contains(written, string(telemetryMark)) {
					sameInPart(t, full[i], light[i], written)
				}
				if full[i].skipped == nil && m == 1 {
					checkValues(t, full[i].text, strings.TrimPrefix(written, "\xef\xbb\xbf"))
				}
				offset += n
				lines += m
			}
			if offset != int64(len(source)) || lines != int64(physicalLines(source)) {
				t.Fatalf("%s: records are %d bytes, %d lines; the source is %d, %d", format.Name, offset, lines, len(source), physicalLines(source))
			}
		}
	})
}

// extent returns the offset of a record, its bytes and its lines.
func extent(r record) (offset, bytes, lines int64) {
	if s := r.skipped; s != nil {
		return s.Offset, s.Bytes, s.Lines
	}
	return r.Offset, int64(r.Bytes), int64(r.Lines)
}

// checkValues checks, by encoding/json, that the text of a record contains every string of an
// object, except for those that are changed on purpose.
func checkValues(t *testing.T, text, line string) {
	t.Helper()
	line = strings.TrimLeft(line, " \t")
	var object map[string]any
	if !strings.HasPrefix(line, "{") || !utf8.ValidString(line) || json.Unmarshal([]byte(line), &object) != nil {
		return
	}
	var check func(v any)
	check = func(v any) {
		switch v := v.(type) {
		case string:
			if !strings.ContainsAny(v, "\x1b%") && !jsontext.LooksLikeObject(bytes.TrimSpace([]byte(v))) && !strings.Contains(text, v) {
				t.Errorf("%q: the text %q lacks %q", line, text, v)
			}
		case []any:
			for _, v := range v {
				check(v)
			}
		case map[string]any:
			for _, v := range v {
				check(v)
			}
		}
	}
	check(object)
}

func TestDecoderDoesNotAllocate(t *testing.T) {
	var lines []string
	for _, line := range logLines {
		// A skipped record allocates its error.
		if !strings.HasPrefix(line, `{"`) || strings.HasSuffix(line, "}") {
			lines = append(lines, line)
		}
	}
	data := []byte(strings.Repeat(strings.Join(lines, "\n")+"\n", 20))
	for _, format := range []Format{jsonl, console} {
		for name, finder := range map[string]Finder{"full": finding(always), "light": finding(never)} {
			var d Decoder
			block := &Block{Data: data, Format: format, Offset: 1}
			run := func() {
				for _, skipped := range d.Events(block, finder) {
					if skipped != nil {
						t.Fatal(skipped)
					}
				}
			}
			run()
			if n := testing.AllocsPerRun(10, run); n > 0 {
				t.Errorf("%s, %s: %v allocations a block", format.Name, name, n)
			}
		}
	}
}

// at returns the instant of a time in RFC 3339.
func at(t testing.TB, s string) int64 {
	t.Helper()
	instant, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant.UnixNano()
}

// TestTimesThatAreCutOff checks that a number at the end of a record that is cut off is not read as a time: its
// last digits may be missing.
func TestTimesThatAreCutOff(t *testing.T) {
	for log, want := range map[string]int64{
		`{"message":"OT_TIMEOUT: too late","timestamp":1795430675319}`: 1795430675319e6,
		`{"message":"OT_TIMEOUT: too late","timestamp":1795430675319`:  timestamp.NoTime,
		`{"message":"OT_TIMEOUT: too late","timestamp":179543067531`:   timestamp.NoTime,
	} {
		for _, format := range []string{"jsonl", "json"} {
			r := newReader(strings.NewReader(log), formatOf(format))
			var b Block
			var d Decoder
			n := 0
			for r.Next(&b) == nil {
				for e, skipped := range d.Events(&b, finding(always)) {
					if skipped != nil {
						continue
					}
					if n++; e.Time != want {
						t.Errorf("%s, read as %s: got the time %d", log, format, e.Time)
					}
				}
			}
			if n != 1 {
				t.Errorf("%s, read as %s: got %d records", log, format, n)
			}
		}
	}
}
