package parse

import (
	"bytes"
	"encoding/base64"
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
	if !isSessionID(id) {
		return SessionInfo{}
	}
	// A hyphen stands for a plus sign or, at the end, for padding.
	text := bytes.TrimRight(id[2:], "-=")
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte{'-'}, []byte{'+'}), []byte{'_'}, []byte{'/'})
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(decoded, text)
	if err != nil {
		return SessionInfo{}
	}
	fields := bytes.Split(decoded[:n], []byte{'~'})
	if len(fields) < 3 || !isKey(fields[1]) {
		return SessionInfo{}
	}
	info := SessionInfo{APIKey: string(fields[1])}
	if len(fields) > 4 { // else it may be cut
		info.Created = sessionTime(fields[3])
	}
	return info
}

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
