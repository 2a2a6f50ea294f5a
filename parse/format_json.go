package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A jsonSplitter tells the records of JSON apart, however it is laid out: arrays
// of any length, objects on many lines, one behind the other or several on a
// line. A document that holds its entries in an array (see nodes.go) is as
// many records as there are entries; what stands around them is records of its
// own. What is no JSON is read line by line, as text.
//
// Of the source it keeps what may be one record, whatever the length of an
// array. The bytes between two records belong to the first one.
type jsonSplitter struct {
	limits limits
	root   *node // what the keys of a document mean

	at      int64 // offset of the data's first byte
	indent  int   // of that byte, -1 if something stands before it on its line
	inArray bool  // at the top level

	doc       document
	reading   bool // a document has begun
	committed bool // how it is read is settled, and its records are being taken
	decoder   Decoder
	outer     []byte   // the document without its entries, as far as it was looked at
	outerTime int64    // the time it states
	silent    bool     // what stands around the entries is not to be read
	entered   bool     // an entry was taken
	span      Span     // of the entry at hand
	long      *skipped // what is counted, since it is longer than a record
	head      *Span    // with kept, the record that was made of its beginning
	kept      []byte
	lost      *lost // what is passed over because it is broken

	lines lineTaker // of text
	text  Format    // likewise

	seen *sightings // nil if nobody asks
}

// sightings are what a splitter has seen of a source.
type sightings struct {
	shape    string // of the first document with entries, "" if there is none
	arranged int    // documents with entries
	objects  int    // those without, which are records
	sharing  int64  // bytes of the latter that start behind something on their line
	spanning int64  // of the other ones, those that lie on several lines
}

// arrange counts a document that has an entry.
func (s *sightings) arrange(d *document) {
	s.arranged++
	if s.shape == "" {
		s.shape = d.entries[0].in.name
	}
}

// lost is a record that is broken.
type lost struct {
	skipped
	entry   bool // of a document's entries
	indent  int  // of its first byte
	compact bool // up to the break it lies on one line
}

func newJSONSplitter(f Format, l limits) *jsonSplitter {
	s := &jsonSplitter{limits: l, root: namedArrays, lines: lineTaker{limit: l.record}, text: Format{stacks: true}}
	if f.plainArrays {
		s.root = allArrays
	}
	return s
}

// split implements splitter.
func (s *jsonSplitter) split(b *Block, data []byte, e ending) int {
	n := 0
	for !b.isFull(s.limits) && (n < len(data) || e.last() && s.pending()) {
		if n > 0 && e == full {
			e = unknown
		}
		took, records, wasLost := 0, len(b.Records), s.lost != nil
		switch {
		case s.lost != nil:
			took = s.resume(b, data[n:], e)
		case s.lines.long != nil:
			_, took, _ = s.lines.take(b, data[n:], e)
			s.pass(data[n:], took)
		case s.reading:
			took = s.read(b, data[n:], e)
		default:
			took = s.begin(b, data[n:], e)
		}
		n += took
		if took == 0 && len(b.Records) == records && (wasLost || s.lost == nil) {
			break
		}
	}
	return n
}

// pending reports whether something has been counted that is no record yet.
func (s *jsonSplitter) pending() bool {
	return s.reading || s.long != nil || s.lost != nil || s.lines.long != nil
}

// pass goes on to the byte behind the first n ones.
func (s *jsonSplitter) pass(data []byte, n int) {
	s.at += int64(n)
	passed := data[:n]
	// Frequent cases first: a line feed is one of the last bytes, or there is none.
	nl := n - 1
	for nl >= 0 && (jsontext.IsSpace(passed[nl]) && passed[nl] != '\n') {
		nl--
	}
	switch {
	case nl >= 0 && passed[nl] == '\n':
		s.indent, passed = 0, passed[nl+1:]
	case nl >= 0:
		s.indent = -1
		return
	}
	if s.indent >= 0 && indentation(passed) == len(passed) {
		s.indent += len(passed)
	} else {
		s.indent = -1
	}
}

// emit appends the record that the first n bytes of data are.
func (s *jsonSplitter) emit(b *Block, text int, x Span, data []byte, n int, e ending) {
	x.Bytes, x.Lines = x.Bytes+int64(n), x.Lines+countLines(data, n, e)
	b.add(text, x)
	s.pass(data, n)
}

