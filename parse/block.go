package parse

import (
	"bytes"
	"io"

	"github.com/otlog/otlog/parse/digest"
	"github.com/otlog/otlog/parse/textline"
	"github.com/otlog/otlog/parse/unpack"
)

const (
	// BlockSize is how many bytes a Reader tries to put into one Block. A block fits into a
	// core's second-level cache, so that it is still there when it is decoded.
	BlockSize = 256 << 10
	// MaxRecord is the length of the longest line, and of the longest record with its stack
	// lines, that is read. It bounds the memory of a block. Log stores cut entries at 1 MiB or
	// less.
	MaxRecord = 4 << 20
)

// A Block is a run of whole records of one source.
type Block struct {
	Data   []byte // whole lines; the last line of a source may lack its line feed
	Offset int64  // of Data[0] in the decoded source
	Format Format

	// Records are the records of a format that is not line-based. Data is their text then.
	Records []Span

	// Skipped is a record that the Reader skipped; Data is empty then.
	Skipped *SyntaxError
}

// A Reader cuts decoded bytes into blocks. It keeps at most MaxRecord bytes beside the block
// that it fills.
type Reader struct {
	src     io.Reader
	live    Live // the stream that src decodes; nil if it is not live
	format  Format
	limits  limits
	offset  int64          // of rest[0] in the decoded source
	rest    []byte         // read, but not yet in a block
	content digest.Content // of the records so far
	err     error          // the last error of src; io.EOF at its end

	align bool  // the first record that starts after offset is still to be found
	end   int64 // records that start here or later belong to another section; -1: none do
	done  bool

	split  splitter // nil if the format is line-based
	window []byte   // what split reads from
	at     int      // how much of the window split has taken
}

// limits are BlockSize and MaxRecord, or smaller numbers in tests. The limit of a record is a
// power of two times the size of a block, so that a growing block reaches it exactly.
type limits struct{ block, record int }

var defaultLimits = limits{block: BlockSize, record: MaxRecord}

// newReader returns a Reader of the whole of src.
func newReader(src io.Reader, f Format) *Reader {
	return &Reader{src: src, format: f, limits: defaultLimits, end: -1}
}

// newSection returns a Reader of the records of src that start in [from, to). If sections are
// adjacent, each record is in exactly one of them, wherever their borders are.
func newSection(src io.ReaderAt, from, to, size int64, f Format) *Reader {
	r := &Reader{format: f, limits: defaultLimits, end: to}
	if from > 0 {
		// The byte before decides whether a line starts at from.
		from--
		r.align = true
	}
	r.offset = from
	r.src = io.NewSectionReader(src, from, size-from)
	return r
}

// Next fills b. It overwrites b.Data up to its capacity and grows it if a record needs that. It
// returns io.EOF after the last block, or a *DamageError if the source breaks off, after
// everything that could be read.
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
				// Too many stack lines: the next one starts a record of its own.
				return r.emit(b, n, false)
			}
			if r.ends(len(b.Data)) {
				return r.last(b)
			}
			return r.skipLine(b)
		}
		grow(b)
	}
}

// fill reads until b is full, src ends, or a live stream pauses after at least one byte. An
// error other than io.EOF gets the offset at which the source breaks off.
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

// ends reports whether src ends after n unread bytes. A file says so only when more is asked for.
func (r *Reader) ends(n int) bool {
	var next [1]byte
	if _, r.err = io.ReadFull(r.src, next[:]); r.err == nil {
		r.src = io.MultiReader(bytes.NewReader(next[:]), r.src)
		return false
	}
	if r.err != io.EOF {
		r.err = unpack.DamageAt(r.offset+int64(n), r.err)
	}
	return true
}

// grow doubles the capacity of b.
func grow(b *Block) {
	b.Data = append(make([]byte, 0, 2*cap(b.Data)), b.Data...)
}

// emit ends a block after n bytes and keeps the others for the next block.
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
	r.note(b.Data)
	r.offset += int64(n)
	return nil
}

// last returns the rest at the end of src. If the source breaks off within a line, that line is
// skipped, because half of it may be missing.
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
	r.note(b.Data)
	b.Skipped = &SyntaxError{Reason: Damaged, Offset: r.offset, Bytes: int64(len(b.Data)), Lines: 1, Cause: endsWithinLine}
	b.Data = b.Data[:0]
	return nil
}

// skipLine skips the line that fills b, and reads to its end.
func (r *Reader) skipLine(b *Block) error {
	skipped := &SyntaxError{Reason: Oversize, Offset: r.offset, Lines: 1}
	for {
		if n := bytes.IndexByte(b.Data, '\n') + 1; n > 0 {
			skipped.Bytes += int64(n)
			r.note(b.Data[:n])
			r.rest = append(r.rest, b.Data[n:]...)
			break
		}
		skipped.Bytes += int64(len(b.Data))
		r.note(b.Data)
		b.Data = b.Data[:0]
		if r.err != nil {
			break
		}
		r.fill(b)
	}
	r.offset += skipped.Bytes
	skipped.Cause = oversize("line", skipped.Bytes, r.limits.record)
	b.Data, b.Skipped = b.Data[:0], skipped
	return nil
}

// cut returns where the last record of data starts, which may be incomplete. It returns 0 if
// that is the only one.
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

// note adds data, which starts at r.offset, to the content. A byte order mark is left out, so
// that a log in UTF-8 has the same content as its copy in UTF-16.
func (r *Reader) note(data []byte) {
	if r.offset == 0 && r.content == (digest.Content{}) {
		data = bytes.TrimPrefix(data, utf8BOM)
	}
	r.content.Add(data)
}

// ownEnd returns where the first record of the next section starts. It reports false if that is
// not in data yet.
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

// nextRecord returns where the first record at or after start begins; start is the start of a
// line. It reports false if data is too short to decide.
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
		case r.err != nil || len(data)-start > textline.MaxFrame:
			// The end of the line is not in data, but not needed either.
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

// alignStart skips to the first record that starts after r.offset, so that it is at the start
// of b. It reports false if no record starts in the section.
func (r *Reader) alignStart(b *Block) bool {
	inLine := true // r.offset is within a line of the section before
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
			} else if r.err == nil && len(line) <= textline.MaxFrame {
				break
			}
			if !r.format.stacks || !r.format.continues(line) {
				r.drop(b, start)
				r.align = false
				return true
			}
			if nl < 0 { // a stack line longer than the block
				inLine = true
				start = len(b.Data)
				break
			}
			start += nl + 1
		}
		r.drop(b, start)
		if r.offset >= r.end || (r.err != nil && len(b.Data) == 0) {
			return false
		}
		if start == 0 && !inLine {
			grow(b)
		}
	}
}

// drop removes n bytes from the start of b.
func (r *Reader) drop(b *Block, n int) {
	b.Data = append(b.Data[:0], b.Data[n:]...)
	r.offset += int64(n)
}
