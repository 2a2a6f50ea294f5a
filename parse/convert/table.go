package convert

import (
	"bytes"
	"strconv"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/timestamp"
)

// Names knows the names of columns.
type Names interface {
	// Key returns the key that a name stands for, nil if the name is unknown.
	Key(name []byte) []byte
	// IsTime and IsMessage report whether a key is made for the time or message of a record.
	IsTime(key []byte) bool
	IsMessage(key []byte) bool
}

// A Table converts rows of a table to objects. The columns have names, or are recognized by
// what they contain.
type Table struct {
	known Names
	clock timestamp.Clock
	names [][]byte // as written in the header; nil if there is none
	keys  [][]byte
	begun bool // there was a row
	cells [][]byte
	value []byte
}

// NewTable returns a Table without a header.
func NewTable(n Names) *Table { return &Table{known: n} }

// SetHeader sets the names of the columns.
func (t *Table) SetHeader(header []byte) { t.setNames(outline.Names(header)) }

func (t *Table) setNames(names [][]byte) {
	t.names, t.keys = nil, nil
	for _, name := range names {
		name = bytes.Clone(name)
		key := t.known.Key(name)
		if key == nil {
			key = name
		}
		t.names, t.keys = append(t.names, name), append(t.keys, key)
	}
}

// Header is a Func for the header of the table. It appends nothing.
func (t *Table) Header(dst, header []byte, _ *int64) ([]byte, bool) {
	t.SetHeader(header)
	return dst, true
}

// Row is a Func for rows: arrays of cells, or objects around such an array. It appends
// nothing for a row that contains the names of the columns.
func (t *Table) Row(dst, row []byte, _ *int64) ([]byte, bool) {
	t.read(row)
	if len(t.cells) == 0 {
		if row[0] == '{' {
			return append(dst, row...), true
		}
		return dst, true
	}
	isFirst := !t.begun
	t.begun = true
	if isFirst && t.namesColumns() {
		if t.names == nil {
			names := make([][]byte, len(t.cells))
			for i, cell := range t.cells {
				names[i] = jsontext.Quoted(cell)
			}
			t.setNames(names)
		}
		return dst, true
	}
	return t.appendCells(dst), true
}

// IsHeader reports whether a row is the first one and contains the names of columns.
func (t *Table) IsHeader(row []byte) bool {
	if t.begun {
		return false
	}
	t.read(row)
	return t.namesColumns()
}

// read reads the cells of a row.
func (t *Table) read(row []byte) {
	t.cells = t.cells[:0]
	for cell := range jsontext.Elements(only(row)) {
		t.cells = append(t.cells, only(cell))
	}
}

// only returns the value of an object's only member: {"v":1}, {"f":[…]}. It returns any other
// value as it is.
func only(value []byte) []byte {
	var inner []byte
	n := 0
	for _, v := range jsontext.Members(value) {
		inner = v
		n++
	}
	if n == 1 {
		return inner
	}
	return value
}

// namesColumns reports whether the cells are the names of columns.
func (t *Table) namesColumns() bool {
	known := 0
	for i, cell := range t.cells {
		name := jsontext.Quoted(cell)
		if len(name) == 0 || len(name) > maxName || outline.IsTime(&t.clock, name, true) {
			return false
		}
		if t.names != nil && (len(t.names) != len(t.cells) || !bytes.Equal(name, t.names[i])) {
			return false
		}
		if t.known.Key(name) != nil {
			known++
		}
	}
	return t.names != nil || known > 0
}

// maxName is the length of the longest name of a column.
const maxName = 100

// appendCells appends the current row as an object.
func (t *Table) appendCells(dst []byte) []byte {
	keys := t.keys
	if len(keys) != len(t.cells) {
		keys = nil
	}
	instant, message := t.timeColumn(keys), t.messageColumn(keys)
	dst = append(dst, '{')
	if instant < 0 && message >= 0 {
		// The message may start with its time.
		text := jsontext.Quoted(t.cells[message])
		if _, n := t.clock.Parse(text); n > 0 {
			dst = append(append(append(dst, `"time":"`...), text[:n]...), '"')
		}
	}
	for i, cell := range t.cells {
		var key []byte
		if keys != nil {
			key = keys[i]
		}
		switch {
		case i == instant:
			if !t.known.IsTime(key) {
				key = timeKey
			}
			cell = t.plainNumber(cell)
		case i == message && !t.known.IsMessage(key):
			key = messageKey
		}
		dst = append(append(AppendComma(dst), '"'), key...)
		dst = append(append(dst, `":`...), cell...)
	}
	return append(dst, '}')
}

