package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

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
	live   bool
	read   readOptions

	baseline []string
	diff     bool // the baseline is one of two arguments, and the text is about changes
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
	if !o.diff {
		f.StringArrayVar(&o.baseline, "baseline", nil, "compare with this `PATH`, logs or a partial: what changed since, and is it chance?")
	}
	f.BoolVar(&o.live, "live", false, "show what a pipe has brought so far, once a second, on the terminal; Ctrl-C ends with the report")
	o.read.addFlags(cmd)
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
	memory  int64 // bytes
}

func (o *reportOptions) resolve(s streams) (*reportPlan, error) {
	p := &reportPlan{}
	switch o.format {
	case "text":
		p.write = o.writeText
	case "json":
		p.write = report.WriteJSON
	default:
		return nil, usageError(fmt.Errorf("--format: %q is not a format: expected text or json", o.format))
	}
	var err error
	if p.options.Window, err = aggregate.ParseWindow(o.window); err != nil {
		return nil, usageError(fmt.Errorf("--window: %w", err))
	}
	if p.options.Filter, p.options.Zone, err = o.filter.resolve(s.now); err != nil {
		return nil, err
	}
	if o.top < 0 {
		return nil, usageError(errors.New("--top: expected a number from 0"))
	}
	if p.input, p.memory, err = o.read.resolve(s); err != nil {
		return nil, err
	}
	p.options.ToolVersion = toolVersion()
	return p, nil
}

// run reads the logs and partials that args name and writes the report.
func (o *reportOptions) run(s streams, args []string) error {
	plan, err := o.resolve(s)
	if err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	before, err := o.readBaseline(s, args, plan)
	if err != nil {
		return err
	}
	scan := o.read.scan(s)
	if o.live {
		// Its first bytes must not be waited for.
		scan, plan.input.Stdin = o.scanLive(s, plan), s.in
	}
	read, err := o.read.read(s, found, plan.input, plan.memory, scan)
	defer read.close()
	if err != nil {
		return err
	}
	r, err := plan.report(read)
	if err != nil {
		return err
	}
	// It stands in the report too, but that may go to a file or a program.
	sayTrouble(s, r.Sources)
	sayPassed(s, plan.input)
	// Nothing is written before all is known to be right.
	var b bytes.Buffer
	if err := plan.write(&b, r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	err = emit(s, o.output, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return worse(before, read.status())
}

// writeText writes the report for people.
func (o *reportOptions) writeText(w io.Writer, r *report.Report) error {
	options := report.TextOptions{Top: o.top}
	if o.diff {
		return report.WriteDiffText(w, r, options)
	}
	return report.WriteText(w, r, options)
}

// report makes the report of what was read.
func (p *reportPlan) report(read *reading) (*report.Report, error) {
	counts, err := read.settle()
	if err != nil {
		return nil, err
	}
	if err := checkFilter(&p.options.Filter, counts); err != nil {
		return nil, err
	}
	options := p.options
	options.Warnings = read.missing
	return report.New(counts, read.sources, options)
}
