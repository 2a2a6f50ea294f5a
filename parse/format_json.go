package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/convert"
	"github.com/otlog/otlog/parse/document"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/keys"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/timestamp"
)

// A jsonSplitter finds the records of JSON in any layout: arrays of any length, objects on
// several lines, or several on one line. If a document has its entries in a known array
// (package document), each entry is a record, and so is each part of the document between them. Lines
// that are not JSON are read as text.
//
// It keeps only as much of the source as may be one record, whatever the length of an array.
// The bytes between two records belong to the first one.
type jsonSplitter struct {
	limits    limits
	root      *document.Node // of the keys of a document
	secret    bool           // nothing but the entries of known arrays is read
	nested    int            // in how many other records the source is nested
	at        int64          // offset of the first byte of data
	indent    int            // of that byte, -1 if another byte precedes it on its line
	inArray   bool           // at the top level
	doc       *document.Document
	keys      keys.Keys
	outline   *outline.Reader
	learned   bool           // doc has been outlined, if there is reason to
	plain     int            // documents without lists since the last one with lists
	unclear   bool           // doc contains several records, but no list of them
	whole     *document.Node // how doc is read if it is an entry as a whole, nil if it is not
	top       *convert.Table // the rows in the array at the top level
	reading   bool           // within doc
	complete  bool           // all of doc had been scanned when it was committed
	committed bool           // it is decided how doc is read, and its records are being taken
	decoder   *Decoder       // of outer; nil until there is one
	unescaped []byte
	outer     []byte   // doc without its entries, as far as it has been scanned
	outerEnd  int64    // where outer ends in the source
	outerTime int64    // the time in outer
	silent    bool     // the parts between entries are clean in any case
	entered   bool     // an entry has been taken
	span      Span     // of the current entry
	long      *skipped // a record that is longer than the limit
	head      *Span    // the record made of the first bytes of long, whose text is kept; nil if there is none
	kept      []byte
	lost      *lost        // an invalid record that is being skipped
	lines     lineTaker    // for text
	text      Format       // likewise
	seen      *sampleStats // nil unless the format is being detected
}

// sampleStats are what a splitter finds in a sample.
type sampleStats struct {
	shape    string // format of the first document with entries, "" if there is none
	byLines  bool   // the sample seems to have one record per line
	arranged int    // documents with entries
	within   int64  // bytes of these, as far as they have been scanned
	objects  int    // documents without entries, which are records
	sharing  int64  // bytes of objects that start after another byte on their line
	spanning int64  // bytes of other objects that are on several lines
	pages    document.Pages
}

// arrange counts a document that has an entry.
func (s *sampleStats) arrange(d *document.Document) {
	s.arranged++
	s.within += d.Pos - d.Start
	if s.shape == "" {
		s.shape = "json"
		if len(d.Entries) > 0 {
			s.shape = d.Entries[0].In.Name
		}
	}
	if len(d.Entries) > 0 && !d.Entries[0].In.Learned {
		s.pages.Known = d.Entries[0].In
	}
}

// lost is an invalid record that is being skipped.
type lost struct {
	skipped
	entry   bool // it is an entry of a document
	indent  int  // of its first byte
	compact bool // its valid part is on one line
}

func newJSONSplitter(f Format, l limits) *jsonSplitter {
	s := &jsonSplitter{limits: l, root: document.NamedArrays, lines: lineTaker{limit: l.record}, text: Format{stacks: true}, secret: f.Name == "har", keys: keys.Keys{Roles: f.roles, Named: f.named}}
	s.outline, s.doc = outline.NewReader(s.keys), document.New(s.keys)
	if f.plainArrays {
		s.root = document.AllArrays
	}
	return s
}

