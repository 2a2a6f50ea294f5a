package classify

// A Finder finds where in a block of lines evidence of an error may stand. It
// remembers what it has seen of the block, so that each byte is looked at once
// for names and once for phrases, however often it is asked. The zero Finder is
// ready to use, by one goroutine.
type Finder struct {
	data         []byte
	name, phrase int // next ones in data, len(data) if there is none
}

// Reset makes the Finder look at another block.
func (f *Finder) Reset(data []byte) {
	*f = Finder{data: data, name: -1, phrase: -1}
}

// Next returns the offset of the first byte at or behind from that may belong to
// evidence of an error, -1 if there is none. from must not decrease between
// calls.
func (f *Finder) Next(from int) int {
	if f.name < from {
		f.name = behind(from, nextName(f.data[from:]), len(f.data))
	}
	if f.phrase < from {
		f.phrase = behind(from, knownPhrases.find(f.data[from:]), len(f.data))
	}
	if next := min(f.name, f.phrase); next < len(f.data) {
		return next
	}
	return -1
}

// behind makes an offset in data[from:] one in data, and none the end.
func behind(from, at, end int) int {
	if at < 0 {
		return end
	}
	return from + at
}
