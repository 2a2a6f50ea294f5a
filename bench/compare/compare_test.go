package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

// newJob returns a job with small logs, whose programs are built. In still smaller logs, the sessions are
// days apart, and otlog takes the clocks of the last ones to be wrong.
func newJob(t *testing.T) *job {
	t.Helper()
	files, err := lab.New(context.Background(), t.TempDir(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	j := &job{Lab: files, size: "2MB", pairs: 1, inputs: lab.Inputs, layouts: layout.All, programs: programs, out: io.Discard}
	if err := j.Build(j.Root, "otlog", "./cmd/otlog"); err != nil {
		t.Fatal(err)
	}
	return j
}

// generated returns a small log with its checksum.
func generated(t *testing.T, j *job, in lab.Input, l layout.Layout) *log {
	t.Helper()
	raw, err := j.generate(in, layout.Raw)
	if err != nil {
		t.Fatal(err)
	}
	g := raw
	if l != layout.Raw {
		if g, err = j.generate(in, l); err != nil {
			t.Fatal(err)
		}
	}
	if g.sum, err = checksum(raw.Path); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestAnswers checks the answers of the programs that are installed: for every kind of log, and for
// every layout of one.
func TestAnswers(t *testing.T) {
	j := newJob(t)
	var logs []*log
	for _, in := range lab.Inputs {
		logs = append(logs, generated(t, j, in, layout.Raw))
	}
	for _, l := range layout.All[1:] {
		logs = append(logs, generated(t, j, lab.Inputs[1], l))
	}
	peers := j.installed()
	for _, p := range peers {
		t.Run(p.name, func(t *testing.T) {
			for _, g := range logs {
				line := p.line(j, p.found, g)
				if line == "" {
					continue
				}
				if err := j.Answer(lab.Shell(line), g.checker(p.task)); err != nil {
					t.Errorf("%s, %s: %v", g.Input, g.Layout, err)
				}
			}
		})
	}
	if len(peers) == 0 {
		t.Error("not even otlog itself can be measured")
	}
}

// TestWrongAnswers checks that an answer that differs from the truth is refused.
func TestWrongAnswers(t *testing.T) {
	j := newJob(t)
	g := generated(t, j, lab.Inputs[0], layout.Raw)
	var right strings.Builder
	for _, n := range g.Truth.Names {
		day, err := time.Parse(time.DateOnly, n.Day)
		if err != nil {
			t.Fatal(err)
		}
		// One record by the number of the day, the others by its date.
		fmt.Fprintf(&right, "%s %s %d\n", n.Day, n.Name, n.Records-1)
		fmt.Fprintf(&right, "%d %s 1\n", day.Unix()/86400, n.Name)
	}
	if err := g.checkCounts(strings.NewReader(right.String())); err != nil {
		t.Errorf("the right answer was refused: %v", err)
	}
	one := g.Truth.Names[0]
	for what, answer := range map[string]string{
		"nothing":        "",
		"too many":       right.String() + one.Day + " " + one.Name + " 1\n",
		"another name":   right.String() + one.Day + " OT_TIMEOUTS 1\n",
		"another day":    right.String() + "2020-01-01 " + one.Name + " 1\n",
		"no day":         right.String() + "today " + one.Name + " 1\n",
		"no number":      right.String() + one.Day + " " + one.Name + " x\n",
		"something else": "error: out of memory\n",
	} {
		if g.checkCounts(strings.NewReader(answer)) == nil {
			t.Errorf("%s: the answer was accepted", what)
		}
	}
	if err := g.checkLines(strings.NewReader(fmt.Sprintf("  %d %s\n", g.Truth.Totals.Lines, g.Path))); err != nil {
		t.Error(err)
	}
	if g.checkLines(strings.NewReader("1 "+g.Path)) == nil || g.checkText(strings.NewReader("text")) == nil {
		t.Error("a wrong number of lines or a wrong text was accepted")
	}
	if g.CheckReport(strings.NewReader("{}")) == nil {
		t.Error("an empty report was accepted")
	}
}

// TestRun measures small logs. No other program is needed.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "results.txt")
	var out strings.Builder
	err := run(context.Background(), []string{"-size", "200kB", "-pairs", "2", "-dir", dir, "-inputs", "console", "-layouts", "raw,zst", "-peers", "otlog-1-core", "-o", name}, &out, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil || string(text) != out.String() {
		t.Errorf("the file differs from the output: %v", err)
	}
	for _, part := range []string{"goos: ", "\nBenchmarkCount/input=console/layout=raw/program=otlog 1 ", " ns/op ", "| console | raw | otlog-1-core | "} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing in %s", part, &out)
		}
	}
	if n := strings.Count(out.String(), "/layout=raw/program=otlog-1-core "); n != 2 {
		t.Errorf("%d lines for two runs with one core", n)
	}
	left, err := filepath.Glob(filepath.Join(dir, "otlog-bench-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the directory: %v, %v", left, err)
	}
	for _, args := range [][]string{{"-inputs", "mail"}, {"-layouts", "xz"}, {"-peers", "cat"}, {"-pairs", "0"}, {"log.txt"}, {"-size", "much", "-dir", dir}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
