package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report"
)

func newExplain(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain NAME|CODE|METHOD ...",
		Short: "Say what an error, a code or a method's errors mean, and what to do",
		Example: `  otlog explain OT_TIMEOUT
  otlog explain 1500
  otlog explain Session.publish`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(errors.New("explain what? Give an error name, a code or a method"))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var words []string
			for _, e := range catalogue.Errors()[1:] {
				words = append(words, e.Name)
			}
			for _, m := range catalogue.Methods()[1:] {
				words = append(words, m.Name)
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			for i, query := range args {
				if i > 0 {
					fmt.Fprintln(s.out)
				}
				err := report.Explain(s.out, query)
				var unknown *report.UnknownError
				if errors.As(err, &unknown) && len(unknown.Near) > 0 {
					return usageError(fmt.Errorf("%w\nhint: did you mean %s?", err, strings.Join(unknown.Near, " or ")))
				}
				if err != nil {
					return usageError(err)
				}
			}
			return nil
		},
	}
}
