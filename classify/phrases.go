package classify

import (
	"encoding/binary"
	"iter"
	"slices"
	"sync"

	"github.com/otlog/otlog/classify/catalogue"
)

// A phraseIndex finds phrases and marks by the algorithm of Wu and Manber: it looks up a gram
// of a few bytes, and skips the bytes at which no window of a phrase can end. Phrases are lines
// of catalogue.txt; marks are in marks.go.
type phraseIndex struct {
	phrases []catalogue.Phrase // those of the catalogue, then the marks, which belong to no error
	marks   []mark
	evident int   // how many of the phrases are evidence by themselves; they come first
	offset  []int // of the window in each phrase
	shift   [1 << hashBits]uint8
	first   [1 << endBits]uint16 // 1 + the index of a phrase whose window ends in the gram, or 0
	next    []uint16             // 1 + the index of another such phrase, or 0, by phrase
	longest int                  // bytes of the longest phrase
}

const (
	window   = 16 // bytes of a phrase that determine the shifts; no phrase is shorter
	grain    = 6  // bytes of a gram
	hashBits = 16
	endBits  = 10 // of hashes of grams that end a window, which are few
	// farthest is the shift at a gram that is in no window. No other shift has all of its bits,
	// so that several shifts can be tested at once.
	farthest = window - grain + 1
)

// usual are words that lines of logs often contain. With windows that avoid them, a third fewer grams in
// logs are those of a window.
const usual = "the session=1_MX40 sessionId connectionId opentok.js:36031 OpenTok:Session:info OpenTok:Subscriber " +
	"of the publisher subscriber stream was changed failed message error exception :: participant connection for the"

// knownPhrases returns the index of all phrases and marks. To make it takes 0.3 ms, which a run without
// records need not wait for.
var knownPhrases = sync.OnceValue(func() *phraseIndex {
	return newPhraseIndex(catalogue.Phrases(), evidentMarks(), otherMarks)
})

func newPhraseIndex(phrases []catalogue.Phrase, evident, other []mark) *phraseIndex {
	x := &phraseIndex{phrases: slices.Clone(phrases), marks: slices.Concat(evident, other), evident: len(phrases) + len(evident)}
	for i := range x.marks {
		x.phrases = append(x.phrases, catalogue.Phrase{Text: x.marks[i].text})
	}
	x.offset, x.next = make([]int, len(x.phrases)), make([]uint16, len(x.phrases))
	for i := range x.shift {
		x.shift[i] = farthest
	}
	const size = 64                               // usual bytes of a phrase, at most
	all := make([]uint16, 0, len(x.phrases)*size) // the hash of every gram
	for i := range x.phrases {
		all = appendHashes(all, x.phrases[i].Text)
	}
	often := new([1 << hashBits]uint16) // how many phrases have a gram, by hash; more if it is usual
	rest := all
	for i := range x.evident {
		grams := len(x.phrases[i].Text) - grain + 1
		for _, h := range rest[:grams] {
			often[h]++
		}
		rest = rest[grams:]
	}
	for _, h := range appendHashes(nil, usual) {
		often[h] += 20
	}
	rest = all
	for i := range x.phrases {
		x.longest = max(x.longest, len(x.phrases[i].Text))
		grams := len(x.phrases[i].Text) - grain + 1
		at := rarestWindow(rest[:grams], often)
		x.offset[i] = at
		for n, h := range rest[at : at+farthest] {
			x.shift[h] = min(x.shift[h], uint8(farthest-1-n))
		}
		end := rest[at+farthest-1] >> (hashBits - endBits)
		x.next[i], x.first[end] = x.first[end], uint16(i)+1
		rest = rest[grams:]
	}
	return x
}

// appendHashes appends the hash of every gram of text.
func appendHashes(hashes []uint16, text string) []uint16 {
	var room [128]byte
	b := append(room[:8-grain], text...) // hash reads eight bytes
	for end := 8; end <= len(b); end++ {
		hashes = append(hashes, uint16(hash(b[:end])))
	}
	return hashes
}

// rarestWindow returns the offset of the window whose grams are rarest. A gram that many phrases share is
// common in logs, too.
func rarestWindow(grams []uint16, often *[1 << hashBits]uint16) int {
	cost := func(at int) int { n := int(often[grams[at]]); return n * n }
	sum := 0
	for at := range farthest {
		sum += cost(at)
	}
	best, least := 0, sum
	for at := 1; at+farthest <= len(grams); at++ {
		if sum += cost(at+farthest-1) - cost(at-1); sum < least {
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

// find returns the offset of the first phrase or mark in text that is evidence by itself, -1 if there
// is none.
func (x *phraseIndex) find(text []byte) int {
	for end := x.windowEnd(text, 0); end >= 0; end = x.windowEnd(text, end+1) {
		for i := x.first[hash(text[:end])>>(hashBits-endBits)]; i != 0; i = x.next[i-1] {
			if at := x.at(i-1, text, end); at >= 0 && int(i) <= x.evident {
				return at
			}
		}
	}
	return -1
}

// shiftAt returns how far a window that ends at end can be moved.
func (x *phraseIndex) shiftAt(text []byte, end int) uint8 { return x.shift[hash(text[:end])] }

// phraseMethod returns the method of the first phrase in text that belongs to the error id and to a
// method. It returns 0 if there is none.
func (t *reading) phraseMethod(text []byte, id catalogue.ID) catalogue.MethodID {
	if id == 0 || t.phrase == nil {
		return 0
	}
	if t.phrase.Error == id && t.phrase.Method != 0 {
		return t.phrase.Method
	}
	for at := t.phraseAt; t.phrases > 1; {
		var p *catalogue.Phrase
		if p, at = nextPhrase(text, at+1); p == nil {
			return 0
		}
		if p.Error == id && p.Method != 0 {
			return p.Method
		}
	}
	return 0
}

// nextPhrase returns the first phrase in text at or after from that consists of whole words,
// and its offset. Of several at the same offset it returns the longest. It returns nil if there
// is none.
func nextPhrase(text []byte, from int) (first *catalogue.Phrase, begin int) {
	x := knownPhrases()
	for i, at := range x.within(text, from) {
		p := &x.phrases[i]
		switch {
		case first != nil && at > begin+x.longest:
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
// words, by their indices, with their offsets. The order is nearly that of the offsets: two may be
// swapped if they are less than the longest phrase apart.
func (x *phraseIndex) within(text []byte, from int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for end := x.windowEnd(text, from); end >= 0; end = x.windowEnd(text, end+1) {
			for i := x.first[hash(text[:end])>>(hashBits-endBits)]; i != 0; i = x.next[i-1] {
				p, at := &x.phrases[i-1], x.at(i-1, text, end)
				if at < from || p.Error != 0 && (joined(text, at) || joined(text, at+len(p.Text))) {
					continue
				}
				if !yield(int(i-1), at) {
					return
				}
			}
		}
	}
}

// markOf returns the mark with an index, nil if it is that of a phrase.
func (x *phraseIndex) markOf(i int) *mark {
	if n := i - (len(x.phrases) - len(x.marks)); n >= 0 {
		return &x.marks[n]
	}
	return nil
}
