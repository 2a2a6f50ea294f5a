package timestamp

import (
	"bytes"
	"math"
	"time"
)

// StampLength is the length of a date with a time of day to the second, as in ISO 8601.
const StampLength = len("2006-01-02T15:04:05")

// Stamp returns where the first date with a time of day is in a text, -1 if it has none.
func Stamp(text []byte) int {
	const date = len("2006-01-02T15")
	// A colon is rarer than a digit.
	for colon := date; colon < len(text); colon++ {
		n := bytes.IndexByte(text[colon:], ':')
		if n < 0 {
			return -1
		}
		colon += n
		if at := colon - date; isStamp(text[at:]) && (at == 0 || !isDigit(text[at-1])) {
			return at
		}
	}
	return -1
}

// isStamp reports whether text starts with the form of a date with a time of day.
func isStamp(text []byte) bool {
	if len(text) < StampLength {
		return false
	}
	for i, c := range []byte("0000-00-00T00:00:00") {
		switch got := text[i]; c {
		case '0':
			if !isDigit(got) {
				return false
			}
		case 'T':
			if got != 'T' && got != ' ' {
				return false
			}
		default:
			if got != c {
				return false
			}
		}
	}
	return true
}

// The Unix times that are looked for anywhere in a text. Other numbers of as many digits are
// identifiers.
var epochFrom, epochTo = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// Epoch reads a Unix time at the start of b: a number of 10, 13, 16 or 19 digits, for seconds to
// nanoseconds, with or without a fraction, from 2015 to 2049. It returns Unix nanoseconds and the
// number of bytes read, NoTime and 0 if there is none.
func Epoch(b []byte) (nanos int64, n int) {
	for n < len(b) && isDigit(b[n]) {
		n++
	}
	switch n {
	case 10, 13, 16, 19:
	default:
		return NoTime, 0
	}
	if n+1 < len(b) && b[n] == '.' && isDigit(b[n+1]) {
		for n++; n < len(b) && isDigit(b[n]); n++ {
		}
	}
	if n < len(b) && (isWord(b[n]) || b[n] == '-' && n+1 < len(b) && isWord(b[n+1])) {
		return NoTime, 0
	}
	if nanos = unixTime(b[:n]); nanos < epochFrom || nanos >= epochTo {
		return NoTime, 0
	}
	return nanos, n
}

// Serial reads a date as spreadsheets count it: days since 30 December 1899, with at least four
// digits of the time of day, from 2015 to 2049. It returns NoTime for any other text. The time is
// exact to a millisecond.
func Serial(b []byte) (nanos int64) {
	const whole, least = 5, 4
	if len(b) <= whole+least || b[whole] != '.' && b[whole] != ',' {
		return NoTime
	}
	scale, value := int64(1), int64(0)
	for i, c := range b {
		switch {
		case i == whole || i > whole+12 && isDigit(c):
		case !isDigit(c):
			return NoTime
		default:
			value = value*10 + int64(c-'0')
			if i > whole {
				scale *= 10
			}
		}
	}
	const unixEpoch = 25569
	days, part := value/scale-unixEpoch, value%scale
	nanos = days*nanosPerDay + int64(math.Round(float64(part)/float64(scale)*24*3600*1000))*int64(time.Millisecond)
	if nanos < epochFrom || nanos >= epochTo {
		return NoTime
	}
	return nanos
}

// Stamps returns how many dates with a time of day are in a text, at most a number.
func Stamps(text []byte, most int) (n int) {
	for n < most {
		at := Stamp(text)
		if at < 0 {
			break
		}
		n++
		text = text[at+StampLength:]
	}
	return n
}
