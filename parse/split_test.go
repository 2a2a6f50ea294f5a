package parse

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otlog/otlog/parse/field"
)

// A splitRecord is one that a splitter found, as the decoder sees it.
type splitRecord struct {
	bytes, lines  int64
	text, session string
	time          int64
	skipped       string // the reason
}

func (r splitRecord) String() string {
	if r.skipped != "" {
		return fmt.Sprintf("%d bytes, %d lines: %s", r.bytes, r.lines, r.skipped)
	}
	return fmt.Sprintf("%d bytes, %d lines: %.200q %s", r.bytes, r.lines, r.text, r.session)
}

// spansOf reads all records of a source.
func spansOf(t testing.TB, src io.Reader, f Format, l limits) []splitRecord {
	t.Helper()
	r := newReader(src, f)
	r.limits = l
	var out []splitRecord
	var b Block
	offset := int64(0)
	for {
		err := r.Next(&b)
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if b.Offset != offset {
			t.Fatalf("a block starts at %d, the one before ends at %d", b.Offset, offset)
		}
		for _, s := range b.Records {
			x := splitRecord{bytes: s.Bytes, lines: s.Lines, text: string(b.Data[s.Start:s.End]), session: string(s.Session), time: s.Time}
			if s.Skipped != nil {
				x.skipped = s.Skipped.Reason.String()
			}
			out = append(out, x)
		}
		offset = r.offset
		if cap(b.Data) > 4*(l.record+l.block)+1<<12 {
			t.Fatalf("a block has %d bytes", cap(b.Data))
		}
	}
}

// checkSums checks that every byte and every line belongs to a record.
func checkSums(t testing.TB, log string, records []splitRecord) {
	t.Helper()
	var size, lines int64
	for _, r := range records {
		size += r.bytes
		lines += r.lines
	}
	if size != int64(len(log)) || lines != int64(physicalLines(log)) {
		t.Errorf("records have %d bytes and %d lines, the log has %d and %d:\n%.2000q\n%v", size, lines, len(log), physicalLines(log), log, records)
	}
}

// checkSplit reads a log in several ways, which must give the same records.
func checkSplit(t testing.TB, log string, f Format) []splitRecord {
	t.Helper()
	want := spansOf(t, strings.NewReader(log), f, small)
	checkSums(t, log, want)
	for _, way := range []struct {
		name string
		src  io.Reader
		l    limits
	}{
		{"byte by byte", iotest.OneByteReader(strings.NewReader(log)), small},
		{"by halves, in large blocks", iotest.HalfReader(strings.NewReader(log)), limits{block: small.record, record: small.record}},
		{"with the end beside the data", iotest.DataErrReader(strings.NewReader(log)), limits{block: 256, record: small.record}},
	} {
		if got := spansOf(t, way.src, f, way.l); !slices.Equal(got, want) {
			i := 0
			for i < len(got) && i < len(want) && got[i] == want[i] {
				i++
			}
			t.Fatalf("%s, %s: record %d differs:\n got %v\nwant %v\n%.3000q", f.Name, way.name, i, got[i:min(i+2, len(got))], want[i:min(i+2, len(want))], log)
		}
	}
	return want
}

// splitFormats are the formats that have a splitter.
func splitFormats() []Format {
	var out []Format
	for _, f := range Formats {
		if format := formatOf(f.Name); format.kind != byLine {
			out = append(out, format)
		}
	}
	return out
}

