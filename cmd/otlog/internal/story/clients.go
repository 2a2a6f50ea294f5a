package story

import (
	"fmt"
	"slices"

	"github.com/otlog/otlog/aggregate"
)

// nobody is the index of the client of a record whose client is unknown.
const nobody = -1

// A person is a client of the session, while the story is built.
type person struct {
	id          string // of the client; "" if only a connection is known
	connections []string
	hash        aggregate.SessionID
}

// meet numbers the clients of all records, in the order of the timeline. A connection belongs to the
// client that it was seen with.
func (b *builder) meet() {
	number := map[string]int{}
	for _, r := range b.records {
		id := r.client
		if id == "" {
			id = b.owner[r.conn]
		}
		key := "client " + id
		if id == "" {
			if r.conn == "" {
				continue
			}
			key = "connection " + r.conn
		}
		who, known := number[key]
		if !known {
			who = len(b.people)
			number[key] = who
			b.people = append(b.people, &person{id: id})
		}
		p := b.people[who]
		if p.hash.IsZero() {
			p.hash = r.hash
		}
		if r.conn != "" && !slices.Contains(p.connections, r.conn) {
			p.connections = append(p.connections, r.conn)
		}
		r.who = who
	}
	if len(b.people) == 1 { // all that the session's records do not state is of its only client
		for _, r := range b.records {
			if !r.alone {
				r.who = 0
			}
		}
	}
}

// clients returns the clients of the story.
func (b *builder) clients() []Client {
	out := []Client{}
	for i, p := range b.people {
		c := Client{Label: label(i), Connections: slices.Clone(p.connections)}
		if c.Connections == nil {
			c.Connections = []string{}
		}
		if p.id != "" {
			c.Instance = &p.id
		}
		sdk, browser, os := b.index.LabelsOf(p.hash)
		if sdk == "" && browser == "" && len(b.people) == 1 {
			sdk, browser, os = b.index.LabelsOf(b.id)
		}
		c.SDK, c.Browser, c.OS = optional(sdk), optional(browser), optional(os)
		for _, asked := range b.asked {
			c.Asked = c.Asked || asked != b.name && (asked == p.id || slices.Contains(p.connections, asked))
		}
		out = append(out, c)
	}
	return out
}

// label returns the name of a client.
func label(who int) string { return fmt.Sprintf("client %d", who+1) }

// who returns the label of the client of a record, nil if it is unknown.
func who(n int) *string {
	if n == nobody {
		return nil
	}
	l := label(n)
	return &l
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func pointer[T any](v T) *T { return &v }
