package timestamp

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Layout is a user's own layout of times. Many Clocks may use it at the same time.
type Layout struct {
	steps []step
}

// A step reads one part of a time.
type step struct {
	part   part
	digits int  // of a number: 1 if a leading zero may be missing, 2 or 4; of a fraction: 0 for any number
	c      byte // a literal; a space matches one or more
}

type part uint8

const (
	literal part = iota
	partYear
	partShortYear
	partMonth
	partMonthName
	partDay
	partDayName
	partHour
	partHalfHour // 1 to 12
	partMinute
	partSecond
	partFraction // with its point or comma
	partOptionalFraction
	partDigits // of a fraction, without its point
	partHalf
	partOffset
	partZone
	partUnix
)

// parts are the elements of a layout in Go. Longer ones precede their own prefixes.
var parts = []struct {
	text string
	step step
}{
	{"2006", step{part: partYear, digits: 4}},
	{"January", step{part: partMonthName}},
	{"Monday", step{part: partDayName}},
	{"Jan", step{part: partMonthName}},
	{"Mon", step{part: partDayName}},
	{"MST", step{part: partZone}},
	{"_2", step{part: partDay, digits: 1}},
	{"01", step{part: partMonth, digits: 2}},
	{"02", step{part: partDay, digits: 2}},
	{"03", step{part: partHalfHour, digits: 2}},
	{"04", step{part: partMinute, digits: 2}},
	{"05", step{part: partSecond, digits: 2}},
	{"06", step{part: partShortYear, digits: 2}},
	{"15", step{part: partHour, digits: 1}},
	{"1", step{part: partMonth, digits: 1}},
	{"2", step{part: partDay, digits: 1}},
	{"3", step{part: partHalfHour, digits: 1}},
	{"4", step{part: partMinute, digits: 1}},
	{"5", step{part: partSecond, digits: 1}},
	{"PM", step{part: partHalf}},
	{"pm", step{part: partHalf}},
	{"Z07:00", step{part: partOffset}},
	{"Z0700", step{part: partOffset}},
	{"Z07", step{part: partOffset}},
	{"-07:00", step{part: partOffset}},
	{"-0700", step{part: partOffset}},
	{"-07", step{part: partOffset}},
}

// ParseLayout parses a layout. If it contains a percent sign, it consists of the directives of
// strptime (%d/%m/%Y %H:%M:%S); otherwise it is an example as in Go's package time
// (02/01/2006 15:04:05).
func ParseLayout(text string) (*Layout, error) {
	text = strings.TrimSpace(text)
	l := &Layout{}
	var err error
	if strings.Contains(text, "%") {
		err = l.directives(text)
	} else {
		l.example(text)
	}
	if err != nil {
		return nil, err
	}
	var has [partUnix + 1]bool
	for _, s := range l.steps {
		has[s.part] = true
	}
	switch {
	case has[partUnix]:
	case strings.Contains(text, "yyyy") || strings.Contains(text, "YYYY"):
		return nil, errors.New("write %Y, %m, %d, %H, %M and %S, or an example of the time 2006-01-02 15:04:05")
	case !has[partMonth] && !has[partMonthName]:
		return nil, errors.New("no month: add %m or %b, or in an example 01 or Jan")
	case strings.Contains(text, "002"):
		return nil, errors.New("days of the year are not supported")
	case !has[partDay]:
		return nil, errors.New("no day of the month: add %d, or in an example 02")
	}
	return l, nil
}

// example parses a layout as in Go.
func (l *Layout) example(text string) {
next:
	for i := 0; i < len(text); {
		rest := text[i:]
		if n := exampleFraction(rest); n > 0 {
			s := step{part: partFraction, digits: n - 1}
			if rest[1] == '9' {
				s.part = partOptionalFraction
			}
			l.steps = append(l.steps, s)
			i += n
			continue
		}
		for _, p := range parts {
			// The word Janet does not contain a month.
			if strings.HasPrefix(rest, p.text) && !(len(p.text) == 3 && letter(p.text[1]) && p.step.part != partZone && len(rest) > 3 && 'a' <= rest[3] && rest[3] <= 'z') {
				l.steps = append(l.steps, p.step)
				i += len(p.text)
				continue next
			}
		}
		l.literal(rest[0])
		i++
	}
}

