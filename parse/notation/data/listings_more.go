package data

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/pattern"
)

// literalValue returns one literal as JSON. raw says that strings in single quotes have no escapes.
func literalValue(text []byte, raw bool) (json []byte, ok bool) {
	l := newLiterals(&headReader{append(bytes.Clone(text), '\n'), true})
	l.raw, l.strict = raw, true
	l.stack = append(l.stack, frame{kind: listFrame, close: ']'})
	l.depth = 2
	l.space()
	c, _ := l.at(0)
	l.value(c)
	for l.err == nil && len(l.stack) > 2 {
		l.token()
	}
	if l.err != nil || len(l.stack) != 2 {
		return nil, false
	}
	l.space()
	_, more := l.at(0)
	return l.out, !more && len(l.out) > 0
}

// TOML: an array of tables.

var (
	tomlArray = pattern.New(`^\s*\[\[\s*([\w."'-]+)\s*\]\]\s*(?:#.*)?$`)
	tomlTable = pattern.New(`^\s*\[\s*([\w."' -]+)\s*\]\s*(?:#.*)?$`)
	tomlField = pattern.New(`^\s*([\w-]+(?:\.[\w-]+)*|"[^"]*"|'[^']*')\s*=\s*(.*)$`)
)

// tomlLine reads a line of TOML. A value may have several.
func tomlLine(l *listing, line []byte) {
	if l.open {
		l.more("\n", line)
		if l.err == nil && bytes.ContainsAny(line, `]}"'`) {
			l.closeTOML()
		}
		return
	}
	text := bytes.TrimSpace(line)
	if len(text) == 0 || text[0] == '#' {
		return
	}
	if m := tomlArray.FindSubmatch(line); m != nil {
		name := string(m[1])
		if l.first == "" || l.first == name || !strings.HasPrefix(name, l.first+".") {
			l.flush()
			l.first, l.prefix = name, ""
			return
		}
		l.strange++ // a list within a record
		l.err = &syntaxError{"TOML", l.offset(), "a list within an element"}
		return
	}
	if m := tomlTable.FindSubmatch(line); m != nil {
		name := string(m[1])
		if l.first == "" || !strings.HasPrefix(name, l.first+".") {
			l.flush()
		}
		l.prefix = strings.TrimPrefix(name, l.first+".") + "."
		return
	}
	m := tomlField.FindSubmatch(line)
	if m == nil {
		l.err = &syntaxError{"TOML", l.offset(), "a line is not a field"}
		return
	}
	if len(l.fields) == 0 && l.first != "" {
		l.shared++
	}
	l.add(append([]byte(l.prefix), bytes.Trim(m[1], `"'`)...), m[2])
	l.closeTOML()
}

// closeTOML ends the value if it is complete.
func (l *listing) closeTOML() {
	f := &l.fields[len(l.fields)-1]
	json, ok := literalValue(f.value, true)
	l.open, l.unfinished = !ok, !ok
	if ok {
		l.tries = 0
		f.value, f.json = append(f.value[:0], json...), true
		return
	}
	l.tries++
	if l.tries > 1000 || !bytes.HasPrefix(f.value, []byte(`"""`)) && !bytes.HasPrefix(f.value, []byte(`'''`)) && !bytes.HasPrefix(f.value, []byte("[")) && !bytes.HasPrefix(f.value, []byte("{")) {
		if _, more := l.at(0); more {
			l.err = &syntaxError{"TOML", l.offset(), "a value is not complete"}
		}
	}
}

func isTOML(head []byte, whole bool) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \r\n")
	line, _, _ := bytes.Cut(first, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if !tomlArray.Match(line) && !tomlField.Match(line) && !tomlTable.Match(line) && !bytes.HasPrefix(line, []byte("#")) {
		return false
	}
	l := tryListing(head, whole, tomlLine)
	return l.shared > 1 && atEnd(l.err)
}

// atEnd reports whether the first bytes of a text were read without another error than that they end.
func atEnd(err error) bool { return err == errCut || err == errEnds || err == io.EOF }

// Redis: what redis-cli prints of a stream.

var (
	redisLine = pattern.New(`^\s*(?:\d+\) +)+(.*)$`)
	redisID   = pattern.New(`^"([1-9]\d{9,15})-\d+"$`)
)

