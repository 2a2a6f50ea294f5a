// Package parallel decompresses streams of many zstd frames, or of the many small gzip members that
// bgzip writes, on several cores.
//
// The path through the package:
//
//  1. A [Reader] finds where frames and members end, without decoding them: frames by the headers
//     of their blocks (zstd.go), members by the size in their header (bgzip.go). Other gzip
//     members cannot be cut, because only decoding finds their end.
//  2. Consecutive frames or members form a piece (piece.go), which one goroutine decodes.
//  3. Read returns the text of the pieces in order.
//  4. The serial reader decodes everything else: large frames, damage, a truncated end, garbage
//     after the end. It starts where the last piece without damage ended, so its errors and the
//     bytes before them are those of a serial reader of the whole stream.
//
// With two pieces on two cores, decompression takes 0.7 of the serial reader's time for frames of
// 8 MiB, with three 0.6; for members 0.57 (BenchmarkRead).
package parallel

import (
	"bytes"
	"io"
	"slices"
)

// PieceMemory bounds the memory of a piece: 12 MiB of text, 11 MiB of packed bytes, and 3 MiB of the
// decoders. Common streams need less: frames of 8 MiB of a log take 10 MiB per piece, blocks of bgzip
// 2 MiB.
const PieceMemory = 26 << 20

const (
	pieceSize  = 1 << 20  // a piece of that many bytes, packed or decoded, gets no other unit
	maxPacked  = 4 << 20  // bytes of a packed unit
	maxDecoded = 10 << 20 // bytes of a decoded unit; pzstd writes frames of 8 MiB and a block
	readSize   = 64 << 10
)

// limits are those of a unit, in bytes, and how many times its size it may unpack to.
type limits struct {
	piece, packed, decoded int
	expansion              int64 // 0: any
}

// A Pool lends pieces to readers.
type Pool struct {
	pieces chan *piece
	limits limits
}

// NewPool returns a pool of n pieces, each of which a goroutine decodes. A reader that finds none when
// it is opened is serial.
func NewPool(n int) *Pool {
	p := &Pool{pieces: make(chan *piece, n), limits: limits{piece: pieceSize, packed: maxPacked, decoded: maxDecoded}}
	for range n {
		p.pieces <- &piece{}
	}
	return p
}

// For returns a pool for so many workers, nil if its pieces would take more than a quarter of the memory,
// which is 0 if it has no bound.
func For(workers int, memory int64) *Pool {
	const most = 16 // more cores find enough to do besides
	n := min(workers, most)
	if memory > 0 {
		n = min(n, int(memory/4/PieceMemory))
	}
	if n < 2 {
		return nil
	}
	return NewPool(n)
}

// An Opener opens a serial reader.
type Opener func(io.Reader) (io.ReadCloser, error)

// A Reader decompresses a stream. It reads the compressed stream in Read, not in a goroutine of
// its own, so that nothing waits for the stream after Close.
type Reader struct {
	in     io.Reader
	open   Opener
	pool   *Pool
	walk   func(*unit, []byte, limits) int
	decode func(*piece) bool
	limits limits
	buffer int64 // how much the serial reader reads at once, 0: what it needs

	own    *piece        // used before others of the pool, so that a reader never waits for another; nil while in use
	queue  []*piece      // that are decoded, in order; the first is being read
	text   []byte        // of the first piece, not yet read
	rest   []byte        // read from in, and in no piece
	err    error         // that ended in
	cut    bool          // nothing more can be cut
	serial io.ReadCloser // reads the rest; nil if there are pieces to read

	progress
}

// progress is how much of the compressed stream has been decoded and returned.
type progress struct {
	n   int64
	err error // the last read's, of the serial reader
}

// Zstd returns a reader of zstd frames. Frames that unpack to more than expansion times their size are left
// to the serial reader, which can tell where a limit is reached; 0 is no limit.
func Zstd(in io.Reader, serial Opener, p *Pool, expansion int64) *Reader {
	r := newReader(in, serial, p, expansion)
	r.walk, r.decode = walkFrame, (*piece).decodeFrames
	return r
}

// Bgzip returns a reader of gzip members, with the same limit.
func Bgzip(in io.Reader, serial Opener, p *Pool, expansion int64) *Reader {
	r := newReader(in, serial, p, expansion)
	r.walk, r.decode, r.buffer = walkMember, (*piece).decodeMembers, gzipBuffer
	return r
}

// gzipBuffer is the size of the buffer of a gzip reader.
const gzipBuffer = 4 << 10

func newReader(in io.Reader, serial Opener, p *Pool, expansion int64) *Reader {
	r := &Reader{in: in, open: serial, pool: p, limits: p.limits}
	r.limits.expansion = expansion
	r.own = r.take()
	r.cut = r.own == nil
	return r
}

// Position returns how many bytes of the compressed stream a serial reader would have read by
// now, up to the end of a piece, and the error of its last read.
func (r *Reader) Position() (int64, error) { return r.n, r.progress.err }

func (r *Reader) Read(b []byte) (int, error) {
	for len(r.text) == 0 {
		if r.serial != nil {
			return r.serial.Read(b)
		}
		r.next()
	}
	n := copy(b, r.text)
	r.text = r.text[n:]
	return n, nil
}

