package parse

import "github.com/otlog/otlog/parse/timestamp"

// Doubts count the records whose time is ambiguous, by timestamp.Doubt.
type Doubts [timestamp.NumDoubts]Doubt

// A Doubt is one kind of Doubts.
type Doubt struct {
	Records int64
	Example string // the time of the first record, as written
	offset  int64  // of that record
}

// Note adds a record.
func (d *Doubts) Note(e *Event) {
	of := &d[e.Doubt]
	if of.Records++; of.Records == 1 {
		of.Example, of.offset = string(e.Doubted), e.Offset
	}
}

// Add adds the records of another part of the source.
func (d *Doubts) Add(other *Doubts) {
	for i := range d {
		of, more := &d[i], &other[i]
		if more.Records > 0 && (of.Records == 0 || more.offset < of.offset) {
			of.Example, of.offset = more.Example, more.offset
		}
		of.Records += more.Records
	}
}
