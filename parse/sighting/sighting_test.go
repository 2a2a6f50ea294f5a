package sighting

import (
	"fmt"
	"strings"
	"testing"
)

func ids(session, client, connection string) IDs {
	return IDs{[]byte(session), []byte(client), []byte(connection)}
}

func TestPersonsAreMetAndForgotten(t *testing.T) {
	var s Sightings
	see := func(who IDs) bool { return s.SeeRecord(who, 1, 10, 2, true) }
	alice, bob := ids("session", "client", "connection"), ids("session", "", "connection")
	if see(alice) {
		t.Fatal("a person is known before it was met")
	}
	s.MeetRecord(alice)
	if !see(alice) || !see(ids("session", "client", "connection")) {
		t.Error("a person that was met is not known")
	}
	if see(bob) || see(ids("session", "other", "connection")) {
		t.Error("another person is known")
	}
	if len(s.Seen) != 2 || s.Bytes != 20 || s.Lines != 4 {
		t.Errorf("%d sightings with %d bytes and %d lines", len(s.Seen), s.Bytes, s.Lines)
	}
	if p := s.Known[s.Seen[0].Who]; string(p.Session) != "session" || string(p.Client) != "client" || string(p.ConnectionID) != "connection" {
		t.Errorf("saw %s", p.IDs)
	}
	s.Counted()
	s.Meet(&Stated{IDs: ids("id/connection", "null", "")}, ids("id", "", ""), false)
	if see(ids("id/connection", "null", "")) {
		t.Error("IDs as stated are taken for those of a record")
	}
	s.Forget()
	if see(alice) {
		t.Error("a person is known after Forget")
	}
}

// TestBounds lets a hostile log show long and many IDs.
func TestBounds(t *testing.T) {
	var s Sightings
	numbers := map[uint64]bool{}
	for i := range 5000 {
		who := ids(strings.Repeat("x", i%300)+fmt.Sprint(i), "", "")
		s.MeetRecord(who)
		if known := s.SeeRecord(who, 0, 1, 1, false); known != (len(who.Session) <= maxID) {
			t.Fatalf("an ID of %d bytes is known: %t", len(who.Session), known)
		}
		if n := len(s.Seen); n > 0 {
			number := s.Known[s.Seen[n-1].Who].Number
			if numbers[number] {
				t.Fatal("two persons have one number")
			}
			numbers[number] = true
			s.Counted()
		}
	}
	for i := range s.Known {
		if c := cap(s.Known[i].buffer); c > 3*maxID {
			t.Fatalf("a person takes %d bytes", c)
		}
	}
}
