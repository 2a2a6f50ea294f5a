package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/report"
)

// newDiff returns the command that compares two inputs.
func newDiff(s streams) *cobra.Command {
	o := &reportOptions{diff: true}
	cmd := &cobra.Command{
		Use:   "diff [flags] BEFORE AFTER",
		Short: "Compare two inputs: what got worse or better, and is it chance?",
		Long: `diff compares two inputs. Each is a file, a directory, a quoted glob or a partial of otlog scan,
and one of them may be - for standard input. For each method and error, diff compares the share of
sessions with a failure. At most 5% of the changes that it reports as significant are expected to
be chance (docs/statistics.md). --since and --until apply to AFTER only.`,
		Example: `  otlog diff last-week.arrow this-week.arrow
  otlog diff 'logs/2.34/**/*.zst' 'logs/2.35/**/*.zst'
  otlog diff --method Session.publish before/ after/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError(fmt.Errorf("diff takes two inputs, BEFORE and AFTER, got %d\nhint: a quoted glob or a directory makes one input of several files", len(args)))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.baseline = args[:1]
			return o.run(s, args[1:])
		},
	}
	o.addFlags(cmd)
	return cmd
}

// readBaseline reads the baseline of a plan, if there is one. status is the exit status that
// the baseline demands.
func (o *reportOptions) readBaseline(s streams, args []string, plan *reportPlan) (status, err error) {
	if len(o.baseline) == 0 {
		return nil, nil
	}
	if slices.Contains(o.baseline, "-") && (len(args) == 0 || slices.Contains(args, "-")) {
		return nil, usageError(errors.New("standard input cannot be both the baseline and the input"))
	}
	found, err := findInput(s, o.baseline)
	if err != nil {
		return nil, err
	}
	read, err := o.read.read(s, found, plan.input, plan.memory, o.read.scan(s))
	defer read.close()
	if err != nil {
		return nil, err
	}
	counts, err := read.settle()
	if err != nil {
		return nil, err
	}
	options := plan.options
	options.Warnings, options.LeftOut = read.missing, read.leftOut
	options.Ignore = nil // the list of the report marks its baseline too
	// A baseline is always compared as a whole.
	options.Window = calendar.Window{}
	options.Filter.Since, options.Filter.Until = time.Time{}, time.Time{}
	if plan.options.Baseline, err = report.New(counts, read.sources, options); err != nil {
		return nil, err
	}
	sayTrouble(s, read.sources)
	sayLeftOut(s, read.sources, &read.leftOut)
	return read.status(o.read.force), nil
}
