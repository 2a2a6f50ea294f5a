package parallel

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A unit is a part of a stream that can be decoded on its own: a zstd frame or a gzip member.
type unit struct {
	packed  int // its size; while it is walked, that of the part before the next header
	decoded int // its decoded size at most

	// Of a zstd frame:
	content int  // the decoded size in its header, or -1
	block   int  // the decoded size of a block at most
	check   int  // the size of the checksum
	last    bool // the last block has been walked
}

// What a walk returns, other than how many bytes of a unit it needs to go on.
const (
	whole = 0  // the unit is complete
	uncut = -1 // it is too large, damaged, or no unit
)

// A piece is a part of a stream that is decoded at once.
type piece struct {
	packed []byte
	ends   []int // of the units in packed
	size   int   // of the text at most
	text   []byte
	sound  bool // text is the whole text of the units
	read   bool // text is being read
	work   sync.WaitGroup

	zstd *zstd.Decoder
	gzip *gzip.Reader
	in   bytes.Reader
}

// reset empties a piece, which keeps its memory.
func (p *piece) reset() {
	p.packed, p.ends, p.text = p.packed[:0], p.ends[:0], p.text[:0]
	p.size, p.sound, p.read = 0, false, false
}

// room makes room for the text. It adds a few bytes, because the zstd decoder is slower if its
// copies cannot write past the end, and rounds up, because pieces differ little in size.
func (p *piece) room() {
	const past, step = 64, 1 << 18
	if need := p.size + past; cap(p.text) < need {
		p.text = make([]byte, 0, (need+step-1)&^(step-1))
	}
}
