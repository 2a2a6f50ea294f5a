package partial

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is how much memory a zstd frame may ask for by itself: as much as otlog's
// does. The decoder would give it 512 MiB.
const maxWindow = 8 << 20

// maxBlock is how many bytes a block of a zstd frame may hold.
const maxBlock = 128 << 10

// inflated returns how many bytes a buffer holds that Arrow has compressed: their number,
// or -1 if they stand there as they are, and a zstd frame of them. The number is not more
// than that frame can hold, and than most.
func inflated(b []byte, most int64) (int64, error) {
	if len(b) < 8 {
		return 0, errors.New("a compressed buffer has no length")
	}
	size, frame := int64(binary.LittleEndian.Uint64(b)), b[8:]
	if size == -1 {
		return 0, nil
	}
	n, err := capacity(frame)
	if err != nil {
		return 0, err
	}
	if size < 0 || size > min(n, most) {
		return 0, fmt.Errorf("a compressed buffer claims to hold %d bytes", size)
	}
	return size, nil
}

// capacity returns how many bytes a zstd frame can hold, judged by its blocks. It must be
// a single one that needs no more than maxWindow bytes beside them.
func capacity(frame []byte) (int64, error) {
	broken := errors.New("a compressed buffer is none")
	var h zstd.Header
	if err := h.Decode(frame); err != nil || h.Skippable || h.DictionaryID != 0 {
		return 0, broken
	}
	if !h.SingleSegment && h.WindowSize > maxWindow {
		return 0, fmt.Errorf("a compressed buffer wants a window of %d bytes", h.WindowSize)
	}
	rest := frame[h.HeaderSize:]
	var n int64
	for last := false; !last; {
		if len(rest) < 3 {
			return 0, broken
		}
		head := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		last = head&1 != 0
		size := head >> 3
		switch head >> 1 & 3 {
		case 0: // as it is
			n += int64(size)
		case 1: // the same byte again and again
			n += int64(size)
			size = 1
		case 2:
			n += maxBlock
		default:
			return 0, broken
		}
		if rest = rest[3:]; len(rest) < size {
			return 0, broken
		}
		rest = rest[size:]
	}
	sum := 0
	if h.HasCheckSum {
		sum = 4
	}
	switch {
	case len(rest) != sum || h.SingleSegment && h.FrameContentSize > uint64(n):
		return 0, broken
	case h.HasFCS:
		n = min(n, int64(min(h.FrameContentSize, uint64(n))))
	}
	return n, nil
}
