// Package timestamp reads times as programs write them into logs.
//
// The path through the package:
//
//  1. A [Clock] is made from [Times], which say what incomplete times lack: a zone, a
//     year, or a [Layout] of their own (layout.go).
//  2. [Clock.Line] finds the time at the start of a console line, after colours, levels
//     and the like (line.go). [Clock.Value] reads the value of a time field.
//  3. Both try RFC 3339 first (clock.go), and then the layouts in known.go, which are
//     distinguished by their first bytes. A new layout belongs there.
//  4. [Clock.Doubt] says what the last time left open.
package timestamp

import (
	"bytes"
	"math"
	"time"
)

// NoTime is returned where there is no instant. It is outside the range of a [Clock].
const NoTime = math.MinInt64

// Times says how to read incomplete times. The zero value reads a time without a zone as
// UTC, and rejects a time without a year.
type Times struct {
	// Zone is the zone of times that state none; nil is UTC. A time that its clocks show
	// twice is the earlier one. A time that they skip is read as if the clocks had not
	// been put forward yet.
	Zone *time.Location
	// Layout, if not nil, is tried before all others.
	Layout *Layout
	// Latest is an upper bound of when the log was written. A time without a year is the
	// last one that is at most a day later, because clocks and zones may be wrong.
	Latest time.Time
	// Order is the order of day and month in dates of numbers that end in the year.
	Order Order
	// Serial says that a number may be a date as spreadsheets count it, see [Serial].
	Serial bool
}

// An Order is the order of day and month in a date such as 03/04/2026.
type Order uint8

// The orders.
const (
	NoOrder    Order = iota // unknown: such a date is a doubt
	DayFirst                // 3 April
	MonthFirst              // 4 March
)

// OrderOf returns the order of day and month that dates show, all of the same source: the order in
// which each of them exists. It is NoOrder if both do, or neither.
func OrderOf(dates [][]byte) Order {
	dayFirst, monthFirst := true, true
	for _, b := range dates {
		s := scanner{b: b}
		first, ok1 := s.number(1, 2)
		s.n++
		second, ok2 := s.number(1, 2)
		if !ok1 || !ok2 {
			return NoOrder
		}
		dayFirst, monthFirst = dayFirst && second <= 12, monthFirst && first <= 12
	}
	switch {
	case dayFirst && !monthFirst:
		return DayFirst
	case monthFirst && !dayFirst:
		return MonthFirst
	}
	return NoOrder
}

// Until returns how to read the times of a file that was last changed at the given time,
// after which no record was written.
func (t Times) Until(changed time.Time) Times {
	if !t.Latest.IsZero() && changed.After(noLogBefore) && changed.Before(t.Latest) {
		t.Latest = changed
	}
	return t
}

// noLogBefore is older than any log. A file that was last changed before has lost its true
// time.
var noLogBefore = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

// A Doubt says what a time leaves open.
type Doubt uint8

// The doubts. A time with DayMonth or ZoneName is not read: it is NoTime.
const (
	NoDoubt  Doubt = iota
	DayMonth       // which number is the day, and which the month: 03/04/2026
	ZoneName       // which offset the zone has: BST
	NoYear         // which year it is: the latest possible one is assumed
	numDoubts
)

// NumDoubts is the number of doubts, including NoDoubt.
const NumDoubts = int(numDoubts)

// A Clock reads times. It remembers the last date, because neighbouring records nearly
// always share it. The zero Clock is ready to use; it is not safe for concurrent use.
type Clock struct {
	date [10]byte // the last "2006-01-02" read
	days int64    // its midnight, in days since 1970-01-01

	walls           // of the zone of times that state none; its zone is nil for UTC
	place   place   // the last zone that a time named
	members members // of the record that is read
	layout  *Layout
	order   Order
	serial  bool
	latest  int64 // Unix nanoseconds; 0: unknown
	year    int64 // of latest, or the next one

	doubt   Doubt  // about the last time
	doubted []byte // the last time, as written

	unescaped []byte
}

// Near returns the instant with a time of day that is nearest to another instant, which it returns if
// ofDay is NoTime. Both are in nanoseconds, and of UTC.
func Near(instant, ofDay int64) int64 {
	const day = int64(24 * time.Hour)
	if ofDay == NoTime {
		return instant
	}
	ahead := ((ofDay-instant)%day + day) % day
	if ahead > day/2 {
		ahead -= day
	}
	return instant + ahead
}

// Order returns the order of day and month.
func (c *Clock) Order() Order { return c.order }

// SetOrder sets the order of day and month.
func (c *Clock) SetOrder(o Order) { c.order = o }

// NewClock returns a Clock that reads times as t says.
func NewClock(t Times) Clock {
	c := Clock{layout: t.Layout, order: t.Order, serial: t.Serial}
	if t.Zone != time.UTC {
		c.zone = t.Zone
	}
	if !t.Latest.IsZero() {
		latest := t.Latest.UTC().AddDate(0, 0, 1)
		c.latest = latest.UnixNano()
		c.year = int64(latest.AddDate(0, 0, 1).Year()) // in any zone
	}
	return c
}

