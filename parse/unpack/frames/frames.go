// Package frames reads a file of many zstd frames, or of the gzip members that bgzip writes, from any offset
// of its text.
//
// The headers of frames, blocks and members say where each frame or member is and how long its text is. So
// [Of] reads only headers. It returns nil for a file that it cannot read in this way: a frame that states
// no size or is large, other members, damage of headers, anything after the end.
package frames

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	maxUnit   = 16 << 20 // bytes of a unit, packed or decoded; pzstd writes frames of 8 MiB and a block
	together  = 1 << 20  // smaller units are read together
	maxWindow = 32 << 20 // of a frame
	maxMember = 64 << 10 // of bgzip
)

// A unit is one frame, or some members.
type unit struct {
	packed, end int64 // offsets in the file
	from        int64 // offset in the text
}

// A Text is the text of a file. It keeps the last two units that were read.
type Text struct {
	file  io.ReaderAt
	units []unit
	size  int64
	open  func(packed []byte, size int) ([]byte, error)

	mu   sync.Mutex
	kept [2]kept // the later first
}

type kept struct {
	unit *unit
	text []byte
	err  error
}

// Of returns the text of a file of size bytes that is packed as zstd or gzip, nil if it cannot be read from any
// offset, or if there is only one unit. No frame or member may unpack to more than expansion times its size, unless
// that is 0.
func Of(file io.ReaderAt, size int64, packing string, expansion int64) *Text {
	t := &Text{file: file}
	var next func(at int64) (end, decoded int64, ok bool)
	switch packing {
	case "zstd":
		next, t.open = t.frame, openFrames
	case "gzip":
		next, t.open = t.member, openMembers
	default:
		return nil
	}
	for at := int64(0); at < size; {
		end, decoded, ok := next(at)
		if !ok || end > size || end <= at || end-at > maxUnit || decoded > maxUnit || expansion > 0 && decoded/expansion > end-at {
			return nil
		}
		if n := len(t.units); n > 0 && t.size+decoded-t.units[n-1].from <= together && end-t.units[n-1].packed <= together {
			t.units[n-1].end = end
		} else {
			t.units = append(t.units, unit{at, end, t.size})
		}
		t.size += decoded
		at = end
	}
	if len(t.units) < 2 {
		return nil
	}
	return t
}

// Size returns the size of the text.
func (t *Text) Size() int64 { return t.size }

// read returns n bytes of the file, or fewer at its end.
func (t *Text) read(at int64, n int) []byte {
	b := make([]byte, n)
	n, _ = t.file.ReadAt(b, at) // what is missing is an error of its caller
	return b[:n]
}

// frame walks the headers of a frame and of its blocks.
func (t *Text) frame(at int64) (end, decoded int64, ok bool) {
	var h zstd.Header
	if err := h.Decode(t.read(at, zstd.HeaderMaxSize)); err != nil {
		return 0, 0, false
	}
	at += int64(h.HeaderSize)
	if h.Skippable {
		return at + int64(h.SkippableSize), 0, true
	}
	if !h.HasFCS || h.DictionaryID != 0 || h.WindowSize > maxWindow || h.FrameContentSize > maxUnit {
		return 0, 0, false
	}
	for last := false; !last; {
		b := t.read(at, 3)
		if len(b) < 3 {
			return 0, 0, false
		}
		head := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
		at += 3
		switch head >> 1 & 3 {
		case 1: // one byte, repeated
			at++
		case 3:
			return 0, 0, false
		default:
			at += head >> 3
		}
		last = head&1 != 0
	}
	if h.HasCheckSum {
		at += 4
	}
	return at, int64(h.FrameContentSize), true
}

// member reads the header of a gzip member, which has its size less one in the subfield BC, and the size of its
// text at its end.
func (t *Text) member(at int64) (end, decoded int64, ok bool) {
	const header, trailer = 12, 8
	b := t.read(at, header+64)
	if len(b) < header || string(b[:4]) != "\x1f\x8b\x08\x04" {
		return 0, 0, false
	}
	fields := b[header:]
	fields = fields[:min(int(binary.LittleEndian.Uint16(b[header-2:])), len(fields))]
	for len(fields) >= 4 {
		n := 4 + int(binary.LittleEndian.Uint16(fields[2:]))
		if n == 6 && string(fields[:2]) == "BC" && len(fields) >= n {
			end = at + int64(binary.LittleEndian.Uint16(fields[4:])) + 1
		}
		fields = fields[min(n, len(fields)):]
	}
	if end < at+header+trailer {
		return 0, 0, false
	}
	size := t.read(end-4, 4)
	if len(size) < 4 || binary.LittleEndian.Uint32(size) > maxMember {
		return 0, 0, false
	}
	return end, int64(binary.LittleEndian.Uint32(size)), true
}

// ReadAt reads from an offset of the text.
func (t *Text) ReadAt(p []byte, off int64) (n int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n < len(p) {
		if off >= t.size {
			return n, io.EOF
		}
		i, found := slices.BinarySearchFunc(t.units, off, func(u unit, off int64) int {
			switch {
			case u.from > off:
				return 1
			case u.from < off:
				return -1
			}
			return 0
		})
		if found { // of units without text at one offset, the last one
			for i+1 < len(t.units) && t.units[i+1].from == off {
				i++
			}
		} else {
			i--
		}
		text, err := t.decode(i)
		if err != nil {
			return n, err
		}
		m := copy(p[n:], text[off-t.units[i].from:])
		n, off = n+m, off+int64(m)
	}
	return n, nil
}

// decode returns the text of a unit.
func (t *Text) decode(i int) ([]byte, error) {
	u, to := &t.units[i], t.size
	if i+1 < len(t.units) {
		to = t.units[i+1].from
	}
	switch u {
	case t.kept[0].unit:
	case t.kept[1].unit:
		t.kept[0], t.kept[1] = t.kept[1], t.kept[0]
	default:
		k := kept{unit: u}
		packed := make([]byte, u.end-u.packed)
		_, err := t.file.ReadAt(packed, u.packed)
		if err == nil || err == io.EOF && u.end > u.packed {
			k.text, err = t.open(packed, int(to-u.from))
		}
		if err == nil && int64(len(k.text)) != to-u.from {
			err = errors.New("its text has another size than its headers say")
		}
		if err != nil {
			k.err = fmt.Errorf("damaged at byte %d or after it: %w", u.packed, err)
		}
		t.kept[0], t.kept[1] = k, t.kept[0]
	}
	return t.kept[0].text, t.kept[0].err
}

func openFrames(packed []byte, size int) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(uint64(size)+1))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(packed, make([]byte, 0, size))
}

func openMembers(packed []byte, size int) ([]byte, error) {
	d, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err = text.ReadFrom(io.LimitReader(d, int64(size)+1))
	return text.Bytes(), err
}
