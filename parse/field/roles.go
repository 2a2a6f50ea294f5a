package field

import "strings"

// Names are the keys of objects, or the columns of tables, whose names say nothing to otlog. A
// key may be a path: user.id. "" is none.
type Names struct {
	Time    string // when the record was written
	Session string // identifies the session, or whatever counts as one
	Message string // what people read
}

// Roles are the fields of one source.
type Roles struct {
	Given   Names // by the user: they precede all others, except those of telemetry
	Learned Names // from the first records
}

// The ranks of given fields.
const (
	GivenClock   = 7  // of a time, before its depth counts
	GivenSession = -4 // so that it precedes every other one
	GivenMessage = -1
)

// Of returns the meaning of a key as fieldOf does. path leads to the key.
func (r *Roles) Of(path [][]byte, key []byte) (Field, int) {
	switch {
	case isRole(r.Given.Time, path, key):
		return Time, GivenClock
	case isRole(r.Given.Session, path, key):
		return Session, GivenSession
	case isRole(r.Given.Message, path, key):
		return Message, GivenMessage
	}
	if f, rank := Of(key); f != None {
		return f, rank
	}
	switch {
	case isRole(r.Learned.Time, path, key):
		return Time, learnedClock
	case isRole(r.Learned.Message, path, key):
		return Message, 0
	}
	return None, 0
}

// MeaningOf returns the function that says what keys mean, given the keys around them, to a source with
// these roles, or nil for none.
func MeaningOf(r *Roles) func(path [][]byte, key []byte) (Field, int) {
	if r == nil {
		return func(_ [][]byte, key []byte) (Field, int) { return Of(key) }
	}
	return r.Of
}

// Column returns the key of a column in a file that has names and types: its own name if it is
// one of n, otherwise in the spelling of Of.
func (n Names) Column(name string) string {
	if name != n.Time && name != n.Session && name != n.Message {
		if key := Key(name); key != "" {
			return key
		}
	}
	return name
}

// Has reports whether a column has a role.
func (r *Roles) Has(column string) bool {
	if r == nil {
		return false
	}
	for _, f := range [...]*Names{&r.Given, &r.Learned} {
		if column == f.Time || column == f.Session || column == f.Message {
			return true
		}
	}
	return false
}

// learnedClock is the rank of a learned time, before its depth counts.
const learnedClock = 5

// isRole reports whether a name is that of a key, or the path to it.
func isRole(name string, path [][]byte, key []byte) bool {
	if name == "" || !strings.HasSuffix(name, string(key)) {
		return false
	}
	if len(name) == len(key) {
		return true
	}
	rest := name[:len(name)-len(key)]
	for i := len(path) - 1; i >= 0; i-- {
		var dotted bool
		if rest, dotted = strings.CutSuffix(rest, "."); !dotted {
			return false
		}
		if !strings.HasSuffix(rest, string(path[i])) {
			return false
		}
		if rest = rest[:len(rest)-len(path[i])]; rest == "" {
			return true
		}
	}
	return false
}
