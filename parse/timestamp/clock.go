package timestamp

import (
	"bytes"
	"math"
	"time"
)

// NoTime stands for the absence of an instant. It lies outside the range that
// [Clock] yields.
const NoTime = math.MinInt64

// Times says how to read times that do not tell all. The zero value reads a time
// without a zone as UTC, and one without a year not at all.
type Times struct {
	// Zone is the zone of times that bear none; nil is UTC. A time that its
	// clocks show twice is the earlier one, and one that they skip is read as if
	// they had not been put forward yet.
	Zone *time.Location
	// Layout is tried before all others; nil is none.
	Layout *Layout
	// Latest is when the log was written at the latest. A time without a year is
	// the last one before it, or before a day after it, since clocks and zones
	// may be wrong.
	Latest time.Time
}

// Until returns how to read the times of a file that was last changed then: no
// record was written later.
func (t Times) Until(changed time.Time) Times {
	if !t.Latest.IsZero() && changed.After(noLogBefore) && changed.Before(t.Latest) {
		t.Latest = changed
	}
	return t
}

// noLogBefore is when there were no logs to read yet: a file that was last
// changed before has lost its true time.
var noLogBefore = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

// A Doubt says what a time leaves open.
type Doubt uint8

// The doubts. A time of the first two kinds is no time.
const (
	NoDoubt  Doubt = iota
	DayMonth       // which number is the day, and which the month: 03/04/2026
	ZoneName       // what offset the zone has: BST
	NoYear         // the year: the latest possible one is taken
	numDoubts
)

// NumDoubts is how many kinds of doubt there are, NoDoubt included.
const NumDoubts = int(numDoubts)

// A Clock reads instants as logs write them. It remembers the last calendar
// day, because neighbouring records nearly always share it. The zero Clock is
// ready to use; it is not safe for concurrent use.
type Clock struct {
	date [10]byte // the last "2006-01-02" read
	days int64    // its midnight, in days since 1970-01-01

	zone   *time.Location // nil: UTC
	layout *Layout
	latest int64 // Unix nanoseconds; 0: not known
	year   int64 // of latest, or the next one

	// In [wallFrom, wallTo), seconds on the clocks of zone, wallOffset applies.
	wallFrom, wallTo, wallOffset int64

	doubt   Doubt  // of what was read last
	doubted []byte // the time that it is about

	unescaped []byte
}

// NewClock returns a Clock that reads times so.
func NewClock(t Times) Clock {
	c := Clock{layout: t.Layout}
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
	// Instants are int64 nanoseconds; a day outside these years would not fit.
	minYear, maxYear = 1700, 2200
)

// Parse reads an instant at the start of b, in the layout that the Clock was
// given or in one of those that docs/formats.md lists. It returns Unix
// nanoseconds and how many bytes it read, or NoTime and 0.
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

// rfc3339 reads a date and time of RFC 3339: with 'T' or a space between them, a
// fraction after '.' or ',', and a zone of 'Z', ±hh:mm, ±hhmm or none.
func (c *Clock) rfc3339(b []byte) (nanos int64, n int) {
	const shortest = len("2006-01-02T15:04:05")
	if len(b) < shortest || (b[10] != 'T' && b[10] != ' ' && b[10] != 't') || b[13] != ':' || b[16] != ':' {
		return NoTime, 0
	}
	// A Clock that has read nothing remembers NUL bytes, which are no date.
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

// clockTime reads a time of day at the start of b, with a fraction after '.' or
// ',' if there is one: nanoseconds since midnight, and how many bytes it read, 0
// if there is no time.
func clockTime(b []byte) (nanos int64, n int) {
	const shortest = len("15:04:05")
	if len(b) < shortest || b[2] != ':' || b[5] != ':' {
		return 0, 0
	}
	hour, ok1 := twoDigits(b)
	minute, ok2 := twoDigits(b[3:])
	second, ok3 := twoDigits(b[6:])
	// A leap second is read as the last moment of its minute's successor, as
	// time.Parse would refuse it and the record would lose its place.
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 60 {
		return 0, 0
	}
	nanos, n = (hour*3600+minute*60+second)*int64(time.Second), shortest
	if n+1 < len(b) && (b[n] == '.' || b[n] == ',') && isDigit(b[n+1]) {
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

// Doubt returns what the time that was read last leaves open, and that time as it is
// written: NoDoubt and nil if it leaves nothing open.
func (c *Clock) Doubt() (Doubt, []byte) {
	if c.doubt == NoDoubt {
		return NoDoubt, nil
	}
	return c.doubt, c.doubted
}

// timeOfDay reads a time at the start of a line that bears no date, NoTime if
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

// dayNumber counts the days from 1970-01-01 to a date, which is none if ok is
// false.
func dayNumber(year, month, day int64) (days int64, ok bool) {
	if year < minYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	return t.Unix() / (24 * 3600), t.Day() == int(day) // 30 February
}

// zone reads a zone at the start of b, which a space may precede: seconds east
// of UTC, and its width with the space.
func zone(b []byte) (seconds int64, width int) {
	if len(b) > 0 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, 1
	}
	space := 0
	if len(b) > 0 && b[0] == ' ' {
		space = 1
		b = b[1:]
	}
	if len(b) < 3 || (b[0] != '+' && b[0] != '-') {
		return 0, 0
	}
	hours, ok := twoDigits(b[1:])
	if !ok || hours > 23 {
		return 0, 0
	}
	// ±hh alone, ±hhmm or ±hh:mm. A number that goes on is no zone: the SDK
	// writes the time since its last line so, "+12ms".
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
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, space + width
}

// maxTime is the longest time that a value is looked through for.
const maxTime = 96

// Value reads an instant that fills b, as the value of a time field does: a
// date and time, or a Unix time in seconds, milliseconds, microseconds or
// nanoseconds, told apart by size (an instant between 1973 and 2200 has one
// reading only). It returns NoTime for anything else.
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
	if len(b) == len("20060102150405") && isDigit(b[10]) {
		// As a Unix time it would be in 1970, since this is more than a
		// billion of milliseconds.
		if nanos, n := c.compact(b); n == len(b) {
			return nanos
		}
	}
	if nanos := unixTime(b); nanos != NoTime {
		return nanos
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
	if i < len(b) && b[i] == '.' {
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
