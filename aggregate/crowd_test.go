package aggregate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// crowdedRecords are many records of one session and few instants, which differ in streams,
// subscribers, clients, methods, codes and errors.
func crowdedRecords(r *rand.Rand) []*refRecord {
	out := make([]*refRecord, 20+r.IntN(160))
	instants, streams := 1+r.IntN(6), 1+r.IntN(40)
	apart := []time.Duration{time.Millisecond, 20 * time.Millisecond, time.Second, 2 * time.Second, 10 * time.Second}[r.IntN(5)]
	untimed, stated := []int{0, 0, 10}[r.IntN(3)], 1+r.IntN(100)
	own := verdicts
	if r.IntN(2) == 0 {
		own = nil
		for range 1 + r.IntN(5) {
			own = append(own, verdicts[r.IntN(len(verdicts))])
		}
	}
	methods := []string{"", "", "Session.publish", "Session.subscribe", "Session.connect", "OT.initPublisher", "Session.dance", "Session.sing"}
	for i := range out {
		x := &refRecord{source: "a", place: int64(i)}
		x.event = parse.Event{Time: 1795430665e9 + int64(r.IntN(instants))*int64(apart), OfDay: timestamp.NoTime, Session: []byte("s1")}
		switch n := r.IntN(100); {
		case n < untimed/2:
			x.event.Time, x.event.OfDay = timestamp.NoTime, int64(r.IntN(instants))*int64(apart)
		case n < untimed:
			x.event.Time = timestamp.NoTime
		}
		if r.IntN(100) < stated {
			x.event.StreamID = fmt.Append(nil, "s", r.IntN(streams))
		}
		if r.IntN(100) < stated/2 {
			x.event.SubscriberID = fmt.Append(nil, "u", r.IntN(streams))
		}
		x.verdict = own[r.IntN(len(own))]
		x.verdict.Failure = true
		if m := methods[r.IntN(len(methods))]; m != "" && r.IntN(2) == 0 {
			x.verdict.Method, x.verdict.MethodName, x.verdict.MethodFrom = method(m), nil, classify.MethodSpelled
			if x.verdict.Method == 0 {
				x.verdict.MethodName = []byte(m)
			}
		}
		if r.IntN(4) == 0 {
			x.verdict.Code = []int32{0, 1013, 1500, 1600, 4010, 77, 78, 79}[r.IntN(8)]
		}
		if r.IntN(8) == 0 && x.verdict.Error != 0 {
			x.verdict.Error, x.verdict.Name = 0, fmt.Append(nil, "OT_OF_DAY_", r.IntN(3))
		}
		out[i] = x
	}
	return out
}

// TestCrowdsAreTheReferences compares with the reference where many records share an instant, so
// that failures are found by an index.
func TestCrowdsAreTheReferences(t *testing.T) {
	crowds := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 71))
		records := crowdedRecords(r)
		var want []string
		for _, f := range refFailures(records) {
			want = append(want, f.String())
		}
		slices.Sort(want)
		c := counts(tallyOfRecords(records))
		c.crowded = r.IntN(8) // 0: the usual number
		if len(want) > fewCandidates {
			crowds++
		}
		if got := failuresIn(c, records); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d of at most %d\n got %s\nwant %s", seed, len(got), c.crowded, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
	if crowds < 50 {
		t.Errorf("%d sets with many failures are too few for this test", crowds)
	}
}

