package aggregate

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	_ "github.com/otlog/otlog/internal/testgc"
	"github.com/otlog/otlog/parse"
)

func generated(t testing.TB, format corpus.Format, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := corpus.Generate(&b, corpus.Options{Format: format, Seed: 5, Size: size}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, name string, data []byte) parse.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return parse.Source{Path: path}
}

// scanned returns the result of Scan.
func scanned(t testing.TB, sources []parse.Source, o Options) *Result {
	t.Helper()
	r, err := Scan(sources, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// settled returns the sum of a result.
func settled(r *Result) *Counts {
	c, err := Settle(nil, r.Parts...)
	if err != nil {
		panic(err) // impossible without a Space
	}
	return c
}

// TestNoAllocationPerLine processes blocks of ordinary log, with errors and telemetry, that
// the worker has processed before.
func TestNoAllocationPerLine(t *testing.T) {
	for _, format := range []corpus.Format{corpus.NDJSON, corpus.Console} {
		t.Run(fmt.Sprint(format), func(t *testing.T) {
			src := write(t, "log", generated(t, format, 2<<20))
			f, err := parse.Open(src)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			next, stop := iter.Pull2(f.Inputs(parse.Options{}))
			defer stop()
			in, err, _ := next()
			if err != nil {
				t.Fatal(err)
			}
			w := newWorker(new(Tally))
			var blocks []*parse.Block
			for {
				b := &parse.Block{}
				if err := in.Readers()[0].Next(b); err != nil {
					break
				}
				blocks = append(blocks, b)
				w.block(b)
			}
			lines := w.account.Lines
			n := testing.AllocsPerRun(3, func() {
				for _, b := range blocks {
					w.block(b)
				}
			})
			// A set of the tally may get a new run.
			if n > 8 {
				t.Errorf("%v allocations for %d lines", n, lines)
			}
		})
	}
}

func TestWorkersDoNotMatter(t *testing.T) {
	const section = 1 << 20
	var sources []parse.Source
	for i, format := range []corpus.Format{corpus.NDJSON, corpus.Console} {
		data := generated(t, format, 9*section/4) // three sections
		sources = append(sources, write(t, fmt.Sprint(i), data))
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(data[:section]); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, write(t, fmt.Sprint(i), packed.Bytes()))
	}
	// Without times, line numbers decide which records belong together, also across the
	// borders of sections and blocks.
	sources = append(sources, write(t, "timeless", timeless(9*section/4)))
	options := Options{Jobs: 1, Input: parse.Options{SectionSize: section}}
	one := scanned(t, sources, options)
	for _, options.Jobs = range []int{2, 5} {
		many := scanned(t, sources, options)
		if !reflect.DeepEqual(contentsOf(settled(one)), contentsOf(settled(many))) || !slices.Equal(rowsIn(settled(one)), rowsIn(settled(many))) {
			t.Errorf("%d workers count differently from one", options.Jobs)
		}
		for i, s := range many.Sources {
			if s.Account != one.Sources[i].Account {
				t.Errorf("%d workers account for %s by %+v, one by %+v", options.Jobs, s.Name, s.Account, one.Sources[i].Account)
			}
		}
	}
}

// TestNamesDoNotDependOnWorkers reads more names than are kept, with any number of workers and any size
// of sections.
func TestNamesDoNotDependOnWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 44))
	var b bytes.Buffer
	for _, i := range r.Perm(3 * names.MaxNames / 2) {
		fmt.Fprintf(&b, "{\"time\":%d,\"sessionId\":%q,\"message\":\"OpenTok:Session:error OT_OF_DAY_%d: Session.dance%d :: x +0ms\"}\n", 1793613600+i%3000, sessionA, i, i)
	}
	sources := []parse.Source{write(t, "log", b.Bytes())}
	var want []string
	for jobs := 1; jobs <= 8; jobs++ {
		c := settled(scanned(t, sources, Options{Jobs: jobs, Input: parse.Options{SectionSize: 1 << (15 + jobs%3)}}))
		got := append(rowsIn(c), c.Names.Warnings()...)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers keep other names than one", jobs)
		}
	}
	if last := want[len(want)-1]; !strings.Contains(last, "more than 10000 names of methods") {
		t.Errorf("the last warning is %q", last)
	}
	if !slices.ContainsFunc(want, func(row string) bool { return strings.HasPrefix(row, names.Other+" "+names.Other) }) {
		t.Error("nothing is counted as other")
	}
}

// timeless returns a log without times, with an error every few lines.
func timeless(size int) []byte {
	r := rand.New(rand.NewPCG(1, 6))
	var b bytes.Buffer
	for b.Len() < size {
		fmt.Fprintf(&b, "%s: it did not work\n", []string{"OT_TIMEOUT", "OT_NOT_FOUND", "OT_STREAM_DESTROYED", "OT_CANCEL"}[r.IntN(4)])
		for range r.IntN(60) {
			b.WriteString("nothing to see here, and nothing to do about it\n")
		}
	}
	return b.Bytes()
}

