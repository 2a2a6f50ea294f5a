package terminal

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"

	"golang.org/x/term"
)

// Page shows a text on a terminal. A text that is longer than the screen is shown in the pager that
// $PAGER names, less by default, so that its first lines come first; where there is none, last is
// written after the text.
func Page(f *os.File, text, last []byte) error {
	if lines := bytes.Count(text, []byte("\n")); lines < height(f) {
		_, err := f.Write(text)
		return err
	}
	if err := runPager(f, text); !errors.Is(err, errNoPager) {
		return err
	}
	_, err := f.Write(append(bytes.Clone(text), last...))
	return err
}

func height(f *os.File) int {
	_, height, err := term.GetSize(int(f.Fd()))
	if err != nil || height == 0 {
		return 24
	}
	return height
}

var errNoPager = errors.New("there is no pager")

// runPager shows a text in a pager until the user leaves it.
func runPager(f *os.File, text []byte) error {
	pager := cmp.Or(os.Getenv("PAGER"), "less")
	if pager == "cat" || runtime.GOOS == "windows" || os.Getenv("TERM") == "dumb" {
		return errNoPager
	}
	cmd := exec.Command("sh", "-c", pager) // $PAGER may have arguments
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), f, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		cmd.Env = append(cmd.Env, "LESS=FRX") // leave if one screen is enough, show colours, keep the text
	}
	// Ctrl-C is the pager's.
	signal.Ignore(os.Interrupt)
	defer signal.Reset(os.Interrupt)
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch notFound := 127; {
	case errors.As(err, &exit) && exit.ExitCode() == notFound, errors.Is(err, exec.ErrNotFound):
		return errNoPager
	case exit != nil:
		return nil // however the user left it
	}
	// A pager that is left before it has read all closes its end of the pipe; os/exec ignores that.
	return err
}
