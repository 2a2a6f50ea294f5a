package timestamp

import (
	"bytes"
	"math"
	"time"

	"github.com/otlog/otlog/parse/jsontext"
)

// other reads the known layouts other than RFC 3339. The first bytes decide which one is
// tried, so that a text has one reading.
func (c *Clock) other(b []byte) (nanos int64, n int) {
	const shortest = len("1795430665927")
	if len(b) < shortest && (len(b) == 0 || b[0] != '@') {
		return NoTime, 0
	}
	if !isDigit(b[0]) {
		return c.named(b)
	}
	digits := 1
	for digits < len(b) && isDigit(b[digits]) {
		digits++
	}
	switch digits {
	case 1, 2:
		if letter(b[digits+1]) || b[digits] == '.' && b[digits+1] == ' ' && letter(b[digits+2]) {
			return c.dayFirst(b, 0)
		}
		return c.numbered(b, digits)
	case 4:
		if b[4] == '/' {
			if nanos, n := c.chromium(b); n > 0 {
				return nanos, n
			}
		}
		return c.yearFirst(b)
	case 8, 14, 17:
		return c.compact(b)
	case 10, 13, 16, 19:
		return leadingUnix(b, digits)
	}
	return NoTime, 0
}

// named reads a time that begins with the name of a month or a day, or with the letter of a
// level in glog.
func (c *Clock) named(b []byte) (nanos int64, n int) {
	if month, width := monthName(b); width > 0 {
		return c.monthFirst(b, width, month, false)
	}
	if b[0] == '@' {
		return atUnix(b)
	}
	width := dayName(b)
	if width == 0 {
		return c.glog(b)
	}
	s := scanner{b, width}
	s.skip(',')
	if !s.spaces() {
		return NoTime, 0
	}
	if month, width := monthName(s.rest()); width > 0 {
		return c.monthFirst(b, s.n+width, month, true)
	}
	if rest := s.rest(); len(rest) > 4 && rest[4] == '-' { // systemd: Mon 2006-01-02 15:04:05 UTC
		nanos, n = c.rfc3339(rest)
		if n == 0 {
			return NoTime, 0
		}
		return nanos, s.n + n
	}
	return c.dayFirst(b, s.n)
}

// monthFirst reads a time after the name of its month: Jan 2 15:04:05. The year follows the day
// (Jan 2 2006 15:04:05, Jan 2, 2006 @ 15:04:05.000), or the time if there is a weekday (Mon Jan
// 2 15:04:05 MST 2006), or is missing.
func (c *Clock) monthFirst(b []byte, n int, month int64, weekday bool) (int64, int) {
	s := scanner{b, n}
	if !s.spaces() {
		return NoTime, 0
	}
	day, ok := s.number(1, 2)
	comma := s.skip(',')
	if !ok || !s.spaces() {
		return NoTime, 0
	}
	dated := s
	if year, ok := s.number(4, 4); ok {
		comma := s.skip(',')
		if !s.spaces() && !comma {
			return NoTime, 0
		}
		if s.skip('@') || s.skip('a') && s.skip('t') {
			s.spaces()
		}
		return c.clockAt(s, year, month, day)
	}
	if s = dated; comma {
		return NoTime, 0
	}
	ofDay, ok := s.clock()
	if !ok {
		return NoTime, 0
	}
	if weekday {
		clock := s.n
		if year, ok := s.year(); ok {
			return c.finish(b, s.n, year, month, day, ofDay)
		}
		if zone := s.zoneWord(); zone > clock {
			if year, ok := s.year(); ok {
				nanos, n := c.finish(b, clock, year, month, day, ofDay)
				if n > 0 && n != zone { // an unknown zone
					c.doubtful(ZoneName, b[:s.n])
				}
				if n != zone {
					return NoTime, 0
				}
				return nanos, s.n
			}
		}
		s.n = clock
	}
	return c.yearless(b, s.n, month, day, ofDay)
}

// dayFirst reads a date whose month is a name, from n: 02/Jan/2006:15:04:05
// -0700, 02 Jan 2006 15:04:05 MST, 02-Jan-2006 15:04:05.000, 2. Januar 2006 15:04:05.
func (c *Clock) dayFirst(b []byte, n int) (int64, int) {
	s := scanner{b, n}
	day, ok := s.number(1, 2)
	s.skip('.')
	separator := s.peek()
	if !ok || separator != '/' && separator != '-' && separator != ' ' {
		return NoTime, 0
	}
	s.n++
	month, width := monthWord(s.rest())
	s.n += width
	if width == 0 || !s.skip(separator) {
		return NoTime, 0
	}
	year, ok := s.number(4, 4)
	if !ok && separator == '-' {
		return c.shortYear(s, month, day)
	}
	if !ok || !s.skip(':') && !s.beforeClock() {
		return NoTime, 0
	}
	return c.clockAt(s, year, month, day)
}

