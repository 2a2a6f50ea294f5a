// Command otlog-beam scans logs on an engine that runs Apache Beam pipelines, and writes one partial,
// which otlog report reads like one of otlog scan.
//
//	otlog-beam -o week.arrow 'logs/**/*.zst'
//	otlog report --window 1w week.arrow
//
// The path of a log through the command, with the file of each step:
//
//  1. The launcher finds the inputs and divides them into shards: several small files, one large file, or a
//     range of a large one (plan.go).
//  2. Workers scan shards as otlog scan does, and write each one's counts as a partial (scan.go).
//  3. A partial travels through the engine as a [block] in pieces of 1 MiB (block.go): no worker has
//     a whole one in memory.
//  4. Blocks are merged in a tree (pipeline.go, merge.go). The last merge writes the result beside the
//     output (output.go).
//  5. The launcher verifies the result, and gives it its name.
//
// An engine may run any step several times, and deliver what it emitted several times. So a block says
// which shards it has, of which attempt it is, and what its bytes add up to. A merge takes one complete
// attempt for each shard, and fails unless it has all shards that the launcher planned.
//
// The same program is the launcher, the worker, and a pool that starts workers (worker.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // where the system has no zones

	"github.com/apache/beam/sdks/v2/go/pkg/beam"

	"github.com/otlog/otlog/report/words"
)

// Exit statuses, as those of otlog.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitDamaged = 3
)

func main() {
	flags := addFlags(flag.CommandLine)
	flag.Usage = func() { usage(os.Stderr) }
	flag.Parse() // ends the process if a flag is wrong
	if err := startWorker(flags); err != nil {
		say(os.Stderr, err)
		os.Exit(exitFailed)
	}
	beam.Init() // does not return in a worker that Beam's own boot program started
	ctx, end := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() { end(&signalError{(<-signals).(syscall.Signal)}) }()
	os.Exit(statusOf(launch(ctx, flags, flag.Args(), os.Stderr), os.Stderr))
}

// A signalError ends a job. The status is that of a shell's command which the signal ends.
type signalError struct{ syscall.Signal }

func (e *signalError) Error() string {
	return e.String() + "\nhint: an engine elsewhere may go on with the job: end it there"
}

// A statusError ends the command with a status other than exitFailed. Its cause is nil if the user has
// seen all messages.
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

func usageError(err error) error { return &statusError{exitUsage, err} }

// statusOf prints an error, and returns the exit status.
func statusOf(err error, w io.Writer) int {
	if err == nil {
		return exitDone
	}
	status := exitFailed
	var with *statusError
	if errors.As(err, &with) {
		status, err = with.status, with.cause
	}
	if signal := (*signalError)(nil); errors.As(err, &signal) {
		status = 128 + int(signal.Signal)
	}
	if err != nil {
		say(w, err)
	}
	if status == exitUsage {
		fmt.Fprintln(w, "hint: otlog-beam -help")
	}
	return status
}

// say prints a message, which may have hints on lines of their own. It escapes what is not printable:
// errors quote names of files and what was typed.
func say(w io.Writer, message any) {
	for line := range strings.SplitSeq(words.PrintableLines(fmt.Sprint(message)), "\n") {
		if !strings.HasPrefix(line, "hint: ") {
			line = "otlog-beam: " + line
		}
		fmt.Fprintln(w, line)
	}
}

// launch plans a job, runs it, and gives its result its name.
func launch(ctx context.Context, f *flags, args []string, w io.Writer) error {
	for _, arg := range args {
		if len(arg) > 1 && arg[0] == '-' {
			return usageError(fmt.Errorf("%s: flags come before paths; a path that begins with a hyphen is ./%s", arg, arg))
		}
	}
	o, err := f.resolve(time.Now())
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return usageError(errors.New("nothing to read: give a file, a directory or a pattern"))
	}
	p, err := makePlan(ctx, o, args)
	if err != nil {
		return err
	}
	for _, m := range p.missing {
		say(w, m)
	}
	if len(p.shards) == 0 {
		return &statusError{status: exitFailed}
	}
	out, err := newOutput(f.output, p)
	if err != nil {
		return err
	}
	if err := run(ctx, o, p, out.temporary, f.verbose); err != nil {
		out.remove()
		return fmt.Errorf("the job failed, and nothing was written: %w", causeOf(err, f.verbose))
	}
	result, err := out.open(ctx)
	if err != nil {
		out.remove()
		return err
	}
	defer result.close()
	status := result.report(w, p)
	if result.none() {
		out.remove()
		return status
	}
	if f.strict && status != nil {
		out.remove()
		return errors.New("--strict: not all input was read, or some was read twice: see above")
	}
	if err := out.commit(ctx); err != nil {
		return err
	}
	return status
}

// usage prints the flags of the command, and those of Beam that most people need.
func usage(w io.Writer) {
	fmt.Fprint(w, `otlog-beam scans logs like otlog scan, on an engine that runs Apache Beam pipelines, and writes one
partial for otlog report. Without a runner it does so by itself, in one process.

Usage: otlog-beam -o FILE [flags] PATH ...

PATH is a file, a directory, a quoted pattern, or an object gs://… or s3://…, also as a pattern.

`)
	print := func(names []string) {
		flag.VisitAll(func(f *flag.Flag) {
			if slices.Contains(names, f.Name) {
				kind, text := flag.UnquoteUsage(f)
				fmt.Fprintf(w, "  -%s %s\n    \t%s\n", f.Name, kind, text)
			}
		})
	}
	print(ownFlags)
	fmt.Fprintln(w, "\nFlags of Beam that choose an engine (all flags of Beam and its runners are accepted):")
	print([]string{"runner", "endpoint", "environment_type", "environment_config", "worker_binary", "parallelism"})
}
