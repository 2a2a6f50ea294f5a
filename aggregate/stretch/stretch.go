// Package stretch reads several blocks of a stream for one worker. Records of a session are near each
// other, so long stretches leave most sessions to one worker, which keeps and merges less.
package stretch

import "github.com/otlog/otlog/parse"

// Bytes is about how many bytes of a stream, or of a section of a plain file, a worker reads at a time: enough
// that few sessions are in two of them, and that the line that a border cuts is a small loss; few enough that
// all workers are busy until the end of a file.
const Bytes = 4 << 20

// A Stretch is a run of blocks of one source.
type Stretch struct {
	Blocks []*parse.Block
	room   []*parse.Block // all that were used, Blocks among them
}

// A Pool has the stretches of a scan. Several goroutines may use it.
type Pool struct {
	free  chan *Stretch
	bytes int // of a stretch
}

// NewPool returns stretches for so many workers. memory is the bound of memory in bytes, 0 for none. The stretches
// of a live scan are single blocks.
func NewPool(workers int, memory int64, live bool) *Pool {
	const share = 64
	p := &Pool{free: make(chan *Stretch, 2*workers+1), bytes: Bytes}
	switch {
	case live:
		p.bytes = 0
	case memory > 0:
		p.bytes = int(min(Bytes, memory/share))
	}
	for range cap(p.free) {
		p.free <- &Stretch{}
	}
	return p
}

// Read reads a stretch, nil at the end of the source. The error that ends the source may come with its last
// blocks.
func (p *Pool) Read(r *parse.Reader) (*Stretch, error) {
	s := <-p.free
	s.Blocks = s.room[:0]
	for n := 0; ; {
		b := s.next()
		if err := r.Next(b); err != nil {
			if len(s.Blocks) > 0 {
				return s, err
			}
			p.Free(s)
			return nil, err
		}
		s.Blocks = s.room[:len(s.Blocks)+1]
		if n += len(b.Data); n >= p.bytes {
			return s, nil
		}
	}
}

// Free takes a stretch back, whose blocks are no longer used.
func (p *Pool) Free(s *Stretch) { p.free <- s }

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
