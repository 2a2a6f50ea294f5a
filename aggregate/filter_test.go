package aggregate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/aggregate/coverage"
	"github.com/otlog/otlog/aggregate/hashed"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// clientRecords returns random records, some of which state the client's SDK.
func clientRecords(r *rand.Rand) []*refRecord {
	records := spread(r)
	for _, x := range records {
		if len(x.event.Client) > 0 && r.IntN(2) == 0 {
			x.event.Telemetry = &parse.Telemetry{
				Action: []byte("Connect"), Variation: []byte([]string{"Attempt", "Failure", "Other"}[r.IntN(3)]),
				SDK: []byte([]string{"", "2.34.1", "2.35.2", "2.35.20", "2.3"}[r.IntN(5)]),
			}
		}
	}
	return records
}

// randomFilter returns a filter by anything, mostly by something that the records contain.
func randomFilter(r *rand.Rand, records []*refRecord) (f Filter, session string) {
	instant := func() time.Time {
		if len(records) == 0 || r.IntN(2) == 0 {
			return time.Time{}
		}
		at := records[r.IntN(len(records))].event.Time
		if at == timestamp.NoTime {
			at = 1795430665e9 + r.Int64N(40*int64(coverage.Length))
		}
		return time.Unix(0, at+r.Int64N(3)-1)
	}
	f = Filter{Since: instant(), Until: instant(), Clients: clients.Filter{SDK: []string{"", "", "2.35", "2.35.2", "2.34", "2"}[r.IntN(6)]}}
	if !f.Until.IsZero() && f.Until.Before(f.Since) {
		f.Since, f.Until = f.Until, f.Since
	}
	if len(records) > 0 && r.IntN(3) == 0 {
		session = records[r.IntN(len(records))].session
	}
	return f, session
}

// refClients returns the SDK version of each client, of several the one that sorts first, and
// the client of each session that has exactly one.
func refClients(records []*refRecord) (sdk, only map[string]string) {
	sdk, only = map[string]string{}, map[string]string{}
	seen := map[string]map[string]bool{} // sessions of each client
	for _, x := range records {
		k := x.client()
		if k == "" {
			continue
		}
		if seen[k] == nil {
			seen[k] = map[string]bool{}
		}
		if len(x.event.Session) > 0 {
			seen[k]["session:"+string(x.event.Session)] = true
		}
		if t := x.event.Telemetry; t != nil && len(t.SDK) > 0 && (sdk[k] == "" || string(t.SDK) < sdk[k]) {
			sdk[k] = string(t.SDK)
		}
	}
	clients := map[string][]string{}
	for k, sessions := range seen {
		session := k
		if len(sessions) == 1 {
			session = slices.Collect(maps.Keys(sessions))[0]
		}
		clients[session] = append(clients[session], k)
	}
	for session, all := range clients {
		if len(all) == 1 {
			only[session] = all[0]
		}
	}
	return sdk, only
}

// refID returns the SessionID of a session that refSessions found.
func refID(session string) SessionID {
	for _, from := range SessionFroms[:FromSource] {
		id, ok := strings.CutPrefix(session, from.String()+":")
		if ok && from == FromGUID {
			guid, day, _ := strings.Cut(id, "@")
			e := &parse.Event{Client: []byte(guid), GUID: true, Time: timestamp.NoTime}
			if t, err := time.Parse(time.DateOnly, day); err == nil {
				e.Time = t.UnixNano()
			}
			_, hash := hashed.ClientOf(e)
			return hash
		}
		if ok {
			return hashed.Of(from, []byte(id))
		}
	}
	return SessionID{}
}

// within reports whether an instant is within the bounds of a filter, which are widened to whole
// quarter-hours.
func within(t time.Time, f Filter) bool {
	const quarter = 15 * time.Minute
	since, until := f.Since.Truncate(quarter), f.Until.Truncate(quarter)
	if until.Before(f.Until) {
		until = until.Add(quarter)
	}
	if !f.Until.IsZero() && !f.Since.Before(f.Until) {
		return false
	}
	return !t.Before(since) && (f.Until.IsZero() || t.Before(until))
}

