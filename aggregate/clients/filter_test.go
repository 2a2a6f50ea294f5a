package clients_test

import (
	"testing"

	"github.com/otlog/otlog/aggregate/clients"
)

func TestIncludes(t *testing.T) {
	for _, test := range []struct {
		wanted, name string
		want         bool
	}{
		{"2.35.2", "2.35.2", true},
		{"2.35", "2.35.2", true},
		{"2.35", "2.350.2", false},
		{"2.3", "2.35.2", false},
		{"2.35.2", "2.35", false},
		{"Chrome", "Chrome 142", true},
		{"chrome 142", "Chrome 142", true},
		{"Chrome 14", "Chrome 142", false},
		{"Chrome", "Chromium 142", false},
		{"Windows", "", false},
	} {
		if got := clients.Includes(test.wanted, test.name); got != test.want {
			t.Errorf("%q, %q: got %v", test.wanted, test.name, got)
		}
	}
}

// TestFilterInNumbers checks that a filter selects the same clients by the numbers of their labels
// as by their texts.
func TestFilterInNumbers(t *testing.T) {
	texts := []string{"", "2.35.2", "Chrome 142", "Windows", "2.34.1", "Firefox 145"}
	all := []clients.Labels{{}, {SDK: 1, Browser: 2, OS: 3}, {SDK: 4, Browser: 2}, {SDK: 1, Browser: 5, OS: 3}, {OS: 3}}
	for _, f := range []clients.Filter{{}, {SDK: "2.35"}, {Browser: "chrome"}, {OS: "Windows"}, {SDK: "2", Browser: "Firefox", OS: "windows"}, {SDK: "9"}} {
		in := f.In(texts)
		if in.Any() != (f == clients.Filter{}) {
			t.Errorf("%+v: any is %v", f, in.Any())
		}
		for _, l := range all {
			if got, want := in.Takes(l), f.Takes(l.Names(texts)); got != want {
				t.Errorf("%+v, %+v: got %v", f, l, got)
			}
		}
	}
}
