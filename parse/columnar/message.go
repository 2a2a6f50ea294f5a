package columnar

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	flatbuffers "github.com/google/flatbuffers/go"
)

// The limits of a stream. A batch has about 64,000 rows.
const (
	maxMeta   = 16 << 20  // bytes of a message without its body
	maxBody   = 256 << 20 // bytes
	maxBatch  = 512 << 20 // bytes of a batch and the dictionaries, decompressed
	maxFields = 10_000    // of a schema, nested ones included
)

// messages reads the messages of a stream. Arrow allocates what the lists of a message claim to
// contain, so they are counted first. messages implements ipc.MessageReader.
type messages struct {
	r     io.Reader
	err   error // the one that ended it
	ended bool  // by the mark of the end
}

// Retain does nothing: the garbage collector frees the memory.
func (m *messages) Retain() {}

// Release does nothing: the garbage collector frees the memory.
func (m *messages) Release() {}

// Message returns the next message, or io.EOF at the end.
func (m *messages) Message() (*ipc.Message, error) {
	var msg *ipc.Message
	err := guard(func() error {
		meta, err := m.meta()
		if err != nil {
			return err
		}
		t := root(meta)
		if err := checkMessage(t); err != nil {
			return err
		}
		body, err := m.bytes(t.GetInt64Slot(slot(3), 0), maxBody)
		if err != nil {
			return err
		}
		msg = ipc.NewMessage(memory.NewBufferBytes(meta), memory.NewBufferBytes(body))
		return nil
	})
	if err != nil && m.err == nil {
		m.err = err
	}
	return msg, err
}

// meta reads the next message except its body.
func (m *messages) meta() ([]byte, error) {
	head, err := m.bytes(4, 4)
	if err != nil {
		return nil, err
	}
	if string(head) == ArrowStream {
		if head, err = m.bytes(4, 4); err != nil {
			return nil, err
		}
	}
	n := binary.LittleEndian.Uint32(head)
	if n == 0 {
		m.ended = true
		return nil, io.EOF
	}
	return m.bytes(int64(n), maxMeta)
}

// bytes reads n bytes, and allocates no more than twice what is present.
func (m *messages) bytes(n, most int64) ([]byte, error) {
	if n < 0 || n > most {
		return nil, fmt.Errorf("a message claims %d bytes: the limit is %d", n, most)
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, m.r, n); err != nil {
		return nil, unexpected(err)
	}
	return b.Bytes(), nil
}

// A message is a flatbuffer: tables with numbered fields. The functions below panic if a
// reference points outside it.

// root returns the root table of a message.
func root(b []byte) flatbuffers.Table {
	return flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
}

// slot returns the number of a field in flatbuffers' terms.
func slot(number int) flatbuffers.VOffsetT { return flatbuffers.VOffsetT(4 + 2*number) }

// table returns a field that is a table.
func table(t flatbuffers.Table, number int) (out flatbuffers.Table, ok bool) {
	o := flatbuffers.UOffsetT(t.Offset(slot(number)))
	if o == 0 {
		return out, false
	}
	t.Union(&out, o)
	return out, true
}

var errLists = errors.New("a message is shorter than its lists")

// list returns the first element of a list and how many there are, each of size bytes.
func list(t flatbuffers.Table, number, size int) (first flatbuffers.UOffsetT, n int, err error) {
	o := flatbuffers.UOffsetT(t.Offset(slot(number)))
	if o == 0 {
		return 0, 0, nil
	}
	first, n = t.Vector(o), t.VectorLen(o)
	if n < 0 || n > (len(t.Bytes)-int(first))/size {
		return 0, 0, errLists
	}
	return first, n, nil
}

// The kinds of messages, and of types.
const (
	isSchema        = 1
	isDictionary    = 2
	isBatch         = 3
	typeOfUnion     = 14
	maxNestedFields = 64
)

// checkMessage checks the lists of a message.
func checkMessage(t flatbuffers.Table) error {
	if _, _, err := list(t, 4, 4); err != nil { // metadata
		return err
	}
	header, ok := table(t, 2)
	if !ok {
		return errors.New("a message is empty")
	}
	switch t.GetByteSlot(slot(1), 0) {
	case isSchema:
		left := maxFields
		if _, _, err := list(header, 2, 4); err != nil { // metadata
			return err
		}
		if _, _, err := list(header, 3, 8); err != nil { // features
			return err
		}
		return checkFields(header, 1, 0, &left)
	case isDictionary:
		if header, ok = table(header, 1); !ok {
			return errors.New("a dictionary is empty")
		}
		return checkBatch(header)
	case isBatch:
		return checkBatch(header)
	}
	return nil
}

// checkFields checks the fields in a list. left is how many more there may be.
func checkFields(t flatbuffers.Table, number, depth int, left *int) error {
	first, n, err := list(t, number, 4)
	if err != nil {
		return err
	}
	if *left -= n; *left < 0 || depth > maxNestedFields {
		return fmt.Errorf("a schema has more than %d fields, or more than %d in each other", maxFields, maxNestedFields)
	}
	for i := range n {
		f := flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(first + flatbuffers.UOffsetT(4*i))}
		if _, _, err := list(f, 6, 4); err != nil { // metadata
			return err
		}
		if typ, ok := table(f, 3); ok && f.GetByteSlot(slot(2), 0) == typeOfUnion {
			if _, _, err := list(typ, 1, 4); err != nil {
				return err
			}
		}
		if err := checkFields(f, 5, depth+1, left); err != nil {
			return err
		}
	}
	return nil
}

// checkBatch checks the lists of a batch.
func checkBatch(t flatbuffers.Table) error {
	if _, _, err := list(t, 1, 16); err != nil { // nodes
		return err
	}
	_, buffers, err := list(t, 2, 16)
	if err != nil {
		return err
	}
	first, n, err := list(t, 4, 8) // of views, how many buffers each has
	for i := range n {
		if count := t.GetInt64(first + flatbuffers.UOffsetT(8*i)); count < 0 || count > int64(buffers) {
			return errLists
		}
	}
	return err
}
