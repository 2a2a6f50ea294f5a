package partial

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/zeebo/xxh3"
)

// messages reads the messages of a stream, and rejects messages that no partial contains.
// Arrow trusts a message: it allocates the memory that the message claims, and follows its
// references, any number of times. So every message of a file, which may be crafted, is
// checked before Arrow reads it. messages implements ipc.MessageReader.
type messages struct {
	r    io.Reader
	left int64 // unread bytes of the stream
	most int64 // maximum size of all dictionaries and one batch, decompressed

	// about, if set, checks the metadata of the schema before anything else is checked.
	about func(metadata map[string]string) error

	digest *[16]byte // of the stream when it was verified, or nil
	hash   xxh3.Hasher

	metadata     map[string]string // of the schema; nil before the schema was read
	hasIDs       bool              // there are as many columns as in schemaWithIDs
	dictionaries int               // number of dictionaries that may follow
	held         int64             // size of the dictionaries, decompressed
	body         []byte            // of a batch; reused
	err          error             // why a message was rejected
}

// The kinds of messages in a partial, with Arrow's numbers.
const (
	isSchema     = 1
	isDictionary = 2
	isBatch      = 3
)

// Retain does nothing: the garbage collector frees the memory.
func (m *messages) Retain() {}

// Release does nothing: the garbage collector frees the memory.
func (m *messages) Release() {}

// Message returns the next message, which is valid until the next call, or io.EOF at the
// end.
func (m *messages) Message() (msg *ipc.Message, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("invalid layout: %v", r)
		}
		if err != nil && err != io.EOF {
			m.err = err
		}
	}()
	meta, err := m.meta()
	if err != nil {
		if err == io.EOF {
			err = m.end()
		}
		return nil, err
	}
	t := root(meta)
	size, err := m.bodySize(t)
	if err != nil {
		return nil, err
	}
	body, err := m.check(t, size)
	if err != nil {
		return nil, err
	}
	return ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body)), nil
}

// meta reads the next message except its body. At the end of the stream it returns io.EOF.
func (m *messages) meta() ([]byte, error) {
	var head [8]byte
	if err := m.read(head[:]); err != nil {
		return nil, err
	}
	if !isStream(head[:4]) {
		return nil, errors.New("a message has no valid start")
	}
	switch n := int64(binary.LittleEndian.Uint32(head[4:])); {
	case n == 0:
		return nil, io.EOF
	case n > min(m.left, math.MaxInt32):
		return nil, fmt.Errorf("the header of a message claims %d bytes, of which %d are present", n, m.left)
	default:
		b := make([]byte, n)
		return b, m.read(b)
	}
}

// skip skips the next message. At the end of the stream it returns io.EOF.
func (m *messages) skip() (err error) {
	defer recovered(&err)
	meta, err := m.meta()
	if err != nil {
		return err
	}
	size, err := m.bodySize(root(meta))
	if err != nil {
		return err
	}
	m.left -= size
	_, err = io.CopyN(io.Discard, m.r, size)
	return err
}

// end makes the checks that are possible only at the end of the stream.
func (m *messages) end() error {
	if m.metadata == nil {
		return errors.New("no schema")
	}
	if m.left > 0 {
		return fmt.Errorf("%d bytes after the end", m.left)
	}
	if m.digest != nil && m.hash.Sum128().Bytes() != *m.digest {
		return errors.New("changed while it was read")
	}
	return io.EOF
}

// read fills b with the next bytes of the stream.
func (m *messages) read(b []byte) error {
	if int64(len(b)) > m.left {
		return fmt.Errorf("%d bytes are missing at the end", int64(len(b))-m.left)
	}
	if _, err := io.ReadFull(m.r, b); err != nil {
		if errors.Is(err, io.EOF) || err == io.ErrUnexpectedEOF {
			return errors.New("truncated while it was read")
		}
		return err
	}
	m.left -= int64(len(b))
	if m.digest != nil {
		_, _ = m.hash.Write(b) // never fails
	}
	return nil
}

