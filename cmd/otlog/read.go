package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/words"
)

// readOptions are the flags of commands that add up logs and partials, as typed.
type readOptions struct {
	jobs   int
	memory string
	force  bool
	quiet  bool
	unpack unpackOptions
	times  timeOptions
}

func (o *readOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&o.jobs, "jobs", 0, "how many workers read in parallel, 0 for one per core")
	f.StringVar(&o.memory, "memory", "1GiB", "how much to hold in memory, about: what is beyond goes to temporary files (in $TMPDIR)")
	f.BoolVar(&o.force, "force", false, "add up partials of other catalogue versions, and inputs that look like one counted twice")
	f.BoolVar(&o.quiet, "no-progress", false, "do not tell on the terminal how far a long reading is")
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
}

// resolve returns how to open logs, and how much memory there is, in bytes.
func (o *readOptions) resolve(s streams) (input parse.Options, memory int64, err error) {
	if o.jobs < 0 {
		return input, 0, usageError(errors.New("--jobs: expected a number from 0"))
	}
	if memory, err = parseMemory(o.memory); err != nil {
		return input, 0, usageError(fmt.Errorf("--memory: %w", err))
	}
	if input, err = o.unpack.resolve(); err != nil {
		return input, 0, err
	}
	input.Times, err = o.times.resolve(s.now)
	return input, memory, err
}

// A reading is what was read of logs and partials.
type reading struct {
	parts   []*aggregate.Part
	sources []*aggregate.Source
	missing []string // what should have been read, in words
	space   *aggregate.Space

	partials []*partial.File
	open     closers // of partials, whose entries are read when they are asked for
}

// close closes partials and removes temporary files.
func (r *reading) close() {
	r.space.Close() // nothing is lost with it
	r.open.Close()  // only read from
}

// settle adds up what was read.
func (r *reading) settle() (*aggregate.Counts, error) { return aggregate.Settle(r.space, r.parts...) }

// A scanner scans logs.
type scanner func([]parse.Source, aggregate.Options) (*aggregate.Result, error)

// read adds up logs and partials. The reading is to be closed, even if there is an
// error.
func (o *readOptions) read(s streams, found *input, input parse.Options, memory int64, scan scanner) (*reading, error) {
	// What is held leaves room for what is not yet collected. Nearer to the bound, the
	// collector would do little else.
	debug.SetMemoryLimit(memory + memory/4)
	r := &reading{missing: slices.Clone(found.missing), space: aggregate.NewSpace("", memory, partial.Codec{}, removeAtEnd)}
	logs, err := r.openPartials(s, found.sources, &input)
	if err != nil {
		return r, err
	}
	if err := partial.CheckVersions(r.partials, o.force); err != nil {
		return r, err
	}
	result, err := scan(logs, aggregate.Options{Jobs: o.jobs, Input: input, Space: r.space})
	if err != nil {
		return r, err
	}
	r.parts, r.sources = append(r.parts, result.Parts...), append(r.sources, result.Sources...)
	for _, p := range r.partials {
		r.parts, r.sources = append(r.parts, p.Part), append(r.sources, p.Sources...)
		for _, m := range p.Missing {
			r.missing = append(r.missing, words.Printable(p.Name)+": "+m)
		}
	}
	return r, partial.CheckInputs(r.partials, result.Sources, o.force)
}

// scan scans logs and tells how far it is.
func (o *readOptions) scan(s streams) scanner {
	return func(sources []parse.Source, options aggregate.Options) (*aggregate.Result, error) {
		stdin, stop := showProgress(s, sources, options.Input.Stdin, !o.quiet)
		defer stop()
		options.Input.Stdin = stdin
		return aggregate.Scan(sources, options)
	}
}

// openPartials opens the partials among sources, and returns the other sources. A partial
// that cannot be read becomes a damaged source.
func (r *reading) openPartials(s streams, sources []parse.Source, input *parse.Options) (logs []parse.Source, err error) {
	for _, source := range sources {
		var p *partial.File
		var closer io.Closer
		var err error
		switch {
		case source.Path != "-":
			p, closer, err = openPartialFile(source)
		case input.Stdin == nil:
			input.Stdin, p, closer, err = openPartialStream(source, s.in)
		}
		var version *partial.VersionError
		switch {
		case errors.As(err, &version):
			return nil, fmt.Errorf("%s: %w", words.Printable(source.Name()), err)
		case err != nil:
			r.sources = append(r.sources, &aggregate.Source{Name: source.Name(), Format: "partial", Damage: err})
		case p != nil:
			r.partials, r.open = append(r.partials, p), append(r.open, closer)
		default:
			logs = append(logs, source)
		}
	}
	return logs, nil
}

// openPartialFile opens a file that is an Arrow stream. For any other file it returns nil.
func openPartialFile(source parse.Source) (*partial.File, io.Closer, error) {
	info, err := os.Stat(source.Path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, nil // reading it as a log reports why
	}
	f, err := os.Open(source.Path)
	if err != nil {
		return nil, nil, nil
	}
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	f.Close() // only read from: nothing can be lost
	if !partial.Is(head[:n]) {
		return nil, nil, nil
	}
	return partial.OpenFile(source.Path, source.Name())
}

// openPartialStream copies a stream that is an Arrow stream to a temporary file, and opens
// that. Any other stream is returned as a reader, from its beginning.
func openPartialStream(source parse.Source, in io.Reader) (io.Reader, *partial.File, io.Closer, error) {
	stream := bufio.NewReader(in)
	if head, _ := stream.Peek(4); !partial.Is(head) {
		return stream, nil, nil, nil
	}
	kept := &kept{from: stream}
	if _, err := io.Copy(io.Discard, kept); err != nil {
		kept.remove()
		return stream, nil, nil, err
	}
	file, closer, err := partial.OpenFile(kept.file.Name(), source.Name())
	if err != nil {
		kept.remove()
		return stream, nil, nil, err
	}
	return stream, file, closers{closer, closerFunc(kept.remove)}, nil
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, one := range c {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}

type closerFunc func()

func (f closerFunc) Close() error { f(); return nil }
