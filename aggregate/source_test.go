package aggregate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/timestamp"
)

func TestDoubtsDoNotDependOnWorkers(t *testing.T) {
	var log bytes.Buffer
	for i := range 30_000 {
		fmt.Fprintf(&log, "%02d/04/2026 10:44:25 OpenTok:Session:error it did not work, whatever it was\n", 1+i%12)
		if i%2 == 0 {
			fmt.Fprintf(&log, "Nov %2d 10:44:25 host app[12]: OT_TIMEOUT\n", 1+i%28)
		}
	}
	sources := []parse.Source{write(t, "log", log.Bytes())}
	options := Options{Jobs: 1, Input: parse.Options{SectionSize: 1 << 20, Times: timestamp.Times{Latest: time.Now()}}}
	one := scanned(t, sources, options)
	doubts := one.Sources[0].Doubts
	if d := doubts[timestamp.DayMonth]; d.Records != 30_000 || d.Example != "01/04/2026 10:44:25" {
		t.Errorf("day and month: %+v", d)
	}
	if d := doubts[timestamp.NoYear]; d.Records != 15_000 || d.Example != "Nov  1 10:44:25" {
		t.Errorf("year: %+v", d)
	}
	for _, jobs := range []int{2, 5} {
		options.Jobs = jobs
		many := scanned(t, sources, options)
		if many.Sources[0].Doubts != doubts {
			t.Errorf("%d workers: %+v, one: %+v", jobs, many.Sources[0].Doubts, doubts)
		}
	}
	options.Input.SectionSize = 0
	walked, err := Walk(sources, options.Input, func(*Record) error { return nil })
	if err != nil || walked[0].Doubts != doubts {
		t.Errorf("in order: %+v, %v", walked[0].Doubts, err)
	}
}

// TestContents reads every shape of log in several ways. The content of a source is its decoded
// text, whatever reads it.
func TestContents(t *testing.T) {
	paths, err := filepath.Glob("../testdata/shapes/*")
	if err != nil || len(paths) < 20 {
		t.Fatal(paths, err)
	}
	logs, err := filepath.Glob("../testdata/native/*")
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	for _, path := range append(paths, logs...) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want digest.Content
		want.Add(bytes.TrimPrefix(text, []byte("\ufeff")))
		var utf16ed bytes.Buffer
		for _, unit := range utf16.Encode([]rune("\ufeff" + strings.TrimPrefix(string(text), "\ufeff"))) {
			utf16ed.Write([]byte{byte(unit), byte(unit >> 8)})
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write(text)
		w.Close()
		sources := []parse.Source{
			{Path: path}, write(t, "packed", packed.Bytes()),
			{Name: "pipe", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }},
		}
		if utf8.Valid(text) { // the journal states lengths in binary
			sources = append(sources, write(t, "utf16", utf16ed.Bytes()))
		}
		check := func(how string, read []*Source) {
			for _, s := range read {
				if s.Content != want {
					t.Errorf("%s, %s: got %x, want %x", s.Name, how, s.Content, want)
				}
			}
		}
		for _, section := range []int64{0, 50, 4 << 10} {
			input := parse.Options{SectionSize: section}
			for _, jobs := range []int{1, 7} {
				r := scanned(t, sources, Options{Jobs: jobs, Input: input})
				check(fmt.Sprintf("sections of %d, %d workers", section, jobs), r.Sources)
				if n := len(Repeats(r.Sources)); n != len(sources)-1 {
					t.Errorf("%s: %d of %d sources repeat the first", path, n, len(sources))
				}
			}
		}
		walked, err := Walk(sources, parse.Options{}, func(*Record) error { return nil })
		if err != nil {
			t.Error(err)
		}
		check("in order", walked)
	}
}

