package outline

import (
	"bytes"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/textline"
	"github.com/otlog/otlog/parse/timestamp"
)

const (
	// maxDepth is the depth to which a document is examined. No known format is as deep.
	maxDepth = 48
	// maxStrings is how deeply documents may be nested as strings inside documents.
	maxStrings = 4
	// maxKeys is the number of keys of an object that are distinguished. The others share a
	// sketch: an object with more keys is a map.
	maxKeys = 128
	// maxWidth is the number of cells of the widest row.
	maxWidth = 256
)

// A Reader reads documents. It keeps its buffers. It is not safe for concurrent use.
type Reader struct {
	judge Judge
	clock timestamp.Clock

	data     []byte
	sketches []sketch
	text     []byte  // of the current string
	within   *Reader // reads documents in strings
	strings  int     // how deeply the document is nested in strings

	root     facts
	sessions sessions // of all texts
	failed   sessions // of values with evidence of an error
	proofs   int      // texts with evidence of an error
	direct   bool     // an object has a time and a message among its own members
	seen     int32    // the sketch of the value that shows that there are several errors
	crowded  bool     // an object has more of them than one record
}

// NewReader returns a Reader.
func NewReader(j Judge) *Reader {
	// A year that is not stated must not be later.
	return &Reader{judge: j, clock: timestamp.NewClock(timestamp.Times{Latest: time.Unix(0, latest)})}
}

// A sketch is what is known of the values with one path.
type sketch struct {
	key                       []byte
	parent, first, last, next int32 // -1 if there is none
	start, end                int   // of the first of these values
	arrays                    int
	objects                   int
	isRecord                  bool // one of the objects has a time and a message among its own members
	speaks                    bool // one of the objects has a time, a message or a session outside arrays

	// These are about elements of arrays.
	count      int      // of the first array
	width      int      // cells of the first row
	records    int      // elements that look like records
	rows       int      // of these, arrays
	named      int      // records with a message that has a known key
	proofs     int      // other elements with evidence of an error
	marked     int      // other objects with a time, in arrays most of whose objects have one, or with a session, if all have one
	of         sessions // of objects with a time and a session
	sessions   sessions
	errors     bool // an element contains evidence of an error
	columns    int  // records in tables by columns
	cut        bool // such a table has no end, so that it may have more columns
	mapped     int  // records that are members of objects
	mapsErrors bool
	texts      int // strings that contain several records
	textErrors bool
}

// sessions counts session IDs, up to two.
type sessions struct {
	first   []byte
	several bool
}

func (s *sessions) add(id []byte) {
	switch {
	case id == nil:
	case s.first == nil:
		s.first = id
	case !bytes.Equal(s.first, id):
		s.several = true
	}
}

// facts are what is known of one value.
type facts struct {
	timed   bool // it contains a time
	leading bool // it contains a text that starts with a time
	says    bool // it contains a text
	message bool // a text has a key that is made for messages
	word    bool // likewise, however short the text is
	dated   bool // it contains a time with a key that is made for times
	speaks  bool // an object has a time, a message or a session outside arrays
	proof   bool // it contains evidence of an error
	session []byte

	several bool // it is a string that contains several records

	row   bool  // it is an array with a time and a text among its cells
	cells cells // of an array or object
}

// cells are what is known of all elements of an array or members of an object.
type cells struct {
	n      int
	times  bool // all are times
	texts  bool // all are texts
	nested bool // some are objects or arrays
	ids    bool // all have keys that look like IDs
	lines  bool // some are lines of a log
}

func (f *facts) isRecord() bool { return (f.timed || f.leading) && (f.says || f.word) }

func (f *facts) add(g *facts) {
	f.timed, f.leading, f.says = f.timed || g.timed, f.leading || g.leading, f.says || g.says
	f.message, f.word, f.proof = f.message || g.message, f.word || g.word, f.proof || g.proof
	f.several, f.dated = f.several || g.several, f.dated || g.dated
	if f.session == nil {
		f.session = g.session
	}
}

// Read examines a document, whose end may be missing, and returns the lists of records in it.
// The lists are valid until the document changes.
func (r *Reader) Read(doc []byte) []List {
	r.data = doc
	r.sketches = append(r.sketches[:0], sketch{parent: -1, first: -1, last: -1, next: -1})
	r.sessions, r.failed, r.proofs, r.seen, r.crowded, r.direct = sessions{}, sessions{}, 0, 0, false, false
	start := jsontext.SkipSpace(doc, 0)
	_, r.root = r.value(start, 0, nil, 0)
	return r.lists()
}

// Speaks reports whether the document itself has a message.
func (r *Reader) Speaks() bool { return r.root.message }

