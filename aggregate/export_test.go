package aggregate

import (
	"fmt"
	"math/rand/v2"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse/digest"
)

// RandomTallies returns tallies with random records, and a tally with all of these records.
func RandomTallies(seed uint64) (parts []*Tally, whole *Tally) {
	r := rand.New(rand.NewPCG(seed, 41))
	records := clientRecords(r)
	whole = tallyOfRecords(records)
	return split(r, records), whole
}

// RandomTalliesOfNames returns tallies, and their sum, of records with more names than the limit of
// names of each kind.
func RandomTalliesOfNames(seed uint64, limit int) (parts []*Tally, whole *Tally) {
	r := rand.New(rand.NewPCG(seed, 43))
	records := clientRecords(r)
	for _, x := range records {
		if x.verdict.Failure && r.IntN(2) == 0 {
			x.verdict.Error, x.verdict.Name = 0, fmt.Append(nil, "OT_OF_DAY_", r.IntN(4*limit))
			x.verdict.MethodName, x.verdict.Method, x.verdict.MethodFrom = fmt.Append(nil, "Session.dance", r.IntN(4*limit)), 0, classify.MethodSpelled
		}
		if x.event.Telemetry != nil {
			x.event.Telemetry.SDK = fmt.Append(nil, "2.", r.IntN(4*limit))
		}
	}
	tally := func(records []*refRecord) *Tally {
		t := &Tally{limit: limit}
		for _, x := range records {
			t.Enter(sourceID(x.source, digest.Identity{}))
			t.Add(&x.event, &x.verdict, x.place)
			if r.IntN(30) == 0 {
				t.start()
				t.renumber()
			}
		}
		return t
	}
	whole, parts = tally(records), []*Tally{{}}
	r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	for len(records) > 0 {
		n := 1 + r.IntN(len(records))
		parts, records = append(parts, tally(records[:n])), records[n:]
	}
	return parts, whole
}

// Everything returns all counts as text.
func Everything(c *Counts) []string {
	out := rowsIn(c)
	label := func(n Name) string { return c.Names.Labels[n] }
	for _, s := range sessionsIn(c, Filter{}) {
		out = append(out, fmt.Sprintf("session %x %s %q key %q telemetry %t buckets %v", s.ID, s.From, s.Text, label(s.APIKey), s.Telemetry, s.Buckets))
		for _, c := range s.Clients {
			out = append(out, fmt.Sprintf("client %q %q %q", label(c.SDK), label(c.Browser), label(c.OS)))
		}
		for _, a := range s.Attempts {
			out = append(out, fmt.Sprintf("%d, %d never ended, %s %s in %d, inferred %v, by %q %q %q", a.Attempts, a.NeverEnded, a.Method.Name(), a.Outcome, a.Bucket, a.Inferred, label(a.SDK), label(a.Browser), label(a.OS)))
		}
		for _, r := range s.Rows {
			out = append(out, fmt.Sprintf("row by %q %q %q", label(r.SDK), label(r.Browser), label(r.OS)))
		}
	}
	return append(out, fmt.Sprint(c.Coverage), fmt.Sprint(c.Range, c.WrongClock), fmt.Sprint(c.Duplicates), fmt.Sprint(c.Seen.Texts(0xf, c.Names.Labels)))
}
