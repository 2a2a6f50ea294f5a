package aggregate

import (
	"cmp"
	"io"
	"slices"

	"github.com/otlog/otlog/aggregate/spill"
)

// Counts are what parts add up to: which sessions were seen when, with what failures
// and attempts. They may be read by several goroutines.
type Counts struct {
	Names      *Names
	Coverage   []Coverage // buckets that hold records, in order. No filter applies
	Duplicates int64      // telemetry events of attempts that were seen again
	SDKs       []string   // versions that were seen, sorted

	merge   *merge
	order   *nameOrder
	sources []SourceID

	resolved spill.Set[resolution]
	attempts spill.Set[attempt]
	clients  spill.Set[belonging]

	// What surrogate IDs had, under the session that they are:
	buckets       spill.Set[movedBucket]
	evidence      spill.Set[movedEvidence]
	movedAttempts spill.Set[attempt]
}

// A resolution says which session a surrogate ID is, or which client a connection is.
type resolution struct{ surrogate, is SessionID }

func (r resolution) Compare(other resolution) int {
	return cmp.Or(r.surrogate.Compare(other.surrogate), r.is.Compare(other.is))
}

func (r resolution) of() SessionID { return r.surrogate }

// A belonging is a client that was seen in a session.
type belonging struct {
	session, client SessionID
	labels          Labels
	own             bool // it was seen in no other one
}

func (b belonging) Compare(other belonging) int {
	return cmp.Or(b.session.Compare(other.session), b.client.Compare(other.client), compareBools(b.own, other.own),
		cmp.Compare(b.labels.SDK, other.labels.SDK), cmp.Compare(b.labels.Browser, other.labels.Browser), cmp.Compare(b.labels.OS, other.labels.OS))
}

func (b belonging) of() SessionID { return b.session }

// A seenWith asks what a client says to somebody: which session it is, or its labels.
type seenWith struct{ client, other SessionID }

func (s seenWith) Compare(other seenWith) int {
	return cmp.Or(s.client.Compare(other.client), s.other.Compare(other.other))
}

// A clientEntry is what is known of a client.
type clientEntry struct {
	client, session SessionID // which it is, itself if it stands for itself
	labels          Labels
}

func (c clientEntry) Compare(other clientEntry) int {
	return cmp.Or(c.client.Compare(other.client), c.session.Compare(other.session), cmp.Compare(c.labels.SDK, other.labels.SDK))
}

func (c clientEntry) of() SessionID { return c.client }

type movedBucket struct {
	session SessionID
	bucket  Bucket
}

func (m movedBucket) Compare(other movedBucket) int {
	return cmp.Or(m.session.Compare(other.session), cmp.Compare(m.bucket, other.bucket))
}

func (m movedBucket) of() SessionID { return m.session }

type movedEvidence struct {
	session SessionID
	Evidence
}

func (m movedEvidence) Compare(other movedEvidence) int {
	a, b := &m.Evidence, &other.Evidence
	return cmp.Or(m.session.Compare(other.session),
		cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Place, b.Place), cmp.Compare(a.First, b.First),
		cmp.Compare(a.Flags, b.Flags), cmp.Compare(a.Error, b.Error), cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.Code, b.Code), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Weight, b.Weight), a.Client.Compare(b.Client), cmp.Compare(a.Span, b.Span), cmp.Compare(a.PlaceSpan, b.PlaceSpan),
		cmp.Compare(a.Records, b.Records))
}

func (m movedEvidence) of() SessionID { return m.session }

// Settle adds parts up. What does not fit into memory goes to a space, if there is
// one.
//
// Each entry of a part stands for a session, or for a connection or client that may be
// known to be one. So what stands under such an ID is moved to the session: entries, and
// what was found of them, are gone through side by side in the order of their IDs, and
// what is to be said to another ID is sorted first. Nothing is looked up, so that it
// does not matter how many sessions there are.
func Settle(space *Space, parts ...*Part) (*Counts, error) {
	sum := Merge(parts...)
	c := &Counts{
		Names: sum.Names, Coverage: sum.Coverage, Duplicates: sum.Posts,
		merge: sum.merge, order: sum.merge.order, sources: sum.Origins.Sources(),
	}
	s := &settling{Counts: c, space: space}
	bound(&c.resolved, space)
	bound(&c.attempts, space)
	bound(&c.clients, space)
	bound(&c.buckets, space)
	bound(&c.evidence, space)
	bound(&c.movedAttempts, space)
	bound(&s.posts, space)
	bound(&s.asked, space)
	bound(&s.known, space)
	bound(&s.foreign, space)
	bound(&s.askedIn, space)
	bound(&s.askedFor, space)
	for _, step := range []func() error{s.gather, s.resolveConnections, s.divide, s.move, s.introduce} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	for label, seen := range s.sdks {
		if seen {
			c.SDKs = append(c.SDKs, c.Names.Labels[label])
		}
	}
	slices.Sort(c.SDKs)
	return c, nil
}

