package rows

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// An arrowSink writes columns as an Arrow IPC stream.
type arrowSink struct {
	to      io.Writer
	out     *ipc.Writer
	schema  *arrow.Schema
	columns []column
}

// newArrowSink returns a sink. Compressed by zstd, a stream is a third as long, but not every
// reader of Arrow opens it.
func newArrowSink(w io.Writer, columns []column, metadata []pair, compress bool) *arrowSink {
	var fields []arrow.Field
	for _, c := range columns {
		fields = append(fields, c.field())
	}
	var keys, values []string
	for _, p := range metadata {
		keys, values = append(keys, p.key), append(values, p.value)
	}
	described := arrow.NewMetadata(keys, values)
	s := &arrowSink{to: w, schema: arrow.NewSchema(fields, &described), columns: columns}
	options := []ipc.Option{ipc.WithSchema(s.schema)}
	if compress {
		options = append(options, ipc.WithZstd())
	}
	s.out = ipc.NewWriter(w, options...)
	return s
}

func (s *arrowSink) write() error {
	arrays := make([]arrow.Array, len(s.columns))
	for i, c := range s.columns {
		arrays[i] = c.array()
	}
	return s.out.Write(array.NewRecordBatch(s.schema, arrays, int64(arrays[0].Len())))
}

func (s *arrowSink) close() error { return s.out.Close() }

// abandon writes the head of a message that does not follow: an Arrow stream that just stops
// is a whole one to many readers.
func (s *arrowSink) abandon() {
	// If this write fails, the one before it failed too, mostly. Nothing more can be done.
	_, _ = s.to.Write([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0})
}
