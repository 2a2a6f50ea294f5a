package outline

import (
	"slices"

	"github.com/otlog/otlog/parse/jsontext"
)

// lists returns the lists of records in the document.
func (r *Reader) lists() []List {
	var out []List
	r.find(0, &out)
	return out
}

// find finds lists from a sketch inwards.
func (r *Reader) find(at int32, out *[]List) {
	x := &r.sketches[at]
	isList, isMap := x.records > 0 || x.proofs > 1 || r.isMarked(at), x.mapped > 0
	if x.named == 0 && x.records > x.rows && r.most(r.elements(at)) > x.records {
		isList = false // the elements contain lists and, by chance, a time and a text
	}
	if r.isInRecord(at) {
		// Lists inside a record belong to it, unless they contain errors of their own.
		isList = x.records > 1 && x.errors || x.proofs > 1 && x.sessions.several
		isMap = isMap && x.mapsErrors
	}
	// The values may be of several kinds.
	switch {
	case x.columns > 0:
		r.add(out, at, Columns, x.columns)
		isList, isMap = true, true
	case isList && (x.rows > 0 || r.isWrapped(at)):
		r.add(out, at, Rows, x.records)
	case isList || x.arrays > 0 && r.holdsTexts(r.elements(at)):
		r.add(out, at, Elements, max(x.records, x.proofs, x.marked))
		isList = true
	}
	if r.holdsTexts(at) {
		r.add(out, at, Text, x.texts)
	}
	if isMap && x.mapped > 0 {
		r.add(out, at, Members, x.mapped)
	}
	for c := x.first; c >= 0; c = r.sketches[c].next {
		if isElement := r.sketches[c].key == nil; isElement && !isList || !isElement && !isMap {
			r.find(c, out)
		}
	}
}

// elements returns the sketch of the elements of arrays, -1 if there is none.
func (r *Reader) elements(at int32) int32 {
	for c := r.sketches[at].first; c >= 0; c = r.sketches[c].next {
		if r.sketches[c].key == nil {
			return c
		}
	}
	return -1
}

// isInRecord reports whether the values of a sketch are parts of a record.
func (r *Reader) isInRecord(at int32) bool {
	if !r.IsRecord() || !r.direct {
		return r.IsRecord()
	}
	for at = r.sketches[at].parent; at >= 0; at = r.sketches[at].parent {
		if r.sketches[at].isRecord {
			return true
		}
	}
	return false
}

// isMarked reports whether the elements of an array are records, although they have no text: most have a time,
// or all have a session. If what contains the array has one of its own, or a message, they have several sessions.
func (r *Reader) isMarked(at int32) bool {
	x := &r.sketches[at]
	if x.marked == 0 || r.most(r.elements(at)) > 0 {
		return false // the records are in its elements, if any
	}
	if x.of.several {
		return true
	}
	for up := x.parent; up >= 0; up = r.sketches[up].parent {
		if r.sketches[up].speaks {
			return false
		}
	}
	return true
}

func (r *Reader) holdsTexts(at int32) bool {
	if at < 0 {
		return false
	}
	x := &r.sketches[at]
	return x.texts > 0 && (x.textErrors || !r.isInRecord(at))
}

// isWrapped reports whether the elements of an array are objects with nothing but the array of a
// row's cells.
func (r *Reader) isWrapped(at int32) bool {
	element := r.elements(at)
	if element < 0 || r.sketches[element].arrays > 0 {
		return false
	}
	cells := r.sketches[element].first
	x := &r.sketches[max(cells, 0)]
	return cells >= 0 && x.next < 0 && x.key != nil && x.arrays > 0 && x.objects == 0 && x.rows == 0 && x.records <= x.arrays
}

func (r *Reader) add(out *[]List, at int32, k Kind, records int) {
	l := List{Kind: k, Path: r.path(at), Records: records}
	if k == Rows || k == Columns {
		l.Header = r.header(at, k)
	}
	*out = append(*out, l)
}

