package unpack

import (
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/otlog/otlog/parse/unpack/window"
)

// A zstdReader reads zstd frame by frame, because each frame has its own window, which is held while
// the frame is read. It reads no byte ahead, so that the place of an error is exact.
type zstdReader struct {
	in      io.Reader
	share   *window.Share
	decoder *zstd.Decoder // nil before the first frame
	frame   zstdFrame     // what is left of the frame
	err     error
}

func openZstd(r io.Reader, share *window.Share) (io.ReadCloser, error) {
	return &zstdReader{in: r, share: share, err: errFrameStart}, nil
}

// Read implements io.Reader.
func (z *zstdReader) Read(p []byte) (n int, err error) {
	for n == 0 && (z.err == nil || z.err == errFrameStart) {
		if z.err == errFrameStart {
			if z.err = z.next(); z.err != nil {
				break
			}
		}
		if n, z.err = z.decoder.Read(p); z.err == io.EOF && z.frame.state == frameEnded {
			z.err = errFrameStart
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, z.err
}

// next opens the next frame.
func (z *zstdReader) next() error {
	z.frame = zstdFrame{in: z.in}
	size, err := z.frame.header()
	if err != nil {
		return err
	}
	if !z.share.Holds(size) {
		z.drop() // its window is freed before there is a larger one
		if err := z.share.Hold("window", size); err != nil {
			return err
		}
	}
	if z.decoder != nil {
		return z.decoder.Reset(&z.frame)
	}
	// It starts no goroutines, because the pipeline decodes and classifies in parallel
	// already. BenchmarkZstdGoroutines compares.
	z.decoder, err = zstd.NewReader(&z.frame, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window.Most))
	return err
}

// drop frees the decoder.
func (z *zstdReader) drop() {
	if z.decoder != nil {
		z.decoder.Close()
		z.decoder = nil
	}
	z.share.Release()
}

// Close implements io.Closer.
func (z *zstdReader) Close() error {
	z.drop()
	return nil
}

// errFrameStart is the state in which either a frame starts or the stream ends.
var errFrameStart = errors.New("between two frames")

// The states of a zstdFrame.
const (
	frameBlocks = iota
	frameChecksum
	frameUnknown // not a frame: the decoder says why
	frameEnded
)

// A zstdFrame reads the bytes of one frame, and finds its end by the headers of its blocks.
type zstdFrame struct {
	in      io.Reader
	state   int
	left    int64  // bytes of the block, or of the checksum
	pending []byte // were read to find the end
	last    bool   // the block is the last one
	check   int64  // size of the checksum
	buffer  [zstd.HeaderMaxSize]byte
}

// header reads the header of the frame after any skippable frames, and returns the size of its window.
// What is no header is left to the decoder, as an unknown frame. The error is io.EOF at the end of the
// stream.
func (f *zstdFrame) header() (size int64, err error) {
	for {
		n, err := io.ReadFull(f.in, f.buffer[:1])
		if err != nil {
			return 0, err
		}
		var h zstd.Header
		for want := 4; ; want++ {
			k, err := io.ReadFull(f.in, f.buffer[n:want])
			if n += k; err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF {
					return 0, err
				}
				break
			}
			if h.Decode(f.buffer[:n]) != io.ErrUnexpectedEOF || want == len(f.buffer) {
				break
			}
		}
		err = h.Decode(f.buffer[:n])
		if err == nil && h.Skippable {
			if _, err := io.CopyN(io.Discard, f.in, int64(h.SkippableSize)); err != nil {
				return 0, unexpected(err)
			}
			continue
		}
		f.pending, f.state = f.buffer[:n], frameUnknown
		if err != nil {
			return 0, nil
		}
		f.state = frameBlocks
		if h.HasCheckSum {
			f.check = 4
		}
		if h.SingleSegment { // the window is the content
			return int64(min(h.FrameContentSize, 2*window.Most)), nil
		}
		return int64(min(h.WindowSize, 2*window.Most)), nil
	}
}

// Read implements io.Reader.
func (f *zstdFrame) Read(p []byte) (int, error) {
	if len(f.pending) > 0 {
		n := copy(p, f.pending)
		f.pending = f.pending[n:]
		return n, nil
	}
	for f.left == 0 {
		switch {
		case f.state == frameUnknown:
			return f.in.Read(p)
		case f.state == frameEnded:
			return 0, io.EOF
		case f.state == frameChecksum, f.last && f.check == 0:
			f.state = frameEnded
		case f.last:
			f.state, f.left = frameChecksum, f.check
		default:
			return f.block(p)
		}
	}
	n, err := f.in.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	return n, err
}

// block reads the header of a block.
func (f *zstdFrame) block(p []byte) (int, error) {
	const header = 3
	n, err := io.ReadFull(f.in, f.buffer[:header])
	if err == nil {
		head := int(f.buffer[0]) | int(f.buffer[1])<<8 | int(f.buffer[2])<<16
		f.last, f.left = head&1 != 0, int64(head>>3)
		switch head >> 1 & 3 {
		case 1: // one byte, repeated
			f.left = 1
		case 3:
			f.state = frameUnknown // reserved
		}
	}
	f.pending = f.buffer[:n]
	if n == 0 {
		return 0, err
	}
	n = copy(p, f.pending)
	f.pending = f.pending[n:]
	return n, nil
}