const (
	nanosPerDay = int64(24 * time.Hour)
	// Days outside these years do not fit into int64 nanoseconds.
	minYear, maxYear = 1700, 2200
)

// Parse reads a time at the start of b, in the Clock's own layout or in one that
// docs/formats.md lists. It returns Unix nanoseconds and the number of bytes read, or
// NoTime and 0.
func (c *Clock) Parse(b []byte) (nanos int64, n int) {
	c.doubt = NoDoubt
	if c.layout != nil {
		if nanos, n = c.layout.read(c, b); n > 0 || c.doubt != NoDoubt {
			return nanos, n
		}
	}
	// Frequent case first.
	if nanos, n = c.rfc3339(b); n > 0 {
		return nanos, n
	}
	return c.other(b)
}

// rfc3339 reads a date and time of RFC 3339, also with a space in place of 'T', a comma in
// place of the decimal point, a zone without its colon, or without a zone.
func (c *Clock) rfc3339(b []byte) (nanos int64, n int) {
	const shortest = len("2006-01-02T15:04:05")
	if len(b) < shortest || (b[10] != 'T' && b[10] != ' ' && b[10] != 't') || b[13] != ':' || b[16] != ':' {
		return NoTime, 0
	}
	// A new Clock remembers NUL bytes, which are not a date.
	if (b[0] == 0 || [10]byte(b[:10]) != c.date) && !c.readDate(b) {
		return NoTime, 0
	}
	ofDay, n := clockTime(b[11:])
	if n == 0 {
		return NoTime, 0
	}
	n += len("2006-01-02T")
	offset, width := zone(b[n:])
	if width == 0 {
		return c.unzoned(b, n, c.days*nanosPerDay+ofDay)
	}
	return c.days*nanosPerDay + ofDay - offset*int64(time.Second), n + width
}

// clockTime reads a time of day at the start of b, with a fraction after '.' or ',' if there
// is one. It returns nanoseconds since midnight and the number of bytes read, 0 if there is
// no time.
func clockTime(b []byte) (nanos int64, n int) {
	const shortest = len("15:04:05")
	if len(b) < shortest || b[2] != ':' || b[5] != ':' {
		return 0, 0
	}
	hour, ok1 := twoDigits(b)
	minute, ok2 := twoDigits(b[3:])
	second, ok3 := twoDigits(b[6:])
	// A leap second is read as the first second of the next minute, so that its record
	// keeps its place. time.Parse rejects it.
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return 0, 0
	}
	nanos, n = (hour*3600+minute*60+second)*int64(time.Second), shortest
	if n+1 < len(b) && (b[n] == '.' || b[n] == ',' || b[n] == ':' && isMillis(b[n+1:])) && isDigit(b[n+1]) {
		n++
		scale := int64(time.Second) / 10
		for n < len(b) && isDigit(b[n]) {
			nanos += int64(b[n]-'0') * scale
			scale /= 10
			n++
		}
	}
	return nanos, n
}

// isMillis reports whether b begins with three digits, and no more: 15:04:05:000.
func isMillis(b []byte) bool {
	return len(b) >= 3 && isDigit(b[0]) && isDigit(b[1]) && isDigit(b[2]) && (len(b) == 3 || !isWord(b[3]))
}

// Doubt returns what the last time leaves open, and that time as written. It returns NoDoubt
// and nil if the time leaves nothing open.
func (c *Clock) Doubt() (Doubt, []byte) {
	if c.doubt == NoDoubt {
		return NoDoubt, nil
	}
	return c.doubt, c.doubted
}

// timeOfDay reads a time of day without a date at the start of a line. It returns NoTime if
// there is none.
func timeOfDay(line []byte) int64 {
	nanos, n := clockTime(line)
	if n == 0 || n < len(line) && bytes.IndexByte(timeEnds, line[n]) < 0 {
		return NoTime
	}
	return nanos
}

// timeEnds are the bytes that may follow a time of day: a bracket, white space,
// the start of a terminal sequence.
var timeEnds = []byte("] \t\r\n\x1b")