// A settling is the state of Settle.
type settling struct {
	*Counts
	space *Space

	posts   spill.Set[posted]
	known   spill.Set[clientEntry]
	foreign spill.Set[seenWith] // sessions that ask for the labels of clients
	sdks    []bool              // by label

	// Connections that ask what their only client is, and what stands under them.
	asked    spill.Set[seenWith]
	askedIn  spill.Set[movedBucket]
	askedFor spill.Set[movedEvidence]
}

// walk visits all entries. They are not tidy.
func (c *Counts) walk(steps bool, visit func(*Entry) error) error {
	entries, err := c.merge.open(steps, false)
	if err != nil {
		return err
	}
	defer entries.Close()
	for {
		e, err := entries.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = visit(e)
		}
		if err != nil {
			return err
		}
	}
}

// gather notes what each entry is, and moves what it holds if that is another session.
func (s *settling) gather() error {
	s.sdks = make([]bool, len(s.Names.Labels))
	err := s.walk(true, func(e *Entry) error {
		switch e.From {
		case FromConnection:
			s.connection(e)
		case FromClient:
			s.client(e)
		default:
			s.meet(e, e.ID)
		}
		for _, step := range e.Steps {
			s.posts.Add(posted{Step: step, session: e.ID, from: e.From})
		}
		return nil
	})
	s.sdks[0] = false
	return err
}

// connection resolves a connection: it is the session that it was seen with, else
// what its client is.
func (s *settling) connection(e *Entry) {
	is := e.ID
	switch {
	case e.Session.one():
		is = e.Session.ID
		s.resolve(e, is)
	case !e.Session.any() && e.Client.one():
		s.asked.Add(seenWith{e.Client.ID, e.ID})
		for i := range e.Evidence {
			s.askedFor.Add(movedEvidence{e.ID, e.Evidence[i]})
		}
		for _, c := range e.Buckets {
			s.askedIn.Add(movedBucket{e.ID, c})
		}
		return
	}
	s.meet(e, is)
	if e.Client.one() {
		s.foreign.Add(seenWith{e.Client.ID, is})
	}
}

func (s *settling) client(e *Entry) {
	is := e.ID
	if e.Session.one() {
		is = e.Session.ID
		s.resolve(e, is)
	}
	s.meet(e, is)
	t := Labels{e.SDK, e.Browser, e.OS}
	s.sdks[t.SDK] = true
	s.known.Add(clientEntry{e.ID, is, t})
	s.clients.Add(belonging{is, e.ID, t, true})
}

// resolve moves what stands under a surrogate ID to the session that it is.
func (s *settling) resolve(e *Entry, is SessionID) {
	s.resolved.Add(resolution{e.ID, is})
	for _, c := range e.Buckets {
		s.buckets.Add(movedBucket{is, c})
	}
	for _, x := range e.Evidence {
		s.evidence.Add(movedEvidence{is, x})
	}
}

// meet asks for the labels of the clients that posted evidence in a session.
func (s *settling) meet(e *Entry, session SessionID) {
	var last SessionID
	for i := range e.Evidence {
		if client := e.Evidence[i].Client; client != last {
			s.foreign.Add(seenWith{client, session})
			last = client
		}
	}
}

