package parse

import (
	"bytes"
	"io"
)

// A Live reader is a standard input whose lines are wanted as they come, however
// slowly.
type Live interface {
	io.Reader
	// Pause reports whether what has been read is wanted now, rather than more of
	// it at once.
	Pause() bool
}

// sampleLive reads up to n bytes, and at least a line, as far as they come without
// a pause.
func sampleLive(r Live, n int) ([]byte, error) {
	head := make([]byte, 0, n)
	for len(head) < n {
		more, err := r.Read(head[len(head):n])
		head = head[:len(head)+more]
		if err != nil {
			return head, err
		}
		if bytes.IndexByte(head, '\n') >= 0 && r.Pause() {
			break
		}
	}
	return head, nil
}
