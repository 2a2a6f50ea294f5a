package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandLines returns the words that call each command.
func commandLines(cmd *cobra.Command) [][]string {
	out := [][]string{strings.Fields(cmd.CommandPath())[1:]}
	for _, c := range cmd.Commands() {
		out = append(out, commandLines(c)...)
	}
	return out
}

// TestHelpFits holds the help of every command to a width, and that of otlog to a screen.
func TestHelpFits(t *testing.T) {
	root := newRoot(streams{})
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	all := commandLines(root)
	if len(all) < 17 {
		t.Fatalf("only %d commands: %q", len(all), all)
	}
	for _, args := range all {
		var out, errs bytes.Buffer
		if status := run(append(args, "--help"), streams{in: os.Stdin, out: &out, err: &errs}); status != exitDone || errs.Len() > 0 {
			t.Fatalf("otlog %s --help: exit status %d: %s", strings.Join(args, " "), status, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(line) - 1; n > helpWidth {
				t.Errorf("otlog %s --help: %d columns: %s", strings.Join(args, " "), n, line)
			}
		}
		if n := strings.Count(out.String(), "\n"); len(args) == 0 && (n < 24 || n > 40) {
			t.Errorf("otlog --help: %d lines", n)
		}
	}
}

// TestEveryFlagHasAGroup holds flagGroups and the flags of the commands with many together.
func TestEveryFlagHasAGroup(t *testing.T) {
	root := newRoot(streams{})
	for _, cmd := range root.Commands() {
		lists := groupFlags(cmd)
		if len(lists) > 1 && lists[0].heading == "Flags" {
			for _, f := range lists[0].flags {
				t.Errorf("otlog %s: --%s is in no group", cmd.Name(), f.Name)
			}
		}
		n := 0
		for _, list := range lists {
			n += len(list.flags)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				n--
			}
		})
		if n != 0 {
			t.Errorf("otlog %s: help shows %+d flags", cmd.Name(), n)
		}
	}
	var grouped []string
	for _, g := range flagGroups() {
		grouped = append(grouped, g.flags...)
	}
	for _, name := range firstFlags() {
		if root.Flags().Lookup(name) == nil || !slices.Contains(grouped, name) {
			t.Errorf("otlog --help shows --%s, which is no flag in a group", name)
		}
	}
}

// TestCommandsAreMeant holds the commands that a misspelled one is taken for and those
// there are together.
func TestCommandsAreMeant(t *testing.T) {
	for _, cmd := range newRoot(streams{}).Commands() {
		if hint := commandMeant([]string{cmd.Name() + "x"}); hint != "\nhint: did you mean the command "+cmd.Name()+"?" {
			t.Errorf("%sx: %q", cmd.Name(), hint)
		}
	}
}

func TestBrief(t *testing.T) {
	for _, test := range [...]struct {
		text  string
		width int
		want  string
	}{
		{"short enough", 12, "short enough"},
		{"a clause ends, and\n\tanother", 20, "a clause ends"},
		{"a sentence ends. Another", 16, "a sentence ends"},
		{"nothing ends in here", 12, "nothing…"},
		{"it, begins with a clause", 20, "it, begins with a…"},
		{"unbreakable", 6, "unbre…"},
		{"“…” is three runes", 5, "“…”…"},
	} {
		if got := brief(test.text, test.width); got != test.want {
			t.Errorf("%q at %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestHang(t *testing.T) {
	want := "head: one\n      two\n      a-word-too-long\n      …"
	if got := hang("head:", "one two a-word-too-long …", 10); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestRoffShowsTextAsItIs writes what roff would take for its own.
func TestRoffShowsTextAsItIs(t *testing.T) {
	w := &roff{}
	w.line(`.fi 5 % of \n 'a' "b" --c ^ ~ … ` + "`")
	w.line("'quoted'")
	w.macro("B", `a "b" -c`)
	want := `\&.fi 5 % of \en \(aqa\(aq \(dqb\(dq \-\-c \(ha \(ti \[u2026] \(ga
\(aqquoted\(aq
.B "a \(dqb\(dq \-c"
`
	if w.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", w, want)
	}
}
