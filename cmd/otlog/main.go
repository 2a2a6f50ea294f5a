// Command otlog analyzes logs and telemetry of applications built on the OpenTok / Vonage Video
// client SDK: which documented errors they contain, in which method, in how many sessions, and
// since when.
//
// Run otlog --help for its use. Results go to standard output, messages to standard error. The
// exit status is 0 on success, 1 on failure, 2 for wrong usage, 3 if some input was damaged (the
// report covers the rest) or given twice, and 4 if a gate of --fail-on fired. A signal ends otlog
// as the shell expects (130, 143); a live report ends with its report and the report's status.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/report/words"
)

// streams are the standard streams of a command, and the time when it began.
type streams struct {
	in  *os.File
	out io.Writer
	err io.Writer
	now time.Time
}

func main() {
	collectGarbage()
	stream.EndQuietly()
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now()}))
}

// collectGarbage sets how often garbage is collected: when it is a quarter of what is in use, but not before
// there are 8 MB of it. The tables of a scan contain no pointers, so that to collect often costs little
// time and saves memory. While they are small it costs 4 to 10 % of all CPU, and a sixth of a start.
func collectGarbage() {
	const share, least = 25, 8 << 20
	used := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var adapt func(int)
	afterCollection := func() { runtime.AddCleanup(new([64]byte), adapt, 0) }
	adapt = func(int) {
		metrics.Read(used)
		debug.SetGCPercent(max(share, int(100*least/max(used[0].Value.Uint64(), 1))))
		afterCollection()
	}
	debug.SetGCPercent(100 * least / (4 << 20)) // the smallest heap is a percentage of 4 MB
	afterCollection()
}

// run runs the command line args and returns the exit status.
func run(args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	out := &stream.Checked{Writer: s.out} // cobra ignores errors
	root.SetOut(out)
	root.SetErr(s.err)
	err := root.Execute()
	err = cmp.Or(err, out.Err)
	if err == nil {
		return exitDone
	}
	status := exitFailed
	var withStatus *statusError
	if errors.As(err, &withStatus) {
		status = withStatus.status
		err = withStatus.cause
	}
	if err != nil {
		say(s.err, "%v", err)
	}
	if kept := (*unnamed.Error)(nil); errors.As(err, &kept) {
		fmt.Fprintln(s.err, "hint: TMPDIR names the directory for temporary files: export TMPDIR=/var/tmp")
	}
	if status == exitUsage && !strings.Contains(err.Error(), "\nhint: ") {
		fmt.Fprintln(s.err, "hint: otlog --help, or otlog COMMAND --help for all flags (otlog report --help by default)")
	}
	return status
}

// Exit statuses. If several apply, the first of usage, failed, gate and damaged counts.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitDamaged = 3
	exitGate    = 4
)

// A statusError ends the command with a status other than exitFailed. Its cause is nil if the
// user has seen all messages.
type statusError struct {
	status int
	cause  error
}

func (e *statusError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.cause.Error()
}

func (e *statusError) Unwrap() error { return e.cause }

// worst returns the status, of several, that the command ends with.
func worst(statuses ...error) error {
	for _, counts := range []int{exitUsage, exitFailed, exitGate, exitDamaged} {
		for _, err := range statuses {
			var s *statusError
			if errors.As(err, &s) && s.status == counts {
				return err
			}
		}
	}
	return nil
}

// usageError is an error in what the user typed.
func usageError(err error) error { return &statusError{status: exitUsage, cause: err} }

// say prints a message, which may have hints on lines of their own. It escapes what is not printable:
// errors quote names of files and what was typed.
func say(w io.Writer, format string, args ...any) {
	for line := range strings.SplitSeq(words.PrintableLines(fmt.Sprintf(format, args...)), "\n") {
		if !strings.HasPrefix(line, "hint: ") {
			line = "otlog: " + line
		}
		fmt.Fprintln(w, line)
	}
}

// version is set by the linker in releases.
var version string

// toolVersion returns the version of otlog: of the release, else of the module.
func toolVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "devel"
}

// commit returns the commit that the program was built from, and its date, in brackets; "" if it has no
// stamp.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	stamp := map[string]string{}
	for _, s := range info.Settings {
		stamp[s.Key] = s.Value
	}
	hash, date := stamp["vcs.revision"], stamp["vcs.time"]
	if len(hash) < 12 || len(date) < len(time.DateOnly) {
		return ""
	}
	changed := ""
	if stamp["vcs.modified"] == "true" {
		changed = " and changes"
	}
	return fmt.Sprintf(" (commit %s%s, %s)", hash[:12], changed, date[:len(time.DateOnly)])
}
