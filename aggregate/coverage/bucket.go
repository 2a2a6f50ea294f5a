package coverage

import (
	"math"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Bucket is a quarter-hour in UTC, numbered from 1970. The offset of every time zone in
// use is a whole number of buckets, so every window of every zone is a union of buckets.
type Bucket int32

// None is the bucket of records without a time.
const None Bucket = math.MinInt32

// Length is the length of a bucket.
const Length = 15 * time.Minute

// Of returns the bucket of an instant in Unix nanoseconds.
func Of(nanos int64) Bucket {
	if nanos == timestamp.NoTime {
		return None
	}
	n := nanos / int64(Length)
	if nanos%int64(Length) < 0 {
		n--
	}
	return Bucket(n)
}

// Start returns the bucket's first instant, in UTC.
func (c Bucket) Start() time.Time {
	return time.Unix(int64(c)*int64(Length/time.Second), 0).UTC()
}