// shortYear reads the rest of 02-Jan-06 15:04:05, and of 02-JAN-06 03.04.05.000000 PM, as Oracle
// prints it, from the year on.
func (c *Clock) shortYear(s scanner, month, day int64) (int64, int) {
	year, ok := s.number(2, 2)
	if !ok || !s.spaces() {
		return NoTime, 0
	}
	if ofDay, ok := s.clock(); ok {
		return c.finish(s.b, s.n, 2000+year, month, day, ofDay)
	}
	hour, ok1 := s.number(1, 2)
	ok2 := s.skip('.')
	minute, ok3 := s.number(2, 2)
	ok4 := s.skip('.')
	second, ok5 := s.number(2, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || hour > 23 || minute > 59 || second > 60 {
		return NoTime, 0
	}
	ofDay := (hour*3600+minute*60+second)*int64(time.Second) + s.fraction()
	if _, width := halfDay(s.rest()); width == 0 {
		return NoTime, 0
	}
	return c.finish(s.b, s.n, 2000+year, month, day, ofDay)
}

// chromium reads 0102/150405.000, as in chrome_debug.log.
func (c *Clock) chromium(b []byte) (int64, int) {
	s := scanner{b: b}
	month, day := s.digits(2), s.digits(2)
	if !s.skip('/') {
		return NoTime, 0
	}
	hour, minute, second := s.digits(2), s.digits(2), s.digits(2)
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || s.peek() != '.' {
		return NoTime, 0
	}
	ofDay := (hour*3600+minute*60+second)*int64(time.Second) + s.fraction()
	if s.peek() != ':' {
		return NoTime, 0
	}
	return c.yearless(b, s.n, month, day, ofDay)
}

// yearFirst reads 2006/01/02 15:04:05, 2006.01.02 15:04:05, 2006-1-2, 3:04:05 PM,
// 2006-01-02_15:04:05, 2006-01-02:15:04:05, 2006-01-02T15-04-05, 2006 Jan 02 15:04:05,
// 2006. 1. 2. 15:04:05 and 2006年1月2日 15:04:05.
func (c *Clock) yearFirst(b []byte) (int64, int) {
	s := scanner{b: b}
	year, _ := s.number(4, 4)
	separator := s.peek()
	if separator == han[0][0] {
		return c.hanDate(s, year)
	}
	s.n++
	var month int64
	switch separator {
	case '/', '-', '.':
		if separator == '.' {
			s.spaces()
		}
		month, _ = s.number(1, 2)
	case ' ':
		var width int
		month, width = monthName(s.rest())
		s.n += width
	}
	if !s.skip(separator) {
		return NoTime, 0
	}
	if separator == ' ' || separator == '.' {
		s.spaces()
	}
	day, ok := s.number(1, 2)
	if !ok {
		return NoTime, 0
	}
	if separator == '.' {
		s.skip('.')
	}
	switch s.peek() {
	case ':':
		s.n++
		if ofDay, ok := s.clock(); ok { // with its seconds: a number may precede what is not a time
			return c.finish(b, s.n, year, month, day, ofDay)
		}
		return NoTime, 0
	case 'T', '_':
		if rest := s.rest(); len(rest) > 6 && rest[3] == '-' && rest[6] == '-' { // in the names of files
			s.n++
			return c.dashed(s, year, month, day)
		}
	}
	if !s.skip('_') && !s.beforeClock() {
		return NoTime, 0
	}
	return c.clockAt(s, year, month, day)
}

// dashed reads the time of day in 2006-01-02T15-04-05.
func (c *Clock) dashed(s scanner, year, month, day int64) (int64, int) {
	hour, minute, second := s.digits(2), int64(-1), int64(-1)
	if s.skip('-') {
		minute = s.digits(2)
	}
	if s.skip('-') {
		second = s.digits(2)
	}
	return c.finishParts(s, year, month, day, hour, minute, second)
}

// finishParts is finish for a time of day in parts, which may be out of range.
func (c *Clock) finishParts(s scanner, year, month, day, hour, minute, second int64) (int64, int) {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || isDigit(s.peek()) {
		return NoTime, 0
	}
	ofDay := (hour*3600+minute*60+second)*int64(time.Second) + s.fraction()
	return c.finish(s.b, s.n, year, month, day, ofDay)
}

// han are the words for year, month, day, hour, minute and second in Chinese and Japanese.
var han = [...]string{"年", "月", "日", "時", "分", "秒"}

// hanDate reads the rest of 2006年1月2日 15:04:05 and of 2006年1月2日 15時04分05秒.
func (c *Clock) hanDate(s scanner, year int64) (int64, int) {
	s.word(han[0])
	month, _ := s.number(1, 2)
	ok1 := s.word(han[1])
	day, _ := s.number(1, 2)
	if !ok1 || !s.word(han[2]) {
		return NoTime, 0
	}
	s.n += gap(s.rest())
	if n, at := c.clockAt(s, year, month, day); at > 0 || c.doubt != NoDoubt {
		return n, at
	}
	hour, ok1 := s.number(1, 2)
	ok2 := s.word(han[3]) || s.word("时")
	minute, ok3 := s.number(1, 2)
	ok4 := s.word(han[4])
	second, ok5 := s.number(1, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || !s.word(han[5]) {
		return NoTime, 0
	}
	return c.finishParts(s, year, month, day, hour, minute, second)
}

// compact reads 20060102T150405Z, 20060102 15:04:05, 20060102-150405, 20060102150405 and
// 20060102150405000.
func (c *Clock) compact(b []byte) (int64, int) {
	if len(b) < len("20060102150405") {
		return NoTime, 0
	}
	s := scanner{b: b}
	year, month, day := s.digits(4), s.digits(2), s.digits(2)
	if day < 0 {
		return NoTime, 0
	}
	if s.skip(' ') {
		return c.clockAt(s, year, month, day)
	}
	if isDigit(s.peek()) {
		return c.digitsOnly(b)
	}
	if !s.skip('T') && !s.skip('t') && !s.skip('-') {
		s.skip('_')
	}
	hour, minute, second := s.digits(2), s.digits(2), s.digits(2)
	return c.finishParts(s, year, month, day, hour, minute, second)
}

// digitsOnly reads a date and time without separators at the start of b: 200601021504,
// 20060102150405 or 20060102150405000. As Unix times, they would all be in the seventies.
func (c *Clock) digitsOnly(b []byte) (int64, int) {
	s := scanner{b: b}
	year, month, day, hour, minute := s.digits(4), s.digits(2), s.digits(2), s.digits(2), s.digits(2)
	if minute < 0 || minute > 59 || hour > 23 {
		return NoTime, 0
	}
	second, part := int64(0), int64(0)
	if isDigit(s.peek()) {
		second = s.digits(2)
	}
	if isDigit(s.peek()) {
		if part = s.digits(3); part < 0 {
			return NoTime, 0
		}
	}
	if second < 0 || second > 60 || isDigit(s.peek()) {
		return NoTime, 0
	}
	switch part *= int64(time.Millisecond); {
	case s.n == len("20060102150405"):
		part = s.fraction()
	case year < 2005 || year >= 2100: // of numbers with 12 and 17 digits, few are dates
		return NoTime, 0
	}
	return c.finish(b, s.n, year, month, day, (hour*3600+minute*60+second)*int64(time.Second)+part)
}

// glog reads I0102 15:04:05.000000 and I20060102 15:04:05.000000.
func (c *Clock) glog(b []byte) (int64, int) {
	switch b[0] {
	case 'I', 'W', 'E', 'F', 'D':
	default:
		return NoTime, 0
	}
	s := scanner{b, 1}
	year, dated := int64(0), len(b) > 9 && isDigit(b[5])
	if dated {
		year = s.digits(4)
	}
	month := s.digits(2)
	day := s.digits(2)
	if !s.skip(' ') {
		return NoTime, 0
	}
	start := s.n
	ofDay, ok := s.clock()
	if !ok || s.n-start <= len("15:04:05") {
		return NoTime, 0
	}
	if dated {
		return c.finish(b, s.n, year, month, day, ofDay)
	}
	return c.yearless(b, s.n, month, day, ofDay)
}

// numbered reads a date that begins with one or two digits and has no letters. In Android's
// logcat the month is first and the year is missing. In all others the order of day and month
// is a doubt, unless it is known.
func (c *Clock) numbered(b []byte, digits int) (int64, int) {
	s := scanner{b, digits}
	separator := s.peek()
	if separator != '/' && separator != '-' && separator != '.' {
		return NoTime, 0
	}
	s.n++
	second, ok := s.number(1, 2)
	if !ok {
		return NoTime, 0
	}
	if separator == '-' && s.n == len("01-02") && s.skip(' ') {
		ofDay, ok := s.clock()
		if !ok || !logcat(s.rest()) {
			return NoTime, 0
		}
		month, _ := twoDigits(b)
		return c.yearless(b, s.n, month, second, ofDay)
	}
	if !s.skip(separator) {
		return NoTime, 0
	}
	year, ok := s.number(2, 4)
	if !ok || !s.beforeClock() {
		return NoTime, 0
	}
	start := s.n
	// The seconds may be missing.
	hour, ok1 := s.number(1, 2)
	ok2 := s.skip(':')
	minute, ok3 := s.number(2, 2)
	if !ok1 || !ok2 || !ok3 {
		return NoTime, 0
	}
	if c.order != NoOrder && year >= minYear {
		day, month := firstNumber(b[:digits]), second
		if c.order == MonthFirst {
			day, month = month, day
		}
		end, ofDay := s.n, (hour*60+minute)*int64(time.Minute)
		s.n = start
		if nanos, ok := s.clock(); ok {
			end, ofDay = s.n, nanos
		}
		return c.finish(b, end, year, month, day, ofDay)
	}
	for s.n < len(b) && (isDigit(b[s.n]) || b[s.n] == ':' || b[s.n] == '.') {
		s.n++
	}
	if _, n := halfDay(b[s.n:]); n > 0 {
		s.n += n
	}
	c.doubtful(DayMonth, b[:s.n])
	return NoTime, 0
}

// firstNumber returns the value of digits.
func firstNumber(digits []byte) (n int64) {
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	return n
}

// logcat reports whether b is what follows a time in logcat: the level and a slash, or the
// numbers of process and thread, and the level.
func logcat(b []byte) bool {
	s := scanner{b: b}
	if !s.spaces() {
		return false
	}
	end := byte('/')
	if isDigit(s.peek()) {
		end = ' '
		_, ok1 := s.number(1, 7)
		ok2 := s.spaces()
		_, ok3 := s.number(1, 7)
		if !ok1 || !ok2 || !ok3 || !s.spaces() {
			return false
		}
	}
	level := s.peek()
	s.n++
	return level != 0 && bytes.IndexByte([]byte("VDIWEFA"), level) >= 0 && s.skip(end)
}

// leadingUnix reads a Unix time at the start of b, in seconds with a fraction, milliseconds,
// microseconds or nanoseconds, from 2001 to 2100.
func leadingUnix(b []byte, digits int) (int64, int) {
	n := digits
	if digits == 10 {
		if n == len(b) || b[n] != '.' && b[n] != ',' {
			return NoTime, 0
		}
		comma := b[n] == ','
		for n++; n < len(b) && isDigit(b[n]); n++ {
		}
		if n < digits+len(".927") || comma && n != digits+len(",927") { // otherwise a list of numbers
			return NoTime, 0
		}
	}
	if n < len(b) && bytes.IndexByte(timeEnds, b[n]) < 0 {
		return NoTime, 0
	}
	nanos := unixTime(b[:n])
	if nanos < 1e9*int64(time.Second) || nanos >= 4102444800*int64(time.Second) {
		return NoTime, 0
	}
	return nanos, n
}

// atUnix reads a Unix time in seconds after an at sign, as date -d of GNU takes it.
func atUnix(b []byte) (int64, int) {
	n := 1
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	if n != len("@1795430665") && n != len("@1795430665927") {
		return NoTime, 0
	}
	if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
		for n++; n < len(b) && isDigit(b[n]); n++ {
		}
	}
	nanos, _ := Epoch(b[1:n])
	if nanos == NoTime || n < len(b) && bytes.IndexByte(timeEnds, b[n]) < 0 {
		return NoTime, 0
	}
	return nanos, n
}

// clockAt reads the time of day that follows a date.
func (c *Clock) clockAt(s scanner, year, month, day int64) (int64, int) {
	ofDay, ok := s.clock()
	if !ok {
		if ofDay, ok = s.minutes(); !ok {
			return NoTime, 0
		}
	}
	return c.finish(s.b, s.n, year, month, day, ofDay)
}

// finish returns the instant of a date and time in b[:n], which a zone may follow, and where it
// ends.
func (c *Clock) finish(b []byte, n int, year, month, day, ofDay int64) (int64, int) {
	days, ok := dayNumber(year, month, day)
	if !ok {
		return NoTime, 0
	}
	wall := days*nanosPerDay + ofDay
	offset, width := zone(b[n:])
	if width == 0 {
		return c.unzoned(b, n, wall)
	}
	return wall - offset*int64(time.Second), n + width
}

// yearless returns the instant of a date without a year in b[:n]: the last one that is not
// after c.latest.
func (c *Clock) yearless(b []byte, n int, month, day, ofDay int64) (int64, int) {
	if c.latest == 0 {
		return NoTime, 0
	}
	for year := c.year; year > c.year-10; year-- { // the last 29 February may be eight years ago
		nanos, end := c.finish(b, n, year, month, day, ofDay)
		if c.doubt != NoDoubt {
			return NoTime, 0
		}
		if end > 0 && nanos <= c.latest {
			c.doubtful(NoYear, b[:end])
			return nanos, end
		}
	}
	return NoTime, 0
}

// doubtful records what a time leaves open.
func (c *Clock) doubtful(d Doubt, text []byte) { c.doubt, c.doubted = d, text }

// unzoned returns the instant of a date and time without an offset in b[:n], and where it ends.
// wall is the time in nanoseconds from 1970, as clocks show it. AM or PM and the name of a zone
// may follow.
func (c *Clock) unzoned(b []byte, n int, wall int64) (int64, int) {
	if half, width := halfDay(b[n:]); width > 0 {
		ofDay := (wall%nanosPerDay + nanosPerDay) % nanosPerDay
		if of24, ok := halved(ofDay, half); ok { // otherwise it is some other word
			n += width
			wall += of24 - ofDay
			if offset, width := zone(b[n:]); width > 0 {
				return wall - offset*int64(time.Second), n + width
			}
		}
	} else if n < len(b) && isMarker(b[n:]) && (wall%nanosPerDay+nanosPerDay)%nanosPerDay < 13*int64(time.Hour) {
		return NoTime, 0
	}
	if rest := b[n:]; len(rest) > 1 && rest[0] == ' ' && rest[1] == 'Z' && (len(rest) == 2 || !isWord(rest[2])) {
		return wall, n + 2 // Snowflake
	}
	if width, known := c.readPlace(b[n:]); width > 0 {
		if !known {
			c.doubtful(ZoneName, b[:n+width])
			return NoTime, 0
		}
		return wall - c.place.offset(wall)*int64(time.Second), n + width
	}
	if mayBeZone(b[n:]) {
		if offset, width := c.zoneName(b[n:], wall); width > 0 {
			if offset == noOffset {
				c.doubtful(ZoneName, b[:n+width])
				return NoTime, 0
			}
			return wall - offset*int64(time.Second), n + width
		}
	}
	if c.zone == nil {
		return wall, n
	}
	return wall - c.offset(wall)*int64(time.Second), n
}

// mayBeZone reports whether b may begin with the name of a zone: three or four letters that end
// in T, as most do, or in C or K (UTC, MSK). It rejects most levels.
func mayBeZone(b []byte) bool {
	if len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if len(b) < 3 || b[0] < 'A' || b[0] > 'Z' {
		return false
	}
	if len(b) == 3 || !isWord(b[3]) {
		return b[2] == 'T' || b[2] == 'C' || b[2] == 'K'
	}
	return b[3] == 'T' && (len(b) == 4 || !isWord(b[4]))
}

// noOffset is the offset of a zone with an ambiguous name.
const noOffset = math.MinInt64

// zoneName reads the name of a zone at the start of b, after a space or not. It returns the
// seconds east of UTC, or noOffset, and the width of the name with the space, 0 for any other
// word.
func (c *Clock) zoneName(b []byte, wall int64) (offset int64, width int) {
	space := 0
	if b[0] == ' ' {
		space = 1
	}
	n := space
	for n < len(b) && 'A' <= b[n] && b[n] <= 'Z' {
		n++
	}
	name := b[space:n]
	if len(name) < 3 || len(name) > 4 || n < len(b) && isWord(b[n]) {
		return 0, 0
	}
	if n+1 < len(b) && (b[n] == '+' || b[n] == '-' || b[n] == 0xe2) && (string(name) == "GMT" || string(name) == "UTC") {
		if offset, width := zone(b[n:]); width > 0 { // JavaScript: GMT+0100
			return offset, n + width
		}
		if isDigit(b[n+1]) && (n+2 == len(b) || !isWord(b[n+2]) && b[n+2] != ':') { // UTC+2
			offset := int64(b[n+1]-'0') * 3600
			if b[n] == '-' {
				offset = -offset
			}
			return offset, n + 2
		}
		if isDigit(b[n+1]) {
			return noOffset, n
		}
	}
	if offset, ok := c.nameOf(name, wall); ok {
		return offset, n
	}
	hours, minutes := 0, 0
	switch string(name) {
	case "UTC", "GMT", "WET":
	case "EST", "CDT": // this and the next ones as in RFC 5322
		hours = -5
	case "CST", "MDT":
		hours = -6
	case "MST", "PDT":
		hours = -7
	case "PST", "AKDT":
		hours = -8
	case "EDT", "AST":
		hours = -4
	case "ADT":
		hours = -3
	case "AKST":
		hours = -9
	case "HST":
		hours = -10
	case "CET", "WEST":
		hours = 1
	case "CEST", "EET", "SAST":
		hours = 2
	case "EEST", "MSK":
		hours = 3
	case "PKT":
		hours = 5
	case "HKT", "AWST":
		hours = 8
	case "JST", "KST":
		hours = 9
	case "ACST":
		hours, minutes = 9, 30
	case "AEST":
		hours = 10
	case "ACDT":
		hours, minutes = 10, 30
	case "AEDT":
		hours = 11
	case "NZST":
		hours = 12
	case "NZDT":
		hours = 13
	case "BST", "IST": // British, Bangladesh; Indian, Israel, Irish
		return noOffset, n
	default:
		return 0, 0
	}
	return int64(hours*3600 + minutes*60), n
}

// nameOf returns the offset that the Clock's zone calls by a name around the given time.
func (c *Clock) nameOf(name []byte, wall int64) (offset int64, ok bool) {
	if c.zone == nil {
		return 0, false
	}
	t := time.Unix(0, wall-c.offset(wall)*int64(time.Second)).In(c.zone)
	start, end := t.ZoneBounds()
	for _, t := range [...]time.Time{t, start.Add(-time.Second), end} {
		if have, offset := t.Zone(); have == string(name) {
			return int64(offset), true
		}
	}
	return 0, false
}

// words reads the value of a time field in a rare layout.
func (c *Clock) words(b []byte) int64 {
	if len(b) > maxTime {
		c.doubt = NoDoubt
		return NoTime
	}
	b = c.unescape(b)
	if inner := enclosed(b); len(inner) > 0 {
		return c.Value(inner)
	}
	if nanos := dotnet(b); nanos != NoTime {
		return nanos
	}
	layout := c.layout
	c.layout = nil // already tried
	nanos, n := c.Parse(b)
	c.layout = layout
	switch rest := b[n:]; {
	case n == 0:
		return NoTime
	case len(rest) == 0:
		return nanos
	case isZoneWord(rest), isComment(rest), isTags(rest):
		if statesZone(b[:n]) {
			return nanos // Go: +0100 CET
		}
		c.doubtful(ZoneName, b)
		return NoTime
	}
	c.doubt = NoDoubt
	return NoTime
}

// enclosed returns what brackets or quotes enclose, nil if b is in none.
func enclosed(b []byte) []byte {
	if len(b) > 2 {
		switch string([]byte{b[0], b[len(b)-1]}) {
		case "()", "[]", "<>", `""`, "''":
			return b[1 : len(b)-1]
		}
	}
	return nil
}

// dotnet reads /Date(1795430665972)/ and /Date(1795430665972+0100)/, as .NET and PowerShell write
// times: in milliseconds of UTC, whatever the zone.
func dotnet(b []byte) int64 {
	b, ok1 := bytes.CutPrefix(b, []byte("/Date("))
	b, ok2 := bytes.CutSuffix(b, []byte(")/"))
	if !ok1 || !ok2 {
		return NoTime
	}
	if n := bytes.IndexAny(b, "+-"); n > 0 && len(b)-n == len("+0100") {
		b = b[:n]
	}
	if nanos := unixTime(b); len(b) == 13 && nanos != NoTime {
		return nanos
	}
	return NoTime
}

// unescape removes JSON escapes: PHP writes 23\/Nov\/2026.
func (c *Clock) unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 {
		return b
	}
	c.unescaped = jsontext.AppendUnescaped(c.unescaped[:0], b)
	return c.unescaped
}

