package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/bench/corpus"
)

// TestFindTargets finds the targets of this module, and none of nested modules and testdata.
func TestFindTargets(t *testing.T) {
	all, err := findTargets("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cmd/otlog FuzzCommand", "parse FuzzDecoder", "parse/notation FuzzXML", "aggregate/partial FuzzOpen"} {
		if !slices.ContainsFunc(all, func(one *target) bool { return one.pkg+" "+one.name == want }) {
			t.Errorf("%s is missing", want)
		}
	}
	if len(all) < 35 {
		t.Errorf("only %d targets", len(all))
	}
}

// TestFuzzing fuzzes a module with a target that fails at once and one that does not.
func TestFuzzing(t *testing.T) {
	root, failed := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.24\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\n" +
			"func FuzzFails(f *testing.F) {\n\tf.Add(0)\n\tf.Fuzz(func(t *testing.T, n int) {\n\t\tif n != 0 {\n\t\t\tt.Error(n)\n\t\t}\n\t})\n}\n\n" +
			"func FuzzHolds(f *testing.F) {\n\tf.Add(0)\n\tf.Fuzz(func(*testing.T, int) {})\n}\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f := &fuzzer{root: root, dir: t.TempDir(), corpus: t.TempDir(), failed: failed, each: time.Second, workers: 1, log: new(bytes.Buffer)}
	var err error
	if f.targets, err = findTargets(root); err != nil {
		t.Fatal(err)
	}
	if err := f.rotate(context.Background(), 1); err != nil {
		t.Fatalf("%v: %s", err, f.log)
	}
	var out strings.Builder
	executions, failures, err := table(&out, f.targets)
	if err != nil || failures != 1 || executions == 0 {
		t.Fatalf("%d executions, %d failures, %v: %s\n%s", executions, failures, err, out.String(), f.log)
	}
	kept, err := filepath.Glob(filepath.Join(failed, "a/testdata/fuzz/FuzzFails/*"))
	if err != nil || len(kept) != 1 {
		t.Errorf("kept %q, %v", kept, err)
	}
	if left, err := filepath.Glob(filepath.Join(root, "a/testdata/fuzz/*/*")); err != nil || len(left) > 0 {
		t.Errorf("%q remain, %v", left, err)
	}
}

// TestCopiesAreDifferent checks that the copies of a block share no identity.
func TestCopiesAreDifferent(t *testing.T) {
	var text bytes.Buffer
	if _, err := corpus.Generate(&text, corpus.Options{Format: corpus.App, Size: 200_000, Seed: 3, ErrorRate: 0.02}); err != nil {
		t.Fatal(err)
	}
	size := text.Len()
	b := newBlock(text.Bytes())
	if len(b.sessions) < 100 || len(b.others) < 100 {
		t.Fatalf("%d sessions and %d other IDs", len(b.sessions), len(b.others))
	}
	seen := map[string]int{}
	for _, n := range []int{0, 1, 35, 36, 1295, 1296, 46655} {
		b.number(n)
		if len(b.text) != size {
			t.Fatalf("copy %d has %d bytes", n, len(b.text))
		}
		for _, pattern := range []interface{ FindAll([]byte, int) [][]byte }{sessionID, otherID} {
			for _, id := range pattern.FindAll(b.text, -1) {
				if other, ok := seen[string(id)]; ok && other != n {
					t.Fatalf("%s is in copies %d and %d", id, other, n)
				}
				seen[string(id)] = n
			}
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}

// TestTablesAreSummed adds the tables that a test prints for portions of its inputs.
func TestTablesAreSummed(t *testing.T) {
	const printed = "=== RUN   TestDamagedInputs\n    damage_test.go:434: \n        | Fault | Cases | Refused |\n        |---|--:|--:|\n" +
		"        | cut | 42 | 18 |\n    damage_test.go:434: \n        | Kind of file | Cases | Refused |\n        |---|--:|--:|\n        | NDJSON | 40 | 7 |\n"
	var sum tables
	sum.add(printed)
	sum.add(strings.Replace(printed, "        | NDJSON | 40 | 7 |\n", "        | JSON | 2000 | 1 |\n", 1))
	const want = "| Fault | Cases | Refused |\n|---|--:|--:|\n| cut | 84 | 36 |\n| **all** | 84 | 36 |\n\n" +
		"| Kind of file | Cases | Refused |\n|---|--:|--:|\n| JSON | 2,000 | 1 |\n| NDJSON | 40 | 7 |\n| **all** | 2,040 | 8 |\n\n"
	if got := sum.String(); got != want {
		t.Errorf("got\n%s", got)
	}
}
