package aggregate

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"unsafe"
)

// A Space is a directory for what does not fit into memory. Its files have no name
// while they are used, where the system allows that: whatever ends the process, nothing
// is left behind.
type Space struct {
	dir   string
	limit int64 // bytes of memory
	codec Codec
	guard func(name string) (done func())

	mu      sync.Mutex
	open    []*os.File
	named   map[*os.File]func() // those that have to keep their names, and what to do when they are removed
	written int64
}

// A Codec writes the entries of a part, and reads them back.
type Codec interface {
	// Write writes the entries of a part.
	Write(w io.Writer, p *Part) error
	// Read returns how to read the size bytes that Write wrote to r: any number
	// of times, at the same time, from the beginning. The part has no origins.
	Read(r io.ReaderAt, size int64) (*Part, error)
}

// NewSpace returns a space in dir, that of the system if dir is empty, for what is
// beyond limit, in bytes. guard is told of each file that has to keep its name: it
// should remove it if the process is ended; done is called when the file is removed.
func NewSpace(dir string, limit int64, codec Codec, guard func(name string) (done func())) *Space {
	return &Space{dir: dir, limit: limit, codec: codec, guard: guard}
}

// Written returns how many bytes were written.
func (s *Space) Written() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

// Close removes all there is.
func (s *Space) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.open {
		errs = append(errs, f.Close(), s.unname(f))
	}
	s.open = nil
	return errors.Join(errs...)
}

// unname removes a file that has kept its name.
func (s *Space) unname(f *os.File) error {
	done, named := s.named[f]
	if !named {
		return nil
	}
	delete(s.named, f)
	defer done()
	return os.Remove(f.Name())
}

// file returns a new file.
func (s *Space) file() (*os.File, error) {
	f, err := os.CreateTemp(s.dir, "otlog-*")
	if err != nil {
		return nil, s.explain(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, f)
	if os.Remove(f.Name()) != nil {
		if s.named == nil {
			s.named = map[*os.File]func(){}
		}
		if s.named[f] = func() {}; s.guard != nil {
			s.named[f] = s.guard(f.Name())
		}
	}
	return f, nil
}

// explain says why something is written at all.
func (s *Space) explain(err error) error {
	return fmt.Errorf("keeping on disk what does not fit into %d MiB of memory: %w", s.limit>>20, err)
}

// remove removes a file before the space is closed.
func (s *Space) remove(f *os.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(other *os.File) bool { return other == f })
	return errors.Join(f.Close(), s.unname(f))
}

// count notes that bytes were written.
func (s *Space) count(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += n
}

// keep writes the entries of a part, and returns one that has them on disk.
func (s *Space) keep(p *Part) (*Part, error) {
	f, err := s.file()
	if err != nil {
		return nil, err
	}
	if err := s.codec.Write(f, p); err != nil {
		return nil, s.explain(err)
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, s.explain(err)
	}
	s.count(size)
	out, err := s.codec.Read(f, size)
	if err != nil {
		return nil, s.explain(err)
	}
	out.Origins = p.Origins
	return out, nil
}

// limit bounds the memory of a set, if there is a space. About a dozen of them share
// what there is.
func limit[T ordered[T]](r *runs[T], space *Space) {
	if r.aside = true; space == nil {
		return
	}
	var x T
	r.space, r.limit = space, max(int(space.limit/40)/int(unsafe.Sizeof(x)), runLength)
}

// A diskRun is what is left of a run in a file.
type diskRun[T ordered[T]] struct {
	file     *os.File
	from, to int64 // bytes
}

// chunkBytes is how much of a run is in memory.
const chunkBytes = 32 << 10

// write writes all that a cursor yields to where the run begins.
func (r *diskRun[T]) write(s *Space, c *cursor[T]) error {
	r.to = r.from
	chunk := make([]T, 0, 8*chunkBytes/unsafe.Sizeof(c.last))
	flush := func() error {
		n, err := r.file.WriteAt(bytesOf(chunk), r.to)
		r.to += int64(n)
		chunk = chunk[:0]
		return err
	}
	for x, ok := c.next(); ok; x, ok = c.next() {
		if chunk = append(chunk, x); len(chunk) == cap(chunk) {
			if err := flush(); err != nil {
				return s.explain(err)
			}
		}
	}
	if err := errors.Join(flush(), c.err); err != nil {
		return s.explain(err)
	}
	s.count(r.to - r.from)
	return nil
}

// fill reads the next values of a run, none behind its end.
func (h *head[T]) fill() error {
	r := &h.rest
	var x T
	n := min(chunkBytes/int64(unsafe.Sizeof(x)), (r.to-r.from)/int64(unsafe.Sizeof(x)))
	if n == 0 {
		h.values = nil
		return nil
	}
	if h.chunk == nil {
		h.chunk = make([]T, n) // the first one is the longest
	}
	h.values = h.chunk[:n]
	b := bytesOf(h.values)
	if _, err := r.file.ReadAt(b, r.from); err != nil {
		return fmt.Errorf("reading back what was kept on disk: %w", err)
	}
	r.from += int64(len(b))
	return nil
}

// bytesOf returns the memory of values, which must hold no pointers. It is read by
// the process only that wrote it.
func bytesOf[T any](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), len(values)*int(unsafe.Sizeof(values[0])))
}
