package unpack

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
)

// maxParts is how deep the parts of a mail may be nested.
const maxParts = 8

// isMail reports whether head starts like a mail (RFC 5322) with a MIME encoding: a few header
// fields, two of which a mail has.
func isMail(head []byte) bool {
	known := 0
	for len(head) > 0 {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte{'\n'})
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' { // the field continues
			continue
		}
		name, _, ok := bytes.Cut(line, []byte{':'})
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t\"{}[]") {
			return false
		}
		switch strings.ToLower(string(name)) {
		case "from", "to", "subject", "date", "received", "return-path", "message-id", "mime-version", "delivered-to":
			known++
		case "content-type", "content-transfer-encoding":
			known += 2
		}
	}
	return known > 2
}

// mail yields the texts in the parts of a mail: its own text, and files that are attached. Of
// alternatives it takes the plain text.
func (u *unpacker) mail(name string, r io.Reader, around layers) bool {
	m := &mailParts{archive: u.archive(name, around)}
	in := &counter{Reader: r}
	m.read = in
	message, err := mail.ReadMessage(bufio.NewReader(in))
	if err != nil {
		return u.refuse(name, around, u.decoder(nil, &in.progress, around).damage(err))
	}
	if !m.part(textproto.MIMEHeader(message.Header), message.Body, 0) {
		return false
	}
	return m.end()
}

// mailParts reads the parts of a mail.
type mailParts struct {
	*archive
	read  *counter
	plain bool // a part with plain text was read
}

// part yields the texts in one part.
func (m *mailParts) part(header textproto.MIMEHeader, body io.Reader, depth int) bool {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	switch {
	case depth > maxParts:
		m.note(&UnreadableError{Cause: fmt.Sprintf("a mail with more than %d parts inside each other", maxParts)})
		return true
	case strings.HasPrefix(kind, "multipart/"):
		return m.parts(multipart.NewReader(body, parameters["boundary"]), depth)
	case kind == "message/rfc822":
		message, err := mail.ReadMessage(bufio.NewReader(body))
		if err != nil {
			m.note(m.damage(err))
			return true
		}
		return m.part(textproto.MIMEHeader(message.Header), message.Body, depth+1)
	case kind == "text/html" && m.plain:
		return true // the same text
	}
	file := fileOf(header, parameters)
	own := file == ""
	switch {
	case isHidden(file):
		return true
	case own:
		m.plain = m.plain || kind == "text/plain"
		file = "text"
	}
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	m.body = own
	defer func() { m.body = false }()
	return m.full() || m.member(file, m.decoder(body, &m.read.progress, m.around))
}

// parts yields the texts in all parts.
func (m *mailParts) parts(r *multipart.Reader, depth int) bool {
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return true
		}
		if err != nil {
			m.note(m.damage(err))
			return true
		}
		if !m.part(part.Header, part, depth+1) {
			return false
		}
	}
}

// damage returns the error of a mail that breaks off.
func (m *mailParts) damage(err error) error {
	return m.decoder(nil, &m.read.progress, m.around).damage(unexpected(err))
}

// fileOf returns the name of the file that a part is, "" if it is none.
func fileOf(header textproto.MIMEHeader, parameters map[string]string) string {
	_, disposition, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	name := disposition["filename"]
	if name == "" {
		name = parameters["name"]
	}
	decoded, err := new(mime.WordDecoder).DecodeHeader(name)
	if err != nil {
		return name
	}
	return decoded
}
