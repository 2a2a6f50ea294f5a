package batch

import (
	"slices"

	"github.com/otlog/otlog/aggregate"
)

// A sessionTable has one row for each session and window in which the session was seen.
type sessionTable struct {
	*selection
	head
	telemetry *boolColumn
}

func newSessionTable(s *selection, d *dictionaries) *sessionTable {
	return &sessionTable{selection: s, head: newHead(d, true), telemetry: &boolColumn{heading: heading{name: "telemetry"}}}
}

func (t *sessionTable) columns() []column {
	return []column{t.start, t.id, t.from, t.key, t.telemetry}
}

func (t *sessionTable) add(s *aggregate.Session) {
	var last int64
	for i, c := range s.Buckets {
		// Buckets are sorted, and so are windows.
		if start := t.startOf(c); i == 0 || start != last {
			t.head.add(start, s)
			t.telemetry.add(s.Telemetry)
			last = start
		}
	}
}

// A clientTable has one row for each kind of client in a session: those that were seen in
// it, and those of an attempt or a line, which may be of a client that nothing is known
// about. A session that was seen has at least one row.
type clientTable struct {
	id        *idColumn
	from, key *nameColumn
	client    client
	acted     *boolColumn

	kinds []kind
}

// A kind of client in a session.
type kind struct {
	aggregate.Labels
	acted bool
}

func newClientTable(d *dictionaries) *clientTable {
	h := newHead(d, false)
	return &clientTable{id: h.id, from: h.from, key: h.key, client: newClient(d), acted: &boolColumn{heading: heading{name: "acted"}}}
}

func (t *clientTable) len() int { return t.from.len() }

func (t *clientTable) columns() []column {
	return []column{t.id, t.from, t.key, t.client.sdk, t.client.browser, t.client.os, t.acted}
}

func (t *clientTable) add(s *aggregate.Session) {
	t.kinds = t.kinds[:0]
	if len(s.Buckets) > 0 {
		for _, c := range s.Clients {
			t.kinds = append(t.kinds, kind{c, false})
		}
		if len(s.Clients) == 0 {
			t.kinds = append(t.kinds, kind{})
		}
	}
	for i := range s.Attempts {
		a := &s.Attempts[i]
		t.act(aggregate.Labels{SDK: a.SDK, Browser: a.Browser, OS: a.OS})
	}
	for i := range s.Rows {
		r := &s.Rows[i]
		t.act(aggregate.Labels{SDK: r.SDK, Browser: r.Browser, OS: r.OS})
	}
	for _, k := range t.kinds {
		t.id.add(s.ID)
		t.from.add(aggregate.Name(s.From))
		t.key.add(s.APIKey)
		t.client.add(k.SDK, k.Browser, k.OS)
		t.acted.add(k.acted)
	}
}

// act notes that an attempt or a line is of a kind of client. There are few kinds.
func (t *clientTable) act(of aggregate.Labels) {
	i := slices.IndexFunc(t.kinds, func(k kind) bool { return k.Labels == of })
	if i < 0 {
		i = len(t.kinds)
		t.kinds = append(t.kinds, kind{Labels: of})
	}
	t.kinds[i].acted = true
}