// isComment reports whether b is a zone in brackets, which JavaScript writes after an offset.
func isComment(b []byte) bool {
	return len(b) > 3 && b[0] == ' ' && b[1] == '(' && bytes.IndexByte(b, ')') == len(b)-1
}

// statesZone reports whether a time ends in a zone.
func statesZone(text []byte) bool {
	n := len(text)
	switch last := text[n-1]; {
	case isDigit(last):
		return bytes.ContainsAny(text[max(0, n-len("+01:00")):], "+-") || bytes.Contains(text[max(0, n-len("\u221201:00")):], minus)
	case last == 'Z', last == 'z', last == ']':
		return true
	}
	return 'A' <= text[n-1] && text[n-1] <= 'Z' && text[n-1] != 'M'
}

// minus is a minus sign, which is not ASCII.
var minus = []byte("\u2212")

// isZoneWord reports whether b is a space and a word that may be the name of a zone.
func isZoneWord(b []byte) bool {
	if len(b) < 4 || len(b) > 6 || b[0] != ' ' {
		return false
	}
	for _, c := range b[1:] {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// monthName reads the name of a month, or its first three letters, at the start of b. It
// returns the month and the width of the name, 0 if there is none.
func monthName(b []byte) (month int64, width int) {
	switch threeLetters(b) {
	case 'j'<<16 | 'a'<<8 | 'n':
		month = 1
	case 'f'<<16 | 'e'<<8 | 'b':
		month = 2
	case 'm'<<16 | 'a'<<8 | 'r':
		month = 3
	case 'a'<<16 | 'p'<<8 | 'r':
		month = 4
	case 'm'<<16 | 'a'<<8 | 'y':
		month = 5
	case 'j'<<16 | 'u'<<8 | 'n':
		month = 6
	case 'j'<<16 | 'u'<<8 | 'l':
		month = 7
	case 'a'<<16 | 'u'<<8 | 'g':
		month = 8
	case 's'<<16 | 'e'<<8 | 'p':
		month = 9
	case 'o'<<16 | 'c'<<8 | 't':
		month = 10
	case 'n'<<16 | 'o'<<8 | 'v':
		month = 11
	case 'd'<<16 | 'e'<<8 | 'c':
		month = 12
	default:
		return 0, 0
	}
	return month, nameWidth(b, [...]string{"uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"}[month-1])
}

// dayName returns the width of the name of a weekday, or of its first three letters, at the
// start of b. It returns 0 if there is none.
func dayName(b []byte) int {
	switch threeLetters(b) {
	case 'm'<<16 | 'o'<<8 | 'n', 's'<<16 | 'u'<<8 | 'n', 'f'<<16 | 'r'<<8 | 'i':
		return nameWidth(b, "day")
	case 't'<<16 | 'u'<<8 | 'e':
		return nameWidth(b, "sday")
	case 'w'<<16 | 'e'<<8 | 'd':
		return nameWidth(b, "nesday")
	case 't'<<16 | 'h'<<8 | 'u':
		return nameWidth(b, "rsday")
	case 's'<<16 | 'a'<<8 | 't':
		return nameWidth(b, "urday")
	}
	return 0
}

// threeLetters returns the first three letters of b as a number, in lower case.
func threeLetters(b []byte) uint32 {
	if len(b) < 3 {
		return 0
	}
	return uint32(b[0]|0x20)<<16 | uint32(b[1]|0x20)<<8 | uint32(b[2]|0x20)
}

// nameWidth returns the width of the name at the start of b: 3 if it has three letters, more if
// the letters beyond the third follow, otherwise 0.
func nameWidth(b []byte, beyond string) int {
	n := 3
	for n < len(b) && letter(b[n]) {
		n++
	}
	if n == 3 || n == 3+len(beyond) && bytes.EqualFold(b[3:n], []byte(beyond)) {
		return n
	}
	return 0
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// A scanner reads a time part by part. A method that does not find its part reads nothing.
type scanner struct {
	b []byte
	n int // bytes read
}

func (s *scanner) rest() []byte { return s.b[s.n:] }

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.n < len(s.b) {
		return s.b[s.n]
	}
	return 0
}

func (s *scanner) skip(c byte) bool {
	if s.n < len(s.b) && s.b[s.n] == c {
		s.n++
		return true
	}
	return false
}

// word reads a word.
func (s *scanner) word(w string) bool {
	if rest := s.rest(); len(rest) < len(w) || string(rest[:len(w)]) != w {
		return false
	}
	s.n += len(w)
	return true
}

// spaces reads one space or more.
func (s *scanner) spaces() bool {
	start := s.n
	for s.n < len(s.b) && s.b[s.n] == ' ' {
		s.n++
	}
	return s.n > start
}

// number reads a number that has least to most digits.
func (s *scanner) number(least, most int) (n int64, ok bool) {
	i := s.n
	for i < len(s.b) && isDigit(s.b[i]) && i-s.n <= most {
		n = n*10 + int64(s.b[i]-'0')
		i++
	}
	if digits := i - s.n; digits < least || digits > most {
		return 0, false
	}
	s.n = i
	return n, true
}

// digits reads a number of count digits, even if more follow. It returns -1 if there is none.
func (s *scanner) digits(count int) int64 {
	var n int64
	if len(s.b)-s.n < count {
		return -1
	}
	for _, c := range s.b[s.n : s.n+count] {
		if !isDigit(c) {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	s.n += count
	return n
}

// clock reads a time of day, whose hour may have a single digit.
func (s *scanner) clock() (nanos int64, ok bool) {
	if nanos, n := clockTime(s.rest()); n > 0 {
		s.n += n
		return nanos, true
	}
	mark := s.n
	if s.peek() >= 0x80 {
		half, width := halfWord(s.rest())
		s.n += width
		s.n += gap(s.rest())
		if width > 0 && isDigit(s.peek()) {
			if nanos, ok = s.clock(); ok {
				nanos, ok = halved(nanos, half)
			}
		}
		if !ok {
			s.n = mark
		}
		return nanos, ok
	}
	hour, ok1 := s.number(1, 1)
	ok2 := s.skip(':')
	minute, ok3 := s.number(2, 2)
	ok4 := s.skip(':')
	second, ok5 := s.number(2, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || minute > 59 || second > 60 {
		s.n = mark
		return 0, false
	}
	return (hour*3600+minute*60+second)*int64(time.Second) + s.fraction(), true
}

// minutes reads a time of day without seconds: 3:04 PM, 15:04.
func (s *scanner) minutes() (nanos int64, ok bool) {
	mark := s.n
	half, width := halfWord(s.rest())
	if s.n += width; width > 0 {
		s.n += gap(s.rest())
	}
	hour, ok1 := s.number(1, 2)
	ok2 := s.skip(':')
	minute, ok3 := s.number(2, 2)
	nanos = (hour*60 + minute) * int64(time.Minute)
	if width > 0 {
		nanos, ok2 = halved(nanos, half)
	}
	if ok1 && ok2 && ok3 && hour < 24 && minute < 60 && s.endsMinutes() {
		return nanos, true
	}
	s.n = mark
	return 0, false
}

// endsMinutes reports whether a time of day ends after its minutes.
func (s *scanner) endsMinutes() bool {
	c := s.peek()
	if c == ':' || (c == '.' || c == ',') && s.n+1 < len(s.b) && isDigit(s.b[s.n+1]) {
		return false
	}
	if isWord(c) {
		_, marker := halfDay(s.rest())
		_, offset := zone(s.rest())
		return marker > 0 || offset > 0
	}
	return true
}

// fraction reads a fraction of a second after a point or a comma, in nanoseconds.
func (s *scanner) fraction() int64 {
	rest := s.rest()
	if len(rest) < 2 || rest[0] != '.' && rest[0] != ',' || !isDigit(rest[1]) {
		return 0
	}
	nanos, n := fraction(rest[1:])
	s.n += 1 + n
	return nanos
}

// fraction reads the digits of a fraction of a second. It returns whole nanoseconds and the
// number of digits.
func fraction(b []byte) (nanos int64, n int) {
	scale := int64(time.Second) / 10
	for n < len(b) && isDigit(b[n]) {
		nanos += int64(b[n]-'0') * scale
		scale /= 10
		n++
	}
	return nanos, n
}

// beforeClock reads the separator between a date and a time of day.
func (s *scanner) beforeClock() bool {
	if s.skip('T') || s.skip('t') {
		return true
	}
	s.skip(',')
	n := gap(s.rest())
	s.n += n
	return n > 0
}

// year reads spaces and a year.
func (s *scanner) year() (year int64, ok bool) {
	mark := s.n
	if s.spaces() {
		if year, ok = s.number(4, 4); ok && !isWord(s.peek()) {
			return year, true
		}
	}
	s.n = mark
	return 0, false
}

// zoneWord reads a space and a word that may be an offset or the name of a zone. It returns
// where the word ends.
func (s *scanner) zoneWord() int {
	s.skip(' ')
	for c := s.peek(); 'A' <= c && c <= 'Z' || isDigit(c) || c == '+' || c == '-' || c == ':'; c = s.peek() {
		s.n++
	}
	return s.n
}
