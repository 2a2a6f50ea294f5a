package parse

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/timestamp"
)

// described returns what a decoder says of the records of a log that is read in blocks, a line for each.
func described(d *Decoder, blocks []*Block) (out []string) {
	for _, b := range blocks {
		for e, syntax := range d.Events(b, &finder{next: nextError}) {
			if syntax != nil {
				out = append(out, fmt.Sprintf("%d+%d skipped: %s", syntax.Offset, syntax.Bytes, syntax.Cause))
				continue
			}
			text, name, code := e.Text, e.Name, e.Code
			if bytes.Contains(text, telemetryMark) && e.Telemetry == nil {
				text, name, code = nil, nil, 0 // it need not be decoded
			}
			out = append(out, fmt.Sprintf("%d+%d %d %d %d %s session %s client %s %t connection %s level %d blank %t wrapped %t text %q name %s code %d telemetry %t",
				e.Offset, e.Bytes, e.Time, e.OfDay, e.Doubt, e.Doubted, e.Session, e.Client, e.GUID, e.ConnectionID, e.Level, e.Blank, e.Wrapped, text, name, code, e.Telemetry != nil))
		}
	}
	return out
}

// blocksOf returns a log in small blocks.
func blocksOf(t *testing.T, format Format, log string) (blocks []*Block) {
	t.Helper()
	r := newReader(strings.NewReader(log), format)
	r.limits = limits{block: 4 << 10, record: 64 << 10}
	for {
		var b Block
		switch err := r.Next(&b); err {
		case nil:
			blocks = append(blocks, &b)
		case io.EOF:
			return blocks
		default:
			t.Fatal(err)
		}
	}
}

// nextError returns where evidence is that a Finder of these tests knows.
func nextError(data []byte) int {
	at := -1
	for _, mark := range []string{"OT_", "could not "} {
		if n := bytes.Index(data, []byte(mark)); n >= 0 && (at < 0 || n < at) {
			at = n
		}
	}
	return at
}

// checkLines compares what a decoder that recognizes lines says of a log with what one says that walks
// each line.
func checkLines(t *testing.T, format Format, log string) {
	t.Helper()
	blocks := blocksOf(t, format, log)
	compare(t, log, described(&Decoder{}, blocks), described(&Decoder{walks: true}, blocks))
	for _, skip := range []bool{false, true} {
		seen, walks := &Decoder{Sightings: &sighting.Sightings{}, SkipLevels: skip}, &Decoder{walks: true, SkipLevels: skip}
		compare(t, log, sightingsOf(seen, blocks), sightingsOf(walks, blocks))
	}
}

// compare compares what two decoders say of a log.
func compare(t *testing.T, log string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d, of %q", len(got), len(want), log)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("got  %s\nwant %s\nof %q", got[i], want[i], log)
		}
	}
}

// sightingsOf returns who was seen when in the records of a log that is read in blocks, a line for each, and
// what else matters of those that are events in any case.
func sightingsOf(d *Decoder, blocks []*Block) (out []string) {
	who := func(time int64, session, client, connection []byte, other ...any) {
		out = append(out, fmt.Sprintf("%d session %s client %s connection %s %v", time, session, client, connection, other))
	}
	flush := func() {
		if s := d.Sightings; s != nil {
			for _, x := range s.Seen {
				p := &s.Known[x.Who]
				who(x.Time, p.Session, p.Client, p.ConnectionID, false, timestamp.NoDoubt, level.Unknown)
			}
			s.Counted()
		}
	}
	for _, b := range blocks {
		for e, syntax := range d.Events(b, &finder{next: nextError}) {
			if flush(); syntax != nil {
				out = append(out, "skipped: "+syntax.Cause)
			} else {
				other := []any{e.GUID, e.Doubt, e.Level}
				if x := e.Telemetry; x != nil {
					other = append(other, fmt.Sprintf("%s %t %s stream %s subscriber %s", [][]byte{x.Action, x.Variation, x.Reason, x.FailureReason, x.SDK, x.UserAgent}, x.Native, e.Name, e.StreamID, e.SubscriberID))
					if !x.uneventful() || nextError(e.Text) >= 0 {
						other = append(other, fmt.Sprintf("%s %d", e.Text, e.Code))
					}
				}
				who(e.Time, e.Session, e.Client, e.ConnectionID, other...)
			}
		}
		flush()
	}
	return out
}

