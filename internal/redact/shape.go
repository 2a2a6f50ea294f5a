package redact

import "strings"

// shape returns the secret known by its shape that begins at a byte of the text. keep is the end of
// its part that shows its kind, and end the end of the secret; end is 0 if there is no secret.
func (r *redactor) shape(at int) (keep, end int) {
	s := r.text
	switch s[at] {
	case 'T':
		return sessionToken(s, at)
	case 'V':
		return packedToken(s, at)
	case 'e':
		if at < r.noWeb || !strings.HasPrefix(s[at:], webStart) {
			return 0, 0
		}
		// If a word is no token, its end is none either. So each word is read once.
		keep, end = webToken(s, at)
		r.noWeb = max(end, wordEnd(s, at))
		return keep, end
	case '-':
		return privateKey(s, at)
	case ':', '%', '&', '\\':
		if s[at] == '\\' && at > 0 && s[at-1] == '\\' {
			return 0, 0
		}
		if read(s, at).char == ':' {
			return userInformation(s, at)
		}
	}
	return 0, 0
}

// person returns the data of a person that begins at a byte of the text, or for an e-mail address has its @
// there, and what replaces it. end is 0 if there is none.
func (r *redactor) person(at int) (from, end int, label string) {
	s := r.text
	switch c := s[at]; {
	case c == '\\' && at > 0 && s[at-1] == '\\':
	case c == '@' || (c == '%' || c == '&' || c == '\\') && read(s, at).char == '@':
		from, end = mail(s, at, r.copied)
		return from, end, eMail
	case isDigit(c) || c == ':' || 'a' <= c|0x20 && c|0x20 <= 'f':
		return at, ip(s, at), address
	}
	return 0, 0, ""
}

// webStart is base64 of the start of an object.
const webStart = "eyJ"

// packedStart is base64 of T1==, in tokens that are encoded once more.
const packedStart = "VDE9P"

// sessionToken finds T1==, as it is or encoded, and base64 after it.
func sessionToken(s string, at int) (keep, end int) {
	n := kind(s[at:])
	if n == 0 {
		return 0, 0
	}
	if end = base64End(s, at+n); end == at+n {
		return 0, 0
	}
	return at + n, end
}

// packedToken finds a token that is base64 of a token.
func packedToken(s string, at int) (keep, end int) {
	const least = 16
	if !strings.HasPrefix(s[at:], packedStart) {
		return 0, 0
	}
	if end = base64End(s, at+len(packedStart)); end-at < least {
		return 0, 0
	}
	return at + len(packedStart), end
}

// base64End returns the end of base64, in which + / = may be encoded.
func base64End(s string, at int) int {
	for {
		m := read(s, at)
		if !isWord(m.char) && (m.char != '+' && m.char != '/' && m.char != '=') || m.size == 0 {
			return at
		}
		at += m.size
	}
}

// webToken finds JSON Web Tokens: an object in base64, and other parts after dots. The last parts may
// be missing, because messages are cut.
func webToken(s string, at int) (keep, end int) {
	keep = at + len(webStart)
	end = wordEnd(s, keep)
	if end-keep < 8 {
		return 0, 0
	}
	dots := 0
	for m := read(s, end); m.char == '.' && dots < 4; m = read(s, end) {
		end = wordEnd(s, end+m.size)
		dots++
	}
	if dots == 0 { // objects in base64 that are no token begin in the same way
		return 0, 0
	}
	return keep, end
}

func wordEnd(s string, at int) int {
	for at < len(s) && isWord(s[at]) {
		at++
	}
	return at
}

// privateKey finds private keys in PEM. Without its end, a key ends with s.
func privateKey(s string, at int) (keep, end int) {
	const begin = "-----BEGIN"
	if !strings.HasPrefix(s[at:], begin) {
		return 0, 0
	}
	label := s[at+len(begin) : min(len(s), at+80)]
	dashes := strings.Index(label, "-----")
	if dashes < 0 {
		return 0, 0
	}
	// The label stays, so it must be nothing else.
	if kind := spaces.Replace(label[:dashes]); !strings.HasSuffix(kind, "PRIVATE KEY") || strings.Trim(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") != "" {
		return 0, 0
	}
	keep = at + len(begin) + dashes + 5
	if i := strings.Index(s[keep:], "-----END"); i >= 0 {
		return keep, keep + i
	}
	return keep, len(s)
}

// spaces decodes the spaces of URLs.
var spaces = strings.NewReplacer("%20", " ", "+", " ")

// userInformation finds user:password@ after the :// of a URL that has a colon at a byte of s.
func userInformation(s string, at int) (keep, end int) {
	start := read(s, at)
	keep, ok := afterSlashes(s, at+start.size)
	if !ok {
		return 0, 0
	}
	colon := false
	for i := keep; i < len(s); {
		if strings.HasPrefix(s[i:], redacted) {
			return keep, end
		}
		m := read(s, i)
		if !m.isAs(start) {
			i += m.size
			continue
		}
		switch m.char {
		case '@':
			end = i
		case ':':
			if _, ok := afterSlashes(s, i+m.size); ok { // another URL, which is read next
				return keep, end
			}
			colon = true
		case '/', '?', '#':
			// A password may contain these characters. A host may have a port.
			if end > 0 || !colon || isPort(s[keep:i]) {
				return keep, end
			}
		default:
			if m.char <= ' ' || isQuote(m.char) || m.char == '<' || m.char == '>' {
				return keep, end
			}
		}
		i += m.size
	}
	return keep, end
}

// afterSlashes returns the end of the two slashes at a byte of s.
func afterSlashes(s string, at int) (int, bool) {
	for range 2 {
		m := read(s, at)
		if m.char != '/' {
			return 0, false
		}
		at += m.size
	}
	return at, true
}

// isPort reports whether a host ends in a port.
func isPort(host string) bool {
	digits := len(host)
	for digits > 0 && isDigit(host[digits-1]) {
		digits--
	}
	return digits > 0 && host[digits-1] == ':' || strings.HasSuffix(host, "]")
}

// kind returns the length of what shows the kind of a secret at its start.
func kind(secret string) int {
	for _, start := range [...]string{webStart, packedStart} {
		if strings.HasPrefix(secret, start) {
			return len(start)
		}
	}
	if scheme, _, ok := strings.Cut(secret[:min(len(secret), maxScheme)], " "); ok && isScheme(scheme) {
		return len(scheme) + 1
	}
	n := len("T1")
	if !strings.HasPrefix(secret, "T1") {
		return 0
	}
	for range 2 {
		m := read(secret, n)
		if m.char != '=' {
			return 0
		}
		n += m.size
	}
	return n
}
