// Package table recognizes tables in text (CSV, TSV), and reads their cells.
package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
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

// Delimiters are the supported ones, the most frequent first.
var Delimiters = []byte(",;\t")

// A Form is what a table looks like.
type Form struct {
	Delimiter byte
	Columns   int // of a table without a header; 0 if it has one
	// Date and OfDay are the columns of the date and the time of day, counted from 1, if these are in
	// columns of their own; 0 otherwise.
	Date, OfDay int
	Zones       []string // that the header states, see [Zones]
}

// AppendTime appends the member of a JSON object that states the time of a row whose date and time of
// day are in columns of their own.
func (f *Form) AppendTime(dst []byte, cells [][]byte) []byte {
	if max(f.Date, f.OfDay) > len(cells) {
		return dst
	}
	var buffer []byte
	at := append([]byte{}, dateOf(bytes.TrimSpace(Unquote(cells[f.Date-1], &buffer)))...)
	at = append(append(at, ' '), bytes.TrimSpace(Unquote(cells[f.OfDay-1], &buffer))...)
	return f.AppendCell(append(dst, `"timestamp":`...), f.OfDay-1, at)
}

// Detect reports whether sample is a table, and its form. One in ten rows may be damaged. given are
// the names of columns that the user gives.
//
// The header of a table has at least two known columns, one of which says what happened, or one that
// is given. Any other table has a column of times, and rows that are quoted, have three columns or
// follow a header; or it has line feeds within quotes.
func Detect(sample []byte, whole bool, given field.Names) (form Form, ok bool) {
	sample = bytes.TrimPrefix(sample, utf8BOM)
	line, rest, _ := bytes.Cut(sample, lineFeed)
	if IsSeparatorLine(line) {
		sample = rest
		line, _, _ = bytes.Cut(sample, lineFeed)
	}
	if insert := []byte("INSERT INTO "); len(line) > maxHeader || len(line) > len(insert) && bytes.EqualFold(line[:len(insert)], insert) {
		return Form{}, false // a statement has as many cells as its rows together
	}
	for _, d := range Delimiters {
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
		form := Form{Delimiter: d}
		if !rows.timed {
			form.Date, form.OfDay = rows.date, rows.ofDay
		}
		timed := rows.timed || rows.date > 0 || names != nil && rows.serialIn(first)
		isHeader := names != nil && !(rows.timed && rows.like(first)) && !isDated(&rows, first)
		switch {
		case rows.whole == 0:
		case names != nil && Known(names) >= 2 && saysWhat(names), isHeader && names != nil && isGiven(first, given):
			return form, true
		case timed && isHeader && (rows.quoted || len(first) > 2 || namesColumns(first)) && rows.split*2 < rows.whole:
			return form, true
		case timed && !isHeader && (rows.quoted || len(first) > 2) && rows.split*2 < rows.whole:
			if rows.damaged > 0 && !rows.quotes { // perhaps lines of a command that prints several kinds
				continue
			}
			form.Columns = len(first)
			return form, true
		case isHeader && rows.multiline && rows.damaged == 0 && rows.whole > 1 && namesColumns(first):
			return form, true
		}
	}
	return Form{}, false
}

// isGiven reports whether one of the cells of a header is a name that the user gives.
func isGiven(header [][]byte, given field.Names) bool {
	var buffer []byte
	for _, cell := range header {
		switch name := string(bytes.TrimSpace(bytes.TrimPrefix(Unquote(cell, &buffer), utf8BOM))); name {
		case "":
		case given.Time, given.Session, given.Message:
			return true
		}
	}
	return false
}

// namesColumns reports whether the cells of a row look like names of columns: they differ, do not begin with
// a digit, and have at most three words.
func namesColumns(cells [][]byte) bool {
	const longest, mostWords = 40, 3
	var buffer []byte
	for i, cell := range cells {
		if slices.ContainsFunc(cells[:i], func(other []byte) bool { return bytes.Equal(other, cell) }) {
			return false
		}
		name := bytes.TrimSpace(bytes.TrimPrefix(Unquote(cell, &buffer), utf8BOM))
		if len(name) == 0 || len(name) > longest || len(bytes.Fields(name)) > mostWords || '0' <= name[0] && name[0] <= '9' {
			return false
		}
	}
	return true
}

