package batch

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
)

// A Builder makes batches, session by session.
type Builder struct {
	selection
	tables [len(Tables)]table // nil: not asked for
	batch  Batch
}

// A table gathers the rows of one table.
type table interface {
	add(*aggregate.Session)
	len() int // rows
	columns() []column
}

// NewBuilder returns an empty Builder. Numbers in sessions are indices into names.
func NewBuilder(names *aggregate.Names, o Options) *Builder {
	b := &Builder{selection: newSelection(names, o)}
	tables := o.Tables
	if tables == nil {
		tables = Tables[:]
	}
	d := newDictionaries(names)
	for _, t := range tables {
		switch t {
		case Errors:
			b.tables[t] = newErrorTable(&b.selection, d, &b.batch.Undated)
		case Methods:
			b.tables[t] = newMethodTable(&b.selection, d, &b.batch.Undated)
		case Sessions:
			b.tables[t] = newSessionTable(&b.selection, d)
		case Clients:
			b.tables[t] = newClientTable(d)
		}
		if o.IDs {
			b.tables[t] = &identified{table: b.tables[t]}
		}
	}
	return b
}

// Add adds the rows of a session. Sessions come in the order of their IDs.
func (b *Builder) Add(s *aggregate.Session) {
	b.batch.Divided.note(s)
	for _, t := range b.tables {
		if t != nil {
			t.add(s)
		}
	}
}

// Full reports whether there are enough rows for a batch.
func (b *Builder) Full() bool { return b.rows() >= enough }

// rows returns the number of rows of the longest table.
func (b *Builder) rows() int {
	most := 0
	for _, t := range b.tables {
		if t != nil {
			most = max(most, t.len())
		}
	}
	return most
}

// Batch returns the rows that were added since the last call of Reset. The Batch is valid
// until the next call of Add or Reset.
func (b *Builder) Batch() *Batch {
	for i, t := range b.tables {
		if t == nil {
			continue
		}
		var fields []arrow.Field
		var arrays []arrow.Array
		for _, c := range t.columns() {
			fields, arrays = append(fields, c.field()), append(arrays, c.array())
		}
		b.batch.Records[i] = array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(t.len()))
	}
	return &b.batch
}

// Reset removes all rows.
func (b *Builder) Reset() {
	for _, t := range b.tables {
		if t == nil {
			continue
		}
		for _, c := range t.columns() {
			c.reset()
		}
	}
	b.batch = Batch{}
}

// dictionaries are shared by the columns of all tables, and by all batches.
type dictionaries struct{ errors, methods, labels, froms, documented, evidence, reasons arrow.Array }

func newDictionaries(names *aggregate.Names) *dictionaries {
	return &dictionaries{
		errors: columns.Dictionary(names.Errors), methods: columns.Dictionary(names.Methods), labels: columns.Dictionary(names.Labels),
		froms: columns.Dictionary(froms()), documented: columns.Dictionary(documentations), evidence: columns.Dictionary(evidences()), reasons: columns.Dictionary(reasons()),
	}
}

// A column gathers the values of one column.
type column interface {
	field() arrow.Field
	len() int
	array() arrow.Array
	reset()
}

type heading struct {
	name     string
	nullable bool
}

// A nameColumn holds names by their index in a dictionary. If it is nullable, index 0 is
// null.
type nameColumn struct {
	heading
	dictionary arrow.Array
	indices    []uint16
}

func (c *nameColumn) add(n aggregate.Name) { c.indices = append(c.indices, uint16(n)) }
func (c *nameColumn) len() int             { return len(c.indices) }
func (c *nameColumn) reset()               { c.indices = c.indices[:0] }
func (c *nameColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: columns.Name, Nullable: c.nullable}
}

func (c *nameColumn) array() arrow.Array {
	return columns.Indexed(c.dictionary, c.indices, nullsOf(c.indices, 0, c.nullable))
}

// An idColumn holds IDs of sessions; the zero one is null.
type idColumn struct {
	heading
	bytes []byte
	nulls columns.Nulls
}

func (c *idColumn) add(id aggregate.SessionID) {
	b := id.Bytes()
	c.bytes = append(c.bytes, b[:]...)
	c.nulls.Add(id.IsZero())
}

func (c *idColumn) len() int { return c.nulls.Len() }
func (c *idColumn) reset()   { c.bytes, c.nulls = c.bytes[:0], c.nulls.Empty() }
func (c *idColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: columns.ID, Nullable: c.nullable}
}

func (c *idColumn) array() arrow.Array {
	return columns.New(columns.ID, c.len(), c.bytes, &c.nulls)
}

// A numberColumn holds counts, codes or instants. If it is nullable, none is null.
type numberColumn[T int32 | int64] struct {
	heading
	typ    arrow.DataType
	none   T
	values []T
}

func (c *numberColumn[T]) add(v T)  { c.values = append(c.values, v) }
func (c *numberColumn[T]) len() int { return len(c.values) }
func (c *numberColumn[T]) reset()   { c.values = c.values[:0] }
func (c *numberColumn[T]) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: c.typ, Nullable: c.nullable}
}

func (c *numberColumn[T]) array() arrow.Array {
	return columns.New(c.typ, len(c.values), arrow.GetBytes(c.values), nullsOf(c.values, c.none, c.nullable))
}

// A boolColumn holds flags; none is null.
type boolColumn struct {
	heading
	set columns.Nulls
}

func (c *boolColumn) add(v bool) { c.set.Add(!v) }
func (c *boolColumn) len() int   { return c.set.Len() }
func (c *boolColumn) reset()     { c.set = c.set.Empty() }
func (c *boolColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: arrow.FixedWidthTypes.Boolean}
}

func (c *boolColumn) array() arrow.Array {
	return columns.New(arrow.FixedWidthTypes.Boolean, c.len(), c.set.Bits(), nil)
}

func nullsOf[T comparable](values []T, none T, nullable bool) *columns.Nulls {
	if !nullable {
		return nil
	}
	return columns.NullsOf(values, none)
}

func newNames(name string, nullable bool, dictionary arrow.Array) *nameColumn {
	return &nameColumn{heading: heading{name, nullable}, dictionary: dictionary}
}

// newInstants returns a nullable column of instants, in seconds or nanoseconds.
func newInstants(name string, unit *arrow.TimestampType) *numberColumn[int64] {
	return &numberColumn[int64]{heading: heading{name, true}, typ: unit, none: NoStart}
}

// newCounts returns a column of counts, of which -1 is null if it is nullable.
func newCounts(name string, nullable bool) *numberColumn[int64] {
	return &numberColumn[int64]{heading: heading{name, nullable}, typ: arrow.PrimitiveTypes.Int64, none: -1}
}

// newCodes returns a nullable column of error codes, of which 0 is null.
func newCodes(name string) *numberColumn[int32] {
	return &numberColumn[int32]{heading: heading{name, true}, typ: arrow.PrimitiveTypes.Int32}
}
