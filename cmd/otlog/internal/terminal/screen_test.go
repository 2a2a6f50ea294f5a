package terminal

import (
	"bytes"
	"testing"

	"github.com/otlog/otlog/parse"
)

func TestScreenDrawsOver(t *testing.T) {
	var out bytes.Buffer
	s := &Screen{w: &out, size: func() (int, int) { return 5, 4 }}
	for _, test := range []struct{ text, want string }{
		{"one\ntwo\n", "one\ntwo\n"},
		{"größer als fünf\n2\n3\n4\n5\n", "\r\x1b[2A\x1b[Jgröße\n2\n3\n"},
		{"", "\r\x1b[3A\x1b[J"},
		{"last\n", "last\n"},
	} {
		out.Reset()
		if err := s.Draw([]byte(test.text)); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.want {
			t.Errorf("got %q, want %q", out.String(), test.want)
		}
	}
	out.Reset()
	if err := s.Clear(); err != nil || out.String() != "\r\x1b[1A\x1b[J" {
		t.Errorf("got %q, %v", out.String(), err)
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