// exampleFraction returns the width of .000 or ,999 at the start of text.
func exampleFraction(text string) int {
	if len(text) < 2 || text[0] != '.' && text[0] != ',' || text[1] != '0' && text[1] != '9' {
		return 0
	}
	n := 1
	for n < len(text) && text[n] == text[1] {
		n++
	}
	if n < len(text) && isDigit(text[n]) {
		return 0
	}
	return n
}

// literal adds a literal byte. Consecutive spaces become one.
func (l *Layout) literal(c byte) {
	if n := len(l.steps); c == ' ' && n > 0 && l.steps[n-1] == (step{c: ' '}) {
		return
	}
	l.steps = append(l.steps, step{c: c})
}

// directives parses a layout as in strptime.
func (l *Layout) directives(text string) error {
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			// Before a fraction, a point also matches a comma, and the reverse.
			if (text[i] == '.' || text[i] == ',') && i+2 < len(text) && text[i+1] == '%' && strings.IndexByte("fLN", text[i+2]) >= 0 {
				l.steps = append(l.steps, step{part: partFraction})
				i += 2
				continue
			}
			l.literal(text[i])
			continue
		}
		i++
		if i < len(text) && (text[i] == '-' || text[i] == '_') && i+1 < len(text) { // padding in GNU
			i++
		}
		if i == len(text) {
			return errors.New("ends in a percent sign")
		}
		number := func(p part) { l.steps = append(l.steps, step{part: p, digits: 1}) }
		switch c := text[i]; c {
		case 'Y':
			l.steps = append(l.steps, step{part: partYear, digits: 4})
		case 'y':
			l.steps = append(l.steps, step{part: partShortYear, digits: 2})
		case 'm':
			number(partMonth)
		case 'd', 'e':
			number(partDay)
		case 'H', 'k':
			number(partHour)
		case 'I', 'l':
			number(partHalfHour)
		case 'M':
			number(partMinute)
		case 'S':
			number(partSecond)
		case 'b', 'B', 'h':
			number(partMonthName)
		case 'a', 'A':
			number(partDayName)
		case 'p', 'P':
			number(partHalf)
		case 'f', 'L', 'N':
			number(partDigits)
		case 'z':
			number(partOffset)
		case 'Z':
			number(partZone)
		case 's':
			number(partUnix)
		case 'F', 'T', 'R', 'D':
			short := map[byte]string{'F': "%Y-%m-%d", 'T': "%H:%M:%S", 'R': "%H:%M", 'D': "%m/%d/%y"}[c]
			if err := l.directives(short); err != nil {
				return err
			}
		case 'n', 't':
			l.literal(' ')
		case '%':
			l.literal('%')
		default:
			return fmt.Errorf("%%%c is not supported; use one of Y y m d e b B H I M S f p z Z a A s F T R D", c)
		}
	}
	return nil
}

// read reads a time at the start of b, as [Clock.Parse] does.
func (l *Layout) read(c *Clock, b []byte) (nanos int64, n int) {
	m := moment{scanner: scanner{b: b}, day: 1}
	for i, step := range l.steps {
		if !m.step(step) {
			return NoTime, 0
		}
		// A fraction is read even if the layout has none.
		if step.part == partSecond || step.part == partUnix {
			if i+1 == len(l.steps) || !l.steps[i+1].fraction() {
				m.part = m.fraction()
			}
		}
	}
	if isWord(m.peek()) {
		return NoTime, 0
	}
	if nanos = c.instant(&m); nanos == NoTime {
		return NoTime, 0
	}
	return nanos, m.n
}

// fraction reports whether the step reads a fraction of a second.
func (s step) fraction() bool { return s.part == partFraction || s.part == partOptionalFraction }

// A moment holds the parts of a time that a layout has read.
type moment struct {
	scanner
	year, month, day     int64
	hour, minute, second int64
	part                 int64 // of a second, in nanoseconds
	half                 byte  // 'a', 'p' or 0
	dated                bool  // it has a year
	zoned                bool  // it has an offset
	offset               int64
	name                 []byte // of its zone
	unix                 int64
	counted              bool // it is a Unix time
}

