package field

import (
	"fmt"
	"testing"
)

// TestTimeOfSomethingElse checks that the time of an import is not taken for that of the records.
func TestTimeOfSomethingElse(t *testing.T) {
	for _, test := range []struct{ record, want string }{
		{`{"imported_at":"2026-11-25T00:00:00Z","occurred":"2026-11-23T10:44:%02dZ"}`, "occurred"},
		{`{"createdTime":"2026-11-25T00:00:00Z","fields":{"When":"2026-11-23T10:44:%02dZ"}}`, "When"},
		{`{"imported_at":"2026-11-25T00:00:00Z","line":"%d"}`, "imported_at"},

		// Times of something else are taken last.
		{`{"expiresAt":"2026-12-23T10:44:%02[1]dZ","occurred":"2026-11-23T10:44:%02[1]dZ"}`, "occurred"},
		{`{"received_at":"2026-11-25T10:44:%02[1]dZ","loggedAt":"2026-11-23T10:44:%02[1]dZ"}`, "loggedAt"},
		{`{"server_ts":"2026-11-25T10:44:%02[1]dZ","client_ts":"2026-11-23T10:44:%02[1]dZ"}`, "client_ts"},
		{`{"uploadedAt":"2026-11-25T10:44:%02[1]dZ","line":"%[1]d"}`, "uploadedAt"},
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
