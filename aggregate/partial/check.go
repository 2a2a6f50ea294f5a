package partial

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/texts"
)

// earliest precedes the first instant that parse yields. It is late enough that no
// difference of two instants overflows.
const earliest = -86e17

// checkEntry returns an error if no log can lead to the entry, so that everything counted of it
// is in range.
func (l *ledger) checkEntry(e *aggregate.Entry) error {
	if e.From == aggregate.FromSource && len(e.Buckets) > 0 {
		return errors.New("records without an ID have quarter-hours")
	}
	if e.Telemetry && len(e.Buckets) == 0 {
		return errors.New("telemetry has no quarter-hour")
	}
	for _, b := range e.Buckets {
		if err := l.checkBucket(b); err != nil {
			return err
		}
	}
	if err := checkExtent(e.Extent, e.Buckets); err != nil {
		return err
	}
	l.buckets = append(l.buckets[:0], e.Buckets...)
	slices.Sort(l.buckets) // linear if they are sorted, as those of most entries
	for i := range e.Evidence {
		x := &e.Evidence[i]
		if err := checkEvidence(x); err != nil {
			return err
		}
		bucket := aggregate.NoBucket
		if x.Axis() == aggregate.Dated {
			bucket = aggregate.BucketOf(x.First)
		}
		if err := l.checkSeen(e, bucket, "evidence"); err != nil {
			return err
		}
	}
	for _, s := range e.Steps {
		if s.Millis() == 0 { // also before 1970
			continue
		}
		if err := l.checkSeen(e, aggregate.BucketOf(s.Nanos()), "attempts"); err != nil {
			return err
		}
	}
	if len(e.Steps) > 0 && !e.Telemetry && !e.ID.IsZero() {
		return errors.New("attempts without telemetry")
	}
	return nil
}

// checkSeen checks that a bucket has records, and that the entry, if it has an ID, was seen in it: l.buckets
// are those of the entry.
func (l *ledger) checkSeen(e *aggregate.Entry, b aggregate.Bucket, what string) error {
	if err := l.checkBucket(b); err != nil {
		return err
	}
	if _, seen := slices.BinarySearch(l.buckets, b); !seen && !e.ID.IsZero() {
		return fmt.Errorf("%s has %s of a session that was not seen then", when(b), what)
	}
	return nil
}

// isIDOf reports whether the text of an entry is the ID of its session.
func isIDOf(e *aggregate.Entry) bool {
	id := []byte(e.Text)
	return e.From == aggregate.FromSession && texts.Fits(id) && aggregate.NewSessionID(id) == e.ID
}

// checkTenancy returns an error if no source can lead to the tenancy.
func (a *account) checkTenancy(t *aggregate.Tenancy) error {
	for _, b := range t.Buckets {
		if err := a.checkBucket(b); err != nil {
			return err
		}
	}
	return checkExtent(t.Extent, t.Buckets)
}

// checkExtent checks that an extent begins in the first of the quarter-hours in which its records
// are, and ends in the last.
func checkExtent(x aggregate.Extent, buckets []aggregate.Bucket) error {
	var first, last aggregate.Bucket
	seen := false
	for _, b := range buckets {
		if b == aggregate.NoBucket {
			continue
		}
		if !seen {
			first, last, seen = b, b, true
		}
		first, last = min(first, b), max(last, b)
	}
	const second = int64(time.Second)
	from, to, ok := x.Times()
	latest := aggregate.BucketOf((math.MaxUint32 - 1) * second)
	inside := func(b aggregate.Bucket) aggregate.Bucket { return min(max(b, 0), latest) }
	if ok != seen || ok && (aggregate.BucketOf(from*second) != inside(first) || aggregate.BucketOf(to*second) != inside(last)) {
		return errors.New("records begin and end in other quarter-hours than they are in")
	}
	return nil
}

// checkBucket checks that a bucket has records.
func (a *account) checkBucket(b aggregate.Bucket) error {
	if b != aggregate.NoBucket && a.cells.Of(b) == nil {
		return fmt.Errorf("the quarter-hour at %s has sessions, evidence or attempts, but no records", b.Start().Format(time.RFC3339))
	}
	return nil
}

// checkEvidence checks that evidence is of records that are close together.
func checkEvidence(e *aggregate.Evidence) error {
	var ok bool
	switch e.Axis() {
	case aggregate.Dated:
		ok = e.First > earliest && e.InOneTick()
	case aggregate.Clock:
		ok = e.First >= 0 && e.First < int64(48*time.Hour) && e.InOneTick()
	case aggregate.Placed:
		ok = e.First >= 0 && e.First < aggregate.LongestSource
	}
	switch {
	case !ok:
		return fmt.Errorf("the range of evidence is invalid: from %d to %d later, by %s", e.First, e.Span, e.Axis())
	case e.PlaceSpan > math.MaxUint32-e.Place:
		return fmt.Errorf("the range of evidence is invalid: from record %d to %d later", e.Place, e.PlaceSpan)
	case e.Records == 0:
		return errors.New("evidence has no record")
	}
	return nil
}
