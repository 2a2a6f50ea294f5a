package redact

import (
	"bufio"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestSamples redacts every line of the sample logs. They contain tokens of test sessions, and no data of
// persons: anything else that is redacted is redacted by mistake.
func TestSamples(t *testing.T) {
	lines, tokens, mistakes := 0, 0, map[string]int{}
	err := filepath.WalkDir("../../testdata", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		var r io.Reader = f
		switch filepath.Ext(name) {
		case ".gz":
			if r, err = gzip.NewReader(f); err != nil {
				return err
			}
		case ".zst":
			z, err := zstd.NewReader(f)
			if err != nil {
				return err
			}
			defer z.Close()
			r = z
		}
		for b := bufio.NewReader(r); ; {
			line, err := b.ReadString('\n')
			lines++
			if got := Text(line); got != line {
				n := strings.Count(got, "T1==[redacted]") + strings.Count(got, "VDE9P[redacted]") + strings.Count(got, "eyJ[redacted]")
				tokens += n
				if all := strings.Count(got, redacted) + strings.Count(got, eMail) + strings.Count(got, address); all > n {
					mistakes[strings.TrimSpace(got)] += all - n
				}
			}
			if err != nil {
				return nil // some files are damaged
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lines, %d tokens redacted, mistakes: %v", lines, tokens, mistakes)
	if tokens < 300 {
		t.Errorf("%d tokens", tokens)
	}
	delete(mistakes, `"nextPageToken": "[redacted]"`) // of a service's list
	for line, n := range mistakes {
		t.Errorf("%d in %.300s", n, line)
	}
}
