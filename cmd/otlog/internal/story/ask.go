package story

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/parse"
)

// LeastPrefix is how many characters of an ID are enough if only one session has such an ID.
const LeastPrefix = 12

// mostCandidates is how many IDs with the same beginning are remembered.
const mostCandidates = 20

// A question is an ID, or its beginning, that sessions are asked for by.
type question struct {
	text   string // as typed
	prefix string // "" if it is too short
	// The IDs of the log that begin with the prefix. A guid of old SDKs outlives a session: it has those
	// in which it was seen, and itself where no session is stated.
	found map[string]map[aggregate.SessionID]bool
}

func newQuestion(text string) *question {
	q := &question{text: text, found: map[string]map[aggregate.SessionID]bool{}}
	if p := strings.TrimRight(strings.TrimSuffix(text, "…"), "."); len(p) >= LeastPrefix {
		q.prefix = p
	}
	return q
}

// look notes the IDs of a record that begin with the text.
func (q *question) look(e *parse.Event) {
	if e.GUID && (string(e.Client) == q.text || q.fits(e.Client)) {
		id := aggregate.NewSessionID(e.Session)
		if len(e.Session) == 0 {
			_, id = hashed.ClientOf(e)
		}
		q.find(e.Client, id)
	}
	for _, id := range [...][]byte{e.Session, e.ConnectionID, e.Client} {
		if q.fits(id) {
			q.find(id, aggregate.SessionID{})
		}
	}
}

func (q *question) fits(id []byte) bool { return q.prefix != "" && hasPrefix(id, q.prefix) }

// find notes an ID, and a session of it unless that is zero.
func (q *question) find(id []byte, session aggregate.SessionID) {
	sessions := q.found[string(id)]
	if sessions == nil {
		if len(q.found) > mostCandidates {
			return
		}
		sessions = map[aggregate.SessionID]bool{}
		q.found[string(id)] = sessions
	}
	if !session.IsZero() && len(sessions) < mostCandidates {
		sessions[session] = true
	}
}

// resolve returns the sessions that are meant. They are several only for a guid.
func (q *question) resolve(c *aggregate.Counts) ([]aggregate.SessionID, error) {
	id, ok, err := c.Session(q.text)
	if err != nil {
		return nil, err
	}
	if ok {
		return []aggregate.SessionID{id}, nil
	}
	candidates := slices.Sorted(maps.Keys(q.found))
	if q.found[q.text] != nil {
		candidates = []string{q.text}
	}
	sessions := map[aggregate.SessionID]bool{}
	for _, candidate := range candidates {
		maps.Copy(sessions, q.found[candidate])
		id, ok, err := c.Session(candidate)
		if err != nil {
			return nil, err
		}
		if ok {
			sessions[id] = true
		}
	}
	switch {
	case len(sessions) == 0:
		return nil, &UnknownError{q.text}
	case len(sessions) > 1 && len(candidates) > 1:
		return nil, &AmbiguousError{q.prefix, candidates}
	}
	q.text = candidates[0]
	return slices.SortedFunc(maps.Keys(sessions), aggregate.SessionID.Compare), nil
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
