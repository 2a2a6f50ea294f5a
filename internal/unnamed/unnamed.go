// Package unnamed creates files without names. Such a file is gone when it is closed, however the
// process ends. Where the system has no files without names, a file is removed as soon as it is
// open (Unix), or by the system when it is closed (Windows).
package unnamed

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Create creates a temporary file in dir, or in the system's directory for temporary files if dir
// is empty. The error is an [*Error].
func Create(dir string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	f, err := create(dir)
	if err != nil {
		return nil, &Error{&fs.PathError{Op: "creating a temporary file in", Path: dir, Err: cause(err)}}
	}
	return f, nil
}

// An Error is the error of a temporary file: its directory is missing or full. It says nothing about
// the input that the file keeps, so it must not be reported as damage.
type Error struct{ Err error }

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Failed returns the error of writing to a temporary file as an [*Error].
func Failed(err error) error {
	failed := (*fs.PathError)(nil)
	if errors.As(err, &failed) {
		err = &fs.PathError{Op: "writing a temporary file in", Path: filepath.Dir(failed.Path), Err: failed.Err}
	}
	return &Error{err}
}

// cause removes the operation and the path from the error of a file: its name means nothing to a
// reader, who has to know the directory.
func cause(err error) error {
	failed := (*fs.PathError)(nil)
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
