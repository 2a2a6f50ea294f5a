package parse

import (
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/timestamp"
)

// Fields say where the first records of an input state their time, session and message.
type Fields struct {
	Records int // how many were read
	Objects int // part of Records: JSON objects and rows, which have keys

	// Of objects. A Key is empty if no object has one.
	Time, Session, Message field.Use

	Timed    int  // part of Records: with a time
	Undated  int  // part of Timed: with only a time of day
	Sessions int  // part of Records: with a session
	Words    int  // before the time of a line
	Within   bool // the time is elsewhere in a line
	Leads    bool // the time is at the start of a text of an object
	Charset  string
}

// Fields reads the first records of an input.
func (in *Input) Fields() Fields {
	s := in.sample(in.text.Head, in.text.Whole)
	f := Fields{Records: s.records, Objects: len(s.objects), Timed: s.timed, Undated: s.undated, Sessions: s.sessions, Words: in.Format.words, Within: in.Format.inline || in.Format.epoch != nil, Leads: in.Format.leads, Charset: in.text.Charset}
	f.Time, f.Session, f.Message = field.Uses(s.objects, in.Format.roles, timestamp.NewClock(in.Times))
	return f
}
