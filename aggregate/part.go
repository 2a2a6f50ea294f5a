package aggregate

import (
	"io"
	"iter"
	"math"
	"slices"
	"unsafe"

	"github.com/otlog/otlog/aggregate/spill"
)

// A Part is what can be merged: what a Tally, or a file, knows of each session,
// sorted by session, and what there is beside.
type Part struct {
	// Open returns a cursor before the first entry; there may be several at a time.
	// Without steps the entries lack theirs.
	Open func(steps bool) (Cursor, error)

	Names    *Names   // what the numbers in entries mean
	Origins  *Origins // likewise
	Coverage []Coverage
	Posts    int64 // telemetry events of attempts, repeats included

	merge *merge // that the part is of, if it is one
}

// A Cursor goes through the entries of a part, sorted by ID without repeats.
type Cursor interface {
	// Next returns the next entry, which is good until the call after it and may be
	// changed. Behind the last one it returns io.EOF.
	Next() (*Entry, error)
	// Close ends the use of the cursor.
	Close()
}

// An Entry is all that is known of one session, or of what stands for one; or with
// the zero ID, of what bears none.
type Entry struct {
	ID   SessionID
	From SessionFrom // FromSource for the zero ID

	Key              Name // label of a session's API key
	SDK, Browser, OS Name // labels of a client

	Session Link // that a surrogate ID was seen with
	Client  Link // that a connection was seen with

	Buckets  []Bucket // in which it was seen
	Evidence []Evidence
	Steps    []Step
}

// A Link tells with what a surrogate ID was seen: with nothing if it is zero, with one
// session or client, or with several of them, so that it stands for none.
type Link struct {
	ID      SessionID
	Several bool
}

// one reports whether there is one.
func (l Link) one() bool { return !l.ID.IsZero() }

// any reports whether there is at least one.
func (l Link) any() bool { return l.one() || l.Several }

// add adds what the surrogate ID was seen with elsewhere.
func (l *Link) add(other Link) {
	switch {
	case !l.any():
		*l = other
	case other.any() && *l != other:
		*l = Link{Several: true}
	}
}

// Parts returns the parts that make up the Tally. Nothing may be added to it while they
// are used.
func (t *Tally) Parts() []*Part {
	t.start()
	t.cover()
	in := t.part(t.sort())
	in.Coverage, in.Posts = sortedCoverage(t.coverage), t.posts
	return append(slices.Clone(t.spilled), in)
}

// End returns the parts that make up the Tally, to which nothing can be added any more,
// and gives back what is not needed to read them.
func (t *Tally) End() []*Part {
	parts := t.Parts()
	t.sessions.slots, t.presences, t.steps = nil, spill.Set[presence]{}, spill.Set[step]{}
	return parts
}

// part returns the part that is in memory, without what is never spilled.
func (t *Tally) part(sorted *sortedTally) *Part {
	d := dictionary{t.errors, t.methods, t.labels}
	return &Part{
		Open: func(steps bool) (Cursor, error) {
			return &tallyCursor{t: t, sortedTally: sorted, withSteps: steps}, nil
		},
		Names:   d.names(),
		Origins: &t.origins,
	}
}

// Spill moves all that grows with the number of sessions to disk.
func (t *Tally) Spill(to *Space) error {
	t.start()
	t.cover()
	if len(t.sessions.ids) == 0 && t.evidences.len() == 0 {
		return nil
	}
	p, err := to.keep(t.part(t.sort()))
	if err != nil {
		return err
	}
	t.spilled = append(t.spilled, p)
	t.sessions.clear()
	t.presences, t.evidences, t.steps = spill.Set[presence]{}, evidences{}, spill.Set[step]{}
	return nil
}

// size returns about how many bytes what grows with the number of sessions takes.
func (t *Tally) size() int64 {
	s := &t.sessions
	return int64(cap(s.slots))*int64(unsafe.Sizeof(sessionSlot{})) +
		int64(len(s.ids))*int64(unsafe.Sizeof(SessionID{})+unsafe.Sizeof(known{})) +
		int64(t.presences.Len())*int64(unsafe.Sizeof(presence(0))) +
		int64(t.steps.Len())*int64(unsafe.Sizeof(step{})) +
		int64(t.evidences.len())*int64(unsafe.Sizeof(kept{}))
}

// A sortedTally is what a Tally holds in the order of its entries: so that to go through
// them is to go through memory.
type sortedTally struct {
	order []numbered // sorted by SessionID; none comes first

	// By the place of their session in order, and where those of each begin.
	evidence                       []uint32 // indices
	buckets                        []Bucket
	steps                          []step
	evidenceAt, bucketsAt, stepsAt []uint32
}

// numbered is a session with its number plus one.
type numbered struct {
	id     SessionID
	number uint32
}

