package unpack

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/otlog/otlog/parse/sieve"
)

// charsetOf returns a function that converts the text which starts with head to UTF-8,
// nil if no conversion is needed. The byte order mark is kept, as in UTF-8. A lone
// surrogate and an odd byte at the end become U+FFFD.
func charsetOf(head []byte) func(io.Reader) io.Reader {
	order, ok := utf16Order(head)
	if !ok {
		return nil
	}
	return unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader
}

// charsetName returns the name of the charset of the text that starts with head.
func charsetName(head []byte) string {
	order, ok := utf16Order(head)
	switch {
	case ok && order == unicode.LittleEndian:
		return "UTF-16LE"
	case ok:
		return "UTF-16BE"
	case mostlyUTF8(head):
		return "UTF-8"
	}
	return "not UTF-8"
}

// utf16Order detects UTF-16 by its byte order mark, or by its NUL bytes.
func utf16Order(head []byte) (unicode.Endianness, bool) {
	switch {
	case isUTF32(head):
		return unicode.LittleEndian, false
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	// Nearly all letters of a log are ASCII.
	const enough = 8
	var nul [2]int
	for i, c := range head {
		if c == 0 {
			nul[i%2]++
		}
	}
	units := len(head) / 2
	switch {
	case units < enough:
	case nul[0] == 0 && nul[1]*10 >= units*9:
		return unicode.LittleEndian, true
	case nul[1] == 0 && nul[0]*10 >= units*9:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

func isUTF32(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")) || bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff"))
}

// notText returns why a stream that starts with head is not text, "" if it may be.
func notText(head []byte) string {
	if isUTF32(head) {
		return "not a log: UTF-32 text is not supported (" + Supported + ")"
	}
	nul, control := 0, 0
	for _, c := range head {
		switch {
		case c == 0:
			nul++
		case isControl(c):
			control++
		}
	}
	// A log may contain a stray NUL byte, but not many. Data with many control characters
	// is compressed or encrypted, unless the rest is UTF-8.
	if nul*100 <= len(head) && (control*20 <= len(head) || mostlyUTF8(head)) || isDamagedText(head) {
		return ""
	}
	what := "many control characters"
	if nul > 0 {
		what = fmt.Sprintf("NUL byte at offset %d", bytes.IndexByte(head, 0))
	}
	return fmt.Sprintf("not a log: binary data, %s, starts with % x (%s)", what, head[:min(len(head), 8)], Supported)
}

// isDamagedText reports whether data is a text with a block of other data in it or after it, as a disk or
// a transfer leaves it: its first lines are text, and look like a log or are followed by more text than
// other data.
func isDamagedText(head []byte) bool {
	const first = 3
	lines, text, start := 0, 0, 0
	for line := range bytes.Lines(head) {
		isText := utf8.Valid(line) && bytes.IndexByte(line, 0) < 0 && !slices.ContainsFunc(line, isControl)
		switch {
		case !isText && lines < first:
			return false
		case isText:
			text += len(line)
		case start == 0:
			start = text
		}
		lines++
	}
	return lines > first && (text*4 >= len(head)*3 || sieve.LooksLikeLog(head[:start]))
}

// isControl reports whether a byte is a control character that texts hardly contain.
func isControl(c byte) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b'
}

// mostlyUTF8 reports whether at most 1% of the characters are not UTF-8.
func mostlyUTF8(head []byte) bool {
	invalid := 0
	for rest := head; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			invalid++
		}
		rest = rest[n:]
	}
	return invalid*100 <= len(head)
}

// endsLinesInCR reports whether lines end in a carriage return alone, as on the first
// Macintosh and in recordings of a terminal.
func endsLinesInCR(head []byte) bool {
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0
}

// carriageReturns reads a text and replaces carriage returns by line feeds, so that
// offsets do not change.
type carriageReturns struct{ io.Reader }

func (c carriageReturns) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	feedLines(p[:n])
	return n, err
}

// carriageReturnsAt does the same at any offset.
type carriageReturnsAt struct{ io.ReaderAt }

func (c carriageReturnsAt) ReadAt(p []byte, offset int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, offset)
	feedLines(p[:n])
	return n, err
}

// feedLines replaces carriage returns by line feeds.
func feedLines(p []byte) {
	for {
		i := bytes.IndexByte(p, '\r')
		if i < 0 {
			return
		}
		p[i] = '\n'
		p = p[i+1:]
	}
}
