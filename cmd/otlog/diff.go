package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report"
)

// newDiff returns the command that compares two inputs.
func newDiff(s streams) *cobra.Command {
	o := &reportOptions{diff: true}
	cmd := &cobra.Command{
		Use:   "diff [flags] BEFORE AFTER",
		Short: "Say what got worse or better from one input to another, and whether that is chance",
		Long: `diff compares two inputs: each is a file, a directory, a quoted glob or a partial of
otlog scan, and one of them may be - for the standard input. Sessions with a failure
are compared with all that could have had one, by method and by error. Changes are
called such that no more than 5 % of those called are to be expected from chance alone
(docs/statistics.md). --since and --until select in AFTER only.`,
		Example: `  otlog diff last-week.arrow this-week.arrow
  otlog diff 'logs/2.34/**/*.zst' 'logs/2.35/**/*.zst'
  otlog diff --method Session.publish before/ after/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError(fmt.Errorf("diff takes two inputs, before and after, got %d\nhint: quote a glob, or name a directory, to take several files as one input", len(args)))
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

// readBaseline reads the baseline, if there is one, for the report of a plan. status is
// what the command should end with on its account.
func (o *reportOptions) readBaseline(s streams, args []string, plan *reportPlan) (status, err error) {
	if len(o.baseline) == 0 {
		return nil, nil
	}
	if slices.Contains(o.baseline, "-") && (len(args) == 0 || slices.Contains(args, "-")) {
		return nil, usageError(errors.New("standard input can be one side only"))
	}
	found, err := find(s, o.baseline)
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
	options.Warnings = read.missing
	options.Ignore = nil // that of the report marks its baseline too
	// What came before is meant as a whole.
	options.Window = aggregate.Window{}
	options.Filter.Since, options.Filter.Until = time.Time{}, time.Time{}
	if plan.options.Baseline, err = report.New(counts, read.sources, options); err != nil {
		return nil, err
	}
	sayTrouble(s, read.sources)
	return read.status(), nil
}
