package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Command is a program with its arguments.
type Command struct {
	Name string
	Args []string
	Env  []string // beside that of this process
}

// Shell returns the command that runs a pipeline.
func Shell(line string) Command { return Command{Name: "sh", Args: []string{"-c", line}} }

// Otlog returns the command that reports on a log. program is a build in the Lab.
func (l *Lab) Otlog(program string, g *Log, args ...string) Command {
	return Command{Name: l.At(program), Args: slices.Concat(args, ReportArgs, []string{g.Path})}
}

// ReportArgs ask otlog for the report that the truth can be compared with.
var ReportArgs = []string{"--format", "json", "--window", "1d"}

// With returns the command with more in its environment.
func (c Command) With(env ...string) Command {
	c.Env = slices.Concat(c.Env, env)
	return c
}

func (c Command) exec(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Name, c.Args...)
	cmd.Env = append(append(os.Environ(), "LC_ALL=C", "TZ=UTC"), c.Env...)
	return cmd
}

// Answer runs a command and checks its output.
func (l *Lab) Answer(c Command, check func(io.Reader) error) error {
	cmd := c.exec(l.Ctx)
	cmd.Stderr = l.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	wrong := check(out)
	_, readErr := io.Copy(io.Discard, out)
	return errors.Join(wrong, readErr, cmd.Wait())
}

// A Cost is what one run took.
type Cost struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes of memory, of the largest process
}

// Run measures a command, with the processes that it waits for. Its output goes to the null device.
func (c Command) Run(ctx context.Context) (Cost, error) {
	cmd := c.exec(ctx)
	var messages strings.Builder
	cmd.Stderr = &messages
	start := time.Now()
	err := cmd.Run()
	m := Cost{Wall: time.Since(start)}
	if err != nil {
		return m, fmt.Errorf("%w: %s", err, strings.TrimSpace(messages.String()))
	}
	m.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.Peak = usage.Maxrss << 10 // in kB on Linux
	}
	return m, nil
}

// Columns returns wall and CPU time in seconds, and peak memory in MB.
func Columns(costs []Cost) (wall, cpu, peak []float64) {
	for _, c := range costs {
		wall, cpu, peak = append(wall, c.Wall.Seconds()), append(cpu, c.CPU.Seconds()), append(peak, float64(c.Peak)/1e6)
	}
	return wall, cpu, peak
}

// Median returns the middle of a list, of two middles the mean.
func Median(s []float64) float64 {
	s = slices.Sorted(slices.Values(s))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// Spread writes the median, minimum and maximum of a list.
func Spread(s []float64, digits int) string {
	return fmt.Sprintf("%.*f [%.*f to %.*f]", digits, Median(s), digits, slices.Min(s), digits, slices.Max(s))
}
