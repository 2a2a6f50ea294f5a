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
		first, second := peopleLog(r, 4000, 2000), peopleLog(r, 3000, 30)
		count := func(sees bool) []string {
			tally := &Tally{}
			w := &worker{take: tally.Add}
			if sees {
				w.see, w.decoder.Sightings = tally.See, &w.seen
			}
			var out []string
			for i, log := range []string{first, second} {
				tally.Enter(SourceID(i + 1))
				for rest := log; rest != ""; {
					n := strings.IndexByte(rest[min(len(rest), 32<<10)-1:], '\n') + min(len(rest), 32<<10)
					w.block(&parse.Block{Data: []byte(rest[:n])})
					rest = rest[n:]
				}
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
