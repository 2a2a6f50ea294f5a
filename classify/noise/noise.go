// Package noise recognizes lines that show no failure of a call, although they look like one or stand
// beside one: warnings and debug output of the SDK (sdk.go), and what browsers print (browser.go).
//
// A line is noise only if it shows no error: ask [classify.Match] first.
package noise

import (
	"bytes"
	"strings"
	"sync"
)

// Origin is who printed a line.
type Origin uint8

// The origins.
const (
	SDK Origin = iota
	Browser
)

// String returns the origin's name in explanations.
func (o Origin) String() string { return [...]string{"the SDK", "the browser"}[o] }

// A Kind is a kind of line that shows no failure of a call.
type Kind struct {
	Name    string // short: "blocked by Content-Security-Policy"
	From    Origin
	Meaning string // one or two sentences
	Remedy  string // "" if nothing is to be done
	Cause   bool   // such a line often gives the reason of a failure beside it
}

// longest is how many bytes of a text are searched. Messages of a browser begin their line; what
// follows is mostly a stack.
const longest = 16 << 10

// Find returns the kind of noise that a text is, nil if it is none that is known. The text is that of
// a record: JSON escapes are resolved. Case and the form of quotes do not matter. Find is safe for
// concurrent use.
func Find(text []byte) *Kind {
	folded := fold(text[:min(len(text), longest)])
	for i := range all() {
		if e := &all()[i]; e.matches(folded) {
			return &e.kind
		}
	}
	return byLevel(folded)
}

// An entry is a kind of noise and the texts by which it is recognized. Of several entries that match,
// the first one counts, so the more exact one comes first.
type entry struct {
	kind  Kind
	texts []string // each one with "…" where other text may be
}

// all returns the entries with folded texts.
var all = sync.OnceValue(func() []entry {
	var out []entry
	for _, e := range append(ofBrowsers(), ofSDK()...) {
		texts := make([]string, len(e.texts))
		for i, text := range e.texts {
			texts[i] = fold([]byte(text))
		}
		out = append(out, entry{e.kind, texts})
	}
	return out
})

func (e *entry) matches(folded string) bool {
	for _, text := range e.texts {
		if contains(folded, text) {
			return true
		}
	}
	return false
}

// contains reports whether text contains the parts of pattern, which "…" separates, in their order.
func contains(text, pattern string) bool {
	for more := true; more; {
		var part string
		part, pattern, more = strings.Cut(pattern, "…")
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// fold returns text with small letters and straight quotes. Browsers print curly ones, and people who
// copy a line by hand type straight ones.
func fold(text []byte) string {
	text = bytes.ToLower(text)
	for _, q := range [...][2]string{{"’", "'"}, {"‘", "'"}, {"“", `"`}, {"”", `"`}} {
		text = bytes.ReplaceAll(text, []byte(q[0]), []byte(q[1]))
	}
	return string(text)
}
