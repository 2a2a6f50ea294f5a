package columnar

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The limits of a page, which is held in memory. Writers make pages of about 1 MiB; DuckDB makes
// them of up to 100 MB.
const (
	maxPage   = 256 << 20 // bytes, decompressed
	maxNames  = 16 << 20  // bytes of a dictionary
	maxHeld   = 512 << 20 // bytes of the current pages of all columns
	maxValues = 32 << 20
	maxHeader = 1 << 20 // it may contain the smallest and the largest value
)

// Kinds of pages.
const (
	pageOfData       = 0
	pageOfDictionary = 2
	pageOfDataV2     = 3
)

// A page is the header of a page.
type page struct {
	kind, inflated, size, crc int64
	checked                   bool // crc is present
	values, encoding          int64
	repLevels, defLevels      int64 // bytes; in pages of the second version
	stored                    bool  // without compression
}

func (t *thrift) page() (p page) {
	t.structure(func(id int, typ byte) bool {
		switch id {
		case 1:
			return t.number(typ, &p.kind)
		case 2:
			return t.number(typ, &p.inflated)
		case 3:
			return t.number(typ, &p.size)
		case 4:
			p.checked = true
			return t.number(typ, &p.crc)
		case 5, 7, 8:
			if typ != thriftStruct {
				return false
			}
			t.structure(func(field int, typ byte) bool {
				switch {
				case field == 1:
					return t.number(typ, &p.values)
				case field == 2 && id != 8, field == 4 && id == 8:
					return t.number(typ, &p.encoding)
				case field == 5 && id == 8:
					return t.number(typ, &p.defLevels)
				case field == 6 && id == 8:
					return t.number(typ, &p.repLevels)
				case field == 7 && id == 8:
					p.stored = typ == thriftFalse
				}
				return false
			})
			return true
		}
		return false
	})
	return p
}

// pages reads the pages of a column chunk.
type pages struct {
	r       io.ReaderAt
	at, end int64
	codec   int64
	zstd    *zstd.Decoder

	room     *int64 // how much more memory the row group may take
	packed   []byte // reused
	unpacked []byte
	held     int64
	keep     bool // unpacked must not be reused, because values refer to it
}

// next reads a page and returns its content, io.EOF after the last one. Of pages of the second
// version, levels precede the data.
func (p *pages) next() (page, []byte, error) {
	if p.at >= p.end {
		return page{}, nil, io.EOF
	}
	h, err := p.header()
	if err != nil {
		return h, nil, err
	}
	if int64(cap(p.packed)) < h.size {
		p.packed = make([]byte, h.size)
	}
	b := p.packed[:h.size]
	if n, err := p.r.ReadAt(b, p.at); n < len(b) {
		return h, nil, unexpected(err)
	}
	p.at += h.size
	if h.checked && crc32.ChecksumIEEE(b) != uint32(h.crc) {
		return h, nil, errors.New("the checksum of a page is wrong")
	}
	levels := int(h.repLevels + h.defLevels)
	if h.stored || p.codec == 0 {
		if p.keep || h.kind == pageOfDictionary {
			b = bytes.Clone(b)
		}
		return h, b, nil
	}
	dst := p.unpacked[:0]
	if p.keep || h.kind == pageOfDictionary {
		dst = nil
	}
	dst = append(dst, b[:levels]...)
	if rest := int(h.inflated) - levels; rest > 0 || len(b) > levels {
		if dst, err = p.unpack(dst, b[levels:], rest); err != nil {
			return h, nil, err
		}
	}
	if h.kind != pageOfDictionary {
		p.unpacked = dst
	}
	return h, dst, nil
}

// header reads the header of a page and checks what it claims.
func (p *pages) header() (page, error) {
	var t *thrift
	var h page
	for length := int64(256); ; length *= 4 {
		length = min(length, p.end-p.at)
		b := make([]byte, length)
		if n, err := p.r.ReadAt(b, p.at); int64(n) < length {
			return h, unexpected(err)
		}
		t = &thrift{b: b}
		h = t.page()
		if t.err == nil {
			break
		}
		if t.err != errCut || length == p.end-p.at || length > maxHeader {
			return h, fmt.Errorf("header of a page: %w", t.err)
		}
	}
	p.at += int64(t.at)
	most := int64(maxPage)
	if h.kind == pageOfDictionary {
		most = maxNames
	}
	switch left := p.end - p.at; {
	case h.size < 0 || h.size > left:
		return h, fmt.Errorf("a page claims %d bytes, of which %d are present", h.size, left)
	case h.inflated < 0 || h.inflated > most || h.size > most:
		return h, fmt.Errorf("a page claims to unpack to %d bytes: the limit is %d", h.inflated, most)
	case h.values < 0 || h.values > maxValues:
		return h, fmt.Errorf("a page claims %d values: the limit is %d", h.values, maxValues)
	case !p.hold(h.size + h.inflated):
		return h, fmt.Errorf("the pages of a row take more than %d MiB", maxHeld>>20)
	case h.repLevels < 0 || h.defLevels < 0 || h.repLevels > h.size || h.defLevels > h.size-h.repLevels:
		return h, errors.New("the levels of a page are longer than the page")
	}
	return h, nil
}

// hold notes how much memory the next page takes, in place of the page before. It reports false
// if there is not as much.
func (p *pages) hold(n int64) bool {
	*p.room -= n - p.held
	p.held = n
	return *p.room >= 0
}

