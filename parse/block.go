package parse

import (
	"bytes"
	"fmt"
	"io"

	"github.com/otlog/otlog/parse/unpack"
)

const (
	// BlockSize is how much a Reader tries to put into one Block. It fits a
	// core's second-level cache, so that a block is still warm when it is decoded.
	BlockSize = 256 << 10
	// MaxRecord is the longest line, and the longest record with its stack
	// lines, that is read. It bounds the memory of a block. Log stores cut
	// entries at 1 MiB or less.
	MaxRecord = 4 << 20
)

// A Block is a run of whole records of one source.
type Block struct {
	Data   []byte // whole lines; the last one of a source may lack its line feed
	Offset int64  // of Data[0] in the decoded source
	Format Format

	// Records are those of a format whose records are no lines. Data then is their
	// text.
	Records []Span

	// Skipped is a record that the Reader passed over; Data is then empty.
	Skipped *SyntaxError
}

// A Reader cuts decoded bytes into blocks. It keeps at most MaxRecord bytes
// besides the block it fills.
type Reader struct {
	src    io.Reader
	live   Live // src, or what it decodes; nil if nobody waits for it
	format Format
	limits limits
	offset int64  // of rest[0] in the decoded source
	rest   []byte // read, but not yet in a block
	err    error  // what src returned last; io.EOF at a sound end

	align bool  // still to find the first record that starts at or after offset+1
	end   int64 // records that start here or later belong to somebody else; -1: none do
	done  bool

	split  splitter // of a format whose records are no lines
	window []byte   // what it reads from
	at     int      // how much of the window it has taken
}

// limits are BlockSize and MaxRecord, smaller in tests. A record is a power of
// two times a block, so that growing blocks meet it exactly.
type limits struct{ block, record int }

var defaultLimits = limits{block: BlockSize, record: MaxRecord}

// newReader returns a Reader of the whole of src.
func newReader(src io.Reader, f Format) *Reader {
	return &Reader{src: src, format: f, limits: defaultLimits, end: -1}
}

// newSection returns a Reader of those records of src that start in
// [from, to). Sections that share their borders share out all records of a
// source, whatever the borders are.
func newSection(src io.ReaderAt, from, to, size int64, f Format) *Reader {
	r := &Reader{format: f, limits: defaultLimits, end: to}
	if from > 0 {
		// The byte before tells whether a line starts at from.
		from--
		r.align = true
	}
	r.offset = from
	r.src = io.NewSectionReader(src, from, size-from)
	return r
}

// Next fills b, whose Data is overwritten up to its capacity and grown if a
// record needs it. It returns io.EOF after the last block; a *DamageError is a
// source that broke off, and all that could be read has been returned before.
func (r *Reader) Next(b *Block) error {
	b.Format, b.Skipped, b.Data, b.Records = r.format, nil, b.Data[:0], b.Records[:0]
	if r.done {
		return r.err
	}
	if r.format.kind != byLine {
		return r.nextSplit(b)
	}
	room := r.limits.block
	for room < len(r.rest) {
		room *= 2
	}
	if room > cap(b.Data) {
		b.Data = make([]byte, 0, room)
	}
	b.Data = append(b.Data, r.rest...)
	r.rest = r.rest[:0]
	if r.align && !r.alignStart(b) {
		r.done, b.Data = true, b.Data[:0]
		if r.err == nil {
			r.err = io.EOF
		}
		return r.err
	}
	for {
		r.fill(b)
		if n, ok := r.ownEnd(b.Data); ok {
			return r.emit(b, n, true)
		}
		if r.err != nil {
			return r.last(b)
		}
		if n := r.cut(b.Data); n > 0 {
			return r.emit(b, n, false)
		}
		if len(b.Data) < cap(b.Data) {
			continue // a pause within a record
		}
		// One record fills the block.
		if len(b.Data) >= r.limits.record {
			if n := bytes.LastIndexByte(b.Data, '\n') + 1; n > 0 {
				// Stack lines without end: what follows becomes a record of its own.
				return r.emit(b, n, false)
			}
			return r.skipLine(b)
		}
		grow(b)
	}
}

// fill reads until b is full, src ends, or a live one pauses after something has
// come. It tells the offset at which a source breaks off.
func (r *Reader) fill(b *Block) {
	for r.err == nil && len(b.Data) < cap(b.Data) {
		var n int
		n, r.err = r.src.Read(b.Data[len(b.Data):cap(b.Data)])
		b.Data = b.Data[:len(b.Data)+n]
		if r.live != nil && n > 0 && r.live.Pause() {
			break
		}
	}
	if r.err != nil && r.err != io.EOF {
		r.err = unpack.DamageAt(r.offset+int64(len(b.Data)), r.err)
	}
}

// grow doubles the capacity of b: from BlockSize on, so that it meets MaxRecord
// exactly.
func grow(b *Block) {
	b.Data = append(make([]byte, 0, 2*cap(b.Data)), b.Data...)
}

