// Growth measures how the cost of otlog grows: with the size of a log, with the number of its sessions,
// with the share of its lines that show an error, and with the number of cores.
//
//	go run ./bench/growth -size 1GB -runs 3 -dir /dev/shm
//
// The logs are those of an application without telemetry (package lab). Growth checks otlog's report on
// each of them first, every number of it, and then measures whole processes. It prints tables in
// Markdown, with medians. The largest log has ten times the size, and needs that much room in the
// directory.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/otlog/otlog/bench/corpus"
	"github.com/otlog/otlog/bench/lab"
	"github.com/otlog/otlog/bench/layout"
)

func main() { lab.Main("growth", run) }

// A job is what the arguments ask for.
type job struct {
	*lab.Lab
	out   io.Writer
	runs  int
	cores []int
	worst float64 // the longest wall time of a command divided by its shortest
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	flags.SetOutput(stderr)
	sizeText := flags.String("size", "1GB", "`bytes` of a log in the middle: a number with kB, MB or GB")
	runs := flags.Int("runs", 3, "how often each log is read")
	coresText := flags.String("cores", "1,2", "`numbers` of cores, separated by commas")
	dir := flags.String("dir", os.TempDir(), "where the logs are kept: best in memory")
	if err := lab.Parse(flags, args); err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("-runs: expected at least 1, found %d", *runs)
	}
	size, err := corpus.ParseSize(*sizeText)
	if err != nil {
		return fmt.Errorf("-size: %w", err)
	}
	j := &job{runs: *runs, out: stdout}
	for text := range strings.SplitSeq(*coresText, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-cores: expected numbers from 1, found %q", text)
		}
		j.cores = append(j.cores, n)
	}
	if j.Lab, err = lab.New(ctx, *dir, stderr); err != nil {
		return err
	}
	defer j.Close()
	if err := j.Build(j.Root, "otlog", "./cmd/otlog"); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%ssize: %s, %d runs\n", lab.Head(), *sizeText, *runs)
	for _, s := range seriesOf(float64(size) / 1e6) {
		if err := j.measure(s); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
	}
	_, err = fmt.Fprintf(stdout, "\nMedians. The longest time of a row is at most %.2f times its shortest.\n", j.worst)
	return err
}

// A series is a table. In each log one thing is another.
type series struct {
	title string
	logs  []log
}

// A log is one that is generated.
type log struct {
	mb    float64
	args  []string // of the generator, beside those of an application's log
	clean bool     // without any line of the SDK
}

// seriesOf returns what is measured, with logs of about so many MB.
func seriesOf(mb float64) []series {
	sessions := func(size string) []string { return []string{"-session-size", size} }
	errors := func(rate string) []string { return []string{"-error-rate", rate} }
	return []series{
		{"Size", []log{{mb: mb / 10}, {mb: mb}, {mb: 10 * mb}}},
		{"Number of sessions", []log{
			{mb: mb, args: append(sessions(fmt.Sprintf("%.0fkB", mb*1e3)), "-days", "3660")}, // one, of months
			{mb: mb, args: sessions("100kB")},
			{mb: mb, args: sessions("1kB")},
			{mb: 10 * mb, args: sessions("1kB")},
		}},
		{"Lines that show an error", []log{{mb: mb, clean: true}, {mb: mb, args: errors("0.02")}, {mb: mb, args: errors("1")}}},
	}
}

// measure writes one table.
func (j *job) measure(s series) error {
	head, rule := "| log (GB) | sessions | lines with an error |", "|--:|--:|--:|"
	for _, what := range []string{"wall, %d core%s (s)", "CPU, %d core%s (s/GB)", "peak memory, %d core%s (MB)"} {
		for _, n := range j.cores {
			plural := "s"
			if n == 1 {
				plural = ""
			}
			head, rule = head+" "+fmt.Sprintf(what, n, plural)+" |", rule+"--:|"
		}
	}
	fmt.Fprintf(j.out, "\n%s:\n\n%s\n%s\n", s.title, head, rule)
	for _, l := range s.logs {
		row, err := j.row(l)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(j.out, row); err != nil {
			return err
		}
	}
	return nil
}

// row writes a log and measures it.
func (j *job) row(l log) (string, error) {
	in := lab.Inputs[0] // app
	in.Args = slices.Concat(in.Args, l.args)
	g, err := j.Generate(in, fmt.Sprintf("%.0fkB", l.mb*1e3), layout.Raw)
	if err != nil {
		return "", err
	}
	defer os.Remove(g.Path)
	totals := g.Truth.Totals
	shown := []string{"", strconv.FormatInt(totals.Sessions, 10), fmt.Sprintf("%.1f%%", 100*float64(totals.Records.Classified)/float64(totals.Lines))}
	if !l.clean {
		if err := j.Answer(j.Otlog("otlog", g), g.CheckReport); err != nil {
			return "", err
		}
	} else if g, err = j.KeepClean(g); err != nil {
		return "", err
	} else {
		defer os.Remove(g.Path)
		shown[1], shown[2] = "not counted", "none"
	}
	gb := float64(g.Truth.Totals.Bytes) / 1e9
	shown[0] = fmt.Sprintf("%.2f", gb)

	costs := make([][]lab.Cost, len(j.cores))
	for range j.runs {
		for k, n := range j.cores {
			c, err := j.Otlog("otlog", g).With(fmt.Sprintf("GOMAXPROCS=%d", n)).Run(j.Ctx)
			if err != nil {
				return "", err
			}
			costs[k] = append(costs[k], c)
		}
	}
	var walls, cpus, peaks []string
	for _, c := range costs {
		wall, cpu, peak := lab.Columns(c)
		walls = append(walls, fmt.Sprintf("%.2f", lab.Median(wall)))
		cpus = append(cpus, fmt.Sprintf("%.2f", lab.Median(cpu)/gb))
		peaks = append(peaks, fmt.Sprintf("%.0f", lab.Median(peak)))
		j.worst = max(j.worst, slices.Max(wall)/slices.Min(wall))
	}
	return "| " + strings.Join(slices.Concat(shown, walls, cpus, peaks), " | ") + " |", nil
}
