package parse

import (
	"bytes"
	"strings"
	"time"
)

// A SessionInfo is what an OpenTok session ID says of its session.
type SessionInfo struct {
	APIKey  string    // or the ID of an application; "" if it cannot be told
	Created time.Time // zero if it cannot be told
}

// DecodeSession reads an OpenTok session ID: "1_" or "2_" and the base64, in
// either alphabet and with or without padding, of
//
//	1~<API key>~<server or nothing>~<created>~<random>~…
//
// where created is in milliseconds since 1970 or, in IDs of old, a date in words.
func DecodeSession(id []byte) SessionInfo {
	var room [sessionLength]byte
	fields := bytes.Split(decodeSession(room[:0], id), []byte{'~'})
	if len(fields) < 3 || !isKey(fields[1]) {
		return SessionInfo{}
	}
	info := SessionInfo{APIKey: string(fields[1])}
	if len(fields) > 4 { // else it may be cut
		info.Created = sessionTime(fields[3])
	}
	return info
}

// SessionKey appends the API key of an OpenTok session ID to dst, nothing if it
// cannot be told. It is DecodeSession without the rest, and does not allocate.
func SessionKey(dst, id []byte) []byte {
	var room [sessionLength]byte
	decoded := decodeSession(room[:0], id[:min(len(id), keyLength)])
	_, rest, _ := bytes.Cut(decoded, []byte{'~'})
	key, _, ok := bytes.Cut(rest, []byte{'~'})
	if !ok || !isKey(key) {
		return dst
	}
	return append(dst, key...)
}

const (
	sessionLength = 256 // decoded bytes of a session ID, more than any has
	keyLength     = 98  // bytes of a session ID in which the longest key ends
)

// decodeSession appends what a session ID says. Neither its alphabet nor its
// padding matters; it ends where it is no base64.
func decodeSession(dst, id []byte) []byte {
	if !isSessionID(id) {
		return nil
	}
	var group, bits uint32
	for _, c := range id[2:] {
		v := base64Value[c]
		if v < 0 {
			break
		}
		group, bits = group<<6|uint32(v), bits+6
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(group>>bits))
		}
	}
	return dst
}

// base64Value is the value of a digit in either alphabet, -1 for anything else.
var base64Value = func() (t [256]int8) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for c := range t {
		t[c] = int8(strings.IndexByte(digits, byte(c)))
	}
	t['+'], t['-'], t['/'], t['_'] = 62, 62, 63, 63
	return t
}()

// isKey reports whether s may be an API key or the ID of an application.
func isKey(s []byte) bool {
	for _, c := range s {
		if !isWord(c) && c != '-' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 64
}

// sessionTime reads when a session was created, the zero time if it cannot.
func sessionTime(s []byte) time.Time {
	var millis int64
	for _, c := range s {
		if !isDigit(c) || millis > 1<<50 {
			millis = 0
			break
		}
		millis = millis*10 + int64(c-'0')
	}
	if millis != 0 {
		return time.UnixMilli(millis).UTC()
	}
	t, err := time.Parse("Mon Jan 2 15:04:05 MST 2006", string(s))
	if err != nil {
		return time.Time{}
	}
	// An abbreviation does not tell its offset. The vendor's servers wrote these.
	switch zone, _ := t.Zone(); zone {
	case "UTC", "GMT":
		return t.UTC()
	case "PDT":
		return t.UTC().Add(7 * time.Hour)
	case "PST":
		return t.UTC().Add(8 * time.Hour)
	}
	return time.Time{}
}
