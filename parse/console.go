package parse

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/terminal"
	"github.com/otlog/otlog/parse/timestamp"
)

// An OpenTok session ID is "1_" or "2_" and the base64 of "1~", the API key or
// application ID, and more. So it starts with 1_MX or 2_MX, and then 4 if a
// digit follows, 5 if a letter does.
const minSessionID = 20

var sessionMark = []byte("_MX")

// nextSessionMark returns where the next session ID may stand, -1 if there is
// none.
func nextSessionMark(data []byte) int { return bytes.Index(data, sessionMark) }

// nextSession returns where the next session ID starts, -1 if there is none.
func nextSession(data []byte) (start, end int) {
	for from := 0; ; {
		n := bytes.Index(data[from:], sessionMark)
		if n < 0 {
			return -1, -1
		}
		start := from + n - 1
		from += n + len(sessionMark)
		if start < 0 || endsInWord(data[:start]) {
			continue
		}
		end := start + base64Run(data[start:])
		if isSessionID(data[start:end]) {
			return start, end
		}
	}
}

// isSessionID reports whether s has the form of an OpenTok session ID.
func isSessionID(s []byte) bool {
	return len(s) >= minSessionID && (s[0] == '1' || s[0] == '2') && s[1] == '_' &&
		s[2] == 'M' && s[3] == 'X' && (s[4] == '4' || s[4] == '5')
}

// endsInWord reports whether a name right behind s would be part of a longer
// word. The letters and digits of a JSON escape are none (`\n1_MX4…`), and
// neither are those of a terminal sequence or a console directive.
func endsInWord(s []byte) bool {
	n := len(s)
	if n == 0 || !isWord(s[n-1]) || endsInDirective(s) {
		return false
	}
	if n >= 2 && s[n-2] == '\\' {
		return strings.IndexByte("nrtbf", s[n-1]) < 0
	}
	if n >= 6 && s[n-6] == '\\' && s[n-5] == 'u' {
		r, ok := jsontext.Hex4(s[n-4:])
		return !ok || r < utf8.RuneSelf && isWord(byte(r))
	}
	return true
}

// endsInDirective reports whether the last letter of s is that of a console
// directive (%c) or of a terminal sequence that sets colours (ESC [ 31 m), whose
// ESC may be written as a JSON escape.
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

// base64Run returns how many bytes at the start of s may be a session ID's.
func base64Run(s []byte) int {
	n := min(2, len(s)) // 1_ or 2_
	for n < len(s) && inSessionID[s[n]] {
		n++
	}
	return n
}

// inSessionID tells the bytes of a session ID: base64 in either alphabet, but for
// the slash, which stands behind IDs in addresses.
var inSessionID = func() (t [256]bool) {
	for c := range t {
		t[c] = isWord(byte(c)) || c == '-' || c == '+' || c == '='
	}
	return t
}()

// isWord reports whether c can be part of a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// leadingTime reads the time at the start of a console line: an instant or, where
// there is no date, the time of day. What the line does not state is timestamp.NoTime.
func (d *Decoder) leadingTime(line []byte) (instant, ofDay int64) {
	instant, ofDay = d.clock.Line(line)
	if doubt, text := d.clock.Doubt(); doubt != timestamp.NoDoubt {
		d.event.Doubt, d.event.Doubted = doubt, text
	}
	return instant, ofDay
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