// TestLinesAreRecognizedExactly compares lines of random layouts, whose values change at random.
func TestLinesAreRecognizedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 2))
	for range 300 {
		checkLines(t, Format{}, randomLines(r, 60))
	}
	roles := &field.Roles{Learned: field.Names{Time: "a.when"}, Given: field.Names{Session: "user", Message: "x"}}
	for range 100 {
		checkLines(t, Format{roles: roles}, randomLines(r, 60))
	}
}

// TestPeopleAreSeenExactly compares lines of a few people, whose IDs follow one another in several orders.
func TestPeopleAreSeenExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 3))
	for range 300 {
		checkLines(t, Format{leads: r.IntN(4) == 0}, peopleLines(r, 80))
	}
}

func peopleLines(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		person := r.IntN(3)
		session := `"sessionId":"` + []string{sessionOT, sessionOther, "room of patient 17, floor 3"}[person] + `",`
		if r.IntN(3) == 0 {
			b.WriteString(telemetryLine(r, session))
			continue
		}
		connection := fmt.Sprintf(`"connectionId":"connection-%d",`, person)
		client := fmt.Sprintf(`"clientInstanceId":"client-%d",`, person)
		message := pickOne(r, `"msg":"a text of twenty-four bytes or more"`, `"msg":"joined `+sessionOT+`"`)
		start := `{` + pickOne(r, `"time":"2026-11-23T10:15:00Z",`, `"time":"2026-11-23T10:15:01Z",`, `"time":"2026-11-23T00:00:00Z","timestamp":"10:15:00",`, `"timestamp":"2026-11-23T00:00:00Z","time":"10:15:00",`, `"time":1795430665972,`)
		b.WriteString(start)
		b.WriteString(pickOne(r, session+connection+message, session+connection+client+message, session+message+`,"clientInstanceId":"client-`+pickOne(r, "1", "2")+`"`,
			session+`"x":`+`{`+session+message+"}", `"x":{`+session+connection+message+`}`, connection+session+message, session+message, `"connectionId":"`+sessionOT+`",`+message, connection+client+message, message))
		b.WriteString("}\n")
	}
	return b.String()
}

// telemetryLine returns a telemetry event, which may report a failure.
func telemetryLine(r *rand.Rand, session string) string {
	members := []string{
		`"action":"` + pickOne(r, "Connect", "Publish", "tb.exception.1500", "") + `"`,
		`"variation":"` + pickOne(r, "Attempt", "Success", "Failure", "Cancel") + `"`,
		pickOne(r, `"clientVersion":"js-2.35.2"`, `"clientVersion":"js-2.35.2"`, `"clientVersion":"android-vg-2.30"`) + `,"userAgent":"Mozilla/5.0"`,
		pickOne(r, `"payload":null`, `"payload":{"reason":"AccessDenied","connectionId":"other"}`, `"payload":{"reason":"x"},"failureReason":"Non-fatal"`, `"payload":{"sessionId":"`+sessionOther+`","clientSystemTime":1795430665000}`),
		pickOne(r, `"x":1`, `"x":1`, `"name":"NO_NAME"`, `"x":"it could not be"`, `"level":"warn"`, `"OT_TIMEOUT":1`),
		`"guid":"g",` + pickOne(r, `"streamId":"s1"`, `"streamId":"s1","subscriberId":"u"`, `"connectionId":"c1"`, `"connectionId":"c1","clientInstanceId":"i1"`),
	}
	return `{` + session + `"clientSystemTime":` + pickOne(r, "1795430665972", "1795430665973", "null", `"x"`) + `,` + strings.Join(members[r.IntN(3):], ",") + "}\n"
}

