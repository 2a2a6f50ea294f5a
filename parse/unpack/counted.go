package unpack

import (
	"io"
	"sync/atomic"
)

// Counted returns a reader that counts the bytes read from r.
func Counted(r io.Reader, read *atomic.Int64) io.Reader { return countedReader{r, read} }

// CountedAt does what Counted does for a reader at any offset.
func CountedAt(r io.ReaderAt, read *atomic.Int64) io.ReaderAt { return countedReaderAt{r, read} }

type countedReader struct {
	io.Reader
	read *atomic.Int64
}

func (c countedReader) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read.Add(int64(n))
	return n, err
}

type countedReaderAt struct {
	io.ReaderAt
	read *atomic.Int64
}

func (c countedReaderAt) ReadAt(b []byte, offset int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, offset)
	c.read.Add(int64(n))
	return n, err
}
