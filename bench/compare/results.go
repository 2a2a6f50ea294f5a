package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/otlog/otlog/bench/layout"
)

// compareAll measures otlog against the other programs.
func (j *job) compareAll() error {
	if err := j.build(j.root, "gencorpus", "./bench/gencorpus"); err != nil {
		return err
	}
	if err := j.build(j.root, "otlog", "./cmd/otlog"); err != nil {
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
		if raw.sum, err = checksum(raw.path); err != nil {
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
				os.Remove(g.path)
			}
		}
		os.Remove(raw.path)
	}
	return all.write(j.out)
}

// otlog returns the command that reports on a log.
func (j *job) otlog(program string, g *log, args ...string) command {
	return command{j.at(program), slices.Concat(args, reportArgs, []string{g.path})}
}

// reportArgs ask otlog for the report that the truth can be compared with.
var reportArgs = []string{"--format", "json", "--window", "1d"}

// compare checks the answers of all programs for a log, and measures those that are right.
func (j *job) compare(g *log, peers []peer) (table, error) {
	own := j.otlog("otlog", g)
	if err := j.answer(own, g.checkReport); err != nil {
		return nil, err
	}
	var names []string
	var others []command
	for _, p := range peers {
		line := p.line(j, p.found, g)
		if line == "" {
			continue
		}
		if err := j.answer(shell(line), g.checker(p.task)); err != nil {
			fmt.Fprintf(j.stderr, "%s, %s: %s is left out: %v\n", g.input, g.layout, p.name, err)
			continue
		}
		names = append(names, p.name)
		others = append(others, shell(line))
	}
	pairs, err := inTurn(j.ctx, own, others, j.pairs)
	if err != nil {
		return nil, err
	}
	return j.record(g, "otlog", names, pairs), nil
}

// record prints a benchmark line for each run, and returns the rows of the table.
func (j *job) record(g *log, own string, names []string, pairs [][]pair) (rows table) {
	var costs []cost
	for k, name := range names {
		var others []cost
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
func (j *job) head() {
	fmt.Fprintf(j.out, "goos: %s\ngoarch: %s\ncpu: %s, %d cores\ngo: %s\nsize: %s\n", runtime.GOOS, runtime.GOARCH, cpu(), runtime.NumCPU(), runtime.Version(), j.size)
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

// benchmark prints one run in Go's benchmark format.
func (j *job) benchmark(g *log, name string, c cost) {
	fmt.Fprintf(j.out, "BenchmarkCount/input=%s/layout=%s/program=%s 1 %d ns/op %d cpu-ns/op %d peak-B %.1f MB/s\n",
		g.input, g.layout, name, c.wall.Nanoseconds(), c.cpu.Nanoseconds(), c.peak, float64(g.truth.Totals.Bytes)/1e6/c.wall.Seconds())
}

// A row has the runs of one program on one log.
type row struct {
	log   *log
	name  string
	costs []cost
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
		wall, cpu, peak := columns(r.costs)
		walls, cpus := "", ""
		if len(r.pairs) > 0 {
			walls, cpus = ratios(r.pairs)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.0f | %s | %s |\n", r.log.input, r.log.layout, r.name, spread(wall, 3), spread(cpu, 3), slices.Max(peak), walls, cpus)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// columns returns wall and CPU time in seconds, and peak memory in MB.
func columns(costs []cost) (wall, cpu, peak []float64) {
	for _, c := range costs {
		wall, cpu, peak = append(wall, c.wall.Seconds()), append(cpu, c.cpu.Seconds()), append(peak, float64(c.peak)/1e6)
	}
	return wall, cpu, peak
}

// ratios returns the spread of the ratios of pairs.
func ratios(pairs []pair) (walls, cpus string) {
	var wall, cpu []float64
	for _, p := range pairs {
		wall = append(wall, p.a.wall.Seconds()/p.b.wall.Seconds())
		cpu = append(cpu, p.a.cpu.Seconds()/max(p.b.cpu.Seconds(), 1e-3)) // some systems count in ticks
	}
	return spread(wall, 2), spread(cpu, 2)
}
