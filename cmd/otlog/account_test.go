package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/parquet-go/parquet-go"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/words"
)

// TestEveryFormatAccounts checks that each format shows the records of each source by kind, and why
// records were skipped, with the same numbers.
func TestEveryFormatAccounts(t *testing.T) {
	log := smallLog(t)
	packed, err := os.ReadFile("../../testdata/logs/telemetry-sdk-2.20.3.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, content := range map[string][]byte{
		"cut.gz":      packed[:len(packed)*2/3],
		"whole.jsonl": log,
		"long.jsonl":  slices.Concat(log, bytes.Repeat([]byte("x"), parse.MaxRecord+1), []byte("\n"), log[:bytes.IndexByte(log, '\n')+1]),
		"binary.bin":  append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 100)...),
	} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	inputs := []string{"cut.gz", "whole.jsonl", "long.jsonl", "binary.bin"}
	output := func(args ...string) []byte {
		t.Helper()
		var out, errs bytes.Buffer
		if status := run(args, streams{in: os.Stdin, out: &out, err: &errs}); status != exitDamaged {
			t.Fatalf("otlog %v: exit status %d: %s", args, status, errs.String())
		}
		return out.Bytes()
	}
	of := func(flags ...string) []byte { return output(append(flags, inputs...)...) }
	report := of("--format", "json")
	want, err := readAccount(report, exitDamaged, "x")
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Sources) != 4 || want.Totals.Records.Skipped < 3 || want.Totals.Records.Telemetry == 0 || want.Totals.Records.Classified == 0 {
		t.Fatalf("%+v", want)
	}
	sourcesOf := func(report []byte) (out any) {
		var all map[string]json.RawMessage
		if err := json.Unmarshal(report, &all); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(all["sources"], &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	wantSources := sourcesOf(report)

	if err := os.WriteFile("part.arrow", of("scan"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := sourcesOf(output("--format", "json", "part.arrow")); !reflect.DeepEqual(got, wantSources) {
		t.Errorf("the partial has\n%v, want\n%v", got, wantSources)
	}

	metadata := map[string]func(key string) string{}
	file, err := parquet.OpenFile(bytes.NewReader(of("--format", "parquet")), int64(len(of("--format", "parquet"))))
	if err != nil {
		t.Fatal(err)
	}
	metadata["parquet"] = func(key string) string { v, _ := file.Lookup(key); return v }
	stream, err := ipc.NewReader(bytes.NewReader(of("--format", "arrow")))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Release()
	arrowMetadata := stream.Schema().Metadata()
	metadata["arrow"] = func(key string) string { v, _ := arrowMetadata.GetValue(key); return v }
	for format, value := range metadata {
		var got any
		if err := json.Unmarshal([]byte(value("otlog.sources")), &got); err != nil || !reflect.DeepEqual(got, wantSources) {
			t.Errorf("%s has the sources %v (%v), want %v", format, got, err, wantSources)
		}
		var sum struct {
			Records kinds
			Skipped map[string]int64
		}
		if err := json.Unmarshal([]byte(value("otlog.records")), &sum); err != nil || sum.Records != want.Totals.Records || sum.Skipped["oversize"] != 1 {
			t.Errorf("%s has the sum %+v (%v), want %+v", format, sum, err, want.Totals.Records)
		}
	}

	rows, err := csv.NewReader(bytes.NewReader(of("--format", "csv", "--table", "sources"))).ReadAll()
	if err != nil || len(rows) != 1+len(want.Sources) {
		t.Fatalf("CSV: %d rows, %v", len(rows), err)
	}
	for i, s := range want.Sources {
		cell := func(head string) string { return rows[1+i][slices.Index(rows[0], head)] }
		got := []string{cell("name"), cell("bytes"), cell("records_classified"), cell("records_clean"), cell("records_telemetry"), cell("records_skipped")}
		r := s.Records
		wanted := []string{s.Name, fmt.Sprint(s.Bytes), fmt.Sprint(r.Classified), fmt.Sprint(r.Clean), fmt.Sprint(r.Telemetry), fmt.Sprint(r.Skipped)}
		if !slices.Equal(got, wanted) {
			t.Errorf("CSV: got %q, want %q", got, wanted)
		}
		for reason, n := range s.Skipped {
			if pair := fmt.Sprintf("%s:%d", reason, n); !strings.Contains(cell("skipped"), pair) {
				t.Errorf("CSV: %s: %q lacks %s", s.Name, cell("skipped"), pair)
			}
		}
		if (cell("damaged") != "") != (s.Damaged != nil) {
			t.Errorf("CSV: %s: damaged %q", s.Name, cell("damaged"))
		}
	}

	tag := regexp.MustCompile(`<[^>]*>`)
	for _, format := range []string{"text", "markdown", "html"} {
		page := string(of("--format", format, "--top", "0"))
		if format == "html" {
			page = strings.ReplaceAll(page, "</tr>", "\n")
			page = tag.ReplaceAllString(page, " ")
		}
		page = strings.NewReplacer("|", " ", "**", " ").Replace(page)
		for _, s := range want.Sources {
			r := s.Records
			var cells []string
			for _, n := range []int64{r.sum(), r.Classified, r.Telemetry, r.Clean, r.Skipped} {
				cells = append(cells, regexp.QuoteMeta(words.Number(n)))
			}
			line := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(s.Name) + `\s.*\s` + strings.Join(cells, `\s+`) + `(\s.*)?$`).FindString(page)
			if line == "" {
				t.Errorf("%s: %s has no line with %v", format, s.Name, cells)
			}
			for reason, n := range s.Skipped {
				if n > 0 && !strings.Contains(line, fmt.Sprintf("%d %s", n, reason)) {
					t.Errorf("%s: %s: %q lacks %d %s", format, s.Name, line, n, reason)
				}
			}
		}
	}
}