// randomShapes writes records of all shapes, valid and invalid.
func randomShapes(r *rand.Rand) string {
	const id = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5"
	var b strings.Builder
	value := func() string {
		switch r.IntN(6) {
		case 0:
			return fmt.Sprintf("%d", r.IntN(1e6))
		case 1:
			return `"a \"quoted\" \\ \u00e4 [{\n"`
		case 2:
			return fmt.Sprintf("%q", strings.Repeat("x", r.IntN(200)))
		case 3:
			return `{"a":[1,{"b":null}],"c":"}]"}`
		case 4:
			return `"` + id + `"`
		default:
			return `[[],{},"x"]`
		}
	}
	object := func() string {
		var o strings.Builder
		o.WriteString("{")
		for i := range r.IntN(4) {
			if i > 0 {
				o.WriteString(",")
			}
			if r.IntN(3) == 0 {
				o.WriteString("\n   ")
			}
			fmt.Fprintf(&o, "%q: %s", []string{"message", "time", "k", "data", "log"}[r.IntN(5)], value())
		}
		if r.IntN(3) == 0 {
			o.WriteString("\n")
		}
		return o.String() + "}"
	}
	list := func() string {
		var l []string
		for range r.IntN(5) {
			l = append(l, object())
		}
		if r.IntN(20) == 0 {
			l = append(l, `{"big":"`+strings.Repeat("y\\n", small.record/3+r.IntN(small.record))+`"}`)
			l = append(l, object())
		}
		return "[" + strings.Join(l, []string{",", ",\n", " ,\n  "}[r.IntN(3)]) + "]"
	}
	pieces := []func() string{
		object, list, value,
		func() string {
			return fmt.Sprintf(`{"log":{"version":"1","entries":%s,"comment":%s}}`, list(), value())
		},
		func() string {
			return fmt.Sprintf(`{"user":{"id":%s},"breadcrumbs":{"values":%s},"exception":{"values":%s},"timestamp":1795430665}`, value(), list(), list())
		},
		func() string {
			return fmt.Sprintf(`{"resourceLogs":[{"resource":%s,"scopeLogs":[{"logRecords":%s},{"logRecords":%s}]},{"scopeLogs":[{"scope":{},"logRecords":%s}]}]}`, object(), list(), list(), list())
		},
		func() string { return fmt.Sprintf(`{"data":%s,"message":"own"}`, list()) },
		func() string { return fmt.Sprintf(`{"logEvents":%s,"logStream":%s}`, list(), value()) },
		func() string {
			return fmt.Sprintf(`{"results":[[{"field":"@message","value":%s}],%s]}`, value(), object())
		},
		func() string { return "plain text\n    at fn (x.js:1)\nfn @ x.js:1" },
		func() string { return "[info] text { with" },
		func() string { return "" },
		func() string { return "Date,Host,Message" },
		func() string { return "2026-11-23,web,\"a\nb\"" },
		func() string { return "2026-11-23,\"w\"\"eb\"\",x" },
		func() string {
			return `{"log":"part` + strings.Repeat("z", r.IntN(50)) + `","stream":"stderr","time":"t"}`
		},
		func() string { return `{"log":"end\n","stream":"stdout","time":"t"}` },
		func() string { return "2026-11-23T10:44:25Z stderr P part" },
		func() string { return "2026-11-23T10:44:25Z stdout F end" },
		func() string { return strings.Repeat("long ", small.record/4) },
	}
	for range r.IntN(8) {
		p := pieces[r.IntN(len(pieces))]()
		switch r.IntN(12) {
		case 0: // truncated
			p = p[:r.IntN(len(p)+1)]
		case 1: // a byte is missing
			if n := len(p); n > 0 {
				at := r.IntN(n)
				p = p[:at] + p[at+1:]
			}
		case 2:
			p = strings.ReplaceAll(p, ",", ",\r\n ")
		}
		b.WriteString(p)
		b.WriteString([]string{"\n", "\n", "\n", "", ",", "\r\n", "\n\n", "]", "}", "\xef\xbb\xbf"}[r.IntN(10)])
	}
	return b.String()
}

func TestSplitRecordsDoNotDependOnBlocks(t *testing.T) {
	for seed := range uint64(1000) {
		log := randomShapes(rand.New(rand.NewPCG(seed, 2)))
		for _, f := range splitFormats() {
			checkSplit(t, log, f)
			if t.Failed() {
				t.Fatalf("seed %d, %s", seed, f.Name)
			}
		}
	}
}

func FuzzSplit(f *testing.F) {
	for seed := range uint64(40) {
		f.Add([]byte(randomShapes(rand.New(rand.NewPCG(seed, 3)))), uint8(seed))
	}
	formats := splitFormats()
	f.Fuzz(func(t *testing.T, log []byte, which uint8) {
		if len(log) > 4*small.record {
			return
		}
		checkSplit(t, string(log), formats[int(which)%len(formats)])
		formatIn(log, true, field.Names{})
		formatIn(log, false, field.Names{})
	})
}

