package spans

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOverlapping compares with a look at all spans.
func TestOverlapping(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		var tree Tree
		var all []Span
		for range 2 { // a tree can be used again
			tree.Reset()
			all = nil
			for i := range r.IntN(40) {
				first := r.Int64N(50)
				all = append(all, Span{Group: uint32(r.IntN(3)), First: first, Last: first + r.Int64N(r.Int64N(50)+1), Index: int32(i)})
				tree.Add(all[i])
			}
			tree.Sort()
		}
		if tree.Len() != len(all) {
			t.Fatalf("seed %d: %d spans, want %d", seed, tree.Len(), len(all))
		}
		group, first := uint32(r.IntN(4)), r.Int64N(50)
		last, most := first+r.Int64N(10), r.IntN(6)
		var want, got []Span
		for _, s := range all {
			if s.Group == group && s.First <= last && s.Last >= first {
				want = append(want, s)
			}
		}
		slices.SortFunc(want, func(a, b Span) int { return cmp.Or(cmp.Compare(b.First, a.First), cmp.Compare(b.Index, a.Index)) })
		want = want[:min(len(want), most+1)]
		tree.Overlapping(group, first, last, func(s *Span) bool {
			got = append(got, *s)
			return len(got) <= most
		})
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %v, want %v", seed, got, want)
		}
	}
}
