package parse

import (
	"bytes"
	"strconv"
	"time"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/ids"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/layout"
	"github.com/otlog/otlog/parse/level"
	"github.com/otlog/otlog/parse/terminal"
	"github.com/otlog/otlog/parse/timestamp"
)

// maxNesting is how deeply objects may be nested as strings inside objects. Deeper ones are
// read as text.
const maxNesting = 4

// A walk collects the fields of one record from its JSON.
type walk struct {
	d      *Decoder
	finder Finder       // nil: nothing may be an error
	roles  *field.Roles // nil: none
	path   [][]byte     // keys of the open objects and arrays; only if there are roles
	full   bool         // collect the text and all fields
	// coded says that the record may state an error's code. It is set whether full is or not.
	coded  bool
	hidden bool // a text is an array of bytes

	time       int64
	nanos      int64 // of the second
	timeRank   int
	clientTime bool
	doubt      timestamp.Doubt // about the time or, if there is none, about a text that may be one

	wraps   bool           // the source has values in wrappers
	members []field.Member // of a wrapper
	leads   bool           // the time of a record is at the start of a text
	lead    int64          // that time

	// levels are the IDs in the line itself, in objects inside its strings, in objects inside
	// the strings of those, and so on. posted are those beside the client's own time.
	levels  [maxNesting + 1]ids.IDs
	deepest int     // the last level with an object
	posted  ids.IDs // only if full
	values  int     // objects and arrays at the top level
	clocks  int     // values under the key of the client's own time
	arrays  int     // open ones, outside strings
	listed  int     // times in arrays
	single  bool    // there is a time or a message outside arrays, so what is in them belongs to the record

	level     level.Level
	levelRank int
	said      []byte // the first message in the line itself, as written

	fields // only if full
}

// fields are all fields except time, session, client and connection.
type fields struct {
	message     []byte
	messageRank int
	name        []byte
	nameRank    int
	nameSure    bool // it is one of the SDK's
	nameObject  int  // the object that contains the name

	code        int32
	codeRank    int
	nameCode    int32 // in the same object as the name
	failureCode int32

	streamID     []byte
	subscriberID []byte
	eventName    []byte
	sdkRank      int
	native       bool // a field.ClientVersion is that of a native SDK

	objects int // objects and arrays so far
}

// An openObject is an object or array whose end has not been reached.
type openObject struct {
	number   int // in the order in which objects and arrays start
	code     int32
	codeRank int
	ids      ids.IDs
	posted   bool // it contains the client's own time
}

const (
	unranked = field.Unranked
	maxDepth = field.MaxDepth
	maxOpen  = 1000 // objects within each other; fields of deeper ones count as those of the innermost of these
)

// record walks the object of a record. It reports false if the object is incomplete.
func (w *walk) record(d *Decoder, line []byte, full bool) bool {
	w.begin(d, full)
	return w.object(line, 0)
}

// begin forgets the last record.
func (w *walk) begin(d *Decoder, full bool) {
	w.d, w.full, w.coded, w.hidden = d, full, false, false
	if w.finder == nil {
		w.finder = noFinder{}
	}
	w.nanos, w.lead, w.values, w.clocks, w.arrays, w.listed, w.single = 0, timestamp.NoTime, 0, 0, 0, 0, false
	w.time, w.timeRank, w.clientTime, w.doubt = timestamp.NoTime, unranked, false, timestamp.NoDoubt
	w.d.clock.NewRecord()
	w.levels[0], w.deepest, w.posted = ids.None(), 0, ids.None()
	w.level, w.levelRank, w.said = level.Unknown, unranked, nil
	w.path = w.path[:0]
	d.kept = d.kept[:0]
	if full {
		w.fields = fields{messageRank: unranked, nameRank: unranked, codeRank: unranked, sdkRank: unranked}
		d.text, d.open, d.telemetry = d.text[:0], d.open[:0], Telemetry{}
	}
}

