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

// See adds the line data[start:end], which was recognized by its layout. It reports false if the line
// must be an event, and returns what [Sightings.Meet] can learn from that, if anything. The Stated is
// valid until the next call.
func (s *Sightings) See(data []byte, start, end int, values []layout.Value, clock *timestamp.Clock, levels Levels) (*Stated, bool) {
	time, best := int64(timestamp.NoTime), field.Unranked
	var run *layout.Run
	ids := 0 // runs and others
	for i := range values {
		switch v := &values[i]; {
		case v.Run != nil:
			run = v.Run
			ids++
		case v.Field == field.Time:
			rank := field.TimeRank(v.Rank, v.Depth, 0)
			if rank >= best {
				continue
			}
			time, best = clock.Value(data[v.Start:v.End]), rank
			if doubt, _ := clock.Doubt(); doubt != timestamp.NoDoubt || time == timestamp.NoTime {
				return nil, false // it may be a time of day, whose date is elsewhere
			}
		case v.Field == field.Level:
			if levels != Nowhere {
				return nil, false
			}
		case v.Field == field.Message:
			if levels == InMessages {
				return nil, false
			}
		case v.Field == field.Session || v.Field == field.Client || v.Field == field.ConnectionID:
			ids++
		}
	}
	// Frequent case first: a run of all IDs whose person is known needs no other comparison.
	all := run != nil && ids == 1
	if all && run.OwnerIs != 0 && s.Known[run.Owner].Number == run.OwnerIs {
		s.add(time, run.Owner, end-start)
		return nil, true
	}
	s.stated = Stated{}
	if !s.stated.take(data, values) {
		return nil, false
	}
	who := s.find(&s.stated)
	if who < 0 {
		return &s.stated, false
	}
	p := &s.Known[who]
	if p.elsewhere && sessionid.NextMark(data[start:end]) >= 0 {
		return nil, false
	}
	if all && !p.elsewhere {
		run.Owner, run.OwnerIs = uint32(who), p.Number
	}
	s.add(time, uint32(who), end-start)
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
