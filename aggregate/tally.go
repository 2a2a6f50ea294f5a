package aggregate

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// A Tally counts classified records by time, session, method and error, and
// knows which sessions were seen when.
//
// A Tally is a sum. Merge is commutative and associative, and the zero Tally
// adds nothing, so records may be split among workers, files or machines in any
// way and still add up to the same Tally. Time is kept in cells of a quarter of
// an hour; windows and zones are drawn in report.
//
// It holds 60 to 90 bytes per session or stand-in, 8 per session and cell, 56 per
// record that shows an error (or per 67 ms and mark, where there are more: see
// evidence), and 24 per telemetry event of an attempt. It is not safe for
// concurrent use: every worker has its own.
type Tally struct {
	sessions  sessions
	sightings runs[sighting]
	coverage  map[Cell]Coverage
	current   Coverage // of the last record's cell, not yet among the others

	origins   origins
	errors    names
	methods   names
	labels    names // of SDK versions, browsers and systems
	agents    map[string]client
	evidences evidences

	steps runs[step]
	posts int64  // steps that were added, repeats included
	key   []byte // scratch

	// Made by Settle, of what stands above:
	settled    bool
	order      []uint32   // sessions by number plus one, sorted by SessionID, without those that stand for another one
	onlyClient []uint32   // of each session by number plus one
	evidence   []evidence // in its final form
}

// start makes the zero Tally ready.
func (t *Tally) start() {
	if t.errors.known == 0 {
		t.errors, t.methods, t.labels = errorNames(), methodNames(), labelNames()
	}
}

// Enter says that the records to come stand in that source.
func (t *Tally) Enter(source SourceID) { t.origins.enter(&piece{source: source}) }

// Add counts one record. v says what it is evidence of; a record that is none
// still shows that its session was there. number says which record
// of its source it is, from 0.
func (t *Tally) Add(e *parse.Event, v *classify.Verdict, number int64) {
	t.settled = false
	cell := CellOf(e.Time)
	// Frequent case first: neighbouring records share a cell.
	if cell != t.current.Cell || t.current.Records == 0 {
		t.cover()
		t.current = Coverage{Cell: cell, First: parse.NoTime, Last: parse.NoTime}
	}
	t.current.add(Coverage{Records: 1, First: e.Time, Last: e.Time})
	session, client := t.sessionOf(e, cell)
	if e.Telemetry != nil {
		t.start()
		t.step(e, session, client)
		if client != 0 {
			t.learn(client, e.Telemetry)
		}
	}
	if !v.Failure {
		return
	}
	t.start()
	x := t.newEvidence(e, v, session, client, number)
	t.evidences.add(&x)
}

// sessionOf notes the session of a record in a cell and returns its number plus
// one, or that of what stands for it; zero if there is nothing but the source.
// client is the number plus one of the client, zero if there is none.
func (t *Tally) sessionOf(e *parse.Event, cell Cell) (session, client uint32) {
	session = t.see(FromSession, e.Session, cell)
	if len(e.Client) == 0 && len(e.ConnectionID) == 0 {
		return session, 0
	}
	connection, client := t.standIn(FromConnection, e.ConnectionID), t.standIn(FromClient, e.Client)
	if connection != 0 && client != 0 {
		t.sessions.bindClient(connection, client)
	}
	if session == 0 {
		if connection != 0 {
			return t.see(FromConnection, e.ConnectionID, cell), client
		}
		return t.see(FromClient, e.Client, cell), client
	}
	for _, s := range [2]uint32{connection, client} {
		if s != 0 {
			t.sessions.bind(s, session)
		}
	}
	return session, client
}

// cover puts the current cell among the others.
func (t *Tally) cover() {
	if t.current.Records == 0 {
		return
	}
	if t.coverage == nil {
		t.coverage = make(map[Cell]Coverage)
	}
	c, ok := t.coverage[t.current.Cell]
	if !ok {
		c = Coverage{Cell: t.current.Cell, First: parse.NoTime, Last: parse.NoTime}
	}
	c.add(t.current)
	t.coverage[c.Cell] = c
	t.current.Records = 0
}

// standIn returns the number plus one of a stand-in, zero if id is empty.
func (t *Tally) standIn(from SessionFrom, id []byte) uint32 {
	if len(id) == 0 {
		return 0
	}
	return t.sessions.slot(from, sessionHash(from, id)).number
}

// see notes a session in a cell and returns its number plus one, zero if id is
// empty.
func (t *Tally) see(from SessionFrom, id []byte, cell Cell) uint32 {
	if len(id) == 0 {
		return 0
	}
	before := len(t.sessions.ids)
	slot := t.sessions.slot(from, sessionHash(from, id))
	if from == FromSession && len(t.sessions.ids) > before {
		t.start()
		if t.key = parse.SessionKey(t.key[:0], id); len(t.key) > 0 {
			t.sessions.known[before].key = t.labels.add(t.key)
		}
	}
	// Frequent case first: neighbouring records of a session share a cell.
	if slot.cell != cell {
		slot.cell = cell
		t.sightings.add(newSighting(slot.number, cell))
	}
	return slot.number
}

