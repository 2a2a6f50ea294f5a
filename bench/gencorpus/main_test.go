package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file, truth := filepath.Join(dir, "a.ndjson"), filepath.Join(dir, "a.json")
	if err := run([]string{"-size", "100kB", "-seed", "3", "-o", file, "-truth", truth}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	var known struct {
		Totals struct{ Bytes int64 }
		Errors []struct{ Evidence map[string]int64 }
	}
	text, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &known); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if known.Totals.Bytes != int64(len(data)) {
		t.Errorf("the truth speaks of %d bytes, the file has %d", known.Totals.Bytes, len(data))
	}
	byPhrase := int64(0)
	for _, r := range known.Errors {
		byPhrase += r.Evidence["phrase"]
	}
	if byPhrase == 0 {
		t.Error("the truth knows no phrases")
	}
	var packed bytes.Buffer
	if err := run([]string{"-size", "100kB", "-seed", "3", "-layout", "zst-frames"}, &packed, io.Discard); err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(&packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, data) {
		t.Errorf("compressed output differs: %v", err)
	}
	for _, args := range [][]string{{"-telemetry", "0"}, {"-telemetry", "0.5"}, {"-format", "app", "-session-size", "1kB"}} {
		if err := run(append(args, "-size", "100kB"), io.Discard, io.Discard); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := run([]string{"-format", "xml", "-o", file}, io.Discard, io.Discard); err == nil {
		t.Error("an unknown format was accepted")
	}
}
