package unpack

import (
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

	"github.com/otlog/otlog/parse/pattern"
)

// maxParts is how deep the parts of a mail may be nested.
const maxParts = 8

// isMail reports whether head starts like a mail or an mbox file of mails.
func isMail(head []byte) bool {
	head, _ = mailText(head)
	return startsMail(head)
}

// startsMail reports whether head starts like a mail (RFC 5322) with a MIME encoding: a few header
// fields, two of which a mail has. The line of an mbox file may precede it. Parts of a mail (RFC 2045)
// that were saved without its header are one too, if one of the first is encoded.
func startsMail(head []byte) bool {
	boundary := boundaryOf(head)
	if boundary != "" || isEnvelope(head) {
		_, head, _ = bytes.Cut(head, []byte{'\n'})
	}
	known, kind, coding := 0, "", ""
	score := func() int {
		n := known
		if kind != "" {
			n += 2
		}
		if coding != "" {
			n += 2
		}
		return n
	}
	for len(head) > 0 {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte{'\n'})
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			if known > 0 && boundary == "" {
				return score() > 2
			}
			return score() > 0 && startsPart(head, kind, coding, boundary)
		}
		if line[0] == ' ' || line[0] == '\t' { // the field continues
			continue
		}
		name, value, ok := bytes.Cut(line, []byte{':'})
		// A time at the start of a line has a colon too.
		if !ok || len(name) == 0 || name[0] <= '9' || bytes.ContainsAny(name, " \t\"{}[]") {
			return false
		}
		switch strings.ToLower(string(name)) {
		case "from", "to", "subject", "date", "received", "return-path", "message-id", "mime-version", "delivered-to":
			known++
		case "content-type":
			kind = strings.ToLower(string(bytes.TrimSpace(value)))
		case "content-transfer-encoding":
			coding = strings.ToLower(string(bytes.TrimSpace(value)))
		}
	}
	return known > 0 && boundary == "" && score() > 2
}

// startsPart reports whether head starts like what follows the header of a part, and needs to be
// decoded. A log may print such a header and go on with its own lines. boundary is the part's.
func startsPart(head []byte, kind, coding, boundary string) bool {
	head = bytes.TrimLeft(head, "\r\n")
	rest := []byte(nil)
	if boundary != "" {
		if i := bytes.Index(head, []byte("\n--"+boundary)); i >= 0 {
			head, rest = head[:i+1], head[i+1:]
		}
	}
	switch {
	case coding == "base64":
		return isBase64(head)
	case coding == "quoted-printable":
		return isQuotedPrintable(head)
	case strings.HasPrefix(kind, "multipart/") && boundaryOf(head) != "" && startsMail(head):
		return true
	}
	return rest != nil && startsMail(rest)
}

// isBase64 reports whether the first line of text is base64.
func isBase64(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	line = bytes.TrimSpace(line[:min(len(line), 1<<10)])
	line = line[:len(line)&^3]
	_, err := base64.StdEncoding.Decode(make([]byte, len(line)), line)
	return len(line) > 0 && err == nil
}

// quoted is what an equals sign starts in text that is quoted-printable.
var quoted = pattern.New(`^=(?:[0-9A-F]{2}|\r?\n)`)

// isQuotedPrintable reports whether text has equals signs that quote, no others, and no long lines.
func isQuotedPrintable(text []byte) bool {
	const longest = 78
	found := false
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte{'\n'}) && len(line) < longest { // may go on
			break
		}
		if len(line) > longest {
			return false
		}
		for i, c := range line {
			if c != '=' {
				continue
			}
			if !quoted.Match(line[i:]) {
				return false
			}
			found = true
		}
	}
	return found
}

// mailText returns head as the text of a mail, and a function that converts the whole in the same
// way. A byte order mark and blank lines may precede a mail.
func mailText(head []byte) ([]byte, func(io.Reader) io.Reader) {
	decode := charsetOf(head)
	if decode != nil {
		head, _ = io.ReadAll(decode(bytes.NewReader(head)))
	}
	feed := endsLinesInCR(head)
	if feed {
		head = bytes.Clone(head)
		feedLines(head)
	}
	return afterBlank(head), func(r io.Reader) io.Reader {
		if decode != nil {
			r = decode(r)
		}
		if feed {
			r = carriageReturns{r}
		}
		return r
	}
}

// afterBlank returns head without a byte order mark and blank lines.
func afterBlank(head []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), "\r\n")
}

// boundaryOf returns the boundary that starts head, "" if it starts with none.
func boundaryOf(head []byte) string {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	boundary, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("--"))
	const longest = 70
	if !ok || len(boundary) > longest || bytes.ContainsAny(boundary, " \t") {
		return ""
	}
	return string(boundary)
}

// mail yields the texts in the parts of a mail, or of each mail in an mbox file: its own text, and
// files that are attached. Of alternatives it takes the plain text.
func (u *unpacker) mail(name string, head []byte, r io.Reader, around layers) bool {
	m := &mailParts{archive: u.archive(name, around)}
	in := &counter{Reader: r}
	m.read = in
	start, convert := mailText(head)
	mails := newMbox(convert(in))
	if boundary := boundaryOf(start); boundary != "" {
		// The end of the last part may not have been saved.
		body := io.MultiReader(mails.in, strings.NewReader("\n--"+boundary+"--\n"))
		return m.parts(multipart.NewReader(body, boundary), 0) && m.end()
	}
	for mails.next() {
		m.plain = false
		message, err := mail.ReadMessage(mails)
		if err != nil {
			m.note(m.damage(err))
			continue
		}
		if !m.part(textproto.MIMEHeader(message.Header), message.Body, 0) {
			return false
		}
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
		message, err := mail.ReadMessage(body)
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
	m.body, m.page = own, own && kind == "text/html"
	defer func() { m.body, m.page = false, false }()
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
