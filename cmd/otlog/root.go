package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/classify/catalogue"
)

// newRoot returns the command otlog, which without a subcommand reports.
func newRoot(s streams) *cobra.Command {
	o := &reportOptions{}
	root := &cobra.Command{
		Use:   "otlog [report] [flags] [PATH ...]",
		Short: "Say which OpenTok / Vonage Video errors a log shows, where, and for how many sessions",
		Long: `otlog reads logs of applications built on the OpenTok / Vonage Video client SDK. It reports which
documented errors they show, in which method, for how many sessions, and since when.`,
		Example: `  otlog logs/                           what fails, in which method, for how many sessions
  otlog --window 1w 'logs/**/*.zst'     the last week, compared with the one before
  otlog --format html -o r.html logs/   a page to forward, or markdown
  kubectl logs -f web-0 | otlog --live  from a pipe, redrawn every second
  otlog --format json app.log.gz        for programs
  otlog diff before/ after/             what changed, and is it chance?
  otlog explain OT_TIMEOUT              what it means and what to do`,
		// Paths are arguments of the root: the word after otlog need not be a
		// subcommand.
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, args []string) error { return o.run(s, args) },
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(help)
	o.addFlags(root)

	reportCmd := &cobra.Command{
		Use:   "report [flags] [PATH ...]",
		Short: "Report the errors of logs (the default)",
		Long: `report says which errors logs show. It is what otlog does without a command.

A PATH is a file, a directory, a quoted glob ("logs/**/*.zst"), or - for the
standard input, which is also read if a pipe and no PATH is given. How it is packed
(gzip, zstd, bzip2, xz, lz4, tar, zip), its charset (UTF-8, UTF-16) and its shape
(see otlog formats) are told by content, not by name. So is a partial, which otlog
scan has written: partials and logs add up to one report, in any mix.

Filters select failures with all their records, and what they are a share of: time
by whole quarters of an hour, sessions and SDK versions by what is seen of them.`,
		Example: `  kubectl logs web-0 | otlog                      from a pipe
  otlog report --since 7d --sdk 2.35 logs/        a week, and clients of one SDK version
  otlog report *.arrow logs/today.log             partials of otlog scan and logs together
  otlog report --format csv --table methods logs/ for a spreadsheet
  otlog report --baseline last-week.arrow --fail-on 'session_rate regressed' logs/   for CI`,
		Args: cobra.ArbitraryArgs,
		RunE: root.RunE,
	}
	reportCmd.Flags().AddFlagSet(root.Flags())
	root.AddCommand(reportCmd, newScan(s), newMerge(s), newDiff(s), newEvents(s), newExplain(s), newFormats(s), newVersion(s), newGates(), newMan(s))
	complete(root)
	return root
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version of otlog and of its catalogue",
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.out, "otlog %s, catalogue %s\n", toolVersion(), catalogue.Version)
			return err
		},
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Errorf("%s takes no arguments, got %q", cmd.CommandPath(), args[0]))
	}
	return nil
}

// say tells the user something, one line at a time.
func say(w io.Writer, format string, args ...any) {
	for _, line := range strings.Split(fmt.Sprintf(format, args...), "\n") {
		if !strings.HasPrefix(line, "hint: ") {
			line = "otlog: " + line
		}
		fmt.Fprintln(w, line)
	}
}
