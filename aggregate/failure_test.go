package aggregate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// tallyOfRecords adds records in the order given.
func tallyOfRecords(records []*refRecord) *Tally {
	t := &Tally{}
	for _, r := range records {
		t.Enter(sourceID(r.source))
		t.Add(&r.event, &r.verdict, r.place)
	}
	return t
}

// failuresIn tells what a Tally makes of records: each failure as the reference
// prints it.
func failuresIn(t *Tally, records []*refRecord) []string {
	x := t.Index()
	places := map[*refFailure][]string{}
	byID := map[string]*refFailure{}
	text := map[*refFailure]string{}
	for _, r := range records {
		if !r.verdict.Failure || r.verdict.Weight == classify.Aside {
			continue
		}
		f, id := x.find(r)
		if f == nil {
			continue
		}
		if byID[id] == nil {
			byID[id] = &refFailure{}
			text[byID[id]] = *f
		}
		places[byID[id]] = append(places[byID[id]], fmt.Sprintf("%s:%d", r.source, r.place))
	}
	var out []string
	for f, p := range places {
		slices.Sort(p)
		out = append(out, text[f]+": "+strings.Join(p, " "))
	}
	slices.Sort(out)
	return out
}

// find is Find with all that a summary says.
func (x *Index) find(r *refRecord) (*string, string) {
	t := x.t
	session, client := t.sessionOf(&r.event, CellOf(r.event.Time))
	want := t.newEvidence(&r.event, &r.verdict, t.sessions.resolve(session), client, r.place)
	n, _ := slices.BinarySearch(x.sources, sourceID(r.source))
	want.origin = uint32(n)
	methods, errors := t.MethodNames(), t.ErrorNames()
	var out *string
	id := ""
	t.failures(0, func(c *correlator, session uint32, found []summary) bool {
		for i := range c.evidence {
			if c.of[i] != none && c.evidence[i].mark == want.mark && c.evidence[i].close(&want) {
				s := found[c.of[i]]
				text := fmt.Sprintf("%s %s %d, cell %d, counts %v", methods[s.method], errors[s.err], s.code, s.cell, s.counts)
				out, id = &text, fmt.Sprint(session, c.evidence[0].origin, c.of[i])
				return false
			}
		}
		return true
	})
	return out, id
}

func id(name string) catalogue.ID { return catalogue.Lookup([]byte(name)) }

func method(name string) catalogue.MethodID { return catalogue.LookupMethod([]byte(name)) }

