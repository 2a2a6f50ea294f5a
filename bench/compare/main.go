// Compare measures otlog against other programs, as whole processes and in turn, on generated logs with
// known counts, and checks each count.
//
//	go run ./bench/compare -size 1GB -pairs 7 -dir /dev/shm
//
// For each pair it prints the median, minimum and maximum of the ratio of wall
// and of CPU time, otlog's time divided by the other's, and otlog's peak
// memory. It skips programs that are not installed, and names them.
//
// With -before it compares with an earlier revision instead, on logs with clean lines only:
//
//	go run ./bench/compare -before HEAD~5 -size 400MB -dir /dev/shm
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/otlog/otlog/bench/corpus"
)

func main() {
	size := flag.String("size", "1GB", "of each generated log: a number with kB, MB or GB")
	pairs := flag.Int("pairs", 7, "how often each pair runs")
	dir := flag.String("dir", os.TempDir(), "where the logs are kept: best in memory")
	before := flag.String("before", "", "compare with otlog as of this `revision` only")
	flag.Parse()
	measure := run
	if *before != "" {
		measure = func(size string, pairs int, dir string) error { return runBefore(*before, size, pairs, dir) }
	}
	if err := measure(*size, *pairs, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// A command is a program with its arguments and additions to its environment.
type command struct {
	name string
	args []string
	env  []string
}

func run(size string, pairs int, dir string) error {
	dir, err := os.MkdirTemp(dir, "otlog-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := sh("go", "build", "-o", at("otlog"), "./cmd/otlog"); err != nil {
		return err
	}
	for _, log := range []struct{ format, name string }{{"ndjson", "log.jsonl"}, {"console", "log.txt"}} {
		if err := sh("go", "run", "./bench/gencorpus", "-format", log.format, "-size", size, "-seed", "1", "-o", at(log.name), "-truth", at(log.name+".truth")); err != nil {
			return err
		}
	}
	packed := map[string]string{}
	for _, tool := range []struct{ name, args, ext string }{{"zstd", "-q -3 -k", ".zst"}, {"gzip", "-k -6", ".gz"}} {
		if _, err := exec.LookPath(tool.name); err != nil {
			fmt.Printf("%s is not installed: its pairs are left out\n", tool.name)
			continue
		}
		for _, name := range []string{"log.jsonl", "log.txt"} {
			if err := sh(tool.name, append(strings.Fields(tool.args), at(name))...); err != nil {
				return err
			}
		}
		packed[tool.name] = tool.ext
	}

	otlog := func(env string, args ...string) command {
		c := command{name: at("otlog"), args: append([]string{"--format", "json", "--window", "1d"}, args...)}
		if env != "" {
			c.env = []string{env}
		}
		return c
	}
	fmt.Printf("%s, %s/%s, %d cores, logs of %s, %d pairs: median [minimum to maximum]\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), size, pairs)
	fmt.Printf("%-34s %-26s %-20s %-20s %10s %8s\n", "otlog", "against", "wall ratio", "CPU ratio", "wall", "memory")
	for _, name := range []string{"log.jsonl", "log.txt"} {
		files := []string{name}
		for _, ext := range packed {
			files = append(files, name+ext)
		}
		slices.Sort(files)
		for _, file := range files {
			if err := check(otlog("", at(file)), at(name+".truth")); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
		compare("1 core, "+name, "itself on 2 cores", otlog("GOMAXPROCS=1", at(name)), otlog("GOMAXPROCS=2", at(name)), pairs)
		compare(name, "wc -l", otlog("", at(name)), command{name: "wc", args: []string{"-l", at(name)}}, pairs)
		compare(name, "rg -c OT_", otlog("", at(name)), command{name: "rg", args: []string{"-c", "OT_", at(name)}}, pairs)
		compare(name, "grep -c OT_", otlog("", at(name)), command{name: "grep", args: []string{"-c", "OT_", at(name)}}, pairs)
		for tool, ext := range packed {
			compare(name+ext, tool+" -dc", otlog("", at(name+ext)), command{name: tool, args: []string{"-dc", at(name + ext)}}, pairs)
		}
	}
	fmt.Println("\nall counts of all runs above equal the truth of the generator")
	return nil
}

// runBefore compares with an earlier revision.
func runBefore(revision, size string, pairs int, dir string) error {
	dir, err := os.MkdirTemp(dir, "otlog-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(
		sh("go", "build", "-o", at("otlog"), "./cmd/otlog"),
		sh("git", "archive", "--format", "tar", "-o", at("before.tar"), revision),
		os.Mkdir(at("before"), 0o755),
	); err != nil {
		return err
	}
	if err := sh("tar", "-xf", at("before.tar"), "-C", at("before")); err != nil {
		return err
	}
	if err := sh("go", "build", "-C", at("before"), "-o", at("otlog-before"), "./cmd/otlog"); err != nil {
		return err
	}
	for _, format := range []string{"ndjson", "console"} {
		if err := sh("go", "run", "./bench/gencorpus", "-format", format, "-error-rate", "0", "-size", size, "-o", at("all")); err != nil {
			return err
		}
		if err := keepClean(at("all"), at(format)); err != nil {
			return err
		}
		now, then := command{name: at("otlog"), args: []string{"--jobs", "1", at(format)}}, command{name: at("otlog-before"), args: []string{"--jobs", "1", at(format)}}
		compare(format+", clean", "revision "+revision, now, then, pairs)
	}
	return nil
}

// keepClean copies lines that neither come from the SDK nor contain its errors.
func keepClean(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !unclean.Match(lines.Bytes()) {
			w.Write(append(lines.Bytes(), '\n')) // Flush returns the error
		}
	}
	return errors.Join(lines.Err(), w.Flush(), out.Close())
}

var unclean = regexp.MustCompile(`(?i)\bOT_|\bOT\.|OpenTok|clientSystemTime|getUserMedia|permission|publish|Session\.|"code"|code:|\(\d{4}\)`)

// sh runs a program before the measurements.
func sh(name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(append([]string{name}, args...), " "), err)
	}
	return nil
}

// check compares a report with the truth.
func check(c command, truthFile string) error {
	f, err := os.Open(truthFile)
	if err != nil {
		return err
	}
	defer f.Close()
	truth, err := corpus.ReadTruth(f)
	if err != nil {
		return err
	}
	out, err := exec.Command(c.name, c.args...).Output()
	if err != nil {
		return err
	}
	wrong, err := truth.Check(bytes.NewReader(out))
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d differences from the truth, the first: %s", len(wrong), wrong[0])
	}
	return nil
}

