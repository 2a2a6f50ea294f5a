// Package stretch reads several blocks of a stream for one worker. Records of a session are near each
// other, so long stretches leave most sessions to one worker, which keeps and merges less.
package stretch

import "github.com/otlog/otlog/parse"

// size is how many bytes a stretch has, about as many as a section of a file.
const size = 4 << 20

// Size returns how many bytes a stretch should have, given a bound of memory in bytes, 0 for none.
func Size(memory int64) int {
	const share = 64
	if memory == 0 {
		return size
	}
	return int(min(size, memory/share))
}

// A Stretch is a run of blocks of one source. The zero Stretch is empty.
type Stretch struct {
	Blocks []*parse.Block
	room   []*parse.Block // all that were used, Blocks among them
}

// Read reads blocks until they have size bytes, at least one. It returns the error that ends the source,
// which may come after some blocks.
func (s *Stretch) Read(r *parse.Reader, size int) error {
	s.Blocks = s.room[:0]
	for n := 0; ; {
		b := s.next()
		if err := r.Next(b); err != nil {
			return err
		}
		s.Blocks = s.room[:len(s.Blocks)+1]
		if n += len(b.Data); n >= size {
			return nil
		}
	}
}

// next returns an unused block.
func (s *Stretch) next() *parse.Block {
	n := len(s.Blocks)
	if n == len(s.room) {
		s.room = append(s.room, &parse.Block{})
	}
	if b := s.room[n]; cap(b.Data) > 4*parse.BlockSize {
		b.Data = nil // long records are rare: the next one gets its room anew
	}
	return s.room[n]
}
