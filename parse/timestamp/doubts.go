package timestamp

// Doubts count the records whose time is ambiguous, by Doubt.
type Doubts [NumDoubts]Doubtful

// Doubtful are the records with one Doubt.
type Doubtful struct {
	Records int64
	Example string // the time of the first record, as written
	offset  int64  // of that record
}

// Note adds a record at an offset, with its time as written.
func (d *Doubts) Note(doubt Doubt, written []byte, offset int64) {
	of := &d[doubt]
	if of.Records++; of.Records == 1 {
		of.Example, of.offset = string(written), offset
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
