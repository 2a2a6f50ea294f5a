package main

import "testing"

// TestColor checks when text is coloured.
func TestColor(t *testing.T) {
	for _, test := range []struct {
		when, noColor, term string
		terminal            bool
		want                bool
	}{
		{"auto", "", "xterm", true, true},
		{"auto", "", "xterm", false, false},
		{"auto", "1", "xterm", true, false},
		{"auto", "", "dumb", true, false},
		{"always", "1", "dumb", false, true},
		{"never", "", "xterm", true, false},
	} {
		t.Setenv("NO_COLOR", test.noColor)
		t.Setenv("TERM", test.term)
		o := colorOption{when: test.when}
		if got := o.on(test.terminal); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
