package timestamp

import "bytes"

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
