package spill

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
)

// A Table is a sorted sequence of values in which some can be found without reading all of them. It is
// in memory, or in a file of which it holds one value in many.
type Table[T any] struct {
	values []T // all, without a file

	file  *os.File
	dir   *Dir
	first []T   // of each chunk
	chunk int   // values
	n     int64 // values in the file

	recent [8]page[T] // chunks read last
	clock  int
}

// A page is a chunk that was read.
type page[T any] struct {
	number int
	values []T
	used   int // when
}

// mostFirst is how many values a table holds of its file. If there are more chunks, they get longer.
const mostFirst = 1 << 14

// memoryBytes is how large a table may be without a file.
const memoryBytes = 1 << 20

// NewTable returns a table of the values that each yields, which must not contain pointers. More than
// 1 MiB of them go to a file of dir, if it is not nil.
func NewTable[T any](dir *Dir, each func(add func(T) error) error) (*Table[T], error) {
	t := &Table[T]{dir: dir, chunk: max(chunkBytes/sizeOf[T](), 1)}
	most, few := memoryBytes/sizeOf[T](), t.chunk
	err := each(func(x T) error {
		if t.values = append(t.values, x); dir == nil || len(t.values) < few || t.file == nil && len(t.values) <= most {
			return nil
		}
		return t.flush()
	})
	if err == nil && t.file != nil {
		err = t.flush()
		t.values = nil
	}
	if err != nil {
		return nil, cmp.Or(err, t.Close())
	}
	return t, nil
}

// flush writes the values to the file.
func (t *Table[T]) flush() (err error) {
	if t.file == nil {
		if t.file, err = t.dir.Create(); err != nil {
			return err
		}
	}
	for _, x := range t.values {
		if t.n%int64(t.chunk) == 0 {
			t.begin(x)
		}
		t.n++
	}
	b := bytesOf(t.values)
	if _, err := t.file.Write(b); err != nil {
		return t.dir.explain(err)
	}
	t.dir.count(int64(len(b)))
	t.values = t.values[:0]
	return nil
}

// TableOf returns a table of the values of a set.
func TableOf[T Value[T]](dir *Dir, s *Set[T]) (*Table[T], error) {
	return NewTable(dir, func(add func(T) error) error {
		c := s.Cursor()
		for x, ok := c.Next(); ok; x, ok = c.Next() {
			if err := add(x); err != nil {
				return err
			}
		}
		return c.Err()
	})
}

// begin notes the first value of a chunk. With too many chunks, each two become one.
func (t *Table[T]) begin(x T) {
	if len(t.first) == mostFirst {
		for i := range mostFirst / 2 {
			t.first[i] = t.first[2*i]
		}
		t.first = t.first[:mostFirst/2]
		t.chunk *= 2
	}
	t.first = append(t.first, x)
}

// Close removes the file.
func (t *Table[T]) Close() error {
	if t.file == nil {
		return nil
	}
	return t.dir.remove(t.file)
}

// Last returns the last value that compares as at most 0. The values must be sorted as compare says.
func (t *Table[T]) Last(compare func(*T) int) (x T, ok bool, err error) {
	values := t.values
	if t.file != nil {
		chunk := after(t.first, compare) - 1
		if chunk < 0 {
			return x, false, nil
		}
		if values, err = t.read(chunk); err != nil {
			return x, false, err
		}
	}
	if n := after(values, compare); n > 0 {
		return values[n-1], true, nil
	}
	return x, false, nil
}

// after returns the index of the first value that compares as more than 0.
func after[T any](values []T, compare func(*T) int) int {
	from, to := 0, len(values)
	for from < to {
		if half := int(uint(from+to) / 2); compare(&values[half]) > 0 {
			to = half
		} else {
			from = half + 1
		}
	}
	return from
}

// read reads a chunk.
func (t *Table[T]) read(number int) ([]T, error) {
	t.clock++
	oldest := &t.recent[0]
	for i := range t.recent {
		p := &t.recent[i]
		if p.values != nil && p.number == number {
			p.used = t.clock
			return p.values, nil
		}
		if p.used < oldest.used {
			oldest = p
		}
	}
	from := int64(number) * int64(t.chunk)
	n := int(min(int64(t.chunk), t.n-from))
	oldest.values = slices.Grow(oldest.values[:0], n)[:n]
	oldest.number, oldest.used = number, t.clock
	if _, err := t.file.ReadAt(bytesOf(oldest.values), from*int64(sizeOf[T]())); err != nil && err != io.EOF {
		oldest.values = nil
		return nil, fmt.Errorf("reading back what was kept on disk: %w", err)
	}
	return oldest.values, nil
}
