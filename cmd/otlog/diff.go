package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse/find"
	"github.com/otlog/otlog/report"
)

// newDiff returns the command that compares two inputs.
func newDiff(s streams) *cobra.Command {
	o := &reportOptions{diff: true}
	cmd := &cobra.Command{
		Use:   "diff [flags] BEFORE AFTER [PATH ...]",
		Short: "Compare two inputs, or two groups: what got worse or better, and is it chance?",
		Long: `diff compares two inputs. Each is a file, a directory, a quoted glob or a partial of otlog scan,
and one of them may be - for standard input. --since and --until apply to AFTER only.

With --by, diff compares two groups of clients in the input PATH: two SDK versions, browsers,
systems or API keys. 2.35 is all of 2.35, and Chrome all of its versions. If BEFORE and AFTER are
paths, diff compares these two inputs, and divides them.

For each method and error, diff compares the share of sessions with a failure. At most 5% of the
changes that it reports as significant are expected to be chance (docs/statistics.md).`,
		Example: `  otlog diff last-week.arrow this-week.arrow
  otlog diff 'logs/2.34/**/*.zst' 'logs/2.35/**/*.zst'
  otlog diff --method Session.publish before/ after/
  otlog diff --by sdk 2.34.1 2.35.2 logs/
  otlog diff --by browser Chrome Safari logs/`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case o.by != "" && (len(args) < 2 || len(args) == 2 && !isInput(args[0]) && isInput(args[1])):
				return usageError(errors.New("diff --by takes two groups, BEFORE and AFTER, and then the inputs, as in --by sdk 2.34.1 2.35.2 logs/"))
			case o.by == "" && len(args) == 3:
				return usageError(errors.New("diff takes two inputs, BEFORE and AFTER, got 3\nhint: a quoted glob or a directory makes one input of several files; two groups in one input need --by, as in --by sdk 2.34.1 2.35.2 logs/"))
			case o.by == "" && len(args) != 2:
				return usageError(fmt.Errorf("diff takes two inputs, BEFORE and AFTER, got %d\nhint: a quoted glob or a directory makes one input of several files", len(args)))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if o.by == "" || len(args) == 2 && isInput(args[0]) && isInput(args[1]) {
				o.baseline = args[:1]
				return o.run(s, args[1:])
			}
			o.pair = args[:2]
			return o.run(s, args[2:])
		},
	}
	o.addFlags(cmd)
	return cmd
}

// isInput reports whether an argument names something to read.
func isInput(arg string) bool {
	if arg == "-" {
		return true
	}
	found, err := find.Find([]string{arg})
	return err == nil && len(found) > 0
}

// checkPair returns an error if one of the groups of a pair was not seen.
func checkPair(p *report.Pair, c *aggregate.Counts, rules *private.Rules) error {
	if p == nil {
		return nil
	}
	kind := map[report.Dimension]clients.Kind{
		report.BySDK: clients.SDK, report.ByBrowser: clients.Browser, report.ByOS: clients.OS, report.ByAPIKey: clients.APIKey,
	}[p.By]
	seen := c.Seen.Texts(kind, c.Names.Labels)
	for _, wanted := range []string{p.Before, p.After} {
		if !slices.ContainsFunc(seen, func(name string) bool { return clients.Includes(wanted, name) }) {
			return usageError(fmt.Errorf("--by %s: no client is of %q\nhint: there are %s", p.By, wanted, some(seen, rules)))
		}
	}
	return nil
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
	found, err := findInput(s, o.baseline, &o.read.rules)
	if err != nil {
		return nil, err
	}
	if err := checkOutput(s, o.output, found.sources); err != nil {
		return nil, err
	}
	how := o.read
	how.ids = false // only what is reported has examples
	how.name, how.shards = nameOption{}, nil
	read, err := how.read(s, found, plan.input, how.scan(s))
	defer read.close()
	if err != nil {
		return nil, err
	}
	if err := checkRead(o.output, found.sources, read.names()); err != nil {
		return nil, err
	}
	counts, err := read.settle()
	if err != nil {
		return nil, err
	}
	options := plan.options
	options.Warnings, options.LeftOut = read.missing, read.leftOut
	options.ShowSessions = false
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
