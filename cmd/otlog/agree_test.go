package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/report/words"
)

// FuzzCommand runs the whole command on any bytes, and checks that all of its outputs agree.
func FuzzCommand(f *testing.F) {
	names := map[string]uint8{}
	for i, name := range fuzzNames {
		names[filepath.Ext(name)] = uint8(i)
	}
	for _, s := range samples(f) {
		if len(s.content) <= 3<<10 {
			f.Add(s.content, names[filepath.Ext(s.name)])
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte, name uint8) {
		if len(content) > 1<<20 || partial.Is(content) { // partials have a target of their own
			return
		}
		path := filepath.Join(dir, fmt.Sprint(os.Getpid())+fuzzNames[int(name)%len(fuzzNames)])
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		// One comparison each: what a text leads to is different enough in the next execution.
		if err := checkAgree(path, int(crc32.ChecksumIEEE(content)%comparisons)); err != nil {
			t.Error(err)
		}
	})
}

// fuzzNames are the names of inputs: some formats are detected by them.
var fuzzNames = []string{"a.log", "a.jsonl", "a.br", "a.csv", "a.zip", "a.eml", "a.json", "a.gz"}

// TestOutputsAgree checks the outputs for all samples.
func TestOutputsAgree(t *testing.T) {
	dir := t.TempDir()
	for _, s := range samples(t) {
		if s.kind == "partial" {
			continue
		}
		path := filepath.Join(dir, s.name)
		if err := os.WriteFile(path, s.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkAgree(path, -1); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

// checkAgree checks that reports with several numbers of workers, of a partial and in all formats, and
// the events, have the same numbers. Damage ends in the same status in all of them. only is the number of
// the only comparison, -1 for all.
func checkAgree(path string, only int) error {
	status := -1
	var messages string
	output := func(args ...string) ([]byte, error) {
		var out, errs bytes.Buffer
		got := run(append(args, path), streams{in: os.Stdin, out: &out, err: &errs})
		if status < 0 {
			status, messages = got, errs.String()
		}
		if got != status {
			return nil, fmt.Errorf("%q: exit status %d, of the report %d: %s\n%s", args, got, status, errs.String(), messages)
		}
		return out.Bytes(), nil
	}
	report, err := output("--format", "json", "--jobs", "1")
	if err != nil || status == exitFailed && len(report) == 0 {
		return err
	}
	a, err := readAccount(report, status, messages)
	if err != nil {
		return err
	}
	for i, compare := range [comparisons]func() error{
		func() error {
			other, err := output("--format", "json", "--jobs", "3")
			if err == nil && !bytes.Equal(report, other) {
				err = fmt.Errorf("with --jobs 3:\n%s", difference(report, other))
			}
			return err
		},
		func() error { return checkEvents(a, output) },
		func() error { return checkPartial(path, status, report, output) },
		func() error { return checkFormats(a, report, output) },
	} {
		if only < 0 || only == i {
			if err := compare(); err != nil {
				return err
			}
		}
	}
	return nil
}

// comparisons is the number of comparisons of checkAgree.
const comparisons = 4

// checkEvents compares the numbers of events with the report.
func checkEvents(a *account, output func(...string) ([]byte, error)) error {
	for _, how := range [][]string{{"events"}, {"events", "--once"}} {
		printed, err := output(how...)
		if err != nil {
			return err
		}
		byKind := map[string]int64{}
		for line := range bytes.Lines(printed) {
			var event struct{ Kind string }
			if err := json.Unmarshal(line, &event); err != nil {
				return fmt.Errorf("event %q: %w", line, err)
			}
			byKind[event.Kind]++
		}
		if byKind["classified"] != a.Totals.Records.Classified || byKind["telemetry"] != a.Totals.Records.Telemetry {
			return fmt.Errorf("the events are %v, the records %+v", byKind, a.Totals.Records)
		}
	}
	return nil
}

// checkPartial compares the report of a partial with that of the log.
func checkPartial(path string, status int, report []byte, output func(...string) ([]byte, error)) error {
	part, err := output("scan")
	if err != nil {
		return err
	}
	partPath := path + ".arrow"
	if err := os.WriteFile(partPath, part, 0o600); err != nil {
		return err
	}
	var again, errs bytes.Buffer
	if got := run([]string{"--format", "json", partPath}, streams{in: os.Stdin, out: &again, err: &errs}); got != status || !bytes.Equal(written(again.Bytes()), written(report)) {
		return fmt.Errorf("of the partial: exit status %d, of the log %d: %s\n%s", got, status, errs.String(), difference(report, again.Bytes()))
	}
	return nil
}

// written writes U+FFFD in one way: JSON escapes it only where a name has a byte that is not UTF-8, and
// partials have names in UTF-8.
func written(report []byte) []byte {
	return bytes.ReplaceAll(report, []byte(`\ufffd`), []byte("\ufffd"))
}

// checkFormats compares formats with the JSON report.
func checkFormats(a *account, report []byte, output func(...string) ([]byte, error)) error {
	var want struct {
		Errors []struct{ Failures, Recovered, Lines int64 }
	}
	if err := json.Unmarshal(report, &want); err != nil {
		return err
	}
	var sum [3]int64
	for _, e := range want.Errors {
		sum[0], sum[1], sum[2] = sum[0]+e.Failures, sum[1]+e.Recovered, sum[2]+e.Lines
	}
	if sum[0] != a.Totals.Failures {
		return fmt.Errorf("the rows have %d failures, the totals %d", sum[0], a.Totals.Failures)
	}
	heads := []string{"failures", "recovered", "lines"}
	table, err := output("--format", "csv")
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return fmt.Errorf("CSV: %w", err)
	}
	var got [3]int64
	for i, head := range heads {
		at := slices.Index(rows[0], head)
		for _, row := range rows[1:] {
			n, err := strconv.ParseInt(row[at], 10, 64)
			if err != nil {
				return fmt.Errorf("CSV: %w", err)
			}
			got[i] += n
		}
	}
	if got != sum {
		return fmt.Errorf("CSV has %v %v, JSON %v", got, heads, sum)
	}
	file, err := output("--format", "parquet")
	if err != nil {
		return err
	}
	type errorRow struct {
		Failures  int64 `parquet:"failures"`
		Recovered int64 `parquet:"recovered"`
		Lines     int64 `parquet:"lines"`
	}
	all, err := parquet.Read[errorRow](bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return fmt.Errorf("Parquet: %w", err)
	}
	got = [3]int64{}
	for _, row := range all {
		got[0], got[1], got[2] = got[0]+row.Failures, got[1]+row.Recovered, got[2]+row.Lines
	}
	if got != sum {
		return fmt.Errorf("Parquet has %v %v, JSON %v", got, heads, sum)
	}
	r := a.Totals.Records
	line := fmt.Sprintf("%s: %s with an error, %s telemetry, %s clean, %s skipped", words.Number(r.sum()), words.Number(r.Classified), words.Number(r.Telemetry), words.Number(r.Clean), words.Number(r.Skipped))
	for _, format := range []string{"text", "markdown", "html"} {
		page, err := output("--format", format)
		if err != nil {
			return err
		}
		if flat := space.ReplaceAllString(string(page), " "); !bytes.Contains([]byte(flat), []byte(line)) {
			return fmt.Errorf("%s lacks %q", format, line)
		}
	}
	return nil
}

var space = regexp.MustCompile(`\s+`)

// difference returns the first lines in which two texts differ.
func difference(a, b []byte) string {
	one, other := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(one), len(other)) {
		if !bytes.Equal(one[i], other[i]) {
			return fmt.Sprintf("line %d: %.300s\nand      %.300s", i+1, one[i], other[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(one), len(other))
}