// laidOut takes the values of a line that was recognized, in their order, as text and number do. posted
// says that the line is a telemetry event.
func (w *walk) laidOut(data []byte, values []layout.Value, posted bool) {
	for i := range values {
		v := &values[i]
		if v.Run != nil {
			w.laidOut(data[v.Start:], v.Run.Values, posted)
			continue
		}
		if v.End < 0 {
			v.End, _ = jsontext.StringEnd(data, v.Start)
		}
		s, nesting := data[v.Start:v.End], int(v.Nesting)
		if w.deepest < nesting {
			w.deepest, w.levels[nesting] = nesting, ids.None()
		}
		switch v.Field {
		case field.Time:
			w.timeValue(s, v.Rank, v.Depth, nesting)
		case field.Level:
			w.levelValue(s, v.Rank, v.Depth, nesting)
		case field.Message:
			if w.said == nil {
				w.said = s
			}
		case field.Session, field.Client, field.ConnectionID:
			w.idValue(v.Field, s, v.Rank, false, nesting)
			if posted && v.Depth == 1 && v.Rank != field.GivenSession && !jsontext.IsNull(s) && !isBlank(s) {
				w.posted.Take(v.Field, s, v.Rank)
			}
		case field.Name:
			w.name = s
		default:
			if posted {
				w.telemetryValue(v.Field, s, v.Rank)
			}
		}
	}
}

// meaning returns the meaning of a key in this source.
func (w *walk) meaning(key []byte) (field.Field, int) {
	if w.roles == nil {
		return field.Of(key)
	}
	return w.roles.Of(w.path, key)
}

// object walks a line of JSON. It reports false if the line ends within a string, an object or
// an array. It ignores other errors, because it needs only strings and numbers.
func (w *walk) object(line []byte, nesting int) bool {
	var key []byte
	depth := 0
	for i := 0; i < len(line); {
		switch c := line[i]; c {
		case '"':
			end, escaped := jsontext.StringEnd(line, i+1)
			if end < 0 {
				if w.full {
					w.d.appendCut(line[i+1:])
				}
				return false
			}
			s := line[i+1 : end]
			i = end + 1
			for i < len(line) && jsontext.IsSpace(line[i]) {
				i++
			}
			if i < len(line) && line[i] == ':' {
				key = s
				i++
				continue
			}
			w.text(key, s, escaped, depth, nesting)
			key = nil
		case '{', '[':
			if c == '[' && string(key) == journalMessage {
				if end := w.bytes(line, i, depth, nesting); end > i {
					i, key = end, nil
					continue
				}
			}
			if w.wraps && c == '{' && depth < maxDepth {
				if end := w.wrapper(line[i:], key, depth, nesting); end > 0 {
					i, key = i+end, nil
					continue
				}
			}
			if depth++; c == '[' && nesting == 0 {
				w.arrays++
			}
			i++
			if w.roles != nil && depth <= maxOpen {
				w.path = append(w.path, key)
			}
			if w.full && depth <= maxOpen {
				w.objects++
				w.d.open = append(w.d.open, openObject{number: w.objects, codeRank: unranked, ids: ids.None()})
			}
		case '}', ']':
			depth--
			i++
			key = nil
			if c == ']' && nesting == 0 {
				w.arrays--
			}
			if depth <= 0 {
				if depth < 0 {
					if next := jsontext.SkipSpace(line, i); c == ']' && next < len(line) && line[next] == '[' {
						depth, i = 0, next+1 // arrays on one line: the first and the last bracket are not in it
						continue
					}
					return false
				}
				w.values += 1 - min(nesting, 1)
			}
			if w.roles != nil && depth < maxOpen {
				w.path = w.path[:len(w.path)-1]
			}
			if w.full && depth < maxOpen {
				w.close()
			}
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			start := i
			for i++; i < len(line) && isNumber(line[i]); i++ {
			}
			// At the end of a record that is cut off, digits may be missing: of a time, it would be
			// another time.
			if key != nil && (i < len(line) || depth == 0) {
				w.number(key, line[start:i], depth, nesting)
				key = nil
			}
		default:
			i++
		}
	}
	return depth == 0
}

