package redact

import "strings"

// A place is where the value of a key begins.
type place struct {
	at    int
	sign  mark   // between the key and the value: one of : = > , or a space
	quote string // that ends the key, as the text spells it
}

// find returns the place of the value of the key from one byte of s to another.
func find(s string, from, to int) (place, bool) {
	switch m := read(s, to); {
	case isQuote(m.char):
		end := to + m.size
		if m.as == plain && end < len(s) && s[end] == m.char { // of CSV
			end++
		}
		quote := s[to:end]
		if v, ok := findPair(s, end, quote, isHeader(s[from:to])); ok {
			return v, true
		}
		return findSign(s, end, quote)
	case m.char == '[': // as in authToken[0]
		end := to + m.size
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		if next := read(s, end); end > to+m.size && next.char == ']' {
			if after := read(s, end+next.size); isQuote(after.char) {
				return findSign(s, end+next.size+after.size, s[end+next.size:end+next.size+after.size])
			}
			return findSign(s, end+next.size, "")
		}
	case m.char == ']': // as in user[password]=
		return findSign(s, to+m.size, "")
	case (m.char == '>' || m.char == ' ') && isElement(s[:from]):
		return findText(s, to)
	case m.char == ' ' && isArgument(s, from, to):
		return place{at: to + m.size, sign: m}, true
	}
	return findSign(s, to, "")
}

// findSign returns the place after : or = and the like, which follow a key that ends at a byte of s.
func findSign(s string, end int, quote string) (place, bool) {
	at := skipSpaces(s, end, quote != "")
	m := read(s, at)
	if m.char != ':' && m.char != '=' {
		return place{}, false
	}
	v := place{sign: m, quote: quote}
	spaced := m.char == ':' || at > end
	for at += m.size; ; at += m.size {
		if m = read(s, at); m.char != '=' && m.char != '>' {
			break
		}
		spaced = true // :=, =>, ==
	}
	v.at = at
	// A space after = ends an empty value, unless there is another one before it.
	if after := skipSpaces(s, at, quote != ""); spaced || isQuote(read(s, after).char) {
		v.at = after
	}
	return v, v.at < len(s)
}

// findPair returns the place of the value after a quoted name, as in "name":"Cookie","value":"a=b",
// <add key="apiSecret" value="a"/>, and ["Cookie","a=b"]. Names that are no headers may be in a list of
// names, so a word may follow them.
func findPair(s string, end int, quote string, header bool) (place, bool) {
	at := skipSpaces(s, end, true)
	comma := read(s, at)
	if comma.char == ',' {
		at = skipSpaces(s, at+comma.size, true)
	} else if at == end {
		return place{}, false
	}
	if first := read(s, at); comma.char == ',' && isQuote(first.char) && !isValue(s, at+first.size) && !isNextKey(s, at+first.size) &&
		(header || isCredential(run(s, at+first.size), 16, len(s)+1)) {
		return place{at: at, sign: comma, quote: quote}, true
	}
	named := strings.HasPrefix(s[at:], quote)
	if named {
		at += len(quote)
	}
	if !isValue(s, at) {
		return place{}, false
	}
	at += len("value")
	if named {
		if !strings.HasPrefix(s[at:], quote) {
			return place{}, false
		}
		at += len(quote)
	}
	return findSign(s, at, quote)
}

// isNextKey reports whether the quoted word at a byte of s is a key, as in "kind":"cookie","id":1.
func isNextKey(s string, at int) bool {
	at = wordEnd(s, at)
	m := read(s, at)
	return isQuote(m.char) && read(s, skipSpaces(s, at+m.size, true)).char == ':'
}

// isValue reports whether the word "value" is at a byte of s.
func isValue(s string, at int) bool {
	return at+len("value") <= len(s) && strings.EqualFold(s[at:at+len("value")], "value")
}

// findText returns the place after the start tag of an XML element, whose name ends at a byte of s.
func findText(s string, at int) (place, bool) {
	for at < len(s) {
		m := read(s, at)
		at += m.size
		switch m.char {
		case '>':
			return place{at: at, sign: m}, true
		case '<':
			return place{}, false
		case '/':
			if read(s, at).char == '>' {
				return place{}, false // it is empty
			}
		}
	}
	return place{}, false
}

// isElement reports whether the name of an XML element, without its namespace, begins after a text.
func isElement(before string) bool {
	const longest = 32
	if name, ok := strings.CutSuffix(before, ":"); ok {
		for len(name) > 0 && len(before)-len(name) < longest && isWord(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		before = name
	}
	for _, start := range [...]string{"<", "&lt;", `\u003c`, `\u003C`, `\x3c`} {
		if strings.HasSuffix(before, start) {
			return true
		}
	}
	return false
}

// isArgument reports whether the word after a key and a space is its value: of a flag, or because it
// is no word of a language, as in what console.log("token", token) prints.
func isArgument(s string, from, to int) bool {
	word := run(s, to+1)
	if strings.HasPrefix(s[from:to], "--") {
		return word != "" && word[0] != '-'
	}
	return isCredential(word, 16, len(s)+1)
}

// skipSpaces returns where spaces end, and line ends if lines are true.
func skipSpaces(s string, at int, lines bool) int {
	for {
		m := read(s, at)
		if m.char != ' ' && m.char != '\t' && (!lines || m.char != '\n' && m.char != '\r') {
			return at
		}
		at += m.size
	}
}
