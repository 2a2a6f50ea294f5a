package aggregate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// refRange returns the range of an input by its definition, in Unix seconds.
func refRange(records []*refRecord) (first, last int64, ok bool) {
	refSessions(records)
	sessions, times := map[string]bool{}, map[string][]int64{}
	var all []int64
	for _, r := range records {
		in := r.session
		none := len(in) > 7 && in[:7] == "source:"
		if !none {
			sessions[in] = true
		}
		if at := r.event.Time; at != timestamp.NoTime {
			all = append(all, at/1e9)
			if !none {
				times[in] = append(times[in], at/1e9)
			}
		}
	}
	if len(all) == 0 {
		return 0, 0, false
	}
	if len(sessions) < 20 || len(times) < 3 {
		return slices.Min(all), slices.Max(all), true
	}
	var firsts, lasts []int64
	for _, t := range times {
		firsts, lasts = append(firsts, slices.Min(t)), append(lasts, slices.Max(t))
	}
	slices.Sort(firsts)
	slices.Sort(lasts)
	return firsts[2], lasts[len(lasts)-3], true
}

// TestRange compares the range of random inputs with its definition.
func TestRange(t *testing.T) {
	many := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 61))
		var records []*refRecord
		ids := 1 + r.IntN(60)
		for range r.IntN(200) {
			x := &refRecord{source: "a", event: parse.Event{Time: 1795430665e9 + r.Int64N(10*int64(24*time.Hour)), OfDay: timestamp.NoTime}}
			if r.IntN(9) == 0 {
				x.event.Time = timestamp.NoTime
			}
			n := r.IntN(ids)
			if r.IntN(3) > 0 {
				x.event.Session = fmt.Append(nil, "s", n)
			}
			if r.IntN(3) == 0 {
				x.event.ConnectionID = fmt.Append(nil, "c", n, r.IntN(2))
			}
			if r.IntN(3) == 0 {
				x.event.Client, x.event.GUID = fmt.Append(nil, "k", n), r.IntN(4) == 0
			}
			records = append(records, x)
		}
		first, last, ok := refRange(records)
		var parts []*Part
		for _, tally := range split(r, records) {
			parts = append(parts, tally.Parts()...)
		}
		c, err := Settle(nil, parts...)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Range; !ok && got != (Range{timestamp.NoTime, timestamp.NoTime}) || ok && (got.First/1e9 != first || got.Last/1e9 != last) {
			t.Fatalf("seed %d: got %d to %d, want %d to %d", seed, got.First/1e9, got.Last/1e9, first, last)
		}
		if ids > 20 {
			many++
		}
	}
	if many < 100 {
		t.Errorf("only %d inputs may have 20 sessions", many)
	}
}

// TestWrongClocks checks that what a client with a wrong clock did has no window, and is counted.
func TestWrongClocks(t *testing.T) {
	start := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	var records []*refRecord
	at := func(session string, when time.Time, failure bool) {
		x := &refRecord{source: "a", place: int64(len(records)), event: parse.Event{Session: []byte(session), Time: when.UnixNano(), OfDay: timestamp.NoTime}}
		if failure {
			x.verdict = verdictOf("OT_TIMEOUT: Session.publish :: x")
		}
		records = append(records, x)
	}
	for i := range 100 {
		at(fmt.Sprint("s", i), start.Add(time.Duration(i)*time.Hour), i%10 == 0)
	}
	at("wrong", start.AddDate(1, 0, 0), true)
	at("wrong", start.AddDate(0, 0, 40), false)
	at("late", start.Add(100*time.Hour), false) // within a day of the range
	at("s0", start.AddDate(-30, 0, 0), true)    // a known session with two clocks
	at("", start.AddDate(0, 0, 60), true)       // no client: this is the clock of the log
	records[len(records)-1].event.Session = nil

	c := counts(tallyOfRecords(records))
	if c.WrongClock != 3 {
		t.Errorf("%d records of wrong clocks, want 3", c.WrongClock)
	}
	timeless, dated, buckets := int64(0), int64(0), 0
	for _, s := range sessionsIn(c, Filter{}) {
		for _, row := range s.Rows {
			if row.Bucket == NoBucket {
				timeless += row.Failures
				if row.First != timestamp.NoTime {
					t.Errorf("a wrong clock gives a time: %+v", row)
				}
			} else {
				dated += row.Failures
			}
		}
		buckets += len(s.Buckets)
	}
	if timeless != 2 || dated != 11 {
		t.Errorf("%d failures without a window and %d with, want 2 and 11", timeless, dated)
	}
	if buckets != 103 { // 101 with a time; wrong and s0 without
		t.Errorf("sessions were seen in %d quarter-hours, want 103", buckets)
	}
	if last := c.Coverage[len(c.Coverage)-1]; last.Bucket != BucketOf(start.AddDate(0, 0, 60).UnixNano()) || last.Records.Total() != 1 {
		t.Errorf("the record without an ID moved: %+v", last)
	}
}
