package aggregate

import (
	"bytes"
	"io"
	"os"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/parse"
)

// TestEachSourceIsOpenedOnce checks that the first bytes of a source are read once: for its
// identity, its packing and Claim.
func TestEachSourceIsOpenedOnce(t *testing.T) {
	log := generated(t, corpus.NDJSON, 9<<20) // three sections
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(log); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	claimed := []byte("mine: something else")
	byPath := []parse.Source{write(t, "a.log", log), write(t, "a.log.gz", packed.Bytes()), write(t, "b", claimed)}
	opened := make([]atomic.Int64, len(byPath)+1)
	var sources []parse.Source
	for i, s := range byPath {
		sources = append(sources, parse.Source{Name: s.Path, Open: func() (io.ReadCloser, error) {
			opened[i].Add(1)
			return os.Open(s.Path)
		}})
	}
	sources = append(sources, parse.Source{Name: "bucket/a.log", Open: func() (io.ReadCloser, error) {
		opened[len(byPath)].Add(1)
		return io.NopCloser(bytes.NewReader(log)), nil
	}})
	var taken atomic.Int64
	claim := func(i int, f *parse.File) (bool, error) {
		if !bytes.HasPrefix(f.Head(), []byte("mine")) {
			return false, nil
		}
		taken.Add(1)
		got, err := io.ReadAll(f.Stream())
		if i != 2 || err != nil || !bytes.Equal(got, claimed) || f.Close() != nil {
			t.Errorf("source %d was claimed with %q, %v", i, got, err)
		}
		return true, nil
	}
	got := scanned(t, sources, Options{Claim: claim})
	for i := range opened {
		if n := opened[i].Load(); n != 1 {
			t.Errorf("source %d was opened %d times", i, n)
		}
	}
	if taken.Load() != 1 || len(got.Sources) != 3 {
		t.Errorf("%d sources were claimed, %d read", taken.Load(), len(got.Sources))
	}
	want := scanned(t, byPath[:2], Options{})
	for i, s := range got.Sources[:2] {
		if s.Trouble() != nil || s.Account != want.Sources[i].Account || s.Identity != want.Sources[i].Identity || s.ID != want.Sources[i].ID || s.Identity.Size == 0 {
			t.Errorf("%s: %+v, %v, want %+v", s.Name, s.Identity, s.Trouble(), want.Sources[i].Identity)
		}
	}
	if s := got.Sources[2]; s.Account != want.Sources[0].Account || s.Identity.Size != int64(len(log)) || s.Identity.Tail != 0 {
		t.Errorf("%s: %+v, %+v", s.Name, s.Account, s.Identity)
	}
}

// TestClaimsEndAScan checks that Scan returns an error of Claim.
func TestClaimsEndAScan(t *testing.T) {
	src := write(t, "a.log", []byte("a line\n"))
	_, err := Scan([]parse.Source{src}, Options{Claim: func(_ int, f *parse.File) (bool, error) { return true, io.ErrNoProgress }})
	if err != io.ErrNoProgress {
		t.Errorf("got %v", err)
	}
}
