package sighting

import (
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/layout"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/timestamp"
)

// Levels says which values of a line may state a level that matters.
type Levels uint8

// The values that may state a level.
const (
	Nowhere    Levels = iota
	InFields          // those made for levels
	InMessages        // these, and the messages
)

// A Line is a record that was recognized by its layout.
type Line struct {
	Data         []byte
	Start, End   int            // of its object in Data
	Values       []layout.Value // of the object
	Before       int64          // the time before the object, or timestamp.NoTime
	Bytes, Lines int            // of the record
}

// A Source is what all lines of a source have in common.
type Source struct {
	Clock    *timestamp.Clock
	Sessions *sessionid.Memo
	Levels   Levels
	Leads    bool // the time may be at the start of a text
}

// See adds a line. It reports false if the line must be an event, and returns what [Sightings.Meet] can
// learn from that, if anything. The Stated is valid until the next call.
func (s *Sightings) See(l *Line, of *Source) (*Stated, bool) {
	data, values := l.Data, l.Values
	time, best := int64(timestamp.NoTime), field.Unranked
	var run *layout.Run
	ids := 0 // runs and others
	for i := range values {
		switch v := &values[i]; {
		case v.Run != nil:
			run = v.Run
			ids++
		case v.Field == field.Time:
			rank := field.TimeRank(v.Rank, v.Depth, int(v.Nesting))
			if rank >= best {
				continue
			}
			time, best = of.Clock.Value(data[v.Start:v.End]), rank
			if doubt, _ := of.Clock.Doubt(); doubt != timestamp.NoDoubt || time == timestamp.NoTime {
				return nil, false // it may be a time of day, whose date is elsewhere
			}
		case v.Field == field.Level:
			if of.Levels != Nowhere {
				return nil, false
			}
		case v.Field == field.Message:
			if of.Levels == InMessages {
				return nil, false
			}
		case v.Field == field.Session || v.Field == field.Client || v.Field == field.ConnectionID:
			ids++
		}
	}
	if time == timestamp.NoTime {
		time = l.Before
	}
	if of.Leads {
		if lead := Lead(of.Clock, data, values); lead != timestamp.NoTime {
			time = lead
		}
	}
	// Frequent case first: a run of all IDs whose person is known needs no other comparison.
	all := run != nil && ids == 1
	if all && run.OwnerIs != 0 && s.Known[run.Owner].Number == run.OwnerIs {
		s.add(Sighting{Time: time, Who: run.Owner}, l.Bytes, l.Lines)
		return nil, true
	}
	s.stated = Stated{}
	if !s.stated.take(data, values) { // one of a kind means the same inside a string and around it
		return nil, false
	}
	who := s.find(&s.stated)
	if who < 0 {
		return &s.stated, false
	}
	p := &s.Known[who]
	if p.elsewhere {
		if start, end := of.Sessions.Next(data[l.Start:l.End]); start >= 0 {
			ids := IDs{Session: data[l.Start+start : l.Start+end], Client: p.Client, ConnectionID: p.ConnectionID}
			return nil, s.SeeRecord(ids, time, l.Bytes, l.Lines, false)
		}
	}
	if all && !p.elsewhere {
		run.Owner, run.OwnerIs = uint32(who), p.Number
	}
	s.add(Sighting{Time: time, Who: uint32(who)}, l.Bytes, l.Lines)
	return nil, true
}

// take takes the IDs among values. It reports false if what they mean depends on more than one of a
// kind, or on the time.
func (to *Stated) take(data []byte, values []layout.Value) bool {
	for i := range values {
		v := &values[i]
		if v.Run != nil {
			if !to.take(data[v.Start:], v.Run.Values) {
				return false
			}
			continue
		}
		var id *[]byte
		switch v.Field {
		case field.Session:
			id, to.rank = &to.Session, v.Rank
		case field.Client:
			if id = &to.Client; v.Rank == field.GUIDRank {
				return false // whose it is depends on the day
			}
		case field.ConnectionID:
			id = &to.ConnectionID
		default:
			continue
		}
		if len(*id) > 0 {
			return false
		}
		*id = data[v.Start:v.End]
	}
	return true
}

// Lead returns the time at the start of the first text that starts with one, or timestamp.NoTime.
func Lead(clock *timestamp.Clock, data []byte, values []layout.Value) int64 {
	for i := range values {
		v := &values[i]
		var t int64
		if v.Run != nil {
			t = Lead(clock, data[v.Start:], v.Run.Values)
		} else {
			t = clock.Lead(data[v.Start:v.End])
		}
		if t != timestamp.NoTime {
			return t
		}
	}
	return timestamp.NoTime
}
