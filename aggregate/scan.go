// Package aggregate turns classified events into counts that add up.
//
// The path of a record through the package, with the file of each step:
//
//  1. [Scan] runs the stages on every core (scan.go): readers fill blocks with records;
//     workers decode them and classify them (worker.go). Each [Source] accounts for its
//     bytes and records (source.go).
//  2. Each worker counts in its own [Tally] (tally.go): which session was seen when
//     (session.go), the [Evidence] of errors (evidence.go), and each [Step] of an attempt
//     (attempt.go). Errors, methods and labels are numbers there (package names).
//  3. A Tally is a sum. It is read as a [Part]: entries sorted by session ID (part.go).
//     Files hold parts, too, and so does a [Space] on disk if memory is short. [Merge]
//     reads several parts as one (merge.go).
//  4. [Settle] finds the session of every connection and client, and moves what is known of
//     them there (settle.go). It divides IDs by their first bits among all cores.
//  5. [Counts.Sessions] yields one session after the other (group.go), with the failures
//     (failure.go, section.go) and attempts that a [Filter] selects (filter.go), made on all cores.
//
// The windows of a report are unions of quarter-hours, each a [Bucket] (package coverage). An
// [Index] finds the failure of a single record (index.go).
//
// Package batch turns settled sessions into Arrow record batches, package partial writes
// and reads parts as Arrow streams, package spill keeps sets that outgrow memory, and package
// cores divides work.
package aggregate

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/otlog/otlog/aggregate/account"
	"github.com/otlog/otlog/aggregate/cores"
	"github.com/otlog/otlog/aggregate/origins"
	"github.com/otlog/otlog/aggregate/stretch"
	"github.com/otlog/otlog/aggregate/texts"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/parse/unpack/parallel"
)

// Options control a scan. The zero value is the sensible choice.
type Options struct {
	Jobs    int           // workers; 0: one per core
	Input   parse.Options // how to open sources; sections have 4 MiB if it gives no size
	Space   *Space        // for what does not fit into memory; nil: no bound of memory
	KeepIDs bool          // keep session IDs as the logs have them, for Session.Text
	// HideID, if set, reports whether an ID is not kept. It is called by several goroutines.
	HideID func([]byte) bool

	// Claim, if set, is offered each source as soon as it is open, by several goroutines;
	// i is its index. If Claim returns true, it has taken the file, which Scan then neither
	// reads nor closes. An error ends the scan.
	Claim func(i int, f *parse.File) (bool, error)

	// Sections, if set, are the first section to be read of plain files, and the one after the last. Sources are Open.
	Sections *[2]int

	// Look, if set, is called with the result so far, soon after it has changed, but not
	// more often than Every nor for more than a fifth of the time. The Result is valid
	// until Look returns. There is only one worker then, which calls Look.
	Look  func(*Result)
	Every time.Duration
}

// A Result is what a scan found.
type Result struct {
	Parts   []*Part   // for Settle or Merge
	Sources []*Source // in the order given, members of an archive in its order
}

// Scan reads all sources to their end. It reports trouble with a source in Result.Sources
// and goes on; it returns an error if Claim fails, or if the Space does. The sum of the
// parts does not depend on the number of workers.
func Scan(sources []parse.Source, o Options) (*Result, error) {
	jobs := o.Jobs
	switch {
	case o.Look != nil:
		jobs = 1
	case jobs <= 0:
		jobs = runtime.GOMAXPROCS(0)
	}
	s := &scan{
		claim: o.Claim,
		only:  o.Sections,
		live:  o.Look != nil,
		space: o.Space,
		tasks: make(chan task),
		ended: make(chan struct{}),
		slots: make(chan struct{}, jobs),
	}
	o.Input.SectionSize = cmp.Or(o.Input.SectionSize, stretch.Bytes)
	memory := int64(0)
	if s.space != nil {
		memory = s.space.limit
	}
	s.blocks = stretch.NewPool(jobs, memory, s.live)
	o.Input.Pool = parallel.For(jobs, memory)
	found := &foundSources{inputs: make([][]*Source, len(sources))}
	go func() {
		defer close(s.tasks)
		for i, src := range sources {
			s.slots <- struct{}{}
			s.sources.Go(func() {
				s.open(i, src, o.Input, func(to *Source) { found.add(i, to) })
				<-s.slots
			})
		}
		s.sources.Wait()
	}()

	parts := make([][]*Part, jobs)
	var workers sync.WaitGroup
	for i := range parts {
		workers.Go(func() {
			tally := &Tally{texts: texts.IDs{Keep: o.KeepIDs, Hide: o.HideID}}
			s.work(i, tally, newGlance(&o, tally, found))
			parts[i] = tally.End()
		})
	}
	workers.Wait()
	if s.err != nil {
		return nil, s.err
	}
	return &Result{Parts: slices.Concat(parts...), Sources: found.all()}, nil
}

