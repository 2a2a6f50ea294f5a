package story

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

const (
	session = "1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5"
	other   = "2_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5"
)

var start = time.Date(2026, 11, 23, 10, 44, 25, 0, time.UTC)

// after is an instant some seconds after the start.
func after(seconds float64) time.Time {
	return start.Add(time.Duration(seconds * float64(time.Second)))
}

// posted returns a telemetry event of a client, which has a connection of the same number. what is its
// action, its variation, and the rest of its fields.
func posted(seconds float64, client int, action, variation, rest string) string {
	return fmt.Sprintf(`{"action":%q,"variation":%q,"clientSystemTime":%d,"sessionId":%q,"connectionId":"connection-%d","clientInstanceId":"instance-%d","clientVersion":"js-2.35.2","userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/14%d.0.0.0 Safari/537.36"%s}`,
		action, variation, after(seconds).UnixMilli(), session, client, client, client, rest)
}

// logged returns a line of an application's log. An ID of "" is none.
func logged(seconds float64, id, message string) string {
	if id != "" {
		id = fmt.Sprintf(`,"sessionId":%q`, id)
	}
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"time":%q,"message":%s%s}`, after(seconds).Format(time.RFC3339Nano), text, id)
}

// read returns the stories of IDs in sources, which are written to a directory of their own. The name of
// the source is before its lines.
func read(t *testing.T, ids []string, logs ...[]string) (*Result, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var sources []parse.Source
	for _, log := range logs {
		if err := os.WriteFile(log[0], []byte(strings.Join(log[1:], "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, parse.Source{Path: log[0]})
	}
	return Read(sources, strings.NewReader(""), Options{IDs: ids, Top: 10, Zone: time.UTC, Rules: &private.Rules{}})
}

// story returns the story of the session.
func story(t *testing.T, logs ...[]string) *Story {
	t.Helper()
	r, err := read(t, []string{session}, logs...)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Stories) != 1 {
		t.Fatalf("%d stories", len(r.Stories))
	}
	return r.Stories[0]
}

// shape returns the timeline in short: kind, client, name, text and number of lines.
func shape(s *Story) []string {
	var out []string
	for i := range s.Timeline {
		e := &s.Timeline[i]
		text := e.Kind
		if e.Client != nil && len(s.Clients) > 1 {
			text += " " + *e.Client
		}
		switch e.Kind {
		case KindFolded:
			text = fmt.Sprint(e.Kind, " ", e.Lines)
		case KindGap:
			text += " " + duration(*e.DurationMS)
		case KindAttempt:
			text += " " + bare(e.Name)
		case KindCause:
			text += " " + e.Name
		case KindLine:
			text += " " + e.Text
		}
		out = append(out, text)
	}
	return out
}

func expect(t *testing.T, s *Story, want ...string) {
	t.Helper()
	if got := shape(s); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

const (
	csp     = `Refused to connect to 'wss://media.example.com/' because it violates the following Content Security Policy directive: "connect-src 'self'".`
	timeout = "OpenTok:Publisher:error Could not publish in a reasonable amount of time"
)

// twoClients is a session of two clients in three sources, out of order and interleaved.
func twoClients() [][]string {
	return [][]string{
		{
			"one.jsonl",
			posted(0, 1, "Connect", "Attempt", ""),
			posted(0.7, 1, "Connect", "Success", ""),
			posted(3, 1, "Publish", "Attempt", `,"streamId":"stream-1"`),
			posted(18, 1, "Publish", "Failure", `,"streamId":"stream-1","failureReason":"ICEWorkflow","failureCode":1500`),
			posted(18.1, 1, "Publish", "Cancel", `,"streamId":"stream-1"`),
		}, {
			"two.jsonl",
			posted(2, 2, "Connect", "Success", ""),
			posted(1, 2, "Connect", "Attempt", ""),
			posted(0, 1, "Connect", "Attempt", ""), // again
			posted(5, 2, "Subscribe", "Attempt", `,"streamId":"stream-1","subscriberId":"subscriber-1"`),
			posted(160, 2, "QoS", "Interval", ""), posted(161, 2, "QoS", "Interval", `,"streamId":"stream-1"`), posted(162, 2, "QoS", "Interval", ""),
		}, {
			"app.log",
			logged(2.9, session, "join clicked"),
			logged(17.9, "", csp),
			logged(18, session, timeout),
			logged(18.2, other, "OpenTok:Session:error OT_CONNECT_FAILED: of another session"),
			logged(18.3, session, "\u202eowned\a | <img src=x> [link](http://example.com) eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uIjoiMSJ9.c2ln"),
		},
	}
}

func TestStory(t *testing.T) {
	s := story(t, twoClients()...)
	expect(t, s,
		"attempt client 1 connect", "attempt client 2 connect", "line join clicked", "attempt client 1 publish", "attempt client 2 subscribe",
		"cause blocked by Content-Security-Policy", "failure client 1", `line `+"\u202eowned\a | <img src=x> [link](http://example.com) eyJ[redacted]",
		"gap 2 min 21 s", "folded 3")
	if f := s.Failures; len(f) != 1 || *f[0].Error != "OT_TIMEOUT" || f[0].Recovered || f[0].LineCount != 2 || !slices.Equal(f[0].Beside, []int{5}) || f[0].Attempt == nil {
		t.Errorf("failures: %+v", f)
	}
	if s.Records.Repeated != 1 || !slices.Equal(s.End.NeverEnded, []int{4}) || s.Attempts[3].Outcome != "never_ended" {
		t.Errorf("records %+v, end %+v, attempts %+v", s.Records, s.End, s.Attempts)
	}
}

// TestPages compares what people read with golden files: one for each format.
func TestPages(t *testing.T) {
	for _, format := range Formats {
		t.Run(format, func(t *testing.T) {
			where, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			r, err := read(t, []string{session, "connection-2"}, twoClients()...)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := r.Write(&out, format, Style{Width: 80}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), other) || strings.Contains(out.String(), "CONNECT_FAILED") {
				t.Error("it shows another session")
			}
			if format != "json" && strings.ContainsAny(out.String(), "\u202e\a") {
				t.Error("it contains a terminal sequence")
			}
			t.Chdir(where)
			golden.Check(t, map[string]string{"text": "story.txt", "markdown": "story.md", "json": "story.json"}[format], out.Bytes())
		})
	}
}

// TestOrder checks that records are sorted by time, and that those without a time keep their place beside
// others of their source.
func TestOrder(t *testing.T) {
	const none = timestamp.NoTime
	for _, test := range []struct {
		name    string
		sources [][]int64 // the times of their records
		want    string    // source and number of each record
	}{
		{"interleaved", [][]int64{{1, 3}, {2, 4}}, "00 10 01 11"},
		{"out of order", [][]int64{{3, 1, 2}}, "01 02 00"},
		{"undated after another", [][]int64{{3, none, 1, none}}, "02 03 00 01"},
		{"undated at the start", [][]int64{{none, none, 3, 1}, {2}}, "03 10 00 01 02"},
		{"a source without times comes last", [][]int64{{none, none}, {2, none, 1}}, "12 10 11 00 01"},
		{"no time at all", [][]int64{{none, none}, {none}}, "00 01 10"},
	} {
		c := newCollector(aggregate.SessionID{})
		for i, times := range test.sources {
			for n, at := range times {
				c.put(&record{time: at, ofDay: none, number: int64(n)}, fmt.Sprint(i))
			}
		}
		b := newBuilder(c, nil, time.UTC)
		b.order()
		var got []string
		for _, r := range b.records {
			got = append(got, fmt.Sprintf("%d%d", r.source, r.number))
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// TestBeside checks which lines without a session are shown.
func TestBeside(t *testing.T) {
	filler := func(n int) (out []string) {
		for i := range n {
			out = append(out, logged(100+float64(i), other, "something else"))
		}
		return out
	}
	for _, test := range []struct {
		name  string
		log   []string
		shown bool
	}{
		{"within 20 records before", slices.Concat([]string{logged(0, "", csp)}, filler(19), []string{logged(500, session, timeout)}), true},
		{"farther before", slices.Concat([]string{logged(0, "", csp)}, filler(20), []string{logged(500, session, timeout)}), false},
		{"within 10 s before", slices.Concat([]string{logged(490, "", csp)}, filler(30), []string{logged(500, session, timeout)}), true},
		{"within 20 records after", slices.Concat([]string{logged(500, session, timeout)}, filler(19), []string{logged(0, "", csp)}), true},
		{"farther after", slices.Concat([]string{logged(500, session, timeout)}, filler(20), []string{logged(0, "", csp)}), false},
		{"of another session", []string{logged(500, other, csp), logged(500, session, timeout)}, false},
		{"beside a line without a failure", []string{logged(500, "", csp), logged(500, session, "fine")}, false},
		{"no cause", []string{logged(500, "", "ResizeObserver loop limit exceeded"), logged(500, session, timeout)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := story(t, append([]string{"app.log"}, test.log...))
			if got := slices.Contains(shape(s), "cause blocked by Content-Security-Policy"); got != test.shown {
				t.Errorf("shown %t, want %t: %q", got, test.shown, shape(s))
			}
		})
	}
}

// TestBesideAnAttempt checks that a cause counts that is within the attempt of a failure, however long
// before the failure.
func TestBesideAnAttempt(t *testing.T) {
	for at, want := range map[float64]int{1: 1, 15: 1, -12: 0, 40: 0} {
		s := story(t, []string{
			"one.jsonl",
			posted(0, 1, "Publish", "Attempt", `,"streamId":"stream-1"`),
			posted(16, 1, "Publish", "Failure", `,"streamId":"stream-1","failureReason":"ICEWorkflow","failureCode":1500`),
		}, []string{"app.log", logged(at, session, csp)})
		if got := len(s.Failures[0].Beside); got != want {
			t.Errorf("%v s after the start of the attempt: %d causes, want %d", at, got, want)
		}
	}
}

func TestNoiseIsFolded(t *testing.T) {
	log := []string{"app.log", logged(0, session, "join clicked")}
	for i := range 12 {
		log = append(log, logged(1+float64(i), session, "OpenTok:Session:debug session connecting "+strings.Repeat("x", i)))
	}
	log = append(log, logged(14, session, timeout), logged(74.1, session, "left"))
	s := story(t, log)
	expect(t, s, "line join clicked", "folded 12", "failure", "gap 1 min 0 s", "line left")
	if f := s.Timeline[1].Folded; len(f) != 1 || f[0] != (Folded{"debug output of the SDK", 12}) {
		t.Errorf("folded: %+v", f)
	}
}

// TestTimesOfDay checks a session whose records have no date, over midnight.
func TestTimesOfDay(t *testing.T) {
	s := story(t, []string{
		"app.log",
		"23:59:59.000 session " + session + " join clicked",
		"23:59:59.500 " + timeout,
		"00:00:01.250 session " + session + " left",
	})
	if !s.ClockOnly || *s.First != "23:59:59.000" || *s.DurationMS != 2250 {
		t.Errorf("got %+v, first %v, %v ms", s.ClockOnly, *s.First, *s.DurationMS)
	}
}

// TestDebugConsole checks a console with times of day in another zone, which shows telemetry with dates:
// each event twice.
func TestDebugConsole(t *testing.T) {
	at := func(seconds float64) string {
		return after(seconds).Add(5*time.Hour + 30*time.Minute).Format("15:04:05.000 ")
	}
	sent := func(seconds float64, action, variation string) string {
		return at(seconds) + "OpenTok:analytics:debug sending analytics: +4ms https://hlg.tokbox.com/prod " + posted(seconds, 1, action, variation, "")
	}
	log := []string{"console.log", sent(0, "Connect", "Attempt"), sent(0, "Connect", "Attempt"), sent(1, "Connect", "Success")}
	for i := range 40 {
		log = append(log, at(2+3*float64(i))+"OpenTok:Session:debug heartbeat")
	}
	log = append(log, sent(124, "Connection", "Event"), at(130)+"[app] left", sent(500, "Connection", "Event"))
	s := story(t, log)
	expect(t, s, "attempt connect", "folded 41", "line [app] left", "gap 6 min 10 s", "folded 1")
	if e := s.Timeline[2]; e.OffsetMS == nil || *e.OffsetMS != 130_000 || s.Records.Repeated != 1 {
		t.Errorf("line %+v, records %+v", e, s.Records)
	}
}

func TestRetries(t *testing.T) {
	s := story(t, []string{
		"one.jsonl",
		posted(0, 1, "Connect", "Attempt", ""), posted(1, 1, "Connect", "Failure", `,"failureReason":"WebSocketConnection","failureCode":1006`),
		posted(4, 1, "Connect", "Attempt", ""), posted(5, 1, "Connect", "Failure", `,"failureReason":"WebSocketConnection","failureCode":1006`),
		posted(8, 1, "Connect", "Attempt", ""), posted(9, 1, "Connect", "Success", ""),
	})
	if len(s.Attempts) != 1 || s.Attempts[0].Retries != 2 || s.Attempts[0].Outcome != "succeeded" || *s.Attempts[0].DurationMS != 9000 {
		t.Errorf("attempts: %+v", s.Attempts)
	}
	if len(s.Failures) != 1 || !s.Failures[0].Recovered {
		t.Errorf("failures: %+v", s.Failures)
	}
}

// TestIDs checks by which IDs a session is found.
func TestIDs(t *testing.T) {
	log := []string{"a.log", posted(0, 1, "Connect", "Attempt", ""), logged(1, session, "x"), logged(1, session+"X", "x"), logged(1, other, "x")}
	for _, test := range []struct{ id, want string }{
		{session, session},
		{"connection-1", session},
		{"instance-1", session},
		{"connection-1…", session},
		{other[:12], other},
		{other[:12] + "...", other},
		{other[:11], `no record has the ID "2_MX40NTAxM"`},
		{session[:12], `"1_MX40NTAxMj" is the beginning of IDs of several sessions`},
		{"connection-2", `no record has the ID "connection-2"`},
	} {
		r, err := read(t, []string{test.id}, log)
		got := ""
		var unknown *UnknownError
		var ambiguous *AmbiguousError
		switch {
		case err == nil:
			got = r.Stories[0].Session
		case errors.As(err, &unknown), errors.As(err, &ambiguous):
			got = err.Error()
		default:
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.id, got, test.want)
		}
	}
	// A guid outlives a session and a day.
	guid := func(seconds float64, id string) string {
		return fmt.Sprintf(`{"action":"Publish","variation":"Attempt","clientSystemTime":%d,"sessionId":%q,"guid":"guid-of-a-browser","streamId":"s","clientVersion":"js-2.13.2"}`, after(seconds).UnixMilli(), id)
	}
	for _, id := range []string{"guid-of-a-browser", "guid-of-a-br"} {
		r, err := read(t, []string{id}, []string{"a.log", guid(0, ""), guid(100_000, ""), guid(0, session)})
		if err != nil || len(r.Stories) != 3 {
			t.Errorf("%s: %+v, %v, want two days and a session", id, r, err)
		}
	}
	r, err := read(t, []string{session, "instance-1"}, log)
	if err != nil || len(r.Stories) != 1 || !r.Stories[0].Clients[0].Asked {
		t.Errorf("two IDs of one session: %+v, %v", r, err)
	}
}

// TestEqualFailuresAreOneRow checks that a page does not repeat equal failures, unless something else is
// between them.
func TestEqualFailuresAreOneRow(t *testing.T) {
	const signal = "OpenTok:Session:error OT_NOT_CONNECTED: Unable to send signal - you are not connected to the session."
	log := []string{"a.log"}
	for i := range 5 {
		log = append(log, logged(10*float64(i), session, signal))
	}
	log = append(log, logged(50, session, timeout), logged(60, session, signal))
	s := story(t, log)
	if len(s.Failures) != 7 {
		t.Fatalf("%d failures", len(s.Failures))
	}
	p := (&Result{}).compose(s)
	var heads []string
	for _, r := range p.rows {
		heads = append(heads, r.head)
	}
	if want := []string{"FAILURE 1 to 5", "FAILURE 6", "FAILURE 7"}; !slices.Equal(heads, want) {
		t.Errorf("got %q, want %q", heads, want)
	}
	if got := p.rows[0].lines; got[len(got)-1] != "5 failures in a row, the last at +40.000 s" {
		t.Errorf("got %q", got)
	}
	if got := p.advice[0].title; got != "Failure 1 to 5, 7: OT_NOT_CONNECTED in Session.signal" {
		t.Errorf("got %q", got)
	}
}

// TestRanking checks the order of the sessions worth looking at.
func TestRanking(t *testing.T) {
	const access = "OT_USER_MEDIA_ACCESS_DENIED: denied"
	r, err := read(t, nil, []string{
		"a.log",
		logged(0, "two failures of one error", timeout), logged(10, "two failures of one error", timeout),
		logged(0, "no failure", "fine"),
		logged(0, "two errors", timeout), logged(10, "two errors", access),
		logged(0, "$(one) failure", timeout),
		logged(3600, "one failure, later", timeout),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Ranking {
		got = append(got, s.Session)
	}
	if want := []string{"two errors", "two failures of one error", "one failure, later", "$(one) failure"}; !slices.Equal(got, want) || r.Failed != 4 {
		t.Errorf("%d failed, got %q, want %q", r.Failed, got, want)
	}
	var out bytes.Buffer
	r.Ranking = r.Ranking[3:4]
	if err := r.Write(&out, "text", Style{Paths: []string{"my logs/"}}); err != nil || !strings.Contains(out.String(), "otlog session '$(one) failure' 'my logs/'") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// TestRankingHeads checks which sessions are listed, and what the list says of them.
func TestRankingHeads(t *testing.T) {
	failed, fine := logged(0, "failed", timeout), logged(0, "fine", "fine")
	recovered := []string{
		posted(0, 1, "Publish", "Attempt", `,"streamId":"stream-1"`), logged(1, session, timeout),
		posted(2, 1, "Publish", "Success", `,"streamId":"stream-1"`),
	}
	for _, test := range []struct {
		name string
		top  int
		log  []string
		head string
		want int
	}{
		{"a failure", 10, []string{failed, fine}, "1 session with a failure; 1 listed", 1},
		{"all", 0, []string{failed, fine}, "1 session with a failure, of 2", 2},
		{"a recovered failure", 10, append(recovered, fine), "no session has a failure that was not recovered; 1 session with a recovered one", 1},
		{"no failure", 10, []string{fine}, "no session has a failure; the most recent ones", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("a.log", []byte(strings.Join(test.log, "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := Read([]parse.Source{{Path: "a.log"}}, nil, Options{Top: test.top, Zone: time.UTC, Rules: &private.Rules{}})
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			if err := r.Write(&out, "text", Style{}); err != nil {
				t.Fatal(err)
			}
			if head, _, _ := strings.Cut(out.String(), "\n"); head != title+test.head || len(r.Ranking) != test.want {
				t.Errorf("%d sessions: %s", len(r.Ranking), head)
			}
		})
	}
}

// TestEndIsOfTheSession checks that a line that states no session, and is only beside a failure, neither
// begins nor ends a story.
func TestEndIsOfTheSession(t *testing.T) {
	s := story(t, []string{
		"server.log",
		logged(0, "", csp), logged(3, session, "join clicked"), logged(5, session, timeout),
		logged(12, "", "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"),
		logged(500, other, "fine"),
	})
	expect(t, s, "cause blocked by Content-Security-Policy", "line join clicked", "failure", "cause no network")
	if *s.First != "2026-11-23T10:44:28.000Z" || *s.Last != "2026-11-23T10:44:30.000Z" || *s.DurationMS != 2000 || s.End.Place.Line != 3 || s.End.Text != timeout {
		t.Errorf("from %s to %s, %d ms, end %+v", *s.First, *s.Last, *s.DurationMS, s.End)
	}
	if at := s.Timeline[0].OffsetMS; *at != -3000 {
		t.Errorf("the first line is at %d ms", *at)
	}
}

// TestOne checks the words for one of a kind.
func TestOne(t *testing.T) {
	one := map[string]int{asideErrors: 1, nativeRecords: 1, applicationLines: 1, "telemetry": 1}
	if got, want := counted(one), "1 error that counts as no failure, 1 line of the application, 1 record of a native SDK, 1 telemetry"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := counted(map[string]int{asideErrors: 2}), "2 errors that count as no failure"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestColumns checks that what is after the offset begins in one column, however long the offset is.
func TestColumns(t *testing.T) {
	log := []string{"a.log"}
	for i, at := range []float64{0, 61.25, 3_723, 365 * 86_400} {
		log = append(log, logged(at, session, fmt.Sprint("line ", i)), logged(at+3, session, timeout))
	}
	out := (&Result{Stories: []*Story{story(t, log)}}).writeStories("text", Style{})
	column, rows := -1, 0
	for line := range strings.Lines(out) {
		before, _, ok := strings.Cut(line, "  log ")
		if !ok {
			before, _, ok = strings.Cut(line, "  FAILURE ")
		}
		if !ok {
			continue
		}
		if rows++; column >= 0 && len(before) != column {
			t.Errorf("the offset ends in column %d, not %d: %s", len(before), column, line)
		}
		column = len(before)
	}
	if rows != 8 || !strings.Contains(out, "+365 d 0:00:00.000  log ") {
		t.Errorf("%d rows:\n%s", rows, out)
	}
}

// TestBound checks that no more records are kept than a story may have, and that those that show
// something, and the last one, are.
func TestBound(t *testing.T) {
	c := newCollector(aggregate.SessionID{})
	put := func(k kind, n, from int) {
		for i := range n {
			c.put(&record{kind: k, time: int64(from + i)}, "a.log")
		}
	}
	put(line, mostOthers+5, 0)
	put(step, 10, 1e6)
	put(line, 1, 2e6)
	if len(c.records) != mostOthers+10 || c.leftOut != 6 {
		t.Errorf("%d records, %d left out", len(c.records), c.leftOut)
	}
	put(step, mostRecords, 3e6)
	if len(c.records) != mostRecords {
		t.Errorf("%d records", len(c.records))
	}
	if all := c.all(); all[len(all)-1].time != 3e6+mostRecords-1 {
		t.Errorf("the last one is of %d", all[len(all)-1].time)
	}
}

func TestOffsetsAndDurations(t *testing.T) {
	for got, want := range map[string]string{
		offset(0): "+0.000 s", offset(59_999): "+59.999 s", offset(62_345): "+1:02.345", offset(3_723_004): "+1:02:03.004", offset(-5): "-0.005 s",
		offset(90_000_000): "+1 d 1:00:00.000",
		duration(204):      "0.204 s", duration(15_020): "15.0 s", duration(134_999): "2 min 14 s", duration(3_720_000): "1 h 2 min", duration(273_600_000): "3 d 4 h",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestWidth checks that lines fit, except for IDs, which are never cut.
func TestWidth(t *testing.T) {
	r, err := read(t, []string{session}, twoClients()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{40, 60, 80, 100} {
		var out bytes.Buffer
		if err := r.Write(io.Writer(&out), "text", Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), session) {
			t.Errorf("width %d: the ID is cut", width)
		}
		for line := range strings.Lines(out.String()) {
			line = strings.TrimRight(line, "\n")
			if n := len([]rune(line)); n > width && strings.Contains(strings.TrimSpace(line[min(len(line), 40):]), " ") {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
		}
	}
}
