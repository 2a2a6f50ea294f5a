package unpack

import (
	"bytes"
	"io"
)

// paddingRun is how many NUL bytes in a row are padding. A program that goes on writing after its log was
// truncated leaves them at the start of the log, and a system that crashed leaves them after its last lines.
const paddingRun = 16

// isPadded reports whether a text that starts with head is padded: without the padding, it has no NUL and
// few control characters. Other files with NUL bytes are programs and databases.
func isPadded(head []byte) bool {
	if !bytes.Contains(head, make([]byte, paddingRun)) {
		return false
	}
	text, _ := io.ReadAll(&unpadded{Reader: bytes.NewReader(head)}) // does not fail
	text = bytes.TrimRight(text, "\x00")                            // head may end within the padding
	control := 0
	for _, c := range text {
		if isControl(c) {
			control++
		}
	}
	return bytes.IndexByte(text, 0) < 0 && control*20 <= len(text) && notText(text) == ""
}

// An unpadded reader leaves out padding. A line that the padding cuts off ends there.
type unpadded struct {
	io.Reader
	nul   int    // how many NUL bytes precede what is read next
	last  byte   // that was yielded
	ready []byte // not yet yielded
	err   error  // after ready
	room  []byte
}

func (u *unpadded) Read(p []byte) (int, error) {
	for len(u.ready) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.fill(max(len(p), 4<<10))
	}
	n := copy(p, u.ready)
	u.ready = u.ready[n:]
	return n, nil
}

// fill reads up to size bytes.
func (u *unpadded) fill(size int) {
	packed := make([]byte, size)
	n, err := u.Reader.Read(packed)
	u.room, u.err = u.room[:0], err
	for rest := packed[:n]; len(rest) > 0; {
		text := bytes.TrimLeft(rest, "\x00")
		u.nul += len(rest) - len(text)
		if len(text) == 0 {
			break
		}
		u.endRun(text[0])
		end := bytes.IndexByte(text, 0)
		if end < 0 {
			end = len(text)
		}
		u.room, u.last, rest = append(u.room, text[:end]...), text[end-1], text[end:]
	}
	if err != nil {
		u.endRun('\n')
	}
	u.ready = u.room
}

// endRun yields what becomes of the NUL bytes before a byte.
func (u *unpadded) endRun(next byte) {
	switch {
	case u.nul < paddingRun:
		u.room = append(u.room, make([]byte, u.nul)...)
	case u.last != 0 && u.last != '\n' && next != '\n':
		u.room = append(u.room, '\n')
	}
	u.nul = 0
}
