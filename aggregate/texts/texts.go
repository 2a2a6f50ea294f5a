// Package texts keeps session IDs as a log has them, for reports that show examples. Everything else
// knows sessions by hashes, so IDs are kept only on request.
package texts

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Longest is the length of the longest ID that is kept, in bytes. That of an OpenTok session ID is
// about 72.
const Longest = 256

// Fits reports whether an ID can be kept. A token in the field of the session is no ID to show.
func Fits(id []byte) bool {
	return len(id) > 0 && len(id) <= Longest && utf8.Valid(id) && !isToken(id)
}

// isToken reports whether an ID contains a token: T1==…, or a JSON Web Token, which begins with an
// object in base64 and has parts separated by full stops. A session ID has no full stop.
func isToken(id []byte) bool {
	return bytes.Contains(id, []byte("T1==")) || bytes.Contains(id, []byte("eyJ")) && bytes.IndexByte(id, '.') >= 0
}

// IDs are the session IDs of a tally, by number. The zero IDs keep none.
type IDs struct {
	Keep bool
	Hide func(id []byte) bool // if set, reports whether an ID is not kept

	numbers []uint32 // ascending
	texts   []string
	chunk   strings.Builder // that holds the last texts
	size    int64           // bytes
}

// chunkBytes is the size of a chunk: large enough that the cost of an allocation is shared by many
// IDs.
const chunkBytes = 16 << 10

// Add keeps an ID, if it is asked for and fits. Each number is greater than the one before.
func (s *IDs) Add(number uint32, id []byte) {
	if !s.Keep || !Fits(id) || s.Hide != nil && s.Hide(id) {
		return
	}
	if s.chunk.Cap()-s.chunk.Len() < len(id) {
		s.chunk = strings.Builder{}
		s.chunk.Grow(chunkBytes)
		s.size += chunkBytes
	}
	from := s.chunk.Len()
	s.chunk.Write(id)
	s.numbers, s.texts = append(s.numbers, number), append(s.texts, s.chunk.String()[from:])
}

// Size returns the approximate number of bytes that the IDs take.
func (s *IDs) Size() int64 { return s.size + 4*int64(cap(s.numbers)) + 16*int64(cap(s.texts)) }

// Clear removes all IDs.
func (s *IDs) Clear() { *s = IDs{Keep: s.Keep, Hide: s.Hide} }

// Sort returns the IDs by place, given the place of each number.
func (s *IDs) Sort(place []uint32) Sorted {
	if len(s.texts) == 0 {
		return nil
	}
	out := make(Sorted, len(place))
	for i, number := range s.numbers {
		out[place[number]] = s.texts[i]
	}
	return out
}

// Sorted are IDs by place; nil: none.
type Sorted []string

// At returns the ID at a place, "" if it is not known.
func (s Sorted) At(place int) string {
	if s == nil {
		return ""
	}
	return s[place]
}
