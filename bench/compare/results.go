package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

// compareAll measures otlog against the other programs.
func (j *job) compareAll() error {
	if err := j.Build(j.Root, "otlog", "./cmd/otlog"); err != nil {
		return err
	}
	peers := j.installed()
	if len(peers) == 0 {
		return errors.New("none of the other programs is installed: bench/README.md says how to install them")
	}
	j.head()
	for _, p := range peers {
		fmt.Fprintf(j.out, "%s: %s\n", p.name, p.version)
	}
	var all table
	for _, in := range j.inputs {
		raw, err := j.generate(in, layout.Raw)
		if err != nil {
			return err
		}
		if raw.sum, err = checksum(raw.Path); err != nil {
			return err
		}
		for _, l := range j.layouts {
			g := raw
			if l != layout.Raw {
				if g, err = j.generate(in, l); err != nil {
					return err
				}
				g.sum = raw.sum
			}
			rows, err := j.compare(g, peers)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", in, l, err)
			}
			all = append(all, rows...)
			if g != raw {
				os.Remove(g.Path)
			}
		}
		os.Remove(raw.Path)
	}
	return all.write(j.out)
}

// compare checks the answers of all programs for a log, and measures those that are right.
func (j *job) compare(g *log, peers []peer) (table, error) {
	own := j.Otlog("otlog", g.Log)
	if err := j.Answer(own, g.CheckReport); err != nil {
		return nil, err
	}
	var names []string
	var others []lab.Command
	for _, p := range peers {
		line := p.line(j, p.found, g)
		if line == "" {
			continue
		}
		if err := j.Answer(lab.Shell(line), g.checker(p.task)); err != nil {
			fmt.Fprintf(j.Stderr, "%s, %s: %s is left out: %v\n", g.Input, g.Layout, p.name, err)
			continue
		}
		names = append(names, p.name)
		others = append(others, lab.Shell(line))
	}
	pairs, err := inTurn(j.Ctx, own, others, j.pairs)
	if err != nil {
		return nil, err
	}
	return j.record(g, "otlog", names, pairs), nil
}

// record prints a benchmark line for each run, and returns the rows of the table.
func (j *job) record(g *log, own string, names []string, pairs [][]pair) (rows table) {
	var costs []lab.Cost
	for k, name := range names {
		var others []lab.Cost
		for _, p := range pairs[k] {
			j.benchmark(g, own, p.a)
			j.benchmark(g, name, p.b)
			costs, others = append(costs, p.a), append(others, p.b)
		}
		rows = append(rows, row{g, name, others, pairs[k]})
	}
	return append(table{{g, own, costs, nil}}, rows...)
}

// head prints what benchstat shows above its tables.
func (j *job) head() { fmt.Fprintf(j.out, "%ssize: %s\n", lab.Head(), j.size) }

// benchmark prints one run in Go's benchmark format.
func (j *job) benchmark(g *log, name string, c lab.Cost) {
	fmt.Fprintf(j.out, "BenchmarkCount/input=%s/layout=%s/program=%s 1 %d ns/op %d cpu-ns/op %d peak-B %.1f MB/s\n",
		g.Input, g.Layout, name, c.Wall.Nanoseconds(), c.CPU.Nanoseconds(), c.Peak, float64(g.Truth.Totals.Bytes)/1e6/c.Wall.Seconds())
}

// A row has the runs of one program on one log.
type row struct {
	log   *log
	name  string
	costs []lab.Cost
	pairs []pair // with otlog, if the program is another one
}

type table []row

// write writes the table in Markdown.
func (t table) write(w io.Writer) error {
	var b strings.Builder
	b.WriteString("\nMedian [minimum to maximum]. Ratios are otlog's time divided by the program's, by pairs: below 1, otlog is faster.\n\n" +
		"| Log | Layout | Program | Wall (s) | CPU (s) | Peak memory (MB) | Wall ratio | CPU ratio |\n|---|---|---|---|---|---|---|---|\n")
	for _, r := range t {
		if len(r.costs) == 0 {
			continue // otlog, without another program
		}
		wall, cpu, peak := lab.Columns(r.costs)
		walls, cpus := "", ""
		if len(r.pairs) > 0 {
			walls, cpus = ratios(r.pairs)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.0f | %s | %s |\n", r.log.Input, r.log.Layout, r.name, lab.Spread(wall, 3), lab.Spread(cpu, 3), slices.Max(peak), walls, cpus)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ratios returns the spread of the ratios of pairs.
func ratios(pairs []pair) (walls, cpus string) {
	var wall, cpu []float64
	for _, p := range pairs {
		wall = append(wall, p.a.Wall.Seconds()/p.b.Wall.Seconds())
		cpu = append(cpu, p.a.CPU.Seconds()/max(p.b.CPU.Seconds(), 1e-3)) // some systems count in ticks
	}
	return lab.Spread(wall, 2), lab.Spread(cpu, 2)
}
