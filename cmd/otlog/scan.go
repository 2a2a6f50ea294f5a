package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
)

// scanOptions are the flags of otlog scan and otlog merge, as typed.
type scanOptions struct {
	read   readOptions
	output string
	pack   compression
}

func newScan(s streams) *cobra.Command {
	o := &scanOptions{}
	cmd := o.command(s, &cobra.Command{
		Use:   "scan -o FILE [flags] [PATH ...]",
		Short: "Scan logs into a partial, for a later otlog report",
		Long: `scan reads logs like otlog report, and writes their counts to a partial: a small file that
holds everything for any report, of any window and zone, alone or together with other partials and
logs. It contains no log lines, and sessions only as hashes, unless --show-sessions is given.

A partial is an Arrow IPC stream; docs/schema.md describes it. It names its inputs, so that merge
and report can check that all shards of a log are there (docs/scale.md).`,
		Example: `  otlog scan -o monday.arrow logs/2026-11-16/
  otlog report --window 1d monday.arrow tuesday.arrow logs/today.log
  aws s3 cp s3://logs/1.zst - | otlog scan --name s3://logs/1.zst -o 1.arrow -
  ssh web-1 otlog scan -o - /var/log/app | otlog`,
	})
	o.read.name.addFlag(cmd)
	cmd.Flags().BoolVar(&o.read.ids, "show-sessions", false, "keep session IDs as they are, not only as hashes, for otlog report --show-sessions")
	return cmd
}

func newMerge(s streams) *cobra.Command {
	o := &scanOptions{}
	return o.command(s, &cobra.Command{
		Use:   "merge -o FILE [flags] PARTIAL ...",
		Short: "Merge partials into one",
		Long: `merge adds up partials and logs into one partial. Its report equals the report of its parts,
in any order and grouping. It keeps the session IDs of parts that otlog scan --show-sessions wrote.

merge refuses two copies of a partial, and an input that is in two of them, or in one of them and
among the logs. With --expect, it names the shards that are missing or not in the list, and writes
nothing then; two partials of one shard count once if they are equal, else they are refused.`,
		Example: `  otlog merge -o week.arrow monday.arrow tuesday.arrow wednesday.arrow
  otlog merge --expect shards.txt -o fleet.arrow 'parts/*.arrow'`,
	})
}

func (o *scanOptions) command(s streams, cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(_ *cobra.Command, args []string) error { return o.run(s, args) }
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "", "write the partial to `FILE`, - for standard output")
	o.pack.addFlag(cmd, "")
	o.read.addExpect(cmd)
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
	input, err := o.read.resolve(s)
	if err != nil {
		return err
	}
	found, err := findInput(s, args, &o.read.rules)
	if err != nil {
		return err
	}
	if err := o.read.name.set(found); err != nil {
		return err
	}
	if err := checkOutput(s, output, found.sources, o.read.expect); err != nil {
		return err
	}
	read, err := o.read.read(s, found, input, o.read.scan(s))
	defer read.close()
	if err != nil {
		return err
	}
	if err := checkRead(output, found.sources, read.names()); err != nil {
		return err
	}
	sayTrouble(s, read.sources)
	sayLeftOut(s, read.sources, &read.leftOut)
	if o.read.ids {
		read.sayHashed(s)
	}
	if err := o.read.unpack.refuse(read.status(o.read.force)); err != nil {
		return err
	}
	sum := aggregate.Merge(read.parts...)
	sum.Names = o.read.rules.Names(sum.Names)
	file := &partial.File{
		Part: sum, Sources: read.sources, Missing: read.missing, LeftOut: read.leftOut,
		ToolVersion: toolVersion(), Catalogues: partial.Catalogues(read.partials),
	}
	if err := emit(s, output, func(w io.Writer) error { return partial.Write(w, file, compress) }); err != nil {
		return fmt.Errorf("writing the partial: %w", err)
	}
	return read.status(o.read.force)
}

// outputOf returns the file to write, "" for standard output. It refuses a terminal.
func (o *scanOptions) outputOf(s streams) (string, error) {
	name := fileOf(o.output)
	if name == "" && terminal.Of(s.out) != nil {
		return "", usageError(errors.New("refusing to write binary data to a terminal; use -o FILE, or a pipe"))
	}
	return name, nil
}
