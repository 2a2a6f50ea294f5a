package report

import (
	"math"
	"testing"
)

// TestWilsonInterval holds the interval to the examples that R. G. Newcombe
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