// emitSkipped appends a record that could not be read.
func (s *jsonSplitter) emitSkipped(b *Block, reason Reason, cause string, data []byte, n int, e ending) {
	b.skip(reason, int64(n), countLines(data, n, e), cause)
	s.pass(data, n)
}

// maxEntries is how many entries of a document are noted before they are taken.
// What stands around them is looked for no further than that, nor than a record
// is long.
const maxEntries = 4 << 10

// begin takes what stands at the top level: the start of a document, or text.
func (s *jsonSplitter) begin(b *Block, data []byte, e ending) int {
	i, inArray, enough := s.lead(data)
	if !enough && e == unknown {
		return 0
	}
	if i == len(data) {
		s.inArray = inArray
		s.emit(b, len(b.Data), Span{Time: timestamp.NoTime}, data, i, e)
		return i
	}
	if nl := bytes.LastIndexByte(data[:i], '\n'); nl >= 0 {
		s.inArray = inArray
		s.emit(b, len(b.Data), Span{Time: timestamp.NoTime}, data, nl+1, e)
		return nl + 1
	}
	isText := true
	switch c := data[i]; {
	case c == '{':
		opens, enough := opensDocument(data[i:])
		if !opens && !enough && e == unknown {
			return 0
		}
		isText = !opens
	case (c == '[' || c == '"') && inArray:
		isText = false
	}
	if isText {
		n := s.takeText(b, data, i, e)
		if n > 0 {
			s.inArray = inArray
		}
		return n
	}
	s.inArray = inArray
	s.doc.begin(s.at+int64(i), data[i], s.root)
	s.reading, s.committed = true, false
	return s.read(b, data, e)
}

// opensDocument reports whether data starts as a JSON object does. If it does
// not, enough says whether that can be told.
func opensDocument(data []byte) (opens, enough bool) {
	i := jsontext.SkipSpace(data, 1)
	if i == len(data) {
		return false, false
	}
	return data[i] == '"' || data[i] == '}', true
}

// lead returns where the first record starts: what stands before it is white
// space, commas, and the brackets of arrays at the top level. It reports whether
// there is enough data to tell.
func (s *jsonSplitter) lead(data []byte) (i int, inArray, enough bool) {
	inArray = s.inArray
	for i < len(data) {
		switch c := data[i]; {
		case jsontext.IsSpace(c) || c == ',' || c == '}' || c == 0x1e: // 0x1e: JSON text sequences
			i++
		case c == ']':
			inArray = false
			i++
		case c == utf8BOM[0] && len(data)-i < len(utf8BOM):
			return i, inArray, false
		case c == utf8BOM[0] && bytes.HasPrefix(data[i:], utf8BOM):
			i += len(utf8BOM)
		case c == '[' && !inArray:
			next := jsontext.SkipSpace(data, i+1)
			if next == len(data) {
				return i, inArray, false
			}
			if bytes.IndexByte([]byte(`{["]`), data[next]) < 0 || data[next] == '{' && !opensObjectOrEnds(data[next:]) {
				return i, inArray, true // text, as in [info]
			}
			inArray = true
			i++
		case inArray && (isWord(c) || c == '-' || c == '.' || c == '+'): // numbers, null
			i++
		default:
			return i, inArray, true
		}
	}
	return i, inArray, false
}

func opensObjectOrEnds(data []byte) bool {
	opens, enough := opensDocument(data)
	return opens || !enough
}

// takeText takes a line, which starts at data[from], and the stack lines behind it.
func (s *jsonSplitter) takeText(b *Block, data []byte, from int, e ending) int {
	line, n, ok := s.lines.take(b, data, e)
	if !ok {
		s.pass(data, n)
		return n
	}
	for isText := !isBlank(line); isText && n < len(data); {
		next := bytes.IndexByte(data[n:], '\n')
		if next < 0 && (e == full || e == broken) {
			break // the line behind it is another record
		}
		if next < 0 && e == unknown {
			return 0
		}
		end := n + next
		if next < 0 {
			end = len(data)
		}
		if !s.text.continues(data[n:end]) {
			break
		}
		n = min(end+1, len(data))
	}
	if n == len(data) && e == unknown {
		return 0 // stack lines may follow
	}
	text := len(b.Data)
	b.Data = append(b.Data, data[from:n]...)
	s.emit(b, text, Span{Time: timestamp.NoTime}, data, n, e)
	return n
}

