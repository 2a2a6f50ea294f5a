package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// finish writes the sum of all shards to a file: what otlog scan does after its scan.
func (o *options) finish(ctx context.Context, sum *block, name string, dirs map[string]int, missing []string) error {
	if err := sum.end(); err != nil {
		return err
	}
	rules := &private.Rules{Off: o.NoRedact}
	f := sum.file
	f.Part.Names = rules.Names(f.Part.Names)
	f.Missing = slices.Clone(missing)
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if sum.extra.None[dir] != dirs[dir] {
			continue
		}
		message := fmt.Sprintf("%s: no logs in this directory: looked at %s", words.Printable(dir), words.Count(dirs[dir], "file"))
		if len(dirs) == 1 {
			message += ": " + f.LeftOut.String()
		}
		f.Missing = append(f.Missing, message)
	}
	return writeFile(ctx, name, func(w io.Writer) error { return partial.Write(w, f, false) })
}

// writeFile writes a file that exists in whole or not at all. It replaces one that an earlier attempt
// wrote, maybe at the same time.
func writeFile(ctx context.Context, name string, write func(io.Writer) error) error {
	if !isRemote(name) {
		return writeLocal(name, write)
	}
	// An object exists once its writer is closed. A cancelled one never does.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer fs.Close() // the writer has its own errors
	w, err := fs.OpenWrite(ctx, name)
	if err != nil {
		return fmt.Errorf("%s: creating it: %w", name, err)
	}
	if err := write(w); err != nil {
		cancel()
		return errors.Join(fmt.Errorf("%s: writing it: %w", name, err), w.Close())
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("%s: writing it: %w", name, err)
	}
	return nil
}

func writeLocal(name string, write func(io.Writer) error) (err error) {
	w, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(w.Name())
		}
	}()
	if err := errors.Join(write(w), w.Chmod(0o644), w.Sync(), w.Close()); err != nil {
		return fmt.Errorf("%s: writing it: %w", name, err)
	}
	return os.Rename(w.Name(), name)
}

// An output is the file that the user wants. A job writes it under a name of its own, so that a job that
// fails, or another one, never leaves something under the user's.
type output struct{ name, temporary string }

// newOutput returns the output of a plan.
func newOutput(name string, p *plan) (*output, error) {
	out := &output{name: name}
	if !isRemote(name) {
		abs, err := filepath.Abs(name)
		if err != nil {
			return nil, fmt.Errorf("-o %s: %w", name, err)
		}
		if info, err := os.Stat(filepath.Dir(abs)); err != nil || !info.IsDir() {
			return nil, usageError(fmt.Errorf("-o %s: its directory does not exist", name))
		}
		if info, err := os.Stat(abs); err == nil && info.IsDir() {
			return nil, usageError(fmt.Errorf("-o %s: this is a directory", name))
		}
		if err := p.refuse(name, abs); err != nil {
			return nil, err
		}
		out.name = abs
	}
	out.temporary = out.name + ".job-" + rand.Text()[:10]
	return out, nil
}

// refuse returns an error if a file that is an input would be overwritten.
func (p *plan) refuse(name, abs string) error {
	old, err := os.Stat(abs)
	if err != nil {
		return nil // there is none
	}
	for _, s := range p.shards {
		for _, f := range s.Files {
			if info, err := os.Stat(f.Path); err == nil && os.SameFile(old, info) {
				return usageError(fmt.Errorf("-o %s: refusing to overwrite this file: it is an input of this command", words.Printable(name)))
			}
		}
	}
	return nil
}

// remove removes what a job wrote, if it did.
func (out *output) remove() {
	ctx := context.Background() // after an interrupt, too
	if fs, err := filesystem.New(ctx, out.temporary); err == nil {
		defer fs.Close()
		if r, ok := fs.(filesystem.Remover); ok {
			_ = r.Remove(ctx, out.temporary) // the error is that it does not exist
		}
	}
}

// commit gives the file its name.
func (out *output) commit(ctx context.Context) error {
	fs, err := filesystem.New(ctx, out.name)
	if err != nil {
		return fmt.Errorf("%s: %w", out.name, err)
	}
	defer fs.Close() // the renaming has its own error
	if err := filesystem.Rename(ctx, fs, out.temporary, out.name); err != nil {
		return fmt.Errorf("%s: renaming %s, which has the whole result: %w", out.name, out.temporary, err)
	}
	return nil
}

// A result is the partial that a job wrote.
type result struct {
	*partial.File
	at *os.File
}

func (r *result) close() { r.at.Close() } // read only

// open reads and verifies what the job wrote.
func (out *output) open(ctx context.Context) (*result, error) {
	at, err := out.local(ctx)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: the job ended, and its result is not here: workers wrote it on another machine\nhint: -o wants a directory that all machines share, or an object gs://… or s3://…", out.temporary)
	}
	if err != nil {
		return nil, err
	}
	info, err := at.Stat()
	if err != nil {
		at.Close()
		return nil, err
	}
	file, err := partial.Open(at, info.Size())
	if err != nil {
		at.Close()
		return nil, fmt.Errorf("%s: reading the result of the job: %w", out.temporary, err)
	}
	return &result{file, at}, nil
}

// local opens what the job wrote, or a copy of it.
func (out *output) local(ctx context.Context) (*os.File, error) {
	if !isRemote(out.temporary) {
		return os.Open(out.temporary)
	}
	fs, err := filesystem.New(ctx, out.temporary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", out.temporary, err)
	}
	defer fs.Close() // only read from
	r, err := fs.OpenRead(ctx, out.temporary)
	if err != nil {
		return nil, fmt.Errorf("%s: reading the result of the job: %w", out.temporary, err)
	}
	defer r.Close() // only read from
	f, err := unnamed.Create("")
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: reading the result of the job: %w", out.temporary, err)
	}
	return f, nil
}

// none reports whether nothing at all was read: then there is no partial.
func (r *result) none() bool { return len(r.Sources) == 0 && len(r.Missing) > 0 }

// report prints what could not be read, as otlog scan does, and returns the status as an error.
func (r *result) report(w io.Writer, p *plan) error {
	for _, m := range r.Missing[min(len(p.missing), len(r.Missing)):] { // the others were printed
		say(w, m)
	}
	for _, m := range report.SourceWarnings(r.Sources) {
		say(w, words.Printable(m))
	}
	if left := report.LeftOutWords(r.Sources, &r.LeftOut); left != "" {
		say(w, left)
	}
	switch {
	case len(r.Missing) > 0 || slices.ContainsFunc(r.Sources, func(s *aggregate.Source) bool { return s.Failed != nil }):
		return &statusError{status: exitFailed}
	case slices.ContainsFunc(r.Sources, (*aggregate.Source).Damaged), len(aggregate.Repeats(r.Sources)) > 0:
		return &statusError{status: exitDamaged}
	}
	return nil
}
