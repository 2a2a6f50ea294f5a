package story

import (
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/parse"
)

// The maximum number of records that are kept of a session, and of those among them that show no failure,
// no attempt and no cause.
const (
	mostRecords = 100_000
	mostOthers  = mostRecords / 2
)

// A collector keeps the records of a session.
type collector struct {
	id      aggregate.SessionID
	name    string // the session's ID as written
	from    aggregate.SessionFrom
	asked   []string
	sources []string
	records []*record
	others  int // records that show no failure, no attempt and no cause
	leftOut int
	last    *record           // of those of the session that are left out, by time
	owner   map[string]string // the client of a connection
}

func newCollector(id aggregate.SessionID) *collector {
	return &collector{id: id, owner: map[string]string{}}
}

// add adds a record of the session.
func (c *collector) add(r *record, of *aggregate.Record) {
	e := of.Event
	if c.name == "" {
		c.name, c.from = nameOf(e, c.id)
	}
	if r.conn != "" && r.client != "" && c.owner[r.conn] == "" {
		c.owner[r.conn] = r.client
	}
	c.put(r, of.Source)
}

// put adds a record of a source.
func (c *collector) put(r *record, source string) {
	if n := len(c.sources); n == 0 || c.sources[n-1] != source {
		c.sources = append(c.sources, source)
	}
	r.source = len(c.sources) - 1
	shows := r.failure != nil || r.kind == step || r.kind == cause
	if len(c.records) >= mostRecords || !shows && c.others >= mostOthers {
		c.leftOut++
		if !r.alone && (c.last == nil || r.time >= c.last.time) {
			c.last = r
		}
		return
	}
	if !shows {
		c.others++
	}
	c.records = append(c.records, r)
}

// all returns the records that are kept. The last one is always among them, so that the end is known.
func (c *collector) all() []*record {
	if c.last == nil {
		return c.records
	}
	return append(c.records, c.last)
}

// nameOf returns the ID of a record whose hash is id, and its kind; "" if it states none.
func nameOf(e *parse.Event, id hashed.ID) (string, hashed.From) {
	if len(e.Session) > 0 && hashed.Of(hashed.FromSession, e.Session) == id {
		return string(e.Session), hashed.FromSession
	}
	if len(e.ConnectionID) > 0 && hashed.Of(hashed.FromConnection, e.ConnectionID) == id {
		return string(e.ConnectionID), hashed.FromConnection
	}
	if from, client := hashed.ClientOf(e); !client.IsZero() && client == id {
		return string(e.Client), from
	}
	return "", hashed.FromSource
}

// The distance within which a line that states no session belongs to the story of a failure.
const (
	besideRecords = 20
	besideTime    = 10 * time.Second
)

// near reports whether two records of a source are beside each other.
func (r *record) near(other *record) bool {
	if d := r.number - other.number; -besideRecords <= d && d <= besideRecords {
		return true
	}
	d := r.time - other.time
	return r.dated() && other.dated() && -int64(besideTime) <= d && d <= int64(besideTime)
}

// A beside finds the lines without an ID beside failures, in one source after the other.
type beside struct {
	source  string
	waiting []*record // lines that may be beside a later failure
	failed  map[*collector]*record
}

// mostWaiting is how many lines wait for a failure.
const mostWaiting = 100

// enter begins a new source if the record is of another one.
func (b *beside) enter(r *aggregate.Record) {
	if r.Source != b.source || b.failed == nil {
		*b = beside{source: r.Source, failed: map[*collector]*record{}}
	}
}

// offer adds a line to the stories of which the last failure is near. It also waits for the next one.
func (b *beside) offer(r *record, source string) {
	for c, f := range b.failed {
		if r.near(f) {
			own := *r
			c.put(&own, source)
		}
	}
	if len(b.waiting) == mostWaiting {
		b.waiting = b.waiting[1:]
	}
	b.waiting = append(b.waiting, r)
}

// fail notes a failure, and adds the lines before it that are near, and were not near the failure
// before.
func (b *beside) fail(c *collector, failure *record, source string) {
	last := b.failed[c]
	for _, r := range b.waiting {
		if r.near(failure) && (last == nil || !r.near(last)) {
			own := *r
			c.put(&own, source)
		}
	}
	b.failed[c] = failure
}
