package report

import "math"

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
