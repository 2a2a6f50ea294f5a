package aggregate

import (
	"cmp"
	"io"
	"iter"
	"slices"
)

// A Session is what is counted of one session, of what stands for one, or of all that
// bears none.
type Session struct {
	ID     SessionID // zero: none
	From   SessionFrom
	APIKey Name // label

	Buckets  []Bucket   // in which it was seen, sorted; none if ID is zero
	Clients  []Labels   // of the clients that were seen in it, each once, sorted; of a version that is selected
	Attempts []Attempts // sorted by method, bucket, outcome, whether they are inferred, and client
	Rows     []Row      // sorted by method, error, code, bucket, and what the lines state
}

// Known reports whether there is something that stands for the session.
func (s *Session) Known() bool { return !s.ID.IsZero() }

// Sessions yields what a filter selects of each session that it selects, sorted by
// SessionID. The Session is good until the next one. If not all can be read back
// from disk, an error comes last.
func (c *Counts) Sessions(f Filter) iter.Seq2[*Session, error] {
	return func(yield func(*Session, error) bool) {
		selected := c.selection(&f)
		err := c.groups(func(g *group) bool {
			if !f.Session.IsZero() && g.id != f.Session {
				return true
			}
			g.selected = selected
			s := g.session(&f)
			return s == nil || yield(s, nil)
		})
		if err != nil {
			yield(nil, err)
		}
	}
}

// A group is all that is known of one session.
type group struct {
	correlator
	order    *nameOrder
	selected *selection

	id       SessionID
	from     SessionFrom
	key      Name
	buckets  []Bucket
	all      []Evidence
	attempts []attempt
	clients  []belonging

	looked bool   // for the only client
	only   Labels // its labels
	floats bool   // places of evidence are forgotten
	out    Session
}

// groups visits every session, and what bears none first, until visit returns false.
func (c *Counts) groups(visit func(*group) bool) error {
	entries, err := c.merge.open(false, false)
	if err != nil {
		return err
	}
	defer entries.Close()
	var (
		resolved, attempts, clients      = follow(&c.resolved), follow(&c.attempts), follow(&c.clients)
		buckets, evidence, movedAttempts = follow(&c.buckets), follow(&c.evidence), follow(&c.movedAttempts)
	)
	g := &group{correlator: correlator{names: c.merge.dictionary}, order: c.order}
	e, err := entries.Next()
	for {
		if err != nil && err != io.EOF {
			return err
		}
		// What was moved may stand under an ID that has no entry, in parts that
		// somebody made up.
		id, more := SessionID{}, false
		least := func(other SessionID, ok bool) {
			if ok && (!more || other.Compare(id) < 0) {
				id, more = other, true
			}
		}
		if err == nil {
			least(e.ID, true)
		}
		least(buckets.next())
		least(evidence.next())
		least(movedAttempts.next())
		if !more {
			break
		}
		*g = group{
			correlator: g.correlator, order: g.order, out: g.out,
			id: id, buckets: g.buckets[:0], all: g.all[:0], attempts: g.attempts[:0],
		}
		moved := len(resolved.of(id)) > 0
		if err == nil && e.ID == id {
			g.from, g.key = e.From, e.Key
			if !moved {
				g.buckets, g.all = append(g.buckets, e.Buckets...), append(g.all, e.Evidence...)
			}
			e, err = entries.Next()
		}
		if own := attempts.of(id); !moved {
			g.attempts = append(g.attempts, own...)
		}
		for _, m := range buckets.of(id) {
			g.buckets = append(g.buckets, m.bucket)
		}
		for _, m := range evidence.of(id) {
			g.all = append(g.all, m.Evidence)
		}
		g.attempts = append(g.attempts, movedAttempts.of(id)...)
		g.clients = clients.of(id)
		if moved && len(g.buckets)+len(g.all)+len(g.attempts) == 0 {
			continue // it is another one
		}
		if !visit(g) {
			return nil
		}
	}
	return cmp.Or(resolved.err(), attempts.err(), clients.err(), buckets.err(), evidence.err(), movedAttempts.err())
}

