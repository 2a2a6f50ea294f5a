package aggregate

import (
	"io"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// A Record is one record as Walk shows it. It is good until the visit returns.
type Record struct {
	Source  string
	ID      SourceID
	Line    int64 // of its first line, from 1
	Number  int64 // which record of the source it is, from 0
	Event   *parse.Event
	Verdict *classify.Verdict
}

// Walk visits all records that could be read, in the order of the sources and of
// their lines, and accounts for them as Scan does. It ends at once when visit
// returns an error, which it returns.
func Walk(sources []parse.Source, o parse.Options, visit func(*Record) error) ([]*Source, error) {
	o.SectionSize = 0 // in order
	var out []*Source
	for _, from := range sources {
		f, err := parse.Open(from)
		if err != nil {
			out = append(out, newSource(&parse.Input{Name: from.String()}, Identity{}, err))
			continue
		}
		found, err := walkFile(f, o, visit)
		f.Close() // only read from: nothing can be lost
		out = append(out, found...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// walkFile visits the records of a file.
func walkFile(f *parse.File, o parse.Options, visit func(*Record) error) (out []*Source, err error) {
	id := identify(f)
	for in, err := range f.Inputs(o) {
		to := newSource(in, id, err)
		out = append(out, to)
		if err != nil {
			continue
		}
		if err := walk(in, to, visit); err != nil {
			return out, err
		}
	}
	return out, nil
}

func walk(in *parse.Input, to *Source, visit func(*Record) error) error {
	w := &worker{}
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
	to.add(&w.account, w.skipped, &w.doubts)
	if stopped == nil {
		to.checkSum(in.Decoded())
	}
	return stopped
}
