package stats

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestWilsonInterval compares the interval with the examples that R. G. Newcombe
// gives for his method 3 (Statistics in Medicine 17, 1998, table I).
func TestWilsonInterval(t *testing.T) {
	tests := []struct {
		part, whole int64
		low, high   float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{29, 29, 0.8830, 1},
	}
	for _, test := range tests {
		r := NewRate(test.part, test.whole)
		if math.Abs(r.Low-test.low) > 5e-5 || math.Abs(r.High-test.high) > 5e-5 {
			t.Errorf("%d of %d: got %.4f to %.4f, want %.4f to %.4f", test.part, test.whole, r.Low, r.High, test.low, test.high)
		}
	}
	if NewRate(0, 0) != nil {
		t.Error("0 of 0 has a rate")
	}
}

func TestRateHoldsItsValue(t *testing.T) {
	for whole := int64(1); whole < 200; whole++ {
		for part := int64(0); part <= whole; part++ {
			r := NewRate(part, whole)
			if !(0 <= r.Low && r.Low <= r.Value && r.Value <= r.High && r.High <= 1) {
				t.Fatalf("%d of %d: %+v", part, whole, r)
			}
		}
	}
}

// TestDifferenceInterval compares the interval with the examples that R. G. Newcombe
// gives for his method 10 (Statistics in Medicine 17:873–890, 1998, table II).
func TestDifferenceInterval(t *testing.T) {
	tests := []struct {
		part, whole, otherPart, otherWhole int64 // the second is subtracted from the first
		low, high                          float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	}
	for _, test := range tests {
		first, second := NewRate(test.part, test.whole), NewRate(test.otherPart, test.otherWhole)
		d := NewDifference(second, first)
		if math.Abs(d.Low-test.low) > 5e-5 || math.Abs(d.High-test.high) > 5e-5 || d.Value != first.Value-second.Value {
			t.Errorf("%d of %d less %d of %d: got %+v, want %.4f to %.4f", test.part, test.whole, test.otherPart, test.otherWhole, *d, test.low, test.high)
		}
		back := NewDifference(first, second)
		if back.Value != -d.Value || back.Low != -d.High || back.High != -d.Low {
			t.Errorf("%+v is not the opposite of %+v", *back, *d)
		}
	}
	if NewDifference(nil, NewRate(1, 2)) != nil || NewDifference(NewRate(1, 2), nil) != nil {
		t.Error("NewDifference of a nil rate is not nil")
	}
}

// TestAllSmallTables checks the properties that every pair of small shares must have.
func TestAllSmallTables(t *testing.T) {
	const most = 12
	for n := int64(0); n <= most; n++ {
		for m := int64(0); m <= most; m++ {
			for k := int64(0); k <= n; k++ {
				for l := int64(0); l <= m; l++ {
					before, after := NewShare(k, n), NewShare(l, m)
					p := PValue(before, after)
					if !(0 < p && p <= 1) || p != PValue(after, before) && math.Abs(p/PValue(after, before)-1) > 1e-12 {
						t.Fatalf("%d of %d, %d of %d: p is %g, the other way round %g", k, n, l, m, p, PValue(after, before))
					}
					if least := SmallestP(before, after); !(0 < least && least <= p) {
						t.Fatalf("%d of %d, %d of %d: p is %g, the smallest %g", k, n, l, m, p, least)
					}
					d := NewDifference(before.Rate, after.Rate)
					if (d == nil) != (n == 0 || m == 0) {
						t.Fatalf("%d of %d, %d of %d: the difference is %v", k, n, l, m, d)
					}
					if d != nil && !(-1 <= d.Low && d.Low <= d.Value && d.Value <= d.High && d.High <= 1) {
						t.Fatalf("%d of %d, %d of %d: the difference is %+v", k, n, l, m, *d)
					}
				}
			}
		}
	}
}

