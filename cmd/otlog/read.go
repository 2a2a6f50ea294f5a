package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/cmd/otlog/internal/shards"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/cmd/otlog/internal/terminal"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report/words"
)

// readOptions are the flags of commands that add up logs and partials, as typed.
type readOptions struct {
	name   nameOption
	expect string       // the file of a list of shards
	shards *shards.List // once resolved; nil: what is read is not checked
	jobs   int
	force  bool
	quiet  bool
	ids    bool // keep session IDs as the logs have them
	unpack unpackOptions
	times  timeOptions
	rules  private.Rules
}

// addExpect adds the flag that lists the shards of a log.
func (o *readOptions) addExpect(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.expect, "expect", "", "fail, and write nothing, unless the inputs are the shards that `FILE` names, one per line; a shard\nwhose scan was repeated counts once")
}

func (o *readOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.IntVar(&o.jobs, "jobs", 0, "number of workers that read in parallel, 0 for one per core")
	f.BoolVar(&o.force, "force", false, "add up partials of different catalogue versions, and inputs with the same content")
	f.BoolVar(&o.quiet, "no-progress", false, "show no progress of long scans on the terminal")
	o.unpack.addFlags(cmd)
	o.times.addFlags(cmd)
	addNoRedact(cmd, &o.rules)
}

// resolve returns how to open logs.
func (o *readOptions) resolve(s streams) (input parse.Options, err error) {
	if o.jobs < 0 {
		return input, usageError(errors.New("--jobs: expected 0 or more"))
	}
	if o.shards, err = readShards(o.expect, &o.rules); err != nil {
		return input, err
	}
	if input, err = o.unpack.resolve(); err != nil {
		return input, err
	}
	input.Times, err = o.times.resolve(s.now)
	return input, err
}

// readShards reads a list of shards, whose names are the user's own; nil if the name of the file is empty.
func readShards(name string, rules *private.Rules) (*shards.List, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--expect: %w", err)
	}
	defer f.Close() // read only: nothing can be lost
	list, err := shards.Parse(name, f)
	if err != nil {
		return nil, usageError(fmt.Errorf("--expect: %w", err))
	}
	var own []parse.Source
	for _, shard := range list.Names() {
		own = append(own, parse.Source{Name: shard})
	}
	rules.Read(own)
	return list, nil
}

// A reading is what was read from logs and partials. It must be closed.
type reading struct {
	parts   []*aggregate.Part
	sources []*aggregate.Source
	missing []string // messages about arguments that matched nothing
	leftOut sieve.LeftOut
	space   *aggregate.Space

	claims   []claim // by the index of the source
	partials []*partial.File
	copies   []shards.Copy // of shards of these partials
	rules    *private.Rules
	open     closers // of partials, whose entries are read when the reading is settled
}

// close closes partials and removes temporary files.
func (r *reading) close() {
	r.space.Close() // its files are temporary
	r.open.Close()  // read only
}

// names returns the names of all inputs that were read.
func (r *reading) names() []string {
	out := namesOf(r.sources)
	for _, p := range r.partials {
		out = append(out, p.Name)
	}
	for _, c := range r.copies {
		out = append(out, c.Name)
	}
	return out
}

func namesOf(read []*aggregate.Source) []string {
	var out []string
	for _, s := range read {
		out = append(out, s.Name)
	}
	return out
}

// settle adds up what was read.
func (r *reading) settle() (*aggregate.Counts, error) {
	counts, err := aggregate.Settle(r.space, r.parts...)
	if err == nil {
		counts.Names = r.rules.Names(counts.Names)
	}
	return counts, err
}

// A scanner scans logs.
type scanner func([]parse.Source, aggregate.Options) (*aggregate.Result, error)

// read reads logs and partials. The caller closes the reading, even if there is an error.
func (o *readOptions) read(s streams, found *input, input parse.Options, scan scanner) (*reading, error) {
	input.Sieve = &sieve.Sieve{}
	r := &reading{space: o.unpack.space(), rules: &o.rules}
	r.claims = make([]claim, len(found.sources))
	claim := func(i int, f *parse.File) (bool, error) { return r.claim(i, f, o.force) }
	result, err := scan(found.sources, aggregate.Options{Jobs: o.jobs, Input: input, Space: r.space, KeepIDs: o.ids, HideID: o.rules.Hides, Claim: claim})
	// Report the first partial that cannot be added up, whichever ended the scan.
	if err := r.takePartials(); err != nil {
		return r, err
	}
	if o.name.name != "" && len(r.partials) > 0 {
		return r, usageError(fmt.Errorf("--name: %s is a partial, whose inputs have their names already", words.Printable(found.sources[0].Path)))
	}
	r.leaveOut(s, o.shards)
	if err := partial.CheckVersions(r.partials, o.force); err != nil {
		return r, err
	}
	if err != nil {
		return r, err
	}
	if err := checkKept(result.Sources); err != nil {
		return r, err
	}
	r.rules.Sources(result.Sources)
	if o.shards != nil {
		if err := o.shards.Check(r.partials, result.Sources, r.sources); err != nil {
			return r, err
		}
	}
	r.parts, r.sources = append(r.parts, result.Parts...), append(r.sources, result.Sources...)
	if err := found.sift(s, input.Sieve, len(r.sources)+len(r.partials)); err != nil {
		return r, err
	}
	r.missing, r.leftOut = slices.Clone(found.missing), input.Sieve.LeftOut()
	r.rules.LeftOut(&r.leftOut)
	for _, p := range r.partials {
		r.leftOut.Add(&p.LeftOut)
		r.parts, r.sources = append(r.parts, p.Part), append(r.sources, p.Sources...)
		for _, m := range p.Missing {
			r.missing = append(r.missing, words.Printable(p.Name)+": "+m)
		}
	}
	return r, partial.CheckInputs(r.partials, result.Sources, o.force)
}

