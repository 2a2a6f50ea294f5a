package textline

import (
	"strings"
	"testing"
)

// TestHasTimeLines finds texts whose times are on lines of their own, before the messages.
func TestHasTimeLines(t *testing.T) {
	for record, want := range map[string]bool{
		"23-NOV-26 10.44.25.959000 AM\nOT_TIMEOUT\n\n":                true,
		"# 1795430665.959\nOT_TIMEOUT\n    at connect (app.js:1:2)\n": true,
		"[2026-11-23 10:44:25]\nOT_TIMEOUT\n":                         true,
		"2026-11-23 10:44:25 joined\nOT_TIMEOUT\n":                    false,
		"2026-11-23 10:44:25\n\nOT_TIMEOUT\n":                         false,
		"2026-11-23 10:44:25\nOT_TIMEOUT\nOT_TIMEOUT\n":               false,
		"OT_TIMEOUT\n": false,
	} {
		if got := HasTimeLines([]byte("The log:\n\n" + strings.Repeat(record, 5))); got != want {
			t.Errorf("%q: got %v", record, got)
		}
	}
}
