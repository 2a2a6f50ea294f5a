package aggregate

import (
	"iter"
	"slices"
)

// runs is a set in the form of sorted runs. Adding to it costs little, it has
// no slack, and two sets are joined by moving their runs; what is read from it
// is sorted and free of repeats.
type runs[T ordered[T]] struct {
	fresh  []T   // not sorted yet, at most runLength
	sorted [][]T // each without repeats
}

// An ordered type has a total order in which equal values are identical.
type ordered[T any] interface {
	comparable
	compare(T) int
}

const runLength = 16 << 10

func (r *runs[T]) add(x T) {
	if len(r.fresh) == runLength {
		r.settle()
	}
	if r.fresh == nil {
		r.fresh = make([]T, 0, 64)
	}
	r.fresh = append(r.fresh, x)
}

// settle makes a run of what is fresh.
func (r *runs[T]) settle() {
	if len(r.fresh) == 0 {
		return
	}
	slices.SortFunc(r.fresh, T.compare)
	run := slices.Clone(slices.Compact(r.fresh))
	// A set that is read while it grows would gather any number of short runs.
	if n := len(r.sorted) - 1; n >= 0 && len(r.sorted[n]) < runLength {
		run, r.sorted = union(r.sorted[n], run), r.sorted[:n]
	}
	r.sorted = append(r.sorted, run)
	r.fresh = r.fresh[:0]
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

// join moves all of other here.
func (r *runs[T]) join(other *runs[T]) {
	other.settle()
	r.sorted = append(r.sorted, other.sorted...)
	*other = runs[T]{}
}

// change applies f to every value.
func (r *runs[T]) change(f func(*T)) {
	r.settle()
	for _, run := range r.sorted {
		for i := range run {
			f(&run[i])
		}
		slices.SortFunc(run, T.compare)
	}
}

// all yields the values in order, each once.
func (r *runs[T]) all() iter.Seq[T] {
	r.settle()
	return func(yield func(T) bool) {
		// A heap of what is left of each run, the least head first.
		heap := slices.Clone(r.sorted)
		slices.SortFunc(heap, func(a, b []T) int { return a[0].compare(b[0]) })
		var last T
		for first := true; len(heap) > 0; first = false {
			x := heap[0][0]
			if (first || x != last) && !yield(x) {
				return
			}
			last = x
			if heap[0] = heap[0][1:]; len(heap[0]) == 0 {
				heap[0] = heap[len(heap)-1]
				heap = heap[:len(heap)-1]
			}
			sink(heap)
		}
	}
}

// sink restores the order of a heap whose first element may be too large.
func sink[T ordered[T]](heap [][]T) {
	for i := 0; ; {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(heap) && heap[child][0].compare(heap[least][0]) < 0 {
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
