package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(s streams) *cobra.Command {
	return &cobra.Command{
		Use:                   "man",
		Short:                 "Write the manual page",
		Example:               `  otlog man > otlog.1 && man -l otlog.1`,
		Args:                  noArgs,
		DisableFlagsInUseLine: true, // or the page would tell of flags here only
		ValidArgsFunction:     cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(s.out, manual(cmd.Root()))
			return err
		},
	}
}

// A roff is a text in the macros of man(7).
type roff struct{ strings.Builder }

// escaped returns text that shows as it is.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune(`\-'"^~`+"`", r):
			b.WriteString(map[rune]string{
				'\\': `\e`, '-': `\-`, '\'': `\(aq`, '"': `\(dq`, '^': `\(ha`, '~': `\(ti`, '`': `\(ga`,
			}[r])
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// line writes a line of text.
func (w *roff) line(text string) {
	if strings.HasPrefix(text, ".") {
		w.WriteString(`\&`) // else it is a macro
	}
	w.WriteString(escaped(text) + "\n")
}

func (w *roff) macro(name string, args ...string) {
	w.WriteString("." + name)
	for _, a := range args {
		if a == "" || strings.Contains(a, " ") {
			a = `"` + escaped(a) + `"`
		} else {
			a = escaped(a)
		}
		w.WriteString(" " + a)
	}
	w.WriteByte('\n')
}

// prose writes paragraphs.
func (w *roff) prose(text string) {
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		w.macro("PP")
		w.line(strings.Join(strings.Fields(paragraph), " "))
	}
}

// verbatim writes lines that are not to be filled.
func (w *roff) verbatim(text string) {
	w.macro("PP")
	w.macro("nf")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		w.line(line)
	}
	w.macro("fi")
}

// item writes what stands behind a tag.
func (w *roff) item(tag, text string) {
	w.macro("TP")
	w.macro("B", tag)
	w.line(text)
}

func (w *roff) flags(flags []*pflag.Flag) {
	for _, f := range flags {
		if f.Name != "help" {
			w.item(describe(f))
		}
	}
}

// manual writes the manual page of all commands. It tells no date, so that the same
// otlog writes the same page.
func manual(root *cobra.Command) string {
	w := &roff{}
	report, _, _ := root.Find([]string{"report"}) // which there is
	w.macro("TH", "OTLOG", "1", "", "otlog "+toolVersion(), "Logs of OpenTok / Vonage Video")
	w.macro("nh") // a flag is not to be broken
	w.macro("ad", "l")
	w.macro("SH", "NAME")
	w.line("otlog - " + strings.ToLower(root.Short[:1]) + root.Short[1:])
	w.macro("SH", "SYNOPSIS")
	for _, c := range append([]*cobra.Command{root}, listed(root)...) {
		if c != report && !c.IsAdditionalHelpTopicCommand() {
			w.macro("B", useLine(c))
			w.macro("br")
		}
	}
	w.macro("SH", "DESCRIPTION")
	w.prose(root.Long)
	w.prose(report.Long)
	w.macro("SH", "OPTIONS")
	w.prose("Other commands have some of them.")
	for _, list := range groupFlags(report) {
		w.macro("SS", list.heading)
		w.flags(list.flags)
	}
	w.macro("SH", "COMMANDS")
	w.prose("otlog COMMAND --help tells of one alone.")
	for _, c := range listed(root) {
		if c != report {
			w.command(c, report)
		}
	}
	w.macro("SH", "EXIT STATUS")
	for _, s := range statuses() {
		w.item(s[0], s[1])
	}
	w.prose("Of several, the first of 2, 1, 4 and 3 counts.")
	w.macro("SH", "ENVIRONMENT")
	w.item("NO_COLOR", "If it is set and not empty, nothing is coloured.")
	w.item("TMPDIR", "Where temporary files go: what --memory does not hold, and a pipe that is read twice.")
	w.item("TZ", "The zone that Local means in --tz and --assume-tz.")
	w.macro("SH", "FILES")
	w.item("$XDG_CONFIG_HOME/otlog/hash-key", "The secret by which rows for other tools hash session IDs, unless --hash-key-file names another; "+
		"made at first use. Without XDG_CONFIG_HOME it is below ~/.config, on macOS ~/Library/Application Support, on Windows %AppData%.")
	w.macro("SH", "EXAMPLES")
	w.verbatim(root.Example + "\n" + report.Example)
	w.macro("SH", "SEE ALSO")
	w.prose("https://github.com/otlog/otlog")
	return w.String()
}

// command writes what a command is for. Of its flags, those that report has too are
// only named.
func (w *roff) command(cmd, report *cobra.Command) {
	w.macro("SS", cmd.CommandPath())
	w.prose(cmd.Short + ".")
	switch {
	case cmd.IsAdditionalHelpTopicCommand():
		w.verbatim(cmd.Long) // it has tables
		return
	case cmd.Long != "":
		w.prose(cmd.Long)
	}
	var own []*pflag.Flag
	var shared []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if same := report.Flags().Lookup(f.Name); same != nil && same.Usage == f.Usage {
			shared = append(shared, "--"+f.Name)
		} else if !f.Hidden {
			own = append(own, f)
		}
	})
	w.flags(own)
	if shared = slices.DeleteFunc(shared, func(name string) bool { return name == "--help" }); len(shared) > 0 {
		w.prose("As above: " + strings.Join(shared, ", ") + ".")
	}
	if cmd.HasExample() {
		w.verbatim(cmd.Example)
	}
}
