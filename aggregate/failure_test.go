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

	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/timestamp"
)

// tallyOfRecords returns a tally of records, which are added in order.
func tallyOfRecords(records []*refRecord) *Tally {
	t := &Tally{}
	for _, r := range records {
		t.Enter(sourceID(r.source, digest.Identity{}))
		t.Add(&r.event, &r.verdict, r.place)
	}
	return t
}

// counts returns the sum of tallies.
func counts(tallies ...*Tally) *Counts {
	var parts []*Part
	for _, t := range tallies {
		parts = append(parts, t.Parts()...)
	}
	c, err := Settle(nil, parts...)
	if err != nil {
		panic(err) // impossible without a Space
	}
	return c
}

// sessionsIn returns copies of the sessions that a filter selects.
func sessionsIn(c *Counts, f Filter) []*Session {
	var out []*Session
	for s, err := range c.Sessions(f) {
		if err != nil {
			panic(err)
		}
		kept := *s
		kept.Buckets, kept.Clients = slices.Clone(s.Buckets), slices.Clone(s.Clients)
		kept.Attempts, kept.Rows = slices.Clone(s.Attempts), slices.Clone(s.Rows)
		out = append(out, &kept)
	}
	return out
}

// A foundGroup is the result for one session, or for one source without sessions.
type foundGroup struct {
	id       SessionID
	floats   bool
	evidence []Evidence
	of       []int32
	found    []summary
}

// failuresIn returns the failures of records, formatted like refFailure.String.
func failuresIn(c *Counts, records []*refRecord) []string {
	x, err := c.Index()
	if err != nil {
		panic(err)
	}
	var groups []foundGroup
	if err := c.newReader().read(spill.Shelf{}, func(g *group) bool {
		g.failures(func(found []summary) {
			groups = append(groups, foundGroup{g.id, g.floats, slices.Clone(g.evidence), slices.Clone(g.of), slices.Clone(found)})
		})
		return true
	}); err != nil {
		panic(err)
	}
	places := map[string][]string{}
	for _, r := range records {
		if !r.verdict.Failure || r.verdict.Weight == classify.Aside {
			continue
		}
		session, _ := x.SessionOf(&r.event, sourceID(r.source, digest.Identity{}))
		want := x.evidenceOf(&r.event, &r.verdict, r.place)
		for i, g := range groups {
			if want.Origin = 0; !g.floats {
				want.Origin = x.source[sourceID(r.source, digest.Identity{})]
			}
			if g.id != session {
				continue
			}
			for j := range g.evidence {
				if n := g.of[j]; n != none && g.evidence[j].Mark == want.Mark && g.evidence[j].close(&want) {
					s := g.found[n]
					text := fmt.Sprintf("%d.%d|%s %s %d, bucket %d, counts %v, recovered %v, reason %q", i, n, c.Names.Methods[s.method], c.Names.Errors[s.err], s.code, BucketOf(s.first), s.counts, s.recovered, s.reason)
					places[text] = append(places[text], fmt.Sprintf("%s:%d", r.source, r.place))
				}
			}
		}
	}
	var out []string
	for f, p := range places {
		_, text, _ := strings.Cut(f, "|")
		slices.Sort(p)
		out = append(out, text+": "+strings.Join(p, " "))
	}
	slices.Sort(out)
	return out
}

func id(name string) catalogue.ID { return catalogue.Lookup([]byte(name)) }

func method(name string) catalogue.MethodID { return catalogue.LookupMethod([]byte(name)) }

// ticks are the grids on which random records have their times. On that of whole
// seconds, distances are exactly a limit in many records.
var ticks = []time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second}

