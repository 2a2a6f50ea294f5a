package parse

import (
	"bytes"
	"fmt"

	"github.com/otlog/otlog/parse/convert"
	"github.com/otlog/otlog/parse/document"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/timestamp"
)

// unclearCause returns why JSON is skipped that the outline has read.
func (s *jsonSplitter) unclearCause() string {
	path, errors := s.outline.Seen()
	if path == "" {
		path = "the document"
	}
	return fmt.Sprintf("JSON with errors of several records (%d texts, such as in %.100s), but no list or table of records (otlog formats lists what is supported)", errors, path)
}

// maxUnfolded is how deeply records may be nested in other records.
const maxUnfolded = 4

// isFlat reports whether an object contains neither objects, arrays, lines nor several sessions.
func isFlat(object []byte) bool {
	return bytes.Count(object, []byte{'{'})+bytes.Count(object, []byte{'['}) == 1 && !bytes.Contains(object, []byte(`\n`)) && bytes.IndexByte(object, '<') < 0 && bytes.Count(object, sessionid.Mark) < 2
}

// mostPlain is the number of documents without lists after which only those with errors or several
// session IDs are examined.
const mostPlain = 100

// findLists looks for lists of records in a document whose shape is unknown. If there are any, the
// document is read anew. It reports whether it is.
func (s *jsonSplitter) findLists(data []byte) bool {
	d := s.doc
	if s.learned {
		return false
	}
	s.learned = true
	own := data[d.Start-s.at : d.Pos-s.at]
	if len(d.Entries) > 0 {
		first := s.firstFull(data)
		if !first.In.Plain {
			return false
		}
		if !d.HasMessage && first.End >= 0 {
			entry := data[first.Start-s.at : first.End-s.at]
			lists := s.outline.Read(entry)
			isObject := entry[0] == '{' || entry[jsontext.SkipSpace(entry, 1)] == '{' // or pairs of field and value
			if isObject && len(lists) == 0 && s.outline.LooksLikeRecord() {
				return false
			}
		}
	}
	if own[0] == '"' {
		if d.Done && s.nested < maxUnfolded && s.outline.HoldsSeveral(jsontext.AppendUnescaped(nil, own[1:len(own)-1])) {
			s.whole = &document.Node{Texts: true}
		}
		return false
	}
	// Frequent cases first: an object of numbers and texts, and records without errors.
	if own[0] == '{' && d.Done && (isFlat(own) || s.plain >= mostPlain && bytes.Count(own, sessionid.Mark) < 2 && !outline.IsError(own)) {
		return false
	}
	lists := s.outline.Read(own)
	if s.seen != nil && s.seen.byLines && s.outline.Speaks() && !s.outline.Several() {
		return false
	}
	s.plain++
	if len(lists) > 0 {
		s.plain = 0
	}
	if len(lists) == 0 || s.nested == maxUnfolded {
		s.unclear = len(d.Entries) == 0 && (len(lists) > 0 || s.outline.Several() || s.outline.IsColumn())
		return false
	}
	if s.seen != nil && s.seen.byLines {
		s.seen.pages.Lists = append(s.seen.pages.Lists, lists...)
	}
	root := document.Learned(lists, s.keys)
	if root.Value {
		s.whole = root
		return false
	}
	d.Begin(d.Start, own[0], root)
	s.unclear = true // until an entry is found
	return true
}

// firstFull returns the first entry of a document that is more than brackets, the first of all if
// there is none.
func (s *jsonSplitter) firstFull(data []byte) *document.Entry {
	d := s.doc
	for i := range d.Entries {
		if x := &d.Entries[i]; x.End < 0 || len(bytes.Trim(data[x.Start-s.at:x.End-s.at], "[]{} \t\r\n")) > 0 {
			return x
		}
	}
	return &d.Entries[0]
}

// place appends the records in an entry, which is in the first n bytes of data.
func (s *jsonSplitter) place(b *Block, in *document.Node, own []byte, span *Span, data []byte, n int, e ending) {
	text, first := len(b.Data), len(b.Records)
	if span.Session != nil && (in.Learned || in.Plain) && s.keys.Session(own) != nil {
		span.Session = nil // what an unknown format says around an entry is less sure
	}
	switch {
	case own[0] == '"':
		s.unescaped = jsontext.AppendUnescaped(s.unescaped[:0], own[1:len(own)-1])
		if s.nested < maxUnfolded && s.outline.HoldsSeveral(s.unescaped) {
			s.unfold(b, outline.Lines(s.unescaped), *span)
		} else {
			b.Data = append(b.Data, s.unescaped...)
		}
	case in.Columns != nil:
		rows, ends, ok := in.Columns.AppendColumns(b.Data, own, s.limits.record)
		if !ok {
			s.emitSkipped(b, Undecodable, fmt.Sprintf("table by columns in %d bytes of JSON: columns differ in length, or it has more than %d cells or %d bytes (export fewer rows at a time, or row by row)", len(own), convert.MaxCells, s.limits.record), data, n, e)
			return
		}
		start := text
		for _, end := range ends {
			b.Data = rows[:end]
			b.add(start, *span)
			start = end + 1
		}
	case in.Learned && in.Convert != nil && bytes.Count(own, []byte{'{'}) > 2 && s.holdsLists(own):
		s.unfold(b, own, *span)
	case in.Convert != nil && !(in.Plain && own[0] == '{'):
		b.Data, _ = in.Convert(b.Data, own, &span.Time)
	case own[0] == '{' && !s.secret && (in.Name == "" || mayHoldRecords(own, in.Learned)):
		lists := s.outline.Read(own)
		switch {
		case len(lists) > 0 && s.nested < maxUnfolded:
			s.unfold(b, own, *span)
		case len(lists) > 0 || s.outline.Several():
			s.emitSkipped(b, Undecodable, s.unclearCause(), data, n, e)
			return
		default:
			b.Data = append(b.Data, own...)
		}
	default:
		b.Data = append(b.Data, own...)
	}
	if len(b.Records) == first {
		s.emit(b, text, *span, data, n, e)
		return
	}
	s.account(b, first, data, n, e)
}

