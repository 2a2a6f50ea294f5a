package parse

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// members yields the keys of a JSON object, as written between their quotes, and
// their values as written. It ends where the object does, or where it is cut off
// or broken: what it yields is whole.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		i := skipSpace(object, 0)
		if i >= len(object) || object[i] != '{' {
			return
		}
		for {
			i = skipSpace(object, i+1) // '{' or ','
			if i >= len(object) || object[i] != '"' {
				return
			}
			end := closingQuote(object, i+1)
			if end < 0 {
				return
			}
			key := object[i+1 : end]
			i = skipSpace(object, end+1)
			if i >= len(object) || object[i] != ':' {
				return
			}
			start := skipSpace(object, i+1)
			i = valueEnd(object, start)
			if i < 0 || !yield(key, object[start:i]) {
				return
			}
			i = skipSpace(object, i)
			if i >= len(object) || object[i] != ',' {
				return
			}
		}
	}
}

// elements yields the elements of a JSON array as written, likewise.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		i := skipSpace(array, 0)
		if i >= len(array) || array[i] != '[' {
			return
		}
		for {
			start := skipSpace(array, i+1) // '[' or ','
			i = valueEnd(array, start)
			if i < 0 || !yield(array[start:i]) {
				return
			}
			i = skipSpace(array, i)
			if i >= len(array) || array[i] != ',' {
				return
			}
		}
	}
}

// closingQuote returns where the string ends that starts at i, -1 if it does not
// end. It is stringEnd for those that do not ask what the string holds.
func closingQuote(s []byte, i int) int {
	for i+8 <= len(s) {
		// Zero bytes of x mark a quote or a backslash.
		x := binary.LittleEndian.Uint64(s[i:])
		quote, slash := x^0x2222222222222222, x^0x5c5c5c5c5c5c5c5c
		found := ((quote - 0x0101010101010101) &^ quote) | ((slash - 0x0101010101010101) &^ slash)
		if found &= 0x8080808080808080; found == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(found) >> 3; s[i] == '"' {
			return i
		}
		i += 2
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

func skipSpace(s []byte, i int) int {
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	return i
}

// valueEnd returns where the JSON value ends that starts at i, -1 if it does not
// end or is none.
func valueEnd(s []byte, i int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		end := closingQuote(s, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case '{', '[':
		for depth := 0; i < len(s); i++ {
			switch s[i] {
			case '"':
				end := closingQuote(s, i+1)
				if end < 0 {
					return -1
				}
				i = end
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return -1
	}
	start := i
	for i < len(s) && (isWord(s[i]) || s[i] == '-' || s[i] == '+' || s[i] == '.') {
		i++
	}
	if i == start || i == len(s) { // a number may go on
		return -1
	}
	return i
}

// quoted returns what stands between the quotes of a JSON string, nil if value is
// none.
func quoted(value []byte) []byte {
	if n := len(value); n >= 2 && value[0] == '"' {
		return value[1 : n-1]
	}
	return nil
}

// appendQuoted appends a text as a JSON string.
func appendQuoted(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}
