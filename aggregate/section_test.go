package aggregate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// TestSectionsBoundMemory checks how much is held of a session with very much evidence.
func TestSectionsBoundMemory(t *testing.T) {
	const n = 2*mostEvidence + 1
	tally := &Tally{}
	v := classify.Verdict{Failure: true, Error: id("OT_TIMEOUT"), Evidence: classify.ByName}
	for i := range int64(n) {
		tally.Add(&parse.Event{Time: i * 1e6, Session: []byte("s"), StreamID: fmt.Append(nil, i)}, &v, i)
	}
	c := counts(tally)
	sections, failures := 0, 0
	reader := c.newReader()
	if err := reader.read(spill.Shelf{}, func(g *group) bool {
		g.failures(func(found []summary) {
			sections++
			failures += len(found)
		})
		return true
	}); err != nil {
		t.Fatal(err)
	}
	g := &reader.group
	if sections < 3 || failures != n || !g.divided || cap(g.found) > 2*mostEvidence || cap(g.correlator.failures) > 2*mostEvidence {
		t.Errorf("%d failures in %d sections, divided %v, room for %d and %d", failures, sections, g.divided, cap(g.found), cap(g.correlator.failures))
	}
}

// burstRecords are random records, in some minutes of an hour or in some parts of a source, far from
// each other. Those of most sets have the same kind of time.
func burstRecords(r *rand.Rand) []*refRecord {
	const (
		mixed = iota
		dated
		clock
		placed
	)
	kind := r.IntN(4)
	pause := []time.Duration{11 * time.Second, time.Minute, 5 * time.Minute}[r.IntN(3)]
	var out []*refRecord
	places, at := int64(0), time.Duration(0)
	for range 1 + r.IntN(6) {
		burst := randomRecords(r, ticks[r.IntN(len(ticks))])
		last, length := int64(0), int64(0)
		for _, x := range burst {
			last = max(last, x.place)
			x.place += places
			e := &x.event
			of := int64(0)
			if e.Time != timestamp.NoTime {
				of = e.Time - 1795430665e9
			} else if e.OfDay != timestamp.NoTime {
				of = e.OfDay
			}
			length = max(length, of)
			of += int64(at)
			switch {
			case kind == dated || kind == mixed && e.Time != timestamp.NoTime:
				e.Time, e.OfDay = 1795430665e9+of, timestamp.NoTime
			case kind == clock || kind == mixed && e.OfDay != timestamp.NoTime:
				e.Time, e.OfDay = timestamp.NoTime, of
			default:
				e.Time, e.OfDay = timestamp.NoTime, timestamp.NoTime
			}
		}
		at += time.Duration(length) + pause
		places += last + 1 + gapRecords + r.Int64N(2)
		out = append(out, burst...)
	}
	return out
}

// TestSectionsAreTheReferences compares with the reference where the evidence of a session is
// considered section by section, unless it was divided where that matters.
func TestSectionsAreTheReferences(t *testing.T) {
	cut, divided := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 97))
		records := burstRecords(r)
		c := counts(tallyOfRecords(records))
		c.most = 2 + r.IntN(60)
		rows := rowsIn(c)
		if slices.ContainsFunc(sessionsIn(c, Filter{}), func(s *Session) bool { return s.Divided }) {
			divided++
			other := counts(split(r, records)...)
			other.most = c.most
			if got := rowsIn(other); !reflect.DeepEqual(got, rows) {
				t.Fatalf("seed %d: the split of records matters:\n got %v\nwant %v", seed, got, rows)
			}
			continue
		}
		if len(records) > 2*c.most {
			cut++
		}
		var want []string
		for _, f := range refFailures(records) {
			want = append(want, f.String())
		}
		slices.Sort(want)
		if got := failuresIn(c, records); !slices.Equal(got, want) {
			t.Fatalf("seed %d, %d at a time:\n got %s\nwant %s", seed, c.most, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if cut < 300 || divided < 300 {
		t.Errorf("%d sets that are cut and %d that are divided are too few for this test", cut, divided)
	}
}
