package report

import (
	"time"

	"github.com/otlog/otlog/aggregate"
)

// Hours tell how much of a window's time holds records.
type Hours struct {
	All    int // that the window has
	Silent int // of these, those without any record

	// The longest time without any record, in whole hours; zero if there is none.
	GapStart, GapEnd time.Time
}

// hours counts the hours of each window. What is behind the last record is no gap
// unless the window is known to be complete.
func (f *fold) hours(r *Report, in *input) {
	windows := f.out.Windows
	meters := make([]hourMeter, len(windows))
	for i := range windows {
		meters[i] = hourMeter{hours: &windows[i].Hours, from: f.firstHour(r, &windows[i])}
	}
	for _, c := range in.coverage {
		if c.Bucket != aggregate.NoBucket && in.filter.Covers(c.Bucket) {
			meters[f.windowOfBucket(r, c.Bucket)].see(c.Bucket.Start())
		}
	}
	for i, w := range windows {
		if w.Complete && !w.End.IsZero() {
			meters[i].end(w.End)
		}
	}
}

// firstHour is where hours are counted from: the bounds of time leave out a part of
// a window, and what is before the first record is no gap in the whole input.
func (f *fold) firstHour(r *Report, w *Window) time.Time {
	if w.Start.IsZero() {
		return f.out.Totals.First.Truncate(time.Hour)
	}
	if since, _ := r.counted(); since.After(w.Start) {
		return since
	}
	return w.Start
}

// An hourMeter counts hours from an instant on. They are told by their number.
type hourMeter struct {
	hours   *Hours
	from    time.Time
	longest int // gap
}

// see notes a record. Records come in order.
func (m *hourMeter) see(t time.Time) {
	hour := int((t.Unix() - m.from.Unix()) / 3600)
	if hour >= m.hours.All {
		m.silent(hour)
		m.hours.All++
	}
}

// end notes that the time ends at t.
func (m *hourMeter) end(t time.Time) { m.silent(int((t.Unix() - m.from.Unix() + 3599) / 3600)) }

// silent notes that there is no record up to an hour.
func (m *hourMeter) silent(hour int) {
	n := hour - m.hours.All
	if n <= 0 {
		return
	}
	if n > m.longest {
		m.longest = n
		m.hours.GapStart, m.hours.GapEnd = m.start(m.hours.All), m.start(hour)
	}
	m.hours.Silent += n
	m.hours.All = hour
}

// start is the first instant of an hour.
func (m *hourMeter) start(hour int) time.Time {
	return time.Unix(m.from.Unix()+int64(hour)*3600, 0).In(m.from.Location())
}