// TestBrokenSourcesAreCounted checks the sums if a source breaks off.
func TestBrokenSourcesAreCounted(t *testing.T) {
	for seed := range uint64(1000) {
		log := randomShapes(rand.New(rand.NewPCG(seed, 4)))
		for _, f := range splitFormats() {
			r := newReader(io.MultiReader(strings.NewReader(log), iotest.ErrReader(io.ErrUnexpectedEOF)), f)
			r.limits = small
			var b Block
			var got []splitRecord
			for {
				err := r.Next(&b)
				if err != nil {
					if err == io.EOF {
						t.Fatal("no error at the break")
					}
					break
				}
				for _, s := range b.Records {
					got = append(got, splitRecord{bytes: s.Bytes, lines: s.Lines})
				}
			}
			checkSums(t, log, got)
			if t.Failed() {
				t.Fatalf("seed %d, %s", seed, f.Name)
			}
		}
	}
}

// texts returns the text of each record, except of those that are clean in any case.
func texts(records []splitRecord) []string {
	var out []string
	for _, r := range records {
		switch {
		case r.skipped != "":
			out = append(out, "! "+r.skipped)
		case r.text != "":
			out = append(out, strings.TrimSpace(r.text))
		default:
			out = append(out, "")
		}
	}
	return out
}

