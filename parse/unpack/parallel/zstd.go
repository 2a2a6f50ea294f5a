package parallel

import (
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxWindow is the largest window of a frame in a piece. The serial reader decides about larger
	// ones, of which it accepts some.
	maxWindow = 32 << 20

	maxBlock    = 128 << 10
	blockHeader = 3
	checksum    = 4
)

// walkFrame finds the end of a zstd frame by its headers.
func walkFrame(u *unit, b []byte, most limits) int {
	if u.packed == 0 {
		if need := u.frameHeader(b, most); need != whole {
			return need
		}
	}
	for !u.last {
		if len(b) < u.packed+blockHeader {
			return u.packed + blockHeader
		}
		h := b[u.packed:]
		head := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
		u.last = head&1 != 0
		kind, size := head>>1&3, head>>3
		u.packed += blockHeader
		switch kind {
		case 0: // as it is
			u.packed += size
			u.decoded += size
		case 1: // one byte, repeated
			u.packed++
			u.decoded += size
		case 2: // compressed
			u.packed += size
			u.decoded += u.block
		default:
			return uncut
		}
		if u.packed > most.packed || u.content < 0 && u.decoded > most.decoded {
			return uncut
		}
	}
	switch {
	case len(b) < u.packed+u.check:
		return u.packed + u.check
	case u.content > u.decoded:
		return uncut
	case u.content >= 0:
		u.decoded = u.content
	}
	u.packed += u.check
	return whole
}

// frameHeader walks the header of a frame, or a whole skippable frame.
func (u *unit) frameHeader(b []byte, most limits) int {
	var h zstd.Header
	switch err := h.Decode(b); {
	case err == io.ErrUnexpectedEOF:
		return len(b) + 1
	case err != nil, h.DictionaryID != 0, h.WindowSize > maxWindow, h.SkippableSize > uint32(most.packed), h.FrameContentSize > uint64(most.decoded):
		return uncut
	}
	u.packed, u.content, u.block = h.HeaderSize, -1, maxBlock
	switch {
	case h.Skippable:
		u.last, u.check = true, int(h.SkippableSize)
		return whole
	case h.HasFCS:
		u.content = int(h.FrameContentSize)
	}
	if !h.SingleSegment {
		u.block = int(min(h.WindowSize, maxBlock))
	}
	if h.HasCheckSum {
		u.check = checksum
	}
	return whole
}

// decodeFrames decodes the frames of a piece. It reports whether all of them are sound.
func (p *piece) decodeFrames() bool {
	if p.zstd == nil {
		var err error
		p.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return false
		}
	}
	p.room()
	from := 0
	for _, end := range p.ends {
		to := p.text[len(p.text):]
		text, err := p.zstd.DecodeAll(p.packed[from:end], to)
		if err != nil || len(text) > 0 && (cap(to) == 0 || &text[0] != &to[:1][0]) {
			return false
		}
		p.text = p.text[:len(p.text)+len(text)]
		from = end
	}
	return true
}
