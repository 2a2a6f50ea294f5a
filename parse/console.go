package parse

import (
	"bytes"
	"strings"
	"unicode/utf8"
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
		r, ok := hex4(s[n-4:])
		return !ok || r < utf8.RuneSelf && isWord(byte(r))
	}
	return true
}

// endsInDirective reports whether the last letter of s is that of a console
// directive (%c) or of a terminal sequence that sets colours (ESC [ 31 m), whose
// ESC may be written as a JSON escape.
func endsInDirective(s []byte) bool {
	n := len(s)
	if n >= 2 && directive(s[n-2:]) == 2 {
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
// there is no date, the time of day. What the line does not state is NoTime.
func (d *Decoder) leadingTime(line []byte) (instant, ofDay int64) {
	instant, ofDay = d.clock.leading(line)
	if d.clock.doubt != NoDoubt {
		d.event.Doubt, d.event.Doubted = d.clock.doubt, d.clock.doubted
	}
	return instant, ofDay
}

// appendPlain appends src to dst without what only a terminal or a console
// obeys: escape sequences, and the directives %c %o %O %s %d %i %f.
func appendPlain(dst, src []byte) []byte {
	for len(src) > 0 {
		n := 0
		for n < len(src) && src[n] != 0x1b && src[n] != '%' {
			n++
		}
		if n == len(src) {
			return append(dst, src...)
		}
		dst = append(dst, src[:n]...)
		src = src[n:]
		width := 0
		if src[0] == '%' {
			width = directive(src)
		} else {
			width = escapeSequence(src)
		}
		if width == 0 {
			dst = append(dst, src[0])
			width = 1
		}
		src = src[width:]
	}
	return dst
}

// directive returns the width of the console directive at the start of s, 0 if
// there is none.
func directive(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case 'c', 'o', 's', 'd', 'i', 'f':
		return 2
	case 'O':
		if len(s) > 3 && s[2] == 'T' && s[3] == '_' { // a name behind a percent sign
			return 0
		}
		return 2
	}
	return 0
}

// escapeSequence returns the width of the terminal escape sequence at the
// start of s (ECMA-48: CSI, OSC and short ones), 0 if it is incomplete.
func escapeSequence(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] > 0x7e {
				return 0
			}
		}
		return 0
	case ']':
		for i := 2; i < len(s); i++ {
			switch {
			case s[i] == 0x07:
				return i + 1
			case s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\':
				return i + 2
			case s[i] < ' ':
				return 0
			}
		}
		return 0
	}
	// Any number of intermediate bytes and a final one: ESC ( B, ESC 7.
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] >= 0x30 && s[i] <= 0x7e:
			return i + 1
		case s[i] < 0x20 || s[i] > 0x7e:
			return 0
		}
	}
	return 0
}