// A scan is the state of one run of Scan.
type scan struct {
	claim   func(int, *parse.File) (bool, error)
	only    *[2]int
	live    bool // results are shown during the scan
	space   *Space
	tasks   chan task
	blocks  *stretch.Pool
	slots   chan struct{}  // one for each source that may be open
	sources sync.WaitGroup // sources that are being read

	end   sync.Once
	ended chan struct{} // closed when the scan should stop early
	err   error         // why it should
}

// fail stops the scan early.
func (s *scan) fail(err error) {
	s.end.Do(func() {
		s.err = err
		close(s.ended)
	})
}

// hasEnded reports whether the scan should stop early.
func (s *scan) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// A task is a piece of a source for one worker: either a section, which the worker reads
// itself, or blocks that were read already.
type task struct {
	reading *reading
	piece   *origins.Piece
	reader  *parse.Reader    // of a section, or nil
	blocks  *stretch.Stretch // or nil

	// If deal is set, the task is one of these sections. Each worker gets neighbours, so that a session
	// is in few Tallies, however many workers there are.
	sections []task
	deal     *cores.Ranges
}

// A reading is a Source that is being read.
type reading struct {
	*Source
	times   timestamp.Times
	pending sync.WaitGroup   // its tasks
	live    bool             // the only worker numbers the records of pieces itself
	pieces  []*origins.Piece // one for each task, in order, unless live
}

// task returns the next task of a source. It has either a reader or blocks.
func (r *reading) task(reader *parse.Reader, blocks *stretch.Stretch) task {
	p := &origins.Piece{Source: &r.ID}
	if !r.live {
		r.pieces = append(r.pieces, p)
	}
	r.pending.Add(1)
	return task{reading: r, piece: p, reader: reader, blocks: blocks}
}

// open opens the source with index i, adds the inputs in it, and sends their tasks.
func (s *scan) open(i int, from parse.Source, o parse.Options, add func(*Source)) {
	if s.hasEnded() {
		return
	}
	f, err := parse.Open(from)
	if errors.Is(err, syscall.EMFILE) {
		s.fail(fmt.Errorf("%s: %w: use fewer --jobs, or raise the limit of open files (ulimit -n)", from, err))
	} else if err != nil {
		add(newSource(&parse.Input{Name: from.String()}, digest.Identity{}, err))
	}
	if err != nil {
		return
	}
	if s.claim != nil {
		taken, err := s.claim(i, f)
		if err != nil {
			s.fail(err)
		}
		if taken {
			return
		}
	}
	defer f.Close() // only read from: nothing can be lost
	id := identify(f)
	stream := &digest.Stream{}
	_, _, regular := f.Regular()
	streamed := !regular && !s.live
	if streamed {
		f.Tee(stream)
	}
	var found []*Source
	for in, err := range f.Inputs(o) {
		to := newSource(in, id, err)
		add(to)
		found = append(found, to)
		if err == nil {
			s.read(in, &reading{Source: to, times: in.Times, live: s.live})
		}
		if s.hasEnded() {
			return
		}
	}
	if streamed {
		for _, to := range found {
			to.identify(stream.Identity())
		}
	}
}

