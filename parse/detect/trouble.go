package detect

import (
	"bytes"
	"unicode/utf8"
)

const (
	brokenLines = "part of a JSON value on several lines, in a log with a record per line (--input-format json reads both)"
	binaryData  = "binary data, or text in another encoding than the start of the source"
)

// Trouble returns why a text is no record, "" if it may be one. shows says that it may show an error,
// byLine that each line is a record.
func Trouble(text []byte, shows, byLine bool) string {
	switch {
	case shows && byLine && IsPiece(text):
		return brokenLines
	case !shows && isBinary(text):
		return binaryData
	}
	return ""
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
