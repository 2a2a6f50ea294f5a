package aggregate

import (
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// A Failure is one failure as its records describe it.
type Failure struct {
	ID     string // independent of the order, split and position of the records
	Method string
	Error  string // "" if it has no name
	Code   int32  // stated by its records; 0: none
	Reason catalogue.ReasonID
	First  int64 // time of its first record, Unix nanoseconds; NoTime if no record has a date and time
	// Recovered reports that its attempt ended in success: it counts as recovered, not as a
	// failure.
	Recovered bool
	Client    clients.Names
}

// An Index finds the failure of a record. It is held in memory.
type Index struct {
	counts   *Counts
	source   map[SourceID]uint32
	resolved map[SessionID]SessionID // the session of surrogate IDs
	byMark   map[indexKey][]indexed
	labels   map[SessionID]Labels // of clients, and of sessions with one client
	calls    map[SessionID][]Attempt
}

type indexKey struct {
	session SessionID
	Mark
}

type indexed struct {
	Evidence
	failure *Failure // nil: not counted
}

// Index returns the index of all failures; if sessions are given, of their failures and attempts only.
func (c *Counts) Index(sessions ...SessionID) (*Index, error) {
	x := &Index{
		counts: c, source: map[SourceID]uint32{}, resolved: map[SessionID]SessionID{},
		byMark: map[indexKey][]indexed{}, labels: map[SessionID]Labels{}, calls: map[SessionID][]Attempt{},
	}
	for i, id := range c.sources {
		x.source[id] = uint32(i)
	}
	resolved := c.resolved.Cursor()
	for r, ok := resolved.Next(); ok; r, ok = resolved.Next() {
		x.resolved[r.surrogate] = r.owner
	}
	if err := resolved.Err(); err != nil {
		return nil, err
	}
	return x, c.newReader().read(spill.Shelf{}, func(g *group) bool {
		if len(sessions) == 0 {
			x.add(g)
		} else if slices.Contains(sessions, g.id) {
			x.calls[g.id] = x.attempts(g, x.add(g))
		}
		return true
	})
}

// add adds the failures of one session, and returns those of its attempts.
func (x *Index) add(g *group) map[attempt]*Failure {
	for _, m := range g.members {
		x.labels[m.client] = m.labels
	}
	if !g.id.IsZero() {
		x.labels[g.id] = g.clientOf(SessionID{})
	}
	of := map[attempt]*Failure{}
	g.failures(func(found []summary) {
		failures := make([]*Failure, len(found))
		for i := range g.evidence {
			e := &g.evidence[i]
			var f *Failure
			if n := g.of[i]; n != none && found[n].counts {
				if failures[n] == nil {
					failures[n] = x.failure(g, &found[n], e)
				}
				f = failures[n]
			}
			key := indexKey{g.id, e.Mark}
			x.byMark[key] = append(x.byMark[key], indexed{*e, f})
		}
		for i, n := range g.calls.first {
			if n != none {
				of[g.calls.attempts[i]] = failures[n]
			}
		}
	})
	return of
}

// failure returns a failure with its ID. e is its first evidence.
func (x *Index) failure(g *group, s *summary, e *Evidence) *Failure {
	names := x.counts.Names
	var source SourceID
	if !g.floats {
		source = x.counts.sources[e.Origin]
	}
	what := fmt.Sprint(g.id.Bytes(), source, e.WithoutReason(), e.First, e.Place, names.Errors[e.Error], names.Methods[e.Method], e.Code, e.Stream, e.Kind, e.Weight, e.Client.Bytes())
	_, first := g.began(s.first)
	return &Failure{
		ID:     fmt.Sprintf("%012x", xxh3.HashString(what)>>16),
		Method: names.Methods[s.method], Error: names.Errors[s.err], Code: s.code, Reason: s.reason,
		First: first, Recovered: s.recovered, Client: g.clientOf(s.client).Names(names.Labels),
	}
}

// Find returns the failure of a record that was counted, nil if it belongs to none. number is
// the index of the record in its source, from 0.
func (x *Index) Find(e *parse.Event, v *classify.Verdict, source SourceID, number int64) *Failure {
	if have := x.find(e, v, source, number); have != nil {
		return have.failure
	}
	return nil
}

func (x *Index) find(e *parse.Event, v *classify.Verdict, source SourceID, number int64) *indexed {
	if !v.Failure {
		return nil
	}
	session, _ := x.SessionOf(e, source)
	want := x.evidence(e, v, number)
	origin := x.source[source]
	// The evidence of a session may have no places.
	for _, floats := range [2]bool{false, true} {
		if want.Origin = origin; floats {
			want.Origin = 0
		}
		have := x.byMark[indexKey{session, want.Mark}]
		for i := range have {
			if have[i].close(&want) {
				return &have[i]
			}
		}
	}
	return nil
}

// evidence returns the evidence of a record in the numbers of the counts.
func (x *Index) evidence(e *parse.Event, v *classify.Verdict, number int64) Evidence {
	_, client := hashed.ClientOf(e)
	out := newEvidence(e, v, client, number)
	dictionary := x.counts.merge.dictionary
	if len(v.Name) > 0 {
		out.Error = dictionary.Errors.Number(v.Name)
	}
	if len(v.MethodName) > 0 {
		out.Method = dictionary.Methods.Number(v.MethodName)
	}
	return out
}

// statedSession returns the session ID that a record states, else its surrogate ID.
func statedSession(e *parse.Event) (SessionID, SessionFrom) {
	switch {
	case len(e.Session) > 0:
		return NewSessionID(e.Session), FromSession
	case len(e.ConnectionID) > 0:
		return hashed.Of(FromConnection, e.ConnectionID), FromConnection
	}
	from, id := hashed.ClientOf(e)
	return id, from
}

// SessionOf returns the session of a record that was counted, and the kind of ID that the
// record states. If the record states none, the session is that of its source, or zero.
func (x *Index) SessionOf(e *parse.Event, source SourceID) (SessionID, SessionFrom) {
	id, from := statedSession(e)
	if id.IsZero() {
		return x.counts.tenants[source], from
	}
	if is, ok := x.resolved[id]; ok {
		id = is
	}
	return id, from
}

// ClientOf returns what is known of the client that a record states, else of the only client of its
// session.
func (x *Index) ClientOf(e *parse.Event, source SourceID) clients.Names {
	id, _ := x.SessionOf(e, source)
	if len(e.Client) > 0 {
		_, id = hashed.ClientOf(e)
	}
	return x.labels[id].Names(x.counts.Names.Labels)
}
