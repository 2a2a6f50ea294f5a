package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how many columns help takes at most.
const helpWidth = 100

// A flagGroup is what stands under one heading. Commands have some of its flags.
type flagGroup struct {
	heading string
	flags   []string
}

func flagGroups() []flagGroup {
	return []flagGroup{
		{"What to read", []string{"input-format", "time-format", "assume-tz", "max-expansion", "force"}},
		{"What to select", []string{"since", "until", "tz", "method", "error", "ignore", "session", "sdk"}},
		{"What to compare", []string{"window", "by", "baseline", "fail-on"}},
		{"How to print", []string{"format", "table", "output", "top", "color", "live", "compress", "hash-key-file"}},
		{"How to run", []string{"once", "jobs", "memory", "no-progress", "help"}},
	}
}

// firstFlags are those that the help of otlog itself has room for.
func firstFlags() []string {
	return []string{"since", "method", "error", "window", "baseline", "fail-on", "format", "output", "live"}
}

// fewFlags need no groups.
const fewFlags = 5

// A flagList is some flags of a command, and what they are about.
type flagList struct {
	heading string
	flags   []*pflag.Flag
}

// groupFlags puts the flags of a command in groups; those that are in none come first.
func groupFlags(cmd *cobra.Command) []flagList {
	var rest []*pflag.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			rest = append(rest, f)
		}
	})
	var out []flagList
	if len(rest) > fewFlags {
		for _, g := range flagGroups() {
			list := flagList{heading: g.heading}
			for _, name := range g.flags {
				if i := slices.IndexFunc(rest, func(f *pflag.Flag) bool { return f.Name == name }); i >= 0 {
					list.flags = append(list.flags, rest[i])
					rest = slices.Delete(rest, i, i+1)
				}
			}
			if len(list.flags) > 0 {
				out = append(out, list)
			}
		}
	}
	if len(rest) > 0 {
		out = slices.Insert(out, 0, flagList{"Flags", rest})
	}
	return out
}

// describe returns a flag as it is typed, with a name for its value, and what it does.
func describe(f *pflag.Flag) (typed, usage string) {
	value, usage := pflag.UnquoteUsage(f)
	switch value {
	case "string":
		value = strings.ToUpper(f.Name)
	case "int":
		value = "N"
	}
	typed = strings.TrimSpace("--" + f.Name + " " + value)
	if f.Shorthand != "" {
		typed = "-" + f.Shorthand + ", " + typed
	}
	usage = strings.Join(strings.Fields(usage), " ")
	if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" {
		usage += " (default " + d + ")"
	}
	return typed, usage
}

// statuses say how a command ends.
func statuses() [][2]string {
	return [][2]string{
		{"0", "done"},
		{"1", "failed"},
		{"2", "wrong usage"},
		{"3", "done, but some input was damaged"},
		{"4", "a gate of --fail-on fired"},
		{"130 or 143", "ended by Ctrl-C or kill; --live ends with its report, and its status"},
	}
}

// help writes what a command is for and how it is used.
func help(cmd *cobra.Command, _ []string) {
	// Nobody is left to tell if it cannot be written.
	_, _ = io.WriteString(cmd.OutOrStdout(), helpText(cmd))
}

func helpText(cmd *cobra.Command) string {
	var b strings.Builder
	block := func(heading string, lines ...string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if heading != "" {
			b.WriteString(heading + ":\n")
		}
		b.WriteString(strings.Join(lines, "\n") + "\n")
	}
	block("", strings.TrimRight(cmp.Or(cmd.Long, cmd.Short), "\n"))
	if cmd.IsAdditionalHelpTopicCommand() {
		return b.String()
	}
	block("", "Usage: "+useLine(cmd))
	if cmd.HasExample() {
		block("Examples", cmd.Example)
	}
	if commands := listed(cmd); len(commands) > 0 {
		var lines []string
		for _, c := range commands {
			lines = append(lines, fmt.Sprintf("  %-11s %s", c.Name(), c.Short))
		}
		block("Commands", lines...)
	}
	if !cmd.HasParent() {
		block("Flags used most", firstLines(cmd)...)
		block("", "All flags and the exit status: otlog report --help; of a command: otlog COMMAND --help")
		return b.String()
	}
	for _, list := range groupFlags(cmd) {
		var lines []string
		for _, f := range list.flags {
			typed, usage := describe(f)
			if f.Shorthand == "" {
				typed = "    " + typed
			}
			lines = append(lines, hang(fmt.Sprintf("  %-27s", typed), usage, helpWidth))
		}
		block(list.heading, lines...)
	}
	if cmd.Flags().Lookup("fail-on") != nil {
		var all []string
		for _, s := range statuses() {
			all = append(all, s[0]+" "+s[1])
		}
		block("", hang("Exit status:", strings.Join(all, ", "), helpWidth))
	}
	return b.String()
}

// listed are the commands below one, and the help topics.
func listed(cmd *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(cmd.Commands()), func(c *cobra.Command) bool {
		return !c.IsAvailableCommand() && !c.IsAdditionalHelpTopicCommand()
	})
}

// useLine returns how a command is called.
func useLine(cmd *cobra.Command) string {
	if cmd.Runnable() {
		return cmd.UseLine()
	}
	var names []string
	for _, c := range listed(cmd) {
		names = append(names, c.Name())
	}
	return cmd.CommandPath() + " " + strings.Join(names, "|")
}

// firstLines has a line for each of the firstFlags.
func firstLines(cmd *cobra.Command) []string {
	var lines []string
	first := firstFlags()
	for _, g := range flagGroups() {
		heading := g.heading
		for _, name := range g.flags {
			if !slices.Contains(first, name) {
				continue
			}
			typed, usage := describe(cmd.Flags().Lookup(name))
			left := fmt.Sprintf("  %-16s %-18s ", heading, typed)
			lines = append(lines, left+brief(usage, helpWidth-len(left)))
			heading = ""
		}
	}
	return lines
}

// hang writes text behind head, and goes on below itself.
func hang(head, text string, width int) string {
	indent := utf8.RuneCountInString(head) + 1
	var b strings.Builder
	b.WriteString(head)
	column := indent - 1
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		if column >= indent && column+1+n > width {
			b.WriteString("\n" + strings.Repeat(" ", indent-1))
			column = indent - 1
		}
		b.WriteString(" " + word)
		column += 1 + n
	}
	return b.String()
}

// brief cuts a text to so many columns, behind a clause if there is one.
func brief(text string, width int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= width {
		return string(runes)
	}
	word := 0
	for i := width; i > width/2; i-- {
		switch {
		case runes[i] != ' ':
		case strings.ContainsRune(".,;:", runes[i-1]):
			return string(runes[:i-1])
		case word == 0 && i < width:
			word = i
		}
	}
	return string(runes[:cmp.Or(word, width-1)]) + "…"
}
