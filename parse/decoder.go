package parse

import (
	"bytes"
	"iter"
	"time"

	"github.com/otlog/otlog/parse/detect"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/layout"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/sighting"
	"github.com/otlog/otlog/parse/terminal"
	"github.com/otlog/otlog/parse/textline"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Decoder turns blocks into events. It keeps its buffers between blocks and does not allocate
// once they have grown. It is not safe for concurrent use.
type Decoder struct {
	// SkipLevels leaves Event.Level unknown, to save time.
	SkipLevels bool
	levelless  bool // few records of the source state a level

	// Sightings, if not nil, take the place of events of clean records that state nothing but who was
	// seen when. Those that they hold when Events yields a record precede it: the caller must
	// count and remove them before the next one.
	Sightings *sighting.Sightings

	event     Event
	telemetry Telemetry
	clock     timestamp.Clock
	marked    bool // the record may hold an OpenTok session ID
	nuls      detect.NULs
	sessions  sessionid.Memo

	peeked struct{ start, end int } // the line after the last record

	text     []byte             // of the record, with escapes resolved
	plain    []byte             // text without terminal sequences
	unquoted []byte             // a line without escapes
	kept     []byte             // values of single fields
	unsure   []byte             // the time of an object, if there is a doubt about it
	nested   [maxNesting][]byte // objects inside strings
	walk     walk
	full     bool // the last object was decoded in full
	stated   bool // a field of the record states its OpenTok session ID
	open     []openObject
	walks    bool           // it walks each line, recognizing none
	layouts  layout.Layouts // of lines whose keys have these roles and this meaning
	roles    *field.Roles
	rules    layout.Rules
	source   sighting.Source
	matched  sighting.Line // the line that is compared with earlier ones
	tried    int           // records of the block that may be built like earlier ones
	known    int           // how many of these were recognized
	inner    *Decoder      // of records in a record
	unfolder *unfolder
}

// SetTimes sets how the times of the next blocks are read.
func (d *Decoder) SetTimes(t timestamp.Times) { d.clock, d.inner = timestamp.NewClock(t), nil }

// A Finder knows what evidence of an error looks like. It decides which records are worth
// decoding in full, and which fields name an error.
type Finder interface {
	// Reset makes it examine the data of another block.
	Reset(data []byte)
	// Next returns the offset of the first byte at or after from that may belong to
	// evidence of an error, -1 if there is none. from does not decrease between calls.
	Next(from int) int
	// Holds reports whether a line may belong to evidence of an error: whether Next would find
	// something in it. HoldsValue reports the same of a line with a value, as written, as far
	// as that depends on the value.
	Holds(line []byte) bool
	HoldsValue(value []byte) bool

	// IsCode reports whether a number in a field made for codes may be an error's code.
	IsCode(n int32) bool
	// StatesCode reports whether a JSON string, as written between its quotes, may state
	// an error's code. It is called only for strings that contain an escape or end in ')'.
	StatesCode(s []byte) bool
	// IsName reports whether the value of a field made for names has the form of an
	// error's name, and whether it is certainly one of the SDK's.
	IsName(value []byte) (is, sdk bool)
}

// noFinder is a Finder that finds nothing.
type noFinder struct{}

func (noFinder) Reset([]byte)                 {}
func (noFinder) Next(int) int                 { return -1 }
func (noFinder) Holds([]byte) bool            { return false }
func (noFinder) HoldsValue([]byte) bool       { return false }
func (noFinder) IsCode(int32) bool            { return false }
func (noFinder) StatesCode([]byte) bool       { return false }
func (noFinder) IsName([]byte) (is, sdk bool) { return false, false }

// Events yields the records of b in order, each as an Event or as a SyntaxError.
//
// To decode a record in full costs several times as much as to find its end, session and time,
// and few records are worth it: those that contain evidence according to the Finder, telemetry,
// and objects that may state an error's code. All other records have an empty Text.
func (d *Decoder) Events(b *Block, f Finder) iter.Seq2[*Event, *SyntaxError] {
	d.walk.finder, d.walk.roles, d.levelless = f, b.Format.roles, b.Format.levelless
	d.walk.leads, d.walk.wraps, d.nuls = b.Format.leads, b.Format.wraps, detect.NULs{Block: b.Data}
	return func(yield func(*Event, *SyntaxError) bool) {
		if b.Skipped != nil {
			yield(nil, b.Skipped)
			return
		}
		if b.Format.kind != byLine {
			d.spans(b, f, yield)
			return
		}
		if d.recognizes(b.Format) {
			d.lines(b, f, yield)
			return
		}
		data := b.Data
		f.Reset(data)
		d.peeked.start = -1
		candidate, telemetry, session := f.Next(0), nextTelemetry(data), -1
		// Most objects have a field for the session. Each of the others is searched on its own.
		search := b.Format.stacks
		if search {
			session = sessionid.NextMark(data)
		}
		for start := 0; start < len(data); {
			end, lines := d.recordEnd(b, start)
			full := uint(candidate) < uint(end) || uint(telemetry) < uint(end)
			record := data[start:end]
			if start == 0 && b.Offset == 0 {
				record = bytes.TrimPrefix(record, utf8BOM)
			}
			d.marked = !search || uint(session) < uint(end)
			cause := d.decode(record, b.Format, full)
			if cause != "" {
				skipped := &SyntaxError{Reason: Damaged, Offset: b.Offset + int64(start), Bytes: int64(end - start), Lines: int64(lines), Cause: cause}
				if !yield(nil, skipped) {
					return
				}
			} else {
				d.event.Offset, d.event.Bytes, d.event.Lines, d.event.Raw = b.Offset+int64(start), end-start, lines, record
				if !d.emit(nil, yield) {
					return
				}
			}
			if uint(candidate) < uint(end) {
				candidate = f.Next(end)
			}
			if uint(telemetry) < uint(end) {
				telemetry = offsetFrom(end, nextTelemetry(data[end:]))
			}
			if search && d.marked {
				session = offsetFrom(end, sessionid.NextMark(data[end:]))
			}
			start = end
		}
	}
}

// emit yields the event, unless it is only a sighting. stated is what can be learned from an event that was
// recognized, nil if there is nothing.
func (d *Decoder) emit(stated *sighting.Stated, yield func(*Event, *SyntaxError) bool) bool {
	e := &d.event
	if stated != nil {
		if !yield(e, nil) {
			return false
		}
		if d.stated || sessionid.NextMark(e.Raw) < 0 {
			d.Sightings.Meet(stated, sighting.IDs{Session: e.Session, Client: e.Client, ConnectionID: e.ConnectionID}, !d.stated)
		}
		return true
	}
	if d.Sightings == nil || !e.clean() {
		return yield(e, nil)
	}
	ids := sighting.IDs{Session: e.Session, Client: e.Client, ConnectionID: e.ConnectionID}
	if d.Sightings.SeeRecord(ids, e.Time, e.Bytes, e.Lines, !e.Wrapped) {
		return true
	}
	if !yield(e, nil) {
		return false
	}
	d.Sightings.MeetRecord(ids)
	return true
}

// spans yields the records of a block whose format is not line-based.
func (d *Decoder) spans(b *Block, f Finder, yield func(*Event, *SyntaxError) bool) {
	data, offset, recognizes := b.Data, b.Offset, d.recognizes(b.Format)
	d.marked = true
	candidate, telemetry := -1, -1
	if recognizes {
		defer d.weigh()
	} else {
		f.Reset(data)
		candidate, telemetry = f.Next(0), nextTelemetry(data)
	}
	for i := range b.Records {
		s := &b.Records[i]
		skipped := s.Skipped
		var stated *sighting.Stated
		if skipped == nil {
			var is recognition
			var cause string
			if recognizes && s.Start < s.End {
				is, stated, cause = d.span(b, s, f)
			} else {
				full := uint(candidate) < uint(s.End) || uint(telemetry) < uint(s.End)
				cause = d.decode(data[s.Start:s.End], b.Format, full)
			}
			switch {
			case is == seen:
				offset += s.Bytes
				continue
			case cause != "":
				skipped = &SyntaxError{Reason: Damaged, Cause: cause}
			}
		}
		if skipped != nil {
			skipped.Offset, skipped.Bytes, skipped.Lines = offset, s.Bytes, s.Lines
			if !yield(nil, skipped) {
				return
			}
		} else {
			e := &d.event
			e.Offset, e.Bytes, e.Lines, e.Raw = offset, int(s.Bytes), int(s.Lines), data[s.Start:s.End]
			e.Wrapped = true
			if e.Time == timestamp.NoTime && s.Time != timestamp.NoTime {
				e.Time, e.OfDay = timestamp.Near(s.Time, e.OfDay), timestamp.NoTime
			}
			if s.Around {
				e.Blank = true
				if !sessionid.Is(e.Session) {
					e.Session = nil // it may be that of the program which wrote the document
				}
			}
			if s.Session != nil && !d.stated {
				e.Session = s.Session
			}
			if !d.emit(stated, yield) {
				return
			}
		}
		offset += s.Bytes
		if uint(candidate) < uint(s.End) {
			candidate = f.Next(s.End)
		}
		if uint(telemetry) < uint(s.End) {
			telemetry = offsetFrom(s.End, nextTelemetry(data[s.End:]))
		}
	}
}

// offsetFrom returns base+n, or -1 if n is -1.
func offsetFrom(base, n int) int {
	if n < 0 {
		return -1
	}
	return base + n
}

// recordEnd returns the end of the record that starts at start, and how many lines it has.
func (d *Decoder) recordEnd(b *Block, start int) (end, lines int) {
	data := b.Data
	if start == d.peeked.start {
		end = d.peeked.end
	} else {
		end = lineEnd(data, start)
	}
	lines = 1
	if !b.Format.stacks {
		return end, lines
	}
	if isBlank(data[start:end]) {
		return end, lines
	}
	for end < len(data) {
		next := lineEnd(data, end)
		if !b.Format.continues(bytes.TrimSuffix(data[end:next], lineFeed)) {
			// Frequent case: this line is the next record.
			d.peeked.start, d.peeked.end = end, next
			break
		}
		end = next
		lines++
	}
	return end, lines
}

var lineFeed = []byte{'\n'}

func lineEnd(data []byte, start int) int {
	if n := bytes.IndexByte(data[start:], '\n'); n >= 0 {
		return start + n + 1
	}
	return len(data)
}

func isBlank(line []byte) bool {
	return len(line) == 0 || line[0] <= ' ' && len(bytes.TrimSpace(line)) == 0
}

// decode decodes one record into d.event. The cause is not empty if the record is damaged and
// its rest cannot be evidence of an error.
func (d *Decoder) decode(record []byte, f Format, full bool) (cause string) {
	e := &d.event
	d.clear()
	end := len(record)
	for end > 0 && jsontext.IsSpace(record[end-1]) {
		end--
	}
	line := record[:end]
	inner := line[indentation(line):]
	if len(inner) > 0 && inner[0] == '{' {
		if jsontext.LooksLikeObject(inner) {
			if d.object(inner, full) {
				e.Wrapped = e.Telemetry == nil
				return ""
			}
			d.clear()
		}
		if d.framed(inner, f, full) {
			e.Wrapped = e.Telemetry == nil
			return ""
		}
		if !f.stacks && jsontext.OpensObject(inner) {
			return d.cutObject(inner, full)
		}
	} else if d.framed(inner, f, full) {
		e.Wrapped = e.Telemetry == nil
		return ""
	}
	if cause := detect.Trouble(inner, full, f.kind == byLine, &d.nuls); cause != "" {
		return cause
	}
	if full && d.posted(line) {
		e.Level = d.lead(inner)
		return ""
	}
	e.Time, e.OfDay = d.lineTime(inner, f)
	e.Session = d.sessionIn(line)
	if e.Blank = jsontext.IsBracket(inner); !e.Blank {
		e.Level = d.lead(inner)
	}
	if full {
		e.Text = d.clean(line)
	}
	return ""
}

// lead returns the level at the start of a line of text.
func (d *Decoder) lead(line []byte) level.Level {
	if d.SkipLevels || d.levelless {
		return level.Unknown
	}
	return level.Lead(line)
}

// clear removes what was decoded of a record.
func (d *Decoder) clear() {
	d.event, d.stated = Event{}, false
	d.event.Time, d.event.OfDay = timestamp.NoTime, timestamp.NoTime
}

// framed decodes an object that is not the whole line: around it are the comma or the brackets
// of an array with one element per line, stack lines, or the time at which a cloud exported the
// line.
func (d *Decoder) framed(line []byte, f Format, full bool) bool {
	if len(line) < len("[{}") {
		return false
	}
	var after []byte
	instant := int64(timestamp.NoTime)
	object := line
	// Frequent case first: text with another first or last byte.
	switch first, last := line[0], line[len(line)-1]; {
	case first == '{' && f.stacks && bytes.IndexByte(line, '\n') >= 0:
		n := bytes.IndexByte(line, '\n')
		object, after = line[:n], line[n:]
	case first == '{' && (last == ',' || last == ']'), first == '[' && (last == '}' || last == ',' || last == ']'):
	case first == utf8BOM[0] && bytes.HasPrefix(line, utf8BOM):
		object = line[len(utf8BOM):]
	case (first == 'd' || first == textline.RecordSeparator) && last == '}':
		object = textline.Unframed(line)
	case isDigit(first) && last == '}':
		t, n := d.clock.Parse(line)
		if n == 0 {
			return false
		}
		instant, object = t, line[n:]
	default:
		return false
	}
	object = bytes.TrimRight(object, ",] \t\r\n")
	object = bytes.TrimLeft(bytes.TrimPrefix(object, []byte{'['}), " \t\r\n")
	if !jsontext.LooksLikeObject(object) || !d.object(object, full) {
		d.clear()
		return false
	}
	e := &d.event
	if e.Time == timestamp.NoTime {
		e.Time = instant
	}
	if len(after) > 0 {
		if !sessionid.Is(e.Session) {
			if id := d.sessionIn(after); id != nil {
				e.Session = id
			}
		}
		if d.full && e.Telemetry == nil {
			d.text = append(d.text, after...)
			e.Text = d.clean(d.text)
		}
	}
	return true
}

// posted decodes the telemetry event in a console line.
func (d *Decoder) posted(line []byte) bool {
	start, end := telemetryIn(line)
	if start < 0 && bytes.Contains(line, []byte(`{\"`)) { // quoted, as in logfmt
		d.unquoted = jsontext.AppendUnescaped(d.unquoted[:0], line)
		line = d.unquoted
		start, end = telemetryIn(line)
	}
	if start < 0 {
		return false
	}
	if d.object(line[start:end], true) && d.event.Telemetry != nil {
		if !sessionid.Is(d.event.Session) {
			if id := d.sessionIn(line); id != nil {
				d.event.Session = id
			}
		}
		d.event.Several = d.event.Several || nextTelemetry(line[end:]) >= 0
		return true
	}
	d.clear()
	return false
}

// object decodes a JSON object into d.event. If the object may state an error's code, it is
// decoded in full in any case. object reports false if the JSON is incomplete.
func (d *Decoder) object(line []byte, full bool) bool {
	w := &d.walk
	ok := w.record(d, line, full)
	full = full || w.coded
	d.full = full
	if full != w.full {
		ok = w.record(d, line, true)
	}
	d.fill(line, full)
	return ok
}

// fill puts what a walk has found in an object into d.event.
func (d *Decoder) fill(line []byte, full bool) {
	w := &d.walk
	e, own := &d.event, w.own()
	e.Time, e.Session, e.ConnectionID = w.time, own.Session, own.ConnectionID
	if w.lead != timestamp.NoTime && !w.clientTime {
		e.Time, w.doubt = w.lead, timestamp.NoDoubt
	}
	if w.nanos > 0 && e.Time != timestamp.NoTime && e.Time%int64(time.Second) == 0 { // log4j2
		e.Time += w.nanos
	}
	e.Client, e.GUID = own.Client, own.ClientRank == field.GUIDRank
	e.Several = w.values > 1 || w.clocks > 1 || w.listed > 1 && !w.single
	if e.Level = w.level; e.Level == level.Unknown && w.said != nil {
		e.Level = d.lead(w.said)
	}
	d.stated = sessionid.Is(own.Session) || own.Given
	if w.doubt != timestamp.NoDoubt {
		e.Doubt, e.Doubted = w.doubt, d.unsure
	}
	if !d.stated {
		id := d.sessionIn(line)
		if id == nil && full && w.hidden {
			id = d.sessionIn(d.text)
		}
		if id != nil {
			e.Session = id
		}
	}
	if !full {
		return
	}
	e.Name, e.Code, e.Message, e.Text = w.name, w.errorCode(), w.message, d.clean(d.text)
	e.StreamID, e.SubscriberID = w.streamID, w.subscriberID
	if len(d.telemetry.Action) > 0 && (w.clientTime || d.telemetry.inspected(w.eventName)) {
		e.Telemetry, e.Code = &d.telemetry, w.failureCode
		// The application around a web page may state a version of its own.
		if t := e.Telemetry; w.native && w.sdkRank != field.ClientVersion {
			t.Native, t.SDK = true, nil
		}
	}
}

// sessionIn returns the first OpenTok session ID in a record, nil if there is none.
func (d *Decoder) sessionIn(line []byte) []byte {
	if d.marked {
		if start, end := d.sessions.Next(line); start >= 0 {
			return line[start:end]
		}
	}
	return nil
}

// cutObject decodes a JSON object without its end.
func (d *Decoder) cutObject(line []byte, full bool) (cause string) {
	const cut = "line ends within a JSON object"
	line = detect.Appended(line)
	d.object(line, full)
	if len(d.event.Text) == 0 {
		return cut
	}
	d.event.Cut, d.event.Wrapped = cut, true
	d.event.Session = sessionid.Before(line, d.event.Session)
	// Half of a telemetry event could be counted with a wrong outcome.
	d.event.Telemetry = nil
	return ""
}

// clean removes terminal sequences and console directives.
func (d *Decoder) clean(text []byte) []byte {
	if bytes.IndexByte(text, '%') < 0 && bytes.IndexByte(text, 0x1b) < 0 {
		return text
	}
	d.plain = terminal.AppendPlain(d.plain[:0], text)
	return d.plain
}

// appendCut appends a string without its end to the text. It omits the last word, which may be
// incomplete too.
func (d *Decoder) appendCut(s []byte) {
	d.text = jsontext.AppendUnescaped(d.text, s)
	n := len(d.text)
	for n > 0 && isWord(d.text[n-1]) {
		n--
	}
	d.text = d.text[:n]
}

// keep copies a value, so that it is valid as long as the event.
func (d *Decoder) keep(value []byte) []byte {
	start := len(d.kept)
	d.kept = append(d.kept, value...)
	return d.kept[start:len(d.kept):len(d.kept)]
}

// lineTime reads the time of a console line where the format says that it is.
func (d *Decoder) lineTime(line []byte, f Format) (instant, ofDay int64) {
	if f.inline {
		if at := textline.StampAt(line); at >= 0 {
			return d.leadingTime(line[at:])
		}
	}
	if f.headings {
		first, _, _ := bytes.Cut(line, lineFeed)
		if t := d.clock.Value(textline.TrimTime(first)); t != timestamp.NoTime {
			return t, timestamp.NoTime
		}
	}
	if f.epoch != nil {
		if t, ok := f.epoch.Time(line); ok {
			return t, timestamp.NoTime
		}
	}
	return d.leadingTime(textline.AfterWords(line, f.words))
}

// leadingTime reads the time at the start of a console line as [timestamp.Clock.Line] does, and
// any doubt about it.
func (d *Decoder) leadingTime(line []byte) (instant, ofDay int64) {
	instant, ofDay = d.clock.Line(line)
	if instant == timestamp.NoTime && ofDay == timestamp.NoTime {
		if n := textline.MarkWidth(line); n > 0 {
			instant, ofDay = d.clock.Line(line[n:])
		}
	}
	if doubt, text := d.clock.Doubt(); doubt != timestamp.NoDoubt {
		d.event.Doubt, d.event.Doubted = doubt, text
	}
	return instant, ofDay
}

// isWord reports whether c can be part of a name.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
