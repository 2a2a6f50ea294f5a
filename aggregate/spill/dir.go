package spill

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"unsafe"

	"github.com/otlog/otlog/internal/unnamed"
)

// A Dir is a directory for temporary files. They have no names, so nothing is left on disk,
// however the process ends. A Dir is safe for concurrent use.
type Dir struct {
	path  string
	limit int64 // bytes of memory, for errors

	mu      sync.Mutex
	open    []*os.File
	written int64
}

// NewDir returns a Dir at path, or in the system's directory for temporary files if path
// is empty. limit is the bound of memory, in bytes, that errors mention.
func NewDir(path string, limit int64) *Dir { return &Dir{path: path, limit: limit} }

// Written returns the number of bytes written so far.
func (d *Dir) Written() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written
}

// Close closes all files, which removes them.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, f := range d.open {
		errs = append(errs, f.Close())
	}
	d.open = nil
	return errors.Join(errs...)
}

// Write calls write with a new file, and returns the file, which stays open until the Dir
// is closed, and its size in bytes.
func (d *Dir) Write(write func(io.Writer) error) (f *os.File, size int64, err error) {
	if f, err = d.Create(); err != nil {
		return nil, 0, err
	}
	if err = write(f); err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		return nil, 0, d.explain(err)
	}
	d.count(size)
	return f, size, nil
}

// Create creates a file, which stays open until the Dir is closed.
func (d *Dir) Create() (*os.File, error) {
	f, err := unnamed.Create(d.path)
	if err != nil {
		return nil, d.explain(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, f)
	return f, nil
}

// remove closes a file, which removes it.
func (d *Dir) remove(f *os.File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = slices.DeleteFunc(d.open, func(other *os.File) bool { return other == f })
	return f.Close()
}

// explain adds to an error why anything is written.
func (d *Dir) explain(err error) error {
	return fmt.Errorf("keeping on disk what does not fit into %d MiB of memory: %w", d.limit>>20, err)
}

// count adds to the number of bytes written.
func (d *Dir) count(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written += n
}

// A diskRun is the unread rest of a run in a file.
type diskRun[T Value[T]] struct {
	file     *os.File
	from, to int64 // bytes
}

// chunkBytes is how much of a run is read at a time.
const chunkBytes = 32 << 10

// write writes all values of a merger at the start of the run, and sets its end.
func (r *diskRun[T]) write(d *Dir, from *merger[T]) error {
	r.to = r.from
	chunk := make([]T, 0, 8*chunkBytes/sizeOf[T]())
	for {
		chunk = from.appendTo(chunk[:0])
		if len(chunk) == 0 || from.err != nil {
			break
		}
		n, err := r.file.WriteAt(bytesOf(chunk), r.to)
		r.to += int64(n)
		if err != nil {
			return d.explain(err)
		}
	}
	if from.err != nil {
		return d.explain(from.err)
	}
	d.count(r.to - r.from)
	return nil
}

// sizeOf returns the size of a value in bytes.
func sizeOf[T any]() int {
	var x T
	return int(unsafe.Sizeof(x))
}

// bytesOf returns the memory of values. Only the process that wrote it can read it.
func bytesOf[T any](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*sizeOf[T]())
}
