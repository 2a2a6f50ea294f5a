package aggregate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// contents is all that is counted, but failures.
type contents struct {
	cells    map[SessionID][]Cell
	coverage []Coverage
}

func contentsOf(c *Counts) contents {
	cells := map[SessionID][]Cell{}
	for _, s := range sessionsIn(c, Filter{}) {
		if len(s.Cells) > 0 {
			cells[s.ID] = s.Cells
		}
	}
	return contents{cells, c.Coverage}
}

// spread are random records over many cells.
func spread(r *rand.Rand) []*refRecord {
	records := randomRecords(r, time.Second)
	for _, x := range records {
		if x.event.Time != timestamp.NoTime {
			x.event.Time += int64(r.IntN(40)) * int64(cellLength) / 3
		}
	}
	return records
}

// TestTallyIsASum holds the law: any order, any split and any way to merge the
// parts gives the same Tally, and the empty one adds nothing.
func TestTallyIsASum(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		records := spread(r)
		want := contentsOf(counts(tallyOfRecords(records)))
		if got := contentsOf(counts(split(r, records)...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

// TestTallyCountsWhatItIsGiven compares a Tally with maps that are kept in the
// plainest way.
func TestTallyCountsWhatItIsGiven(t *testing.T) {
	for seed := range uint64(100) {
		records := spread(rand.New(rand.NewPCG(seed, 3)))
		refSessions(records)
		type seen struct {
			session string
			cell    Cell
		}
		sightings, coverage, lines := map[seen]bool{}, map[Cell]int64{}, int64(0)
		for _, x := range records {
			cell := CellOf(x.event.Time)
			coverage[cell]++
			if !strings.HasPrefix(x.session, "source:") {
				sightings[seen{x.session, cell}] = true
			}
			if x.verdict.Failure {
				lines++
			}
		}
		c := counts(tallyOfRecords(records))
		n := 0
		for _, s := range sessionsIn(c, Filter{}) {
			n += len(s.Cells)
			for _, row := range s.Rows {
				lines -= row.Lines
			}
		}
		if lines != 0 {
			t.Errorf("seed %d: %d lines are missing", seed, lines)
		}
		if n != len(sightings) {
			t.Errorf("seed %d: got %d sightings, want %d", seed, n, len(sightings))
		}
		for _, c := range c.Coverage {
			if coverage[c.Cell] != c.Records {
				t.Errorf("seed %d: %+v, want %d records", seed, c, coverage[c.Cell])
			}
			delete(coverage, c.Cell)
		}
		if len(coverage) > 0 {
			t.Errorf("seed %d: cells %v are missing", seed, coverage)
		}
	}
}

func TestSessionTableGrows(t *testing.T) {
	var s sessions
	const n = 100_000
	for round := range 2 {
		for i := range uint32(n) {
			if got := s.slot(FromSession, NewSessionID(fmt.Appendf(nil, "session %d", i))).number; got != i+1 {
				t.Fatalf("round %d: session %d has number %d", round, i, got)
			}
		}
	}
}

func TestCellOf(t *testing.T) {
	for _, test := range []struct {
		nanos int64
		want  Cell
	}{
		{timestamp.NoTime, NoCell},
		{0, 0},
		{int64(cellLength) - 1, 0},
		{int64(cellLength), 1},
		{-1, -1},
		{-int64(cellLength), -1},
		{-int64(cellLength) - 1, -2},
	} {
		if got := CellOf(test.nanos); got != test.want {
			t.Errorf("CellOf(%d) = %d, want %d", test.nanos, got, test.want)
		}
	}
}

func TestSightingKeepsOrder(t *testing.T) {
	in := []sighting{newSighting(1, NoCell), newSighting(1, -3), newSighting(1, 0), newSighting(1, 7), newSighting(2, NoCell)}
	if !slices.IsSorted(in) {
		t.Errorf("not sorted: %v", in)
	}
	if s := newSighting(5, -3); s.number() != 5 || s.cell() != -3 {
		t.Errorf("got %d, %d", s.number(), s.cell())
	}
}
