package rows

import (
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/otlog/otlog/aggregate/columns"
)

// rowGroupRows is the least number of rows of a row group: few enough to be held in memory,
// as a group is until it is whole, enough for readers that take one group per core.
const rowGroupRows = 128 << 10

// A parquetSink writes columns as a Parquet file.
type parquetSink struct {
	out     *parquet.Writer //lint:ignore SA1019 its successor makes the program 2 MB longer, for rows of Go values
	columns []parquetColumn
	rows    int // in the row group
	values  []parquet.Value
}

// A parquetColumn is a column, with what its rows are in Parquet.
type parquetColumn struct {
	column
	number  int
	defined int             // definition level of a value that is not null
	names   []parquet.Value // the dictionary of a nameColumn
}

func newParquetSink(w io.Writer, table string, columns []column, metadata []pair, toolVersion string) *parquetSink {
	s := &parquetSink{}
	root := orderedGroup{Group: parquet.Group{}}
	for i, c := range columns {
		f := c.field()
		node, p := parquetNode(f.Type), parquetColumn{column: c, number: i}
		if f.Nullable {
			node, p.defined = parquet.Optional(node), 1
		}
		root.Group[f.Name] = node
		root.order = append(root.order, f.Name)
		s.columns = append(s.columns, p)
	}
	s.out = parquet.NewWriter(w,
		parquet.NewSchema(table, root),
		parquet.CreatedBy("otlog", toolVersion, ""),
		parquet.Compression(&zstd.Codec{}),
		parquet.DataPageVersion(1), // the one that all readers know
	)
	for _, p := range metadata {
		s.out.SetKeyValueMetadata(p.key, p.value)
	}
	return s
}

// An orderedGroup has its fields in a given order, not in that of their names.
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

// parquetNode returns the type of a column. Instants are in microseconds: many readers know
// no other unit with a zone, and Parquet has no seconds.
func parquetNode(typ arrow.DataType) parquet.Node {
	switch typ.ID() {
	case arrow.TIMESTAMP:
		return parquet.Timestamp(parquet.Microsecond)
	case arrow.INT64:
		return parquet.Encoded(parquet.Int(64), &parquet.RLEDictionary)
	case arrow.INT32:
		return parquet.Encoded(parquet.Int(32), &parquet.RLEDictionary)
	case arrow.BOOL:
		return parquet.Leaf(parquet.BooleanType)
	case arrow.STRING:
		return parquet.Encoded(parquet.String(), &parquet.Plain) // a dictionary of texts that hardly recur makes the file longer
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// chunkRows is how many values are handed on at a time: pages end between chunks.
const chunkRows = 1 << 10

func (s *parquetSink) write() error {
	rows := s.columns[0].array().Len()
	writers := s.out.ColumnWriters()
	for i := range s.columns {
		c := &s.columns[i]
		value := c.values()
		for from := 0; from < rows; from += chunkRows {
			s.values = s.values[:0]
			for row := from; row < min(from+chunkRows, rows); row++ {
				if c.isNull(row) {
					s.values = append(s.values, parquet.Value{}.Level(0, 0, c.number))
				} else {
					s.values = append(s.values, value(row))
				}
			}
			if _, err := writers[i].WriteRowValues(s.values); err != nil {
				return err
			}
		}
	}
	if s.rows += rows; s.rows < rowGroupRows {
		return nil
	}
	s.rows = 0
	return s.out.Flush()
}

func (s *parquetSink) close() error { return s.out.Close() }

// abandon does nothing: without its footer, which is written last, the file is not read.
func (s *parquetSink) abandon() {}

// values returns a function that returns the value of a row which is not null.
func (c *parquetColumn) values() func(row int) parquet.Value {
	switch col := c.column.(type) {
	case *nameColumn:
		for _, text := range col.texts[len(c.names):] {
			c.names = append(c.names, c.level(parquet.ByteArrayValue([]byte(text))))
		}
		return func(row int) parquet.Value { return c.names[col.indices[row]] }
	case *sessionColumn:
		return func(row int) parquet.Value { return c.level(parquet.ByteArrayValue(col.value(row))) }
	case *textColumn:
		return func(row int) parquet.Value { return c.level(parquet.ByteArrayValue([]byte(col.in.Value(row)))) }
	case *boolColumn:
		return func(row int) parquet.Value { return c.level(parquet.BooleanValue(col.in.Value(row))) }
	case *numberColumn:
		return c.numbers(col)
	}
	panic("rows: unknown column")
}

func (c *parquetColumn) numbers(col *numberColumn) func(row int) parquet.Value {
	switch typ := col.typ.(type) {
	case *arrow.Int32Type:
		values := columns.Values[int32](col.in)
		return func(row int) parquet.Value { return c.level(parquet.Int32Value(values[row])) }
	case *arrow.TimestampType:
		values := columns.Values[int64](col.in)
		if typ.Unit == arrow.Second {
			return func(row int) parquet.Value { return c.level(parquet.Int64Value(values[row] * 1e6)) }
		}
		return func(row int) parquet.Value { return c.level(parquet.Int64Value(micros(values[row]))) }
	}
	values := columns.Values[int64](col.in)
	return func(row int) parquet.Value { return c.level(parquet.Int64Value(values[row])) }
}

// level puts a value in the column.
func (c *parquetColumn) level(v parquet.Value) parquet.Value { return v.Level(0, c.defined, c.number) }

// micros returns Unix nanoseconds in microseconds, rounded down.
func micros(nanos int64) int64 {
	if nanos < 0 {
		return -((-nanos + 999) / 1e3)
	}
	return nanos / 1e3
}
