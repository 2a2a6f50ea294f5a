package spans

import (
	"cmp"
	"slices"
)

// A Reach finds whether an interval lasts from one position to another. Sort must be called between
// adding intervals and asking.
type Reach struct {
	// Sorted by first; last is the greatest of the interval and of those before it.
	all []struct{ first, last int64 }
}

// Add adds an interval.
func (r *Reach) Add(first, last int64) {
	r.all = append(r.all, struct{ first, last int64 }{first, last})
}

// Sort prepares the Reach for Contains.
func (r *Reach) Sort() {
	slices.SortFunc(r.all, func(a, b struct{ first, last int64 }) int { return cmp.Compare(a.first, b.first) })
	for i := 1; i < len(r.all); i++ {
		r.all[i].last = max(r.all[i].last, r.all[i-1].last)
	}
}

// Contains reports whether an interval begins at from or before, and ends at to or after.
func (r *Reach) Contains(from, to int64) bool {
	n, _ := slices.BinarySearchFunc(r.all, from, func(x struct{ first, last int64 }, at int64) int {
		if x.first <= at {
			return -1
		}
		return 1
	})
	return n > 0 && r.all[n-1].last >= to
}
