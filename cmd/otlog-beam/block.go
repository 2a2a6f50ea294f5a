package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/aggregate/ranges"
	"github.com/otlog/otlog/internal/unnamed"
)

// A block is the result of some consecutive shards: a partial, and what a merge needs to know beside it.
// It travels as the length of the JSON of its extra, that JSON, and the partial, cut into pieces.
type block struct {
	first, last int64 // shards
	file        *partial.File
	extra       extra
}

// An extra is what a partial does not say.
type extra struct {
	First, Last int64 // shards, as in the head of each piece

	None map[string]int `json:",omitempty"` // files without any log, by the directory that the user named
	// Ranges are what is known of sources that are not whole yet, by their index in the partial.
	Ranges map[int]*ranges.Range `json:",omitempty"`
}

// pieceBytes is the size of all pieces of a block but the last. Tests change it.
var pieceBytes = 1 << 20

// maxPieces bounds the size of a block, so that a piece with a wrong number is not written anywhere.
const maxPieces = 1 << 24

// A pieceHead is what each piece begins with.
type pieceHead struct {
	First, Last int64    // shards of the block
	Attempt     uint64   // one run of the step that made the block
	Number      int64    // of the piece, from 0
	Pieces      int64    // of the block, in its last piece; else 0
	Sum         [32]byte // SHA-256 of the block, in its last piece
}

var headBytes = binary.Size(pieceHead{})

// A pieceWriter cuts a block into pieces.
type pieceWriter struct {
	head pieceHead
	emit func([]byte)
	sum  interface {
		io.Writer
		Sum([]byte) []byte
	}
	piece []byte // the next one, after its head
}

func newPieceWriter(first, last int64, emit func([]byte)) *pieceWriter {
	w := &pieceWriter{head: pieceHead{First: first, Last: last, Attempt: rand.Uint64()}, emit: emit, sum: sha256.New()}
	w.begin()
	return w
}

func (w *pieceWriter) begin() { w.piece = make([]byte, headBytes, 64<<10) }

func (w *pieceWriter) Write(b []byte) (int, error) {
	_, _ = w.sum.Write(b) // never fails
	for rest := b; len(rest) > 0; {
		if len(w.piece) == headBytes+pieceBytes {
			w.end()
			w.begin()
		}
		n := min(len(rest), headBytes+pieceBytes-len(w.piece))
		w.piece = append(w.piece, rest[:n]...)
		rest = rest[n:]
	}
	return len(b), nil
}

// end emits the piece.
func (w *pieceWriter) end() {
	// Fails only for types of no fixed size.
	_, _ = binary.Encode(w.piece, binary.LittleEndian, &w.head)
	w.emit(w.piece)
	w.head.Number++
}

// close emits the last piece.
func (w *pieceWriter) close() {
	w.head.Pieces = w.head.Number + 1
	w.head.Sum = [32]byte(w.sum.Sum(nil))
	w.end()
}

// writeBlock writes a block as pieces. The file of b need not be on disk.
func writeBlock(b *block, emit func([]byte)) error {
	b.extra.First, b.extra.Last = b.first, b.last
	extra, err := json.Marshal(b.extra)
	if err != nil {
		return fmt.Errorf("writing what a partial does not say: %w", err)
	}
	w := newPieceWriter(b.first, b.last, emit)
	_, _ = w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(extra)))) // never fails
	_, _ = w.Write(extra)
	if err := partial.Write(w, b.file, true); err != nil {
		return fmt.Errorf("writing a partial: %w", err)
	}
	w.close()
	return nil
}

// A gathering collects the pieces of blocks, in any order, on disk.
type gathering struct {
	blocks map[[3]uint64]*gathered // by shards and attempt
}

// A gathered block is one of which some pieces have arrived.
type gathered struct {
	head   pieceHead // that of the last piece, once it has arrived
	at     *os.File
	pieces map[int64]bool
	size   int64
}

