package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/layout"
)

// recognizes reports whether the lines of a block of a format are compared with earlier lines. It
// forgets them where keys have another meaning.
func (d *Decoder) recognizes(f Format) bool {
	if d.walks || f.stacks || f.wraps || f.leads {
		return false
	}
	if f.roles != d.roles || d.meaning == nil {
		d.layouts.Reset()
		d.roles, d.meaning = f.roles, field.MeaningOf(f.roles)
	}
	return d.layouts.Worth()
}

// lines yields the records of a block of lines that are objects. A line that is built like an earlier
// one, and shows nothing, is not walked.
func (d *Decoder) lines(b *Block, f Finder, yield func(*Event, *SyntaxError) bool) {
	data, read, missed := b.Data, 0, 0
	defer func() { d.layouts.Weigh(read, missed) }()
	d.marked = true
	for start, end := 0, 0; start < len(data); start = end {
		var cause string
		var values []layout.Value
		if end, values = d.layouts.Read(data, start, f); end > 0 {
			read++
			d.clear()
			d.walk.begin(d, false)
			d.walk.laidOut(data, values)
			d.fill(data[start:end], false)
			d.event.Wrapped = true
		} else {
			missed++
			end = lineEnd(data, start)
			cause = d.line(b, data[start:end], start == 0 && b.Offset == 0)
		}
		if cause != "" {
			skipped := &SyntaxError{Reason: Damaged, Offset: b.Offset + int64(start), Bytes: int64(end - start), Lines: 1, Cause: cause}
			if !yield(nil, skipped) {
				return
			}
			continue
		}
		e := &d.event
		e.Offset, e.Bytes, e.Lines, e.record = b.Offset+int64(start), end-start, 1, data[start:end]
		if !yield(e, nil) {
			return
		}
	}
}

// line decodes a line, and learns from it if it shows nothing.
func (d *Decoder) line(b *Block, line []byte, first bool) (cause string) {
	record := line
	if first {
		record = bytes.TrimPrefix(record, utf8BOM)
	}
	full := nextTelemetry(record) >= 0 || d.walk.finder.Holds(record) // the faster search first
	cause = d.decode(record, b.Format, full)
	if cause == "" && !full && !d.walk.full && d.event.Wrapped {
		d.layouts.Learn(line, d.meaning, b.Format.roles != nil)
	}
	return cause
}
