package layout

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
)

// A Meaning says what a key means, given the keys around it, outermost first.
type Meaning = func(path [][]byte, key []byte) (field.Field, int)

// Rules say how the lines of a source are read.
type Rules struct {
	Means  Meaning
	ByPath bool // the meaning of a key depends on the keys around it
	Leads  bool // the time of a line may be at the start of any text
}

// Learn adds the joints of a line that was read, is complete, and shows nothing.
func (l *Layouts) Learn(line []byte, rules Rules) {
	if len(line) > maxLine || len(l.nodes) >= maxNodes || !endsInObject(line) {
		return
	}
	if l.places == nil {
		l.places = map[string]int32{}
		l.nodes = append(l.nodes, node{})
	}
	l.path = path{layouts: l, Rules: rules, keys: l.path.keys[:0], said: -1, name: l.path.name}
	if l.path.walk(line, 0, len(line)) && len(l.path.keys) == 0 {
		l.path.step(line, len(line), end, nil)
	}
}

// endsInObject reports whether a line starts with an object, and ends with one and a line feed.
func endsInObject(line []byte) bool {
	n := len(line)
	if n < len("{}\n") || line[0] != '{' || line[n-1] != '\n' {
		return false
	}
	n--
	if line[n-1] == '\r' {
		n--
	}
	return line[n-1] == '}'
}

// A path is the way through the nodes that a line takes.
type path struct {
	layouts *Layouts
	Rules
	keys  [][]byte // of the open objects and arrays
	outer int      // how many of these are around a string with an object, 0 outside of one
	after bool     // such a string precedes
	said  int      // where a message starts that contains an object, if no value followed yet; -1: none
	at    int32    // the node of the last value
	from  int      // where the joint after it starts
	name  []byte   // scratch
}

var (
	quote        = []byte{'"'}
	escapedQuote = []byte(`\"`)
	lineFeed     = []byte(`\n`)
)

// walk follows line[i:end] as the decoder reads it: keys are strings before a colon, and the key of a value
// is the last one before it in the same object. It reports false if the rest cannot be learned.
func (p *path) walk(line []byte, i, end int) bool {
	var key []byte
	mark := quote
	if p.outer > 0 {
		mark = escapedQuote
	}
	for i < end {
		switch c := line[i]; {
		case c == mark[0]:
			start := i + len(mark)
			stop, escaped := p.stringEnd(line[:end], i)
			if stop < 0 {
				return false
			}
			next := jsontext.SkipSpace(line[:end], stop+len(mark))
			if next < end && line[next] == ':' {
				if escaped {
					return false
				}
				key, i = line[start:stop], next+1
				continue
			}
			i = stop + len(mark)
			if escaped && p.contains(line[start:stop], key) {
				if !p.enter(line, start, stop, key) {
					return false
				}
				key = nil
				continue
			}
			if !p.step(line, start, text, key) {
				return false
			}
			p.from, key = stop, nil
			if s := line[start:stop]; escaped && bytes.IndexByte(s, '\\') == len(s)-len(lineFeed) && bytes.HasSuffix(s, lineFeed) && p.layouts.nodes[p.at].mayEndInLine() {
				p.from -= len(lineFeed)
			}
		case c == '{' || c == '[':
			if string(key) == unreadable && c == '[' {
				return false
			}
			p.keys = append(p.keys, key)
			i++
		case c == '}' || c == ']':
			if len(p.keys) == p.outer {
				return false
			}
			p.keys, key = p.keys[:len(p.keys)-1], nil
			i++
		case startsNumber(c):
			if !p.step(line, i, number, key) {
				return false
			}
			i = numberEnd(line, i)
			p.from, key = i, nil
		default:
			i++
		}
	}
	return true
}

// stringEnd returns where the string ends whose quote is at i, and whether it has an escape. It returns -1 if
// it does not end, or has an escape and is inside a string itself.
func (p *path) stringEnd(line []byte, i int) (int, bool) {
	if p.outer == 0 {
		return jsontext.StringEnd(line, i+1)
	}
	if !bytes.HasPrefix(line[i:], escapedQuote) {
		return -1, false
	}
	i += len(escapedQuote)
	n := bytes.IndexByte(line[i:], '\\')
	if n < 0 || !bytes.HasPrefix(line[i+n:], escapedQuote) {
		return -1, false
	}
	return i + n, false
}

