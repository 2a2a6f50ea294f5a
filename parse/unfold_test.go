package parse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse/crowd"
)

// TestUnfold reads records that are logs of their own.
func TestUnfold(t *testing.T) {
	const a, b = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B", "2_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5B"
	both := []string{"10:00:00 A", "10:05:00 B"}
	const errorA, errorB = `{A} OT_TIMEOUT: too late`, `{B} OT_CONNECT_FAILED: no route`
	const first, second = "2026-11-23T10:00:00Z", "2026-11-23T10:05:00Z"
	for _, test := range []struct {
		name, record string
		want         []string // the time and session of each record with an error; nil: it is not unfolded
	}{
		{"lines in a field", `{"created_at":"2026-11-24T09:00:00Z","body":"We see:\n` + first + ` ` + errorA + `\n    at connect (app.js:1:2)\n` + second + ` ` + errorB + `"}`, both},
		{"lines with escaped line feeds", `{"body":"` + first + ` ` + errorA + `\\n` + second + ` ` + errorB + `"}`, both},
		{"HTML", `{"body":"<p>We see:</p><p>` + first + ` ` + errorA + `<br/>` + second + ` ` + errorB + `</p>"}`, both},
		{"code in a ticket", `{"body":"{noformat}` + first + ` ` + errorA + `\n` + second + ` ` + errorB + `{noformat}"}`, both},
		{"a fence", "{\"body\":\"```\\n" + first + ` ` + errorA + `\n` + second + ` ` + errorB + "\\n```\"}", both},
		{"lines with days of another order", `{"created_at":"2026-11-24T09:00:00Z","body":"11/23/2026, 10:00:00 AM ` + errorA + `\n11/23/2026, 10:05:00 AM ` + errorB + `"}`, both},
		{"lines with times of day", `{"timestamp":"2026-11-23T10:06:00Z","body":"10:00:00.1 app.js:1 OT_TIMEOUT: {A}\n10:05:00.1 app.js:1 OT_CONNECT_FAILED: {B}"}`, both},
		{"lines of the SDK without times", `{"timestamp":"` + first + `","body":"See:\nopentok.js:1 OpenTok:Session:error OT_TIMEOUT: x\nopentok.js:2 OpenTok:Publisher:error OT_CONNECT_FAILED: y {A}"}`, []string{"10:00:00 A", "10:00:00 A"}},
		{"a list with marks", `{"created_at":"2026-11-24T09:00:00Z","body":"* Nov 23, 2026, 10:00:00 AM ` + errorA + `\n* Nov 23, 2026, 10:05:00 AM ` + errorB + `"}`, both},
		{"HTML without escapes", `{"created_at":"2026-11-24T09:00:00Z","body":"<div>1795428000000 ` + errorA + `</div><div>1795428300000 ` + errorB + `</div>"}`, both},
		{"objects on lines", `{"sentAt":"2026-11-24T09:00:00Z","body":"{\"time\":\"` + first + `\",\"msg\":\"` + errorA + `\"}\n{\"time\":\"` + second + `\",\"msg\":\"` + errorB + `\"}"}`, both},
		{"a batch of objects", `{"sentAt":"2026-11-24T09:00:00Z","message":"upload","logs":[{"t":1795428000000,"m":"` + errorA + `"},{"t":1795428300000,"m":"` + errorB + `"}]}`, both},
		{"a batch of lines", `{"sentAt":"2026-11-24T09:00:00Z","message":"upload","lines":["` + first + ` ` + errorA + `", "` + second + ` ` + errorB + `"]}`, both},
		{"a batch of one session", `{"sessionId":"{A}","sentAt":"2026-11-24T09:00:00Z","logs":[{"t":1795428000000,"m":"OT_TIMEOUT: too late"},{"t":1795428300000,"m":"OT_CONNECT_FAILED: no route"}]}`, []string{"10:00:00 A", "10:05:00 A"}},
		{"rows in a string", `{"time":"2026-11-24T09:00:00Z","msg":"response {\"rows\":[[\"` + first + `\",\"` + errorA + `\"],[\"` + second + `\",\"` + errorB + `\"]]}"}`, both},
		{"JSON after text", `2026-11-24T09:00:00Z INFO response {"data":[{"time":"` + first + `","message":"` + errorA + `"},{"time":"` + second + `","message":"` + errorB + `"}]} 200`, both},
		{"JSON as nginx escapes it", `1.2.3.4 "POST /log" "[{\x22t\x22:1795428000000,\x22m\x22:\x22` + errorA + `\x22},{\x22t\x22:1795428300000,\x22m\x22:\x22` + errorB + `\x22}]"`, both},
		{"rows with the time first", `INSERT INTO log VALUES (1,'2026-11-23 10:00:00','` + errorA + `'),(2,'2026-11-23 10:05:00','` + errorB + `');`, both},
		{"rows with the time last", `INSERT INTO log VALUES ('` + errorA + `','2026-11-23 10:00:00'),('` + errorB + `','2026-11-23 10:05:00');`, both},
		{"lines without times", "Console:\n\t" + errorA + "\n\t    at connect (app.js:1:2)\n\t" + errorB, []string{"- A", "- B"}},

		{"a list in which one of several sessions fails", `{"sentAt":"2026-11-24T09:00:00Z","logs":[{"t":1795428000000,"m":"{A} joined"},{"t":1795428300000,"m":"` + errorB + `"}]}`, []string{"10:05:00 B"}},
		{"the same without a time around it", `{"logs":[{"t":1795428000000,"m":"joined","s":"{B}"},{"t":1795428300000,"m":"OT_TIMEOUT: too late","s":"{A}"}],"next":null}`, []string{"10:05:00 A"}},
		{"a list in which one record of a session fails", `{"logs":[{"time":"` + first + `","msg":"joined {A}"},{"time":"` + second + `","msg":"` + errorA + `"}]}`, []string{"10:05:00 A"}},
		{"arrays on one line", `[{"time":"` + first + `","msg":"joined {B}"},{"time":"` + first + `","msg":"left {B}"}][{"time":"` + second + `","msg":"` + errorA + `"}]`, []string{"10:05:00 A"}},
		{"an array on several lines", "[\n  {\"time\":\"" + first + "\",\"msg\":\"joined {B}\"},\n  {\"time\":\"" + second + `","msg":"` + errorA + "\"}\n]", []string{"10:05:00 A"}},

		{"one failure and the sessions of others", `{"time":"` + first + `","message":"` + errorA + `","others":[{"session":"{B}","joined":"` + second + `"},{"session":"{A}","joined":"` + first + `"}]}`, nil},
		{"one failure with its stack", `{"time":"` + first + `","message":"` + errorA + `","stack":"OT_TIMEOUT: too late\n    at connect (app.js:1:2)\n    at b","name":"OT_TIMEOUT"}`, nil},
		{"one failure and the list of its causes", `{"time":"` + first + `","message":"` + errorA + `","causes":[{"name":"OT_TIMEOUT"},{"name":"OT_CONNECT_FAILED"}]}`, nil},
		{"one failure with two times", `{"time":"` + first + `","message":"` + errorA + `","stored":"` + second + `","error":{"name":"OT_TIMEOUT"}}`, nil},
		{"an error whose session is not clear", `{"body":"` + first + ` ` + errorA + `\n` + second + ` ` + errorB + `\n2026-11-23T10:06:00Z OT_TIMEOUT: whose?"}`, nil},
		{"no separator", first + ` ` + errorA + ` and ` + errorB + ` and {A}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, record := &Decoder{}, strings.NewReplacer("{A}", a, "{B}", b).Replace(test.record)
			for len(record) < crowd.Least {
				record = " " + record
			}
			format := Format{stacks: record[0] != '{'}
			if format.stacks {
				record = strings.TrimSpace(record)
			}
			var got []string
			for e, syntax := range d.Events(&Block{Data: []byte(record), Format: format}, found{}) {
				if syntax != nil {
					t.Fatal(syntax)
				}
				inner := d.Unfold(e, format)
				if inner == nil {
					break
				}
				bytes, lines := 0, 0
				for x, syntax := range d.Unfolded().Events(inner, noFinder{}) {
					if syntax != nil {
						t.Fatal(syntax)
					}
					if bytes, lines = bytes+x.Bytes, lines+x.Lines; crowd.NextError(x.Raw) >= 0 {
						got = append(got, saidBy(x, a))
					}
				}
				if bytes != e.Bytes || lines != e.Lines {
					t.Errorf("it covers %d bytes and %d lines of %d and %d", bytes, lines, e.Bytes, e.Lines)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// found is a Finder that has every record decoded in full.
type found struct{ noFinder }

func (found) Next(from int) int      { return from }
func (found) Holds([]byte) bool      { return true }
func (found) HoldsValue([]byte) bool { return true }

// saidBy returns the time of day of an event, "-" if it has no time, and A if the session is a.
func saidBy(e *Event, a string) string {
	at, by := "-", "B"
	if e.Time >= 0 {
		at = time.Unix(0, e.Time).UTC().Format(time.TimeOnly)
	}
	if string(e.Session) == a {
		by = "A"
	}
	return at + " " + by
}

// TestUnfoldCutOff checks that the missing end of a log in a record is reported.
func TestUnfoldCutOff(t *testing.T) {
	record := `{"id":1,"body":"2026-11-23T10:00:00Z OT_TIMEOUT: ` + sessionOT + `\n2026-11-23T10:05:00Z OT_CONNECT_FAILED: ` + sessionOther + `\n2026-11-23T10:06`
	d, bytes, skipped := &Decoder{}, 0, 0
	for e := range d.Events(&Block{Data: []byte(record)}, found{}) {
		inner := d.Unfold(e, Format{})
		if inner == nil {
			t.Fatal("it is not unfolded")
		}
		for x, syntax := range d.Unfolded().Events(inner, noFinder{}) {
			if syntax != nil {
				skipped++
				bytes += int(syntax.Bytes)
				continue
			}
			bytes += x.Bytes
		}
	}
	if skipped != 1 || bytes != len(record) {
		t.Errorf("%d skipped, %d bytes of %d", skipped, bytes, len(record))
	}
}

// unfolded returns the times of the records with an error in each record of a log.
func unfolded(d *Decoder, log string) (times []string) {
	for e := range d.Events(&Block{Data: []byte(log)}, found{}) {
		inner := d.Unfold(e, Format{})
		if inner == nil {
			times = append(times, "-")
			continue
		}
		for x := range d.Unfolded().Events(inner, noFinder{}) {
			if x != nil && crowd.NextError(x.Raw) >= 0 {
				times = append(times, saidBy(x, sessionOT))
			}
		}
	}
	return times
}

// TestUnfoldForgets checks that a record is read as if it were the only one, because another worker may
// have read those before it.
func TestUnfoldForgets(t *testing.T) {
	ticket := func(day string) string {
		return `{"timestamp":"2026-11-24T09:00:00Z","body":"` + day + `/2026, 10:00:00 AM OT_TIMEOUT: ` + sessionOT + `\n` + day + `/2026, 10:05:00 AM OT_CONNECT_FAILED: ` + sessionOther + `"}` + "\n"
	}
	d := &Decoder{}
	first, second := unfolded(d, ticket("11/23")), unfolded(d, ticket("03/04"))
	if got, want := fmt.Sprint(first), "[10:00:00 A 10:05:00 B]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if alone := unfolded(&Decoder{}, ticket("03/04")); fmt.Sprint(second) != fmt.Sprint(alone) {
		t.Errorf("got %s after another record, %s alone", second, alone)
	}
}

// TestUnfoldHostile reads records that would take hours if each part of them needed a pass over the whole.
func TestUnfoldHostile(t *testing.T) {
	const size = 1 << 20
	var sessions strings.Builder
	for i := 0; sessions.Len() < size; i++ {
		fmt.Fprintf(&sessions, "1_MX4%020d OT_A 10:44:25 ", i)
	}
	for _, start := range []string{"", "{\"a\":\""} {
		for name, text := range map[string]string{
			"brackets": strings.Repeat(`{"[`, size/3), "sessions": sessions.String(), "times": strings.Repeat("2026-11-23T10:44:25Z OT_A ", size/26),
			"escapes": strings.Repeat(`\n10:44:25 OT_A`, size/16), "elements": strings.Repeat("<br></td>10:44:25 OT_A", size/22), "strings": strings.Repeat(`\"`, size/2),
		} {
			record := start + text + " OT_TIMEOUT 10:44:25 OT_CONNECT_FAILED"
			if start != "" {
				record += `"}`
			}
			if unfolded(&Decoder{}, record+"\n") == nil {
				t.Errorf("%s: no record", name)
			}
		}
	}
}
