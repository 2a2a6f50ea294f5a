// Package sighting notes who was seen when in clean lines, without an event for each of them.
//
// Neighbouring lines of a log are often of the same session, connection and client. So [Sightings]
// remember what the IDs in some lines mean, and a later line with the same IDs is only a number and a
// time.
package sighting

import (
	"bytes"
	"encoding/binary"
)

// IDs are those of one line, as written. An ID that it does not state is empty.
type IDs struct{ Session, Client, ConnectionID []byte }

// Stated are the IDs in the fields made for them, and the rank of the session's field. They decide
// who was seen.
type Stated struct {
	IDs
	rank int
}

// A Sighting is one clean line.
type Sighting struct {
	Time int64  // Unix nanoseconds, or timestamp.NoTime
	Who  uint32 // the index of a Person in Sightings.Known
}

// A Person is who was seen in lines that state the same IDs.
type Person struct {
	stated    Stated
	IDs              // as an event has them: what is no ID is empty
	Number    uint64 // of the Person, from 1; 0: nobody
	elsewhere bool   // such lines may have a session ID outside the fields made for it
}

// NumKnown is the number of persons that are known at the same time.
const NumKnown = 1 << numKnownBits

const (
	numKnownBits = 9
	maxID        = 128 // bytes of an ID that is remembered; all take 400 KiB at most
)

// Sightings are those that have not been counted yet. The zero Sightings are ready to use.
type Sightings struct {
	Seen  []Sighting
	Bytes int64 // of their lines
	Known [NumKnown]Person

	last   uint64 // the number of the last person
	stated Stated // in the last line
}

// find returns the index of the person of a line, -1 if it is not known.
func (s *Sightings) find(of *Stated) int {
	n := place(of)
	p := &s.Known[n]
	if p.Number == 0 || p.stated.rank != of.rank || !bytes.Equal(p.stated.Session, of.Session) ||
		!bytes.Equal(p.stated.ConnectionID, of.ConnectionID) || !bytes.Equal(p.stated.Client, of.Client) {
		return -1
	}
	return n
}

// Meet remembers who was seen in an event. elsewhere says that no field states an OpenTok session ID. All
// sightings must have been counted, because Meet may forget one of their persons.
func (s *Sightings) Meet(stated *Stated, seen IDs, elsewhere bool) {
	if max(len(stated.Session), len(stated.Client), len(stated.ConnectionID)) > maxID {
		return
	}
	s.last++
	p := &s.Known[place(stated)]
	p.stated.rank, p.Number, p.elsewhere = stated.rank, s.last, elsewhere
	p.stated.IDs.set(&stated.IDs)
	p.IDs.set(&seen)
}

func (x *IDs) set(to *IDs) {
	x.Session = append(x.Session[:0], to.Session...)
	x.Client = append(x.Client[:0], to.Client...)
	x.ConnectionID = append(x.ConnectionID[:0], to.ConnectionID...)
}

func (s *Sightings) add(time int64, who uint32, size int) {
	s.Seen = append(s.Seen, Sighting{time, who})
	s.Bytes += int64(size)
}

// Counted removes the sightings.
func (s *Sightings) Counted() { s.Seen, s.Bytes = s.Seen[:0], 0 }

// Forget forgets all persons, because IDs may mean something else in the following lines.
func (s *Sightings) Forget() {
	for i := range s.Known {
		s.Known[i].Number = 0
	}
}

// place returns the only index that a person may have.
func place(of *Stated) int {
	x := word(of.Session) + 3*word(of.ConnectionID) + 5*word(of.Client)
	return int(x * 0x9e3779b97f4a7c15 >> (64 - numKnownBits))
}

// word returns bytes from the end of an ID, in which most IDs differ.
func word(id []byte) uint64 {
	n := len(id)
	if n < 16 {
		return uint64(n)
	}
	return binary.LittleEndian.Uint64(id[n-8:]) ^ binary.LittleEndian.Uint64(id[n-16:])<<1
}
