package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "500": 500, "12B": 12, "5kB": 5000, "256MiB": 256 << 20, "1.5 GiB": 3 << 29, "2GB": 2e9} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"MiB", "-1MB", "0", "1TB", "NaN", "1e300GB"} {
		if n, err := parseSize(text); err == nil {
			t.Errorf("%q was read as %d", text, n)
		}
	}
}

// TestRun builds and measures otlog, on a small log.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-sessions", "2000", "-dir", dir}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "2000, ") || !strings.Contains(text, "equal the truth") {
		t.Errorf("printed %s", text)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
}

func TestRunFails(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"-memory", "much"},
		{"log.jsonl"},
		{"-dir", filepath.Join(dir, "missing")},
		{"-otlog", filepath.Join(dir, "missing"), "-dir", dir},
	} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q succeeded", args)
		}
	}
}

// TestHeldIn checks that removed files count while they are open, each once.
func TestHeldIn(t *testing.T) {
	const fds = "/proc/self/fd"
	if _, err := os.Stat(fds); err != nil {
		t.Skip("file descriptors cannot be seen on this system")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if n := heldIn(dir, fds); n != 0 {
		t.Errorf("an empty directory holds %d bytes", n)
	}
	for name, size := range map[string]int{"a": 1000, "b": 234} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if n := heldIn(dir, fds); n != 1234 {
		t.Errorf("the directory holds %d bytes, want 1234", n)
	}
}

func TestCheckMemory(t *testing.T) {
	m := measurement{peak: 151}
	for bound, fails := range map[int64]bool{0: false, 100: true, 101: false} {
		if err := m.checkMemory(bound); (err != nil) != fails {
			t.Errorf("bound %d: %v", bound, err)
		}
	}
}
