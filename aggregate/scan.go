// Package aggregate turns classified events into counts that add up.
//
// The path through the package:
//
//  1. [Scan] runs the stages on every core: readers fill blocks, workers decode
//     them, classify the records and count them, each in its own [Tally].
//  2. The tallies of all workers are merged into one: a Tally is a sum.
//  3. Beside it, every [Source] accounts for its bytes and records.
//
// Package aggregate/partial makes Arrow record batches of a Tally.
package aggregate

import (
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// Options say how to scan. The zero value is the sensible choice.
type Options struct {
	Jobs  int           // workers; 0: one per core
	Input parse.Options // how to open sources; Scan chooses the sections

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
	Tally   *Tally
	Sources []*Source // in the order given, members of an archive in its order
}

// Scan reads all sources to their end. What is wrong with a source stands in
// Result.Sources and does not end the scan. The result does not depend on the
// number of workers.
func Scan(sources []parse.Source, o Options) *Result {
	jobs := o.Jobs
	switch {
	case o.Look != nil:
		jobs = 1
	case jobs <= 0:
		jobs = runtime.GOMAXPROCS(0)
	}
	s := &scan{
		live:  o.Look != nil,
		tasks: make(chan task),
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
				s.open(src, o.Input, func(to *Source) { found.add(i, to) })
				<-s.slots
			})
		}
		s.sources.Wait()
	}()

	tallies := make([]Tally, jobs)
	var workers sync.WaitGroup
	for i := range tallies {
		workers.Go(func() { s.work(&tallies[i], newGlance(&o, &tallies[i], found)) })
	}
	workers.Wait()
	result := &Result{Tally: &Tally{}, Sources: found.all()}
	for i := range tallies {
		result.Tally.Merge(&tallies[i])
	}
	result.Tally.Settle()
	return result
}

// A scan is the state of one run of Scan.
type scan struct {
	live    bool // somebody looks on
	tasks   chan task
	free    chan *parse.Block // blocks that nobody uses
	slots   chan struct{}     // one for each source that may be open
	sources sync.WaitGroup    // sources that are being read
}

// A task is a piece of a source for one worker: either a section, which the
// worker reads itself, or a block that has been read.
type task struct {
	source *source
	piece  *piece
	reader *parse.Reader
	block  *parse.Block
}

// A source is a Source that is being read.
type source struct {
	*Source
	id      SourceID
	times   parse.Times
	pending sync.WaitGroup // its tasks
	live    bool           // a single worker counts up its pieces
	pieces  []*piece       // else one for each task, in order
}

// task makes the next task of a source.
func (s *source) task(r *parse.Reader, b *parse.Block) task {
	p := &piece{source: s.id}
	if !s.live {
		s.pieces = append(s.pieces, p)
	}
	s.pending.Add(1)
	return task{source: s, piece: p, reader: r, block: b}
}

// open opens a source and sends the tasks of the inputs in it, which it adds.
func (s *scan) open(from parse.Source, o parse.Options, add func(*Source)) {
	for in, err := range parse.Open(from, o) {
		to := newSource(in, err)
		add(to)
		if err == nil {
			s.read(in, &source{Source: to, id: sourceID(to.Name), times: in.Times, live: s.live})
		}
	}
}

// read sends the tasks of an input. When it returns, the input's readers have
// ended.
func (s *scan) read(in *parse.Input, src *source) {
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
func (s *scan) stream(src *source, r *parse.Reader) {
	for {
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
			look.changed()
		case <-look.due:
			look.take()
		}
	}
}

// do does one task.
func (s *scan) do(t task, w *worker, tally *Tally, own *parse.Block) {
	if s.live {
		// Tasks come in order.
		t.piece.first = t.source.Account.Records.Total()
	}
	tally.origins.enter(t.piece)
	w.decoder.SetTimes(t.source.times)
	if t.block != nil {
		w.block(t.block)
		s.free <- t.block
	} else if err := w.read(t.reader, own); err != nil {
		t.source.breakOff(err)
	}
	t.piece.records = w.account.Records.Total()
	t.source.settle(&w.account, w.skipped, &w.doubts)
	w.account, w.skipped, w.doubts = Account{}, w.skipped[:0], Doubts{}
	t.source.pending.Done()
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
		if event.Doubt != parse.NoDoubt {
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
