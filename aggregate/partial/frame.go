package partial

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is the maximum window of a zstd frame, in bytes: that of otlog's encoder. The
// decoder would allocate up to 512 MiB.
const maxWindow = 8 << 20

// maxBlock is the maximum size of a decompressed block of a zstd frame, in bytes.
const maxBlock = 128 << 10

// inflated returns the decompressed size of a buffer, 0 if it is not compressed. Such a buffer
// starts with the size, or -1 if the bytes are stored, followed by a zstd frame. The size
// must be at most most, and at most what the frame can hold.
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
		return 0, fmt.Errorf("a compressed buffer claims %d bytes", size)
	}
	return size, nil
}

// capacity returns the maximum decompressed size of a zstd frame, computed from the headers of
// its blocks. There must be exactly one frame, and its window must be at most maxWindow.
func capacity(frame []byte) (int64, error) {
	broken := errors.New("a compressed buffer is invalid")
	var h zstd.Header
	if err := h.Decode(frame); err != nil || h.Skippable || h.DictionaryID != 0 {
		return 0, broken
	}
	if !h.SingleSegment && h.WindowSize > maxWindow {
		return 0, fmt.Errorf("a compressed buffer needs a window of %d bytes", h.WindowSize)
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
		case 0: // stored
			n += int64(size)
		case 1: // one byte, repeated
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
