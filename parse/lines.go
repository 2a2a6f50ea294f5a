package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/layout"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/timestamp"
)

// recognizes reports whether the records of a block of a format are compared with earlier ones. It
// forgets these where keys have another meaning.
func (d *Decoder) recognizes(f Format) bool {
	if d.walks || f.stacks || f.wraps {
		return false
	}
	if f.roles != d.roles || f.leads != d.rules.Leads || d.rules.Means == nil {
		d.layouts.Reset()
		if d.Sightings != nil {
			d.Sightings.Forget()
		}
		d.roles, d.rules = f.roles, layout.Rules{Means: field.MeaningOf(f.roles), ByPath: f.roles != nil, Leads: f.leads}
	}
	d.source = sighting.Source{Clock: &d.clock, Sessions: &d.sessions, Leads: f.leads}
	return d.layouts.Worth()
}

// A recognition is what became of a record that was compared with earlier ones.
type recognition uint8

const (
	unknown recognition = iota // it must be walked
	event                      // d.event contains it
	seen                       // it is a sighting
)

// lines yields the records of a block of lines that are objects. A line that is built like an earlier
// one, and shows nothing, is not walked. If it is also of the same session, connection and client as an
// earlier one, it is only a sighting.
func (d *Decoder) lines(b *Block, f Finder, yield func(*Event, *SyntaxError) bool) {
	data := b.Data
	defer d.weigh()
	d.marked = true
	line := &d.matched
	*line = sighting.Line{Data: data, Before: timestamp.NoTime, Lines: 1}
	for start := 0; start < len(data); start = line.End {
		var cause string
		line.Start, line.End = start, 0
		d.tried++
		is, stated := d.recognize(line, true, f)
		if is == seen {
			continue
		}
		if is == unknown {
			line.End = lineEnd(data, start)
			record := data[start:line.End]
			if start == 0 && b.Offset == 0 {
				record = bytes.TrimPrefix(record, utf8BOM)
			}
			cause = d.line(b, record, 0)
		}
		if cause != "" {
			skipped := &SyntaxError{Reason: Damaged, Offset: b.Offset + int64(start), Bytes: int64(line.End - start), Lines: 1, Cause: cause}
			if !yield(nil, skipped) {
				return
			}
			continue
		}
		e := &d.event
		e.Offset, e.Bytes, e.Lines, e.Raw = b.Offset+int64(start), line.End-start, 1, data[start:line.End]
		if !d.emit(stated, yield) {
			return
		}
	}
}

// recognize recognizes the line that starts at l.Start. It ends at l.End, or there and a line feed, unless
// that is 0: then recognize finds its end. sees says that the line may be a sighting; if it is none, the
// Stated is what can be learned from its event.
func (d *Decoder) recognize(l *sighting.Line, sees bool, f Finder) (recognition, *sighting.Stated) {
	end, values := d.layouts.Read(l.Data, l.Start, f)
	switch {
	case end < 0 || l.End > 0 && end != l.End && end != l.End+1:
		return unknown, nil
	case l.End == 0:
		l.End, l.Bytes = end, end-l.Start
	}
	var stated *sighting.Stated
	if l.Values = values; sees && d.Sightings != nil && !d.layouts.Posted() {
		var is bool
		d.source.Levels = d.states() // the caller may have seen enough levels
		if stated, is = d.Sightings.See(l, &d.source); is {
			d.known++
			return seen, nil
		}
	}
	if !d.laidOut(l) {
		return unknown, nil
	}
	d.known++
	return event, stated
}

// weigh notes at the end of a block how many of its records were recognized.
func (d *Decoder) weigh() {
	d.layouts.Weigh(d.known, d.tried-d.known)
	d.known, d.tried = 0, 0
}

// laidOut puts a line that was recognized into d.event. It reports false if it must be decoded.
func (d *Decoder) laidOut(l *sighting.Line) bool {
	w, posted := &d.walk, d.layouts.Posted()
	if posted && d.Sightings == nil {
		return false // what it says matters
	}
	d.clear()
	w.begin(d, posted)
	if w.leads {
		w.lead = sighting.Lead(&d.clock, l.Data, l.Values)
	}
	w.laidOut(l.Data, l.Values, posted)
	if posted && (w.name != nil || w.native || !d.telemetry.uneventful()) {
		return false
	}
	d.fill(l.Data[l.Start:l.End], posted)
	if d.event.Time == timestamp.NoTime {
		d.event.Time = l.Before
	}
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

// line decodes a record, and learns from its object, which starts at an offset, if it shows nothing. A line
// feed ends the record.
func (d *Decoder) line(b *Block, record []byte, object int) (cause string) {
	w := &d.walk
	full := nextTelemetry(record) >= 0 || w.finder.Holds(record) // the faster search first
	cause = d.decode(record, b.Format, full)
	posted := d.event.Telemetry != nil && !w.coded && w.clientTime && w.deepest == 0 && !w.finder.Holds(record)
	if cause == "" && !b.Format.named && !d.event.Several && (posted || !full && !w.full && d.event.Wrapped) {
		d.layouts.Learn(record[object:], d.rules)
	}
	return cause
}

// span recognizes a record of a format that is not line-based, or decodes it and learns from it. The object
// may have a time before it, as in the lines of containers.
func (d *Decoder) span(b *Block, s *Span, f Finder) (is recognition, stated *sighting.Stated, cause string) {
	d.tried++
	data := b.Data
	record := data[s.Start:s.End]
	n := len(record)
	for n > 0 && record[n-1] <= ' ' {
		n--
	}
	l := &d.matched
	l.Data, l.Start, l.End, l.Before, l.Bytes, l.Lines = data, s.Start, s.End, timestamp.NoTime, int(s.Bytes), int(s.Lines)
	if n > 0 && record[n-1] == '}' {
		if isDigit(record[0]) {
			l.Before, n = d.clock.Parse(record)
			l.Start = jsontext.SkipSpace(data, s.Start+n)
		}
		if data[l.Start] == '{' {
			alone := s.Session == nil && s.Time == timestamp.NoTime && !s.Around
			if is, stated = d.recognize(l, alone, f); is != unknown {
				return is, stated, ""
			}
		}
	}
	end := s.End
	if record[len(record)-1] != '\n' && end < len(data) && data[end] == '\n' {
		end++
	}
	return unknown, nil, d.line(b, data[s.Start:end], l.Start-s.Start)
}
