package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// reportOptions are the flags of otlog report, as typed.
type reportOptions struct {
	format string
	output string
	window string
	filter filterOptions
	top    int
	jobs   int
	live   bool
	quiet  bool
	unpack unpackOptions
	times  timeOptions
}

func (o *reportOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "text", "text for people, json for programs")
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output")
	f.StringVar(&o.window, "window", "all", "divide time: "+strings.Join(aggregate.Windows, ", ")+", or all for one window over the whole input")
	o.filter.addZone(cmd, "windows and times")
	o.filter.addFlags(cmd)
	f.IntVar(&o.top, "top", 10, "how many errors the text report lists, 0 for all")
	f.IntVar(&o.jobs, "jobs", 0, "how many workers read in parallel, 0 for one per core")
	f.BoolVar(&o.live, "live", false, "show what a pipe has brought so far, once a second, on the terminal; Ctrl-C ends with the report")
	f.BoolVar(&o.quiet, "no-progress", false, "do not tell on the terminal how far a long reading is")
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
	complete := func(flag string, words ...string) {
		// The error says that there is no such flag, which stands above.
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	complete("format", "text", "json")
	complete("window", append([]string{"all"}, aggregate.Windows...)...)
}

// A reportPlan is what the flags mean.
type reportPlan struct {
	write   func(io.Writer, *report.Report) error
	options report.Options
	input   parse.Options
}

func (o *reportOptions) resolve(now time.Time) (*reportPlan, error) {
	p := &reportPlan{}
	switch o.format {
	case "text":
		p.write = func(w io.Writer, r *report.Report) error {
			return report.WriteText(w, r, report.TextOptions{Top: o.top})
		}
	case "json":
		p.write = report.WriteJSON
	default:
		return nil, usageError(fmt.Errorf("--format: %q is not a format: expected text or json", o.format))
	}
	var err error
	if p.options.Window, err = aggregate.ParseWindow(o.window); err != nil {
		return nil, usageError(fmt.Errorf("--window: %w", err))
	}
	if p.options.Filter, p.options.Zone, err = o.filter.resolve(now); err != nil {
		return nil, err
	}
	if o.top < 0 || o.jobs < 0 {
		return nil, usageError(errors.New("--top and --jobs: expected a number from 0"))
	}
	if p.input, err = o.unpack.resolve(); err != nil {
		return nil, err
	}
	if p.input.Times, err = o.times.resolve(now); err != nil {
		return nil, err
	}
	p.options.ToolVersion = toolVersion()
	return p, nil
}

// run scans the logs that args name and writes the report.
func (o *reportOptions) run(s streams, args []string) error {
	plan, err := o.resolve(s.now)
	if err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	plan.options.Warnings = found.missing
	read, err := o.scan(s, found.sources, plan)
	if err != nil {
		return err
	}
	counts, err := aggregate.Settle(nil, read.Parts...)
	if err != nil {
		return err
	}
	if err := checkFilter(&plan.options.Filter, counts); err != nil {
		return err
	}
	r, err := report.New(counts, read.Sources, plan.options)
	if err != nil {
		return err
	}
	// It stands in the report too, but that may go to a file or a program.
	sayTrouble(s, r.Sources)
	sayPassed(s, plan.input)
	if err := o.emit(s.out, plan, r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return found.status(r.Sources)
}

// scan reads the sources.
func (o *reportOptions) scan(s streams, sources []parse.Source, plan *reportPlan) (*aggregate.Result, error) {
	if o.live {
		return o.scanLive(s, sources, plan)
	}
	stdin, stop := showProgress(s, sources, !o.quiet)
	defer stop()
	options := aggregate.Options{Jobs: o.jobs, Input: plan.input}
	options.Input.Stdin = stdin
	return aggregate.Scan(sources, options)
}

// emit writes the report to where it should go. A file is written beside and
// renamed, so that what bears its name is whole.
func (o *reportOptions) emit(out io.Writer, plan *reportPlan, r *report.Report) error {
	var b bytes.Buffer
	if err := plan.write(&b, r); err != nil {
		return err
	}
	if o.output == "" {
		_, err := out.Write(b.Bytes())
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(o.output), "."+filepath.Base(o.output)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // fails after the rename, as it should
	defer removeAtEnd(beside.Name())()
	_, err = beside.Write(b.Bytes())
	if err := errors.Join(err, beside.Chmod(0o644), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), o.output)
}
