package stream

import (
	"errors"
	"io"
	"os"
)

// Output returns standard output, as a writer that fails if it is closed: Go opens /dev/null in its
// place, so what is written would be lost without an error.
func Output() io.Writer {
	if isClosed(os.Stdout, os.Stderr) {
		return closedOutput{}
	}
	return os.Stdout
}

type closedOutput struct{}

func (closedOutput) Write([]byte) (int, error) {
	return 0, errors.New("standard output is closed: name a file with -o, or >/dev/null to print nothing")
}

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
