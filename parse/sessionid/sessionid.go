// Package sessionid finds and decodes the IDs of OpenTok sessions.
package sessionid

import (
	"bytes"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/terminal"
)

// A Info is what an OpenTok session ID contains.
type Info struct {
	APIKey  string    // API key or application ID; "" if unknown
	Created time.Time // zero if unknown
}

// Decode decodes an OpenTok session ID: "1_" or "2_", and the base64, in either alphabet
// and with or without padding, of
//
//	1~<API key>~<server or nothing>~<created>~<random>~…
//
// where created is in milliseconds since 1970 or, in old IDs, a date in words.
func Decode(id []byte) Info {
	var room [sessionLength]byte
	fields := bytes.Split(decodeSession(room[:0], id), []byte{'~'})
	if len(fields) < 3 || !isKey(fields[1]) {
		return Info{}
	}
	info := Info{APIKey: string(fields[1])}
	if len(fields) > 4 { // otherwise created may be incomplete
		info.Created = sessionTime(fields[3])
	}
	return info
}

// AppendKey appends the API key in an OpenTok session ID to dst, and nothing if it is unknown.
// It does not allocate.
func AppendKey(dst, id []byte) []byte {
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
	sessionLength = 256 // more decoded bytes than any session ID has
	keyLength     = 98  // the first bytes of a session ID, enough for the longest key
)

// decodeSession appends the decoded base64 of a session ID, up to the first byte that is not
// base64.
func decodeSession(dst, id []byte) []byte {
	if !Is(id) {
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

// base64Value is the value of a digit in either alphabet, -1 for any other byte.
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

// sessionTime reads the time at which a session was created. It returns the zero time if s
// is not a time.
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
	// package time does not know the offsets of these zones, in which the vendor's servers ran.
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

// minSessionID is the length of the shortest session ID.
const minSessionID = 20

// Mark is in every session ID: the base64 of "1~" starts with MX. The next character is
// 4 if the key starts with a digit, and 5 if it starts with a letter.
var Mark = []byte("_MX")

// NextMark returns the offset of the first Mark, -1 if there is none.
func NextMark(data []byte) int { return bytes.Index(data, Mark) }

// Next returns where the first session ID starts and ends, -1 if there is none.
func Next(data []byte) (start, end int) {
	for from := 0; ; {
		n := bytes.Index(data[from:], Mark)
		if n < 0 {
			return -1, -1
		}
		start := from + n - 1
		from += n + len(Mark)
		if start < 0 || endsInWord(data[:start]) {
			continue
		}
		end := start + base64Run(data[start:])
		if Is(data[start:end]) && !isCutOff(data[end:]) {
			return start, end
		}
	}
}

// All returns the session IDs in a text.
func All(text []byte) map[string]bool {
	all := map[string]bool{}
	for start, end := Next(text); start >= 0; start, end = Next(text) {
		all[string(text[start:end])] = true
		text = text[end:]
	}
	return all
}

// Several reports whether a text contains different session IDs.
func Several(text []byte) bool {
	start, end := Next(text)
	if start < 0 {
		return false
	}
	for first := text[start:end]; start >= 0; start, end = Next(text) {
		if !bytes.Equal(first, text[start:end]) {
			return true
		}
		text = text[end:]
	}
	return false
}

// Whole returns the session ID in the value of a field that starts with one (ID/connection), nil if the ID
// is cut off: without its end it may be that of several sessions.
func Whole(s []byte) []byte {
	last := s[len(s)-1]
	if bytes.IndexByte(s, '/') < 0 && bytes.IndexByte(s, ':') < 0 && inSessionID[last] {
		return s
	}
	n := base64Run(s)
	if n < minSessionID || isCutOff(s[n:]) {
		return nil
	}
	return s[:n]
}

// isCutOff reports whether what follows an ID says that its end is missing.
func isCutOff(rest []byte) bool {
	return len(rest) > 2 && (string(rest[:3]) == "..." || string(rest[:3]) == "…")
}

// Is reports whether s has the form of an OpenTok session ID.
func Is(s []byte) bool {
	return len(s) >= minSessionID && (s[0] == '1' || s[0] == '2') && s[1] == '_' &&
		s[2] == 'M' && s[3] == 'X' && (s[4] == '4' || s[4] == '5')
}

// Before returns an ID in a text that is cut off, nil if it is at the end of the text: its own end may be
// missing, too.
func Before(text, id []byte) []byte {
	if bytes.HasSuffix(text, id) {
		return nil
	}
	return id
}

// endsInWord reports whether s ends in a character of a word, so that an ID which follows s
// would be part of a longer word. The last characters of a JSON escape (`\n1_MX4…`), of a
// percent-encoded one (%3D), of nginx's (`\x22`), of a terminal sequence and of a console directive do not belong to a
// word.
func endsInWord(s []byte) bool {
	n := len(s)
	if n == 0 || !isWord(s[n-1]) || endsInDirective(s) {
		return false
	}
	if n >= 2 && s[n-2] == '\\' {
		return strings.IndexByte("nrtbf", s[n-1]) < 0
	}
	if n >= 3 && s[n-3] == '%' || n >= 4 && s[n-4] == '\\' && s[n-3] == 'x' {
		var c [1]byte
		_, err := hex.Decode(c[:], s[n-2:])
		return err != nil || isWord(c[0])
	}
	if n >= 6 && s[n-6] == '\\' && s[n-5] == 'u' {
		r, ok := jsontext.Hex4(s[n-4:])
		return !ok || r < utf8.RuneSelf && isWord(byte(r))
	}
	return true
}

// endsInDirective reports whether s ends in a console directive (%c) or in a terminal sequence
// that sets colours (ESC [ 31 m), whose ESC may be written as a JSON escape.
func endsInDirective(s []byte) bool {
	n := len(s)
	if n >= 2 && terminal.Directive(s[n-2:]) == 2 {
		return true
	}
	n-- // the final letter
	for n > 0 && (isDigit(s[n-1]) || s[n-1] == ';') {
		n--
	}
	s, ok := bytes.CutSuffix(s[:n], []byte("["))
	return ok && (bytes.HasSuffix(s, []byte("\x1b")) || bytes.HasSuffix(s, []byte(`\u001b`)) || bytes.HasSuffix(s, []byte(`\u001B`)))
}

// base64Run returns how many bytes at the start of s may belong to a session ID.
func base64Run(s []byte) int {
	n := min(2, len(s)) // 1_ or 2_
	for n < len(s) && inSessionID[s[n]] {
		n++
	}
	return n
}

// inSessionID are the bytes of a session ID: base64 in either alphabet, without the slash,
// which follows IDs in URLs.
var inSessionID = func() (t [256]bool) {
	for c := range t {
		t[c] = isWord(byte(c)) || c == '-' || c == '+' || c == '='
	}
	return t
}()

// isWord reports whether c can be part of a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
