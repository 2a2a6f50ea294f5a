package aggregate

import (
	"cmp"
	"io"
	"math/bits"
	"runtime"
	"slices"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/cores"
	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/spill"
)

// Counts are the sum of parts: which sessions were seen when, with their failures and
// attempts. Several goroutines may read them.
type Counts struct {
	Names      *Names
	Range      Range
	Coverage   []Coverage   // buckets with records, sorted; filters do not apply
	WrongClock int64        // records whose time is far outside the range; Coverage has them in NoBucket
	Duplicates int64        // telemetry events of attempts that were seen before
	Seen       clients.Seen // what its labels are names of

	merge   *merge
	space   *Space // nil: none
	order   *nameOrder
	sources []SourceID
	tenants map[SourceID]SessionID // the session that a source is
	crowded int                    // see correlator
	most    int                    // see correlator
	division

	resolved spill.Set[resolution]
	attempts spill.Set[attempt]
	members  spill.Set[member]

	// What moved from surrogate IDs to their owners, by owner:
	movedBuckets  spill.Set[movedBucket]
	movedEvidence spill.Set[movedEvidence]
	movedAttempts spill.Set[attempt]
}

// Settle adds parts. What does not fit into memory goes to space, which may be nil.
//
// An entry is of a session, or of a connection or client that may belong to a session. What
// is known of such a surrogate ID moves to its owner:
//
//  1. gather reads all entries. A surrogate ID that was seen with exactly one session
//     belongs to it. A connection without a session, but with exactly one client, requests
//     the owner of that client.
//  2. answer answers these requests, and forward moves what is known of the connections.
//  3. house finds the sources that are one session, and moves the records without an ID there.
//  4. divide divides telemetry into attempts.
//  5. move moves attempts to the owners of their IDs.
//  6. introduce gives each session the labels of the clients that were seen in it.
//
// No step looks anything up. Every message from one ID to another is put into a set that is
// sorted by its receiver, and read in step with the entries. So the time per session does
// not depend on the number of sessions, and every step but house is done shelf by shelf, on all
// cores.
func Settle(space *Space, parts ...*Part) (*Counts, error) {
	d, err := newDivision(runtime.GOMAXPROCS(0), parts)
	if err != nil {
		return nil, err
	}
	return settle(space, d, parts)
}

// A division divides IDs among cores.
type division struct {
	workers int
	bits    uint // of the shelves that workers read
	finer   uint // of those of sets; more than bits if what is read is not in memory
}

// perShelf is about how many entries a shelf has: enough to make the cost of a shelf itself
// negligible, few enough to be sorted in the cache.
const perShelf = 512

// newDivision returns the division of parts. Entries that are not in memory cannot be read by shelf.
func newDivision(workers int, parts []*Part) (division, error) {
	entries := 0
	for _, p := range parts {
		c, err := p.Open(false)
		if err != nil {
			return division{}, err
		}
		c.Close()
		in, ok := c.(*tallyCursor)
		if !ok {
			return division{workers: 1, finer: 8}, nil
		}
		entries += in.weight()
	}
	n := min(uint(bits.Len(uint(entries/perShelf))), 12)
	return division{workers, n, n}, nil
}

func settle(space *Space, d division, parts []*Part) (*Counts, error) {
	sum := Merge(parts...)
	if err := coverage.Check(len(sum.Coverage)); err != nil {
		return nil, err
	}
	c := &Counts{
		Names: sum.Names, Duplicates: sum.Posts, division: d,
		merge: sum.merge, order: sum.merge.order, sources: sum.Origins.Sources(), space: space,
	}
	s := &settling{Counts: c, tenancies: sum.Tenancies, owners: map[SessionID]*SessionID{}, times: newEnds()}
	for _, t := range s.tenancies {
		for _, id := range t.Surrogates {
			s.owners[id] = new(SessionID)
		}
	}
	for i := range d.workers {
		s.settlers = append(s.settlers, &settler{
			settling: s, number: i, entries: c.merge.cursor(true, false), times: newEnds(), seen: make(clients.Seen, len(c.Names.Labels)),
		})
	}
	bound(&c.resolved, s)
	bound(&c.attempts, s)
	bound(&c.members, s)
	bound(&c.movedBuckets, s)
	bound(&c.movedEvidence, s)
	bound(&c.movedAttempts, s)
	bound(&s.posts, s)
	bound(&s.clients, s)
	bound(&s.labelRequests, s)
	bound(&s.ownerRequests, s)
	bound(&s.answers, s)
	bound(&s.waitingBuckets, s)
	bound(&s.waitingEvidence, s)
	for _, step := range []func() error{s.gather, s.answer, s.forward, s.house, s.divide, s.move, s.introduce} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	c.division = s.now()
	c.Seen = make(clients.Seen, len(c.Names.Labels))
	for _, w := range s.settlers {
		s.times.Merge(w.times.Ends)
		c.Duplicates -= w.distinct
		c.Seen.Add(w.seen)
	}
	c.Range = s.times.find(sum.Coverage)
	c.Coverage, c.WrongClock = coverage.Plausible(sum.Coverage, c.Range.Contains)
	return c, nil
}

