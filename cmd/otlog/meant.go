package main

import (
	"cmp"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otlog/otlog/report"
)

// didYouMean is a line behind an error, "" if nothing is known to be meant.
func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "\nhint: did you mean " + strings.Join(near, " or ") + "?"
}

// flagError is the error of a command line whose flags cannot be read.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError(err)
	}
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
	// -window is read as letters.
	near := report.Nearest(cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName()), flags)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return usageError(errors.New(err.Error() + didYouMean(near)))
}
