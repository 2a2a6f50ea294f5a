// Package events prints records that show an error and records of telemetry, as NDJSON.
//
// The input is read twice: the failure, the session and the client of a record may depend on
// later records. The first reading is counted as for a report (printer.learn), the second
// prints each event with the failure that it belongs to (printer.write).
package events

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// Options say which events to print.
type Options struct {
	Input  parse.Options
	Space  *aggregate.Space // for what does not fit into memory
	Filter report.Filter    // selects failures with all their records
	Once   bool             // read the input once; events have no failures then
	Rules  *private.Rules
	// Check returns an error if a filter can match nothing in counts. If the input is read
	// once, the counts are empty and the filter has no session and no SDK version.
	Check func(*report.Filter, *aggregate.Counts) error
}

// A Result is what was read.
type Result struct {
	Sources  []*aggregate.Source
	Timeless int // events that bounds of time left out because they have no time
}

// Print prints the events of sources, in the order of the sources. stdin is read for the
// source "-"; if it is read twice, a temporary file keeps it.
func Print(to io.Writer, sources []parse.Source, stdin io.Reader, o Options) (*Result, error) {
	f := &o.Filter
	p := &printer{Options: o, texts: names.Labels(), bounds: aggregate.Filter{Since: f.Since, Until: f.Until, APIKey: f.APIKey, Clients: f.Clients()}}
	var err error
	if p.counts, err = aggregate.Settle(nil); err != nil {
		return nil, err
	}
	if !o.Once {
		again := stream.NewAgain(sources, stdin)
		defer again.Close()
		err := p.learn(sources)
		if failed := again.Err(); failed != nil {
			return nil, fmt.Errorf("keeping the input for a second reading: %w", failed)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := p.checkFilter(); err != nil {
		return nil, err
	}
	out := bufio.NewWriter(to)
	p.enc = json.NewEncoder(words.JSON(out))
	p.enc.SetEscapeHTML(false)
	read, err := aggregate.Walk(sources, o.Input, p.write)
	if p.index != nil {
		err = cmp.Or(err, p.index.Close(), p.sessions.close())
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return nil, fmt.Errorf("writing events: %w", err)
	}
	return &Result{read, p.timeless}, nil
}

// A printer prints the events that the filter selects.
type printer struct {
	Options
	bounds   aggregate.Filter // of time and clients
	reader   clients.Reader
	texts    names.Table         // of the reader
	session  aggregate.SessionID // of the filter
	timeless int                 // see Result
	enc      *json.Encoder

	counts   *aggregate.Counts // of the first reading; empty if there is none
	index    *aggregate.Index  // nil if there is no first reading
	sessions *written          // IDs as written; nil if there is no first reading
}

// learn reads the input for the first time.
func (p *printer) learn(sources []parse.Source) error {
	p.sessions = newWritten(p.Space.Dir)
	source := ""
	var tally aggregate.Tally
	input := p.Input
	if input.Sieve != nil {
		input.Sieve = &sieve.Sieve{} // the second reading counts what is left out
	}
	_, err := aggregate.Walk(sources, input, func(r *aggregate.Record) error {
		if r.Source != source {
			tally.Enter(r.ID)
			source = r.Source
		}
		tally.Add(r.Event, r.Verdict, r.Number)
		if id := r.Event.Session; len(id) > 0 && (r.Verdict.Failure || r.Event.Telemetry != nil) {
			if err := p.sessions.add(aggregate.NewSessionID(id), id); err != nil {
				return err
			}
		}
		return tally.Bound(p.Space, 1)
	})
	if err != nil {
		return err
	}
	if p.counts, err = aggregate.Settle(p.Space, tally.Parts()...); err != nil {
		return err
	}
	if err := p.sessions.end(); err != nil {
		return err
	}
	p.index, err = p.counts.Index()
	return err
}

// checkFilter returns an error if the filter can match nothing. If the input is read once, only
// the catalogue is known.
func (p *printer) checkFilter() error {
	f := p.Filter
	if p.Once {
		f = report.Filter{Method: f.Method, Error: f.Error}
	}
	var err error
	if p.session, _, err = p.counts.Session(f.Session); err != nil {
		return err
	}
	return p.Check(&f, p.counts)
}

// write prints a record if it is an event that the filter selects.
func (p *printer) write(r *aggregate.Record) error {
	if !r.Verdict.Failure && r.Event.Telemetry == nil {
		return nil
	}
	e := newEvent(r, p.Rules)
	var f *aggregate.Failure
	if p.index != nil {
		f = p.relate(e, r)
	}
	e.decodeSession()
	if !p.takes(e, r, f) {
		return nil
	}
	e.redact(p.Rules)
	return p.enc.Encode(e)
}

// takes reports whether the filter selects a record: by its own fields or by the failure f
// that it belongs to. The time and the client are those of the failure if there is one.
func (p *printer) takes(e *event, r *aggregate.Record, f *aggregate.Failure) bool {
	want := &p.Filter
	if want.Error != "" && !equal(e.Error, want.Error) && !equal(e.FailureError, want.Error) ||
		want.Method != "" && !equal(&e.Method, want.Method) && !equal(e.FailureMethod, want.Method) {
		return false
	}
	if want.Session != "" {
		if p.index == nil {
			if e.Session == nil || *e.Session != want.Session {
				return false
			}
		} else if id, _ := p.index.SessionOf(r.Event, r.ID); id != p.session {
			return false
		}
	}
	if want.APIKey != "" && !equal(e.APIKey, want.APIKey) {
		return false
	}
	began, client := r.Event.Time, clients.Names{}
	switch t := r.Event.Telemetry; {
	case f != nil:
		began, client = f.First, f.Client
	case p.index != nil:
		client = p.index.ClientOf(r.Event, r.ID)
	case t != nil:
		client = p.client(t)
	}
	if !p.bounds.Clients.Takes(client) {
		return false
	}
	if began == timestamp.NoTime && p.bounds.Bounded() {
		p.timeless++
	}
	return p.bounds.Contains(began)
}

// client returns what a telemetry event says of its client.
func (p *printer) client(t *parse.Telemetry) clients.Names {
	var labels clients.Labels
	if p.texts.Len() > names.MaxNames-10 { // an event has its labels, whatever others have
		p.reader, p.texts = clients.Reader{}, names.Labels()
	}
	p.reader.Read(t, &labels, &p.texts)
	text := func(label names.Name) string {
		if label == 0 {
			return ""
		}
		return p.texts.Text(label)
	}
	return clients.Names{SDK: text(labels.SDK), Browser: text(labels.Browser), OS: text(labels.OS)}
}

func equal(have *string, want string) bool { return have != nil && strings.EqualFold(*have, want) }

// relate sets what depends on other records, the session and the failure, and returns the
// failure; nil if the record belongs to none.
func (p *printer) relate(e *event, r *aggregate.Record) *aggregate.Failure {
	id, from := p.index.SessionOf(r.Event, r.ID)
	e.SessionFrom = from.String()
	if own := r.Event.Session; len(own) == 0 || aggregate.NewSessionID(own) != id {
		if name := p.sessions.text(id); name != "" {
			e.Session = &name
		}
	}
	f := p.index.Find(r.Event, r.Verdict, r.ID, r.Number)
	if f != nil {
		e.FailureID, e.FailureMethod, e.Recovered = &f.ID, &f.Method, &f.Recovered
		if f.Error != "" {
			e.FailureError = &f.Error
		}
		if f.Code != 0 {
			e.FailureCode = &f.Code
		}
		if f.Reason != 0 {
			e.FailureReason = pointer(f.Reason.String())
		}
	}
	return f
}
