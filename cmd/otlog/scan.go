package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
)

// scanOptions are the flags of otlog scan and otlog merge, as typed.
type scanOptions struct {
	read   readOptions
	output string
	pack   compression
}

func newScan(s streams) *cobra.Command {
	o := &scanOptions{}
	return o.command(s, &cobra.Command{
		Use:   "scan -o FILE [flags] [PATH ...]",
		Short: "Write what logs add up to into a partial, for otlog report to read later",
		Long: `scan reads logs as otlog report does, and writes what they add up to into a partial:
a small file from which any report can be made later, of any window and zone, alone
or together with other partials and logs. It holds no log line, and sessions as
hashes only.

A partial is an Arrow IPC stream; docs/schema.md says what stands in it.`,
		Example: `  otlog scan -o monday.arrow logs/2026-11-16/
  otlog report --window 1d monday.arrow tuesday.arrow logs/today.log
  ssh web-1 otlog scan -o - /var/log/app | otlog`,
	})
}

func newMerge(s streams) *cobra.Command {
	o := &scanOptions{}
	return o.command(s, &cobra.Command{
		Use:   "merge -o FILE [flags] PARTIAL ...",
		Short: "Add up partials into one",
		Long: `merge adds up partials, and logs if there are any among them, into one partial. A
report of it says what a report of its parts says, in any order and grouping.

The same partial or input twice is refused.`,
		Example: `  otlog merge -o week.arrow monday.arrow tuesday.arrow wednesday.arrow
  otlog merge -o fleet.arrow 'parts/*.arrow'`,
	})
}

func (o *scanOptions) command(s streams, cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(_ *cobra.Command, args []string) error { return o.run(s, args) }
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "", "write the partial to `FILE`, - for standard output")
	o.pack.addFlag(cmd, "")
	o.read.addFlags(cmd)
	return cmd
}

func (o *scanOptions) run(s streams, args []string) error {
	output, err := o.outputOf(s)
	if err != nil {
		return err
	}
	compress, err := o.pack.resolve()
	if err != nil {
		return err
	}
	input, memory, err := o.read.resolve(s)
	if err != nil {
		return err
	}
	found, err := find(s, args)
	if err != nil {
		return err
	}
	read, err := o.read.read(s, found, input, memory, o.read.scan(s))
	defer read.close()
	if err != nil {
		return err
	}
	sayTrouble(s, read.sources)
	sayPassed(s, input)
	file := &partial.File{
		Part: aggregate.Merge(read.parts...), Sources: read.sources, Missing: read.missing,
		ToolVersion: toolVersion(), Catalogues: partial.Catalogues(read.partials),
	}
	if err := emit(s, output, func(w io.Writer) error { return partial.Write(w, file, compress) }); err != nil {
		return fmt.Errorf("writing the partial: %w", err)
	}
	return read.status()
}

// outputOf returns the file to write, "" for standard output. A terminal is none for
// bytes.
func (o *scanOptions) outputOf(s streams) (string, error) {
	_, terminal := terminalOf(s.out)
	switch {
	case o.output != "" && o.output != "-":
		return o.output, nil
	case terminal:
		return "", usageError(errors.New("a partial is nothing for a terminal: give a file with -o, or pipe it on"))
	}
	return "", nil
}
