package data

import (
	"bytes"
	"io"
	"slices"

	"github.com/otlog/otlog/parse/pattern"
)

// Listings have a line for each field of a record: mysql \G, psql \x, sqlite3 .mode line, ClickHouse's
// Vertical, PowerShell's Format-List, LDIF. A record becomes an object on a line. A line without a
// field belongs to the value before it.

// A listing rewrites records of fields.
type listing struct {
	window
	out  []byte
	err  error
	line func(l *listing, line []byte)

	fields []listed
	size   int

	column int    // where the sign between key and value is
	first  string // the first key of a record
	blank  int    // how many blank lines precede the line
	width  int    // of the longest line
	last   int    // the width of the line before

	records int // how many have been written
	shared  int // how many of them have the first key
	strange int // how many lines are not understood
	added   int // how many fields there are
	timed   int // how many records have one time
	loose   int // how many lines of values are not indented

	open       bool   // the value of a field is not complete
	unfinished bool   // the record is not complete
	tries      int    // how many lines might have completed it
	prefix     string // of keys

	columns []string // the names of the fields, if they are in a heading
}

// A listed field is a member of an object.
type listed struct {
	key   string
	value []byte
	json  bool // value is JSON, not text
}

func openListing(line func(l *listing, line []byte)) func(io.Reader) io.Reader {
	return func(text io.Reader) io.Reader {
		l := &listing{window: window{r: text}, line: line}
		return &stepReader{step: l.step}
	}
}

// try reads the first bytes of a text.
func tryListing(head []byte, whole bool, line func(l *listing, line []byte)) *listing {
	l := &listing{window: window{r: &headReader{head, whole}}, line: line}
	for l.err == nil {
		l.step(nil)
	}
	return l
}

func (l *listing) step(out []byte) ([]byte, error) {
	l.out = out
	for l.err == nil && len(l.out) == 0 {
		line := l.window.line()
		if line == nil || l.window.err == errCut && line[len(line)-1] != '\n' {
			switch l.err = l.window.err; {
			case l.err == io.EOF && l.unfinished:
				l.err = errEnds
			case l.err != errCut:
				l.flush()
			}
			break
		}
		if l.offset() == int64(len(line)) {
			line = bytes.TrimPrefix(line, utf8BOM)
		}
		l.line(l, bytes.TrimRight(line, "\r\n"))
	}
	return l.out, l.err
}

// add begins a field.
func (l *listing) add(key, value []byte) {
	if len(l.fields) < cap(l.fields) {
		l.fields = l.fields[:len(l.fields)+1]
	} else {
		l.fields = append(l.fields, listed{})
	}
	f := &l.fields[len(l.fields)-1]
	f.key, f.json = string(key), false
	f.value = append(f.value[:0], value...)
	l.grow(len(key) + len(value))
	l.added++
}

func (l *listing) grow(n int) {
	if l.size += n; l.size > maxRecord {
		l.err = errTooLong
	}
}

// more appends a line to the last value. Without one, the line is text between records.
func (l *listing) more(separator string, text []byte) {
	if len(l.fields) == 0 {
		if len(bytes.TrimSpace(text)) > 0 {
			l.strange++
			l.out = append(append(l.out, text...), '\n')
		}
		return
	}
	f := &l.fields[len(l.fields)-1]
	if f.json {
		l.add([]byte("text"), text)
		return
	}
	if separator == "\n" && len(text) > 0 && !isSpace(text[0]) {
		l.loose++
	}
	f.value = append(append(f.value, separator...), text...)
	l.grow(len(separator) + len(text))
}

