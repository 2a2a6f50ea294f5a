package shell

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// CheckEmpty returns an error if a flag was given an empty value, or if an argument is empty. Mostly a
// variable of a script is not set; to go on would read or select something else than was meant.
func CheckEmpty(cmd *cobra.Command, args []string) error {
	if cmd.Name() == cobra.ShellCompRequestCmd || cmd.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil // the word at the cursor may be empty
	}
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && (isEmpty(f.Value) || isEmptyShort(f)) {
			err = emptyValue(f)
		}
	})
	if err == nil && slices.Contains(args, "") {
		err = errors.New("an argument is empty" + unset)
	}
	return err
}

const unset = "\nhint: is a variable not set?"

func emptyValue(f *pflag.Flag) error { return fmt.Errorf("--%s: empty value%s", f.Name, unset) }

// isEmptyShort reports whether the value of a flag with a short name is that of -o=, which pflag reads as
// "=". A file of that name is ./=.
func isEmptyShort(f *pflag.Flag) bool { return f.Shorthand != "" && f.Value.String() == "=" }

// isEmpty reports whether a value, or one of several, is empty.
func isEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		return len(list.GetSlice()) == 0 || slices.Contains(list.GetSlice(), "")
	}
	return v.String() == ""
}
