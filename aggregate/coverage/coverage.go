// Package coverage counts records by the quarter-hour of their time.
package coverage

import (
	"cmp"
	"errors"
	"slices"

	"github.com/otlog/otlog/aggregate/account"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Coverage counts the readable records in a bucket.
type Coverage struct {
	Bucket      Bucket          // None: records without a time
	Records     account.Records // all of them
	WithoutID   account.Records // part of Records: without any ID of a session, connection or client
	First, Last int64           // Unix nanoseconds, NoTime in None
}

// Add adds records of the same bucket.
func (c *Coverage) Add(other *Coverage) {
	c.Records.Add(other.Records)
	c.WithoutID.Add(other.WithoutID)
	c.First = Earlier(c.First, other.First)
	c.Last = max(c.Last, other.Last)
}

func byBucket(a, b Coverage) int { return cmp.Compare(a.Bucket, b.Bucket) }

// Most is the maximum number of buckets of an input: 14 years without a gap. Times that are
// misread or made up can be in 19.7 million, from 1700 to 2262.
const Most = 500_000

// Check returns an error if a sum has too many buckets.
func Check(buckets int) error {
	if buckets <= Most {
		return nil
	}
	return errTooMany
}

var errTooMany = errors.New("the records are in more than 500,000 different quarter-hours, 14 years without a gap: maybe a number is read as their time\n" +
	"hint: otlog formats FILE shows which field has the time, and --time-field names it; read the logs of many years in several runs")

// A Table adds up coverage. The zero Table is empty.
type Table struct {
	list []Coverage
	at   map[Bucket]int32 // where each bucket is in the list
}

// Len returns the number of buckets.
func (t *Table) Len() int { return len(t.list) }

// Add adds the records of a bucket.
func (t *Table) Add(c *Coverage) {
	if t.at == nil {
		t.at = make(map[Bucket]int32)
	}
	if at, ok := t.at[c.Bucket]; ok {
		t.list[at].Add(c)
	} else {
		t.at[c.Bucket] = int32(len(t.list))
		t.list = append(t.list, *c)
	}
}

// Of returns the coverage of a bucket, nil if it has no records. It is valid until the next Add.
func (t *Table) Of(b Bucket) *Coverage {
	if at, ok := t.at[b]; ok {
		return &t.list[at]
	}
	return nil
}

// Sorted returns the coverage of all buckets, sorted. It is valid until the next Add.
func (t *Table) Sorted() []Coverage {
	if !slices.IsSortedFunc(t.list, byBucket) {
		slices.SortFunc(t.list, byBucket)
		for i := range t.list {
			t.at[t.list[i].Bucket] = int32(i)
		}
	}
	return t.list
}

// Sum returns the sum of lists, sorted. It ends after more than Most buckets.
func Sum(lists [][]Coverage) []Coverage {
	rest, most := make([][]Coverage, len(lists)), 0
	for i, list := range lists {
		most = max(most, len(list))
		if rest[i] = list; !slices.IsSortedFunc(list, byBucket) { // of a file that otlog did not write
			rest[i] = slices.SortedFunc(slices.Values(list), byBucket)
		}
	}
	out := make([]Coverage, 0, most)
	for len(out) <= Most {
		rest = slices.DeleteFunc(rest, func(c []Coverage) bool { return len(c) == 0 })
		if len(rest) == 0 {
			break
		}
		next := slices.MinFunc(rest, func(a, b []Coverage) int { return byBucket(a[0], b[0]) })[0]
		sum := Coverage{Bucket: next.Bucket, First: timestamp.NoTime, Last: timestamp.NoTime}
		for i := range rest {
			for len(rest[i]) > 0 && rest[i][0].Bucket == sum.Bucket {
				sum.Add(&rest[i][0])
				rest[i] = rest[i][1:]
			}
		}
		out = append(out, sum)
	}
	return out
}

// Plausible moves the coverage of wrong clocks to that of records without a time, and returns
// the number of these records. Clocks are those of clients: records without an ID stay where
// they are. It changes the list. contains reports whether a bucket is in the range of the input.
func Plausible(list []Coverage, contains func(Bucket) bool) (out []Coverage, wrong int64) {
	none := Coverage{Bucket: None, First: timestamp.NoTime, Last: timestamp.NoTime}
	out = list[:0]
	for _, c := range list {
		if c.Bucket == None {
			none.Add(&c)
			continue
		}
		if !contains(c.Bucket) {
			of := c.Records.Minus(c.WithoutID)
			none.Records.Add(of)
			wrong += of.Total()
			c.Records = c.WithoutID
		}
		if c.Records != (account.Records{}) {
			out = append(out, c)
		}
	}
	if none.Records != (account.Records{}) {
		out = slices.Insert(out, 0, none)
	}
	return out, wrong
}

// Earlier returns the earlier of two instants, either of which may be timestamp.NoTime.
func Earlier(a, b int64) int64 {
	if a == timestamp.NoTime || b != timestamp.NoTime && b < a {
		return b
	}
	return a
}
