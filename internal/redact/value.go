package redact

import "strings"

// value redacts the value of the key from one byte of the text to another, and returns where to go
// on. That is the end of the key if it has no value.
func (r *redactor) value(from, to int) int {
	s, key := r.text, r.text[from:to]
	v, ok := find(s, from, to)
	if !ok {
		return to
	}
	m := read(s, v.at)
	switch {
	case isQuote(m.char) && v.quote == "" && s[v.at-1] != ' ' && endsText(s, v.at+m.size):
		return to // as in "message":"Invalid token:","code":1004
	case isQuote(m.char):
		return r.quoted(v.at, v.quote)
	case m.char == '{' && v.sign.char == ':' && isMember(s, from, v.quote):
		return max(to, r.object(v.at, v.quote))
	case v.sign.char == '=' && bracketed(s, v.at) > 0:
		return r.replaceValue(v.at+m.size, bracketed(s, v.at))
	case m.char == '[' && !strings.HasPrefix(s[v.at:], redacted):
		return max(to, r.list(v.at+m.size, isHeader(key)))
	case v.sign.char == '>':
		return max(to, r.element(v.at))
	case !begins(m.char, v.sign.char) || key[len(key)-1] == 's' && !isKey(s, from, to):
		return to
	}
	end := bareEnd(s, v.at, v)
	value := s[v.at:end]
	switch {
	case value == "":
		return to
	case (isScheme(value) || isHeader(key) && strings.EqualFold(value, "token")) && strings.HasPrefix(s[end:], " "):
		after := credentialsEnd(s, end+1, v)
		if isLiteral(s[end+1 : after]) {
			return after
		}
		end = after
	case isCookie(key) && hasSign(value):
		if end = cookiesEnd(s, end, v); v.sign.char == ':' {
			end = lineEnd(s, end)
		}
	case v.sign.char == ':' && isProse(s, v.at, end) || isLiteral(value):
		return end
	case v.sign.char == ':' && isLogger(key) && !isMember(s, from, v.quote) && !isCredential(value, 6, 20):
		return end
	case value[0] == '/' && isDirectory(key):
		return end
	}
	return r.replaceValue(v.at, end)
}

// quoted redacts the string that begins at a byte of the text, after a key that ends in quote.
func (r *redactor) quoted(at int, quote string) int {
	m := read(r.text, at)
	spelled := r.text[at : at+m.size]
	if m.as == plain && len(quote) == 2 && quote[0] == quote[1] && strings.HasPrefix(r.text[at:], quote) { // of CSV
		spelled = quote
	}
	at += len(spelled)
	if rest := r.text[at+kind(r.text[at:]):]; strings.HasPrefix(rest, redacted+spelled) {
		return len(r.text) - len(rest) + len(redacted) + len(spelled)
	}
	end, after := closing(r.text, at, m, spelled)
	if isLiteral(r.text[at:end]) {
		return after
	}
	r.replaceValue(at, end)
	return after
}

// isMember reports whether the key that begins at a byte of s and ends in quote is that of a member of an object.
func isMember(s string, from int, quote string) bool {
	if quote != "" {
		return strings.HasSuffix(s[:from], quote)
	}
	return strings.HasSuffix(s[:from], "{") || strings.HasSuffix(s[:from], ", ")
}

// bracketed returns the end of the value in brackets at a byte of s, as in token=<a>; 0 if there is none.
func bracketed(s string, at int) int {
	open := read(s, at)
	i := strings.IndexByte("{[<", open.char)
	if i < 0 || open.size == 0 {
		return 0
	}
	word := run(s, at+open.size)
	end := at + open.size + len(word)
	if word == "" || isLiteral(word) || read(s, end).char != "}]>"[i] || s[at:min(len(s), end+1)] == redacted {
		return 0
	}
	return end
}

// object redacts the strings in the object that begins at a byte of the text, other than its keys.
func (r *redactor) object(at int, quote string) int {
	if at < r.within {
		return 0
	}
	s, begin := r.text, at
	var strs []int // where those begin
	for depth := 0; at < len(s); {
		m := read(s, at)
		switch {
		case isQuote(m.char):
			spelled := s[at : at+m.size]
			if m.as == plain && len(quote) == 2 && strings.HasPrefix(s[at:], quote) { // of CSV
				spelled = quote
			}
			_, after := closing(s, at+len(spelled), m, spelled)
			next := skipSpaces(s, after, true)
			if sign := read(s, next); sign.char == ':' {
				at = next + sign.size
				continue
			}
			strs = append(strs, at)
			at = max(at+m.size, after)
			continue
		case m.char == '{' || m.char == '[' && !strings.HasPrefix(s[at:], redacted):
			depth++
		case m.char == '}' || m.char == ']':
			depth--
		}
		at += m.size
		if depth <= 0 {
			break
		}
	}
	r.within = at
	at = begin
	for _, next := range strs {
		for at < next { // what is around them may be a secret by its shape
			at = r.step(at)
		}
		if at == next {
			at = r.quoted(at, quote)
		}
	}
	return at
}

