package spill

import (
	"cmp"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A number is the Value of these tests.
type number uint64

func (n number) Compare(other number) int { return cmp.Compare(n, other) }

// TestSetIsASet compares sets with a map: several runs, repeats within and between them,
// and sets that are joined.
func TestSetIsASet(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		sets := make([]Set[number], 1+r.IntN(4))
		want := map[number]bool{}
		for range r.IntN(3 * runLength) {
			x := number(r.Uint64N(runLength))
			sets[r.IntN(len(sets))].Add(x)
			want[x] = true
		}
		for i := range sets[1:] {
			for x := range sets[1+i].all() {
				sets[0].Add(x)
			}
		}
		if got, want := slices.Collect(sets[0].all()), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %d values, want %d", seed, len(got), len(want))
		}
		// A set that was read can grow.
		sets[0].Add(1 << 40)
		if got := slices.Collect(sets[0].all()); got[len(got)-1] != 1<<40 || len(got) != len(want)+1 {
			t.Fatalf("seed %d: one more makes %d values", seed, len(got))
		}
	}
}

func TestRunsOfASetThatIsReadStayFew(t *testing.T) {
	var set Set[number]
	for x := range number(3 * runLength) {
		set.Add(x)
		if x%100 == 0 {
			set.flush()
		}
	}
	set.flush()
	if n := len(set.sorted); n > 3 {
		t.Errorf("%d runs", n)
	}
}

// all yields the values in order, each once.
func (s *Set[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		c := s.Cursor()
		for x, ok := c.Next(); ok; x, ok = c.Next() {
			if !yield(x) {
				return
			}
		}
	}
}

// A pair is a value with a key.
type pair struct{ key, value number }

func (p pair) Compare(other pair) int {
	return cmp.Or(cmp.Compare(p.key, other.key), cmp.Compare(p.value, other.value))
}
func (p pair) Key() number { return p.key }

// TestFollow reads keys that are there, once and again, and keys that are not.
func TestFollow(t *testing.T) {
	var s Set[pair]
	s.Bound(nil, 0)
	for _, p := range []pair{{3, 1}, {1, 2}, {1, 1}, {4, 1}} {
		s.Add(p)
	}
	f := Follow(&s)
	for _, step := range []struct {
		key  number
		want []pair
	}{{1, []pair{{1, 1}, {1, 2}}}, {1, []pair{{1, 1}, {1, 2}}}, {2, nil}, {4, []pair{{4, 1}}}, {5, nil}} {
		if got := f.Of(step.key); !slices.Equal(got, step.want) {
			t.Errorf("%d: got %v, want %v", step.key, got, step.want)
		}
	}
	if key, ok := f.Next(); ok || f.Err() != nil {
		t.Errorf("after the end: %d, %v", key, f.Err())
	}
}
