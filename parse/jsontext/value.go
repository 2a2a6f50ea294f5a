// Package jsontext reads and writes JSON text without decoding it into Go values. It copies
// nothing: keys and values are parts of the text.
//
// string.go finds the end of a string and removes its escapes; value.go iterates over the
// members of an object and the elements of an array.
package jsontext

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// Members yields the keys of a JSON object, as written between their quotes, and its values,
// as written. It stops at the end of the object, or before the first member that is incomplete
// or invalid.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		i := SkipSpace(object, 0)
		if i >= len(object) || object[i] != '{' {
			return
		}
		for {
			i = SkipSpace(object, i+1) // '{' or ','
			if i >= len(object) || object[i] != '"' {
				return
			}
			end, _ := StringEnd(object, i+1)
			if end < 0 {
				return
			}
			key := object[i+1 : end]
			i = SkipSpace(object, end+1)
			if i >= len(object) || object[i] != ':' {
				return
			}
			start := SkipSpace(object, i+1)
			i = ValueEnd(object, start)
			if i < 0 || !yield(key, object[start:i]) {
				return
			}
			i = SkipSpace(object, i)
			if i >= len(object) || object[i] != ',' {
				return
			}
		}
	}
}

// Elements yields the elements of a JSON array, as written. It stops as Members does.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		i := SkipSpace(array, 0)
		if i >= len(array) || array[i] != '[' {
			return
		}
		for {
			start := SkipSpace(array, i+1) // '[' or ','
			i = ValueEnd(array, start)
			if i < 0 || !yield(array[start:i]) {
				return
			}
			i = SkipSpace(array, i)
			if i >= len(array) || array[i] != ',' {
				return
			}
		}
	}
}

// SkipSpace returns the offset of the first byte at or after i that is not white space.
func SkipSpace(s []byte, i int) int {
	for i < len(s) && IsSpace(s[i]) {
		i++
	}
	return i
}

// ValueEnd returns where the JSON value that starts at i ends, -1 if it is incomplete or
// invalid.
func ValueEnd(s []byte, i int) int {
	if i >= len(s) {
		return -1
	}
	switch s[i] {
	case '"':
		end, _ := StringEnd(s, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	case '{', '[':
		for depth := 0; i < len(s); i++ {
			switch s[i] {
			case '"':
				end, _ := StringEnd(s, i+1)
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
	if i == start || i == len(s) { // a number may be incomplete
		return -1
	}
	return i
}

// Quoted returns the bytes between the quotes of a JSON string, nil if value is not a string.
func Quoted(value []byte) []byte {
	if n := len(value); n >= 2 && value[0] == '"' {
		return value[1 : n-1]
	}
	return nil
}

// AppendQuoted appends s as a JSON string.
func AppendQuoted(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := PlainLen(s); i < len(s); i++ {
		c := s[i]
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

// PlainLen returns how many bytes are at the start of s before the first quote, backslash or control
// character.
func PlainLen(s []byte) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := binary.LittleEndian.Uint64(s[i:])
		quote, slash := x^lows*'"', x^lows*'\\'
		// The lowest bit that is set belongs to the first such byte; higher ones may not.
		if found := ((quote-lows)&^quote | (slash-lows)&^slash | (x-lows*' ')&^x) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for i < len(s) && s[i] >= ' ' && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}

// IsSpace reports whether c is white space in JSON.
func IsSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}
