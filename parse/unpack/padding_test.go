package unpack

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestPaddingIsLeftOut checks texts with padding, read at once and byte by byte.
func TestPaddingIsLeftOut(t *testing.T) {
	pad, short := strings.Repeat("\x00", 50_000), strings.Repeat("\x00", paddingRun-1)
	for _, test := range []struct{ name, text, want string }{
		{"at the start", pad + "a\nb\n", "a\nb\n"},
		{"between lines", "a\n" + pad + "b\n", "a\nb\n"},
		{"at the end", "a\nb\n" + pad, "a\nb\n"},
		{"after half a line", "a\nhalf" + pad + "b\n", "a\nhalf\nb\n"},
		{"in place of the end of a line", "a\nhalf" + pad + "\nb\n", "a\nhalf\nb\n"},
		{"twice", pad + "a\n" + pad + "b", "a\nb"},
		{"a few", short + "a" + short, short + "a" + short},
		{"only padding", pad, ""},
		{"none", "a\nb", "a\nb"},
	} {
		for _, in := range []io.Reader{strings.NewReader(test.text), iotest.OneByteReader(strings.NewReader(test.text)), iotest.DataErrReader(strings.NewReader(test.text))} {
			if got, err := io.ReadAll(&unpadded{Reader: in}); err != nil || string(got) != test.want {
				t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
			}
		}
	}
}

// TestPadded checks which data counts as a padded text.
func TestPadded(t *testing.T) {
	pad := strings.Repeat("\x00", 100)
	for _, test := range []struct {
		head string
		want bool
	}{
		{pad + "a line\n", true},
		{"a line\n" + pad, true},
		{pad, true}, // a text may follow
		{"a line\n", false},
		{"a \x00line\n", false},
		{"\x7fELF\x02\x01\x01\x00" + pad, false},
		{pad + "CD001\x01\x00" + pad, false},
	} {
		if got := isPadded([]byte(test.head)); got != test.want {
			t.Errorf("%.20q…: got %v", test.head, got)
		}
	}
}
