package field

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Guess finds the keys of a source by the values in its first records. The zero Guess has seen
// none.
type Guess struct {
	Clock timestamp.Clock // reads times

	keys    map[string]*stats
	order   []*stats // in which they were first seen
	records int
}

// maxDepth is how deep objects are looked into.
const maxDepth = 4

// Add adds a record, which is an object.
func (g *Guess) Add(record []byte) {
	g.records++
	g.object(record, 0)
}

// stats are what the values of one key look like.
type stats struct {
	name  string
	depth int
	order int // in which the keys were first seen

	seen    int
	times   int // values that are an instant of this century
	written int // part of these: not as a number
	rising  int // part of these: not before the one before
	falling int // likewise, not after
	last    int64
	dates   [][]byte        // values whose order of day and month is unknown; part of times
	short   map[string]bool // values that may be identifiers
	dull    int             // values that may not
}

// maxKeys is how many keys are looked at.
const maxKeys = 500

// object adds the members of an object, and of the objects in it.
func (g *Guess) object(object []byte, depth int) {
	pair := []byte(nil)
	for key, value := range jsontext.Members(object) {
		if len(value) == 0 || len(key) > MaxName {
			continue
		}
		switch {
		case pair != nil && IsPairValue(key):
			key, pair = pair, nil
		case IsPairKey(key) && len(jsontext.Quoted(value)) > 0:
			pair = jsontext.Quoted(value)
		default:
			pair = nil
		}
		for value[0] == '{' && WrapperAt(value) != NoWrapper {
			inner := unwrap(value)
			if inner == nil {
				break
			}
			value = inner
		}
		switch value[0] {
		case '{':
			if depth < maxDepth {
				g.object(value, depth+1)
			}
			continue
		case '[':
			for element := range jsontext.Elements(value) {
				if depth < maxDepth && element[0] == '{' && isPair(element) {
					g.object(element, depth+1)
				}
			}
			continue
		}
		k := g.keys[string(key)]
		if k == nil {
			if len(g.keys) == maxKeys {
				continue
			}
			if g.keys == nil {
				g.keys = map[string]*stats{}
			}
			k = &stats{name: string(key), depth: depth, order: len(g.keys), last: math.MinInt64, short: map[string]bool{}}
			g.keys[k.name], g.order = k, append(g.order, k)
		}
		k.add(value, &g.Clock)
	}
}

// unwrap returns the value that a wrapper holds, nil if it holds none.
func unwrap(wrapper []byte) []byte {
	kind := WrapperAt(wrapper)
	for key, value := range jsontext.Members(wrapper) {
		if inner := kind.Unwrapped(nil, key); inner == nil && len(value) > 0 {
			return value
		}
	}
	return nil
}

// isPair reports whether an object is a name and its value.
func isPair(object []byte) bool {
	const most = 3 // members: there may be a type, too
	n, name, pair := 0, false, false
	for key := range jsontext.Members(object) {
		pair = pair || name && IsPairValue(key)
		name = IsPairKey(key)
		if n++; n > most {
			return false
		}
	}
	return pair
}

// The times that a log may state: after the SDK appeared, and before the end of the century.
var earliestTime, latestTime = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// IsTime reports whether a value is an instant that a log may state, or would be if the order of
// day and month were known.
func IsTime(clock *timestamp.Clock, value []byte) bool {
	t := clock.Value(value)
	doubt, _ := clock.Doubt()
	return t >= earliestTime && t < latestTime || doubt == timestamp.DayMonth
}

func (k *stats) add(value []byte, clock *timestamp.Clock) {
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
	} else {
		k.short[string(text)] = true
	}
}

// isTime reports whether nearly all values of the key are times, in order.
func (k *stats) isTime() bool {
	return k.times > 0 && k.times*10 >= k.seen*9 && max(k.rising, k.falling)*10 >= k.times*8
}

// Time returns the key without a known name that is most likely the time of records, "" for none:
// a key of most records, preferably one whose values differ, named like a time, written like one, and
// outermost. dates are its values whose order of day and month is unknown.
func (g *Guess) Time() (key string, dates [][]byte) {
	var best *stats
	for _, k := range g.order {
		if f, _ := Of([]byte(k.name)); f == Time || !k.isTime() || k.seen*10 < g.records*8 {
			continue
		}
		// A number may be anything. Under another name it must grow or fall.
		if k.written == 0 && !NamedTime(k.name) && (k.times < 3 || k.rising+k.falling >= 2*k.times) {
			continue
		}
		if best == nil || k.compare(best) < 0 {
			best = k
		}
	}
	if best == nil {
		return "", nil
	}
	return best.name, best.dates
}

// IsConstant reports whether all times of a key are the same.
func (g *Guess) IsConstant(key string) bool { return g.keys[key].isConstant() }

// isConstant reports whether all times are the same, as that of an import is.
func (k *stats) isConstant() bool { return k.times > 2 && k.rising == k.times && k.falling == k.times }

// compare orders keys by how likely they are the time of records, the likeliest first.
func (k *stats) compare(other *stats) int {
	return cmp.Or(compareBools(k.isConstant(), other.isConstant()), compareBools(namedOther(k.name), namedOther(other.name)), -compareBools(NamedTime(k.name), NamedTime(other.name)), -compareBools(k.written > 0, other.written > 0),
		cmp.Compare(k.depth, other.depth), k.compareNumbers(other), cmp.Compare(k.order, other.order))
}

// compareNumbers orders keys whose times are numbers, without names that say more: an event precedes
// its ingestion.
func (k *stats) compareNumbers(other *stats) int {
	if k.written > 0 || other.written > 0 || NamedTime(k.name) {
		return 0
	}
	return cmp.Compare(k.last, other.last)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// NamedTime reports whether a key is named like a time.
func NamedTime(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"time", "date", "stamp", "created", "generated", "occurred", "received", "epoch", "instant", "clock", "zeit", "datum", "fecha", "hora", "heure", "horodat"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "ts" || name == "when" || name == "at" || name == "dt" || name == "@t" || name == "t" || strings.HasSuffix(name, "_at") || strings.HasSuffix(name, "At") || strings.HasSuffix(name, "_ts") || strings.HasSuffix(name, "Ts")
}

// namedOther reports whether a key is named like the time of something else than the event: of its way
// to the log store, or of the account it concerns.
func namedOther(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"expir", "until", "ingest", "receiv", "upload", "index", "flush", "updat", "modif", "process", "collect", "import", "export", "deliver", "sent", "server", "join", "account", "signup", "regist", "birth", "deploy", "release", "start"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// most is how many candidates are returned.
const most = 3

// Times returns keys that may be a time, though not surely.
func (g *Guess) Times() (out []string) {
	for _, k := range g.order {
		if f, _ := Of([]byte(k.name)); f != Time && (k.times > 0 || NamedTime(k.name)) && len(out) < most {
			out = append(out, k.name)
		}
	}
	return out
}

// Identifiers returns keys that may identify a person, a room or a call: most records have them,
// with short values that differ, and their name says so.
func (g *Guess) Identifiers() (out []string) {
	for _, k := range g.order {
		f, _ := Of([]byte(k.name))
		if f == None && k.seen*2 >= g.records && len(k.short) > 1 && k.dull*10 <= k.seen && namedIdentity(k.name) && len(out) < most {
			out = append(out, k.name)
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