// unpack appends size decompressed bytes.
func (p *pages) unpack(dst, src []byte, size int) ([]byte, error) {
	from := len(dst)
	switch p.codec {
	case 1: // snappy
		n, err := s2.DecodedLen(src)
		if err != nil || n != size || n/64 > len(src) {
			return nil, errUnpack
		}
		dst = append(dst, make([]byte, n)...)
		_, err = s2.Decode(dst[from:], src)
		return dst, err
	case 2:
		r, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return nil, err
		}
		return appendAll(dst, r, size)
	case 4:
		return appendAll(dst, brotli.NewReader(bytes.NewReader(src)), size)
	case 6:
		dst, err := p.zstd.DecodeAll(src, dst)
		if err == nil && len(dst)-from != size {
			err = errUnpack
		}
		return dst, err
	case 7: // lz4 without a frame
		if size < 0 || size/256 > len(src) {
			return nil, errUnpack
		}
		dst = append(dst, make([]byte, size)...)
		n, err := lz4.UncompressBlock(src, dst[from:])
		if err == nil && n != size {
			err = errUnpack
		}
		return dst, err
	}
	return nil, fmt.Errorf("compression %d (LZO, or LZ4 as Hadoop writes it) is not supported", p.codec)
}

var errUnpack = errors.New("a page does not unpack to what its header claims")

// appendAll appends all that r has, which must be size bytes.
func appendAll(dst []byte, r io.Reader, size int) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	n, err := io.Copy(b, io.LimitReader(r, int64(size)+1))
	if err == nil && n != int64(size) {
		err = errUnpack
	}
	return b.Bytes(), err
}

// A column reads the values of one column chunk, row by row.
type column struct {
	pages      pages
	of         *leaf
	dictionary []name

	left     int64 // values of the page
	rep, def hybrid
	values   decoder

	ahead value // the first value of the next row
	have  bool  // ahead is set

	row   []value // the values of the current row
	taken int     // how many of them are written
	size  int     // bytes of the row
}

// The limits of a row. Longer records than MaxRecord are skipped anyway.
const (
	maxRow    = 64 << 20 // bytes
	maxInARow = 1 << 20  // values of one column
)

var errLongRow = fmt.Errorf("a row has more than %d MiB", maxRow>>20)

// next reads the values of the next row. It returns io.EOF at the end.
func (c *column) next() error {
	c.row, c.taken, c.size = c.row[:0], 0, 0
	if !c.have {
		if err := c.read(); err != nil {
			return err
		}
	}
	for {
		c.have = false
		c.row = append(c.row, c.ahead)
		if c.size += len(c.ahead.b); c.size > maxRow || len(c.row) > maxInARow {
			return errLongRow
		}
		if c.of.rep == 0 {
			return nil
		}
		if err := c.read(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if c.ahead.rep == 0 {
			return nil
		}
	}
}

// read reads a value into ahead.
func (c *column) read() error {
	for c.left == 0 {
		if err := c.open(); err != nil {
			return err
		}
	}
	c.left--
	v := &c.ahead
	*v = value{}
	for _, l := range [...]struct {
		most int
		from *hybrid
		to   *int
	}{{c.of.rep, &c.rep, &v.rep}, {c.of.def, &c.def, &v.def}} {
		if l.most == 0 {
			continue
		}
		n, err := l.from.next()
		if err != nil {
			return err
		}
		if *l.to = int(n); *l.to > l.most {
			return errUneven
		}
	}
	c.have = true
	if v.null = v.def < c.of.def; v.null {
		return nil
	}
	return c.values.next(v)
}

// open opens the next page of data.
func (c *column) open() error {
	h, b, err := c.pages.next()
	if err != nil {
		return err
	}
	switch h.kind {
	case pageOfDictionary:
		d := &plain{kind: c.of.kind, width: widthOf(&c.of.element), b: b}
		c.dictionary = nil
		for range h.values {
			var v value
			if err := d.next(&v); err != nil {
				return err
			}
			c.dictionary = append(c.dictionary, name{v.n, v.b})
		}
		c.pages.held = 0 // the dictionary stays
		return nil
	case pageOfData:
		for _, l := range [...]struct {
			most int
			to   *hybrid
		}{{c.of.rep, &c.rep}, {c.of.def, &c.def}} {
			if l.most == 0 {
				continue
			}
			if len(b) < 4 {
				return errShort
			}
			n := binary.LittleEndian.Uint32(b)
			if b = b[4:]; int64(n) > int64(len(b)) {
				return errShort
			}
			*l.to = levels(b[:n], l.most)
			b = b[n:]
		}
	case pageOfDataV2:
		c.rep = levels(b[:h.repLevels], c.of.rep)
		b = b[h.repLevels:]
		c.def = levels(b[:h.defLevels], c.of.def)
		b = b[h.defLevels:]
	default:
		return nil // an index
	}
	c.left = h.values
	c.values, err = decoderOf(h.encoding, &c.of.element, b, h.values, c.dictionary)
	return err
}

// peek returns the next value of the row.
func (c *column) peek() *value {
	if c.taken == len(c.row) {
		panic(errUneven)
	}
	return &c.row[c.taken]
}

// take returns the next value of the row, and moves on.
func (c *column) take() *value {
	v := c.peek()
	c.taken++
	return v
}

// continues reports whether the next value of the row belongs to another element of a list.
func (c *column) continues(level int) bool {
	return c.taken < len(c.row) && c.row[c.taken].rep == level
}
