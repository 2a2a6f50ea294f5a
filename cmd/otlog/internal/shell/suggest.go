package shell

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otlog/otlog/report/lookup"
)

// FlagError adds a suggestion to the error of an unknown flag, and says what a value must be.
func FlagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		f := invalid.GetFlag()
		switch {
		case invalid.GetValue() == "":
			return emptyValue(f)
		case strings.HasPrefix(f.Value.Type(), "int"):
			return fmt.Errorf("--%s: expected a number, got %q", f.Name, invalid.GetValue())
		}
		return err
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
	// pflag reads -window as one flag per letter.
	typed := cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName())
	// The start of a longer name is more likely than another name of the same length: --base is --baseline.
	near := slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return len(typed) < 3 || !strings.HasPrefix(f, typed) })
	if len(near) == 0 {
		near = lookup.Nearest(typed, flags)
	}
	for i := range near {
		near[i] = "--" + near[i]
	}
	return errors.New(err.Error() + lookup.DidYouMean(near))
}

// Commands are the names of all commands.
var Commands = []string{"report", "scan", "merge", "diff", "session", "events", "explain", "formats", "gates", "hash", "man", "version", "completion", "help"}

// CommandMeant returns a suggestion for a misspelled command, which otlog takes for a path;
// "" if the arguments resemble none.
func CommandMeant(args []string) string {
	if len(args) != 1 && len(args) != 2 || strings.ContainsAny(args[0], "./\\*") {
		return ""
	}
	near := lookup.Nearest(args[0], Commands)
	if len(near) == 0 {
		return ""
	}
	return lookup.DidYouMean([]string{"the command " + near[0]})
}
