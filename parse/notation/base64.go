package notation

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/pattern"
	"github.com/otlog/otlog/parse/sieve"
)

// shortBase64 is a length from which words and names are not taken for base64.
const shortBase64 = 64

// valuesInJSON reports whether a text is JSON, no string of which says what a log of the SDK says,
// but one does so in base64. Queues (Kafka, Kinesis, Pub/Sub) and AWS Lambda encode messages so. A
// text that is compressed besides is enough, and one with a time or session if most of the JSON is such text.
func valuesInJSON(head []byte, _ bool) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n\x1e")
	if len(start) == 0 || start[0] != '{' && start[0] != '[' || isHAR.Match(start) || sieve.HasWords(head) {
		return false
	}
	encoded, placed := 0, false
	for rest := start; ; {
		n := bytes.IndexByte(rest, '"')
		if n < 0 {
			break
		}
		rest = rest[n+1:]
		end, _ := jsontext.StringEnd(rest, 0)
		literal := rest
		if end >= 0 {
			literal, rest = rest[:end], rest[end+1:]
		}
		if len(literal) >= shortBase64 {
			text, packed := decodedHead(literal)
			if packed && text != nil || saysLog(text) {
				return true
			}
			if text != nil {
				encoded += len(literal)
				placed = placed || sieve.HasTime(text) || sieve.FindSession(text) != nil
			}
		}
		if end < 0 {
			break
		}
	}
	return placed && encoded*2 > len(start)
}

// saysLog reports whether a text says what only a log of the SDK says.
func saysLog(text []byte) bool {
	return sieve.IsOfSDK(text) || sieve.HasWords(text) && otherTime.Match(text)
}

// otherTime matches a Unix time at the start of a line, or a time as web servers write it.
var otherTime = pattern.New(`(?m)^\[?1\d{9}(?:\.\d+|\d{3}|\d{6}|\d{9})?\b|\b\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d\b`)

// maxRecord is the length of the longest record that is rewritten. package parse skips longer ones, too.
const maxRecord = 4 << 20

// errTooLong is the error of a longer record.
var errTooLong = errors.New("a record of more than 4 MiB")

// isHAR matches the start of requests that a browser saved. The format knows which of them are in
// base64.
var isHAR = pattern.New(`^\{\s*"log"\s*:\s*\{`)

var utf8BOM = []byte("\xef\xbb\xbf")

func openValuesInJSON(text io.Reader) io.Reader {
	v := &valueReader{in: bufio.NewReaderSize(text, 64<<10)}
	return &pieces{next: v.next}
}

// A valueReader replaces the strings of JSON that are base64 of text by that text.
type valueReader struct {
	in      *bufio.Reader
	literal []byte // the string that has been read so far, from its opening quote
	within  bool   // literal holds an opening quote
	pass    bool   // the string is too long to be replaced
	slash   bool   // a backslash precedes
}

func (v *valueReader) next(dst []byte) ([]byte, error) {
	if _, err := v.in.Peek(1); err != nil {
		dst = append(dst, v.literal...)
		v.literal = v.literal[:0]
		return dst, err
	}
	piece, _ := v.in.Peek(v.in.Buffered())
	defer v.in.Discard(len(piece))
	for len(piece) > 0 {
		if !v.within {
			n := bytes.IndexByte(piece, '"')
			if n < 0 {
				return append(dst, piece...), nil
			}
			dst, piece = append(dst, piece[:n]...), piece[n+1:]
			v.within, v.pass, v.slash, v.literal = true, false, false, append(v.literal[:0], '"')
			continue
		}
		end, closed := v.stringEnd(piece)
		v.literal, piece = append(v.literal, piece[:end]...), piece[end:]
		if !closed {
			if len(v.literal) > maxRecord || v.pass { // package parse counts it as too long
				v.pass = true
				dst, v.literal = append(dst, v.literal...), v.literal[:0]
			}
			continue
		}
		var err error
		if dst, err = v.replace(dst); err != nil {
			return dst, err
		}
		v.within, v.literal = false, v.literal[:0]
	}
	return dst, nil
}

// stringEnd returns where the string ends that continues with s: after its quote, or at the end of
// a line, which no string contains.
func (v *valueReader) stringEnd(s []byte) (end int, closed bool) {
	for i, c := range s {
		switch {
		case c == '\n':
			return i, true
		case v.slash:
			v.slash = false
		case c == '\\':
			v.slash = true
		case c == '"':
			return i + 1, true
		}
	}
	return len(s), false
}

// replace appends the string, or what it contains in base64.
func (v *valueReader) replace(dst []byte) ([]byte, error) {
	n := len(v.literal)
	if v.pass || n < shortBase64+2 || v.literal[n-1] != '"' {
		return append(dst, v.literal...), nil
	}
	text, err := decodeValue(v.literal[1 : n-1])
	switch {
	case err != nil:
		return dst, err
	case text == nil:
		return append(dst, v.literal...), nil
	}
	return jsontext.AppendQuoted(dst, text), nil
}

