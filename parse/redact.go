package parse

import "regexp"

// secret matches what gives access: tokens of both kinds (T1==…, and JSON Web
// Tokens, three parts in base64 of which the first opens an object), and the
// values of a few fields. The SDK itself prints whole tokens into its messages.
var secret = regexp.MustCompile(`(T1==)[A-Za-z0-9+/=_-]+` +
	`|(eyJ)[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,2}` +
	`|((?i:ice-pwd|x-opentok-auth|x-tb-token-auth)[\\"':= ]+)[^\\"'\s,;}]+` +
	`|((?i:"credential|"encryptionSecret|"token)\\?"\s*:\s*\\?")[^"\\]+`)

// Redact replaces the secrets in s.
func Redact(s string) string {
	return secret.ReplaceAllString(s, "$1$2$3$4[redacted]")
}
