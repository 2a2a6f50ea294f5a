package lists

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLists(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		want := make([][]int, 1+r.IntN(20))
		type value struct{ list, x int }
		all := make([]value, r.IntN(50))
		for i := range all {
			all[i] = value{r.IntN(len(want)), r.IntN(1000)}
			want[all[i].list] = append(want[all[i].list], all[i].x)
		}
		lists := Make(len(want), len(all), func(yield func(uint32, int) bool) {
			for _, v := range all {
				if !yield(uint32(v.list), v.x) {
					return
				}
			}
		})
		if lists.Len() != len(all) {
			t.Errorf("seed %d: %d values, want %d", seed, lists.Len(), len(all))
		}
		for i := range want {
			if got := lists.Of(i); !slices.Equal(got, want[i]) {
				t.Errorf("seed %d: list %d is %v, want %v", seed, i, got, want[i])
			}
		}
	}
}

func TestReused(t *testing.T) {
	var lists Reused[int]
	for round := range 3 {
		want := map[int][]int{}
		for i := range 20 {
			number := (i * 7) % (5 + round)
			list := lists.Of(number)
			*list, want[number] = append(*list, i), append(want[number], i)
		}
		for number, w := range want {
			if got := *lists.Of(number); !slices.Equal(got, w) {
				t.Errorf("round %d: list %d is %v, want %v", round, number, got, w)
			}
		}
		lists.Clear()
		if got := *lists.Of(round); len(got) != 0 {
			t.Errorf("round %d: %v is left", round, got)
		}
	}
}
