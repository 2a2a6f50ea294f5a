package rows

import (
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/columns"
)

// A column is a column of the output. It is a *nameColumn, *sessionColumn, *textColumn,
// *numberColumn or *boolColumn.
type column interface {
	field() arrow.Field
	load(arrow.Array)    // of a batch
	isNull(row int) bool // of the batch
	array() arrow.Array  // of the batch, as it is written
}

// A heading is what all columns have.
type heading struct {
	name     string
	nullable bool
}

// A nameColumn holds texts that recur, in a dictionary. Unless that is whole, it has only
// the texts that rows so far use, in the order of their first use; where it grows, the next
// batch brings it anew.
type nameColumn struct {
	heading
	whole bool

	from    arrow.Array // dictionary of the batches
	in      arrow.Array // the column of the batch
	numbers []uint16    // into from

	texts   []string          // the dictionary that is written
	names   arrow.Array       // of texts
	place   []uint16          // in texts, by number in from
	known   map[string]uint16 // place of a text: two invalid texts may be the same when valid
	indices []uint16          // into texts
}

// nowhere marks a text that is not in the dictionary yet.
const nowhere = math.MaxUint16

func (c *nameColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: columns.Name, Nullable: c.nullable}
}

func (c *nameColumn) load(a arrow.Array) {
	if c.from == nil {
		c.from = a.(*array.Dictionary).Dictionary()
		c.place = slices.Repeat([]uint16{nowhere}, c.from.Len())
		for n := range c.from.Len() {
			if c.whole {
				c.learn(uint16(n))
			}
		}
	}
	c.in, c.numbers = a, columns.Values[uint16](a)
	c.indices = slices.Grow(c.indices[:0], len(c.numbers))[:len(c.numbers)]
	for i, number := range c.numbers {
		place := c.place[number]
		if place == nowhere {
			place = c.learn(number)
		}
		c.indices[i] = place
	}
	if c.names == nil || c.names.Len() < len(c.texts) {
		c.names = columns.Dictionary(c.texts)
	}
}

// learn adds a text to the dictionary, unless it is null.
func (c *nameColumn) learn(number uint16) uint16 {
	text := validText(c.from.(*array.String).Value(int(number)))
	place, ok := c.known[text]
	switch {
	case number == 0 && c.nullable:
		place = 0
	case !ok:
		place = uint16(len(c.texts))
		c.texts = append(c.texts, text)
		c.known[text] = place
	}
	c.place[number] = place
	return place
}

func (c *nameColumn) isNull(row int) bool { return c.nullable && c.numbers[row] == 0 }

func (c *nameColumn) array() arrow.Array {
	if !c.nullable {
		return columns.Indexed(c.names, c.indices, nil)
	}
	return columns.Indexed(c.names, c.indices, columns.NullsOf(c.numbers, 0))
}

// A sessionColumn holds the keyed hashes of sessions, as text.
type sessionColumn struct {
	heading
	hasher *hasher
	text   []byte
	ends   []int32 // after the 0 where the first one begins
	nulls  columns.Nulls
}

func (c *sessionColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: c.nullable}
}

func (c *sessionColumn) load(a arrow.Array) {
	ids := columns.Bytes(a)
	c.text, c.ends, c.nulls = c.text[:0], append(c.ends[:0], 0), c.nulls.Empty()
	for ; len(ids) > 0; ids = ids[16:] {
		hash := c.hasher.hash(aggregate.SessionIDOf([16]byte(ids)))
		c.text = append(c.text, hash...)
		c.ends = append(c.ends, int32(len(c.text)))
		c.nulls.Add(len(hash) == 0)
	}
}

func (c *sessionColumn) isNull(row int) bool { return c.ends[row] == c.ends[row+1] }
func (c *sessionColumn) value(row int) []byte {
	return c.text[c.ends[row]:c.ends[row+1]]
}
func (c *sessionColumn) array() arrow.Array { return columns.Texts(c.text, c.ends, &c.nulls) }

// A numberColumn holds counts, codes or instants.
type numberColumn struct {
	heading
	typ arrow.DataType
	in  arrow.Array
}

func (c *numberColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: c.typ, Nullable: c.nullable}
}
func (c *numberColumn) load(a arrow.Array)  { c.in = a }
func (c *numberColumn) isNull(row int) bool { return c.in.IsNull(row) }
func (c *numberColumn) array() arrow.Array  { return c.in }

// A boolColumn holds flags.
type boolColumn struct {
	heading
	in *array.Boolean
}

func (c *boolColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: arrow.FixedWidthTypes.Boolean, Nullable: c.nullable}
}
func (c *boolColumn) load(a arrow.Array)  { c.in = a.(*array.Boolean) }
func (c *boolColumn) isNull(row int) bool { return c.in.IsNull(row) }
func (c *boolColumn) array() arrow.Array  { return c.in }

// A textColumn holds texts that are written as they are.
type textColumn struct {
	heading
	in *array.String
}

func (c *textColumn) field() arrow.Field {
	return arrow.Field{Name: c.name, Type: arrow.BinaryTypes.String, Nullable: c.nullable}
}
func (c *textColumn) load(a arrow.Array)  { c.in = a.(*array.String) }
func (c *textColumn) isNull(row int) bool { return c.in.IsNull(row) }
func (c *textColumn) array() arrow.Array  { return c.in }