// separators returns where the white space, commas and brackets end that start at
// data[i].
func separators(data []byte, i int) (end int, closed bool) {
	for i < len(data) && (jsontext.IsSpace(data[i]) || data[i] == ',' || data[i] == ']' || data[i] == '}') {
		closed = closed || data[i] == ']'
		i++
	}
	return i, closed
}

// isSeparator reports whether text is what stands between two entries.
func isSeparator(text []byte) bool {
	n, _ := separators(text, 0)
	return n == len(text) && !bytes.ContainsAny(text, "]}")
}

// read goes on with a document.
func (s *jsonSplitter) read(b *Block, data []byte, e ending) int {
	d := &s.doc
	if !s.committed {
		d.scan(data, s.at)
		if !d.done && !d.bad && e == unknown && !d.enough() {
			return 0
		}
		if len(d.entries) == 0 {
			switch {
			case d.done:
				return s.whole(b, data, e)
			case d.bad:
				s.lose(data, false)
				return 0
			case e.last():
				return s.cutOff(b, data, e)
			}
		} else if d.entries[0].in.plain && d.told {
			// A record with a message of its own, and a list in it.
			d.flatten()
			return s.read(b, data, e)
		}
		s.commit(data)
	}
	return s.take(b, data, e)
}

// whole takes a document without entries.
func (s *jsonSplitter) whole(b *Block, data []byte, e ending) int {
	start, end := int(s.doc.start-s.at), int(s.doc.pos-s.at)
	n, closed := separators(data, end)
	if n == len(data) && e == unknown {
		return 0
	}
	own := data[start:end]
	if s.seen != nil {
		s.seen.objects++
		if s.indent < 0 || indentation(data[:start]) < start {
			s.seen.sharing += int64(n)
		} else if bytes.IndexByte(own, '\n') >= 0 {
			s.seen.spanning += int64(n)
		}
	}
	text := len(b.Data)
	switch own[0] {
	case '{':
		if path := entriesOf(own); path != "" {
			s.reading, s.inArray = false, s.inArray && !closed
			s.emitSkipped(b, Undecodable, "JSON document whose entries stand in "+path+", which is not known to hold any (otlog formats lists what is understood)", data, n, e)
			return n
		}
		b.Data = append(b.Data, own...)
	case '[':
		b.Data = appendRow(b.Data, own)
	case '"':
		b.Data = appendMessage(b.Data, own)
	}
	s.reading, s.inArray = false, s.inArray && !closed
	s.emit(b, text, Span{Time: timestamp.NoTime}, data, n, e)
	return n
}

const (
	endsWithinDocument = "the source ends within a JSON document"
	brokenJSON         = "this is no JSON: a quote or a bracket is missing, or stands where none belongs"
)

// cutOff takes a document without entries whose end is missing.
func (s *jsonSplitter) cutOff(b *Block, data []byte, e ending) int {
	own := data[s.doc.start-s.at:]
	s.reading = false
	if s.seen != nil && bytes.IndexByte(own, '\n') >= 0 {
		s.seen.spanning += int64(len(own))
	}
	if e == broken || own[0] != '{' {
		s.emitSkipped(b, Damaged, endsWithinDocument, data, len(data), e)
		return len(data)
	}
	text := len(b.Data)
	b.Data = append(b.Data, own...)
	s.emit(b, text, Span{Time: timestamp.NoTime}, data, len(data), e)
	return len(data)
}

// commit settles how the document is read: what stands around its entries, as
// far as it was looked at, says whose they are.
func (s *jsonSplitter) commit(data []byte) {
	d := &s.doc
	s.committed, s.entered = true, false
	s.outer, s.outerTime, s.silent = s.outer[:0], timestamp.NoTime, true
	if len(d.entries) == 0 {
		return // it is too long
	}
	if s.seen != nil {
		s.seen.arrange(d)
	}
	s.silent = d.entries[0].in.silent
	for _, seg := range d.segments {
		own := data[seg.start-s.at : seg.end-s.at]
		d.learn(seg.scope, own)
		if seg.scope == 0 && !isSeparator(own) {
			s.outer = append(s.outer, own...)
		}
	}
	d.segments = d.segments[:0]
	if !d.done {
		s.outer = append(s.outer, bytes.Repeat([]byte{'}'}, d.around)...)
	}
	if d.entries[0].in.timed {
		s.decoder.object(s.outer, false)
		s.outerTime = s.decoder.event.Time
	}
}

