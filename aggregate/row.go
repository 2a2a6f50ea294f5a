package aggregate

import (
	"cmp"
	"slices"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Row counts the failures of one session, and the lines that speak of them, that
// share all of what comes before the numbers. Lines that speak of no failure, such as
// those of background telemetry, stand in rows of their own.
type Row struct {
	Bucket Bucket // in which the failures began
	Method Name   // 0: cannot be told
	Error  Name   // 0: no name can be told
	Code   int32  // stands for a missing name; 0: none

	SDK, Browser, OS Name // labels of the client

	// What the lines state. The failures stand in one row of those that differ
	// in this only.
	Evidence classify.Evidence
	Stated   int32 // code; 0: none

	Failures    int64
	Lines       int64
	First, Last int64 // of the lines, Unix nanoseconds; NoTime if none bears a date and time
}

// summary is what all evidence of a failure says together.
type summary struct {
	err, method Name
	code        int32
	bucket      Bucket
	client      SessionID // zero: none is told
	counts      bool      // false: the timer of a publisher that was gone
	done        bool      // it stands in a row

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
		out[i] = summary{bucket: NoBucket, first: timestamp.NoTime, named: rank{socket: true}}
	}
	for i := range c.evidence {
		if c.of[i] == none {
			continue
		}
		s, e := &out[c.of[i]], &c.evidence[i]
		// Evidence comes in order: of equals the later one counts.
		if r := (rank{e.Weight == classify.Socket, e.Kind}); e.Error != 0 && (s.err == 0 || r.compare(s.named) >= 0) {
			s.err, s.named = e.Error, r
		}
		if e.Method != 0 && e.From >= s.methodFrom {
			s.method, s.methodFrom = e.Method, e.From
		}
		if socket := e.Weight == classify.Socket; e.Code != 0 && (s.code == 0 || s.coded || !socket) {
			s.code, s.coded = e.Code, socket
		}
		if e.Axis() == dated && s.first == timestamp.NoTime {
			s.first, s.bucket = e.First, BucketOf(e.First)
		}
		if s.client.IsZero() {
			s.client = e.Client
		}
		s.late = s.late || e.Late()
		s.proper = s.proper || !e.Late() && e.From == classify.MethodSpelled
	}
	for i := range out {
		s := &out[i]
		s.counts = !s.late || s.proper
	}
	return out
}

// compareRows orders rows by all but what they count: by name where there is one, so
// that the order is the same in any process.
func (o *nameOrder) compareRows(a, b Row) int {
	switch {
	case a.Method != b.Method:
		return cmp.Compare(o.methods[a.Method], o.methods[b.Method])
	case a.Error != b.Error:
		return cmp.Compare(o.errors[a.Error], o.errors[b.Error])
	case a.Code != b.Code:
		return cmp.Compare(a.Code, b.Code)
	case a.Bucket != b.Bucket:
		return cmp.Compare(a.Bucket, b.Bucket)
	case a.Evidence != b.Evidence:
		return cmp.Compare(a.Evidence, b.Evidence)
	case a.Stated != b.Stated:
		return cmp.Compare(a.Stated, b.Stated)
	}
	return o.compareLabels(Labels{a.SDK, a.Browser, a.OS}, Labels{b.SDK, b.Browser, b.OS})
}

func (o *nameOrder) compareLabels(a, b Labels) int {
	if a == b {
		return 0
	}
	return cmp.Or(cmp.Compare(o.labels[a.SDK], o.labels[b.SDK]), cmp.Compare(o.labels[a.Browser], o.labels[b.Browser]), cmp.Compare(o.labels[a.OS], o.labels[b.OS]))
}

// mergeAt is how many rows are gathered before those alike are made one.
const mergeAt = 4 << 10

// mergeAlike sorts rows and makes those one that compare equal, in place.
func mergeAlike[T any](rows []T, compare func(a, b T) int, add func(to, from *T)) []T {
	slices.SortFunc(rows, compare)
	n := 0
	for _, row := range rows {
		if n > 0 && compare(rows[n-1], row) == 0 {
			add(&rows[n-1], &row)
			continue
		}
		rows[n] = row
		n++
	}
	return rows[:n]
}

// row makes a row of one evidence, if that or its failure is selected.
func (g *group) row(i int, found []summary) (row Row, ok bool) {
	e := &g.evidence[i]
	row = Row{
		Bucket: NoBucket, Method: e.Method, Error: e.Error, Code: e.Code,
		Evidence: e.Kind, Stated: e.Code, Lines: int64(e.Records), First: timestamp.NoTime, Last: timestamp.NoTime,
	}
	if e.Axis() == dated {
		row.Bucket, row.First, row.Last = BucketOf(e.First), e.First, e.last()
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
	row.Bucket, row.Method, row.Error, row.Code = s.bucket, s.method, s.err, 0
	if s.err == 0 {
		row.Code = s.code
	}
	if s.counts && !s.done {
		row.Failures, s.done = 1, true
	}
	return row, g.selected.takes(s.first, client)
}

// by sets the client.
func (r *Row) by(t Labels) { r.SDK, r.Browser, r.OS = t.SDK, t.Browser, t.OS }

func (r *Row) add(other *Row) {
	r.Failures += other.Failures
	r.Lines += other.Lines
	r.First = earlier(r.First, other.First)
	r.Last = max(r.Last, other.Last) // NoTime is less than any time
}
