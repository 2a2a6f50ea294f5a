package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
)

// newRoot returns the command otlog, which reports unless it is given a subcommand.
func newRoot(s streams) *cobra.Command {
	o := &reportOptions{}
	root := &cobra.Command{
		Use:   "otlog [report] [flags] [PATH ...]",
		Short: "Find OpenTok / Vonage Video errors in logs: which, in which method, in how many sessions",
		Long: `otlog reads logs of applications built on the OpenTok / Vonage Video client SDK. It reports which
documented errors they contain, in which method, in how many sessions, and since when.`,
		Example: `  otlog logs/                           what fails, in which method, in how many sessions
  otlog --window 1w 'logs/**/*.zst'     the last week, compared with the one before
  otlog session 1_MX40… logs/           what happened in one call
  otlog explain OT_TIMEOUT              what a name or a line of a log means, and what to do
  otlog diff --by sdk 2.34 2.35 logs/   which of two versions fails more often
  otlog --format html -o r.html logs/   a page to forward; markdown, and json for programs
  kubectl logs -f web-0 | otlog --live  from a pipe, redrawn every second`,
		Args:          cobra.ArbitraryArgs, // the word after otlog may be a path
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError(shell.FlagError(cmd, err)) })
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		width := shell.Width
		if tty := terminal.Of(s.out); tty != nil && terminal.Width(tty) > 0 {
			width = terminal.Width(tty)
		}
		_, _ = io.WriteString(cmd.OutOrStdout(), guide().Help(cmd, width)) // cobra takes no error
	})
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := shell.CheckEmpty(cmd, args); err != nil {
			return usageError(err)
		}
		return nil
	}
	o.addFlags(root)

	reportCmd := &cobra.Command{
		Use:   "report [flags] [PATH ...]",
		Short: "Report the errors of logs (the default)",
		Long: `report says which errors logs contain. It is the default command.

A PATH is a file, a directory, a quoted glob ("logs/**/*.zst"), or - for standard input, which is
also read if there is a pipe and no PATH. All files of a directory that look like logs are read; the
report says how many were left out, and why. Content, not names, decides how a file is packed (gzip,
zstd, bzip2, xz, lz4, tar, zip), its charset (UTF-8, UTF-16), its format (see otlog formats), and
whether it is a partial, written by otlog scan. Partials and logs add up to one report, in any mix.

Filters select failures with all their records. All but --method and --error also select the
sessions and attempts that failures are a share of. Bounds of time are widened to whole
quarter-hours; the report states the bounds that it used.`,
		Example: `  kubectl logs web-0 | otlog                      from a pipe
  otlog report --since 7d --sdk 2.35 logs/        a week, and clients of one SDK version
  otlog report *.arrow logs/today.log             partials of otlog scan and logs together
  otlog report --format csv --table methods logs/ for a spreadsheet
  otlog report --baseline last-week.arrow --fail-on 'session_rate regressed' logs/   for CI`,
		Args: cobra.ArbitraryArgs,
		RunE: root.RunE,
	}
	reportCmd.Flags().AddFlagSet(root.Flags())
	askVersion := root.Flags().BoolP("version", "V", false, "print the version of otlog and of its catalogue")
	root.RunE = func(_ *cobra.Command, args []string) error {
		if *askVersion {
			return printVersion(s)
		}
		return o.run(s, args)
	}
	root.AddCommand(reportCmd, newScan(s), newMerge(s), newDiff(s), newSession(s), newEvents(s), newExplain(s), newFormats(s), newVersion(s), newGates(), newHash(s), newMan(s))
	shell.Complete(root)
	shell.CompleteBash(root)
	return root
}

// guide has the order of flags in help, and the exit statuses.
func guide() *shell.Guide {
	return &shell.Guide{
		Groups: []shell.FlagGroup{
			{Heading: "What to read", Flags: []string{"input-format", "time-field", "session-field", "message-field", "time-format", "assume-tz", "name", "expect", "max-expansion", "force", "strict"}},
			{Heading: "What to select", Flags: []string{"since", "until", "tz", "method", "error", "ignore", "session", "apikey", "sdk", "browser", "os"}},
			{Heading: "What to compare", Flags: []string{"window", "by", "baseline", "fail-on"}},
			{Heading: "How to print", Flags: []string{"format", "table", "output", "title", "top", "show-sessions", "no-redact", "color", "no-pager", "live", "compress", "hash-key-file", "from"}},
			{Heading: "How to run", Flags: []string{"once", "jobs", "memory", "no-progress", "help", "version"}},
		},
		First: []string{"since", "method", "error", "window", "baseline", "fail-on", "format", "output", "live"},
		Statuses: [][2]string{
			{"0", "success"},
			{"1", "failure"},
			{"2", "wrong usage"},
			{"3", "some input was damaged or given twice, the report covers the rest"},
			{"4", "a gate of --fail-on fired"},
			{"130 or 143", "ended by Ctrl-C or kill; --live ends with its report and the report's status"},
		},
		Version: toolVersion(),
	}
}

func newMan(s streams) *cobra.Command {
	return &cobra.Command{
		Use:                   "man",
		Short:                 "Write the manual page",
		Example:               `  otlog man > otlog.1 && man -l otlog.1`,
		Args:                  noArgs,
		DisableFlagsInUseLine: true, // it has none, so the page would show them here only
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(s.out, guide().Manual(cmd.Root()))
			return err
		},
	}
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version of otlog and of its catalogue",
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return printVersion(s) },
	}
}

func printVersion(s streams) error {
	_, err := fmt.Fprintf(s.out, "otlog %s%s, catalogue %s\n", toolVersion(), commit(), catalogue.Version)
	return err
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Errorf("%s takes no arguments, got %q", cmd.CommandPath(), args[0]))
	}
	return nil
}
