package parse

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A tableSplitter finds the rows of a table (CSV, TSV) with a header. A row becomes a JSON
// object with the header's names as keys, in the spelling of fieldOf.
type tableSplitter struct {
	limits    limits
	delimiter byte // 0 until it is known
	roles     *field.Roles
	named     bool // columns keep their names
	names     []string
	header    []byte // as written

	lines  lineTaker // for lines that are not rows
	long   *skipped  // a row that is longer than a record
	quoted bool      // long is within quotes
	cells  [][]byte  // of the current row
	value  []byte
}

func newTableSplitter(f Format, l limits) *tableSplitter {
	t := &tableSplitter{limits: l, delimiter: f.delimiter, roles: f.roles, named: f.named, lines: lineTaker{limit: l.record}}
	for i := range f.columns {
		t.names = append(t.names, t.key(fmt.Sprint("column ", i+1)))
	}
	return t
}

// key returns the key of a column.
func (t *tableSplitter) key(column string) string {
	if t.named || t.roles.Has(column) {
		return column
	}
	return field.Key(column)
}

// delimiters are the supported ones, the most frequent first.
var delimiters = []byte(",;\t")

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
	if t.delimiter == 0 {
		if e == mayContinue && bytes.IndexByte(data, '\n') < 0 {
			return 0
		}
		t.delimiter = likelyDelimiter(data)
	}
	var n int
	t.cells, n = appendCells(t.cells[:0], data, t.delimiter, e.last())
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
	case isBlank(row) || t.names != nil && bytes.Equal(bytes.TrimSpace(row), t.header) || isSeparatorLine(row):
		return t.clean(b, data, n, e)
	case t.names == nil || len(t.cells) != len(t.names) || t.cells[0] == nil:
		// Another header follows where tables were joined.
		if names := columns(t.cells, t.key); names != nil && (t.names == nil || known(names) >= 2 && !t.named) {
			t.names, t.header = names, bytes.Clone(bytes.TrimSpace(row))
			return t.clean(b, data, n, e)
		}
		return t.line(b, data, e, fmt.Sprintf("the row has %d fields, but the header has %d", len(t.cells), len(t.names)))
	}
	text := len(b.Data)
	b.Data = append(b.Data, '{')
	for i, cell := range t.cells {
		if cell = t.unquote(cell); isNull(cell) {
			continue
		}
		b.Data = append(appendComma(b.Data), '"')
		b.Data = append(append(b.Data, t.names[i]...), `":`...)
		b.Data = jsontext.AppendQuoted(b.Data, cell)
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
	if line := bytes.TrimSpace(data[:n]); looksLikeObject(line) {
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

// appendCells appends the cells of the first row of data, as written, and returns the length of
// the row, 0 if it is incomplete. The end of the source ends a row, but not a quoted cell.
func appendCells(cells [][]byte, data []byte, delimiter byte, last bool) ([][]byte, int) {
	for i := 0; ; {
		start := i
		if i < len(data) && data[i] == '"' {
			for i++; ; i++ {
				n := bytes.IndexByte(data[i:], '"')
				if n < 0 {
					return cells, 0
				}
				if i += n + 1; i >= len(data) || data[i] != '"' {
					break
				}
			}
			if i == len(data) && !last {
				return cells, 0
			}
		}
		for i < len(data) && data[i] != delimiter && data[i] != '\n' {
			i++
		}
		switch {
		case i < len(data) && data[i] == delimiter:
			cells = append(cells, data[start:i])
			i++
		case i < len(data) || last:
			cells = append(cells, bytes.TrimSuffix(data[start:i], []byte("\r")))
			return cells, min(i+1, len(data))
		default:
			return cells, 0
		}
	}
}

// unquote returns the value of a cell.
func (t *tableSplitter) unquote(cell []byte) []byte {
	if len(cell) < 2 || cell[0] != '"' {
		return cell
	}
	end := bytes.LastIndexByte(cell, '"')
	if end == 0 {
		return cell
	}
	inner, after := cell[1:end], cell[end+1:]
	if len(after) == 0 && bytes.IndexByte(inner, '"') < 0 {
		return inner
	}
	t.value = t.value[:0]
	for len(inner) > 0 {
		n := bytes.IndexByte(inner, '"')
		if n < 0 {
			break
		}
		t.value = append(t.value, inner[:n+1]...)
		inner = bytes.TrimPrefix(inner[n+1:], []byte(`"`))
	}
	return append(append(t.value, inner...), after...)
}

// isNull reports whether a cell stands for a missing value.
func isNull(cell []byte) bool {
	switch string(cell) {
	case "", "-", "null", "NULL", "(null)", "undefined", "N/A":
		return true
	}
	return false
}

// isSeparatorLine reports whether a line states the delimiter for spreadsheets: sep=;
func isSeparatorLine(line []byte) bool {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, utf8BOM))
	return len(line) <= len("sep=,") && bytes.HasPrefix(line, []byte("sep="))
}

