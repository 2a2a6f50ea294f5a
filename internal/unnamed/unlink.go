//go:build !windows

package unnamed

import "os"

// createAndUnlink creates a file and removes its name at once.
func createAndUnlink(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "otlog-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}