// A settling is the state of Settle.
type settling struct {
	*Counts

	posts         spill.Set[posted]
	clients       spill.Set[client]
	labelRequests spill.Set[request]
	times         ends

	tenancies []*Tenancy
	owners    map[SessionID]*SessionID // the session of each surrogate ID in tenancies; zero: none

	// Connections that wait for the owner of their client, and what moves to it:
	ownerRequests   spill.Set[ownerRequest]
	answers         spill.Set[resolution]
	waitingBuckets  spill.Set[movedBucket]
	waitingEvidence spill.Set[movedEvidence]

	settlers []*settler
	flushes  []func() // of all sets
}

// A settler does a part of a settling on one core.
type settler struct {
	*settling
	number   int // among the writers of sets
	entries  *mergeCursor
	times    ends
	seen     clients.Seen
	distinct int64 // telemetry events of attempts
}

// bound bounds the memory of a set, if there is a space. About a dozen sets share it.
func bound[T spill.Value[T]](set *spill.Set[T], s *settling) {
	var dir *spill.Dir
	var limit int64
	if s.space != nil {
		dir, limit = s.space.Dir, s.space.limit/40
	}
	set.Bound(s.workers, s.finer, dir, limit)
	s.flushes = append(s.flushes, set.Flush)
}

// now returns the division for the next step. What is on disk cannot be read by shelf; what
// goes there is known once all values are in runs.
func (s *settling) now() division {
	cores.Each(s.workers, len(s.flushes), func(_, i int) error {
		s.flushes[i]()
		return nil
	})
	if s.space != nil && s.space.Written() > 0 {
		return division{workers: 1}
	}
	return s.division
}

// shelves does a step on all cores: do is called for each shelf.
func (s *settling) shelves(do func(w *settler, shelf spill.Shelf) error) error {
	d := s.now()
	return cores.Each(d.workers, 1<<d.bits, func(worker, i int) error {
		return do(s.settlers[worker], spill.Shelf{Bits: d.bits, Number: i})
	})
}

// each does a step on all cores. begin is called once on each of them, and returns what to do
// for each shelf, and the inputs to read from it.
func (s *settling) each(begin func(w *settler) (func(), spill.Inputs)) error {
	steps, inputs := make([]func(), len(s.settlers)), make([]spill.Inputs, len(s.settlers))
	return s.shelves(func(w *settler, shelf spill.Shelf) error {
		if steps[w.number] == nil {
			steps[w.number], inputs[w.number] = begin(w)
		}
		inputs[w.number].Seek(shelf)
		steps[w.number]()
		return inputs[w.number].Err()
	})
}

// visit visits all entries on a shelf.
func (c *mergeCursor) visit(shelf spill.Shelf, do func(*Entry) error) error {
	if err := c.seek(shelf); err != nil {
		return err
	}
	defer c.Close()
	for {
		e, err := c.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = do(e)
		}
		if err != nil {
			return err
		}
	}
}

// gather finds the owner of each entry that states it, and moves the contents of surrogate
// IDs there.
func (s *settling) gather() error {
	return s.shelves(func(w *settler, shelf spill.Shelf) error { return w.entries.visit(shelf, w.gather) })
}

func (s *settler) gather(e *Entry) error {
	switch e.From {
	case FromConnection:
		s.gatherConnection(e)
	case FromClient, FromGUID:
		s.gatherClient(e)
	default:
		s.seen.Key(e.Key)
		s.requestLabels(e, e.ID)
		s.see(e, e.ID)
	}
	for _, step := range e.Steps {
		s.posts.AddBy(s.number, posted{Step: step, session: e.ID, from: e.From})
	}
	return nil
}

