package aggregate

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/otlog/otlog/parse"
)

// TestTinyInputsAreCheap checks that files and members with one record take memory for a record, not for
// a block: 100,000 of them are read in seconds.
func TestTinyInputsAreCheap(t *testing.T) {
	line := func(i int) []byte {
		return fmt.Appendf(nil, `{"time":"2026-11-23T10:%02d:%02d.%03dZ","level":"error","sessionId":"1_MX40NTg0fn4xNj%06d","message":"OT_TIMEOUT Session.publish :: timed out (1500)"}`+"\n", i/60%60, i%60, i%1000, i)
	}
	name := func(i int) string { return fmt.Sprintf("d/m%06d.log", i) }
	for kind, sources := range map[string]func(n int) []parse.Source{
		"files": func(n int) (out []parse.Source) {
			dir := t.TempDir()
			for i := range n {
				path := filepath.Join(dir, fmt.Sprintf("m%06d.log", i))
				if err := os.WriteFile(path, line(i), 0o644); err != nil {
					t.Fatal(err)
				}
				out = append(out, parse.Source{Path: path, Dir: dir})
			}
			return out
		},
		"zip": func(n int) []parse.Source {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			for i := range n {
				w, err := z.Create(name(i))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write(line(i)); err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			return []parse.Source{write(t, "logs.zip", b.Bytes())}
		},
		"tar": func(n int) []parse.Source {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for i := range n {
				if err := w.WriteHeader(&tar.Header{Name: name(i), Mode: 0o644, Size: int64(len(line(i)))}); err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write(line(i)); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return []parse.Source{write(t, "logs.tar", b.Bytes())}
		},
	} {
		t.Run(kind, func(t *testing.T) {
			allocated := func(n int) float64 {
				all := sources(n)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r := scanned(t, all, Options{Jobs: 1})
				runtime.ReadMemStats(&after)
				if len(r.Sources) != n {
					t.Fatalf("%d inputs, want %d", len(r.Sources), n)
				}
				return float64(after.TotalAlloc - before.TotalAlloc)
			}
			const few, many = 200, 2000
			allocated(few) // tables that are built once
			a, b := allocated(few), allocated(many)
			each := (b - a) / (many - few)
			t.Logf("%.0f bytes for each input", each)
			if each > tinyMost {
				t.Errorf("%.0f bytes are allocated for each of many tiny inputs, want at most %d", each, tinyMost)
			}
			if b > a*many/few*1.2 {
				t.Errorf("%d inputs allocate %.0f bytes, %d allocate %.0f: more than in proportion", few, a, many, b)
			}
		})
	}
}
