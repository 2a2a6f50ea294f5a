package chart

import (
	"math"
	"strconv"
)

// A scale is an axis with ticks at round numbers.
type scale struct {
	low, high float64 // the first tick and the last
	ticks     []tick
}

type tick struct {
	value float64
	label string
}

// newScale returns a scale from low, which is 0 or less, to high, which is 0 or more. Both
// ends are moved outwards to round numbers. The scale has at most so many steps, and not
// many fewer.
func newScale(low, high float64, steps int, label func(v float64, digits int) string) scale {
	if math.IsNaN(high-low) || math.IsInf(high-low, 0) {
		return scale{low: low, high: high} // the canvas reports the error
	}
	for exponent := int(math.Floor(math.Log10((high - low) / float64(steps)))); ; exponent++ {
		for _, factor := range [...]float64{1, 2, 2.5, 5} {
			step := factor * math.Pow10(exponent)
			// A rounding error must not add a step to an end that is round already.
			first, last := math.Floor(low/step+1e-9), math.Ceil(high/step-1e-9)
			if last-first > float64(steps) {
				continue
			}
			digits := max(-exponent-2, 0) // in percent
			if factor == 2.5 {
				digits = max(-exponent-1, 0)
			}
			s := scale{low: first * step, high: last * step}
			for i := first; i <= last; i++ {
				s.ticks = append(s.ticks, tick{i * step, label(i*step, digits)})
			}
			return s
		}
	}
}

// at returns where v is between the ends: 0 at the low one, 1 at the high one.
func (s *scale) at(v float64) float64 { return (v - s.low) / (s.high - s.low) }

func percentTick(v float64, digits int) string {
	if v == 0 {
		digits = 0
	}
	return strconv.FormatFloat(100*v, 'f', digits, 64) + "%"
}

func pointsTick(v float64, digits int) string {
	s := strconv.FormatFloat(100*math.Abs(v), 'f', digits, 64)
	switch {
	case v > 0:
		return "+" + s
	case v < 0:
		return "−" + s
	}
	return "0"
}
