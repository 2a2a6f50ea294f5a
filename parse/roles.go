package parse

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// Fields name the keys of objects, or the columns of tables, whose names say nothing to otlog. A
// key may be a path: user.id. "" is none.
type Fields struct {
	Time    string // when the record was written
	Session string // identifies the session, or whatever stands in for it
	Message string // what people read
}

// roles are the fields of one source.
type roles struct {
	given   Fields // by the user: they precede all others, except those of telemetry
	learned Fields // from the first records
}

// The ranks of given fields.
const (
	givenClock   = 7  // of a time, before its depth counts
	givenSession = -4 // so that it precedes every other one
	givenMessage = -1
)

// of returns the meaning of a key as fieldOf does. path leads to the key.
func (r *roles) of(path [][]byte, key []byte) (field, int) {
	switch {
	case isRole(r.given.Time, path, key):
		return fieldTime, givenClock
	case isRole(r.given.Session, path, key):
		return fieldSession, givenSession
	case isRole(r.given.Message, path, key):
		return fieldMessage, givenMessage
	}
	if f, rank := fieldOf(key); f != fieldNone {
		return f, rank
	}
	switch {
	case isRole(r.learned.Time, path, key):
		return fieldTime, learnedClock
	case isRole(r.learned.Message, path, key):
		return fieldMessage, 0
	}
	return fieldNone, 0
}

// has reports whether a column has a role.
func (r *roles) has(column string) bool {
	if r == nil {
		return false
	}
	for _, f := range [...]*Fields{&r.given, &r.learned} {
		if column == f.Time || column == f.Session || column == f.Message {
			return true
		}
	}
	return false
}

// learnedClock is the rank of a learned time, before its depth counts.
const learnedClock = 5

// isRole reports whether a name is that of a key, or the path to it.
func isRole(name string, path [][]byte, key []byte) bool {
	if name == "" || !strings.HasSuffix(name, string(key)) {
		return false
	}
	if len(name) == len(key) {
		return true
	}
	rest := name[:len(name)-len(key)]
	for i := len(path) - 1; i >= 0; i-- {
		var dotted bool
		if rest, dotted = strings.CutSuffix(rest, "."); !dotted {
			return false
		}
		if !strings.HasSuffix(rest, string(path[i])) {
			return false
		}
		if rest = rest[:len(rest)-len(path[i])]; rest == "" {
			return true
		}
	}
	return false
}

// Learned is what the first records of an input say about its fields.
type Learned struct {
	Fields            // found by their content, not by their name
	Columns  int      // of a table without a header; 0: it has one
	Unsure   []string // keys that may be a time, if no record has one
	Identify []string // keys that look like identifiers of people, rooms or calls
}

// mostLearned is how many records are looked at.
const mostLearned = 300

// learn reads the first bytes of an input, and adds what its records say to the format and to how
// times are read.
func (in *Input) learn(head []byte, whole bool, given Fields) {
	f := &in.Format
	if given != (Fields{}) {
		f.roles = &roles{given: given}
	}
	s := in.sample(head, whole)
	if order := timestamp.OrderOf(s.dates); order != timestamp.NoOrder {
		in.Times.Order = order
		s = in.sample(head, whole)
	}
	if f.stacks && s.timed*2 < len(s.lines) {
		f.words = wordsBeforeTime(s.lines, in.Times)
	}
	keys := map[string]*keyStats{}
	clock := timestamp.NewClock(in.Times)
	for _, r := range s.objects {
		collect(keys, r, &clock, 0)
	}
	all := make([]*keyStats, 0, len(keys))
	for _, k := range keys {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *keyStats) int { return cmp.Compare(a.order, b.order) })
	l := &in.Learned
	l.Identify = identifiers(all, len(s.objects))
	if given.Time != "" || s.timed*2 >= s.records {
		return
	}
	k := bestTime(all, len(s.objects))
	if k == nil {
		if s.timed == 0 {
			l.Unsure = unsureTimes(all)
		}
		return
	}
	l.Time = k.name
	f.roles = &roles{given: given, learned: Fields{Time: k.name}}
	if order := timestamp.OrderOf(k.dates); order != timestamp.NoOrder {
		in.Times.Order = order
	}
}

