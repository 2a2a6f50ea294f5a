// Package document follows the structure of a JSON document, piece by piece, and finds the
// entries in it.
//
// node.go says where entries are: the paths of known formats, or those of an outline.
// document.go reads a document of any length in a window of bytes.
package document

import (
	"strings"

	"github.com/otlog/otlog/parse/convert"
	"github.com/otlog/otlog/parse/outline"
)

// A Node is the value of a key on the way to the entries of a JSON document.
type Node struct {
	keys     map[string]*Node // of an object
	any      *Node            // of all other keys of an object; each member is a scope
	element  *Node            // of an array of objects or arrays, which lead to entries
	elements bool             // the elements of an array are entries
	Value    bool             // the value itself is an entry

	// These apply to entries:
	Name   string // of the format
	Rows   bool   // an entry may be an array
	Texts  bool   // an entry may be a string
	Timed  bool   // an entry without a time has that of the document
	Silent bool   // the rest of the document is clean in any case
	Plain  bool   // the array's key is a common word
	// Convert appends the relevant part of an entry; nil appends all of it. If Head is true, the
	// first bytes of a long entry may suffice.
	Convert convert.Func
	Head    bool
	Columns *convert.Table // the entry is a table by columns
	Learned bool           // the path is that of an outline
}

// nowhere is a node that leads to no entries.
var nowhere = &Node{}

// entryArrays are the arrays of a JSON document that contain its entries. A new shape of JSON
// belongs here.
var entryArrays = []struct {
	path string
	Node
}{
	{"log.entries[]", Node{Name: "har", Convert: convert.AppendRequest, Head: true, Silent: true}},
	{"breadcrumbs[]", Node{Name: "sentry", Timed: true}},
	{"breadcrumbs.values[]", Node{Name: "sentry", Timed: true}},
	{"exception.values[]", Node{Name: "sentry", Timed: true, Convert: convert.AppendException}},
	{"entries[].data.values[]", Node{Name: "sentry", Timed: true, Convert: convert.AppendSentry}},
	{"logEvents[]", Node{Name: "cloudwatch"}},
	{"hits.hits[]", Node{Name: "elasticsearch"}},
	{"resourceLogs[].scopeLogs[].logRecords[]", Node{Name: "otlp", Convert: convert.AppendLogRecord}},
	{"resourceLogs[].instrumentationLibraryLogs[].logRecords[]", Node{Name: "otlp", Convert: convert.AppendLogRecord}},

	{"results[]", Node{Name: "cloudwatch", Rows: true, Convert: convert.AppendResult, Plain: true}},
	{"data[]", Node{Name: "datadog", Plain: true}},
	{"entries[]", Node{Name: "json", Plain: true}},
	{"events[]", Node{Name: "json", Plain: true}},
	{"items[]", Node{Name: "json", Plain: true}},
	{"logs[]", Node{Name: "json", Plain: true}},
	{"messages[]", Node{Name: "json", Plain: true}},
	{"records[]", Node{Name: "json", Plain: true}},
	{"rows[]", Node{Name: "json", Plain: true}},
}

// NamedArrays are the arrays whose path belongs to one format; AllArrays are all of them.
var NamedArrays, AllArrays = nodeTree(false), nodeTree(true)

// nodeTree returns the paths as a tree.
func nodeTree(plain bool) *Node {
	root := &Node{}
	for _, a := range entryArrays {
		if a.Plain && !plain {
			continue
		}
		at := root
		for part := range strings.SplitSeq(a.path, ".") {
			key, array := strings.CutSuffix(part, "[]")
			if at.keys == nil {
				at.keys = map[string]*Node{}
			}
			if at.keys[key] == nil {
				at.keys[key] = &Node{}
			}
			at = at.keys[key]
			if array && !strings.HasSuffix(a.path, part) {
				if at.element == nil {
					at.element = &Node{}
				}
				at = at.element
			}
		}
		keys := at.keys
		*at = a.Node
		at.keys, at.elements = keys, true
	}
	return root
}

// Learned returns the paths of lists as a tree.
func Learned(lists []outline.List, names convert.Names) *Node {
	root := &Node{}
	for i := range lists {
		l := &lists[i]
		n := root.at(l.Path)
		n.Name, n.Learned = "json", true
		switch l.Kind {
		case outline.Elements:
			n.elements, n.Texts = true, true
		case outline.Rows:
			t := root.table(l.Header, names)
			n.elements, n.Rows, n.Convert = true, true, t.Row
		case outline.Columns:
			n.Value, n.Rows, n.Columns = true, true, root.table(l.Header, names)
		case outline.Members:
			if n.any == nil {
				n.any = &Node{}
			}
			n.any.Name, n.any.Learned, n.any.Value = "json", true, true
		case outline.Text:
			n.Value, n.Texts, n.Timed = true, true, true // lines without a time have that of the record
		}
	}
	return root
}

// table returns a table with a header. If the header precedes the table, it is read with the
// document.
func (n *Node) table(h *outline.Header, names convert.Names) *convert.Table {
	t := convert.NewTable(names)
	if h == nil {
		return t
	}
	if !h.First {
		t.SetHeader(h.Value)
		return t
	}
	at := n.at(h.Path)
	at.Name, at.Learned, at.Value, at.Rows, at.Convert = "json", true, true, true, t.Header
	return t
}

// at returns the node at the end of a path. It makes those that are missing.
func (n *Node) at(path []outline.Step) *Node {
	for _, step := range path {
		next := &n.element
		switch {
		case step.Each:
			next = &n.any
		case step.Key != nil:
			if n.keys == nil {
				n.keys = map[string]*Node{}
			}
			if n.keys[string(step.Key)] == nil {
				n.keys[string(step.Key)] = &Node{}
			}
			n = n.keys[string(step.Key)]
			continue
		}
		if *next == nil {
			*next = &Node{}
		}
		n = *next
	}
	return n
}
