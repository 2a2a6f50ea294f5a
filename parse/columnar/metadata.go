package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of the metadata, which is held in memory.
const (
	maxFooter = 64 << 20 // bytes; 1,000 row groups of 100 columns take about 15 MB
	maxDepth  = 64       // of nested columns
	maxWidth  = 64 << 10 // bytes of a value of fixed length
)

// The metadata of a Parquet file, as far as it is needed. Numbers are those of the format.
type (
	metadata struct {
		schema []element
		groups []group
		own    bool // otlog has written the file
	}
	// An element is a column or a group of columns.
	element struct {
		kind       int64 // of a column: the physical type
		width      int64 // of a value of fixed length
		repetition int64
		children   int64
		name       string
		logical    logicalType
	}
	logicalType struct {
		id     int64 // 0 if there is none
		unit   int64 // in nanoseconds
		utc    bool
		scale  int64
		signed bool
	}
	// A group is a row group.
	group struct {
		rows   int64
		chunks []columnChunk
	}
	columnChunk struct {
		codec      int64
		data, dict int64 // offsets; dict is 0 if there is no dictionary
		size       int64 // compressed
		elsewhere  string
		encrypted  bool
	}
)

// Physical types.
const (
	kindBoolean   = 0
	kindInt32     = 1
	kindInt64     = 2
	kindInt96     = 3
	kindFloat     = 4
	kindDouble    = 5
	kindByteArray = 6
	kindFixed     = 7
)

// Logical types.
const (
	logicalMap       = 2
	logicalList      = 3
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalUUID      = 14
	logicalFloat16   = 15
)

const (
	optional = 1
	repeated = 2
)

// from returns where the data of a chunk begins.
func (c *columnChunk) from() int64 {
	if c.dict > 0 && c.dict < c.data {
		return c.dict
	}
	return c.data
}

// readMetadata reads the end of a file.
func readMetadata(r io.ReaderAt, size int64) (*metadata, error) {
	end := make([]byte, 4+len(ParquetMagic))
	if size < int64(len(ParquetMagic)+len(end)) {
		return nil, io.ErrUnexpectedEOF
	}
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil {
		return nil, unexpected(err)
	}
	if string(end[4:]) == "PARE" {
		return nil, errors.New("its metadata is encrypted")
	}
	if string(end[4:]) != ParquetMagic {
		return nil, io.ErrUnexpectedEOF // the metadata is written last
	}
	n := int64(binary.LittleEndian.Uint32(end))
	switch present := size - int64(len(ParquetMagic)+len(end)); {
	case n > present:
		return nil, fmt.Errorf("its metadata claims %d bytes, of which %d are present", n, present)
	case n > maxFooter:
		return nil, fmt.Errorf("its metadata has %d bytes: the limit is %d", n, maxFooter)
	}
	footer := make([]byte, n)
	if _, err := r.ReadAt(footer, size-int64(len(end))-n); err != nil {
		return nil, unexpected(err)
	}
	t := &thrift{b: footer}
	m := t.metadata()
	if t.err != nil {
		return nil, t.err
	}
	return m, m.check(size)
}

func (t *thrift) metadata() *metadata {
	m := &metadata{}
	t.structure(func(id int, typ byte) bool {
		switch id {
		case 2:
			return t.structures(typ, func() { m.schema = append(m.schema, t.element()) })
		case 4:
			return t.structures(typ, func() { m.groups = append(m.groups, t.group()) })
		case 5:
			return t.structures(typ, func() {
				var key string
				t.structure(func(id int, typ byte) bool { return id == 1 && t.text(typ, &key) })
				m.own = m.own || strings.HasPrefix(key, ownKeys)
			})
		}
		return false
	})
	return m
}

func (t *thrift) element() (e element) {
	var converted, scale int64 = -1, 0
	e.kind = -1
	t.structure(func(id int, typ byte) bool {
		switch id {
		case 1:
			return t.number(typ, &e.kind)
		case 2:
			return t.number(typ, &e.width)
		case 3:
			return t.number(typ, &e.repetition)
		case 4:
			return t.text(typ, &e.name)
		case 5:
			return t.number(typ, &e.children)
		case 6:
			return t.number(typ, &converted)
		case 7:
			return t.number(typ, &scale)
		case 10:
			if typ != thriftStruct {
				return false
			}
			e.logical = t.logical()
			return true
		}
		return false
	})
	if e.logical.id == 0 {
		e.logical = convertedType(converted, scale)
	}
	return e
}

