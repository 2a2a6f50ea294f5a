package parallel

// SetLimits makes a pool cut smaller pieces.
func (p *Pool) SetLimits(piece, packed, decoded int) {
	p.limits = limits{piece: piece, packed: packed, decoded: decoded}
}

// Free returns how many pieces are not lent.
func (p *Pool) Free() int { return len(p.pieces) }

// Largest returns the capacity of the largest free piece.
func (p *Pool) Largest() (packed, text int) {
	for range len(p.pieces) {
		piece := <-p.pieces
		packed, text = max(packed, cap(piece.packed)), max(text, cap(piece.text))
		p.pieces <- piece
	}
	return packed, text
}

// The default limits.
const (
	PieceSize  = pieceSize
	MaxPacked  = maxPacked
	MaxDecoded = maxDecoded
	MaxWindow  = maxWindow
)