// TestFilterSelectsWholeFailures compares the rows of a filter with the failures of the
// reference, selected one by one.
func TestFilterSelectsWholeFailures(t *testing.T) {
	selected := 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 21))
		records := clientRecords(r)
		failures := refFailures(records)
		filter, session := randomFilter(r, records)
		filter.Session = refID(session)
		sdk, only := refClients(records)

		want, got := map[string]int64{}, map[string]int64{}
		count := func(first int64, in, client, what string, failures, lines int) {
			if client == "" {
				client = only[in]
			}
			inTime := first == timestamp.NoTime || within(time.Unix(0, first), filter)
			version := sdk[client]
			ofSDK := filter.Clients.SDK == "" || version == filter.Clients.SDK || strings.HasPrefix(version, filter.Clients.SDK+".")
			if !inTime || !ofSDK || !filter.Session.IsZero() && refID(in) != filter.Session {
				return
			}
			what = fmt.Sprintf("%s session %x bucket %d SDK %q: ", what, refID(in), BucketOf(first), version)
			if failures > 0 {
				want[what+"failures"] += int64(failures)
			}
			if lines > 0 {
				want[what+"lines"] += int64(lines)
			}
		}
		for _, f := range failures {
			s := f.summary()
			n, code := 0, s.code
			if s.counts && !f.recovered {
				n = 1
			}
			if s.name != "" {
				code = 0
			}
			what := fmt.Sprintf("%s %s %d %s", s.method, s.name, code, s.reason)
			count(s.first, f.records[0].session, s.client, what, n, len(s.places))
			if f.recovered {
				count(s.first, f.records[0].session, s.client, what+", recovered", 1, 0)
			}
		}
		aside, all := map[string][]*refRecord{}, map[string][]*refRecord{}
		for _, x := range records {
			if x.verdict.Failure {
				all[x.session] = append(all[x.session], x)
			}
			if x.verdict.Failure && x.verdict.Weight == classify.Aside {
				aside[x.session] = append(aside[x.session], x)
			}
		}
		for in, records := range aside {
			for _, x := range refFold(records, refFloats(all[in])) {
				first, code := int64(timestamp.NoTime), x.verdict.Code
				if x.axis() == Dated {
					first = x.at()
				}
				if x.name() != "" {
					code = 0
				}
				count(first, in, x.client(), fmt.Sprintf("%s %s %d %s", x.verdict.Method.Name(), x.name(), code, x.verdict.Reason), 0, len(x.alike))
			}
		}

		c := counts(tallyOfRecords(records))
		for _, s := range sessionsIn(c, filter) {
			if !filter.Session.IsZero() && s.ID != filter.Session {
				t.Fatalf("seed %d, %+v: session %x", seed, filter, s.ID)
			}
			timed := false
			for _, row := range s.Rows {
				what := fmt.Sprintf("%s %s %d %s", c.Names.Methods[row.Method], c.Names.Errors[row.Error], row.Code, row.Reason)
				where := fmt.Sprintf(" session %x bucket %d SDK %q: ", s.ID, row.Bucket, c.Names.Labels[row.SDK])
				if row.Failures > 0 {
					got[what+where+"failures"] += row.Failures
				}
				if row.Recovered > 0 {
					got[what+", recovered"+where+"failures"] += row.Recovered
				}
				got[what+where+"lines"] += row.Lines
				selected++
				if by := (Labels{SDK: row.SDK, Browser: row.Browser, OS: row.OS}); by != (Labels{}) && !slices.Contains(s.Clients, by) {
					t.Fatalf("seed %d, %+v: a failure of a client that was not seen: %+v", seed, filter, s)
				}
				timed = timed || row.Bucket != NoBucket // within no bounds
			}
			for _, a := range s.Attempts {
				timed = timed || a.Bucket != NoBucket
			}
			for _, client := range s.Clients {
				if !filter.Clients.Takes(client.Names(c.Names.Labels)) {
					t.Fatalf("seed %d, %+v: a client that is not selected: %+v", seed, filter, s)
				}
			}
			for _, bucket := range s.Buckets {
				if !filter.Covers(bucket) {
					t.Fatalf("seed %d, %+v: %+v", seed, filter, s)
				}
			}
			// Every session with failures was seen.
			if timed && len(s.Buckets) == 0 && !s.ID.IsZero() {
				t.Fatalf("seed %d, %+v: failures in a session that was not seen: %+v", seed, filter, s)
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("seed %d, %+v:\n got %v\nwant %v", seed, filter, got, want)
		}
	}
	if selected < 5000 {
		t.Errorf("%d rows are too few for this test", selected)
	}
}

// TestFilterDividesTime checks that consecutive periods count everything once.
func TestFilterDividesTime(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 22))
		records := clientRecords(r)
		c := counts(tallyOfRecords(records))
		count := func(f Filter) (n [3]int64) {
			for _, s := range sessionsIn(c, f) {
				for _, row := range s.Rows {
					if row.Bucket != NoBucket {
						n[0], n[1] = n[0]+row.Failures, n[1]+row.Lines
					}
				}
				for _, a := range s.Attempts {
					if a.Bucket != NoBucket {
						n[2] += a.Attempts
					}
				}
			}
			return n
		}
		cuts := []time.Time{{}}
		for range r.IntN(5) {
			cuts = append(cuts, time.Unix(0, 1795430665e9+r.Int64N(14*int64(coverage.Length))).Truncate(coverage.Length))
		}
		slices.SortFunc(cuts, time.Time.Compare)
		cuts = append(cuts, time.Time{})
		var sum [3]int64
		for i := range len(cuts) - 1 {
			for k, n := range count(Filter{Since: cuts[i], Until: cuts[i+1]}) {
				sum[k] += n
			}
		}
		if want := count(Filter{}); sum != want {
			t.Fatalf("seed %d: parts hold %v, all %v", seed, sum, want)
		}
	}
}

