package field

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// An Origin is how a key was found.
type Origin uint8

// The origins.
const (
	Known    Origin = iota // by its name
	ByValues               // by its values
	ByUser                 // the user names it
)

// A Use is the key that most records use for a field.
type Use struct {
	Key     string // "" if no record has one
	Origin  Origin
	Records int // that have the key
}

// Uses returns the keys that records, which are objects, use for their time, session and message.
// r may be nil.
func Uses(records [][]byte, r *Roles, clock timestamp.Clock) (time, session, message Use) {
	if r == nil {
		r = &Roles{}
	}
	u := &uses{roles: r, clock: clock}
	var all [3]map[string]*Use
	for i := range all {
		all[i] = map[string]*Use{}
	}
	var best [3]Use
	for _, record := range records {
		u.best = [3]candidate{}
		u.object(record, nil, 0)
		for i, c := range u.best {
			if c.key == "" {
				continue
			}
			use := all[i][c.key]
			if use == nil {
				use = &Use{Key: c.key, Origin: c.origin}
				all[i][c.key] = use
			}
			if use.Records++; use.Records > best[i].Records {
				best[i] = *use
			}
		}
	}
	return best[0], best[1], best[2]
}

// uses finds the keys of one record.
type uses struct {
	roles *Roles
	clock timestamp.Clock
	best  [3]candidate // of the time, the session and the message
}

// A candidate is a key with the value that counts in a record.
type candidate struct {
	key    string
	order  int // the smallest wins, then the first
	origin Origin
}

// object looks at the members of an object, and of objects in it and in its strings.
func (u *uses) object(object []byte, path [][]byte, depth int) {
	if depth > maxDepth {
		return
	}
	for key, value := range jsontext.Members(object) {
		if len(value) == 0 || len(key) > MaxName {
			continue
		}
		if value[0] == '{' && WrapperAt(value) == Typed {
			if inner := unwrap(value); len(inner) > 0 {
				value = inner
			}
		}
		text := value
		if value[0] == '"' {
			text = jsontext.AppendUnescaped(nil, jsontext.Quoted(value))
		}
		f, rank := u.roles.Of(path, key)
		if inner := bytes.TrimSpace(text); len(inner) > 0 && inner[0] == '{' {
			u.object(inner, append(path[:len(path):len(path)], key), depth+1)
			if f == Message { // unless there is a message inside
				u.offer(2, path, key, rank+1)
			}
			continue
		}
		switch f {
		case Time:
			switch {
			case !IsTime(&u.clock, text):
				continue
			case rank == ClientClock || rank == GivenClock:
				rank -= 100
			}
			u.offer(0, path, key, rank+10*depth)
		case Session:
			if len(text) == 0 || value[0] == '[' {
				continue
			}
			if rank != GivenSession && (bytes.HasPrefix(text, []byte("1_MX")) || bytes.HasPrefix(text, []byte("2_MX"))) {
				rank = GivenSession + 1 // the form of an ID precedes any name
			}
			u.offer(1, path, key, rank)
		case Message:
			if value[0] == '"' || value[0] == '[' {
				u.offer(2, path, key, rank)
			}
		}
	}
}

func (u *uses) offer(i int, path [][]byte, key []byte, order int) {
	if u.best[i].key != "" && u.best[i].order <= order {
		return
	}
	c := candidate{key: string(key), order: order}
	if len(path) > 0 {
		c.key = string(bytes.Join(path, []byte("."))) + "." + c.key
	}
	given := [3]string{u.roles.Given.Time, u.roles.Given.Session, u.roles.Given.Message}
	switch {
	case given[i] != "" && isRole(given[i], path, key):
		c.origin = ByUser
	case isKnown(key):
	default:
		c.origin = ByValues
	}
	u.best[i] = c
}

func isKnown(key []byte) bool {
	f, _ := Of(key)
	return f != None
}
