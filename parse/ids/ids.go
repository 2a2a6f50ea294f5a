// Package ids collects the IDs in an object that show who was there, by the ranks of their fields.
package ids

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/sessionid"
)

// IDs are the IDs that show who was there: the first of the best values of each.
type IDs struct {
	Session      []byte
	sessionRank  int
	Given        bool // Session is the value of the field that the user gave
	several      bool // different session IDs
	Client       []byte
	ClientRank   int
	ConnectionID []byte
}

// None returns no IDs.
func None() IDs { return IDs{sessionRank: field.Unranked, ClientRank: field.Unranked} }

// Take takes the value of a field made for one of the IDs.
func (x *IDs) Take(f field.Field, s []byte, rank int) {
	switch f {
	case field.Session:
		x.takeSession(s, rank)
	case field.Client:
		if rank < x.ClientRank {
			x.Client, x.ClientRank = s, rank
		}
	case field.ConnectionID:
		if x.ConnectionID == nil {
			x.ConnectionID = s
		}
	}
}

// Add fills in what x lacks.
func (x *IDs) Add(wrapper *IDs) {
	if sessionid.Is(x.Session) && sessionid.Is(wrapper.Session) && (wrapper.several || !bytes.Equal(x.Session, wrapper.Session)) {
		return
	}
	if x.Session == nil || sessionid.Is(wrapper.Session) {
		x.Session = wrapper.Session
	}
	if wrapper.ClientRank < x.ClientRank {
		x.Client, x.ClientRank = wrapper.Client, wrapper.ClientRank
	}
	if x.ConnectionID == nil {
		x.ConnectionID = wrapper.ConnectionID
	}
}

// takeSession takes the value of a field made for a session. An OpenTok session ID precedes
// any other value, which may belong to a session of another kind.
func (x *IDs) takeSession(s []byte, rank int) {
	if x.Given {
		return
	}
	if rank == field.GivenSession {
		x.Session, x.sessionRank, x.Given = s, rank, true
		return
	}
	isID := sessionid.Is(s)
	if isID {
		if s = sessionid.Whole(s); s == nil {
			return
		}
	}
	if !isID {
		if rank > 0 {
			return
		}
		rank += 2
	} else if sessionid.Is(x.Session) && !bytes.Equal(s, x.Session) {
		x.several = true
	}
	if rank < x.sessionRank {
		x.Session, x.sessionRank = s, rank
	}
}