// IsRecord reports whether the document itself has a time and a message.
func (r *Reader) IsRecord() bool { return r.root.timed && r.root.message }

// IsTimed reports whether the document contains a time, outside its lists.
func (r *Reader) IsTimed() bool { return r.root.timed || r.root.leading }

// LooksLikeRecord reports whether the document as a whole has a time and a text, outside its
// lists.
func (r *Reader) LooksLikeRecord() bool { return r.root.isRecord() }

// IsRow reports whether the document is a row of a table: an array with a time and a text.
func (r *Reader) IsRow() bool { return r.root.row }

// IsColumn reports whether the document is a column of times, which belong to texts elsewhere.
func (r *Reader) IsColumn() bool { return r.root.cells.n > 1 && r.root.cells.times }

// Several reports whether the document contains errors of more than one record, in whatever
// shape.
func (r *Reader) Several() bool {
	return r.failed.several || r.crowded || r.sessions.several && r.proofs >= mostProofs
}

// Seen returns the path of a value that contains errors of another record than those before, and
// how many texts contain errors.
func (r *Reader) Seen() (path string, errors int) {
	var b strings.Builder
	for _, step := range r.path(r.seen) {
		if step.Key == nil {
			b.WriteString("[]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.Write(step.Key[:min(len(step.Key), maxName)])
	}
	return b.String(), r.proofs
}

// fails notes an error of a session, in a value.
func (r *Reader) fails(session []byte, at int32) {
	several := r.failed.several
	if r.failed.add(session); r.failed.several && !several {
		r.seen = at
	}
}

// mostProofs is how many texts of one record may contain evidence of its error: a name, a
// message, a stack.
const mostProofs = 4

// child returns the sketch of the values with a key, or of elements if the key is nil.
func (r *Reader) child(of int32, key []byte) int32 {
	n := 0
	for at := r.sketches[of].first; at >= 0; at = r.sketches[at].next {
		if bytes.Equal(r.sketches[at].key, key) && (r.sketches[at].key == nil) == (key == nil) {
			return at
		}
		if n++; n > maxKeys {
			return at
		}
	}
	at := int32(len(r.sketches))
	r.sketches = append(r.sketches, sketch{key: key, parent: of, first: -1, last: -1, next: -1})
	p := &r.sketches[of]
	if p.last >= 0 {
		r.sketches[p.last].next = at
	} else {
		p.first = at
	}
	p.last = at
	return at
}

// value reads the value at data[i]. It returns where the value ends, -1 if its end is missing.
func (r *Reader) value(i int, at int32, key []byte, depth int) (end int, f facts) {
	if i >= len(r.data) {
		return -1, f
	}
	isFirst := r.sketches[at].end == 0
	if isFirst {
		r.sketches[at].start = i
	}
	end, f = r.valueOf(i, at, key, depth)
	if isFirst && end > 0 {
		r.sketches[at].end = end
	}
	return end, f
}

func (r *Reader) valueOf(i int, at int32, key []byte, depth int) (end int, f facts) {
	c := r.data[i]
	switch {
	case c == '"':
		close, escaped := jsontext.StringEnd(r.data, i+1)
		if close < 0 {
			return -1, f
		}
		return close + 1, r.string(r.data[i+1:close], escaped, at, key)
	case (c == '{' || c == '[') && depth == maxDepth:
		end = jsontext.ValueEnd(r.data, i)
		if end > 0 {
			f.proof = IsError(r.data[i:end])
		}
		return end, f
	case c == '{':
		return r.object(i, at, depth)
	case c == '[':
		return r.array(i, at, depth)
	}
	end = jsontext.ValueEnd(r.data, i)
	if end > 0 && isDigit(c) {
		f.timed = r.isTime(r.data[i:end], key)
		f.dated = f.timed && r.judge.IsTime(key)
	}
	return end, f
}

// object reads an object.
func (r *Reader) object(i int, at int32, depth int) (end int, f facts) {
	r.sketches[at].objects++
	var own facts // of its texts and numbers
	members, records, proofs, errors, ids := 0, 0, 0, false, 0
	column, all, cut := columnCheck{}, cells{times: true, texts: true, ids: true}, false
	i = r.skipCommas(i + 1)
	end = -1
	for i < len(r.data) && r.data[i] == '"' {
		close, _ := jsontext.StringEnd(r.data, i+1)
		if close < 0 {
			break
		}
		key := r.data[i+1 : close]
		i = jsontext.SkipSpace(r.data, close+1)
		if i >= len(r.data) || r.data[i] != ':' {
			break
		}
		if i = jsontext.SkipSpace(r.data, i+1); i >= len(r.data) {
			break
		}
		r.sessions.add(r.judge.Session(key))
		next, g := r.value(i, r.child(at, key), key, depth+1)
		members++
		all.times = all.times && g.timed && r.data[i] != '{' && r.data[i] != '['
		all.texts = all.texts && !g.timed && r.data[i] == '"'
		all.ids = all.ids && looksLikeID(key)
		switch r.data[i] {
		case '{':
			f.speaks = f.speaks || g.speaks
			column.add(&g)
			column.objects = true
			column.unequal = column.unequal || !g.cells.ids || g.cells.nested
			all.nested = true
			if next > 0 && g.isRecord() {
				records++
				errors = errors || g.proof
				if looksLikeID(key) {
					ids++
				}
			}
		case '[':
			if next < 0 {
				break // cutBy looks at it
			}
			column.add(&g)
			column.unequal = column.unequal || g.cells.nested
			all.nested = true
		default:
			own.add(&g)
			if g.proof {
				proofs++
			}
		}
		f.add(&g)
		if next < 0 {
			// The name of a list is a plural, that of a column is not.
			cut = r.data[i] == '[' && column.cutBy(&g, r.judge.IsMessage(key) || !bytes.HasSuffix(key, []byte("s")))
			i = len(r.data)
			break
		}
		i = jsontext.SkipSpace(r.data, next)
		i = r.skipCommas(i)
	}
	if i < len(r.data) && r.data[i] == '}' {
		end = i + 1
	}
	f.speaks = f.speaks || own.timed || own.word || own.session != nil || own.proof
	r.sketches[at].speaks = r.sketches[at].speaks || f.speaks
	if own.timed && own.message {
		r.sketches[at].isRecord, r.direct = true, true
	}
	if own.proof {
		r.fails(own.session, at)
		if proofs > mostProofs {
			r.crowded, r.seen = true, at
		}
	}
	switch {
	case !own.isRecord() && 2*records >= members && (records > 2 || records > 0 && records == ids):
		r.sketches[at].mapped += records
		r.sketches[at].mapsErrors = r.sketches[at].mapsErrors || errors
		f = own
	case (column.n > 1 || column.objects) && column.complete() && end > 0 && !own.says && !own.several:
		r.sketches[at].columns += column.n
		f = own
	case cut && !own.says && !own.several:
		r.sketches[at].columns += column.n
		r.sketches[at].cut = true
		f = own
	}
	f.cells = cells{n: members, times: all.times && members > 0, texts: all.texts && own.says, ids: all.ids, nested: all.nested}
	return end, f
}

// skipCommas skips white space and commas: members may have been removed.
func (r *Reader) skipCommas(i int) int {
	for i < len(r.data) && (r.data[i] == ',' || jsontext.IsSpace(r.data[i])) {
		i++
	}
	return i
}

// looksLikeID reports whether a key is an ID rather than a word.
func looksLikeID(key []byte) bool { return bytes.ContainsAny(key, "0123456789") }

// A columnCheck checks whether arrays are the columns of a table.
type columnCheck struct {
	n            int
	unequal      bool
	objects      bool // some are objects, whose keys number the rows
	times, texts bool // there is a column of them
}

func (c *columnCheck) add(f *facts) {
	if c.n == 0 {
		c.n = f.cells.n
	}
	c.unequal = c.unequal || f.cells.n != c.n || c.n == 0
	c.times, c.texts = c.times || f.cells.times, c.texts || f.cells.texts
}

func (c *columnCheck) complete() bool { return !c.unequal && c.times && c.texts }

// cutBy reports whether these arrays and one without its end, the last one, are the columns of a
// table that is longer than what is read of it. It must not be taken for a list: each cell would be
// a record. If the array is the only one, mayBeFirst says whether it may be a column all the same.
func (c *columnCheck) cutBy(f *facts, mayBeFirst bool) bool {
	x := &f.cells
	if x.nested || x.lines || x.n == 0 || c.unequal || c.objects {
		return false
	}
	if c.n == 0 {
		if c.n = x.n; x.n <= maxWidth || !mayBeFirst && !x.times {
			return false
		}
		return true
	}
	return x.n <= c.n && (c.n > maxWidth || c.n > 2 && c.times)
}

// array reads an array.
func (r *Reader) array(i int, at int32, depth int) (end int, f facts) {
	r.sketches[at].arrays++
	isFirst := r.sketches[at].arrays == 1
	elements := r.child(at, nil)
	n, objects, records, marked, identified, lines, timed := 0, 0, 0, 0, 0, 0, false
	all := cells{times: true, texts: true}
	columns, cut := columnCheck{}, false
	var first, last int64 // Unix times of seconds, if all elements are
	i = jsontext.SkipSpace(r.data, i+1)
	end = -1
	for i < len(r.data) && r.data[i] != ']' {
		next, g := r.value(i, elements, nil, depth+1)
		if next < 0 {
			cut = r.data[i] == '[' && objects == 0 && columns.cutBy(&g, true)
			i = len(r.data)
			break
		}
		x := &r.sketches[at]
		n++
		scalar := false
		switch r.data[i] {
		case '{':
			all.nested = true
			objects++
			if g.isRecord() {
				records++
				x.records++
				x.noteErrors(&g)
				if g.word {
					x.named++
				}
			} else if g.proof {
				x.proofs++
				x.noteErrors(&g)
			} else if g.dated {
				marked++
			}
			if g.session != nil {
				identified++
			}
			if g.timed {
				x.of.add(g.session)
			}
		case '[':
			all.nested = true
			columns.add(&g)
			if isFirst && n == 1 {
				x.width = g.cells.n
			}
			if g.row {
				records++
				x.records++
				x.rows++
				x.noteErrors(&g)
				x.width = g.cells.n
			}
		case '"':
			scalar = true
			if g.isRecord() && !g.timed {
				x.records++
				lines++
				x.noteErrors(&g)
			} else if g.proof {
				x.proofs++
				x.noteErrors(&g)
			}
		default:
			scalar = true
		}
		if n == 1 || first > 0 {
			if last = unixSeconds(r.data[i:next]); n == 1 || last == 0 {
				first = last
			}
		}
		timed = timed || scalar && g.timed
		all.times = all.times && scalar && g.timed
		all.texts = all.texts && r.data[i] == '"' && !g.timed
		f.add(&g)
		if i = jsontext.SkipSpace(r.data, next); i < len(r.data) && r.data[i] == ',' {
			i = jsontext.SkipSpace(r.data, i+1)
		} else if i < len(r.data) && r.data[i] != ']' {
			i = len(r.data) // invalid
		}
	}
	if i < len(r.data) {
		end = i + 1
	}
	if isFirst {
		r.sketches[at].count = n
	}
	if n := max(marked, identified); marked > 1 && 2*marked > objects || identified > 1 && identified == objects {
		r.sketches[at].marked += n
	}
	if objects == 0 && columns.n > 0 && n > 1 && columns.complete() && end > 0 {
		r.sketches[at].columns += columns.n
		return end, facts{}
	}
	if cut {
		r.sketches[at].columns += columns.n
		r.sketches[at].cut = true
		return end, facts{}
	}
	all.times = all.times || first > 0 && first != last // in seconds
	all.n, all.times, all.lines = n, all.times && n > 0, lines > 0
	all.texts = all.texts && f.says
	if records > 0 || n > maxWidth {
		return end, facts{cells: all}
	}
	if lines > 1 && !timed {
		return end, facts{cells: all} // it is a list of lines
	}
	f.row, f.cells = f.isRecord(), all
	return end, f
}

// unixSeconds reads a Unix time of ten digits, as a number or a string. It returns 0 for any other
// value. A single one may be an identifier.
func unixSeconds(value []byte) int64 {
	value = bytes.Trim(value, `"`)
	nanos, n := timestamp.Epoch(value)
	if n == 0 || n != len(value) {
		return 0
	}
	return nanos
}

func (x *sketch) noteErrors(f *facts) {
	if f.proof {
		x.errors = true
		x.sessions.add(f.session)
	}
}

// string reads a string, as written.
func (r *Reader) string(s []byte, escaped bool, at int32, key []byte) (f facts) {
	if len(s) == 0 {
		return f
	}
	if r.isTime(s, key) {
		f.timed, f.dated = true, r.judge.IsTime(key)
		return f
	}
	text := s
	if escaped || isHTML(s) {
		r.text = jsontext.AppendUnescaped(r.text[:0], s)
		text = r.text
		if several, inner, ok := r.inside(text); ok {
			if several {
				r.sketches[at].texts++
				r.sketches[at].textErrors = r.sketches[at].textErrors || IsError(text)
				return facts{several: true}
			}
			if inner != nil {
				return *inner
			}
		}
	}
	f.word = r.judge.IsMessage(key)
	f.message = f.word && (len(text) >= shortText || bytes.IndexByte(text, ' ') > 0)
	f.says = f.message || len(text) >= shortText && bytes.IndexByte(text, ' ') > 0 || r.judge.IsAction(key)
	f.leading = f.says && r.startsWithTime(text)
	if f.session = r.judge.Session(text); f.session != nil {
		f.session = r.judge.Session(s) // it outlives the text
		r.sessions.add(f.session)
	}
	if f.proof = IsError(text); f.proof {
		f.says = true
		r.proofs++
		r.fails(f.session, at)
	}
	return f
}

// shortText is the length of the shortest string that counts as a text.
const shortText = 8

// inside examines a string that may contain several records. It reports false if the string is
// one text; inner is what is known of the document in the string.
func (r *Reader) inside(text []byte) (several bool, inner *facts, ok bool) {
	trimmed := bytes.TrimSpace(Lines(text))
	if len(trimmed) < 2 || r.strings == maxStrings {
		return false, nil, false
	}
	if opensDocument(trimmed) {
		w := r.nested()
		lists := w.Read(trimmed)
		if len(lists) > 0 || w.Several() || holdsDocuments(trimmed) || trimmed[0] == '[' && w.root.cells.n > 1 && w.proofs > 0 {
			return true, nil, true
		}
		f := w.root
		f.session, f.cells, f.row = bytes.Clone(f.session), cells{}, false
		r.sessions.add(f.session)
		r.proofs += w.proofs
		if f.proof {
			r.failed.add(f.session)
		}
		return false, &f, true
	}
	return r.CountLines(trimmed, 2) == 2 || r.holdErrors(trimmed), nil, true
}

// holdsDocuments reports whether a text is several documents, one after the other.
func holdsDocuments(text []byte) bool {
	end := jsontext.ValueEnd(text, 0)
	if end < 0 {
		return false
	}
	next := jsontext.SkipSpace(text, end)
	return next > end && opensDocument(text[next:])
}

// opensDocument reports whether a text starts like a JSON object or array.
func opensDocument(text []byte) bool {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	i := jsontext.SkipSpace(text, 1)
	return i < len(text) && bytes.IndexByte([]byte(`{["]}`), text[i]) >= 0
}

// holdErrors reports whether lines of a text show errors of several sessions.
func (r *Reader) holdErrors(text []byte) bool {
	var failed sessions
	for line := range bytes.Lines(text) {
		if !failed.several && IsError(line) {
			failed.add(r.judge.Session(line))
		}
	}
	return failed.several
}

// nested returns the Reader of documents inside strings.
func (r *Reader) nested() *Reader {
	if r.within == nil {
		r.within = NewReader(r.judge)
		r.within.strings = r.strings + 1
	}
	return r.within
}

// HoldsSeveral reports whether a text, without escapes, contains several records: lines or a
// document.
func (r *Reader) HoldsSeveral(text []byte) bool {
	several, _, _ := r.inside(text)
	return several
}

// CountLines counts the lines of a text that start a record, up to a limit.
func (r *Reader) CountLines(text []byte, limit int) int {
	n := 0
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if line = line[textline.MarkWidth(line):]; len(line) <= shortText {
			continue
		}
		if textline.StartsWithTime(&r.clock, line) || bytes.Contains(line[:min(len(line), maxPlace)], sdkLogger) || line[0] == '{' && IsError(line) {
			if n++; n == limit {
				break
			}
		}
	}
	return n
}

var sdkLogger = []byte("OpenTok:")

// maxPlace is how far into a line the SDK's name may be: a console puts the place in the code before it.
const maxPlace = 64

// startsWithTime reports whether a text starts with a time.
func (r *Reader) startsWithTime(text []byte) bool {
	// Frequent case first: most texts start with a letter.
	if !isDigit(text[0]) && text[0] != '[' {
		return false
	}
	t, _ := r.clock.Line(text)
	return isPlausible(t)
}

// isTime reports whether a value is a time. Numbers of few digits are times only where times
// are expected.
func (r *Reader) isTime(s []byte, key []byte) bool {
	return IsTime(&r.clock, s, key != nil && r.judge.IsTime(key))
}

// IsTime reports whether s, a string or number, is a plausible time. expected says that there is
// reason to expect one, so that a number of seconds is a time, too.
func IsTime(c *timestamp.Clock, s []byte, expected bool) bool {
	if len(s) < 8 || len(s) > 40 {
		return false
	}
	if !isDigit(s[0]) && (s[0] < 'A' || s[0] > 'S') { // the names of days and months
		return false
	}
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	if !expected && digits < 13 && (digits == len(s) || digits >= 9 && s[digits] == '.' && len(s)-digits < 4) {
		return false
	}
	return isPlausible(c.Value(s))
}

// isPlausible reports whether a log may have been written at a time.
func isPlausible(nanos int64) bool {
	return nanos != timestamp.NoTime && nanos >= earliest && nanos < latest
}

var (
	earliest = time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
