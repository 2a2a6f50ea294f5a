// Compare measures otlog against other programs, as whole processes and in turn, on generated logs
// with known counts.
//
//	go run ./bench/compare -size 1GB -pairs 7 -dir /dev/shm -o results.txt
//
// It writes each log in several layouts (package layout). For each, it first compares otlog's report
// with the truth, every number of it, and the answer of every other program: the records that spell
// each error name, by day, or for wc the lines, and for decoders the text. A program with a wrong
// answer is named, and not measured. Then otlog and each other program run in turn.
//
// Compare prints a line for each run in Go's benchmark format, for benchstat, and then a table in
// Markdown: medians with minimum and maximum, and ratios of otlog to the other program by pairs. It
// skips programs that are not installed, and names them; bench/README.md says how to install them.
//
// With -before it compares with an earlier revision instead:
//
//	go run ./bench/compare -before HEAD~5 -size 400MB -dir /dev/shm
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

func main() { lab.Main("compare", run) }

// A job is what the arguments ask for.
type job struct {
	*lab.Lab
	size     string
	pairs    int
	before   string
	inputs   []lab.Input
	layouts  []layout.Layout
	programs []program

	out io.Writer // results
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var j job
	flags.StringVar(&j.size, "size", "1GB", "`bytes` of each generated log: a number with kB, MB or GB")
	flags.IntVar(&j.pairs, "pairs", 7, "how often each pair runs")
	flags.StringVar(&j.before, "before", "", "compare with otlog as of this `revision` only")
	dir := flags.String("dir", os.TempDir(), "where the logs are kept: best in memory")
	inputNames := flags.String("inputs", "", "`names` of logs, separated by commas: "+lab.ListOf(lab.Inputs))
	layoutNames := flags.String("layouts", "", "`names` of layouts, separated by commas: "+lab.ListOf(layout.All)+" (with -before raw only)")
	programNames := flags.String("peers", "", "`names` of other programs, separated by commas: "+lab.ListOf(programs))
	name := flags.String("o", "", "`file` that gets the results, too")
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	if j.pairs < 1 {
		return fmt.Errorf("-pairs: expected at least 1, found %d", j.pairs)
	}
	if j.before != "" && *layoutNames == "" {
		*layoutNames = string(layout.Raw)
	}
	if j.inputs, err = lab.Choose("inputs", *inputNames, lab.Inputs); err != nil {
		return err
	}
	if j.layouts, err = lab.Choose("layouts", *layoutNames, layout.All); err != nil {
		return err
	}
	if j.programs, err = lab.Choose("peers", *programNames, programs); err != nil {
		return err
	}
	if j.Lab, err = lab.New(ctx, *dir, stderr); err != nil {
		return err
	}
	defer j.Close()
	j.out = stdout
	if *name != "" {
		f, err := os.Create(*name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		j.out = io.MultiWriter(stdout, f)
	}
	if j.before != "" {
		return j.compareRevisions()
	}
	return j.compareAll()
}
