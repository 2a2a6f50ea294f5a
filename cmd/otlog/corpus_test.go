package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify/catalogue"
)

// TestReportEqualsTheTruth runs the command on generated corpora, in each way
// that they may come, and compares every number.
func TestReportEqualsTheTruth(t *testing.T) {
	for _, format := range []corpus.Format{corpus.NDJSON, corpus.Console} {
		for _, rate := range []float64{0, 1} { // the default rate, and nothing but errors
			t.Run(fmt.Sprintf("%v/rate%v", format, rate), func(t *testing.T) {
				var log bytes.Buffer
				truth, err := corpus.Generate(&log, corpus.Options{Format: format, Seed: 7, Size: 6 << 20, ErrorRate: rate, Phrases: phrases()})
				if err != nil {
					t.Fatal(err)
				}
				if len(truth.Errors) == 0 {
					t.Fatal("the truth has no rows")
				}
				dir := t.TempDir()
				write := func(name string, data []byte) string {
					path := filepath.Join(dir, name)
					if err := os.WriteFile(path, data, 0o644); err != nil {
						t.Fatal(err)
					}
					return path
				}
				raw := write("raw.log", log.Bytes())
				gz := write("misnamed.txt", gzipped(t, log.Bytes()))
				zst := write("corpus.zst", zstandard(t, log.Bytes()))
				for _, ways := range []struct {
					name  string
					stdin string
					args  []string
				}{
					{"raw", "", []string{raw}},
					{"raw, one worker", "", []string{"--jobs", "1", raw}},
					{"raw, seven workers", "", []string{"--jobs", "7", raw}},
					{"gzip", "", []string{gz}},
					{"zstd", "", []string{zst}},
					{"pipe", raw, nil},
					{"zstd by pipe", zst, []string{"-"}},
				} {
					t.Run(ways.name, func(t *testing.T) {
						for _, window := range []string{"1d", "all"} {
							report := reportOf(t, ways.stdin, append([]string{"--format", "json", "--window", window}, ways.args...))
							wrong, err := truth.Check(report)
							if err != nil {
								t.Fatal(err)
							}
							if len(wrong) > 0 {
								t.Errorf("%d differences from the truth, first:\n%s", len(wrong), strings.Join(wrong[:min(3, len(wrong))], "\n"))
							}
						}
					})
				}
			})
		}
	}
}

// phrases are the catalogue's, as the generator takes them.
func phrases() []corpus.Phrase {
	var out []corpus.Phrase
	for _, p := range catalogue.Phrases() {
		method := ""
		if p.Method != 0 {
			method = p.Method.Name()
		}
		out = append(out, corpus.Phrase{Text: p.Text, Error: p.Error.Name(), Method: method})
	}
	return out
}

// reportOf runs the command and returns what it prints.
func reportOf(t *testing.T, stdin string, args []string) io.Reader {
	t.Helper()
	in, err := os.Open(os.DevNull)
	if stdin != "" {
		in, err = pipe(t, stdin)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out, errs bytes.Buffer
	if status := run(args, streams{in: in, out: &out, err: &errs}); status != exitDone {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	return &out
}

// pipe returns the reading end of a pipe that a file is written to.
func pipe(t *testing.T, path string) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	go func() {
		if _, err := w.Write(data); err != nil {
			t.Error(err)
		}
		w.Close()
	}()
	return r, nil
}

// gzipped packs data as two gzip members, as logrotate and bgzip write them.
func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range halves(data) {
		w := gzip.NewWriter(&b)
		closeAfter(t, w, part)
	}
	return b.Bytes()
}

// zstandard packs data as two zstd frames with a skippable frame between.
func zstandard(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for i, part := range halves(data) {
		if i > 0 {
			b.WriteString("\x50\x2a\x4d\x18\x03\x00\x00\x00abc")
		}
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		closeAfter(t, w, part)
	}
	return b.Bytes()
}

func halves(data []byte) [][]byte { return [][]byte{data[:len(data)/2], data[len(data)/2:]} }

func closeAfter(t *testing.T, w io.WriteCloser, data []byte) {
	t.Helper()
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