func (t *Tally) sort() *sortedTally {
	n := len(t.sessions.ids) + 1
	s := &sortedTally{order: make([]numbered, n)}
	for i := range s.order {
		s.order[i] = numbered{t.sessions.id(uint32(i)), uint32(i)}
	}
	slices.SortFunc(s.order, func(a, b numbered) int { return a.id.Compare(b.id) })
	place := make([]uint32, n) // by number plus one
	for i, o := range s.order {
		place[o.number] = uint32(i)
	}
	s.evidence, s.evidenceAt = share(n, t.evidences.len(), func(yield func(place, i uint32) bool) {
		for i := range uint32(t.evidences.len()) {
			yield(place[t.evidences.at(int(i)).session], i)
		}
	})
	s.buckets, s.bucketsAt = share(n, t.presences.Len(), func(yield func(uint32, Bucket) bool) {
		for x := range t.presences.Each {
			yield(place[x.number()], x.bucket())
		}
	})
	s.steps, s.stepsAt = share(n, t.steps.Len(), func(yield func(uint32, step) bool) {
		for x := range t.steps.Each {
			yield(place[x.session], x)
		}
	})
	return s
}

// share divides values among n places, and tells where those of each begin.
func share[T any](n, values int, all iter.Seq2[uint32, T]) (out []T, begin []uint32) {
	begin = make([]uint32, n+2)
	for place := range all {
		begin[place+2]++
	}
	for i := 2; i < len(begin); i++ {
		begin[i] += begin[i-1]
	}
	// Each place's next is where it begins, until it is where the one behind does.
	out = make([]T, values)
	for place, x := range all {
		next := &begin[place+1]
		out[*next] = x
		*next++
	}
	return out, begin[:n+1]
}

// A tallyCursor is a Cursor of what is in memory.
type tallyCursor struct {
	*sortedTally
	t         *Tally
	withSteps bool
	next      int // into order
	entry     Entry
}

func (c *tallyCursor) Close() {}

func (c *tallyCursor) Next() (*Entry, error) {
	if c.next == len(c.order) {
		return nil, io.EOF
	}
	i := c.next
	c.next++
	t, e := c.t, &c.entry
	*e = Entry{ID: c.order[i].id, From: FromSource, Buckets: e.Buckets[:0], Evidence: e.Evidence[:0], Steps: e.Steps[:0]}
	if n := c.order[i].number; n != 0 {
		k := &t.sessions.known[n-1]
		e.From, e.Key, e.SDK, e.Browser, e.OS = k.from, k.key, k.labels.SDK, k.labels.Browser, k.labels.OS
		e.Session, e.Client = t.sessions.link(k.is), t.sessions.link(k.of)
	}
	e.Buckets = append(e.Buckets, c.buckets[c.bucketsAt[i]:c.bucketsAt[i+1]]...)
	for _, x := range c.evidence[c.evidenceAt[i]:c.evidenceAt[i+1]] {
		e.Evidence = append(e.Evidence, t.evidences.at(int(x)).Evidence)
	}
	if !c.withSteps {
		return e, nil
	}
	for _, s := range c.steps[c.stepsAt[i]:c.stepsAt[i+1]] {
		e.Steps = append(e.Steps, Step{Call: s.call, what: s.what, Client: t.sessions.id(s.client)})
	}
	return e, nil
}

