package notation

import (
	"bufio"
	"bytes"
	"io"

	"github.com/otlog/otlog/parse/sieve"
)

// valuesInCells reports whether a text has cells, as in CSV, that are base64 of a log of the SDK. No other
// cell may say what such a log says.
func valuesInCells(head []byte, whole bool) bool {
	if start := bytes.TrimLeft(head, " \t\r\n"); len(start) == 0 || bytes.IndexByte([]byte("{[<"), start[0]) >= 0 || sieve.HasWords(head) {
		return false
	}
	for start := 0; start < len(head); {
		end := start
		for end < len(head) && isCell[head[end]] {
			end++
		}
		if end-start >= shortBase64 && beginsCell(head[:start]) && (end == len(head) && !whole || endsCell(head[end:])) {
			if text, packed := decodedHead(head[start:end]); text != nil && (packed && bytes.IndexByte(text, '\n') >= 0 || saysLog(text)) {
				return true
			}
		}
		start = end + 1
	}
	return false
}

// isCell are the characters of base64 in either alphabet, and those of hexadecimal digits and data URLs.
var isCell = func() (is [256]bool) {
	is = isBase64
	for _, c := range `-_=:\` {
		is[c] = true
	}
	return is
}()

const delimiters = ",;\t|"

// beginsCell reports whether a cell follows text, endsCell whether one precedes it.
func beginsCell(text []byte) bool {
	text = bytes.TrimSuffix(text, []byte{'"'})
	return len(text) == 0 || bytes.IndexByte([]byte(delimiters+"\n"), text[len(text)-1]) >= 0
}

func endsCell(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte{'"'})
	return len(text) == 0 || bytes.IndexByte([]byte(delimiters+"\r\n"), text[0]) >= 0
}

func openValuesInCells(text io.Reader) io.Reader {
	c := &cellReader{in: bufio.NewReaderSize(text, 64<<10), before: "\n"}
	return &pieces{next: c.next}
}

// A cellReader replaces cells that are base64 of text by that text, in quotes.
type cellReader struct {
	in     *bufio.Reader
	before string // the last two bytes
	cell   []byte
}

func (r *cellReader) next(dst []byte) ([]byte, error) {
	r.cell = r.cell[:0]
	for {
		c, err := r.in.ReadByte()
		if err == nil && isCell[c] {
			if r.cell = append(r.cell, c); len(r.cell) > 2*maxRecord {
				return dst, errTooLong
			}
			continue
		}
		start := len(dst)
		if len(r.cell) > 0 {
			if err == nil {
				r.in.UnreadByte()
			}
			after, _ := r.in.Peek(2)
			if dst, err = r.replace(dst, after); err != nil {
				return dst, err
			}
			r.before = string(r.cell[max(0, len(r.cell)-2):])
			if len(r.cell) == 1 {
				r.before = "\x00" + r.before
			}
			return dst, nil
		}
		if err != nil {
			return dst, err
		}
		dst = append(dst, c)
		r.before = r.before[max(0, len(r.before)-1):] + string(dst[start:])
		if c == '\n' || c == ',' || c == '\t' {
			return dst, nil
		}
	}
}

// replace appends the cell, or what it contains in base64.
func (r *cellReader) replace(dst, after []byte) ([]byte, error) {
	if len(r.cell) < shortBase64 || !beginsCell([]byte(r.before)) || !endsCell(after) {
		return append(dst, r.cell...), nil
	}
	text, err := decodeValue(r.cell)
	if err != nil || text == nil {
		return append(dst, r.cell...), err
	}
	quoted := r.before[len(r.before)-1] == '"' || len(after) > 0 && after[0] == '"' // as in "data:…;base64,…"
	if !quoted {
		dst = append(dst, '"')
	}
	dst = append(dst, bytes.ReplaceAll(text, []byte{'"'}, []byte(`""`))...)
	if !quoted {
		dst = append(dst, '"')
	}
	return dst, nil
}
