package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// A value is a value of a column, with its levels.
type value struct {
	rep, def int
	null     bool
	n        uint64 // bits of a number
	b        []byte // bytes of any other value; they are valid as long as the page
}

var errShort = errors.New("a page ends within a value")

// A decoder reads the values of a page that are not null.
type decoder interface {
	next(v *value) error
}

// Encodings.
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaBytes      = 7
	encodingDictionary      = 8
	encodingByteStreamSplit = 9
)

// decoderOf returns the decoder of a page of at most most values of a column.
func decoderOf(encoding int64, e *element, b []byte, most int64, dictionary []name) (decoder, error) {
	switch encoding {
	case encodingPlain:
		return &plain{kind: e.kind, width: widthOf(e), b: b}, nil
	case encodingPlainDictionary, encodingDictionary:
		if len(b) == 0 {
			return &indexed{}, nil // all values are null
		}
		return &indexed{hybrid{b: b[1:], width: int(b[0])}, dictionary}, nil
	case encodingRLE:
		if e.kind == kindBoolean && len(b) >= 4 {
			return &runs{hybrid{b: b[4:], width: 1}}, nil
		}
	case encodingDelta:
		if e.kind == kindInt32 || e.kind == kindInt64 {
			return newDelta(b, most)
		}
	case encodingDeltaLength:
		return newDeltaLength(b, most)
	case encodingDeltaBytes:
		return newDeltaBytes(b, most)
	case encodingByteStreamSplit:
		if w := widthOf(e); w > 0 {
			return &split{b: b, width: w, count: len(b) / w, bytes: e.kind == kindFixed}, nil
		}
	}
	return nil, fmt.Errorf("encoding %d is not supported", encoding)
}

// widthOf returns how many bytes a plain value has, 0 if that depends on the value.
func widthOf(e *element) int {
	switch e.kind {
	case kindInt32, kindFloat:
		return 4
	case kindInt64, kindDouble:
		return 8
	case kindInt96:
		return 12
	case kindFixed:
		return int(e.width)
	}
	return 0
}

// plain reads values one after the other.
type plain struct {
	kind  int64
	width int
	b     []byte
	bit   int
}

func (p *plain) next(v *value) error {
	n := p.width
	switch p.kind {
	case kindBoolean:
		if p.bit/8 >= len(p.b) {
			return errShort
		}
		v.n = uint64(p.b[p.bit/8] >> (p.bit % 8) & 1)
		p.bit++
		return nil
	case kindByteArray:
		if len(p.b) < 4 {
			return errShort
		}
		size := binary.LittleEndian.Uint32(p.b)
		if p.b = p.b[4:]; uint64(size) > uint64(len(p.b)) {
			return errShort
		}
		n = int(size)
	}
	if n > len(p.b) {
		return errShort
	}
	v.b, p.b = p.b[:n:n], p.b[n:]
	v.number(p.kind)
	return nil
}

// number reads the bits of a number from its bytes.
func (v *value) number(kind int64) {
	switch kind {
	case kindInt32, kindFloat:
		v.n = uint64(binary.LittleEndian.Uint32(v.b))
	case kindInt64, kindDouble:
		v.n = binary.LittleEndian.Uint64(v.b)
	}
}

// A hybrid reads numbers of a fixed number of bits: runs of one number, and groups of eight.
type hybrid struct {
	b     []byte
	width int // bits

	left int  // numbers of the current run or groups
	run  bool // it is a run of n
	n    uint32
	bits []byte // the groups
	at   int    // bit
}

func (h *hybrid) next() (uint32, error) {
	for h.left == 0 {
		if err := h.open(); err != nil {
			return 0, err
		}
	}
	h.left--
	if h.run {
		return h.n, nil
	}
	n, ok := bitsAt(h.bits, h.at, h.width)
	if !ok {
		return 0, errShort
	}
	h.at += h.width
	return uint32(n), nil
}

// open reads the head of a run.
func (h *hybrid) open() error {
	head, size := binary.Uvarint(h.b)
	if size <= 0 || h.width > 32 || head>>1 > maxValues {
		return errShort
	}
	h.b = h.b[size:]
	n := (h.width + 7) / 8
	if h.run = head&1 == 0; h.run {
		h.left = int(head >> 1)
	} else {
		h.left = int(head>>1) * 8
		n = int(head>>1) * h.width
	}
	if n > len(h.b) {
		if h.run {
			return errShort
		}
		n = len(h.b) // the last group may lack its padding
	}
	data := h.b[:n]
	h.b = h.b[n:]
	if !h.run {
		h.bits, h.at = data, 0
		return nil
	}
	h.n = 0
	for i, c := range data {
		h.n |= uint32(c) << (8 * i)
	}
	return nil
}

// bitsAt returns a number of at most 64 bits, lowest first, at a bit of b.
func bitsAt(b []byte, at, width int) (uint64, bool) {
	if at+width > 8*len(b) {
		return 0, false
	}
	var n uint64
	for got := 0; got < width; {
		take := min(8-at%8, width-got)
		n |= uint64(b[at/8]>>(at%8)&(1<<take-1)) << got
		got, at = got+take, at+take
	}
	return n, true
}

// A name is an entry of a dictionary.
type name struct {
	n uint64
	b []byte
}

// indexed reads values as indices of a dictionary.
type indexed struct {
	hybrid
	dictionary []name
}

