package partial

import (
	"io"
	"math"
	"math/bits"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/parse/timestamp"
)

// A Table writes rows as an Arrow IPC stream. They are gathered column by column, by
// the same number of calls of Add of each, and written batch by batch.
type Table struct {
	to      io.Writer
	out     *ipc.Writer
	schema  *arrow.Schema
	columns []Column
	written bool
}

// A Column gathers the values of one column of a Table until they are written: a
// *NameColumn, *TextColumn, *TimeColumn, *CountColumn or *CodeColumn. Some value stands
// for none in columns that are nullable.
type Column interface {
	Name() string
	Nullable() bool
	Len() int            // in rows
	IsNull(row int) bool // the row holds no value
	Reset()              // makes it empty; dictionaries stay

	dataType() arrow.DataType
	array() arrow.Array
}

// A Pair is a key of a table's metadata, with its value.
type Pair struct{ Key, Value string }

// NewTable returns a Table of columns that is written to w. Compressed (zstd) it is a
// third as long, but not every reader of Arrow opens it.
func NewTable(w io.Writer, columns []Column, metadata []Pair, compress bool) *Table {
	var fields []arrow.Field
	for _, c := range columns {
		fields = append(fields, arrow.Field{Name: c.Name(), Type: c.dataType(), Nullable: c.Nullable()})
	}
	var keys, values []string
	for _, p := range metadata {
		keys, values = append(keys, p.Key), append(values, p.Value)
	}
	described := arrow.NewMetadata(keys, values)
	t := &Table{to: w, schema: arrow.NewSchema(fields, &described), columns: columns}
	options := []ipc.Option{ipc.WithSchema(t.schema)}
	if compress {
		options = append(options, ipc.WithZstd())
	}
	t.out = ipc.NewWriter(w, options...)
	return t
}

// Flush writes what the columns hold as one batch, and empties them.
func (t *Table) Flush() error {
	arrays := make([]arrow.Array, len(t.columns))
	for i, c := range t.columns {
		arrays[i] = c.array()
	}
	t.written = true
	err := t.out.Write(array.NewRecordBatch(t.schema, arrays, int64(t.columns[0].Len())))
	for _, c := range t.columns {
		c.Reset()
	}
	return err
}

