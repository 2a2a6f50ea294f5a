package aggregate

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/otlog/otlog/aggregate/axis"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/classify/catalogue"
)

// TestEvidenceIsSmall checks the size that docs/architecture.md states.
func TestEvidenceIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(kept{}); n != 72 {
		t.Errorf("evidence takes %d bytes", n)
	}
}

// TestFoldAll compares with a search of all evidence, of a few ticks or places and many marks.
func TestFoldAll(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 73))
		marks, long := 1+r.IntN(60), int64(1+r.IntN(4))<<tickBits
		var all []Evidence
		for i := range r.IntN(300) {
			e := Evidence{Mark: Mark{Code: int32(r.IntN(marks)), Flags: axis.New(axis.All[r.IntN(len(axis.All))], catalogue.ReasonID(r.IntN(2)), false)}, First: r.Int64N(long), Place: uint32(i), Records: 1}
			if e.Axis() == Placed {
				e.First = r.Int64N(200)
			}
			all = append(all, e)
		}
		order := evidenceOrder{names: &nameOrder{names.NewOrder(&Names{Errors: []string{""}, Methods: []string{""}, Labels: []string{""}})}}
		slices.SortFunc(all, func(a, b Evidence) int { return order.compare(&a, &b) })
		var want []Evidence
		for _, e := range all {
			last := none
			for j := range want {
				if want[j].Mark == e.Mark {
					last = j
				}
			}
			if last != none && want[last].close(&e) {
				want[last].fold(&e)
			} else {
				want = append(want, e)
			}
		}
		if got := foldAll(all); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}
