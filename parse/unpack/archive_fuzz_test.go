package unpack_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/unpack"
)

// FuzzArchive changes archives of a log. Each member that the standard library still reads as that log,
// up to the first one that it cannot read, must be found.
func FuzzArchive(f *testing.F) {
	t := &testing.T{}
	log := logOf(12)
	files := []file{{"a.log", log}, {"logs/b.log", log}, {"c.txt", log}}
	for _, seed := range [][]byte{zipped(t, zip.Deflate, files...), zipped(t, zip.Store, files...), tarred(t, files...), gzipped(t, tarred(t, files...))} {
		f.Add(seed)
	}
	unpack.SetExpansionFloor(1 << 20)
	f.Fuzz(func(t *testing.T, data []byte) {
		want := 0
		if r, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil && bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			for _, member := range r.File {
				content, err := member.Open()
				if err != nil {
					continue
				}
				if got, err := io.ReadAll(io.LimitReader(content, 1<<16)); err == nil && bytes.Equal(got, log) && member.Mode().IsRegular() {
					want++
				}
				content.Close()
			}
		} else {
			r := tar.NewReader(bytes.NewReader(data))
			for {
				h, err := r.Next()
				if err != nil {
					break
				}
				if got, err := io.ReadAll(io.LimitReader(r, 1<<16)); err == nil && bytes.Equal(got, log) && h.Typeflag == tar.TypeReg {
					want++
				}
			}
		}
		if want == 0 {
			return
		}
		found, errs := 0, []error{}
		for in, err := range inputs(stream(bytes.NewReader(data)), parse.Options{MaxExpansion: 1000}) {
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if got, _, _ := drain(in); bytes.Equal(got, log) {
				found++
			}
		}
		if found < want {
			t.Errorf("%d members are found, of %d: %v", found, want, errs)
		}
	})
}
