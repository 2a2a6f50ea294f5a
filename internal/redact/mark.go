package redact

import (
	"strconv"
	"strings"
)

// An encoding is how a text writes a character that has a meaning.
type encoding uint8

const (
	plain     encoding = iota
	backslash          // \" and \n, of JSON within strings
	percent            // %22, %2522, of URLs
	unicode            // \u0022, \x22, of JSON and JavaScript
	entity             // &quot;, &#34;, of HTML and XML
)

// A mark is an ASCII character as a text writes it.
type mark struct {
	char  byte
	as    encoding
	size  int // in bytes
	depth int // number of backslashes before it
}

// isAs reports whether a mark has a meaning beside another one: &b=%26 has two parameters in a URL, but
// in one that is encoded itself, %26 separates them.
func (m mark) isAs(other mark) bool {
	switch m.as {
	case percent:
		return other.as == percent && m.size == other.size
	case entity:
		return other.as == entity
	}
	return true
}

// read returns the mark at a byte of s. At the end of s its size is 0.
func read(s string, at int) mark {
	if at >= len(s) {
		return mark{}
	}
	switch s[at] {
	case '%':
		return readPercent(s[at:])
	case '\\':
		return readBackslash(s[at:])
	case '&':
		return readEntity(s[at:])
	case "："[0]:
		if strings.HasPrefix(s[at:], "：") || strings.HasPrefix(s[at:], "＝") { // full width
			return mark{char: s[at+2] - "："[2] + ':', size: 3}
		}
	}
	return mark{char: s[at], size: 1}
}

// readPercent reads %22, and %2522, which was encoded twice.
func readPercent(s string) mark {
	digits := 1
	for range 2 {
		if strings.HasPrefix(s[digits:], "25") && len(hex(s[digits+2:])) == 1 {
			digits += 2
		}
	}
	if c := hex(s[digits:]); len(c) == 1 {
		return mark{char: c[0], as: percent, size: digits + 2}
	}
	return mark{char: '%', size: 1}
}

// readBackslash reads backslashes and what they escape.
func readBackslash(s string) mark {
	n := 0
	for n < len(s) && s[n] == '\\' {
		n++
	}
	if n == len(s) {
		return mark{char: '\\', size: n}
	}
	switch rest := s[n+1:]; s[n] {
	case '"', '\'', '`':
		return mark{char: s[n], as: backslash, size: n + 1, depth: n}
	case '/':
		return mark{char: '/', as: backslash, size: n + 1}
	case 'n', 'r', 't':
		return mark{char: '\n', as: backslash, size: n + 1}
	case 'u':
		if strings.HasPrefix(rest, "00") {
			if c := hex(rest[2:]); c != "" {
				return mark{char: c[0], as: unicode, size: n + 5, depth: n}
			}
		}
	case 'x':
		if c := hex(rest); c != "" {
			return mark{char: c[0], as: unicode, size: n + 3, depth: n}
		}
	}
	return mark{char: '\\', size: n}
}

// hex returns the character that the first two digits of s encode, or "".
func hex(s string) string {
	if len(s) < 2 {
		return ""
	}
	c, err := strconv.ParseUint(s[:2], 16, 8)
	if err != nil || c >= 0x80 {
		return ""
	}
	return string(rune(c))
}

// readEntity reads &quot; and the like.
func readEntity(s string) mark {
	name, _, ok := strings.Cut(s[1:min(len(s), 8)], ";")
	if !ok {
		return mark{char: '&', size: 1}
	}
	m := mark{as: entity, size: len(name) + 2}
	switch name {
	case "quot":
		m.char = '"'
	case "apos":
		m.char = '\''
	case "amp":
		m.char = '&'
	case "lt":
		m.char = '<'
	case "gt":
		m.char = '>'
	default:
		number, base := strings.TrimPrefix(name, "#"), 10
		if strings.HasPrefix(number, "x") {
			number, base = number[1:], 16
		}
		c, err := strconv.ParseUint(number, base, 7)
		if err != nil || !strings.HasPrefix(name, "#") {
			return mark{char: '&', size: 1}
		}
		m.char = byte(c)
	}
	return m
}

// isQuote reports whether a character begins and ends strings.
func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// closing returns where the string ends that begins after a quotation mark, and where the text after
// it begins. Without a closing mark, the string ends with s.
func closing(s string, from int, opening mark, spelled string) (end, after int) {
	const far = 256 // bytes to look for a better end than the first
	first, afterFirst := len(s), 0
	sought := spelled
	if opening.as == plain || opening.as == backslash {
		sought = spelled[len(spelled)-1:]
	}
	for at := from; at < min(len(s), first+far); {
		i := strings.Index(s[at:min(len(s), first+far)], sought)
		if i < 0 {
			break
		}
		i += at
		end, after = i, i+len(spelled)
		if opening.as == plain || opening.as == backslash {
			if end, after = closes(s, from, i, opening.depth, spelled); after == 0 {
				at = i + 1
				continue
			}
		} else if isEscaped(s[from:i], opening, spelled) {
			at = after
			continue
		}
		// Objects that JavaScript shows do not escape quotation marks.
		if after == len(s) || !isLetter(s[after]) && !isDigit(s[after]) {
			return end, after
		}
		if first == len(s) {
			first, afterFirst = end, after
		}
		at = after
	}
	if first < len(s) {
		return first, afterFirst
	}
	return len(s), len(s)
}

// closes reports where a string ends whose opening mark has depth backslashes, if the quotation mark
// at i ends it. Otherwise after is 0. A string that is encoded n times writes its quotation marks with
// 2^n-1 backslashes, a backslash in it with 2^(n+1), and a quotation mark in it with 2^(n+1)-1.
func closes(s string, from, i, depth int, spelled string) (end, after int) {
	if strings.HasPrefix(spelled, `""`) { // of CSV
		if escapes(s, from, i)%2 == 1 {
			return 0, 0
		}
		if !strings.HasPrefix(s[i:], spelled) {
			return i, i // the outer string ends
		}
		return i, i + 2
	}
	left := escapes(s, from, i) % (2 * (depth + 1))
	if left > depth {
		return 0, 0
	}
	if left < depth { // the outer string ends
		return i - left, i - left
	}
	return i - left, i + 1
}

// isEscaped reports whether a text ends in a backslash that escapes an encoded quotation mark.
func isEscaped(before string, opening mark, spelled string) bool {
	if opening.as != percent {
		return escapes(before, 0, len(before))/(opening.depth+1)%2 == 1
	}
	n, encoded := 0, len(spelled)
	for len(before) >= encoded && strings.EqualFold(before[len(before)-encoded:], spelled[:encoded-2]+"5c") {
		before = before[:len(before)-encoded]
		n++
	}
	return n%2 == 1
}

// escapes returns the number of backslashes before i.
func escapes(s string, from, i int) int {
	n := 0
	for i-n > from && s[i-n-1] == '\\' {
		n++
	}
	return n
}
