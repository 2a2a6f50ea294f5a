package lookup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/report/lookup"
)

func TestNearest(t *testing.T) {
	flags := []string{"format", "force", "window", "tz", "top", "time-format"}
	for typed, want := range map[string]string{
		"formt": "format", "wndow": "window", "WINDOW": "window", "tim": "time-format", "tpo": "", "tx": "",
		"TZ": "tz", "t": "", "": "", "frce": "force", "no-such-flag": "",
	} {
		if got := strings.Join(lookup.Nearest(typed, flags), " "); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
	if got := lookup.Nearest("1m", []string{"15m", "1h", "1mo"}); !slices.Equal(got, []string{"15m", "1mo"}) {
		t.Errorf("1m: got %q", got)
	}
}
