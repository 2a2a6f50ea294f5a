package nearest

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNearest compares what is found among random intervals with what a search through all of them
// finds.
func TestNearest(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 5))
		limits := Limits{Within: int64(r.IntN(30)), Longest: int64(40 + r.IntN(60)), Latest: r.IntN(2) == 0}
		if r.IntN(4) == 0 {
			limits.Longest = math.MaxInt64
		}
		var s Set[int]
		s.Reset(limits)
		type mine struct {
			Item
			keys []int
		}
		var all []mine
		ahead := int64(0)
		now, joined := int64(0), int32(0)
		for range 200 {
			now += int64(r.IntN(4))
			s.Advance(now)
			for range r.IntN(3) { // new ones: these or later ones
				first := now
				if !limits.Latest && r.IntN(2) == 0 {
					ahead = max(ahead, now) + int64(r.IntN(5))
					first = ahead
				}
				x := mine{Item{int32(len(all)), first, first + int64(r.IntN(10)), joined}, []int{r.IntN(3), 3 + r.IntN(3)}}
				joined++
				all = append(all, x)
				s.Put(x.Item, x.keys)
			}
			if len(all) > 0 { // one goes on
				x := &all[r.IntN(len(all))]
				first, last := min(x.First, now), max(x.Last, now+int64(r.IntN(5)))
				if last-first <= limits.Longest {
					x.First, x.Last, x.Joined = first, last, joined
					joined++
					x.keys = []int{r.IntN(3), 3 + r.IntN(3)}
					s.Put(x.Item, x.keys)
				}
			}
			s.Advance(now)
			last := now + int64(r.IntN(6))
			for key := range 6 {
				fits := func(x mine) bool {
					return slices.Contains(x.keys, key) && (limits.Longest == math.MaxInt64 || max(x.Last, last)-min(x.First, now) <= limits.Longest) && x.Last-x.First <= limits.Longest &&
						x.Last >= now-limits.Within
				}
				better := func(a, b mine) bool {
					da, db := max(a.First-last, now-a.Last, 0), max(b.First-last, now-b.Last, 0)
					if limits.Latest {
						return cmp.Or(cmp.Compare(da, db), cmp.Compare(b.Joined, a.Joined)) < 0
					}
					return cmp.Or(cmp.Compare(da, db), cmp.Compare(a.First, b.First), cmp.Compare(a.Number, b.Number)) < 0
				}
				want := int32(-1)
				for _, x := range all {
					if fits(x) && (want < 0 || better(x, all[want])) {
						want = x.Number
					}
				}
				got := int32(-1)
				s.Near(key, last, func(n int32) {
					if fits(all[n]) && (got < 0 || better(all[n], all[got])) {
						got = n
					}
				})
				if got != want {
					t.Fatalf("seed %d, at %d: got %d, want %d", seed, now, got, want)
				}
			}
		}
		s.Advance(math.MaxInt64 / 2)
		if len(s.slots) != 0 || len(s.groups) != 0 {
			t.Errorf("seed %d: %d intervals and %d keys are left", seed, len(s.slots), len(s.groups))
		}
	}
}
