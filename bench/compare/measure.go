package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A command is a program with its arguments.
type command struct {
	name string
	args []string
}

// shell returns the command that runs a pipeline.
func shell(line string) command {
	return command{"sh", []string{"-c", line}}
}

func (c command) exec(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	return cmd
}

// A cost is what one run took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory, of the largest process
}

// run measures a command, with the processes that it waits for. Its output goes to the null device.
func (c command) run(ctx context.Context) (cost, error) {
	cmd := c.exec(ctx)
	var messages strings.Builder
	cmd.Stderr = &messages
	start := time.Now()
	err := cmd.Run()
	m := cost{wall: time.Since(start)}
	if err != nil {
		return m, fmt.Errorf("%w: %s", err, strings.TrimSpace(messages.String()))
	}
	m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.peak = usage.Maxrss << 10 // in kB on Linux
	}
	return m, nil
}

// A pair has the costs of two commands that ran one after the other.
type pair struct{ a, b cost }

// inTurn runs a and each of the others in turn, n times after a first time that does not count: a,
// the first, a, the second, …
func inTurn(ctx context.Context, a command, others []command, n int) ([][]pair, error) {
	pairs := make([][]pair, len(others))
	for i := range n + 1 {
		for k, b := range others {
			var p pair
			var err error
			if p.a, err = a.run(ctx); err != nil {
				return nil, err
			}
			if p.b, err = b.run(ctx); err != nil {
				return nil, err
			}
			if i > 0 { // the first run fills the file cache
				pairs[k] = append(pairs[k], p)
			}
		}
	}
	return pairs, nil
}

// median returns the middle of a list, of two middles the mean.
func median(s []float64) float64 {
	s = slices.Sorted(slices.Values(s))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// spread writes the median, minimum and maximum of a list.
func spread(s []float64, digits int) string {
	return fmt.Sprintf("%.*f [%.*f to %.*f]", digits, median(s), digits, slices.Min(s), digits, slices.Max(s))
}