// step reads one part. It reports false if the part is missing.
func (m *moment) step(s step) (ok bool) {
	switch s.part {
	case literal:
		if s.c == ' ' {
			return m.spaces()
		}
		return m.skip(s.c)
	case partYear:
		m.year, m.dated = m.digits(4), true
		return m.year >= 0
	case partShortYear:
		m.year, m.dated = m.digits(2), true
		ok = m.year >= 0
		if m.year += 1900; m.year < 1969 {
			m.year += 100
		}
	case partMonth:
		m.month, ok = m.padded(s.digits)
	case partMonthName:
		var width int
		m.month, width = monthName(m.rest())
		m.n += width
		return width > 0
	case partDay:
		if s.digits == 1 {
			m.skip(' ')
		}
		m.day, ok = m.padded(s.digits)
	case partDayName:
		width := dayName(m.rest())
		m.n += width
		return width > 0
	case partHour:
		m.hour, ok = m.padded(s.digits)
		return ok && m.hour < 24
	case partHalfHour:
		m.hour, ok = m.padded(s.digits)
		return ok && m.hour <= 12
	case partMinute:
		m.minute, ok = m.padded(s.digits)
		return ok && m.minute < 60
	case partSecond:
		m.second, ok = m.padded(s.digits)
		return ok && m.second <= 60
	case partFraction, partOptionalFraction:
		start := m.n
		part := m.fraction()
		if m.n == start {
			return s.part == partOptionalFraction
		}
		m.part = part
		return s.part == partOptionalFraction || s.digits == 0 || m.n-start == 1+s.digits
	case partDigits:
		var width int
		m.part, width = fraction(m.rest())
		m.n += width
		return width > 0
	case partHalf:
		if gap(m.rest()) > 0 {
			return false
		}
		var width int
		m.half, width = halfDay(m.rest())
		m.n += width
		return width > 0
	case partOffset, partZone:
		if m.peek() == ' ' {
			return false
		}
		var width int
		if m.offset, width = zone(m.rest()); width > 0 {
			m.zoned = true
		} else if s.part == partZone {
			for width < len(m.rest()) && 'A' <= m.rest()[width] && m.rest()[width] <= 'Z' {
				width++
			}
			m.name = m.rest()[:width]
		}
		m.n += width
		return width > 0
	case partUnix:
		start := m.n
		for isDigit(m.peek()) {
			m.n++
		}
		m.unix, m.counted = unixTime(m.b[start:m.n]), true
		return m.unix != NoTime
	}
	return ok
}

// padded reads a number of two digits, or of one if least is 1.
func (s *scanner) padded(least int) (n int64, ok bool) {
	if n = s.digits(2); n < 0 && least == 1 {
		n = s.digits(1)
	}
	return n, n >= 0
}

// instant returns the instant of a moment, NoTime if there is none.
func (c *Clock) instant(m *moment) int64 {
	if m.counted {
		return m.unix + m.part
	}
	switch {
	case m.half == 'p' && m.hour < 12:
		m.hour += 12
	case m.half == 'a' && m.hour == 12:
		m.hour = 0
	}
	if m.dated {
		return c.instantIn(m, m.year)
	}
	if c.latest == 0 {
		return NoTime
	}
	for year := c.year; year > c.year-10; year-- {
		nanos := c.instantIn(m, year)
		if c.doubt != NoDoubt {
			return NoTime
		}
		if nanos != NoTime && nanos <= c.latest {
			c.doubtful(NoYear, m.b[:m.n])
			return nanos
		}
	}
	return NoTime
}

// instantIn returns the instant of a moment in a year.
func (c *Clock) instantIn(m *moment, year int64) int64 {
	days, ok := dayNumber(year, m.month, m.day)
	if !ok {
		return NoTime
	}
	wall := days*nanosPerDay + (m.hour*3600+m.minute*60+m.second)*int64(time.Second) + m.part
	offset := m.offset
	switch {
	case len(m.name) > 0:
		var width int
		if offset, width = c.zoneName(m.name, wall); width == 0 || offset == noOffset {
			c.doubtful(ZoneName, m.b[:m.n])
			return NoTime
		}
	case !m.zoned:
		offset = c.offset(wall)
	}
	return wall - offset*int64(time.Second)
}
