package spill

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"unsafe"
)

// A Dir is a directory for temporary files. Where the system allows it, a file has no name
// while it is in use: then nothing is left on disk, however the process ends. A Dir is safe
// for concurrent use.
type Dir struct {
	path  string
	limit int64 // bytes of memory, for errors
	guard func(name string) (done func())

	mu      sync.Mutex
	open    []*os.File
	named   map[*os.File]func() // files that keep their names, and what to call when they are removed
	written int64
}

// NewDir returns a Dir at path, or in the system's directory for temporary files if path
// is empty. limit is the bound of memory, in bytes, that errors mention. guard, if set, is
// called with the name of each file that keeps its name, so that the file can be removed
// when the process is killed; done is called after the file was removed.
func NewDir(path string, limit int64, guard func(name string) (done func())) *Dir {
	return &Dir{path: path, limit: limit, guard: guard}
}

// Written returns the number of bytes written so far.
func (d *Dir) Written() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written
}

// Close closes and removes all files.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, f := range d.open {
		errs = append(errs, f.Close(), d.unname(f))
	}
	d.open = nil
	return errors.Join(errs...)
}

// Write calls write with a new file, and returns the file, which stays open until the Dir
// is closed, and its size in bytes.
func (d *Dir) Write(write func(io.Writer) error) (f *os.File, size int64, err error) {
	if f, err = d.create(); err != nil {
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

// create creates a file.
func (d *Dir) create() (*os.File, error) {
	f, err := os.CreateTemp(d.path, "otlog-*")
	if err != nil {
		return nil, d.explain(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, f)
	if os.Remove(f.Name()) != nil {
		if d.named == nil {
			d.named = map[*os.File]func(){}
		}
		if d.named[f] = func() {}; d.guard != nil {
			d.named[f] = d.guard(f.Name())
		}
	}
	return f, nil
}

// remove closes and removes a file.
func (d *Dir) remove(f *os.File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = slices.DeleteFunc(d.open, func(other *os.File) bool { return other == f })
	return errors.Join(f.Close(), d.unname(f))
}

// unname removes the name of a closed file, if it has one.
func (d *Dir) unname(f *os.File) error {
	done, named := d.named[f]
	if !named {
		return nil
	}
	delete(d.named, f)
	defer done()
	return os.Remove(f.Name())
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
