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
	"github.com/otlog/otlog/report"
)

// reportOptions are the flags of otlog report, as typed.
type reportOptions struct {
	format string
	output string
	window string
	zone   string
	top    int
	jobs   int
}

func (o *reportOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.format, "format", "text", "text for people, json for programs")
	f.StringVarP(&o.output, "output", "o", "", "write to `FILE` instead of standard output")
	f.StringVar(&o.window, "window", "all", "divide time: "+strings.Join(aggregate.Windows, ", ")+", or all for one window over the whole input")
	f.StringVar(&o.zone, "tz", "UTC", "time zone of windows and instants, as in Europe/Berlin or Local")
	f.IntVar(&o.top, "top", 10, "how many errors the text report lists, 0 for all")
	f.IntVar(&o.jobs, "jobs", 0, "how many workers read in parallel, 0 for one per core")
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
}

func (o *reportOptions) resolve() (*reportPlan, error) {
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
	if p.options.Zone, err = time.LoadLocation(o.zone); err != nil {
		return nil, usageError(fmt.Errorf("--tz: %w", err))
	}
	if o.top < 0 || o.jobs < 0 {
		return nil, usageError(errors.New("--top and --jobs: expected a number from 0"))
	}
	p.options.ToolVersion = toolVersion()
	return p, nil
}

// run scans the logs that args name and writes the report.
func (o *reportOptions) run(s streams, args []string) error {
	plan, err := o.resolve()
	if err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	plan.options.Warnings = found.missing
	r := report.New(aggregate.Scan(found.sources, aggregate.Options{Jobs: o.jobs, Stdin: s.in}), plan.options)
	// It stands in the report too, but that may go to a file or a program.
	sayTrouble(s, r.Sources)
	if err := o.emit(s.out, plan, r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return found.status(r.Sources)
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
	_, err = beside.Write(b.Bytes())
	if err := errors.Join(err, beside.Chmod(0o644), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), o.output)
}
