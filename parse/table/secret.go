package table

import "strings"

// KeepSecrets names the columns that have no key, but whose name is that of a secret: without it, what shows
// the record could not know that the cell is one. cells are the header.
func KeepSecrets(names []string, cells [][]byte) []string {
	for i, name := range names {
		if name == "" {
			names[i] = secretKey(string(cells[i]))
		}
	}
	return names
}

// secretKey returns the letters and digits of the name of a column if they end like the name of a secret, "" if
// they do not.
func secretKey(column string) string {
	key := strings.Map(func(r rune) rune {
		if r |= 0x20; 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, column)
	for _, end := range secretEnds {
		if strings.HasSuffix(strings.TrimRight(strings.TrimSuffix(key, "s"), "0123456789"), end) {
			return key
		}
	}
	return ""
}

// secretEnds are the last parts of names of secrets.
var secretEnds = [...]string{
	"token", "secret", "password", "passwd", "passphrase", "passcode", "pwd", "credential", "authorization", "auth",
	"cookie", "signature", "sig", "jwt", "apikey", "privatekey", "secretkey", "accesskey", "accountkey", "encryptionkey", "connectiondata",
}
