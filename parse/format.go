package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
)

// A Format says how a source's bytes are divided into records. The text of
// each record is read by its own first byte, so that a stream may mix JSON
// objects and console lines.
type Format struct {
	Name string // one of Formats

	kind kind
	// delimiter is that of a table, 0 if it is not known yet.
	delimiter byte
	// plainArrays says that a document may hold its entries in an array whose
	// name is a common word.
	plainArrays bool
	// stacks says that lines may belong to the record before them.
	stacks bool
	// indent is how far the records themselves are indented.
	indent int
}

// maxFrame is the longest line that is taken for a stack line by its form
// rather than by its indentation.
const maxFrame = 4 << 10

var utf8BOM = []byte("\xef\xbb\xbf")

// A kind is a way to divide bytes into records.
type kind uint8

const (
	byLine      kind = iota
	byValue          // JSON values, however they are laid out, and lines between them
	byRow            // rows of a table
	dockerLines      // lines of which several may be one record
	criLines         // likewise
)

// A FormatInfo describes a Format to people.
type FormatInfo struct {
	Name    string
	About   string
	Example string // a line, or the beginning of a document

	format Format
}

// Formats are all that are told apart. Their names are stable.
var Formats = []FormatInfo{
	{"console", "text, one record a line, with the stack lines behind it", `2026-11-23T10:44:25.972Z OpenTok:Session:error OT_TIMEOUT: too late +0ms`, Format{stacks: true}},
	{"jsonl", "JSON objects, one a line: NDJSON, telemetry bodies, searches of Splunk", `{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late","sessionId":"1_MX40…"}`, Format{}},
	{"json", "JSON arrays, JSON objects on many lines or several on a line, and text between them", `[{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}, …]`, Format{kind: byValue, plainArrays: true}},
	{"csv", "tables with a header, parted by commas, semicolons or tabs", `Date,Host,Service,Message`, Format{kind: byRow}},
	{"tsv", "tables with a header, parted by tabs", "@timestamp\t@message", Format{kind: byRow, delimiter: '\t'}},
	{"docker", "json-file logs of Docker, long lines put together", `{"log":"OT_TIMEOUT: too late\n","stream":"stderr","time":"2026-11-23T10:44:25.972Z"}`, Format{kind: dockerLines}},
	{"cri", "logs of Kubernetes' container runtimes, long lines put together", `2026-11-23T10:44:25.972Z stderr F OT_TIMEOUT: too late`, Format{kind: criLines}},
	{"har", "requests saved by a browser, of which the SDK's telemetry is read", `{"log":{"entries":[{"request":{"url":"https://hlg.tokbox.com/prod/logging/ClientEvent", …`, Format{kind: byValue}},
	{"sentry", "events of Sentry, by breadcrumb and exception", `{"event_id":"…","breadcrumbs":{"values":[{"category":"console","message":"OT_TIMEOUT: too late"}, …`, Format{kind: byValue}},
	{"cloudwatch", "subscriptions and queries of AWS CloudWatch Logs", `{"messageType":"DATA_MESSAGE","logStream":"web","logEvents":[{"timestamp":1795430665972,"message":"OT_TIMEOUT: too late"}, …`, Format{kind: byValue, plainArrays: true}},
	{"datadog", "answers of the Datadog API", `{"data":[{"type":"log","attributes":{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue, plainArrays: true}},
	{"elasticsearch", "answers of Elasticsearch and OpenSearch", `{"hits":{"hits":[{"_source":{"@timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue}},
	{"otlp", "log records of OpenTelemetry in JSON", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795430665972000000","body":{"stringValue":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue}},
}

// FormatOf returns the format of that name.
func FormatOf(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			f.format.Name = name
			return f.format, true
		}
	}
	return Format{}, false
}

// formatOf returns a format that there is.
func formatOf(name string) Format {
	f, _ := FormatOf(name)
	return f
}

// detect tells the format from the first bytes of a source, of which the last
// line may be cut off.
func detect(sample []byte, whole bool) Format {
	sample = bytes.TrimPrefix(sample, utf8BOM)
	if !whole {
		if n := bytes.LastIndexByte(sample, '\n'); n > 0 {
			sample = sample[:n+1]
		}
	}
	if d, ok := isTable(sample, whole); ok {
		f := formatOf("csv")
		if f.delimiter = d; d == '\t' {
			f.Name = "tsv"
		}
		return f
	}
	lines := countShapes(sample)
	switch {
	case lines.cri > lines.total/2:
		return formatOf("cri")
	case lines.docker > lines.total/2:
		return formatOf("docker")
	}
	if lines.brackets > 0 {
		if f, ok := detectJSON(sample, whole, &lines); ok {
			return f
		}
	}
	if lines.objects > lines.total-lines.objects {
		return formatOf("jsonl")
	}
	f := formatOf("console")
	f.indent = max(lines.indent, 0)
	return f
}

// unsupported returns why a text cannot be divided into records, "" if it may be.
func unsupported(head []byte) string {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	for _, k := range strangers {
		if len(head) >= len(k.start) && bytes.EqualFold(head[:len(k.start)], []byte(k.start)) {
			return "not a log: " + k.what + " is not supported (otlog formats lists what is; --input-format console reads it line by line)"
		}
	}
	return ""
}

// strangers are formats that sometimes contain logs, but are not supported.
var strangers = []struct{ start, what string }{
	{"<?xml", "XML"},
	{"<!doctype html", "an HTML page"},
	{"<html", "an HTML page"},
	{"%PDF-", "PDF"},
	{"{\\rtf", "RTF"},
}

// A lineCount counts the lines of a sample that are not blank.
type lineCount struct {
	total    int
	objects  int // that begin as a JSON object does
	brackets int // that begin with a bracket or a brace
	docker   int // that a JSON object with a line of a program fills
	cri      int
	indent   int // of the line that is indented the least, -1 if there is none
}

func countShapes(sample []byte) lineCount {
	n := lineCount{indent: -1}
	for line := range bytes.Lines(sample) {
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 {
			continue
		}
		if len(trimmed) == 1 && (trimmed[0] == '[' || trimmed[0] == ']') {
			n.brackets++ // of an array whose elements are lines
			continue
		}
		n.total++
		if c := trimmed[0]; c == '{' || c == '[' {
			n.brackets++
			if opensObject(trimmed) { // its end may have been cut off
				n.objects++
			}
			// Collectors strip the line feed, after which nobody knows what goes on.
			if x, ok := readDocker(trimmed); ok && (!x.more || bytes.Contains(trimmed, []byte(`"logtag"`))) {
				n.docker++
			}
		} else if _, ok := readCRI(trimmed); ok {
			n.cri++
		}
		if width := indentation(line); n.indent < 0 || width < n.indent {
			n.indent = width
		}
	}
	return n
}

// detectJSON tells by reading it whether sample is JSON whose records are no lines.
func detectJSON(sample []byte, whole bool, lines *lineCount) (Format, bool) {
	byLines := lines.total > 1 && lines.objects > lines.total-lines.objects
	for _, plain := range []bool{false, true} {
		seen := sight(sample, whole, plain)
		enough := seen.arranged > seen.objects
		if plain && byLines {
			enough = seen.arranged >= 9*seen.objects // else it may be a list in a record
		}
		if seen.shape != "" && enough {
			f := formatOf(seen.shape)
			f.plainArrays = plain
			return f, true
		}
		size := seen.sharing
		if !byLines {
			size += seen.spanning
		}
		if plain && size*8 > int64(len(sample)) {
			f := formatOf("json")
			f.plainArrays = false
			return f, true
		}
	}
	if lines.total == 1 && lines.objects == 1 && len(sample) >= largeDocument {
		f := formatOf("json")
		f.plainArrays = false
		return f, true
	}
	if byLines && bytes.TrimSpace(sample)[0] == '[' {
		return Format{Name: "json"}, true // an array, one element a line
	}
	return Format{}, false
}

// sight reads a sample as JSON and tells what it saw.
func sight(sample []byte, whole, plainArrays bool) *sightings {
	s := newJSONSplitter(Format{plainArrays: plainArrays}, defaultLimits)
	s.seen = &sightings{}
	e := unknown
	if whole {
		e = sound
	}
	b := &Block{}
	for at := 0; at < len(sample); {
		b.Data, b.Records = b.Data[:0], b.Records[:0]
		n := s.split(b, sample[at:], e)
		if at += n; n > 0 {
			continue
		}
		// The sample ends within a document.
		d := &s.doc
		switch {
		case !s.reading || d.bad:
		case d.first() != nil && !(d.first().in.plain && d.told):
			s.seen.arrange(d)
		case s.indent < 0:
			s.seen.sharing += d.pos - d.start
		case bytes.IndexByte(sample[d.start:d.pos], '\n') >= 0:
			s.seen.spanning += d.pos - d.start
		}
		break
	}
	return s.seen
}

// continues reports whether line belongs to the record before it: a stack line,
// or one that is indented further than records are.
func (f Format) continues(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	n := indentation(line)
	if n > f.indent {
		rest := bytes.TrimRight(line[n:], "\r")
		return len(rest) > 0 && !startsEntry(rest)
	}
	return isFrame(line)
}

func indentation(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

// startsEntry reports whether an indented line opens a record all the same:
// React Native's packager and pasted logs indent the lines of a console.
func startsEntry(line []byte) bool {
	for _, s := range entryStarts {
		if bytes.HasPrefix(line, s) {
			return true
		}
	}
	return false
}

var entryStarts = [][]byte{
	[]byte("OpenTok:"), []byte("%cOpenTok:"), []byte("OT.exception ::"),
	[]byte("LOG "), []byte("INFO "), []byte("WARN "), []byte("ERROR "), []byte("DEBUG "),
}

// isFrame reports whether line is a stack line as a browser's developer tools
// save it: "fn @ file:line".
func isFrame(line []byte) bool {
	end := len(line)
	for end > 0 && (line[end-1] == '\r' || line[end-1] == ' ') {
		end--
	}
	// Frequent case first: most log lines do not end in a digit.
	if end == 0 || end > maxFrame || !isDigit(line[end-1]) {
		return false
	}
	digits := end
	for digits > 0 && isDigit(line[digits-1]) {
		digits--
	}
	if digits == 0 || line[digits-1] != ':' {
		return false
	}
	at := bytes.Index(line[:digits], []byte(" @ "))
	if at <= 0 {
		return false
	}
	function, file := line[:at], line[at+3:digits-1]
	if bytes.IndexByte(file, ' ') >= 0 || (len(file) > 0 && !bytes.ContainsAny(file, "./<")) {
		return false
	}
	if function[0] == '(' { // (anonymous), (anonymous function)
		return function[len(function)-1] == ')'
	}
	function = bytes.TrimPrefix(function, []byte("await in "))
	return bytes.IndexByte(function, ' ') < 0
}

// looksLikeObject reports whether a line without surrounding space has the
// outline of a JSON object.
func looksLikeObject(line []byte) bool {
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return false
	}
	return opensObject(line)
}

// opensObject reports whether line starts as a JSON object does, even if its
// end is missing.
func opensObject(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	for _, c := range line[1:] {
		if !jsontext.IsSpace(c) {
			return c == '"' || c == '}'
		}
	}
	return false
}
