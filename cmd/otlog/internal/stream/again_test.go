package stream

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/otlog/otlog/parse"
)

// TestAgainIsTheStream checks that each reading has all bytes and the end of the stream, also if
// the reading before it has ended early.
func TestAgainIsTheStream(t *testing.T) {
	broken := errors.New("broken off")
	for _, test := range []struct {
		name  string
		end   error
		first int64 // bytes that the first reading takes
	}{
		{"whole", io.EOF, 1 << 20},
		{"ended early", io.EOF, 1000},
		{"not at all", io.EOF, 0},
		{"broken", broken, 1 << 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Repeat("a line of a log\n", 1000)
			in := io.MultiReader(iotest.HalfReader(strings.NewReader(text)), iotest.ErrReader(test.end))
			sources := []parse.Source{{Path: "-"}}
			again := NewAgain(sources, in)
			defer again.Close()
			r, err := sources[0].Open()
			if err != nil {
				t.Fatal(err)
			}
			io.CopyN(io.Discard, r, test.first)
			for range 2 {
				r, err := sources[0].Open()
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				if string(got) != text || test.end == broken && err != broken || test.end == io.EOF && err != nil {
					t.Errorf("read %d bytes of %d, %v", len(got), len(text), err)
				}
			}
			if err := again.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
