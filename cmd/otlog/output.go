package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// compression is the flag for how Arrow is packed, as typed.
type compression struct{ how string }

func (c *compression) addFlag(cmd *cobra.Command, what string) {
	cmd.Flags().StringVar(&c.how, "compress", "none", what+"none, so that every reader of Arrow opens it, or zstd")
	// The error says that there is no such flag, which stands above.
	_ = cmd.RegisterFlagCompletionFunc("compress", cobra.FixedCompletions([]string{"none", "zstd"}, cobra.ShellCompDirectiveNoFileComp))
}

// resolve reports whether Arrow is packed.
func (c *compression) resolve() (bool, error) {
	if c.how != "" && c.how != "none" && c.how != "zstd" {
		return false, usageError(fmt.Errorf("--compress: expected none or zstd, got %q", c.how))
	}
	return c.how == "zstd", nil
}

// emit writes to a file, or to standard output if name is empty. A file is written
// beside and renamed, so that what bears its name is whole; but a pipe, a device or a link
// keeps its place.
func emit(s streams, name string, write func(io.Writer) error) error {
	if name == "" {
		return buffered(s.out, write)
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // the link stays one
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(buffered(f, write), f.Close())
	}
	beside, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(beside.Name()) // fails after the rename, as it should
	defer removeAtEnd(beside.Name())()
	err = buffered(beside, write)
	if err := errors.Join(err, beside.Chmod(0o644), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), name)
}

func buffered(to io.Writer, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(to, 64<<10)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}
