package report

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestNumbersInNamesCount(t *testing.T) {
	want := []string{"", "2.3", "2.9.0", "2.10.0-beta.2", "2.10.1", "2.10.1-beta.9", "2.10.1-beta.10", "02.35", "2.35", "2.35.2", "Chrome 9", "Chrome 131", "Chrome 99999999999999999999999", "Edge", "é"}
	for seed := range uint64(20) {
		got := slices.Clone(want)
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		if slices.SortFunc(got, compareNatural); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	for _, a := range want {
		for _, b := range want {
			if compareNatural(a, b) != -compareNatural(b, a) || (compareNatural(a, b) == 0) != (a == b) {
				t.Errorf("%q and %q are in no order", a, b)
			}
		}
	}
}
