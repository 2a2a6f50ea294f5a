package main

import (
	"errors"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/parse"
)

// unpackOptions are the flags of all commands that read logs.
type unpackOptions struct {
	maxExpansion int64
	format       string
}

func (o *unpackOptions) addFlags(cmd *cobra.Command) {
	o.addFormat(cmd)
	cmd.Flags().Int64Var(&o.maxExpansion, "max-expansion", parse.DefaultMaxExpansion, "give up what unpacks to more than `N` times its size, 0 for no limit")
}

// resolve returns how to open sources, but for the standard input.
func (o *unpackOptions) resolve() (parse.Options, error) {
	limit := o.maxExpansion
	switch {
	case limit < 0:
		return parse.Options{}, usageError(errors.New("--max-expansion: expected a number from 0"))
	case limit == 0:
		limit = -1
	}
	if err := o.checkFormat(); err != nil {
		return parse.Options{}, err
	}
	return parse.Options{MaxExpansion: limit, Format: o.format, Unwanted: new(atomic.Int64)}, nil
}

// sayPassed tells the user how much of archives was not looked at.
func sayPassed(s streams, o parse.Options) {
	if n := o.Unwanted.Load(); n > 0 {
		say(s.err, "%d files in archives are not named like logs and were left aside; unpack them and name them to read them", n)
	}
}