// list redacts the strings of a list, and for headers the words that Go shows without quotation marks.
func (r *redactor) list(at int, header bool) int {
	for {
		at = skipSpaces(r.text, at, true)
		m := read(r.text, at)
		switch {
		case isQuote(m.char):
			at = r.quoted(at, "")
		case m.char == ',':
			at += m.size
		case header && isWord(m.char):
			end := listEnd(r.text, at)
			if words := r.text[at:end]; isLiteral(words) || words[kind(words):] == redacted {
				return end
			}
			return r.replaceValue(at, end)
		default:
			return at
		}
	}
}

// listEnd returns where the list ends that contains a byte of s: at ], or with its line.
func listEnd(s string, at int) int {
	for end := at; ; {
		i := strings.IndexByte(s[end:], ']')
		if i < 0 {
			return lineEnd(s, at)
		}
		if end += i; !strings.HasSuffix(s[at:end+1], redacted) {
			return end
		}
		end++
	}
}

// element redacts the text of an XML element.
func (r *redactor) element(at int) int {
	for end := at; end < len(r.text); {
		m := read(r.text, end)
		if m.char == '<' {
			next := read(r.text, end+m.size)
			if next.char == '!' { // CDATA
				end += m.size
				continue
			}
			if next.char != '/' || isLiteral(r.text[at:end]) {
				return at
			}
			return r.replaceValue(at, end)
		}
		end += m.size
	}
	return at
}

// begins reports whether a value without quotation marks may begin with a character after a sign.
func begins(c, sign byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', ',', ';', ')', '}', ']', '&', '|', '<', '>', '{', ':', 0:
		return false
	case '(', '[':
		return sign == '=' || c == '['
	}
	return true
}

// bareEnd returns the end of the value without quotation marks at a byte of s. Punctuation ends it
// only where a name or nothing follows, because passwords contain punctuation.
func bareEnd(s string, at int, v place) int {
	for at < len(s) {
		if strings.HasPrefix(s[at:], redacted) {
			at += len(redacted)
			continue
		}
		m := read(s, at)
		if m.isAs(v.sign) {
			switch next := at + m.size; {
			case m.char <= ' ':
				return at
			case m.char == '&' && (v.sign.char == '=' || m.as == v.sign.as && m.as != plain):
				return at
			case m.char == ',' || m.char == ';':
				if isEnd(s, next) || isPair(s, next) {
					return at
				}
			case strings.IndexByte(")]}|>\"'`", m.char) >= 0:
				if isEnd(s, next) {
					return at
				}
			case m.char == '<':
				if c := read(s, next).char; c == '/' || isLetter(c) {
					return at
				}
			}
		} else if m.as == entity && (isQuote(m.char) || m.char == '<' || m.char == '&') {
			return at // an attribute or an element
		}
		at += m.size
	}
	return at
}

// isEnd reports whether a word ends before a byte of s.
func isEnd(s string, at int) bool {
	m := read(s, at)
	return m.size == 0 || m.char <= ' ' || strings.IndexByte(",;)]}|<>\"'`&\\", m.char) >= 0
}

// endsText reports whether a quotation mark before a byte of s ends a string, and begins none.
func endsText(s string, at int) bool {
	m := read(s, at)
	return m.size == 0 || m.char <= ' ' || strings.IndexByte(",)]}", m.char) >= 0
}

// isPair reports whether a key and : or = are at a byte of s.
func isPair(s string, at int) bool {
	const longest = 64
	end := at
	for end < len(s) && end-at < longest && (isWord(s[end]) || s[end] == '.') {
		end++
	}
	m := read(s, end)
	return end > at && (m.char == ':' || m.char == '=')
}

// credentialsEnd returns the end of the credentials at a byte of s: a word, or name="value" and the
// like, separated by commas.
func credentialsEnd(s string, at int, v place) int {
	for {
		end := wordEnd(s, at)
		if m := read(s, end); end > at && m.char == '=' {
			end += m.size
		} else {
			end = at
		}
		if m := read(s, end); isQuote(m.char) {
			_, at = closing(s, end+m.size, m, s[end:end+m.size])
		} else {
			at = bareEnd(s, end, v)
		}
		comma := read(s, at)
		next := skipSpaces(s, at+comma.size, false)
		if comma.char != ',' || !isPair(s, next) || read(s, wordEnd(s, next)).char != '=' {
			return at
		}
		at = next
	}
}

// cookiesEnd returns the end of the cookies after the first one, which ends at a byte of s.
func cookiesEnd(s string, at int, v place) int {
	for {
		m := read(s, at)
		next := skipSpaces(s, at+m.size, false)
		if m.char != ';' || !isPair(s, next) {
			return at
		}
		at = bareEnd(s, next, v)
	}
}

// hasSign reports whether a value contains =, encoded or not.
func hasSign(value string) bool {
	for at := 0; at < len(value); {
		m := read(value, at)
		if m.char == '=' {
			return true
		}
		at += m.size
	}
	return false
}

// lineEnd returns where the line, or the string, ends that contains a byte of s.
func lineEnd(s string, at int) int {
	for at < len(s) {
		m := read(s, at)
		if m.char == '\n' || m.char == '\r' || isQuote(m.char) && isEnd(s, at+m.size) {
			return at
		}
		at += m.size
	}
	return at
}

// isDirectory reports whether the value of a key may be the working directory.
func isDirectory(key string) bool {
	return strings.EqualFold(key, "pwd") || strings.EqualFold(key, "oldpwd")
}
