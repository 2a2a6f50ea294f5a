package edges

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOutermost compares with the sorted least values of all owners, found at once and in pieces.
func TestOutermost(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		most := 1 + r.IntN(4)
		pieces := make([]*Outermost[int], 1+r.IntN(4))
		for i := range pieces {
			pieces[i] = New[int](most)
		}
		least := map[int]int64{}
		for range r.IntN(40) {
			owner, value := r.IntN(6), r.Int64N(20)-10
			if have, ok := least[owner]; !ok || value < have {
				least[owner] = value
			}
			pieces[r.IntN(len(pieces))].Add(owner, value)
		}
		for _, other := range pieces[1:] {
			pieces[0].Merge(other)
		}
		var all []int64
		for _, value := range least {
			all = append(all, value)
		}
		slices.Sort(all)
		if got, ok := pieces[0].Last(); ok != (len(all) >= most) || ok && got != all[most-1] {
			t.Fatalf("seed %d: got %d, %v of %v", seed, got, ok, all)
		}
	}
}
