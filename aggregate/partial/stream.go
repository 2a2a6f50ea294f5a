package partial

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/aggregate"
)

// batchBytes is about how many bytes a batch takes: enough to make what a batch costs
// by itself small, little enough that many files can be read side by side.
const batchBytes = 256 << 10

// writeEntries writes the entries of a part as an Arrow IPC stream.
func writeEntries(w io.Writer, p *aggregate.Part, metadata arrow.Metadata, options ...ipc.Option) error {
	cursor, err := p.Open(true)
	if err != nil {
		return err
	}
	defer cursor.Close()
	described := arrow.NewSchema(schema.Fields(), &metadata)
	out := ipc.NewWriter(w, append(options, ipc.WithSchema(described))...)
	d := newDictionaries(p.Names)
	var columns entryColumns
	flush := func() error {
		b := columns.batch(described, d)
		defer columns.reset()
		return out.Write(b)
	}
	for {
		e, err := cursor.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		columns.add(e)
		if columns.size() < batchBytes {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	// The dictionaries come with the first batch, and tell names even if there are
	// no entries.
	if err := flush(); err != nil {
		return err
	}
	return out.Close()
}

// A stream is an Arrow IPC stream of entries in a file.
type stream struct {
	r       io.ReaderAt
	size    int64 // bytes of the stream
	names   *aggregate.Names
	sources int // how many there are, -1: not known
}

// reader opens the stream. Its messages cannot claim to be longer than the file.
func (s *stream) reader() (*ipc.Reader, error) {
	return ipc.NewReader(io.NewSectionReader(s.r, 0, s.size),
		ipc.WithMetadataSizeLimit(s.size), ipc.WithBodySizeLimit(s.size),
		ipc.WithAllocator(&bounded{memory.DefaultAllocator, maxInflated + maxRatio*s.size}))
}

// maxRatio is how many times longer than its file a batch may be that was compressed,
// beyond maxInflated bytes.
const (
	maxRatio    = 64
	maxInflated = 64 << 20
)

// bounded refuses to allocate what no honest file asks for.
type bounded struct {
	memory.Allocator
	most int64
}

func (b *bounded) Allocate(size int) []byte { b.check(size); return b.Allocator.Allocate(size) }

func (b *bounded) Reallocate(size int, old []byte) []byte {
	b.check(size)
	return b.Allocator.Reallocate(size, old)
}

// check panics, as an allocator does that has no more; the IPC reader makes an error of it.
func (b *bounded) check(size int) {
	if int64(size) > b.most {
		panic(fmt.Errorf("a buffer claims to hold %d bytes", size))
	}
}

// open returns the schema's metadata, and reads the names.
func (s *stream) open() (arrow.Metadata, error) {
	r, err := s.reader()
	if err != nil {
		return arrow.Metadata{}, err
	}
	defer r.Release()
	if !sameFields(r.Schema()) {
		return arrow.Metadata{}, errors.New("it is an Arrow stream, but none of otlog's partials")
	}
	metadata := r.Schema().Metadata()
	if !r.Next() {
		return metadata, cmp.Or(r.Err(), errors.New("it has no batch"))
	}
	s.names, err = namesIn(r.RecordBatch())
	return metadata, err
}

func sameFields(s *arrow.Schema) bool {
	return s.NumFields() == schema.NumFields() && slices.EqualFunc(s.Fields(), schema.Fields(), arrow.Field.Equal)
}
