package jsontext

import "bytes"

// LooksLikeObject reports whether a line without surrounding space starts and ends like a JSON
// object.
func LooksLikeObject(line []byte) bool {
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	return OpensObject(line)
}

// OpensObject reports whether line starts like a JSON object. Its end may be missing.
func OpensObject(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	for _, c := range line[1:] {
		if !IsSpace(c) {
			return c == '"' || c == '}'
		}
	}
	return false
}

// MayHoldObject reports whether a string, as written, may contain an object: what precedes the
// object is white space, which may be written as escapes.
func MayHoldObject(s []byte) bool {
	for i, c := range s {
		switch {
		case c == '{':
			return true
		case c == '\\':
			return bytes.IndexByte(s[i:], '{') >= 0 || bytes.Contains(s[i:], []byte("u007"))
		case !IsSpace(c):
			return false
		}
	}
	return false
}

// IsBracket reports whether a line has nothing but a bracket around records, and a comma.
func IsBracket(line []byte) bool {
	switch string(line) {
	case "", "[", "]", "],", ",":
		return true
	}
	return false
}

// IsNull reports whether a cell stands for a missing value.
func IsNull(cell []byte) bool {
	switch string(cell) {
	case "", "-", "null", "NULL", "(null)", "undefined", "N/A":
		return true
	}
	return false
}