// Merge returns the sum of parts. Their cursors are opened anew with each of its own.
func Merge(parts ...*Part) *Part {
	m := &merge{parts: parts, dictionary: newDictionary()}
	coverage := map[Bucket]Coverage{}
	out := &Part{Open: func(steps bool) (Cursor, error) { return m.open(steps, true) }, merge: m}
	var ids []SourceID
	m.dictionary.learn(parts)
	for _, p := range parts {
		m.names = append(m.names, m.dictionary.add(p.Names))
		for _, c := range p.Coverage {
			addCoverage(coverage, c)
		}
		out.Posts += p.Posts
		for _, piece := range p.Origins.pieces {
			ids = append(ids, *piece.source)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, p := range parts {
		var origins []mergedOrigin
		for _, piece := range p.Origins.pieces {
			n, _ := slices.BinarySearch(ids, *piece.source)
			origins = append(origins, mergedOrigin{uint32(n), piece.first})
		}
		m.origins = append(m.origins, origins)
	}
	out.Names, out.Origins, out.Coverage = m.dictionary.names(), NewOrigins(ids), sortedCoverage(coverage)
	m.order = newNameOrder(out.Names)
	return out
}

// A merge is what is needed to go through several parts as one.
type merge struct {
	parts      []*Part
	dictionary *dictionary
	order      *nameOrder
	names      []*translation   // of each part
	origins    [][]mergedOrigin // likewise
}

// A mergedOrigin tells what a place in an origin of a part is among all of a source.
type mergedOrigin struct {
	source uint32
	first  int64 // record of the source, from 0
}

// open returns a cursor. Entries that are not tidy have what they hold in any order, and
// maybe twice.
func (m *merge) open(steps, tidy bool) (Cursor, error) {
	c := &mergeCursor{merge: m, asIs: !tidy}
	for i, p := range m.parts {
		from, err := p.Open(steps)
		if err != nil {
			c.Close()
			return nil, err
		}
		in := &mergeInput{from: from, names: m.names[i], origins: m.origins[i]}
		c.all = append(c.all, in)
		c.taken = append(c.taken, in)
	}
	return c, nil
}

// A mergeCursor goes through the entries of several parts, and joins entries with the same
// ID.
type mergeCursor struct {
	*merge
	asIs  bool
	all   []*mergeInput
	heap  spill.Heap[*mergeInput] // the inputs whose entry has not been returned
	taken []*mergeInput           // the others
	sum   Entry
}

type mergeInput struct {
	from    Cursor
	entry   *Entry
	names   *translation
	origins []mergedOrigin
}

// Less orders inputs by the ID of their entry.
func (in *mergeInput) Less(other *mergeInput) bool { return in.entry.ID.Compare(other.entry.ID) < 0 }

func (c *mergeCursor) Close() {
	for _, in := range c.all {
		in.from.Close()
	}
}

func (c *mergeCursor) Next() (*Entry, error) {
	// Only now may the entries of the call before be overwritten.
	for _, in := range c.taken {
		err := in.advance()
		if err == nil {
			c.heap.Push(in)
		} else if err != io.EOF {
			return nil, err
		}
	}
	c.taken = c.taken[:0]
	if len(c.heap) == 0 {
		return nil, io.EOF
	}
	first := c.take()
	if len(c.heap) == 0 || c.heap[0].entry.ID != first.ID {
		return c.finish(first), nil
	}
	e := &c.sum
	*e = Entry{ID: first.ID, From: first.From, Buckets: e.Buckets[:0], Evidence: e.Evidence[:0], Steps: e.Steps[:0]}
	c.join(e, first)
	for len(c.heap) > 0 && c.heap[0].entry.ID == e.ID {
		c.join(e, c.take())
	}
	return c.finish(e), nil
}

// take returns the entry with the least ID.
func (c *mergeCursor) take() *Entry {
	in := c.heap.Pop()
	c.taken = append(c.taken, in)
	return in.entry
}

func (c *mergeCursor) finish(e *Entry) *Entry {
	if !c.asIs {
		c.tidy(e)
	}
	return e
}

// advance goes to the next entry, and says it in the numbers of all parts.
func (in *mergeInput) advance() error {
	e, err := in.from.Next()
	if err != nil {
		return err
	}
	in.entry = e
	n := in.names
	e.Key, e.SDK, e.Browser, e.OS = n.labels[e.Key], n.labels[e.SDK], n.labels[e.Browser], n.labels[e.OS]
	for i := range e.Evidence {
		x := &e.Evidence[i]
		x.Error, x.Method = n.errors[x.Error], n.methods[x.Method]
		o := in.origins[x.Origin]
		x.Origin, x.Place = o.source, uint32(min(o.first+int64(x.Place), math.MaxUint32))
		x.PlaceSpan = min(x.PlaceSpan, math.MaxUint32-x.Place)
		if x.Axis() == placed {
			x.First += o.first
		}
	}
	return nil
}

// join adds the entry of another part.
func (m *merge) join(e, other *Entry) {
	e.From = min(e.From, other.From)
	e.Key, e.SDK = m.lesser(e.Key, other.Key), m.lesser(e.SDK, other.SDK)
	e.Browser, e.OS = m.lesser(e.Browser, other.Browser), m.lesser(e.OS, other.OS)
	e.Session.add(other.Session)
	e.Client.add(other.Client)
	e.Buckets = append(e.Buckets, other.Buckets...)
	e.Evidence = append(e.Evidence, other.Evidence...)
	e.Steps = append(e.Steps, other.Steps...)
}

// lesser returns the label that sorts before the other: where the events of a client
// differ their order must not matter.
func (m *merge) lesser(a, b Name) Name {
	if a == 0 || b != 0 && m.order.labels[b] < m.order.labels[a] {
		return b
	}
	return a
}

// tidy makes entries alike one that were split, whatever the split.
func (m *merge) tidy(e *Entry) {
	slices.Sort(e.Buckets)
	e.Buckets = slices.Compact(e.Buckets)
	slices.SortFunc(e.Steps, Step.Compare)
	e.Steps = slices.Compact(e.Steps)
	if len(e.Evidence) > 1 {
		order := evidenceOrder{names: m.order, sourced: e.ID.IsZero()}
		e.Evidence = order.sortAndFold(e.Evidence)
	}
}
