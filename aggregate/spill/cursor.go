package spill

import (
	"cmp"
	"fmt"
	"unsafe"
)

// A Cursor yields the values of a set in order, each once.
type Cursor[T Value[T]] struct {
	heads   Heap[*head[T]]
	last    T
	started bool
	err     error // of the disk: it ends the cursor
}

func newCursor[T Value[T]](sorted [][]T, disk []diskRun[T], err error) *Cursor[T] {
	c := &Cursor[T]{err: err}
	for _, run := range sorted {
		c.heads.Push(&head[T]{values: run})
	}
	for _, run := range disk {
		h := &head[T]{rest: run}
		if c.err = cmp.Or(c.err, h.fill()); c.err != nil {
			return c
		}
		c.heads.Push(h)
	}
	return c
}

// Peek returns the next value without advancing. ok is false at the end, and after an
// error.
func (c *Cursor[T]) Peek() (x T, ok bool) {
	for c.err == nil && len(c.heads) > 0 {
		x = c.heads[0].values[0]
		if !c.started || x != c.last {
			return x, true
		}
		c.drop()
	}
	return x, false
}

// Next returns the next value. ok is false at the end, and after an error.
func (c *Cursor[T]) Next() (x T, ok bool) {
	if x, ok = c.Peek(); ok {
		c.last, c.started = x, true
		c.drop()
	}
	return x, ok
}

// Err returns the error that ended the cursor, if any.
func (c *Cursor[T]) Err() error { return c.err }

// drop removes the first value of the first run.
func (c *Cursor[T]) drop() {
	h := c.heads[0]
	if h.values = h.values[1:]; len(h.values) == 0 {
		if c.err = h.fill(); c.err != nil {
			return
		}
		if len(h.values) == 0 {
			c.heads.Pop()
			return
		}
	}
	c.heads.Fix()
}

// A head is the unread rest of a run.
type head[T Value[T]] struct {
	values []T        // in memory; empty only at the end
	rest   diskRun[T] // after values
	chunk  []T        // buffer for values from disk
}

// Less orders heads by their next value.
func (h *head[T]) Less(other *head[T]) bool { return h.values[0].Compare(other.values[0]) < 0 }

// fill reads the next values of a run from disk. At its end there are none.
func (h *head[T]) fill() error {
	r := &h.rest
	var x T
	n := min(chunkBytes/int64(unsafe.Sizeof(x)), (r.to-r.from)/int64(unsafe.Sizeof(x)))
	if n == 0 {
		h.values = nil
		return nil
	}
	if h.chunk == nil {
		h.chunk = make([]T, n) // the first chunk is the longest
	}
	h.values = h.chunk[:n]
	b := bytesOf(h.values)
	if _, err := r.file.ReadAt(b, r.from); err != nil {
		return fmt.Errorf("reading back what was kept on disk: %w", err)
	}
	r.from += int64(len(b))
	return nil
}
