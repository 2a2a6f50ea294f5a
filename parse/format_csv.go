package parse

import (
	"bytes"
	"fmt"

	"github.com/otlog/otlog/parse/convert"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/table"
	"github.com/otlog/otlog/parse/timestamp"
)

// A tableSplitter finds the rows of a table (CSV, TSV) with a header. A row becomes a JSON
// object with the header's names as keys, in the spelling of fieldOf.
type tableSplitter struct {
	limits limits
	form   table.Form // its delimiter is 0 until it is known
	roles  *field.Roles
	named  bool // columns keep their names
	names  []string
	header []byte // as written

	lines  lineTaker // for lines that are not rows
	long   *skipped  // a row that is longer than a record
	quoted bool      // long is within quotes
	cells  [][]byte  // of the current row
	value  []byte
}

func newTableSplitter(f Format, l limits) *tableSplitter {
	t := &tableSplitter{limits: l, form: f.table, roles: f.roles, named: f.named, lines: lineTaker{limit: l.record}}
	for i := range f.table.Columns {
		t.names = append(t.names, t.key(fmt.Sprint("column ", i+1)))
	}
	return t
}

// key returns the key of a column.
func (t *tableSplitter) key(column string) string {
	if t.roles.Has(column) {
		return column
	}
	key := field.Key(column)
	if key == "" && t.named {
		return column
	}
	return key
}

// split implements splitter.
func (t *tableSplitter) split(b *Block, data []byte, e ending) int {
	n := 0
	for !b.isFull(t.limits) && (n < len(data) || e.last() && t.long != nil) {
		if n > 0 && e == windowFull {
			e = mayContinue
		}
		took := t.row(b, data[n:], e)
		n += took
		if took == 0 {
			break
		}
	}
	return n
}

// row takes one row.
func (t *tableSplitter) row(b *Block, data []byte, e ending) int {
	if t.long != nil {
		return t.skip(b, data, e)
	}
	if t.form.Delimiter == 0 {
		if e == mayContinue && bytes.IndexByte(data, '\n') < 0 {
			return 0
		}
		t.form.Delimiter = table.Delimiter(data)
	}
	var n int
	t.cells, n = table.AppendCells(t.cells[:0], data, t.form.Delimiter, e.last())
	switch {
	case n == 0 && e == mayContinue:
		return 0
	case n == 0 && e == windowFull:
		t.long, t.quoted = &skipped{}, false
		return t.skip(b, data, e)
	case n == 0: // the source ends within quotes
		return t.line(b, data, e, "the source ends within this row")
	case e == sourceBreaks && n == len(data) && data[n-1] != '\n':
		return t.line(b, data, e, endsWithinLine)
	}
	row := data[:n]
	switch {
	case isBlank(row) || t.names != nil && bytes.Equal(bytes.TrimSpace(row), t.header) || table.IsSeparatorLine(row):
		return t.clean(b, data, n, e)
	case t.names == nil || len(t.cells) != len(t.names) || t.cells[0] == nil:
		// Another header follows where tables were joined.
		if names := table.Columns(t.cells, t.key); names != nil && (t.names == nil || table.Known(names) >= 2 && !t.named) {
			t.names, t.header, t.form.Zones = table.KeepSecrets(names, t.cells), bytes.Clone(bytes.TrimSpace(row)), table.Zones(t.cells)
			return t.clean(b, data, n, e)
		}
		return t.line(b, data, e, fmt.Sprintf("the row has %d fields, but the header has %d", len(t.cells), len(t.names)))
	}
	text := len(b.Data)
	b.Data = append(b.Data, '{')
	if t.form.Date > 0 {
		b.Data = t.form.AppendTime(b.Data, t.cells)
	}
	for i, cell := range t.cells {
		if cell = table.Unquote(cell, &t.value); jsontext.IsNull(cell) || t.form.Date > 0 && (i == t.form.Date-1 || i == t.form.OfDay-1) {
			continue
		}
		b.Data = append(convert.AppendComma(b.Data), '"')
		b.Data = append(append(b.Data, t.names[i]...), `":`...)
		b.Data = t.form.AppendCell(b.Data, i, cell)
	}
	b.Data = append(b.Data, '}')
	b.add(text, Span{Bytes: int64(n), Lines: countLines(data, n, e), Time: timestamp.NoTime})
	return n
}

// clean takes n bytes that contain no evidence.
func (t *tableSplitter) clean(b *Block, data []byte, n int, e ending) int {
	b.add(len(b.Data), Span{Bytes: int64(n), Lines: countLines(data, n, e), Time: timestamp.NoTime})
	return n
}

// line takes a line that is not a row: a JSON object, or a damaged row. It takes only one line,
// so that a missing quote costs few rows.
func (t *tableSplitter) line(b *Block, data []byte, e ending, cause string) int {
	n := bytes.IndexByte(data, '\n') + 1
	if n == 0 {
		n = len(data)
	}
	lines := countLines(data, n, e)
	if line := bytes.TrimSpace(data[:n]); jsontext.LooksLikeObject(line) {
		text := len(b.Data)
		b.Data = append(b.Data, line...)
		b.add(text, Span{Bytes: int64(n), Lines: lines, Time: timestamp.NoTime})
		return n
	}
	b.skip(Damaged, int64(n), lines, cause)
	return n
}

// skip skips a row that is too long.
func (t *tableSplitter) skip(b *Block, data []byte, e ending) int {
	n, ended := 0, false
	for n < len(data) && !ended {
		switch data[n] {
		case '"':
			t.quoted = !t.quoted
		case '\n':
			ended = !t.quoted
		}
		n++
	}
	t.long.count(data, n, e)
	if ended || e.last() {
		b.skip(Oversize, t.long.bytes, t.long.lines, oversize("row", t.long.bytes, t.limits.record))
		t.long = nil
	}
	return n
}
