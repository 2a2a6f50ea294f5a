package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/lookup"
)

func newFormats(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the formats that logs are read in, with an example of each",
		Long: `formats lists the formats that logs are read in. They are told by content, file by
file; --input-format NAME tells it instead.`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			for i, f := range parse.Formats {
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				if _, err := fmt.Fprintf(s.out, "%s: %s\n    %s\n", f.Name, f.About, f.Example); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range parse.Formats {
		names = append(names, f.Name)
	}
	return names
}

func (o *unpackOptions) addFormat(cmd *cobra.Command) {
	const flag = "input-format"
	cmd.Flags().StringVar(&o.format, flag, "", "read all inputs as `FORMAT` (see otlog formats) instead of telling it by their content")
	// The error says that there is no such flag, which stands above.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
}

func (o *unpackOptions) checkFormat() error {
	if o.format == "" {
		return nil
	}
	if _, ok := parse.FormatOf(o.format); ok {
		return nil
	}
	return usageError(fmt.Errorf("--input-format: %q is not a format: expected %s%s", o.format, strings.Join(formatNames(), ", "), lookup.DidYouMean(lookup.Nearest(o.format, formatNames()))))
}
