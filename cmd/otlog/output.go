package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/report/words"
)

// emit writes to a file, or to standard output if name is empty.
func emit(s streams, name string, write func(io.Writer) error) error {
	if name == "" {
		return stream.Buffered(s.out, write)
	}
	return stream.WriteWhole(name, write)
}

// emitText writes a text for people as emit does. If it is longer than the terminal that it goes to,
// it is shown in a pager; where there is none, last is its last line. all prints it at once.
func emitText(s streams, name string, all bool, last string, write func(io.Writer) error) error {
	tty := terminal.Of(s.out)
	if name != "" || tty == nil || all {
		return emit(s, name, write)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return terminal.Page(tty, b.Bytes(), []byte("\n"+words.Printable(last)+"\n"))
}

// widthOf returns the width of the terminal that standard output is, in columns, 0 if it is none.
func widthOf(s streams) int {
	tty := terminal.Of(s.out)
	if tty == nil {
		return 0
	}
	return terminal.Width(tty)
}

// addPager adds the flag that prints at once.
func addPager(cmd *cobra.Command, all *bool) {
	cmd.Flags().BoolVar(all, "no-pager", false, "on a terminal, print a long text at once instead of in $PAGER (less)")
}

// compression is the flag for the compression of Arrow, as typed.
type compression struct{ how string }

func (c *compression) addFlag(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&c.how, "compress", "none", what+"none, which every reader of Arrow opens, or zstd")
	// Fails only if the flag does not exist.
	_ = cmd.RegisterFlagCompletionFunc("compress", cobra.FixedCompletions([]string{"none", "zstd"}, cobra.ShellCompDirectiveNoFileComp))
}

// resolve reports whether Arrow is compressed.
func (c *compression) resolve() (bool, error) {
	if c.how != "" && c.how != "none" && c.how != "zstd" {
		return false, usageError(fmt.Errorf("--compress: expected none or zstd, got %q", c.how))
	}
	return c.how == "zstd", nil
}

// colorOption is the flag for colours, as typed.
type colorOption struct{ when string }

func (o *colorOption) addFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.when, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	// Fails only if the flag does not exist.
	_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

func (o *colorOption) check() error {
	switch o.when {
	case "auto", "always", "never":
		return nil
	}
	return usageError(fmt.Errorf("--color: expected auto, always or never, got %q", o.when))
}

// on reports whether text is coloured. NO_COLOR is that of no-color.org; a terminal called dumb
// has no colours.
func (o *colorOption) on(terminal bool) bool {
	if o.when == "auto" {
		return terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return o.when == "always"
}
