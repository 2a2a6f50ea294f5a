package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/container"
	"github.com/otlog/otlog/parse/detect"
	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/keys"
	"github.com/otlog/otlog/parse/table"
	"github.com/otlog/otlog/parse/textline"
)

// A Format is how the bytes of an input are divided into records. How a record is decoded
// depends on its own first byte, so that an input may contain JSON objects as well as console
// lines.
type Format struct {
	Name string // one of Formats

	kind kind
	// table is what a table looks like, as far as it is known.
	table table.Form
	// named says that columns that otlog does not know keep their names. Only samples are read so.
	named bool
	// plainArrays says that the entries of a document may be in an array whose name is a common
	// word.
	plainArrays bool
	// stacks says that a line may belong to the record before it.
	stacks bool
	// indent is the indentation of records.
	indent int
	// words is how many words precede the time of a line.
	words int
	// inline says that the time of a record is the first date with a time of day in it, wherever
	// that is.
	inline bool
	// inlineLines says besides that a line with such a time starts a record, however it is indented.
	inlineLines bool
	// epoch is where records state their time as a number, nil if they do not.
	epoch *textline.Epoch
	// headings says that the time of a record is on a line of its own before it.
	headings bool
	// leads says that the time of an object is at the start of one of its texts.
	leads bool
	// wraps says that values are in typed objects, or beside their names.
	wraps bool
	// levelless says that few records at the beginning of the source state a level. To look for
	// one in each line of text takes a sixth of the time.
	levelless bool
	// roles are the fields that are known of this source only; nil: none.
	roles *field.Roles
}

var utf8BOM = []byte("\xef\xbb\xbf")

// A kind is a way to divide bytes into records.
type kind uint8

const (
	byLine         kind = iota
	byValue             // JSON values in any layout, and lines between them
	byRow               // rows of a table
	dockerLines         // lines of a container, several of which may be one record
	criLines            // likewise
	journalEntries      // of the systemd journal
)

// A FormatInfo describes a Format to people.
type FormatInfo struct {
	Name    string
	About   string
	Example string // a line, or the beginning of a document

	format Format
}

