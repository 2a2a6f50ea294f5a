//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/otlog/otlog/report/words"
)

// A pty is a pseudo terminal.
type pty struct{ control, user *os.File }

// openPty opens a terminal of a size.
func openPty(t *testing.T, width, height uint16) *pty {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { control.Close() })
	number := 0
	err = unix.IoctlSetPointerInt(int(control.Fd()), unix.TIOCSPTLCK, 0)
	if err == nil {
		number, err = unix.IoctlGetInt(int(control.Fd()), unix.TIOCGPTN)
	}
	if err != nil {
		t.Fatal(err)
	}
	user, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close() })
	x := &pty{control, user}
	x.resize(t, width, height)
	return x
}

func (x *pty) resize(t *testing.T, width, height uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(x.control.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width}); err != nil {
		t.Fatal(err)
	}
}

// start starts the command on the terminal. in replaces its standard input; nil: the terminal.
func (x *pty) start(t *testing.T, in *os.File, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Args[0] = "otlog" // see TestMain
	cmd.Env = append(os.Environ(), append([]string{"TERM=xterm", "NO_COLOR=1"}, env...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = cmp.Or(in, x.user), x.user, x.user
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	x.user.Close()
	return cmd
}

// run runs the command on the terminal, and returns what is on it.
func (x *pty) run(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := x.start(t, nil, env, args...)
	var b bytes.Buffer
	_, _ = io.Copy(&b, x.control) // ends with an error when nobody has the terminal open
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}

const weeks = "../../testdata/weeks"

// TestReportFitsTheTerminal runs the command on terminals of three widths.
func TestReportFitsTheTerminal(t *testing.T) {
	for _, width := range []uint16{60, 80, 120} {
		out := openPty(t, width, 24).run(t, nil, "--no-pager", "--no-progress", "--window", "1w", weeks)
		if !strings.HasPrefix(out, "Publishing got worse: ") {
			t.Errorf("%d columns: it begins with %.80q", width, out)
		}
		for line := range strings.Lines(out) {
			line = strings.TrimSuffix(line, "\n")
			// An address is not cut.
			if n := words.Width(line); n > int(width) && !strings.Contains(line, "https://") {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
	}
}

// TestFirstScreen checks that 24 rows of 80 columns answer what got worse, for whom, by which error,
// since when, and what to do.
func TestFirstScreen(t *testing.T) {
	out := openPty(t, 80, 24).run(t, nil, "--no-pager", "--no-progress", "--window", "1w", weeks)
	screen := strings.Join(strings.SplitAfter(out, "\n")[:23], "")
	flat := strings.Join(strings.Fields(screen), " ")
	for _, want := range []string{
		"Publishing got worse: 6.7% of attempts failed, up from 2.4% (not chance); mostly with SDK 2.35.2 (64 of 75 failed sessions).",
		"2026-W47, 2026-11-16 to 2026-11-22, compared with 2026-W46",
		"OT_TIMEOUT: 62 of 1,134 sessions (5.5%), up from 2.3%",
		"OT_ICE_WORKFLOW_FAILED: 13 of 1,134 sessions (1.1%), new since 2026-11-17 05:18",
		"What to do OT_TIMEOUT (network): Check UDP and relay access",
		"Clients SDK 2.35.2: 64 of 625 sessions failed (10.2%), before 13 of 501 (2.6%); all others: 11 of 509 (2.2%)",
		"Since then 2026-W48, incomplete: 8.5% of 59 attempts failed",
		"Also OT_INVALID_HTTP_STATUS in Session.connect: gone, before in 9 of 1,110 sessions",
		"Session.publish 75 of 1,112 6.7% +4.3 yes, up",
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("the first screen lacks %q:\n%s", want, screen)
		}
	}
}

// TestPager checks when a report is shown in a pager.
func TestPager(t *testing.T) {
	marked := []string{"PAGER=sed 's/^/page: /'"}
	for _, test := range []struct {
		name   string
		height uint16
		env    []string
		args   []string
		first  string // line
		last   string
	}{
		{"longer than the screen", 24, marked, []string{"--no-progress", weeks}, "page: 872 of 5,714 sessions", "page: Meaning of every number"},
		{"it fits", 500, marked, []string{"--no-progress", weeks}, "872 of 5,714 sessions", "Meaning of every number"},
		{"not wanted", 24, marked, []string{"--no-pager", "--no-progress", weeks}, "872 of 5,714 sessions", "Meaning of every number"},
		{"to a file", 24, marked, []string{"--no-progress", "-o", os.DevNull, weeks}, "", ""},
		{"for programs", 24, marked, []string{"--no-progress", "--format", "json", weeks}, "{", "}"},
		{"there is none", 24, []string{"PAGER=no-such-pager"}, []string{"--no-progress", weeks}, "", "872 of 5,714 sessions"},
		{"it fails", 24, []string{"PAGER=false"}, []string{"--no-progress", weeks}, "872 of 5,714 sessions", "872 of 5,714 sessions"},
		{"it is blank", 500, []string{"PAGER= "}, []string{"--no-progress", weeks}, "872 of 5,714 sessions", "Meaning of every number"},
		{"the user leaves it at once", 24, []string{"PAGER=kill -INT $$"}, []string{"--no-progress", weeks}, "", ""},
		{"cat", 24, []string{"PAGER=cat"}, []string{"--no-progress", weeks}, "872 of 5,714 sessions", "872 of 5,714 sessions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := strings.TrimSpace(openPty(t, 200, test.height).run(t, test.env, test.args...))
			lines := strings.Split(out, "\n")
			if first, last := lines[0], lines[len(lines)-1]; !strings.HasPrefix(first, test.first) || !strings.HasPrefix(last, test.last) {
				t.Errorf("it begins with %q and ends with %q", first, last)
			}
		})
	}
}

// TestLiveSurvivesAResize checks that the live report uses the width that the terminal has when it is
// drawn.
func TestLiveSurvivesAResize(t *testing.T) {
	const log = `{"timestamp":"2026-11-22T10:00:00Z","message":"OT_TIMEOUT: Session.publish :: too late","sessionId":"1_MX40NTAxMjM0NX5-MTc2MzcxMDAwMDAwMH5"}` + "\n"
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := openPty(t, 120, 24)
	cmd := x.start(t, from, nil, "--no-pager", "--live")
	from.Close()
	// A drawing goes from the top of the screen to the erasure of the rest.
	drawing := regexp.MustCompile(`(?s)\x1b\[H(.*?)\x1b\[J`)
	var seen []byte
	next := func() string {
		b := make([]byte, 64<<10)
		for {
			if found := drawing.FindSubmatchIndex(seen); found != nil {
				text := string(seen[found[2]:found[3]])
				seen = seen[found[1]:]
				return text
			}
			n, err := x.control.Read(b)
			if err != nil {
				t.Fatalf("%v, after %q", err, seen)
			}
			seen = append(seen, b[:n]...)
		}
	}
	for _, width := range []uint16{120, 60} {
		x.resize(t, width, 24)
		if _, err := to.WriteString(log); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(next(), "\x1b[K\r\n") {
			if n := words.Width(line); n > int(width) {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
	}
	to.Close()
	var rest bytes.Buffer
	_, _ = io.Copy(&rest, x.control)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, report, ok := strings.Cut(rest.String(), "\x1b[?1049l"); !ok || !strings.Contains(report, "How to read this") {
		t.Errorf("the report does not follow: %q", rest.String())
	}
}

// TestTextFitsTheTerminal explains an error, a method, lines and formats on terminals of three widths.
func TestTextFitsTheTerminal(t *testing.T) {
	for _, width := range []uint16{60, 80, 120} {
		for _, args := range [][]string{
			{"explain", "OT_TIMEOUT", "1500", "initPublisher"},
			{"formats", "../../testdata/logs"},
			{"explain", "OpenTok:Session:error 1500 +0ms Session.publish :: Could not publish in a reasonable amount of time", "OT_CANCEL: a", "ResizeObserver loop limit exceeded"},
		} {
			out := openPty(t, width, 24).run(t, nil, args...)
			widest := 0
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				// A word is not cut, nor is an address.
				if strings.Contains(strings.TrimLeft(line, " "), " ") && !strings.Contains(line, "https://") {
					widest = max(widest, words.Width(line))
				}
			}
			if widest > int(width) || widest < 50 {
				t.Errorf("%d columns: the widest line of %q has %d:\n%s", width, args, widest, out)
			}
		}
	}
}
