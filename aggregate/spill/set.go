// Package spill holds sets that can outgrow memory.
//
// The path of a value through the package:
//
//  1. [Set.Add] puts it into a buffer. A full buffer becomes a run: sorted, without repeats.
//  2. A set that exceeds its bound merges its runs and writes them to a temporary file
//     in a [Dir].
//  3. A [Cursor] merges all runs of a set, in memory and on disk, and yields each value
//     once, in order.
//
// A [Heap] does the merging, here and in package aggregate.
package spill

import (
	"cmp"
	"os"
	"slices"
	"sync"
	"unsafe"
)

// A Set is a set of values in the form of sorted runs. Adding a value costs little, and
// a run has no spare capacity. The zero Set is empty and stays in memory. A Set is not
// safe for concurrent use.
type Set[T Value[T]] struct {
	fresh  []T   // not sorted yet, at most the length of a run
	sorted [][]T // runs in memory
	held   int   // values in sorted

	dir   *Dir // nil: all runs stay in memory
	limit int  // values in sorted, if there is a dir
	short int  // length of a run in values if the bound allows less than runLength, else 0
	disk  []diskRun[T]
	file  *os.File // holds the runs on disk
	err   error    // of the disk

	// A full buffer is sorted and written in the background while new values arrive.
	background bool
	full       []T
	job        sync.WaitGroup
}

// A Value has a total order in which equal values are identical. It must not contain
// pointers: it is written to disk as it is in memory.
type Value[T any] interface {
	comparable
	Compare(T) int
}

// runLength is the length of a run in values, and shortest its minimum in sets that may
// take hardly any memory.
const runLength, shortest = 16 << 10, 256

// Bound makes the set sort in the background. If dir is not nil, runs that take more than
// about bytes go there; at least one run stays in memory. Bound is called before the first
// Add.
func (s *Set[T]) Bound(dir *Dir, bytes int64) {
	if s.background = true; dir == nil {
		return
	}
	var x T
	s.dir, s.limit = dir, max(int(bytes)/int(unsafe.Sizeof(x)), shortest)
	if s.limit < runLength {
		s.short = s.limit
	}
}

// Add adds a value. It must not be called while a cursor is in use. Errors of the disk are
// returned by cursors.
func (s *Set[T]) Add(x T) {
	if n := len(s.fresh); n == runLength || n == s.short && n > 0 {
		s.rotate()
	}
	if s.fresh == nil {
		s.fresh = make([]T, 0, 64)
	}
	s.fresh = append(s.fresh, x)
}

// rotate makes room for fresh values.
func (s *Set[T]) rotate() {
	if !s.background {
		s.flush()
		return
	}
	s.job.Wait()
	s.fresh, s.full = s.full[:0], s.fresh
	s.job.Go(func() { s.take(s.full) })
}

// flush makes a run of the fresh values.
func (s *Set[T]) flush() {
	s.job.Wait()
	if len(s.fresh) > 0 { // nothing changes else: several goroutines may read
		s.take(s.fresh)
		s.fresh = s.fresh[:0]
	}
}

// take makes a run of values, which it sorts.
func (s *Set[T]) take(values []T) {
	slices.SortFunc(values, T.Compare)
	run := slices.Clone(slices.Compact(values))
	s.held += len(run)
	// Short runs are joined: a set that is read while it grows would gather many.
	if n := len(s.sorted) - 1; n >= 0 && len(s.sorted[n]) < cmp.Or(s.short, runLength) {
		s.held -= len(run) + len(s.sorted[n])
		run, s.sorted = union(s.sorted[n], run), s.sorted[:n]
		s.held += len(run)
	}
	s.sorted = append(s.sorted, run)
	if s.dir != nil && s.held > s.limit {
		s.spill()
	}
}

// maxRuns is the maximum number of runs of a set on disk: to read a run takes memory.
const maxRuns = 128

// spill merges the runs in memory into one run on disk.
func (s *Set[T]) spill() {
	s.write(newCursor(s.sorted, nil, nil))
	s.sorted, s.held = nil, 0
	if len(s.disk) < maxRuns || s.err != nil {
		return
	}
	old, file := s.disk, s.file
	s.disk, s.file = nil, nil
	s.write(newCursor(nil, old, nil))
	s.err = cmp.Or(s.err, s.dir.remove(file))
}

// write appends a run to the set's file.
func (s *Set[T]) write(c *Cursor[T]) {
	if s.file == nil && s.err == nil {
		s.file, s.err = s.dir.create()
	}
	if s.err != nil {
		return
	}
	run := diskRun[T]{file: s.file}
	if n := len(s.disk); n > 0 {
		run.from = s.disk[n-1].to
	}
	if s.err = run.write(s.dir, c); s.err == nil {
		s.disk = append(s.disk, run)
	}
}

// Drop empties the set and frees its memory and its file.
func (s *Set[T]) Drop() error {
	s.job.Wait()
	file := s.file
	s.fresh, s.full, s.sorted, s.disk, s.file, s.held = nil, nil, nil, nil, nil, 0
	if file == nil {
		return nil
	}
	return s.dir.remove(file)
}

// union joins two runs.
func union[T Value[T]](a, b []T) []T {
	out := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := a[0].Compare(b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return slices.Clone(append(append(out, a...), b...)) // without spare capacity
}

// Each yields the values in memory in any order, some of them repeatedly. It is for sets
// without a bound.
func (s *Set[T]) Each(yield func(T) bool) {
	for _, run := range append(slices.Clip(s.sorted), s.fresh) {
		for _, x := range run {
			if !yield(x) {
				return
			}
		}
	}
}

// Len returns the number of values that Each yields.
func (s *Set[T]) Len() int { return s.held + len(s.fresh) }

// Cursor returns a cursor before the first value. Several may be in use at a time.
func (s *Set[T]) Cursor() *Cursor[T] {
	s.flush()
	return newCursor(s.sorted, s.disk, s.err)
}