// randomLines returns lines of a few layouts.
func randomLines(r *rand.Rand, n int) string {
	var layouts [][]string
	for range 1 + r.IntN(3) {
		var keys []string
		for range 1 + r.IntN(7) {
			keys = append(keys, pickOne(r, "timestamp", "time", "level", "severity", "message", "msg", "sessionId", "session", "connectionId", "clientInstanceId", "guid", "code", "errorCode", "status", "user", "when", "x", "eventName", "MESSAGE", "nanoOfSecond", "name"))
		}
		layouts = append(layouts, keys)
	}
	var b strings.Builder
	for range n {
		keys := layouts[r.IntN(len(layouts))]
		space := pickOne(r, "", "", "", " ")
		b.WriteByte('{')
		open := ""
		for i, key := range keys {
			if i > 0 {
				b.WriteString("," + space)
			}
			b.WriteString(`"` + key + `":` + space)
			if i == len(keys)/2 && len(keys) > 3 {
				b.WriteString(`{"a":` + pickOne(r, "null", "true", `[1,"y",{}]`) + `,"when":`)
				open = "}"
			}
			b.WriteString(randomValue(r))
		}
		b.WriteString(open + "}")
		b.WriteString(pickOne(r, "\n", "\n", "\n", "\n", "\n", "\n", "\r\n", ",\n", " \n", "\n\n", "x\n", "}\n"))
	}
	return b.String()
}

// randomValue returns a value of JSON, or something that is nearly one.
func randomValue(r *rand.Rand) string {
	switch r.IntN(12) {
	case 0:
		return fmt.Sprint(r.IntN(7000))
	case 1:
		return pickOne(r, "null", "true", "-1.5e3", "1795430665972", "0", "[]", "{}", `["a"]`, `[1,2]`, "-", "1e")
	case 2:
		return pickOne(r, `"OT_TIMEOUT"`, `"it could not be"`, `"x (1004)"`, `"x (900)"`, `"a \"b\" c"`, `"a \"d\" c"`, `"a\tb\n"`, `"\"code\": 1500"`, `"\"mode\": 1500 \\"`, `"\"x\" (1004)"`, `"it \"could not be\""`, `"x\nOT_TIMEOUT"`, `"\u007b\"sessionId\":\"def\"}"`, `" {\"sessionId\":\"abc\"}"`,
			`"x {\"clientSystemTime\":1795430665972,\"action\":\"Connect\",\"variation\":\"Failure\"}"`, `"in \"`+sessionOT+`\""`, `"\u001b[1m"`, "\"a\tb\"", `"{\"code\":1500}"`, `"[]"`, `""`, `" "`, `"null"`, `"1500"`, `"SystemTime"`, `"`)
	case 3:
		return `"` + pickOne(r, sessionOT, sessionOther, sessionUnified, sessionOT+"/x", sessionOT[:30]+"…", "abc", "-") + `"`
	case 4:
		return `"` + pickOne(r, "info", "INFO", "warn", "error", "debug", "fatal", "17", "Information") + `"`
	case 5, 6:
		return fmt.Sprintf(`"2026-11-23T10:%02d:%02d.%03dZ"`, r.IntN(3), r.IntN(60), r.IntN(1000))
	case 7:
		return pickOne(r, `"2026-11-23 10:44:25"`, `"03/04/2026 10:44:25"`, `"10:44:25"`, "1795430665", `"23/Nov/2026:10:44:25 +0000"`)
	}
	return `"` + strings.Repeat(pickOne(r, "joined room ", "request ", "é ", "a"), r.IntN(6)) + pickOne(r, "7", "8", "x") + `"`
}

// TestWrappedLinesAreRecognizedExactly compares the lines of containers, and the rows of tables.
func TestWrappedLinesAreRecognizedExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 4))
	for range 200 {
		for _, format := range wrappedFormats {
			checkLines(t, format, wrapLines(r, format, randomLines(r, 60)))
			checkLines(t, format, wrapLines(r, format, peopleLines(r, 60)))
		}
	}
	for range 3000 {
		checkLines(t, Format{leads: r.IntN(4) == 0, levelless: r.IntN(4) == 0}, likeLines(r, 30))
	}
}

