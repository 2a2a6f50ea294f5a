package batch_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// parts returns what sessions have that fail perSession times each, an hour apart.
func parts(sessions, perSession int) []*aggregate.Part {
	tally := &aggregate.Tally{}
	tally.Enter(1)
	place := int64(0)
	for i := range sessions {
		for j := range perSession {
			e := parse.Event{Time: int64(i)<<30 + int64(j)*3600e9, OfDay: timestamp.NoTime, Session: fmt.Appendf(nil, "1_%d", i)}
			tally.Add(&e, &classify.Verdict{Failure: true, Error: 1, Evidence: classify.ByName}, place)
			place++
		}
	}
	return tally.Parts()
}

func settled(t *testing.T, parts ...*aggregate.Part) *aggregate.Counts {
	t.Helper()
	counts, err := aggregate.Settle(nil, parts...)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func hourly(t *testing.T) calendar.Window {
	t.Helper()
	w, err := calendar.Parse("1h")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestBatchesHoldWholeSessions reads more rows than a batch holds, with sessions whose rows
// do not fill it evenly.
func TestBatchesHoldWholeSessions(t *testing.T) {
	const sessions, perSession = 5000, 7
	counts := settled(t, parts(sessions, perSession)...)
	batches, rows := 0, 0
	seen := map[aggregate.SessionID]int{} // the batch of each session
	for b, err := range batch.Read(counts, batch.Options{Window: hourly(t)}) {
		if err != nil {
			t.Fatal(err)
		}
		batches++
		e, m, s, c := b.ErrorRows(), b.MethodRows(), b.SessionRows(), b.ClientRows()
		for i := range e.Len {
			id := e.Session(i)
			if first, ok := seen[id]; ok && first != batches {
				t.Fatalf("session %v has rows in batches %d and %d", id, first, batches)
			}
			seen[id] = batches
			if e.Failures[i] != 1 || e.Lines[i] != 1 {
				t.Fatalf("row %d has %d failures and %d lines, want 1 and 1", i, e.Failures[i], e.Lines[i])
			}
		}
		rows += e.Len
		if m.Len != e.Len || s.Len != e.Len || c.Len*perSession != e.Len {
			t.Errorf("batch %d has %d, %d, %d and %d rows", batches, e.Len, m.Len, s.Len, c.Len)
		}
	}
	if batches < 2 || len(seen) != sessions || rows != sessions*perSession {
		t.Errorf("got %d batches, %d sessions, %d rows", batches, len(seen), rows)
	}
}

// TestUndated counts failures without a time: as part of the rows, or left out of the bounds.
func TestUndated(t *testing.T) {
	tally := &aggregate.Tally{}
	tally.Enter(1)
	for i, at := range []int64{timestamp.NoTime, 3600e9, timestamp.NoTime} {
		e := parse.Event{Time: at, OfDay: timestamp.NoTime, Session: fmt.Appendf(nil, "1_%d", i)}
		tally.Add(&e, &classify.Verdict{Failure: true, Error: catalogue.Lookup([]byte("OT_TIMEOUT")), Evidence: classify.ByName}, int64(i))
	}
	counts := settled(t, tally.Parts()...)
	for _, test := range []struct {
		name string
		o    batch.Options
		rows int
		want batch.Undated
	}{
		{"no bounds", batch.Options{}, 3, batch.Undated{Failures: 2}},
		{"another error", batch.Options{Error: "OT_NOT_CONNECTED"}, 0, batch.Undated{}},
		{"another method", batch.Options{Method: "OT.initPublisher"}, 0, batch.Undated{}},
		{"bounds", batch.Options{Filter: aggregate.Filter{Since: aggregate.BucketOf(0).Start()}}, 1, batch.Undated{FailuresLeftOut: 2}},
	} {
		rows, undated := 0, batch.Undated{}
		for b, err := range batch.Read(counts, test.o) {
			if err != nil {
				t.Fatal(err)
			}
			rows += b.ErrorRows().Len
			undated.Add(b.Undated)
		}
		if rows != test.rows || undated != test.want {
			t.Errorf("%s: got %d rows and %+v, want %d and %+v", test.name, rows, undated, test.rows, test.want)
		}
	}
}

// TestRowsByReason merges the quarter-hours of a window, but not failures with different reasons.
func TestRowsByReason(t *testing.T) {
	expired, malformed := catalogue.LookupReason("token_expired"), catalogue.LookupReason("token_malformed")
	refused := catalogue.Lookup([]byte("OT_AUTHENTICATION_ERROR"))
	tally := &aggregate.Tally{}
	tally.Enter(1)
	for i, reason := range []catalogue.ReasonID{expired, malformed, 0, expired} {
		e := parse.Event{Time: int64(i) * 1800e9, OfDay: timestamp.NoTime, Session: []byte("1_1")}
		tally.Add(&e, &classify.Verdict{Failure: true, Error: refused, Evidence: classify.ByName, Reason: reason}, int64(i))
	}
	got := map[catalogue.ReasonID]int64{}
	rows := 0
	for b, err := range batch.Read(settled(t, tally.Parts()...), batch.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		e := b.ErrorRows()
		rows += e.Len
		for i := range e.Len {
			got[catalogue.ReasonID(e.Reason[i])] += e.Failures[i]
		}
	}
	if rows != 3 || got[expired] != 2 || got[malformed] != 1 || got[0] != 1 {
		t.Errorf("got %d rows, failures by reason %v", rows, got)
	}
}

// TestOneTable makes no other table than the one asked for.
func TestOneTable(t *testing.T) {
	counts := settled(t, parts(3, 1)...)
	for b, err := range batch.Read(counts, batch.Options{Tables: []batch.Table{batch.Sessions}}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range batch.Tables {
			if (b.Records[table] != nil) != (table == batch.Sessions) {
				t.Errorf("table %s is %v", table, b.Records[table])
			}
		}
	}
}

var errRead = errors.New("the disk is gone")

type failing struct{ aggregate.Cursor }

func (failing) Next() (*aggregate.Entry, error) { return nil, errRead }

func TestErrorComesLast(t *testing.T) {
	all := parts(3, 1)
	open, broken := all[0].Open, false
	all[0].Open = func(steps bool) (aggregate.Cursor, error) {
		c, err := open(steps)
		if broken {
			c = failing{c}
		}
		return c, err
	}
	counts := settled(t, all...)
	broken = true
	var last error
	for _, err := range batch.Read(counts, batch.Options{}) {
		last = err
	}
	if !errors.Is(last, errRead) {
		t.Errorf("got error %v, want %v", last, errRead)
	}
}