// gatherConnection finds the owner of a connection: the session that it was seen with, else
// the owner of its client, which is requested.
func (s *settler) gatherConnection(e *Entry) {
	owner := e.ID
	switch {
	case e.Session.One():
		owner = e.Session.ID
		s.own(e.ID, owner)
		s.resolve(e, owner)
	case !e.Session.Any() && e.Client.One():
		s.ownerRequests.AddBy(s.number, ownerRequest{request{e.Client.ID, e.ID}, e.Extent})
		for i := range e.Evidence {
			s.waitingEvidence.AddBy(s.number, movedEvidence{e.ID, e.Evidence[i]})
		}
		for _, b := range e.Buckets {
			s.waitingBuckets.AddBy(s.number, movedBucket{e.ID, b, e.Telemetry})
		}
		return
	}
	s.see(e, owner)
	s.requestLabels(e, owner)
	if e.Client.One() {
		s.labelRequests.AddBy(s.number, request{e.Client.ID, owner})
	}
}

// gatherClient finds the owner of a client: the session that it was seen with. What a guid did
// elsewhere stays with the guid.
func (s *settler) gatherClient(e *Entry) {
	owner := e.ID
	if e.Session.One() {
		owner = e.Session.ID
		s.own(e.ID, owner)
	}
	l := Labels{SDK: e.SDK, Browser: e.Browser, OS: e.OS}
	switch {
	case owner == e.ID:
		s.see(e, e.ID)
		s.requestLabels(e, e.ID)
	case e.From == FromGUID:
		s.see(e, e.ID)
		s.members.AddBy(s.number, member{e.ID, e.ID, l, false})
	default:
		s.see(e, owner)
		s.resolve(e, owner)
		s.requestLabels(e, owner)
	}
	s.seen.Client(l)
	s.clients.AddBy(s.number, client{e.ID, owner, l})
	s.members.AddBy(s.number, member{owner, e.ID, l, true})
}

// own notes the session of a surrogate ID, if a tenancy depends on it.
func (s *settler) own(id, session SessionID) {
	if owner := s.owners[id]; owner != nil {
		*owner = session // the entry of an ID is visited once, so no other core does this
	}
}

// see notes when the records of an entry show that their owner was there.
func (s *settler) see(e *Entry, owner SessionID) {
	if len(e.Buckets) > 0 && !owner.IsZero() {
		s.times.see(owner, e.Extent)
	}
}

// resolve moves the contents of a surrogate ID to its owner.
func (s *settler) resolve(e *Entry, owner SessionID) {
	s.resolved.AddBy(s.number, resolution{e.ID, owner})
	for _, b := range e.Buckets {
		s.movedBuckets.AddBy(s.number, movedBucket{owner, b, e.Telemetry})
	}
	for _, x := range e.Evidence {
		s.movedEvidence.AddBy(s.number, movedEvidence{owner, x})
	}
}

// requestLabels requests the labels of the clients that posted evidence in a session.
func (s *settler) requestLabels(e *Entry, session SessionID) {
	var last SessionID
	for i := range e.Evidence {
		if id := e.Evidence[i].Client; id != last {
			s.labelRequests.AddBy(s.number, request{id, session})
			last = id
		}
	}
}

// answer answers the requests of connections for the owner of their client.
func (s *settling) answer() error {
	err := s.each(func(w *settler) (func(), spill.Inputs) {
		clients, requests := spill.Follow(&s.clients), s.ownerRequests.Cursor()
		return func() {
			for r, ok := requests.Next(); ok; r, ok = requests.Next() {
				owner := r.client
				if c := clients.Of(r.client); len(c) > 0 {
					owner = c[0].owner
				}
				if owner != r.client {
					w.own(r.asker, owner)
				}
				w.times.see(owner, r.extent)
				s.answers.AddBy(w.number, resolution{r.asker, owner})
			}
		}, spill.Inputs{requests, clients}
	})
	return cmp.Or(err, s.ownerRequests.Drop())
}

