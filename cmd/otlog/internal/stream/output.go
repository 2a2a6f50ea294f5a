package stream

import "io"

// A Checked writer keeps its first error, for callers who ignore errors.
type Checked struct {
	io.Writer
	Err error
}

func (c *Checked) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	if c.Err == nil {
		c.Err = err
	}
	return n, err
}