// verdicts are the verdicts of random records.
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
	{Error: id("OT_SOCKET_CLOSE_ABNORMAL"), Evidence: classify.ByName, Weight: classify.Socket, Method: method("Session.connect"), MethodFrom: classify.MethodComponent, Code: 1006},
	{Weight: classify.Weak, Code: 1013, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak, Code: 1500, Method: method("Session.publish"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak, Code: 1013, Method: method("Session.subscribe"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak, Code: 1501, Method: method("Session.subscribe"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak, Code: 1500},
	{Weight: classify.Weak, Code: 1006, Method: method("Session.connect"), MethodFrom: classify.MethodSpelled},
	{Weight: classify.Weak},
	{Weight: classify.Aside},
	{Name: []byte("OT_OF_TOMORROW"), Evidence: classify.ByName, Code: 1700},
	{Name: []byte("OT_OF_TOMORROW"), Evidence: classify.ByName, MethodName: []byte("Session.dance"), MethodFrom: classify.MethodSpelled},
}

// randomRecords are records of few sessions and sources within a few minutes.
// Their times are multiples of tick. Half of the sets have few verdicts and one
// session, so that failures are long and limits in time are met exactly where the tick
// is a second. Sources mix records with a date, with a time of day, and without a time; their
// distances in records are often exactly the limit.
func randomRecords(r *rand.Rand, tick time.Duration) []*refRecord {
	out := make([]*refRecord, r.IntN(60))
	share := 10 // of the records that have an ID, in tenths
	oneOf := func(percent int, of ...string) []byte {
		if r.IntN(1000) >= percent*share {
			return nil
		}
		return []byte(of[r.IntN(len(of))])
	}
	timed := []int{100, 100, 80, 50, 20, 0}[r.IntN(6)]
	sources := []string{"a", "b"}[:1+r.IntN(2)]
	apart := []func() int{
		func() int { return r.IntN(8) * r.IntN(8) },
		func() int { return []int{0, 3, 8, gapRecords - 1, gapRecords}[r.IntN(5)] },
	}[r.IntN(2)]
	span := int64(time.Duration(1+r.IntN([]int{1, 91, 241}[r.IntN(3)])) * time.Second / tick)
	own := verdicts
	dense := r.IntN(2) == 0
	if dense {
		own = nil
		for range 1 + r.IntN(3) {
			own = append(own, verdicts[r.IntN(len(verdicts))])
		}
		if tick == time.Second {
			// A single chain, little longer than a failure can be.
			out, span, share = make([]*refRecord, 30+r.IntN(40)), 30+r.Int64N(5), 1
			timed = max(timed, 90+10*r.IntN(2))
		}
	}
	reasons := r.IntN(4)                        // different ones
	telemetry := []int{0, 0, 20, 60}[r.IntN(4)] // percent of the records
	next := map[string]int64{}
	for i := range out {
		x := &refRecord{source: sources[r.IntN(len(sources))]}
		x.place = next[x.source] + int64(apart())
		x.event = parse.Event{Time: timestamp.NoTime, OfDay: timestamp.NoTime}
		next[x.source] = x.place + 1
		at := int64(time.Duration(r.Int64N(span)) * tick)
		switch n := r.IntN(100); {
		case n < timed:
			x.event.Time = 1795430665e9 + at
		case n%2 == 0:
			x.event.OfDay = at
		}
		if dense {
			x.event.Session = []byte("s1")
		} else {
			x.event.Session = oneOf(60, "s1", "s2")
		}
		x.event.Client = oneOf(40, "k1", "k2", "k3")
		x.event.GUID = len(x.event.Client) > 0 && r.IntN(3) == 0
		x.event.ConnectionID = oneOf(20, "c1", "c2")
		x.event.StreamID = oneOf(20, "x", "y")
		x.event.SubscriberID = oneOf(20, "u", "v")
		if r.IntN(4) == 0 && len(x.event.SubscriberID) > 0 { // of a stream that has it, or of another
			x.event.StreamID = []byte([]string{"x", "y"}[r.IntN(2)])
		}
		if telemetry > 0 && r.IntN(100) < telemetry {
			x.event.Telemetry = randomPost(r)
			if r.IntN(4) > 0 { // of one of few calls
				x.event.Time, x.event.OfDay, x.event.GUID = 1795430665e9+at, timestamp.NoTime, false
				x.event.Session, x.event.SubscriberID = []byte("s1"), []byte([]string{"", "", "u", "v"}[r.IntN(4)])
				x.event.Client, x.event.ConnectionID = []byte([]string{"", "k1", "k2"}[r.IntN(3)]), []byte("c1")
				x.event.StreamID = []byte([]string{"", "x", "y"}[r.IntN(3)])
			}
		}
		if r.IntN(10) > 0 {
			x.verdict = own[r.IntN(len(own))]
			x.verdict.Failure = true
			if reasons > 0 {
				x.verdict.Reason = catalogue.ReasonID(r.IntN(1 + reasons))
			}
		}
		out[i] = x
	}
	return out
}

// A line is a record in a short form.
type line struct {
	at      string // time after some date; "clock" and a time after some time of day; "": none
	place   int64
	verdict classify.Verdict
	source  string
}

func (l line) record(t *testing.T) *refRecord {
	t.Helper()
	r := &refRecord{source: cmp.Or(l.source, "a"), place: l.place, verdict: l.verdict}
	r.event = parse.Event{Time: timestamp.NoTime, OfDay: timestamp.NoTime, Session: []byte("s")}
	r.verdict.Failure = true
	after, ofDay := strings.CutPrefix(l.at, "clock ")
	if after == "" {
		return r
	}
	d, err := time.ParseDuration(after)
	if err != nil {
		t.Fatal(err)
	}
	if ofDay {
		r.event.OfDay = int64(time.Hour + d)
	} else {
		r.event.Time = 1795430665e9 + int64(d)
	}
	return r
}

// TestPlaceReplacesTime joins records of which one or both have no time.
func TestPlaceReplacesTime(t *testing.T) {
	publish, connect := method("Session.publish"), method("Session.connect")
	named := classify.Verdict{Error: id("OT_TIMEOUT"), Evidence: classify.ByName, Method: publish, MethodFrom: classify.MethodSpelled, Code: 1500}
	weak := classify.Verdict{Weight: classify.Weak, Method: publish, MethodFrom: classify.MethodSpelled, Code: 1500}
	socket := classify.Verdict{Error: id("OT_DISCONNECTED"), Evidence: classify.ByName, Weight: classify.Socket, Method: connect, MethodFrom: classify.MethodComponent}
	connected := classify.Verdict{Error: id("OT_SOCKET_CLOSE_TIMEOUT"), Evidence: classify.ByName, Method: connect, MethodFrom: classify.MethodSpelled, Code: 4010}
	tests := []struct {
		name  string
		lines []line
		want  []string // the places of each failure
	}{
		{"named without time, then weak with a time", []line{{"", 0, named, ""}, {"1s", 1, weak, ""}}, []string{"a:0 a:1"}},
		{"weak with a time, then named without", []line{{"1s", 0, weak, ""}, {"", 1, named, ""}}, []string{"a:0 a:1"}},
		{"named with a time, then weak without", []line{{"1s", 0, named, ""}, {"", 1, weak, ""}}, []string{"a:0 a:1"}},
		{"weak without time, then named with one", []line{{"", 0, weak, ""}, {"1s", 1, named, ""}}, []string{"a:0 a:1"}},
		{"named with a time, then the same name without", []line{{"1s", 0, named, ""}, {"", 1, named, ""}}, []string{"a:0 a:1"}},
		{"named without time, then the same name with one", []line{{"", 0, named, ""}, {"1s", 1, named, ""}}, []string{"a:0 a:1"}},
		{"weak with a time, then weak without", []line{{"1s", 0, weak, ""}, {"", 1, weak, ""}}, []string{"a:0 a:1"}},
		{"20 records apart", []line{{"", 0, named, ""}, {"1s", 20, weak, ""}}, []string{"a:0 a:20"}},
		{"21 records apart", []line{{"", 0, named, ""}, {"1s", 21, weak, ""}}, []string{"a:0", "a:21"}},
		{"20 records apart, later named", []line{{"1s", 0, weak, ""}, {"", 20, named, ""}}, []string{"a:0 a:20"}},
		{"21 records apart, later named", []line{{"1s", 0, weak, ""}, {"", 21, named, ""}}, []string{"a:0", "a:21"}},
		{"20 records apart, both named", []line{{"1s", 0, named, ""}, {"", 20, named, ""}}, []string{"a:0 a:20"}},
		{"21 records apart, both named", []line{{"1s", 0, named, ""}, {"", 21, named, ""}}, []string{"a:0", "a:21"}},
		{"another source", []line{{"", 0, named, ""}, {"1s", 1, weak, "b"}}, []string{"a:0", "b:1"}},
		{"another source, both named", []line{{"", 0, named, ""}, {"1s", 1, named, "b"}}, []string{"a:0", "b:1"}},
		{"a date and a time of day", []line{{"1s", 0, named, ""}, {"clock 1s", 20, weak, ""}}, []string{"a:0 a:20"}},
		{"a time of day and a date", []line{{"clock 1s", 0, named, ""}, {"1s", 20, named, ""}}, []string{"a:0 a:20"}},
		{"a date and a time of day, 21 records apart", []line{{"1s", 0, named, ""}, {"clock 1s", 21, named, ""}}, []string{"a:0", "a:21"}},
		{"two dates are compared by time alone", []line{{"1s", 0, named, ""}, {"3.001s", 1, named, ""}}, []string{"a:0", "a:1"}},
		{"two times of day are compared by time alone", []line{{"clock 1s", 0, named, ""}, {"clock 3.001s", 1, weak, ""}}, []string{"a:0", "a:1"}},
		{"two dates far apart in the source", []line{{"1s", 0, named, ""}, {"3s", 1000, weak, ""}}, []string{"a:0 a:1000"}},
		{"beside no record of the failure, though between two", []line{{"1s", 0, named, ""}, {"2s", 1000, named, ""}, {"", 500, weak, ""}},
			[]string{"a:0 a:1000", "a:500"}},
		{"the nearest of two", []line{{"1s", 0, named, ""}, {"9s", 12, named, ""}, {"", 5, named, ""}, {"", 7, weak, ""}},
			[]string{"a:0 a:5 a:7", "a:12"}},
		{"of equally near ones the earlier", []line{{"9s", 0, named, ""}, {"1s", 10, named, ""}, {"", 5, weak, ""}}, []string{"a:0 a:5", "a:10"}},
		{"records without time link by time what they joined", []line{{"", 0, named, ""}, {"1s", 20, weak, ""}, {"3s", 900, weak, ""}}, []string{"a:0 a:20 a:900"}},
		{"tries of a socket without time", []line{{"", 0, socket, ""}, {"", 1, socket, ""}, {"", 20, connected, ""}}, []string{"a:0 a:1 a:20"}},
		{"tries of a socket without time, connect with one", []line{{"", 0, socket, ""}, {"1s", 20, connected, ""}}, []string{"a:0 a:20"}},
		{"tries of a socket with a time, connect without", []line{{"1s", 0, socket, ""}, {"", 20, connected, ""}}, []string{"a:0 a:20"}},
		{"a try 21 records before connect", []line{{"", 0, socket, ""}, {"1s", 21, connected, ""}}, []string{"a:0", "a:21"}},
		{"a try after connect", []line{{"1s", 0, connected, ""}, {"", 20, socket, ""}}, []string{"a:0 a:20"}},
		{"a try between two connects belongs to the second", []line{{"1s", 0, connected, ""}, {"", 1, socket, ""}, {"15s", 19, connected, ""}}, []string{"a:0", "a:1 a:19"}},
		{"tries alone", []line{{"", 0, socket, ""}, {"1s", 20, socket, ""}, {"", 41, socket, ""}}, []string{"a:0 a:20", "a:41"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var records []*refRecord
			for _, l := range test.lines {
				records = append(records, l.record(t))
			}
			want := slices.Clone(test.want)
			slices.Sort(want)
			places := func(failures []string) (out []string) {
				for _, f := range failures {
					_, p, _ := strings.Cut(f, ": ")
					out = append(out, p)
				}
				slices.Sort(out)
				return out
			}
			for range 2 { // also in reverse: workers read in any order
				var reference []string
				for _, f := range refFailures(records) {
					reference = append(reference, f.String())
				}
				if got := places(reference); !slices.Equal(got, want) {
					t.Errorf("the reference has %q, want %q", got, want)
				}
				if got := places(failuresIn(counts(tallyOfRecords(records)), records)); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				slices.Reverse(records)
			}
		})
	}
}

// randomPost is telemetry that mostly starts or ends an attempt.
func randomPost(r *rand.Rand) *parse.Telemetry {
	return &parse.Telemetry{
		Action:        []byte([]string{"Connect", "Publish", "Subscribe", "Publish"}[r.IntN(4)]),
		Variation:     []byte([]string{"Attempt", "Attempt", "Attempt", "Success", "Success", "Failure", "Cancel", "Attempting"}[r.IntN(8)]),
		Reason:        []byte([]string{"", "AccessDenied"}[r.IntN(2)]),
		FailureReason: []byte([]string{"", "Permission"}[r.IntN(2)]),
	}
}

// TestFailuresAreTheReferences compares with the reference, on random records.
func TestFailuresAreTheReferences(t *testing.T) {
	recovered, disputed := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		records := randomRecords(r, ticks[r.IntN(len(ticks))])
		var want []string
		for _, f := range refFailures(records) {
			want = append(want, f.String())
			if f.recovered {
				recovered++
			}
			if f.reasons() > 1 {
				disputed++
			}
		}
		slices.Sort(want)
		c := counts(tallyOfRecords(records))
		c.crowded = r.IntN(4) // 0: the usual number
		if got := failuresIn(c, records); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if recovered < 100 {
		t.Errorf("%d recovered failures are too few for this test", recovered)
	}
	if disputed < 500 {
		t.Errorf("%d failures with several reasons are too few for this test", disputed)
	}
}

// TestFailuresAreAFunctionOfTheSet checks that neither the order of records nor their split
// matters, however dense they are.
func TestFailuresAreAFunctionOfTheSet(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		records := randomRecords(r, ticks[r.IntN(len(ticks))])
		want := rowsIn(counts(tallyOfRecords(records)))
		if got := rowsIn(counts(split(r, records)...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

// TestSourcesDoNotMatterToSessions splits records with a session and a time into random
// sources.
func TestSourcesDoNotMatterToSessions(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 31))
		records := randomRecords(r, ticks[r.IntN(len(ticks))])
		for i, x := range records {
			x.event.Session = []byte([]string{"s1", "s2"}[r.IntN(2)])
			x.event.Time = 1795430665e9 + int64(r.IntN(40))*int64(time.Second)/4
			x.source, x.place = "one", int64(i)
		}
		want := rowsIn(counts(tallyOfRecords(records)))
		for _, x := range records {
			x.source, x.place = fmt.Sprint(r.IntN(3)), int64(r.IntN(1000))
		}
		if got := rowsIn(counts(split(r, records)...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

// split divides records, in random order, among tallies, one of which is empty.
func split(r *rand.Rand, records []*refRecord) []*Tally {
	r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	parts := []*Tally{{}}
	for from := 0; from < len(records); {
		to := from + 1 + r.IntN(len(records)-from)
		parts = append(parts, tallyOfRecords(records[from:to]))
		from = to
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return parts
}

// rowsIn returns all rows as text.
func rowsIn(c *Counts) []string {
	var out []string
	for _, s := range sessionsIn(c, Filter{}) {
		for _, r := range s.Rows {
			out = append(out, fmt.Sprintf("%s %s %d %s session %x bucket %d: %s %d: %d failures, %d recovered, %d lines, %d to %d",
				c.Names.Methods[r.Method], cmp.Or(c.Names.Errors[r.Error], "-"), r.Code, r.Reason, s.ID, r.Bucket, r.Evidence, r.Stated, r.Failures, r.Recovered, r.Lines, r.First, r.Last))
		}
	}
	return out
}