// TestCorrelationIsLinear counts what is considered while failures are found in a session of many
// records, whose number doubles: if each record considered all others, the count would be four times
// as large.
func TestCorrelationIsLinear(t *testing.T) {
	publish, connect, subscribe := method("Session.publish"), method("Session.connect"), method("Session.subscribe")
	named := classify.Verdict{Error: id("OT_TIMEOUT"), Evidence: classify.ByName, Method: publish, MethodFrom: classify.MethodSpelled, Code: 1500}
	weak := classify.Verdict{Weight: classify.Weak, Method: publish, MethodFrom: classify.MethodSpelled, Code: 1500}
	nameless := classify.Verdict{Weight: classify.Weak}
	socket := classify.Verdict{Error: id("OT_DISCONNECTED"), Evidence: classify.ByName, Weight: classify.Socket, Method: connect, MethodFrom: classify.MethodComponent}
	connected := classify.Verdict{Error: id("OT_SOCKET_CLOSE_TIMEOUT"), Evidence: classify.ByName, Method: connect, MethodFrom: classify.MethodSpelled, Code: 4010}
	subscribed := classify.Verdict{Weight: classify.Weak, Code: 1013, Method: subscribe, MethodFrom: classify.MethodSpelled}
	stream := func(x *refRecord, i int) { x.event.StreamID = fmt.Append(nil, "s", i) }
	subscriber := func(x *refRecord, i int) { x.event.SubscriberID = fmt.Append(nil, "u", i) }
	client := func(x *refRecord, i int) { x.event.Client = fmt.Append(nil, "k", i) }
	alternately := func(a, b classify.Verdict, n int) func(*refRecord, int) {
		return func(x *refRecord, i int) {
			if x.verdict = a; i >= n/2 {
				x.verdict = b
			}
			stream(x, i)
		}
	}
	for _, test := range []struct {
		name string
		set  func(n int) func(x *refRecord, i int) // makes record i of n
	}{
		{"named and nameless ones of one instant", func(n int) func(*refRecord, int) { return alternately(named, weak, n) }},
		{"of the same streams", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) { of(x, i); stream(x, i%(n/2)) }
		}},
		{"without streams after those with", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) {
				if of(x, i); i >= n/2 {
					x.event.StreamID = nil
					subscriber(x, i)
				}
			}
		}},
		{"of one minute", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) {
				of(x, i)
				x.event.Time += int64(i%(n/2)) * int64(time.Minute) / int64(n)
			}
		}},
		{"of two instants almost as far apart as a failure may be long", func(n int) func(*refRecord, int) {
			return func(x *refRecord, i int) {
				x.verdict = named
				stream(x, i%(n/16))
				x.event.Time += int64(i/(n/16))*int64(2*time.Second) - int64(i%7)*int64(10*time.Millisecond)
			}
		}},
		{"tries of sockets", func(n int) func(*refRecord, int) { return alternately(socket, connected, n) }},
		{"tries of sockets alone", func(n int) func(*refRecord, int) { return alternately(socket, socket, n) }},
		{"nameless ones alone", func(n int) func(*refRecord, int) { return alternately(weak, nameless, n) }},
		{"failures of subscribe", func(n int) func(*refRecord, int) { return alternately(subscribed, nameless, n) }},
		{"different codes", func(n int) func(*refRecord, int) {
			return func(x *refRecord, i int) { x.verdict = weak; x.verdict.Code = int32(i); x.verdict.Method = 0 }
		}},
		{"different methods", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) {
				of(x, i)
				x.event.StreamID = nil
				x.verdict.Method, x.verdict.MethodName = 0, fmt.Append(nil, "Session.m", i%(n/2))
			}
		}},
		{"different errors", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) {
				if of(x, i); i < n/2 {
					x.verdict.Error, x.verdict.Name = 0, fmt.Append(nil, "OT_E", i)
				}
			}
		}},
		{"different clients", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) { of(x, i); client(x, i) }
		}},
		{"without a time", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) { of(x, i); x.event.Time = timestamp.NoTime }
		}},
		{"half without a time", func(n int) func(*refRecord, int) {
			of := alternately(named, weak, n)
			return func(x *refRecord, i int) {
				if of(x, i); i%2 == 0 {
					x.event.Time = timestamp.NoTime
				}
			}
		}},
		{"of many sources", func(n int) func(*refRecord, int) {
			return func(x *refRecord, i int) {
				x.verdict, x.source, x.place = named, fmt.Sprint("source ", i/2), int64(i%2)
				if i%2 == 0 {
					x.event.Time = timestamp.NoTime
				}
			}
		}},
		{"attempts of many clients that never end", func(n int) func(*refRecord, int) {
			return func(x *refRecord, i int) {
				client(x, i)
				stream(x, i%(n/2))
				if x.verdict = named; i < n/2 {
					x.verdict = classify.Verdict{}
					x.event.Telemetry = &parse.Telemetry{Action: []byte("Publish"), Variation: []byte("Attempt")}
				}
			}
		}},
		{"attempts of one stream that never end", func(n int) func(*refRecord, int) {
			return func(x *refRecord, i int) {
				client(x, i)
				x.event.StreamID = []byte("p")
				if x.verdict = weak; i < n/2 {
					x.verdict = classify.Verdict{}
					subscriber(x, i)
					x.event.Telemetry = &parse.Telemetry{Action: []byte("Subscribe"), Variation: []byte("Attempt")}
				} else {
					x.verdict.Method, x.verdict.Code = subscribe, int32(i)
				}
			}
		}},
	} {
		work := func(n int) int64 {
			set := test.set(n)
			records := make([]*refRecord, n)
			for i := range records {
				x := &refRecord{source: "a", place: int64(i)}
				x.event = parse.Event{Time: 1795430665e9, OfDay: timestamp.NoTime, Session: []byte("s1")}
				set(x, i)
				x.verdict.Failure = x.event.Telemetry == nil
				records[i] = x
			}
			reader := counts(tallyOfRecords(records)).newReader()
			if err := reader.read(spill.Shelf{}, func(g *group) bool {
				g.failures(func([]summary) {})
				return true
			}); err != nil {
				t.Fatal(err)
			}
			return reader.group.work + reader.group.calls.work
		}
		const n = 4000
		few, many := work(n), work(2*n)
		t.Logf("%s: %d of %d, %d of %d", test.name, few, n, many, 2*n)
		if many > 2*few+few/2 {
			t.Errorf("%s: %d steps for %d records, %d for %d", test.name, few, n, many, 2*n)
		}
		if many > 400*2*n {
			t.Errorf("%s: %d steps for %d records", test.name, many, 2*n)
		}
	}
}
