// Soak looks for faults for as long as it is given:
//
//	go run ./bench/soak -for 8h
//	go run ./bench/soak -for 8h -match 'Decoder|Lines'
//	go run ./bench/soak -each 3s -rounds 1
//
// It runs every fuzz target of the module in turn, and prints how many executions each had. A failing
// input is moved to the directory of -failed, with the path that it has as a seed.
//
//	go run ./bench/soak -damage 100000
//
// runs the tests of damaged inputs with so many of them, and prints what became of each kind of damage.
//
//	go run ./bench/soak -bytes 100GB -memory 256MiB
//
// sends a log of this size through a pipe to the command, samples its memory, and checks its report.
package main

import (
	"cmp"
	"context"
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
	"time"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
)

func main() { lab.Main("soak", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.SetOutput(stderr)
	long := flags.Duration("for", 0, "how long to fuzz in all; 0: until each target has run -rounds times")
	rounds := flags.Int("rounds", 0, "how often each target runs; 0: until -for is over, or once")
	each := flags.Duration("each", time.Minute, "how long a target runs before the next")
	match := flags.String("match", "", "run only targets whose `package and name` match, as in 'parse FuzzLines'")
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "processes of a target")
	damaged := flags.Int("damage", 0, "instead of fuzzing, check this number of damaged inputs")
	sizeText := flags.String("bytes", "", "instead of fuzzing, send `bytes` of log through a pipe: a number with MB or GB")
	memory := flags.String("memory", "256MiB", "--memory of otlog, with -bytes")
	failed := flags.String("failed", filepath.Join(os.TempDir(), "otlog-fuzz-failures"), "`directory` for failing inputs")
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	if *long == 0 && *rounds == 0 {
		*rounds = 1
	}
	pattern, err := regexp.Compile(*match)
	if err != nil {
		return fmt.Errorf("-match: %w", err)
	}
	root, err := output(ctx, "go", "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return err
	}
	switch {
	case *damaged > 0:
		return checkDamaged(ctx, root, *damaged, stdout, stderr)
	case *sizeText != "":
		size, err := corpus.ParseSize(*sizeText)
		if err != nil {
			return fmt.Errorf("-bytes: %w", err)
		}
		return pipe(ctx, root, size, *memory, stdout, stderr)
	}
	return fuzz(ctx, &fuzzer{root: root, failed: *failed, each: *each, workers: *workers, log: stderr}, pattern, *long, *rounds, stdout)
}

// fuzz runs the targets that match, and prints their table.
func fuzz(ctx context.Context, f *fuzzer, match *regexp.Regexp, long time.Duration, rounds int, stdout io.Writer) error {
	var err error
	if f.targets, err = findTargets(f.root); err != nil {
		return err
	}
	f.targets = slices.DeleteFunc(f.targets, func(t *target) bool { return !match.MatchString(t.pkg + " " + t.name) })
	if len(f.targets) == 0 {
		return fmt.Errorf("no fuzz target matches %q", match)
	}
	cache, err := output(ctx, "go", "env", "GOCACHE")
	if err != nil {
		return err
	}
	f.corpus = filepath.Join(cache, "fuzz", "github.com", "otlog", "otlog")
	if f.dir, err = os.MkdirTemp("", "otlog-soak-"); err != nil {
		return err
	}
	defer os.RemoveAll(f.dir) // binaries
	if long > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, long)
		defer cancel()
	}
	ran := f.rotate(ctx, rounds)
	_, failures, err := table(stdout, f.targets)
	if failures > 0 {
		err = cmp.Or(err, fmt.Errorf("%d failures: their inputs are in %s", failures, f.failed))
	}
	return cmp.Or(ran, err)
}

// output returns what a program prints, without the space around it.
func output(ctx context.Context, name string, args ...string) (string, error) {
	text, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text)), nil
}
