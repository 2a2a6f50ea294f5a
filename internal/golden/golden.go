// Package golden compares what tests print with files in their testdata directory.
package golden

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Check compares got with the file testdata/NAME. If they differ, the test fails and got
// is left beside the file, as NAME.got. With the flag -update, Check writes the file
// instead.
func Check(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	beside := path + ".got"
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		write(t, beside, got)
		t.Errorf("%s differs: compare it with %s, or accept that with go test -update", path, beside)
		return
	}
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err) // one of an earlier failure would mislead
	}
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
