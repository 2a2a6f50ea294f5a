package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/layout"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/sighting"
)

// recognizes reports whether the lines of a block of a format are compared with earlier lines. It
// forgets them where keys have another meaning.
func (d *Decoder) recognizes(f Format) bool {
	if d.walks || f.stacks || f.wraps || f.leads {
		return false
	}
	if f.roles != d.roles || d.meaning == nil {
		d.layouts.Reset()
		if d.Sightings != nil {
			d.Sightings.Forget()
		}
		d.roles, d.meaning = f.roles, field.MeaningOf(f.roles)
	}
	return d.layouts.Worth()
}

// lines yields the records of a block of lines that are objects. A line that is built like an earlier
// one, and shows nothing, is not walked. If it is also of the same session, connection and client as an
// earlier one, it is only a sighting.
func (d *Decoder) lines(b *Block, f Finder, yield func(*Event, *SyntaxError) bool) {
	data, read, missed := b.Data, 0, 0
	defer func() { d.layouts.Weigh(read, missed) }()
	d.marked = true
	for start, end := 0, 0; start < len(data); start = end {
		var cause string
		var stated *sighting.Stated
		var values []layout.Value
		end, values = d.layouts.Read(data, start, f)
		if end > 0 && d.Sightings != nil && !d.layouts.Posted() {
			var seen bool
			if stated, seen = d.Sightings.See(data, start, end, values, &d.clock, d.states()); seen {
				read++
				continue
			}
		}
		if end > 0 && d.laidOut(data[start:end], data, values) {
			read++
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
		if stated != nil && (d.stated || sessionid.NextMark(e.record) < 0) {
			d.Sightings.Meet(stated, sighting.IDs{Session: e.Session, Client: e.Client, ConnectionID: e.ConnectionID}, !d.stated)
		}
	}
}

// laidOut puts a line that was recognized into d.event. It reports false if it must be decoded.
func (d *Decoder) laidOut(line, data []byte, values []layout.Value) bool {
	w, posted := &d.walk, d.layouts.Posted()
	if posted && d.Sightings == nil {
		return false // what it says matters
	}
	d.clear()
	w.begin(d, posted)
	w.laidOut(data, values, posted)
	if posted && (w.name != nil || w.native || !d.telemetry.uneventful()) {
		return false
	}
	d.fill(line, posted)
	d.event.Wrapped = d.event.Telemetry == nil
	return posted != d.event.Wrapped
}

// states returns which values may state a level that matters.
func (d *Decoder) states() sighting.Levels {
	switch {
	case d.SkipLevels:
		return sighting.Nowhere
	case d.levelless:
		return sighting.InFields
	}
	return sighting.InMessages
}

// line decodes a line, and learns from it if it shows nothing.
func (d *Decoder) line(b *Block, line []byte, first bool) (cause string) {
	record := line
	if first {
		record = bytes.TrimPrefix(record, utf8BOM)
	}
	w := &d.walk
	full := nextTelemetry(record) >= 0 || w.finder.Holds(record) // the faster search first
	cause = d.decode(record, b.Format, full)
	posted := d.event.Telemetry != nil && !w.coded && w.clientTime && w.deepest == 0 && !w.finder.Holds(record)
	if cause == "" && (posted || !full && !w.full && d.event.Wrapped) {
		d.layouts.Learn(line, d.meaning, b.Format.roles != nil)
	}
	return cause
}
