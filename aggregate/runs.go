package aggregate

import (
	"cmp"
	"os"
	"slices"
	"sync"
)

// runs is a set in the form of sorted runs. Adding to it costs little, it has
// no slack, and what is read from it is sorted and free of repeats. With a space and
// a limit it holds no more than that in memory.
type runs[T ordered[T]] struct {
	fresh  []T   // not sorted yet, at most runLength
	sorted [][]T // each without repeats

	space *Space
	limit int // values in memory, if there is a space
	disk  []diskRun[T]
	file  *os.File
	held  int   // values in sorted
	err   error // of the disk

	// What is full is sorted aside, while more is added; so it is written.
	aside bool
	full  []T
	job   sync.WaitGroup
}

// An ordered type has a total order in which equal values are identical.
type ordered[T any] interface {
	comparable
	compare(T) int
}

const runLength = 16 << 10

func (r *runs[T]) add(x T) {
	if len(r.fresh) == runLength {
		r.rotate()
	}
	if r.fresh == nil {
		r.fresh = make([]T, 0, 64)
	}
	r.fresh = append(r.fresh, x)
}

// rotate makes room for fresh values.
func (r *runs[T]) rotate() {
	if !r.aside {
		r.settle()
		return
	}
	r.job.Wait()
	r.fresh, r.full = r.full[:0], r.fresh
	r.job.Go(func() { r.take(r.full) })
}

// settle makes a run of what is fresh.
func (r *runs[T]) settle() {
	r.job.Wait()
	if len(r.fresh) > 0 { // else several may read at the same time
		r.take(r.fresh)
		r.fresh = r.fresh[:0]
	}
}

// take makes a run of values, which it sorts.
func (r *runs[T]) take(values []T) {
	slices.SortFunc(values, T.compare)
	run := slices.Clone(slices.Compact(values))
	r.held += len(run)
	// A set that is read while it grows would gather any number of short runs.
	if n := len(r.sorted) - 1; n >= 0 && len(r.sorted[n]) < runLength {
		r.held -= len(run) + len(r.sorted[n])
		run, r.sorted = union(r.sorted[n], run), r.sorted[:n]
		r.held += len(run)
	}
	r.sorted = append(r.sorted, run)
	if r.space != nil && r.held > r.limit {
		r.spill()
	}
}

// maxRuns is how many runs a set may have on disk: each takes some memory to read.
const maxRuns = 128

// spill makes one run on disk of all in memory.
func (r *runs[T]) spill() {
	r.write(newCursor(r.sorted, nil, nil))
	r.sorted, r.held = nil, 0
	if len(r.disk) < maxRuns || r.err != nil {
		return
	}
	old, file := r.disk, r.file
	r.disk, r.file = nil, nil
	r.write(newCursor(nil, old, nil))
	r.err = cmp.Or(r.err, r.space.remove(file))
}

// write adds a run on disk. All of a set are in one file.
func (r *runs[T]) write(c *cursor[T]) {
	if r.file == nil && r.err == nil {
		r.file, r.err = r.space.file()
	}
	if r.err != nil {
		return
	}
	run := diskRun[T]{file: r.file}
	if n := len(r.disk); n > 0 {
		run.from = r.disk[n-1].to
	}
	if r.err = run.write(r.space, c); r.err == nil {
		r.disk = append(r.disk, run)
	}
}

// drop gives back the memory and the file of a set that is not needed any more.
func (r *runs[T]) drop() error {
	r.job.Wait()
	file := r.file
	r.fresh, r.full, r.sorted, r.disk, r.file, r.held = nil, nil, nil, nil, nil, 0
	if file == nil {
		return nil
	}
	return r.space.remove(file)
}

// union joins two runs.
func union[T ordered[T]](a, b []T) []T {
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].compare(b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return slices.Clone(append(append(out, a...), b...)) // without slack
}

// each yields the values in memory in any order, and some maybe more than once.
func (r *runs[T]) each(yield func(T) bool) {
	for _, run := range append(slices.Clip(r.sorted), r.fresh) {
		for _, x := range run {
			if !yield(x) {
				return
			}
		}
	}
}

// len returns how many values each yields.
func (r *runs[T]) len() int { return r.held + len(r.fresh) }

// cursor returns a cursor before the first value. There may be several, as long
// as nothing is added.
func (r *runs[T]) cursor() *cursor[T] {
	r.settle()
	return newCursor(r.sorted, r.disk, r.err)
}

func newCursor[T ordered[T]](sorted [][]T, disk []diskRun[T], err error) *cursor[T] {
	c := &cursor[T]{err: err}
	for _, run := range sorted {
		c.heap = append(c.heap, head[T]{values: run})
	}
	for _, run := range disk {
		h := head[T]{rest: run}
		if c.err = cmp.Or(c.err, h.fill()); c.err != nil {
			return c
		}
		c.heap = append(c.heap, h)
	}
	slices.SortFunc(c.heap, func(a, b head[T]) int { return a.values[0].compare(b.values[0]) })
	return c
}

// A cursor goes through runs. It is a heap of what is left of each run, the least
// head first.
type cursor[T ordered[T]] struct {
	heap    []head[T]
	last    T
	started bool
	err     error // of the disk: it ends the cursor
}

// A head is what is left of a run.
type head[T ordered[T]] struct {
	values []T        // in memory
	rest   diskRun[T] // and behind it
	chunk  []T        // memory for values from disk
}

// peek returns the next value without going on. It is false behind the last one.
func (c *cursor[T]) peek() (x T, ok bool) {
	for c.err == nil && len(c.heap) > 0 {
		x = c.heap[0].values[0]
		if !c.started || x != c.last {
			return x, true
		}
		c.drop()
	}
	return x, false
}

// next returns the next value. It is false behind the last one.
func (c *cursor[T]) next() (x T, ok bool) {
	if x, ok = c.peek(); ok {
		c.last, c.started = x, true
		c.drop()
	}
	return x, ok
}

// drop goes past the least head.
func (c *cursor[T]) drop() {
	h := &c.heap[0]
	if h.values = h.values[1:]; len(h.values) == 0 {
		if err := h.fill(); err != nil {
			c.err = err
			return
		}
		if len(h.values) == 0 {
			c.heap[0] = c.heap[len(c.heap)-1]
			c.heap = c.heap[:len(c.heap)-1]
		}
	}
	sink(c.heap)
}

// sink restores the order of a heap whose first element may be too large.
func sink[T ordered[T]](heap []head[T]) {
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(heap) && heap[child].values[0].compare(heap[least].values[0]) < 0 {
				least = child
			}
		}
		if least == i {
			return
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}