// Close ends the reader's goroutines. It does not close the compressed stream.
func (r *Reader) Close() error {
	for _, p := range r.queue {
		p.work.Wait()
		r.give(p)
	}
	r.queue, r.text, r.cut = nil, nil, true
	r.leave()
	if r.serial != nil {
		return r.serial.Close()
	}
	return nil
}

// leave gives back the last piece.
func (r *Reader) leave() {
	if r.own != nil {
		r.pool.pieces <- r.own
		r.own = nil
	}
}

// next goes on to the next piece, or to the serial reader.
func (r *Reader) next() {
	if len(r.queue) > 0 && r.queue[0].read {
		r.give(r.queue[0])
		r.queue = r.queue[1:]
	}
	for !r.cut && r.start() {
	}
	if len(r.queue) == 0 {
		r.goSerial()
		return
	}
	p := r.queue[0]
	p.work.Wait()
	if !p.sound {
		r.goSerial()
		return
	}
	p.read, r.text = true, p.text
	r.n += int64(len(p.packed))
}

// start cuts the next piece and starts to decode it, if a piece is free.
func (r *Reader) start() bool {
	p := r.take()
	if p == nil {
		return false
	}
	end := r.fill(p)
	if end == 0 || r.cut && len(r.queue) == 0 {
		// There is nothing to decode beside it: the serial reader returns its first bytes sooner.
		r.rest = p.packed
		r.give(&piece{})
		return false
	}
	r.rest = append(r.rest[:0], p.packed[end:]...)
	p.packed = p.packed[:end]
	r.queue = append(r.queue, p)
	p.work.Go(func() { p.sound = r.decode(p) })
	return true
}

// fill reads whole units into a piece, and some bytes more. It returns where the units end, and sets
// r.cut if something else follows.
func (r *Reader) fill(p *piece) (end int) {
	p.reset()
	p.packed = append(p.packed, r.rest...)
	var u unit
	for {
		need := 1
		if end < len(p.packed) {
			if end >= r.limits.piece || p.size >= r.limits.piece {
				return end
			}
			need = r.walk(&u, p.packed[end:], r.limits)
		}
		if need == whole && r.limits.expansion > 0 && int64(u.decoded) > r.limits.expansion*int64(u.packed) {
			need = uncut
		}
		if need == whole {
			end += u.packed
			p.size += u.decoded
			p.ends = append(p.ends, end)
			u = unit{}
			continue
		}
		if need == uncut || !r.more(p, end+need) {
			r.cut = true
			return end
		}
	}
}

// more reads until a piece has n bytes. It reports false if the stream ends before.
func (r *Reader) more(p *piece, n int) bool {
	for len(p.packed) < n && r.err == nil {
		if cap(p.packed)-len(p.packed) < readSize {
			p.packed = slices.Grow(p.packed, max(readSize, len(p.packed)))
		}
		var read int
		read, r.err = r.in.Read(p.packed[len(p.packed) : len(p.packed)+readSize])
		p.packed = p.packed[:len(p.packed)+read]
	}
	return len(p.packed) >= n
}

// goSerial leaves all that was not read from pieces to the serial reader.
func (r *Reader) goSerial() {
	var again []io.Reader
	for _, p := range r.queue {
		p.work.Wait()
		again = append(again, bytes.NewReader(p.packed))
		r.give(&piece{}) // its memory is still in use
	}
	again = append(again, bytes.NewReader(r.rest))
	if r.err != nil {
		again = append(again, failed{r.err})
	} else {
		again = append(again, r.in)
	}
	r.queue, r.rest, r.cut = nil, nil, true
	r.leave()
	serial, err := r.open(&counted{io.MultiReader(again...), r.buffer, &r.progress, nil})
	if err != nil {
		serial = failed{err}
	}
	r.serial = serial
}

// take returns a piece to fill, nil if none is free.
func (r *Reader) take() *piece {
	if p := r.own; p != nil {
		r.own = nil
		return p
	}
	select {
	case p := <-r.pool.pieces:
		return p
	default:
		return nil
	}
}

// give takes back a piece.
func (r *Reader) give(p *piece) {
	if r.own == nil && !r.cut {
		r.own = p
	} else {
		r.pool.pieces <- p
	}
}

// counted counts what is read. It reads as much at once as if the buffer had been filled from the start
// of the stream, so that the count does not depend on where the serial reader began.
type counted struct {
	io.Reader
	buffer int64
	*progress
	next error // of the next read
}

func (c *counted) Read(b []byte) (n int, err error) {
	if c.next != nil {
		c.err = c.next
		return 0, c.err
	}
	if c.buffer > 0 {
		b = b[:min(int64(len(b)), c.buffer-c.n%c.buffer)]
	}
	for n == 0 || c.buffer > 0 && n < len(b) && err == nil {
		var more int
		if more, err = c.Reader.Read(b[n:]); more == 0 {
			break
		}
		n += more
	}
	if n > 0 {
		c.next, err = err, nil
	}
	c.n += int64(n)
	c.err = err
	return n, err
}

// A failed reader returns an error.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
func (f failed) Close() error             { return nil }