// forward moves the contents of connections to the owners of their clients.
func (s *settling) forward() error {
	err := s.each(func(w *settler) (func(), spill.Inputs) {
		answers, buckets, evidence := s.answers.Cursor(), spill.Follow(&s.waitingBuckets), spill.Follow(&s.waitingEvidence)
		return func() {
			for a, ok := answers.Next(); ok; a, ok = answers.Next() {
				s.resolved.AddBy(w.number, a)
				for _, m := range buckets.Of(a.surrogate) {
					s.movedBuckets.AddBy(w.number, movedBucket{a.owner, m.bucket, m.telemetry})
				}
				for _, m := range evidence.Of(a.surrogate) {
					s.movedEvidence.AddBy(w.number, movedEvidence{a.owner, m.Evidence})
					if !m.Client.IsZero() {
						s.labelRequests.AddBy(w.number, request{m.Client, a.owner})
					}
				}
			}
		}, spill.Inputs{answers, buckets, evidence}
	})
	return cmp.Or(err, s.answers.Drop(), s.waitingBuckets.Drop(), s.waitingEvidence.Drop())
}

// house finds the sources that are one session, and moves their records without an ID there.
func (s *settling) house() error {
	s.tenants = map[SourceID]SessionID{}
	for _, t := range s.tenancies {
		session := t.Session
		if session.IsZero() && len(t.Surrogates) > 0 {
			session = *s.owners[t.Surrogates[0]]
		}
		if session.IsZero() || slices.ContainsFunc(t.Surrogates, func(id SessionID) bool { return *s.owners[id] != session }) {
			continue
		}
		s.tenants[t.Source] = session
		for _, b := range t.Buckets {
			s.movedBuckets.AddBy(0, movedBucket{session, b, false})
		}
		s.times.see(session, t.Extent)
	}
	if len(s.tenants) == 0 {
		return nil
	}
	// The entry without an ID comes first.
	entries := s.merge.cursor(false, false)
	if err := entries.seek(spill.Shelf{}); err != nil {
		return err
	}
	defer entries.Close()
	e, err := entries.Next()
	if err == io.EOF || err == nil && !e.ID.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	for _, x := range e.Evidence {
		if tenant := s.tenant(x.Origin); !tenant.IsZero() {
			s.movedEvidence.AddBy(0, movedEvidence{tenant, x})
		}
	}
	return nil
}

// tenant returns the session that the source of an origin is, zero for none.
func (c *Counts) tenant(origin uint32) SessionID { return c.tenants[c.sources[origin]] }

// divide divides the steps of each call into attempts.
func (s *settling) divide() error {
	err := s.each(func(w *settler) (func(), spill.Inputs) {
		var call []posted
		var attempts []attempt
		end := func() {
			attempts = attemptsOf(call, attempts)
			for _, a := range attempts {
				s.attempts.AddBy(w.number, a)
			}
			call = call[:0]
		}
		posts := s.posts.Cursor()
		return func() {
			for p, ok := posts.Next(); ok; p, ok = posts.Next() {
				if n := len(call); n > 0 && call[n-1].same(p) {
					call[n-1] = p // the last of equal steps is the best
					continue
				}
				w.distinct++
				if len(call) > 0 && call[0].Call != p.Call {
					end()
				}
				call = append(call, p)
			}
			end()
		}, spill.Inputs{posts}
	})
	return cmp.Or(err, s.posts.Drop())
}

// move moves the attempts of surrogate IDs to their owners, and requests the labels of
// clients that are not members of the session.
func (s *settling) move() error {
	return s.each(func(w *settler) (func(), spill.Inputs) {
		resolved, members, attempts := spill.Follow(&s.resolved), spill.Follow(&s.members), s.attempts.Cursor()
		return func() {
			for a, ok := attempts.Next(); ok; a, ok = attempts.Next() {
				stated := a.session
				if r := resolved.Of(stated); len(r) > 0 {
					a.session = r[0].owner
					s.movedAttempts.AddBy(w.number, a)
				}
				if !a.client.IsZero() && (a.session != stated || !hasMember(members.Of(stated), a.client)) {
					s.labelRequests.AddBy(w.number, request{a.client, a.session})
				}
			}
		}, spill.Inputs{resolved, members, attempts}
	})
}

// hasMember reports whether a client is a member of a session. Members may be many.
func hasMember(all []member, client SessionID) bool {
	_, ok := findMember(all, client)
	return ok
}

func findMember(all []member, client SessionID) (int, bool) {
	return slices.BinarySearchFunc(all, client, func(m member, id SessionID) int { return m.client.Compare(id) })
}

