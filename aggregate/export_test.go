package aggregate

import (
	"fmt"
	"math/rand/v2"
)

// RandomTallies returns tallies with random records, and a tally with all of these records.
func RandomTallies(seed uint64) (parts []*Tally, whole *Tally) {
	r := rand.New(rand.NewPCG(seed, 41))
	records := clientRecords(r)
	whole = tallyOfRecords(records)
	return split(r, records), whole
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