// session counts what is selected, nil if that is nothing.
func (g *group) session(f *Filter) *Session {
	if !g.selected.takesSession(g) {
		return nil
	}
	s := &g.out
	*s = Session{
		ID: g.id, From: g.from, APIKey: g.key,
		Buckets: s.Buckets[:0], Clients: s.Clients[:0], Attempts: s.Attempts[:0], Rows: s.Rows[:0],
	}
	slices.Sort(g.buckets)
	for _, c := range slices.Compact(g.buckets) {
		if f.Covers(c) {
			s.Buckets = append(s.Buckets, c)
		}
	}
	s.Clients = g.labels(s.Clients)
	s.Attempts = g.countAttempts(s.Attempts)
	s.Rows = g.rows(s.Rows)
	return s
}

// labels are what is known of the clients that are selected.
func (g *group) labels(out []Labels) []Labels {
	for i := range g.clients {
		if t := g.clients[i].labels; g.selected.takesClient(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, g.order.compareLabels)
	return slices.Compact(out)
}

// failures finds the failures of the group and visits what is found: of its session,
// or of each source if there is none.
func (g *group) failures(visit func(found []summary)) {
	if len(g.all) == 0 {
		return
	}
	order := evidenceOrder{names: g.order, sourced: g.id.IsZero()}
	g.floats = !order.sourced && float(g.all)
	all := order.sortAndFold(g.all)
	for from := 0; from < len(all); {
		to := len(all)
		if order.sourced {
			to = from + 1
			for to < len(all) && all[to].Origin == all[from].Origin {
				to++
			}
		}
		g.correlate(all[from:to])
		visit(g.summaries())
		from = to
	}
}

// rows counts failures and lines.
func (g *group) rows(out []Row) []Row {
	room := mergeAt
	g.failures(func(found []summary) {
		for i := range g.evidence {
			if len(out) == room {
				// Few differ, mostly: a session with a million lines must not
				// need a million rows at a time.
				out = mergeAlike(out, g.order.compareRows, (*Row).add)
				room = max(mergeAt, 2*len(out))
			}
			if row, ok := g.row(i, found); ok {
				out = append(out, row)
			}
		}
	})
	return mergeAlike(out, g.order.compareRows, (*Row).add)
}

// countAttempts counts attempts.
func (g *group) countAttempts(out []Attempts) []Attempts {
	compare := func(a, b Attempts) int {
		return cmp.Or(
			cmp.Compare(g.order.methods[a.Method], g.order.methods[b.Method]),
			cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Outcome, b.Outcome), compareBools(a.Inferred, b.Inferred),
			g.order.compareLabels(Labels{a.SDK, a.Browser, a.OS}, Labels{b.SDK, b.Browser, b.OS}))
	}
	add := func(a, b *Attempts) { a.Attempts += b.Attempts }
	room := mergeAt
	for i := range g.attempts {
		if len(out) == room {
			out = mergeAlike(out, compare, add)
			room = max(mergeAt, 2*len(out))
		}
		c := &g.attempts[i]
		client := g.clientOf(c.client)
		if g.selected.takes(c.nanos(), client) {
			out = append(out, Attempts{
				Method: c.method, Bucket: BucketOf(c.nanos()), Outcome: c.outcome, Inferred: c.inferred,
				SDK: client.SDK, Browser: client.Browser, OS: client.OS, Attempts: 1,
			})
		}
	}
	return mergeAlike(out, compare, add)
}

// clientOf returns the labels of a client, or if none is given of the only one that a
// session has.
func (g *group) clientOf(client SessionID) Labels {
	if !client.IsZero() {
		i, ok := slices.BinarySearchFunc(g.clients, client, func(b belonging, id SessionID) int { return b.client.Compare(id) })
		if !ok {
			return Labels{}
		}
		return g.clients[i].labels
	}
	if !g.looked {
		g.looked, g.only = true, onlyClient(g.clients)
	}
	return g.only
}

// onlyClient returns the labels of the client that was seen in no other session, if there
// is one such.
func onlyClient(clients []belonging) (only Labels) {
	found := false
	for i := range clients {
		if !clients[i].own {
			continue
		}
		if found {
			return Labels{}
		}
		only, found = clients[i].labels, true
	}
	return only
}