func (d *indexed) next(v *value) error {
	i, err := d.hybrid.next()
	if err != nil {
		return err
	}
	if int64(i) >= int64(len(d.dictionary)) {
		return fmt.Errorf("a value is number %d of %d", i, len(d.dictionary))
	}
	v.n, v.b = d.dictionary[i].n, d.dictionary[i].b
	return nil
}

// runs reads booleans.
type runs struct{ hybrid }

func (r *runs) next(v *value) error {
	n, err := r.hybrid.next()
	v.n = uint64(n)
	return err
}

// delta reads numbers as differences.
type delta struct {
	b       []byte
	perMini int
	minis   int
	left    int64 // numbers
	value   uint64
	first   bool // value was not returned yet

	least  uint64
	widths []byte // of the miniblocks that follow in the block
	bits   []byte // of the current miniblock
	width  int
	at, n  int // bit, and numbers left in the miniblock
}

func newDelta(b []byte, most int64) (*delta, error) {
	t := &thrift{b: b}
	block, minis, count, value := t.uint(), t.uint(), t.uint(), t.int()
	if t.err != nil || minis == 0 || block > maxValues || minis > block || block%minis != 0 || block/minis%8 != 0 || count > uint64(most) {
		return nil, errors.New("differences are malformed")
	}
	return &delta{b: b[t.at:], perMini: int(block / minis), minis: int(minis), left: int64(count), value: uint64(value), first: true}, nil
}

func (d *delta) next(v *value) error {
	if d.left == 0 {
		return errShort
	}
	d.left--
	if d.first {
		d.first = false
		v.n = d.value
		return nil
	}
	if d.n == 0 {
		if err := d.open(); err != nil {
			return err
		}
	}
	n, ok := bitsAt(d.bits, d.at, d.width)
	if !ok {
		return errShort
	}
	d.at, d.n = d.at+d.width, d.n-1
	d.value += d.least + n
	v.n = d.value
	return nil
}

// open opens the next miniblock.
func (d *delta) open() error {
	if len(d.widths) == 0 {
		t := &thrift{b: d.b}
		d.least = uint64(t.int())
		d.widths = t.take(uint64(d.minis))
		if t.err != nil {
			return errShort
		}
		d.b = d.b[t.at:]
	}
	d.width, d.widths = int(d.widths[0]), d.widths[1:]
	if d.width > 64 {
		return errors.New("differences are malformed")
	}
	n := min(d.perMini/8*d.width, len(d.b)) // the last one may lack its padding
	d.bits, d.b, d.at, d.n = d.b[:n], d.b[n:], 0, d.perMini
	return nil
}

// rest reads all numbers, and returns the bytes after them.
func (d *delta) rest() ([]byte, error) {
	var v value
	for d.left > 0 {
		if err := d.next(&v); err != nil {
			return nil, err
		}
	}
	return d.b, nil
}

// deltaLength reads texts after their lengths.
type deltaLength struct {
	lengths *delta
	b       []byte
}

func newDeltaLength(b []byte, most int64) (*deltaLength, error) {
	lengths, err := newDelta(b, most)
	if err != nil {
		return nil, err
	}
	skipped := *lengths
	rest, err := skipped.rest()
	return &deltaLength{lengths, rest}, err
}

func (d *deltaLength) next(v *value) error {
	if err := d.lengths.next(v); err != nil {
		return err
	}
	n := uint64(uint32(v.n))
	if n > uint64(len(d.b)) {
		return errShort
	}
	v.b, d.b = d.b[:n:n], d.b[n:]
	return nil
}

// deltaBytes reads texts that begin like the one before.
type deltaBytes struct {
	prefixes *delta
	suffixes *deltaLength
	last     []byte
}

func newDeltaBytes(b []byte, most int64) (*deltaBytes, error) {
	prefixes, err := newDelta(b, most)
	if err != nil {
		return nil, err
	}
	skipped := *prefixes
	rest, err := skipped.rest()
	if err != nil {
		return nil, err
	}
	suffixes, err := newDeltaLength(rest, most)
	return &deltaBytes{prefixes: prefixes, suffixes: suffixes}, err
}

func (d *deltaBytes) next(v *value) error {
	if err := d.prefixes.next(v); err != nil {
		return err
	}
	prefix := uint64(uint32(v.n))
	if err := d.suffixes.next(v); err != nil {
		return err
	}
	if prefix > uint64(len(d.last)) {
		return errShort
	}
	text := make([]byte, 0, int(prefix)+len(v.b))
	d.last = append(append(text, d.last[:prefix]...), v.b...)
	v.b = d.last
	return nil
}

// split reads values whose first bytes are together, then the second ones, and so on.
type split struct {
	b            []byte
	width, count int
	at           int
	bytes        bool
}

func (s *split) next(v *value) error {
	if s.at == s.count {
		return errShort
	}
	b := make([]byte, s.width)
	for i := range b {
		b[i] = s.b[i*s.count+s.at]
	}
	s.at++
	v.b = b
	switch {
	case s.bytes:
	case s.width == 4:
		v.number(kindInt32)
	case s.width == 8:
		v.number(kindInt64)
	}
	return nil
}

// levels returns a reader of levels up to most.
func levels(b []byte, most int) hybrid { return hybrid{b: b, width: bits.Len(uint(most))} }