// split implements splitter.
func (s *jsonSplitter) split(b *Block, data []byte, e ending) int {
	n := 0
	for !b.isFull(s.limits) && (n < len(data) || e.last() && s.pending()) {
		if n > 0 && e == windowFull {
			e = mayContinue
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

// pending reports whether bytes have been taken that belong to no record yet.
func (s *jsonSplitter) pending() bool {
	return s.reading || s.long != nil || s.lost != nil || s.lines.long != nil
}

// pass moves past the first n bytes.
func (s *jsonSplitter) pass(data []byte, n int) {
	s.at += int64(n)
	passed := data[:n]
	// Frequent cases first: a line feed is among the last bytes, or there is none.
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

// emit appends the record that consists of the first n bytes of data.
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

// begin reads at the top level: the start of a document, or text.
func (s *jsonSplitter) begin(b *Block, data []byte, e ending) int {
	i, inArray, above, enough := s.lead(data)
	if !enough && e == mayContinue {
		return 0
	}
	if i == len(data) {
		s.inArray = inArray
		s.emit(b, len(b.Data), Span{Time: timestamp.NoTime}, data, i, e)
		return i
	}
	if nl := bytes.LastIndexByte(data[:i], '\n'); nl >= 0 {
		s.inArray = above
		s.emit(b, len(b.Data), Span{Time: timestamp.NoTime}, data, nl+1, e)
		return nl + 1
	}
	isText := true
	switch c := data[i]; {
	case c == '{':
		opens, enough := opensDocument(data[i:])
		if !opens && !enough && e == mayContinue {
			return 0
		}
		isText = !opens
	case (c == '[' || c == '"') && inArray:
		isText = false
	case c == '"' && s.lines.long == nil:
		opens, enough := opensQuoted(data[i:])
		if !opens && !enough && e == mayContinue {
			return 0
		}
		isText = !opens
	}
	if isText {
		n := s.takeText(b, data, i, e)
		if n > 0 {
			s.inArray = inArray
		}
		return n
	}
	if !s.inArray || s.top == nil {
		s.top = convert.NewTable(s.keys)
	}
	s.inArray = inArray
	s.doc.Begin(s.at+int64(i), data[i], s.root)
	s.reading, s.committed, s.learned, s.unclear, s.whole = true, false, s.secret, false, nil
	return s.read(b, data, e)
}

// opensQuoted reports whether data starts with a JSON string that contains lines or a document.
// If not, enough says whether data is long enough to decide.
func opensQuoted(data []byte) (opens, enough bool) {
	line, _, whole := bytes.Cut(data, lineFeed)
	end, escaped := jsontext.StringEnd(line, 1)
	if end < 0 || !escaped {
		return false, whole || end >= 0
	}
	return isBlank(line[end+1:]) || line[end+1] == ',' || line[end+1] == ']', true
}

// opensDocument reports whether data starts like a JSON object. If not, enough says whether
// data is long enough to decide.
func opensDocument(data []byte) (opens, enough bool) {
	i := jsontext.SkipSpace(data, 1)
	if i == len(data) {
		return false, false
	}
	return data[i] == '"' || data[i] == '}', true
}

// lead returns where the first record starts, after white space, commas, and brackets of arrays
// at the top level. inArray says whether it is in an array, and above says that of the line on which it
// starts. enough says whether data is long enough to decide.
func (s *jsonSplitter) lead(data []byte) (i int, inArray, above, enough bool) {
	inArray, above = s.inArray, s.inArray
	for i < len(data) {
		switch c := data[i]; {
		case c == '\n':
			above = inArray
			i++
		case jsontext.IsSpace(c) || c == ',' || c == '}' || c == 0x1e: // 0x1e: JSON text sequences
			i++
		case c == ']':
			inArray = false
			i++
		case c == utf8BOM[0] && len(data)-i < len(utf8BOM): // perhaps a byte order mark
			return i, inArray, above, false
		case c == utf8BOM[0] && bytes.HasPrefix(data[i:], utf8BOM):
			i += len(utf8BOM)
		case c == '[' && !inArray:
			next := jsontext.SkipSpace(data, i+1)
			if next == len(data) {
				return i, inArray, above, false
			}
			if bytes.IndexByte([]byte(`{["]`), data[next]) < 0 && !bytes.HasPrefix(data[next:], null) || data[next] == '{' && !opensObjectOrEnds(data[next:]) {
				return i, inArray, above, true // text, such as [info]
			}
			inArray = true
			i++
		case inArray && (isWord(c) || c == '-' || c == '.' || c == '+'): // numbers, null
			i++
		default:
			return i, inArray, above, true
		}
	}
	return i, inArray, above, false
}

var null = []byte("null")

func opensObjectOrEnds(data []byte) bool {
	opens, enough := opensDocument(data)
	return opens || !enough
}

// takeText takes the line at data[from], and the stack lines after it.
func (s *jsonSplitter) takeText(b *Block, data []byte, from int, e ending) int {
	line, n, ok := s.lines.take(b, data, e)
	if !ok {
		s.pass(data, n)
		return n
	}
	for isText := !isBlank(line); isText && n < len(data); {
		next := bytes.IndexByte(data[n:], '\n')
		if next < 0 && (e == windowFull || e == sourceBreaks) {
			break // the next line is another record
		}
		if next < 0 && e == mayContinue {
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
	if n == len(data) && e == mayContinue {
		return 0 // stack lines may follow
	}
	text := len(b.Data)
	b.Data = append(b.Data, data[from:n]...)
	s.emit(b, text, Span{Time: timestamp.NoTime}, data, n, e)
	return n
}

// separators returns where the white space, commas and brackets at data[i] end. closed says
// whether one of them closes an array.
func separators(data []byte, i int) (end int, closed bool) {
	for i < len(data) && (jsontext.IsSpace(data[i]) || data[i] == ',' || data[i] == ']' || data[i] == '}') {
		closed = closed || data[i] == ']'
		i++
	}
	return i, closed
}

// isSeparator reports whether text is only the separator between two entries.
func isSeparator(text []byte) bool {
	n, _ := separators(text, 0)
	return n == len(text) && !bytes.ContainsAny(text, "]}")
}

// read continues with a document.
func (s *jsonSplitter) read(b *Block, data []byte, e ending) int {
	d := s.doc
	if !s.committed {
		d.Scan(data, s.at)
		if !d.Done && !d.Bad && e == mayContinue && !d.Enough() {
			return 0
		}
		if s.findLists(data) {
			return s.read(b, data, e)
		}
		if len(d.Entries) == 0 {
			switch {
			case d.Done:
				return s.takeWhole(b, data, e)
			case d.Bad:
				s.lose(data, false)
				return 0
			case e.last():
				return s.cutOff(b, data, e)
			}
		} else if d.Entries[0].In.Plain && d.HasMessage {
			// It is a record with a message of its own, and contains a list.
			d.Flatten()
			return s.read(b, data, e)
		}
		s.commit(data)
	}
	return s.take(b, data, e)
}

// takeWhole takes a document without entries.
func (s *jsonSplitter) takeWhole(b *Block, data []byte, e ending) int {
	start, end := int(s.doc.Start-s.at), int(s.doc.Pos-s.at)
	n, closed := separators(data, end)
	if n == len(data) && e == mayContinue {
		return 0
	}
	own := data[start:end]
	s.reading, s.inArray = false, s.inArray && !closed
	if s.seen != nil {
		s.see(data, start, n, own)
	}
	span := &s.span
	*span = Span{Time: timestamp.NoTime}
	text := len(b.Data)
	switch {
	case s.unclear:
		s.emitSkipped(b, Undecodable, s.unclearCause(), data, n, e)
		return n
	case s.whole != nil:
		s.place(b, s.whole, own, span, data, n, e)
		return n
	case own[0] == '{':
		b.Data = append(b.Data, own...)
	case own[0] == '[' && (s.outline.IsRow() || s.top.IsHeader(own)):
		b.Data, _ = s.top.Row(b.Data, own, &span.Time)
	case own[0] == '[':
		b.Data = convert.AppendRow(b.Data, own)
	case own[0] == '"':
		s.unescaped = jsontext.AppendUnescaped(s.unescaped[:0], own[1:len(own)-1])
		if s.outline.CountLines(s.unescaped, 1) > 0 {
			b.Data = append(b.Data, s.unescaped...) // a line of a log
		} else {
			b.Data = convert.AppendMessage(b.Data, own)
		}
	}
	s.emit(b, text, *span, data, n, e)
	return n
}

// see notes a document without entries, in the first n bytes of data.
func (s *jsonSplitter) see(data []byte, start, n int, own []byte) {
	switch {
	case s.whole != nil, s.unclear && !s.seen.byLines:
		s.seen.arrange(s.doc)
		s.seen.pages.Check(s.doc, own, s.keys)
		return
	case s.indent < 0 || indentation(data[:start]) < start:
		s.seen.sharing += int64(n)
	case bytes.IndexByte(own, '\n') >= 0:
		s.seen.spanning += int64(n)
	}
	s.seen.objects++
	if s.seen.byLines {
		s.seen.pages.Note(own, s.doc.Empty)
	}
}

const (
	endsWithinDocument = "the source ends within a JSON document"
	brokenJSON         = "invalid JSON: a quote or bracket is missing or misplaced"
)

// cutOff takes a document without entries and without its end.
func (s *jsonSplitter) cutOff(b *Block, data []byte, e ending) int {
	own := data[s.doc.Start-s.at:]
	s.reading = false
	if s.seen != nil && bytes.IndexByte(own, '\n') >= 0 {
		s.seen.spanning += int64(len(own))
	}
	if e == sourceBreaks || own[0] != '{' {
		s.emitSkipped(b, Damaged, endsWithinDocument, data, len(data), e)
		return len(data)
	}
	s.addCut(b, own, Span{Time: timestamp.NoTime}, data, e)
	return len(data)
}

// addCut appends an object without its end, with which the source ends. What it says may be an
// error, but part of the source is missing.
func (s *jsonSplitter) addCut(b *Block, object []byte, x Span, data []byte, e ending) {
	text, first := len(b.Data), len(b.Records)
	b.Data = append(b.Data, object...)
	b.add(text, x)
	b.skip(Damaged, 0, 0, endsWithinDocument)
	s.account(b, first, data, len(data), e)
}

// commit decides how the document is read: it looks for a session and a time around the
// entries, as far as the document has been scanned.
func (s *jsonSplitter) commit(data []byte) {
	d := s.doc
	s.committed, s.entered = true, false
	s.outer, s.outerTime, s.silent = s.outer[:0], timestamp.NoTime, true
	if len(d.Entries) == 0 {
		return // the document is too long
	}
	if s.seen != nil {
		s.seen.arrange(d)
		s.seen.pages.Check(d, data[d.Start-s.at:d.Pos-s.at], s.keys)
	}
	s.complete, d.In = d.Done, d.Entries[0].In
	s.silent = d.In.Silent
	if first := d.Entries[0]; first.End > first.Start {
		s.silent = s.silent || field.IsInspectorEvent(data[first.Start-s.at:first.End-s.at])
	}
	for _, seg := range d.Segments {
		own := data[seg.Start-s.at : seg.End-s.at]
		d.Learn(seg.Scope, own)
		if seg.Scope == 0 && !isSeparator(own) {
			s.outer = append(s.outer, own...)
		}
	}
	if s.outerEnd = d.Pos; !d.In.Learned {
		d.Segments = d.Segments[:0]
	}
	if !d.Done {
		s.outer = append(s.outer, bytes.Repeat([]byte{'}'}, d.Around)...)
	}
	if d.Entries[0].In.Timed {
		if s.decoder == nil {
			s.decoder = &Decoder{}
		}
		s.decoder.walk.roles = s.keys.Roles
		s.decoder.object(s.outer, false)
		s.outerTime = s.decoder.event.Time
	}
}

// take takes the records of a document with entries.
func (s *jsonSplitter) take(b *Block, data []byte, e ending) int {
	d := s.doc
	for n := 0; ; {
		if b.isFull(s.limits) {
			return n
		}
		if n > 0 && e == windowFull {
			e = mayContinue
		}
		data := data[n:]
		if d.Left() <= 1 {
			d.Scan(data, s.at)
		}
		took := 0
		if x := d.First(); x != nil && x.Start <= s.at {
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

// takeEntry takes the entry at the start of data, or continues with it.
func (s *jsonSplitter) takeEntry(b *Block, data []byte, e ending) int {
	d := s.doc
	x := d.First()
	span := &s.span
	*span = Span{Time: timestamp.NoTime, Session: d.SessionOf(x.Scope)}
	if x.In.Timed {
		span.Time = s.outerTime
	}
	switch {
	case x.End >= 0:
	case d.Bad:
		s.lose(data, true)
		return 0
	case e == mayContinue:
		return 0
	case e == windowFull:
		// It is longer than the limit.
		if s.long == nil {
			s.long, s.head = &skipped{}, nil
			if x.In.Head {
				var ok bool
				if s.kept, ok = x.In.Convert(s.kept[:0], data, &span.Time); ok {
					head := *span
					s.head = &head
				}
			}
		}
		n := int(d.Pos - s.at)
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
		case e == sourceBreaks || x.In.Convert != nil || x.In.Columns != nil || data[0] != '{':
			s.emitSkipped(b, Damaged, endsWithinDocument, data, n, e)
		default:
			s.addCut(b, data, *span, data, e)
		}
		return n
	}
	end := int(x.End - s.at)
	n, _ := separators(data, end)
	if d.Bad {
		n = min(n, int(d.Pos-s.at))
	} else if n == len(data) && e == mayContinue {
		return 0
	}
	if d.Done && n >= int(d.Pos-s.at) {
		s.leave(data)
	}
	s.entered = true
	in := x.In
	d.Drop()
	if s.long == nil {
		s.place(b, in, data[:end], span, data, n, e)
		return n
	}
	text := len(b.Data)
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
	_, closed := separators(data, int(s.doc.Pos-s.at))
	s.reading, s.inArray = false, s.inArray && !closed
}

// takeOuter takes the part of a document up to the next entry or to the end of the document.
func (s *jsonSplitter) takeOuter(b *Block, data []byte, e ending) int {
	d := s.doc
	n := 0
	switch {
	case d.First() != nil:
		n = int(d.First().Start - s.at)
	case d.Done:
		if n, _ = separators(data, int(d.Pos-s.at)); n == len(data) && e == mayContinue {
			return 0
		}
		s.leave(data)
	case d.Bad:
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
	case e == windowFull:
		if s.long == nil {
			s.long = &skipped{}
		}
		n = int(d.Pos - s.at)
		s.long.count(data, n, e)
		s.pass(data, n)
		return n
	default:
		return 0
	}
	passed := 0
	for _, seg := range d.Segments {
		if seg.End > s.at+int64(n) {
			break
		}
		if !s.silent && s.long == nil && passed > 0 && s.isEvidence(seg, data) {
			n = int(seg.Start - s.at) // a record of its own
			break
		}
		passed++
		if seg.Start >= s.at {
			d.Learn(seg.Scope, data[seg.Start-s.at:seg.End-s.at])
		}
	}
	between := s.long == nil && (s.entered || s.silent) && s.placeBetween(b, d.Segments[:passed], data, n, e)
	d.Segments = append(d.Segments[:0], d.Segments[passed:]...)
	if between {
		return n
	}
	span := Span{Time: timestamp.NoTime, Session: d.SessionOf(0)}
	text := len(b.Data)
	if s.long != nil {
		span.Bytes, span.Lines = s.long.bytes, s.long.lines
		s.long = nil
		if !s.entered && d.First() == nil {
			s.long = &skipped{span.Bytes, span.Lines}
			s.long.count(data, n, e)
			b.skip(Oversize, s.long.bytes, s.long.lines, oversize("JSON value", s.long.bytes, s.limits.record))
			s.long = nil
			s.pass(data, n)
			return n
		}
	} else if !s.entered && !s.silent {
		s.silent, span.Around = true, true
		s.span = span
		s.placeOuter(b, &s.span, data, n, e)
		return n
	}
	s.silent = true
	s.emit(b, text, span, data, n, e)
	return n
}

// lose starts to skip an invalid record.
func (s *jsonSplitter) lose(data []byte, entry bool) {
	d := s.doc
	indent := s.indent
	start := 0
	if !entry && d.Start >= s.at {
		start = int(d.Start - s.at)
		if indent >= 0 {
			indent += start
		}
	}
	s.lost = &lost{entry: entry, indent: max(indent, 0), compact: bytes.IndexByte(data[start:d.Pos-s.at], '\n') < 0}
	if !entry && (s.committed || len(d.Entries) > 0) {
		s.lost.compact = false // an entry would be read as a document
	}
	if s.long != nil {
		s.lost.skipped, s.long = *s.long, nil
	}
}

// resume skips an invalid record, up to the next place where a record may start: a line that
// starts an object and is not indented further, or, if everything is on one line, the next
// object in a list.
func (s *jsonSplitter) resume(b *Block, data []byte, e ending) int {
	l := s.lost
	n, ok := l.end(data)
	if !ok && e == mayContinue {
		return 0
	}
	if !ok {
		n = len(data)
		if e == windowFull {
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
		s.doc.Resume(s.at)
	} else {
		s.reading = false
	}
	return n
}

// end returns where the invalid record ends.
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

// tail returns how many bytes at the end of data may be the start of what ends the invalid
// record.
func (l *lost) tail(data []byte) int {
	n := len(data) - 1 - bytes.LastIndexByte(data, '\n')
	if n < len(data) && n <= l.indent && indentation(data[len(data)-n:]) == n {
		return n + 1
	}
	return min(3, len(data)-1)
}
