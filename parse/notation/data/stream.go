package data

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxRecord is the size of the largest token or record that is rewritten. package parse skips larger
// records, too.
const maxRecord = 4 << 20

var (
	errTooLong = errors.New("a record is longer than 4 MiB")
	errEnds    = errors.New("the text ends within a record")
)

// A window is the part of a text that a parser looks at.
type window struct {
	r      io.Reader
	buf    []byte
	pos    int   // of the next byte in buf
	err    error // that ended the text
	before int64 // how many bytes precede buf
}

// at returns the byte i bytes ahead. It reports false after the end of the text, and beyond the
// longest record.
func (w *window) at(i int) (byte, bool) {
	for w.pos+i >= len(w.buf) {
		if !w.fill() {
			return 0, false
		}
	}
	return w.buf[w.pos+i], true
}

// is reports whether the byte i bytes ahead is c.
func (w *window) is(i int, c byte) bool {
	b, ok := w.at(i)
	return ok && b == c
}

// ahead returns the next bytes, at most n.
func (w *window) ahead(n int) []byte {
	w.at(n - 1)
	return w.buf[w.pos:min(w.pos+n, len(w.buf))]
}

// skip consumes n bytes that at has returned.
func (w *window) skip(n int) { w.pos += n }

func (w *window) fill() bool {
	if w.err != nil {
		return false
	}
	if w.pos > 32<<10 || w.pos == len(w.buf) {
		w.before += int64(w.pos)
		w.buf = w.buf[:copy(w.buf, w.buf[w.pos:])]
		w.pos = 0
	}
	if len(w.buf)-w.pos > maxRecord {
		w.err = errTooLong
		return false
	}
	if len(w.buf) == cap(w.buf) {
		least := 16 << 10
		if h, ok := w.r.(*headReader); ok { // often less
			least = min(least, len(h.head)+1)
		}
		grown := make([]byte, len(w.buf), max(2*cap(w.buf), least))
		copy(grown, w.buf)
		w.buf = grown
	}
	var n int
	for range 100 {
		n, w.err = w.r.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		if n > 0 || w.err != nil {
			return n > 0
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// offset returns the place of the next byte in the text.
func (w *window) offset() int64 { return w.before + int64(w.pos) }

// line returns the next line with its end, nil at the end of the text.
func (w *window) line() []byte {
	for i := 0; ; i++ {
		c, ok := w.at(i)
		if !ok {
			i--
		}
		if !ok || c == '\n' {
			line := w.buf[w.pos : w.pos+i+1]
			w.pos += i + 1
			if len(line) == 0 || w.err == errTooLong {
				return nil
			}
			return line
		}
	}
}

// A stepReader reads what a parser writes. step appends some more to out, and returns the error that
// ends the text, or io.EOF.
type stepReader struct {
	step func(out []byte) ([]byte, error)
	out  []byte
	read int
	err  error
}

func (s *stepReader) Read(p []byte) (int, error) {
	for s.read == len(s.out) {
		if s.err != nil {
			return 0, s.err
		}
		s.out, s.err = s.step(s.out[:0])
		s.read = 0
	}
	n := copy(p, s.out[s.read:])
	s.read += n
	return n, nil
}

// errCut ends the first bytes of a text that are not all of it.
var errCut = errors.New("the rest is not known")

// A headReader reads the first bytes of a text.
type headReader struct {
	head  []byte
	whole bool
}

func (h *headReader) Read(p []byte) (int, error) {
	n := copy(p, h.head)
	h.head = h.head[n:]
	switch {
	case n > 0:
		return n, nil
	case h.whole:
		return 0, io.EOF
	}
	return 0, errCut
}

// A syntaxError says where a text is not what its first bytes promise.
type syntaxError struct {
	notation string
	offset   int64
	why      string
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("not %s at byte %d of the text as it is written: %s", e.notation, e.offset, e.why)
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string.
func appendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	from := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// isNumber reports whether s is a number in JSON.
func isNumber(s []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if len(s) > 0 && s[0] == '-' {
		s = s[1:]
	}
	if len(s) > 1 && s[0] == '0' && '0' <= s[1] && s[1] <= '9' || !digits() {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(s) == 0
}

func appendRune(dst []byte, r rune) []byte { return utf8.AppendRune(dst, r) }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '$' || c >= 0x80
}
