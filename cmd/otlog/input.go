package main

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// An input is what the arguments of a command led to.
type input struct {
	sources []parse.Source
	missing []string // what did not lead to a source, in words
}

// find turns arguments into sources; none stand for a pipe on standard input. It
// tells the user which of them led nowhere, and fails if all did.
func find(s streams, args []string) (*input, error) {
	if len(args) == 0 {
		if isTerminal(s.in) {
			return nil, usageError(errors.New("nothing to read: give a file, a directory or a pattern, or pipe a log in"))
		}
		args = []string{"-"}
	}
	in := &input{}
	sources, passed, err := parse.Find(args)
	in.sources = sources
	readStdin(sources, io.NopCloser(s.in))
	if err != nil {
		say(s.err, "%s%s", words.PrintableLines(err.Error()), commandMeant(args))
		if len(sources) == 0 {
			return nil, &statusError{status: exitFailed}
		}
		for line := range strings.Lines(err.Error()) {
			in.missing = append(in.missing, strings.TrimSpace(line))
		}
	}
	if passed > 0 {
		say(s.err, "%d files in directories are not named like logs and were left aside; name them, or use a glob, to read them", passed)
	}
	return in, nil
}

// readStdin makes the standard input among sources be read from in.
func readStdin(sources []parse.Source, in io.ReadCloser) {
	for i := range sources {
		if sources[i].Path == "-" {
			sources[i].Open = func() (io.ReadCloser, error) { return in, nil }
		}
	}
}

// sayTrouble tells the user what could not be read, and why.
func sayTrouble(s streams, read []*aggregate.Source) {
	for _, w := range report.SourceWarnings(read) {
		say(s.err, "%s", words.Printable(w))
	}
}

// status returns how a command ends that has read its input.
func (r *reading) status() error { return statusOf(r.missing, r.sources) }

func statusOf(missing []string, read []*aggregate.Source) error {
	switch {
	case len(missing) > 0 || slices.ContainsFunc(read, func(s *aggregate.Source) bool { return s.Failed != nil }):
		return &statusError{status: exitFailed}
	case slices.ContainsFunc(read, (*aggregate.Source).Damaged):
		return &statusError{status: exitDamaged}
	}
	return nil
}

// commandMeant helps where a subcommand was misspelled: it was taken for a path.
func commandMeant(args []string) string {
	if len(args) != 1 && len(args) != 2 || strings.ContainsAny(args[0], "./\\*") {
		return ""
	}
	commands := []string{"report", "scan", "merge", "diff", "events", "explain", "formats", "gates", "man", "version", "completion", "help"}
	near := lookup.Nearest(args[0], commands)
	if len(near) == 0 {
		return ""
	}
	return lookup.DidYouMean([]string{"the command " + near[0]})
}