func TestRecordsOfShapes(t *testing.T) {
	big := `{"big":"` + strings.Repeat("x", small.record) + `"}`
	requests := `{"startedDateTime":"2026-11-23T10:44:25Z","request":{"url":"https://hlg.tokbox.com/prod/logging/ClientEvent","postData":{"text":"{\"a\":1}"}},"response":{"content":{"text":"` + strings.Repeat("x", small.record) + `"}}}`
	tests := []struct {
		name, format, log string
		want              []string
	}{
		{"array", "json", `[{"a":1}, {"b":2}]` + "\n", []string{`{"a":1}`, `{"b":2}`}},
		{"array on lines", "json", "[\n  {\"a\":1},\n  {\"b\":[{}]}\n]\n", []string{"", `{"a":1}`, `{"b":[{}]}`}},
		{"array of strings", "json", `["a","b"]`, []string{`{"message":"a"}`, `{"message":"b"}`}},
		{"array of arrays", "json", `[[{"field":"@message","value":"x"}],["y"]]`, []string{`{"@message":"x"}`, `{"":["y"]}`}},
		{"empty array", "json", "[ ]\n", []string{""}},
		{"objects on many lines", "json", "{\n\"a\":1\n}\n{\n\"b\":2}\n", []string{"{\n\"a\":1\n}", "{\n\"b\":2}"}},
		{"objects on one line", "json", `{"a":"}{"}{"b":2}`, []string{`{"a":"}{"}`, `{"b":2}`}},
		{"text sequences", "json", "\x1e{\"a\":1}\n\x1e{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}},
		{"text between", "json", "one\n    at x.js:1\n{\"a\":1}\n[info] two\n", []string{"one\n    at x.js:1", `{"a":1}`, "[info] two"}},
		{"a byte order mark", "json", "\xef\xbb\xbf{\"a\":1}\n", []string{`{"a":1}`}},
		{"an element that is too long", "json", `[{"a":1},` + big + `,{"b":2}]`, []string{`{"a":1}`, "! oversize", `{"b":2}`}},
		{"text that is too long", "json", strings.Repeat("x", 2*small.record) + "\n{\"a\":1}\n", []string{"! oversize", `{"a":1}`}},
		{"a quote is missing", "json", "[\n {\"a\":\"x},\n {\"b\":\"%c\"},\n {\"c\":1}\n]", []string{"", "! damaged", `{"b":"%c"}`, `{"c":1}`}},
		{"a quote is missing on one line", "json", `[{"a":"x},{"b":"%c"},{"c":1}]`, []string{"! damaged", `{"b":"%c"}`, `{"c":1}`}},
		{"cut off", "json", `[{"a":1},{"message":"OT_TIMEOUT: x`, []string{`{"a":1}`, `{"message":"OT_TIMEOUT: x`, "! damaged"}},
		{"entries", "cloudwatch", `{"logStream":"s","logEvents":[{"a":1},{"b":2}]}` + "\n", []string{`{"logStream":"s","logEvents":[]}`, `{"a":1}`, `{"b":2}`}},
		{"no entries", "cloudwatch", `{"logEvents":[]}`, []string{`{"logEvents":[]}`}},
		{"an entry that is too long", "cloudwatch", `{"logEvents":[{"a":1},` + big + `,{"b":2}]}`, []string{`{"logEvents":[}}`, `{"a":1}`, "! oversize", `{"b":2}`}},
		{"a broken entry", "cloudwatch", "{\"logEvents\":[\n {\"a\":\"x},\n {\"b\":\"%c\"}\n]}\n", []string{`{"logEvents":[` + "\n }}", "! damaged", "", `{"b":"%c"}`}},
		{"entries that are cut off", "cloudwatch", `{"logEvents":[{"a":1},{"b":`, []string{`{"logEvents":[}}`, `{"a":1}`, `{"b":`, "! damaged"}},
		{"a document that is cut off", "cloudwatch", `{"logEvents":[{"a":1}`, []string{`{"logEvents":[}}`, `{"a":1}`, "! damaged"}},
		{"a list in a record", "json", `{"message":"x","data":[{"a":1}]}`, []string{`{"message":"x","data":[{"a":1}]}`}},
		{"lines in a message", "json", `[{"time":"2026-11-23T10:44:25Z","message":"OpenTok:Session:error OT_A\nOpenTok:Session:error OT_B"}]`,
			[]string{`{"time":"2026-11-23T10:44:25Z","message":}`, "OpenTok:Session:error OT_A", "OpenTok:Session:error OT_B"}},
		{"errors of two sessions", "json", `[{"a":{"session":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A","e":"OT_A"},"b":{"session":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B","e":"OT_B"}}]`, []string{"! undecodable"}},
		{"text between entries", "json", `{"x":[{"title":"OT_A","lines":[{"time":"2026-11-23T10:44:25Z","message":"joined the room"}],"state":"OT_B"}]}`,
			[]string{`{"x":[]}`, `{"title":"OT_A","lines":[]}`, `{"time":"2026-11-23T10:44:25Z","message":"joined the room"}`, `{"state":"OT_B"}`}},
		{"exceptions", "sentry", `{"exception":{"values":[{"type":"OT_TIMEOUT","value":"late","stacktrace":{"frames":[{"context_line":"OT_X"}]}}]}}`,
			[]string{`{"exception":{"values":[]}}`, `{"name":"OT_TIMEOUT","message":"late"}`}},
		{"entries of the web API", "sentry", `{"dateCreated":"2026-11-23T10:44:25Z","entries":[{"type":"exception","data":{"values":[{"type":"OT_TIMEOUT","value":"late","stacktrace":{"frames":[{"context":"OT_X"}]}}]}},{"type":"breadcrumbs","data":{"values":[{"message":"x"}]}}]}`,
			[]string{`{"dateCreated":"2026-11-23T10:44:25Z","entries":[]}`, `{"name":"OT_TIMEOUT","message":"late"}`, "", `{"message":"x"}`}},
		{"log records", "otlp", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"a"},"attributes":[{"key":"code","value":{"intValue":"1500"}},{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"}]}}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}}}]}]}]}]}`,
			[]string{`{"resourceLogs":[]}`, `{"message":"a","code":"1500","l":["x"],"m":{"k":true}}`}},
		{"a request with a long answer", "har", `{"log":{"entries":[` + requests + `,{"request":{"url":"https://x.example/"}}]}}`, []string{"", `{"a":1}`, ""}},
		{"a request that is cut off", "har", `{"log":{"entries":[{"request":{"url":"https://hlg.tok`, []string{"", "! damaged"}},
		{"a table", "csv", "Date,Message\r\n2026-11-23,\"a,\r\n\"\"b\"\"\"\r\n\r\n-,c\r\n", []string{"", `{"date":"2026-11-23","message":"a,\r\n\"b\""}`, "", `{"message":"c"}`}},
		{"a table with semicolons", "csv", "sep=;\nTime;Message;x\n1;a,b;\\\n", []string{"", "", `{"time":"1","message":"a,b","":"\\"}`}},
		{"a table with tabs", "tsv", "_time\t_raw\n1\ta\"b\n", []string{"", `{"_time":"1","_raw":"a\"b"}`}},
		{"two tables", "csv", "Date,Message\n1,a\nMessage,Session ID\nb,2\nDate,Message,Host\n3,c,h\n", []string{"", `{"date":"1","message":"a"}`, `{"date":"Message","message":"Session ID"}`, `{"date":"b","message":"2"}`, "", `{"date":"3","message":"c","host":"h"}`}},
		{"a broken row", "csv", "Date,Message\n1,a\n2\n3,\"b\n4,c\n", []string{"", `{"date":"1","message":"a"}`, "! damaged", "! damaged", `{"date":"4","message":"c"}`}},
		{"an object among rows", "csv", "Date,Message\n1,a\n{\"message\":\"x\"}\n", []string{"", `{"date":"1","message":"a"}`, `{"message":"x"}`}},
		{"a row that is too long", "csv", "Date,Message\n1,\"" + strings.Repeat("a\n", small.record) + "\"\n2,b\n", []string{"", "! oversize", `{"date":"2","message":"b"}`}},
		{"lines in pieces", "docker", `{"log":"a","stream":"stderr","time":"1"}` + "\n" + `{"log":"x\n","stream":"stdout","time":"2"}` + "\n" + `{"log":"b\n","stream":"stderr","time":"3"}` + "\n",
			[]string{`{"log":"x\n","stream":"stdout","time":"2"}`, `{"log":"ab\n","stream":"stderr","time":"1"}`}},
		{"a line whose end is missing", "docker", `{"log":"a","stream":"stderr","time":"1"}` + "\n", []string{`{"log":"a","stream":"stderr","time":"1"}`}},
		{"pieces by tag", "docker", `{"stream":"stderr","logtag":"P","log":"a"}` + "\n" + `{"stream":"stderr","logtag":"F","log":"b"}` + "\n", []string{`{"log":"ab","stream":"stderr"}`}},
		{"pieces of a container runtime", "cri", "2026-11-23T10:44:25Z stderr P a\n2026-11-23T10:44:26Z stdout F x\n2026-11-23T10:44:27Z stderr F b\nother\n",
			[]string{"2026-11-23T10:44:26Z x", "2026-11-23T10:44:25Z ab", "other"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := texts(checkSplit(t, test.log, formatOf(test.format))); !slices.Equal(got, test.want) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestEntriesHaveTheSessionAroundThem(t *testing.T) {
	const a, b = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5A", "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B"
	tests := []struct {
		name, log string
		want      []string // of the entries
	}{
		{"before them", `{"logStream":"` + a + `","logEvents":[{"a":1},{"b":2}]}`, []string{a, a}},
		{"after them", `{"logEvents":[{"a":1}],"logStream":"` + a + `"}`, []string{a}},
		{"one of their own comes first", `{"logStream":"` + a + `","logEvents":[{"a":1},{"sessionId":"` + b + `"}]}`, []string{a, b}},
		{"each of its own resource", `{"resourceLogs":[{"resource":{"attributes":[{"key":"k","value":{"stringValue":"` + a + `"}}]},"scopeLogs":[{"logRecords":[{"body":{}}]}]},{"scopeLogs":[{"logRecords":[{"body":{}}]}],"schemaUrl":"` + b + `"}]}`, []string{a, b}},
		{"that around them before one in a text", `{"logStream":"` + a + `","logEvents":[{"a":"was in ` + b + `"},{"b":2}]}`, []string{a, a}},
		{"one in a text if there is none around them", `{"logEvents":[{"a":"was in ` + b + `"}]}`, []string{b}},
		{"one of their own in a string", `{"logStream":"` + a + `","logEvents":[{"a":"{\"sessionId\":\"` + b + `\"}"}]}`, []string{b}},
		{"nobody's", `{"logEvents":[{"a":1}]}`, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newReader(strings.NewReader(test.log), formatOf("otlp"))
			var block Block
			var d Decoder
			var got []string
			for r.Next(&block) == nil {
				for e := range d.Events(&block, finding(never)) {
					if s := string(e.Session); bytes.HasPrefix([]byte(test.log[e.Offset:]), []byte(`{"a"`)) || strings.HasPrefix(test.log[e.Offset:], `{"b`) || strings.HasPrefix(test.log[e.Offset:], `{"sessionId`) {
						got = append(got, s)
					}
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

const pageEntry = `{"timestamp":1795430665972,"message":"OT_TIMEOUT: too late"}`

func TestDetectShapes(t *testing.T) {
	tests := []struct{ name, log, want string }{
		{"array", `[{"a":1},{"b":2}]`, "json"},
		{"array on lines", "[\n{\"a\":1},\n{\"b\":2}\n]\n", "json"},
		{"pretty object", "{\n  \"a\": 1\n}\n", "json"},
		{"an object with a list", `{"message":"x","data":[{"a":1}]}` + "\n", "jsonl"},
		{"objects with lists", strings.Repeat(`{"level":"x","data":[{"a":1}]}`+"\n"+`{"level":"x"}`+"\n", 3), "jsonl"},
		{"a page and an empty one", `{"events":[` + pageEntry + `]}` + "\n" + `{"events":[]}` + "\n", "json"},
		{"an empty page and one", `{"hits":{"hits":[]}}` + "\n" + `{"hits":{"hits":[` + pageEntry + `]}}` + "\n", "elasticsearch"},
		{"mostly empty pages", strings.Repeat(`{"data":{"streams":[]}}`+"\n", 5) + `{"data":{"streams":[{"values":[["2026-11-23T10:44:25Z","OT_TIMEOUT: too late"]]}]}}` + "\n", "json"},
		{"a page and null", `{"data":[` + pageEntry + `]}` + "\n" + `{"data":null,"errors":["x"]}` + "\n", "datadog"},
		{"empty columns", `{"at":[],"what":[]}` + "\n" + `{"at":["2026-11-23T10:44:25Z","2026-11-23T10:44:26Z"],"what":["OT_TIMEOUT: a","OT_TIMEOUT: b"]}` + "\n", "json"},
		{"a page and an answer that there is none", `{"events":[` + pageEntry + `]}` + "\n" + `{"message":"Rate exceeded"}` + "\n", "json"},
		{"an empty page and a long one", `{"events":[]}` + "\n" + `{"events":[` + strings.Repeat(pageEntry+",", 99) + pageEntry + `]}` + "\n", "json"},
		{"records with a message and a list", `{"message":"left the room","events":[` + pageEntry + `]}` + "\n" + `{"message":"joined the room","events":[]}` + "\n", "jsonl"},
		{"records with a time and a list", `{"time":"2026-11-23T10:44:25Z","events":[` + pageEntry + `]}` + "\n" + strings.Repeat(`{"time":"2026-11-23T10:44:26Z","events":[]}`+"\n", 2), "jsonl"},
		{"records, one of them with a list only", strings.Repeat(`{"message":"joined the room"}`+"\n", 3) + `{"events":[` + pageEntry + `]}` + "\n", "jsonl"},
		{"timed records, one of them with a list only", strings.Repeat(`{"time":"2026-11-23T10:44:25Z","n":1}`+"\n", 2) + `{"events":[` + pageEntry + `]}` + "\n", "jsonl"},
		{"records of one kind, one of them with a list", `{"level":"info"}` + "\n" + `{"level":"info","events":[` + pageEntry + `]}` + "\n", "jsonl"},
		{"errors, and a list", strings.Repeat(`{"text":"OT_TIMEOUT: too late"}`+"\n", 2) + `{"events":[` + pageEntry + `]}` + "\n", "jsonl"},
		{"objects with brackets in text", `{"a":"}{"}` + "\n" + `{"a":"]["}` + "\n", "jsonl"},
		{"text in brackets", "[info] a\n[warn] b\n", "console"},
		{"text with a time in brackets", "[2026-11-23T10:44:25Z] a\n", "console"},
		{"text with commas", "time, message\nno table, this\nis, a, log\n", "console"},
		{"what Node prints", "call failed {\n  code: 1500,\n  name: 'OT_TIMEOUT'\n}\nmore\n", "console"},
		{"a header without rows", "Date,Message\n", "console"},
		{"a header that says nothing", "Date,Host\n1,2\n", "console"},
		{"a table", "Date,Message\n1,2\n", "csv"},
		{"a table with tabs", "Date\tMessage\n1\t2\n", "tsv"},
		{"docker", `{"log":"a\n","stream":"stderr","time":"x"}` + "\n", "docker"},
		{"docker without line feeds", `{"log":"a","stream":"stderr","time":"x"}` + "\n", "jsonl"},
		{"a container runtime", "2026-11-23T10:44:25Z stderr F a\n", "cri"},
		{"otlp", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}` + "\n" + `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}` + "\n", "otlp"},
		{"an answer of AWS", "{\n \"events\": [\n  {\"timestamp\": 1, \"message\": \"x\"}\n ]\n}\n", "json"},
	}
	for _, test := range tests {
		for _, whole := range []bool{true, false} {
			if got := formatIn([]byte(test.log), whole, field.Names{}).Name; got != test.want {
				t.Errorf("%s, whole %v: got %s, want %s", test.name, whole, got, test.want)
			}
		}
	}
}

// TestUnknownArraysAreRead checks that the entries of an array are records, whatever its name.
func TestUnknownArraysAreRead(t *testing.T) {
	entry := `{"time":"2026-11-23T10:44:25Z","message":"` + strings.Repeat("x", 1<<10) + `"},`
	log := `{"export":{"lines":[` + strings.TrimSuffix(strings.Repeat(entry, 5), ",") + `]}}`
	for _, log := range []string{log, log + "\n"} {
		if got := formatIn([]byte(log), true, field.Names{}).Name; got != "json" {
			t.Errorf("it is detected as %s", got)
		}
	}
	want := append([]string{`{"export":{"lines":[]}}`}, slices.Repeat([]string{strings.TrimSuffix(entry, ",")}, 5)...)
	if got := texts(checkSplit(t, log, formatOf("json"))); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestLongArrayCostsNoMemory(t *testing.T) {
	const size = 64 << 20
	element := `{"message":"` + strings.Repeat("x", 1<<10) + `"},` + "\n"
	src := io.MultiReader(strings.NewReader("["), io.LimitReader(&again{text: element}, size), strings.NewReader(`{"a":1}]`))
	r := newReader(src, formatOf("json"))
	var b Block
	records := 0
	for r.Next(&b) == nil {
		records += len(b.Records)
		if cap(b.Data) > 2*BlockSize || cap(r.window) > 2*BlockSize {
			t.Fatalf("a block of %d bytes, a window of %d", cap(b.Data), cap(r.window))
		}
	}
	if records < size/len(element) {
		t.Errorf("%d records", records)
	}
}

// again is an endless text.
type again struct {
	text string
	at   int
}

func (a *again) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], a.text[a.at:])
		n += c
		a.at = (a.at + c) % len(a.text)
	}
	return n, nil
}

func TestSplittersDoNotAllocatePerRecord(t *testing.T) {
	tests := []struct{ format, start, row string }{
		{"json", "[", `{"time":"2026-11-23T10:44:25Z","message":"x \"y\"","n":[1,{"a":2}]},`},
		{"csv", "Date,Message\n", "2026-11-23,\"a\"\"b\"\n"},
		{"docker", "", `{"log":"a\n","stream":"stderr","time":"x"}` + "\n"},
		{"cri", "", "2026-11-23T10:44:25Z stderr F a\n"},
		{"elasticsearch", `{"hits":{"hits":[`, `{"_source":{"message":"x"}},`},
	}
	for _, test := range tests {
		r := newReader(io.MultiReader(strings.NewReader(test.start), &again{text: test.row}), formatOf(test.format))
		var b Block
		for range 10 {
			if err := r.Next(&b); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(20, func() {
			if err := r.Next(&b); err != nil {
				t.Fatal(err)
			}
		}); n > 1 {
			t.Errorf("%s: %v allocations a block of %d records", test.format, n, len(b.Records))
		}
	}
}

func TestFramedObjects(t *testing.T) {
	const want = "2026-11-02T10:44:25.959Z"
	tests := []struct {
		line string
		f    Format
	}{
		{`{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"},`, console},
		{`{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"},`, jsonl},
		{`[{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"},`, jsonl},
		{`{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"}]`, jsonl},
		{"\xef\xbb\xbf" + `{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"}`, jsonl},
		{`2026-11-02T10:44:25.959Z {"message":"x"}`, console},
		{`2026-11-02T11:00:00Z {"timestamp":"2026-11-02T10:44:25.959Z","message":"x"}`, console},
		{`{"timestamp":"2026-11-02T10:44:25.959Z","message":"x"}` + "\n    at y.js:1", console},
	}
	for _, test := range tests {
		r := one(t, test.line, test.f)
		if r.skipped != nil || r.Time != at(t, want) || strings.Contains(r.text, "{") || !strings.Contains(r.text, "x") {
			t.Errorf("%q is %+v", test.line, r)
		}
		if strings.Contains(test.line, "y.js") != strings.Contains(r.text, "y.js") {
			t.Errorf("%q says %q", test.line, r.text)
		}
	}
}

func TestColumnsAreFields(t *testing.T) {
	for _, column := range []string{"Date", "Timestamp", "@timestamp", "_time", "Time (UTC)", "Message", "@message", "_raw", "Session ID", "session_id", "error.code", "Error Code", "jsonPayload.message", "attributes.session_id"} {
		if f, _ := field.Of([]byte(field.Key(column))); f == field.None {
			t.Errorf("%s is not a field", column)
		}
	}
	for _, column := range []string{"Hostess", "http.status_code", "x"} {
		if key := field.Key(column); key != "" {
			t.Errorf("%s is %s", column, key)
		}
	}
}