// readDate reads and remembers the date at the start of b.
func (c *Clock) readDate(b []byte) bool {
	century, ok1 := twoDigits(b)
	decade, ok2 := twoDigits(b[2:])
	month, ok3 := twoDigits(b[5:])
	day, ok4 := twoDigits(b[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 || b[4] != '-' || b[7] != '-' {
		return false
	}
	days, ok := dayNumber(century*100+decade, month, day)
	if !ok {
		return false
	}
	c.days = days
	c.date = [10]byte(b)
	return true
}

// daysBefore1970 is the number of days from 1 March 0000 to 1 January 1970.
const daysBefore1970 = 719468

// dayNumber returns the days from 1970-01-01 to a date, and false if there is no such date.
func dayNumber(year, month, day int64) (days int64, ok bool) {
	if year < minYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	if month == 2 && day > 28 && !(leap && day == 29) || day > 30 && (month == 4 || month == 6 || month == 9 || month == 11) {
		return 0, false
	}
	// Years that begin in March end with the leap day.
	if month -= 3; month < 0 {
		month, year = month+12, year-1
	}
	return 365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1 - daysBefore1970, true
}

// zone reads a zone at the start of b, after a space or not. It returns the seconds east of
// UTC and the width of the zone with the space, 0 if there is none.
func zone(b []byte) (seconds int64, width int) {
	if len(b) > 0 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, 1
	}
	space := 0
	if len(b) > 0 && b[0] == ' ' {
		space = 1
		b = b[1:]
	}
	if len(b) < 3 {
		return 0, 0
	}
	sign := b[0]
	if sign == 0xe2 && b[1] == 0x88 && b[2] == 0x92 { // U+2212, a minus sign
		sign, space = '-', space+2
		b = b[2:]
	}
	if sign != '+' && sign != '-' || len(b) < 3 {
		return 0, 0
	}
	hours, ok := twoDigits(b[1:])
	if !ok || hours > 23 {
		return 0, 0
	}
	// ±hh, ±hhmm or ±hh:mm. Anything longer is not a zone: the SDK writes the time since
	// its last line as "+12ms".
	width = 3
	rest := b[3:]
	if len(rest) > 0 && rest[0] == ':' {
		rest = rest[1:]
		width++
	}
	minutes := int64(0)
	if len(rest) >= 2 && isDigit(rest[0]) && isDigit(rest[1]) {
		minutes, _ = twoDigits(rest)
		rest = rest[2:]
		width += 2
	} else if width == 4 {
		return 0, 0
	}
	if minutes > 59 || len(rest) > 0 && isWord(rest[0]) {
		return 0, 0
	}
	seconds = hours*3600 + minutes*60
	if sign == '-' {
		seconds = -seconds
	}
	return seconds, space + width
}

// maxTime is the length of the longest value that may be a time.
const maxTime = 96

// Value reads b, the value of a time field: a date and time, or a Unix time. The unit of a
// Unix time (seconds, milliseconds, microseconds or nanoseconds) follows from its size,
// which is unambiguous for seconds from 1973 to 2200, and for the others from September 2001. Value returns NoTime for anything else.
func (c *Clock) Value(b []byte) int64 {
	c.doubt = NoDoubt
	if c.layout != nil && len(b) <= maxTime {
		b = c.unescape(b)
		if nanos, n := c.layout.read(c, b); n > 0 && n == len(b) {
			return nanos
		}
		c.doubt = NoDoubt
	}
	// Frequent cases first.
	if nanos, n := c.rfc3339(b); n > 0 && n == len(b) {
		return nanos
	}
	switch len(b) {
	case len("200601021504"), len("20060102150405"), len("20060102150405000"):
		if nanos, n := c.digitsOnly(b); n == len(b) {
			return nanos
		}
	}
	if nanos := unixTime(b); nanos != NoTime {
		if len(b) > len("1795430665") && isDigit(b[10]) && nanos < 1e9*int64(time.Second) { // some other number
			return NoTime
		}
		return nanos
	}
	if c.serial {
		if nanos := Serial(b); nanos != NoTime {
			return nanos
		}
	}
	return c.words(b)
}

// unixTime reads a Unix time with an optional fraction.
func unixTime(b []byte) int64 {
	var whole int64
	i := 0
	for i < len(b) && isDigit(b[i]) {
		if i == 19 {
			return NoTime
		}
		whole = whole*10 + int64(b[i]-'0')
		i++
	}
	if i < 9 || whole < 0 {
		return NoTime
	}
	var unit int64
	switch {
	case whole < 1e10:
		unit = int64(time.Second)
	case whole < 1e13:
		unit = int64(time.Millisecond)
	case whole < 1e16:
		unit = int64(time.Microsecond)
	default:
		unit = 1
	}
	if whole > math.MaxInt64/unit {
		return NoTime
	}
	nanos := whole * unit
	if i+1 < len(b) && (b[i] == '.' || b[i] == ',') {
		for i++; i < len(b) && isDigit(b[i]); i++ {
			unit /= 10
			if nanos > math.MaxInt64-9*unit {
				return NoTime
			}
			nanos += int64(b[i]-'0') * unit
		}
	}
	if i != len(b) {
		return NoTime
	}
	return nanos
}

func twoDigits(b []byte) (int64, bool) {
	if !isDigit(b[0]) || !isDigit(b[1]) {
		return 0, false
	}
	return int64(b[0]-'0')*10 + int64(b[1]-'0'), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}