// isDated reports whether a row has a date and a time of day in the columns of these.
func isDated(r *tableRows, row [][]byte) bool {
	var clock timestamp.Clock
	var buffer []byte
	if r.date == 0 {
		return false
	}
	date, ofDay := cellKind(&clock, Unquote(row[r.date-1], &buffer)), cellKind(&clock, Unquote(row[r.ofDay-1], &buffer))
	return date == isDate && ofDay == isOfDay
}

// tableRows is what the rows of a sample look like.
type tableRows struct {
	whole, damaged int  // rows
	timed          bool // a column holds nothing but times
	quoted         bool // most rows have quotes
	column         int  // that holds the times
	split          int  // rows in which the delimiter precedes the milliseconds of the time
	quotes         bool // some cells are in quotes
	multiline      bool // a cell has a line feed
	date, ofDay    int  // the columns that hold nothing but dates and times of day, counted from 1
	serials        []bool
}

// serialIn reports whether a column that is named like a time holds nothing but serial dates.
func (r *tableRows) serialIn(header [][]byte) bool {
	for i, isSerial := range r.serials {
		if isSerial && field.NamedTime(strings.Trim(string(header[i]), `" `)) {
			return true
		}
	}
	return false
}

// The kinds of a cell that is part of a time.
const (
	isOther = iota
	isDate
	isOfDay
)

// dateOf returns a date without the midnight that spreadsheets and databases append to it.
func dateOf(cell []byte) []byte {
	for _, midnight := range []string{" 00:00:00", "T00:00:00"} {
		if n := bytes.Index(cell, []byte(midnight)); n > 0 && len(bytes.Trim(cell[n+len(midnight):], ".0Z")) == 0 {
			return cell[:n]
		}
	}
	return cell
}

// cellKind reports whether a cell is a date or a time of day.
func cellKind(clock *timestamp.Clock, cell []byte) int {
	const longest = 40
	cell = dateOf(cell)
	if len(cell) < len("3:04 PM") || len(cell) > longest || !bytes.ContainsAny(cell, "0123456789") || field.IsTime(clock, cell) {
		return isOther
	}
	switch {
	case field.IsTime(clock, []byte("2016-01-02 "+string(cell))), field.IsTime(clock, []byte("Jan 2, 2016, "+string(cell))):
		return isOfDay
	case field.IsTime(clock, []byte(string(cell)+" 15:04:05")):
		return isDate
	}
	return isOther
}

// rowsOf reads the rows of a sample.
func rowsOf(sample []byte, delimiter byte, width int, whole bool) (r tableRows) {
	var cells [][]byte
	var clock timestamp.Clock
	var buffer []byte
	times, serials, dates, ofDays, quotes := make([]int, width), make([]int, width), make([]int, width), make([]int, width), 0
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
			r.multiline = r.multiline || bytes.IndexByte(bytes.TrimRight(sample[at:at+n], "\r\n"), '\n') >= 0
			for i, cell := range cells {
				r.quotes = r.quotes || len(cell) > 0 && cell[0] == '"'
				cell = Unquote(cell, &buffer)
				if timestamp.Serial(cell) != timestamp.NoTime {
					serials[i]++
				}
				switch cellKind(&clock, cell) {
				case isDate:
					dates[i]++
				case isOfDay:
					ofDays[i]++
				}
				if field.IsTime(&clock, cell) {
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
	all := func(counts []int) int {
		for i, n := range counts {
			if r.whole > 0 && n*10 >= r.whole*9 {
				return i + 1
			}
		}
		return 0
	}
	if r.date, r.ofDay = all(dates), all(ofDays); r.date == 0 || r.ofDay == 0 {
		r.date, r.ofDay = 0, 0
	} else if r.timed && r.column == r.date-1 { // at midnight
		r.timed = false
	}
	for _, n := range serials {
		r.serials = append(r.serials, r.whole > 0 && n*10 >= r.whole*9)
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
	best, most := Delimiters[0], 0
	for _, d := range Delimiters {
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
		i = cellEnd(data, i, delimiter)
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

// cellEnd returns the offset of the first delimiter or line feed at or after i, len(data) if there is none.
func cellEnd(data []byte, i int, delimiter byte) int {
	const lows, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(data); i += 8 {
		x := binary.LittleEndian.Uint64(data[i:])
		ends, line := x^lows*uint64(delimiter), x^lows*'\n'
		// The lowest bit that is set belongs to the first such byte; higher ones may not.
		if found := ((ends-lows)&^ends | (line-lows)&^line) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for i < len(data) && data[i] != delimiter && data[i] != '\n' {
		i++
	}
	return i
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
