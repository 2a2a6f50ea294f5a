package shell

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/gate"
	"github.com/otlog/otlog/report/lookup"
)

// Complete sets what a shell may offer for the arguments and flags of all commands.
func Complete(root *cobra.Command) {
	root.ValidArgsFunction = completePath
	values := map[string]cobra.CompletionFunc{
		"error":     completeError,
		"method":    completeMethod,
		"fail-on":   completeGate,
		"since":     Words("today", "yesterday", "24h", "7d"),
		"until":     Words("today", "yesterday", "24h", "7d"),
		"tz":        Words(zones()...),
		"assume-tz": Words(zones()...),
	}
	// Values that are neither files nor known words.
	for _, flag := range []string{"jobs", "max-expansion", "memory", "sdk", "session", "time-format", "top"} {
		values[flag] = cobra.NoFileCompletions
	}
	for _, cmd := range append(root.Commands(), root) {
		for flag, of := range values {
			if cmd.Flags().Lookup(flag) != nil {
				// The error says that the flag has a completion: otlog and otlog report share flags.
				_ = cmd.RegisterFlagCompletionFunc(flag, of)
			}
		}
	}
}

// meaningWidth is the maximum width of the meaning beside a word, in columns.
const meaningWidth = 60

func errorNames() []cobra.Completion {
	var out []cobra.Completion
	for _, e := range catalogue.Errors()[1:] {
		out = append(out, cobra.CompletionWithDesc(e.Name, brief(e.Meaning, meaningWidth)))
	}
	return out
}

func methodNames() []cobra.Completion {
	var out []cobra.Completion
	for _, m := range catalogue.Methods()[1:] {
		out = append(out, cobra.CompletionWithDesc(m.Name, brief(m.Summary, meaningWidth)))
	}
	return out
}

func codes() []cobra.Completion {
	var out []cobra.Completion
	for _, c := range catalogue.Codes() {
		first, _, _ := strings.Cut(c.Text, "-") // any code of a range explains it
		out = append(out, cobra.CompletionWithDesc(first, brief(c.Meaning, meaningWidth)))
	}
	return out
}

// zones are some of the zones that --tz accepts: the system has no list of all.
func zones() []cobra.Completion {
	return []cobra.Completion{
		"UTC", "Local", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo",
		"Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London",
	}
}

// Words returns a completion that offers the words that begin with the typed text.
func Words(words ...cobra.Completion) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeMethod offers methods, and without their class those that only one class has.
func completeMethod(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	words := methodNames()
	if typed != "" {
		for _, m := range catalogue.Methods()[1:] {
			if _, bare, _ := strings.Cut(m.Name, "."); len(lookup.Methods(bare)) == 1 {
				words = append(words, cobra.CompletionWithDesc(bare, brief(m.Summary, meaningWidth)))
			}
		}
	}
	return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp
}

// completeError offers errors. If the typed text lacks OT_, it offers the whole name, for
// shells that can replace what was typed.
func completeError(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	out := beginning(typed, errorNames())
	if typed != "" {
		out = append(out, beginning("OT_"+strings.ToUpper(typed), errorNames())...)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// Explained is a completion that offers errors, with and without OT_, methods and codes.
func Explained(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	words := slices.Concat(errorNames(), methodNames(), codes())
	if typed != "" {
		for _, e := range errorNames() {
			if bare, ok := strings.CutPrefix(e, "OT_"); ok {
				words = append(words, bare)
			}
		}
	}
	return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp
}

// completeGate offers the beginnings of gates. The user types the comparison.
func completeGate(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var words []cobra.Completion
	for _, m := range gate.Measures(typed) {
		words = append(words, cobra.CompletionWithDesc(m[0], m[1]))
	}
	return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// beginning returns the words that begin with the typed text, ignoring case. If the typed text
// is in lower case, so are the words, which otlog accepts too: shells drop words that differ
// from the typed text in case.
func beginning(typed string, words []cobra.Completion) []cobra.Completion {
	var out []cobra.Completion
	for _, w := range words {
		word, meaning, _ := strings.Cut(w, "\t")
		switch {
		case len(word) < len(typed) || !strings.EqualFold(word[:len(typed)], typed):
			continue
		case !strings.HasPrefix(word, typed) && strings.ToLower(typed) == typed:
			word = strings.ToLower(word)
		}
		if meaning != "" {
			word = cobra.CompletionWithDesc(word, meaning)
		}
		out = append(out, word)
	}
	return out
}

// completePath offers paths after otlog. Shells look for files only if they are offered
// nothing, so where a command matches, completePath offers files too.
func completePath(root *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	offered := false
	for _, c := range root.Commands() {
		if c.Hidden || !strings.HasPrefix(c.Name(), typed) {
			continue
		}
		offered = true
		if c.IsAdditionalHelpTopicCommand() {
			out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
		}
	}
	if len(args) > 0 || root.Flags().NFlag() > 0 || !offered {
		return nil, cobra.ShellCompDirectiveDefault
	}
	entries, _ := os.ReadDir(".") // a directory that cannot be read offers nothing
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, typed) || strings.HasPrefix(name, ".") || strings.ContainsAny(name, "\t\r\n") {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		out = append(out, name)
	}
	return out, cobra.ShellCompDirectiveDefault
}
