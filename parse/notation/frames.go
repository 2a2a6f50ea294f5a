package notation

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// inFrames reports whether a text consists of syslog messages that are preceded by their length
// (octet counting in RFC 6587): "264 <11>1 2026-11-23T10:44:25.959Z …".
func inFrames(head []byte, whole bool) bool {
	frames := 0
	for rest := head; len(rest) > 0; frames++ {
		size, n := frameSize(rest)
		switch {
		case n == 0 && frames > 0 && !whole && len(rest) <= maxFrameHeader:
			return true // the header goes on after head
		case n == 0 || len(rest) > n && rest[n] != '<':
			return false
		case size >= len(rest)-n:
			return !whole && frames > 0 || whole && size == len(rest)-n
		}
		rest = bytes.TrimLeft(rest[n+size:], "\r\n\x00")
	}
	return frames > 0
}

// maxFrameHeader is the length of the longest header of a frame: the length of a message and a
// space.
const maxFrameHeader = 9

// frameSize returns the length in the header of a frame, and the length of the header, 0 if there is
// none.
func frameSize(s []byte) (size, header int) {
	for i, c := range s[:min(len(s), maxFrameHeader)] {
		switch {
		case '0' <= c && c <= '9' && (i > 0 || c != '0'):
			size = size*10 + int(c-'0')
		case c == ' ' && i > 0:
			return size, i + 1
		default:
			return 0, 0
		}
	}
	return 0, 0
}

func openFrames(text io.Reader) io.Reader {
	f := &frameReader{in: bufio.NewReaderSize(text, 64<<10)}
	return &pieces{next: f.next}
}

// A frameReader writes each message as a line. The lines of a stack stay lines.
type frameReader struct {
	in      *bufio.Reader
	message []byte
}

func (f *frameReader) next(dst []byte) ([]byte, error) {
	header, err := f.in.Peek(maxFrameHeader)
	if len(header) == 0 {
		return dst, err
	}
	if c := header[0]; c == '\n' || c == '\r' || c == 0 { // between frames
		f.in.Discard(1)
		return dst, nil
	}
	size, n := frameSize(header)
	switch {
	case n == 0:
		return dst, fmt.Errorf("no length of a syslog message in %q", header)
	case size > maxRecord:
		return dst, errTooLong
	}
	f.in.Discard(n)
	f.message = append(f.message[:0], make([]byte, size)...)
	n, err = io.ReadFull(f.in, f.message)
	if errors.Is(err, io.EOF) && n < size {
		err = io.ErrUnexpectedEOF
	}
	if n > 0 {
		dst = appendMessage(dst, f.message[:n])
	}
	return dst, err
}

// appendMessage appends a message as a line, and the indented lines in it as lines after it.
func appendMessage(dst, message []byte) []byte {
	message = bytes.TrimRight(message, "\r\n\x00")
	for i, c := range message {
		switch {
		case c == '\r' && i+1 < len(message) && message[i+1] == '\n':
			continue
		case c == '\n' && message[i+1] != ' ' && message[i+1] != '\t', c == 0:
			c = ' '
		}
		dst = append(dst, c)
	}
	return append(dst, '\n')
}