// bodySize returns the size of a message's body in bytes.
func (m *messages) bodySize(t flatbuffers.Table) (int64, error) {
	size := t.GetInt64Slot(slot(3), 0)
	if size < 0 || size > m.left {
		return 0, fmt.Errorf("a message claims %d bytes, of which %d are present", size, m.left)
	}
	return size, nil
}

// check reads the body of a message, and checks the message and the body.
func (m *messages) check(t flatbuffers.Table, size int64) ([]byte, error) {
	header, ok := field(t, 2)
	if !ok {
		return nil, errors.New("a message is empty")
	}
	if length(t, 4) != 0 {
		return nil, errors.New("a message has metadata, which only the schema may have")
	}
	switch kind := t.GetByteSlot(slot(1), 0); {
	case kind == isSchema && m.metadata == nil && size == 0:
		return nil, m.schema(header)
	case kind == isDictionary && m.dictionaries > 0:
		m.dictionaries--
		return m.dictionary(header, make([]byte, size))
	case kind == isBatch && m.metadata != nil:
		m.dictionaries = 0
		if int64(cap(m.body)) < size {
			m.body = make([]byte, size)
		}
		body := m.body[:size]
		if err := m.read(body); err != nil {
			return nil, err
		}
		_, err := m.batch(header, body, shapeOf(schemaOf(m.hasIDs).Fields()))
		return body, err
	default:
		return nil, errors.New("the messages are not those of a partial: a schema, its dictionaries, and batches")
	}
}

func (m *messages) dictionary(t flatbuffers.Table, body []byte) ([]byte, error) {
	if err := m.read(body); err != nil {
		return nil, err
	}
	if t.GetByteSlot(slot(2), 0) != 0 {
		return nil, errors.New("a dictionary is a delta")
	}
	data, ok := field(t, 1)
	if !ok {
		return nil, errors.New("a dictionary is empty")
	}
	n, err := m.batch(data, body, shape{values: 1, buffers: 3}) // strings
	m.held += n
	return body, err
}

// The limits of a schema. That of a partial is less than half as large.
const (
	maxFields = 96
	maxKeys   = 1000 // of metadata; high, to identify streams of other programs
	maxName   = 64   // bytes
)

// schema checks a schema, and reads its metadata.
func (m *messages) schema(t flatbuffers.Table) error {
	keys := length(t, 2)
	if keys > maxKeys {
		return fmt.Errorf("the metadata has %d keys", keys)
	}
	m.metadata = map[string]string{}
	total := 0
	for i := range keys {
		pair := element(t, 2, i)
		key, value := text(pair, 0), text(pair, 1)
		// Several keys and values may share bytes.
		if total += len(key) + len(value); total > len(t.Bytes) {
			return errors.New("the metadata is longer than the schema")
		}
		m.metadata[string(key)] = string(value)
	}
	if m.about != nil {
		if err := m.about(m.metadata); err != nil {
			return err
		}
	}
	m.hasIDs = length(t, 1) == schemaWithIDs.NumFields()
	left := maxFields
	return m.fields(t, 1, &left)
}

// fields checks the fields of a schema or of a field, and counts their dictionaries.
func (m *messages) fields(t flatbuffers.Table, number int, left *int) error {
	n := length(t, number)
	if *left -= n; *left < 0 {
		return errors.New("more columns than a partial has")
	}
	for i := range n {
		f := element(t, number, i)
		if name := text(f, 0); len(name) > maxName {
			return fmt.Errorf("the name of a column has %d bytes", len(name))
		}
		if length(f, 6) != 0 {
			return errors.New("a column has metadata, which only the schema may have")
		}
		switch f.GetByteSlot(slot(2), 0) {
		case 2, 5, 6, 10, 12, 13, 15: // Int, Utf8, Bool, Timestamp, List, Struct, FixedSizeBinary
		default:
			return errors.New("a column has a type that no column of a partial has")
		}
		if _, ok := field(f, 4); ok {
			m.dictionaries++
		}
		if err := m.fields(f, 5, left); err != nil {
			return err
		}
	}
	return nil
}

