package columnar

import (
	"encoding/binary"
	"errors"
)

// A thrift reads structures in Thrift's compact protocol, in which Parquet writes its metadata.
// It allocates no more than it has read. After an error it reads zeros.
type thrift struct {
	b   []byte
	at  int
	err error
}

var (
	errCut       = errors.New("metadata ends early")
	errMalformed = errors.New("metadata is malformed")
)

// The types of the protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt16  = 4
	thriftInt32  = 5
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxThriftDepth is how deep structures may be nested. Those of Parquet are nested less than 10
// deep.
const maxThriftDepth = 32

// structure reads a structure. field reads the value of a field and reports true, or reports
// false if the field is not of interest.
func (t *thrift) structure(field func(id int, typ byte) bool) {
	id := 0
	for t.err == nil {
		head := t.byte()
		if head == 0 {
			return
		}
		if delta := int(head >> 4); delta > 0 {
			id += delta
		} else {
			id = int(int16(t.int()))
		}
		if typ := head & 15; !field(id, typ) && typ != thriftTrue && typ != thriftFalse {
			t.skip(typ, 0)
		}
	}
}

// structures reads a list of structures.
func (t *thrift) structures(typ byte, each func()) bool {
	if typ != thriftList {
		return false
	}
	n, of := t.list()
	if of != thriftStruct && n > 0 {
		t.fail(errMalformed)
	}
	for ; n > 0 && t.err == nil; n-- {
		each()
	}
	return true
}

// number reads a field that is an integer into v.
func (t *thrift) number(typ byte, v *int64) bool {
	switch typ {
	case thriftByte:
		*v = int64(int8(t.byte()))
	case thriftInt16, thriftInt32, thriftInt64:
		*v = t.int()
	default:
		return false
	}
	return true
}

// text reads a field that is a string into v.
func (t *thrift) text(typ byte, v *string) bool {
	if typ != thriftBinary {
		return false
	}
	*v = string(t.take(t.uint()))
	return true
}

// skip skips a value.
func (t *thrift) skip(typ byte, depth int) {
	if depth > maxThriftDepth {
		t.fail(errMalformed)
	}
	if t.err != nil {
		return
	}
	switch typ {
	case thriftTrue, thriftFalse, thriftByte:
		t.byte()
	case thriftInt16, thriftInt32, thriftInt64:
		t.uint()
	case thriftDouble:
		t.take(8)
	case thriftBinary:
		t.take(t.uint())
	case thriftList, thriftSet:
		for n, of := t.list(); n > 0 && t.err == nil; n-- {
			t.skip(of, depth+1)
		}
	case thriftMap:
		n := t.uint()
		if n == 0 {
			return
		}
		for types := t.byte(); n > 0 && t.err == nil; n-- {
			t.skip(types>>4, depth+1)
			t.skip(types&15, depth+1)
		}
	case thriftStruct:
		t.structure(func(_ int, typ byte) bool {
			if typ != thriftTrue && typ != thriftFalse {
				t.skip(typ, depth+1)
			}
			return true
		})
	default:
		t.fail(errMalformed)
	}
}

// list reads the head of a list: its length, and the type of its elements.
func (t *thrift) list() (n uint64, of byte) {
	head := t.byte()
	if n, of = uint64(head>>4), head&15; n == 15 {
		n = t.uint()
	}
	return n, of
}

func (t *thrift) byte() byte {
	if b := t.take(1); b != nil {
		return b[0]
	}
	return 0
}

// take returns the next n bytes.
func (t *thrift) take(n uint64) []byte {
	if n > uint64(len(t.b)-t.at) {
		t.fail(errCut)
	}
	if t.err != nil {
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

func (t *thrift) uint() uint64 {
	if t.err != nil {
		return 0
	}
	n, size := binary.Uvarint(t.b[t.at:])
	switch {
	case size == 0:
		t.fail(errCut)
	case size < 0:
		t.fail(errMalformed)
	default:
		t.at += size
	}
	return n
}

func (t *thrift) int() int64 { return unzigzag(t.uint()) }

func (t *thrift) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

func unzigzag(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }
