// Package stats computes shares with confidence intervals, differences between shares, and
// tests of whether a difference is more than chance. Every function is pure.
//
// docs/statistics.md explains the choice of methods.
package stats

import (
	"cmp"
	"math"
	"slices"
)

// A Rate is a share, from 0 to 1, with its 95% confidence interval. Wherever a Rate is
// printed, its numerator and denominator are printed with it.
type Rate struct {
	Value, Low, High float64
}

// z95 is the 97.5% quantile of the standard normal distribution.
const z95 = 1.959963984540054

// NewRate returns part/whole with its Wilson score interval (E. B. Wilson, 1927;
// method 3 of R. G. Newcombe, Statistics in Medicine 17, 1998). The interval is also
// valid for small numbers and for rates of 0 and 1. NewRate returns nil if whole is 0:
// without a denominator there is no rate.
func NewRate(part, whole int64) *Rate {
	if whole == 0 {
		return nil
	}
	n := float64(whole)
	p := float64(part) / n
	scale := 1 + z95*z95/n
	center := (p + z95*z95/(2*n)) / scale
	half := z95 / scale * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	r := &Rate{Value: p, Low: max(center-half, 0), High: min(center+half, 1)}
	// Rounding must not move the ends.
	if part == 0 {
		r.Low = 0
	}
	if part == whole {
		r.High = 1
	}
	return r
}

// A Difference is one rate minus another, from -1 to 1, with its 95% confidence interval.
type Difference struct {
	Value, Low, High float64
}

// NewDifference returns after minus before with Newcombe's hybrid score interval
// (method 10 of R. G. Newcombe, Statistics in Medicine 17:873–890, 1998). The interval
// combines both Wilson intervals and is valid wherever they are. NewDifference returns
// nil if either rate is nil.
func NewDifference(before, after *Rate) *Difference {
	if before == nil || after == nil {
		return nil
	}
	value := after.Value - before.Value
	return &Difference{
		Value: value,
		Low:   value - math.Hypot(after.Value-after.Low, before.High-before.Value),
		High:  value + math.Hypot(after.High-after.Value, before.Value-before.Low),
	}
}

// A Share is a part of a whole, both counted, and their rate.
type Share struct {
	Part, Whole int64
	Rate        *Rate // nil if Whole is 0 or the part is unknown

	// Unknown is set if failures exist but none of their sessions is known. Part is 0
	// then and does not mean "none".
	Unknown bool
}

// NewShare returns part of whole with its rate.
func NewShare(part, whole int64) Share {
	return Share{Part: part, Whole: whole, Rate: NewRate(part, whole)}
}

// minExpected is the smallest expected count in any cell of the table for which PValue
// uses the normal approximation (W. G. Cochran, Biometrics 10:417–451, 1954).
const minExpected = 5

// PValue returns the two-sided p-value of two shares: how often chance alone would move
// them at least this far apart if both had the same rate. PValue is 1 where the shares
// cannot differ.
func PValue(before, after Share) float64 {
	part, whole := before.Part+after.Part, before.Whole+after.Whole
	smaller := min(before.Whole, after.Whole)
	rarer := min(part, whole-part)
	switch {
	case smaller == 0 || rarer == 0:
		return 1
	case float64(smaller)*float64(rarer) < minExpected*float64(whole):
		return midP(before, after)
	}
	return pooledP(before, after)
}

// pooledP returns the p-value of the z test of two proportions with a pooled variance,
// which equals Pearson's chi-squared test of their table. Both outcomes must occur at
// least once.
func pooledP(before, after Share) float64 {
	n, m := float64(before.Whole), float64(after.Whole)
	pooled := float64(before.Part+after.Part) / (n + m)
	z := (float64(after.Part)/m - float64(before.Part)/n) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// midP returns twice the smaller tail of Fisher's exact distribution of the table. The
// table itself adds half of its probability to each tail (H. O. Lancaster, JASA
// 56:223–234, 1961).
//
// Each probability is computed from its neighbour, outwards from the middle, until the
// probabilities reach 0. Ratios of neighbours lose no digits; differences of logarithms of
// factorials would. If an expected count is below minExpected, about 200 steps are enough,
// however large the margins are.
func midP(before, after Share) float64 {
	part, whole := before.Part+after.Part, before.Whole+after.Whole
	low, high := max(part-before.Whole, 0), min(part, after.Whole)
	// step returns the probability of x+1 divided by the probability of x.
	step := func(x int64) float64 {
		return float64(part-x) * float64(after.Whole-x) / (float64(x+1) * float64(before.Whole-part+x+1))
	}
	var below, at, above float64
	add := func(x int64, weight float64) {
		switch {
		case x < after.Part:
			below += weight
		case x > after.Part:
			above += weight
		default:
			at += weight
		}
	}
	middle := int64(float64(part) * float64(after.Whole) / float64(whole))
	middle = min(max(middle, low), high)
	add(middle, 1)
	for x, weight := middle, 1.0; x < high && weight > 0; x++ {
		weight *= step(x)
		add(x+1, weight)
	}
	for x, weight := middle, 1.0; x > low && weight > 0; x-- {
		weight /= step(x - 1)
		add(x-1, weight)
	}
	return min(2*min(below+at/2, above+at/2)/(below+at+above), 1) // rounding must not exceed 1
}

// SmallestP returns the smallest p-value that any outcome with the same totals can have:
// the p-value if all failures of both sides had happened on one side.
func SmallestP(before, after Share) float64 {
	part := before.Part + after.Part
	first, last := min(part, before.Whole), min(part, after.Whole)
	return min(
		PValue(Share{Part: first, Whole: before.Whole}, Share{Part: part - first, Whole: after.Whole}),
		PValue(Share{Part: part - last, Whole: before.Whole}, Share{Part: last, Whole: after.Whole}),
	)
}

// Level is the accepted false discovery rate: the share of changes reported as significant
// that may be due to chance.
const Level = 0.05

// TestLimit decides which rows to test. It takes the smallest p-value that each row can
// have, see [SmallestP], and returns Level divided by the number of rows tested; a row is
// tested if its smallest p-value is not above that limit. Any other row cannot be
// significant, whatever its outcome is, and would only take power from the rest (R. E.
// Tarone, Biometrics 46:515–522, 1990; with Benjamini–Hochberg: P. B. Gilbert, Applied
// Statistics 54:143–158, 2005).
func TestLimit(smallest []float64) float64 {
	sorted := slices.Sorted(slices.Values(smallest))
	rows := 1
	for rows < len(sorted) && sorted[rows] <= Level/float64(rows) {
		rows++
	}
	return Level / float64(rows)
}

// QValues returns the q-value of each p-value: the smallest false discovery rate at which
// the procedure of Y. Benjamini and Y. Hochberg (Journal of the Royal Statistical Society
// B 57:289–300, 1995) rejects its hypothesis.
func QValues(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	q, least := make([]float64, len(p)), 1.0
	for rank := len(p); rank > 0; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*float64(len(p))/float64(rank))
		q[i] = least
	}
	return q
}