// Formats are all formats. Their names are stable.
var Formats = []FormatInfo{
	{"console", "text, one record per line, with the stack lines after it", `2026-11-23T10:44:25.972Z OpenTok:Session:error OT_TIMEOUT: too late +0ms`, Format{stacks: true}},
	{"jsonl", "JSON objects, one per line: NDJSON, telemetry bodies, Splunk search results", `{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late","sessionId":"1_MX40…"}`, Format{}},
	{"json", "JSON arrays, JSON objects on several lines or several on one line, and text between them", `[{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}, …]`, Format{kind: byValue, plainArrays: true}},
	{"csv", "tables with a header, separated by commas, semicolons or tabs", `Date,Host,Service,Message`, Format{kind: byRow}},
	{"tsv", "tables with a header, separated by tabs", "@timestamp\t@message", Format{kind: byRow, table: table.Form{Delimiter: '\t'}}},
	{"docker", "Docker json-file logs; long lines are joined", `{"log":"OT_TIMEOUT: too late\n","stream":"stderr","time":"2026-11-23T10:44:25.972Z"}`, Format{kind: dockerLines}},
	{"cri", "Kubernetes container runtime logs; long lines are joined", `2026-11-23T10:44:25.972Z stderr F OT_TIMEOUT: too late`, Format{kind: criLines}},
	{"journal", "the systemd journal as journalctl -o export prints it", "__CURSOR=s=1…\n    __REALTIME_TIMESTAMP=1795430665972000\n    MESSAGE=OT_TIMEOUT: too late", Format{kind: journalEntries}},
	{"har", "requests saved by a browser; only the SDK's telemetry is read", `{"log":{"entries":[{"request":{"url":"https://hlg.tokbox.com/prod/logging/ClientEvent", …`, Format{kind: byValue}},
	{"sentry", "Sentry events, one record per breadcrumb and exception", `{"event_id":"…","breadcrumbs":{"values":[{"category":"console","message":"OT_TIMEOUT: too late"}, …`, Format{kind: byValue}},
	{"cloudwatch", "AWS CloudWatch Logs subscriptions and query results", `{"messageType":"DATA_MESSAGE","logStream":"web","logEvents":[{"timestamp":1795430665972,"message":"OT_TIMEOUT: too late"}, …`, Format{kind: byValue, plainArrays: true}},
	{"datadog", "Datadog API responses", `{"data":[{"type":"log","attributes":{"timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue, plainArrays: true}},
	{"elasticsearch", "Elasticsearch and OpenSearch responses", `{"hits":{"hits":[{"_source":{"@timestamp":"2026-11-23T10:44:25.972Z","message":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue}},
	{"otlp", "OpenTelemetry log records in JSON", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795430665972000000","body":{"stringValue":"OT_TIMEOUT: too late"}}, …`, Format{kind: byValue}},
}

// FormatOf returns the format with a name.
func FormatOf(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			f.format.Name = name
			return f.format, true
		}
	}
	return Format{}, false
}

// formatOf returns the format with a name that exists.
func formatOf(name string) Format {
	f, _ := FormatOf(name)
	return f
}

// formatIn returns the format of a text that starts with sample, whose last line may be
// incomplete unless whole is true. given are the fields that the user names.
func formatIn(sample []byte, whole bool, given field.Names) Format {
	sample = detect.TrimBlank(sample)
	all := sample
	if !whole {
		if n := bytes.LastIndexByte(sample, '\n'); n > 0 {
			sample = sample[:n+1]
		}
	}
	if form, ok := table.Detect(sample, whole, given); ok && !(form.Columns > 0 && detect.OpensJSON(sample)) {
		f := formatOf("csv")
		if f.table = form; form.Delimiter == '\t' {
			f.Name = "tsv"
		}
		return f
	}
	if isJournal(sample) {
		return formatOf("journal")
	}
	lines := container.ShapesOf(sample)
	switch {
	case lines.CRI > lines.Total/2:
		return formatOf("cri")
	case lines.Docker > lines.Total/2:
		return formatOf("docker")
	}
	if lines.Brackets > 0 || len(sample) > 0 && sample[0] == '"' {
		if f, ok := detectJSON(sample, whole, &lines); ok {
			return f
		}
		if more := all[len(sample):]; len(more) > len(sample) && jsontext.OpensObject(more) {
			// An empty page of an API, perhaps, before one of which only the beginning is known.
			lines := container.ShapesOf(all)
			if f, ok := detectJSON(all, false, &lines); ok {
				return f
			}
		}
	}
	areObjects := lines.Objects > lines.Total-lines.Objects
	switch {
	case areObjects && bytes.IndexByte(sample, textline.RecordSeparator) >= 0, detect.IsFolded(all): // a text sequence, or not lines
		f := formatOf("json")
		f.plainArrays = false
		return f
	case areObjects:
		return formatOf("jsonl")
	}
	f := formatOf("console")
	f.indent = max(lines.Indent, 0)
	return f
}

// detectJSON reports whether sample is JSON that is not one record per line, and its format. It
// reads the sample to decide.
func detectJSON(sample []byte, whole bool, lines *container.Shapes) (Format, bool) {
	byLines := lines.Total > 1 && lines.Objects > lines.Total-lines.Objects
	for _, plain := range []bool{false, true} {
		seen := statsOf(sample, whole, plain, byLines)
		seen.objects -= seen.pages.Empty(seen.arranged, keys.Keys{})
		enough := seen.arranged > seen.objects || !byLines && 2*seen.within > int64(len(sample))
		if plain && byLines {
			enough = seen.arranged >= 9*seen.objects // otherwise it may be a list inside a record
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
		isList := plain && sample[0] == '[' && seen.objects > lines.Total/2 // of strings
		if plain && size*8 > int64(len(sample)) || isList && sample[jsontext.SkipSpace(sample, 1)] == '"' {
			f := formatOf("json")
			f.plainArrays = false
			return f, true
		}
	}
	if lines.Total == 1 && lines.Objects == 1 && len(sample) >= largeDocument {
		f := formatOf("json")
		f.plainArrays = false
		return f, true
	}
	if byLines && bytes.TrimSpace(sample)[0] == '[' {
		return Format{Name: "json"}, true // an array with one element per line
	}
	return Format{}, false
}

// largeDocument is the size from which a document on one line is more than a record.
const largeDocument = 4 << 10

// statsOf reads a sample as JSON and returns what it contains.
func statsOf(sample []byte, whole, plainArrays, byLines bool) *sampleStats {
	s := newJSONSplitter(Format{plainArrays: plainArrays}, defaultLimits)
	s.seen = &sampleStats{byLines: byLines}
	s.secret = !plainArrays
	e := mayContinue
	if whole {
		e = sourceEnds
	}
	b := &Block{}
	for at := 0; at < len(sample); {
		b.Data, b.Records = b.Data[:0], b.Records[:0]
		n := s.split(b, sample[at:], e)
		if at += n; n > 0 {
			continue
		}
		// The sample ends within a document.
		d := s.doc
		switch {
		case !s.reading || d.Bad:
		case s.findLists(sample[at:]), s.whole != nil, d.First() != nil && !(d.First().In.Plain && d.HasMessage):
			s.seen.arrange(d)
			s.seen.pages.Check(d, sample[d.Start:d.Pos], s.keys)
		case s.indent < 0:
			s.seen.sharing += d.Pos - d.Start
		case bytes.IndexByte(sample[d.Start:d.Pos], '\n') >= 0:
			s.seen.spanning += d.Pos - d.Start
		}
		break
	}
	return s.seen
}

// continues reports whether line belongs to the record before it: it is a stack line, or
// indented further than records.
func (f Format) continues(line []byte) bool {
	if len(line) == 0 || f.headings {
		return !isBlank(line) && !textline.IsTime(line)
	}
	if line[0] == '>' {
		f.indent, line = 0, line[textline.QuoteWidth(line):]
	}
	if detect.ContinuesValue(line) {
		return true
	}
	n := indentation(line)
	if n > f.indent {
		rest := bytes.TrimRight(line[n:], "\r")
		return len(rest) > 0 && !textline.StartsEntry(rest) && !(f.inlineLines && textline.HasStampedText(rest))
	}
	return textline.IsFrame(line) || textline.IsPreview(line) || f.inline && textline.IsMarkedFrame(line)
}

func indentation(line []byte) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}