// logical reads a logical type: a union of structures.
func (t *thrift) logical() (l logicalType) {
	t.structure(func(id int, typ byte) bool {
		if l.id = int64(id); typ != thriftStruct {
			return false
		}
		t.structure(func(field int, typ byte) bool {
			switch {
			case id == logicalDecimal && field == 1:
				return t.number(typ, &l.scale)
			case (id == logicalTime || id == logicalTimestamp) && field == 1:
				l.utc = typ == thriftTrue
			case (id == logicalTime || id == logicalTimestamp) && field == 2 && typ == thriftStruct:
				t.structure(func(unit int, _ byte) bool {
					l.unit = map[int]int64{1: 1e6, 2: 1e3, 3: 1}[unit]
					return false
				})
				return true
			case id == logicalInteger && field == 2:
				l.signed = typ == thriftTrue
			}
			return false
		})
		return true
	})
	return l
}

// convertedType returns the logical type that older writers state in another way.
func convertedType(converted, scale int64) logicalType {
	switch converted {
	case 1, 2:
		return logicalType{id: logicalMap}
	case 3:
		return logicalType{id: logicalList}
	case 5:
		return logicalType{id: logicalDecimal, scale: scale}
	case 6:
		return logicalType{id: logicalDate}
	case 7, 8:
		return logicalType{id: logicalTime, unit: []int64{1e6, 1e3}[converted-7], utc: true}
	case 9, 10:
		return logicalType{id: logicalTimestamp, unit: []int64{1e6, 1e3}[converted-9], utc: true}
	case 11, 12, 13, 14:
		return logicalType{id: logicalInteger}
	}
	return logicalType{}
}

func (t *thrift) group() (g group) {
	t.structure(func(id int, typ byte) bool {
		switch id {
		case 1:
			return t.structures(typ, func() { g.chunks = append(g.chunks, t.chunk()) })
		case 3:
			return t.number(typ, &g.rows)
		}
		return false
	})
	return g
}

func (t *thrift) chunk() (c columnChunk) {
	t.structure(func(id int, typ byte) bool {
		switch {
		case id == 1:
			return t.text(typ, &c.elsewhere)
		case id == 8:
			c.encrypted = true
		case id == 3 && typ == thriftStruct:
			t.structure(func(id int, typ byte) bool {
				switch id {
				case 4:
					return t.number(typ, &c.codec)
				case 7:
					return t.number(typ, &c.size)
				case 9:
					return t.number(typ, &c.data)
				case 11:
					return t.number(typ, &c.dict)
				}
				return false
			})
			return true
		}
		return false
	})
	return c
}

// check checks that the parts of the metadata fit together, and into the file.
func (m *metadata) check(size int64) error {
	if m.own {
		return ErrOwn
	}
	var open []int64 // children that are still to come, by depth
	leaves := 0
	for i := range m.schema {
		e := &m.schema[i]
		if n := len(open); n > 0 {
			open[n-1]--
		} else if i > 0 {
			return errors.New("its columns are no tree")
		}
		if e.width < 0 || e.width > maxWidth || e.children < 0 || e.kind > kindFixed {
			return errors.New("a column is invalid")
		}
		if e.children > 0 {
			open = append(open, e.children)
		} else if e.kind >= 0 {
			leaves++
		}
		if len(open) > maxDepth {
			return fmt.Errorf("its columns are nested more than %d deep", maxDepth)
		}
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || leaves == 0 {
		return errors.New("columns are missing")
	}
	left := size
	for i := range m.groups {
		g := &m.groups[i]
		if g.rows < 0 || len(g.chunks) != leaves {
			return fmt.Errorf("row group %d is invalid", i+1)
		}
		for j := range g.chunks {
			c := &g.chunks[j]
			if c.encrypted || c.elsewhere != "" {
				return fmt.Errorf("row group %d is encrypted, or in another file", i+1)
			}
			if from := c.from(); from < 0 || c.size < 0 || from > size || c.size > size-from || c.size > left {
				return fmt.Errorf("row group %d is not in this file", i+1)
			}
			left -= c.size // so that no chunk is read as the data of many
		}
	}
	return nil
}
