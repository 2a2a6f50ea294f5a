package report

import (
	"cmp"
	"math"
	"slices"
)

// What is computed here, and why so, is told in docs/statistics.md.

// A Rate is a share with its 95 % confidence interval. Its numerator and
// denominator stand beside it wherever it is printed.
type Rate struct {
	Value, Low, High float64
}

// z95 is the 97.5 % quantile of the standard normal distribution.
const z95 = 1.959963984540054

// NewRate returns part/whole with its Wilson score interval (E. B. Wilson, 1927;
// method 3 of R. G. Newcombe, Statistics in Medicine 17, 1998), which holds for
// small numbers and at 0 and 1 too. It returns nil if whole is 0: what has no
// denominator has no rate.
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
	// At the ends rounding would leave a trace.
	if part == 0 {
		r.Low = 0
	}
	if part == whole {
		r.High = 1
	}
	return r
}

// A Difference is how far one rate is above another, in shares of one, with its
// 95 % confidence interval.
type Difference struct {
	Value, Low, High float64
}

// NewDifference returns after minus before with Newcombe's hybrid score interval
// (method 10 of R. G. Newcombe, Statistics in Medicine 17:873–890, 1998), which is
// made of the Wilson intervals of both and holds where they do. It returns nil if
// either rate is nil.
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

// A Share is some of all, and what rate that is.
type Share struct {
	Part, Whole int64
	Rate        *Rate // nil if it has none

	// Unknown says that there were failures, but that none is known by its session:
	// no part is not nothing.
	Unknown bool
}

// NewShare returns a share with its rate.
func NewShare(part, whole int64) Share {
	return Share{Part: part, Whole: whole, Rate: NewRate(part, whole)}
}

// minExpected is how many sessions that failed, and that did not, are expected on
// either side for the normal distribution to serve (W. G. Cochran, Biometrics
// 10:417–451, 1954).
const minExpected = 5

// pValue tells how often two shares would be as far apart as these, in either
// direction, if both came from one rate. It is 1 where they cannot differ.
func pValue(before, after Share) float64 {
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

// pooledP is the p-value of the z test of two proportions with a pooled variance,
// which is Pearson's chi-squared test of their table. Both outcomes are seen on
// some side.
func pooledP(before, after Share) float64 {
	n, m := float64(before.Whole), float64(after.Whole)
	pooled := float64(before.Part+after.Part) / (n + m)
	z := (float64(after.Part)/m - float64(before.Part)/n) / math.Sqrt(pooled*(1-pooled)*(1/n+1/m))
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// midP is twice the smaller tail of the table's exact distribution with its margins
// held (Fisher's), to which the table itself adds half of its probability
// (H. O. Lancaster, JASA 56:223–234, 1961).
//
// The probabilities are computed from one another, outwards from the middle, as far
// as they are above 0: ratios of neighbours lose no digits, as differences of
// logarithms of factorials do. Where a count below minExpected is expected, that is
// at most some 200 steps, whatever the margins.
func midP(before, after Share) float64 {
	part, whole := before.Part+after.Part, before.Whole+after.Whole
	low, high := max(part-before.Whole, 0), min(part, after.Whole)
	// step is the probability of x+1 over that of x.
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
	return min(2*min(below+at/2, above+at/2)/(below+at+above), 1) // rounding would leave a trace
}

// smallestP is the p-value if all that failed on both sides had failed on one of
// them: no outcome with these totals has a smaller one.
func smallestP(before, after Share) float64 {
	part := before.Part + after.Part
	first, last := min(part, before.Whole), min(part, after.Whole)
	return min(
		pValue(Share{Part: first, Whole: before.Whole}, Share{Part: part - first, Whole: after.Whole}),
		pValue(Share{Part: part - last, Whole: before.Whole}, Share{Part: last, Whole: after.Whole}),
	)
}

// callLevel is the share of false calls among all calls that is put up with.
const callLevel = 0.05

// testable returns how small the smallest p-value of a row has to be for the row to
// be tested: no larger than the level over the number of rows that are tested then.
// What cannot reach that whatever happens would only take power from the others
// (R. E. Tarone, Biometrics 46:515–522, 1990; with Benjamini–Hochberg: P. B. Gilbert,
// Applied Statistics 54:143–158, 2005).
func testable(smallest []float64) float64 {
	sorted := slices.Sorted(slices.Values(smallest))
	rows := 1
	for rows < len(sorted) && sorted[rows] <= callLevel/float64(rows) {
		rows++
	}
	return callLevel / float64(rows)
}

// adjust returns the q-value for each p-value: the smallest level at which the
// procedure of Y. Benjamini and Y. Hochberg (Journal of the Royal Statistical Society
// B 57:289–300, 1995) calls it.
func adjust(p []float64) []float64 {
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
