package aggregate

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// coveredTally returns a tally with a record in each of the quarter-hours.
func coveredTally(buckets ...Bucket) *Tally {
	t := &Tally{}
	e, v := &parse.Event{}, &classify.Verdict{}
	for i, b := range buckets {
		if e.Time = timestamp.NoTime; b != NoBucket {
			e.Time = int64(b)*int64(coverage.Length) + int64(i)
		}
		t.Add(e, v, int64(i))
	}
	return t
}

// TestCoverageIsASum checks that the coverage of parts adds up in any order, to what one tally has,
// also if a part is not sorted or has a quarter-hour twice, as those of a foreign file may.
func TestCoverageIsASum(t *testing.T) {
	one := coveredTally(7, 3, 3, NoBucket, 9, 7, 1, 3).Parts()
	want := Merge(one...).Coverage
	if len(want) != 5 || want[0].Bucket != NoBucket || want[2].Records.Clean != 3 {
		t.Fatalf("got %+v", want)
	}
	again := coveredTally(7, 3)
	again.Parts() // sorts what more is added to
	e, v := &parse.Event{}, &classify.Verdict{}
	for i, b := range []Bucket{7, 1, 3} {
		e.Time = int64(b)*int64(coverage.Length) + int64(i) + 5
		again.Add(e, v, int64(i))
	}
	other := coveredTally(NoBucket, 9, 3).Parts()
	other[0].Coverage = append(other[0].Coverage, other[0].Coverage[0]) // not sorted, and twice
	parts := slices.Concat(again.Parts(), other)
	for range 2 {
		got := Merge(parts...).Coverage
		for i := range got { // the times of records differ
			got[i].First, got[i].Last = want[i].First, want[i].Last
		}
		want[0].Records.Clean, want[0].WithoutID.Clean = 2, 2
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		slices.Reverse(parts)
	}
}

// TestCoverageIsSmall checks how much memory stray times take: one in each of many quarter-hours.
func TestCoverageIsSmall(t *testing.T) {
	const n, most = 100_000, 300 // bytes for each
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tally := &Tally{}
	e, v := &parse.Event{}, &classify.Verdict{}
	for i := range n {
		e.Time = int64(i*7919%n) * int64(coverage.Length)
		tally.Add(e, v, int64(i))
	}
	sum := Merge(tally.End()...)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapAlloc-before.HeapAlloc) / n
	t.Logf("%.0f bytes for each quarter-hour", each)
	if len(sum.Coverage) != n || each > most {
		t.Errorf("%d quarter-hours take %.0f bytes each, want %d and at most %d", len(sum.Coverage), each, n, most)
	}
	runtime.KeepAlive(tally)
}

// TestQuarterHoursAreBounded checks that more quarter-hours than coverage.Most are an error, whether they
// are in one tally or in several, and that an input with as many is read.
func TestQuarterHoursAreBounded(t *testing.T) {
	const half = coverage.Most / 2
	from := func(first Bucket, n int) *Tally {
		buckets := make([]Bucket, n)
		for i := range buckets {
			buckets[i] = first + Bucket(i)
		}
		return coveredTally(buckets...)
	}
	one, two := from(0, half+1), from(half, half)
	parts := append(one.End(), two.End()...)
	counts, err := Settle(nil, parts...)
	if err != nil || len(counts.Coverage) != coverage.Most {
		t.Fatalf("got %v: expected %d quarter-hours", err, coverage.Most)
	}
	if _, err := Settle(nil, append(parts, coveredTally(-1).End()...)...); err == nil || !strings.Contains(err.Error(), "more than 500,000 different quarter-hours, 14 years") {
		t.Errorf("several tallies: got %v", err)
	}
	whole := from(0, coverage.Most)
	if err := whole.Bound(nil, 1); err != nil {
		t.Error(err)
	}
	e := &parse.Event{Time: -1}
	for range 2 { // the last bucket is added when the next one begins
		whole.Add(e, &classify.Verdict{}, 0)
		e.Time = 1
	}
	if err := whole.Bound(nil, 1); err == nil {
		t.Error("one tally: got no error")
	}
}
