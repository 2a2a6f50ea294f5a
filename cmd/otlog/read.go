package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify/catalogue"
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

	partials []openPartial
}

// An openPartial is a partial that is read when its entries are asked for.
type openPartial struct {
	name string
	*partial.File
	closer io.Closer
}

// close removes what was kept on disk.
func (r *reading) close() {
	r.space.Close() // nothing is lost with it
	for _, p := range r.partials {
		p.closer.Close()
	}
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
	logs, err := r.open(s, found.sources, &input)
	if err != nil {
		return r, err
	}
	if err := r.checkVersions(o.force); err != nil {
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
			r.missing = append(r.missing, p.name+": "+m)
		}
	}
	return r, r.checkInputs(result.Sources, o.force)
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

// open opens the partials among sources, and returns the others. One that cannot be read
// becomes a damaged source.
func (r *reading) open(s streams, sources []parse.Source, input *parse.Options) (logs []parse.Source, err error) {
	for _, source := range sources {
		var p *openPartial
		var err error
		switch {
		case source.Path != "-":
			p, err = openPartialFile(source)
		case input.Stdin == nil:
			input.Stdin, p, err = openPartialStream(source, s.in)
		}
		var version *partial.VersionError
		switch {
		case errors.As(err, &version):
			return nil, fmt.Errorf("%s: %w", words.Printable(source.Name()), err)
		case err != nil:
			r.sources = append(r.sources, &aggregate.Source{Name: source.Name(), Format: "partial", Damage: err})
		case p != nil:
			p.name = words.Printable(source.Name())
			r.partials = append(r.partials, *p)
		default:
			logs = append(logs, source)
		}
	}
	return logs, nil
}

// openPartialFile opens a file if it is an Arrow stream; else there is no partial.
func openPartialFile(source parse.Source) (*openPartial, error) {
	info, err := os.Stat(source.Path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil // to read it as a log tells why
	}
	f, err := os.Open(source.Path)
	if err != nil {
		return nil, nil
	}
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	f.Close() // only read from: nothing can be lost
	if !partial.Is(head[:n]) {
		return nil, nil
	}
	file, closer, err := partial.OpenFile(source.Path, source.Name())
	if err != nil {
		return nil, err
	}
	return &openPartial{File: file, closer: closer}, nil
}

// openPartialStream keeps a stream in a temporary file if it is an Arrow stream; else it
// returns how to read it as a log.
func openPartialStream(source parse.Source, in io.Reader) (io.Reader, *openPartial, error) {
	stream := bufio.NewReader(in)
	if head, _ := stream.Peek(4); !partial.Is(head) {
		return stream, nil, nil
	}
	kept := &kept{from: stream}
	if _, err := io.Copy(io.Discard, kept); err != nil {
		kept.remove()
		return stream, nil, err
	}
	file, closer, err := partial.OpenFile(kept.file.Name(), source.Name())
	if err != nil {
		kept.remove()
		return stream, nil, err
	}
	return stream, &openPartial{File: file, closer: closers{closer, closerFunc(kept.remove)}}, nil
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

// checkVersions refuses partials that were given twice, and those whose records were
// classified by another catalogue.
func (r *reading) checkVersions(force bool) error {
	names := map[[16]byte]string{}
	for _, p := range r.partials {
		if before, twice := names[p.Digest]; twice {
			return fmt.Errorf("%s and %s are the same partial, which must not count twice\nhint: leave one of them out", before, p.name)
		}
		names[p.Digest] = p.name
		if !force && !slices.Equal(p.Catalogues, []string{catalogue.Version}) {
			return fmt.Errorf("%s was classified with catalogue %s, and this otlog has %s: some errors may have another name in it, or none\nhint: scan its logs again, or add it up as it is with --force",
				p.name, words.Printable(fmt.Sprint(p.Catalogues)), catalogue.Version)
		}
	}
	return nil
}

// checkInputs refuses an input that two partials hold, or that one holds and that was
// scanned as well: those of the same name, size, and first and last bytes.
func (r *reading) checkInputs(scanned []*aggregate.Source, force bool) error {
	if force || len(r.partials) == 0 {
		return nil
	}
	type input struct {
		name string
		aggregate.Identity
	}
	holder := map[input]int{}
	shards := [][]*aggregate.Source{scanned}
	names := []string{"the logs"}
	for _, p := range r.partials {
		shards, names = append(shards, p.Sources), append(names, p.name)
	}
	for i, sources := range shards {
		for _, s := range sources {
			key := input{filepath.Base(s.Name), s.Identity}
			if s.Identity.Size == 0 {
				continue
			}
			if before, held := holder[key]; held && before != i {
				return fmt.Errorf("%s stands in %s and in %s, and must not count twice\nhint: leave one of them out, or add up both with --force if they are two logs that look alike", words.Printable(s.Name), names[before], names[i])
			}
			holder[key] = i
		}
	}
	return nil
}

// catalogues returns the versions of the catalogue by which records were classified.
func (r *reading) catalogues() []string {
	out := []string{catalogue.Version}
	for _, p := range r.partials {
		out = append(out, p.Catalogues...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