// contains reports whether a string, as written, of a key in the outermost object contains an object that
// can be learned.
func (p *path) contains(s, key []byte) bool {
	if len(p.keys) != 1 || p.outer > 0 || p.Leads || !bytes.HasPrefix(s, []byte(`{\"`)) || !bytes.HasSuffix(withoutLineEnd(s), []byte{'}'}) {
		return false
	}
	f, _ := p.Means(p.keys, key)
	return f == field.None || f == field.Message
}

// withoutLineEnd returns a string, as written, without the line feed at its end.
func withoutLineEnd(s []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(s, lineFeed), []byte(`\r`))
}

// enter follows the object inside the string line[start:stop].
func (p *path) enter(line []byte, start, stop int, key []byte) bool {
	if f, _ := p.Means(p.keys, key); f == field.Message && p.said < 0 {
		p.said = start
	}
	p.outer, p.after = len(p.keys), true
	ok := p.walk(line, start, start+len(withoutLineEnd(line[start:stop]))) && len(p.keys) == p.outer
	p.outer = 0
	return ok
}

// mayEndInLine reports whether a text of the node means the same with a line feed at its end.
func (n *node) mayEndInLine() bool {
	return !n.inner && (n.field == field.None || n.field == field.Message)
}

// unreadable is the key of a message that may be an array of bytes.
const unreadable = "MESSAGE"

// step goes to the value that starts at i. It reports false if the line cannot be learned further.
func (p *path) step(line []byte, i int, k kind, key []byte) bool {
	l, joint, said := p.layouts, line[p.from:i], p.said
	p.said = -1
	if len(joint) > maxJoint {
		return false
	}
	for e := range l.nodes[p.at].edges {
		if x := &l.nodes[p.at].edges[e]; x.same(joint, k == number) && l.nodes[x.to].kind == k {
			p.at = x.to
			return true
		}
	}
	n := node{kind: k, depth: len(p.keys) - p.outer, inner: p.outer > 0, after: p.after}
	if key != nil || k == text {
		n.field, n.rank = p.Means(p.keys, key)
	}
	if said >= 0 {
		n.said = i - said
	}
	n.codes = n.inner && endsInCodeKey(joint)
	switch n.field {
	case field.Time:
		n.means, n.posts = true, n.rank == field.ClientClock
	case field.Level:
		n.means = true
	case field.Message, field.Name, field.Action, field.Variation, field.Reason, field.FailureReason, field.Version, field.UserAgent, field.StreamID, field.SubscriberID:
		n.means = k == text && !n.inner
	case field.Session, field.Client, field.ConnectionID:
		n.means, n.isID = k == text, k == text
	}
	n.means = n.means || p.Leads && k == text
	switch {
	case len(l.nodes[p.at].edges) == maxEdges, len(l.nodes) == maxNodes:
		return false
	case n.posts && n.depth > 1, !n.posts && bytes.Contains(joint, []byte(field.ClockMark)):
		return false // it is the time of an object in the line, or none: the line is decoded in full
	case n.field == field.EventName, k == number && n.field == field.Nanos:
		return false // they change how other values are read
	case k == number && n.field == field.Session && n.rank == field.GivenSession:
		return false
	case n.inner && len(bytes.Trim(joint, afterCodeKey)) == 0:
		return false // the text before it may be the key of a code
	}
	p.name = append(p.name[:0], byte(n.depth), byte(n.depth>>8), byte(k), flag(n.inner), flag(n.after))
	if p.ByPath {
		for _, key := range p.keys {
			p.name = append(append(p.name, key...), 0)
		}
		if len(p.name) > maxPath {
			return false
		}
	}
	p.name = append(append(p.name, 0), joint...)
	to, ok := l.places[string(p.name)]
	if !ok {
		if to = int32(len(l.nodes)); k == text && n.field != field.Time && !n.isID && !n.codes && l.tables < maxTables {
			l.tables++
			n.texts = newTexts()
		}
		l.nodes = append(l.nodes, n)
		l.places[string(p.name)] = to
	}
	l.nodes[p.at].edges = append(l.nodes[p.at].edges, newEdge(joint, to, k == number))
	p.at = to
	return true
}

// afterCodeKey are the bytes that may be between the escaped key of a code and the code.
const afterCodeKey = `\": `

// endsInCodeKey reports whether a joint ends in an escaped key of a code, as Judge.StatesCode finds it.
func endsInCodeKey(joint []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(joint, afterCodeKey), []byte("ode")) && joint[len(joint)-1] != 'e'
}

func flag(is bool) byte {
	if is {
		return 1
	}
	return 0
}