// TestBoundsAreWholeQuarterHours checks that bounds within a quarter-hour select attempts in all of
// it, as they select sessions.
func TestBoundsAreWholeQuarterHours(t *testing.T) {
	tally := attemptsIn(t, post{"0s", "Connect", "Attempt", "c", ""}, post{"20m0.001s", "Connect", "Attempt", "d", ""})
	var starts []time.Time
	for s := range tally.steps.Each {
		starts = append(starts, time.Unix(0, Step{What: s.what}.Nanos()))
	}
	slices.SortFunc(starts, time.Time.Compare)
	first, last := starts[0].Truncate(coverage.Length), starts[1].Truncate(coverage.Length)
	for _, test := range []struct {
		since, until time.Time
		attempts     int
		buckets      int
	}{
		{starts[0], starts[1], 2, 2},
		{starts[0].Add(1), starts[0].Add(2), 1, 1},
		{first, last, 1, 1},
		{first, last.Add(1), 2, 2},
		{first.Add(coverage.Length), last, 0, 0},
		{starts[0], starts[0], 0, 0},
	} {
		attempts, buckets := 0, 0
		for _, s := range sessionsIn(counts(tally), Filter{Since: test.since, Until: test.until}) {
			buckets += len(s.Buckets)
			for _, a := range s.Attempts {
				attempts += int(a.Attempts)
			}
		}
		if attempts != test.attempts || buckets != test.buckets {
			t.Errorf("%+v: got %d attempts, %d quarter-hours", test, attempts, buckets)
		}
	}
}

func TestFilterCoversWholeBuckets(t *testing.T) {
	at := func(s string) time.Time {
		t.Helper()
		out, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	bucket := func(s string) Bucket { return BucketOf(at(s).UnixNano()) }
	for _, test := range []struct {
		since, until string
		in, out      []string
	}{
		{"2026-11-16T10:00:00Z", "2026-11-16T10:15:00Z", []string{"2026-11-16T10:00:00Z"}, []string{"2026-11-16T09:45:00Z", "2026-11-16T10:15:00Z"}},
		{"2026-11-16T10:14:59Z", "2026-11-16T10:15:01Z", []string{"2026-11-16T10:00:00Z", "2026-11-16T10:15:00Z"}, []string{"2026-11-16T09:45:00Z", "2026-11-16T10:30:00Z"}},
		{"2026-11-16T10:07:00Z", "2026-11-16T10:07:00Z", nil, []string{"2026-11-16T10:00:00Z"}},
	} {
		f := Filter{Since: at(test.since), Until: at(test.until)}
		for _, s := range test.in {
			if !f.Covers(bucket(s)) {
				t.Errorf("%s to %s does not cover %s", test.since, test.until, s)
			}
		}
		for _, s := range test.out {
			if f.Covers(bucket(s)) {
				t.Errorf("%s to %s covers %s", test.since, test.until, s)
			}
		}
		if f.Covers(NoBucket) {
			t.Error("NoBucket is covered")
		}
	}
	open := Filter{}
	far := Filter{Since: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), Until: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	if !open.Covers(NoBucket) || !open.Covers(0) || !far.Covers(0) || far.Covers(NoBucket) {
		t.Error("an open or a wide filter covers other buckets")
	}
}

func TestSessionIsFoundByAnyID(t *testing.T) {
	tally := tallyOfRecords([]*refRecord{
		{source: "a", event: parse.Event{Session: []byte("s"), ConnectionID: []byte("c"), Client: []byte("k")}},
		{source: "a", event: parse.Event{ConnectionID: []byte("alone")}},
	})
	for id, want := range map[string]string{"s": "session:s", "c": "session:s", "k": "session:s", "alone": "connection:alone", "": "", "x": ""} {
		got, ok, err := counts(tally).Session(id)
		if ok != (want != "") || ok && got != refID(want) || err != nil {
			t.Errorf("%q: got %x, %v, %v, want %s", id, got, ok, err, want)
		}
	}
	if _, ok, _ := counts().Session("s"); ok {
		t.Error("found a session without records")
	}
}
