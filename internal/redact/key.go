package redact

import (
	"strings"

	"github.com/otlog/otlog/internal/secretkey"
)

// isKey reports whether the word of s from one byte to another is the name of a secret. Keys are
// known by their last part, however it is written: accessToken, OPENTOK_API_SECRET, x-opentok-auth.
func isKey(s string, from, to int) bool {
	word := s[from:to]
	if len(word) < len("sig") || secretkey.IsError(word) {
		return false
	}
	name := secretkey.Of(word)
	switch {
	case name.Is("key"):
		return isTwoWords(s, from)
	case name.Is("data"):
		return isOfConnection(s, from)
	case name.Ends("token"):
		return !strings.HasSuffix(strings.ToLower(s[max(0, from-len(unexpected)):from]), unexpected)
	}
	return name.IsSecret()
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

// isHeader reports whether a key is the name of a header of HTTP.
func isHeader(key string) bool {
	name := secretkey.Of(key)
	return name.Ends("cookie") || name.Ends("authorization") || name.Ends("auth") || name.Starts("x")
}

// isCookie reports whether the value of a key may be many pairs.
func isCookie(key string) bool {
	name := secretkey.Of(key)
	return name.Ends("cookie")
}

// isLogger reports whether a key may be the name of a logger, as in "auth: connecting".
func isLogger(key string) bool {
	name := secretkey.Of(key)
	return name.Is("auth") || name.Is("oauth")
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
