//go:build !windows

package unnamed

import (
	"os"
	"testing"
)

// TestCreateAndUnlink tests what file systems need that have no files without names.
func TestCreateAndUnlink(t *testing.T) {
	dir := t.TempDir()
	f, err := createAndUnlink(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checkEmpty(t, dir)
	if _, err := f.WriteString("kept"); err != nil {
		t.Error(err)
	}
	if _, err := createAndUnlink(dir + "/gone"); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
}
