// Package lab builds revisions of otlog, writes logs whose counts are known, and measures programs,
// for the commands of bench.
//
// A Lab is a directory of one run (this file). Logs are written by bench/gencorpus (log.go). A Command
// is checked first and then measured (measure.go).
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// A Lab has the files of one run.
type Lab struct {
	Ctx    context.Context
	Dir    string    // of all files
	Root   string    // of the repository
	Stderr io.Writer // of programs that run before the measurements
}

// New makes a directory in dir, and builds the generator of logs. The caller closes the Lab.
func New(ctx context.Context, dir string, stderr io.Writer) (*Lab, error) {
	l := &Lab{Ctx: ctx, Stderr: stderr}
	var err error
	if l.Root, err = l.Output("", "go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return nil, err
	}
	if l.Dir, err = os.MkdirTemp(dir, "otlog-bench-"); err != nil {
		return nil, err
	}
	if err := l.Build(l.Root, "gencorpus", "./bench/gencorpus"); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Close removes all files.
func (l *Lab) Close() { os.RemoveAll(l.Dir) } // what remains is in a temporary directory

// At returns the path of a file of this run.
func (l *Lab) At(name string) string { return filepath.Join(l.Dir, name) }

// Sh runs a program before the measurements.
func (l *Lab) Sh(dir, name string, args ...string) error {
	_, err := l.Output(dir, name, args...)
	return err
}

// Output runs a program before the measurements and returns its output, without the space around it.
func (l *Lab) Output(dir, name string, args ...string) (string, error) {
	c := exec.CommandContext(l.Ctx, name, args...)
	c.Dir = dir
	c.Stderr = l.Stderr
	text, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(append([]string{name}, args...), " "), err)
	}
	return strings.TrimSpace(string(text)), nil
}

// Build builds a command of a revision in dir. Paths are trimmed, so that revisions share the cache.
func (l *Lab) Build(dir, name, pkg string, flags ...string) error {
	return l.Sh(dir, "go", append(append([]string{"build", "-trimpath"}, flags...), "-o", l.At(name), pkg)...)
}

// Checkout writes the files of a revision, and returns their directory.
func (l *Lab) Checkout(revision string) (string, error) {
	dir := l.At("before")
	return dir, errors.Join(
		l.Sh(l.Root, "git", "archive", "--format", "tar", "-o", l.At("before.tar"), revision),
		os.Mkdir(dir, 0o755),
		l.Sh("", "tar", "-xf", l.At("before.tar"), "-C", dir),
	)
}

// Head describes the machine, as benchstat shows it above its tables.
func Head() string {
	return fmt.Sprintf("goos: %s\ngoarch: %s\ncpu: %s, %d cores\ngo: %s\n", runtime.GOOS, runtime.GOARCH, cpu(), runtime.NumCPU(), runtime.Version())
}

// cpu returns the name of the processor.
func cpu() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // on Linux only
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
