package story

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/otlog/otlog/parse/timestamp"
)

// order sorts the records by time. A record without a date keeps its place after the record before it
// in its source, or before the first one that has a date; the records of a source without any date come
// last. If no record has a date, times of day count.
func (b *builder) order() {
	slices.SortStableFunc(b.records, func(x, y *record) int {
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.number, y.number))
	})
	dated := slices.ContainsFunc(b.records, (*record).dated)
	for from := 0; from < len(b.records); {
		to := from + 1
		for to < len(b.records) && b.records[to].source == b.records[from].source {
			to++
		}
		of := b.records[from:to]
		if dated {
			alignClock(of)
		} else if useClock(of) {
			b.clockOnly = true
		}
		place(of)
		from = to
	}
	slices.SortStableFunc(b.records, func(x, y *record) int { return cmp.Compare(x.at, y.at) })
}

// place sets where the records of a source are in the timeline.
func place(records []*record) {
	const undated = math.MaxInt64
	next := int64(undated)
	for _, r := range slices.Backward(records) {
		if r.dated() {
			next = r.time
		}
		r.at = next
	}
	before := int64(undated)
	for _, r := range records {
		if r.dated() {
			before = r.time
		} else if before != undated {
			r.at = before
		}
	}
}

const day = int64(24 * time.Hour)

// useClock gives the records of a source the time of their day, on a day that begins at 0. A time that is
// more than half a day before the one before it is of the next day. It reports whether there are any.
func useClock(records []*record) bool {
	days, before, any := int64(0), int64(0), false
	for _, r := range records {
		if r.ofDay == timestamp.NoTime {
			continue
		}
		any = true
		if r.ofDay < before-day/2 {
			days++
		}
		before = r.ofDay
		r.time = days*day + r.ofDay
	}
	return any
}

// alignClock gives dates to the records of a source that have a time of day only, if a record beside one
// of them has a date: a console with times shows telemetry, too. Its zone may be another one, by whole
// quarters of an hour.
func alignClock(records []*record) {
	const quarter, most = int64(15 * time.Minute), int64(besideTime)
	shift, known := int64(0), false
	for i := 1; i < len(records) && !known; i++ {
		x, y := records[i-1], records[i]
		if x.dated() {
			x, y = y, x
		}
		if x.dated() || x.ofDay == timestamp.NoTime || !y.dated() {
			continue
		}
		shift = nearest(y.time-x.ofDay, quarter)
		rest := y.time - x.ofDay - shift
		known = -most <= rest && rest <= most
	}
	if !known {
		return
	}
	before := int64(timestamp.NoTime)
	for _, r := range records {
		if r.dated() {
			before = r.time
			continue
		}
		if r.ofDay == timestamp.NoTime {
			continue
		}
		r.time = r.ofDay + shift
		if before != timestamp.NoTime {
			r.time += nearest(before-r.time, day)
		}
		before = r.time
	}
}

// nearest returns the multiple of a unit that is nearest to n.
func nearest(n, unit int64) int64 {
	rest := n % unit
	if rest < 0 {
		rest += unit
	}
	if n -= rest; rest > unit/2 {
		n += unit
	}
	return n
}
