package main

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/gate"
)

// complete says what a shell may offer for the words of a command line.
func complete(root *cobra.Command) {
	root.ValidArgsFunction = completePath
	values := map[string]cobra.CompletionFunc{
		"error":     completeError,
		"method":    completeWords(methodNames()...),
		"fail-on":   completeGate,
		"since":     completeWords("today", "yesterday", "24h", "7d"),
		"until":     completeWords("today", "yesterday", "24h", "7d"),
		"tz":        completeWords(zones()...),
		"assume-tz": completeWords(zones()...),
	}
	// Values that are no files, and that nobody can guess.
	for _, flag := range []string{"jobs", "max-expansion", "memory", "sdk", "session", "time-format", "top"} {
		values[flag] = cobra.NoFileCompletions
	}
	for _, cmd := range append(root.Commands(), root) {
		for flag, of := range values {
			if cmd.Flags().Lookup(flag) != nil {
				// The error says that there is one: otlog and otlog report share their flags.
				_ = cmd.RegisterFlagCompletionFunc(flag, of)
			}
		}
	}
}

// meaningWidth is how much of what a word means is shown beside it.
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
		first, _, _ := strings.Cut(c.Text, "-") // a range is explained by any of its codes
		out = append(out, cobra.CompletionWithDesc(first, brief(c.Meaning, meaningWidth)))
	}
	return out
}

// zones are some of those that --tz knows; the others stand in no list.
func zones() []cobra.Completion {
	return []cobra.Completion{
		"UTC", "Local", "America/Los_Angeles", "America/New_York", "America/Sao_Paulo",
		"Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "Europe/London",
	}
}

// completeWords offers those of words that begin with what was typed.
func completeWords(words ...cobra.Completion) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeError offers errors. What is typed without OT_ goes on as the whole name, where
// the shell has a way to replace it.
func completeError(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	out := beginning(typed, errorNames())
	if typed != "" {
		out = append(out, beginning("OT_"+strings.ToUpper(typed), errorNames())...)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeExplained offers errors, which may be explained without OT_, methods and codes.
func completeExplained(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
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

// completeGate offers what a gate begins with. A comparison follows.
func completeGate(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var words []cobra.Completion
	for _, m := range gate.Measures(typed) {
		words = append(words, cobra.CompletionWithDesc(m[0], m[1]))
	}
	return beginning(typed, words), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// beginning returns those of words that begin with what was typed, in any case. What
// was typed in small letters goes on in small letters, which otlog reads too: shells
// drop what does not begin with it to the letter.
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

// completePath offers what may stand behind otlog beside a command, which is a path.
// Shells look for files only where they are offered nothing, so with a command files
// are offered as well.
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
	entries, _ := os.ReadDir(".") // what cannot be read is not offered
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
