package redact

import "strings"

// isKey reports whether the word of s from one byte to another is the name of a secret. Keys are
// known by their last part, however it is written: accessToken, OPENTOK_API_SECRET, x-opentok-auth.
func isKey(s string, from, to int) bool {
	const longest = 64
	word := s[from:to]
	if len(word) > longest || len(word) < len("sig") || strings.Contains(word, "OT_INVALID_") {
		return false // OT_INVALID_ENCRYPTION_SECRET is the name of an error
	}
	name := normal(word)
	switch {
	case name.is("key"):
		return isTwoWords(s, from)
	case name.is("data"):
		return isOfConnection(s, from)
	case name.ends("token"):
		return !strings.HasSuffix(strings.ToLower(s[max(0, from-len(unexpected)):from]), unexpected)
	}
	for _, end := range keys {
		if name.ends(end) {
			return true
		}
	}
	return false
}

// keys are the last parts of names of secrets, without separators; "token" is another.
var keys = [...]string{
	"secret", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "credentials",
	"authorization", "opentokauth", "tokenauth", "cookie", "signature", "sig", "jwt",
	"xapikey", "privatekey", "connectiondata", "secretkey", "accesskey", "accountkey", "encryptionkey",
}

// unexpected precedes "token" in messages of parsers.
const unexpected = "unexpected "

// isPlural reports whether the word of s from one byte to another is the name of several secrets. It must be in
// quotation marks, since "tokens: 12" is a number of them.
func isPlural(s string, from, to int) bool {
	return s[to-1] == 's' && isQuote(read(s, to).char) && isQuote(s[max(0, from-1)]) && isKey(s, from, to-1)
}

// isTwoWords reports whether "key" at a byte of s is the last of two words, as in "private key".
func isTwoWords(s string, at int) bool {
	before := strings.ToLower(s[max(0, at-len("encryption ")):at])
	for _, first := range [...]string{"private ", "secret ", "access ", "encryption "} {
		if strings.HasSuffix(before, first) {
			return true
		}
	}
	return false
}

// isOfConnection reports whether "data" at a byte of s is that of a connection, which applications fill with
// the name of the user: connection.data, connection_data, and beside the ID and time of a connection.
func isOfConnection(s string, at int) bool {
	const far = 256
	before := s[max(0, at-far):at]
	if n := len(before); n > len("connection") && strings.EqualFold(before[n-1-len("connection"):n-1], "connection") && strings.IndexByte(". [", before[n-1]) >= 0 {
		return true
	}
	if i := strings.LastIndexAny(before, "{}"); i >= 0 {
		before = before[i:]
	}
	after := s[at:min(len(s), at+far)]
	if i := strings.IndexAny(after, "{}"); i >= 0 {
		after = after[:i]
	}
	for _, beside := range [...]string{"connectionId", "creationTime"} {
		if strings.Contains(before, beside) || strings.Contains(after, beside) {
			return true
		}
	}
	return false
}

// A normalized word is in lower case, without separators and the digits at its end.
type normalized struct {
	bytes [64]byte
	size  int
}

func normal(word string) normalized {
	var w normalized
	for i := range len(word) {
		if c := word[i]; isLetter(c) {
			w.bytes[w.size] = c | 0x20
			w.size++
		} else if isDigit(c) {
			w.bytes[w.size] = c
			w.size++
		}
	}
	for w.size > 0 && isDigit(w.bytes[w.size-1]) {
		w.size--
	}
	return w
}

func (w *normalized) is(s string) bool { return string(w.bytes[:w.size]) == s }

func (w *normalized) ends(s string) bool {
	return w.size >= len(s) && string(w.bytes[w.size-len(s):w.size]) == s
}

// isHeader reports whether a key is the name of a header of HTTP.
func isHeader(key string) bool {
	name := normal(key)
	return isCookie(key) || name.ends("authorization") || name.ends("auth") || name.size > 0 && name.bytes[0] == 'x'
}

// isCookie reports whether the value of a key may be many pairs.
func isCookie(key string) bool {
	name := normal(key)
	return name.ends("cookie")
}

// maxScheme is the greatest length of a scheme and the space after it.
const maxScheme = len("AWS4-HMAC-SHA256 ")

// isScheme reports whether a word precedes credentials, as in Basic dXNlcjpwYXNz.
func isScheme(word string) bool {
	switch strings.ToLower(word[:min(len(word), maxScheme)]) {
	case "basic", "bearer", "digest", "negotiate", "ntlm", "apikey", "aws4-hmac-sha256", "hmac":
		return true
	}
	return false
}
