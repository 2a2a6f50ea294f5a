package unpack

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/parse/unpack/window"
)

// isBase64Text reports whether head is base64 (RFC 4648) from its first byte, and contains something
// packed, or text with a time or with what the SDK writes. Other base64 is not a log. Values in base64,
// one per line, are not one base64 text: package notation decodes them.
func isBase64Text(head []byte) bool {
	const shortest = 64
	if len(head) < shortest {
		return false
	}
	if !inOneBase64(afterBase64Header(head)) {
		return false
	}
	decoded, _ := io.ReadAll(newBase64Reader(bytes.NewReader(head)))
	if packingOf(decoded) != nil {
		return true
	}
	if decode := charsetOf(decoded); decode != nil {
		decoded, _ = io.ReadAll(decode(bytes.NewReader(decoded)))
	}
	for cut := 0; cut < utf8.UTFMax && !utf8.Valid(decoded); cut++ {
		decoded = decoded[:max(len(decoded)-1, 0)] // the last character may be incomplete
	}
	return utf8.Valid(decoded) && notText(decoded) == "" && (sieve.HasTime(decoded) || sieve.HasWords(decoded) || sieve.FindSession(decoded) != nil)
}

// inOneBase64 reports whether a text consists of digits in base64, on one line or on lines of the same
// length, except for a few that are shorter because something ends there.
func inOneBase64(text []byte) bool {
	const longestLine = 128 // of programs that write lines
	lines, full, longest, padded := 0, 0, 0, false
	for rest := bytes.TrimSpace(text); len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte{'\n'})
		line = bytes.TrimSpace(line)
		for i, c := range line {
			if base64Digit[c] < 0 && c != '=' && !(c == '"' && i == len(line)-1 && len(rest) == 0) {
				return false
			}
		}
		switch {
		case len(line) == 0:
			continue
		case lines == 0:
			longest = len(line)
		case len(line) > longest:
			return false
		}
		lines++
		if len(line) == longest {
			full++
			padded = padded || len(rest) > 0 && line[longest-1] == '='
		}
	}
	return lines == 1 || !padded && longest%4 == 0 && (longest <= longestLine || lines > 2) && (full == lines-1 || 2*full > lines)
}

// base64Header starts the base64 of uuencode -m.
const base64Header = "begin-base64 "

// afterBase64Header returns head without what may precede base64: a line of uuencode -m, the start
// of a data URL, a quote.
func afterBase64Header(head []byte) []byte {
	head = afterBlank(head)
	if bytes.HasPrefix(head, []byte(base64Header)) {
		_, head, _ = bytes.Cut(head, []byte{'\n'})
		return head
	}
	if bytes.HasPrefix(head, []byte("data:")) {
		const longest = 100
		if i := bytes.Index(head[:min(len(head), longest)], []byte(";base64,")); i >= 0 {
			return head[i+len(";base64,"):]
		}
	}
	return bytes.TrimPrefix(head, []byte{'"'})
}

// base64Digit is the value of a digit in either alphabet, -1 for any other byte.
var base64Digit = func() (t [256]int8) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for c := range t {
		t[c] = -1
	}
	for i, c := range []byte(digits) {
		t[c] = int8(i)
	}
	t['+'], t['-'], t['/'], t['_'] = 62, 62, 63, 63
	return t
}()

func openBase64(r io.Reader, _ *window.Share) (io.ReadCloser, error) {
	return io.NopCloser(newBase64Reader(r)), nil
}

// A base64Reader decodes base64 in either alphabet, in lines or not. Padding may be missing, and more
// base64 may follow it.
type base64Reader struct {
	in      *bufio.Reader
	started bool
	bits    uint32
	digits  int
}

func newBase64Reader(r io.Reader) *base64Reader {
	return &base64Reader{in: bufio.NewReaderSize(r, 64<<10)}
}

func (b *base64Reader) Read(p []byte) (n int, err error) {
	if !b.started {
		const longest = 1 << 10 // header
		head, _ := b.in.Peek(longest)
		b.in.Discard(len(head) - len(afterBase64Header(head)))
		b.started = true
	}
	for n < len(p) {
		c, err := b.in.ReadByte()
		if err != nil {
			if b.digits == 1 {
				err = unexpected(err)
			}
			return n, err
		}
		v := base64Digit[c]
		switch {
		case v >= 0:
			b.bits = b.bits<<6 | uint32(v)
			if b.digits++; b.digits > 1 {
				p[n] = byte(b.bits >> (2 * (4 - b.digits)))
				n++
			}
			b.digits %= 4
		case c == '=':
			b.digits = 0
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"':
		default:
			return n, fmt.Errorf("%q is not base64", c)
		}
	}
	return n, nil
}

// isUuencoded reports whether head starts like a file that uuencode wrote: "begin 644 app.log", and a
// line of the length that its first character states.
func isUuencoded(head []byte) bool {
	first, rest, ok := bytes.Cut(afterBlank(head), []byte{'\n'})
	if !ok || !isUuencodeHeader(first) {
		return false
	}
	line, _, _ := bytes.Cut(rest, []byte{'\n'})
	_, ok = uudecode(nil, bytes.TrimRight(line, "\r"))
	return ok
}

// isUuencodeHeader reports whether a line is "begin", a mode in three or four octal digits, and a name.
func isUuencodeHeader(line []byte) bool {
	words := bytes.Fields(line)
	if len(words) < 3 || string(words[0]) != "begin" || len(words[1]) < 3 || len(words[1]) > 4 {
		return false
	}
	for _, c := range words[1] {
		if c < '0' || c > '7' {
			return false
		}
	}
	return true
}

// uudecode appends the bytes of a line. It reports false if the line is not one of uuencode. Spaces
// at the end of the line may be missing.
func uudecode(dst, line []byte) ([]byte, bool) {
	if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
		return dst, false
	}
	size := int(line[0]-' ') & 63
	line = line[1:]
	const checksum = 1 // some programs append a character
	if len(line) > (size+2)/3*4+checksum {
		return dst, false
	}
	for i := 0; i < (size+2)/3*4; i += 4 {
		var bits uint32
		for j := i; j < i+4; j++ {
			c := byte(' ')
			if j < len(line) {
				c = line[j]
			}
			if c < ' ' || c > '`' {
				return dst, false
			}
			bits = bits<<6 | uint32(c-' ')&63
		}
		group := []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}
		dst = append(dst, group[:min(3, size-i/4*3)]...)
	}
	return dst, true
}

func openUuencode(r io.Reader, _ *window.Share) (io.ReadCloser, error) {
	return io.NopCloser(&uuReader{in: bufio.NewReader(r)}), nil
}

// A uuReader decodes files that uuencode wrote, one after the other.
type uuReader struct {
	in     *bufio.Reader
	within bool // a file
	rest   []byte
}

func (u *uuReader) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		line, err := u.in.ReadSlice('\n')
		if err != nil && (err != io.EOF || len(line) == 0) {
			if err == io.EOF && u.within {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case !u.within:
			u.within = isUuencodeHeader(line)
		case string(line) == "end":
			u.within = false
		case len(line) == 0: // as an empty line is written by programs that remove spaces
		default:
			var ok bool
			if u.rest, ok = uudecode(u.rest[:0], line); !ok {
				return 0, errors.New("a line that uuencode does not write")
			}
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}
