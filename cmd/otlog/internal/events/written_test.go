package events

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// TestFewEventsNeedNoFile checks that a small log is read without a directory for temporary files.
func TestFewEventsNeedNoFile(t *testing.T) {
	space := aggregate.NewSpace(filepath.Join(t.TempDir(), "missing"), 64<<20, partial.Codec{})
	defer space.Close()
	const log = `{"time":"2026-11-16T10:00:00Z","sessionId":"1_MX4xMjM0NTY3OH5-1","message":"Session.publish :: OT_TIMEOUT"}` + "\n"
	source := parse.Source{Name: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(log)), nil }}
	var out strings.Builder
	o := Options{Space: space, Rules: &private.Rules{}, Check: func(*report.Filter, *aggregate.Counts) error { return nil }}
	if _, err := Print(&out, []parse.Source{source}, nil, o); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

// TestWrittenIDsAreFound checks that all IDs are found, whether they are in memory or in a file.
func TestWrittenIDsAreFound(t *testing.T) {
	for _, n := range []int{0, 1, 1000, 60_000} { // 20 bytes each
		dir := spill.NewDir(t.TempDir(), 1<<20)
		defer dir.Close()
		w := newWritten(dir)
		name := func(i int) []byte { return fmt.Appendf(nil, "1_MX4xMjM0NTY-%06d", i) }
		for i := range n {
			if err := w.add(aggregate.NewSessionID(name(i)), name(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
		if inFile := w.file != nil; inFile != (n*len(name(0)) > fewBytes) {
			t.Errorf("%d IDs are in a file: %v", n, inFile)
		}
		for i := range n {
			if got := w.text(aggregate.NewSessionID(name(i))); got != string(name(i)) {
				t.Fatalf("%d IDs: got %q for %q", n, got, name(i))
			}
		}
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}
}
