package terminal

import (
	"bytes"
	"cmp"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// Page shows a text on a terminal. A text that is longer than the screen is shown in the pager that
// $PAGER names, less by default, so that its first lines come first; where there is none, or it fails,
// last is written after the text.
func Page(f *os.File, text, last []byte) error {
	lines := bytes.Count(text, []byte("\n"))
	if lines < height(f) {
		_, err := f.Write(text)
		return err
	}
	if runPager(f, text) {
		return nil
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

// runPager shows a text in a pager until the user leaves it. It returns false if there is none, or if
// it ended with a failure.
func runPager(f *os.File, text []byte) bool {
	pager := cmp.Or(strings.TrimSpace(os.Getenv("PAGER")), "less")
	if pager == "cat" || runtime.GOOS == "windows" || os.Getenv("TERM") == "dumb" {
		return false
	}
	cmd := exec.Command("sh", "-c", pager) // $PAGER may have arguments
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), f, os.Stderr
	cmd.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		cmd.Env = append(cmd.Env, "LESS=FRX") // leave if one screen is enough, show colours, keep the text
	}
	// Ctrl-C is the pager's, which may or may not leave. A signal that is ignored would be ignored by the
	// pager, too.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	// A signal is how the user left. A pager that is left before it has read all closes its end of the
	// pipe, which os/exec does not report.
	return err == nil || errors.As(err, &exit) && (!exit.Exited() || exit.ExitCode() > 128)
}
