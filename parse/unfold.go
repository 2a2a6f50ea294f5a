package parse

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/otlog/otlog/parse/crowd"
	"github.com/otlog/otlog/parse/detect"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/keys"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/pattern"
	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/parse/timestamp"
)

// Unfold returns the records in a record that is a log of its own, such as the body of a ticket,
// the lines that a browser uploaded, or the answer of an API that an application logged. They take
// the place of the record, and share its bytes and lines. Unfold returns nil if the record is one,
// or if it is not clear what is in it: then Crowded says whether it may be counted.
//
// e is the event that was decoded last. The block is valid until the next one is decoded;
// [Decoder.Unfolded] decodes it.
func (d *Decoder) Unfold(e *Event, f Format) *Block {
	if !e.Several && (e.Telemetry != nil || !crowd.MayBeLog(e.Raw)) {
		return nil
	}
	if d.unfolder == nil {
		d.unfolder = &unfolder{splitter: newJSONSplitter(f, defaultLimits)}
	}
	u, text := d.unfolder, bytes.TrimSpace(e.Raw)
	u.begin(e, f)
	isClear := e.Several && u.values(text, d)
	if !isClear && e.Telemetry != nil {
		return nil
	}
	if !isClear && jsontext.OpensObject(text) {
		if doc := u.splitter.outline; len(doc.Read(text)) > 0 {
			u.listed, u.speaks = true, doc.Speaks()
			u.splitter.unfold(&u.block, text, u.outer)
			isClear = u.isClear(e, d)
		}
		text = e.Text
	}
	if !isClear {
		u.begin(e, f)
		if u.text(text); !u.isClear(e, d) {
			return nil
		}
	}
	if e.Cut != "" { // records may be missing
		u.block.skip(Damaged, 0, 0, e.Cut)
	}
	divide(u.block.Records, int64(e.Bytes), int64(e.Lines))
	return &u.block
}

// Unfolded returns the decoder of what Unfold returns.
func (d *Decoder) Unfolded() *Decoder {
	if d.inner == nil {
		d.inner = &Decoder{clock: d.clock, walks: true}
	}
	d.inner.SkipLevels = d.SkipLevels
	return d.inner
}

// An unfolder finds the records in a record.
type unfolder struct {
	splitter *jsonSplitter
	outer    Span // the time and session of the record, for records without any
	several  bool // the record names several sessions, so that each record in it must name its own
	listed   bool // the records are in lists of a document
	speaks   bool // the document has a message of its own
	block    Block
}

// begin empties the unfolder for the record of an event.
func (u *unfolder) begin(e *Event, f Format) {
	u.splitter.keys = keys.Keys{Roles: f.roles, Named: f.named}
	u.outer, u.several = Span{Time: e.Time, Session: e.Session}, sessionid.Several(e.Raw)
	u.listed, u.speaks = false, false
	if u.several {
		u.outer.Session = nil // whose it is, is not clear
	}
	u.block = Block{Data: u.block.Data[:0], Records: u.block.Records[:0], Offset: e.Offset, Format: Format{kind: byValue, roles: f.roles, named: f.named, levelless: f.levelless}}
}

// values appends the records in the JSON values with which a record ends. It reports false if there are not
// several.
func (u *unfolder) values(text []byte, d *Decoder) bool {
	start := detect.Values(text)
	if start < 0 {
		return false
	}
	u.splitter.unfold(&u.block, text[start:], Span{Time: timestamp.NoTime})
	u.outer = Span{Time: timestamp.NoTime}
	u.learn(d)
	return len(u.block.Records) > 1
}

// text appends the records in a text.
func (u *unfolder) text(text []byte) {
	if bytes.Contains(text, []byte(`\x22`)) { // nginx escapes what it was sent
		text = hexEscape.ReplaceAllFunc(text, func(s []byte) []byte {
			c, _ := strconv.ParseUint(string(s[len(`\x`):]), 16, 8)
			return []byte{byte(c)}
		})
	}
	if start, end := u.document(text); start >= 0 {
		u.add(slices.Concat(text[:start], text[end:]))
		u.splitter.unfold(&u.block, text[start:end], u.outer)
		return
	}
	if !u.several && timestamp.Stamps(text, 2) < 2 {
		return
	}
	u.block.Format.inline = true
	text = outline.Lines(text)
	stamps, lines := 0, 0
	for line := range bytes.Lines(text) {
		n := timestamp.Stamps(line, len(line))
		stamps, lines = stamps+n, lines+min(n, 1)
	}
	if stamps > lines || bytes.IndexByte(text, '\n') < 0 {
		u.stamped(text)
		return
	}
	u.lines(text)
}

var hexEscape = pattern.New(`\\x[0-9A-Fa-f]{2}`)

// learn finds the key of the time in objects, if its name is unknown, and the order of day and month.
func (u *unfolder) learn(d *Decoder) {
	inner := d.Unfolded()
	inner.clock.SetOrder(d.clock.Order()) // what another record has shown does not count
	guess, objects, timed := field.Guess{Clock: d.clock}, 0, 0
	var dates [][]byte
	for e := range inner.Events(&u.block, noFinder{}) {
		if e == nil || e.Blank {
			continue
		}
		if e.Doubt == timestamp.DayMonth && len(dates) < mostLearned {
			dates = append(dates, bytes.Clone(e.Doubted))
		}
		if !jsontext.OpensObject(e.Raw) || objects == mostLearned {
			continue
		}
		objects++
		if e.Time != timestamp.NoTime && e.Time != u.outer.Time {
			timed++
		}
		guess.Add(e.Raw)
	}
	if order := timestamp.OrderOf(dates); order != timestamp.NoOrder {
		inner.clock.SetOrder(order)
	}
	if key, _ := guess.Time(); key != "" && timed*2 < objects {
		roles := field.Roles{Learned: field.Names{Time: key}}
		if given := u.block.Format.roles; given != nil {
			roles.Given = given.Given
		}
		u.block.Format.roles = &roles
	}
}