// A measure has the costs of one run.
type measure struct {
	wall, cpu time.Duration
	memory    int64 // kB
}

func compare(what, against string, a, b command, pairs int) {
	var walls, cpus, seconds []float64
	var memory int64
	for i := range pairs + 1 {
		x, errA := measured(a)
		y, errB := measured(b)
		if errors.Is(errB, exec.ErrNotFound) {
			fmt.Printf("%-34s %-26s not installed\n", what, against)
			return
		}
		if err := errors.Join(errA, errB); err != nil {
			fmt.Printf("%-34s %-26s %v\n", what, against, err)
			return
		}
		if i == 0 {
			continue // the first run fills the file cache
		}
		walls = append(walls, x.wall.Seconds()/y.wall.Seconds())
		cpus = append(cpus, x.cpu.Seconds()/y.cpu.Seconds())
		seconds = append(seconds, x.wall.Seconds())
		memory = max(memory, x.memory)
	}
	fmt.Printf("%-34s %-26s %-20s %-20s %8.2f s %5.1f MiB\n", what, against, spread(walls), spread(cpus), median(seconds), float64(memory)/1024)
}

func measured(c command) (measure, error) {
	cmd := exec.Command(c.name, c.args...)
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout = io.Discard
	start := time.Now()
	err := cmd.Run()
	m := measure{wall: time.Since(start)}
	if cmd.ProcessState != nil {
		m.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			m.memory = usage.Maxrss
		}
	}
	return m, err
}

func median(s []float64) float64 {
	s = slices.Sorted(slices.Values(s))
	return s[len(s)/2]
}

func spread(s []float64) string {
	return fmt.Sprintf("%.2f [%.2f to %.2f]", median(s), slices.Min(s), slices.Max(s))
}
