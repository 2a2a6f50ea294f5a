package field

import (
	"fmt"
	"testing"
)

// TestConstantTime checks that the time of an import is not taken for that of the records.
func TestConstantTime(t *testing.T) {
	for _, test := range []struct{ record, want string }{
		{`{"imported_at":"2026-11-25T00:00:00Z","occurred":"2026-11-23T10:44:%02dZ"}`, "occurred"},
		{`{"createdTime":"2026-11-25T00:00:00Z","fields":{"When":"2026-11-23T10:44:%02dZ"}}`, "When"},
		{`{"imported_at":"2026-11-25T00:00:00Z","line":"%d"}`, "imported_at"},
	} {
		var g Guess
		for i := range 5 {
			g.Add(fmt.Appendf(nil, test.record, i))
		}
		if got, _ := g.Time(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.record, got, test.want)
		}
	}
}

// guessOf returns the key of the time in records that differ in a digit.
func guessOf(record string) string {
	var g Guess
	for i := range 5 {
		g.Add(fmt.Appendf(nil, record, i))
	}
	key, _ := g.Time()
	return key
}
