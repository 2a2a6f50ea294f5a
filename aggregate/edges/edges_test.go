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

// TestEnds leaves out the outermost owners, wherever they were seen.
func TestEnds(t *testing.T) {
	var parts []*Ends[int]
	for range 3 {
		parts = append(parts, NewEnds[int](5, 1))
	}
	for owner := range 6 {
		parts[owner%3].See(owner, int64(10*owner), int64(10*owner)+5)
		parts[2].See(owner, int64(10*owner)+1, int64(10*owner)+2)
	}
	if _, _, ok := parts[0].Find(); ok {
		t.Error("two owners are enough")
	}
	parts[0].Meet(9)
	parts[0].Merge(parts[1])
	parts[0].Merge(parts[2])
	if first, last, ok := parts[0].Find(); !ok || first != 10 || last != 45 {
		t.Errorf("got %d to %d, %t, want 10 to 45", first, last, ok)
	}
}
