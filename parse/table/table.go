// Package table recognizes tables in text (CSV, TSV), and reads their cells.
package table

import (
	"bytes"
	"strings"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/timestamp"
)

var (
	lineFeed = []byte{'\n'}
	utf8BOM  = []byte("\xef\xbb\xbf")
)

// maxHeader is the length of the longest header.
const maxHeader = 4 << 10

// delimiters are the supported ones, the most frequent first.
var delimiters = []byte(",;\t")

// Detect reports whether sample is a table, its delimiter, and the number of its columns if it
// has no header. One in ten rows may be damaged.
//
// The header of a table has at least two known columns, one of which says what happened. Any other
// table has a column of times, and rows that are quoted or have three columns.
func Detect(sample []byte, whole bool) (delimiter byte, headless int, ok bool) {
	sample = bytes.TrimPrefix(sample, utf8BOM)
	line, rest, _ := bytes.Cut(sample, lineFeed)
	if IsSeparatorLine(line) {
		sample = rest
		line, _, _ = bytes.Cut(sample, lineFeed)
	}
	if len(line) > maxHeader {
		return 0, 0, false
	}
	for _, d := range delimiters {
		if bytes.IndexByte(line, d) < 0 {
			continue
		}
		first, n := AppendCells(nil, sample, d, whole)
		if n == 0 || len(first) < 2 {
			continue
		}
		rows := rowsOf(sample[n:], d, len(first), whole)
		if rows.damaged*10 > rows.whole {
			continue
		}
		names := Columns(first, field.Key)
		switch {
		case names != nil && Known(names) >= 2 && saysWhat(names):
			if rows.whole > 0 {
				return d, 0, true
			}
		case rows.timed && (rows.quoted || len(first) > 2) && rows.split*2 < rows.whole:
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
	split          int  // rows in which the delimiter precedes the milliseconds of the time
}

// rowsOf reads the rows of a sample.
func rowsOf(sample []byte, delimiter byte, width int, whole bool) (r tableRows) {
	var cells [][]byte
	var clock timestamp.Clock
	var buffer []byte
	times, quotes := make([]int, width), 0
	for at, n := 0, 0; at < len(sample); at += n {
		cells, n = AppendCells(cells[:0], sample[at:], delimiter, whole)
		switch {
		case n == 0 && whole:
			r.damaged++
			n = len(sample)
		case n == 0: // the sample ends
			n = len(sample)
		case len(bytes.TrimSpace(sample[at:at+n])) == 0:
		case len(cells) != width:
			r.damaged++
		default:
			r.whole++
			if bytes.IndexByte(sample[at:at+n], '"') >= 0 {
				quotes++
			}
			for i, cell := range cells {
				if field.IsTime(&clock, Unquote(cell, &buffer)) {
					times[i]++
					if i+1 < len(cells) && splitsTime(cells[i+1]) {
						r.split++
					}
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

// splitsTime reports whether a cell is the rest of a time, 959 ERROR …, as log4j writes it: in
// 2026-11-23 10:44:25,959 the comma is not a delimiter.
func splitsTime(cell []byte) bool {
	const digits = 3
	if len(cell) <= digits || cell[digits] != ' ' {
		return false
	}
	for _, c := range cell[:digits] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// like reports whether a row may be one of the rows: the cell of the times is a time.
func (r *tableRows) like(row [][]byte) bool {
	var clock timestamp.Clock
	var buffer []byte
	return field.IsTime(&clock, bytes.TrimPrefix(Unquote(row[r.column], &buffer), utf8BOM))
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

// Columns returns the keys of columns by the cells of a header, or nil if the cells are not a
// header.
func Columns(cells [][]byte, key func(string) string) []string {
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

// Known counts the names that are not empty.
func Known(names []string) int {
	n := 0
	for _, name := range names {
		if name != "" {
			n++
		}
	}
	return n
}

// Delimiter returns the most frequent delimiter in the first line.
func Delimiter(data []byte) byte {
	line, _, _ := bytes.Cut(data, lineFeed)
	if IsSeparatorLine(line) {
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

// IsSeparatorLine reports whether a line states the delimiter for spreadsheets: sep=;
func IsSeparatorLine(line []byte) bool {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, utf8BOM))
	return len(line) <= len("sep=,") && bytes.HasPrefix(line, []byte("sep="))
}

// AppendCells appends the cells of the first row of data, as written, and returns the length of
// the row, 0 if it is incomplete. The end of the source ends a row, but not a quoted cell.
func AppendCells(cells [][]byte, data []byte, delimiter byte, last bool) ([][]byte, int) {
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

// Unquote returns the value of a cell. It may use buffer.
func Unquote(cell []byte, buffer *[]byte) []byte {
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
	value := (*buffer)[:0]
	for len(inner) > 0 {
		n := bytes.IndexByte(inner, '"')
		if n < 0 {
			break
		}
		value = append(value, inner[:n+1]...)
		inner = bytes.TrimPrefix(inner[n+1:], []byte(`"`))
	}
	*buffer = append(append(value, inner...), after...)
	return *buffer
}
