// Package sighting notes who was seen when in clean records, without an event for each of them.
//
// Neighbouring records of a log are often of the same session, connection and client. So [Sightings]
// remember what the IDs in some records mean, and a later record with the same IDs is only a number and
// a time.
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

// A Sighting is one clean record.
type Sighting struct {
	Time int64  // Unix nanoseconds, or timestamp.NoTime
	Who  uint32 // the index of a Person in Sightings.Known
	Text bool   // it is text, not an object or a row
}

// A Person is who was seen in records that state the same IDs.
type Person struct {
	stated    Stated
	IDs              // as an event has them: what is no ID is empty
	buffer    []byte // of the stated ones, which contain the others
	Number    uint64 // of the Person, from 1; 0: nobody
	elsewhere bool   // such records may have a session ID outside the fields made for it
}

// NumKnown is the number of persons that are known at the same time.
const NumKnown = 1 << numKnownBits

const (
	numKnownBits = 9
	maxID        = 128 // bytes of an ID that is remembered; all take 200 KiB at most
)

// Sightings are those that have not been counted yet. The zero Sightings are ready to use.
type Sightings struct {
	Seen         []Sighting
	Bytes, Lines int64 // of their records
	Known        [NumKnown]Person

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
	for _, id := range [...][2][]byte{{stated.Session, seen.Session}, {stated.Client, seen.Client}, {stated.ConnectionID, seen.ConnectionID}} {
		if len(id[0]) > maxID || !bytes.HasPrefix(id[0], id[1]) {
			return
		}
	}
	p := &s.Known[place(stated)]
	if p.buffer == nil {
		p.buffer = make([]byte, 0, 3*maxID)
	}
	p.buffer = p.buffer[:0]
	p.stated.Session, p.Session = p.keep(stated.Session, seen.Session)
	p.stated.Client, p.Client = p.keep(stated.Client, seen.Client)
	p.stated.ConnectionID, p.ConnectionID = p.keep(stated.ConnectionID, seen.ConnectionID)
	s.last++
	p.stated.rank, p.Number, p.elsewhere = stated.rank, s.last, elsewhere
}

// keep copies an ID as stated. It returns the copy and the part of it that was seen, which is its start.
func (p *Person) keep(stated, seen []byte) (copied, part []byte) {
	start := len(p.buffer)
	p.buffer = append(p.buffer, stated...)
	copied = p.buffer[start:]
	return copied, copied[:len(seen)]
}

// SeeRecord adds a record of some size and number of lines. It reports false if its IDs are not known: it
// must be an event, after which they can be met.
func (s *Sightings) SeeRecord(ids IDs, time int64, size, lines int, text bool) bool {
	who := s.find(&Stated{ids, found})
	if who < 0 {
		return false
	}
	s.add(Sighting{time, uint32(who), text}, size, lines)
	return true
}

// MeetRecord remembers who was seen in an event, as Meet does.
func (s *Sightings) MeetRecord(ids IDs) { s.Meet(&Stated{ids, found}, ids, false) }

// found is in place of the rank of a session in records that were decoded.
const found = -1

func (s *Sightings) add(x Sighting, size, lines int) {
	s.Seen = append(s.Seen, x)
	s.Bytes += int64(size)
	s.Lines += int64(lines)
}

// Counted removes the sightings.
func (s *Sightings) Counted() { s.Seen, s.Bytes, s.Lines = s.Seen[:0], 0, 0 }

// Forget forgets all persons, because IDs may mean something else in the following lines.
func (s *Sightings) Forget() {
	for i := range s.Known {
		s.Known[i].Number = 0
	}
}

// place returns the only index that a person may have.
func place(of *Stated) int {
	x := word(of.Session) + 3*word(of.ConnectionID) + 5*word(of.Client) + 7*uint64(of.rank)
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