// exactMidP computes midP with big integers.
func exactMidP(before, after Share) float64 {
	part := before.Part + after.Part
	tables := func(x int64) *big.Int {
		var a, b big.Int
		return a.Mul(a.Binomial(before.Whole, part-x), b.Binomial(after.Whole, x))
	}
	var below, above big.Int // twice the number of tables; the observed one counts once in each
	for x := max(part-before.Whole, 0); x <= min(part, after.Whole); x++ {
		n := tables(x)
		if x <= after.Part {
			below.Add(&below, n)
		}
		if x < after.Part {
			below.Add(&below, n)
		}
		if x >= after.Part {
			above.Add(&above, n)
		}
		if x > after.Part {
			above.Add(&above, n)
		}
	}
	smaller := &below
	if above.Cmp(smaller) < 0 {
		smaller = &above
	}
	var all big.Int
	p, _ := new(big.Rat).SetFrac(smaller, all.Binomial(before.Whole+after.Whole, part)).Float64()
	return p
}

func TestMidP(t *testing.T) {
	compare := func(k, n, l, m int64) {
		t.Helper()
		before, after := NewShare(k, n), NewShare(l, m)
		if got, want := midP(before, after), exactMidP(before, after); math.Abs(got/want-1) > 1e-12 {
			t.Errorf("%d of %d, %d of %d: got %g, want %g", k, n, l, m, got, want)
		}
	}
	for n := int64(1); n <= 9; n++ {
		for m := int64(1); m <= 9; m++ {
			for k := int64(0); k <= n; k++ {
				for l := int64(0); l <= m; l++ {
					compare(k, n, l, m)
				}
			}
		}
	}
	compare(0, 2000, 9, 2000)
	compare(9, 5000, 0, 300)
	compare(0, 300, 4, 5000)
	compare(1996, 2000, 1900, 1901)
	compare(1, 60, 4, 60)
	compare(150, 300, 0, 4)
	compare(0, 1000, 100, 100) // far from the middle
	compare(40, 2000, 80, 2000)
	// By hand: 1 of the 20 ways to choose 3 of 6 takes one whole half. It counts half, in
	// each of two tails.
	if p := midP(NewShare(0, 3), NewShare(3, 3)); math.Abs(p-0.05) > 1e-15 {
		t.Errorf("0 of 3, 3 of 3: got %g, want 1/20", p)
	}
}

// TestHugeTables checks that margins of any size give a p-value quickly.
func TestHugeTables(t *testing.T) {
	const huge = int64(1e12)
	for _, pair := range [][2]Share{
		{NewShare(0, huge), NewShare(0, huge)},
		{NewShare(0, huge), NewShare(1, huge)},
		{NewShare(0, huge), NewShare(8, huge)},
		{NewShare(huge, huge), NewShare(huge-8, huge)},
		{NewShare(0, 3), NewShare(huge, huge)},
		{NewShare(1, 100), NewShare(1000, huge)},
		{NewShare(100, 100), NewShare(1000, huge)},
		{NewShare(0, huge), NewShare(huge, huge)},
		{NewShare(huge/2, huge), NewShare(huge/2+1, huge)},
	} {
		p, least, d := PValue(pair[0], pair[1]), SmallestP(pair[0], pair[1]), NewDifference(pair[0].Rate, pair[1].Rate)
		if !(0 <= least && least <= p && p <= 1) || !(-1 <= d.Low && d.Low <= d.Value && d.Value <= d.High && d.High <= 1) {
			t.Errorf("%+v and %+v: p is %g, the smallest %g, the difference %+v", pair[0], pair[1], p, least, *d)
		}
	}
	// With so many sessions, each failure is a coin toss: 8 of 8 fall on one side.
	if p := PValue(NewShare(0, huge), NewShare(8, huge)); math.Abs(p*256-1) > 1e-9 {
		t.Errorf("0 and 8 of 1e12: got %g, want 1/256", p)
	}
}