// flush writes the record.
func (l *listing) flush() {
	if len(l.fields) == 0 {
		return
	}
	l.records++
	if l.fields[0].key == l.first {
		l.shared++
	}
	if l.isTimed() {
		l.timed++
	}
	l.out = append(l.out, '{')
	for i, f := range l.fields {
		if i > 0 {
			l.out = append(l.out, ',')
		}
		l.out = append(appendString(l.out, []byte(f.key)), ':')
		switch {
		case f.json:
			l.out = append(l.out, f.value...)
		case string(f.value) == "NULL" || string(f.value) == "ᴺᵁᴸᴸ":
			l.out = append(l.out, "null"...)
		default:
			l.out = appendString(l.out, bytes.TrimRight(f.value, " \n"))
		}
	}
	l.out = append(l.out, "}\n"...)
	l.fields, l.size, l.blank = l.fields[:0], 0, 0
}

// start begins a record after a line that separates records.
func (l *listing) start() {
	l.flush()
	l.column = -1
}

// isField reports whether a line has a sign at the column of the record, and a key before it.
func (l *listing) isField(line []byte, sign string) bool {
	c := l.column
	if c <= 0 || c >= len(line) {
		return false
	}
	after := line[c:]
	if !bytes.HasPrefix(after, []byte(sign)) && string(after) != string(bytes.TrimRight([]byte(sign), " ")) {
		return false
	}
	return fieldName.Match(bytes.TrimSpace(line[:c]))
}

var (
	fieldName = pattern.New(`^[\pL_@#$"'(*][^:=|]{0,63}$`)
	counted   = pattern.New(`^\(?\d+ (?:rows?|records?)(?: in set.*|\)| selected.*)?$|^Elapsed: |^Time: [\d.]+ ms`)

	mysqlRow    = pattern.New(`^\*{5,} ?\d+\. row ?\*{5,}$`)
	psqlRecord  = pattern.New(`^(?:-|─|\+-|╔═|╒═|┌─)?\[ ?(?:RECORD|Record|ENREGISTREMENT|DATENSATZ) \d+ ?\](?:[-+─┬┼=]|$)`)
	houseRow    = pattern.New(`^Row \d+:$`)
	houseRule   = pattern.New(`^(?:─|-)+$`)
	houseField  = pattern.New(`^([^\s:][^:]*): *`)
	firstColon  = pattern.New(`^ *[^\s:][^:]*: ?`)
	firstEquals = pattern.New(`^ *[^\s=][^=]* = ?`)
	firstListed = pattern.New(`^[^\s:][^:]*? *( : |  ?:$)`)
	ldifField   = pattern.New(`^([A-Za-z_@][\w.;@-]*)(?:: *|\|)(.*)$`)
)

// field adds the field of a line that is one.
func (l *listing) field(line []byte, width int) {
	key := bytes.Trim(bytes.TrimSpace(line[:l.column]), `"`)
	if l.first == "" {
		l.first = string(key)
	}
	l.add(key, line[min(l.column+width, len(line)):])
}

// mysqlLine reads a line of mysql \G. Keys are aligned to the right.
func mysqlLine(l *listing, line []byte) {
	switch {
	case mysqlRow.Match(line):
		l.start()
		return
	case counted.Match(line):
		return
	case l.column == -1:
		l.column = bytes.IndexByte(firstColon.Find(line), ':')
	}
	if l.isField(line, ": ") {
		l.field(line, 2)
		return
	}
	l.more("\n", line)
}

// psqlLine reads a line of psql \x. Lines of a value have a blank key.
func psqlLine(l *listing, line []byte) {
	if psqlRecord.Match(line) {
		l.start()
		return
	}
	if counted.Match(line) {
		return
	}
	line = bytes.ReplaceAll(line, []byte("│"), []byte("|"))
	if bytes.HasPrefix(line, []byte("| ")) && bytes.HasSuffix(line, []byte("|")) { // \pset border 2
		line = bytes.TrimRight(line[2:len(line)-1], " ")
	} else if bytes.HasPrefix(line, []byte("+-")) && len(bytes.Trim(line, "+-")) == 0 {
		return
	}
	if l.column == -1 {
		l.column = bytes.IndexByte(line, '|')
	}
	switch {
	case l.isField(line, "| "):
		l.field(line, 2)
	case l.column > 0 && len(line) > l.column && line[l.column] == '|' && len(bytes.TrimSpace(line[:l.column])) == 0 && len(l.fields) > 0:
		f := &l.fields[len(l.fields)-1]
		if value := bytes.TrimRight(f.value, " "); bytes.HasSuffix(value, []byte("+")) {
			f.value = bytes.TrimRight(value[:len(value)-1], " ")
		}
		l.more("\n", line[min(l.column+2, len(line)):])
	case len(bytes.TrimSpace(line)) > 0:
		l.more("\n", line)
	}
}

