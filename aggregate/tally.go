package aggregate

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
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
// It holds 50 to 80 bytes per session, 8 per session and cell, 46 to 90 per row,
// and 16 per telemetry event of an attempt. It is not safe for concurrent use: every worker has its own.
type Tally struct {
	sessions  sessions
	sightings runs[sighting]
	coverage  map[Cell]Coverage
	current   Coverage // of the last record's cell, not yet among the others

	rows  rows
	steps runs[step]
	posts int64  // steps that were added, repeats included
	key   []byte // scratch
}

// Add counts one record. v says what it is evidence of; a record that is none
// still shows that its session was there.
func (t *Tally) Add(e *parse.Event, v *classify.Verdict) {
	cell := CellOf(e.Time)
	// Frequent case first: neighbouring records share a cell.
	if cell != t.current.Cell || t.current.Records == 0 {
		t.cover()
		t.current = Coverage{Cell: cell, First: parse.NoTime, Last: parse.NoTime}
	}
	t.current.add(Coverage{Records: 1, First: e.Time, Last: e.Time})
	var session uint32
	if len(e.Session) > 0 {
		session = t.see(xxh3.Hash128(e.Session), cell)
	}
	if e.Telemetry != nil {
		t.step(e)
	}
	if !v.Failure {
		return
	}
	t.rows.add(rowKey{session: session, cell: cell, code: v.Code, err: v.Error, method: v.Method, evidence: v.Evidence},
		count{lines: 1, first: e.Time, last: e.Time})
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

// see notes a session in a cell and returns its number plus one.
func (t *Tally) see(id xxh3.Uint128, cell Cell) uint32 {
	slot := t.sessions.slot(id)
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
	t.cover()
	other.cover()
	for _, c := range other.coverage {
		t.current = c
		t.cover()
	}
	t.sessions.reserve(len(other.sessions.ids))
	numbers := make([]uint32, len(other.sessions.ids)+1)
	for i, id := range other.sessions.ids {
		numbers[i+1] = t.sessions.slot(id).number
	}
	for s := range other.sightings.all() {
		t.sightings.add(newSighting(numbers[s.number()], s.cell()))
	}
	for _, row := range other.rows.all {
		row.key.session = numbers[row.key.session]
		t.rows.add(row.key, row.count)
	}
	t.steps.join(&other.steps)
	t.posts += other.posts
	*other = Tally{}
}

// A Row is a count of lines that share all of what comes before it.
type Row struct {
	Method     catalogue.MethodID
	Error      catalogue.ID
	Code       int32 // stands for a missing name; 0: none
	Evidence   classify.Evidence
	Session    SessionID
	HasSession bool
	Cell       Cell

	Lines       int64
	First, Last int64 // Unix nanoseconds, NoTime if no record bears a time
}

// Rows yields the counts, sorted by method, error, code, session, cell and
// evidence: by name where there is one, so that the order is the same in any
// build.
func (t *Tally) Rows() iter.Seq[Row] {
	methods, errors := ranks(len(catalogue.Methods()), catalogue.MethodID.Name), ranks(len(catalogue.Errors()), catalogue.ID.Name)
	type place struct {
		key uint64 // method, error and code, by rank
		row uint32
	}
	order := make([]place, len(t.rows.all))
	for i := range order {
		k := &t.rows.all[i].key
		order[i] = place{uint64(methods[k.method])<<48 | uint64(errors[k.err])<<32 | uint64(uint32(k.code)), uint32(i)}
	}
	slices.SortFunc(order, func(a, b place) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		x, y := &t.rows.all[a.row].key, &t.rows.all[b.row].key
		return cmp.Or(
			t.compareSessions(x.session, y.session),
			cmp.Compare(x.cell, y.cell),
			cmp.Compare(x.evidence, y.evidence),
		)
	})
	return func(yield func(Row) bool) {
		for _, p := range order {
			key, c := &t.rows.all[p.row].key, &t.rows.all[p.row].count
			row := Row{
				Method: key.method, Error: key.err, Code: key.code, Evidence: key.evidence, Cell: key.cell,
				Lines: c.lines, First: c.first, Last: c.last,
			}
			if key.session != 0 {
				row.HasSession, row.Session = true, t.sessions.ids[key.session-1].Bytes()
			}
			if !yield(row) {
				return
			}
		}
	}
}

// ranks returns the place of each number among all, ordered by name.
func ranks[T ~uint8 | ~uint16](n int, name func(T) string) []uint16 {
	order := make([]T, n)
	for i := range order {
		order[i] = T(i)
	}
	slices.SortFunc(order, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	out := make([]uint16, n)
	for place, number := range order {
		out[number] = uint16(place)
	}
	return out
}

// compareSessions orders two sessions, given by their number plus one, by their
// SessionID; none comes first.
func (t *Tally) compareSessions(a, b uint32) int {
	if a == 0 || b == 0 || a == b {
		return cmp.Compare(a, b)
	}
	x, y := t.sessions.ids[a-1], t.sessions.ids[b-1]
	return cmp.Or(cmp.Compare(x.Hi, y.Hi), cmp.Compare(x.Lo, y.Lo))
}

// A Sighting is a session that was seen in a cell, NoCell if only records
// without a time bear it there.
type Sighting struct {
	Session SessionID
	Cell    Cell
}

// Sightings yields every session with every cell in which it was seen, sorted
// by session and cell.
func (t *Tally) Sightings() iter.Seq[Sighting] {
	// Sorted by number first: where the sightings of each session begin.
	var all []sighting
	begin := make([]uint32, len(t.sessions.ids)+2)
	for s := range t.sightings.all() {
		all = append(all, s)
		begin[s.number()+1] = uint32(len(all))
	}
	order := make([]uint32, len(t.sessions.ids))
	for i := range order {
		order[i] = uint32(i) + 1
	}
	slices.SortFunc(order, t.compareSessions)
	return func(yield func(Sighting) bool) {
		for _, number := range order {
			id := SessionID(t.sessions.ids[number-1].Bytes())
			for _, s := range all[begin[number]:begin[number+1]] {
				if !yield(Sighting{Session: id, Cell: s.cell()}) {
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

// Coverage yields every cell that holds records, in order.
func (t *Tally) Coverage() iter.Seq[Coverage] {
	t.cover()
	cells := slices.Sorted(maps.Keys(t.coverage))
	return func(yield func(Coverage) bool) {
		for _, c := range cells {
			if !yield(t.coverage[c]) {
				return
			}
		}
	}
}
