package redact

import "strings"

// isLiteral reports whether a value says something about a secret instead of being one.
func isLiteral(value string) bool {
	value = strings.TrimRight(value, ".!?:")
	if len(value) > len("unauthorized") {
		return false
	}
	switch strings.ToLower(value) {
	case "", "null", "(null", "undefined", "nil", "none", "true", "false", "yes", "no", "ok", "nan", "empty", "missing", "required",
		"optional", "invalid", "valid", "expired", "wrong", "incorrect", "bad", "malformed", "mismatch",
		"mismatched", "unknown", "unsupported", "unauthorized", "denied", "rejected", "revoked",
		"failed", "failure", "blocked", "error", "warn", "info", "debug", "set", "unset", "unused", "present", "absent",
		"include", "omit", "same-origin", "hidden", "removed", "object", "array", "circular", "function", "ƒ", "…", "...":
		return true
	}
	return false
}

// isOpening reports whether a word begins a sentence about a secret, if another word follows.
func isOpening(word string) bool {
	switch strings.ToLower(word[:min(len(word), 16)]) {
	case "a", "an", "the", "this", "that", "it", "your", "its", "is", "was", "are", "be", "been", "has",
		"have", "had", "not", "must", "should", "may", "can", "cannot", "could", "will", "would", "does",
		"do", "did", "too", "already", "expected", "received", "got", "could not", "please", "check",
		"use", "using", "unable", "when", "while", "if", "for", "from", "of", "on", "in", "with", "by", "at",
		"server", "client", "session", "request", "access", "value", "length", "format", "connection",
		"secret", "token", "password", "cookie", "signature", "credential", "credentials", "verification":
		return true
	}
	return false
}

// isProse reports whether the value from one byte of s to another is a word of a message.
func isProse(s string, from, to int) bool {
	if isLiteral(s[from:to]) || isError(strings.TrimRight(s[from:to], ".!?:")) {
		return true
	}
	return isOpening(s[from:to]) && to+1 < len(s) && s[to] == ' ' && isLetter(s[to+1])
}

// isError reports whether a value is the name of an error, or a status of HTTP that is one.
func isError(value string) bool {
	if len(value) == 3 && (value[0] == '4' || value[0] == '5') && isDigit(value[1]) && isDigit(value[2]) {
		return true
	}
	for i := range len(value) {
		if !isLetter(value[i]) && value[i] != '_' {
			return false
		}
	}
	return strings.HasPrefix(value, "OT_") && value == strings.ToUpper(value) ||
		strings.HasSuffix(value, "Error") || strings.HasSuffix(value, "Exception")
}

// isCredential reports whether a word that follows a key without a separator may be a secret: it has
// digits and a minimum length, or has another length. IDs of sessions, connections and streams are
// none.
func isCredential(word string, withDigits, without int) bool {
	if strings.HasPrefix(word, "1_MX") || strings.HasPrefix(word, "2_MX") || isUUID(word) {
		return false
	}
	return len(word) >= without || len(word) >= withDigits && strings.ContainsAny(word, "0123456789")
}

func isUUID(word string) bool {
	return len(word) == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-' && word[23] == '-'
}

// run returns the letters, digits and characters of base64 at a byte of s.
func run(s string, at int) string {
	end := at
	for end < len(s) && (isWord(s[end]) || strings.IndexByte("+/=.~", s[end]) >= 0) {
		end++
	}
	return s[at:end]
}
