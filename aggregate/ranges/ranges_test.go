package ranges_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/aggregate/ranges"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// options are those of all scans of a test.
func options(sectionSize int64) aggregate.Options {
	return aggregate.Options{Jobs: 2, Input: parse.Options{SectionSize: sectionSize, Times: timestamp.Times{Latest: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}}}
}

// texts are logs in which everything matters that a border between two ranges could change.
func texts(r *rand.Rand) map[string]string {
	session := func() string { return fmt.Sprintf("2_MX40NTEyMzQ1Nn5-MTc2MzI4NjQwMDAwMH5hYmNkZWZn%07dfg", r.IntN(5)) }
	second := 0
	at := func() time.Time {
		second += r.IntN(3)
		return time.Date(2026, 11, 16, 10, 0, second, 0, time.UTC)
	}
	lines := map[string]func() string{
		"with times": func() string {
			return fmt.Sprintf(`%s INFO [%s] OT_TIMEOUT: Session.publish :: failed (1500)`, at().Format(time.RFC3339), session())
		},
		"without times": func() string {
			return fmt.Sprintf(`[%s] OT_TIMEOUT: Session.publish :: failed (1500)`, session())
		},
		"without sessions": func() string { return `OT_TIMEOUT: Session.publish :: failed (1500)` },
		"JSON, some of it broken": func() string {
			switch r.IntN(10) {
			case 0:
				return `{"time":"2026-11-16T10:00:05Z","sessionId`
			case 1:
				return fmt.Sprintf(`{"time":"%s","message":"OT_TIMEOUT: Session.publish :: late","sessionId":"1_MX4`, at().Format(time.RFC3339))
			}
			return fmt.Sprintf(`{"time":"%s","sessionId":"%s","level":"warn","message":"OT_ICE_WORKFLOW_FAILED %d"}`, at().Format(time.RFC3339), session(), r.IntN(9))
		},
		"doubtful dates": func() string {
			return fmt.Sprintf("0%d/04/2026 10:00:%02d ERROR OT_TIMEOUT %s", 1+r.IntN(9), r.IntN(60), session())
		},
		"levels": func() string { return at().Format(time.RFC3339) + " WARN all is well " + session() },
		"stacks": func() string {
			return at().Format(time.RFC3339) + " ERROR OT_TIMEOUT " + session() + "\n    at publish (app.js:1:2)\n    at run (app.js:3:4)"
		},
		"clean and telemetry": func() string {
			if r.IntN(2) == 0 {
				return `{"level":"info","text":"hello"}`
			}
			action := []string{"Attempt", "Failure", "Success"}[r.IntN(3)]
			return fmt.Sprintf(`{"clientSystemTime":%d,"sessionId":"%s","connectionId":"c%d","action":"Publish","variation":"%s","streamId":"s%d","clientVersion":"js-2.35.2","payload":{"failureReason":"ICEWorkflow"}}`,
				at().UnixMilli(), session(), r.IntN(3), action, r.IntN(3))
		},
	}
	out := map[string]string{}
	for name, line := range lines {
		var b strings.Builder
		for range 40 + r.IntN(40) {
			b.WriteString(line() + "\n")
		}
		out[name] = strings.TrimSuffix(b.String(), []string{"\n", ""}[r.IntN(2)])
	}
	return out
}

// TestRangesAddUp checks that ranges of a file, wherever it is divided, give the partial of the whole file:
// byte for byte, after each of them has travelled as a partial, and however they are grouped.
func TestRangesAddUp(t *testing.T) {
	dir := t.TempDir()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 181))
		for name, text := range texts(r) {
			path := filepath.Join(dir, "app.log")
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			sectionSize := 20 + r.Int64N(400)
			source := parse.Source{Path: path}
			whole, err := aggregate.Scan([]parse.Source{source}, options(sectionSize))
			if err != nil {
				t.Fatal(err)
			}
			want := encode(t, &partial.File{Part: aggregate.Merge(whole.Parts...), Sources: whole.Sources})
			if n := whole.Sources[0].Account.Records; n.Classified+n.Telemetry+n.Skipped == 0 && name != "levels" {
				t.Fatalf("seed %d: %s: the log shows nothing: %+v", seed, name, n)
			}
			if got := encode(t, inRanges(t, r, source, int64(len(text)), sectionSize)); !bytes.Equal(got, want) {
				t.Fatalf("seed %d: %s: sections of %d bytes: the ranges are not the whole:\n%s", seed, name, sectionSize, text)
			}
		}
	}
}

