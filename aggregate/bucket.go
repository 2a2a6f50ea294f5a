package aggregate

import (
	"math"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Bucket is a quarter-hour in UTC, numbered from 1970. The offset of every time zone in
// use is a whole number of buckets, so every window of every zone is a union of buckets.
type Bucket int32

// NoBucket is the bucket of records without a time.
const NoBucket Bucket = math.MinInt32

const bucketLength = 15 * time.Minute

// BucketOf returns the bucket of an instant in Unix nanoseconds.
func BucketOf(nanos int64) Bucket {
	if nanos == timestamp.NoTime {
		return NoBucket
	}
	n := nanos / int64(bucketLength)
	if nanos%int64(bucketLength) < 0 {
		n--
	}
	return Bucket(n)
}

// Start returns the bucket's first instant, in UTC.
func (c Bucket) Start() time.Time {
	return time.Unix(int64(c)*int64(bucketLength/time.Second), 0).UTC()
}
