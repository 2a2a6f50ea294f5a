package spill

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// A number is the Value of these tests.
type number uint64

func (n number) Compare(other number) int { return cmp.Compare(n, other) }
func (n number) Rank() uint64             { return uint64(n) }

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

// TestShelves adds values by several writers, and reads shelf by shelf.
func TestShelves(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 7))
		var set Set[number]
		writers, bits := 1+r.IntN(4), uint(r.IntN(7))
		set.Bound(writers, bits, nil, 0)
		n := r.IntN(3 * runLength)
		added := make([][]number, writers)
		var wait sync.WaitGroup
		for w := range writers {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			wait.Go(func() {
				for range n {
					// Some shelves have many values, others none.
					x := number(r.Uint64N(1000) << r.IntN(55))
					set.AddBy(w, x)
					added[w] = append(added[w], x)
				}
			})
		}
		wait.Wait()
		want := slices.Compact(slices.Sorted(slices.Values(slices.Concat(added...))))
		if got := slices.Collect(set.all()); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %d values, want %d", seed, len(got), len(want))
		}
		c := set.Cursor()
		wide := uint(r.IntN(int(bits) + 1))
		var got []number
		for i := range 1 << wide {
			shelf := Shelf{wide, i}
			c.Seek(shelf)
			first, last := shelf.Bounds()
			for x, ok := c.Next(); ok; x, ok = c.Next() {
				if uint64(x) < first || uint64(x) > last {
					t.Fatalf("seed %d: %d is on shelf %v", seed, x, shelf)
				}
				got = append(got, x)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %d values shelf by shelf, want %d", seed, len(got), len(want))
		}
	}
}

func TestBoundsOfShelves(t *testing.T) {
	for _, test := range []struct {
		shelf       Shelf
		first, last uint64
	}{
		{Shelf{}, 0, 1<<64 - 1},
		{Shelf{1, 0}, 0, 1<<63 - 1},
		{Shelf{1, 1}, 1 << 63, 1<<64 - 1},
		{Shelf{8, 3}, 3 << 56, 4<<56 - 1},
	} {
		if first, last := test.shelf.Bounds(); first != test.first || last != test.last {
			t.Errorf("%v: from %x to %x", test.shelf, first, last)
		}
	}
}

// TestSort sorts values of which many have the same rank, or are close together.
func TestSort(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		from := make([]pair, r.IntN(5000))
		within := uint64(1) << r.IntN(63)
		for i := range from {
			from[i] = pair{number(r.Uint64N(within) + 5), number(r.IntN(100))}
			if r.IntN(50) == 0 {
				from[i].key = number(r.Uint64())
			}
		}
		want, to := slices.Clone(from), make([]pair, len(from))
		slices.SortFunc(want, pair.Compare)
		Sort(to, from)
		if !slices.Equal(to, want) {
			t.Fatalf("seed %d: %d values are not sorted", seed, len(to))
		}
	}
}

func BenchmarkSort(b *testing.B) {
	for _, n := range []int{500, runLength, 1 << 20} {
		r := rand.New(rand.NewPCG(1, 9))
		all := make([]pair, n)
		for i := range all {
			all[i] = pair{number(r.Uint64()), number(i)}
		}
		from, to := make([]pair, n), make([]pair, n)
		b.Run(fmt.Sprint("spread/", n), func(b *testing.B) {
			for b.Loop() {
				copy(from, all)
				Sort(to, from)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
		})
		b.Run(fmt.Sprint("SortFunc/", n), func(b *testing.B) {
			for b.Loop() {
				copy(to, all)
				slices.SortFunc(to, pair.Compare)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
		})
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
func (p pair) Key() number  { return p.key }
func (p pair) Rank() uint64 { return uint64(p.key) }

// TestFollow reads keys that are there, once and again, and keys that are not.
func TestFollow(t *testing.T) {
	var s Set[pair]
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
