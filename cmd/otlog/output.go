package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report/words"
)

// fileOf returns the file that -o names, "" for standard output, which is also -.
func fileOf(name string) string {
	if name == "-" {
		return ""
	}
	return name
}

// emit writes to a file, or to standard output if name is empty.
func emit(s streams, name string, write func(io.Writer) error) error {
	if name == "" {
		return stream.Buffered(s.out, write)
	}
	return stream.WriteWhole(name, write)
}

// checkOutput returns an error if a file of -o would replace an input of the command: a source, or one of
// other files. A log that exists is not replaced either, because a shell makes -o a.log b.log of -o *.log.
// The files of a directory are known to be inputs only when they have been read (checkRead).
func checkOutput(s streams, name string, sources []parse.Source, others ...string) error {
	old := replaced(name)
	if old == nil {
		return nil
	}
	is := func(info os.FileInfo, err error) bool { return err == nil && os.SameFile(old, info) }
	refused := slices.ContainsFunc(others, func(other string) bool { return is(os.Stat(other)) })
	for _, source := range sources {
		switch {
		case source.Path == "-":
			refused = refused || is(s.in.Stat())
		case source.Dir == "":
			refused = refused || is(os.Stat(source.Path))
		}
	}
	if refused {
		return overwrites(name, "it is an input of this command")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil // it may be replaced all the same
	}
	defer f.Close() // read only
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(f, head) // an error is that there is less
	if head = head[:n]; n > 0 && !sieve.IsOutput(head) && !partial.Is(head) && (sieve.IsLogName(name) || sieve.LooksLikeLog(head) && !bytes.HasPrefix(head, []byte("<"))) {
		return overwrites(name, "it exists, and looks like a log")
	}
	return nil
}

// checkRead returns an error if a file of -o would replace a file of a directory that was read.
func checkRead(name string, sources []parse.Source, read []string) error {
	old := replaced(name)
	if old == nil {
		return nil
	}
	for _, source := range sources {
		info, err := os.Stat(source.Path)
		if source.Dir == "" || err != nil || !os.SameFile(old, info) {
			continue
		}
		if slices.ContainsFunc(read, func(of string) bool { return of == source.Path || strings.HasPrefix(of, source.Path+"/") }) {
			return overwrites(name, "it is an input of this command")
		}
	}
	return nil
}

// replaced returns the regular file that a file of -o would replace, nil if there is none.
func replaced(name string) os.FileInfo {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return info
}

func overwrites(name, why string) error {
	return usageError(fmt.Errorf("-o %s: refusing to overwrite this file: %s\nhint: -o takes the next argument: -o *.log is -o a.log b.log for a shell", words.Printable(name), why))
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