// take takes the records of a document with entries.
func (s *jsonSplitter) take(b *Block, data []byte, e ending) int {
	d := &s.doc
	for n := 0; ; {
		if b.isFull(s.limits) {
			return n
		}
		if n > 0 && e == full {
			e = unknown
		}
		data := data[n:]
		if len(d.entries)-d.next <= 1 {
			d.scan(data, s.at)
		}
		took := 0
		if x := d.first(); x != nil && x.start <= s.at {
			took = s.takeEntry(b, data, e)
		} else {
			took = s.takeOuter(b, data, e)
		}
		n += took
		if took == 0 || !s.reading || s.lost != nil {
			return n
		}
	}
}

// takeEntry takes the entry that data starts with, or goes on with it.
func (s *jsonSplitter) takeEntry(b *Block, data []byte, e ending) int {
	d := &s.doc
	x := d.first()
	span := &s.span
	*span = Span{Time: timestamp.NoTime, Session: d.sessionOf(x.scope)}
	if x.in.timed {
		span.Time = s.outerTime
	}
	switch {
	case x.end >= 0:
	case d.bad:
		s.lose(data, true)
		return 0
	case e == unknown:
		return 0
	case e == full:
		// It is longer than a record may be.
		if s.long == nil {
			s.long, s.head = &skipped{}, nil
			if x.in.head {
				var ok bool
				if s.kept, ok = x.in.convert(s.kept[:0], data, span); ok {
					head := *span
					s.head = &head
				}
			}
		}
		n := int(d.pos - s.at)
		s.long.count(data, n, e)
		s.pass(data, n)
		return n
	default: // the source ends
		n := len(data)
		s.reading = false
		switch {
		case s.long != nil:
			s.long.count(data, n, e)
			b.skip(Oversize, s.long.bytes, s.long.lines, oversize("JSON value", s.long.bytes, s.limits.record))
			s.long = nil
			s.pass(data, n)
		case e == broken || x.in.convert != nil || data[0] != '{':
			s.emitSkipped(b, Damaged, endsWithinDocument, data, n, e)
		default:
			text := len(b.Data)
			b.Data = append(b.Data, data...)
			s.emit(b, text, *span, data, n, e)
		}
		return n
	}
	end := int(x.end - s.at)
	n, _ := separators(data, end)
	if d.bad {
		n = min(n, int(d.pos-s.at))
	} else if n == len(data) && e == unknown {
		return 0
	}
	if d.done && n >= int(d.pos-s.at) {
		s.leave(data)
	}
	s.entered = true
	in := x.in
	d.drop()
	text := len(b.Data)
	if s.long == nil {
		if own := data[:end]; in.convert == nil {
			b.Data = append(b.Data, own...)
		} else {
			b.Data, _ = in.convert(b.Data, own, span)
		}
		s.emit(b, text, *span, data, n, e)
		return n
	}
	s.long.count(data, n, e)
	if s.head != nil {
		b.Data = append(b.Data, s.kept...)
		s.head.Bytes, s.head.Lines = s.long.bytes, s.long.lines
		b.add(text, *s.head)
	} else {
		b.skip(Oversize, s.long.bytes, s.long.lines, oversize("JSON value", s.long.bytes, s.limits.record))
	}
	s.long = nil
	s.pass(data, n)
	return n
}

// leave ends the document, whose end is in data.
func (s *jsonSplitter) leave(data []byte) {
	_, closed := separators(data, int(s.doc.pos-s.at))
	s.reading, s.inArray = false, s.inArray && !closed
}

