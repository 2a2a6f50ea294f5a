package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/otlog/otlog/internal/leak"
)

// A closedPipe breaks after some bytes, as standard output does if its reader ends early.
type closedPipe struct{ left int }

func (p *closedPipe) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, syscall.EPIPE
	}
	return len(b), nil
}

// TestNoGoroutineRemains runs commands to their end, with damaged inputs, a partial that ends the scan, a
// broken output and broken standard input, and checks that no goroutine of them remains.
func TestNoGoroutineRemains(t *testing.T) {
	dir := t.TempDir()
	log := smallLog(t)
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	long := bytes.Repeat(log, 400)
	whole, large := write("a.jsonl", log), write("large.jsonl", long)
	cut := write("cut.jsonl.gz", packedBy(t, long, gzipWriter)[:2000])
	frames := write("frames.zst", bytes.Repeat(packedBy(t, long, zstdWriter), 4))
	broken := write("broken.zst", append(bytes.Repeat(packedBy(t, long, zstdWriter), 3), 0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3))
	bgz := write("a.bgz", bgzip(t, long)[:30_000])
	part := commandOutput(t, "scan", whole)
	other := write("other.arrow", bytes.ReplaceAll(part, []byte(`schema_version`), []byte(`schema_versiom`)))
	for _, args := range [][]string{
		{large}, {cut}, {frames}, {broken}, {bgz}, {large, cut, frames, broken, bgz}, {large, other, frames}, {other, large},
		{"--memory", "64MiB", large, frames}, {"missing.log"}, {"scan", large, cut}, {"merge", other, whole},
		{"events", large}, {"events", "--once", frames}, {"session", large}, {"diff", large, frames}, {"formats", large, cut}, {"--format", "parquet", large},
		{"--strict", cut, large}, {"--jobs", "1", frames}, {"--jobs", "8", frames, large}, {"-"}, {"events", "-"},
	} {
		for _, out := range []io.Writer{io.Discard, &closedPipe{}, &closedPipe{left: 5000}} {
			// A pipe whose writer ends in the middle of a line.
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			if args[len(args)-1] == "-" {
				if _, err := w.Write(log[:len(log)/2]); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			run(args, streams{in: r, out: out, err: io.Discard})
			r.Close()
			if left := leak.Goroutines(); len(left) > 0 {
				t.Fatalf("otlog %q: %d goroutines remain:\n%s", args, len(left), strings.Join(left, "\n\n"))
			}
		}
	}
}
