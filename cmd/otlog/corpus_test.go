package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/bench/corpus"
)

// A jsonReport is what the test reads of otlog report --format json.
type jsonReport struct {
	Totals struct {
		Bytes, Lines, Sessions int64
		Records                corpus.Kinds
	}
	Errors []struct {
		WindowStart *time.Time `json:"window_start"`
		Method      string
		Error       *string
		Code        *int
		Lines       int64
		Sessions    int64
		Evidence    map[string]int64
		FirstSeen   time.Time `json:"first_seen"`
		LastSeen    time.Time `json:"last_seen"`
	}
}

// TestReportEqualsTheTruth runs the command on generated corpora, in each way
// that they may come, and compares every number.
func TestReportEqualsTheTruth(t *testing.T) {
	for _, format := range []corpus.Format{corpus.NDJSON, corpus.Console} {
		for _, rate := range []float64{0, 1} { // the default rate, and nothing but errors
			t.Run(fmt.Sprintf("%v/rate%v", format, rate), func(t *testing.T) {
				var log bytes.Buffer
				truth, err := corpus.Generate(&log, corpus.Options{Format: format, Seed: 7, Size: 6 << 20, ErrorRate: rate})
				if err != nil {
					t.Fatal(err)
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
							got := reportOf(t, ways.stdin, append([]string{"--format", "json", "--window", window}, ways.args...))
							rows := truth.Errors
							if window == "all" {
								rows = truth.ErrorsTotal
							}
							compare(t, got, truth, rows)
						}
					})
				}
			})
		}
	}
}

// reportOf runs the command and reads its JSON.
func reportOf(t *testing.T, stdin string, args []string) *jsonReport {
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
	var got jsonReport
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return &got
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

func compare(t *testing.T, got *jsonReport, truth *corpus.Truth, rows []corpus.Row) {
	t.Helper()
	if got.Totals.Bytes != truth.Totals.Bytes || got.Totals.Lines != truth.Totals.Lines ||
		got.Totals.Sessions != truth.Totals.Sessions || got.Totals.Records != truth.Totals.Records {
		t.Errorf("totals are %+v, want %+v", got.Totals, truth.Totals)
	}
	want := map[string]string{}
	for _, r := range rows {
		evidence := "name"
		if r.Error == nil {
			evidence = "none"
		}
		want[key(r.WindowStart, r.Method, r.Error, r.Code)] = fmt.Sprintln(r.Lines, r.Sessions, evidence, r.FirstSeen, r.LastSeen)
	}
	if len(want) == 0 {
		t.Fatal("the truth has no rows")
	}
	for _, r := range got.Errors {
		k, evidence := key(r.WindowStart, r.Method, r.Error, r.Code), "name"
		if r.Error == nil {
			evidence = "none"
		}
		if have := fmt.Sprintln(r.Evidence[evidence], r.Sessions, evidence, r.FirstSeen, r.LastSeen); have != want[k] {
			t.Errorf("%s: got %swant %s", k, have, want[k])
		}
		if r.Evidence[evidence] != r.Lines {
			t.Errorf("%s: %d lines, but evidence is %v", k, r.Lines, r.Evidence)
		}
		delete(want, k)
	}
	for k := range want {
		t.Errorf("%s is missing", k)
	}
}

// key is what tells a row from the others; a name makes the code a mere detail.
func key(window *time.Time, method string, name *string, code *int) string {
	day := "all"
	if window != nil {
		day = window.Format(time.DateOnly)
	}
	switch {
	case name != nil:
		return fmt.Sprintf("%s %s %s", day, method, *name)
	case code != nil:
		return fmt.Sprintf("%s %s code %d", day, method, *code)
	}
	return fmt.Sprintf("%s %s unnamed", day, method)
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