// takeOuter takes what stands around the entries of a document, up to the next
// one or to the document's end.
func (s *jsonSplitter) takeOuter(b *Block, data []byte, e ending) int {
	d := &s.doc
	n := 0
	switch {
	case d.first() != nil:
		n = int(d.first().start - s.at)
	case d.done:
		if n, _ = separators(data, int(d.pos-s.at)); n == len(data) && e == unknown {
			return 0
		}
		s.leave(data)
	case d.bad:
		s.lose(data, false)
		return 0
	case e.last():
		s.reading = false
		if s.long != nil {
			s.long.count(data, len(data), e)
			b.skip(Damaged, s.long.bytes, s.long.lines, endsWithinDocument)
			s.long = nil
			s.pass(data, len(data))
			return len(data)
		}
		s.emitSkipped(b, Damaged, endsWithinDocument, data, len(data), e)
		return len(data)
	case e == full:
		if s.long == nil {
			s.long = &skipped{}
		}
		n = int(d.pos - s.at)
		s.long.count(data, n, e)
		s.pass(data, n)
		return n
	default:
		return 0
	}
	passed := 0
	for _, seg := range d.segments {
		if seg.end > s.at+int64(n) {
			break
		}
		passed++
		if seg.start >= s.at {
			d.learn(seg.scope, data[seg.start-s.at:seg.end-s.at])
		}
	}
	d.segments = append(d.segments[:0], d.segments[passed:]...)
	span := Span{Time: timestamp.NoTime, Session: d.sessionOf(0)}
	text := len(b.Data)
	if s.long != nil {
		span.Bytes, span.Lines = s.long.bytes, s.long.lines
		s.long = nil
		if !s.entered && d.first() == nil {
			s.long = &skipped{span.Bytes, span.Lines}
			s.long.count(data, n, e)
			b.skip(Oversize, s.long.bytes, s.long.lines, oversize("JSON value", s.long.bytes, s.limits.record))
			s.long = nil
			s.pass(data, n)
			return n
		}
	} else if !s.entered && !s.silent {
		b.Data = append(b.Data, s.outer...)
	}
	s.silent = true
	s.emit(b, text, span, data, n, e)
	return n
}

// lose begins to pass over what is broken.
func (s *jsonSplitter) lose(data []byte, entry bool) {
	d := &s.doc
	indent := s.indent
	start := 0
	if !entry && d.start >= s.at {
		start = int(d.start - s.at)
		if indent >= 0 {
			indent += start
		}
	}
	s.lost = &lost{entry: entry, indent: max(indent, 0), compact: bytes.IndexByte(data[start:d.pos-s.at], '\n') < 0}
	if !entry && (s.committed || len(d.entries) > 0) {
		s.lost.compact = false // an entry would be taken for a document
	}
	if s.long != nil {
		s.lost.skipped, s.long = *s.long, nil
	}
}

// resume passes over what is broken, up to what may be the next record: a line
// that is indented no further and starts an object, or, where all stands on one
// line, the next object in a list.
func (s *jsonSplitter) resume(b *Block, data []byte, e ending) int {
	l := s.lost
	n, ok := l.end(data)
	if !ok && e == unknown {
		return 0
	}
	if !ok {
		n = len(data)
		if e == full {
			n = max(n-l.tail(data), 1)
		}
	}
	l.count(data, n, e)
	s.pass(data, n)
	if !ok && !e.last() {
		return n
	}
	b.skip(Damaged, l.bytes, l.lines, brokenJSON)
	s.lost = nil
	if l.entry && ok {
		s.doc.resume(s.at)
	} else {
		s.reading = false
	}
	return n
}

// end returns where what is broken ends.
func (l *lost) end(data []byte) (n int, ok bool) {
	if l.compact {
		n := bytes.Index(data, []byte(`},{"`))
		line := bytes.IndexByte(data, '\n')
		if n >= 0 && (line < 0 || n < line) {
			return n + 2, true
		}
	}
	for from := 0; ; {
		nl := bytes.IndexByte(data[from:], '\n')
		if nl < 0 {
			return 0, false
		}
		from += nl + 1
		width := indentation(data[from:])
		if from+width < len(data) && width <= l.indent && data[from+width] == '{' {
			return from, true
		}
	}
}

// tail returns how many bytes at the end of data may be the beginning of an end.
func (l *lost) tail(data []byte) int {
	n := len(data) - 1 - bytes.LastIndexByte(data, '\n')
	if n < len(data) && n <= l.indent && indentation(data[len(data)-n:]) == n {
		return n + 1
	}
	return min(3, len(data)-1)
}