// introduce answers the requests of sessions for the labels of clients.
func (s *settling) introduce() error {
	err := s.each(func(w *settler) (func(), spill.Inputs) {
		clients, requests := spill.Follow(&s.clients), s.labelRequests.Cursor()
		return func() {
			for r, ok := requests.Next(); ok; r, ok = requests.Next() {
				if c := clients.Of(r.client); len(c) > 0 && c[0].owner != r.asker && !r.asker.IsZero() {
					s.members.AddBy(w.number, member{r.asker, r.client, c[0].labels, false})
				}
			}
		}, spill.Inputs{requests, clients}
	})
	return cmp.Or(err, s.labelRequests.Drop(), s.clients.Drop())
}

// A resolution is the owner of a surrogate ID: a session, or a connection's client.
type resolution struct{ surrogate, owner SessionID }

func (r resolution) Compare(other resolution) int {
	return cmp.Or(r.surrogate.Compare(other.surrogate), r.owner.Compare(other.owner))
}

func (r resolution) Key() SessionID { return r.surrogate }
func (r resolution) Rank() uint64   { return r.surrogate.Hi }

// A request asks for the owner or the labels of a client.
type request struct{ client, asker SessionID }

func (r request) Compare(other request) int {
	return cmp.Or(r.client.Compare(other.client), r.asker.Compare(other.asker))
}

func (r request) Rank() uint64 { return r.client.Hi }

// An ownerRequest is the request of a connection for the owner of its client.
type ownerRequest struct {
	request
	extent Extent // of the connection
}

func (r ownerRequest) Compare(other ownerRequest) int {
	return cmp.Or(r.request.Compare(other.request), cmp.Compare(r.extent.First, other.extent.First), cmp.Compare(r.extent.End, other.extent.End))
}

// A client is what is known of a client: its session, else itself, and its labels.
type client struct {
	id, owner SessionID
	labels    Labels
}

func (c client) Compare(other client) int {
	return cmp.Or(c.id.Compare(other.id), c.owner.Compare(other.owner), cmp.Compare(c.labels.SDK, other.labels.SDK))
}

func (c client) Key() SessionID { return c.id }
func (c client) Rank() uint64   { return c.id.Hi }

// A member is a client that was seen in a session.
type member struct {
	session, client SessionID
	labels          Labels
	own             bool // the client was seen in no other session
}

func (m member) Compare(other member) int {
	return cmp.Or(m.session.Compare(other.session), m.client.Compare(other.client), compareBools(m.own, other.own),
		cmp.Compare(m.labels.SDK, other.labels.SDK), cmp.Compare(m.labels.Browser, other.labels.Browser), cmp.Compare(m.labels.OS, other.labels.OS))
}

func (m member) Key() SessionID { return m.session }
func (m member) Rank() uint64   { return m.session.Hi }

// A movedBucket is a bucket in which a session was seen by a surrogate ID.
type movedBucket struct {
	session   SessionID
	bucket    Bucket
	telemetry bool // the surrogate ID has telemetry, in this bucket or another
}

func (m movedBucket) Compare(other movedBucket) int {
	return cmp.Or(m.session.Compare(other.session), cmp.Compare(m.bucket, other.bucket), compareBools(m.telemetry, other.telemetry))
}

func (m movedBucket) Key() SessionID { return m.session }
func (m movedBucket) Rank() uint64   { return m.session.Hi }

// A movedEvidence is evidence of a session that was found under a surrogate ID.
type movedEvidence struct {
	session SessionID
	Evidence
}

func (m movedEvidence) Compare(other movedEvidence) int {
	a, b := &m.Evidence, &other.Evidence
	return cmp.Or(m.session.Compare(other.session),
		cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Place, b.Place), cmp.Compare(a.First, b.First),
		cmp.Compare(a.Flags, b.Flags), cmp.Compare(a.Error, b.Error), cmp.Compare(a.Method, b.Method),
		cmp.Compare(a.Code, b.Code), a.Stream.Compare(b.Stream), cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Weight, b.Weight), a.Client.Compare(b.Client), cmp.Compare(a.Span, b.Span), cmp.Compare(a.PlaceSpan, b.PlaceSpan),
		cmp.Compare(a.Records, b.Records))
}

func (m movedEvidence) Key() SessionID { return m.session }
func (m movedEvidence) Rank() uint64   { return m.session.Hi }
