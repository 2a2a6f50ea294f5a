package partial

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
)

// A Codec writes and reads the temporary files of a process. It implements aggregate.Codec.
type Codec struct{}

// Write writes the entries of a part.
func (Codec) Write(w io.Writer, p *aggregate.Part) error {
	return writeEntries(w, p, arrow.Metadata{})
}

// Read returns the part that Write wrote. It trusts the bytes.
func (Codec) Read(r io.ReaderAt, size int64) (*aggregate.Part, error) {
	s := &stream{r: r, size: size, own: true}
	if err := s.open(nil); err != nil {
		return nil, err
	}
	return s.part(), nil
}

func (s *stream) part() *aggregate.Part {
	return &aggregate.Part{Names: s.names, HasIDs: s.hasIDs, Open: func(steps bool) (aggregate.Cursor, error) { return s.cursor(steps) }}
}
