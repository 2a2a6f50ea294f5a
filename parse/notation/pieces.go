package notation

// pieces is a reader of what a function makes piece by piece.
type pieces struct {
	// next appends a piece, which may be empty. Its error is that of the text after the piece.
	next  func(dst []byte) ([]byte, error)
	piece []byte
	rest  []byte // of piece
	err   error
}

func (p *pieces) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.piece, p.err = p.next(p.piece[:0])
		p.rest = p.piece
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
