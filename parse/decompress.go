package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is the largest zstd window that is accepted, what `zstd --long`
// writes. The window is held in memory while a frame is read.
const maxWindow = 128 << 20

// A compression is a way to pack bytes, told by the first ones.
type compression struct {
	name  string
	magic []byte
	open  func(io.Reader) (io.ReadCloser, error) // nil: known, but not read
}

var compressions = []compression{
	{"gzip", []byte("\x1f\x8b"), openGzip},
	{"zstd", []byte("\x28\xb5\x2f\xfd"), openZstd},
	{"zstd", []byte("\x2a\x4d\x18"), openZstd}, // a skippable frame, after its first byte
	{"bzip2", []byte("BZh"), nil},
	{"xz", []byte("\xfd7zXZ\x00"), nil},
	{"lz4", []byte("\x04\x22\x4d\x18"), nil},
	{"zip", []byte("PK\x03\x04"), nil},
}

// compressionOf returns the compression that head starts, nil if it is plain.
func compressionOf(head []byte) *compression {
	for i := range compressions {
		c := &compressions[i]
		if bytes.HasPrefix(head, c.magic) {
			return c
		}
		if c.magic[0] == 0x2a && len(head) > 3 && head[0]&0xf0 == 0x50 && bytes.HasPrefix(head[1:], c.magic) {
			return c
		}
	}
	return nil
}

func openGzip(r io.Reader) (io.ReadCloser, error) {
	return gzip.NewReader(r) // reads all members
}

func openZstd(r io.Reader) (io.ReadCloser, error) {
	// No goroutines of its own: the pipeline runs decoding and classifying side
	// by side already. BenchmarkZstdGoroutines compares.
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// A decompressor names the compression in the errors of its stream.
type decompressor struct {
	io.ReadCloser
	name  string
	input *countingReader
	out   int64
}

func (d *decompressor) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	d.out += int64(n)
	if err != nil && err != io.EOF {
		err = &DamageError{Compression: d.name, Input: d.input.n, Offset: d.out, Cause: err}
	}
	return n, err
}

// A DamageError is a source that broke off: what came before it was read.
type DamageError struct {
	Compression string // "" if the source is plain
	Input       int64  // bytes of the compressed source read until then
	Offset      int64  // bytes of the decoded source read until then
	Cause       error
}

func (e *DamageError) Error() string {
	if e.Compression == "" {
		return fmt.Sprintf("reading fails at offset %d: %v", e.Offset, e.Cause)
	}
	cause := e.Cause.Error()
	if errors.Is(e.Cause, io.ErrUnexpectedEOF) {
		cause = "unexpected end of file"
	}
	return fmt.Sprintf("%s stream is damaged near byte %d, after %d decoded bytes: %s", e.Compression, e.Input, e.Offset, cause)
}

func (e *DamageError) Unwrap() error { return e.Cause }

// A countingReader counts what was read through it.
type countingReader struct {
	io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}