// redisStreamLine reads a line of redis-cli: the ID of an entry, the name of a field, or its value.
func redisStreamLine(l *listing, line []byte) {
	m := redisLine.FindSubmatch(line)
	if m == nil {
		if len(bytes.TrimSpace(line)) > 0 {
			l.more("\n", line)
		}
		return
	}
	if id := redisID.FindSubmatch(m[1]); id != nil && !l.open {
		l.flush()
		l.first = "time"
		l.add([]byte("time"), id[1])
		l.fields[0].json = true
		return
	}
	if len(l.fields) == 0 {
		return // the name of the stream
	}
	value := m[1]
	json := false
	if len(value) > 0 && value[0] == '"' {
		text, ok := literalValue(append([]byte("b"), value...), false)
		if !ok {
			l.err = errEnds
			return
		}
		value, json = text, true
	}
	if l.open = !l.open; l.open {
		l.add(bytes.Trim(value, `"`), nil)
		return
	}
	f := &l.fields[len(l.fields)-1]
	f.value, f.json = append(f.value[:0], value...), json
	l.grow(len(value))
}

var redisStart = pattern.New(`^\s*1\) +(?:1\) +)+"`)

func isRedis(head []byte, whole bool) bool {
	return startsWith(head, redisStart) && isListing(tryListing(head, whole, redisStreamLine))
}

// Logcat: adb logcat -v long. Its records are rewritten to lines of -v threadtime.

var logcatHeader = pattern.New(`^\[ ((?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d+(?: [+-]\d{4})?)\s+(?:\w+:\s*)??(\d+):\s*(\w+) ([VDIWEFA])/(.*?)\s*\]$`)

func logcatLine(l *listing, line []byte) {
	if m := logcatHeader.FindSubmatch(line); m != nil {
		if l.open {
			l.out = append(l.out, '\n')
		}
		l.records++
		l.shared++
		for i, part := range m[1:] {
			l.out = append(append(l.out, part...), []string{"  ", "  ", " ", " ", ": "}[i]...)
		}
		l.open, l.column, l.blank = true, 0, 0
		return
	}
	if len(line) == 0 {
		l.blank++
		return
	}
	if !l.open {
		l.strange++
		l.out = append(append(l.out, line...), '\n')
		return
	}
	if l.column > 0 {
		l.out = append(l.out, "\n    "...)
	}
	l.out = append(l.out, line...)
	l.column++
}

func isLogcat(head []byte, whole bool) bool {
	return startsWith(head, logcatHeader) && isListing(tryListing(head, whole, logcatLine))
}

// AWS: aws --output table, which has a row for each record or for each member.

var (
	awsRule  = pattern.New(`^\|*(?:\+-*)+\+?\|*$|^-{5,}$`)
	awsTitle = pattern.New(`^\|+ +(\S+) +\|+$`)
	awsStart = pattern.New(`^-{5,}$`)
)

// awsLine reads a line of a table. prefix is what a line starts with.
func awsLine(l *listing, line []byte) {
	switch {
	case awsRule.Match(line):
		if len(l.fields) > 0 && !l.open {
			l.heading()
		}
		l.open = l.open || len(l.fields) > 0 || len(l.columns) > 0
		l.flush()
		return
	case awsTitle.Match(line):
		l.flush()
		l.columns, l.open = nil, false
		return
	}
	inner := bytes.TrimRight(bytes.TrimLeft(line, "|"), "|")
	if n := len(l.columns); n > 0 && len(line) > len(inner) {
		cells := bytes.SplitN(inner, []byte("|"), -1)
		if len(cells) != n {
			l.err = &syntaxError{"a table", l.offset(), "a row has another number of cells than the heading"}
			return
		}
		for i, cell := range cells {
			l.add([]byte(l.columns[i]), bytes.TrimSpace(cell))
		}
		l.first = l.columns[0]
		l.flush()
		return
	}
	key, value, ok := bytes.Cut(inner, []byte("|"))
	if key = bytes.TrimSpace(key); ok && len(line) > len(inner) && len(key) > 0 && !bytes.ContainsAny(key, " ") {
		if l.first == "" {
			l.first = string(key)
		}
		l.add(key, bytes.TrimSpace(value))
		return
	}
	if len(l.fields) == 0 {
		l.strange++
	}
	l.more("\n", bytes.TrimRight(line, " |"))
}

// heading takes the only row before the first rule for the names of the columns.
func (l *listing) heading() {
	if len(l.fields) != 1 {
		return
	}
	l.columns = []string{l.fields[0].key}
	for cell := range bytes.SplitSeq(l.fields[0].value, []byte("|")) {
		l.columns = append(l.columns, string(bytes.TrimSpace(cell)))
	}
	l.fields, l.size = l.fields[:0], 0
	l.added--
}

