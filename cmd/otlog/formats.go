package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/parse"
)

func newFormats(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the input formats, with an example of each",
		Long: `formats lists the input formats. otlog detects the format of each file by its content;
--input-format NAME sets it.`,
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
