package classify

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/otlog/otlog/classify/catalogue"
)

// A phraseIndex finds phrases and marks by the algorithm of Wu and Manber: it looks up a gram
// of a few bytes, and skips the bytes at which no window of a phrase can end. Phrases are lines
// of catalogue.txt; marks are in statement.go.
type phraseIndex struct {
	phrases []catalogue.Phrase // a mark belongs to no error
	offset  []int              // of the window in each phrase
	shift   [1 << hashBits]uint8
	first   [1 << hashBits]uint16 // 1 + the index of a phrase whose window ends in the gram, or 0
	next    []uint16              // 1 + the index of another such phrase, or 0, by phrase
	longest int                   // bytes of the longest phrase
}

const (
	window   = 16 // bytes of a phrase that determine the shifts; no phrase is shorter
	grain    = 6  // bytes of a gram
	hashBits = 16
	// farthest is the shift at a gram that is in no window. No other shift has all of its bits,
	// so that several shifts can be tested at once.
	farthest = window - grain + 1
)

var knownPhrases = newPhraseIndex(phrasesAndMarks())

func phrasesAndMarks() []catalogue.Phrase {
	all := slices.Clone(catalogue.Phrases())
	for _, m := range marks {
		all = append(all, catalogue.Phrase{Text: m})
	}
	return all
}

func newPhraseIndex(phrases []catalogue.Phrase) *phraseIndex {
	x := &phraseIndex{phrases: phrases, offset: make([]int, len(phrases)), next: make([]uint16, len(phrases))}
	for i := range x.shift {
		x.shift[i] = farthest
	}
	often := new([1 << hashBits]uint16) // how many phrases have a gram, by hash
	for _, p := range phrases {
		for _, h := range hashes(p.Text) {
			often[h]++
		}
	}
	for i, p := range phrases {
		x.longest = max(x.longest, len(p.Text))
		x.offset[i] = rarestWindow(p.Text, often)
		text := make([]byte, 8, 8+window) // room to read eight bytes at the first gram
		text = append(text, p.Text[x.offset[i]:x.offset[i]+window]...)
		for at := range farthest {
			shift := &x.shift[hash(text[:8+at+grain])]
			*shift = min(*shift, uint8(farthest-1-at))
		}
		end := hash(text)
		x.next[i], x.first[end] = x.first[end], uint16(i)+1
	}
	return x
}

// hashes returns the hash of every gram of text.
func hashes(text string) []uint16 {
	const before = 8 - grain // bytes that hash reads before the first gram
	b := append(make([]byte, before, before+len(text)), text...)
	out := make([]uint16, 0, len(text))
	for end := 8; end <= len(b); end++ {
		out = append(out, uint16(hash(b[:end])))
	}
	return out
}

// rarestWindow returns the offset of the window of text whose grams are rarest among all
// phrases. A gram that many phrases share is common in logs, too.
func rarestWindow(text string, often *[1 << hashBits]uint16) int {
	costs := make([]int, 0, len(text)) // of the grams
	for _, h := range hashes(text) {
		n := int(often[h])
		costs = append(costs, n*n)
	}
	best, least := 0, math.MaxInt
	for at := range len(text) - window + 1 {
		sum := 0
		for _, cost := range costs[at : at+farthest] {
			sum += cost
		}
		if sum < least {
			best, least = at, sum
		}
	}
	return best
}

// hash returns the hash of the gram at the end of b, which has at least eight bytes.
func hash(b []byte) uint64 {
	return binary.LittleEndian.Uint64(b[len(b)-8:]) >> (64 - 8*grain) * 0x9e3779b97f4a7c15 >> (64 - hashBits)
}

