// Command otlog analyzes the logs and the telemetry of applications built on
// the OpenTok / Vonage Video client SDK: which documented errors they show, in
// which method, for how many sessions, and since when.
//
// Run otlog --help for its use. Results go to standard output, everything that
// is said to the user to standard error. The exit status is 0 if all is done, 1
// if something failed, 2 for wrong usage, 4 if a gate of --fail-on fired, and 3 if some input was
// damaged and the report is of what could be read. A signal ends it as the shell expects (130,
// 143); a live report ends with what it has found, and its own status.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"
)

// streams are what a command reads and writes, and when.
type streams struct {
	in  *os.File
	out io.Writer
	err io.Writer
	now time.Time // when the command began, for times told from now
}

func main() {
	// The tables of a scan hold no pointers, so that collecting garbage costs
	// next to nothing, and memory is what there is to save.
	debug.SetGCPercent(25)
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now()}))
}

// Exit statuses. The first that applies of usage, failed, gate and damaged counts.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitDamaged = 3
	exitGate    = 4

	exitInterrupted = 130 // where the system does not tell it by itself
)

// A statusError ends the command with a status other than exitFailed. Its cause
// is nil if all has been said.
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

// worst returns that of several statuses which the command ends with.
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

// run runs the command line args and returns the exit status.
func run(args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.Execute()
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
	if status == exitUsage {
		fmt.Fprintln(s.err, "hint: otlog --help")
	}
	return status
}

// version is set by the linker in releases; else the module's version or commit
// tells.
var version string

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