// encode returns a partial.
func encode(t *testing.T, f *partial.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := partial.Write(&b, f, false); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A travelled range is one that was read from its partial, and from JSON.
type travelled struct {
	at   *ranges.Range
	file *partial.File
}

func travel(t *testing.T, at *ranges.Range, f *partial.File) travelled {
	t.Helper()
	b := encode(t, f)
	out := travelled{at: &ranges.Range{}}
	text, err := json.Marshal(at)
	if err == nil {
		err = json.Unmarshal(text, out.at)
	}
	if err == nil {
		out.file, err = partial.Open(bytes.NewReader(b), int64(len(b)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// scanned scans a range.
func scanned(t *testing.T, source parse.Source, at *ranges.Range, sectionSize int64) travelled {
	t.Helper()
	how := options(sectionSize)
	how.Sections = &[2]int{at.From, at.To}
	read, err := aggregate.Scan([]parse.Source{source}, how)
	if err != nil {
		t.Fatal(err)
	}
	at.Take(read.Sources[0])
	return travel(t, at, &partial.File{Part: aggregate.Merge(read.Parts...), Sources: read.Sources})
}

// inRanges scans a source in ranges, and adds them up.
func inRanges(t *testing.T, r *rand.Rand, source parse.Source, size, sectionSize int64) *partial.File {
	t.Helper()
	sections := int((size + sectionSize - 1) / sectionSize)
	var all []travelled
	for from := 0; from < sections; {
		to := min(sections, from+1+r.IntN(4))
		all = append(all, scanned(t, source, &ranges.Range{From: from, To: to, Of: sections, Size: size}, sectionSize))
		from = to
	}
	for len(all) > 1 {
		var next []travelled
		for len(all) > 0 {
			n := min(len(all), 1+r.IntN(4))
			next = append(next, joined(t, all[:n]))
			all = all[n:]
		}
		all = next
	}
	sum := all[0]
	if err := sum.at.End(sum.file.Sources[0]); err != nil {
		t.Fatal(err)
	}
	return sum.file
}

// joined joins consecutive ranges.
func joined(t *testing.T, all []travelled) travelled {
	t.Helper()
	first := all[0]
	parts := []*aggregate.Part{first.file.Part}
	for _, next := range all[1:] {
		if err := first.at.Join(first.file.Sources[0], next.at, next.file.Sources[0], next.file.Part); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, next.file.Part)
	}
	return travel(t, first.at, &partial.File{Part: aggregate.Merge(parts...), Sources: first.file.Sources})
}

// TestRangesOfOtherFilesAreRefused checks that ranges are joined only if they follow each other in one file,
// and that a source ends only if all of it was read.
func TestRangesOfOtherFilesAreRefused(t *testing.T) {
	text := strings.Repeat("2026-11-16T10:00:00Z ERROR OT_TIMEOUT\n", 20)
	stream := func(name, text string) parse.Source {
		path := filepath.Join(t.TempDir(), "app.log")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return parse.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	}
	size := int64(len(text))
	of := func(source parse.Source, from, to int) travelled {
		return scanned(t, source, &ranges.Range{From: from, To: to, Of: 8, Size: size}, 100)
	}
	this := stream("a.log", text)
	for _, test := range []struct {
		name       string
		first      travelled
		second     travelled
		join, ends string
	}{
		{"all", of(this, 0, 3), of(this, 3, 8), "", ""},
		{"a gap", of(this, 0, 3), of(this, 4, 8), "section 3 is followed by section 5", ""},
		{"the same twice", of(this, 0, 3), of(this, 0, 3), "section 3 is followed by section 1", ""},
		{"no end", of(this, 0, 3), of(this, 3, 7), "", "sections 1 to 7 of 8 were read"},
		{"no start", of(this, 1, 3), of(this, 3, 8), "", "sections 2 to 8 of 8 were read"},
		{"another name", of(this, 0, 3), of(stream("b.log", text), 3, 8), "was written to", ""},
		{"another content", of(this, 0, 3), of(stream("a.log", strings.ToLower(text)), 3, 8), "was written to", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.first.file.Sources[0]
			err := test.first.at.Join(s, test.second.at, test.second.file.Sources[0], test.second.file.Part)
			if check(t, err, test.join); err == nil {
				check(t, test.first.at.End(s), test.ends)
			}
		})
	}
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}
