package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
)

// TestSourcesAreOpenedOnce checks that no source is opened twice to find the partials, and that a
// partial may be any stream.
func TestSourcesAreOpenedOnce(t *testing.T) {
	dir := t.TempDir()
	log, part := filepath.Join(dir, "a.log"), filepath.Join(dir, "a.arrow")
	if err := os.WriteFile(log, []byte("2026-11-02T10:44:25Z OT_TIMEOUT: too late\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	runWell(t, "scan", "-o", part, "../../testdata/logs")
	data, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	var opened [3]atomic.Int64
	found := &input{}
	for i, open := range []func() (io.ReadCloser, error){
		func() (io.ReadCloser, error) { return os.Open(log) },
		func() (io.ReadCloser, error) { return os.Open(part) },
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	} {
		found.sources = append(found.sources, parse.Source{Name: "bucket", Open: func() (io.ReadCloser, error) {
			opened[i].Add(1)
			return open()
		}})
	}
	o := &readOptions{unpack: unpackOptions{limit: 1 << 30}, quiet: true}
	s := streams{err: io.Discard, now: time.Now()}
	for _, sources := range [][]parse.Source{found.sources[:2], found.sources[2:]} {
		r, err := o.read(s, &input{sources: sources}, parse.Options{}, aggregate.Scan)
		defer r.close()
		if err != nil || len(r.partials) != 1 {
			t.Fatalf("%d partials, %v", len(r.partials), err)
		}
		if _, err := r.settle(); err != nil {
			t.Error(err)
		}
	}
	for i := range opened {
		if n := opened[i].Load(); n != 1 {
			t.Errorf("source %d was opened %d times", i, n)
		}
	}
}