// shapes are lines whose joints are alike. Text in «» is that of a string, % and a letter are values.
var shapes = []string{
	`{"log":«{"time":"%t","level":"%l","sessionId":"%s","connectionId":"%c","clientInstanceId":"%i","msg":"%m"}\n»,"stream":"%m","time":"%t"}`,
	`{"log":«{"sessionId":"%s","connectionId":"%c","x":"%m"}\n»,"stream":"%m","time":"%t"}`,
	`{"log":«{"sessionId":"%s","connectionId":"%c","x":"%m"}\n»,"stream":"%m","sessionId":"%s","time":"%t"}`,
	`{"connectionId":"%c","log":«{"sessionId":"%s","x":"%m"}\n»,"stream":"%m"}`,
	`{"connectionId":"%c","log":«{"ERROR":null,"sessionId":"%s"}\n»,"stream":"%m"}`, `{"connectionId":"%c","msg":"%l: %m"}`,
	`{"connectionId":"%c","x":«{"sessionId":"%s","x":"%m"}»,"stream":"%m"}`,
	`{"log":«{"code":%n,"x":"%m"}\n»,"stream":"%m"}`, `{"log":«{"code":"%n","mode":"%m","x":"%m"}\n»,"stream":"%m"}`,
	`{"log":«{"x":"%m","a":["%m" %n]}\n»,"stream":"%m"}`, `{"log":«{"a":["%m" %n]}\n»}`,
	`{"clientSystemTime":%e,"action":"Connect","x":"%m"}`, `{"clientSystemTime":%e,"action":"Connect","x":"%m","sessionId":"%s"}`,
	`{"q":"%m","action":"Connect","x":"%m","log":«{"variation":"%v","sessionId":"%s"}\n»,"y":"%m"}`, `{"clientSystemTime":%e,"action":"Connect","x":"%m","log":«{"variation":"%v","sessionId":"%s"}\n»,"y":"%m"}`, `{"q":"%m","y":"%m"}`, `{"q":"%m","x":"%m","sessionId":"%s"}`,
	`{"log":«{"clientSystemTime":%e,"action":"Connect","sessionId":"%s"}\n»,"x":"%m"}`, `{"log":«{"n":%e,"action":"Connect","sessionId":"%s"}\n»,"x":"%m"}`,
	`{"log":«%m\n»,"stream":"%m","time":"%t"}`, `{"log":«%t %m\n»,"stream":"%m","time":"%t"}`, `{"log":"%t %m","stream":"%m","time":"%t"}`, `{"log":"%m","stream":"%m","time":"%t"}`, `{"log":«%l: %m\n»,"stream":"%m"}`,
	`{"clientInstanceId":«%i\n»,"x":"%m"}`, `{"clientInstanceId":"%i","x":"%m"}`, `{"x":"%m","log":«2026-11-23 10:44:25 +0000\n»}`, `{"x":"%m","log":"%m"}`,
	`{"sessionId":«%s\n»,"x":"%m"}`, `{"sessionId":"%s","x":"%m"}`, `{"level":«%l\n»,"x":"%m"}`, `{"level":"%l","x":"%m"}`, `{"x":«%m\n»,"y":"%m"}`, `{"x":«%t %m\n»,"msg":"%l: %m"}`,
	`{"a":{"log":«{"sessionId":"%s","m":"%m"}\n»,"timestamp":"%t"},"time":"%t"}`, `{"log":«{"sessionId":"%s","m":"%m"}\n»,"timestamp":"%t","time":"%t"}`,
	`{"log":«{"m":"%m"}\n»,"x":"%m"}`, `{"log":«{"ERROR":"%m"}\n»,"x":"%m"}`, `{"x":«{"ERROR":"%m"}»,"msg":"%l: %m"}`, `{"y":"%m","msg":"%l: %m"}`, `{"log":«{"m":null}\n»,"msg":"%l: %m"}`, `{"x":«{"m":null}»,"msg":"%l: %m"}`,
	`{"log":«{"msg":"%l: %m","x":"%m"}\n»,"stream":"%m"}`, `{"log":«{"ERROR":"%m"}\n»,"msg":"%l: %m"}`,
	`{"log":«{"time":"%d","sessionId":"%s"}\n»,"time":"2026-11-23T00:00:00Z"}`, `{"time":"2026-11-23T00:00:00Z","log":«{"time":"%d","sessionId":"%s"}\n»,"x":"%m"}`, `{"log":«{"a":{"time":"%d"},"sessionId":"%s"}\n»,"time":"2026-11-23T00:00:00Z"}`,
}

