package explain_test

import (
	"io"
	"strings"
	"testing"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report/explain"
	"github.com/otlog/otlog/report/words"
)

// TestWidth checks that names, codes and methods fit a terminal, except for what has no space to break at.
func TestWidth(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100, 200} {
		all := string(reporttest.Print(t, func(w io.Writer) error { return explain.WriteAll(w, width) }))
		for _, method := range []string{"publish", "connect", "initPublisher", "OT_TIMEOUT"} {
			all += string(reporttest.Print(t, func(w io.Writer) error { return explain.Write(w, method, width) }))
		}
		for line := range strings.Lines(all) {
			line = strings.TrimSuffix(line, "\n")
			if n := words.Width(line); n > width && strings.Contains(strings.TrimLeft(line, " "), " ") && !strings.Contains(line, "https://") {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
		// No word is lost, except that a mark may take the place of a column.
		wide := string(reporttest.Print(t, func(w io.Writer) error { return explain.WriteAll(w, 0) }))
		if !strings.HasPrefix(flat(all), flat(wide)) {
			a, b := flat(all), flat(wide)
			i := 0
			for i < len(a) && i < len(b) && a[i] == b[i] {
				i++
			}
			t.Errorf("%d columns: the words differ: %.80q, want %.80q", width, a[i:], b[i:])
		}
	}
}

// flat returns the words of a text without what says that something is undocumented.
func flat(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, note := range []string{"(not in the vendor's error reference)", "* not in the vendor's error reference", " *"} {
		s = strings.ReplaceAll(s, note, "")
	}
	return strings.Join(strings.Fields(s), " ")
}