// A sample holds the first records of an input.
type sample struct {
	records, timed int
	objects        [][]byte // records that are objects
	lines          [][]byte // the first lines of records of text
	dates          [][]byte // times whose order of day and month is unknown
}

// sample reads the first records of an input.
func (in *Input) sample(head []byte, whole bool) *sample {
	f := in.Format
	f.named = true
	if !whole && f.kind == byLine {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	r := newReader(bytes.NewReader(head), f)
	var d Decoder
	d.SetTimes(in.Times)
	s := &sample{}
	for s.records < mostLearned {
		b := &Block{}
		if r.Next(b) != nil {
			break
		}
		for e, skipped := range d.Events(b, noFinder{}) {
			if skipped != nil || s.records == mostLearned {
				continue
			}
			text := recordText(b, e)
			switch {
			case len(text) == 0:
				continue
			case opensObject(text):
				s.objects = append(s.objects, text)
			default:
				line, _, _ := bytes.Cut(text, lineFeed)
				s.lines = append(s.lines, line)
			}
			s.records++
			if e.Time != timestamp.NoTime || e.OfDay != timestamp.NoTime {
				s.timed++
			}
			if e.Doubt == timestamp.DayMonth {
				s.dates = append(s.dates, bytes.Clone(e.Doubted))
			}
		}
	}
	return s
}

// maxWords is how many words may precede the time of a line: a host, a program, a container.
const maxWords = 4

// wordsBeforeTime returns how many words precede the time of nearly all lines, 0 if that is not
// known.
func wordsBeforeTime(lines [][]byte, times timestamp.Times) int {
	clock := timestamp.NewClock(times)
	for words := 1; words <= maxWords; words++ {
		timed := 0
		for _, line := range lines {
			if t, ofDay := clock.Line(afterWords(line, words)); t != timestamp.NoTime || ofDay != timestamp.NoTime {
				timed++
			}
		}
		if timed*10 >= len(lines)*8 {
			return words
		}
	}
	return 0
}

// recordText returns the text of an event in its block.
func recordText(b *Block, e *Event) []byte {
	if b.Format.kind == byLine {
		from := int(e.Offset - b.Offset)
		return bytes.TrimSpace(b.Data[from : from+e.Bytes])
	}
	offset := b.Offset
	for i := range b.Records {
		if s := &b.Records[i]; offset == e.Offset {
			return bytes.TrimSpace(b.Data[s.Start:s.End])
		}
		offset += b.Records[i].Bytes
	}
	return nil
}

// keyStats is what the values of one key look like.
type keyStats struct {
	name  string
	depth int
	order int // in which the keys were first seen

	seen    int
	times   int // values that are an instant of this century
	written int // part of these: not as a number
	rising  int // part of these: not before the one before
	falling int // likewise, not after
	last    int64
	dates   [][]byte       // values whose order of day and month is unknown; part of times
	short   map[string]int // values that may be identifiers
	dull    int            // values that may not
}

// maxKeys is how many keys are looked at.
const maxKeys = 500

// collect adds the members of an object, and of the objects in it.
func collect(keys map[string]*keyStats, object []byte, clock *timestamp.Clock, depth int) {
	for key, value := range jsontext.Members(object) {
		if len(value) == 0 || len(key) > maxColumn {
			continue
		}
		switch value[0] {
		case '{':
			if depth < maxNesting {
				collect(keys, value, clock, depth+1)
			}
			continue
		case '[':
			continue
		}
		k := keys[string(key)]
		if k == nil {
			if len(keys) == maxKeys {
				continue
			}
			k = &keyStats{name: string(key), depth: depth, order: len(keys), last: math.MinInt64, short: map[string]int{}}
			keys[k.name] = k
		}
		k.add(value, clock)
	}
}

// The times that a log may state: after the SDK appeared, and before the end of the century.
var earliestTime, latestTime = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

func (k *keyStats) add(value []byte, clock *timestamp.Clock) {
	k.seen++
	text := value
	if value[0] == '"' {
		text = jsontext.Quoted(value)
	}
	t := clock.Value(text)
	if doubt, date := clock.Doubt(); doubt == timestamp.DayMonth {
		k.times, k.written, k.rising, k.falling = k.times+1, k.written+1, k.rising+1, k.falling+1
		k.dates = append(k.dates, bytes.Clone(date))
		return
	}
	if t >= earliestTime && t < latestTime {
		k.times++
		if len(text) > 0 && (bytes.IndexByte(text, '-') > 0 || bytes.IndexByte(text, ':') > 0 || bytes.IndexByte(text, '/') > 0) {
			k.written++
		}
		if t >= k.last {
			k.rising++
		}
		if t <= k.last || k.last == math.MinInt64 {
			k.falling++
		}
		k.last = t
		return
	}
	if n := len(text); n == 0 || n > 64 || bytes.IndexByte(text, ' ') >= 0 {
		k.dull++
	} else if len(k.short) < mostLearned {
		k.short[string(text)]++
	}
}

// isTime reports whether nearly all values of the key are times, in order.
func (k *keyStats) isTime() bool {
	return k.times > 0 && k.times*10 >= k.seen*9 && max(k.rising, k.falling)*10 >= k.times*8
}

// bestTime returns the key that is most likely the time of records, nil for none: a key of most
// records, preferably named like a time, written like one, and outermost.
func bestTime(all []*keyStats, records int) *keyStats {
	var best *keyStats
	for _, k := range all {
		if !k.isTime() || k.seen*10 < records*8 {
			continue
		}
		// A number may be anything. One that does not grow, or has no name of a time, is no time.
		if k.written == 0 && !namedTime(k.name) && (k.times < 3 || k.rising+k.falling >= 2*k.times) {
			continue
		}
		if best == nil || k.compare(best) < 0 {
			best = k
		}
	}
	return best
}

// compare orders keys by how likely they are the time of records, the likeliest first.
func (k *keyStats) compare(other *keyStats) int {
	return cmp.Or(-compareBool(namedTime(k.name), namedTime(other.name)), -compareBool(k.written > 0, other.written > 0),
		cmp.Compare(k.depth, other.depth), cmp.Compare(k.order, other.order))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// namedTime reports whether a key is named like a time.
func namedTime(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"time", "date", "stamp", "created", "generated", "occurred", "received", "epoch", "instant", "clock"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "ts" || name == "dt" || name == "@t" || name == "t" || strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "At") || strings.HasSuffix(name, "_ts") || strings.HasSuffix(name, "Ts")
}

// unsureTimes returns keys that may be a time.
func unsureTimes(all []*keyStats) (out []string) {
	for _, k := range all {
		if f, _ := fieldOf([]byte(k.name)); (k.times > 0 || namedTime(k.name)) && f != fieldTime && len(out) < 3 {
			out = append(out, k.name)
		}
	}
	return out
}

// identifiers returns keys whose values may identify a person, a room or a call: short values
// that differ, under a name that says so.
func identifiers(all []*keyStats, records int) (out []string) {
	for _, k := range all {
		if f, _ := fieldOf([]byte(k.name)); f != fieldNone || k.seen*2 < records || len(k.short) < 2 || k.dull*10 > k.seen || !namedIdentity(k.name) {
			continue
		}
		if out = append(out, k.name); len(out) == 3 {
			break
		}
	}
	return out
}

// namedIdentity reports whether a key is named like an identifier of whom a failure concerns.
func namedIdentity(name string) bool {
	name = squash(name)
	for _, word := range []string{"user", "uid", "room", "meeting", "call", "conference", "visit", "appointment", "patient", "customer", "client", "device", "participant", "member", "account", "session", "conversation"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
