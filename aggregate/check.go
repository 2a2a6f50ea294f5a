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
// within its bounds. covered has all cells that hold records.
func (e *Entry) Check(covered map[Cell]bool) error {
	if e.From == FromSource && len(e.Cells) > 0 {
		return errors.New("what bears no ID was seen")
	}
	for _, c := range e.Cells {
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
			if err := CellOf(x.First).check(covered); err != nil {
				return err
			}
		}
	}
	for _, s := range e.Steps {
		if err := CellOf(s.nanos()).check(covered); err != nil {
			return err
		}
	}
	return nil
}

// check holds that a cell has records; whatever has none bears no time.
func (c Cell) check(covered map[Cell]bool) error {
	if c != NoCell && !covered[c] {
		return fmt.Errorf("something happened in the quarter of an hour at %s, which holds no record", c.Start().Format(time.RFC3339))
	}
	return nil
}

// check holds that evidence is of records of one mark that stand close together.
func (e *Evidence) check() error {
	var ok bool
	switch e.Axis() {
	case dated:
		ok = e.First > earliest && e.bucketed()
	case clock:
		ok = e.First >= 0 && e.First < int64(48*time.Hour) && e.bucketed()
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

// bucketed reports whether all records stand in one bucket.
func (e *Evidence) bucketed() bool {
	return e.First>>bucketBits == (e.First+int64(e.Span))>>bucketBits
}
