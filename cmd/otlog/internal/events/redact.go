package events

import "github.com/otlog/otlog/parse/pattern"

// secret matches tokens of both kinds (T1==…, and JSON Web Tokens, which have three parts in
// base64 and begin with an object) and the values of a few fields. The SDK itself prints whole
// tokens in its messages.
var secret = pattern.New(`(T1==)[A-Za-z0-9+/=_-]+` +
	`|(eyJ)[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,2}` +
	`|((?i:ice-pwd|x-opentok-auth|x-tb-token-auth)[\\"':= ]+)[^\\"'\s,;}]+` +
	`|((?i:"credential|"encryptionSecret|"token)\\?"\s*:\s*\\?")[^"\\]+`)

// redact replaces the secrets in s.
func redact(s string) string {
	return secret.ReplaceAllString(s, "$1$2$3$4[redacted]")
}
