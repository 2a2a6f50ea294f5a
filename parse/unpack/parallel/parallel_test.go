package parallel_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/parse/unpack/parallel"
)

// logOf returns n lines, each of which contains some random digits.
func logOf(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "2026-11-02T10:44:25Z line %d of %x\n", i, uint32(i)*2654435761)
	}
	return b.Bytes()
}

// frame returns text as a zstd frame with its size and a checksum.
func frame(text []byte, options ...zstd.EOption) []byte {
	w, err := zstd.NewWriter(nil, append([]zstd.EOption{zstd.WithEncoderConcurrency(1)}, options...)...)
	if err != nil {
		panic(err)
	}
	defer w.Close()
	return w.EncodeAll(text, nil)
}

// sizeless returns text as a zstd frame of several blocks, without its size.
func sizeless(text []byte) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<17))
	if err != nil {
		panic(err)
	}
	half := len(text) / 2
	w.Write(text[:half])
	w.Flush()
	w.Write(text[half:])
	w.Close()
	return b.Bytes()
}

// skippable returns a frame that decoders skip.
func skippable(n int) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("\x5a\x2a\x4d\x18"), uint32(n))
	return append(b, make([]byte, n)...)
}

// rle returns a zstd frame of n blocks, each of which stands for 128 KiB.
func rle(n int) []byte {
	b := []byte("\x28\xb5\x2f\xfd\x00\x58") // a window of 2 MiB
	for i := range n {
		head := 1<<17<<3 | 1<<1
		if i == n-1 {
			head |= 1
		}
		b = append(b, byte(head), byte(head>>8), byte(head>>16), 'x')
	}
	return b
}

// claiming returns a zstd frame of one byte that claims to have another size and window.
func claiming(size uint64) []byte {
	b := binary.LittleEndian.AppendUint64([]byte("\x28\xb5\x2f\xfd\xe0"), size) // one segment
	return append(b, 0b1001, 0, 0, 'x')
}

// windowed returns a zstd frame of one byte with a window of 2^log bytes.
func windowed(log int) []byte {
	return []byte{0x28, 0xb5, 0x2f, 0xfd, 0, byte(log-10) << 3, 0b1001, 0, 0, 'x'}
}

// member returns text as a gzip member.
func member(text, extra []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Extra = extra
	w.Write(text)
	w.Close()
	return b.Bytes()
}

// block returns text as a member with its size, as bgzip writes it.
func block(text []byte) []byte {
	b := member(text, []byte("BC\x02\x00\x00\x00"))
	binary.LittleEndian.PutUint16(b[16:], uint16(len(b)-1))
	return b
}

// blockAfter returns text as a member whose size follows another field.
func blockAfter(text []byte) []byte {
	b := member(text, []byte("AB\x03\x00xyzBC\x02\x00\x00\x00"))
	binary.LittleEndian.PutUint16(b[16+7:], uint16(len(b)-1))
	return b
}

// lying returns text as a member whose size is wrong.
func lying(text []byte, by int) []byte {
	b := block(text)
	binary.LittleEndian.PutUint16(b[16:], uint16(len(b)-1+by))
	return b
}

// each returns parts of a text of so many bytes, packed one by one.
func each(text []byte, size int, pack func([]byte) []byte) []byte {
	var b []byte
	for part := range slices.Chunk(text, size) {
		b = append(b, pack(part)...)
	}
	return b
}

func plain(text []byte) []byte  { return member(text, nil) }
func framed(text []byte) []byte { return frame(text) }

