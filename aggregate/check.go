package aggregate

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// longestSource is how many records a source may have: distances between them are told in
// nanoseconds, by perRecord.
const longestSource = math.MaxInt64 / perRecord

// earliest is before the first instant that parse yields: so distances in time do not
// come round to small ones.
const earliest = -86e17

// Check returns an error if an entry tells what no log does: so what is counted of it is
// within its bounds. covered has all buckets that hold records.
func (e *Entry) Check(covered map[Bucket]bool) error {
	if e.From == FromSource && len(e.Buckets) > 0 {
		return errors.New("what bears no ID was seen")
	}
	for _, c := range e.Buckets {
		if err := c.check(covered); err != nil {
			return err
		}
	}
	for i := range e.Evidence {
		x := &e.Evidence[i]
		if err := x.check(); err != nil {
			return err
		}
		if x.Axis() == dated {
			if err := BucketOf(x.First).check(covered); err != nil {
				return err
			}
		}
	}
	for _, s := range e.Steps {
		if err := BucketOf(s.nanos()).check(covered); err != nil {
			return err
		}
	}
	return nil
}

// check holds that a bucket has records; whatever has none bears no time.
func (c Bucket) check(covered map[Bucket]bool) error {
	if c != NoBucket && !covered[c] {
		return fmt.Errorf("something happened in the quarter of an hour at %s, which holds no record", c.Start().Format(time.RFC3339))
	}
	return nil
}

// check holds that evidence is of records of one mark that stand close together.
func (e *Evidence) check() error {
	var ok bool
	switch e.Axis() {
	case dated:
		ok = e.First > earliest && e.inOneTick()
	case clock:
		ok = e.First >= 0 && e.First < int64(48*time.Hour) && e.inOneTick()
	case placed:
		ok = e.First >= 0 && e.First < longestSource
	}
	switch {
	case !ok:
		return fmt.Errorf("records of one kind go from %d to %d later, by %s", e.First, e.Span, e.Axis())
	case e.PlaceSpan > math.MaxUint32-e.Place:
		return fmt.Errorf("records of one kind go from record %d to %d later", e.Place, e.PlaceSpan)
	case e.Records == 0:
		return errors.New("evidence has no record")
	}
	return nil
}

// inOneTick reports whether all records stand in one tick.
func (e *Evidence) inOneTick() bool {
	return e.First>>tickBits == (e.First+int64(e.Span))>>tickBits
}
