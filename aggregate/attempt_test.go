package aggregate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// A post is a telemetry event in a short form.
type post struct {
	at        string // seconds after some start
	action    string
	variation string
	of        string // connection, stream or subscriber
	reason    string
}

func (p post) event(t *testing.T) *parse.Event {
	t.Helper()
	after, err := time.ParseDuration(p.at)
	if err != nil {
		t.Fatal(err)
	}
	e := &parse.Event{Time: 1795430665e9 + int64(after), OfDay: timestamp.NoTime, Session: []byte("1_MX4session"), Client: []byte("client")}
	e.Telemetry = &parse.Telemetry{
		Action: []byte(p.action), Variation: []byte(p.variation),
		Reason: []byte(p.reason), FailureReason: []byte(p.reason),
	}
	switch p.action {
	case "Connect":
		e.ConnectionID = []byte(p.of)
	case "Publish":
		e.ConnectionID, e.StreamID = []byte("connection"), []byte(p.of)
	case "Subscribe":
		e.ConnectionID, e.StreamID, e.SubscriberID = []byte("connection"), []byte("stream"), []byte(p.of)
	}
	return e
}

func attemptsIn(t *testing.T, posts ...post) *Tally {
	t.Helper()
	tally := &Tally{}
	for _, p := range posts {
		tally.Add(p.event(t), &classify.Verdict{}, 0)
	}
	return tally
}

