// Package layout writes a log in the layouts in which logs are stored: as it is, as zstd with one
// frame or many, and as gzip with one member or in the blocks of bgzip.
package layout

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A Layout is a way to store a log.
type Layout string

const (
	Raw       Layout = "raw"
	Zst       Layout = "zst"        // one zstd frame, level 3
	ZstFrames Layout = "zst-frames" // one zstd frame for each 8 MiB of whole lines, level 3
	Gz        Layout = "gz"         // one gzip member, level 6
	Bgzf      Layout = "bgzf"       // gzip members of at most 64 KiB, like those of bgzip, level 6
)

// All lists the layouts.
var All = []Layout{Raw, Zst, ZstFrames, Gz, Bgzf}

func (l Layout) String() string { return string(l) }

// Ext returns the extension of files with the layout, by which other programs recognize them.
func (l Layout) Ext() string {
	switch l {
	case Zst, ZstFrames:
		return ".zst"
	case Gz, Bgzf:
		return ".gz"
	}
	return ""
}

const (
	zstdLevel = 3
	gzipLevel = 6
	frameSize = 8 << 20
	blockSize = 0xff00 // of text; bgzip uses this size too, so that a block always fits into 64 KiB
)

// NewWriter returns a writer that stores what it is given in w. The caller must close it; it does not
// close w.
func NewWriter(w io.Writer, l Layout) (io.WriteCloser, error) {
	level := zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(zstdLevel))
	switch l {
	case Raw:
		return plain{w}, nil
	case Zst:
		return zstd.NewWriter(w, level)
	case Gz:
		return gzip.NewWriterLevel(w, gzipLevel)
	case ZstFrames:
		z, err := zstd.NewWriter(nil, level)
		if err != nil {
			return nil, err
		}
		frame := func(text []byte) error {
			_, err := w.Write(z.EncodeAll(text, nil))
			return err
		}
		return &pieces{size: frameSize, lines: true, write: frame, end: z.Close}, nil
	case Bgzf:
		z, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil {
			return nil, err
		}
		var block bytes.Buffer
		return &pieces{
			size: blockSize,
			write: func(text []byte) error {
				return writeBlock(w, z, &block, text)
			},
			end: func() error {
				_, err := io.WriteString(w, endOfBgzf)
				return err
			},
		}, nil
	}
	return nil, fmt.Errorf("layout: expected one of %v, found %q", All, string(l))
}

type plain struct{ io.Writer }

func (plain) Close() error { return nil }

// pieces cuts a text into pieces that are compressed by themselves.
type pieces struct {
	size  int
	lines bool // pieces end at the end of a line
	text  []byte
	write func(text []byte) error
	end   func() error
}

func (p *pieces) Write(text []byte) (int, error) {
	p.text = append(p.text, text...)
	for len(p.text) >= p.size {
		n := p.size
		if end := bytes.LastIndexByte(p.text[:n], '\n'); p.lines && end >= 0 {
			n = end + 1
		}
		if err := p.write(p.text[:n]); err != nil {
			return 0, err
		}
		p.text = append(p.text[:0], p.text[n:]...)
	}
	return len(text), nil
}

func (p *pieces) Close() error {
	if len(p.text) > 0 {
		if err := p.write(p.text); err != nil {
			return err
		}
	}
	return p.end()
}

// endOfBgzf is the empty block that ends a file of bgzip.
const endOfBgzf = "\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x06\x00BC\x02\x00\x1b\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// writeBlock writes a block of bgzip: a gzip member with an extra field that has its size less one.
func writeBlock(w io.Writer, z *gzip.Writer, block *bytes.Buffer, text []byte) error {
	const sizeAt = 16 // after the header, the length of the extra field, and the field's name and length
	block.Reset()
	z.Reset(block)
	z.Extra = []byte{'B', 'C', 2, 0, 0, 0}
	if _, err := z.Write(text); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	member := block.Bytes()
	if len(member) > 1<<16 {
		return fmt.Errorf("layout: a block has %d bytes, and a block of bgzip has at most 65,536", len(member))
	}
	binary.LittleEndian.PutUint16(member[sizeAt:], uint16(len(member)-1))
	_, err := w.Write(member)
	return err
}
