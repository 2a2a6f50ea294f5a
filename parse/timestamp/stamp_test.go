package timestamp

import "testing"

// TestStamp finds the first date with a time of day.
func TestStamp(t *testing.T) {
	for text, want := range map[string]int{
		"":                                   -1,
		"2026-11-23T10:44:25":                0,
		"12:2026-11-23 10:44:25.972":         3,
		"a:b:c 1:2 at 2026-11-23T10:44:25Z":  13,
		"2026-11-23T10:44":                   -1,
		"12026-11-23T10:44:25":               -1,
		"2026-11-23_10:44:25":                -1,
		"11-23T10:44:25 2026-11-23T10:44:25": 15,
		"2026-11-23T10:44:2x 12:30":          -1,
	} {
		if got := Stamp([]byte(text)); got != want {
			t.Errorf("%.40q: got %d, want %d", text, got, want)
		}
	}
}
