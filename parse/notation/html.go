package notation

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/otlog/otlog/parse/pattern"
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
var ownPage = pattern.New(`<meta name="generator" content="otlog"`)

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
var showsSpace = pattern.New(`white-space\s*:\s*(?:pre|break-spaces)`)

// onlyTime matches a line that consists of a time, perhaps with a level.
var onlyTime = pattern.New(`^[\[(]?(?:\d{4}-\d\d-\d\d[T ]|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? |[A-Z][a-z]{2} \d{1,2},? (?:\d{4},? (?:@ )?)?)?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[AP]M|UTC|GMT|[+-]\d\d:?\d\d))*[\])]?:?(?:\s+[A-Z]{3,9})?$`)

func openPage(text io.Reader) io.Reader {
	h := &pageReader{m: newMarkup(text, true)}
	return &pieces{next: h.next}
}

// A pageReader writes the lines that a page of HTML shows. A row of a table is a line, with tabs between
// its cells.
type pageReader struct {
	m *markup

	line  []byte
	at    place
	space byte // white space after line that is not shown yet: ' ', '\n' or '\t', 0 for none
	ended bool // the line ends before the next text
	joint bool // a tag follows line
	apart bool // an element ends after line, and another one starts
	left  bool // an element ends after line
	row   bool // a row of a table ends after line
	first bool // the next cell is the first of its row
	shown bool // the row has text

	before   []byte // the line before, which is not written yet
	beforeAt place

	open   []block // the blocks around the next text, outermost first
	blocks int     // how many blocks have been opened
	term   bool    // the last block was a <dt>

	as       string // the element whose white space is shown as it is, "" for none
	asDepth  int    // of elements of this name
	hidden   string // the element whose text is not shown, "" for none
	hidDepth int
}

// A block is an open element that starts a line.
type block struct {
	name string
	id   int
}

// A place is where a line is: in a block, which is in another block.
type place struct{ block, parent int }

func (h *pageReader) next(dst []byte) ([]byte, error) {
	kind, err := h.m.next()
	if err != nil {
		if h.ended = true; isPart(h.line) {
			h.closesRecord()
		}
		return h.writeBefore(h.flush(dst)), err
	}
	switch name := h.m.name; kind {
	case textPiece:
		if h.hidden != "" {
			return dst, nil
		}
		return h.text(dst)
	case startTag:
		h.joint, h.apart = true, h.left
		h.enter(name)
		if at := h.m.attribute("datetime"); name == "time" && h.hidden == "" && !h.m.empty && lineTime.MatchString(at) {
			h.m.text = append(h.m.text[:0], at...)
			dst, err = h.text(dst) // the page shows another form of the time, such as "2 days ago"
			h.hidden, h.hidDepth = name, 1
			return dst, err
		}
	case endTag:
		h.joint, h.left = true, true
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
		if h.ended = true; name == "dd" && h.term {
			h.ended, h.space = false, '\t'
		}
		if name == "tr" {
			h.first, h.shown = true, false
		}
	}
	if opens && (blocks[name] || name == "td" || name == "th") {
		if others := closes[name]; others != nil && len(h.open) > 0 && others[h.open[len(h.open)-1].name] {
			h.open = h.open[:len(h.open)-1] // its end tag is missing
		}
		h.blocks++
		if len(h.open) < maxXMLDepth {
			h.open = append(h.open, block{name, h.blocks})
		}
		h.term = false
	}
}

// closes are the elements that end where another one starts.
var closes = map[string]map[string]bool{
	"p": setOf("p"), "li": setOf("li p"), "dt": setOf("dt dd p"), "dd": setOf("dt dd p"), "div": setOf("p"),
	"tr": setOf("tr td th"), "td": setOf("td th p"), "th": setOf("td th p"),
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
	for i := len(h.open) - 1; i >= 0; i-- {
		if h.open[i].name == name {
			h.open = h.open[:i]
			break
		}
	}
	if blocks[name] {
		h.term, h.row = name == "dt", h.row || name == "tr"
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
			h.at = h.place()
		case h.space != 0:
			h.line = append(h.line, h.space)
		case h.as != "" || !h.joint || c == ' ':
		case isOnlyTime(h.line), h.apart && (isWord(c) || c == '%') && (isWord(h.line[len(h.line)-1]) || endsInSession(h.line)):
			h.line = append(h.line, ' ')
		}
		h.space, h.joint, h.apart, h.left, h.shown = 0, false, false, false, true
		if h.line = append(h.line, c); len(h.line) > maxRecord {
			return dst, errTooLong
		}
	}
	return dst, nil
}

// place returns where the next text is.
func (h *pageReader) place() (p place) {
	if n := len(h.open); n > 0 {
		p.block = h.open[n-1].id
		if n > 1 {
			p.parent = h.open[n-2].id
		}
	}
	return p
}

