package shell

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (w *roff) flags(flags []*pflag.Flag) {
	for _, f := range flags {
		if f.Name != "help" {
			w.item(describe(f))
		}
	}
}

// Manual returns the manual page of all commands. It has no date, so that it depends on the
// version alone.
func (g *Guide) Manual(root *cobra.Command) string {
	w := &roff{}
	report, _, _ := root.Find([]string{"report"}) // which exists
	w.macro("TH", "OTLOG", "1", "", "otlog "+g.Version, "Logs of OpenTok / Vonage Video")
	w.macro("nh") // do not break flags at hyphens
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
	w.prose("Other commands have some of these flags.")
	for _, list := range g.Lists(report) {
		w.macro("SS", list.Heading)
		w.flags(list.Flags)
	}
	w.macro("SH", "COMMANDS")
	w.prose("otlog COMMAND --help shows the help of one command.")
	for _, c := range listed(root) {
		if c != report {
			w.command(c, report)
		}
	}
	w.macro("SH", "EXIT STATUS")
	for _, s := range g.Statuses {
		w.item(s[0], s[1])
	}
	w.prose("If several apply, the exit status is the first of 2, 1, 4 and 3.")
	w.macro("SH", "ENVIRONMENT")
	w.item("NO_COLOR", "If set and not empty, there are no colours.")
	w.item("TMPDIR", "The directory for temporary files: data beyond --memory, and pipes that are read twice.")
	w.item("TZ", "The zone that Local means in --tz and --assume-tz.")
	w.macro("SH", "FILES")
	w.item("$XDG_CONFIG_HOME/otlog/hash-key", "The secret that hashes session IDs in rows for other tools, unless --hash-key-file names a file. "+
		"It is created at first use. Without XDG_CONFIG_HOME it is below ~/.config, on macOS ~/Library/Application Support, on Windows %AppData%.")
	w.macro("SH", "EXAMPLES")
	w.verbatim(root.Example + "\n" + report.Example)
	w.macro("SH", "SEE ALSO")
	w.prose("https://github.com/otlog/otlog")
	return w.String()
}

// command writes what a command is for. Flags that report has too are only named.
func (w *roff) command(cmd, report *cobra.Command) {
	w.macro("SS", cmd.CommandPath())
	w.prose(cmd.Short + ".")
	switch {
	case cmd.IsAdditionalHelpTopicCommand():
		w.verbatim(cmd.Long) // keeps its tables
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
