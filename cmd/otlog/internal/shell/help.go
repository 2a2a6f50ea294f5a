// Package shell is the command line as its user meets it: help, the manual page, completion,
// and suggestions for misspelled flags and commands. All of them follow from the commands
// and their flags.
package shell

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Width is the maximum width of help in columns.
const Width = 100

// A Guide has what help needs beside the commands.
type Guide struct {
	Groups   []FlagGroup
	First    []string    // flags that the help of the root command shows; all are in groups
	Statuses [][2]string // exit statuses and what they mean
	Version  string
}

// A FlagGroup is a heading and the names of the flags below it. A command may have only some
// of them.
type FlagGroup struct {
	Heading string
	Flags   []string
}

// A FlagList is a heading and the flags of one command below it.
type FlagList struct {
	Heading string
	Flags   []*pflag.Flag
}

// fewFlags need no groups.
const fewFlags = 5

// Lists returns the flags of a command by group. Flags without a group come first.
func (g *Guide) Lists(cmd *cobra.Command) []FlagList {
	var rest []*pflag.Flag
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			rest = append(rest, f)
		}
	})
	var out []FlagList
	if len(rest) > fewFlags {
		for _, group := range g.Groups {
			list := FlagList{Heading: group.Heading}
			for _, name := range group.Flags {
				if i := slices.IndexFunc(rest, func(f *pflag.Flag) bool { return f.Name == name }); i >= 0 {
					list.Flags = append(list.Flags, rest[i])
					rest = slices.Delete(rest, i, i+1)
				}
			}
			if len(list.Flags) > 0 {
				out = append(out, list)
			}
		}
	}
	if len(rest) > 0 {
		out = slices.Insert(out, 0, FlagList{"Flags", rest})
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

// Help returns the help of a command, at most width columns wide, of which there are at least [Narrowest]
// and at most [Width].
func (g *Guide) Help(cmd *cobra.Command, width int) string {
	width = min(max(width, Narrowest), Width)
	var b strings.Builder
	block := func(heading string, lines ...string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if heading != "" {
			b.WriteString(heading + ":\n")
		}
		b.WriteString(fit(strings.Join(lines, "\n"), width) + "\n")
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
			lines = append(lines, hang(fmt.Sprintf("  %-11s", c.Name()), c.Short, width))
		}
		block("Commands", lines...)
	}
	if !cmd.HasParent() {
		block("Flags used most", g.firstLines(cmd, width)...)
		block("", "All flags and the exit status: otlog report --help; of a command: otlog COMMAND --help")
		return b.String()
	}
	for _, list := range g.Lists(cmd) {
		var lines []string
		for _, f := range list.Flags {
			typed, usage := describe(f)
			if f.Shorthand == "" {
				typed = "    " + typed
			}
			if width < wideEnough {
				lines = append(lines, "  "+strings.TrimLeft(typed, " "), flow(usage, "      ", "      ", width))
				continue
			}
			lines = append(lines, hang(fmt.Sprintf("  %-27s", typed), usage, width))
		}
		block(list.Heading, lines...)
	}
	if cmd.Flags().Lookup("fail-on") != nil {
		var all []string
		for _, s := range g.Statuses {
			all = append(all, s[0]+" "+s[1])
		}
		block("", hang("Exit status:", strings.Join(all, ", "), width))
	}
	return b.String()
}

// listed returns the subcommands and help topics of a command.
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

// wideEnough is the width from which flags and what they do are beside each other.
const wideEnough = 72

// firstLines returns a line for each flag of g.First.
func (g *Guide) firstLines(cmd *cobra.Command, width int) []string {
	var lines []string
	for _, group := range g.Groups {
		heading := group.Heading
		for _, name := range group.Flags {
			if !slices.Contains(g.First, name) {
				continue
			}
			typed, usage := describe(cmd.Flags().Lookup(name))
			if width < wideEnough {
				if heading != "" {
					lines = append(lines, "  "+heading)
				}
				lines = append(lines, "    "+typed, flow(usage, "      ", "      ", width))
			} else {
				left := fmt.Sprintf("  %-16s %-18s ", heading, typed)
				lines = append(lines, left+brief(usage, width-len(left)))
			}
			heading = ""
		}
	}
	return lines
}

// hang writes text after head and wraps it with an indent as wide as head.
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

// brief shortens a text to a number of columns: to whole clauses if the cut text has some,
// else to whole words.
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
