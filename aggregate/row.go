package aggregate

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// A Row counts the failures, and the lines that speak of them, that share all of
// what comes before the numbers. Lines that speak of no failure, such as those
// of background telemetry, stand in rows of their own.
type Row struct {
	Session    SessionID
	HasSession bool

	Cell   Cell  // in which the failures began
	Method int   // into Tally.MethodNames
	Error  int   // into Tally.ErrorNames; 0: no name can be told
	Code   int32 // stands for a missing name; 0: none

	SDK, Browser, OS int // of the client, into Tally.Labels
	APIKey           int // of the session, likewise

	// What the lines state. The failures stand in one row of those that differ
	// in this only.
	Evidence classify.Evidence
	Stated   int32 // code; 0: none

	Failures    int64
	Lines       int64
	First, Last int64 // of the lines, Unix nanoseconds; NoTime if none bears a date and time
}

// A Failure is one thing that went wrong once, and what its records make of it.
type Failure struct {
	ID     string // the same whatever order, split and place the records come from
	Method string
	Error  string // "" if no name can be told
	Code   int32  // that its records state; 0: none
	First  int64  // of its records, Unix nanoseconds; NoTime if none bears a date and time
	SDK    string // version; "" if telemetry does not tell
}

// summary is what all evidence of a failure says together.
type summary struct {
	err, method name
	code        int32
	cell        Cell
	client      uint32 // number plus one; zero: none is told
	counts      bool   // false: the timer of a publisher that was gone
	done        bool   // it stands in a row

	named      rank
	coded      bool // the code is that of a socket's try
	methodFrom classify.MethodFrom
	first      int64
	late       bool
	proper     bool
}

// A rank says how good evidence is for a name. Tries of a socket only name what
// nothing else does.
type rank struct {
	socket   bool
	evidence classify.Evidence
}

func (r rank) compare(other rank) int {
	return cmp.Or(-compareBools(r.socket, other.socket), cmp.Compare(r.evidence, other.evidence))
}

// summaries returns what the failures are that correlate has found.
func (c *correlator) summaries() []summary {
	out := make([]summary, len(c.failures))
	for i := range out {
		out[i] = summary{cell: NoCell, first: parse.NoTime, named: rank{socket: true}}
	}
	for i := range c.evidence {
		if c.of[i] == none {
			continue
		}
		s, e := &out[c.of[i]], &c.evidence[i]
		// Evidence comes in order: of equals the later one counts.
		if r := (rank{e.weight == classify.Socket, e.evidence}); e.err != 0 && (s.err == 0 || r.compare(s.named) >= 0) {
			s.err, s.named = e.err, r
		}
		if e.method != 0 && e.from >= s.methodFrom {
			s.method, s.methodFrom = e.method, e.from
		}
		if socket := e.weight == classify.Socket; e.code != 0 && (s.code == 0 || s.coded || !socket) {
			s.code, s.coded = e.code, socket
		}
		if e.axis() == dated && s.first == parse.NoTime {
			s.first, s.cell = e.first, CellOf(e.first)
		}
		if s.client == 0 {
			s.client = e.client
		}
		s.late = s.late || e.late()
		s.proper = s.proper || !e.late() && e.from == classify.MethodSpelled
	}
	for i := range out {
		s := &out[i]
		s.counts = !s.late || s.proper
	}
	return out
}

// failures runs f for every session that has evidence, sorted by SessionID, and
// for every source that has some without a session, which come first; or only for
// one session, given by its number plus one, if that is not zero.
func (t *Tally) failures(only uint32, f func(c *correlator, session uint32, found []summary) bool) {
	t.Settle()
	all := t.evidence
	// Where the evidence of each session ends.
	end := make([]int, len(t.sessions.ids)+1)
	for i := range all {
		end[all[i].session] = i + 1
	}
	c := &correlator{t: t}
	visit := func(session uint32, all []evidence) bool {
		c.correlate(all)
		return f(c, session, c.summaries())
	}
	for from := 0; only == 0 && from < end[0]; {
		to := from
		for to < end[0] && all[to].origin == all[from].origin {
			to++
		}
		if !visit(0, all[from:to]) {
			return
		}
		from = to
	}
	for _, session := range t.order {
		to := end[session]
		if to == 0 || only != 0 && only != session {
			continue
		}
		from := to
		for from > 0 && all[from-1].session == session {
			from--
		}
		if !visit(session, all[from:to]) {
			return
		}
	}
}