// Merge adds the counts of other, which must not be used any more.
func (t *Tally) Merge(other *Tally) {
	if len(other.sessions.ids) > len(t.sessions.ids) {
		*t, *other = *other, *t // move the smaller one
	}
	t.start()
	other.start()
	t.settled = false
	t.cover()
	other.cover()
	for _, c := range other.coverage {
		t.current = c
		t.cover()
	}
	numbers := t.sessions.join(&other.sessions)
	labels := t.labels.join(&other.labels)
	for i, k := range other.sessions.known {
		t.sessions.known[numbers[i+1]-1].key = labels[k.key]
		c := &t.sessions.known[numbers[i+1]-1].client
		t.lesser(&c.sdk, labels[k.client.sdk])
		t.lesser(&c.browser, labels[k.client.browser])
		t.lesser(&c.os, labels[k.client.os])
	}
	for s := range other.sightings.all() {
		t.sightings.add(newSighting(numbers[s.number()], s.cell()))
	}
	errors, methods, origin := t.errors.join(&other.errors), t.methods.join(&other.methods), t.origins.join(&other.origins)
	for e := range other.evidences.all {
		e.session, e.client, e.origin = numbers[e.session], numbers[e.client], e.origin+origin
		e.err, e.method = errors[e.err], methods[e.method]
		t.evidences.add(e)
	}
	other.steps.change(func(s *step) { s.session, s.client = numbers[s.session], numbers[s.client] })
	t.steps.join(&other.steps)
	t.posts += other.posts
	*other = Tally{}
}

// Settle makes a Tally ready to be read, which several goroutines may then do. It
// need not be called: what reads a Tally does so. Add and Merge undo it.
func (t *Tally) Settle() {
	if t.settled {
		return
	}
	t.start()
	t.cover()
	t.sightings.settle()
	t.steps.settle()
	t.order = t.order[:0]
	for i := range t.sessions.ids {
		if n := uint32(i) + 1; t.sessions.resolve(n) == n {
			t.order = append(t.order, n)
		}
	}
	slices.SortFunc(t.order, t.compareSessions)
	t.onlyClient = t.onlyClients()
	t.evidence = t.settleEvidence()
	t.settled = true
}

// compareSessions orders two sessions, given by their number plus one, by their
// SessionID; none comes first.
func (t *Tally) compareSessions(a, b uint32) int {
	if a == 0 || b == 0 || a == b {
		return cmp.Compare(a, b)
	}
	x, y := &t.sessions.ids[a-1], &t.sessions.ids[b-1]
	if x.Hi != y.Hi {
		return cmp.Compare(x.Hi, y.Hi)
	}
	return cmp.Compare(x.Lo, y.Lo)
}

// A Sighting is a session that was seen in a cell, NoCell if only records
// without a time bear it there.
type Sighting struct {
	Session SessionID
	From    SessionFrom // what the session is known by
	Cell    Cell
}

// Sightings yields every session that a filter selects with every cell that it
// covers in which the session was seen, sorted by session and cell.
func (t *Tally) Sightings(f Filter) iter.Seq[Sighting] {
	t.Settle()
	selected := t.selection(&f).sessions(t)
	bounded := f.Bounded()
	since, until := f.Cells()
	var all []sighting
	for s := range t.sightings.all() {
		all = append(all, newSighting(t.sessions.resolve(s.number()), s.cell()))
	}
	slices.Sort(all) // in order already, but for stand-ins
	all = slices.Compact(all)
	// Sorted by number so far: where the sightings of each session begin.
	begin := make([]uint32, len(t.sessions.ids)+2)
	for i, s := range all {
		begin[s.number()+1] = uint32(i) + 1
	}
	for i := 1; i < len(begin); i++ {
		begin[i] = max(begin[i], begin[i-1])
	}
	return func(yield func(Sighting) bool) {
		for _, number := range t.order {
			if selected != nil && !selected[number] {
				continue
			}
			id := SessionID(t.sessions.ids[number-1].Bytes())
			for _, s := range all[begin[number]:begin[number+1]] {
				if bounded && (s.cell() < since || s.cell() >= until) {
					continue
				}
				if !yield(Sighting{Session: id, From: t.sessions.known[number-1].from, Cell: s.cell()}) {
					return
				}
			}
		}
	}
}

// A Coverage says which records of any readable kind stand in a cell.
type Coverage struct {
	Cell        Cell // NoCell: records without a time
	Records     int64
	First, Last int64 // Unix nanoseconds, NoTime in NoCell
}

func (c *Coverage) add(other Coverage) {
	c.Records += other.Records
	c.First = earlier(c.First, other.First)
	c.Last = max(c.Last, other.Last)
}

// Coverage yields every cell that holds records, in order. No filter applies: it
// accounts for all that was read.
func (t *Tally) Coverage() iter.Seq[Coverage] {
	t.Settle()
	cells := slices.Sorted(maps.Keys(t.coverage))
	return func(yield func(Coverage) bool) {
		for _, c := range cells {
			if !yield(t.coverage[c]) {
				return
			}
		}
	}
}