// resolveConnections tells the connections that asked what their client is, and moves
// what stands under them.
func (s *settling) resolveConnections() error {
	known, asked := follow(&s.known), s.asked.Cursor()
	var answers spill.Set[resolution]
	bound(&answers, s.space)
	for q, ok := asked.Next(); ok; q, ok = asked.Next() {
		is := q.client
		if k := known.of(q.client); len(k) > 0 {
			is = k[0].session
		}
		answers.Add(resolution{q.other, is})
	}
	answer, buckets, evidence := answers.Cursor(), follow(&s.askedIn), follow(&s.askedFor)
	for a, ok := answer.Next(); ok; a, ok = answer.Next() {
		s.resolved.Add(a)
		for _, c := range buckets.of(a.surrogate) {
			s.buckets.Add(movedBucket{a.is, c.bucket})
		}
		for _, m := range evidence.of(a.surrogate) {
			s.evidence.Add(movedEvidence{a.is, m.Evidence})
			if !m.Client.IsZero() {
				s.foreign.Add(seenWith{m.Client, a.is})
			}
		}
	}
	return cmp.Or(asked.Err(), known.err(), answer.Err(), buckets.err(), evidence.err(),
		answers.Drop(), s.asked.Drop(), s.askedIn.Drop(), s.askedFor.Drop())
}

// divide divides steps into attempts.
func (s *settling) divide() error {
	var call []posted
	var attempts []attempt
	end := func() {
		attempts = attemptsOf(call, attempts)
		for _, c := range attempts {
			s.attempts.Add(c)
		}
		call = call[:0]
	}
	posts := s.posts.Cursor()
	for p, ok := posts.Next(); ok; p, ok = posts.Next() {
		if n := len(call); n > 0 && call[n-1].same(p) {
			call[n-1] = p // a better one
			continue
		}
		s.Duplicates--
		if len(call) > 0 && call[0].Call != p.Call {
			end()
		}
		call = append(call, p)
	}
	end()
	return cmp.Or(posts.Err(), s.posts.Drop())
}

// move moves attempts to the sessions that surrogate IDs are, and asks for the labels of
// clients that are not known to be a session's own.
func (s *settling) move() error {
	resolved, clients, attempts := follow(&s.resolved), follow(&s.clients), s.attempts.Cursor()
	for c, ok := attempts.Next(); ok; c, ok = attempts.Next() {
		is := c.session
		if r := resolved.of(c.session); len(r) > 0 {
			is = r[0].is
			s.movedAttempts.Add(attempt{is, c.client, c.call, c.start, c.method, c.outcome, c.inferred})
		}
		if !c.client.IsZero() && (is != c.session || !hasClient(clients.of(is), c.client)) {
			s.foreign.Add(seenWith{c.client, is})
		}
	}
	return cmp.Or(resolved.err(), clients.err(), attempts.Err())
}

// hasClient reports whether a client is among those of a session. There may be many.
func hasClient(all []belonging, client SessionID) bool {
	_, ok := slices.BinarySearchFunc(all, client, func(b belonging, id SessionID) int { return b.client.Compare(id) })
	return ok
}

// introduce tells sessions the labels of the clients that they asked for.
func (s *settling) introduce() error {
	known := follow(&s.known)
	asked := s.foreign.Cursor()
	for q, ok := asked.Next(); ok; q, ok = asked.Next() {
		if k := known.of(q.client); len(k) > 0 && k[0].session != q.other && !q.other.IsZero() {
			s.clients.Add(belonging{q.other, q.client, k[0].labels, false})
		}
	}
	return cmp.Or(asked.Err(), known.err(), s.foreign.Drop(), s.known.Drop())
}

// A follower goes through a set by ID, beside something else that does.
type follower[T placedByID[T]] struct {
	from *spill.Cursor[T]
	now  []T
}

// A placedByID value stands under an ID, by which it is sorted first.
type placedByID[T any] interface {
	spill.Value[T]
	of() SessionID
}

func follow[T placedByID[T]](r *spill.Set[T]) *follower[T] { return &follower[T]{from: r.Cursor()} }

// of returns what stands under an ID, which must not be less than that of the call
// before. It is good until the next call.
func (f *follower[T]) of(id SessionID) []T {
	if len(f.now) > 0 && f.now[0].of() == id {
		return f.now
	}
	f.now = f.now[:0]
	for x, ok := f.from.Peek(); ok; x, ok = f.from.Peek() {
		c := x.of().Compare(id)
		if c > 0 {
			break
		}
		if c == 0 {
			f.now = append(f.now, x)
		}
		f.from.Next()
	}
	return f.now
}

// next returns the ID under which the next values stand.
func (f *follower[T]) next() (id SessionID, ok bool) {
	x, ok := f.from.Peek()
	if ok {
		id = x.of()
	}
	return id, ok
}

func (f *follower[T]) err() error { return f.from.Err() }
