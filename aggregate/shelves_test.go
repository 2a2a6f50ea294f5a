package aggregate

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// TestShelvesDoNotMatter settles random tallies by one or more shelves on one or more cores.
func TestShelvesDoNotMatter(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 71))
		records := clientRecords(r)
		if seed%3 == 0 {
			records = randomRecords(r, time.Second)
		}
		var parts []*Part
		for _, tally := range split(r, records) {
			parts = append(parts, tally.Parts()...)
		}
		var want []string
		for _, d := range []division{
			{1, 0, 0}, {1, 0, 8}, {1, 1, 1}, {2, 1, 1}, {2, 3, 3}, {3, 2, 2}, {7, 5, 5}, {3, 9, 9}, {2, 2, 4},
		} {
			c, err := settle(nil, d, parts)
			if err != nil {
				t.Fatal(err)
			}
			got := Everything(c)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %+v:\n got %q\nwant %q", seed, d, got, want)
			}
		}
	}
}

// manyRecords returns a tally with so many sessions that they are settled on all cores.
func manyRecords(t *testing.T) *Counts {
	t.Helper()
	tally := &Tally{}
	tally.Enter(1)
	for i := range int64(20 * perShelf) {
		r := &refRecord{source: "a", place: i}
		r.event.Session, r.event.Time, r.event.OfDay = fmt.Appendf(nil, "session %d", i/3), 1795430665e9+i*1e8, timestamp.NoTime
		tally.Add(&r.event, &r.verdict, i)
	}
	parts := tally.Parts()
	d, err := newDivision(3, parts)
	if err != nil || d.bits < 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	c, err := settle(nil, d, parts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSessionsEndEarly reads some sessions of several cores, or all.
func TestSessionsEndEarly(t *testing.T) {
	c := manyRecords(t)
	for _, read := range []int{0, 1, 2 * perShelf, 1 << 30} {
		n, last := 0, SessionID{}
		for s, err := range c.Sessions(Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Known() && s.ID.Compare(last) <= 0 {
				t.Fatalf("session %d is not in order", n)
			}
			if last = s.ID; n == read {
				break
			}
			n++
		}
		if n < min(read, 6*perShelf) {
			t.Errorf("%d sessions", n)
		}
	}
}

var errGone = errors.New("the disk is gone")

type brokenCursor struct{ Cursor }

func (brokenCursor) Next() (*Entry, error) { return nil, errGone }

// TestBrokenPart checks that a part that cannot be read ends Settle, and that a part that is not
// in memory is read by one core.
func TestBrokenPart(t *testing.T) {
	whole := tallyOfRecords(clientRecords(rand.New(rand.NewPCG(1, 72)))).Parts()[0]
	for _, open := range []func(bool) (Cursor, error){
		func(bool) (Cursor, error) { return nil, errGone },
		func(steps bool) (Cursor, error) {
			c, err := whole.Open(steps)
			return brokenCursor{c}, err
		},
	} {
		p := &Part{Open: open, Names: whole.Names, Origins: whole.Origins, Coverage: whole.Coverage, Tenancies: whole.Tenancies}
		if d, err := newDivision(7, []*Part{whole, p}); err == nil && d.workers != 1 || d.bits != 0 {
			t.Errorf("%+v", d)
		}
		if _, err := Settle(nil, whole, p); !errors.Is(err, errGone) || errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
	}
}

// TestSpillingAtAnyTime settles with limits of memory that sets exceed in one step or another.
func TestSpillingAtAnyTime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 74))
	tally := &Tally{}
	tally.Enter(1)
	for i := range int64(6000) {
		id := func(what string, n int64) []byte { return fmt.Appendf(nil, "%s %d", what, n) }
		e := parse.Event{Time: 1795430665e9 + i*1e9, OfDay: timestamp.NoTime}
		if r.IntN(3) > 0 {
			e.ConnectionID, e.Client = id("connection", i/3), id("client", i/4)
		}
		if r.IntN(2) > 0 {
			e.Session = id("session", i/5)
		}
		if r.IntN(3) > 0 && e.Client != nil {
			e.Telemetry = &parse.Telemetry{Action: []byte("Connect"), Variation: []byte("Attempt"), SDK: id("2", i%7)}
		}
		v := classify.Verdict{Failure: r.IntN(2) == 0, Error: 1, Evidence: classify.ByName}
		tally.Add(&e, &v, i)
	}
	parts := tally.Parts()
	var want []string
	for limit := int64(64 << 20); limit > 10_000; limit = limit * 4 / 5 {
		space := NewSpace(t.TempDir(), limit, nil)
		c, err := settle(space, division{3, 4, 4}, parts)
		if err != nil {
			t.Fatal(err)
		}
		got := Everything(c)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d bytes, of which %d were written: %d lines, want %d", limit, space.Written(), len(got), len(want))
		}
		if err := space.Close(); err != nil {
			t.Error(err)
		}
	}
}
