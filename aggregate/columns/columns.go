// Package columns makes Arrow arrays of Go slices.
//
// Arrow's own builders copy every value, and hash every name of a dictionary again. An array
// of this package shares the memory of the slice that it is made of: it is valid until the
// slice changes.
//
//   - [New] makes an array of numbers, instants or bytes of a fixed width.
//   - [Indexed] makes an array of names: indices into a dictionary that batches share.
//   - [Values] and [Bytes] return the slice again.
package columns

import (
	"math/bits"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Types of columns that several schemas have.
var (
	ID      = &arrow.FixedSizeBinaryType{ByteWidth: 16} // of a session, as SessionID.Bytes returns it
	Name    = &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Uint16, ValueType: arrow.BinaryTypes.String}
	Seconds = &arrow.TimestampType{Unit: arrow.Second, TimeZone: "UTC"}
	Nanos   = &arrow.TimestampType{Unit: arrow.Nanosecond, TimeZone: "UTC"}
)

// Nulls is a validity bitmap. The zero value is of no rows.
type Nulls struct {
	rows, missing int
	bits          []byte
}

// NullsOf returns the validity of values, of which those that equal none are null.
func NullsOf[T comparable](values []T, none T) *Nulls {
	n := &Nulls{rows: len(values), missing: len(values), bits: make([]byte, 0, (len(values)+7)/8)}
	for eight := range slices.Chunk(values, 8) {
		var set byte
		for i, v := range eight {
			var bit byte
			if v != none { // compiles to no jump: which values are null may be random
				bit = 1
			}
			set |= bit << i
		}
		n.bits = append(n.bits, set)
		n.missing -= bits.OnesCount8(set)
	}
	return n
}

// Add adds a row.
func (n *Nulls) Add(missing bool) {
	if missing {
		n.missing++
	}
	if n.rows%8 == 0 {
		n.bits = append(n.bits, 0)
	}
	if !missing {
		bitutil.SetBit(n.bits, n.rows)
	}
	n.rows++
}

// Len returns the number of rows.
func (n *Nulls) Len() int { return n.rows }

// Bits returns the bitmap, in which a set bit is a value.
func (n *Nulls) Bits() []byte { return n.bits }

// Empty returns a bitmap of no rows that reuses the memory.
func (n *Nulls) Empty() Nulls { return Nulls{bits: n.bits[:0]} }

// buffer returns the bitmap as Arrow expects it: no buffer if no value is missing.
func (n *Nulls) buffer() *memory.Buffer {
	if n == nil || n.missing == 0 {
		return nil
	}
	return memory.NewBufferBytes(n.bits)
}

func (n *Nulls) count() int {
	if n == nil {
		return 0
	}
	return n.missing
}

// New returns an array of n values of a fixed width. nulls may be nil.
func New(typ arrow.DataType, n int, values []byte, nulls *Nulls) arrow.Array {
	return array.MakeFromData(array.NewData(typ, n, []*memory.Buffer{nulls.buffer(), memory.NewBufferBytes(values)}, nil, nulls.count(), 0))
}

// Indexed returns an array of names, given by their index in a dictionary. nulls may be nil.
func Indexed(dictionary arrow.Array, indices []uint16, nulls *Nulls) arrow.Array {
	return array.NewDictionaryArray(Name, New(Name.IndexType, len(indices), arrow.Uint16Traits.CastToBytes(indices), nulls), dictionary)
}

// Texts returns an array of texts: text i ends at ends[i+1] in text. nulls may be nil.
func Texts(text []byte, ends []int32, nulls *Nulls) arrow.Array {
	return array.MakeFromData(array.NewData(arrow.BinaryTypes.String, len(ends)-1, []*memory.Buffer{
		nulls.buffer(), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(ends)), memory.NewBufferBytes(text),
	}, nil, nulls.count(), 0))
}

// Dictionary returns an array of the names that the batches of a stream share.
func Dictionary(names []string) arrow.Array {
	b := array.NewStringBuilder(memory.DefaultAllocator)
	b.AppendValues(names, nil)
	return b.NewArray()
}

// Values returns the slice that an array was made of, or the indices of an array of names.
func Values[T arrow.FixedWidthType](a arrow.Array) []T {
	if a.Len() == 0 {
		return nil
	}
	return arrow.GetValues[T](a.Data(), 1)
}

// Bytes returns the bytes that an array of a fixed width was made of.
func Bytes(a arrow.Array) []byte {
	if a.Len() == 0 {
		return nil
	}
	return a.Data().Buffers()[1].Bytes()
}
