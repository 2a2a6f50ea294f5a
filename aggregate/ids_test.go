package aggregate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate/texts"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
)

// TestKeptIDs checks that sessions have their IDs as the logs have them, in any split of the records,
// and even if some of the tallies did not keep IDs.
func TestKeptIDs(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 51))
		records := clientRecords(r)
		ids := map[SessionID]string{}
		for _, x := range records {
			if s := x.event.Session; len(s) > 0 {
				ids[NewSessionID(s)] = string(s)
			}
		}
		var kept, some []*Part
		for from := 0; from < len(records); {
			to := from + 1 + r.IntN(len(records)-from)
			tally := &Tally{texts: texts.IDs{Keep: true}}
			for _, x := range records[from:to] {
				tally.Enter(sourceID(x.source, digest.Identity{}))
				tally.Add(&x.event, &x.verdict, x.place)
			}
			kept = append(kept, tally.Parts()...)
			from = to
		}
		some = append(append(some, tallyOfRecords(records).Parts()...), kept...)
		for _, parts := range [][]*Part{kept, some} {
			r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			if len(records) > 0 && !Merge(parts...).HasIDs {
				t.Fatal("the sum has no IDs")
			}
			for _, s := range sessionsIn(settled(&Result{Parts: parts}), Filter{}) {
				want := ids[s.ID]
				if s.From != FromSession {
					want = ""
				}
				if s.Text != want {
					t.Fatalf("seed %d: session %x from %s: got %q, want %q", seed, s.ID, s.From, s.Text, want)
				}
			}
		}
	}
}

// TestIDsOfSightings checks that the ID of a session is kept that is only seen in clean records.
func TestIDsOfSightings(t *testing.T) {
	log := write(t, "log", []byte(peopleLog(rand.New(rand.NewPCG(1, 52)), 4000, 2000)))
	for _, keep := range []bool{true, false} {
		read, err := Scan([]parse.Source{log}, Options{KeepIDs: keep})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range sessionsIn(settled(read), Filter{}) {
			switch {
			case s.From != FromSession:
			case (s.Text != "") != keep:
				t.Fatalf("keep %v: got %q", keep, s.Text)
			case keep && NewSessionID([]byte(s.Text)) != s.ID:
				t.Fatalf("%q is another session", s.Text)
			case len(s.Rows) == 0:
				n++
			}
		}
		if n < 100 {
			t.Errorf("only %d sessions have no error", n)
		}
	}
}

// TestKeptIDsTakeMemory checks that the size of a tally, which bounds its memory, has the IDs.
func TestKeptIDsTakeMemory(t *testing.T) {
	size := func(keep bool) (before, after int64) {
		tally := &Tally{texts: texts.IDs{Keep: keep}}
		for i := range 1000 {
			tally.see([]byte(fmt.Sprint(i, strings.Repeat("x", 100))), instant{})
		}
		before = tally.size()
		tally.texts.Clear()
		return before, tally.size()
	}
	if before, after := size(true); before-after < 100_000 {
		t.Errorf("got %d bytes, %d without IDs", before, after)
	}
	if before, after := size(false); before != after {
		t.Errorf("got %d bytes, want %d", before, after)
	}
}
