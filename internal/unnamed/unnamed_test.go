package unnamed

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesHaveNoNames checks that a directory remains empty, and that a file can be read.
func TestFilesHaveNoNames(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("kept"); err != nil {
		t.Fatal(err)
	}
	if deleteAtClose := filepath.Separator == '\\'; !deleteAtClose {
		checkEmpty(t, dir)
	}
	b := make([]byte, 4)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "kept" {
		t.Errorf("read %q, %v", b, err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 4 || !info.Mode().IsRegular() {
		t.Errorf("got %v, %v", info, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	checkEmpty(t, dir)
}

// TestMissingDirectory checks that an error names the directory, and not a file that nobody knows.
func TestMissingDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	_, err := Create(dir)
	var kept *Error
	if !errors.As(err, &kept) || !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "creating a temporary file in "+dir+": ") {
		t.Errorf("got %v", err)
	}
}

func checkEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
