// Package redact replaces secrets and personal data in the text of logs, so that the text can be shown
// and passed on.
//
// There are three rules. Text of a known shape is a secret wherever it is: tokens, private keys, the
// user information of URLs (shape.go). E-mail addresses and IP addresses are data of a person
// (person.go). The value of a key with a known name is a secret, whatever it looks like (key.go): in
// JSON, previews of JavaScript objects, key=value, queries of URLs, headers, XML and flags (value.go).
// All are also found where JSON, URLs or HTML encode them (mark.go).
//
// Names of errors, codes, API keys, and IDs of sessions, connections and streams stay. So does prose
// about secrets, such as "Token expired" and "password: required" (prose.go).
package redact

import "strings"

// redacted replaces a secret.
const redacted = "[redacted]"

// Text returns s without the secrets and the personal data that it knows. What shows the kind of a secret
// stays: T1==[redacted], Basic [redacted]. Text of Text(s) is Text(s). The time is linear in the length of s.
//
// Text that is cut must be redacted first: part of a token is not always recognized as a token.
func Text(s string) string {
	const most = 8
	// What is left can show another secret: where a quotation mark ends a string depends on what follows.
	for range most {
		t := once(s)
		if t == s {
			return s
		}
		s = t
	}
	return s
}

// once redacts a text from its start to its end.
func once(s string) string {
	r := redactor{text: s}
	for at := 0; at < len(s); {
		at = r.step(at)
	}
	if r.copied == 0 {
		return s
	}
	r.out.WriteString(s[r.copied:])
	return r.out.String()
}

// A redactor writes a text without its secrets.
type redactor struct {
	text   string
	out    strings.Builder
	copied int // length of the text that out contains
	noWeb  int // before this byte no web token begins
	within int // before this byte objects of secrets were read
}

// step redacts what begins at a byte of the text, and returns where to go on.
func (r *redactor) step(at int) int {
	if keep, end := r.shape(at); end > at {
		return r.replace(keep, end, redacted)
	}
	if from, end, label := r.person(at); end > at {
		return r.replace(from, end, label)
	}
	if !isWord(r.text[at]) || at > 0 && isWord(r.text[at-1]) {
		return at + 1
	}
	end := wordEnd(r.text, at)
	if isKey(r.text, at, end) || isPlural(r.text, at, end) {
		if after := r.value(at, end); after > end {
			return after
		}
	} else if word := r.text[at:end]; strings.HasPrefix(r.text[end:], " ") && (strings.EqualFold(word, "bearer") || strings.EqualFold(word, "basic")) {
		if value := run(r.text, end+1); isCredential(value, 8, 20) {
			return r.replace(end+1, end+1+len(value), redacted)
		}
	}
	return at + 1 // a token may begin within a word
}

// replace replaces the text from one byte to another by a label, and returns the latter byte.
func (r *redactor) replace(from, to int, label string) int {
	r.out.WriteString(r.text[r.copied:from])
	r.out.WriteString(label)
	r.copied = to
	return to
}

// replaceValue replaces a value, except for what shows its kind.
func (r *redactor) replaceValue(from, to int) int {
	return r.replace(from+kind(r.text[from:to]), to, redacted)
}

// isWord reports whether keys may contain a byte.
func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
