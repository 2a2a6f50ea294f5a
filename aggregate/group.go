package aggregate

import (
	"cmp"
	"io"
	"iter"
	"slices"

	"github.com/otlog/otlog/aggregate/compatible"
	"github.com/otlog/otlog/aggregate/cores"
	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/spans"
	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Session is the result for one session, for one surrogate ID, or for all records without
// an ID.
type Session struct {
	ID     SessionID // zero: none
	From   SessionFrom
	APIKey Name   // a label
	Text   string // the ID as the logs have it; "" unless it was kept

	Telemetry bool // one of its records is telemetry, selected or not

	Buckets  []Bucket   // in which it was seen, sorted; none if ID is zero
	Clients  []Labels   // of the clients that were seen in it, sorted, without repeats; only those of selected versions
	Attempts []Attempts // sorted by method, bucket, outcome, Inferred, and client
	Divided  bool       // there is so much evidence that failures at some borders may count twice
	Rows     []Row      // sorted by method, error, code, bucket, and what the lines state
}

// Known reports whether the session has an ID or a surrogate ID.
func (s *Session) Known() bool { return !s.ID.IsZero() }

// A Row counts failures of one session, and lines that report them, which agree in all
// fields before the counts. Lines that belong to no failure, such as those of background
// telemetry, have rows of their own.
type Row struct {
	Bucket Bucket             // in which the failures began
	Method Name               // 0: unknown
	Error  Name               // 0: without a name
	Code   int32              // of an error without a name; 0: none
	Reason catalogue.ReasonID // of the failures; 0: unknown

	SDK, Browser, OS Name // labels of the client

	// What the lines state. Of rows that differ only in this, one counts the failures.
	Evidence classify.Evidence
	Stated   int32 // code; 0: none

	Failures    int64
	Recovered   int64 // failures of attempts that ended in success; not part of Failures
	Lines       int64
	First, Last int64 // of the lines, Unix nanoseconds; NoTime if no line has a date and time
}

// Sessions yields the selected part of each selected session, sorted by SessionID. The
// Session is valid until the next one. If reading back from disk fails, the last pair holds
// the error. Sessions that are in memory are made on all cores, a shelf at a time.
func (c *Counts) Sessions(f Filter) iter.Seq2[*Session, error] {
	return func(yield func(*Session, error) bool) {
		makers := make([]maker, c.workers)
		for i := range makers {
			makers[i] = maker{filter: &f, selected: c.selection(&f), from: c.newReader()}
		}
		if c.bits == 0 { // there may be too many for one batch
			if err := makers[0].read(spill.Shelf{}, func(s *Session) bool { return yield(s, nil) }); err != nil {
				yield(nil, err)
			}
			return
		}
		cores.InOrder(c.workers, 1<<c.bits, func(worker, i int, out *sessionBatch) error {
			out.empty()
			err := makers[worker].read(spill.Shelf{Bits: c.bits, Number: i}, out.add)
			out.close()
			return err
		}, func(out *sessionBatch, err error) bool {
			for i := range out.sessions {
				if !yield(&out.sessions[i], nil) {
					return false
				}
			}
			return err == nil || yield(nil, err)
		})
	}
}

// A maker makes sessions of groups.
type maker struct {
	filter   *Filter
	selected *selection
	from     *groupReader
	out      Session
}

// read visits the selected sessions on a shelf, until visit returns false. A Session is valid
// until the next one.
func (m *maker) read(shelf spill.Shelf, visit func(*Session) bool) error {
	return m.from.read(shelf, func(g *group) bool {
		if !m.filter.Session.IsZero() && g.id != m.filter.Session {
			return true
		}
		g.selected = m.selected
		return !g.selected.takesSession(g) || visit(g.session(m.filter, &m.out))
	})
}

// A sessionBatch has copies of sessions. Their contents are in four lists, so that a batch that
// is used again takes no memory for sessions that it no longer has.
type sessionBatch struct {
	sessions []Session
	buckets  []Bucket
	clients  []Labels
	attempts []Attempts
	rows     []Row
}

func (b *sessionBatch) empty() {
	b.sessions, b.buckets, b.clients, b.attempts, b.rows = b.sessions[:0], b.buckets[:0], b.clients[:0], b.attempts[:0], b.rows[:0]
}

func (b *sessionBatch) add(s *Session) bool {
	b.sessions = append(b.sessions, *s)
	b.buckets, b.clients = append(b.buckets, s.Buckets...), append(b.clients, s.Clients...)
	b.attempts, b.rows = append(b.attempts, s.Attempts...), append(b.rows, s.Rows...)
	return true
}

// close gives all sessions their contents. The lists have moved while they grew.
func (b *sessionBatch) close() {
	buckets, clients, attempts, rows := b.buckets, b.clients, b.attempts, b.rows
	for i := range b.sessions {
		s := &b.sessions[i]
		s.Buckets, buckets = buckets[:len(s.Buckets):len(s.Buckets)], buckets[len(s.Buckets):]
		s.Clients, clients = clients[:len(s.Clients):len(s.Clients)], clients[len(s.Clients):]
		s.Attempts, attempts = attempts[:len(s.Attempts):len(s.Attempts)], attempts[len(s.Attempts):]
		s.Rows, rows = rows[:len(s.Rows):len(s.Rows)], rows[len(s.Rows):]
	}
}

// A group is everything known about one session.
type group struct {
	correlator
	order    *nameOrder
	selected *selection
	times    Range // of the input

	id       SessionID
	from     SessionFrom
	key      Name
	text     string
	posts    bool // it has telemetry
	buckets  []Bucket
	all      []Evidence
	attempts []attempt
	members  []member

	lasting *spans.Reach // the attempts, once they matter
	sockets bool         // a socket's tries are among the evidence
	divided bool         // failures may count twice, see section

	floats bool   // evidence has no places
	looked bool   // only is set
	only   Labels // of the session's only client
}

// A groupReader gathers what is known about each session.
type groupReader struct {
	*Counts
	entries *mergeCursor
	inputs  spill.Inputs
	group   group

	resolved                *spill.Follower[SessionID, resolution]
	attempts, movedAttempts *spill.Follower[SessionID, attempt]
	members                 *spill.Follower[SessionID, member]
	movedBuckets            *spill.Follower[SessionID, movedBucket]
	movedEvidence           *spill.Follower[SessionID, movedEvidence]
}

func (c *Counts) newReader() *groupReader {
	r := &groupReader{
		Counts: c, entries: c.merge.cursor(false, false),
		group:    group{correlator: correlator{rules: compatible.Rules{Names: c.merge.dictionary}, crowded: c.crowded, most: c.most}, order: c.order, times: c.Range},
		resolved: spill.Follow(&c.resolved), members: spill.Follow(&c.members),
		attempts: spill.Follow(&c.attempts), movedAttempts: spill.Follow(&c.movedAttempts),
		movedBuckets: spill.Follow(&c.movedBuckets), movedEvidence: spill.Follow(&c.movedEvidence),
	}
	r.inputs = spill.Inputs{r.resolved, r.members, r.attempts, r.movedAttempts, r.movedBuckets, r.movedEvidence}
	return r
}

// read visits every session on a shelf, until visit returns false. The records without an ID are
// on the first shelf, before all sessions. The group is valid until the next one.
func (r *groupReader) read(shelf spill.Shelf, visit func(*group) bool) error {
	if err := r.entries.seek(shelf); err != nil {
		return err
	}
	defer r.entries.Close()
	r.inputs.Seek(shelf)
	g := &r.group
	e, err := r.entries.Next()
	for {
		if err != nil && err != io.EOF {
			return err
		}
		// In crafted parts, records may have moved to an ID without an entry.
		id, more := SessionID{}, false
		least := func(other SessionID, ok bool) {
			if ok && (!more || other.Compare(id) < 0) {
				id, more = other, true
			}
		}
		if err == nil {
			least(e.ID, true)
		}
		least(r.movedBuckets.Next())
		least(r.movedEvidence.Next())
		least(r.movedAttempts.Next())
		if !more {
			break
		}
		*g = group{
			correlator: g.correlator, order: g.order, times: g.times,
			id: id, buckets: lists.Empty(g.buckets), all: lists.Empty(g.all), attempts: lists.Empty(g.attempts),
		}
		moved := len(r.resolved.Of(id)) > 0
		if err == nil && e.ID == id {
			g.from, g.key, g.text = e.From, e.Key, e.Text
			if !moved {
				g.posts = e.Telemetry
				g.buckets = append(g.buckets, e.Buckets...)
				g.all, e.Evidence = e.Evidence, g.all // there may be much
			}
			if id.IsZero() {
				g.all = slices.DeleteFunc(g.all, func(x Evidence) bool { return !r.tenant(x.Origin).IsZero() })
			}
			e, err = r.entries.Next()
		}
		if own := r.attempts.Of(id); !moved {
			g.attempts = append(g.attempts, own...)
		}
		for _, m := range r.movedBuckets.Of(id) {
			g.buckets = append(g.buckets, m.bucket)
			g.posts = g.posts || m.telemetry
		}
		for _, m := range r.movedEvidence.Of(id) {
			g.all = append(g.all, m.Evidence)
		}
		g.attempts = append(g.attempts, r.movedAttempts.Of(id)...)
		g.members = r.members.Of(id)
		if moved && len(g.buckets)+len(g.all)+len(g.attempts) == 0 {
			continue // all of it moved away
		}
		if !visit(g) {
			return nil
		}
	}
	return r.inputs.Err()
}

// session sets s to the selected part of a selected session, and returns it.
func (g *group) session(f *Filter, s *Session) *Session {
	*s = Session{
		ID: g.id, From: g.from, APIKey: g.key, Text: g.text, Telemetry: g.posts,
		Buckets: s.Buckets[:0], Clients: s.Clients[:0], Attempts: s.Attempts[:0], Rows: s.Rows[:0],
	}
	for i := range g.buckets {
		g.buckets[i] = g.plausible(g.buckets[i])
	}
	slices.Sort(g.buckets)
	for _, b := range slices.Compact(g.buckets) {
		if f.Covers(b) {
			s.Buckets = append(s.Buckets, b)
		}
	}
	s.Clients = g.labels(s.Clients)
	s.Attempts = g.countAttempts(s.Attempts)
	s.Rows = g.rows(s.Rows)
	s.Divided = g.divided
	return s
}

// plausible returns a bucket, or NoBucket if its time comes from a wrong clock.
func (g *group) plausible(b Bucket) Bucket {
	if !g.id.IsZero() && !g.times.Contains(b) {
		return NoBucket
	}
	return b
}

// began returns the bucket and the time of what began at a time, NoBucket and
// timestamp.NoTime if that comes from a wrong clock.
func (g *group) began(nanos int64) (Bucket, int64) {
	b := g.plausible(BucketOf(nanos))
	if b == NoBucket {
		return NoBucket, timestamp.NoTime
	}
	return b, nanos
}

// labels appends the labels of the selected clients.
func (g *group) labels(out []Labels) []Labels {
	for i := range g.members {
		if l := g.members[i].labels; g.selected.clients.Takes(l) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, g.order.compareLabels)
	return slices.Compact(out)
}

// failures finds the failures of the session, or of each source if there is no session, and
// calls visit with their summaries.
func (g *group) failures(visit func(found []summary)) {
	if len(g.all) == 0 {
		return
	}
	order := evidenceOrder{names: g.order, sourced: g.id.IsZero()}
	g.floats = !order.sourced && float(g.all)
	all := order.sortAndFold(g.all)
	g.sockets = slices.ContainsFunc(all, func(e Evidence) bool { return e.Weight == classify.Socket })
	for from := 0; from < len(all); {
		to := len(all)
		if order.sourced {
			to = from + 1
			for to < len(all) && all[to].Origin == all[from].Origin {
				to++
			}
		}
		to = from + g.section(all[from:to])
		g.correlate(all[from:to])
		found := g.summaries()
		if !order.sourced {
			found = g.attribute(found, g.attempts)
		}
		visit(found)
		from = to
	}
}

// rows appends the rows of failures and lines.
func (g *group) rows(out []Row) []Row {
	room := mergeAt
	g.failures(func(found []summary) {
		for i := range g.evidence {
			if len(out) == room {
				// Most rows are alike: merging them early bounds the memory that a
				// session with a million lines takes.
				out = lists.MergeAlike(out, g.order.compareRows, (*Row).add)
				room = max(mergeAt, 2*len(out))
			}
			if row, ok := g.row(i, found); ok {
				out = append(out, row)
			}
		}
	})
	return lists.MergeAlike(out, g.order.compareRows, (*Row).add)
}

// countAttempts appends the counts of attempts.
func (g *group) countAttempts(out []Attempts) []Attempts {
	compare := func(a, b Attempts) int {
		return cmp.Or(
			cmp.Compare(g.order.Methods[a.Method], g.order.Methods[b.Method]),
			cmp.Compare(a.Bucket, b.Bucket), cmp.Compare(a.Outcome, b.Outcome), compareBools(a.Inferred, b.Inferred),
			g.order.compareLabels(Labels{SDK: a.SDK, Browser: a.Browser, OS: a.OS}, Labels{SDK: b.SDK, Browser: b.Browser, OS: b.OS}))
	}
	add := func(a, b *Attempts) {
		a.Attempts += b.Attempts
		a.NeverEnded += b.NeverEnded
	}
	room := mergeAt
	for i := range g.attempts {
		if len(out) == room {
			out = lists.MergeAlike(out, compare, add)
			room = max(mergeAt, 2*len(out))
		}
		a := &g.attempts[i]
		client := g.clientOf(a.client)
		if bucket, start := g.began(a.nanos()); g.selected.takes(start, client) {
			sum := Attempts{
				Method: a.method, Bucket: bucket, Outcome: a.outcome, Inferred: a.inferred,
				SDK: client.SDK, Browser: client.Browser, OS: client.OS, Attempts: 1,
			}
			if bucket != NoBucket && a.neverEnds(g.times.Last) {
				sum.NeverEnded = 1
			}
			out = append(out, sum)
		}
	}
	return lists.MergeAlike(out, compare, add)
}

// clientOf returns the labels of a client, or of the session's only client if client is
// zero.
func (g *group) clientOf(client SessionID) Labels {
	if !client.IsZero() {
		i, ok := findMember(g.members, client)
		if !ok {
			return Labels{}
		}
		return g.members[i].labels
	}
	if !g.looked {
		g.looked, g.only = true, onlyClient(g.members)
	}
	return g.only
}

// onlyClient returns the labels of the client that was seen in no other session, if there
// is exactly one.
func onlyClient(members []member) (only Labels) {
	found := false
	for i := range members {
		if !members[i].own {
			continue
		}
		if found {
			return Labels{}
		}
		only, found = members[i].labels, true
	}
	return only
}

// compareRows orders rows by everything but their counts. Names are compared as text, so
// that every process has the same order.
func (o *nameOrder) compareRows(a, b Row) int {
	switch {
	case a.Method != b.Method:
		return cmp.Compare(o.Methods[a.Method], o.Methods[b.Method])
	case a.Error != b.Error:
		return cmp.Compare(o.Errors[a.Error], o.Errors[b.Error])
	case a.Code != b.Code:
		return cmp.Compare(a.Code, b.Code)
	case a.Bucket != b.Bucket:
		return cmp.Compare(a.Bucket, b.Bucket)
	case a.Evidence != b.Evidence:
		return cmp.Compare(a.Evidence, b.Evidence)
	case a.Stated != b.Stated:
		return cmp.Compare(a.Stated, b.Stated)
	case a.Reason != b.Reason:
		return cmp.Compare(a.Reason, b.Reason)
	}
	return o.compareLabels(Labels{SDK: a.SDK, Browser: a.Browser, OS: a.OS}, Labels{SDK: b.SDK, Browser: b.Browser, OS: b.OS})
}

// mergeAt is the number of rows that are gathered before equal ones are merged.
const mergeAt = 4 << 10

// row returns the row of evidence i. ok reports whether the evidence or its failure is
// selected.
func (g *group) row(i int, found []summary) (row Row, ok bool) {
	e := &g.evidence[i]
	row = Row{
		Bucket: NoBucket, Method: e.Method, Error: e.Error, Code: e.Code, Reason: e.Reason(),
		Evidence: e.Kind, Stated: e.Code, Lines: int64(e.Records), First: timestamp.NoTime, Last: timestamp.NoTime,
	}
	if e.Axis() == Dated {
		if row.Bucket, row.First = g.began(e.First); row.Bucket != NoBucket {
			row.Last = e.last()
		}
	}
	if g.of[i] == none {
		if e.Error != 0 {
			row.Code = 0
		}
		client := g.clientOf(e.Client)
		row.by(client)
		return row, g.selected.takes(row.First, client)
	}
	s := &found[g.of[i]]
	client := g.clientOf(s.client)
	row.by(client)
	bucket, first := g.began(s.first)
	row.Bucket, row.Method, row.Error, row.Code, row.Reason = bucket, s.method, s.err, 0, s.reason
	if s.err == 0 {
		row.Code = s.code
	}
	if s.counts && !s.done {
		s.done = true
		if s.recovered {
			row.Recovered = 1
		} else {
			row.Failures = 1
		}
	}
	return row, g.selected.takes(first, client)
}

// by sets the labels of the client.
func (r *Row) by(t Labels) { r.SDK, r.Browser, r.OS = t.SDK, t.Browser, t.OS }

func (r *Row) add(other *Row) {
	r.Failures += other.Failures
	r.Recovered += other.Recovered
	r.Lines += other.Lines
	r.First = coverage.Earlier(r.First, other.First)
	r.Last = max(r.Last, other.Last) // NoTime is less than any time
}