// A shape is the number of arrays and buffers in a batch.
type shape struct{ values, buffers int }

// shapeOf returns the shape of a batch with columns.
func shapeOf(columns []arrow.Field) (s shape) {
	for _, c := range columns {
		s.values++
		s.buffers += len(c.Type.Layout().Buffers)
		if nested, ok := c.Type.(arrow.NestedType); ok {
			of := shapeOf(nested.Fields())
			s.values += of.values
			s.buffers += of.buffers
		}
	}
	return s
}

// batch checks a batch, and returns its decompressed size in bytes, 0 if it is not compressed:
// then the bytes are those of the file.
func (m *messages) batch(t flatbuffers.Table, body []byte, want shape) (int64, error) {
	got := shape{length(t, 1), length(t, 2)}
	if got != want { // Arrow would read after the last one
		return 0, fmt.Errorf("a batch has %d values and %d buffers, not %d and %d", got.values, got.buffers, want.values, want.buffers)
	}
	most := m.most - m.held
	for i := range got.values {
		rows, missing := pair(t, 1, i)
		if rows < 0 || missing < 0 || missing > rows || rows > 8*m.most {
			return 0, fmt.Errorf("a column claims %d values, of which %d are missing", rows, missing)
		}
	}
	how, compressed := field(t, 3)
	if compressed && (how.GetByteSlot(slot(0), 0) != 1 || how.GetByteSlot(slot(1), 0) != 0) {
		return 0, errors.New("a batch is not compressed with zstd")
	}
	held := int64(0)
	for i := range got.buffers {
		at, n := pair(t, 2, i)
		if at < 0 || at%8 != 0 || n < 0 || at > int64(len(body)) || n > int64(len(body))-at {
			return 0, fmt.Errorf("a buffer claims %d bytes at byte %d of %d", n, at, len(body))
		}
		if !compressed || n == 0 {
			continue
		}
		size, err := inflated(body[at:at+n], most-held)
		if err != nil {
			return 0, err
		}
		held += size
	}
	return held, nil
}

// A message is a flatbuffer: tables with numbered fields. The functions below panic if a
// reference points outside it.

// root returns the root table of a message.
func root(b []byte) flatbuffers.Table {
	return flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
}

// slot returns the number of a field in flatbuffers' terms.
func slot(number int) flatbuffers.VOffsetT { return flatbuffers.VOffsetT(4 + 2*number) }

// fieldAt returns the offset of a field, 0 if it is missing.
func fieldAt(t flatbuffers.Table, number int) flatbuffers.UOffsetT {
	return flatbuffers.UOffsetT(t.Offset(slot(number)))
}

// field returns a field that is a table.
func field(t flatbuffers.Table, number int) (out flatbuffers.Table, ok bool) {
	o := fieldAt(t, number)
	if o == 0 {
		return out, false
	}
	t.Union(&out, o)
	return out, true
}

// text returns a field that is a string.
func text(t flatbuffers.Table, number int) []byte {
	o := fieldAt(t, number)
	if o == 0 {
		return nil
	}
	return t.ByteVector(o + t.Pos)
}

// length returns the number of elements of a field that is a list.
func length(t flatbuffers.Table, number int) int {
	o := fieldAt(t, number)
	if o == 0 {
		return 0
	}
	return t.VectorLen(o)
}

// element returns an element of a list of tables.
func element(t flatbuffers.Table, number, i int) flatbuffers.Table {
	x := t.Vector(fieldAt(t, number)) + flatbuffers.UOffsetT(4*i)
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(x)}
}

// pair returns an element of a list of pairs of numbers.
func pair(t flatbuffers.Table, number, i int) (a, b int64) {
	x := t.Vector(fieldAt(t, number)) + flatbuffers.UOffsetT(16*i)
	return t.GetInt64(x), t.GetInt64(x + 8)
}
