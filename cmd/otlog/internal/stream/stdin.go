package stream

import (
	"io"
	"os"

	"github.com/otlog/otlog/parse"
)

// SetStdin makes the source "-" read from in.
func SetStdin(sources []parse.Source, in io.ReadCloser) {
	for i := range sources {
		if sources[i].Path == "-" {
			sources[i].Open = func() (io.ReadCloser, error) { return in, nil }
		}
	}
}

// A Copy reads a stream and writes all that it reads to a temporary file, for a second
// reading.
type Copy struct {
	File *os.File // nil if nothing was read

	from io.Reader
	err  error  // of the file
	keep func() // stops the removal on a signal
}

// NewCopy returns a Copy that reads from a stream. It must be removed.
func NewCopy(from io.Reader) *Copy { return &Copy{from: from} }

// Read reads from the stream.
func (c *Copy) Read(b []byte) (int, error) {
	if c.File == nil && c.err == nil {
		if c.File, c.err = os.CreateTemp("", "otlog-events-*"); c.err == nil {
			c.keep = RemoveOnSignal(c.File.Name())
		}
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.from.Read(b)
	if n > 0 {
		_, c.err = c.File.Write(b[:n])
	}
	if c.err != nil {
		return n, c.err
	}
	return n, err // io.EOF unwrapped
}

// Rewind makes File ready to be read.
func (c *Copy) Rewind() error {
	if c.File == nil || c.err != nil {
		return c.err
	}
	_, err := c.File.Seek(0, io.SeekStart)
	return err
}

// Remove removes the file.
func (c *Copy) Remove() {
	if c.File != nil {
		c.File.Close()
		os.Remove(c.File.Name())
		c.keep()
	}
}
