package story

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/cmd/otlog/internal/stream"
	"github.com/otlog/otlog/internal/private"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sieve"
)

// Options say which stories to read.
type Options struct {
	Input parse.Options
	Space *aggregate.Space // for what does not fit into memory; nil: no bound
	IDs   []string         // of sessions, connections or clients, or their beginnings; none: list the sessions worth looking at
	Top   int              // sessions to list, 0 for all
	Zone  *time.Location
	Rules *private.Rules
}

// A Result is what was read.
type Result struct {
	Stories []*Story  // in the order of Options.IDs
	Ranking []*Ranked // if there are no IDs
	Failed  int       // sessions with a failure, if there are no IDs
	Sources []*aggregate.Source
	// Warnings are about the sources, for JSON.
	Warnings []string

	ranks      bool
	hidden     bool // the ID of the first session of Ranking is redacted
	unredacted bool // all is as the logs have it
}

// redact redacts stories and the list of sessions. Texts of records are redacted already.
func (r *Result) redact(rules *private.Rules) {
	if r.unredacted = rules.Off; r.unredacted {
		return
	}
	for _, s := range r.Stories {
		s.Session = rules.ID(s.Session)
		for i := range s.Asked {
			s.Asked[i] = rules.ID(s.Asked[i])
		}
		for i := range s.Clients {
			c := &s.Clients[i]
			if c.Instance != nil {
				c.Instance = pointer(rules.ID(*c.Instance))
			}
			for n := range c.Connections {
				c.Connections[n] = rules.ID(c.Connections[n])
			}
		}
		rules.Strings(s)
		for i := range s.Sources {
			s.Sources[i] = rules.Source(s.Sources[i])
		}
		for _, place := range s.places() {
			place.Source = rules.Source(place.Source)
		}
	}
	for i, s := range r.Ranking {
		if id := rules.ID(s.Session); id != s.Session {
			s.Session = id
			r.hidden = r.hidden || i == 0
		}
	}
	rules.Strings(r.Ranking)
}

// places returns all places of a story.
func (s *Story) places() []*Place {
	var out []*Place
	for i := range s.Failures {
		for n := range s.Failures[i].Lines {
			out = append(out, &s.Failures[i].Lines[n].Place)
		}
	}
	for i := range s.Timeline {
		if p := s.Timeline[i].Place; p != nil {
			out = append(out, p)
		}
	}
	if s.End.Place != nil {
		out = append(out, s.End.Place)
	}
	return out
}

// Read reads the stories of sessions. stdin is read for the source "-"; a temporary file keeps it for
// the second reading. The error is an [*UnknownError] or an [*AmbiguousError] if an ID means no
// session; the Result has the sources then.
func Read(sources []parse.Source, stdin io.Reader, o Options) (*Result, error) {
	x := &reader{Options: o, stories: map[aggregate.SessionID]*collector{}}
	for _, id := range o.IDs {
		x.asked = append(x.asked, newQuestion(id))
	}
	again := stream.NewAgain(sources, stdin)
	defer again.Close()
	read, err := x.learn(sources)
	if failed := again.Err(); failed != nil {
		return nil, fmt.Errorf("keeping the input for a second reading: %w", failed)
	}
	if err != nil {
		return nil, err
	}
	if len(o.IDs) == 0 {
		out, err := x.rank(sources)
		if err == nil {
			out.redact(o.Rules)
		}
		return out, err
	}
	var ids []aggregate.SessionID
	for _, q := range x.asked {
		meant, err := q.resolve(x.counts)
		if err != nil {
			return &Result{Sources: read}, err
		}
		for _, id := range meant {
			c := x.stories[id]
			if c == nil {
				c = newCollector(id)
				x.stories[id], ids = c, append(ids, id)
			}
			c.asked = append(c.asked, q.text)
		}
	}
	if x.index, err = x.counts.Index(ids...); err != nil {
		return nil, err
	}
	read, err = aggregate.WalkWhole(sources, o.Input, func(r *aggregate.Record) error {
		x.collect(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &Result{Sources: read}
	for _, id := range ids {
		out.Stories = append(out.Stories, newBuilder(x.stories[id], x.index, o.Zone).build())
	}
	out.redact(o.Rules)
	return out, x.index.Close()
}

// A reader reads the input twice.
type reader struct {
	Options
	asked   []*question
	counts  *aggregate.Counts // of the first reading
	index   *aggregate.Index
	stories map[aggregate.SessionID]*collector
	beside  beside
}

// learn reads the input for the first time.
func (x *reader) learn(sources []parse.Source) ([]*aggregate.Source, error) {
	source := ""
	var tally aggregate.Tally
	input := x.Input
	if input.Sieve != nil {
		input.Sieve = &sieve.Sieve{} // the second reading counts what is left out
	}
	read, err := aggregate.Walk(sources, input, func(r *aggregate.Record) error {
		if r.Source != source {
			tally.Enter(r.ID)
			source = r.Source
		}
		tally.Add(r.Event, r.Verdict, r.Number)
		for _, q := range x.asked {
			q.look(r.Event)
		}
		return tally.Bound(x.Space, 1)
	})
	if err != nil {
		return nil, err
	}
	x.counts, err = aggregate.Settle(x.Space, tally.Parts()...)
	return read, err
}

// collect keeps a record of a session that is asked for, or a line of the browser beside one of its
// failures. Records that state another ID are never kept.
func (x *reader) collect(r *aggregate.Record) {
	x.beside.enter(r)
	if r.Event.Blank && !r.Verdict.Failure && r.Event.Telemetry == nil {
		return
	}
	id, _ := x.index.SessionOf(r.Event, r.ID)
	c := x.stories[id]
	switch {
	case c != nil:
		x.collectOf(c, r)
	case id.IsZero() && !r.Verdict.Failure && r.Event.Telemetry == nil:
		kind := noiseOf(r.Event)
		if kind == nil || !kind.Cause {
			return
		}
		line := newRecord(r, nil, x.Rules)
		line.kind, line.noise, line.alone = cause, kind, true
		x.beside.offer(line, r.Source)
	}
}

func (x *reader) collectOf(c *collector, r *aggregate.Record) {
	f := x.index.Find(r.Event, r.Verdict, r.ID, r.Number)
	record := newRecord(r, f, x.Rules)
	c.add(record, r)
	if f != nil {
		x.beside.fail(c, record, r.Source)
	}
}

// hasPrefix reports whether an ID begins with a text.
func hasPrefix(id []byte, text string) bool { return bytes.HasPrefix(id, []byte(text)) }
