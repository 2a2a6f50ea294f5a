// Package terminal draws on terminals: a report that is drawn again and again, and the
// progress of a long scan.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/term"
)

// Is reports whether f is a terminal.
func Is(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Of returns the terminal that w writes to, nil if it writes to none.
func Of(w io.Writer) *os.File {
	f, ok := w.(*os.File)
	if !ok || !Is(f) {
		return nil
	}
	return f
}

// Width returns the number of columns of a terminal, 0 if it is not known.
func Width(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// A Screen is a text on a terminal that the next text replaces.
type Screen struct {
	w     io.Writer
	size  func() (width, height int)
	drawn int // lines
}

// NewScreen returns an empty screen on a terminal.
func NewScreen(f *os.File) *Screen {
	return &Screen{w: f, size: func() (width, height int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width == 0 || height == 0 {
			return 80, 24
		}
		return width, height
	}}
}

// Draw replaces what was drawn before by as much of text as the terminal has room for.
func (s *Screen) Draw(text []byte) error {
	width, height := s.size()
	var b bytes.Buffer
	s.wipe(&b)
	for line := range bytes.Lines(text) {
		if s.drawn == height-1 {
			break
		}
		line = bytes.TrimRight(line, "\n")
		for utf8.RuneCount(line) > width {
			_, last := utf8.DecodeLastRune(line)
			line = line[:len(line)-last]
		}
		b.Write(line)
		b.WriteByte('\n')
		s.drawn++
	}
	_, err := s.w.Write(b.Bytes())
	return err
}

// Clear removes what was drawn.
func (s *Screen) Clear() error {
	var b bytes.Buffer
	s.wipe(&b)
	_, err := s.w.Write(b.Bytes())
	return err
}

func (s *Screen) wipe(b *bytes.Buffer) {
	if s.drawn > 0 {
		fmt.Fprintf(b, "\r\x1b[%dA\x1b[J", s.drawn)
	}
	s.drawn = 0
}
