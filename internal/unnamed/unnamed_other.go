//go:build !linux

package unnamed

import (
	"errors"
	"io/fs"
	"os"
)

// Linkable fails: the system has no files without names.
func Linkable(string, fs.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }

// Link fails: the system has no files without names.
func Link(*os.File, string) error { return errors.ErrUnsupported }
