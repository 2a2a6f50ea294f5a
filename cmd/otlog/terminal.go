package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// isTerminal reports whether f is a terminal.
func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// terminalOf returns the terminal that w writes to, if it is one.
func terminalOf(w io.Writer) (*os.File, bool) {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return nil, false
	}
	return f, true
}

// widthOf is how many columns a terminal has, 0 if it does not say.
func widthOf(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// colorOption is the flag for colours, as typed.
type colorOption struct{ when string }

func (o *colorOption) addFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.when, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	// The error says that there is no such flag, which stands above.
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

func (o *colorOption) check() error {
	switch o.when {
	case "auto", "always", "never":
		return nil
	}
	return usageError(fmt.Errorf("--color: expected auto, always or never, got %q", o.when))
}

// on reports whether text is coloured that goes to a terminal, or elsewhere. What the
// variables mean: no-color.org, and terminfo for a terminal that is called dumb.
func (o *colorOption) on(terminal bool) bool {
	if o.when == "auto" {
		return terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return o.when == "always"
}

// A screen is what is drawn on a terminal, and drawn over by what comes next.
type screen struct {
	w     io.Writer
	size  func() (width, height int)
	drawn int // lines
}

func newScreen(f *os.File) *screen {
	return &screen{w: f, size: func() (width, height int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width == 0 || height == 0 {
			return 80, 24
		}
		return width, height
	}}
}

// draw puts text in place of what was drawn before, as much as there is room for.
func (s *screen) draw(text []byte) error {
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

// clear takes away what was drawn.
func (s *screen) clear() error {
	var b bytes.Buffer
	s.wipe(&b)
	_, err := s.w.Write(b.Bytes())
	return err
}

func (s *screen) wipe(b *bytes.Buffer) {
	if s.drawn > 0 {
		fmt.Fprintf(b, "\r\x1b[%dA\x1b[J", s.drawn)
	}
	s.drawn = 0
}