// noise returns bytes that cannot be compressed.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// streams returns streams to cut with small limits.
func streams() map[string][]byte {
	log := logOf(14)
	return map[string][]byte{
		"frames":            each(log, 80, framed),
		"one frame":         frame(log),
		"frames, no size":   each(log, 150, sizeless),
		"frames, no sum":    each(log, 120, func(b []byte) []byte { return frame(b, zstd.WithEncoderCRC(false)) }),
		"skippable":         slices.Concat(skippable(9), frame(log[:200]), skippable(0), skippable(20), frame(log[200:350]), skippable(250), frame(log[350:])),
		"only skippable":    slices.Concat(skippable(9), skippable(90), skippable(200)),
		"empty frames":      slices.Concat(frame(nil, zstd.WithZeroFrames(true)), each(log, 120, framed), frame(nil, zstd.WithZeroFrames(true))),
		"raw blocks":        slices.Concat(frame(noise(70)), frame(noise(150)), frame(log)),
		"a large frame":     slices.Concat(each(log, 80, framed), frame(logOf(60)), each(log, 80, framed)),
		"frames, garbage":   slices.Concat(each(log, 80, framed), []byte("garbage")),
		"frames, zeros":     slices.Concat(each(log, 80, framed), make([]byte, 30)),
		"frames, members":   slices.Concat(each(log, 80, framed), block(log)),
		"claims":            slices.Concat(each(log, 80, framed), claiming(500), each(log, 80, framed)),
		"claims much":       slices.Concat(each(log, 80, framed), claiming(1<<60), each(log, 80, framed)),
		"large window":      slices.Concat(each(log, 80, framed), windowed(27), windowed(30), each(log, 80, framed)),
		"blocks":            each(log, 80, block),
		"blocks, end":       slices.Concat(each(log, 80, block), block(nil)),
		"blocks, two files": slices.Concat(each(log, 80, block), block(nil), each(log, 120, blockAfter), block(nil)),
		"members":           each(log, 80, plain),
		"blocks, members":   slices.Concat(each(log, 80, block), each(log, 120, plain), each(log, 80, block)),
		"members, blocks":   slices.Concat(plain(log), each(log, 80, block)),
		"blocks, garbage":   slices.Concat(each(log, 80, block), []byte("garbage")),
		"blocks, zeros":     slices.Concat(each(log, 80, block), make([]byte, 30)),
		"size too small":    slices.Concat(each(log, 80, block), lying(log, -3), each(log, 80, block)),
		"size too large":    slices.Concat(each(log, 80, block), lying(log, 7), each(log, 80, block)),
		"size of two":       slices.Concat(each(log, 80, block), lying(log, len(block(log))), block(log), each(log, 80, block)),
	}
}

func smallPool() *parallel.Pool {
	p := parallel.NewPool(2)
	p.SetLimits(150, 240, 800)
	return p
}

func isGzip(stream []byte) bool { return len(stream) > 0 && stream[0] == 0x1f }

func parallelReader(stream []byte, in io.Reader, open parallel.Opener, p *parallel.Pool) *parallel.Reader {
	if isGzip(stream) {
		return parallel.Bgzip(in, open, p, 0)
	}
	return parallel.Zstd(in, open, p, 0)
}

// decoders are kept, because a zstd decoder may allocate a large window.
type decoders struct {
	zstd *zstd.Decoder
	gzip gzip.Reader
}

// opener returns how to open a stream serially.
func (d *decoders) opener(stream []byte) parallel.Opener {
	if isGzip(stream) {
		return func(r io.Reader) (io.ReadCloser, error) { return &d.gzip, d.gzip.Reset(r) }
	}
	return func(r io.Reader) (io.ReadCloser, error) {
		if d.zstd == nil {
			var err error
			d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
			if err != nil {
				return nil, err
			}
		}
		return io.NopCloser(d.zstd), d.zstd.Reset(r)
	}
}

// counter counts what is read.
type counter struct {
	io.Reader
	n   int64
	err error
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	c.err = err
	return n, err
}

// readAll reads until an error, also if it is io.EOF.
func readAll(r io.Reader) ([]byte, error) {
	var all []byte
	b := make([]byte, 777)
	for {
		n, err := r.Read(b)
		all = append(all, b[:n]...)
		if err != nil {
			return all, err
		}
	}
}

// A comparison keeps the decoders of two readers.
type comparison struct{ serial, inside decoders }

