package spill

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Less orders numbers, for a heap of them.
func (n number) Less(other number) bool { return n < other }

func TestHeapSorts(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		var h Heap[number]
		for range 1 + r.IntN(100) {
			h.Push(number(r.IntN(50)))
		}
		for range 20 {
			h[0] += number(r.IntN(50)) // the first sequence advances
			h.Fix()
		}
		want, got := slices.Clone(h), Heap[number]{}
		slices.Sort(want)
		for len(h) > 0 {
			got = append(got, h.Pop())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %v, want %v", seed, got, want)
		}
	}
}
