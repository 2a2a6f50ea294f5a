package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
)

// TestRun measures logs of up to 5 MB.
func TestRun(t *testing.T) {
	var out strings.Builder
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-size", "2.5MB", "-runs", "1", "-cores", "1,3", "-dir", dir}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, part := range []string{"wall, 1 core (s) | wall, 3 cores (s)", "| 0.03 | ", "| 1 | ", "| none | ", "| 100.0% | "} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %s", part, text)
		}
	}
	tables := seriesOf(1)
	rows := 2 * len(tables) // the heads
	for _, s := range tables {
		rows += len(s.logs)
	}
	if n := strings.Count(text, "\n|"); n != rows {
		t.Errorf("%d rows, want %d", n, rows)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
	for _, args := range [][]string{{"-size", "much"}, {"-size", "-1MB"}, {"-runs", "0"}, {"-cores", "two"}, {"log.txt"}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