// add takes a piece. It keeps no reference to it.
func (g *gathering) add(piece []byte) error {
	var head pieceHead
	if _, err := binary.Decode(piece, binary.LittleEndian, &head); err != nil {
		return fmt.Errorf("a piece of %d bytes has no head: %w", len(piece), err)
	}
	if head.Number < 0 || head.Number >= maxPieces || len(piece) > headBytes+pieceBytes {
		return fmt.Errorf("a piece has the number %d and %d bytes", head.Number, len(piece))
	}
	key := [3]uint64{uint64(head.First), uint64(head.Last), head.Attempt}
	b := g.blocks[key]
	if b == nil {
		at, err := unnamed.Create("")
		if err != nil {
			return err
		}
		b = &gathered{head: head, at: at, pieces: map[int64]bool{}}
		if g.blocks == nil {
			g.blocks = map[[3]uint64]*gathered{}
		}
		g.blocks[key] = b
	}
	if head.Pieces > 0 {
		b.head = head
	}
	b.pieces[head.Number] = true
	data, from := piece[headBytes:], head.Number*int64(pieceBytes)
	if _, err := b.at.WriteAt(data, from); err != nil {
		return unnamed.Failed(err)
	}
	b.size = max(b.size, from+int64(len(data)))
	return nil
}

// close removes all blocks.
func (g *gathering) close() {
	for _, b := range g.blocks {
		b.at.Close() // without a name: closing removes it
	}
}

// take returns the blocks of the shards in [from, to), in order: of each shard those of one attempt that
// arrived in whole. It fails if a shard is missing. The blocks are valid until the gathering is closed.
func (g *gathering) take(from, to int64) ([]*block, error) {
	all := make([]*gathered, 0, len(g.blocks))
	for _, b := range g.blocks {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *gathered) int {
		return cmp.Or(cmp.Compare(a.head.First, b.head.First), cmp.Compare(a.head.Last, b.head.Last), cmp.Compare(a.head.Attempt, b.head.Attempt))
	})
	var out []*block
	var broken error
	next := from
	for _, b := range all {
		if b.head.First < next && b.head.Last < next {
			continue // another attempt
		}
		if b.head.First != next {
			break
		}
		taken, err := b.open()
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		out, next = append(out, taken), b.head.Last+1
	}
	if next != to {
		err := fmt.Errorf("the result of shard %d is missing, of the shards %d to %d: the engine did not deliver it", next, from, to-1)
		if broken != nil {
			err = fmt.Errorf("the result of shard %d of the shards %d to %d did not arrive: %w", next, from, to-1, broken)
		}
		return nil, err
	}
	return out, nil
}

// open verifies a block.
func (b *gathered) open() (*block, error) {
	if b.head.Pieces == 0 {
		return nil, fmt.Errorf("%d pieces arrived, and not the last one", len(b.pieces))
	}
	if n := int64(len(b.pieces)); n != b.head.Pieces {
		return nil, fmt.Errorf("%d of %d pieces arrived", n, b.head.Pieces)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(b.at, 0, b.size)); err != nil {
		return nil, fmt.Errorf("reading the pieces: %w", err)
	}
	if [32]byte(sum.Sum(nil)) != b.head.Sum {
		return nil, errors.New("the pieces are not those that were sent")
	}
	out := &block{first: b.head.First, last: b.head.Last}
	length := make([]byte, 4)
	if _, err := b.at.ReadAt(length, 0); err != nil {
		return nil, fmt.Errorf("reading the pieces: %w", err)
	}
	n := int64(binary.LittleEndian.Uint32(length))
	text := make([]byte, min(n, b.size))
	if _, err := b.at.ReadAt(text, 4); err != nil {
		return nil, fmt.Errorf("reading the pieces: %w", err)
	}
	if err := json.Unmarshal(text, &out.extra); err != nil {
		return nil, fmt.Errorf("reading what a partial does not say: %w", err)
	}
	if out.extra.First != out.first || out.extra.Last != out.last {
		return nil, fmt.Errorf("the pieces are of the shards %d to %d", out.extra.First, out.extra.Last)
	}
	var err error
	from := 4 + n
	out.file, err = partial.Open(io.NewSectionReader(b.at, from, b.size-from), b.size-from)
	if err != nil {
		return nil, fmt.Errorf("reading a partial: %w", err)
	}
	return out, nil
}
