package timestamp

import (
	"bytes"
	"time"
)

// members are the date and the time of day of one object, as written.
type members struct {
	date, ofDay           []byte
	dateDepth, ofDayDepth int
	joined                []byte
}

// NewRecord forgets what [Clock.Member] has read.
func (c *Clock) NewRecord() {
	c.members.date, c.members.ofDay = c.members.date[:0], c.members.ofDay[:0]
}

// Member reads the value of a time field as [Clock.Value] does. If b is a date or a time of day, and
// the other one has been read at the same depth of the record, both are the time.
func (c *Clock) Member(b []byte, depth int) int64 {
	const longest = 40
	t := c.Value(b)
	date := b
	switch {
	case t != NoTime:
		// A date may have midnight appended, which is on a quarter of an hour in all zones.
		if t%int64(15*time.Minute) != 0 {
			return t
		}
		if date = withoutMidnight(b); len(date) == len(b) {
			return t
		}
	case c.doubt != NoDoubt || len(b) < len("3:04") || len(b) > longest || bytes.IndexByte(b, ':') < 0 && !isDigit(b[len(b)-1]):
		return NoTime
	}
	doubt, doubted := c.doubt, c.doubted
	p := &c.members
	switch {
	case t == NoTime && c.joins([]byte("2016-01-02"), b):
		p.ofDay, p.ofDayDepth = append(p.ofDay[:0], b...), depth
	case c.joins(date, []byte("15:04:05")):
		p.date, p.dateDepth = append(p.date[:0], date...), depth
	default:
		c.doubt, c.doubted = doubt, doubted
		return t
	}
	c.doubt, c.doubted = doubt, doubted
	if len(p.date) > 0 && len(p.ofDay) > 0 && p.dateDepth == p.ofDayDepth {
		p.joined = append(append(append(p.joined[:0], p.date...), ' '), p.ofDay...)
		return c.Value(p.joined)
	}
	return t
}

// joins reports whether a date and a time of day are a time, or would be one if the order of day and
// month were known.
func (c *Clock) joins(date, ofDay []byte) bool {
	c.members.joined = append(append(append(c.members.joined[:0], date...), ' '), ofDay...)
	return c.Value(c.members.joined) != NoTime || c.doubt == DayMonth
}

// withoutMidnight returns a date without the midnight that databases append to it.
func withoutMidnight(b []byte) []byte {
	const date = len("2006-01-02")
	if len(b) > date && (b[date] == 'T' || b[date] == ' ') && bytes.HasPrefix(b[date+1:], []byte("00:00:00")) && len(bytes.Trim(b[date+1+len("00:00:00"):], ".0Z")) == 0 {
		return b[:date]
	}
	return b
}
