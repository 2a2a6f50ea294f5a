package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/otlog/otlog/bench/sessions"
)

// A measurement has the costs and the report of one run.
type measurement struct {
	truth  *sessions.Truth
	report string

	wall    time.Duration
	cpu     time.Duration // of otlog alone
	peak    int64         // bytes of its resident memory
	spilled int64         // peak of its temporary files in bytes; -1: unknown
}

// measure runs a program on a generated log, with its temporary files in spill.
func measure(ctx context.Context, cmd *exec.Cmd, spill string, o sessions.Options) (*measurement, error) {
	var report bytes.Buffer
	cmd.Stdout = &report
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	// otlog starts before the log exists: a process inherits the memory peak of its parent.
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting otlog: %w", err)
	}
	m := &measurement{}
	done, watched := make(chan struct{}), make(chan int64)
	go func() { watched <- watch(cmd.Process.Pid, spill, done) }()
	truth, generateErr := sessions.Generate(in, o)
	closeErr := in.Close()
	runErr := cmd.Wait()
	m.wall = time.Since(start)
	close(done)
	m.spilled = <-watched
	m.truth, m.report = truth, report.String()
	if runErr != nil {
		if err := ctx.Err(); err != nil {
			runErr = err
		}
		return nil, fmt.Errorf("otlog: %w", runErr) // the cause of a broken pipe
	}
	if err := errors.Join(generateErr, closeErr); err != nil {
		return nil, err
	}
	m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.peak = usage.Maxrss << 10 // in kB on Linux
	}
	return m, nil
}

// pollEvery is the time between two looks at the temporary files.
const pollEvery = 200 * time.Millisecond

// watch returns the peak size of a process's temporary files until done, -1 if it is unknown.
func watch(pid int, dir string, done <-chan struct{}) int64 {
	fds := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	if _, err := os.ReadDir(fds); err != nil {
		<-done
		return -1
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	most := int64(0)
	for {
		select {
		case <-done:
			return most
		case <-tick.C:
			most = max(most, heldIn(dir, fds))
		}
	}
}

// heldIn returns the size of open files that are or were in dir. otlog removes its temporary files as
// soon as they are open, so they can be reached only by its file descriptors, in fds.
func heldIn(dir, fds string) int64 {
	entries, err := os.ReadDir(fds)
	if err != nil {
		return 0 // the process has ended
	}
	sizes := map[string]int64{} // by name: a file may be open several times
	for _, e := range entries {
		fd := filepath.Join(fds, e.Name())
		name, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(name, dir+string(filepath.Separator)) {
			continue
		}
		if info, err := os.Stat(fd); err == nil && info.Mode().IsRegular() {
			sizes[name] = info.Size()
		}
	}
	sum := int64(0)
	for _, n := range sizes {
		sum += n
	}
	return sum
}

// print writes what was measured. bound is in bytes, 0 if there was none.
func (m *measurement) print(w io.Writer, bound int64) error {
	const mib, gb = 1 << 20, 1e9
	totals, table := &m.truth.Totals, tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(what, format string, args ...any) { fmt.Fprintf(table, what+"\t"+format+"\n", args...) }
	row("sessions", "%d, %d of them without an ID", totals.Sessions, totals.SessionsWithoutID)
	row("records", "%d", totals.Lines)
	row("input", "%.2f GB", float64(totals.Bytes)/gb)
	row("wall", "%.1f s, the generator at work beside it", m.wall.Seconds())
	row("CPU", "%.1f s", m.cpu.Seconds())
	of := ""
	if bound > 0 {
		of = fmt.Sprintf(", %.2f of the bound of %.0f MiB", float64(m.peak)/float64(bound), float64(bound)/mib)
	}
	row("peak memory", "%.0f MiB%s", float64(m.peak)/mib, of)
	if m.spilled >= 0 {
		row("spilled", "%.2f GB", float64(m.spilled)/gb)
	} else {
		row("spilled", "cannot be seen on this system")
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the summary: %w", err)
	}
	return nil
}

// checkMemory compares the memory with its bound, if there was one.
func (m *measurement) checkMemory(bound int64) error {
	if bound > 0 && float64(m.peak) > excess*float64(bound) {
		return fmt.Errorf("otlog took %.2f times its bound, want at most %.1f", float64(m.peak)/float64(bound), excess)
	}
	return nil
}