// compare reads what input returns, serially and in parallel.
func (c *comparison) compare(t *testing.T, stream []byte, pool *parallel.Pool, input func() io.Reader) {
	t.Helper()
	in := &counter{Reader: input()}
	var want []byte
	serial, wantErr := c.serial.opener(stream)(in)
	if wantErr == nil {
		want, wantErr = readAll(serial)
		serial.Close()
	}
	r := parallelReader(stream, input(), c.inside.opener(stream), pool)
	got, err := readAll(r)
	n, readErr := r.Position()
	if r.Close(); pool.Free() != 2 {
		t.Fatalf("%d pieces are free after Close", pool.Free())
	}
	if !bytes.Equal(got, want) || err.Error() != wantErr.Error() {
		t.Fatalf("got %d bytes, %v, want %d, %v", len(got), err, len(want), wantErr)
	}
	// A gzip reader reads ahead.
	if !isGzip(stream) && n != in.n || (readErr == errBroken) != (in.err == errBroken) {
		t.Fatalf("got position %d, %v, want %d, %v", n, readErr, in.n, in.err)
	}
}

var errBroken = errors.New("broken pipe")

func TestSameAsSerial(t *testing.T) {
	pool, c := smallPool(), comparison{}
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			inputs := map[string]func() io.Reader{
				"at once":        func() io.Reader { return bytes.NewReader(stream) },
				"byte by byte":   func() io.Reader { return iotest.OneByteReader(bytes.NewReader(stream)) },
				"error with end": func() io.Reader { return iotest.DataErrReader(bytes.NewReader(stream)) },
			}
			for how, input := range inputs {
				t.Run(how, func(t *testing.T) { c.compare(t, stream, pool, input) })
			}
		})
	}
}

func TestSameAsSerialIfCut(t *testing.T) {
	pool, c := smallPool(), comparison{}
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			for n := range stream {
				c.compare(t, stream, pool, func() io.Reader { return bytes.NewReader(stream[:n]) })
				c.compare(t, stream, pool, func() io.Reader {
					return io.MultiReader(bytes.NewReader(stream[:n]), iotest.ErrReader(errBroken))
				})
			}
		})
	}
}

func TestSameAsSerialIfDamaged(t *testing.T) {
	pool, c := smallPool(), comparison{}
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			for at := range stream {
				damaged := bytes.Clone(stream)
				damaged[at] ^= 1 << (at % 8)
				c.compare(t, stream, pool, func() io.Reader { return bytes.NewReader(damaged) })
			}
		})
	}
}

func FuzzSameAsSerial(f *testing.F) {
	for _, stream := range streams() {
		f.Add(stream)
	}
	pool, c := smallPool(), comparison{}
	f.Fuzz(func(t *testing.T, stream []byte) {
		c.compare(t, stream, pool, func() io.Reader { return bytes.NewReader(stream) })
	})
}