// isOpen reports whether a block has not ended.
func (h *pageReader) isOpen(id int) bool {
	return slices.ContainsFunc(h.open, func(b block) bool { return b.id == id })
}

// flushEnded writes the line if it has ended. A line that is only a time or a session ID is in a block of
// its own: it belongs to the text after it, or before it if the element around both ends.
func (h *pageReader) flushEnded(dst []byte) []byte {
	if !h.ended {
		return dst
	}
	row := h.row
	h.ended, h.row = false, false
	switch {
	case row && !isOnlyTime(h.line): // it is a record, or part of one
	case isPart(h.line):
		if !h.closesRecord() {
			h.space = '\t'
		}
		return dst
	case h.place() != h.at && h.isOpen(h.at.block) && sender.Match(bytes.TrimSpace(h.line)):
		h.space = '\t'
		return dst
	}
	h.space = 0
	return h.flush(dst)
}

// closesRecord adds the line, which is only a time or a session ID, to the line before it if the element
// around both has ended and that line has no time or ID of its own.
func (h *pageReader) closesRecord() bool {
	around := 0
	switch {
	case len(h.before) == 0:
	case h.beforeAt.block == h.at.block:
		around = h.at.block
	case h.beforeAt.parent == h.at.parent, h.beforeAt.block == h.at.parent:
		around = h.at.parent
	}
	if around == 0 || h.isOpen(around) {
		return false
	}
	line := bytes.TrimRight(h.line, " \t\n")
	if sieve.HasTime(line) && sieve.HasTime(h.before) || sieve.FindSession(line) != nil && sieve.FindSession(h.before) != nil {
		return false
	}
	h.before = slices.Concat(line, []byte{'\t'}, h.before)
	h.line, h.space = h.line[:0], 0
	return true
}

// flush ends the line, and writes the one before it. A line feed in it, which a page does not show, counts
// if a time follows: styles that are not in the tag may show it.
func (h *pageReader) flush(dst []byte) []byte {
	line := bytes.TrimRight(h.line, " \t\n")
	if len(line) == 0 {
		h.line = h.line[:0]
		return dst
	}
	dst = h.writeBefore(dst)
	for i, c := range line {
		if c == '\n' && !lineTime.Match(line[i+1:]) {
			c = ' '
		}
		h.before = append(h.before, c)
	}
	h.beforeAt = h.at
	h.line = h.line[:0]
	return dst
}

// writeBefore writes the line before.
func (h *pageReader) writeBefore(dst []byte) []byte {
	if len(h.before) > 0 {
		dst = append(append(dst, h.before...), '\n')
		h.before = h.before[:0]
	}
	return dst
}

func isOnlyTime(line []byte) bool {
	const longest = 48
	return len(line) > 0 && len(line) <= longest && onlyTime.Match(bytes.TrimSpace(line))
}

// isPart reports whether a line consists of times and session IDs, each perhaps with a label.
func isPart(line []byte) bool {
	const longest = 400
	line = bytes.TrimRight(line, " \t\n")
	if len(line) == 0 || len(line) > longest {
		return false
	}
	if isOnlyTime(line) {
		return true
	}
	labelled, part := false, false
	for field := range bytes.SplitSeq(line, []byte{'\t'}) {
		switch {
		case isOnlyTime(field), onlySession.Match(field):
			labelled, part = false, true
		case part && isLevel.Match(field):
		case labelled, !label.Match(field):
			return false
		default:
			labelled, part = true, false
		}
	}
	return part
}

var (
	// onlySession matches a text that consists of a session ID, label one that may precede a value.
	onlySession = pattern.New(`^(?i:session(?: ?id)?[:=]? ?)?[12]_MX[45][0-9A-Za-z+_~-]{15,}=*$`)
	label       = pattern.New(`^[A-Za-z][\w -]{0,30}:?$`)
	isLevel     = pattern.New(`^[A-Z]{3,9}$`)
	// sender matches a name and a time, as chats show them over a message.
	sender     = pattern.New(`^[^\s:]{1,30}(?: [^\s:]{1,30})?[ \t]+\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?$`)
	sessionEnd = pattern.New(`\b[12]_MX[45][0-9A-Za-z+_~-]{15,}=*$`)
)

// endsInSession reports whether a line ends in a session ID.
func endsInSession(line []byte) bool {
	const longest = 120
	return sessionEnd.Match(line[max(0, len(line)-longest):])
}

// isWord reports whether c is a letter, digit or underscore, or a part of a character beyond ASCII.
func isWord(c byte) bool { return isNameStart(c, false) || '0' <= c && c <= '9' }
