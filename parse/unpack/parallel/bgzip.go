package parallel

import (
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	memberHeader  = 12 // up to the size of the extra field
	memberTrailer = 8
	maxMember     = 64 << 10
)

// walkMember finds the end of a gzip member by the size in its header. The extra field has
// subfields: a name of two letters, a size and so many bytes. BC is the member's size less one.
func walkMember(u *unit, b []byte, most limits) int {
	if len(b) < memberHeader {
		return memberHeader
	}
	if string(b[:4]) != "\x1f\x8b\x08\x04" {
		return uncut
	}
	end := memberHeader + int(binary.LittleEndian.Uint16(b[memberHeader-2:]))
	if len(b) < end {
		return end
	}
	size := 0
	for extra := b[memberHeader:end]; len(extra) >= 4 && size == 0; {
		n := 4 + int(binary.LittleEndian.Uint16(extra[2:]))
		if n == 6 && string(extra[:2]) == "BC" && len(extra) >= n {
			size = int(binary.LittleEndian.Uint16(extra[4:])) + 1
		}
		extra = extra[min(n, len(extra)):]
	}
	if size < end+memberTrailer || size > most.packed {
		return uncut
	}
	if len(b) < size {
		return size
	}
	decoded := binary.LittleEndian.Uint32(b[size-4:])
	if decoded > uint32(min(maxMember, most.decoded)) {
		return uncut
	}
	u.packed, u.decoded = size, int(decoded)
	return whole
}

// decodeMembers decodes the members of a piece. It reports whether all of them are sound.
func (p *piece) decodeMembers() bool {
	p.in.Reset(p.packed)
	if p.gzip == nil {
		p.gzip = new(gzip.Reader)
	}
	if err := p.gzip.Reset(&p.in); err != nil {
		return false
	}
	p.room()
	for len(p.text) < cap(p.text) { // there is room for more than the members should have
		n, err := p.gzip.Read(p.text[len(p.text):cap(p.text)])
		p.text = p.text[:len(p.text)+n]
		if err != nil {
			return err == io.EOF
		}
	}
	return false
}
