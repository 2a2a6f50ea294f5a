package parse

import (
	"bytes"
	"fmt"
	"io"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Span is one record of a Block whose Reader has told its records apart.
type Span struct {
	Start, End int   // of its text in the block's Data; nothing if it is clean in any case
	Bytes      int64 // of the source, separators included
	Lines      int64 // line feeds in them, and the last line of a source if it has none

	// Session and Time are what the record's surroundings say, for a record that
	// says nothing itself: nil and timestamp.NoTime if they do not either.
	Session []byte
	Time    int64

	Skipped *SyntaxError // in place of its text, Bytes and Lines
}

// A splitter tells the records of a source apart that are no lines.
type splitter interface {
	// split takes records from the start of data and appends them to b. It
	// returns how many bytes it took: whole records, or what it has counted of
	// one that is skipped. If that is none, it needs more data than there is.
	//
	// What it makes of a source depends on its bytes alone, not on where data
	// ends. So it may take a record to be too long only if data is all that a
	// window holds and starts with that record; and if no data follows, it takes
	// all.
	split(b *Block, data []byte, e ending) int
}

// An ending says what is behind the data that a splitter is shown.
type ending uint8

const (
	unknown ending = iota // there may be more
	full                  // likewise, but a window holds no more than this
	sound                 // the source ends here
	broken                // the source breaks off here
)

// last reports whether no more data follows.
func (e ending) last() bool { return e >= sound }

// maxSpans is how many records a block has at most that are told apart. They may
// be very short, or have no text.
const maxSpans = 4 << 10

// splitterOf returns what tells the records of a format apart, nil if they are
// lines.
func splitterOf(f Format, l limits) splitter {
	switch f.kind {
	case byValue:
		return newJSONSplitter(f, l)
	case byRow:
		return newTableSplitter(f, l)
	case dockerLines:
		return newPieceSplitter(dockerReader, l)
	case criLines:
		return newPieceSplitter(criReader, l)
	}
	return nil
}

// nextSplit fills b with the records that the splitter tells apart.
func (r *Reader) nextSplit(b *Block) error {
	if r.split == nil {
		r.split = splitterOf(r.format, r.limits)
		r.window = make([]byte, 0, r.limits.block)
	}
	b.Offset = r.offset
	for {
		e := unknown
		switch {
		case r.err == io.EOF:
			e = sound
		case r.err != nil:
			e = broken
		case r.at == 0 && len(r.window) == r.limits.record:
			e = full
		}
		before := len(b.Records)
		n := r.split.split(b, r.window[r.at:], e)
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

// widen reads more into the window, which grows if it is full.
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

// isFull reports whether a block has records enough.
func (b *Block) isFull(l limits) bool { return len(b.Data) >= l.block || len(b.Records) >= maxSpans }

// add appends a record to the block. text is where its text starts in Data, to
// whose end it goes.
func (b *Block) add(text int, s Span) {
	s.Start, s.End = text, len(b.Data)
	if s.End > s.Start {
		b.Data = append(b.Data, '\n') // no word and no phrase goes on in the next one
	}
	b.Records = append(b.Records, s)
}

// skip appends a record that could not be read.
func (b *Block) skip(reason Reason, bytes, lines int64, cause string) {
	b.Records = append(b.Records, Span{Bytes: bytes, Lines: lines, Time: timestamp.NoTime, Skipped: &SyntaxError{Reason: reason, Cause: cause}})
}

// countLines returns how many lines end in record, which starts data. The last
// line of a source ends with it.
func countLines(data []byte, n int, e ending) int64 {
	lines := int64(bytes.Count(data[:n], lineFeed))
	if e.last() && n == len(data) && n > 0 && data[n-1] != '\n' {
		lines++
	}
	return lines
}

// A skipped record is one that is longer than what is kept of a source, as far
// as it has been counted.
type skipped struct{ bytes, lines int64 }

// count adds the first n bytes of data.
func (s *skipped) count(data []byte, n int, e ending) {
	s.bytes += int64(n)
	s.lines += countLines(data, n, e)
}

// oversize says that a record was too long.
func oversize(what string, bytes int64, limit int) string {
	return fmt.Sprintf("%s of %d bytes is longer than the limit of %d", what, bytes, limit)
}

const endsWithinLine = "the source ends within this line"

// A lineTaker takes lines for splitters whose records are made of lines. It
// skips those that are too long.
type lineTaker struct {
	limit int
	long  *skipped // the line that is being skipped
}

// take returns the first line of data with its line feed. It returns ok = false
// if it took n bytes otherwise, or none because it needs more.
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
	case e == full:
		t.long = &skipped{}
		t.long.count(data, len(data), e)
		return nil, len(data), false
	case e == sound:
		return data, len(data), true
	case e == broken:
		b.skip(Damaged, int64(len(data)), 1, endsWithinLine)
		return nil, len(data), false
	}
	return nil, 0, false
}
