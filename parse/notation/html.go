package notation

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/sieve"
)

// OfPage returns the notation of a text that is known to be HTML.
func OfPage() *Notation {
	return &notations[slices.IndexFunc(notations, func(n Notation) bool { return n.Name == "html" })]
}

// isPage reports whether a text is a page of HTML, or a part of one, that shows lines of a log of the
// SDK. Pages about the SDK have its words, but no times.
func isPage(head []byte, whole bool) bool {
	head = bytes.TrimPrefix(head, utf8BOM)
	if start := bytes.TrimLeft(head, " \t\r\n"); len(start) == 0 || start[0] != '<' || ownPage.Match(head) {
		return false
	}
	first, tags, ends := "", 0, false
	for m := newMarkup(bytes.NewReader(head), true); ; {
		kind, err := m.next()
		if err != nil {
			break
		}
		switch kind {
		case textPiece:
			if first == "" && len(bytes.TrimSpace(m.text)) > 0 {
				return false
			}
		case startTag, endTag:
			if first == "" {
				first = m.name
			}
			if !pageElements[first] {
				return false
			}
			tags++
			ends = ends || kind == endTag && m.name == first
		}
	}
	text, _ := io.ReadAll(openPage(bytes.NewReader(head)))
	timed := 0
	for line := range bytes.Lines(text) {
		if sieve.HasTime(line) {
			timed++
		}
	}
	page := first == "html" || first == "head" || first == "body" || first == "meta"
	return timed > 1 && (sieve.HasWords(text) || sieve.FindSession(text) != nil) &&
		(page || ends || tags >= timed || !whole && first == "pre") // other logs may start with a tag
}

// ownPage matches the report that otlog writes, which repeats the errors of logs.
var ownPage = regexp.MustCompile(`<meta name="generator" content="otlog"`)

// pageElements are the elements of HTML that a page or a part of it starts with.
var pageElements = setOf("html head body p div pre table span ul ol dl h1 h2 h3 h4 br a b font center code article section main meta title style link script blockquote details")

// blocks are the elements that start and end a line.
var blocks = setOf("address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html legend li listing main menu nav ol option p plaintext pre section summary table tbody textarea tfoot thead title tr ul xmp")

// hidden are the elements whose text a page does not show. void are the elements that have no end.
var (
	hidden = setOf("script style title template noframes noembed iframe svg")
	void   = setOf("area base br col embed hr img input link meta param source track wbr")
	spaced = setOf("pre textarea listing plaintext xmp") // white space is shown as it is
)

func setOf(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		set[name] = true
	}
	return set
}

// showsSpace matches a style that shows white space as it is.
var showsSpace = regexp.MustCompile(`white-space\s*:\s*(?:pre|break-spaces)`)

// onlyTime matches a line that consists of a time, perhaps with a level.
var onlyTime = regexp.MustCompile(`^[\[(]?(?:\d{4}-\d\d-\d\d[T ]|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? |[A-Z][a-z]{2} \d{1,2},? (?:\d{4},? (?:@ )?)?)?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[AP]M|UTC|GMT|[+-]\d\d:?\d\d))*[\])]?:?(?:\s+[A-Z]{3,9})?$`)

func openPage(text io.Reader) io.Reader {
	h := &pageReader{m: newMarkup(text, true)}
	return &pieces{next: h.next}
}

// A pageReader writes the lines that a page of HTML shows. A row of a table is a line, with tabs between
// its cells.
type pageReader struct {
	m *markup

	line  []byte
	space byte // white space after line that is not shown yet: ' ', '\n' or '\t', 0 for none
	ended bool // the line ends before the next text
	joint bool // a tag follows line
	first bool // the next cell is the first of its row
	shown bool // the row has text

	as       string // the element whose white space is shown as it is, "" for none
	asDepth  int    // of elements of this name
	hidden   string // the element whose text is not shown, "" for none
	hidDepth int
}

