package aggregate

import (
	"fmt"
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

// A Window divides time on the calendar of a zone. The zero Window is the whole input.
type Window struct {
	unit  unit
	count int
}

type unit uint8

const (
	whole unit = iota
	minutes
	hours
	days
	weeks
	months
)

// The windows that divide time into days, ISO weeks and months.
var (
	Day   = Window{days, 1}
	Week  = Window{weeks, 1}
	Month = Window{months, 1}
)

// Windows lists the windows that ParseWindow parses, shortest first.
var Windows = []string{"15m", "1h", "1d", "1w", "1mo"}

// ParseWindow parses a window: 15m, 1h, 1d, 1w (ISO week), 1mo, or "all" for the whole
// input.
func ParseWindow(s string) (Window, error) {
	switch s {
	case "all", "":
		return Window{}, nil
	case "15m":
		return Window{minutes, 15}, nil
	case "1h":
		return Window{hours, 1}, nil
	case "1d":
		return Day, nil
	case "1w":
		return Week, nil
	case "1mo":
		return Month, nil
	}
	return Window{}, fmt.Errorf("%q is not a window: expected one of 15m, 1h, 1d, 1w, 1mo, all", s)
}

// String returns the window in the form that ParseWindow parses.
func (w Window) String() string {
	if w.unit == whole {
		return "all"
	}
	return fmt.Sprintf("%d%s", w.count, [...]string{"", "m", "h", "d", "w", "mo"}[w.unit])
}

// All reports whether the window is the whole input.
func (w Window) All() bool { return w.unit == whole }

// Start returns the first instant of the window that contains t, in the zone of t. On a day
// without a midnight, that is the first instant of the day.
func (w Window) Start(t time.Time) time.Time {
	year, month, day := t.Date()
	switch w.unit {
	case minutes, hours:
		// Computed from the clock's hour, not from the date: in an hour that the clock
		// repeats, a date is ambiguous.
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		if w.unit == minutes {
			past %= time.Duration(w.count) * time.Minute
		}
		return t.Add(-past)
	case days:
		return dayStart(year, month, day, t.Location())
	case weeks:
		return dayStart(year, month, day-(int(t.Weekday())+6)%7, t.Location())
	case months:
		return dayStart(year, month, 1, t.Location())
	}
	return time.Time{}
}

// End returns the first instant after the window that starts at start.
func (w Window) End(start time.Time) time.Time {
	year, month, day := start.Date()
	switch w.unit {
	case minutes:
		return start.Add(time.Duration(w.count) * time.Minute)
	case hours:
		return start.Add(time.Duration(w.count) * time.Hour)
	case days:
		return dayStart(year, month, day+1, start.Location())
	case weeks:
		return dayStart(year, month, day+7, start.Location())
	case months:
		return dayStart(year, month+1, 1, start.Location())
	}
	return time.Time{}
}

// dayStart returns the first instant of a day. If clocks are put forward at midnight,
// time.Date returns an instant of the day before, or one hour too late.
func dayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	want := time.Date(year, month, day, 12, 0, 0, 0, zone).Day()
	for t.Day() != want {
		t = t.Add(bucketLength)
	}
	for before := t.Add(-bucketLength); before.Day() == want; before = t.Add(-bucketLength) {
		t = before
	}
	return t
}
