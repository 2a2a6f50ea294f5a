// Package aggregate turns classified events into counts that add up.
//
// The path through the package:
//
//  1. [Scan] runs the stages on every core: readers fill blocks, workers decode
//     them, classify the records and count them, each in its own [Tally].
//  2. Tallies are read as parts, each sorted by session, as files of parts are that
//     others have written: a Tally is a sum. [Settle] goes through all parts side by
//     side and tells the failures and attempts of each session.
//  3. Beside it, every [Source] accounts for its bytes and records.
//
// Beyond a bound of memory, tallies and what is sorted go to a [Space] on disk.
//
// Package aggregate/partial writes and reads parts as Arrow record batches.
package aggregate

import (
	"io"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// Options say how to scan. The zero value is the sensible choice.
type Options struct {
	Jobs  int           // workers; 0: one per core
	Input parse.Options // how to open sources; Scan chooses the sections
	Space *Space        // for what does not fit into memory; nil: everything does

	// Claim, if set, is offered each source as soon as it is open, by several goroutines;
	// i is its index. If Claim returns true, it has taken the file, which Scan then neither
	// reads nor closes. An error ends the scan.
	Claim func(i int, f *parse.File) (bool, error)

	// Look, if set, is shown what has been found so far: not more often than Every,
	// nor for more than a fifth of the time, and soon after it has changed. It may
	// read the Result until it returns. There is one worker then, which calls it.
	Look  func(*Result)
	Every time.Duration
}

// sectionSize is how much of a plain file a worker takes at a time: enough to
// make the line that a border cuts a small loss, little enough to keep all
// workers busy to the end of a file.
const sectionSize = 4 << 20

// A Result is what a scan found.
type Result struct {
	Parts   []*Part   // to be settled together
	Sources []*Source // in the order given, members of an archive in its order
}

// Scan reads all sources to their end. What is wrong with a source stands in
// Result.Sources and does not end the scan; an error says that something could not be
// kept on disk. What the parts add up to does not depend on the number of workers.
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
		live:  o.Look != nil,
		space: o.Space,
		tasks: make(chan task),
		ended: make(chan struct{}),
		free:  make(chan *parse.Block, 2*jobs+1),
		slots: make(chan struct{}, jobs),
	}
	for range cap(s.free) {
		s.free <- &parse.Block{}
	}
	o.Input.SectionSize = sectionSize
	found := &foundSources{of: make([][]*Source, len(sources))}
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
			tally := &Tally{}
			s.work(tally, newGlance(&o, tally, found))
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
	live    bool // somebody looks on
	space   *Space
	tasks   chan task
	free    chan *parse.Block // blocks that nobody uses
	slots   chan struct{}     // one for each source that may be open
	sources sync.WaitGroup    // sources that are being read

	end   sync.Once
	ended chan struct{} // closed: it is of no use to go on
	err   error         // why
}

// fail ends the scan before its time.
func (s *scan) fail(err error) {
	s.end.Do(func() {
		s.err = err
		close(s.ended)
	})
}

// hasEnded reports whether it is of no use to go on.
func (s *scan) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// A task is a piece of a source for one worker: either a section, which the
// worker reads itself, or a block that has been read.
type task struct {
	reading *reading
	piece   *piece
	reader  *parse.Reader
	block   *parse.Block
}

// A reading is a Source that is being read.
type reading struct {
	*Source
	times   timestamp.Times
	pending sync.WaitGroup // its tasks
	live    bool           // a single worker counts up its pieces
	pieces  []*piece       // else one for each task, in order
}

// task makes the next task of a source. It has either a reader or a block.
func (r *reading) task(reader *parse.Reader, block *parse.Block) task {
	p := &piece{source: &r.ID}
	if !r.live {
		r.pieces = append(r.pieces, p)
	}
	r.pending.Add(1)
	return task{reading: r, piece: p, reader: reader, block: block}
}

// open opens the source with index i, adds the inputs in it, and sends their tasks.
func (s *scan) open(i int, from parse.Source, o parse.Options, add func(*Source)) {
	if s.hasEnded() {
		return
	}
	f, err := parse.Open(from)
	if err != nil {
		add(newSource(&parse.Input{Name: from.String()}, Identity{}, err))
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
	stream := &streamIdentity{}
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
			to.identify(stream.identity())
		}
	}
}

// read sends the tasks of an input. When it returns, the input's readers have
// ended.
func (s *scan) read(in *parse.Input, src *reading) {
	finish := func() {
		src.pending.Wait()
		countUp(src.pieces)
		src.checkSum(in.Decoded())
	}
	readers := in.Readers()
	if len(readers) == 1 {
		s.stream(src, readers[0])
		s.sources.Go(finish) // the next input may be read meanwhile
		return
	}
	for _, r := range readers {
		s.tasks <- src.task(r, nil)
	}
	finish()
}

