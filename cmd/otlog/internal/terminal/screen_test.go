package terminal

import (
	"bytes"
	"testing"

	"github.com/otlog/otlog/parse"
)

// TestScreenDrawsFromTheTop checks what is drawn, also after the height has changed.
func TestScreenDrawsFromTheTop(t *testing.T) {
	var out bytes.Buffer
	height := 4
	s := &Screen{w: &out, size: func() (int, int) { return 5, height }}
	for _, test := range []struct {
		height     int
		text, want string
	}{
		{4, "one\ntwo\n", "\x1b[?1049h\x1b[?7l\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J"},
		{4, "1\n2\n3\n4\n5\n", "\x1b[H1\x1b[K\n2\x1b[K\n3\x1b[K\n\x1b[J"},
		{3, "1\n2\n3\n4\n5\n", "\x1b[H1\x1b[K\n2\x1b[K\n\x1b[J"},
		{4, "", "\x1b[H\x1b[J"},
	} {
		out.Reset()
		height = test.height
		if err := s.Draw([]byte(test.text)); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("got %q, want %q", out.String(), test.want)
		}
	}
	for _, want := range []string{"\x1b[?7h\x1b[?1049l", ""} {
		out.Reset()
		if err := s.Clear(); err != nil || out.String() != want {
			t.Errorf("got %q, %v, want %q", out.String(), err, want)
		}
	}
}

// TestProgressNeedsATerminal checks that any other writer gets no progress, and that no bytes
// are counted for it.
func TestProgressNeedsATerminal(t *testing.T) {
	sources := []parse.Source{{Path: "a"}}
	var out bytes.Buffer
	ShowProgress(&out, sources)()
	if sources[0].Progress != nil || out.Len() > 0 {
		t.Error("there is progress")
	}
}
