// Package secretkey knows the names of secrets: of fields, columns, headers and flags.
package secretkey

import "strings"

// A Name is the name of a key, in lower case, without separators and the digits at its end: accessToken,
// ACCESS_TOKEN and access-token-2 are one name. A long name is only its last part.
type Name struct {
	bytes [longest]byte
	size  int
}

const (
	longest  = 64
	shortest = len("sig")
)

// ends are the last parts of the names of secrets. An API key of OpenTok is public, so "apikey" is missing.
var ends = [...]string{
	"token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "credentials",
	"authorization", "auth", "cookie", "signature", "sig", "jwt", "connectiondata",
	"xapikey", "privatekey", "secretkey", "accesskey", "accountkey", "encryptionkey",
}

// Of returns the name that a key has. It allocates nothing.
func Of(key string) Name {
	var n Name
	for _, c := range []byte(key[max(0, len(key)-longest):]) {
		switch lower := c | 0x20; {
		case 'a' <= lower && lower <= 'z':
			n.bytes[n.size] = lower
			n.size++
		case '0' <= c && c <= '9':
			n.bytes[n.size] = c
			n.size++
		}
	}
	n.trimDigits()
	return n
}

func (n *Name) trimDigits() {
	for n.size > 0 && n.bytes[n.size-1] <= '9' {
		n.size--
	}
}

func (n *Name) String() string { return string(n.bytes[:n.size]) }

// Is reports whether the name is s.
func (n *Name) Is(s string) bool { return string(n.bytes[:n.size]) == s }

// Starts reports whether the name starts with s.
func (n *Name) Starts(s string) bool { return n.size >= len(s) && string(n.bytes[:len(s)]) == s }

// Ends reports whether the name ends in s.
func (n *Name) Ends(s string) bool {
	return n.size >= len(s) && string(n.bytes[n.size-len(s):n.size]) == s
}

// IsSecret reports whether the name is that of a secret.
func (n *Name) IsSecret() bool {
	if n.size < shortest {
		return false
	}
	for _, end := range ends {
		if n.Ends(end) {
			return true
		}
	}
	return false
}

// IsSecrets reports whether the name is that of a secret or of several: tokens, token1s.
func (n *Name) IsSecrets() bool {
	if n.IsSecret() {
		return true
	}
	one := *n
	if !one.Ends("s") {
		return false
	}
	one.size--
	one.trimDigits()
	return one.IsSecret()
}

// IsError reports whether a key is the name of an error, which may end like that of a secret:
// OT_INVALID_ENCRYPTION_SECRET.
func IsError(key string) bool { return strings.Contains(key, "OT_INVALID_") }
