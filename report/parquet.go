package report

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/otlog/otlog/aggregate/partial"
)

// rowGroupRows is how many rows a row group has: little enough to be held in memory, as
// it is until it is whole, enough for readers that take one per core.
const rowGroupRows = 8 * batchRows

// A parquetSink writes what columns hold as a Parquet file.
type parquetSink struct {
	out     *parquet.Writer //lint:ignore SA1019 its successor makes the program 2 MB longer, for rows of Go values
	columns []parquetColumn
	rows    int // in the row group
	values  []parquet.Value
}

// A parquetColumn is a column, with what its rows are in Parquet.
type parquetColumn struct {
	partial.Column
	number  int
	defined int             // definition level of what is not null
	names   []parquet.Value // the dictionary of a NameColumn
	indices []uint16        // into names, of the batch
}

func newParquetSink(w io.Writer, table string, columns []partial.Column, metadata []partial.Pair, toolVersion string) *parquetSink {
	s := &parquetSink{}
	root := orderedGroup{Group: parquet.Group{}}
	for i, c := range columns {
		node := parquetNode(c)
		p := parquetColumn{Column: c, number: i}
		if c.Nullable() {
			node, p.defined = parquet.Optional(node), 1
		}
		root.Group[c.Name()] = node
		root.order = append(root.order, c.Name())
		s.columns = append(s.columns, p)
	}
	s.out = parquet.NewWriter(w,
		parquet.NewSchema(table, root),
		parquet.CreatedBy("otlog", toolVersion, ""),
		parquet.Compression(&zstd.Codec{}),
		parquet.DataPageVersion(1), // the one that all readers know
	)
	for _, p := range metadata {
		s.out.SetKeyValueMetadata(p.Key, p.Value)
	}
	return s
}

// An orderedGroup has its fields in an order that is not that of their names.
type orderedGroup struct {
	parquet.Group
	order []string
}

func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(g.order, a.Name()) - slices.Index(g.order, b.Name())
	})
	return fields
}

// parquetNode returns the type of a column. Instants are in microseconds: many readers
// know no others that bear a zone, and seconds do not exist.
func parquetNode(c partial.Column) parquet.Node {
	switch c.(type) {
	case *partial.TimeColumn:
		return parquet.Timestamp(parquet.Microsecond)
	case *partial.CountColumn:
		return parquet.Encoded(parquet.Int(64), &parquet.RLEDictionary)
	case *partial.CodeColumn:
		return parquet.Encoded(parquet.Int(32), &parquet.RLEDictionary)
	case *partial.TextColumn:
		return parquet.Encoded(parquet.String(), &parquet.Plain) // a dictionary of what hardly recurs makes the file longer
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// chunkRows is how many values are handed on at a time: pages end between chunks.
const chunkRows = 1 << 10

func (s *parquetSink) flush() error {
	rows := s.columns[0].Len()
	writers := s.out.ColumnWriters()
	for i := range s.columns {
		c := &s.columns[i]
		c.start()
		for from := 0; from < rows; from += chunkRows {
			s.values = c.values(s.values[:0], from, min(from+chunkRows, rows))
			if _, err := writers[i].WriteRowValues(s.values); err != nil {
				return err
			}
		}
		c.Reset()
	}
	if s.rows += rows; s.rows < rowGroupRows {
		return nil
	}
	s.rows = 0
	return s.out.Flush()
}

func (s *parquetSink) close() error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.out.Close()
}

// abandon does nothing: a file without the footer, which comes last, is none.
func (s *parquetSink) abandon() {}

// values appends the values of rows.
func (c *parquetColumn) values(out []parquet.Value, from, to int) []parquet.Value {
	null := parquet.Value{}.Level(0, 0, c.number)
	for row := from; row < to; row++ {
		if c.IsNull(row) {
			out = append(out, null)
			continue
		}
		switch col := c.Column.(type) {
		case *partial.NameColumn:
			out = append(out, c.names[c.indices[row]])
		case *partial.TextColumn:
			out = append(out, c.value(parquet.ByteArrayValue(col.Text(row))))
		case *partial.TimeColumn:
			out = append(out, c.value(parquet.Int64Value(micros(col.Values()[row], col.Nanos()))))
		case *partial.CountColumn:
			out = append(out, c.value(parquet.Int64Value(col.Values()[row])))
		case *partial.CodeColumn:
			out = append(out, c.value(parquet.Int32Value(col.Values()[row])))
		}
	}
	return out
}

// value puts a value in the column.
func (c *parquetColumn) value(v parquet.Value) parquet.Value { return v.Level(0, c.defined, c.number) }

// start makes what all rows of a batch need.
func (c *parquetColumn) start() {
	col, ok := c.Column.(*partial.NameColumn)
	if !ok {
		return
	}
	var dictionary []string
	c.indices, dictionary = col.Indices()
	for _, text := range dictionary[len(c.names):] {
		c.names = append(c.names, c.value(parquet.ByteArrayValue([]byte(text))))
	}
}

// micros returns an instant in Unix microseconds, cut off.
func micros(v int64, nanos bool) int64 {
	if !nanos {
		return v * 1e6
	}
	if v < 0 {
		return -((-v + 999) / 1e3)
	}
	return v / 1e3
}
