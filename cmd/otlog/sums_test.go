package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// TestSumsTravel divides a generated log among files and partials, and expects the report of the whole
// log. Records with a time and a session, connection or client may go to any file.
func TestSumsTravel(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 51))
			var log bytes.Buffer
			if _, err := corpus.Generate(&log, corpus.Options{Seed: seed, Size: 1 << 20, ErrorRate: []float64{0, 1}[r.IntN(2)]}); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			whole := filepath.Join(dir, "whole.jsonl")
			if err := os.WriteFile(whole, log.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			inputs := dividedLog(t, r, dir, log.Bytes())
			for len(inputs) > 1 && r.IntN(3) > 0 {
				r.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
				n := 1 + r.IntN(len(inputs))
				merged := filepath.Join(dir, fmt.Sprintf("merged-%d.arrow", r.Uint32()))
				runWell(t, append([]string{"merge", "-o", merged}, inputs[:n]...)...)
				inputs = append([]string{merged}, inputs[n:]...)
			}
			for _, view := range [][]string{
				{"--window", "1d"}, {"--window", "15m", "--tz", "Asia/Kathmandu"},
				{"--by", "sdk", "--window", "1d"}, {"--by", "browser"},
				{"--since", "2026-11-05T07:11:03.5Z", "--until", "2026-11-09", "--method", "Session.publish"},
			} {
				view = append(view, "--format", "json")
				want := withoutSources(t, runWell(t, append(view, whole)...))
				if got := withoutSources(t, runWell(t, append(view, inputs...)...)); !reflect.DeepEqual(got, want) {
					t.Errorf("%v of %d inputs:\n got %.2000s\nwant %.2000s", view, len(inputs), fmt.Sprint(got), fmt.Sprint(want))
				}
			}
		})
	}
}

// TestCopiesAddNoFailures checks what the report says about a copy: failures with a session and a
// time count once, as sessions and attempts do.
func TestCopiesAddNoFailures(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"logs/*.jsonl.*", "shapes/*", "native/*", "weeks/2026-W43*"} {
		found, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		paths = append(paths, found...)
	}
	failures := 0.0
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "copy")
		if err := os.WriteFile(copied, content, 0o644); err != nil {
			t.Fatal(err)
		}
		view := []string{"--force", "--window", "1d", "--format", "json", path}
		want := withoutLines(withoutSources(t, runWell(t, view...)))
		failures += want["totals"].(map[string]any)["failures"].(float64)
		if got := withoutLines(withoutSources(t, runWell(t, append(view, copied)...))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %.2000s\nwant %.2000s", path, fmt.Sprint(got), fmt.Sprint(want))
		}
	}
	if failures < 500 {
		t.Errorf("only %v failures", failures)
	}
}

// withoutLines removes from a report what counts lines, records and repeated events, its headline
// and its warnings.
func withoutLines(report map[string]any) map[string]any {
	delete(report, "warnings")
	delete(report, "headline") // where there is no failure, it counts records
	rows := []any{report["totals"]}
	for _, table := range []string{"windows", "errors", "methods"} {
		rows = append(rows, report[table].([]any)...)
	}
	for _, row := range rows {
		for _, key := range []string{"bytes", "lines", "records", "native", "evidence", "codes", "duplicates"} {
			delete(row.(map[string]any), key)
		}
	}
	return report
}

// partialAt opens a partial until the test ends.
func partialAt(t *testing.T, path string) *partial.File {
	t.Helper()
	in, err := parse.Open(parse.Source{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	f, err := partial.OpenFile(in)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestPartialOfAnotherCatalogue checks that such a partial is added up only with --force,
// and that a sum states both catalogues.
func TestPartialOfAnotherCatalogue(t *testing.T) {
	dir := t.TempDir()
	own, other, sum := filepath.Join(dir, "own.arrow"), filepath.Join(dir, "other.arrow"), filepath.Join(dir, "sum.arrow")
	runWell(t, "scan", "-o", own, "../../testdata/logs")
	f := partialAt(t, own)
	f.Catalogues = []string{"0 another"}
	var changed bytes.Buffer
	if err := partial.Write(&changed, f, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, changed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	want := runWell(t, "--format", "json", own)
	for _, args := range [][]string{{"--format", "json", other}, {"merge", "-o", sum, other}} {
		var out, errs bytes.Buffer
		status := run(args, streams{in: os.Stdin, out: &out, err: &errs})
		if status != exitFailed || out.Len() > 0 || !strings.Contains(errs.String(), "other.arrow was classified with catalogue [0 another]") {
			t.Errorf("%v: exit status %d, %d bytes of output, %s", args, status, out.Len(), errs.String())
		}
		args = append(args, "--force")
		if got := runWell(t, args...); args[0] != "merge" && !bytes.Equal(got, want) {
			t.Errorf("%v: the report differs", args)
		}
	}
	merged := partialAt(t, sum)
	if want := []string{"0 another", catalogue.Version}; !slices.Equal(merged.Catalogues, want) {
		t.Errorf("the sum states catalogues %q, want %q", merged.Catalogues, want)
	}
}

// dividedLog writes the lines of a log to several files, and makes partials of some.
func dividedLog(t *testing.T, r *rand.Rand, dir string, log []byte) []string {
	t.Helper()
	files := make([]bytes.Buffer, 1+r.IntN(5))
	for line := range bytes.Lines(log) {
		to := 0 // records without one stay together, in order
		for _, key := range []string{"sessionId", "connectionId", "clientInstanceId", "guid"} {
			if bytes.Contains(line, []byte(key)) {
				to = r.IntN(len(files))
			}
		}
		files[to].Write(line)
	}
	var inputs []string
	for i := range files {
		if files[i].Len() == 0 {
			continue
		}
		// The files have the same name: content identifies sources.
		own := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(own, 0o755); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(own, "whole.jsonl")
		if err := os.WriteFile(path, files[i].Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if r.IntN(3) > 0 {
			partial := filepath.Join(own, "part.arrow")
			runWell(t, "scan", "-o", partial, "--compress", []string{"none", "zstd"}[r.IntN(2)], path)
			path = partial
		}
		inputs = append(inputs, path)
	}
	return inputs
}

// runWell runs otlog, which must succeed, and returns its output.
func runWell(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(args, streams{in: os.Stdin, out: &out, err: &errs}); status != exitDone {
		t.Fatalf("otlog %s: exit status %d: %s", strings.Join(args, " "), status, errs.String())
	}
	return out.Bytes()
}

// withoutSources returns a report without its sources.
func withoutSources(t *testing.T, report []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(report, &out); err != nil {
		t.Fatal(err)
	}
	delete(out, "sources")
	return out
}
