package corpus

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"500": 500, "12B": 12, "5kB": 5000, "64MB": 64_000_000, "1.5 GB": 1_500_000_000} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MB", "-1MB", "0", "1TB", "NaN", "1e300GB"} {
		if n, err := ParseSize(text); err == nil {
			t.Errorf("%q was read as %d", text, n)
		}
	}
}