// TestWhatIsCut checks how many bytes of a stream are left to the serial reader.
func TestWhatIsCut(t *testing.T) {
	log := logOf(100_000)
	frames, blocks := each(log, 300<<10, framed), each(log, 60<<10, block)
	large := frame(noise(parallel.MaxPacked + 1))
	tests := []struct {
		name   string
		stream []byte
		serial int
	}{
		{"frames", frames, 0},
		{"frames of a block", each(log, 100<<10, framed), 0},
		{"large frames", each(log, 2<<20, framed), 0},
		{"frames, no size", each(log, 700<<10, sizeless), 0},
		{"blocks", blocks, 0},
		{"one frame", frame(log), len(frame(log))},
		{"members", each(log, 60<<10, plain), len(each(log, 60<<10, plain))},
		{"less than a piece", each(log[:parallel.PieceSize/2], 1<<16, framed), len(each(log[:parallel.PieceSize/2], 1<<16, framed))},
		{"much packed", slices.Concat(frames, large, frames), len(large) + len(frames)},
		{"much decoded", slices.Concat(frames, rle(parallel.MaxDecoded>>17+1), frames), 6 + 4*(parallel.MaxDecoded>>17+1) + len(frames)},
		{"not too much decoded", slices.Concat(frames, rle(parallel.MaxDecoded>>17), frames), 0},
		{"a large window", slices.Concat(frames, windowed(26), frames), len(windowed(26)) + len(frames)},
		// The reader refuses the header.
		{"a large claim", slices.Concat(frames, claiming(1<<50)), 13},
		{"many skippable frames", slices.Concat(frames, bytes.Repeat(skippable(0), 1<<18), frames), 0},
		{"a large skippable frame", slices.Concat(frames, skippable(parallel.MaxPacked+1)), 8 + parallel.MaxPacked + 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pool := parallel.NewPool(2)
			left := &counter{}
			open := func(r io.Reader) (io.ReadCloser, error) {
				left.Reader = r
				return new(decoders).opener(test.stream)(left)
			}
			new(comparison).compare(t, test.stream, pool, func() io.Reader { return bytes.NewReader(test.stream) })
			r := parallelReader(test.stream, bytes.NewReader(test.stream), open, pool)
			if _, err := io.Copy(io.Discard, r); left.n != int64(test.serial) {
				t.Errorf("%d bytes are left to the serial reader, want %d: %v", left.n, test.serial, err)
			}
			r.Close()
			packed, text := pool.Largest()
			if packed > 11<<20 || text > 12<<20 {
				t.Errorf("a piece holds %d packed bytes, %d decoded", packed, text)
			}
		})
	}
}

// TestCloseEndsGoroutines closes readers that are read in part.
func TestCloseEndsGoroutines(t *testing.T) {
	log := logOf(1000)
	for _, stream := range [][]byte{each(log, 120, framed), each(log, 120, block)} {
		synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
			pool := smallPool()
			for n := range 20 {
				r := parallelReader(stream, bytes.NewReader(stream), new(decoders).opener(stream), pool)
				if _, err := io.ReadFull(r, make([]byte, n*100)); err != nil {
					t.Fatal(err)
				}
				r.Close()
			}
			if pool.Free() != 2 {
				t.Errorf("%d pieces are free", pool.Free())
			}
		})
	}
}

// TestReadersShareAPool reads several streams in turns, of which most find no free piece.
func TestReadersShareAPool(t *testing.T) {
	log := logOf(200)
	pool := smallPool()
	var readers []*parallel.Reader
	var got [6][]byte
	for i := range got {
		pack := framed
		if i%2 == 1 {
			pack = block
		}
		stream := each(log, 150+i*40, pack)
		readers = append(readers, parallelReader(stream, bytes.NewReader(stream), new(decoders).opener(stream), pool))
	}
	b := make([]byte, 1000)
	for open := len(readers); open > 0; {
		for i, r := range readers {
			if r == nil {
				continue
			}
			n, err := r.Read(b[:100+100*i])
			got[i] = append(got[i], b[:n]...)
			if err != nil {
				if err != io.EOF || !bytes.Equal(got[i], log) {
					t.Errorf("reader %d: %d bytes of %d, %v", i, len(got[i]), len(log), err)
				}
				r.Close()
				readers[i] = nil
				open--
			}
		}
	}
}

// TestNothingIsAllocatedPerPiece checks that buffers and decoders are used again.
func TestNothingIsAllocatedPerPiece(t *testing.T) {
	log := logOf(1000)
	for _, stream := range [][]byte{each(log, 120, framed), each(log, 120, block)} {
		pool := smallPool()
		in := bytes.NewReader(stream)
		b := make([]byte, 300)
		r := parallelReader(stream, in, new(decoders).opener(stream), pool)
		read := func() {
			if n, err := r.Read(b); n == 0 || err != nil {
				t.Fatal(err)
			}
		}
		for range 20 {
			read()
		}
		// A goroutine, and a member's extra field.
		if n := testing.AllocsPerRun(60, read); n > 8 {
			t.Errorf("%v allocations per piece", n)
		}
		r.Close()
	}
}
