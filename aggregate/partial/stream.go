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

// batchBytes is the approximate size of a batch: large enough that the overhead of a batch is
// small, small enough that many files can be read at the same time.
const batchBytes = 128 << 10

// writeEntries writes the entries of a part as an Arrow IPC stream.
func writeEntries(w io.Writer, p *aggregate.Part, metadata arrow.Metadata, options ...ipc.Option) error {
	cursor, err := p.Open(true)
	if err != nil {
		return err
	}
	defer cursor.Close()
	described := arrow.NewSchema(schemaOf(p.HasIDs).Fields(), &metadata)
	out := ipc.NewWriter(w, append(options, ipc.WithSchema(described))...)
	d := newDictionaries(p.Names)
	columns := entryColumns{hasIDs: p.HasIDs}
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
	// The dictionaries, which hold the names, come with the first batch. So there is a
	// batch even if there are no entries.
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
	own  bool // this process wrote it: nothing is checked

	digest  *[16]byte // of the stream, or nil
	hasIDs  bool      // its schema is schemaWithIDs
	names   *aggregate.Names
	account account
}

// A compressed batch may have maxInflated bytes, plus maxRatio times the size of its file.
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

// batches reads the batches of a stream.
type batches struct {
	stream   *stream
	messages *messages
	reader   *ipc.Reader
}

// batches returns the batches of the stream. about, if set, checks the metadata before the
// columns are checked.
func (s *stream) batches(about func(map[string]string) error) (*batches, error) {
	b := &batches{stream: s, messages: s.messages()}
	b.messages.about = about
	r, err := ipc.NewReaderFromMessageReader(b.messages)
	if err != nil {
		return nil, b.explain(err)
	}
	if !sameFields(r.Schema(), schemaOf(b.messages.hasIDs)) {
		r.Release()
		return nil, errors.New("the columns are not those of a partial")
	}
	b.reader = r
	return b, nil
}

// next returns the next batch, which is valid until the next call, or io.EOF at the end.
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

// explain returns the reason of an error of Arrow.
func (b *batches) explain(err error) error {
	if b.messages.err != nil {
		return b.messages.err // without Arrow's words
	}
	return contradicts(err)
}

// contradicts returns the error of a file that is undamaged but invalid. why may quote the
// file.
func contradicts(why any) error {
	return fmt.Errorf("invalid contents: %s", printable(fmt.Sprint(why)))
}

// printable shortens a text and replaces unprintable characters.
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

// validate checks that no part of a batch points outside it, and that no required value is
// missing.
func validate(b arrow.RecordBatch) (err error) {
	defer recovered(&err) // Arrow follows references while it validates
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

// complete returns an error if a required value of a column is missing.
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

// open reads the names of the stream.
func (s *stream) open(about func(map[string]string) error) error {
	in, err := s.batches(about)
	if err != nil {
		return err
	}
	defer in.close()
	b, err := in.next()
	switch {
	case err == io.EOF:
		return contradicts("no batch")
	case err != nil:
		return err
	}
	s.hasIDs = in.messages.hasIDs
	s.names, err = namesIn(b)
	return err
}

func sameFields(a, b *arrow.Schema) bool {
	return a.NumFields() == b.NumFields() && slices.EqualFunc(a.Fields(), b.Fields(), arrow.Field.Equal)
}
