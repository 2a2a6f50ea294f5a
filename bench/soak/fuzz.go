package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// A target is one fuzz target, and what was found so far.
type target struct {
	pkg, name string // pkg is a directory of the module
	binary    string

	executions, interesting int
	failures                int
	last                    string // the end of the output of the latest failure
}

var targetLine = regexp.MustCompile(`(?m)^func (Fuzz\w*)\(\w+ \*testing\.F\)`)

// findTargets returns the fuzz targets of a module, sorted. modules within it are not its own.
func findTargets(root string) ([]*target, error) {
	var found []*target
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			_, nested := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (nested == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, m := range targetLine.FindAllSubmatch(content, -1) {
			found = append(found, &target{pkg: filepath.ToSlash(rel), name: string(m[1])})
		}
		return nil
	})
	slices.SortFunc(found, func(a, b *target) int { return strings.Compare(a.pkg+" "+a.name, b.pkg+" "+b.name) })
	return found, err
}

// A fuzzer runs fuzz targets in turn.
type fuzzer struct {
	root    string
	dir     string // of binaries
	corpus  string // inputs found so far, beside those of testdata; as the go command keeps them
	failed  string // where failing inputs are copied
	each    time.Duration
	workers int
	log     io.Writer
	targets []*target
}

// compile compiles the tests of a package, with the instrumentation of fuzzing, unless that is done.
func (f *fuzzer) compile(ctx context.Context, t *target) error {
	t.binary = filepath.Join(f.dir, strings.ReplaceAll(t.pkg, "/", "_")+".test")
	if _, err := os.Stat(t.binary); err == nil {
		return nil
	}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-fuzz=.", "-o", t.binary, "./"+t.pkg)
	build.Dir, build.Stdout, build.Stderr = f.root, f.log, f.log
	if err := build.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("compiling the tests: %w", err)
	}
	return nil
}

// rotate runs each target for f.each, again and again until ctx is done, or each ran rounds times if
// rounds is not 0. It returns an error only if a target cannot run.
func (f *fuzzer) rotate(ctx context.Context, rounds int) error {
	for round := 0; rounds == 0 || round < rounds; round++ {
		for _, t := range f.targets {
			if ctx.Err() != nil {
				return nil
			}
			err := f.compile(ctx, t)
			if err == nil && ctx.Err() == nil {
				err = f.run(ctx, t)
			}
			if err != nil {
				return fmt.Errorf("%s %s: %w", t.pkg, t.name, err)
			}
		}
	}
	return nil
}

var (
	progressLine = regexp.MustCompile(`execs: (\d+) .*new interesting: (\d+)`)
	writtenLine  = regexp.MustCompile(`Failing input written to (\S+)`)
	failingLine  = regexp.MustCompile(`failure while testing seed corpus entry: (\S+)`)
)

// run runs a target once. A failing input is moved out of testdata, so that the next round finds others.
func (f *fuzzer) run(ctx context.Context, t *target) error {
	// The target ends by itself; the limit is for one that hangs.
	ctx, cancel := context.WithTimeout(ctx, f.each+2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.binary,
		"-test.run=^$", "-test.fuzz=^"+t.name+"$", "-test.fuzztime="+f.each.String(), "-test.fuzzminimizetime=5s",
		"-test.parallel="+strconv.Itoa(f.workers), "-test.fuzzcachedir="+filepath.Join(f.corpus, filepath.FromSlash(t.pkg)))
	cmd.Dir = filepath.Join(f.root, filepath.FromSlash(t.pkg))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its workers end with it
	cmd.WaitDelay = 10 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return err
	}
	executions, interesting := 0, 0
	var tail []string
	written := ""
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20) // a failure prints its input
	for lines.Scan() {
		line := lines.Text()
		if m := progressLine.FindStringSubmatch(line); m != nil {
			executions, _ = strconv.Atoi(m[1]) // digits
			interesting, _ = strconv.Atoi(m[2])
			continue
		}
		if m := writtenLine.FindStringSubmatch(line); m != nil {
			written = m[1]
		}
		if m := failingLine.FindStringSubmatch(line); m != nil {
			written = "" // a committed input: it stays
		}
		if len(tail) < 40 {
			tail = append(tail, line[:min(len(line), 2000)])
		}
	}
	_, _ = io.Copy(io.Discard, out) // what follows a line that is too long
	err = cmd.Wait()
	t.executions += executions
	t.interesting += interesting
	result := "ok"
	// A worker that is late when the time is over makes the go command fail without a failing input.
	late := written == "" && ctx.Err() == nil && slices.ContainsFunc(tail, func(s string) bool { return strings.TrimSpace(s) == "context deadline exceeded" })
	if err != nil && !late && !errors.Is(ctx.Err(), context.Canceled) {
		t.failures++
		t.last = strings.Join(tail, "\n")
		result = "FAIL"
		if ctx.Err() != nil {
			result = "HANGS"
		}
		fmt.Fprintf(f.log, "%s\n", t.last)
		if written != "" {
			if err := f.keep(t, filepath.Join(cmd.Dir, filepath.FromSlash(written))); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(f.log, "%s  %s %s: %d executions, %d new interesting: %s\n", time.Now().Format(time.TimeOnly), t.pkg, t.name, executions, interesting, result)
	return nil
}

// keep moves a failing input to the directory of failures.
func (f *fuzzer) keep(t *target, path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	dir := filepath.Join(f.failed, filepath.FromSlash(t.pkg), "testdata", "fuzz", t.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	to := filepath.Join(dir, filepath.Base(path))
	if err := os.WriteFile(to, content, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(f.log, "the failing input is %s\n", to)
	return os.Remove(path)
}

// table prints what each target did, and returns the sums.
func table(w io.Writer, targets []*target) (executions, failures int, err error) {
	fmt.Fprint(w, "| package | target | executions | new interesting | failures |\n|---|---|--:|--:|--:|\n")
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	interesting := 0
	for _, one := range targets {
		fmt.Fprintf(t, "| %s\t| %s\t| %s\t| %s\t| %d |\n", one.pkg, one.name, grouped(one.executions), grouped(one.interesting), one.failures)
		executions += one.executions
		interesting += one.interesting
		failures += one.failures
	}
	fmt.Fprintf(t, "| all\t| %d targets\t| %s\t| %s\t| %d |\n", len(targets), grouped(executions), grouped(interesting), failures)
	return executions, failures, t.Flush()
}

// grouped writes a number with a comma before each three digits.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
