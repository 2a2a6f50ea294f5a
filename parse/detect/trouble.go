package detect

import (
	"bytes"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/jsontext"
)

const (
	brokenLines = "part of a JSON value on several lines, in a log with a record per line (--input-format json reads both)"
	binaryData  = "binary data, or text in another encoding than the start of the source"
)

// Trouble returns why a text is no record, "" if it may be one. shows says that it may show an error,
// byLine that each line is a record. block is what the text is part of.
func Trouble(text []byte, shows, byLine bool, block *NULs) string {
	switch {
	case shows && byLine && IsPiece(text):
		return brokenLines
	case !shows && block.any() && isBinary(text):
		return binaryData
	}
	return ""
}

// NULs says whether a block has NUL bytes. The block is searched once, if at all: to search each text takes 4 %
// of the time of a console log.
type NULs struct {
	Block           []byte
	searched, found bool
}

func (n *NULs) any() bool {
	if !n.searched {
		n.searched, n.found = true, bytes.IndexByte(n.Block, 0) >= 0
	}
	return n.found
}

// isBinary reports whether a text has NUL bytes between others, as UTF-16 has, or also control characters and
// bytes that are not UTF-8, as compressed data has. NUL bytes around a text are padding. Without a NUL byte, a text
// is not examined: that would take 7 % of the time of a console log.
func isBinary(text []byte) bool {
	if bytes.IndexByte(text, 0) < 0 {
		return false
	}
	text = bytes.Trim(text, "\x00")
	nul, control := 0, 0
	for _, c := range text {
		switch {
		case c == 0:
			nul++
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1b:
			control++
		}
	}
	return nul*10 > len(text) || (nul+control)*20 > len(text) && !utf8.Valid(text)
}

// mostAppended is how many objects Appended tries.
const mostAppended = 16

// Appended returns the object with which a line ends, if a program was killed while it wrote the line, and
// another one appended the object. Otherwise it returns the line, which starts with an object without its end.
func Appended(line []byte) []byte {
	at := 1
	for range mostAppended {
		n := bytes.Index(line[at:], []byte(`{"`))
		if n < 0 {
			break
		}
		at += n
		before := bytes.TrimRight(line[:at], " \t")
		within := bytes.IndexByte([]byte(`:,[{`), before[len(before)-1]) >= 0 // the object is part of the one before it
		if !within && jsontext.ValueEnd(line, at) == len(line) {
			return line[at:]
		}
		at++
	}
	return line
}
