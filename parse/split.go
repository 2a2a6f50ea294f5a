package parse

import (
	"bytes"
	"fmt"
	"io"

	"github.com/otlog/otlog/parse/container"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Span is one record of a Block whose format is not line-based.
type Span struct {
	Start, End int   // of its text in the block's Data; an empty text is clean in any case
	Bytes      int64 // of the source, including separators
	Lines      int64 // line feeds in these bytes, and the last line of a source if it has none

	// Session and Time are those of the document around the record, which apply if the record
	// has none of its own. They are nil and timestamp.NoTime if the document has none.
	Session []byte
	Time    int64

	Around bool // the text is the document around records, without them

	Skipped *SyntaxError // nil, or why the record has no text
}

// A splitter finds record boundaries in formats that are not line-based.
type splitter interface {
	// split takes records from the start of data and appends them to b. It returns how many
	// bytes it took: those of whole records, or of a part of a record that is skipped. It
	// returns 0 if it needs more data.
	//
	// The result must depend on the bytes of the source, and not on where data ends. So split
	// may treat a record as too long only if e is windowFull and data starts with that record; and it
	// must take all of data if no more follows.
	split(b *Block, data []byte, e ending) int
}

// An ending says what follows the data that a splitter reads.
type ending uint8

const (
	mayContinue  ending = iota // perhaps more data
	windowFull                 // perhaps more data, but the window cannot grow
	sourceEnds                 // the end of the source
	sourceBreaks               // nothing, because the source breaks off
)

// last reports whether no more data follows.
func (e ending) last() bool { return e >= sourceEnds }

// maxSpans is the largest number of spans in a block. Their records may be very short, or have
// no text.
const maxSpans = 4 << 10

// splitterOf returns the splitter of a format, nil if the format is line-based.
func splitterOf(f Format, l limits) splitter {
	switch f.kind {
	case byValue:
		return newJSONSplitter(f, l)
	case byRow:
		return newTableSplitter(f, l)
	case dockerLines:
		return newPieceSplitter(container.Docker, l)
	case criLines:
		return newPieceSplitter(container.CRI, l)
	case journalEntries:
		return &journalSplitter{l}
	}
	return nil
}

// nextSplit fills b with the records that the splitter finds.
func (r *Reader) nextSplit(b *Block) error {
	if r.split == nil {
		r.split = splitterOf(r.format, r.limits)
		r.window = make([]byte, 0, r.limits.block)
	}
	b.Offset = r.offset
	for {
		full := r.err == nil && r.at == 0 && len(r.window) == r.limits.record && !r.ends(len(r.window))
		e := mayContinue
		switch {
		case full:
			e = windowFull
		case r.err == io.EOF:
			e = sourceEnds
		case r.err != nil:
			e = sourceBreaks
		}
		before := len(b.Records)
		n := r.split.split(b, r.window[r.at:], e)
		r.note(r.window[r.at : r.at+n])
		r.at += n
		r.offset += int64(n)
		if b.isFull(r.limits) {
			return nil
		}
		if n > 0 || len(b.Records) > before {
			continue
		}
		if r.err != nil {
			if len(b.Records) > 0 {
				return nil
			}
			r.done = true
			return r.err
		}
		if r.live != nil && len(b.Records) > 0 && r.live.Pause() {
			return nil
		}
		r.widen()
	}
}

// widen reads more data into the window, and grows it if it is full.
func (r *Reader) widen() {
	rest := r.window[r.at:]
	if r.at == 0 && len(rest) == cap(r.window) {
		r.window = append(make([]byte, 0, 2*cap(r.window)), rest...)
	} else {
		r.window = append(r.window[:0], rest...)
	}
	r.at = 0
	b := Block{Data: r.window}
	r.fill(&b)
	r.window = b.Data
}

// isFull reports whether a block has enough records.
func (b *Block) isFull(l limits) bool { return len(b.Data) >= l.block || len(b.Records) >= maxSpans }

// add appends a record to the block. Its text is Data from the offset text to the end.
func (b *Block) add(text int, s Span) {
	s.Start, s.End = text, len(b.Data)
	if s.End > s.Start {
		b.Data = append(b.Data, '\n') // so that no word or phrase extends into the next record
	}
	b.Records = append(b.Records, s)
}

// skip appends a record that could not be read.
func (b *Block) skip(reason Reason, bytes, lines int64, cause string) {
	b.Records = append(b.Records, Span{Bytes: bytes, Lines: lines, Time: timestamp.NoTime, Skipped: &SyntaxError{Reason: reason, Cause: cause}})
}

// countLines returns how many lines end in the first n bytes of data. The last line of a source
// ends with the source.
func countLines(data []byte, n int, e ending) int64 {
	lines := int64(bytes.Count(data[:n], lineFeed))
	if e.last() && n == len(data) && n > 0 && data[n-1] != '\n' {
		lines++
	}
	return lines
}

// skipped counts the bytes and lines of a record that is too long to be kept.
type skipped struct{ bytes, lines int64 }

// count adds the first n bytes of data.
func (s *skipped) count(data []byte, n int, e ending) {
	s.bytes += int64(n)
	s.lines += countLines(data, n, e)
}

// oversize returns the cause for a record that was too long.
func oversize(what string, bytes int64, limit int) string {
	return fmt.Sprintf("%s of %d bytes is longer than the limit of %g MiB", what, bytes, float64(limit)/(1<<20))
}

const endsWithinLine = "the source ends within this line"

// A lineTaker takes lines, for splitters whose records consist of lines. It skips lines that
// are too long.
type lineTaker struct {
	limit int
	long  *skipped // the line that is being skipped
}

// take returns the first line of data, with its line feed, and its length. It reports false if
// it skipped n bytes, or needs more data and n is 0.
func (t *lineTaker) take(b *Block, data []byte, e ending) (line []byte, n int, ok bool) {
	n = bytes.IndexByte(data, '\n') + 1
	if t.long != nil {
		end := n
		if end == 0 {
			end = len(data)
		}
		t.long.count(data, end, e)
		if n > 0 || e.last() {
			b.skip(Oversize, t.long.bytes, t.long.lines, oversize("line", t.long.bytes, t.limit))
			t.long = nil
		}
		return nil, end, false
	}
	switch {
	case n > 0:
		return data[:n], n, true
	case len(data) == 0:
	case e == windowFull:
		t.long = &skipped{}
		t.long.count(data, len(data), e)
		return nil, len(data), false
	case e == sourceEnds:
		return data, len(data), true
	case e == sourceBreaks:
		b.skip(Damaged, int64(len(data)), 1, endsWithinLine)
		return nil, len(data), false
	}
	return nil, 0, false
}
