package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

// TestRun measures logs of 2 MB, and up to ten partials.
func TestRun(t *testing.T) {
	var out strings.Builder
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-size", "2MB", "-runs", "1", "-partials", "2,10", "-partial-size", "2MB", "-dir", dir}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, part := range []string{"| sessions | gz | ", "| 64 | in turn | ", "| 10 | ", "| 64MiB | ", "In groups of 4: ", " of the 3 results ", "| telemetry | 10000 TB | "} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %s", part, text)
		}
	}
	// Tables: of a shard, of the division of a log, of partials, of costs; each has a head of two lines.
	if n, want := strings.Count(text, "\n|"), 12+5+4+12+4*2; n != want {
		t.Errorf("%d rows, want %d", n, want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
	for _, args := range [][]string{{"-size", "much"}, {"-partial-size", "-1MB"}, {"-runs", "0"}, {"-partials", "two"}, {"-partials", "0"}, {"log.txt"}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestDuration(t *testing.T) {
	for s, want := range map[float64]string{1.4: "1 s", 119: "119 s", 120: "2 min", 7200: "2.0 h", 172800: "2.0 days"} {
		if got := duration(s); got != want {
			t.Errorf("%v s: %q, want %q", s, got, want)
		}
	}
}