func TestRepeats(t *testing.T) {
	const failure = "2026-11-02T10:00:00Z OT_TIMEOUT: Session.publish :: too late\n"
	const hello = "2026-11-02T10:00:00Z hello\n"
	for _, test := range []struct {
		name string
		logs []string
		want []int // the index of the first such source, -1 if there is none
	}{
		{"one failure", []string{failure, failure}, []int{-1, 0}},
		{"several copies", []string{hello, failure + hello, hello + failure, failure + hello, failure + hello}, []int{-1, -1, -1, 1, 1}},
		{"one byte differs", []string{failure + hello, failure + strings.Replace(hello, "o", "0", 1)}, []int{-1, -1}},
		{"a line feed is missing", []string{failure + hello, failure + strings.TrimSpace(hello)}, []int{-1, -1}},
		{"a byte order mark", []string{failure, "\ufeff" + failure}, []int{-1, 0}},
		{"empty", []string{"", ""}, []int{-1, -1}},
		{"blank", []string{"\n\n", "\n\n"}, []int{-1, -1}},
		{"an empty table", []string{"Date,Message\n\n", "Date,Message\n\n"}, []int{-1, -1}},
		{"an empty list", []string{`{"logEvents":[]}`, `{"logEvents":[]}`}, []int{-1, -1}},
		{"two clean records", []string{hello + hello, hello + hello}, []int{-1, 0}},
		{"damaged", []string{failure + "{\"a\":\n", failure + "{\"a\":\n"}, []int{-1, 0}},
		{"not a log", []string{"\x00\x01\x02", "\x00\x01\x02"}, []int{-1, -1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sources []parse.Source
			for i, log := range test.logs {
				sources = append(sources, write(t, fmt.Sprint(i), []byte(log)))
			}
			read := scanned(t, sources, Options{}).Sources
			var got []int
			for repeats, i := Repeats(read), 0; i < len(read); i++ {
				got = append(got, slices.Index(read, repeats[read[i]]))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestTenants compares the sources that are one session with their definition.
func TestTenants(t *testing.T) {
	found := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 62))
		var records []*refRecord
		for source := range 1 + r.IntN(3) {
			sessions, wrapped := 1+r.IntN(2), r.IntN(4) == 0
			for place := range 1 + r.IntN(8) {
				x := &refRecord{source: fmt.Sprint(source), place: int64(place), event: parse.Event{Time: 1795430665e9, OfDay: timestamp.NoTime}}
				x.event.Wrapped = wrapped && r.IntN(4) == 0
				n := source
				if sessions > 1 {
					n = r.IntN(3)
				}
				if r.IntN(3) == 0 {
					x.event.Session = fmt.Append(nil, "s", n)
				}
				if r.IntN(4) == 0 {
					x.event.ConnectionID = fmt.Append(nil, "c", n)
				}
				if r.IntN(4) == 0 {
					x.event.Client, x.event.GUID = fmt.Append(nil, "k", n), r.IntN(2) == 0
				}
				if r.IntN(3) == 0 {
					x.verdict = verdictOf("OT_TIMEOUT: Session.publish :: x")
				}
				records = append(records, x)
			}
		}
		refSessions(records)
		var parts []*Part
		for _, tally := range split(r, records) {
			parts = append(parts, tally.Parts()...)
		}
		c, err := Settle(nil, parts...)
		if err != nil {
			t.Fatal(err)
		}
		want := map[SourceID]SessionID{}
		for source, session := range refTenants(records) {
			want[sourceID(source, digest.Identity{})] = refID(session)
		}
		if !maps.Equal(c.tenants, want) {
			t.Fatalf("seed %d: got %x, want %x", seed, c.tenants, want)
		}
		found += len(want)
	}
	if found < 1000 {
		t.Errorf("only %d sources are a session", found)
	}
}

// TestConsoleOfOneTab counts the failures of a console that was saved from one browser tab: some
// lines state the session, others nothing.
func TestConsoleOfOneTab(t *testing.T) {
	var b strings.Builder
	for minute := range 15 {
		fmt.Fprintf(&b, "2026-11-02T10:%02d:00Z OpenTok:Session:error OT_TIMEOUT: Session.publish :: too late %s\n", minute, sessionA)
		fmt.Fprintf(&b, "2026-11-02T10:%02d:01Z OT.exception :: title: Unable to Publish (1500) msg: Session.publish :: too late\n", minute)
	}
	b.WriteString("2026-11-02T11:30:00Z OT.exception :: title: Unable to Publish (1500) msg: Session.publish :: too late\n")
	for name, test := range map[string]struct {
		log          string
		seen, failed int
		failures     int64
	}{
		"one session":         {b.String(), 1, 1, 16},
		"another session too": {b.String() + "2026-11-02T12:00:00Z hello " + sessionB + "\n", 2, 1, 31},
		"a wrapper":           {b.String() + `{"time":"2026-11-02T12:00:00Z","message":"hello"}` + "\n", 1, 1, 31},
	} {
		c := settled(scanned(t, []parse.Source{write(t, "log", []byte(test.log))}, Options{Jobs: 2}))
		seen, failed, buckets, all := 0, 0, 0, int64(0)
		for _, s := range sessionsIn(c, Filter{}) {
			n := failures(s)
			all += n
			if s.Known() {
				seen, buckets = seen+1, buckets+len(s.Buckets)
				if n > 0 {
					failed++
				}
			}
		}
		if seen != test.seen || failed != test.failed || all != test.failures {
			t.Errorf("%s: %d sessions, %d failed, %d failures; want %+v", name, seen, failed, all, test)
		}
		if name == "one session" && buckets != 2 {
			t.Errorf("the session was seen in %d quarter-hours, want 2", buckets)
		}
	}
}
