package aggregate

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/parse"
)

// TestMembersOfAnArchive checks that the members of an archive are counted like the same
// files outside it, in the order of the archive, with any number of workers.
func TestMembersOfAnArchive(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	var names []string
	var outside []parse.Source
	for i := range 40 {
		data := timeless(i * 1000)
		if i%10 == 3 {
			data = generated(t, corpus.NDJSON, 1<<20) // several blocks
		}
		if i == 20 {
			data = data[:len(data)-10] // within a line
		}
		name := fmt.Sprintf("%02d.log", i)
		names = append(names, name)
		outside = append(outside, write(t, name, data))
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	archive := write(t, "logs.tar.gz", packed.Bytes())
	want := scanned(t, outside, Options{Jobs: 1})
	one := scanned(t, []parse.Source{archive}, Options{Jobs: 1})
	walked, err := Walk([]parse.Source{archive}, parse.Options{}, func(*Record) error { return nil })
	if err != nil || len(walked) != len(names) {
		t.Errorf("walking finds %d sources, %v", len(walked), err)
	}
	for i, s := range walked {
		if s.Name != one.Sources[i].Name || s.Account != one.Sources[i].Account {
			t.Errorf("walking accounts for %s by %+v", s.Name, s.Account)
		}
	}
	for _, jobs := range []int{1, 2, 5} {
		got := scanned(t, []parse.Source{archive}, Options{Jobs: jobs})
		if !reflect.DeepEqual(contentsOf(settled(got)), contentsOf(settled(one))) || !slices.Equal(rowsIn(settled(got)), rowsIn(settled(one))) {
			t.Errorf("%d workers count differently from one", jobs)
		}
		if len(got.Sources) != len(names) {
			t.Fatalf("%d workers find %d sources", jobs, len(got.Sources))
		}
		for i, s := range got.Sources {
			if s.Name != archive.Path+"/"+names[i] || s.Account != want.Sources[i].Account || (s.Damage == nil) != (want.Sources[i].Damage == nil) {
				t.Errorf("%s: %+v, %v, outside %+v", s.Name, s.Account, s.Damage, want.Sources[i].Account)
			}
		}
	}
}