// document returns where JSON with a list of records is in a text, -1 if there is none.
func (u *unfolder) document(text []byte) (start, end int) {
	const most = 16 // places where JSON may start: each takes a pass over the text
	for from, tried := 0, 0; tried < most; {
		n := bytes.IndexAny(text[from:], "{[")
		if n < 0 {
			return -1, -1
		}
		start := from + n
		from = start + 1
		if c := jsontext.SkipSpace(text, from); c == len(text) || bytes.IndexByte([]byte(`{["`), text[c]) < 0 {
			continue
		}
		tried++
		if end := jsontext.ValueEnd(text, start); end > 0 {
			if len(u.splitter.outline.Read(text[start:end])) > 0 {
				return start, end
			}
			from = end
		}
	}
	return -1, -1
}

// lines appends the lines of a text. If there is a heading, they may be indented all alike.
func (u *unfolder) lines(text []byte) {
	f := Format{stacks: true, indent: indentation(text[bytes.IndexByte(text, '\n')+1:])}
	var record []byte
	for line := range bytes.Lines(text) {
		if len(record) > 0 && !f.continues(bytes.TrimSuffix(line, lineFeed)) {
			u.add(record)
			record = nil
		}
		record = append(record, line...)
	}
	u.add(record)
}

// stamped appends the parts of a line, each of which has one time, either first or last.
func (u *unfolder) stamped(text []byte) {
	first := timestamp.Stamp(text)
	if first < 0 {
		return
	}
	if crowd.NextError(text[:first]) < 0 {
		for start := 0; start < len(text); {
			n := timestamp.Stamp(text[first+timestamp.StampLength:])
			end := first + timestamp.StampLength + n
			if n < 0 {
				end = len(text)
			}
			u.add(text[start:end])
			start, first = end, end
		}
		return
	}
	for start := 0; start < len(text); {
		n := timestamp.Stamp(text[start:])
		end := len(text)
		if n >= 0 {
			end = start + n + timestamp.StampLength
			for end < len(text) && bytes.IndexByte([]byte(".,+-:0123456789Z"), text[end]) >= 0 {
				end++
			}
		}
		u.add(text[start:end])
		start = end
	}
}

// add appends a record.
func (u *unfolder) add(record []byte) {
	if record = bytes.TrimSpace(record); len(record) == 0 {
		return
	}
	text, span := len(u.block.Data), Span{Time: u.outer.Time}
	if start, _ := sessionid.Next(record); start < 0 {
		span.Session = u.outer.Session
	}
	u.block.Data = append(u.block.Data, record...)
	u.block.add(text, span)
}

// isClear reports whether it is clear which records show an error. Those of a record of several sessions
// state theirs, and all its sessions are still there; one such record suffices in a list. Those of another
// record are several, and differ in their times.
func (u *unfolder) isClear(e *Event, d *Decoder) bool {
	u.learn(d)
	failed, allNamed := 0, !u.speaks
	for _, x := range u.block.Records {
		inner := u.block.Data[x.Start:x.End]
		if x.Skipped != nil || crowd.Is(inner) {
			return false
		}
		start, _ := sessionid.Next(inner)
		named := start >= 0 || x.Session != nil
		allNamed = allNamed && (named || x.Around)
		if !outline.IsError(inner) {
			continue
		}
		if u.several && !named {
			return false
		}
		if crowd.NextError(inner) >= 0 {
			failed++
		}
	}
	switch {
	case u.listed && u.several && (failed > 0 || allNamed): // an error without a name may be in any record
	case failed < 2:
		return false
	case !u.several:
		return u.differ(d.Unfolded())
	}
	left := sessionid.All(u.block.Data)
	for id := range sessionid.All(e.Raw) {
		if !left[id] {
			return false
		}
	}
	return true
}

// differ reports whether records that show an error have different times of their own, or are lines as
// the SDK prints them.
func (u *unfolder) differ(d *Decoder) bool {
	first, lines := int64(timestamp.NoTime), 0
	for e := range d.Events(&u.block, noFinder{}) {
		if e == nil || crowd.NextError(e.Raw) < 0 {
			continue
		}
		if !jsontext.OpensObject(e.Raw) && outline.IsSDKLine(e.Raw) {
			if lines++; lines == 2 {
				return true
			}
		}
		switch {
		case e.Time == timestamp.NoTime || e.Time == u.outer.Time:
		case first == timestamp.NoTime:
			first = e.Time
		case first != e.Time:
			return true
		}
	}
	return false
}

// divide divides the bytes and lines of a part of the source among the records in it, so that each
// has an offset of its own.
func divide(records []Span, bytes, lines int64) {
	rest, last := bytes, len(records)-1
	for i := range records[:last] {
		records[i].Bytes, records[i].Lines = min(1, max(rest-1, 0)), 0
		rest -= records[i].Bytes
	}
	records[last].Bytes, records[last].Lines = rest, lines
}
