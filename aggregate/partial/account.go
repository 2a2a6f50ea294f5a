package partial

import (
	"fmt"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/coverage"
)

// account is what the metadata of a file counts, to compare with what the sources and the entries
// count.
type account struct {
	cells   coverage.Table               // by quarter-hour
	sources map[aggregate.SourceID]int64 // their classified records
	origins []aggregate.SourceID
	posts   int64 // events of attempts
	posting int64 // records that may be such events
}

// cover adds the records of a quarter-hour.
func (a *account) cover(c *aggregate.Coverage) error {
	a.cells.Add(c)
	if err := coverage.Check(a.cells.Len()); err != nil {
		return err
	}
	r := &a.cells.Of(c.Bucket).Records
	return checkCounts(r.Classified, r.Telemetry, r.Clean, r.Native)
}

// check returns an error if the sources do not add up to the quarter-hours, or if evidence is from
// a source that is not listed.
func (a *account) check(sources []*aggregate.Source) error {
	var read, covered aggregate.Records
	a.sources = make(map[aggregate.SourceID]int64, len(sources))
	for _, s := range sources {
		r := s.Account.Records
		r.Skipped = 0 // they have no time
		read.Add(r)
		a.sources[s.ID] += r.Classified
	}
	for _, c := range a.cells.Sorted() {
		covered.Add(c.Records)
	}
	if read != covered {
		return fmt.Errorf("the sources have %s, and the quarter-hours %s", describe(read), describe(covered))
	}
	if a.posting = read.Classified + read.Telemetry; a.posts > a.posting {
		return fmt.Errorf("%d events of attempts are more than the %d classified and telemetry records", a.posts, a.posting)
	}
	for _, id := range a.origins {
		if _, ok := a.sources[id]; !ok {
			return fmt.Errorf("the source %s of evidence is not in the list of sources", hex64(uint64(id)))
		}
	}
	return nil
}

func describe(r aggregate.Records) string {
	return fmt.Sprintf("%d classified, %d telemetry, %d clean and %d native records", r.Classified, r.Telemetry, r.Clean, r.Native)
}

// checkSource returns an error if the account of a source contradicts itself: every record that can
// be read has a byte, and every skipped record that is shown is counted.
func checkSource(s *aggregate.Source) error {
	a := &s.Account
	// A source that could not be unpacked is a skipped record, maybe without bytes.
	if n := a.Records.Total(); n-min(a.Records.Skipped, 1) > a.Bytes || a.Lines > a.Bytes {
		return fmt.Errorf("%d records in %d lines are more than %d bytes can have", n, a.Lines, a.Bytes)
	}
	skipped := a.Skipped
	for _, e := range s.Shown {
		if skipped[e.Reason]--; skipped[e.Reason] < 0 {
			return fmt.Errorf("%s records are shown that were not counted", e.Reason)
		}
		if e.Bytes > a.Bytes-e.Offset {
			return fmt.Errorf("a skipped record of %d bytes at byte %d ends after %d bytes", e.Bytes, e.Offset, a.Bytes)
		}
	}
	return nil
}

// A ledger adds up the entries of a stream, and compares the sums with an account: every record is
// seen in at most one entry, every classified record is in one piece of evidence, and every step is
// of an event of an attempt.
type ledger struct {
	*account
	seen       map[aggregate.Bucket]int64 // entries
	began      map[aggregate.Bucket]int64 // steps with a time
	dated      map[aggregate.Bucket]int64 // records of evidence, by the quarter-hour of the first
	bySource   map[aggregate.SourceID]int64
	classified int64
	withoutID  int64 // classified records
	steps      int64
	telemetry  int64 // entries with telemetry

	buckets []aggregate.Bucket // of the entry that is checked, sorted
}

func (a *account) ledger() *ledger {
	return &ledger{
		account: a, seen: map[aggregate.Bucket]int64{}, began: map[aggregate.Bucket]int64{},
		dated: map[aggregate.Bucket]int64{}, bySource: map[aggregate.SourceID]int64{},
	}
}

// add adds an entry and the number of its steps.
func (l *ledger) add(e *aggregate.Entry, steps int) error {
	if l.steps += int64(steps); l.steps > l.posts {
		return fmt.Errorf("the attempts have more events than the %d that were counted", l.posts)
	}
	for _, b := range e.Buckets {
		if l.seen[b]++; l.seen[b] > l.withID(b) {
			return fmt.Errorf("%s has more sessions than its %d records with an ID", when(b), l.withID(b))
		}
	}
	if e.Telemetry {
		if l.telemetry++; l.telemetry > l.posting {
			return fmt.Errorf("more sessions have telemetry than the %d classified and telemetry records", l.posting)
		}
	}
	for _, s := range e.Steps {
		b := aggregate.BucketOf(s.Nanos())
		if b == aggregate.NoBucket {
			continue
		}
		if l.began[b]++; l.began[b] > l.postingIn(b) {
			return fmt.Errorf("%s has more events of attempts than its %d classified and telemetry records", when(b), l.postingIn(b))
		}
	}
	for i := range e.Evidence {
		x := &e.Evidence[i]
		n := int64(x.Records)
		l.classified += n
		if e.ID.IsZero() {
			l.withoutID += n
		}
		from := l.origins[x.Origin]
		if l.bySource[from] += n; l.bySource[from] > l.sources[from] {
			return fmt.Errorf("the source %s has evidence of more than its %d classified records", hex64(uint64(from)), l.sources[from])
		}
		if x.Axis() != aggregate.Dated {
			continue
		}
		// The records of evidence are so close that they are in two quarter-hours at most.
		b := aggregate.BucketOf(x.First)
		if l.dated[b] += n; l.dated[b] > l.classifiedIn(b)+l.classifiedIn(b+1) {
			return fmt.Errorf("%s has evidence of more than its %d classified records", when(b), l.classifiedIn(b))
		}
	}
	return nil
}

// end returns an error if the entries do not have all classified records.
func (l *ledger) end() error {
	var all, some int64
	for _, c := range l.cells.Sorted() {
		all += c.Records.Classified
		some += c.WithoutID.Classified
	}
	switch {
	case l.classified != all:
		return fmt.Errorf("there is evidence of %d records, but %d are classified", l.classified, all)
	case l.withoutID != some:
		return fmt.Errorf("there is evidence of %d records without an ID, but %d are classified", l.withoutID, some)
	}
	return nil
}

// withID returns the number of records with an ID in a quarter-hour.
func (l *ledger) withID(b aggregate.Bucket) int64 {
	c := l.cells.Of(b)
	if c == nil {
		return 0
	}
	return c.Records.Total() - c.WithoutID.Total()
}

func (l *ledger) classifiedIn(b aggregate.Bucket) int64 {
	if c := l.cells.Of(b); c != nil {
		return c.Records.Classified
	}
	return 0
}

func (l *ledger) postingIn(b aggregate.Bucket) int64 {
	if c := l.cells.Of(b); c != nil {
		return c.Records.Classified + c.Records.Telemetry
	}
	return 0
}

// when names a quarter-hour in an error.
func when(b aggregate.Bucket) string {
	if b == aggregate.NoBucket {
		return "the time without a date"
	}
	return "the quarter-hour at " + b.Start().Format(time.RFC3339)
}
