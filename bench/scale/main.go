// Scale measures what a report of many shards costs: to scan one of them, what it moves to the machine that
// makes the report, and to merge many partials there.
//
//	go run ./bench/scale -size 200MB -partials 10,100,1000 -partial-size 2MB -dir /dev/shm
//
// It prints tables in Markdown (this file and merge.go). Every number of a report of one log in many shards is
// checked first, and the sessions of a report of many logs are. docs/scale.md says what the tables mean, and
// computes the cost of larger logs from them (cost.go).
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

func main() { lab.Main("scale", run) }

// A job is what the arguments ask for.
type job struct {
	*lab.Lab
	out      io.Writer
	runs     int
	size     string
	each     string // size of the log of one of many partials
	partials []int
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("scale", flag.ContinueOnError)
	flags.SetOutput(stderr)
	j := &job{out: stdout}
	flags.StringVar(&j.size, "size", "200MB", "`bytes` of a log: a number with kB, MB or GB")
	flags.IntVar(&j.runs, "runs", 3, "how often each command runs")
	numbers := flags.String("partials", "10,100,1000", "`numbers` of partials to merge, separated by commas")
	flags.StringVar(&j.each, "partial-size", "2MB", "`bytes` of the log of each of them")
	dir := flags.String("dir", os.TempDir(), "where the files are kept: best in memory")
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	if j.runs < 1 {
		return fmt.Errorf("-runs: expected at least 1, found %d", j.runs)
	}
	for name, size := range map[string]string{"-size": j.size, "-partial-size": j.each} {
		if _, err := corpus.ParseSize(size); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for text := range strings.SplitSeq(*numbers, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-partials: expected numbers from 1, found %q", text)
		}
		j.partials = append(j.partials, n)
	}
	var err error
	if j.Lab, err = lab.New(ctx, *dir, stderr); err != nil {
		return err
	}
	defer j.Close()
	if err := j.Build(j.Root, "otlog", "./cmd/otlog"); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%ssize: %s, %d runs\n", lab.Head(), j.size, j.runs)
	scanned, err := j.shards()
	if err != nil {
		return err
	}
	if err := j.division(); err != nil {
		return err
	}
	merged, err := j.merges()
	if err != nil {
		return err
	}
	return j.costs(scanned, merged)
}

// otlog returns a command of the build of this run.
func (j *job) otlog(args ...string) lab.Command {
	return lab.Command{Name: j.At("otlog"), Args: args}
}

// median runs a command several times.
func (j *job) median(c lab.Command) (wall, cpu, peak float64, err error) {
	var costs []lab.Cost
	for range j.runs {
		cost, err := c.Run(j.Ctx)
		if err != nil {
			return 0, 0, 0, err
		}
		costs = append(costs, cost)
	}
	walls, cpus, peaks := lab.Columns(costs)
	return lab.Median(walls), lab.Median(cpus), lab.Median(peaks), nil
}

// A scanned log is what a GB of it costs.
type scanned struct {
	input    string
	layout   layout.Layout
	cpu      float64 // seconds
	log      float64 // bytes, as it is stored
	partial  float64 // bytes, with zstd
	sessions float64
}

// shards scans each kind of log on one core.
func (j *job) shards() ([]scanned, error) {
	fmt.Fprint(j.out, "\nOne shard, on one core. For each GB of text:\n\n"+
		"| log | stored as | log (MB) | sessions | lines with an error | scan, wall (s) | scan, CPU (s) | peak memory (MB) | partial (MB) | with zstd (MB) | with zstd, of the stored log | bytes of a session, with zstd |\n"+
		"|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var out []scanned
	for _, name := range []string{"app", "console", "telemetry", "sessions"} {
		in := inputOf(name)
		for _, as := range []layout.Layout{layout.Raw, layout.Zst, layout.Gz} {
			s, err := j.shard(in, as)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", name, as, err)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func inputOf(name string) lab.Input {
	for _, in := range lab.Inputs {
		if in.Name == name {
			return in
		}
	}
	panic(name)
}

func (j *job) shard(in lab.Input, as layout.Layout) (s scanned, err error) {
	g, err := j.Generate(in, j.size, as)
	if err != nil {
		return s, err
	}
	defer os.Remove(g.Path)
	log, err := os.Stat(g.Path)
	if err != nil {
		return s, err
	}
	scan := func(compress string) lab.Command {
		return j.otlog("scan", "--jobs", "1", "--compress", compress, "-o", j.At(compress+".arrow"), g.Path).With("GOMAXPROCS=1")
	}
	wall, cpu, peak, err := j.median(scan("zstd"))
	if err != nil {
		return s, err
	}
	if _, err := scan("none").Run(j.Ctx); err != nil {
		return s, err
	}
	none, zstd, err := j.sizes("none.arrow", "zstd.arrow")
	if err != nil {
		return s, err
	}
	totals := g.Truth.Totals
	gb := float64(totals.Bytes) / 1e9
	s = scanned{in.Name, as, cpu / gb, float64(log.Size()) / gb, zstd / gb, float64(totals.Sessions) / gb}
	_, err = fmt.Fprintf(j.out, "| %s | %s | %.0f | %.0f | %.1f%% | %.2f | %.2f | %.0f | %.2f | %.2f | %.1f%% | %.0f |\n",
		in.Name, as, s.log/1e6, s.sessions, 100*float64(totals.Records.Classified)/float64(totals.Lines), wall/gb, s.cpu, peak, none/gb/1e6, s.partial/1e6, 100*s.partial/s.log, zstd/float64(totals.Sessions))
	return s, err
}

// sizes returns the sizes of two files of this run.
func (j *job) sizes(a, b string) (float64, float64, error) {
	first, err := os.Stat(j.At(a))
	if err != nil {
		return 0, 0, err
	}
	second, err := os.Stat(j.At(b))
	if err != nil {
		return 0, 0, err
	}
	return float64(first.Size()), float64(second.Size()), nil
}