// read sends the tasks of an input. It returns when the input's readers have ended.
func (s *scan) read(in *parse.Input, src *reading) {
	finish := func() {
		src.pending.Wait()
		origins.Number(src.pieces)
		src.end(in)
	}
	readers := in.Readers()
	if s.only != nil {
		src.Open, readers = true, readers[min(s.only[0], len(readers)):min(s.only[1], len(readers))]
	}
	if len(readers) == 1 {
		s.stream(src, readers[0])
		s.sources.Go(finish) // the next input is read meanwhile
		return
	}
	var sections []task
	for _, r := range readers {
		sections = append(sections, src.task(r, nil))
	}
	deal := cores.NewRanges(cap(s.slots), len(sections))
	for range sections {
		s.tasks <- task{sections: sections, deal: deal}
	}
	finish()
}

// stream reads a source and sends its blocks.
func (s *scan) stream(src *reading, r *parse.Reader) {
	for !s.hasEnded() {
		blocks, err := s.blocks.Read(r)
		if blocks != nil {
			s.tasks <- src.task(nil, blocks)
		}
		if err != nil {
			if err != io.EOF {
				src.breakOff(err)
			}
			return
		}
	}
}

// work does tasks as a worker, numbered from 0, until there are no more.
func (s *scan) work(worker int, tally *Tally, look *glance) {
	w := newWorker(tally)
	own := &parse.Block{}
	for {
		select {
		case t, more := <-s.tasks:
			if !more {
				return
			}
			if t.deal != nil {
				section, _ := t.deal.Next(worker) // there are as many tasks as sections
				t = t.sections[section]
			}
			s.do(t, w, tally, own)
			s.bound(tally)
			look.changed()
		case <-look.due:
			look.take()
		}
	}
}

// bound keeps a tally within its share of memory.
func (s *scan) bound(tally *Tally) {
	if err := tally.Bound(s.space, cap(s.slots)); err != nil {
		s.fail(err)
	}
}

// do does one task.
func (s *scan) do(t task, w *worker, tally *Tally, own *parse.Block) {
	if s.live {
		// The only worker gets the tasks in order.
		t.piece.First = t.reading.Account.Records.Total()
	}
	tally.enter(t.piece)
	w.decoder.SetTimes(t.reading.times)
	if t.blocks != nil {
		for _, b := range t.blocks.Blocks {
			w.block(b)
		}
		s.blocks.Free(t.blocks)
	} else if !s.hasEnded() {
		if err := w.read(t.reader, own); err != nil {
			t.reading.breakOff(err)
		}
	}
	t.piece.Records = w.account.Records.Total()
	t.reading.add(&w.account, w.skipped, &w.doubts, &w.cut)
	w.account, w.skipped, w.doubts, w.cut = Account{}, w.skipped[:0], timestamp.Doubts{}, account.Cut{}
	t.reading.pending.Done()
}

// A glance shows the result so far, from time to time. The zero glance never does.
type glance struct {
	due   <-chan time.Time // when to show it
	look  func(*Result)
	every time.Duration
	tally *Tally
	found *foundSources
	next  time.Time // the earliest time for the next look
}

func newGlance(o *Options, tally *Tally, found *foundSources) *glance {
	if o.Look == nil {
		return &glance{}
	}
	return &glance{look: o.Look, every: o.Every, tally: tally, found: found}
}

// changed notes that the result has changed.
func (g *glance) changed() {
	if g.look != nil && g.due == nil {
		g.due = time.After(time.Until(g.next))
	}
}

// take shows the result so far.
func (g *glance) take() {
	start := time.Now()
	r := &Result{Parts: g.tally.Parts()}
	for _, s := range g.found.all() {
		r.Sources = append(r.Sources, s.now())
	}
	g.look(r)
	g.due = nil
	// Each look settles the whole tally anew, so a large one is shown less often.
	g.next = start.Add(max(g.every, 5*time.Since(start)))
}