// windowEnd returns the first offset at or after end where a window may end, -1 if there is
// none. Nearly always, a window does end there.
func (x *phraseIndex) windowEnd(text []byte, end int) int {
	for end = max(end, window); end <= len(text); {
		// Frequent case first: four grams in a row are in no window. They are looked up in
		// parallel, because one after the other each would wait for the shift before it.
		for end+3*farthest <= len(text) {
			a, b, c, d := x.shiftAt(text, end), x.shiftAt(text, end+farthest), x.shiftAt(text, end+2*farthest), x.shiftAt(text, end+3*farthest)
			if a&b&c&d == farthest {
				end += 4 * farthest
				continue
			}
			switch {
			case a != farthest:
			case b != farthest:
				end += farthest
			case c != farthest:
				end += 2 * farthest
			default:
				end += 3 * farthest
			}
			break
		}
		if end > len(text) {
			break
		}
		shift := x.shiftAt(text, end)
		if shift == 0 {
			return end
		}
		end += int(shift)
	}
	return -1
}

// at returns the offset of phrase i in text if its window ends at end, -1 if the phrase is not
// there. It ignores word boundaries.
func (x *phraseIndex) at(i uint16, text []byte, end int) int {
	p, at := x.phrases[i].Text, end-window-x.offset[i]
	if at >= 0 && len(p) <= len(text)-at && string(text[at:at+len(p)]) == p {
		return at
	}
	return -1
}

// find returns the offset of the first phrase or mark in text, -1 if there is none.
func (x *phraseIndex) find(text []byte) int {
	for end := x.windowEnd(text, 0); end >= 0; end = x.windowEnd(text, end+1) {
		for i := x.first[hash(text[:end])]; i != 0; i = x.next[i-1] {
			if at := x.at(i-1, text, end); at >= 0 {
				return at
			}
		}
	}
	return -1
}

// shiftAt returns how far a window that ends at end can be moved.
func (x *phraseIndex) shiftAt(text []byte, end int) uint8 { return x.shift[hash(text[:end])] }

// phraseMethod returns the method of the first phrase in text that belongs to an error and to a
// method. It returns 0 if there is none.
func phraseMethod(text []byte, id catalogue.ID) catalogue.MethodID {
	for from := 0; id != 0; {
		p, at := nextPhrase(text, from)
		if p == nil {
			return 0
		}
		if p.Error == id && p.Method != 0 {
			return p.Method
		}
		from = at + 1
	}
	return 0
}

// nextPhrase returns the first phrase in text at or after from that consists of whole words,
// and its offset. Of several at the same offset it returns the longest. It returns nil if there
// is none.
func nextPhrase(text []byte, from int) (first *catalogue.Phrase, begin int) {
	for p, at := range knownPhrases.within(text, from) {
		switch {
		case first != nil && at > begin+knownPhrases.longest:
			return first, begin // no other phrase can begin earlier
		case p.Error == 0:
		case first == nil || precedes(p, at, first, begin):
			first, begin = p, at
		}
	}
	return first, begin
}

// precedes reports whether the phrase p at an offset precedes q: it begins earlier, or contains
// q.
func precedes(p *catalogue.Phrase, at int, q *catalogue.Phrase, begin int) bool {
	return at < begin || at == begin && len(p.Text) > len(q.Text)
}

// within yields the marks in text at or after from, and the phrases that consist of whole
// words, with their offsets. The order is nearly that of the offsets: two may be swapped if
// they are less than the longest phrase apart.
func (x *phraseIndex) within(text []byte, from int) iter.Seq2[*catalogue.Phrase, int] {
	return func(yield func(*catalogue.Phrase, int) bool) {
		for end := x.windowEnd(text, from); end >= 0; end = x.windowEnd(text, end+1) {
			for i := x.first[hash(text[:end])]; i != 0; i = x.next[i-1] {
				p, at := &x.phrases[i-1], x.at(i-1, text, end)
				if at < from || p.Error != 0 && (joined(text, at) || joined(text, at+len(p.Text))) {
					continue
				}
				if !yield(p, at) {
					return
				}
			}
		}
	}
}
