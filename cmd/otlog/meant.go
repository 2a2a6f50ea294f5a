package main

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otlog/otlog/report/lookup"
)

// flagError is the error of a command line whose flags cannot be read.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError(err)
	}
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
	// -window is read as letters.
	near := lookup.Nearest(cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName()), flags)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return usageError(errors.New(err.Error() + lookup.DidYouMean(near)))
}
