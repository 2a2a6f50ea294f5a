package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/gate"
	"github.com/otlog/otlog/report/words"
)

// newGates returns the help topic on gates.
func newGates() *cobra.Command {
	return &cobra.Command{
		Use:   "gates",
		Short: "Conditions for --fail-on",
		Long: `A gate is a condition on a report, given to --fail-on. If it is true, the gate fires:
otlog prints why and exits with status 4. If it cannot be judged, otlog exits with status
1. Gates judge the whole input, or with --window and no baseline the last complete window.

` + strings.TrimRight(gate.Help(), "\n"),
	}
}

// gates parses the values of --fail-on.
func (o *reportOptions) gates() ([]gate.Gate, error) {
	var out []gate.Gate
	for _, typed := range o.failOn {
		g, err := gate.Parse(typed)
		if err != nil {
			return nil, usageError(fmt.Errorf("--fail-on: %q: %w", typed, err))
		}
		out = append(out, g)
	}
	return out, nil
}

// check judges a report by gates. It prints each gate that fires and each that cannot be
// judged, and returns the exit status: a gate that cannot be judged has not passed.
func check(s streams, gates []gate.Gate, r *report.Report) error {
	fired, unjudged := false, false
	for _, g := range gates {
		reason, fires, err := g.Check(r)
		switch {
		case err != nil:
			unjudged = true
			say(s.err, "--fail-on: %s", words.PrintableLines(err.Error()))
		case fires:
			fired = true
			say(s.err, "--fail-on: %s", words.Printable(reason))
		}
	}
	switch {
	case unjudged:
		return &statusError{status: exitFailed}
	case fired:
		return &statusError{status: exitGate}
	}
	return nil
}