// wrapper takes the values of an object with a key, if the object is only their type or a name and a
// value. It returns where the object ends, 0 if it is something else.
func (w *walk) wrapper(object, key []byte, depth, nesting int) (end int) {
	if end = jsontext.ValueEnd(object, 0); end < 0 {
		return 0
	}
	members, ok := field.AppendUnwrapped(w.members[:0], object[:end], key)
	if w.members = members; !ok {
		return 0
	}
	for _, m := range members {
		if f, _ := w.meaning(key); m.Nanos && f != field.Time {
			continue
		}
		if s := jsontext.Quoted(m.Value); s != nil {
			w.text(m.Key, s, bytes.IndexByte(s, '\\') >= 0, depth, nesting)
		} else if isNumber(m.Value[0]) {
			w.number(m.Key, m.Value, depth, nesting)
		}
	}
	return end
}

// journalMessage is the key of a message that journalctl -o json prints as an array of bytes, if
// it has colours or other control bytes.
const journalMessage = "MESSAGE"

// bytes takes an array of bytes as a string. It returns where the array ends, i if it is no such
// array.
func (w *walk) bytes(line []byte, i, depth, nesting int) int {
	start := len(w.d.kept)
	kept, n := jsontext.AppendBytes(w.d.kept, line[i:])
	if n > 0 {
		// The Finder does not see the text, so the record is decoded in full.
		w.coded, w.hidden = true, true
		quoted := len(kept)
		w.d.kept = jsontext.AppendQuoted(kept, kept[start:])
		w.text([]byte(journalMessage), w.d.kept[quoted+1:len(w.d.kept)-1], true, depth, nesting)
	}
	return i + n
}

func isNumber(c byte) bool {
	return isDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-'
}

// text takes a string. s is as written, with its escapes.
func (w *walk) text(key, s []byte, escaped bool, depth, nesting int) {
	// Frequent case first: most texts contain no escapes and end in another byte.
	if !w.coded && (escaped || len(s) > 0 && s[len(s)-1] == ')') {
		w.coded = w.finder.StatesCode(s)
	}
	if w.leads && w.lead == timestamp.NoTime {
		w.lead = w.d.clock.Lead(s)
	}
	f, rank := w.meaning(key)
	switch f {
	case field.Time:
		w.timeValue(s, rank, depth, nesting)
	case field.Session, field.Client, field.ConnectionID:
		w.idValue(f, s, rank, escaped, nesting)
	case field.Code:
		w.codeValue(s, rank, depth, nesting)
	case field.Level:
		w.levelValue(s, rank, depth, nesting)
	case field.Message:
		w.single = w.single || w.arrays == 0 && nesting == 0
		if w.said == nil && nesting == 0 {
			w.said = s
		}
	}
	if f == field.EventName && !w.coded {
		w.coded = field.IsInspected(s) // its event has no time that marks telemetry
	}
	d := w.d
	if !w.full {
		// What shows who was there and when must not depend on how far a record is decoded.
		if escaped && nesting < maxNesting && jsontext.MayHoldObject(s) {
			inner := jsontext.AppendUnescaped(d.nested[nesting][:0], s)
			d.nested[nesting] = inner
			if jsontext.LooksLikeObject(bytes.TrimSpace(inner)) {
				w.inner(inner, nesting+1)
			}
		}
		return
	}
	start := len(d.text)
	if escaped {
		d.text = jsontext.AppendUnescaped(d.text, s)
	} else {
		d.text = append(d.text, s...)
	}
	value := d.text[start:]
	if escaped && nesting < maxNesting {
		if from, to := objectIn(value); from >= 0 {
			// The object's fields count as those of the record, and replace the string in the text.
			inner := append(d.nested[nesting][:0], value...)
			d.nested[nesting] = inner
			d.text = d.text[:start]
			open := len(d.open)
			ok := w.inner(inner[from:to], nesting+1)
			d.open = d.open[:open]
			if ok {
				return
			}
			d.text = append(d.text[:start], inner...)
			value = d.text[start:]
		}
	}
	d.text = append(d.text, '\n')
	switch f {
	case field.Name:
		w.nameValue(value, rank)
	case field.Message:
		if rank != field.GivenMessage {
			rank = depth + nesting*maxDepth
		}
		if rank < w.messageRank {
			start := len(d.kept)
			d.kept = terminal.AppendPlain(d.kept, value)
			w.message, w.messageRank = d.kept[start:len(d.kept):len(d.kept)], rank
		}
	default:
		w.telemetryValue(f, value, rank)
	}
}

