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
		Short: "What --fail-on understands",
		Long: `A gate is a question to a report that --fail-on asks: if it fires, otlog ends with status
4 and says why. What cannot be judged ends it with status 1. With a baseline, the whole
input is judged; with --window, the last complete window.

` + strings.TrimRight(gate.Help(), "\n"),
	}
}

// gates reads what --fail-on was given.
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

// check holds a report against gates, and tells the user of each that fires and of each
// that cannot be judged: a question without an answer is no good news.
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
