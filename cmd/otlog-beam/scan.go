package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"sync"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/aggregate/ranges"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/internal/unnamed"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/unpack/window"
	"github.com/otlog/otlog/report/words"
)

// A budget divides what a worker process has among the scans that run at the same time. Engines start any
// number of them.
type budget struct {
	once    sync.Once
	slots   chan struct{}
	jobs    int   // of each scan
	memory  int64 // likewise
	windows *window.Budget
}

var ours budget

// enter waits for a slot. The first job decides how many there are.
func (b *budget) enter(o *options) (leave func()) {
	b.once.Do(func() {
		// A scan keeps all cores busy unless it unpacks one file on one core. With about the square root of
		// the number of cores, some scans can overlap, and blocks of text take about twice the memory that
		// they take in one scan.
		cores := o.jobs()
		slots := int(math.Ceil(math.Sqrt(float64(cores))))
		b.slots = make(chan struct{}, slots)
		b.jobs = (2*cores + slots - 1) / slots
		b.memory = o.Memory / int64(slots)
		b.windows = window.New(o.Memory)
		debug.SetMemoryLimit(o.Memory + o.Memory/4) // as otlog does
	})
	b.slots <- struct{}{}
	return func() { <-b.slots }
}

// scan scans a shard, and emits its block as pieces.
func (o *options) scan(ctx context.Context, s *shard, emit func([]byte)) error {
	if err := o.check(); err != nil {
		return err
	}
	leave := ours.enter(o)
	defer leave()
	input, err := o.input()
	if err != nil {
		return err
	}
	input.Sieve, input.Windows = &sieve.Sieve{}, ours.windows
	rules := &private.Rules{Off: o.NoRedact}
	var network network
	sources := make([]parse.Source, len(s.Files))
	for i := range s.Files {
		sources[i] = s.Files[i].source(ctx, network.failed(s.Files[i].Name))
	}
	rules.Read(sources)
	one := s.Files[0].Range // of the only file, if it is set
	space := aggregate.NewSpace("", ours.memory, partial.Codec{})
	defer space.Close() // its files are temporary
	how := aggregate.Options{Jobs: ours.jobs, Input: input, Space: space, KeepIDs: o.KeepIDs, HideID: rules.Hides, Claim: refusePartial}
	if one != nil {
		how.Sections, how.Input.SectionSize, how.Input.Divide = &[2]int{one.From, one.To}, s.Files[0].Section, true
	}
	result, err := aggregate.Scan(sources, how)
	if err = errors.Join(err, network.err); err != nil {
		return err
	}
	for _, source := range result.Sources {
		if kept := (*unnamed.Error)(nil); errors.As(source.Failed, &kept) {
			// The disk is at fault, and not the input.
			return fmt.Errorf("%s: %w", words.Printable(source.Name), source.Failed)
		}
	}
	rules.Sources(result.Sources)
	left := input.Sieve.LeftOut()
	rules.LeftOut(&left)
	out := &block{first: s.Number, last: s.Number, file: &partial.File{
		Part: aggregate.Merge(result.Parts...), Sources: result.Sources, LeftOut: left,
		ToolVersion: o.Tool, Catalogues: []string{catalogue.Version},
	}}
	if one != nil {
		if err := checkRange(&s.Files[0], result.Sources); err != nil {
			return fmt.Errorf("%s: %w", words.Printable(s.Files[0].Name), err)
		}
		one.Take(result.Sources[0])
		out.extra.Ranges = map[int]*ranges.Range{0: one}
	}
	for _, f := range s.Files {
		if n := input.Sieve.None(f.Dir); f.Dir != "" && n > 0 {
			if out.extra.None == nil {
				out.extra.None = map[string]int{}
			}
			out.extra.None[f.Dir] = n
		}
	}
	return writeBlock(out, emit)
}

// checkRange returns an error unless a range was read of the file that the launcher has seen.
func checkRange(f *file, read []*aggregate.Source) error {
	const meanwhile = "it was written to meanwhile, or it is another file on this machine"
	switch {
	case len(read) != 1 || !read[0].Open:
		return fmt.Errorf("it cannot be read in ranges any more: %s", meanwhile)
	case read[0].Failed != nil:
		return read[0].Failed
	case read[0].Identity.Size != f.Bytes:
		return fmt.Errorf("it has %d bytes, and had %d when the job began: %s", read[0].Identity.Size, f.Bytes, meanwhile)
	case read[0].Damage != nil && read[0].Compression != "":
		// Nothing after the damage would count if the file were read in order.
		return fmt.Errorf("%w\nhint: --range 0 reads what precedes the damage", read[0].Damage)
	}
	return nil
}

// refusePartial ends a scan that finds a partial among the logs.
func refusePartial(_ int, f *parse.File) (bool, error) {
	if !partial.Is(f.Head()) {
		return false, nil
	}
	return false, fmt.Errorf("%s is a partial, and not a log\nhint: otlog merge adds it to the partial of this command", words.Printable(f.Name))
}

// A network keeps the first error of reading objects.
type network struct {
	mu  sync.Mutex
	err error
}

func (n *network) failed(name string) func(error) {
	return func(err error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.err == nil {
			n.err = fmt.Errorf("%s: %w", words.Printable(name), err)
		}
	}
}