// telemetryValue takes a string of a field that telemetry has.
func (w *walk) telemetryValue(f field.Field, value []byte, rank int) {
	t := &w.d.telemetry
	switch f {
	case field.Action:
		w.keepFirst(&t.Action, value)
	case field.Variation:
		w.keepFirst(&t.Variation, value)
	case field.Reason:
		w.keepFirst(&t.Reason, value)
	case field.EventName:
		w.keepFirst(&w.eventName, value)
	case field.FailureReason:
		w.keepFirst(&t.FailureReason, value)
	case field.UserAgent:
		w.keepFirst(&t.UserAgent, value)
	case field.Version:
		if v := field.SDKVersion(value); v != nil && rank < w.sdkRank {
			t.SDK, w.sdkRank = w.d.keep(v), rank
		}
		w.native = w.native || rank == field.ClientVersion && field.IsNativeVersion(value)
	case field.StreamID:
		w.keepFirst(&w.streamID, value)
	case field.SubscriberID:
		w.keepFirst(&w.subscriberID, value)
	}
}

// objectIn returns where the object in a string starts and ends, start is -1 if there is none: the
// whole string, or a telemetry event after the text of a console line.
func objectIn(s []byte) (start, end int) {
	if jsontext.LooksLikeObject(bytes.TrimSpace(s)) {
		return 0, len(s)
	}
	return telemetryIn(s)
}

// inner walks an object inside a string.
func (w *walk) inner(object []byte, nesting int) bool {
	for w.deepest < nesting {
		w.deepest++
		w.levels[w.deepest] = ids.None()
	}
	open := len(w.path)
	ok := w.object(object, nesting)
	w.path = w.path[:open]
	return ok
}

// close leaves the innermost open object.
func (w *walk) close() {
	if at := w.innermost(); at.posted && w.posted.Session == nil {
		w.posted = at.ids
	}
	w.d.open = w.d.open[:len(w.d.open)-1]
}

// idValue takes the value of a field made for a session, client or connection.
func (w *walk) idValue(f field.Field, s []byte, rank int, escaped bool, nesting int) {
	if jsontext.IsNull(s) || isBlank(s) {
		return
	}
	switch {
	case f == field.Session: // as written
		if nesting > 0 {
			s = w.d.keep(s)
		}
	case escaped:
		start := len(w.d.kept)
		w.d.kept = jsontext.AppendUnescaped(w.d.kept, s)
		s = w.d.kept[start:len(w.d.kept):len(w.d.kept)]
	case nesting > 0:
		s = w.d.keep(s)
	}
	w.levels[nesting].Take(f, s, rank)
	if w.full && rank != field.GivenSession { // telemetry's own session precedes
		if at := w.innermost(); at != nil {
			at.ids.Take(f, s, rank)
		}
	}
}

// own returns the IDs of the record itself: those that its telemetry states, else those of the
// innermost object. A wrapper's IDs fill in what is missing, unless the wrapper belongs to
// another session.
func (w *walk) own() ids.IDs {
	out := w.posted
	for n := w.deepest; n >= 0; n-- {
		out.Add(&w.levels[n])
	}
	if w.posted.Session != nil {
		return out
	}
	for n := 0; n <= w.deepest; n++ {
		if at := &w.levels[n]; at.Given {
			out.Session, out.Given = at.Session, true
			break
		}
	}
	return out
}

func (w *walk) keepFirst(to *[]byte, value []byte) {
	if len(*to) == 0 {
		*to = w.d.keep(value)
	}
}