// holdsLists reports whether an entry contains several records, and may be unfolded.
func (s *jsonSplitter) holdsLists(own []byte) bool {
	return s.nested < maxUnfolded && len(s.outline.Read(own)) > 0
}

// mayHoldRecords reports whether an entry may contain records: of an unknown format, or with
// errors.
func mayHoldRecords(own []byte, unknown bool) bool {
	if bytes.Count(own, []byte{'{'})+bytes.Count(own, []byte{'['}) < 4 && !bytes.Contains(own, []byte(`\n`)) {
		return false
	}
	return unknown || outline.IsError(own)
}

// placeOuter appends what a document says outside its entries, which is in the first n bytes of
// data.
func (s *jsonSplitter) placeOuter(b *Block, span *Span, data []byte, n int, e ending) {
	if s.doc.Unknown() {
		if s.complete {
			span.Session = nil // that of the entries; the text states its own
			s.place(b, &document.Node{}, s.outer, span, data, n, e)
			return
		}
		if s.outline.Read(s.outer); s.outline.Several() {
			s.emitSkipped(b, Undecodable, s.unclearCause(), data, n, e)
			return
		}
	}
	text := len(b.Data)
	b.Data = append(b.Data, s.outer...)
	s.emit(b, text, *span, data, n, e)
}

// placeBetween appends what a document of an unknown format says between two entries, with evidence of an
// error: segments of the first n bytes of data. It reports whether there is any.
func (s *jsonSplitter) placeBetween(b *Block, segments []document.Segment, data []byte, n int, e ending) bool {
	first := len(b.Records)
	for _, seg := range segments {
		if !s.isEvidence(seg, data) {
			continue
		}
		own := data[max(seg.Start-s.at, 0) : seg.End-s.at]
		span := Span{Time: timestamp.NoTime, Session: s.doc.SessionOf(seg.Scope)}
		s.unescaped = convert.AppendMended(s.unescaped[:0], own)
		switch lists := s.outline.Read(s.unescaped); {
		case len(lists) > 0 && s.nested < maxUnfolded:
			s.unfold(b, s.unescaped, span)
		case s.outline.Several():
			b.skip(Undecodable, 0, 0, s.unclearCause())
		default:
			text := len(b.Data)
			b.Data = append(b.Data, s.unescaped...)
			b.add(text, span)
		}
	}
	if len(b.Records) == first {
		return false
	}
	s.account(b, first, data, n, e)
	return true
}

// isEvidence reports whether a segment of a document of an unknown format contains evidence of an error that is
// not in s.outer.
func (s *jsonSplitter) isEvidence(seg document.Segment, data []byte) bool {
	if !s.doc.Unknown() || seg.End <= s.at || seg.Scope == 0 && seg.Start < s.outerEnd {
		return false
	}
	own := data[max(seg.Start-s.at, 0) : seg.End-s.at] // the entry before it includes the brackets after it
	return !isSeparator(own) && outline.IsError(own)
}

// account divides the first n bytes of data among the records from an index on.
func (s *jsonSplitter) account(b *Block, first int, data []byte, n int, e ending) {
	divide(b.Records[first:], int64(n), countLines(data, n, e))
	s.pass(data, n)
}

// unfold appends the records in a text that is inside a record.
func (s *jsonSplitter) unfold(b *Block, text []byte, outer Span) {
	inner := newJSONSplitter(Format{plainArrays: true, roles: s.keys.Roles, named: s.keys.Named}, s.limits)
	inner.nested = s.nested + 1
	var block Block
	for at := 0; at < len(text) || inner.pending(); {
		block.Data, block.Records = block.Data[:0], block.Records[:0]
		n := inner.split(&block, text[at:], sourceEnds)
		at += n
		for _, x := range block.Records {
			start := len(b.Data)
			b.Data = append(b.Data, block.Data[x.Start:x.End]...)
			if x.Session == nil && s.keys.Session(b.Data[start:]) == nil {
				x.Session = outer.Session
			}
			if x.Time == timestamp.NoTime {
				x.Time = outer.Time
			}
			b.add(start, x)
		}
		if n == 0 && len(block.Records) == 0 { // it cannot be read
			b.skip(Damaged, 0, 0, brokenJSON)
			break
		}
	}
}