var timeKey, messageKey = []byte("time"), []byte("message")

// timeColumn returns the first column with a name that is made for times and a time; else the
// first column with a time; -1 if there is none.
func (t *Table) timeColumn(keys [][]byte) int {
	found := -1
	for i, cell := range t.cells {
		s := scalar(t.plainNumber(cell))
		if keys != nil && t.known.IsTime(keys[i]) && outline.IsTime(&t.clock, s, true) {
			return i
		}
		if found < 0 && outline.IsTime(&t.clock, s, false) {
			found = i
		}
	}
	for i, cell := range t.cells {
		if found < 0 && outline.IsTime(&t.clock, scalar(cell), true) {
			found = i
		}
	}
	return found
}

// messageColumn returns the first column with a name that is made for messages; else the one
// with the longest text; -1 if there is none.
func (t *Table) messageColumn(keys [][]byte) int {
	found, longest := -1, 0
	for i, cell := range t.cells {
		text := jsontext.Quoted(cell)
		if keys != nil && text != nil && t.known.IsMessage(keys[i]) {
			return i
		}
		if len(text) > longest && bytes.IndexByte(text, ' ') >= 0 && !outline.IsTime(&t.clock, text, true) {
			found, longest = i, len(text)
		}
	}
	return found
}

// scalar returns the string or number in a cell.
func scalar(cell []byte) []byte {
	if s := jsontext.Quoted(cell); s != nil {
		return s
	}
	return cell
}

// plainNumber returns a number without its exponent: BigQuery writes 1.795430665959E9.
func (t *Table) plainNumber(cell []byte) []byte {
	s := scalar(cell)
	if len(s) < 4 || len(s) > 32 || s[0] < '0' || s[0] > '9' || !bytes.ContainsAny(s, "eE") {
		return cell
	}
	f, err := strconv.ParseFloat(string(s), 64)
	if err != nil {
		return cell
	}
	t.value = strconv.AppendFloat(t.value[:0], f, 'f', 6, 64)
	return t.value
}

// MaxCells is the number of cells in the largest table by columns that is read. Their
// positions need 24 bytes each.
const MaxCells = 1 << 18

// AppendColumns appends the rows of a table by columns: an array of arrays, or an object of arrays
// or objects whose keys are the names of the columns. It returns the end of each row in dst, which a line feed
// follows. It reports false if
// the columns differ in length or if the table has more than MaxCells cells or more than limit
// bytes.
func (t *Table) AppendColumns(dst, table []byte, limit int) (_ []byte, ends []int, ok bool) {
	var columns [][][]byte
	var names [][]byte
	cells := 0
	column := func(values []byte) bool {
		var c [][]byte
		for _, cell := range jsontext.Members(values) {
			c = append(c, cell)
		}
		for cell := range jsontext.Elements(values) {
			c = append(c, cell)
		}
		if cells += len(c); cells > MaxCells {
			return false
		}
		columns = append(columns, c)
		return len(c) == len(columns[0])
	}
	if table[0] == '{' {
		for name, values := range jsontext.Members(table) {
			if values[0] != '[' && values[0] != '{' {
				continue
			}
			names = append(names, name)
			if !column(values) {
				return dst, nil, false
			}
		}
		t.setNames(names)
	} else {
		for values := range jsontext.Elements(table) {
			if !column(values) {
				return dst, nil, false
			}
		}
	}
	if len(columns) == 0 {
		return dst, nil, false
	}
	start := len(dst)
	for row := range columns[0] {
		t.cells = t.cells[:0]
		for _, c := range columns {
			t.cells = append(t.cells, c[row])
		}
		dst = t.appendCells(dst)
		ends = append(ends, len(dst))
		dst = append(dst, '\n')
		if len(dst)-start > limit {
			return dst[:start], nil, false
		}
	}
	return dst, ends, true
}
