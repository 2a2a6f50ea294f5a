package aggregate

import (
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRunsAreASet compares runs with a map: more than one run, repeats within
// and between them, and sets that are joined.
func TestRunsAreASet(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		sets := make([]runs[sighting], 1+r.IntN(4))
		want := map[sighting]bool{}
		for range r.IntN(3 * runLength) {
			x := sighting(r.Uint64N(runLength))
			sets[r.IntN(len(sets))].add(x)
			want[x] = true
		}
		for i := range sets[1:] {
			for x := range sets[1+i].all() {
				sets[0].add(x)
			}
		}
		if got, want := slices.Collect(sets[0].all()), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %d values, want %d", seed, len(got), len(want))
		}
		// What was read can be added to.
		sets[0].add(1 << 40)
		if got := slices.Collect(sets[0].all()); got[len(got)-1] != 1<<40 || len(got) != len(want)+1 {
			t.Fatalf("seed %d: one more makes %d values", seed, len(got))
		}
	}
}

func TestRunsThatAreReadStayFew(t *testing.T) {
	var set runs[sighting]
	for x := range sighting(3 * runLength) {
		set.add(x)
		if x%100 == 0 {
			set.settle()
		}
	}
	set.settle()
	if n := len(set.sorted); n > 3 {
		t.Errorf("%d runs", n)
	}
}

// all yields the values in order, each once.
func (r *runs[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		c := r.cursor()
		for x, ok := c.next(); ok; x, ok = c.next() {
			if !yield(x) {
				return
			}
		}
	}
}
