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
	case name == "key":
		return isTwoWords(s, from)
	case name == "data":
		return isOfConnection(s, from)
	case strings.HasSuffix(name, "token"):
		return !strings.HasSuffix(strings.ToLower(s[max(0, from-len(unexpected)):from]), unexpected)
	}
	for _, end := range keys {
		if strings.HasSuffix(name, end) {
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
	return strings.Contains(before, "connectionId") || strings.Contains(before, "creationTime")
}

// normal returns a word in lower case, without separators and the digits at its end.
func normal(word string) string {
	var b [64]byte
	n := 0
	for i := range len(word) {
		if c := word[i]; isLetter(c) {
			b[n] = c | 0x20
			n++
		} else if isDigit(c) {
			b[n] = c
			n++
		}
	}
	for n > 0 && isDigit(b[n-1]) {
		n--
	}
	return string(b[:n])
}

// isHeader reports whether a key is the name of a header of HTTP.
func isHeader(key string) bool {
	name := normal(key)
	return isCookie(key) || strings.HasSuffix(name, "authorization") || strings.HasSuffix(name, "auth") ||
		strings.HasPrefix(name, "x")
}

// isCookie reports whether the value of a key may be many pairs.
func isCookie(key string) bool { return strings.HasSuffix(normal(key), "cookie") }

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
