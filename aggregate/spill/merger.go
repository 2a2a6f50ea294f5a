package spill

import (
	"cmp"
	"fmt"
)

// A merger merges sorted runs.
type merger[T Value[T]] struct {
	heads   Heap[*head[T]]
	last    T
	started bool
	err     error // of the disk: it ends the merger
}

func newMerger[T Value[T]](memory []run[T], disk []diskRun[T]) *merger[T] {
	m := &merger[T]{}
	for _, run := range memory {
		m.heads.Push(&head[T]{values: run.values})
	}
	for _, run := range disk {
		h := &head[T]{rest: run}
		if m.err = cmp.Or(m.err, h.fill()); m.err != nil {
			return m
		}
		m.heads.Push(h)
	}
	return m
}

// appendTo appends the next values, each once, until a slice is full. At the end, and after an
// error, it appends none.
func (m *merger[T]) appendTo(out []T) []T {
	for m.err == nil && len(m.heads) > 0 && len(out) < cap(out) {
		h := m.heads[0]
		if x := h.values[0]; !m.started || x != m.last {
			out = append(out, x)
			m.last, m.started = x, true
		}
		if h.values = h.values[1:]; len(h.values) == 0 {
			if m.err = h.fill(); m.err != nil {
				break
			}
			if len(h.values) == 0 {
				m.heads.Pop()
				continue
			}
		}
		m.heads.Fix()
	}
	return out
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
	n := min(chunkBytes, r.to-r.from) / int64(sizeOf[T]())
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
