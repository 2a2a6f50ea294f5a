package layout

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
)

// A Meaning says what a key means, given the keys around it, outermost first.
type Meaning = func(path [][]byte, key []byte) (field.Field, int)

// Learn adds the joints of a line that was read, is complete, and shows nothing. If byPath is set, the
// meaning of a key depends on the keys around it.
func (l *Layouts) Learn(line []byte, means Meaning, byPath bool) {
	if len(line) > maxLine || len(l.nodes) >= maxNodes || !endsInObject(line) {
		return
	}
	if l.places == nil {
		l.places = map[string]int32{}
		l.nodes = append(l.nodes, node{})
	}
	l.path = path{layouts: l, means: means, byPath: byPath, keys: l.path.keys[:0], name: l.path.name}
	l.path.walk(line)
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
	means   Meaning
	byPath  bool
	keys    [][]byte // of the open objects and arrays
	at      int32    // the node of the last value
	from    int      // where the joint after it starts
	name    []byte   // scratch
}

// walk follows a line as the decoder reads it: keys are strings before a colon, and the key of a value
// is the last one before it in the same object.
func (p *path) walk(line []byte) {
	var key []byte
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == '"':
			end, escaped := jsontext.StringEnd(line, i+1)
			if end < 0 {
				return
			}
			next := jsontext.SkipSpace(line, end+1)
			if next < len(line) && line[next] == ':' {
				if escaped {
					return
				}
				key, i = line[i+1:end], next+1
				continue
			}
			if !p.step(line, i+1, text, key) {
				return
			}
			p.from, i, key = end, end+1, nil
		case c == '{' || c == '[':
			if string(key) == unreadable && c == '[' {
				return
			}
			p.keys = append(p.keys, key)
			i++
		case c == '}' || c == ']':
			if len(p.keys) == 0 {
				return
			}
			p.keys, key = p.keys[:len(p.keys)-1], nil
			i++
		case startsNumber(c):
			if !p.step(line, i, number, key) {
				return
			}
			i = numberEnd(line, i)
			p.from, key = i, nil
		default:
			i++
		}
	}
	if len(p.keys) == 0 {
		p.step(line, len(line), end, nil)
	}
}

// unreadable is the key of a message that may be an array of bytes.
const unreadable = "MESSAGE"

// step goes to the value that starts at i. It reports false if the line cannot be learned further.
func (p *path) step(line []byte, i int, k kind, key []byte) bool {
	l, joint := p.layouts, line[p.from:i]
	if len(joint) > maxJoint {
		return false
	}
	for e := range l.nodes[p.at].edges {
		if x := &l.nodes[p.at].edges[e]; x.same(joint, k == number) && l.nodes[x.to].kind == k {
			p.at = x.to
			return true
		}
	}
	n := node{kind: k, depth: len(p.keys)}
	if key != nil || k == text {
		n.field, n.rank = p.means(p.keys, key)
	}
	switch n.field {
	case field.Time:
		n.means, n.posts = true, n.rank == field.ClientClock
	case field.Level:
		n.means = true
	case field.Message, field.Name, field.Action, field.Variation, field.Reason, field.FailureReason, field.Version, field.UserAgent, field.StreamID, field.SubscriberID:
		n.means = k == text
	case field.Session, field.Client, field.ConnectionID:
		n.means, n.isID = k == text, k == text
	}
	switch {
	case len(l.nodes[p.at].edges) == maxEdges, len(l.nodes) == maxNodes:
		return false
	case n.posts && n.depth > 1, !n.posts && bytes.Contains(joint, []byte(field.ClockMark)):
		return false // it is the time of an object in the line, or none: the line is decoded in full
	case n.field == field.EventName, k == number && n.field == field.Nanos:
		return false // they change how other values are read
	case k == number && n.field == field.Session && n.rank == field.GivenSession:
		return false
	}
	p.name = append(p.name[:0], byte(n.depth), byte(n.depth>>8), byte(k))
	if p.byPath {
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
		if to = int32(len(l.nodes)); k == text && n.field != field.Time && !n.isID && l.tables < maxTables {
			l.tables++
			n.texts = &texts{}
		}
		l.nodes = append(l.nodes, n)
		l.places[string(p.name)] = to
	}
	l.nodes[p.at].edges = append(l.nodes[p.at].edges, newEdge(joint, to, k == number))
	p.at = to
	return true
}
