package cores

import (
	"slices"
	"testing"
)

func TestRanges(t *testing.T) {
	for _, test := range []struct {
		name    string
		pieces  int
		workers []int // in the order in which they ask
		want    []int
	}{
		{"in turn", 4, []int{0, 1, 0, 1}, []int{0, 2, 1, 3}},
		{"one comes late", 4, []int{0, 0, 0, 1}, []int{0, 1, 3, 2}},
		{"one is faster", 6, []int{0, 1, 0, 0, 0, 1}, []int{0, 3, 1, 2, 5, 4}},
		{"more workers than pieces", 1, []int{0, 1, 2}, []int{0, -1, -1}},
		{"nothing", 0, []int{0, 1}, []int{-1, -1}},
	} {
		r := NewRanges(slices.Max(test.workers)+1, test.pieces)
		var got []int
		for _, worker := range test.workers {
			piece, ok := r.Next(worker)
			if !ok {
				piece = -1
			}
			got = append(got, piece)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
