// Package terminal draws on terminals: a report that is drawn again and again, and the
// progress of a long scan.
package terminal

import (
	"bytes"
	"io"
	"os"

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

// A Screen is a text on a terminal that the next text replaces. It uses the alternate screen of the
// terminal, so that what was printed before is there again in the end.
type Screen struct {
	w     io.Writer
	size  func() (width, height int)
	shown bool
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

// Width returns the number of columns that the screen has now.
func (s *Screen) Width() int {
	width, _ := s.size()
	return width
}

// Draw replaces what was drawn before by the first lines of a text, as many as the terminal has room
// for. It draws from the top, so that it does not matter whether the size has changed.
func (s *Screen) Draw(text []byte) error {
	_, height := s.size()
	var b bytes.Buffer
	if !s.shown {
		b.WriteString("\x1b[?1049h\x1b[?7l") // without wrapping lines
		s.shown = true
	}
	b.WriteString("\x1b[H")
	drawn := 0
	for line := range bytes.Lines(text) {
		if drawn++; drawn == height {
			break
		}
		b.Write(bytes.TrimRight(line, "\n"))
		b.WriteString("\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	_, err := s.w.Write(b.Bytes())
	return err
}

// Clear removes what was drawn.
func (s *Screen) Clear() error {
	if !s.shown {
		return nil
	}
	s.shown = false
	_, err := io.WriteString(s.w, "\x1b[?7h\x1b[?1049l")
	return err
}
