package parse

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/timestamp"
)

// described returns what a decoder says of the records of a log that is read in blocks, a line for each.
func described(d *Decoder, format Format, blocks ...[]byte) (out []string) {
	offset := int64(0)
	for _, data := range blocks {
		for e, syntax := range d.Events(&Block{Data: data, Offset: offset, Format: format}, &finder{next: nextError}) {
			if syntax != nil {
				out = append(out, fmt.Sprintf("%d+%d skipped: %s", syntax.Offset, syntax.Bytes, syntax.Cause))
				continue
			}
			text := e.Text
			if bytes.Contains(text, telemetryMark) && e.Telemetry == nil {
				text = nil // it need not be decoded
			}
			out = append(out, fmt.Sprintf("%d+%d %d %d %d %s session %s client %s %t connection %s level %d blank %t wrapped %t text %q name %s code %d telemetry %t",
				e.Offset, e.Bytes, e.Time, e.OfDay, e.Doubt, e.Doubted, e.Session, e.Client, e.GUID, e.ConnectionID, e.Level, e.Blank, e.Wrapped, text, e.Name, e.Code, e.Telemetry != nil))
		}
		offset += int64(len(data))
	}
	return out
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
	var blocks [][]byte
	for rest := []byte(log); len(rest) > 0; {
		n := min(len(rest), 4<<10)
		if end := bytes.IndexByte(rest[n:], '\n'); end >= 0 {
			n += end + 1
		} else {
			n = len(rest)
		}
		blocks = append(blocks, rest[:n])
		rest = rest[n:]
	}
	compare(t, log, described(&Decoder{}, format, blocks...), described(&Decoder{walks: true}, format, blocks...))
	for _, skip := range []bool{false, true} {
		seen, walks := &Decoder{Sightings: &sighting.Sightings{}, SkipLevels: skip}, &Decoder{walks: true, SkipLevels: skip}
		compare(t, log, sightingsOf(seen, format, blocks...), sightingsOf(walks, format, blocks...))
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
func sightingsOf(d *Decoder, format Format, blocks ...[]byte) (out []string) {
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
	for _, data := range blocks {
		for e, syntax := range d.Events(&Block{Data: data, Format: format}, &finder{next: nextError}) {
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
		checkLines(t, Format{}, peopleLines(r, 80))
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
		return pickOne(r, `"OT_TIMEOUT"`, `"it could not be"`, `"x (1004)"`, `"x (900)"`, `"a \"b\" c"`, `"\u001b[1m"`, "\"a\tb\"", `"{\"code\":1500}"`, `"[]"`, `""`, `" "`, `"null"`, `"1500"`, `"SystemTime"`, `"`)
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