var placeholder = regexp.MustCompile("%[a-z]")

// likeLines returns lines of a few shapes, with different values.
func likeLines(r *rand.Rand, n int) string {
	some := r.Perm(len(shapes))[:2+r.IntN(3)]
	if at := r.IntN(len(shapes) - 3); r.IntN(2) == 0 { // neighbours are most alike
		some = []int{at, at + 1, at + 2, at + 3}
	}
	var b strings.Builder
	for range n {
		line := placeholder.ReplaceAllStringFunc(shapes[some[r.IntN(len(some))]], func(v string) string {
			switch v {
			case "%t":
				return randomTime(r)
			case "%d":
				return pickOne(r, "10:44:25", "10:44:26", randomTime(r))
			case "%e":
				return pickOne(r, "1795430665972", "1795430665973")
			case "%l":
				return pickOne(r, "info", "ERROR", "WARN", "x")
			case "%n":
				return pickOne(r, "7", "8", "1500", "15000", "-1500")
			case "%s":
				return pickOne(r, sessionOT, sessionOther, "abc")
			case "%v":
				return pickOne(r, "Success", "Failure")
			case "%c", "%i":
				return pickOne(r, "one", "two", "")
			}
			return pickOne(r, "a", "b", "mode", "x", "barcode", " : 1500", " x", "(1004)", "x (1004)", "it could not be", "in "+sessionOT, "a text of twenty-four bytes", `say "x"`, `the "code": 1500`, `"x" (1004)`, `{"clientSystemTime":1795430665972,"action":"Connect","variation":"Failure"}`, "x\ty", "")
		})
		for {
			start, rest, ok := strings.Cut(line, "«")
			if !ok {
				break
			}
			text, after, _ := strings.Cut(rest, "»")
			line = start + string(jsontext.AppendQuoted(nil, []byte(strings.ReplaceAll(text, `\n`, "\n")))) + after
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// wrappedFormats are those in which lines are wrapped, and two in which the meaning of values differs.
var wrappedFormats = []Format{
	{}, {leads: true}, {roles: &field.Roles{Learned: field.Names{Time: "when"}, Given: field.Names{Session: "user", Message: "x"}}},
	{kind: dockerLines}, {kind: dockerLines, leads: true}, {kind: dockerLines, levelless: true}, {kind: criLines}, {kind: byRow}, {kind: byValue},
}

// wrapLines wraps the lines of a log as a format has them. Some are wrapped in another way, or damaged.
func wrapLines(r *rand.Rand, format Format, log string) string {
	var b strings.Builder
	if format.kind == byRow {
		b.WriteString("timestamp,level,message,sessionId,connectionId,x\n")
	}
	for line := range strings.Lines(log) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case r.IntN(20) == 0:
			line = pickOne(r, "", " ", "[", "{}", `{"log":"`, "x") + line
		case format.kind == byRow:
			line = randomRow(r)
		case format.kind == criLines:
			line = randomTime(r) + pickOne(r, " stdout F ", " stdout F ", " stdout F ", " stderr F ", " stdout P ", " ") + pickOne(r, line, line, line, randomText(r), " "+line)
		case format.kind != byValue:
			line = dockerLine(r, line)
		}
		b.WriteString(line + pickOne(r, "\n", "\n", "\n", "\n", "\n", "\r\n", "\n\n"))
	}
	return b.String()
}

func randomTime(r *rand.Rand) string {
	return fmt.Sprintf("2026-11-23T10:%02d:%02d.%09dZ", r.IntN(3), r.IntN(60), r.IntN(1e9))
}

// randomText returns a line of a console.
func randomText(r *rand.Rand) string {
	return pickOne(r, randomTime(r)+" ", randomTime(r)+" ", "", "10:44:25 ", "[info] ", "{}", " {", "ERROR ", "{ERROR ") + pickOne(r, "a text of some words", "it could not be", "session="+sessionOT+" joined", `it "quotes" x`, "x (1004)", `the code "1500"`, "\x1b[1mx", "") + strings.Repeat("x", r.IntN(3))
}

// dockerLine wraps a line as Docker does, or nearly so.
func dockerLine(r *rand.Rand, line string) string {
	text := pickOne(r, line, line, line, strings.ReplaceAll(line, "},", ","), randomText(r), fmt.Sprintf(`{"level":%q,"code":%d,"msg":"x"}`, pickOne(r, "info", "ERROR"), r.IntN(7000)),
		fmt.Sprintf(`{"ERROR":{"a":%q},"code":"%d","mode":"%s","list":[1,"ode",2]}`, pickOne(r, "x", "mode", " : "), r.IntN(7000), pickOne(r, " : 1500", "1004", "barcode", "")),
		fmt.Sprintf(`{"code" : %d,"sessionId" : "%s"}`, r.IntN(7000), pickOne(r, sessionOT, sessionOther)), `{"n":null}`)
	quoted := string(jsontext.AppendQuoted(nil, []byte(text+pickOne(r, "\n", "\n", "\n", "\n", "\r\n", "", "\n\n", "\t"))))
	if r.IntN(20) == 0 {
		quoted = strings.Replace(quoted, pickOne(r, `\"`, ":", "m", "}"), pickOne(r, `\u0022`, `\\"`, `"`, "\t", `\n`, "}", `\/`), 1+r.IntN(3))
	}
	if r.IntN(30) == 0 {
		quoted = string(jsontext.AppendQuoted(nil, []byte(`{"log":`+quoted+`}`)))
	}
	key := pickOne(r, "log", "log", "log", "log", "log", "x", "message", "sessionId", "time", "eventName", "code")
	before := pickOne(r, "", "", "", "", `"stream":"stdout",`, `"clientSystemTime":1795430665972,"action":"Connect",`, `"connectionId":"c",`, `"msg":"ERROR: x",`, `"a":{"b":"c"},`, `"log":"{}\n",`)
	after := pickOne(r, `,"stream":"stdout"`, `,"stream":"stdout"`, `,"stream":"stdout"`, `,"stream":"stderr"`, `,"message":"ERROR: y"`, `,"sessionId":"`+sessionOther+`"`, `,"clientInstanceId":"i"`, `,"log":"{\"sessionId\":\"`+sessionOther+`\"}\n"`, `,"level":"warn"`) + `,"time":"` + randomTime(r) + `"`
	return `{` + before + `"` + key + `":` + quoted + after + pickOne(r, "}", "}", "}", "}", "}", "}", "}}", "")
}

// randomRow returns a row of a table.
func randomRow(r *rand.Rand) string {
	var cells []string
	for _, of := range []string{randomTime(r), pickOne(r, "info", "ERROR", ""), randomText(r), pickOne(r, sessionOT, sessionOther, "abc", ""), pickOne(r, "c1", "c2", ""), pickOne(r, "", "null", "1", "a;b")} {
		if strings.ContainsAny(of, "\",\n") || r.IntN(6) == 0 {
			of = `"` + strings.ReplaceAll(of, `"`, `""`) + `"`
		}
		cells = append(cells, of)
	}
	return strings.Join(cells, ",") + pickOne(r, "", "", "", "", "", "", "", "", ",", `"`)
}

func pickOne(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

func FuzzLines(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		f.Add([]byte(randomLines(r, 8)))
		f.Add([]byte(peopleLines(r, 8)))
	}
	f.Fuzz(func(t *testing.T, log []byte) {
		checkLines(t, Format{}, string(log)+"\n"+string(log))
	})
}

func FuzzWrappedLines(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		of := i % len(wrappedFormats)
		f.Add([]byte(wrapLines(r, wrappedFormats[of], randomLines(r, 8))), byte(of))
		f.Add([]byte(likeLines(r, 6)), byte(of))
	}
	f.Fuzz(func(t *testing.T, log []byte, of byte) {
		checkLines(t, wrappedFormats[int(of)%len(wrappedFormats)], string(log)+"\n"+string(log))
	})
}
