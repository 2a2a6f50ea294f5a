package notation

import (
	"bufio"
	"bytes"
	"io"
)

// isQuotedJSON reports whether a text is JSON on several lines, quoted as in a mail. Lines of a log
// that are quoted are read as they are.
func isQuotedJSON(head []byte, whole bool) bool {
	lines, opens := 0, false
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if line[0] != '>' {
			return false
		}
		if line = unquoted(line); lines == 0 {
			opens = len(line) > 0 && (line[0] == '{' || line[0] == '[') && (len(line) == 1 || line[1] == '"' || line[1] == '{' || line[1] == '[')
		}
		lines++
	}
	return opens && lines > 1
}

// unquoted removes the marks of quotation at the start of a line.
func unquoted(line []byte) []byte {
	for {
		rest, ok := bytes.CutPrefix(line, []byte(">"))
		if !ok {
			return line
		}
		line = bytes.TrimPrefix(rest, []byte(" "))
	}
}

func openQuoted(text io.Reader) io.Reader {
	return &quotedReader{text: bufio.NewReader(text), start: true}
}

// A quotedReader removes the marks of quotation at the start of lines.
type quotedReader struct {
	text  *bufio.Reader
	start bool // of a line
}

func (r *quotedReader) Read(p []byte) (int, error) {
	if r.start {
		if err := r.skipMarks(); err != nil {
			return 0, err
		}
	}
	if _, err := r.text.Peek(1); err != nil {
		return 0, err
	}
	part, _ := r.text.Peek(min(len(p), r.text.Buffered()))
	if n := bytes.IndexByte(part, '\n'); n >= 0 {
		part, r.start = part[:n+1], true
	}
	n := copy(p, part)
	_, err := r.text.Discard(n)
	return n, err
}

// skipMarks skips the marks of quotation at the start of a line.
func (r *quotedReader) skipMarks() error {
	for marked := false; ; {
		next, err := r.text.Peek(1)
		if err != nil {
			return err
		}
		switch c := next[0]; {
		case c == '>':
			marked = true
		case c == ' ' && marked:
			marked = false
		default:
			r.start = false
			return nil
		}
		if _, err := r.text.Discard(1); err != nil {
			return err
		}
	}
}
