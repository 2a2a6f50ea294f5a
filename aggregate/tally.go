package aggregate

import (
	"io"
	"math"
	"slices"
	"unsafe"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/extent"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/aggregate/lists"
	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/origins"
	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/aggregate/texts"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Tally collects what is needed to count classified records by time, session, method and
// error. The zero Tally is empty. A Tally is not safe for concurrent use: every worker has
// its own.
//
// A Tally is a sum: Settle adds the parts of any number of tallies. So records can be split
// among workers, files or machines in any way, and lead to the same Counts. Time is kept in
// quarter-hours; reports combine them to windows of any time zone.
//
// A Tally takes 64 to 72 bytes per session or surrogate ID, 8 per session and bucket, 72 per
// record that shows an error (fewer if there are many: see Evidence), and 32 per telemetry
// event of an attempt.
type Tally struct {
	sessions  sessions
	texts     texts.IDs                       // of sessions
	met       [sighting.NumKnown]acquaintance // persons who were seen
	presences spill.Set[presence]
	coverage  coverage.Table
	current   Coverage // of the last record's bucket, not yet in coverage

	origins   Origins
	tenancies map[*SourceID]*Tenancy // of the sources of pieces
	tenancy   *Tenancy               // of the current piece; nil: not looked up
	errors    names.Table
	methods   names.Table
	labels    names.Table // of SDK versions, browsers, systems and API keys
	limit     int         // of each table; 0: the usual one
	clients   clients.Reader
	evidences evidences

	steps spill.Set[step]
	posts int64  // steps that were added, with repeats
	key   []byte // scratch

	spilled []*Part // on disk
}

// start makes the zero Tally ready.
func (t *Tally) start() {
	if t.errors.IsZero() {
		t.errors, t.methods, t.labels = names.Errors(), names.Methods(), names.Labels()
		t.errors.Limit, t.methods.Limit, t.labels.Limit = t.limit, t.limit, t.limit
	}
	if t.errors.Crowded() || t.methods.Crowded() || t.labels.Crowded() { // seldom
		t.renumber()
	}
}

// renumber frees the numbers of names that are not kept.
func (t *Tally) renumber() {
	if !t.errors.Dropped() && !t.methods.Dropped() && !t.labels.Dropped() {
		return
	}
	errors, methods, labels := t.errors.Compact(), t.methods.Compact(), t.labels.Compact()
	t.clients = clients.Reader{}
	for i := range t.evidences.Len() {
		e := t.evidences.At(i)
		e.Error, e.Method = errors[e.Error], methods[e.Method]
	}
	for number := range uint32(t.sessions.n) {
		k := t.sessions.at(number + 1)
		l := &k.labels
		k.key, l.SDK, l.Browser, l.OS = labels[k.key], labels[l.SDK], labels[l.Browser], labels[l.OS]
	}
}

// Enter sets the source of the following records.
func (t *Tally) Enter(source SourceID) {
	if t.origins.Enters(source) {
		t.tenancy = nil
	}
}

// enter sets the piece of the following records.
func (t *Tally) enter(p *origins.Piece) {
	t.origins.Enter(p)
	t.tenancy = nil
}

// Add counts one record. v is its verdict; a record without a failure still shows that its
// session was seen. number is the index of the record in its source, from 0.
func (t *Tally) Add(e *parse.Event, v *classify.Verdict, number int64) {
	at := t.pass(e.Time)
	t.current.Records.Count(e, v)
	var session, client uint32
	if !v.Native { // no rate includes what native clients do, so none includes their sessions
		session, client = t.sessionOf(e, at)
		t.inhabit(e, session, at)
	}
	if session == 0 {
		t.current.WithoutID.Count(e, v)
	}
	if e.Telemetry != nil && !v.Native {
		t.start()
		t.step(e, session, client)
		if session != 0 {
			t.sessions.at(session).telemetry = true
		}
		if client != 0 {
			t.clients.Read(e.Telemetry, &t.sessions.at(client).labels, &t.labels)
		}
	}
	if !v.Failure {
		return
	}
	t.start()
	x := kept{session: session, Evidence: newEvidence(e, v, t.sessions.id(client), number)}
	if len(v.Name) > 0 {
		x.Error = t.errors.Add(v.Name)
	}
	if len(v.MethodName) > 0 {
		x.Method = t.methods.Add(v.MethodName)
	}
	x.Origin = t.origins.Here()
	t.evidences.note(&x)
}

// pass notes the time of a record, which the caller adds to t.current.
func (t *Tally) pass(nanos int64) instant {
	at := instant{BucketOf(nanos), extent.Of(nanos)}
	// Frequent case first: neighbouring records share a bucket.
	if at.bucket != t.current.Bucket || t.current.Records == (Records{}) {
		t.cover()
		t.current = Coverage{Bucket: at.bucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	}
	t.current.First, t.current.Last = coverage.Earlier(t.current.First, nanos), max(t.current.Last, nanos)
	return at
}

// See counts clean records as Add does.
func (t *Tally) See(s *sighting.Sightings) {
	t.enterTenancy()
	for _, x := range s.Seen {
		p := &s.Known[x.Who]
		switch {
		case t.tenancy.Several: // frequent case first
		case x.Text:
			t.Add(&parse.Event{Time: x.Time, Session: p.Session, Client: p.Client, ConnectionID: p.ConnectionID}, &classify.Verdict{}, 0)
			continue
		default:
			t.tenancy.end()
		}
		at := t.pass(x.Time)
		t.current.Records.Clean++
		known := &t.met[x.Who]
		switch {
		case known.person != p.Number:
			e := parse.Event{Time: x.Time, Session: p.Session, Client: p.Client, ConnectionID: p.ConnectionID}
			number, _ := t.sessionOf(&e, at)
			if *known = (acquaintance{person: p.Number}); number != 0 {
				known.entry = t.sessions.at(number)
			}
		case known.entry != nil:
			t.seen(known.entry, at)
		}
		if known.entry == nil {
			t.current.WithoutID.Clean++
		}
	}
}

// An acquaintance is a person whose session was looked up.
type acquaintance struct {
	person uint64 // its number, see sighting.Person
	entry  *entry // of what sessionOf returns; nil: nothing
}

// inhabit notes which session a record shows in its source. session is as sessionOf returns it.
func (t *Tally) inhabit(e *parse.Event, session uint32, at instant) {
	t.enterTenancy()
	// Frequent case first: a log of many sessions.
	if !t.tenancy.Several {
		t.tenancy.note(e, t.sessions.id(session), at)
	}
}

// enterTenancy finds the tenancy of the current piece.
func (t *Tally) enterTenancy() {
	if t.tenancy != nil {
		return
	}
	source := t.origins.Source()
	if t.tenancies[source] == nil {
		if t.tenancies == nil {
			t.tenancies = map[*SourceID]*Tenancy{}
		}
		t.tenancies[source] = &Tenancy{}
	}
	t.tenancy = t.tenancies[source]
}

// An instant is the time of one record.
type instant struct {
	bucket Bucket
	extent Extent
}

// sessionOf notes that the session of a record was seen at an instant. It returns the number
// plus one of the session, else of the surrogate ID, 0 if there is neither, and of the
// client, 0 if there is none.
func (t *Tally) sessionOf(e *parse.Event, at instant) (session, client uint32) {
	session = t.see(e.Session, at)
	if len(e.Client) == 0 && len(e.ConnectionID) == 0 {
		return session, 0
	}
	from, id := hashed.ClientOf(e)
	client = t.surrogate(from, id)
	var connection uint32
	var connected *entry // of the connection
	if len(e.ConnectionID) > 0 {
		connected = t.sessions.entry(FromConnection, hashed.Of(FromConnection, e.ConnectionID))
		connection = connected.number
		if client != 0 && from == FromClient {
			t.sessions.bindClient(connection, client)
		}
	}
	switch {
	case session != 0:
		for _, s := range [2]uint32{connection, client} {
			if s != 0 {
				t.sessions.bind(s, session)
			}
		}
	case connection != 0:
		session = t.seen(connected, at)
	default:
		session = t.seen(t.sessions.entry(from, id), at)
	}
	return session, client
}

// cover adds the current bucket to coverage.
func (t *Tally) cover() {
	if t.current.Records == (Records{}) {
		return
	}
	t.coverage.Add(&t.current)
	t.current.Records, t.current.WithoutID = Records{}, Records{}
}

// surrogate returns the number plus one of a surrogate ID, 0 if id is zero.
func (t *Tally) surrogate(from SessionFrom, id SessionID) uint32 {
	if id.IsZero() {
		return 0
	}
	return t.sessions.entry(from, id).number
}

// see notes that a session was seen at an instant, and returns its number plus one, 0 if id is
// empty.
func (t *Tally) see(id []byte, at instant) uint32 {
	if len(id) == 0 {
		return 0
	}
	e := t.sessions.entry(FromSession, NewSessionID(id))
	if e.bucket == unseen { // it is new
		t.texts.Add(e.number, id)
		t.start()
		if t.key = sessionid.AppendKey(t.key[:0], id); len(t.key) > 0 {
			e.key = t.labels.Add(t.key)
		}
	}
	return t.seen(e, at)
}

// seen notes that the session of an entry was seen at an instant, and returns its number plus
// one.
func (t *Tally) seen(e *entry, at instant) uint32 {
	// Frequent case first: neighbouring records of a session share a bucket.
	if e.bucket != at.bucket {
		e.bucket = at.bucket
		t.presences.Add(newPresence(e.number, at.bucket))
	}
	e.extent.Add(at.extent)
	return e.number
}

// Parts returns the parts whose sum is the Tally. They are valid until the next Add.
func (t *Tally) Parts() []*Part {
	t.start()
	t.cover()
	in := t.part(t.sort())
	in.Coverage, in.Posts = t.coverage.Sorted(), t.posts
	tenancies := tenanciesOf{}
	for source, x := range t.tenancies {
		x.Source = *source
		tenancies.add(x)
	}
	in.Tenancies = tenancies.sorted()
	return append(slices.Clone(t.spilled), in)
}

// End returns the parts whose sum is the Tally, and frees memory that is not needed to read
// them. Nothing can be added to the Tally afterwards.
func (t *Tally) End() []*Part {
	parts := t.Parts()
	t.sessions, t.texts, t.presences, t.steps, t.coverage = sessions{}, texts.IDs{}, spill.Set[presence]{}, spill.Set[step]{}, coverage.Table{}
	clear(t.met[:])
	return parts
}

// part returns the entries that are in memory as a part.
func (t *Tally) part(sorted *sortedTally) *Part {
	d := names.Dictionary{Errors: t.errors, Methods: t.methods, Labels: t.labels}
	return &Part{
		Open: func(whole bool) (Cursor, error) {
			return &tallyCursor{sortedTally: sorted, whole: whole, end: len(sorted.ids)}, nil
		},
		Names:   d.Texts(),
		Origins: &t.origins,
		HasIDs:  t.texts.Keep,
	}
}

// Spill moves everything that grows with the number of sessions to disk.
func (t *Tally) Spill(to *Space) error {
	t.start()
	t.cover()
	if t.sessions.n == 0 && t.evidences.Len() == 0 {
		return nil
	}
	p, err := to.keep(t.part(t.sort()))
	if err != nil {
		return err
	}
	p.Origins = t.origins.Cut() // each part has its own, or their number would grow with the square of the input
	t.spilled = append(t.spilled, p)
	t.sessions.clear()
	t.texts.Clear()
	clear(t.met[:])
	t.presences, t.evidences, t.steps = spill.Set[presence]{}, evidences{}, spill.Set[step]{}
	return nil
}

// Bound moves the tally to a space, which may be nil, if it takes more than its share of memory. All
// tallies together get a third: sorting and writing them takes some more, and so does reading. The
// error may be that of coverage.Check.
func (t *Tally) Bound(to *Space, tallies int) error {
	if err := coverage.Check(t.coverage.Len()); err != nil {
		return err
	}
	if to == nil || t.size() < to.limit/3/int64(tallies) {
		return nil
	}
	return t.Spill(to)
}

// size returns the approximate number of bytes that Spill can free.
func (t *Tally) size() int64 {
	s := &t.sessions
	return int64(cap(s.slots))*int64(unsafe.Sizeof(slot{})) +
		int64(s.n)*int64(unsafe.Sizeof(entry{})) +
		int64(t.presences.Len())*int64(unsafe.Sizeof(presence(0))) +
		int64(t.steps.Len())*int64(unsafe.Sizeof(step{})) +
		int64(t.evidences.Len())*int64(unsafe.Sizeof(kept{})) + t.texts.Size()
}

// A sortedTally holds the contents of a Tally in the order of its entries, so that reading
// the entries reads memory sequentially. The number of a session or surrogate ID is its place
// in that order. Place 0 has the records without an ID.
type sortedTally struct {
	ids     []SessionID
	known   []known
	extents []Extent
	texts   texts.Sorted

	// By place:
	evidence  *lists.Lists[uint32] // indices into evidences
	evidences *evidences
	buckets   *lists.Lists[Bucket]
	steps     *lists.Lists[step]
}

// numbered is the ID of a session with its number plus one.
type numbered struct {
	id     SessionID
	number uint32
}

func (n numbered) Compare(other numbered) int { return n.id.Compare(other.id) }
func (n numbered) Rank() uint64               { return n.id.Hi }

func (t *Tally) sort() *sortedTally {
	t.renumber()
	n := t.sessions.n + 1
	s := &sortedTally{evidences: &t.evidences}
	place := make([]uint32, n) // by number plus one
	s.ids = t.sessions.order(place)
	s.known, s.extents, s.texts = make([]known, n), make([]Extent, n), t.texts.Sort(place)
	s.known[0].from = FromSource
	for number := uint32(1); number < uint32(n); number++ {
		e, at := t.sessions.at(number), place[number]
		s.known[at], s.extents[at] = e.known, e.extent
		k := &s.known[at]
		k.session, k.client = placeOf(place, k.session), placeOf(place, k.client)
	}
	s.evidence = lists.Make(n, t.evidences.Len(), func(yield func(place, i uint32) bool) {
		for i := range uint32(t.evidences.Len()) {
			yield(place[t.evidences.At(int(i)).session], i)
		}
	})
	s.buckets = lists.Make(n, t.presences.Len(), func(yield func(uint32, Bucket) bool) {
		for x := range t.presences.Each {
			yield(place[x.number()], x.bucket())
		}
	})
	s.steps = lists.Make(n, t.steps.Len(), func(yield func(uint32, step) bool) {
		for x := range t.steps.Each {
			x.client = place[x.client]
			yield(place[x.session], x)
		}
	})
	return s
}

// order returns all IDs in order, the zero ID first, and sets the place of each number plus one.
func (s *sessions) order(place []uint32) []SessionID {
	all, sorted := make([]numbered, len(place)), make([]numbered, len(place))
	for i := range all {
		all[i] = numbered{s.id(uint32(i)), uint32(i)}
	}
	spill.Sort(sorted, all)
	ids := make([]SessionID, len(place))
	for i, x := range sorted {
		ids[i], place[x.number] = x.id, uint32(i)
	}
	return ids
}

// placeOf returns the place of a number plus one, which may be several.
func placeOf(place []uint32, number uint32) uint32 {
	if number == several {
		return several
	}
	return place[number]
}

// weight returns about how long it takes to settle the entries, in entries.
func (s *sortedTally) weight() int { return len(s.ids) + s.evidence.Len() }

// link returns the link to a place, which may be several.
func (s *sortedTally) link(place uint32) Link {
	if place == several {
		return Link{Several: true}
	}
	return Link{ID: s.ids[place]}
}

// A tallyCursor is a Cursor of a Tally's entries in memory.
type tallyCursor struct {
	*sortedTally
	whole     bool // entries have links and steps
	next, end int  // places
	entry     Entry
}

func (c *tallyCursor) Close() {}

// seek moves the cursor before the first entry on a shelf, which ends it.
func (c *tallyCursor) seek(to spill.Shelf) {
	at := func(hi uint64) int {
		i, _ := slices.BinarySearchFunc(c.ids, SessionID{Hi: hi}, SessionID.Compare)
		return i
	}
	first, last := to.Bounds()
	if c.next, c.end = at(first), len(c.ids); last != math.MaxUint64 {
		c.end = at(last + 1)
	}
}

func (c *tallyCursor) Next() (*Entry, error) {
	if c.next == c.end {
		return nil, io.EOF
	}
	i := c.next
	c.next++
	e, k := &c.entry, &c.known[i]
	*e = Entry{
		ID: c.ids[i], From: k.from, Text: c.texts.At(i), Key: k.key, SDK: k.labels.SDK, Browser: k.labels.Browser, OS: k.labels.OS,
		Telemetry: k.telemetry, Extent: c.extents[i],
		Buckets: lists.Empty(e.Buckets), Evidence: lists.Empty(e.Evidence), Steps: lists.Empty(e.Steps),
	}
	e.Buckets = append(e.Buckets, c.buckets.Of(i)...)
	e.Evidence = slices.Grow(e.Evidence, len(c.evidence.Of(i)))
	for _, x := range c.evidence.Of(i) {
		e.Evidence = append(e.Evidence, c.evidences.At(int(x)).Evidence)
	}
	if !c.whole {
		return e, nil
	}
	e.Session, e.Client = c.link(k.session), c.link(k.client)
	for _, s := range c.steps.Of(i) {
		e.Steps = append(e.Steps, Step{Call: s.call, Stream: s.stream, What: s.what, Client: c.ids[s.client]})
	}
	return e, nil
}
