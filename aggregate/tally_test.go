package aggregate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/zeebo/xxh3"
)

// A sample is one record for a Tally.
type sample struct {
	event   parse.Event
	verdict classify.Verdict
}

func randomSample(r *rand.Rand) sample {
	s := sample{event: parse.Event{Time: parse.NoTime}}
	if r.IntN(10) > 0 {
		s.event.Time = int64(r.IntN(40)) * int64(cellLength) / 3
	}
	if r.IntN(10) > 0 {
		s.event.Session = fmt.Appendf(nil, "1_MX4%d", r.IntN(30))
	}
	if r.IntN(2) > 0 {
		s.verdict = classify.Verdict{
			Failure:  true,
			Error:    catalogue.ID(r.IntN(4)),
			Method:   catalogue.MethodID(r.IntN(3)),
			Evidence: classify.Evidence(r.IntN(2)),
			Code:     int32(r.IntN(2)) * 1500,
		}
	}
	return s
}

// contents is all that a Tally says.
type contents struct {
	rows      []Row
	sightings []Sighting
	coverage  []Coverage
}

func contentsOf(t *Tally) contents {
	return contents{slices.Collect(t.Rows()), slices.Collect(t.Sightings()), slices.Collect(t.Coverage())}
}

func tallyOf(samples []sample) *Tally {
	t := &Tally{}
	for i := range samples {
		t.Add(&samples[i].event, &samples[i].verdict)
	}
	return t
}

// TestTallyIsASum holds the law: any order, any split and any way to merge the
// parts gives the same Tally, and the empty one adds nothing.
func TestTallyIsASum(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		samples := make([]sample, r.IntN(300))
		for i := range samples {
			samples[i] = randomSample(r)
		}
		want := contentsOf(tallyOf(samples))

		r.Shuffle(len(samples), func(i, j int) { samples[i], samples[j] = samples[j], samples[i] })
		parts := []*Tally{{}} // with an empty one among them
		for from := 0; from < len(samples); {
			to := from + 1 + r.IntN(len(samples)-from)
			parts = append(parts, tallyOf(samples[from:to]))
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
	r := rand.New(rand.NewPCG(3, 3))
	samples := make([]sample, 5000)
	for i := range samples {
		samples[i] = randomSample(r)
	}
	rows, sightings, coverage := map[Row]int64{}, map[Sighting]bool{}, map[Cell]int64{}
	for _, s := range samples {
		cell := CellOf(s.event.Time)
		coverage[cell]++
		if s.event.Session != nil {
			sightings[Sighting{xxh3.Hash128(s.event.Session).Bytes(), cell}] = true
		}
		if v := s.verdict; v.Failure {
			row := Row{Method: v.Method, Error: v.Error, Code: v.Code, Evidence: v.Evidence, Cell: cell}
			if s.event.Session != nil {
				row.HasSession, row.Session = true, xxh3.Hash128(s.event.Session).Bytes()
			}
			rows[row]++
		}
	}
	tally := tallyOf(samples)
	n := 0
	for row := range tally.Rows() {
		if row.First > row.Last || (row.First == parse.NoTime) != (row.Cell == NoCell) || CellOf(row.First) != row.Cell {
			t.Errorf("first and last do not fit the cell: %+v", row)
		}
		lines := row.Lines
		row.Lines, row.First, row.Last = 0, 0, 0
		if rows[row] != lines {
			t.Errorf("%+v: got %d lines, want %d", row, lines, rows[row])
		}
		n++
	}
	if n != len(rows) {
		t.Errorf("got %d rows, want %d", n, len(rows))
	}
	n = 0
	for s := range tally.Sightings() {
		if !sightings[s] {
			t.Errorf("%+v was not seen", s)
		}
		n++
	}
	if n != len(sightings) {
		t.Errorf("got %d sightings, want %d", n, len(sightings))
	}
	for c := range tally.Coverage() {
		if coverage[c.Cell] != c.Records {
			t.Errorf("%+v, want %d records", c, coverage[c.Cell])
		}
		delete(coverage, c.Cell)
	}
	if len(coverage) > 0 {
		t.Errorf("cells %v are missing", coverage)
	}
}

func TestSessionTableGrows(t *testing.T) {
	var s sessions
	const n = 100_000
	for round := range 2 {
		for i := range uint32(n) {
			if got := s.slot(xxh3.Hash128(fmt.Appendf(nil, "session %d", i))).number; got != i+1 {
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
