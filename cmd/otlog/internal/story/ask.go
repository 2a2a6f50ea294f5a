package story

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
)

// leastPrefix is how many characters of an ID are enough if only one session has such an ID.
const leastPrefix = 12

// mostCandidates is how many IDs with the same beginning are remembered.
const mostCandidates = 20

// A question is an ID, or its beginning, that a session is asked for by.
type question struct {
	text   string          // as typed
	prefix string          // "" if it is too short
	found  map[string]bool // IDs of the log that begin with the prefix
}

func newQuestion(text string) *question {
	q := &question{text: text, found: map[string]bool{}}
	if p := strings.TrimRight(strings.TrimSuffix(text, "…"), "."); len(p) >= leastPrefix {
		q.prefix = p
	}
	return q
}

// look notes the IDs of a record that begin with the text.
func (q *question) look(e *parse.Event) {
	if q.prefix == "" || len(q.found) > mostCandidates {
		return
	}
	for _, id := range [...][]byte{e.Session, e.ConnectionID, e.Client} {
		if hasPrefix(id, q.prefix) {
			q.found[string(id)] = true
		}
	}
}

// resolve returns the session that is meant.
func (q *question) resolve(c *aggregate.Counts) (aggregate.SessionID, error) {
	id, ok, err := c.Session(q.text)
	if ok || err != nil {
		return id, err
	}
	sessions := map[aggregate.SessionID]bool{}
	for _, candidate := range slices.Sorted(maps.Keys(q.found)) {
		of, ok, err := c.Session(candidate)
		if err != nil {
			return id, err
		}
		if ok {
			id, sessions[of] = of, true
			q.text = candidate
		}
	}
	switch len(sessions) {
	case 0:
		return id, &UnknownError{q.text}
	case 1:
		return id, nil
	}
	return id, &AmbiguousError{q.prefix, slices.Sorted(maps.Keys(q.found))}
}

// An UnknownError is an ID that no record has.
type UnknownError struct{ ID string }

func (e *UnknownError) Error() string { return fmt.Sprintf("no record has the ID %q", e.ID) }

// An AmbiguousError is the beginning of IDs of several sessions.
type AmbiguousError struct {
	Prefix string
	IDs    []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q is the beginning of IDs of several sessions", e.Prefix)
}
