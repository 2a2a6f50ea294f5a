// Package extent holds the time from the first record of a session to the last.
package extent

import (
	"fmt"
	"math"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// An Extent is the time from the first record of a session to the last, in whole seconds. The
// zero Extent is of records without a time.
type Extent struct {
	First uint32 // Unix seconds; times before 1970 count as 1970, times after 2106 as 2106
	End   uint32 // one more than the second of the last record; 0: no record has a time
}

// Of returns the extent of one record at a time in Unix nanoseconds.
func Of(nanos int64) Extent {
	if nanos == timestamp.NoTime {
		return Extent{}
	}
	second := uint32(min(max(nanos/int64(time.Second), 0), math.MaxUint32-1))
	return Extent{second, second + 1}
}

// New returns the extent from a first to a last second, both Unix times.
func New(first, last int64) (Extent, error) {
	if first < 0 || last < first || last >= math.MaxUint32 {
		return Extent{}, fmt.Errorf("the records of a session range from %d to %d s", first, last)
	}
	return Extent{uint32(first), uint32(last) + 1}, nil
}

// Times returns the first and the last second, both Unix times. ok is false if no record has a
// time.
func (x Extent) Times() (first, last int64, ok bool) {
	if !x.Known() {
		return 0, 0, false
	}
	return int64(x.First), int64(x.End) - 1, true
}

// Known reports whether a record has a time.
func (x Extent) Known() bool { return x.End != 0 }

// Add adds the extent of other records of the session.
func (x *Extent) Add(other Extent) {
	switch {
	case !other.Known():
	case !x.Known():
		*x = other
	default:
		x.First, x.End = min(x.First, other.First), max(x.End, other.End)
	}
}
