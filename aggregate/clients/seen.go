package clients

import (
	"slices"

	"github.com/otlog/otlog/aggregate/names"
)

// A Kind is what a label is a name of.
type Kind uint8

// The kinds. A text may be of several.
const (
	SDK Kind = 1 << iota
	Browser
	OS
	APIKey
)

// Seen notes what each label is a name of, by its number.
type Seen []Kind

// Client notes the labels of a client.
func (s Seen) Client(l Labels) {
	s[l.SDK] |= SDK
	s[l.Browser] |= Browser
	s[l.OS] |= OS
}

// Key notes the API key of a session.
func (s Seen) Key(key names.Name) { s[key] |= APIKey }

// Add adds what another one has seen.
func (s Seen) Add(other Seen) {
	for i, kind := range other {
		s[i] |= kind
	}
}

// Texts returns the names of a kind, sorted, given the texts of all labels. An unknown name is none.
func (s Seen) Texts(k Kind, texts []string) []string {
	var out []string
	for i, kind := range s {
		if kind&k != 0 && i > 0 {
			out = append(out, texts[i])
		}
	}
	slices.Sort(out)
	return out
}
