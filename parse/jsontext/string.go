package jsontext

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// StringEnd returns the offset of the closing quote of a JSON string, -1 if s does not contain
// it. The string starts at i, after its opening quote. StringEnd also reports whether the
// string contains an escape.
func StringEnd(s []byte, i int) (end int, escaped bool) {
	for i+8 <= len(s) {
		// Zero bytes of quote and slash mark a quote or a backslash.
		x := binary.LittleEndian.Uint64(s[i:])
		quote, slash := x^lows*'"', x^lows*'\\'
		found := ((quote-lows)&^quote | (slash-lows)&^slash) & highs
		if found == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(found) >> 3; s[i] == '"' {
			return i, false
		}
		return escapedEnd(s, i), true
	}
	for ; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i, false
		case '\\':
			return escapedEnd(s, i), true
		}
	}
	return -1, false
}

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// escapedEnd returns what StringEnd does, of a string that continues at i with a backslash. Objects inside
// strings have many escapes, at which a search for each would mispredict: with masks, the lines of
// containers take a third of the time.
func escapedEnd(s []byte, i int) int {
	before := uint64(0) // not 0: the byte before i is a backslash that escapes it
	for ; i+8 <= len(s); i += 8 {
		x := binary.LittleEndian.Uint64(s[i:])
		slashes := equal(x, '\\')
		escaped := slashes<<8 | before
		if slashes&escaped != 0 { // backslashes in a row, of which some are escaped
			for k, c := range s[i : i+8] {
				switch {
				case before != 0:
					before = 0
				case c == '"':
					return i + k
				case c == '\\':
					before = 1 << 7
				}
			}
			continue
		}
		if found := equal(x, '"') &^ escaped; found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
		before = slashes >> 56
	}
	if before != 0 {
		i++
	}
	for i < len(s) && s[i] != '"' {
		if s[i] == '\\' {
			i++
		}
		i++
	}
	if i >= len(s) {
		return -1
	}
	return i
}

// equal returns the highest bit of each byte of x that is c.
func equal(x uint64, c byte) uint64 {
	x ^= lows * uint64(c)
	return ^(x&^highs + ^uint64(highs) | x) & highs
}

// AppendUnescaped appends the value of a JSON string, given as written between its quotes. It
// keeps escapes that JSON does not define.
func AppendUnescaped(dst, s []byte) []byte {
	for len(s) > 0 {
		n := bytes.IndexByte(s, '\\')
		if n < 0 || n+1 == len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:n]...)
		c := s[n+1]
		s = s[n+2:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, ok := Hex4(s)
			if !ok {
				dst = append(dst, '\\', c)
				continue
			}
			s = s[4:]
			if utf16.IsSurrogate(r) && len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				if low, ok := Hex4(s[2:]); ok {
					if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
						r, s = both, s[6:]
					}
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst
}

// Hex4 returns the value of the four hexadecimal digits at the start of s.
func Hex4(s []byte) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range s[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// AppendBytes appends the bytes in an array of numbers, and returns the length of the array, 0 if it is
// something else or has no end.
func AppendBytes(dst, array []byte) ([]byte, int) {
	for i := 1; i < len(array); i++ {
		c := array[i]
		switch {
		case c == ',' || IsSpace(c):
			continue
		case c == ']':
			return dst, i + 1
		case c < '0' || c > '9':
			return dst, 0
		}
		n := 0
		for ; i < len(array) && '0' <= array[i] && array[i] <= '9' && n <= 0xff; i++ {
			n = n*10 + int(array[i]-'0')
		}
		if n > 0xff {
			return dst, 0
		}
		dst = append(dst, byte(n))
		i--
	}
	return dst, 0
}