// Rows yields the counts of what a filter selects, sorted by session (none comes
// first), method, error, code, cell and what the lines state: by name where there
// is one, so that the order is the same in any process.
func (t *Tally) Rows(f Filter) iter.Seq[Row] {
	t.Settle()
	selected := t.selection(&f)
	methods, errors, labels := ranks(t.MethodNames()), ranks(t.ErrorNames()), ranks(t.Labels())
	compare := func(a, b Row) int {
		switch {
		case a.Method != b.Method:
			return cmp.Compare(methods[a.Method], methods[b.Method])
		case a.Error != b.Error:
			return cmp.Compare(errors[a.Error], errors[b.Error])
		case a.Code != b.Code:
			return cmp.Compare(a.Code, b.Code)
		case a.Cell != b.Cell:
			return cmp.Compare(a.Cell, b.Cell)
		case a.Evidence != b.Evidence:
			return cmp.Compare(a.Evidence, b.Evidence)
		case a.Stated != b.Stated:
			return cmp.Compare(a.Stated, b.Stated)
		}
		return cmp.Or(cmp.Compare(labels[a.SDK], labels[b.SDK]), cmp.Compare(labels[a.Browser], labels[b.Browser]), cmp.Compare(labels[a.OS], labels[b.OS]))
	}
	return func(yield func(Row) bool) {
		var rows []Row
		t.failures(selected.session, func(c *correlator, session uint32, found []summary) bool {
			rows = rows[:0]
			room := mergeAt
			for i := range c.evidence {
				if len(rows) == room {
					// Few differ, mostly: a session with a million lines must not
					// need a million rows at a time.
					rows = mergeRows(rows, compare)
					room = max(mergeAt, 2*len(rows))
				}
				row, ok := c.row(i, found, selected)
				if !ok {
					continue
				}
				if session != 0 {
					row.HasSession, row.Session, row.APIKey = true, t.sessions.ids[session-1].Bytes(), int(t.sessions.known[session-1].key)
				}
				rows = append(rows, row)
			}
			rows = mergeRows(rows, compare)
			for _, row := range rows {
				if !yield(row) {
					return false
				}
			}
			return true
		})
	}
}

// mergeAt is how many rows are gathered before those alike are made one.
const mergeAt = 4 << 10

// mergeRows sorts rows and makes those one that compare equal, in place.
func mergeRows(rows []Row, compare func(a, b Row) int) []Row {
	slices.SortFunc(rows, compare)
	n := 0
	for _, row := range rows {
		if n > 0 && compare(rows[n-1], row) == 0 {
			rows[n-1].add(&row)
			continue
		}
		rows[n] = row
		n++
	}
	return rows[:n]
}

// row makes a row of one evidence, if that or its failure is selected.
func (c *correlator) row(i int, found []summary, selected *selection) (row Row, ok bool) {
	e := &c.evidence[i]
	row = Row{
		Cell: NoCell, Method: int(e.method), Error: int(e.err), Code: e.code,
		Evidence: e.evidence, Stated: e.code, Lines: int64(e.records), First: parse.NoTime, Last: parse.NoTime,
	}
	if e.axis() == dated {
		row.Cell, row.First, row.Last = CellOf(e.first), e.first, e.last()
	}
	if c.of[i] == none {
		if e.err != 0 {
			row.Code = 0
		}
		client := c.t.clientOf(e.client, e.session)
		row.of(client)
		return row, selected.takes(row.First, e.session, client)
	}
	s := &found[c.of[i]]
	client := c.t.clientOf(s.client, e.session)
	row.of(client)
	row.Cell, row.Method, row.Error, row.Code = s.cell, int(s.method), int(s.err), 0
	if s.err == 0 {
		row.Code = s.code
	}
	if s.counts && !s.done {
		row.Failures, s.done = 1, true
	}
	return row, selected.takes(s.first, e.session, client)
}

