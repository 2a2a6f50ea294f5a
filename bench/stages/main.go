// Stages measures how much CPU time each stage of otlog takes, per GB of log.
//
//	go run ./bench/stages -size 1GB -runs 5 -dir /dev/shm -before 425bb64
//
// It writes logs (package lab), and runs the whole command on each of them, on one core: as it is built,
// to measure its CPU time, and in turn with a CPU profile. The samples of the profile divide the time:
// each belongs to one stage, by the functions on its stack (stages.go). So the stages add up to the CPU
// time. otlog's report is checked first.
//
// Stages prints a table in Markdown. With -before each cell has two figures: of the earlier revision,
// and of this one.
//
// otlog has no flag for a profile, so a profile is begun by two lines that are compiled into it
// (profile.go). So memory, garbage collector and workers are those of the command, in either revision.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

func main() { lab.Main("stages", run) }

// A job is what the arguments ask for.
type job struct {
	*lab.Lab
	runs      int
	revisions []string // in the order of the figures of a cell; "" is this one
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("stages", flag.ContinueOnError)
	flags.SetOutput(stderr)
	size := flags.String("size", "1GB", "`bytes` of each generated log: a number with kB, MB or GB")
	runs := flags.Int("runs", 5, "how often each log is read: a second of CPU time gives 100 samples")
	before := flags.String("before", "", "measure this earlier `revision`, too")
	dir := flags.String("dir", os.TempDir(), "where the logs are kept: best in memory")
	inputNames := flags.String("inputs", "app,console,telemetry,sessions", "`names` of logs, separated by commas: "+lab.ListOf(lab.Inputs))
	layoutNames := flags.String("layouts", "raw", "`names` of layouts, separated by commas: "+lab.ListOf(layout.All))
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("-runs: expected at least 1, found %d", *runs)
	}
	inputs, err := lab.Choose("inputs", *inputNames, lab.Inputs)
	if err != nil {
		return err
	}
	layouts, err := lab.Choose("layouts", *layoutNames, layout.All)
	if err != nil {
		return err
	}
	j := &job{runs: *runs}
	if j.Lab, err = lab.New(ctx, *dir, stderr); err != nil {
		return err
	}
	defer j.Close()
	if err := j.build(*before); err != nil {
		return err
	}
	var all table
	for _, in := range inputs {
		for _, l := range layouts {
			c, err := j.column(in, *size, l)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", in, l, err)
			}
			all = append(all, c)
		}
	}
	if _, err := fmt.Fprintf(stdout, "%ssize: %s, %d runs\n", lab.Head(), *size, *runs); err != nil {
		return err
	}
	return all.write(stdout)
}

// build builds otlog, with and without a profile, of this revision and of an earlier one, "" for none.
func (j *job) build(before string) error {
	if before != "" {
		dir, err := j.Checkout(before)
		if err != nil {
			return err
		}
		if err := j.buildProfiled(dir, before); err != nil {
			return err
		}
		j.revisions = append(j.revisions, before)
	}
	j.revisions = append(j.revisions, "")
	return j.buildProfiled(j.Root, "")
}

// column measures one log.
func (j *job) column(in lab.Input, size string, l layout.Layout) (column, error) {
	g, err := j.Generate(in, size, l)
	if err != nil {
		return column{}, err
	}
	defer os.Remove(g.Path)
	if err := j.Answer(j.Otlog(plain(""), g), g.CheckReport); err != nil {
		return column{}, err
	}
	c := column{name: fmt.Sprintf("%s, %s", in, l)}
	c.costs, err = j.measure(g)
	return c, err
}

// measure returns the CPU time of each stage of each revision, in seconds per GB.
func (j *job) measure(g *lab.Log) ([]perStage, error) {
	whole, start := make([][]float64, len(j.revisions)), make([][]float64, len(j.revisions))
	profiles := make([][]string, len(j.revisions))
	for range j.runs {
		for k, revision := range j.revisions { // in turn, as the machine has better and worse moments
			profile := j.At(fmt.Sprintf("%s.%d", profiled(revision), len(profiles[k])))
			seconds, err := j.seconds(
				j.Otlog(plain(revision), g),
				lab.Command{Name: j.At(plain(revision)), Args: []string{"version"}},
				j.Otlog(profiled(revision), g).With(profileTo+"="+profile),
			)
			if err != nil {
				return nil, err
			}
			whole[k], start[k] = append(whole[k], seconds[0]), append(start[k], seconds[1])
			profiles[k] = append(profiles[k], profile)
		}
	}
	gb := float64(g.Truth.Totals.Bytes) / 1e9
	costs := make([]perStage, len(j.revisions))
	for k := range costs {
		shares, err := j.shares(profiles[k])
		if err != nil {
			return nil, err
		}
		costs[k] = shares.of(lab.Median(whole[k])/gb, lab.Median(start[k])/gb)
	}
	return costs, nil
}

// seconds runs commands on one core, and returns the CPU time of each.
func (j *job) seconds(commands ...lab.Command) (list []float64, err error) {
	for _, c := range commands {
		cost, err := c.With("GOMAXPROCS=1").Run(j.Ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, cost.CPU.Seconds())
	}
	return list, nil
}
