package columnar

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/otlog/otlog/parse/jsontext"
)

// The magic numbers of Arrow.
const (
	ArrowMagic  = "ARROW1\x00\x00"   // of a file: a stream follows, and after it an index
	ArrowStream = "\xff\xff\xff\xff" // of a stream
)

// OpenArrow reads the schema of a stream, and returns a reader of its rows. The error is ErrOwn
// if otlog has written the stream.
func OpenArrow(r io.Reader, rename Rename) (io.Reader, error) {
	a := &arrowRows{in: &messages{r: r}}
	return &rows{next: a.next}, guard(func() error {
		if err := a.in.skipMagic(); err != nil {
			return err
		}
		batches, err := ipc.NewReaderFromMessageReader(a.in, ipc.WithAllocator(&limited{left: maxBatch}))
		if err != nil {
			return a.in.cause(err)
		}
		schema := batches.Schema()
		for _, key := range schema.Metadata().Keys() {
			if strings.HasPrefix(key, ownKeys) {
				return ErrOwn
			}
		}
		for _, f := range schema.Fields() {
			a.keys = append(a.keys, quotedKey(rename(f.Name)))
		}
		if len(a.keys) == 0 {
			return errors.New("it has no columns")
		}
		a.batches = batches
		return nil
	})
}

// skipMagic skips the magic number of a file. The stream follows.
func (m *messages) skipMagic() error {
	head, err := m.bytes(4, 4)
	if err != nil {
		return err
	}
	if string(head) == ArrowStream {
		m.r = io.MultiReader(strings.NewReader(ArrowStream), m.r)
		return nil
	}
	_, err = m.bytes(int64(len(ArrowMagic)-len(head)), maxMeta)
	return err
}

// cause returns the error of a message if there is one, otherwise err without the name of the
// library.
func (m *messages) cause(err error) error {
	if m.err != nil {
		return unexpected(m.err)
	}
	return errors.New(shortened(strings.TrimPrefix(err.Error(), "arrow/ipc: ")))
}

// limited is an allocator with a limit.
type limited struct {
	memory.GoAllocator
	left int
}

func (l *limited) Allocate(n int) []byte {
	l.take(n)
	return l.GoAllocator.Allocate(n)
}

func (l *limited) Reallocate(n int, b []byte) []byte {
	l.take(n - len(b))
	return l.GoAllocator.Reallocate(n, b)
}

func (l *limited) Free(b []byte) {
	l.left += len(b)
	l.GoAllocator.Free(b)
}

func (l *limited) take(n int) {
	if n > l.left {
		panic(fmt.Sprintf("a batch of more than %d MiB", maxBatch>>20))
	}
	l.left -= n
}

// arrowRows reads a stream.
type arrowRows struct {
	in      *messages
	batches *ipc.Reader
	keys    [][]byte
	batch   arrow.RecordBatch
	row     int
}

// next appends rows until there are enough of them.
func (a *arrowRows) next(dst []byte) (out []byte, err error) {
	whole := len(dst)
	err = guard(func() error {
		for len(dst) < chunk {
			if a.batch == nil || a.row == int(a.batch.NumRows()) {
				if !a.batches.Next() {
					switch err := a.batches.Err(); {
					case a.in.ended:
						return io.EOF
					case err == nil:
						return a.in.cause(io.ErrUnexpectedEOF)
					default:
						return a.in.cause(err)
					}
				}
				a.batch, a.row = a.batches.RecordBatch(), 0
				continue
			}
			dst = append(dst, '{')
			for i, key := range a.keys {
				dst = appendMember(dst, key, a.batch.Column(i), a.row)
			}
			dst = append(dst, "}\n"...)
			whole = len(dst)
			a.row++
		}
		return nil
	})
	return dst[:whole], err
}

