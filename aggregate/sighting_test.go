package aggregate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/sighting"
)

// TestSightingsAreCountedAsEvents counts a log once with sightings and once with an event for each record.
func TestSightingsAreCountedAsEvents(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 15))
		var logs []parse.Source
		for i, log := range []string{peopleLog(r, 4000, 2000), peopleLog(r, 3000, 30), consoleLog(r, 2000, 300), consoleLog(r, 500, 1)} {
			logs = append(logs, write(t, fmt.Sprint(i), []byte(log)))
		}
		count := func(sees bool) []string {
			tally := &Tally{}
			w := newWorker(tally)
			if !sees {
				w.decoder.Sightings = nil
			}
			var out []string
			for i, log := range logs {
				tally.Enter(SourceID(i + 1))
				readAll(t, w, log)
				out = append(out, fmt.Sprintf("%+v", w.account))
				w.account = Account{}
			}
			if sees == (tally.met == [sighting.NumKnown]acquaintance{}) {
				t.Fatal("no record was seen, or some were that are events")
			}
			return append(out, Everything(settled(&Result{Parts: tally.Parts()}))...)
		}
		want := count(false)
		if got := count(true); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got  %.2000s\nwant %.2000s", seed, got, want)
		}
	}
}

// readAll makes a worker read a log.
func readAll(t *testing.T, w *worker, log parse.Source) {
	t.Helper()
	f, err := parse.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in, err := range f.Inputs(parse.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range in.Readers() {
			if err := w.read(r, &parse.Block{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// consoleLog returns lines of the consoles of sessions.
func consoleLog(r *rand.Rand, records, sessions int) string {
	var b strings.Builder
	for i := range records {
		session := fmt.Sprintf("1_MX40NTAxMjM0NX5-MTc5MzU3NzYwMTI4M345%024dfg--", r.IntN(sessions))
		fmt.Fprintf(&b, "2026-11-23T%02d:%02d:%02d.%03dZ app.js:%d ", i*24/records, r.IntN(60), r.IntN(60), r.IntN(1000), i)
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "OpenTok:Session:error OT_TIMEOUT: too late in %s\n    at connect (app.js:1:2)\n", session)
		case 1:
			b.WriteString("joining\n    at join (app.js:3:4)\n")
		default:
			fmt.Fprintf(&b, "session=%s network quality is good\n", session)
		}
	}
	return b.String()
}

// peopleLog returns records of sessions, connections and clients.
func peopleLog(r *rand.Rand, records, sessions int) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	for i := range records {
		n := r.IntN(sessions)
		session := fmt.Sprintf("1_MX40NTAxMjM0NX5-MTc5MzU3NzYwMTI4M345%024dfg--", n)
		ids := []string{
			fmt.Sprintf(`"sessionId":"%s"`, pick(session, session, session, session+"/x", "null", "", "other")),
			fmt.Sprintf(`"connectionId":"conn-%d-%d"`, n, r.IntN(2)),
			fmt.Sprintf(`"%s":"client-%d"`, pick("clientInstanceId", "clientInstanceId", "guid"), n),
		}
		if r.IntN(8) == 0 {
			ids = ids[r.IntN(3):]
		}
		if r.IntN(8) == 0 {
			ids = ids[:r.IntN(len(ids))]
		}
		ids = append(ids, fmt.Sprintf(`"message":"%s"`, pick("joined", "left "+session, "OT_TIMEOUT: too late", fmt.Sprint("sent ", i))))
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, `{"clientSystemTime":%d,"action":"%s","variation":"%s","clientVersion":"%s",%s}`+"\n", 1795430665972+r.IntN(100_000_000),
				pick("Connect", "Publish", "Subscribe", "tb.exception.1500"), pick("Attempt", "Success", "Failure", "Cancel"), pick("js-2.35.2", "js-2.35.2", "js-2.34.1", "android-vg-2.30"),
				pick(`"streamId":"s","subscriberId":"u"`, `"payload":{"reason":"AccessDenied"}`, strings.Join(ids[:len(ids)-1], ","), ids[0]))
			continue
		}
		fmt.Fprintf(&b, `{"time":"2026-11-%02dT%02d:%02d:%02d.%03dZ","level":"%s",%s}`+"\n", 23+i*2/records, r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(3),
			pick("info", "warn"), strings.Join(ids, ","))
	}
	return b.String()
}
