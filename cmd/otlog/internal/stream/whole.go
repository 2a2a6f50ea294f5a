// Package stream has the byte streams of the command: output files that are written whole,
// standard input, read once, twice or live, and the signals that end them.
package stream

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteWhole writes a file. It writes to a temporary file beside it and renames that, so that
// a file with this name is always whole. A pipe, a device or a link is written in place.
func WriteWhole(name string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // the link remains a link
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(Buffered(f, write), f.Close())
	}
	beside, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		failed.Path = name // nobody knows the other name
	}
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // fails after the rename, as it should
	defer RemoveOnSignal(beside.Name())()
	err = Buffered(beside, write)
	if err := errors.Join(err, beside.Chmod(0o644), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), name)
}

// Buffered writes through a buffer.
func Buffered(to io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(to, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
