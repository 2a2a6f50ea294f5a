package timestamp

import (
	"bytes"
	"time"
)

// halfDay reads the marker of morning or afternoon at the start of b, after spaces or not: AM, p.m.,
// (PM), 下午. It returns 'a' or 'p', and the width of the marker with the spaces, 0 if there is none.
func halfDay(b []byte) (half byte, width int) {
	n := gap(b)
	bracket := n < len(b) && b[n] == '('
	if bracket {
		n++
	}
	if n == len(b) {
		return 0, 0
	}
	if half = b[n] | 0x20; half == 'a' || half == 'p' {
		if n == 0 && (len(b) == 1 || bytes.IndexByte(letterEnds, b[1]) >= 0) { // 10:44:25P
			return half, 1
		}
		width = latinHalf(b[n:])
	} else if b[n] >= 0x80 {
		half, width = halfWord(b[n:])
	}
	n += width
	if width == 0 || n < len(b) && (isWord(b[n]) || b[n] >= 0x80) {
		return 0, 0
	}
	if bracket {
		if n == len(b) || b[n] != ')' {
			return 0, 0
		}
		n++
	}
	return half, n
}

// letterEnds are the bytes that may follow A or P.
var letterEnds = []byte("] \t\r\n\x1b,;|)>\"'<")

// latinHalf returns the width of AM, p.m. or p. m. at the start of b, which begins with A or P, 0 for
// any other word.
func latinHalf(b []byte) int {
	n := 1
	dotted := n < len(b) && b[n] == '.'
	if dotted {
		n++
		n += gap(b[n:])
	}
	if n == len(b) || b[n]|0x20 != 'm' {
		return 0
	}
	n++
	if dotted && n < len(b) && b[n] == '.' {
		n++
	}
	return n
}

// halfWords are markers of morning and afternoon in other scripts than Latin. Longer ones precede
// their own prefixes.
var halfWords = []struct{ morning, afternoon string }{
	{"上午", "下午"}, {"午前", "午後"}, {"오전", "오후"},
	{"π.μ.", "μ.μ."}, {"πμ", "μμ"}, {"ΠΜ", "ΜΜ"},
	{"ص", "م"}, {"ق.ظ.", "ب.ظ."}, {"ق.ظ", "ب.ظ"}, {"לפנה״צ", "אחה״צ"},
	{"пр.об.", "сл.об."}, {"дп", "пп"}, {"ÖÖ", "ÖS"},
	{"पूर्वाह्न", "अपराह्न"}, {"ก่อนเที่ยง", "หลังเที่ยง"},
}

// halfWord reads a marker of halfWords at the start of b.
func halfWord(b []byte) (half byte, width int) {
	for _, w := range halfWords {
		if n := len(w.morning); len(b) >= n && string(b[:n]) == w.morning {
			return 'a', n
		}
		if n := len(w.afternoon); len(b) >= n && string(b[:n]) == w.afternoon {
			return 'p', n
		}
	}
	return 0, 0
}

// halved returns the time of day that a clock of twelve hours shows, from 0 or from 1. It returns
// false for 13:00 AM.
func halved(ofDay int64, half byte) (int64, bool) {
	const noon = 12 * int64(time.Hour)
	switch hour := ofDay / int64(time.Hour); {
	case half == 'p' && hour < 12:
		ofDay += noon
	case half == 'a' && hour == 12:
		ofDay -= noon
	case half == 'a' && hour > 12:
		return 0, false
	}
	return ofDay, true
}

// isMarker reports whether b begins with an abbreviation of letters that are not Latin, each before a
// point, after spaces or not. After a time of day it says which half of the day is meant.
func isMarker(b []byte) bool {
	b = b[gap(b):]
	letters, points := 0, 0
	for len(b) > 0 && letters <= 6 {
		switch c := b[0]; {
		case c == '.' && letters > points:
			points++
		case c < 0x80:
			return points > 1 && !isWord(c)
		case c >= 0xc0:
			letters++
		}
		b = b[1:]
	}
	return letters <= 6 && points > 1
}

// gap returns the width of the spaces at the start of b: those of ASCII, and those that may not be
// broken, which JavaScript and Java write before AM and PM.
func gap(b []byte) int {
	n := 0
	for n < len(b) {
		switch {
		case b[n] == ' ':
			n++
		case b[n] == 0xc2 && n+1 < len(b) && b[n+1] == 0xa0: // U+00A0
			n += 2
		case b[n] == 0xe2 && n+2 < len(b) && b[n+1] == 0x80 && b[n+2] == 0xaf: // U+202F
			n += 3
		default:
			return n
		}
	}
	return n
}
