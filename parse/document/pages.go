package document

import (
	"bytes"
	"slices"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/outline"
)

// Pages are what a sample shows of documents that are lists of entries, such as the answers of an
// API, one after the other. Some of them may be empty or say only that something went wrong. These
// are no reason to take each document for a record.
type Pages struct {
	Lists []outline.List // of entries, in the documents that have any
	Known *Node          // where entries are, if that is the place of a known format

	records bool     // one of these documents seems to be a record itself
	keys    [][]byte // of these documents
	others  []other
}

// An other is a document without entries.
type other struct {
	text []byte
	at   *Node // an empty array in the place of entries, nil if there is none
}

// shortAnswer is the length of the longest document that may be an answer without entries.
const shortAnswer = 1 << 10

// Check notes whether a document with entries is a record itself: one of its own members is a time
// or a message, or what is in an array with a common name does not look like an entry.
func (p *Pages) Check(d *Document, doc []byte, k outline.Judge) {
	for key, value := range jsontext.Members(doc) {
		p.keys = append(p.keys, key)
		if value[0] != '{' && value[0] != '[' && string(value) != "null" && (k.IsTime(key) || k.IsMessage(key)) {
			p.records = true
		}
	}
	if len(d.Entries) == 0 || d.Entries[0].In.Learned || !d.Entries[0].In.Plain {
		return
	}
	if first := d.Entries[0]; first.End >= 0 {
		r := outline.NewReader(k)
		r.Read(doc[first.Start-d.Start : first.End-d.Start])
		p.records = p.records || !r.LooksLikeRecord() && !r.IsRow()
	}
}

// Note adds a document without entries. at is an empty array in the place of entries, nil if there
// is none.
func (p *Pages) Note(doc []byte, at *Node) { p.others = append(p.others, other{doc, at}) }

// isPart reports whether all keys of an object are keys of the documents with entries: it may be a
// record of the same kind.
func (p *Pages) isPart(object []byte) bool {
	for key := range jsontext.Members(object) {
		if !slices.ContainsFunc(p.keys, func(k []byte) bool { return bytes.Equal(k, key) }) {
			return false
		}
	}
	return true
}

// Empty returns how many documents without entries are pages all the same, beside a number of
// pages with entries: those with an empty list in the place of entries, and short ones of other
// keys without a time, a session or an error, of which there may be as many as pages.
func (p *Pages) Empty(full int, k outline.Judge) int {
	if p.records || full == 0 {
		return 0
	}
	r := outline.NewReader(k)
	empty, short := 0, 0
	for _, x := range p.others {
		r.Read(x.text)
		if r.LooksLikeRecord() || outline.IsError(x.text) || k.Session(x.text) != nil {
			continue
		}
		isEmpty := x.at != nil && x.at == p.Known
		for i := range p.Lists {
			isEmpty = isEmpty || isEmptyAt(x.text, p.Lists[i].Path)
		}
		switch {
		case isEmpty && !r.Speaks():
			empty++
		case len(x.text) <= shortAnswer && !r.IsTimed() && !p.isPart(x.text):
			short++
		}
	}
	return empty + min(short, full)
}

// isEmptyAt reports whether a value has nothing where a path leads: an array or an object without
// elements, at the end of the path or before it, or null.
func isEmptyAt(value []byte, path []outline.Step) bool {
	if string(value) == "null" {
		return true
	}
	if value[0] != '[' && value[0] != '{' {
		return false
	}
	if len(path) > 0 && path[0].Key != nil && !path[0].Each {
		for key, v := range jsontext.Members(value) {
			if bytes.Equal(key, path[0].Key) {
				return isEmptyAt(v, path[1:])
			}
		}
		return false
	}
	rest := path[min(len(path), 1):]
	isEmpty := true
	inner := func(v []byte) {
		// After the path, there may be the columns of a table.
		isEmpty = isEmpty && v[0] == '[' && isEmptyAt(v, rest) || isEmpty && len(path) > 0 && isEmptyAt(v, rest)
	}
	for v := range jsontext.Elements(value) {
		inner(v)
	}
	for _, v := range jsontext.Members(value) {
		inner(v)
	}
	return isEmpty
}
