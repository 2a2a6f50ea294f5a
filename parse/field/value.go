package field

import "bytes"

// SDKVersion returns the version in "v2.35.2" or "js-2.35.2", nil for any other text.
func SDKVersion(s []byte) []byte {
	v, ok := bytes.CutPrefix(s, []byte("js-"))
	if !ok {
		v, ok = bytes.CutPrefix(s, []byte("v"))
	}
	if !ok || len(v) == 0 || !isDigit(v[0]) {
		return nil
	}
	return v
}

// CodeOf reads an error code. It returns 0 if s is not one.
func CodeOf(s []byte) int32 {
	var n int32
	if len(s) > 6 {
		return 0
	}
	for _, c := range s {
		if !isDigit(c) {
			return 0
		}
		n = n*10 + int32(c-'0')
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