func (h *pageReader) next(dst []byte) ([]byte, error) {
	kind, err := h.m.next()
	if err != nil {
		return h.flush(dst), err
	}
	switch name := h.m.name; kind {
	case textPiece:
		if h.hidden != "" {
			return dst, nil
		}
		return h.text(dst)
	case startTag:
		h.joint = true
		h.enter(name)
	case endTag:
		h.joint = true
		h.leave(name)
	}
	return dst, nil
}

func (h *pageReader) enter(name string) {
	opens := !h.m.empty && !void[name]
	switch {
	case h.hidden == "" && hidden[name] && opens:
		h.hidden, h.hidDepth = name, 1
	case h.hidden == name && opens:
		h.hidDepth++
	}
	switch {
	case h.as == "" && opens && (spaced[name] || showsSpace.MatchString(h.m.attribute("style"))):
		h.as, h.asDepth = name, 1
	case h.as == name && opens:
		h.asDepth++
	}
	switch {
	case name == "td" || name == "th":
		if !h.first && h.shown && len(h.line) > 0 {
			h.ended, h.space = false, '\t'
		}
		h.first = false
	case blocks[name]:
		h.ended = true
		if name == "tr" {
			h.first, h.shown = true, false
		}
	}
}

func (h *pageReader) leave(name string) {
	if h.hidden == name {
		if h.hidDepth--; h.hidDepth == 0 {
			h.hidden = ""
		}
	}
	if h.as == name {
		if h.asDepth--; h.asDepth == 0 {
			h.as = ""
		}
	}
	if blocks[name] {
		h.ended = true
		h.first = h.first || name == "tr" || name == "table"
	}
}

var (
	noBreak   = []byte("\u00a0")
	zeroWidth = []byte("\u200b")
)

// text takes a piece of text. Only no-break spaces, of which stack lines are indented, are kept where
// white space is not shown as it is.
func (h *pageReader) text(dst []byte) ([]byte, error) {
	text := h.m.text
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\r' || c == 0:
			continue
		case c == '\n' && h.as != "":
			h.ended = true
			h.joint = false
			dst = h.flushEnded(dst)
			continue
		case h.as == "" && (c == ' ' || c == '\t' || c == '\n' || c == '\f'):
			if h.space != '\t' && (h.space == 0 || c == '\n') {
				h.space = ' '
				if c == '\n' {
					h.space = '\n'
				}
			}
			continue
		case c == noBreak[0] && bytes.HasPrefix(text[i:], noBreak):
			c = ' '
			i++
		case c == zeroWidth[0] && bytes.HasPrefix(text[i:], zeroWidth):
			i += 2
			continue
		}
		dst = h.flushEnded(dst)
		switch {
		case len(h.line) == 0:
		case h.space != 0:
			h.line = append(h.line, h.space)
		case h.joint && h.as == "" && c != ' ' && isOnlyTime(h.line):
			h.line = append(h.line, ' ')
		}
		h.space, h.joint, h.shown = 0, false, true
		if h.line = append(h.line, c); len(h.line) > maxRecord {
			return dst, errTooLong
		}
	}
	return dst, nil
}

// flushEnded writes the line if it has ended. A line that is only a time goes on: the text beside it
// is in a block of its own.
func (h *pageReader) flushEnded(dst []byte) []byte {
	if !h.ended {
		return dst
	}
	if h.ended = false; isOnlyTime(h.line) {
		h.space = '\t'
		return dst
	}
	h.space = 0
	return h.flush(dst)
}

// flush writes the line. A line feed in it, which a page does not show, counts if a time follows: styles
// that are not in the tag may show it.
func (h *pageReader) flush(dst []byte) []byte {
	line := bytes.TrimRight(h.line, " \t\n")
	if len(line) == 0 {
		h.line = h.line[:0]
		return dst
	}
	for i, c := range line {
		if c == '\n' && !lineTime.Match(line[i+1:]) {
			c = ' '
		}
		dst = append(dst, c)
	}
	h.line = h.line[:0]
	return append(dst, '\n')
}

func isOnlyTime(line []byte) bool {
	const longest = 48
	return len(line) > 0 && len(line) <= longest && onlyTime.Match(bytes.TrimSpace(line))
}