// of sets the client.
func (r *Row) of(c client) { r.SDK, r.Browser, r.OS = int(c.sdk), int(c.browser), int(c.os) }

func (r *Row) add(other *Row) {
	r.Failures += other.Failures
	r.Lines += other.Lines
	r.First = earlier(r.First, other.First)
	r.Last = max(r.Last, other.Last) // NoTime is less than any time
}

// earlier returns the lesser of two instants, either of which may be NoTime.
func earlier(a, b int64) int64 {
	if a == parse.NoTime || b != parse.NoTime && b < a {
		return b
	}
	return a
}

// ranks returns the place of each name among all, in order.
func ranks(names []string) []uint16 {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	out := make([]uint16, len(names))
	for place, number := range order {
		out[number] = uint16(place)
	}
	return out
}

// An Index tells to which failure a record belongs.
type Index struct {
	t       *Tally
	sources []SourceID
	byMark  map[mark][]indexed
}

type indexed struct {
	evidence
	failure *Failure // nil: none
}

// Index returns the index of all failures.
func (t *Tally) Index() *Index {
	x := &Index{t: t, byMark: map[mark][]indexed{}}
	x.sources, _ = t.origins.sources()
	errors, methods, labels := t.ErrorNames(), t.MethodNames(), t.Labels()
	t.failures(0, func(c *correlator, session uint32, found []summary) bool {
		failures := make([]*Failure, len(found))
		for i := range c.evidence {
			e := &c.evidence[i]
			var f *Failure
			if n := c.of[i]; n != none && found[n].counts {
				if failures[n] == nil {
					s := &found[n]
					failures[n] = &Failure{
						ID: x.id(session, e), Method: methods[s.method], Error: errors[s.err], Code: s.code,
						First: s.first, SDK: labels[t.clientOf(s.client, session).sdk],
					}
				}
				f = failures[n]
			}
			x.byMark[e.mark] = append(x.byMark[e.mark], indexed{*e, f})
		}
		return true
	})
	return x
}

// id makes an ID of what comes first in a failure.
func (x *Index) id(session uint32, e *evidence) string {
	var id SessionID
	if session != 0 {
		id = x.t.sessions.ids[session-1].Bytes()
	}
	return fmt.Sprintf("%012x", xxh3.HashString(fmt.Sprint(id, x.sources[e.origin], e.flags, e.first, e.place))>>16)
}

// Find returns the failure to which a record belongs that was added to the
// Tally, nil if it belongs to none. number says which record of its source it is,
// from 0.
func (x *Index) Find(e *parse.Event, v *classify.Verdict, source SourceID, number int64) *Failure {
	if !v.Failure {
		return nil
	}
	t := x.t
	session, client := t.sessionOf(e, CellOf(e.Time))
	want := t.newEvidence(e, v, t.sessions.resolve(session), client, number)
	n, _ := slices.BinarySearch(x.sources, source)
	want.origin = uint32(n)
	for _, have := range x.byMark[want.mark] {
		if have.close(&want) {
			return have.failure
		}
	}
	return nil
}

// SessionOf returns the session of a record that was added to the Tally, and
// what the record bears of it. It is the zero SessionID if that is nothing.
func (x *Index) SessionOf(e *parse.Event) (SessionID, SessionFrom) {
	n, _ := x.t.sessionOf(e, CellOf(e.Time))
	if n = x.t.sessions.resolve(n); n == 0 {
		return SessionID{}, FromSource
	}
	id := SessionID(x.t.sessions.ids[n-1].Bytes())
	switch {
	case len(e.Session) > 0:
		return id, FromSession
	case len(e.ConnectionID) > 0:
		return id, FromConnection
	}
	return id, FromClient
}

// SDKOf returns the SDK version of the client that a record bears, or of the only
// one that its session has; "" if that is not known.
func (x *Index) SDKOf(e *parse.Event) string {
	session, client := x.t.sessionOf(e, CellOf(e.Time))
	c := x.t.clientOf(client, x.t.sessions.resolve(session))
	if c.sdk == 0 {
		return ""
	}
	return x.t.labels.text(c.sdk)
}
