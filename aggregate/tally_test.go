package aggregate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/parse/timestamp"
)

// contents is everything in Counts except failures.
type contents struct {
	buckets  map[SessionID][]Bucket
	coverage []Coverage
}

func contentsOf(c *Counts) contents {
	buckets := map[SessionID][]Bucket{}
	for _, s := range sessionsIn(c, Filter{}) {
		if len(s.Buckets) > 0 {
			buckets[s.ID] = s.Buckets
		}
	}
	return contents{buckets, c.Coverage}
}

// spread returns random records in many buckets.
func spread(r *rand.Rand) []*refRecord {
	records := randomRecords(r, time.Second)
	for _, x := range records {
		if x.event.Time != timestamp.NoTime {
			x.event.Time += int64(r.IntN(40)) * int64(coverage.Length) / 3
		}
	}
	return records
}

// TestTallyIsASum checks that any order and any split of the records give the same sum, and
// that an empty tally adds nothing.
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

// TestTallyCountsRecords compares a Tally with plain maps.
func TestTallyCountsRecords(t *testing.T) {
	for seed := range uint64(100) {
		records := spread(rand.New(rand.NewPCG(seed, 3)))
		refSessions(records)
		type seen struct {
			session string
			bucket  Bucket
		}
		presences, coverage, lines := map[seen]bool{}, map[Bucket]int64{}, int64(0)
		for _, x := range records {
			bucket := BucketOf(x.event.Time)
			coverage[bucket]++
			if !strings.HasPrefix(x.session, "source:") {
				presences[seen{x.session, bucket}] = true
			}
			if x.verdict.Failure {
				lines++
			}
		}
		c := counts(tallyOfRecords(records))
		n := 0
		for _, s := range sessionsIn(c, Filter{}) {
			n += len(s.Buckets)
			for _, row := range s.Rows {
				lines -= row.Lines
			}
		}
		if lines != 0 {
			t.Errorf("seed %d: %d lines are missing", seed, lines)
		}
		if n != len(presences) {
			t.Errorf("seed %d: got %d presences, want %d", seed, n, len(presences))
		}
		for _, c := range c.Coverage {
			if coverage[c.Bucket] != c.Records.Total() {
				t.Errorf("seed %d: %+v, want %d records", seed, c, coverage[c.Bucket])
			}
			delete(coverage, c.Bucket)
		}
		if len(coverage) > 0 {
			t.Errorf("seed %d: buckets %v are missing", seed, coverage)
		}
	}
}

func TestSessionTableGrows(t *testing.T) {
	var s sessions
	const n = 100_000
	for round := range 2 {
		for i := range uint32(n) {
			if got := s.entry(FromSession, NewSessionID(fmt.Appendf(nil, "session %d", i))).number; got != i+1 {
				t.Fatalf("round %d: session %d has number %d", round, i, got)
			}
		}
	}
}

func TestBucketOf(t *testing.T) {
	for _, test := range []struct {
		nanos int64
		want  Bucket
	}{
		{timestamp.NoTime, NoBucket},
		{0, 0},
		{int64(coverage.Length) - 1, 0},
		{int64(coverage.Length), 1},
		{-1, -1},
		{-int64(coverage.Length), -1},
		{-int64(coverage.Length) - 1, -2},
	} {
		if got := BucketOf(test.nanos); got != test.want {
			t.Errorf("BucketOf(%d) = %d, want %d", test.nanos, got, test.want)
		}
	}
}

func TestPresenceKeepsOrder(t *testing.T) {
	in := []presence{newPresence(1, NoBucket), newPresence(1, -3), newPresence(1, 0), newPresence(1, 7), newPresence(2, NoBucket)}
	if !slices.IsSorted(in) {
		t.Errorf("not sorted: %v", in)
	}
	if s := newPresence(5, -3); s.number() != 5 || s.bucket() != -3 {
		t.Errorf("got %d, %d", s.number(), s.bucket())
	}
}
