// Package spill holds sets that can outgrow memory.
//
// The path of a value through the package:
//
//  1. [Set.Add] puts it into a buffer. A full buffer becomes a run: sorted, without repeats.
//  2. A set that exceeds its bound merges its runs and writes them to a temporary file
//     in a [Dir].
//  3. A [Cursor] yields each value once, in order: of the whole set, or of a [Shelf] of it.
//     Runs in memory are sorted together shelf by shelf, runs on disk are merged.
//
// A [Heap] does the merging, here and in package aggregate.
package spill

import (
	"cmp"
	"os"
	"slices"
	"sync"
)

// A Set is a set of values in the form of sorted runs. Adding a value costs little, and
// a run has little spare capacity. The zero Set is empty, stays in memory, and has one writer.
//
// Each writer may add values while others do, and cursors may be used concurrently; values must
// not be added while a cursor is in use.
type Set[T Value[T]] struct {
	writers []writer[T]
	bits    uint // of the shelves by which runs are divided
	length  int  // of a run, in values

	dir   *Dir // nil: all runs stay in memory
	limit int  // values in memory, if there is a dir

	flushing sync.Mutex // held to make runs of what is fresh, before reading

	mu   sync.Mutex
	runs []run[T] // in memory
	held int      // values in runs
	disk []diskRun[T]
	file *os.File // holds the runs on disk
	err  error    // of the disk
}

// A Value has a total order in which equal values are identical. It must not contain
// pointers: it is written to disk as it is in memory.
type Value[T any] interface {
	comparable
	Compare(T) int
	// Rank returns a number that is the greater the later a value sorts. Values of the same
	// rank are sorted by Compare. Sorting is fast if most values differ in their rank.
	Rank() uint64
}

// A writer has the values that are not sorted yet.
type writer[T any] struct {
	fresh []T
	_     [104]byte // cores that write to neighbouring slices would wait for each other
}

// A run has sorted values, without repeats.
type run[T any] struct {
	values []T
	begin  []uint16 // index of the first value of each shelf, and the end; nil: one shelf
}

// runLength is the length of a run in values, and shortest its minimum in sets that may
// take hardly any memory.
const runLength, shortest = 16 << 10, 256

// Bound prepares the set for a number of writers, and for cursors of shelves with so many bits.
// If dir is not nil, runs that take more than about bytes go there. Bound is called before the
// first Add.
func (s *Set[T]) Bound(writers int, bits uint, dir *Dir, bytes int64) {
	s.writers, s.bits = make([]writer[T], writers), bits
	s.length = max(min(runLength, 2*runLength/writers), shortest)
	if dir != nil {
		s.dir, s.limit = dir, max(int(bytes)/sizeOf[T](), shortest)
		s.length = min(s.length, s.limit)
	}
}

// Add adds a value by the first writer. Errors of the disk are returned by cursors.
func (s *Set[T]) Add(x T) {
	if s.writers == nil {
		s.Bound(1, 0, nil, 0)
	}
	s.AddBy(0, x)
}

// AddBy adds a value by a writer of a set that has several.
func (s *Set[T]) AddBy(number int, x T) {
	w := &s.writers[number]
	if len(w.fresh) == s.length {
		s.take(w)
	}
	w.fresh = append(w.fresh, x)
}

// Flush makes runs of all values, which may put the set on disk. Cursors do so, too, several at a
// time.
func (s *Set[T]) Flush() {
	s.flushing.Lock()
	defer s.flushing.Unlock()
	for i := range s.writers {
		if w := &s.writers[i]; len(w.fresh) > 0 {
			s.take(w)
		}
	}
}

// take makes a run of fresh values.
func (s *Set[T]) take(w *writer[T]) {
	sorted := make([]T, len(w.fresh))
	Sort(sorted, w.fresh)
	w.fresh = w.fresh[:0]
	unique := slices.Compact(sorted)
	if len(unique) < len(sorted)*7/8 {
		unique = slices.Clone(unique)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs = append(s.runs, run[T]{unique, s.divide(unique)})
	s.held += len(unique)
	if s.dir != nil && s.held > s.limit {
		s.spill()
	}
}

// divide returns where the shelves of a run begin.
func (s *Set[T]) divide(values []T) []uint16 {
	if s.bits == 0 {
		return nil
	}
	begin := make([]uint16, 1<<s.bits+1)
	shelf := 0
	for i := range values {
		for of := int(values[i].Rank() >> (64 - s.bits)); shelf < of; {
			shelf++
			begin[shelf] = uint16(i)
		}
	}
	for shelf++; shelf < len(begin); shelf++ {
		begin[shelf] = uint16(len(values))
	}
	return begin
}

// of returns the values of a run on a shelf with as many bits as the set.
func (r *run[T]) of(shelf int) []T {
	if r.begin == nil {
		return r.values
	}
	return r.values[r.begin[shelf]:r.begin[shelf+1]]
}

// maxRuns is the maximum number of runs of a set on disk: to read a run takes memory.
const maxRuns = 128

// spill merges the runs in memory into one run on disk.
func (s *Set[T]) spill() {
	s.write(newMerger(s.runs, nil))
	s.runs, s.held = nil, 0
	if len(s.disk) < maxRuns || s.err != nil {
		return
	}
	old, file := s.disk, s.file
	s.disk, s.file = nil, nil
	s.write(newMerger(nil, old))
	s.err = cmp.Or(s.err, s.dir.remove(file))
}

// write appends a run to the set's file.
func (s *Set[T]) write(from *merger[T]) {
	if s.file == nil && s.err == nil {
		s.file, s.err = s.dir.Create()
	}
	if s.err != nil {
		return
	}
	run := diskRun[T]{file: s.file}
	if n := len(s.disk); n > 0 {
		run.from = s.disk[n-1].to
	}
	if s.err = run.write(s.dir, from); s.err == nil {
		s.disk = append(s.disk, run)
	}
}

// Drop empties the set and frees its memory and its file. Nothing can be added afterwards.
func (s *Set[T]) Drop() error {
	file := s.file
	s.writers, s.runs, s.disk, s.file, s.held = nil, nil, nil, nil, 0
	if file == nil {
		return nil
	}
	return s.dir.remove(file)
}

// Each yields the values in memory in any order, some of them repeatedly. It is for sets
// without a bound.
func (s *Set[T]) Each(yield func(T) bool) {
	all := func(values []T) bool {
		for _, x := range values {
			if !yield(x) {
				return false
			}
		}
		return true
	}
	for _, r := range s.runs {
		if !all(r.values) {
			return
		}
	}
	for i := range s.writers {
		if !all(s.writers[i].fresh) {
			return
		}
	}
}

// Len returns the number of values that Each yields.
func (s *Set[T]) Len() int {
	n := s.held
	for i := range s.writers {
		n += len(s.writers[i].fresh)
	}
	return n
}