// verdicts are those that random records have.
var verdicts = []classify.Verdict{
	{Error: id("OT_NOT_CONNECTED"), Evidence: classify.ByName, Code: 1010},
	{Error: id("OT_NOT_CONNECTED"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodPhrase},
	{Error: id("OT_NOT_CONNECTED"), Evidence: classify.ByPhrase, Method: method("Session.signal"), MethodFrom: classify.MethodPhrase, Code: 500},
	{Error: id("OT_TIMEOUT"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodPhrase},
	{Error: id("OT_TIMEOUT"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1500},
	{Error: id("OT_TIMEOUT"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1500, Late: true},
	{Error: id("OT_TIMEOUT"), Evidence: classify.ByCode, Weight: classify.Weak, Method: method("Session.publish"), MethodFrom: classify.MethodPhrase, Code: 1500},
	{Error: id("OT_NO_DEVICES_FOUND"), Evidence: classify.ByName, Method: method("OT.initPublisher"), MethodFrom: classify.MethodComponent},
	{Error: id("OT_NO_DEVICES_FOUND"), Evidence: classify.ByPhrase, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled, Code: 1500},
	{Error: id("OT_SOCKET_CLOSE_TIMEOUT"), Evidence: classify.ByName, Method: method("Session.connect"), MethodFrom: classify.MethodOnly, Code: 4010},
	{Error: id("OT_DISCONNECTED"), Evidence: classify.ByName, Weight: classify.Socket, Method: method("Session.connect"), MethodFrom: classify.MethodComponent},
	{Weight: classify.Socket, Method: method("Session.connect"), MethodFrom: classify.MethodComponent, Code: 4010},
	{Weight: classify.Weak, Code: 1500},
	{Weight: classify.Weak, Code: 1006, Method: method("Session.connect"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak},
	{Weight: classify.Aside},
	{Name: []byte("OT_OF_TOMORROW"), Evidence: classify.ByName, Code: 1700},
	{Name: []byte("OT_OF_TOMORROW"), Evidence: classify.ByName, MethodName: []byte("Session.dance"), MethodFrom: classify.MethodSpelled},
}

// randomRecords are records of few sessions and sources within a few minutes.
// Their times are multiples of tick.
func randomRecords(r *rand.Rand, tick time.Duration) []*refRecord {
	out := make([]*refRecord, r.IntN(60))
	oneOf := func(share int, of ...string) []byte {
		if r.IntN(100) >= share {
			return nil
		}
		return []byte(of[r.IntN(len(of))])
	}
	timed := []int{100, 100, 80, 0}[r.IntN(4)]
	span := int64(time.Duration(1+r.IntN(90*r.IntN(2)+1)) * time.Second / tick)
	next := map[string]int64{}
	for i := range out {
		x := &refRecord{source: []string{"a", "b"}[r.IntN(2)]}
		x.place = next[x.source] + int64(r.IntN(8)*r.IntN(8))
		x.event = parse.Event{Time: parse.NoTime, OfDay: parse.NoTime}
		next[x.source] = x.place + 1
		at := int64(time.Duration(r.Int64N(span)) * tick)
		switch n := r.IntN(100); {
		case n < timed:
			x.event.Time = 1795430665e9 + at
		case n%2 == 0:
			x.event.OfDay = at
		}
		x.event.Session = oneOf(60, "s1", "s2")
		x.event.Client = oneOf(40, "k1", "k2", "k3")
		x.event.ConnectionID = oneOf(20, "c1", "c2")
		x.event.StreamID = oneOf(20, "x", "y")
		x.event.SubscriberID = oneOf(10, "u", "v")
		if r.IntN(10) > 0 {
			x.verdict = verdicts[r.IntN(len(verdicts))]
			x.verdict.Failure = true
		}
		out[i] = x
	}
	return out
}

// TestFailuresAreTheReferences compares with the plain definition, on any
// records.
func TestFailuresAreTheReferences(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		records := randomRecords(r, []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second}[r.IntN(4)])
		var want []string
		for _, f := range refFailures(records) {
			want = append(want, f.String())
		}
		slices.Sort(want)
		if got := failuresIn(tallyOfRecords(records), records); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

// TestFailuresAreAFunctionOfTheSet holds the law: neither the order of records
// nor how they are split matters, dense as they may be.
func TestFailuresAreAFunctionOfTheSet(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		records := randomRecords(r, []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond}[r.IntN(3)])
		want := rowsIn(tallyOfRecords(records))
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		parts := []*Tally{{}}
		for from := 0; from < len(records); {
			to := from + 1 + r.IntN(len(records)-from)
			parts = append(parts, tallyOfRecords(records[from:to]))
			from = to
		}
		for len(parts) > 1 {
			r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			parts[0].Merge(parts[1])
			parts = slices.Delete(parts, 1, 2)
		}
		if got := rowsIn(parts[0]); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

// rowsIn are the rows of a Tally, with names for numbers.
func rowsIn(t *Tally) []string {
	errors, methods := t.ErrorNames(), t.MethodNames()
	var out []string
	for r := range t.Rows(Filter{}) {
		out = append(out, fmt.Sprintf("%s %s %d session %v %x cell %d: %s %d: %d failures, %d lines, %d to %d",
			methods[r.Method], cmp.Or(errors[r.Error], "-"), r.Code, r.HasSession, r.Session, r.Cell, r.Evidence, r.Stated, r.Failures, r.Lines, r.First, r.Last))
	}
	return out
}