// TestPooledP compares the test with tables of chi-squared with one degree of freedom. For
// 100 sessions on each side, of which k and l failed, chi-squared is
// 200 (k-l)² / ((k+l) (200-k-l)).
func TestPooledP(t *testing.T) {
	for _, test := range []struct {
		k, l   int64
		p, eps float64
	}{
		{50, 50, 1, 0},
		{10, 20, 0.04767, 5e-6}, // 3.9216
		{40, 60, 0.00468, 5e-6}, // 8
	} {
		if p := PValue(NewShare(test.k, 100), NewShare(test.l, 100)); math.Abs(p-test.p) > test.eps {
			t.Errorf("%d and %d of 100: got %.6f, want %.5f", test.k, test.l, p, test.p)
		}
	}
}

// TestExactWhereFewAreExpected checks the border between the two tests: the smaller side
// has an expected count of 4.75 and of 5.0.
func TestExactWhereFewAreExpected(t *testing.T) {
	few, enough := [2]Share{NewShare(10, 100), NewShare(9, 300)}, [2]Share{NewShare(10, 100), NewShare(10, 300)}
	if PValue(few[0], few[1]) != midP(few[0], few[1]) {
		t.Error("an expected count of 4.75 does not use the exact test")
	}
	if PValue(enough[0], enough[1]) != pooledP(enough[0], enough[1]) {
		t.Error("an expected count of 5 does not use the normal approximation")
	}
}

// TestQValues compares q-values with the example of Benjamini and Hochberg (1995, section
// 4.2): of 15 tests their procedure rejects the first four at 5%. Each q-value follows from
// the definition: (15 / rank) · p, or a later one's if that is smaller.
func TestQValues(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	want := []float64{0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765, 0.486, 0.581182, 0.714875, 0.753231, 0.813214, 1}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(p))
	shuffled := make([]float64, len(p))
	for i, j := range order {
		shuffled[i] = p[j]
	}
	rejected := 0
	for i, q := range QValues(shuffled) {
		if math.Abs(q-want[order[i]]) > 1e-6 {
			t.Errorf("p %g: got q %g, want %g", shuffled[i], q, want[order[i]])
		}
		if q <= Level {
			rejected++
		}
	}
	if rejected != 4 {
		t.Errorf("%d are rejected, want 4", rejected)
	}
	if q := QValues([]float64{0.02, 0.02}); !slices.Equal(q, []float64{0.02, 0.02}) {
		t.Errorf("equal p-values have the q-values %v", q)
	}
	if len(QValues(nil)) != 0 {
		t.Error("no p-values have q-values")
	}
}

// TestTestLimit checks that as many rows are tested as could all be significant together.
func TestTestLimit(t *testing.T) {
	for _, test := range []struct {
		smallest []float64
		rows     float64
	}{
		{nil, 1},
		{[]float64{0.2}, 1},
		{[]float64{0.001, 0.04, 0.04}, 2}, // 0.04 is too large if all three are tested
		{[]float64{0.024, 0.001, 0.3, 1}, 2},
		{[]float64{0, 0, 0, 0, 0.02, 0.5}, 4},
		{[]float64{0, 0, 0, 0, 0.01, 0.5}, 5},
	} {
		if got := TestLimit(test.smallest); got != Level/test.rows {
			t.Errorf("%v: got %g, want %g", test.smallest, got, Level/test.rows)
		}
	}
}

// TestFailuresForATest checks the table in docs/statistics.md: how many sessions must fail,
// in two windows of equal size, for a row to be tested among others.
func TestFailuresForATest(t *testing.T) {
	for rows, want := range map[int]int64{1: 5, 5: 7, 10: 8, 20: 9, 50: 11} {
		limit := TestLimit(make([]float64, rows))
		failed := int64(1)
		for SmallestP(NewShare(0, 2000), NewShare(failed, 2000)) > limit {
			failed++
		}
		if failed != want {
			t.Errorf("among %d rows: %d, want %d", rows, failed, want)
		}
	}
}