// TestNothingIsLost checks on logs with every kind of damage that the kinds of records sum to
// the records, and their bytes to the bytes read.
func TestNothingIsLost(t *testing.T) {
	long := strings.Repeat("x", parse.MaxRecord)
	tests := []struct {
		name, log string
		want      Records
		skipped   [len(parse.Reasons)]int64
		lines     int64
	}{
		{"clean", "a\nb\n", Records{Clean: 2}, [len(parse.Reasons)]int64{}, 2},
		{"no final line feed", "a\nOT_TIMEOUT", Records{Clean: 1, Classified: 1}, [len(parse.Reasons)]int64{}, 2},
		{"stack lines", "OT_TIMEOUT\n    at x\nfn @ a.js:1\n\nb\n", Records{Clean: 2, Classified: 1}, [len(parse.Reasons)]int64{}, 5},
		{"a name in a stack line", "Uncaught\n    OT_TIMEOUT: x\n", Records{Classified: 1}, [len(parse.Reasons)]int64{}, 2},
		{"oversize", "a\n" + long + "\nb\n", Records{Clean: 2, Skipped: 1}, [len(parse.Reasons)]int64{parse.Oversize: 1}, 3},
		{"cut object without evidence", `{"a":"b"}` + "\n" + `{"a":"b` + "\n", Records{Clean: 1, Skipped: 1}, [len(parse.Reasons)]int64{parse.Damaged: 1}, 2},
		{"cut object with a near miss", `{"a":"b"}` + "\n" + `{"a":"OT_TIMEOUTS b` + "\n", Records{Clean: 1, Skipped: 1}, [len(parse.Reasons)]int64{parse.Damaged: 1}, 2},
		{"cut object with evidence", `{"a":"b"}` + "\n" + `{"a":"OT_TIMEOUT b` + "\n", Records{Clean: 1, Classified: 1}, [len(parse.Reasons)]int64{}, 2},
		{"object cut within a name", `{"a":"b"}` + "\n" + `{"a":"OT_TIMEOUT` + "\n", Records{Clean: 1, Skipped: 1}, [len(parse.Reasons)]int64{parse.Damaged: 1}, 2},
		{"telemetry", `{"action":"Connect","variation":"Attempt","clientSystemTime":1795430665927}` + "\n", Records{Telemetry: 1}, [len(parse.Reasons)]int64{}, 1},
		{"telemetry failure", `{"action":"Connect","variation":"Failure","clientSystemTime":1795430665927}` + "\n", Records{Classified: 1}, [len(parse.Reasons)]int64{}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := scanned(t, []parse.Source{write(t, "log", []byte(test.log))}, Options{}).Sources[0]
			if cut := (*CutError)(nil); s.Trouble() != nil && !(strings.HasPrefix(test.name, "cut object") && errors.As(s.Trouble(), &cut) && cut.Records == 1 && cut.Offset == 10) {
				t.Error(s.Trouble())
			}
			a := s.Account
			if a.Records != test.want || a.Skipped != test.skipped || a.Lines != test.lines {
				t.Errorf("got %+v, want %+v, skipped %v, %d lines", a, test.want, test.skipped, test.lines)
			}
			if a.Bytes != int64(len(test.log)) {
				t.Errorf("accounts for %d of %d bytes", a.Bytes, len(test.log))
			}
		})
	}
}

func TestViolatedSumIsReported(t *testing.T) {
	s := &Source{}
	s.Account.Bytes = 9
	s.End(10)
	if s.Damage == nil || !strings.Contains(s.Damage.Error(), "10 bytes were read, but records account for 9") {
		t.Errorf("got %v", s.Damage)
	}
}

// TestSamplesInTheirWrappers decodes and classifies the sample lines of the catalogue, as
// written and as logs wrap them.
func TestSamplesInTheirWrappers(t *testing.T) {
	quote := func(s string) string {
		s = strings.ReplaceAll(s, `\`, `\\`)
		return strings.ReplaceAll(s, `"`, `\"`)
	}
	wrappers := map[string]func(string) string{
		"console":         func(s string) string { return "2026-11-23T10:44:25.959Z opentok.js:36031 " + s },
		"console colours": func(s string) string { return "\x1b[31m" + s + "\x1b[0m" },
		"message":         func(s string) string { return `{"level":"error","message":"` + quote(s) + `"}` },
		"joined arguments": func(s string) string {
			return `{"message": "%c` + quote(s) + `%c +12ms color: #0000CC color: inherit color: #0000CC"}`
		},
		"escaped object":   func(s string) string { return `{"log":"{\"message\":\"` + quote(quote(s)) + `\"}"}` },
		"escaped line end": func(s string) string { return `{"message":"first line\n` + quote(s) + `\nlast line"}` },
		"nested":           func(s string) string { return `{"a":[{"b":{"c":"` + quote(s) + `"}}]}` },
		"coloured by rg":   func(s string) string { return strings.ReplaceAll(s, "OT_", "\x1b[0m\x1b[1m\x1b[31mOT_\x1b[0m") },
	}
	for name, wrap := range wrappers {
		t.Run(name, func(t *testing.T) {
			for _, e := range catalogue.Errors()[1:] {
				for _, sample := range e.Samples {
					if got := verdictOf(wrap(sample)).Error.Name(); got != e.Name {
						t.Errorf("got %q, want %s: %s", got, e.Name, wrap(sample))
					}
				}
				for _, miss := range e.NearMisses {
					if got := verdictOf(wrap(miss)).Error.Name(); got == e.Name {
						t.Errorf("%s: matches its near miss: %s", e.Name, wrap(miss))
					}
				}
			}
		})
	}
}

// verdictOf classifies a log of one record.
func verdictOf(line string) classify.Verdict {
	w := newWorker(new(Tally))
	for event := range w.decoder.Events(&parse.Block{Data: []byte(line)}, &w.finder) {
		if event != nil && len(event.Text) > 0 {
			w.judge(event)
			return w.verdict
		}
	}
	return classify.Verdict{}
}