// clickhouseLine reads a line of ClickHouse's format Vertical. Values are aligned.
func clickhouseLine(l *listing, line []byte) {
	switch {
	case houseRow.Match(line):
		l.start()
		return
	case l.column == -1 && houseRule.Match(line), counted.Match(line):
		return
	}
	m := houseField.FindSubmatch(line)
	if m != nil && l.column == -1 && fieldName.Match(m[1]) {
		l.column = len(m[0])
	}
	if m != nil && len(m[0]) == l.column && fieldName.Match(m[1]) {
		if l.first == "" {
			l.first = string(m[1])
		}
		l.add(m[1], line[l.column:])
		return
	}
	l.more("\n", line)
}

// blockLine reads a line of records that a blank line separates. Each begins with the same key.
func blockLine(l *listing, line []byte, first *pattern.Pattern, sign string) bool {
	if len(bytes.TrimSpace(line)) == 0 {
		l.blank++
		return true
	}
	if len(l.fields) == 0 || l.blank > 0 {
		before := l.column
		if m := first.FindSubmatchIndex(line); m != nil {
			l.column = m[1] - len(sign)
			if len(m) > 2 {
				l.column = m[2]
			} else if m[1] == len(line) && line[len(line)-1] != ' ' {
				l.column = m[1] - len(sign) + 1
			}
			key := bytes.TrimSpace(line[:max(l.column, 0)])
			if l.isField(line, sign) && (l.first == "" || l.first == string(key)) {
				l.flush()
				l.blank = 0
				l.field(line, len(sign))
				return true
			}
		}
		l.column = before
	}
	for ; l.blank > 0; l.blank-- {
		l.more("\n", nil)
	}
	if l.isField(line, sign) {
		l.field(line, len(sign))
		return true
	}
	return false
}

// sqliteLine reads a line of sqlite3 .mode line. Keys are aligned to the right.
func sqliteLine(l *listing, line []byte) {
	if !blockLine(l, line, firstEquals, " = ") {
		l.more("\n", line)
	}
}

// formatListLine reads a line of PowerShell's Format-List. It wraps values at the width of the window.
func formatListLine(l *listing, line []byte) {
	line = bytes.TrimRight(line, " ")
	if bytes.HasSuffix(line, []byte(" :")) {
		line = append(line[:len(line):len(line)], ' ')
	}
	last := l.last
	l.last = len(line)
	l.width = max(l.width, len(line))
	if blockLine(l, line, firstListed, " : ") {
		return
	}
	text := bytes.TrimLeft(line, " ")
	switch {
	case l.column <= 0 || len(line)-len(text) < l.column+3 || bytes.HasPrefix(text, []byte("at ")):
		l.more("\n", line)
	case last == l.width && l.splitsWord(text):
		l.more("", text)
	default:
		l.more(" ", text)
	}
}

// splitsWord reports whether the last word of the value and the first one of the next line are one
// word: they are longer than a line together, and no sign is between them.
func (l *listing) splitsWord(next []byte) bool {
	space := l.width - l.column - 3
	value := l.fields[len(l.fields)-1].value
	value = value[max(len(value)-max(space, 0)-1, 0):]
	before := len(value) - 1 - bytes.LastIndexAny(value, " \n")
	after := bytes.IndexByte(next, ' ')
	if after < 0 {
		after = len(next)
	}
	return before > 0 && after > 0 && before+after > space && isKeyByte(value[len(value)-1]) && value[len(value)-1] != '-' && isKeyByte(next[0])
}

