package report

import (
	"time"

	"github.com/otlog/otlog/aggregate"
)

// Hours counts the hours of a window, and those without records.
type Hours struct {
	All    int
	Silent int // part of All: without any record

	// The longest time without any record, in whole hours; zero if there is none.
	GapStart, GapEnd time.Time
}

// hours counts the hours of each window. The time after the last record is a gap only if the
// window is complete.
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

// firstHour returns the instant from which hours of a window are counted. Bounds of time may
// cut off its beginning; in the whole input, time before the first record is not a gap.
func (f *fold) firstHour(r *Report, w *Window) time.Time {
	if w.Start.IsZero() {
		return f.out.Totals.First.Truncate(time.Hour)
	}
	if since := r.Filter.Since; since.After(w.Start) {
		return since.In(r.Zone)
	}
	return w.Start
}

// An hourMeter counts hours, numbered from an instant on.
type hourMeter struct {
	hours   *Hours
	from    time.Time
	longest int // gap
}

// see counts the hour of a record. Records are sorted by time.
func (m *hourMeter) see(t time.Time) {
	hour := int((t.Unix() - m.from.Unix()) / 3600)
	if hour >= m.hours.All {
		m.silent(hour)
		m.hours.All++
	}
}

// end counts the hours without records up to t, the end of the window.
func (m *hourMeter) end(t time.Time) { m.silent(int((t.Unix() - m.from.Unix() + 3599) / 3600)) }

// silent counts the hours without records before an hour.
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

// start returns the first instant of an hour.
func (m *hourMeter) start(hour int) time.Time {
	return time.Unix(m.from.Unix()+int64(hour)*3600, 0).In(m.from.Location())
}