// stream reads a source block by block and sends the blocks.
func (s *scan) stream(src *reading, r *parse.Reader) {
	for !s.hasEnded() {
		block := <-s.free
		err := r.Next(block)
		if err != nil {
			s.free <- block
			if err != io.EOF {
				src.breakOff(err)
			}
			return
		}
		s.tasks <- src.task(nil, block)
	}
}

// work does tasks until there are no more.
func (s *scan) work(tally *Tally, look *glance) {
	w := &worker{take: tally.Add}
	own := &parse.Block{}
	for {
		select {
		case t, more := <-s.tasks:
			if !more {
				return
			}
			s.do(t, w, tally, own)
			s.bound(tally)
			look.changed()
		case <-look.due:
			look.take()
		}
	}
}

// bound keeps a tally within its share of memory. A third of all is for tallies: to sort
// and write them takes some more, and so does reading.
func (s *scan) bound(tally *Tally) {
	if s.space == nil || tally.size() < s.space.limit/3/int64(cap(s.slots)) {
		return
	}
	if err := tally.Spill(s.space); err != nil {
		s.fail(err)
	}
}

// do does one task.
func (s *scan) do(t task, w *worker, tally *Tally, own *parse.Block) {
	if s.live {
		// Tasks come in order.
		t.piece.first = t.reading.Account.Records.Total()
	}
	tally.origins.enter(t.piece)
	w.decoder.SetTimes(t.reading.times)
	if t.block != nil {
		w.block(t.block)
		s.free <- t.block
	} else if !s.hasEnded() {
		if err := w.read(t.reader, own); err != nil {
			t.reading.breakOff(err)
		}
	}
	t.piece.records = w.account.Records.Total()
	t.reading.add(&w.account, w.skipped, &w.doubts)
	w.account, w.skipped, w.doubts = Account{}, w.skipped[:0], Doubts{}
	t.reading.pending.Done()
}

// A worker decodes, classifies and counts.
type worker struct {
	decoder parse.Decoder
	finder  classify.Finder
	record  classify.Record
	verdict classify.Verdict
	// take is what becomes of each record that could be read. number says which one
	// of the task it is, from 0.
	take func(e *parse.Event, v *classify.Verdict, number int64)

	// Of the task at hand:
	account Account
	skipped []*parse.SyntaxError
	doubts  Doubts
}

// block counts the records of one block.
func (w *worker) block(b *parse.Block) {
	a := &w.account
	for event, syntax := range w.decoder.Events(b, &w.finder) {
		if syntax != nil {
			w.skip(syntax)
			continue
		}
		w.verdict = classify.Verdict{}
		if len(event.Text) > 0 || event.Code != 0 {
			w.verdict = w.judge(event)
			if event.Cut != "" && !w.verdict.Failure {
				w.skip(&parse.SyntaxError{Reason: parse.Damaged, Offset: event.Offset, Bytes: int64(event.Bytes), Lines: int64(event.Lines), Cause: event.Cut})
				continue
			}
		}
		if event.Doubt != timestamp.NoDoubt {
			w.doubts.note(event)
		}
		number := a.Records.Total()
		a.Bytes += int64(event.Bytes)
		a.Lines += int64(event.Lines)
		switch {
		case w.verdict.Failure:
			a.Records.Classified++
		case event.Telemetry != nil:
			a.Records.Telemetry++
		default:
			a.Records.Clean++
		}
		w.take(event, &w.verdict, number)
	}
}

// read counts the records of a reader. The error says why it broke off.
func (w *worker) read(r *parse.Reader, own *parse.Block) error {
	for {
		err := r.Next(own)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		w.block(own)
	}
}

// judge classifies an event.
func (w *worker) judge(e *parse.Event) classify.Verdict {
	w.record = classify.Record{Text: e.Text, Name: e.Name, Code: e.Code}
	if t := e.Telemetry; t != nil {
		w.record.Telemetry = true
		w.record.Action = t.Action
		w.record.Failed, w.record.Denied = t.Failed(), t.Denied()
		w.record.Reason = t.FailureReason
		w.record.StreamID, w.record.Session = len(e.StreamID) > 0, len(e.Session) > 0
	}
	return classify.Match(&w.record)
}

// skip accounts for a record that could not be read.
func (w *worker) skip(e *parse.SyntaxError) {
	a := &w.account
	a.Bytes += e.Bytes
	a.Lines += e.Lines
	a.Records.Skipped++
	a.Skipped[e.Reason]++
	if len(w.skipped) < maxShown {
		w.skipped = append(w.skipped, e)
	}
}
