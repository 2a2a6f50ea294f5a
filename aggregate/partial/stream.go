package partial

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/otlog/otlog/aggregate"
)

// batchBytes is about how many bytes a batch takes: enough to make what a batch costs
// by itself small, little enough that many files can be read side by side.
const batchBytes = 128 << 10

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
	r    io.ReaderAt
	size int64 // bytes of the stream
	name string
	own  bool // this process wrote it: what it says is true

	digest  *[16]byte // of the stream, nil if that is not known
	names   *aggregate.Names
	sources int // how many there are
	covered map[aggregate.Bucket]bool
}

// maxRatio is how many times longer than its file a batch may be that was compressed,
// beyond maxInflated bytes.
const (
	maxRatio    = 64
	maxInflated = 64 << 20
)

// messages returns the messages of the stream.
func (s *stream) messages() *messages {
	return &messages{
		r: io.NewSectionReader(s.r, 0, s.size), left: s.size,
		most: maxInflated + maxRatio*s.size, digest: s.digest,
	}
}

// A batches reads the batches of a stream.
type batches struct {
	stream   *stream
	messages *messages
	reader   *ipc.Reader
}

// batches returns the batches of the stream. about is asked what it makes of the
// metadata, before the columns are looked at.
func (s *stream) batches(about func(map[string]string) error) (*batches, error) {
	b := &batches{stream: s, messages: s.messages()}
	b.messages.about = about
	r, err := ipc.NewReaderFromMessageReader(b.messages)
	if err != nil {
		return nil, b.explain(err)
	}
	if !sameFields(r.Schema()) {
		r.Release()
		return nil, errors.New("its columns are not those of a partial")
	}
	b.reader = r
	return b, nil
}

// next returns the next batch, which is good until the call after it. Behind the last one
// it returns io.EOF.
func (b *batches) next() (arrow.RecordBatch, error) {
	if !b.reader.Next() {
		if err := b.reader.Err(); err != nil {
			return nil, b.explain(err)
		}
		return nil, io.EOF
	}
	batch := b.reader.RecordBatch()
	if b.stream.own {
		return batch, nil
	}
	if err := validate(batch); err != nil {
		return nil, contradicts(err)
	}
	return batch, nil
}

// explain says of what an error speaks.
func (b *batches) explain(err error) error {
	if b.messages.err != nil {
		return b.messages.err // without what Arrow says to it
	}
	return contradicts(err)
}

// contradicts is why a file is refused whose bytes are as they were written. What is said
// of it may quote it.
func contradicts(why any) error {
	return fmt.Errorf("its contents contradict each other: %s", printable(fmt.Sprint(why)))
}

// printable makes of any text what fits into a sentence.
func printable(s string) string {
	const most = 300 // bytes
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func (b *batches) close() { b.reader.Release() }

// validate holds that no part of a batch points outside of it, and that all is there
// which the schema says is.
func validate(b arrow.RecordBatch) (err error) {
	defer recovered(&err) // Arrow follows what it looks at
	if err := array.ValidateRecordFull(b); err != nil {
		return err
	}
	for i, f := range b.Schema().Fields() {
		if n := b.Column(i).Len(); int64(n) != b.NumRows() {
			return fmt.Errorf("column %s has %d of %d values", f.Name, n, b.NumRows())
		}
		if err := complete(b.Column(i).Data(), f); err != nil {
			return err
		}
	}
	return nil
}

// complete reports what is missing in a column that must not be.
func complete(a arrow.ArrayData, f arrow.Field) error {
	_, structure := f.Type.(*arrow.StructType)
	if (!f.Nullable || structure) && a.NullN() != 0 {
		return fmt.Errorf("a value of column %s is missing", f.Name)
	}
	nested, ok := f.Type.(arrow.NestedType)
	if !ok {
		return nil
	}
	for i, child := range nested.Fields() {
		if err := complete(a.Children()[i], child); err != nil {
			return err
		}
	}
	return nil
}

// open reads the names.
func (s *stream) open(about func(map[string]string) error) error {
	in, err := s.batches(about)
	if err != nil {
		return err
	}
	defer in.close()
	b, err := in.next()
	switch {
	case err == io.EOF:
		return contradicts("it has no batch")
	case err != nil:
		return err
	}
	s.names, err = namesIn(b)
	return err
}

func sameFields(s *arrow.Schema) bool {
	return s.NumFields() == schema.NumFields() && slices.EqualFunc(s.Fields(), schema.Fields(), arrow.Field.Equal)
}
