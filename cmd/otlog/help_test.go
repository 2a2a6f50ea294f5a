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

	"github.com/otlog/otlog/cmd/otlog/internal/shell"
)

// commandLines returns the arguments that call each command.
func commandLines(cmd *cobra.Command) [][]string {
	out := [][]string{strings.Fields(cmd.CommandPath())[1:]}
	for _, c := range cmd.Commands() {
		out = append(out, commandLines(c)...)
	}
	return out
}

// TestHelpFits checks the width of every command's help, and that otlog's fits on a screen.
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
			if n := utf8.RuneCountInString(line) - 1; n > shell.Width {
				t.Errorf("otlog %s --help: %d columns: %s", strings.Join(args, " "), n, line)
			}
		}
		if n := strings.Count(out.String(), "\n"); len(args) == 0 && (n < 24 || n > 42) {
			t.Errorf("otlog --help: %d lines", n)
		}
	}
}

// TestHelpFitsNarrowTerminals checks the help of every command at the widths of small terminals. Only a
// word may be wider.
func TestHelpFitsNarrowTerminals(t *testing.T) {
	root := newRoot(streams{})
	root.InitDefaultHelpCmd()
	for _, width := range []int{40, 60, 71, 72, 80, 99} {
		for _, args := range commandLines(root) {
			cmd, _, err := root.Find(args)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(guide().Help(cmd, width)) {
				line = strings.TrimSuffix(line, "\n")
				if utf8.RuneCountInString(line) > width && strings.Contains(strings.TrimSpace(line), " ") {
					t.Errorf("otlog %s --help at %d columns: %s", strings.Join(args, " "), width, line)
				}
			}
		}
	}
	if guide().Help(root, 1) != guide().Help(root, shell.Narrowest) || guide().Help(root, 500) != guide().Help(root, shell.Width) {
		t.Error("a width is out of bounds")
	}
}

// TestEveryFlagHasAGroup compares the groups of the guide with the flags of commands.
func TestEveryFlagHasAGroup(t *testing.T) {
	root := newRoot(streams{})
	for _, cmd := range root.Commands() {
		lists := guide().Lists(cmd)
		if len(lists) > 1 && lists[0].Heading == "Flags" {
			for _, f := range lists[0].Flags {
				t.Errorf("otlog %s: --%s is in no group", cmd.Name(), f.Name)
			}
		}
		n := 0
		for _, list := range lists {
			n += len(list.Flags)
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
	for _, g := range guide().Groups {
		grouped = append(grouped, g.Flags...)
	}
	for _, name := range guide().First {
		if root.Flags().Lookup(name) == nil || !slices.Contains(grouped, name) {
			t.Errorf("otlog --help shows --%s, which is not a flag in a group", name)
		}
	}
}

// TestCommandsAreMeant compares the commands that are suggested with those that exist.
func TestCommandsAreMeant(t *testing.T) {
	for _, cmd := range newRoot(streams{}).Commands() {
		if hint := shell.CommandMeant([]string{cmd.Name() + "x"}); hint != "\nhint: did you mean the command "+cmd.Name()+"?" {
			t.Errorf("%sx: %q", cmd.Name(), hint)
		}
	}
}