// columns returns the keys of columns by the cells of a header, or nil if the cells are not a
// header.
func columns(cells [][]byte, key func(string) string) []string {
	if len(cells) < 2 {
		return nil
	}
	var names []string
	for i, cell := range cells {
		if i == 0 {
			cell = bytes.TrimPrefix(cell, utf8BOM)
		}
		name := strings.TrimSpace(strings.Trim(string(cell), `"`))
		if name == "" || len(name) > field.MaxName || strings.ContainsAny(name, "\n{}\"\\") {
			return nil
		}
		names = append(names, key(name))
	}
	return names
}

// known counts the names that are not empty.
func known(names []string) int {
	n := 0
	for _, name := range names {
		if name != "" {
			n++
		}
	}
	return n
}

// likelyDelimiter returns the most frequent delimiter in the first line.
func likelyDelimiter(data []byte) byte {
	line, _, _ := bytes.Cut(data, lineFeed)
	if isSeparatorLine(line) {
		line, _, _ = bytes.Cut(data[min(len(line)+1, len(data)):], lineFeed)
	}
	best, most := delimiters[0], 0
	for _, d := range delimiters {
		if n := bytes.Count(line, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}

// isTable reports whether sample is a table, its delimiter, and the number of its columns if it
// has no header. One in ten rows may be damaged.
//
// The header of a table has at least two known columns, one of which says what happened. Any other
// table has a column of times, and rows that are quoted or have three columns.
func isTable(sample []byte, whole bool) (delimiter byte, headless int, ok bool) {
	sample = bytes.TrimPrefix(sample, utf8BOM)
	line, rest, _ := bytes.Cut(sample, lineFeed)
	if isSeparatorLine(line) {
		sample = rest
		line, _, _ = bytes.Cut(sample, lineFeed)
	}
	if len(line) > maxFrame {
		return 0, 0, false
	}
	for _, d := range delimiters {
		if bytes.IndexByte(line, d) < 0 {
			continue
		}
		first, n := appendCells(nil, sample, d, whole)
		if n == 0 || len(first) < 2 {
			continue
		}
		rows := rowsOf(sample[n:], d, len(first), whole)
		if rows.damaged*10 > rows.whole {
			continue
		}
		names := columns(first, field.Key)
		switch {
		case names != nil && known(names) >= 2 && saysWhat(names):
			if rows.whole > 0 {
				return d, 0, true
			}
		case rows.timed && (rows.quoted || len(first) > 2):
			if names == nil || rows.like(first) {
				return d, len(first), true
			}
			return d, 0, true
		}
	}
	return 0, 0, false
}

// tableRows is what the rows of a sample look like.
type tableRows struct {
	whole, damaged int  // rows
	timed          bool // a column holds nothing but times
	quoted         bool // most rows have quotes
	column         int  // that holds the times
}

// rowsOf reads the rows of a sample.
func rowsOf(sample []byte, delimiter byte, width int, whole bool) (r tableRows) {
	var cells [][]byte
	var clock timestamp.Clock
	var t tableSplitter
	times, quotes := make([]int, width), 0
	for at, n := 0, 0; at < len(sample); at += n {
		cells, n = appendCells(cells[:0], sample[at:], delimiter, whole)
		switch {
		case n == 0 && whole:
			r.damaged++
			n = len(sample)
		case n == 0: // the sample ends
			n = len(sample)
		case isBlank(sample[at : at+n]):
		case len(cells) != width:
			r.damaged++
		default:
			r.whole++
			if bytes.IndexByte(sample[at:at+n], '"') >= 0 {
				quotes++
			}
			for i, cell := range cells {
				if field.IsTime(&clock, t.unquote(cell)) {
					times[i]++
				}
			}
		}
	}
	for i, n := range times {
		if r.whole > 0 && n*10 >= r.whole*9 && !r.timed {
			r.timed, r.column = true, i
		}
	}
	r.quoted = quotes*2 > r.whole
	return r
}

// like reports whether a row may be one of the rows: the cell of the times is a time.
func (r *tableRows) like(row [][]byte) bool {
	var clock timestamp.Clock
	var t tableSplitter
	return field.IsTime(&clock, bytes.TrimPrefix(t.unquote(row[r.column]), utf8BOM))
}

// saysWhat reports whether one of the columns says what happened.
func saysWhat(names []string) bool {
	for _, name := range names {
		switch f, _ := field.Of([]byte(name)); f {
		case field.Message, field.Name, field.Action:
			return true
		}
	}
	return false
}
