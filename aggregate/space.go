package aggregate

import (
	"fmt"
	"io"

	"github.com/otlog/otlog/aggregate/spill"
)

// A Space keeps on disk what does not fit into memory.
type Space struct {
	*spill.Dir
	limit int64 // bytes of memory
	codec Codec
}

// A Codec writes the entries of a part, and reads them back.
type Codec interface {
	// Write writes the entries of a part.
	Write(w io.Writer, p *Part) error
	// Read returns the part that Write wrote to the first size bytes of r, without
	// origins. It may be read any number of times, concurrently.
	Read(r io.ReaderAt, size int64) (*Part, error)
}

// NewSpace returns a space in dir, or in the system's directory for temporary files if dir
// is empty, for what exceeds limit, in bytes. guard is as in [spill.NewDir].
func NewSpace(dir string, limit int64, codec Codec, guard func(name string) (done func())) *Space {
	return &Space{Dir: spill.NewDir(dir, limit, guard), limit: limit, codec: codec}
}

// keep writes the entries of a part, and returns the same part with its entries on disk.
func (s *Space) keep(p *Part) (*Part, error) {
	f, size, err := s.Write(func(w io.Writer) error { return s.codec.Write(w, p) })
	if err != nil {
		return nil, err
	}
	out, err := s.codec.Read(f, size)
	if err != nil {
		return nil, fmt.Errorf("reading back what was kept on disk: %w", err)
	}
	out.Origins = p.Origins
	return out, nil
}

// bound bounds the memory of a set, if there is a space. About a dozen sets share it.
func bound[T spill.Value[T]](s *spill.Set[T], space *Space) {
	if space == nil {
		s.Bound(nil, 0)
		return
	}
	s.Bound(space.Dir, space.limit/40)
}
