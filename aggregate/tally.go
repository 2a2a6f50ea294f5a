package aggregate

import (
	"maps"
	"slices"

	"github.com/otlog/otlog/aggregate/spill"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Tally counts classified records by time, session, method and error, and
// knows which sessions were seen when.
//
// A Tally is a sum: it is read as parts, and parts of any number of tallies are
// settled together (Settle). So records may be split among workers, files or machines
// in any way and still add up to the same Counts. Time is kept in buckets of a quarter
// of an hour; windows and zones are drawn in report.
//
// It holds 60 to 90 bytes per session or surrogate ID, 8 per session and bucket, 72 per
// record that shows an error (or per 67 ms and mark, where there are more: see
// Evidence), and 24 per telemetry event of an attempt. It is not safe for
// concurrent use: every worker has its own.
type Tally struct {
	sessions  sessions
	presences spill.Set[presence]
	coverage  map[Bucket]Coverage
	current   Coverage // of the last record's bucket, not yet among the others

	origins   Origins
	errors    names
	methods   names
	labels    names // of SDK versions, browsers and systems
	agents    map[string]Labels
	evidences evidences

	steps spill.Set[step]
	posts int64  // steps that were added, repeats included
	key   []byte // scratch

	spilled []*Part // what did not fit into memory
}

// start makes the zero Tally ready.
func (t *Tally) start() {
	if t.errors.known == 0 {
		t.errors, t.methods, t.labels = errorNames(), methodNames(), labelNames()
	}
}

// Enter says that the records to come stand in that source.
func (t *Tally) Enter(source SourceID) { t.origins.enter(&piece{source: &source}) }

// Add counts one record. v says what it is evidence of; a record that is none
// still shows that its session was there. number says which record
// of its source it is, from 0.
func (t *Tally) Add(e *parse.Event, v *classify.Verdict, number int64) {
	bucket := BucketOf(e.Time)
	// Frequent case first: neighbouring records share a bucket.
	if bucket != t.current.Bucket || t.current.Records == 0 {
		t.cover()
		t.current = Coverage{Bucket: bucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	}
	t.current.add(Coverage{Records: 1, First: e.Time, Last: e.Time})
	session, client := t.sessionOf(e, bucket)
	if e.Telemetry != nil {
		t.start()
		t.step(e, session, client)
		if client != 0 {
			t.learn(client, e.Telemetry)
		}
	}
	if !v.Failure {
		return
	}
	t.start()
	x := kept{session: session, Evidence: newEvidence(e, v, t.sessions.id(client), number)}
	if len(v.Name) > 0 {
		x.Error = t.errors.add(v.Name)
	}
	if len(v.MethodName) > 0 {
		x.Method = t.methods.add(v.MethodName)
	}
	x.Origin = t.origins.here()
	t.evidences.add(&x)
}

// sessionOf notes the session of a record in a bucket and returns its number plus
// one, or that of what stands for it; zero if there is nothing but the source.
// client is the number plus one of the client, zero if there is none.
func (t *Tally) sessionOf(e *parse.Event, bucket Bucket) (session, client uint32) {
	session = t.see(FromSession, e.Session, bucket)
	if len(e.Client) == 0 && len(e.ConnectionID) == 0 {
		return session, 0
	}
	connection, client := t.surrogate(FromConnection, e.ConnectionID), t.surrogate(FromClient, e.Client)
	if connection != 0 && client != 0 {
		t.sessions.bindClient(connection, client)
	}
	if session == 0 {
		if connection != 0 {
			return t.see(FromConnection, e.ConnectionID, bucket), client
		}
		return t.see(FromClient, e.Client, bucket), client
	}
	for _, s := range [2]uint32{connection, client} {
		if s != 0 {
			t.sessions.bind(s, session)
		}
	}
	return session, client
}

// cover puts the current bucket among the others.
func (t *Tally) cover() {
	if t.current.Records == 0 {
		return
	}
	if t.coverage == nil {
		t.coverage = make(map[Bucket]Coverage)
	}
	addCoverage(t.coverage, t.current)
	t.current.Records = 0
}

// surrogate returns the number plus one of a surrogate ID, zero if id is empty.
func (t *Tally) surrogate(from SessionFrom, id []byte) uint32 {
	if len(id) == 0 {
		return 0
	}
	return t.sessions.slot(from, sessionHash(from, id)).number
}

// see notes a session in a bucket and returns its number plus one, zero if id is
// empty.
func (t *Tally) see(from SessionFrom, id []byte, bucket Bucket) uint32 {
	if len(id) == 0 {
		return 0
	}
	before := len(t.sessions.ids)
	slot := t.sessions.slot(from, sessionHash(from, id))
	if from == FromSession && len(t.sessions.ids) > before {
		t.start()
		if t.key = parse.SessionKey(t.key[:0], id); len(t.key) > 0 {
			t.sessions.known[before].key = t.labels.add(t.key)
		}
	}
	// Frequent case first: neighbouring records of a session share a bucket.
	if slot.bucket != bucket {
		slot.bucket = bucket
		t.presences.Add(newPresence(slot.number, bucket))
	}
	return slot.number
}

// A Coverage says which records of any readable kind stand in a bucket.
type Coverage struct {
	Bucket      Bucket // NoBucket: records without a time
	Records     int64
	First, Last int64 // Unix nanoseconds, NoTime in NoBucket
}

func (c *Coverage) add(other Coverage) {
	c.Records += other.Records
	c.First = earlier(c.First, other.First)
	c.Last = max(c.Last, other.Last)
}

// addCoverage adds the coverage of a bucket to that of others.
func addCoverage(to map[Bucket]Coverage, c Coverage) {
	sum, ok := to[c.Bucket]
	if !ok {
		sum = Coverage{Bucket: c.Bucket, First: timestamp.NoTime, Last: timestamp.NoTime}
	}
	sum.add(c)
	to[c.Bucket] = sum
}

// sortedCoverage returns every bucket that holds records, in order.
func sortedCoverage(of map[Bucket]Coverage) []Coverage {
	out := make([]Coverage, 0, len(of))
	for _, bucket := range slices.Sorted(maps.Keys(of)) {
		out = append(out, of[bucket])
	}
	return out
}

// earlier returns the lesser of two instants, either of which may be NoTime.
func earlier(a, b int64) int64 {
	if a == timestamp.NoTime || b != timestamp.NoTime && b < a {
		return b
	}
	return a
}