// nameValue takes the value of a field made for an error's name.
func (w *walk) nameValue(value []byte, rank int) {
	is, sdk := w.finder.IsName(value)
	if !sdk {
		rank += 2
	}
	if !is || rank >= w.nameRank {
		return
	}
	w.name, w.nameRank, w.nameSure = w.d.keep(value), rank, sdk
	w.nameObject, w.nameCode = 0, 0
	if at := w.innermost(); at != nil {
		w.nameObject, w.nameCode = at.number, at.code
	}
}

// innermost returns the innermost open object, nil if there is none.
func (w *walk) innermost() *openObject {
	if n := len(w.d.open); n > 0 {
		return &w.d.open[n-1]
	}
	return nil
}

// number takes a number.
func (w *walk) number(key, s []byte, depth, nesting int) {
	switch f, rank := w.meaning(key); f {
	case field.Time:
		w.timeValue(s, rank, depth, nesting)
	case field.Session:
		if rank == field.GivenSession { // other numbers identify no session
			w.idValue(f, s, rank, false, nesting)
		}
	case field.Nanos:
		if n, err := strconv.ParseInt(string(s), 10, 64); err == nil && 0 <= n && n < int64(time.Second) {
			w.nanos = n
		}
	case field.Code:
		w.codeValue(s, rank, depth, nesting)
	case field.Level:
		w.levelValue(s, rank, depth, nesting)
	}
}

// levelValue takes the value of a field made for a level. An object inside a string precedes its
// wrapper, and an outer field of the same object an inner one.
func (w *walk) levelValue(s []byte, kind, depth, nesting int) {
	rank := min(depth, maxDepth) - nesting*maxDepth
	if rank >= w.levelRank || w.d.SkipLevels {
		return
	}
	if l := level.Value(s, level.Kind(kind)); l != level.Unknown {
		w.level, w.levelRank = l, rank
	}
}

// codeValue takes the value of a field made for an error's code. Numbers that the Finder
// takes for codes precede others, and outer fields precede inner ones.
func (w *walk) codeValue(s []byte, rank, depth, nesting int) {
	n := field.CodeOf(s)
	if n == 0 {
		return
	}
	if !w.full {
		w.coded = w.coded || w.finder.IsCode(n)
		return
	}
	if rank == field.FailureCode && w.failureCode == 0 {
		w.failureCode = n
	}
	if at := w.innermost(); at != nil && rank < at.codeRank {
		at.code, at.codeRank = n, rank
		if at.number == w.nameObject {
			w.nameCode = n
		}
	}
	rank += min(depth, maxDepth)<<2 + nesting<<9
	if !w.finder.IsCode(n) {
		rank += unranked >> 1
	}
	if rank < w.codeRank {
		w.code, w.codeRank = n, rank
	}
}

// errorCode returns the code that the record states, 0 if it states none. A code in the same
// object as the error's name precedes all others.
func (w *walk) errorCode() int32 {
	if w.nameCode != 0 && w.nameSure {
		return w.nameCode
	}
	return w.code
}

func (w *walk) timeValue(s []byte, rank, depth, nesting int) {
	if rank == field.ClientClock {
		w.clocks++
	}
	if w.arrays > 0 {
		w.listed++
	} else {
		w.single = true
	}
	if rank = field.TimeRank(rank, depth, nesting); rank >= w.timeRank {
		return
	}
	clock := &w.d.clock
	if t := clock.Member(s, depth); t != timestamp.NoTime {
		w.time, w.timeRank = t, rank
		if rank == field.ClientClock {
			w.clientTime = true
			if at := w.innermost(); w.full && at != nil {
				at.posted = true
			}
		}
	} else if w.time != timestamp.NoTime || w.doubt != timestamp.NoDoubt {
		return
	}
	doubt, text := clock.Doubt()
	if w.doubt = doubt; doubt != timestamp.NoDoubt {
		w.d.unsure = append(w.d.unsure[:0], text...)
	}
}