func isAWS(head []byte, whole bool) bool {
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	if !awsStart.Match(bytes.TrimRight(first, "\r")) || !awsTitle.Match(bytes.TrimRight(second, "\r")) {
		return false
	}
	l := tryListing(head, whole, awsLine)
	return l.records > 0 && l.strange == 0 && l.added >= 2*l.records && atEnd(l.err) && sdkText.Match(head)
}

// Redis without a terminal: the ID of an entry, and a line for each name and value.

var redisRawID = pattern.New(`^([1-9]\d{12})-\d+$`)

func redisRawLine(l *listing, line []byte) {
	if m := redisRawID.FindSubmatch(line); m != nil && !l.open {
		l.flush()
		l.first = "time"
		l.add([]byte("time"), m[1])
		l.fields[0].json = true
		return
	}
	key := string(line)
	known := slices.Contains(l.columns, key)
	switch n := len(l.fields); {
	case n == 0:
		l.strange++
		l.more("", line)
	case l.open:
		l.fields[n-1].value = append(l.fields[n-1].value[:0], line...)
		l.open = false
		l.grow(len(line))
	case n > 1 && (l.records > 0 && !known || len(line) == 0 || isSpace(line[0])):
		l.more("\n", line)
	default:
		if !known && len(l.columns) < 100 {
			l.columns = append(l.columns, key)
		}
		l.add(line, nil)
		l.open = true
	}
}

func isRedisRaw(head []byte, whole bool) bool {
	if !startsWith(head, redisRawID) {
		return false
	}
	l := tryListing(head, whole, redisRawLine)
	return l.records > 1 && l.strange <= 1 && l.added >= 2*l.records && sdkText.Match(head)
}

// wevtutil: wevtutil qe /f:text of Windows.

var (
	windowsEvent = pattern.New(`^Event\[\d+\]:?$`)
	windowsField = pattern.New(`^  ([A-Z][\w ]{0,30}): ?(.*)$`)
)

func windowsLine(l *listing, line []byte) {
	if windowsEvent.Match(line) {
		l.flush()
		l.open = true
		return
	}
	if m := windowsField.FindSubmatch(line); m != nil && l.open {
		if l.first == "" {
			l.first = string(m[1])
		}
		l.add(m[1], m[2])
		l.open = string(m[1]) != "Description"
		return
	}
	l.more("\n", line)
}

func isWindowsEvents(head []byte, whole bool) bool {
	return startsWith(head, windowsEvent) && isListing(tryListing(head, whole, windowsLine))
}

// SQL*Plus: each column is on a line of its own, below a heading.

var (
	plusRule = pattern.New(`^-{2,}$`)
	plusName = pattern.New(`^[A-Z][A-Z0-9_$#]*$`)
	plusTime = pattern.New(`^(\d\d)-([A-Za-z]{3})-(\d\d) (\d\d)\.(\d\d)\.(\d\d)(\.\d+)? ([AP]M)(?: ([+-]\d\d:\d\d|UTC|GMT))?$`)
)

// sqlplusLine reads a line. The name of a column is known by the rule after it.
func sqlplusLine(l *listing, line []byte) {
	switch {
	case plusRule.Match(line) && l.prefix != "":
		if !l.open {
			l.columns = l.columns[:0]
		}
		l.columns = append(l.columns, l.prefix)
		l.first = l.columns[0]
		l.open, l.prefix = true, ""
		return
	case plusName.Match(line) && l.prefix == "" && (l.open || len(l.fields) == 0):
		l.prefix = string(line)
		return
	}
	if l.prefix != "" {
		name := l.prefix
		l.prefix = ""
		l.cell([]byte(name))
	}
	l.cell(line)
}

func (l *listing) cell(line []byte) {
	n := len(l.fields)
	switch {
	case len(line) == 0:
		l.flush()
	case counted.Match(line) && n == 0:
	case n < len(l.columns):
		l.open = false
		if m := plusTime.FindSubmatch(line); m != nil {
			at, err := time.Parse("02-Jan-06 03.04.05 PM", string(m[1])+"-"+string(m[2])+"-"+string(m[3])+" "+string(m[4])+"."+string(m[5])+"."+string(m[6])+" "+string(m[8]))
			if err == nil {
				zone := strings.NewReplacer("UTC", "Z", "GMT", "Z").Replace(string(m[9]))
				line = []byte(at.Format("2006-01-02T15:04:05") + string(m[7]) + zone)
			}
		}
		l.add([]byte(l.columns[n]), line)
	default:
		l.more("\n", line)
	}
}

func isSQLPlus(head []byte, whole bool) bool {
	if !startsWith(head, plusRule) || !startsWith(head, plusName) {
		return false
	}
	l := tryListing(head, whole, sqlplusLine)
	return len(l.columns) > 1 && isBlocks(l, head)
}
