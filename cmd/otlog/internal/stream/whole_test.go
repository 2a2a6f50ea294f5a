package stream

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/otlog/otlog/internal/unnamed"
)

// TestWriteWholeKeepsLinks checks that a link remains a link, and that the old content
// remains if writing fails.
func TestWriteWholeKeepsLinks(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o644), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	say := func(what string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, writeErr := io.WriteString(w, what)
			return errors.Join(writeErr, err)
		}
	}
	if err := WriteWhole(link, say("half", errors.New("broken off"))); err == nil {
		t.Error("the error is lost")
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "old" {
		t.Errorf("after an error there is %q, %v", b, err)
	}
	if err := WriteWhole(link, say("new", nil)); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != file {
		t.Errorf("the link leads to %q, %v", target, err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "new" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

// canLink reports whether the system has files without names.
func canLink(t *testing.T) bool {
	f, err := unnamed.Linkable(t.TempDir(), 0o600)
	if err == nil {
		f.Close()
	}
	return err == nil
}