// Close ends the stream. It has a batch even if there are no rows: dictionaries come
// with the first one, and not every reader does without.
func (t *Table) Close() error {
	if !t.written || t.columns[0].Len() > 0 {
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return t.out.Close()
}

// Break ends a stream whose rows are not all there such that no reader takes it for
// whole: with the head of a message that does not follow.
func (t *Table) Break() {
	if t.written { // else nothing is there
		// If this fails, what came before it has failed too, mostly: nothing more can
		// be done.
		_, _ = t.to.Write([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0})
	}
}

// A heading is what all columns have.
type heading struct {
	name     string
	nullable bool
}

func (h *heading) Name() string   { return h.name }
func (h *heading) Nullable() bool { return h.nullable }

// nullsOf tells which values stand for none.
func nullsOf[T comparable](values []T, none T, nullable bool) *nulls {
	n := &nulls{rows: len(values), missing: len(values)}
	if !nullable {
		n.missing = 0
		return n
	}
	n.bits = make([]byte, 0, (len(values)+7)/8)
	for eight := range slices.Chunk(values, 8) {
		var set byte
		for i, v := range eight {
			var bit byte
			if v != none { // compiles to no jump: what is null may be random
				bit = 1
			}
			set |= bit << i
		}
		n.bits = append(n.bits, set)
		n.missing -= bits.OnesCount8(set)
	}
	return n
}

// A NameColumn holds texts that recur, by a dictionary. It has those in use only, in
// the order in which they came, unless there are no others; where it grows, the next
// batch brings it anew.
type NameColumn struct {
	heading
	texts   []string // by number
	numbers []uint16 // of the rows

	dictionary []string
	names      arrow.Array // of the dictionary
	place      []uint16    // in the dictionary, by number; nil: the number is the place
	known      map[string]uint16
	indices    []uint16 // scratch
}

// nowhere is in place of a text that is not in the dictionary.
const nowhere = math.MaxUint16

// NewNames returns a column of texts, given by number. If it is nullable, number 0
// stands for none. There may be no more than 65,535 of them, all valid UTF-8.
func NewNames(name string, nullable bool, texts []string) *NameColumn {
	return &NameColumn{
		heading: heading{name, nullable}, texts: texts,
		place: slices.Repeat([]uint16{nowhere}, len(texts)), known: map[string]uint16{},
	}
}

// NewWords returns a column of a few texts which its dictionary has all, given by number.
func NewWords(name string, texts []string) *NameColumn {
	return &NameColumn{heading: heading{name, false}, texts: texts, dictionary: texts}
}

// NewEvidence returns a column of kinds of evidence, given by their value in package
// classify.
func NewEvidence(name string) *NameColumn { return NewWords(name, evidences) }

// Add adds the text of a number.
func (c *NameColumn) Add(number uint16) { c.numbers = append(c.numbers, number) }

// Len returns how many rows the column holds.
func (c *NameColumn) Len() int { return len(c.numbers) }

// IsNull reports whether a row holds no text.
func (c *NameColumn) IsNull(row int) bool { return c.nullable && c.numbers[row] == 0 }

// Indices returns the place of each row's text in a dictionary. That of a null may be
// any. They are good until the next call; later dictionaries begin with this one.
func (c *NameColumn) Indices() (indices []uint16, dictionary []string) {
	if c.place == nil {
		return c.numbers, c.dictionary
	}
	c.indices = slices.Grow(c.indices[:0], len(c.numbers))[:len(c.numbers)]
	for i, number := range c.numbers {
		place := c.place[number]
		if place == nowhere {
			place = c.learn(number)
		}
		c.indices[i] = place
	}
	return c.indices, c.dictionary
}

// learn puts a text in the dictionary, unless it stands for none.
func (c *NameColumn) learn(number uint16) uint16 {
	text := c.texts[number]
	place, ok := c.known[text]
	switch {
	case number == 0 && c.nullable:
		place = 0
	case !ok:
		place = uint16(len(c.dictionary))
		c.dictionary = append(c.dictionary, text)
		c.known[text] = place
	}
	c.place[number] = place
	return place
}

// Reset makes the column empty.
func (c *NameColumn) Reset() { c.numbers = c.numbers[:0] }

func (c *NameColumn) dataType() arrow.DataType { return nameType }

func (c *NameColumn) array() arrow.Array {
	indices, texts := c.Indices()
	if c.names == nil || c.names.Len() < len(texts) {
		c.names = dictionary(texts)
	}
	return indexed(c.names, indices, nullsOf(c.numbers, 0, c.nullable))
}

// A TextColumn holds texts that do not recur much.
type TextColumn struct {
	heading
	text []byte
	ends []int32 // after the 0 where the first one begins
}

// NewTexts returns a column of texts. If it is nullable, the empty one stands for none.
func NewTexts(name string, nullable bool) *TextColumn {
	return &TextColumn{heading{name, nullable}, nil, []int32{0}}
}

// Add adds a text, which has to be valid UTF-8.
func (c *TextColumn) Add(text []byte) {
	c.text = append(c.text, text...)
	c.ends = append(c.ends, int32(len(c.text)))
}

// Len returns how many rows the column holds.
func (c *TextColumn) Len() int { return len(c.ends) - 1 }

// IsNull reports whether a row holds no text.
func (c *TextColumn) IsNull(row int) bool { return c.nullable && c.ends[row] == c.ends[row+1] }

// Text returns the text of a row, which is good until the column is made empty.
func (c *TextColumn) Text(row int) []byte { return c.text[c.ends[row]:c.ends[row+1]] }

// Reset makes the column empty.
func (c *TextColumn) Reset() { c.text, c.ends = c.text[:0], c.ends[:1] }

func (c *TextColumn) dataType() arrow.DataType { return arrow.BinaryTypes.String }

func (c *TextColumn) array() arrow.Array {
	missing := &nulls{}
	for row := range c.Len() {
		missing.add(c.IsNull(row))
	}
	return array.MakeFromData(array.NewData(c.dataType(), c.Len(), []*memory.Buffer{
		missing.buffer(), memory.NewBufferBytes(arrow.GetBytes(c.ends)), memory.NewBufferBytes(c.text),
	}, nil, missing.missing, 0))
}

// numbers are what columns of numbers have.
type numbers[T int32 | int64] struct {
	heading
	typ    arrow.DataType
	none   T // stands for none in a column that is nullable
	values []T
}

// Add adds a number.
func (c *numbers[T]) Add(v T) { c.values = append(c.values, v) }

// Len returns how many rows the column holds.
func (c *numbers[T]) Len() int { return len(c.values) }

// IsNull reports whether a row holds no number.
func (c *numbers[T]) IsNull(row int) bool { return c.nullable && c.values[row] == c.none }

// Values returns the numbers.
func (c *numbers[T]) Values() []T { return c.values }

// Reset makes the column empty.
func (c *numbers[T]) Reset() { c.values = c.values[:0] }

func (c *numbers[T]) dataType() arrow.DataType { return c.typ }

func (c *numbers[T]) array() arrow.Array {
	return column(c.typ, len(c.values), arrow.GetBytes(c.values), nullsOf(c.values, c.none, c.nullable))
}

// A TimeColumn holds instants; timestamp.NoTime stands for none.
type TimeColumn struct{ numbers[int64] }

// NewSeconds returns a nullable column of instants in Unix seconds.
func NewSeconds(name string) *TimeColumn { return newTimes(name, cellType) }

// NewNanos returns a nullable column of instants in Unix nanoseconds.
func NewNanos(name string) *TimeColumn { return newTimes(name, nanoType) }

func newTimes(name string, unit *arrow.TimestampType) *TimeColumn {
	return &TimeColumn{numbers[int64]{heading: heading{name, true}, typ: unit, none: timestamp.NoTime}}
}

var nanoType = &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}

// Nanos reports whether the column holds nanoseconds, not seconds.
func (c *TimeColumn) Nanos() bool { return c.typ == nanoType }

// A CountColumn holds counts; -1 stands for none.
type CountColumn struct{ numbers[int64] }

// NewCounts returns a column of counts.
func NewCounts(name string, nullable bool) *CountColumn {
	return &CountColumn{numbers[int64]{heading: heading{name, nullable}, typ: arrow.PrimitiveTypes.Int64, none: -1}}
}

// A CodeColumn holds error codes; 0 stands for none.
type CodeColumn struct{ numbers[int32] }

// NewCodes returns a nullable column of error codes.
func NewCodes(name string) *CodeColumn {
	return &CodeColumn{numbers[int32]{heading: heading{name, true}, typ: arrow.PrimitiveTypes.Int32}}
}
