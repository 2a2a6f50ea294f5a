package aggregate

import (
	"cmp"
	"fmt"
	"hash/maphash"
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

// An Index finds the failure of a record. It is on disk if the counts have a space.
type Index struct {
	counts   *Counts
	source   map[SourceID]uint32
	resolved *spill.Table[resolution]
	evidence *spill.Table[indexed]
	labels   *spill.Table[labelled]  // of clients, and of sessions with one client
	calls    map[SessionID][]Attempt // of the sessions that are asked for
	seed     maphash.Seed
	err      error
}

// An indexed evidence is sorted by session, mark and position.
type indexed struct {
	session SessionID
	mark    uint64 // hash
	at      int64  // tick, or index of the first record in its source
	Evidence
	known   bool // failure is set
	failure indexedFailure
}

func (e *indexed) compare(other *indexed) int {
	return cmp.Or(e.session.Compare(other.session), cmp.Compare(e.mark, other.mark), cmp.Compare(e.at, other.at))
}

func (e indexed) Rank() uint64              { return e.session.Hi }
func (e indexed) Compare(other indexed) int { return e.compare(&other) }

// An indexedFailure is a Failure by its numbers.
type indexedFailure struct {
	id          uint64
	first       int64
	method, err Name
	code        int32
	reason      catalogue.ReasonID
	recovered   bool
	client      Labels
}

// labelled are the labels of a client or session. Of several, the last ones count.
type labelled struct {
	id    SessionID
	order int64
	Labels
}

func (l labelled) Rank() uint64 { return l.id.Hi }
func (l labelled) Compare(other labelled) int {
	return cmp.Or(l.id.Compare(other.id), cmp.Compare(l.order, other.order))
}

// Index returns the index of all failures; if sessions are given, of their failures and attempts only.
func (c *Counts) Index(sessions ...SessionID) (*Index, error) {
	x := &Index{counts: c, source: map[SourceID]uint32{}, calls: map[SessionID][]Attempt{}, seed: maphash.MakeSeed()}
	for i, id := range c.sources {
		x.source[id] = uint32(i)
	}
	for _, id := range sessions {
		x.calls[id] = nil
	}
	var dir *spill.Dir
	var evidence spill.Set[indexed]
	var labels spill.Set[labelled]
	if c.space != nil {
		dir = c.space.Dir
		evidence.Bound(1, 0, dir, c.space.limit/40)
		labels.Bound(1, 0, dir, c.space.limit/40)
	}
	var errs [5]error
	x.resolved, errs[0] = spill.TableOf(dir, &c.resolved)
	errs[1] = c.newReader().read(spill.Shelf{}, func(g *group) bool {
		if len(sessions) == 0 || slices.Contains(sessions, g.id) {
			x.add(g, &labels, &evidence)
		}
		return true
	})
	x.evidence, errs[2] = spill.TableOf(dir, &evidence)
	errs[3] = evidence.Drop()
	x.labels, errs[4] = spill.TableOf(dir, &labels)
	return x, cmp.Or(errs[0], errs[1], errs[2], errs[3], errs[4])
}

// Close removes the index. The error is that of reading back a value that Find, SessionOf or ClientOf
// needed.
func (x *Index) Close() error {
	return cmp.Or(x.err, x.resolved.Close(), x.evidence.Close(), x.labels.Close())
}

// add adds the failures of one session, and its attempts if it was asked for.
func (x *Index) add(g *group, labels *spill.Set[labelled], evidence *spill.Set[indexed]) {
	if !g.id.IsZero() {
		labels.Add(labelled{g.id, 0, g.clientOf(SessionID{})})
	}
	for i, m := range g.members { // a client may be a session, of which less is known
		labels.Add(labelled{m.client, int64(i) + 1, m.labels})
	}
	of := map[attempt]*Failure{}
	_, asked := x.calls[g.id]
	g.failures(func(found []summary) {
		failures, known := make([]indexedFailure, len(found)), make([]bool, len(found))
		for i := range g.evidence {
			e := indexed{Evidence: g.evidence[i]}
			if n := g.of[i]; n != none && found[n].counts {
				if !known[n] {
					failures[n], known[n] = x.failure(g, &found[n], &e.Evidence), true
				}
				e.failure, e.known = failures[n], true
			}
			x.place(&e, g.id)
			evidence.Add(e)
		}
		for i, n := range g.calls.first {
			if n != none && known[n] && asked {
				of[g.calls.attempts[i]] = x.named(&failures[n])
			}
		}
	})
	if asked {
		x.calls[g.id] = x.attempts(g, of)
	}
}

// place sets where an evidence is sorted.
func (x *Index) place(e *indexed, session SessionID) {
	e.session, e.mark, e.at = session, maphash.Comparable(x.seed, e.Mark), e.First
	if e.Axis() != Placed {
		e.at >>= tickBits
	}
}

// failure returns a failure with its ID. e is its first evidence.
func (x *Index) failure(g *group, s *summary, e *Evidence) indexedFailure {
	names := x.counts.Names
	var source SourceID
	if !g.floats {
		source = x.counts.sources[e.Origin]
	}
	what := fmt.Sprint(g.id.Bytes(), source, e.WithoutReason(), e.First, e.Place, names.Errors[e.Error], names.Methods[e.Method], e.Code, e.Stream, e.Kind, e.Weight, e.Client.Bytes())
	_, first := g.began(s.first)
	return indexedFailure{xxh3.HashString(what) >> 16, first, s.method, s.err, s.code, s.reason, s.recovered, g.clientOf(s.client)}
}

// named returns a failure with its names.
func (x *Index) named(f *indexedFailure) *Failure {
	names := x.counts.Names
	return &Failure{
		ID: fmt.Sprintf("%012x", f.id), Method: names.Methods[f.method], Error: names.Errors[f.err], Code: f.code, Reason: f.reason,
		First: f.first, Recovered: f.recovered, Client: f.client.Names(names.Labels),
	}
}

// Find returns the failure of a record that was counted, nil if it belongs to none. number is
// the index of the record in its source, from 0.
func (x *Index) Find(e *parse.Event, v *classify.Verdict, source SourceID, number int64) *Failure {
	if !v.Failure {
		return nil
	}
	session, _ := x.SessionOf(e, source)
	want := indexed{Evidence: x.evidenceOf(e, v, number)}
	origin := x.source[source]
	// The evidence of a session may have no places.
	for _, floats := range [2]bool{false, true} {
		if want.Origin = origin; floats {
			want.Origin = 0
		}
		x.place(&want, session)
		have, ok := lookUp(x, x.evidence, func(e *indexed) int { return e.compare(&want) })
		if ok && have.session == session && have.Mark == want.Mark && have.close(&want.Evidence) {
			if have.known {
				return x.named(&have.failure)
			}
			return nil
		}
	}
	return nil
}

// lookUp returns the last value of a table that does not compare as greater.
func lookUp[T any](x *Index, in *spill.Table[T], compare func(*T) int) (out T, ok bool) {
	out, ok, err := in.Last(compare)
	x.err = cmp.Or(x.err, err)
	return out, ok
}

// evidenceOf returns the evidence of a record in the numbers of the counts.
func (x *Index) evidenceOf(e *parse.Event, v *classify.Verdict, number int64) Evidence {
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
	if is, ok := lookUp(x, x.resolved, func(r *resolution) int { return r.surrogate.Compare(id) }); ok && is.surrogate == id {
		id = is.owner
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
	return x.labelsOf(id).Names(x.counts.Names.Labels)
}

func (x *Index) labelsOf(id SessionID) Labels {
	if l, ok := lookUp(x, x.labels, func(l *labelled) int { return l.id.Compare(id) }); ok && l.id == id {
		return l.Labels
	}
	return Labels{}
}
