package notation

import (
	"bytes"
	"io"
)

// endsInNUL reports whether the records of a text end in a NUL in place of a line feed, as those of
// GELF and syslog over TCP do: each NUL is followed by the start of a record.
func endsInNUL(head []byte, whole bool) bool {
	head = bytes.TrimRight(head, "\x00")
	first, rest, ok := bytes.Cut(head, []byte{0})
	if !ok || len(first) == 0 || first[0] != '{' && first[0] != '<' {
		return false
	}
	for record := range bytes.SplitSeq(rest, []byte{0}) {
		if len(record) > 0 && record[0] != first[0] {
			return false
		}
	}
	return true
}

func openNUL(text io.Reader) io.Reader { return nulReader{text} }

// A nulReader replaces NUL by a line feed, and a line feed, which is within a record, by a space.
type nulReader struct{ io.Reader }

func (r nulReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for i, c := range p[:n] {
		switch c {
		case 0:
			p[i] = '\n'
		case '\n':
			p[i] = ' '
		}
	}
	return n, err
}
