package aggregate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/parse"
	"github.com/zeebo/xxh3"
)

// contents is all that a Tally says, but failures.
type contents struct {
	sightings []Sighting
	coverage  []Coverage
}

func contentsOf(t *Tally) contents {
	return contents{slices.Collect(t.Sightings(Filter{})), slices.Collect(t.Coverage())}
}

// spread are random records over many cells.
func spread(r *rand.Rand) []*refRecord {
	records := randomRecords(r, time.Second)
	for _, x := range records {
		if x.event.Time != parse.NoTime {
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
		want := contentsOf(tallyOfRecords(records))

		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		parts := []*Tally{{}} // with an empty one among them
		for from := 0; from < len(records); {
			to := from + 1 + r.IntN(len(records)-from)
			parts = append(parts, tallyOfRecords(records[from:to]))
			from = to
		}
		for len(parts) > 1 { // any two of them, in any order
			r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			parts[0].Merge(parts[1])
			parts = slices.Delete(parts, 1, 2)
		}
		if got := contentsOf(parts[0]); !reflect.DeepEqual(got, want) {
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
		tally := tallyOfRecords(records)
		for row := range tally.Rows(Filter{}) {
			lines -= row.Lines
		}
		if lines != 0 {
			t.Errorf("seed %d: %d lines are missing", seed, lines)
		}
		if n := len(slices.Collect(tally.Sightings(Filter{}))); n != len(sightings) {
			t.Errorf("seed %d: got %d sightings, want %d", seed, n, len(sightings))
		}
		for c := range tally.Coverage() {
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
			if got := s.slot(FromSession, xxh3.Hash128(fmt.Appendf(nil, "session %d", i))).number; got != i+1 {
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
		{parse.NoTime, NoCell},
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
