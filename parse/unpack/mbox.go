package unpack

import (
	"bufio"
	"bytes"
	"io"

	"github.com/otlog/otlog/parse/pattern"
)

// maxEnvelope is how much of a line isEnvelope looks at.
const maxEnvelope = 200

// envelope is the line before each mail in an mbox file: the sender and a date.
var envelope = pattern.New(`^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b`)

// isEnvelope reports whether text starts with the line before a mail in an mbox file.
func isEnvelope(text []byte) bool { return envelope.Match(text[:min(len(text), maxEnvelope)]) }

// An mbox reads the mails of an mbox file (RFC 4155) one by one. A file that does not start with the
// line before a mail is one mail.
type mbox struct {
	in      *bufio.Reader
	pending []byte // of a line
	many    bool   // the file starts with the line before a mail
	started bool   // the first mail was read
	inside  bool   // the line that pending is of goes on
	blank   bool   // the line before is blank
	ended   bool   // the mail was read
}

// newMbox returns a reader of the mails in r. It skips what [afterBlank] does.
func newMbox(r io.Reader) *mbox {
	m := &mbox{in: bufio.NewReaderSize(r, HeadSize)}
	for {
		head, _ := m.in.Peek(1)
		if len(head) > 0 && head[0] == '\xef' {
			head, _ = m.in.Peek(len("\ufeff"))
		}
		if len(head) == 0 || len(afterBlank(head)) > 0 {
			return m
		}
		m.in.Discard(len(head))
	}
}

// next skips the rest of a mail and the line before the next one. It reports whether there is one.
func (m *mbox) next() bool {
	if m.started {
		io.Copy(io.Discard, m) // an error ends the file
	}
	line, _ := m.in.Peek(maxEnvelope)
	more := isEnvelope(line)
	if !m.started {
		m.many = more
		more = len(line) > 0
	}
	if m.many && more {
		m.in.ReadSlice('\n')
	}
	m.started, m.ended, m.blank = true, false, false
	return more
}

// Read reads the mail, up to the line before the next one.
func (m *mbox) Read(p []byte) (int, error) {
	if len(m.pending) == 0 {
		if err := m.line(); err != nil {
			return 0, err
		}
	}
	n := copy(p, m.pending)
	m.pending = m.pending[n:]
	return n, nil
}

// line reads a line, or as much of it as there is room for.
func (m *mbox) line() error {
	if m.ended {
		return io.EOF
	}
	if m.many && m.blank && !m.inside {
		if head, _ := m.in.Peek(maxEnvelope); isEnvelope(head) {
			m.ended = true
			return io.EOF
		}
	}
	line, err := m.in.ReadSlice('\n')
	if len(line) == 0 {
		m.ended = err == io.EOF
		return err
	}
	m.blank = !m.inside && len(bytes.TrimRight(line, "\r\n")) == 0
	m.inside = line[len(line)-1] != '\n'
	m.pending = line
	return nil
}
