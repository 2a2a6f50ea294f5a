package main

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/cmd/otlog/internal/events"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// eventsOptions are the flags of otlog events, as typed.
type eventsOptions struct {
	filter filterOptions
	once   bool
	name   nameOption
	unpack unpackOptions
	times  timeOptions
	rules  private.Rules
}

func newEvents(s streams) *cobra.Command {
	o := &eventsOptions{}
	cmd := &cobra.Command{
		Use:   "events [flags] [PATH ...]",
		Short: "Print records with an error, and records of telemetry, as NDJSON",
		Long: `events prints what otlog finds in each record, in the order of the log: the error and the
method, with the evidence for each, the session, the place of the record, and the failure that
it belongs to. "recovered" says that this failure is within a call that succeeded in the end: the
report counts it as recovered. Use events to follow one session, or to check a verdict.

events reads the input twice, because the failure of a record may depend on later records; a pipe
is kept in a temporary file meanwhile, and so is what exceeds --memory. --once prints at once,
without failures. Filters select failures with all their records.

Records of native SDKs show no error. Their telemetry is printed as telemetry, without method and
code, and their other records are not printed.

With --strict, events fails after it has printed the events.

Tokens, passwords and other secrets are replaced by [redacted], e-mail addresses by [e-mail], and IP
addresses by [IP], unless --no-redact is given.`,
		Example: `  otlog events --session 1_MX40… logs/
  otlog events --error OT_TIMEOUT app.log.gz | jq -r .text`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.filter.addFlags(cmd)
	o.filter.addZone(cmd, "--since and --until")
	f.BoolVar(&o.once, "once", false, "read the input once and print at once, without failures")
	o.name.addFlag(cmd)
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
	addNoRedact(cmd, &o.rules)
	return cmd
}

// check returns an error if a filter can match nothing in what was read.
func (o *eventsOptions) check(f *report.Filter, c *aggregate.Counts) error {
	return checkFilter(f, c, &o.rules)
}

func (o *eventsOptions) run(s streams, args []string) error {
	filter, zone, err := o.filter.resolve(s.now)
	if err != nil {
		return err
	}
	input, err := o.unpack.resolve()
	if err != nil {
		return err
	}
	if input.Times, err = o.times.resolve(s.now); err != nil {
		return err
	}
	input.Sieve = &sieve.Sieve{}
	found, err := findInput(s, args, &o.rules)
	if err != nil {
		return err
	}
	if err := o.name.set(found); err != nil {
		return err
	}
	space := o.unpack.space()
	defer space.Close() // temporary files: nothing can be lost
	r, err := events.Print(s.out, found.sources, s.in, events.Options{Input: input, Space: space, Filter: filter, Once: o.once, Rules: &o.rules, Check: o.check})
	if err != nil {
		return err
	}
	o.rules.Sources(r.Sources)
	if err := found.sift(s, input.Sieve, len(r.Sources)); err != nil {
		return err
	}
	sayTrouble(s, r.Sources)
	if widened := filter.Widened(zone); widened != "" {
		say(s.err, "%s", widened)
	}
	left := input.Sieve.LeftOut()
	o.rules.LeftOut(&left)
	sayLeftOut(s, r.Sources, &left)
	if r.Timeless > 0 {
		say(s.err, "left out %s without a date and time", words.Count(r.Timeless, "record"))
	}
	status := statusOf(found.missing, r.Sources, false)
	return cmp.Or(o.unpack.refuse(status), status)
}