func TestAttempts(t *testing.T) {
	tests := []struct {
		name  string
		posts []post
		want  []string
	}{
		{"success", []post{{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Success", "c", ""}},
			[]string{"Session.connect success"}},
		{"Attempting is no attempt", []post{{"0s", "Subscribe", "Attempt", "s", ""}, {"5s", "Subscribe", "Attempting", "s", ""}, {"10s", "Subscribe", "Attempting", "s", ""}},
			[]string{"Session.subscribe open"}},
		{"the SDK's own retries are one attempt", []post{
			{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Failure", "c", ""},
			{"4s", "Connect", "Attempt", "c", ""}, {"5s", "Connect", "Failure", "c", ""},
			{"8s", "Connect", "Attempt", "c", ""}, {"9s", "Connect", "Success", "c", ""}},
			[]string{"Session.connect success"}},
		{"a retry that goes on has no outcome yet", []post{{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Failure", "c", ""}, {"4s", "Connect", "Attempt", "c", ""}},
			[]string{"Session.connect open"}},
		{"a try 10 s after the failure is the SDK's own", []post{
			{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Failure", "c", ""},
			{"11s", "Connect", "Attempt", "c", ""}, {"12s", "Connect", "Success", "c", ""}},
			[]string{"Session.connect success"}},
		{"a call more than 10 s after the failure is another attempt", []post{
			{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Failure", "c", ""},
			{"11.001s", "Connect", "Attempt", "c", ""}, {"12s", "Connect", "Failure", "c", ""}},
			[]string{"Session.connect failure", "Session.connect failure"}},
		{"only connect is retried", []post{
			{"0s", "Publish", "Attempt", "s", ""}, {"1s", "Publish", "Failure", "s", "Publish"}, {"2s", "Publish", "Attempt", "s", ""}},
			[]string{"Session.publish failure", "Session.publish open"}},
		{"another connection is another attempt", []post{{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Failure", "c", ""}, {"2s", "Connect", "Attempt", "d", ""}},
			[]string{"Session.connect failure", "Session.connect open"}},
		{"the cancel after a failure is nothing", []post{{"0s", "Publish", "Attempt", "s", ""}, {"15s", "Publish", "Failure", "s", "ICEWorkflow"}, {"15.01s", "Publish", "Cancel", "s", "unpublish"}},
			[]string{"Session.publish failure"}},
		{"denied access is a failure", []post{{"0s", "Publish", "Attempt", "s", ""}, {"1s", "Publish", "Cancel", "s", "AccessDenied"}},
			[]string{"Session.publish failure"}},
		{"another cancel is none", []post{{"0s", "Publish", "Attempt", "s", ""}, {"1s", "Publish", "Cancel", "s", "destroy"}},
			[]string{"Session.publish cancel"}},
		{"Non-fatal is no failed publish", []post{{"0s", "Publish", "Attempt", "s", ""}, {"1s", "Publish", "Non-fatal", "s", ""}, {"2s", "Publish", "Success", "s", ""}},
			[]string{"Session.publish success"}},
		{"an end without a stream is OT.initPublisher's", []post{{"0s", "Publish", "Failure", "", "GetUserMedia"}, {"1s", "Publish", "Cancel", "", "AccessDenied"}}, nil},
		{"a missing role ends the call before there is a stream", []post{{"0s", "Publish", "Failure", "", "Permission"}, {"0.1s", "Publish", "Failure", "", "Permission"}},
			[]string{"Session.publish failure, inferred", "Session.publish failure, inferred"}},
		{"an end without a start", []post{{"0s", "Subscribe", "Failure", "s", "Subscribe"}, {"1s", "Subscribe", "Cancel", "s", "x"}},
			[]string{"Session.subscribe failure, inferred"}},
		{"seen twice", []post{{"0s", "Connect", "Attempt", "c", ""}, {"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Success", "c", ""}, {"1s", "Connect", "Success", "c", ""}},
			[]string{"Session.connect success"}},
		{"success before failure before cancel in one millisecond", []post{
			{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Cancel", "c", ""}, {"1s", "Connect", "Failure", "c", ""}, {"1s", "Connect", "Success", "c", ""},
			{"2s", "Publish", "Attempt", "s", ""}, {"3s", "Publish", "Cancel", "s", ""}, {"3s", "Publish", "Failure", "s", "Publish"}},
			[]string{"Session.connect success", "Session.publish failure"}},
		{"other actions", []post{{"0s", "SessionInfo", "Attempt", "c", ""}, {"1s", "ConfigurationFile", "Failure", "c", ""}}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Also in reverse: logs may be unsorted.
			for range 2 {
				var got []string
				for _, a := range collected(attemptsIn(t, test.posts...)) {
					s := fmt.Sprintf("%s %s", a.Method.Name(), a.Outcome)
					if a.Inferred {
						s += ", inferred"
					}
					for range a.Attempts {
						got = append(got, s)
					}
				}
				slices.Sort(got)
				if !slices.Equal(got, test.want) {
					t.Errorf("got %v, want %v", got, test.want)
				}
				slices.Reverse(test.posts)
			}
		})
	}
}

func TestDuplicatesAreCounted(t *testing.T) {
	p := post{"0s", "Connect", "Attempt", "c", ""}
	a, b := attemptsIn(t, p, p), attemptsIn(t, p)
	if n := counts(a, b).Duplicates; n != 2 {
		t.Errorf("got %d duplicates, want 2", n)
	}
}

// TestOneEventInTwoExports reads events with their session from one export and without
// it from another: equal events are one, and the attempt belongs to the session.
func TestOneEventInTwoExports(t *testing.T) {
	calls := []post{
		{"0s", "Connect", "Attempt", "c", ""}, {"1s", "Connect", "Success", "c", ""},
		{"2s", "Publish", "Attempt", "s", ""}, {"3s", "Publish", "Failure", "s", "ICEWorkflow"},
		{"4s", "Subscribe", "Attempt", "u", ""},
	}
	want := map[string]string{
		"Session.connect success": "1_MX4session", "Session.publish failure": "1_MX4session", "Session.subscribe open": "1_MX4session",
	}
	export := func(without ...string) *Tally {
		tally := &Tally{}
		for _, p := range calls {
			e := p.event(t)
			if slices.Contains(without, "session") {
				e.Session = nil
			}
			if slices.Contains(without, "connection") && p.action != "Connect" { // the connection identifies a connect
				e.ConnectionID = nil
			}
			if p.variation == "Attempt" && slices.Contains(without, "starts") || p.variation != "Attempt" && slices.Contains(without, "ends") {
				continue
			}
			tally.Add(e, &classify.Verdict{}, 0)
		}
		return tally
	}
	// Another session of the same page: then neither the client nor the connection
	// belongs to one session only, and each event counts for the session that it states.
	busy := func() *Tally {
		tally := &Tally{}
		for _, of := range []string{"c", "connection"} {
			e := (post{"9s", "Other", "Event", "", ""}).event(t)
			e.Session, e.ConnectionID = []byte("1_MX4other"), []byte(of)
			tally.Add(e, &classify.Verdict{}, 0)
		}
		return tally
	}
	tests := []struct {
		name    string
		tallies []*Tally
	}{
		{"with and without the session", []*Tally{export(), export("session")}},
		{"without it first", []*Tally{export("session"), export()}},
		{"with the client alone", []*Tally{export("session", "connection"), export()}},
		{"three exports", []*Tally{export("session"), export(), export("session", "connection")}},
		{"starts in one, ends in the other", []*Tally{export("ends"), export("session", "starts")}},
		{"ends in one, starts in the other", []*Tally{export("session", "ends"), export("starts")}},
		{"a page with two sessions", []*Tally{busy(), export("session"), export(), export("session", "connection")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := counts(test.tallies...)
			got := map[string]string{}
			for _, s := range sessionsIn(c, Filter{}) {
				for _, a := range s.Attempts {
					what := fmt.Sprintf("%s %s", a.Method.Name(), a.Outcome)
					if _, twice := got[what]; twice || a.Attempts != 1 || a.Inferred {
						t.Errorf("%+v is one attempt too many", a)
					}
					got[what] = "?"
					if s.ID == NewSessionID([]byte("1_MX4session")) {
						got[what] = "1_MX4session"
					}
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			events := int64(0)
			for _, tally := range test.tallies {
				events += tally.posts
			}
			if want := events - int64(len(calls)); c.Duplicates != want {
				t.Errorf("%d duplicates, want %d", c.Duplicates, want)
			}
		})
	}
}

// TestAttemptsAreTheReferences compares with the reference, on random records.
func TestAttemptsAreTheReferences(t *testing.T) {
	never := int64(0)
	for seed := range uint64(2500) {
		r := rand.New(rand.NewPCG(seed, 17))
		records := randomRecords(r, ticks[r.IntN(len(ticks))])
		refSessions(records)
		c := counts(tallyOfRecords(records))
		want, got := map[string]int64{}, map[string]int64{}
		what := func(session SessionID, method string, bucket Bucket, outcome Outcome, inferred bool) string {
			return fmt.Sprintf("%x %s in %d: %s, inferred %v", session, method, bucket, outcome, inferred)
		}
		for _, a := range refAttempts(records) {
			began := int64(timestamp.NoTime)
			if a.start != 0 {
				began = a.start * 1e6
			}
			key := what(refID(a.session), a.method, BucketOf(began), a.outcome, a.inferred)
			want[key]++
			if a.outcome == Open && a.start != 0 && c.Range.Last-began > int64(2*time.Minute) {
				want[key+", never ended"]++
				never++
			}
		}
		for _, s := range sessionsIn(c, Filter{}) {
			for _, a := range s.Attempts {
				key := what(s.ID, a.Method.Name(), a.Bucket, a.Outcome, a.Inferred)
				got[key] += a.Attempts
				if a.NeverEnded > 0 {
					got[key+", never ended"] += a.NeverEnded
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
	if never < 100 {
		t.Errorf("%d attempts that never ended are too few for this test", never)
	}
}

// TestAttemptsAreAFunctionOfTheSet checks that order, repeats and splits of the events do
// not matter.
func TestAttemptsAreAFunctionOfTheSet(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		var posts []post
		for range r.IntN(60) {
			posts = append(posts, post{
				at:        fmt.Sprintf("%dms", r.IntN(40)*1000),
				action:    []string{"Connect", "Publish", "Subscribe"}[r.IntN(3)],
				variation: []string{"Attempt", "Attempt", "Attempting", "Success", "Failure", "Cancel"}[r.IntN(6)],
				of:        []string{"a", "b", "c", ""}[r.IntN(4)],
				reason:    []string{"AccessDenied", "Permission", "unpublish"}[r.IntN(3)],
			})
		}
		want := collected(attemptsIn(t, posts...))
		for range r.IntN(len(posts) + 1) {
			posts = append(posts, posts[r.IntN(len(posts))])
		}
		r.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
		cut := r.IntN(len(posts) + 1)
		if got := collected(attemptsIn(t, posts[:cut]...), attemptsIn(t, posts[cut:]...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %v\nwant %v", seed, got, want)
		}
	}
}

func collected(tallies ...*Tally) []Attempts {
	var out []Attempts
	for _, s := range sessionsIn(counts(tallies...), Filter{}) {
		out = append(out, s.Attempts...)
	}
	return out
}
