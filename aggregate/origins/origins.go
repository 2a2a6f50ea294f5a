// Package origins numbers the pieces of sources that evidence is from.
package origins

// An ID identifies a source.
type ID uint64

// A Piece is a part of a source that one worker reads. The number of its first record is
// known once all earlier pieces have been read.
type Piece struct {
	Source  *ID
	First   int64 // index of its first record in the source, from 0
	Records int64
}

// Number sets the first record of each piece of a source. Pieces are in order.
func Number(pieces []*Piece) {
	var n int64
	for _, p := range pieces {
		p.First = n
		n += p.Records
	}
}

// A List has the pieces of sources that contain evidence. The zero List is empty.
type List struct {
	Pieces  []*Piece
	current *Piece // the piece that is being read
	listed  bool   // current is the last of Pieces
}

// New returns a list of whole sources.
func New(sources []ID) *List {
	l := &List{}
	for i := range sources {
		l.Pieces = append(l.Pieces, &Piece{Source: &sources[i]})
	}
	return l
}

// Cut returns the list so far, and empties it. The current piece remains current.
func (l *List) Cut() *List {
	before := *l
	*l = List{current: l.current}
	return &before
}

// Sources returns the source of each piece.
func (l *List) Sources() []ID {
	var out []ID
	for _, p := range l.Pieces {
		out = append(out, *p.Source)
	}
	return out
}

// Enter makes p the current piece.
func (l *List) Enter(p *Piece) { l.current, l.listed = p, false }

// Enters makes a whole source the current piece, unless it is.
func (l *List) Enters(source ID) (changed bool) {
	if l.current != nil && *l.current.Source == source {
		return false
	}
	l.Enter(&Piece{Source: &source})
	return true
}

// Source returns the source of the current piece.
func (l *List) Source() *ID {
	if l.current == nil {
		l.current = &Piece{Source: new(ID)}
	}
	return l.current.Source
}

// Here returns the number of the current piece.
func (l *List) Here() uint32 {
	if !l.listed {
		l.Source()
		l.Pieces, l.listed = append(l.Pieces, l.current), true
	}
	return uint32(len(l.Pieces) - 1)
}
