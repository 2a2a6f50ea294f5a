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
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/sessions"
	"github.com/otlog/otlog/classify/catalogue"
)

// TestReportEqualsTheTruth runs the command on generated corpora, compressed or not, from files and
// pipes, and compares every number.
func TestReportEqualsTheTruth(t *testing.T) {
	const twoSections = 6 << 20 // bytes; several workers read 4 MiB each
	for _, o := range []corpus.Options{
		{Format: corpus.NDJSON, Size: twoSections},
		{Format: corpus.NDJSON, Size: twoSections, ErrorRate: 1}, // nothing but errors
		{Format: corpus.NDJSON, Size: 1 << 20, ErrorRate: .1, Seconds: true},
		{Format: corpus.Console, Size: twoSections},
		{Format: corpus.Console, Size: twoSections, ErrorRate: 1},
		{Format: corpus.Console, Size: 1 << 20, ErrorRate: .1, Seconds: true},
		{Format: corpus.App, Size: 1 << 20, ErrorRate: .02},
		{Format: corpus.App, Size: 1 << 20, SessionSize: 1000},
		{Format: corpus.NDJSON, Size: 1 << 20, Telemetry: .6},
	} {
		t.Run(fmt.Sprintf("%v/rate%v/seconds %v", o.Format, o.ErrorRate, o.Seconds), func(t *testing.T) {
			t.Parallel()
			o.Seed, o.Phrases = 7, phrases()
			var log bytes.Buffer
			truth, err := corpus.Generate(&log, o)
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
			check := func(t *testing.T, report io.Reader) {
				t.Helper()
				wrong, err := truth.Check(report)
				if err != nil {
					t.Fatal(err)
				}
				if len(wrong) > 0 {
					t.Errorf("%d differences from the truth, first:\n%s", len(wrong), strings.Join(wrong[:min(3, len(wrong))], "\n"))
				}
			}
			for _, window := range []string{"1d", "all"} {
				check(t, reportOf(t, "", []string{"--format", "json", "--window", window, raw}))
			}
			if o.Size < twoSections {
				return
			}
			gz := write("misnamed.txt", gzipped(t, log.Bytes()))
			zst := write("corpus.zst", zstandard(t, log.Bytes()))
			for _, way := range []struct {
				name  string
				stdin string
				args  []string
			}{
				{"one worker", "", []string{"--jobs", "1", raw}},
				{"seven workers", "", []string{"--jobs", "7", raw}},
				{"gzip", "", []string{gz}},
				{"zstd", "", []string{zst}},
				{"pipe", raw, nil},
				{"zstd by pipe", zst, []string{"-"}},
			} {
				t.Run(way.name, func(t *testing.T) {
					part := filepath.Join(dir, strings.ReplaceAll(way.name, " ", "-")+".arrow")
					reportOf(t, way.stdin, append([]string{"scan", "-o", part}, way.args...))
					for _, window := range []string{"1d", "all"} {
						check(t, reportOf(t, way.stdin, append([]string{"--format", "json", "--window", window}, way.args...)))
						check(t, reportOf(t, "", []string{"--format", "json", "--window", window, part}))
					}
				})
			}
		})
	}
}

// TestReportEqualsTheSessions does the same with logs of many short sessions.
func TestReportEqualsTheSessions(t *testing.T) {
	for _, o := range []sessions.Options{
		{Sessions: 20_000, Seed: 1},
		{Sessions: 3000, Seed: 2, Days: 2, Start: time.Date(2027, time.February, 28, 21, 7, 3, 0, time.UTC)},
		{Sessions: 1, Days: 1},
	} {
		t.Run(fmt.Sprint(o.Sessions), func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			truth, err := sessions.Generate(&log, o)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "sessions.jsonl")
			if err := os.WriteFile(path, log.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, window := range []string{"1d", "all"} {
				if err := truth.Check(reportOf(t, path, []string{"--format", "json", "--window", window, "-"})); err != nil {
					t.Errorf("window %s: %v", window, err)
				}
			}
		})
	}
}

// phrases returns the phrases of the catalogue for the generator.
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

// pipe returns the reading end of a pipe with the content of a file.
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
		w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
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
		w, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedFastest))
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
