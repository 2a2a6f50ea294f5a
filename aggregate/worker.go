package aggregate

import (
	"io"

	"github.com/otlog/otlog/aggregate/account"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/timestamp"
)

// A worker decodes records, classifies them, and accounts for them.
type worker struct {
	decoder parse.Decoder
	finder  classify.Finder
	inner   classify.Finder // of records in a record
	record  classify.Record
	verdict classify.Verdict
	// take is called with each readable record that is not seen. number is its index in the task, from 0.
	take func(e *parse.Event, v *classify.Verdict, number int64)
	// see is called with clean records of which only IDs and times matter; nil if they are taken, too.
	see  func(*sighting.Sightings)
	seen sighting.Sightings

	// The current task:
	account Account
	skipped []*parse.SyntaxError
	cut     account.Cut
	doubts  timestamp.Doubts
}

// newWorker returns a worker whose records are counted.
func newWorker(t *Tally) *worker {
	w := &worker{take: t.Add, see: t.See}
	w.decoder.Sightings = &w.seen
	return w
}

// read processes the records of a reader. It returns the error that broke the reader off.
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

// block processes the records of one block.
func (w *worker) block(b *parse.Block) {
	w.decoder.SkipLevels = w.account.BelowWarning
	for event, syntax := range w.decoder.Events(b, &w.finder) {
		w.countSeen()
		w.judge(event)
		if w.verdict.Failure || event != nil && event.Several {
			if inner := w.decoder.Unfold(event, b.Format); inner != nil {
				for event, syntax := range w.decoder.Unfolded().Events(inner, &w.inner) {
					w.judge(event)
					w.count(event, syntax)
				}
				continue
			}
		}
		w.count(event, syntax)
	}
	w.countSeen()
}

// countSeen accounts for the records that were only seen, and hands them on.
func (w *worker) countSeen() {
	n := int64(len(w.seen.Seen))
	if n == 0 {
		return
	}
	w.account.Bytes += w.seen.Bytes
	w.account.Lines += w.seen.Lines
	w.account.Records.Clean += n
	w.see(&w.seen)
	w.seen.Counted()
}

// count accounts for a record and, if it is readable, hands it on.
func (w *worker) count(event *parse.Event, syntax *parse.SyntaxError) {
	if syntax != nil {
		w.skip(syntax)
		return
	}
	a := &w.account
	reason, cause := parse.Damaged, event.Cut
	if w.verdict.Failure {
		reason, cause = parse.Undecodable, event.Crowded()
	}
	if cause != "" {
		w.skip(&parse.SyntaxError{Reason: reason, Offset: event.Offset, Bytes: int64(event.Bytes), Lines: int64(event.Lines), Cause: cause})
		return
	}
	if event.Cut != "" {
		w.cut.Note(event.Offset, event.Cut)
	}
	if event.Doubt != timestamp.NoDoubt {
		w.doubts.Note(event.Doubt, event.Doubted, event.Offset)
	}
	number := a.Records.Total()
	a.Bytes += int64(event.Bytes)
	a.Lines += int64(event.Lines)
	a.Records.Count(event, &w.verdict)
	if event.Blank && !w.verdict.Failure && event.Telemetry == nil {
		a.Blank++
	}
	switch {
	case event.Level == level.BelowWarning:
		a.Levels, a.BelowWarning = 0, true
		w.decoder.SkipLevels = true // one is enough
	case event.Level == level.Warning && !w.verdict.Failure && event.Telemetry == nil:
		a.Levels++
	}
	w.take(event, &w.verdict, number)
}

// judge classifies an event, nil if its record could not be read.
func (w *worker) judge(e *parse.Event) {
	w.verdict = classify.Verdict{}
	if e == nil || len(e.Text) == 0 && e.Code == 0 {
		return
	}
	w.record = classify.Record{Text: e.Text, Name: e.Name, Code: e.Code}
	if t := e.Telemetry; t != nil {
		w.record.Telemetry, w.record.Native = true, t.Native
		w.record.Action = t.Action
		w.record.Failed, w.record.Denied = t.Failed(), t.Denied()
		w.record.Reason = t.FailureReason
		w.record.StreamID, w.record.Session = len(e.StreamID) > 0, len(e.Session) > 0
	}
	w.verdict = classify.Match(&w.record)
}

// skip accounts for an unreadable record.
func (w *worker) skip(e *parse.SyntaxError) {
	a := &w.account
	a.Bytes += e.Bytes
	a.Lines += e.Lines
	a.Records.Skipped++
	a.Skipped[e.Reason]++
	if len(w.skipped) < MaxShown {
		w.skipped = append(w.skipped, e)
	}
}

// A Record is a record that Walk visits. It is valid until visit returns.
type Record struct {
	Source  string
	ID      SourceID
	Line    int64 // number of its first line, from 1
	Number  int64 // index of the record in the source, from 0
	Event   *parse.Event
	Verdict *classify.Verdict
}

// Walk visits all readable records, in the order of the sources and of their lines, and
// accounts for them as Scan does. If visit returns an error, Walk stops and returns it.
func Walk(sources []parse.Source, o parse.Options, visit func(*Record) error) ([]*Source, error) {
	return walk(sources, o, false, visit)
}

// WalkWhole is Walk with the text of all records, not only of those that may show an error.
func WalkWhole(sources []parse.Source, o parse.Options, visit func(*Record) error) ([]*Source, error) {
	return walk(sources, o, true, visit)
}

func walk(sources []parse.Source, o parse.Options, whole bool, visit func(*Record) error) ([]*Source, error) {
	o.SectionSize = 0 // one reader per source
	var out []*Source
	for _, from := range sources {
		f, err := parse.Open(from)
		if err != nil {
			out = append(out, newSource(&parse.Input{Name: from.String()}, digest.Identity{}, err))
			continue
		}
		found, err := walkFile(f, o, whole, visit)
		f.Close() // only read from: nothing can be lost
		out = append(out, found...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// walkFile visits the records of a file.
func walkFile(f *parse.File, o parse.Options, whole bool, visit func(*Record) error) (out []*Source, err error) {
	id := identify(f)
	for in, err := range f.Inputs(o) {
		to := newSource(in, id, err)
		out = append(out, to)
		if err != nil {
			continue
		}
		if err := walkInput(in, to, whole, visit); err != nil {
			return out, err
		}
	}
	return out, nil
}

// walkInput visits the records of an input.
func walkInput(in *parse.Input, to *Source, whole bool, visit func(*Record) error) error {
	w := &worker{}
	w.finder.All, w.inner.All = whole, whole
	w.decoder.SetTimes(in.Times)
	var stopped error
	record := &Record{Source: to.Name, ID: to.ID} // reused, as the event is
	w.take = func(e *parse.Event, v *classify.Verdict, number int64) {
		if stopped == nil {
			record.Line, record.Number = w.account.Lines-int64(e.Lines)+1, number
			record.Event, record.Verdict = e, v
			stopped = visit(record)
		}
	}
	block := &parse.Block{}
	for _, r := range in.Readers() {
		for stopped == nil {
			err := r.Next(block)
			if err != nil {
				if err != io.EOF {
					to.breakOff(err)
				}
				break
			}
			w.block(block)
		}
	}
	to.add(&w.account, w.skipped, &w.doubts, &w.cut)
	if stopped == nil {
		to.end(in)
	}
	return stopped
}
