package classify

import "bytes"

// A Finder finds evidence of errors, and marks of native SDKs, in a block of lines. It searches each
// byte once for underscores and once for phrases, however often Next is called. The zero Finder is ready to use; it is
// not safe for concurrent use.
//
// It implements parse.Finder.
type Finder struct {
	All bool // every byte may belong to evidence, so that all records are decoded in full

	index        *phraseIndex // nil until it is needed
	data         []byte
	name, phrase int // offsets of the next ones in data, len(data) if there is none
}

// Reset makes the Finder search another block.
func (f *Finder) Reset(data []byte) {
	*f = Finder{All: f.All, index: f.index, data: data, name: -1, phrase: -1}
}

// Next returns the offset of the first byte at or after from that may belong to evidence of an
// error, -1 if there is none. from must not decrease between calls.
func (f *Finder) Next(from int) int {
	if f.All && from < len(f.data) {
		return from
	}
	if f.name < from {
		f.name = offsetFrom(from, nextUnderscore(f.data[from:]), len(f.data))
	}
	if f.phrase < from {
		f.phrase = offsetFrom(from, f.findPhrase(f.data[from:]), len(f.data))
	}
	if next := min(f.name, f.phrase); next < len(f.data) {
		return next
	}
	return -1
}

// Holds reports whether a text, such as a line or the value of a field, may contain evidence of an
// error. It is independent of Reset and Next.
func (f *Finder) Holds(text []byte) bool {
	return f.All || nextUnderscore(text) >= 0 || f.findPhrase(text) >= 0
}

// findPhrase returns the offset of the first phrase or mark in text, -1 if there is none.
func (f *Finder) findPhrase(text []byte) int {
	if f.index == nil {
		f.index = knownPhrases()
	}
	return f.index.find(text)
}

// HoldsValue does what Holds does for the value of a field, as written. Besides, the value may be
// evidence together with the quotes around it.
func (f *Finder) HoldsValue(value []byte) bool {
	switch string(value) {
	case "Connect Failed", "Not Connected", "Security Error":
		return true
	}
	return f.Holds(value)
}

// offsetFrom returns from+at, or end if at is -1.
func offsetFrom(from, at, end int) int {
	if at < 0 {
		return end
	}
	return from + at
}

// IsCode reports whether n is in the range of nearly all codes of the SDK. Records with such
// a number in a field for codes are read in full.
func (*Finder) IsCode(n int32) bool { return 1000 <= n && n <= 5999 }

// StatesCode reports whether a JSON string, as written between its quotes, may state a code:
// at its end, or in JSON inside the string.
func (f *Finder) StatesCode(s []byte) bool {
	return f.endsInCode(s) || f.containsCode(s)
}

// endsInCode reports whether a text ends as the SDK's messages of a failed connect do:
// "Token expired (1004)". Containers write a line feed after it.
func (f *Finder) endsInCode(s []byte) bool {
	s = bytes.TrimSuffix(s, []byte(`\n`))
	n := len(s)
	return n >= len(" (1004)") && s[n-1] == ')' && string(s[n-7:n-5]) == " (" && f.IsCode(number(s[n-5:n-1]))
}

// escapedCodeKey is the end of code, errorCode and error_code in JSON inside a string.
var escapedCodeKey = []byte(`ode\`)

// containsCode reports whether a string contains JSON, escaped once or more, with a field for
// codes that holds one: {\"code\":1500}.
func (f *Finder) containsCode(s []byte) bool {
	for {
		n := bytes.Index(s, escapedCodeKey)
		if n < 0 {
			return false
		}
		s = bytes.TrimLeft(s[n+len(escapedCodeKey):], `\": `)
		digits := 0
		for digits < len(s) && isDigit(s[digits]) {
			digits++
		}
		if f.IsCode(number(s[:digits])) {
			return true
		}
	}
}

// IsName reports whether s has the form of an error's name (OT_TIMEOUT,
// PROXY_URL_ALREADY_SET_ERROR), and whether it has the SDK's prefix.
func (*Finder) IsName(s []byte) (is, sdk bool) {
	sdk = bytes.HasPrefix(s, []byte("OT_"))
	if len(s) < 4 || bytes.IndexByte(s, '_') < 0 {
		return false, sdk
	}
	for _, c := range s {
		if c != '_' && !isDigit(c) && (c < 'A' || c > 'Z') {
			return false, sdk
		}
	}
	return true, sdk
}
