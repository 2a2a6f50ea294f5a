package notation

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strings"
	"unicode/utf8"
)

// A markup reads XML or HTML piece by piece. It holds one tag, or a piece of text, at a time, and
// accepts what is not well-formed: the logs in elements contain control characters, and ampersands that
// are not escaped.
type markup struct {
	in   *bufio.Reader
	html bool

	raw     string // HTML: the element whose content is text up to its end tag, "" for none
	section bool   // XML: within a CDATA section

	// The piece that was read last.
	text       []byte // valid until the next piece is read
	name       string // of the tag; of HTML in lower case
	attributes []attribute
	empty      bool // the tag ends its element, as in <a/>
	tag        []byte
}

type attribute struct{ name, value string }

// A piece is a part of a text with markup.
type piece uint8

const (
	textPiece piece = iota
	startTag
	endTag
	declaration // <?xml … ?>, which starts a document
)

func newMarkup(r io.Reader, html bool) *markup {
	return &markup{in: bufio.NewReaderSize(r, 64<<10), html: html}
}

// next reads a piece. The error of a text that ends within a tag is io.ErrUnexpectedEOF.
func (m *markup) next() (piece, error) {
	for {
		if _, err := m.in.Peek(1); err != nil {
			if err == io.EOF && m.section {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		buffered, _ := m.in.Peek(m.in.Buffered()) // valid until more is read
		switch {
		case m.section:
			n := bytes.IndexByte(buffered, ']')
			if n == 0 {
				end, _ := m.in.Peek(len("]]>"))
				if string(end) == "]]>" {
					m.in.Discard(len(end))
					m.section = false
					continue
				}
				buffered, n = end, 1
			}
			return m.take(buffered, n)
		case m.raw != "":
			n := bytes.IndexByte(buffered, '<')
			if n == 0 {
				end, _ := m.in.Peek(len("</") + len(m.raw))
				if len(end) > 2 && strings.EqualFold(string(end[2:]), m.raw) && end[1] == '/' {
					m.raw = ""
					continue
				}
				buffered, n = end, 1
			}
			return m.take(buffered, n)
		case buffered[0] == '&':
			return m.entity()
		case buffered[0] != '<':
			return m.take(buffered, bytes.IndexAny(buffered, "<&"))
		}
		const longest = len("<![CDATA[")
		start, err := m.in.Peek(longest)
		if len(start) < 2 {
			if err == io.EOF {
				return m.take(start, 1)
			}
			return 0, err
		}
		switch c := start[1]; {
		case bytes.HasPrefix(start, []byte("<!--")):
			m.in.Discard(len("<!--"))
			err = m.skipTo("-->")
		case !m.html && string(start) == "<![CDATA[":
			m.in.Discard(longest)
			m.section = true
		case c == '!':
			err = m.skipDeclaration()
		case c == '?':
			end := "?>"
			if m.html {
				end = ">"
			}
			declares := bytes.HasPrefix(start, []byte("<?xml "))
			if err = m.skipTo(end); err == nil && declares {
				return declaration, nil
			}
		case isNameStart(c, m.html), c == '/' && len(start) > 2 && isNameStart(start[2], m.html):
			return m.readTag()
		default:
			return m.take(start, 1)
		}
		if err != nil {
			return 0, err
		}
	}
}

// take returns the first n bytes that are buffered as text, all whole characters if n is negative.
func (m *markup) take(buffered []byte, n int) (piece, error) {
	if n < 0 {
		if n = wholeRunes(buffered); n == 0 {
			buffered, _ = m.in.Peek(utf8.UTFMax)
			_, n = utf8.DecodeRune(buffered)
		}
	}
	m.text = append(m.text[:0], buffered[:n]...)
	m.in.Discard(n)
	return textPiece, nil
}

// wholeRunes returns the length of s without the start of a character at its end.
func wholeRunes(s []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(s); i++ {
		if last := s[len(s)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return len(s) - i
			}
			break
		}
	}
	return len(s)
}

// entity reads a character that is written as an entity, such as &amp; or &#39;.
func (m *markup) entity() (piece, error) {
	const longest = 40
	start, _ := m.in.Peek(longest)
	n := 1
	for n < len(start) && (start[n] == '#' || isNameByte(start[n])) {
		n++
	}
	if n == len(start) || start[n] != ';' {
		return m.take(start, 1)
	}
	m.text = append(m.text[:0], html.UnescapeString(string(start[:n+1]))...)
	m.in.Discard(n + 1)
	return textPiece, nil
}

// skipTo skips what precedes end, and end.
func (m *markup) skipTo(end string) error {
	matched := 0
	for matched < len(end) {
		c, err := m.in.ReadByte()
		switch {
		case err != nil:
			return unexpected(err)
		case c == end[matched]:
			matched++
		case matched == 2 && c == '-' && end[1] == '-': // --->
		case c == end[0]:
			matched = 1
		default:
			matched = 0
		}
	}
	return nil
}

// skipDeclaration skips <!DOCTYPE …>, which may contain other declarations in brackets.
func (m *markup) skipDeclaration() error {
	depth := 0
	for {
		c, err := m.in.ReadByte()
		switch {
		case err != nil:
			return unexpected(err)
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && (depth <= 0 || m.html):
			return nil
		}
	}
}

// readTag reads a tag up to its end.
func (m *markup) readTag() (piece, error) {
	m.tag = m.tag[:0]
	quote, last := byte(0), byte(0)
	for {
		c, err := m.in.ReadByte()
		if err != nil {
			return 0, unexpected(err)
		}
		if m.tag = append(m.tag, c); len(m.tag) > maxRecord {
			return 0, errTooLong
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return m.parseTag(m.tag[1 : len(m.tag)-1])
		case (c == '"' || c == '\'') && last == '=':
			quote = c
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			last = c
		}
	}
}

// parseTag reads the name and the attributes of a tag, given without < and >.
func (m *markup) parseTag(tag []byte) (piece, error) {
	tag, ends := bytes.CutPrefix(tag, []byte{'/'})
	m.empty = false
	if !ends && bytes.HasSuffix(tag, []byte{'/'}) {
		tag, m.empty = tag[:len(tag)-1], true
	}
	n := 0
	for n < len(tag) && isNameByte(tag[n]) {
		n++
	}
	m.name, m.attributes = string(tag[:n]), m.attributes[:0]
	if m.html {
		m.name = strings.ToLower(m.name)
	}
	if ends {
		return endTag, nil
	}
	for rest := tag[n:]; ; {
		rest = bytes.TrimLeft(rest, " \t\r\n/")
		n := bytes.IndexAny(rest, "= \t\r\n")
		if n < 0 {
			n = len(rest)
		}
		if n == 0 {
			if len(rest) == 0 {
				break
			}
			rest = rest[1:] // an equals sign without a name
			continue
		}
		a := attribute{name: string(rest[:n])}
		rest = bytes.TrimLeft(rest[n:], " \t\r\n")
		if len(rest) > 0 && rest[0] == '=' {
			rest = bytes.TrimLeft(rest[1:], " \t\r\n")
			var value []byte
			if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
				value, rest, _ = bytes.Cut(rest[1:], rest[:1])
			} else {
				n := bytes.IndexAny(rest, " \t\r\n")
				if n < 0 {
					n = len(rest)
				}
				value, rest = rest[:n], rest[n:]
			}
			a.value = html.UnescapeString(string(value))
		}
		const most = 1000
		if len(m.attributes) == most {
			return 0, errors.New("a tag with more than 1,000 attributes")
		}
		m.attributes = append(m.attributes, a)
	}
	if m.html && !m.empty && rawElements[m.name] {
		m.raw = m.name
	}
	return startTag, nil
}

// attribute returns the value of an attribute, "" if the tag does not have it.
func (m *markup) attribute(name string) string {
	for _, a := range m.attributes {
		if strings.EqualFold(a.name, name) {
			return a.value
		}
	}
	return ""
}

// rawElements are the elements of HTML that contain no tags.
var rawElements = map[string]bool{"script": true, "style": true, "xmp": true, "iframe": true, "noembed": true, "noframes": true}

func isNameStart(c byte, html bool) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || !html && (c == '_' || c >= 0x80)
}

func isNameByte(c byte) bool {
	return isNameStart(c, false) || '0' <= c && c <= '9' || c == '-' || c == '.' || c == ':'
}

// unexpected replaces io.EOF where the text must not end.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