// leaveOut leaves out the partials that hold nothing but copies of shards, and says so.
func (r *reading) leaveOut(s streams, list *shards.List) {
	if list == nil {
		return
	}
	r.partials, r.copies = list.Once(r.partials)
	for _, c := range r.copies {
		say(s.err, "%s", c)
	}
}

// scan returns a scanner that shows its progress.
func (o *readOptions) scan(s streams) scanner {
	return func(sources []parse.Source, options aggregate.Options) (*aggregate.Result, error) {
		if !o.quiet {
			defer terminal.ShowProgress(s.err, sources)()
		}
		return aggregate.Scan(sources, options)
	}
}

// sayHashed names the partials that have sessions only as hashes.
func (r *reading) sayHashed(s streams) {
	for _, p := range r.partials {
		if !p.Part.HasIDs {
			say(s.err, "%s: this partial has sessions only as hashes, so --show-sessions cannot show them\nhint: scan its logs again with otlog scan --show-sessions", words.Printable(p.Name))
		}
	}
}

// A claim is a source that is a partial: the open file or why it could not be opened.
type claim struct {
	name   string
	file   *partial.File
	closer io.Closer
	err    error
}

// claim takes a source from the scan if it is an Arrow stream. It ends the scan with an error if
// the partial must not be added up, whatever the other sources are.
func (r *reading) claim(i int, f *parse.File, force bool) (bool, error) {
	if !partial.Is(f.Head()) {
		return false, nil
	}
	file, closer, err := openPartial(f)
	r.claims[i] = claim{f.Name, file, closer, err}
	var version *partial.VersionError
	switch {
	case errors.As(err, &version):
		return true, err
	case err == nil:
		return true, partial.CheckVersions([]*partial.File{file}, force)
	}
	return true, nil
}

// takePartials adds the claimed partials, in the order of the sources. A partial that cannot
// be read becomes a damaged source.
func (r *reading) takePartials() error {
	var failed error
	for _, c := range r.claims {
		c.err = r.rules.Error(c.err)
		var version *partial.VersionError
		var kept *unnamed.Error
		switch {
		case c.file != nil:
			c.file.Part, c.file.Missing = r.rules.Part(c.file.Part), r.rules.Messages(c.file.Missing)
			r.rules.Sources(c.file.Sources)
			r.rules.LeftOut(&c.file.LeftOut)
			r.partials, r.open = append(r.partials, c.file), append(r.open, c.closer)
		case errors.As(c.err, &kept):
			failed = cmp.Or(failed, fmt.Errorf("%s: keeping it to read it repeatedly: %w", words.Printable(c.name), c.err))
		case errors.As(c.err, &version) && failed == nil:
			failed = fmt.Errorf("%s: %w", words.Printable(c.name), c.err)
		case c.err != nil:
			r.sources = append(r.sources, &aggregate.Source{Name: c.name, Format: "partial", Damage: c.err})
		}
	}
	return failed
}

// openPartial opens an Arrow stream as a partial. A stream that is not a regular file is
// copied to a temporary file first. If it fails, it closes f.
func openPartial(f *parse.File) (*partial.File, io.Closer, error) {
	closer := closers{f}
	if _, _, ok := f.Regular(); !ok {
		copied, err := stream.Keep(f.Stream())
		if err == nil {
			closer = append(closer, copied)
			f, err = parse.Open(parse.Source{Name: f.Name, Open: func() (io.ReadCloser, error) { return copied, nil }})
		}
		if err != nil {
			closer.Close()
			return nil, nil, err
		}
	}
	file, err := partial.OpenFile(f)
	if err != nil {
		closer.Close() // read only: nothing can be lost
		return nil, nil, err
	}
	return file, closer, nil
}

type closers []io.Closer

func (c closers) Close() error {
	var errs []error
	for _, one := range c {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