// path returns the steps to the values of a sketch. An object most of whose members lead to
// lists is a map.
func (r *Reader) path(at int32) []Step {
	var path []Step
	for at > 0 {
		x := &r.sketches[at]
		path = append(path, Step{Key: x.key, Each: x.key != nil && r.isMap(x.parent)})
		at = x.parent
	}
	slices.Reverse(path)
	return path
}

// isMap reports whether an object maps IDs to lists: all keys of lists look like IDs, or there are
// at least three lists and fewer other members.
func (r *Reader) isMap(at int32) bool {
	members, lists, ids := 0, 0, 0
	for c := r.sketches[at].first; c >= 0; c = r.sketches[c].next {
		members++
		if r.leads(c) {
			lists++
			if looksLikeID(r.sketches[c].key) {
				ids++
			}
		}
	}
	return lists > 0 && (lists == ids || lists > 2 && 2*lists > members)
}

// leads reports whether there is a list in the values of a sketch.
func (r *Reader) leads(at int32) bool {
	x := &r.sketches[at]
	if x.records > 0 || x.proofs > 1 || r.isMarked(at) || x.columns > 0 || x.mapped > 0 || x.texts > 0 {
		return true
	}
	for c := x.first; c >= 0; c = r.sketches[c].next {
		if r.leads(c) {
			return true
		}
	}
	return false
}

// most returns the number of records in the longest list inside the values of a sketch.
func (r *Reader) most(at int32) int {
	n := 0
	for c := r.sketches[at].first; c >= 0; c = r.sketches[c].next {
		x := &r.sketches[c]
		n = max(n, x.records, x.proofs, x.columns, x.mapped, r.most(c))
	}
	return n
}

// header finds the names of a table's columns: an array beside the table, or near, which has as
// many elements as the table has columns.
func (r *Reader) header(table int32, k Kind) *Header {
	t := &r.sketches[table]
	width := t.width
	switch {
	case k == Columns && t.arrays == 0:
		return nil // its keys are the names
	case k == Columns:
		width = t.count
	case r.isWrapped(table):
		width = r.sketches[r.sketches[r.elements(table)].first].count
	}
	best, nearest := int32(-1), -1
	for at := range r.sketches {
		x := &r.sketches[at]
		if x.arrays == 0 || x.count != width && !(t.cut && x.count > width) || x.end == 0 || x.count < 2 || x.records+x.proofs > 0 || r.isPartOf(int32(at), table) {
			continue
		}
		if common := r.common(int32(at), table); common > nearest && len(Names(r.data[x.start:x.end])) == x.count {
			best, nearest = int32(at), common
		}
	}
	if best < 0 {
		return nil
	}
	x := &r.sketches[best]
	return &Header{Path: r.path(best), Value: r.data[x.start:x.end], First: x.start < t.start}
}

// isPartOf reports whether a sketch is that of a value, or of a part of it.
func (r *Reader) isPartOf(at, of int32) bool {
	for at >= 0 && at != of {
		at = r.sketches[at].parent
	}
	return at == of
}

// common returns the depth of the innermost value that contains two others.
func (r *Reader) common(a, b int32) int {
	for !r.isPartOf(b, a) {
		a = r.sketches[a].parent
	}
	depth := 0
	for a > 0 {
		a = r.sketches[a].parent
		depth++
	}
	return depth
}

// maxName is the length of the longest name of a column.
const maxName = 100

// Names returns the names of columns in a header, as written between their quotes: an array of
// strings, or of objects with a name. It returns nil if the array is none.
func Names(header []byte) [][]byte {
	var names [][]byte
	for e := range jsontext.Elements(header) {
		name := jsontext.Quoted(e)
		for _, key := range nameKeys {
			if name != nil {
				break
			}
			for k, v := range jsontext.Members(e) {
				if string(k) == key {
					name = jsontext.Quoted(v)
				}
			}
		}
		if len(name) == 0 || len(name) > maxName {
			return nil
		}
		names = append(names, name)
	}
	return names
}

// nameKeys are the keys of a column's name, the best first.
var nameKeys = []string{"name", "Name", "columnName", "ColumnName", "column", "label", "Label", "field", "text", "displayName", "title"}