// emit ends a block after n bytes and keeps the others for the next one.
func (r *Reader) emit(b *Block, n int, last bool) error {
	if last {
		r.done, r.err = true, io.EOF
		if n == 0 {
			return io.EOF
		}
	} else {
		r.rest = append(r.rest, b.Data[n:]...)
	}
	b.Offset = r.offset
	b.Data = b.Data[:n]
	r.offset += int64(n)
	return nil
}

// last returns what is left at the end of src. A line that a broken source cut
// off is no record: half of it may be missing.
func (r *Reader) last(b *Block) error {
	if len(b.Data) == 0 {
		r.done = true
		return r.err
	}
	if r.err == io.EOF {
		return r.emit(b, len(b.Data), true)
	}
	if n := bytes.LastIndexByte(b.Data, '\n') + 1; n > 0 {
		return r.emit(b, n, false)
	}
	r.done = true
	b.Skipped = &SyntaxError{Reason: Damaged, Offset: r.offset, Bytes: int64(len(b.Data)), Lines: 1, Cause: "the source ends within this line"}
	b.Data = b.Data[:0]
	return nil
}

// skipLine passes over the line that fills b, reading to its end.
func (r *Reader) skipLine(b *Block) error {
	skipped := &SyntaxError{Reason: Oversize, Offset: r.offset, Lines: 1}
	for {
		if n := bytes.IndexByte(b.Data, '\n') + 1; n > 0 {
			skipped.Bytes += int64(n)
			r.rest = append(r.rest, b.Data[n:]...)
			break
		}
		skipped.Bytes += int64(len(b.Data))
		b.Data = b.Data[:0]
		if r.err != nil {
			break
		}
		r.fill(b)
	}
	r.offset += skipped.Bytes
	skipped.Cause = fmt.Sprintf("line of %d bytes is longer than the limit of %d", skipped.Bytes, r.limits.record)
	b.Data, b.Skipped = b.Data[:0], skipped
	return nil
}

// cut returns where the last record of data starts, whose end is not in data
// yet; 0 if there is no other.
func (r *Reader) cut(data []byte) int {
	start := bytes.LastIndexByte(data, '\n') + 1
	if !r.format.stacks {
		return start
	}
	for start > 0 {
		end := start - 1 // the line feed
		start = bytes.LastIndexByte(data[:end], '\n') + 1
		if !r.format.continues(data[start:end]) {
			return start
		}
	}
	return 0
}

// ownEnd returns where the first record starts that is not ours.
func (r *Reader) ownEnd(data []byte) (int, bool) {
	if r.end < 0 || r.offset+int64(len(data)) < r.end {
		return 0, false
	}
	from := int(max(r.end-1-r.offset, -1))
	if from >= len(data) {
		return 0, false
	}
	start := 0
	if from >= 0 {
		nl := bytes.IndexByte(data[from:], '\n')
		if nl < 0 {
			return 0, false
		}
		start = from + nl + 1
	}
	return r.nextRecord(data, start)
}

// nextRecord returns the first record start at or after start, which is the
// start of a line. It reports false if data ends before that can be told.
func (r *Reader) nextRecord(data []byte, start int) (int, bool) {
	for start < len(data) {
		if !r.format.stacks {
			return start, true
		}
		nl := bytes.IndexByte(data[start:], '\n')
		switch {
		case nl >= 0 && !r.format.continues(data[start:start+nl]):
			return start, true
		case nl >= 0:
			start += nl + 1
		case r.err != nil || len(data)-start > maxFrame:
			// The line's end is out of sight, but not needed.
			if !r.format.continues(data[start:]) {
				return start, true
			}
			return 0, false
		default:
			return 0, false
		}
	}
	return start, r.err != nil
}

// alignStart reads on to the first record that starts after r.offset and
// leaves it at the start of b. It reports false if the section owns no record.
func (r *Reader) alignStart(b *Block) bool {
	inLine := true // the byte at r.offset belongs to a line of somebody else
	for {
		r.fill(b)
		if inLine {
			nl := bytes.IndexByte(b.Data, '\n')
			if nl < 0 {
				r.offset += int64(len(b.Data))
				b.Data = b.Data[:0]
				if r.err != nil || r.offset >= r.end {
					return false
				}
				continue
			}
			r.drop(b, nl+1)
			inLine = false
		}
		start := 0
		for start < len(b.Data) && r.offset+int64(start) < r.end {
			nl := bytes.IndexByte(b.Data[start:], '\n')
			line := b.Data[start:]
			if nl >= 0 {
				line = line[:nl]
			} else if r.err == nil && len(line) <= maxFrame {
				break
			}
			if !r.format.stacks || !r.format.continues(line) {
				r.drop(b, start)
				r.align = false
				return true
			}
			if nl < 0 { // a stack line that is longer than the block
				inLine = true
				start = len(b.Data)
				break
			}
			start += nl + 1
		}
		if start == 0 && !inLine {
			grow(b)
		}
		r.drop(b, start)
		if r.offset >= r.end || (r.err != nil && len(b.Data) == 0) {
			return false
		}
	}
}

// drop takes n bytes from the start of b.
func (r *Reader) drop(b *Block, n int) {
	b.Data = append(b.Data[:0], b.Data[n:]...)
	r.offset += int64(n)
}
