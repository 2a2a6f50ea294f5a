// Manysessions measures otlog on a log of very many sessions, with a bound on its memory, and compares
// its report with the truth.
//
//	go run ./bench/manysessions -sessions 10000000 -memory 256MiB -dir /var/tmp
//
// The generator, in this process, writes the log through a pipe into otlog, so that it takes no room
// on disk. Manysessions prints the size of the log, the wall time, and for otlog alone the CPU time,
// the peak of its resident memory and of its temporary files (on Linux only). It fails if the report
// differs from the truth, or if the memory exceeds one and a half times the bound.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/sessions"
)

func main() { lab.Main("manysessions", run) }

// excess is the maximum memory of the process as a multiple of the bound, which excludes garbage.
const excess = 1.5

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("manysessions", flag.ContinueOnError)
	flags.SetOutput(stderr)
	number := flags.Int("sessions", 10_000_000, "how many there are")
	days := flags.Int("days", 7, "that they spread over")
	seed := flags.Uint64("seed", 1, "another seed gives another log")
	memory := flags.String("memory", "", "`bound` that otlog is given, such as 256MiB; none if empty")
	program := flags.String("otlog", "", "`path` of the program; it is built if empty")
	dir := flags.String("dir", os.TempDir(), "where otlog keeps its temporary files: best not in memory")
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	bound, err := parseSize(*memory)
	if err != nil {
		return fmt.Errorf("-memory: %w", err)
	}
	room, err := os.MkdirTemp(*dir, "otlog-manysessions-")
	if err != nil {
		return fmt.Errorf("making room for temporary files: %w", err)
	}
	defer os.RemoveAll(room)
	if *program == "" {
		*program = filepath.Join(room, "otlog")
		if err := build(ctx, *program, stderr); err != nil {
			return err
		}
	}
	spill := filepath.Join(room, "spill")
	if err := os.Mkdir(spill, 0o700); err != nil {
		return fmt.Errorf("making room for temporary files: %w", err)
	}
	m, err := measure(ctx, command(ctx, *program, *memory, spill, stderr), spill, sessions.Options{Sessions: *number, Days: *days, Seed: *seed})
	if err != nil {
		return err
	}
	if err := m.print(stdout, bound); err != nil {
		return err
	}
	if err := errors.Join(m.truth.Check(strings.NewReader(m.report)), m.checkMemory(bound)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, "all numbers of the report equal the truth")
	return err
}

// build builds otlog.
func build(ctx context.Context, name string, stderr io.Writer) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", name, "github.com/otlog/otlog/cmd/otlog")
	cmd.Stderr = stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building otlog: %w", err)
	}
	return nil
}

// command returns otlog with the log on its standard input, and its temporary files in spill.
func command(ctx context.Context, program, memory, spill string, stderr io.Writer) *exec.Cmd {
	args := []string{"--format", "json", "--window", "1d", "-"}
	if memory != "" {
		args = append([]string{"--memory", memory}, args...)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+spill)
	cmd.Stderr = stderr
	return cmd
}

// parseSize reads a number of bytes with an optional unit; "" is 0.
func parseSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number, unit := text, int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(text, u.suffix); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !(n > 0) || n*float64(unit) > 1e15 {
		return 0, fmt.Errorf("expected a size such as 256MiB, found %q", text)
	}
	return int64(n * float64(unit)), nil
}