// lineTime matches a date with a time of day at the start of a text.
var lineTime = pattern.New(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d)\b)?`)

// decodeValue returns the text that a JSON string contains in base64, perhaps compressed by gzip,
// nil if it contains none. The error is that of a text that is too long.
func decodeValue(literal []byte) ([]byte, error) {
	data := decodeBase64(literal)
	if !bytes.HasPrefix(data, gzipMagic) {
		if !isText(data) {
			return nil, nil
		}
		return data, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	switch {
	case len(text) > maxRecord:
		return nil, errTooLong
	case err != nil || !isText(text):
		return nil, nil
	}
	return text, nil
}

// decodedHead returns the first bytes of the text that a JSON string contains in base64, nil if it
// contains none, and whether the text is compressed. The end of the string may be missing.
func decodedHead(literal []byte) (text []byte, packed bool) {
	data := decodeBase64(literal)
	if data == nil { // the last digits may be incomplete
		literal = cleanBase64(literal)
		data = decodeBase64(literal[:len(literal)&^3])
	}
	if packed = bytes.HasPrefix(data, gzipMagic); packed {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, false
		}
		data, _ = io.ReadAll(io.LimitReader(r, 64<<10))
	}
	for cut := 0; len(data) > 0 && cut < utf8.UTFMax && !utf8.Valid(data); cut++ {
		data = data[:len(data)-1] // the last character may be incomplete
	}
	if !isText(data) {
		return nil, packed
	}
	return data, packed
}

var gzipMagic = []byte("\x1f\x8b\x08")

// decodeBase64 decodes a JSON string in either alphabet of base64, with or without padding, perhaps as a
// data URL; or text in hexadecimal digits. It returns nil if the string is something else.
func decodeBase64(literal []byte) []byte {
	digits := cleanBase64(literal)
	if text := decodeHex(digits); isText(text) {
		return text
	}
	for range 2 {
		digits = bytes.TrimSuffix(digits, []byte{'='})
	}
	data := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(data, digits)
	if err != nil || n == 0 {
		return nil
	}
	return data[:n]
}

// decodeHex decodes hexadecimal digits, perhaps after \x or 0x. It returns nil if digits are something else.
func decodeHex(digits []byte) []byte {
	digits = bytes.TrimPrefix(bytes.TrimPrefix(digits, []byte(`\x`)), []byte("0x"))
	text := make([]byte, len(digits)/2)
	if _, err := hex.Decode(text, digits); err != nil {
		return nil
	}
	return text
}

// cleanBase64 returns a JSON string without escapes and white space, and in the standard alphabet.
func cleanBase64(literal []byte) []byte {
	digits := jsontext.AppendUnescaped(make([]byte, 0, len(literal)), literal)
	kept := digits[:0]
	for _, c := range digits {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		kept = append(kept, c)
	}
	if bytes.HasPrefix(kept, []byte("data:")) {
		_, data, _ := bytes.Cut(kept, []byte(";base64,"))
		return data
	}
	return kept
}

// isText reports whether data is text that a person can read.
func isText(data []byte) bool {
	for _, c := range data {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b' || c == 0x7f {
			return false
		}
	}
	return len(data) > 0 && utf8.Valid(data)
}

// valuesInLines reports whether a text consists of words each of which is base64 of text, and one of
// them says what a log of the SDK says: the values of a queue, one per line. Words that are all of the same
// length are one value in lines, which package unpack decodes.
func valuesInLines(head []byte, whole bool) bool {
	words := bytes.Fields(bytes.TrimPrefix(head, utf8BOM))
	if !whole && len(words) > 0 {
		words = words[:len(words)-1]
	}
	said := false
	for _, word := range words {
		for _, c := range word {
			if !isBase64[c] && c != '-' && c != '_' && c != '=' {
				return false
			}
		}
		text, packed := decodedHead(word)
		if text == nil {
			return false
		}
		said = said || len(word) >= shortBase64 && (packed || saysLog(text))
	}
	return said
}

func openValuesInLines(text io.Reader) io.Reader {
	w := &wordReader{in: bufio.NewReaderSize(text, 64<<10)}
	return &pieces{next: w.next}
}

// A wordReader decodes words in base64, each to one or more lines.
type wordReader struct {
	in   *bufio.Reader
	word []byte
}

func (w *wordReader) next(dst []byte) ([]byte, error) {
	w.word = w.word[:0]
	for {
		c, err := w.in.ReadByte()
		switch {
		case err != nil && len(w.word) == 0:
			return dst, err
		case err == nil && !jsontext.IsSpace(c):
			if w.word = append(w.word, c); len(w.word) > 2*maxRecord {
				return dst, errTooLong
			}
			continue
		case len(w.word) == 0:
			continue
		}
		value, err := decodeValue(w.word)
		if err != nil {
			return dst, err
		}
		if value == nil {
			return dst, errors.New("a value that is not text in base64")
		}
		return append(append(dst, bytes.TrimRight(value, "\r\n")...), '\n'), nil
	}
}

// IsEncoded reports whether most of a text is in base64, and says there what a log of the SDK says.
// That a log quotes base64 is not enough: it may be a token, which has a session ID, or the SDK's
// own source, which has its words.
func IsEncoded(head []byte) bool {
	if sieve.HasWords(head) {
		return false
	}
	said, encoded := false, 0
	text := bytes.ReplaceAll(bytes.ReplaceAll(head, []byte{'\r'}, nil), []byte{'\n'}, nil) // base64 prints lines
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && isBase64[text[end]] {
			end++
		}
		if run := text[start : start+(end-start)&^3]; len(run) >= shortBase64 {
			encoded += len(run)
			if !said {
				said = saysLog(decodedRun(run))
			}
		}
		start = end + 1
	}
	return said && encoded*2 > len(text)
}

// decodedRun returns the first bytes of what is encoded in a run of letters of base64.
func decodedRun(run []byte) []byte {
	if text := decodeHex(run); text != nil {
		return text
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(run)))
	n, _ := base64.StdEncoding.Decode(data, run)
	data = data[:n]
	if bytes.HasPrefix(data, gzipMagic) {
		if r, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			data, _ = io.ReadAll(io.LimitReader(r, 64<<10))
		}
	}
	return data
}

// isBase64 are the letters of base64.
var isBase64 = func() (is [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		is[c] = true
	}
	return is
}()
