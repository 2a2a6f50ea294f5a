package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Ranked is a session that is worth looking at.
type Ranked struct {
	Session     string        `json:"session"`
	SessionFrom string        `json:"session_from"`
	First       *string       `json:"first"`
	Last        *string       `json:"last"`
	Failures    int64         `json:"failures"` // that were not recovered
	Recovered   int64         `json:"recovered"`
	Errors      []RankedError `json:"errors"` // most frequent first
	Clients     []Labels      `json:"clients"`

	id          aggregate.SessionID
	first, last int64
	quarter     aggregate.Bucket // in which it was seen last
}

// A RankedError counts the failures of an error in a session.
type RankedError struct {
	Method    string  `json:"method"`
	Error     *string `json:"error"`
	Code      *int32  `json:"code"`
	Failures  int64   `json:"failures"`
	Recovered int64   `json:"recovered"`
}

// Labels describe a client.
type Labels struct {
	SDK     *string `json:"sdk"`
	Browser *string `json:"browser"`
	OS      *string `json:"os"`
}

// rank finds the sessions worth looking at. The second reading finds their IDs as written.
func (x *reader) rank(sources []parse.Source) (*Result, error) {
	out := &Result{ranks: true, Ranking: []*Ranked{}}
	for s, err := range x.counts.Sessions(aggregate.Filter{}) {
		if err != nil {
			return nil, err
		}
		if !s.Known() {
			continue
		}
		r := x.ranked(s)
		if r.Failures > 0 {
			out.Failed++
		}
		out.Ranking = append(out.Ranking, r)
		if x.Top > 0 && len(out.Ranking) >= 2*x.Top+1000 {
			out.Ranking = x.best(out.Ranking)
		}
	}
	out.Ranking = worthwhile(x.best(out.Ranking), x.Top == 0)
	listed := map[aggregate.SessionID]*Ranked{}
	var ids []aggregate.SessionID
	for _, r := range out.Ranking {
		listed[r.id], ids = r, append(ids, r.id)
	}
	var err error
	if x.index, err = x.counts.Index(ids...); err != nil {
		return nil, err
	}
	out.Sources, err = aggregate.Walk(sources, x.Input, func(r *aggregate.Record) error {
		id, _ := x.index.SessionOf(r.Event, r.ID)
		if s := listed[id]; s != nil {
			s.see(r.Event)
		}
		return nil
	})
	for _, r := range out.Ranking {
		r.First, r.Last = at(r.first, x.Zone), at(r.last, x.Zone)
	}
	return out, cmp.Or(err, x.index.Close())
}

// ranked returns what the counts say of a session.
func (x *reader) ranked(s *aggregate.Session) *Ranked {
	names := x.counts.Names
	r := &Ranked{id: s.ID, SessionFrom: s.From.String(), Errors: []RankedError{}, Clients: []Labels{}, first: math.MaxInt64, last: timestamp.NoTime}
	if n := len(s.Buckets); n > 0 {
		r.quarter = s.Buckets[n-1]
	}
	for i := range s.Rows {
		row := &s.Rows[i]
		if row.Failures+row.Recovered == 0 {
			continue
		}
		r.Failures += row.Failures
		r.Recovered += row.Recovered
		r.add(RankedError{names.Methods[row.Method], optional(names.Errors[row.Error]), code(row.Code), row.Failures, row.Recovered})
	}
	slices.SortStableFunc(r.Errors, func(a, b RankedError) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(b.Recovered, a.Recovered))
	})
	for _, l := range s.Clients {
		r.Clients = append(r.Clients, Labels{optional(names.Labels[l.SDK]), optional(names.Labels[l.Browser]), optional(names.Labels[l.OS])})
	}
	return r
}

func code(n int32) *int32 {
	if n == 0 {
		return nil
	}
	return &n
}

// add counts failures. Rows of a session are divided by more than their error.
func (r *Ranked) add(e RankedError) {
	for i := range r.Errors {
		if o := &r.Errors[i]; o.Method == e.Method && equal(o.Error, e.Error) && equal(o.Code, e.Code) {
			o.Failures += e.Failures
			o.Recovered += e.Recovered
			return
		}
	}
	r.Errors = append(r.Errors, e)
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// best returns the first sessions: with most failures that were not recovered, then with most errors
// that differ, then with most recovered failures, then the most recent ones.
func (x *reader) best(all []*Ranked) []*Ranked {
	slices.SortFunc(all, func(a, b *Ranked) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(len(b.Errors), len(a.Errors)), cmp.Compare(b.Recovered, a.Recovered),
			cmp.Compare(b.quarter, a.quarter), a.id.Compare(b.id))
	})
	if x.Top > 0 && len(all) > x.Top {
		clear(all[x.Top:])
		all = all[:x.Top]
	}
	return all
}

// worthwhile returns the sessions of a list in the order of best that have a failure, recovered or not. It
// returns all if none has, or if all are asked for.
func worthwhile(best []*Ranked, all bool) []*Ranked {
	n := slices.IndexFunc(best, func(r *Ranked) bool { return len(r.Errors) == 0 })
	if all || n <= 0 {
		return best
	}
	return best[:n]
}

// see notes the ID of a session as written, and when it was seen.
func (r *Ranked) see(e *parse.Event) {
	if r.Session == "" {
		if name, from := nameOf(e, r.id); name != "" {
			r.Session, r.SessionFrom = name, from.String()
		}
	}
	if e.Time != timestamp.NoTime {
		r.first, r.last = min(r.first, e.Time), max(r.last, e.Time)
	}
}

// at returns an instant in words, nil if it is unknown.
func at(nanos int64, zone *time.Location) *string {
	if nanos == math.MaxInt64 || nanos == timestamp.NoTime {
		return nil
	}
	return pointer(time.Unix(0, nanos).In(zone).Format(time.RFC3339))
}

// label returns what an error is called, with its method and number.
func (e *RankedError) label() string {
	f := Failure{Error: e.Error, Code: e.Code}
	out := f.label() + in(e.Method)
	if n := e.Failures + e.Recovered; n > 1 {
		out += fmt.Sprintf(" ×%d", n)
	}
	if e.Failures == 0 {
		out += " (recovered)"
	}
	return out
}