// appendMember appends a key and its value, nothing if it is null.
func appendMember(dst, key []byte, values arrow.Array, i int) []byte {
	before := len(dst)
	dst = append(appendComma(dst), key...)
	start := len(dst)
	if dst = appendArrow(dst, values, i); len(dst) == start {
		dst = dst[:before]
	}
	return dst
}

// appendArrow appends a value, nothing if it is null.
func appendArrow(dst []byte, values arrow.Array, i int) []byte {
	if values.IsNull(i) {
		return dst
	}
	switch a := values.(type) {
	case *array.Boolean:
		return strconv.AppendBool(dst, a.Value(i))
	case *array.Int8:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int16:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int32:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int64:
		return strconv.AppendInt(dst, a.Value(i), 10)
	case *array.Uint8:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint16:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint32:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint64:
		return strconv.AppendUint(dst, a.Value(i), 10)
	case *array.Float16:
		return appendFloat(dst, float64(a.Value(i).Float32()), 32)
	case *array.Float32:
		return appendFloat(dst, float64(a.Value(i)), 32)
	case *array.Float64:
		return appendFloat(dst, a.Value(i), 64)
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		return appendInstant(dst, int64(a.Value(i)), int64(t.Unit.Multiplier()), t.TimeZone != "")
	case *array.Date32:
		return appendDate(dst, int64(a.Value(i)))
	case *array.Date64:
		return appendDate(dst, int64(a.Value(i))/86_400_000)
	case *array.Time32:
		return appendTimeOfDay(dst, int64(a.Value(i)), int64(a.DataType().(*arrow.Time32Type).Unit.Multiplier()))
	case *array.Time64:
		return appendTimeOfDay(dst, int64(a.Value(i)), int64(a.DataType().(*arrow.Time64Type).Unit.Multiplier()))
	case *array.Duration:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Decimal128:
		return appendDecimal(dst, a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal128Type).Scale))
	case *array.Decimal256:
		return appendDecimal(dst, a.Value(i).BigInt(), int(a.DataType().(*arrow.Decimal256Type).Scale))
	case *array.Decimal32:
		return appendDecimal(dst, big.NewInt(int64(a.Value(i))), int(a.DataType().(*arrow.Decimal32Type).Scale))
	case *array.Decimal64:
		return appendDecimal(dst, big.NewInt(int64(a.Value(i))), int(a.DataType().(*arrow.Decimal64Type).Scale))
	case interface{ Value(int) string }: // String, LargeString, StringView
		return appendText(dst, []byte(a.Value(i)))
	case interface{ Value(int) []byte }: // Binary, LargeBinary, BinaryView, FixedSizeBinary
		return appendText(dst, a.Value(i))
	case *array.Dictionary:
		return appendArrow(dst, a.Dictionary(), a.GetValueIndex(i))
	case *array.Struct:
		fields := a.DataType().(*arrow.StructType).Fields()
		dst = append(dst, '{')
		for n := range fields {
			dst = appendMember(dst, quotedKey(fields[n].Name), a.Field(n), i)
		}
		return append(dst, '}')
	case *array.Map:
		from, to := a.ValueOffsets(i)
		dst = append(dst, '{')
		for at := int(from); at < int(to); at++ {
			key := appendArrow(nil, a.Keys(), at)
			if len(key) == 0 || key[0] != '"' {
				key = jsontext.AppendQuoted(nil, key)
			}
			dst = appendMember(dst, append(key, ':'), a.Items(), at)
		}
		return append(dst, '}')
	case array.ListLike:
		from, to := a.ValueOffsets(i)
		dst = append(dst, '[')
		for at := int(from); at < int(to); at++ {
			dst = appendMember(dst, nil, a.ListValues(), at)
		}
		return append(dst, ']')
	case *array.RunEndEncoded:
		return appendArrow(dst, a.Values(), a.GetPhysicalIndex(i))
	case array.ExtensionArray:
		return appendArrow(dst, a.Storage(), i)
	}
	return appendText(dst, []byte(values.ValueStr(i)))
}
