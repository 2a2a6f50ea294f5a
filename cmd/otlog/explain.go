package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/cmd/otlog/internal/shell"
	"github.com/otlog/otlog/report/explain"
	"github.com/otlog/otlog/report/lookup"
)

func newExplain(s streams) *cobra.Command {
	var all bool
	var format string
	cmd := &cobra.Command{
		Use:   "explain NAME|CODE|METHOD ...",
		Short: "Explain an error, a code or the errors of a method: meaning and remedy",
		Example: `  otlog explain OT_TIMEOUT
  otlog explain 1500
  otlog explain Session.publish
  otlog explain --all --format markdown`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && !all:
				return usageError(errors.New("expected an error name, a code or a method, or --all"))
			case len(args) > 0 && all:
				return usageError(errors.New("--all takes no arguments"))
			case format != "text" && (format != "markdown" || !all):
				return usageError(fmt.Errorf("--format: expected text, or markdown with --all, got %q%s", format, lookup.DidYouMean(lookup.Nearest(format, []string{"text", "markdown"}))))
			}
			return nil
		},
		ValidArgsFunction: shell.Explained,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case all && format == "markdown":
				return explain.WriteAllMarkdown(s.out)
			case all:
				return explain.WriteAll(s.out)
			}
			for i, query := range args {
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				err := explain.Write(s.out, query)
				var unknown *explain.UnknownError
				if errors.As(err, &unknown) {
					return usageError(fmt.Errorf("%w%s", err, lookup.DidYouMean(unknown.Near)))
				}
				if err != nil {
					return usageError(err)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "explain all errors and codes")
	cmd.Flags().StringVar(&format, "format", "text", "text, or markdown with --all")
	_ = cmd.RegisterFlagCompletionFunc("format", shell.Words("text", "markdown")) // fails only if the flag does not exist
	return cmd
}