// ldifLine reads a line of records like those of LDIF. A record begins with the first key again, or
// after a blank line or a rule.
func ldifLine(l *listing, line []byte) {
	m := ldifField.FindSubmatch(line)
	switch {
	case len(bytes.TrimSpace(line)) == 0 || ruled.Match(line):
		l.blank++
	case m != nil && (len(l.fields) == 0 || l.blank > 0 || len(l.fields) > 1) && (l.first == "" || l.first == string(m[1])):
		l.flush()
		l.first = string(m[1])
		l.add(m[1], m[2])
	case m != nil && l.blank == 0 && !slices.ContainsFunc(l.fields, func(f listed) bool { return f.key == string(m[1]) }):
		l.add(m[1], m[2])
	case len(l.fields) > 0 && (line[0] == ' ' || line[0] == '\t'):
		l.more("\n", line)
	default:
		l.err = &syntaxError{"a list of fields", l.offset(), "a line is not a field"}
	}
}

var (
	ruled = pattern.New(`^(?:-{3,}|={3,}|\*{3,}|_{3,})$`)
	timed = pattern.New(`^(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d?[/.-](?:\d\d?|[A-Z][a-z]{2})[/.-]\d{2,4}\b|\d{10,19}(?:\.\d+)?$|\d{8}T|[A-Z][a-z]{2},? [A-Z\d])`)
)

// isTimed reports whether exactly one field of the record is a time.
func (l *listing) isTimed() bool {
	n := 0
	for _, f := range l.fields {
		if timed.Match(f.value) {
			n++
		}
	}
	return n == 1 && len(l.fields) > 1
}

// startsWith reports whether one of the first lines of a text matches, and none before it is longer
// than a command.
func startsWith(head []byte, start *pattern.Pattern) bool {
	n := 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if start.Match(line) {
			return true
		}
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
		if n > 4 || len(line) > 400 {
			return false
		}
	}
	return false
}

func isMySQL(head []byte, whole bool) bool {
	return startsWith(head, mysqlRow) && isListing(tryListing(head, whole, mysqlLine))
}

func isPsql(head []byte, whole bool) bool {
	return startsWith(head, psqlRecord) && isListing(tryListing(head, whole, psqlLine))
}

func isClickHouse(head []byte, whole bool) bool {
	return startsWith(head, houseRow) && isListing(tryListing(head, whole, clickhouseLine))
}

// isListing reports whether records were found.
func isListing(l *listing) bool {
	return l.records > 0 && l.shared == l.records && l.strange <= 4 || l.records == 0 && l.err == errCut && len(l.fields) > 0
}

// isBlocks reports whether nearly all lines were understood, as those of several records.
func isBlocks(l *listing, head []byte) bool {
	return l.records > 1 && l.shared == l.records && l.strange == 0 && l.added >= 2*l.records && 4*l.loose <= l.added && sdkText.Match(head)
}

func isSQLite(head []byte, whole bool) bool {
	first := bytes.TrimLeft(head, "\r\n")
	return bytes.Contains(first, []byte(" =")) && firstEquals.Match(first) && isBlocks(tryListing(head, whole, sqliteLine), head)
}

func isFormatList(head []byte, whole bool) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \r\n")
	line, _, _ := bytes.Cut(first, []byte("\n"))
	return firstListed.Match(bytes.TrimRight(line, "\r")) && isBlocks(tryListing(head, whole, formatListLine), head)
}

func isLDIF(head []byte, whole bool) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), "\r\n")
	line, _, _ := bytes.Cut(first, []byte("\n"))
	if !ldifField.Match(bytes.TrimRight(line, "\r")) {
		return false
	}
	l := tryListing(head, whole, ldifLine)
	return isBlocks(l, head) && l.timed == l.records && atEnd(l.err)
}
