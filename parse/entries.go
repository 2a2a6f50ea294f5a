package parse

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/timestamp"
)

// A node is the value of a key on the way to the entries of a JSON document.
type node struct {
	keys     map[string]*node // of an object
	element  *node            // of an array of objects, which lead to entries
	elements bool             // the elements of an array are entries

	// These apply to entries:
	name   string // of the format
	rows   bool   // an entry may be an array
	timed  bool   // an entry without a time has that of the document
	silent bool   // the rest of the document is clean in any case
	plain  bool   // the array's key is a common word
	// convert appends the relevant part of an entry as a JSON object; nil appends all of it. It
	// reports whether the part is complete. If head is true, the first bytes of a long entry
	// may suffice.
	convert func(dst, entry []byte, s *Span) ([]byte, bool)
	head    bool
}

// nowhere is a node that leads to no entries.
var nowhere = &node{}

// entryArrays are the arrays of a JSON document that contain its entries. A new shape of JSON
// belongs here.
var entryArrays = []struct {
	path string
	node
}{
	{"log.entries[]", node{name: "har", convert: appendRequest, head: true, silent: true}},
	{"breadcrumbs[]", node{name: "sentry", timed: true}},
	{"breadcrumbs.values[]", node{name: "sentry", timed: true}},
	{"exception.values[]", node{name: "sentry", timed: true, convert: appendException}},
	{"logEvents[]", node{name: "cloudwatch"}},
	{"hits.hits[]", node{name: "elasticsearch"}},
	{"resourceLogs[].scopeLogs[].logRecords[]", node{name: "otlp", convert: appendLogRecord}},
	{"resourceLogs[].instrumentationLibraryLogs[].logRecords[]", node{name: "otlp", convert: appendLogRecord}},

	{"results[]", node{name: "cloudwatch", rows: true, convert: appendResult, plain: true}},
	{"data[]", node{name: "datadog", plain: true}},
	{"entries[]", node{name: "json", plain: true}},
	{"events[]", node{name: "json", plain: true}},
	{"items[]", node{name: "json", plain: true}},
	{"logs[]", node{name: "json", plain: true}},
	{"messages[]", node{name: "json", plain: true}},
	{"records[]", node{name: "json", plain: true}},
	{"rows[]", node{name: "json", plain: true}},
}

// namedArrays are the arrays whose path belongs to one format; allArrays are all of them.
var namedArrays, allArrays = nodeTree(false), nodeTree(true)

// nodeTree returns the paths as a tree.
func nodeTree(plain bool) *node {
	root := &node{}
	for _, a := range entryArrays {
		if a.plain && !plain {
			continue
		}
		at := root
		for part := range strings.SplitSeq(a.path, ".") {
			key, array := strings.CutSuffix(part, "[]")
			if at.keys == nil {
				at.keys = map[string]*node{}
			}
			if at.keys[key] == nil {
				at.keys[key] = &node{}
			}
			at = at.keys[key]
			if array && !strings.HasSuffix(a.path, part) {
				if at.element == nil {
					at.element = &node{}
				}
				at = at.element
			}
		}
		keys := at.keys
		*at = a.node
		at.keys, at.elements = keys, true
	}
	return root
}

// appendMessage appends a JSON string as a record.
func appendMessage(dst, s []byte) []byte {
	dst = append(dst, `{"message":`...)
	return append(append(dst, s...), '}')
}

// appendRow appends an array as a record: pairs of field and value, as in CloudWatch Logs
// Insights, or any other array.
func appendRow(dst, row []byte) []byte {
	start := len(dst)
	dst = append(dst, '{')
	for cell := range jsontext.Elements(row) {
		var name, value []byte
		for key, v := range jsontext.Members(cell) {
			switch string(key) {
			case "field":
				name = v
			case "value":
				value = v
			}
		}
		if jsontext.Quoted(name) == nil || value == nil {
			dst = append(dst[:start], `{"":`...)
			return append(append(dst, row...), '}')
		}
		dst = appendMember(dst, name, value)
	}
	return append(dst, '}')
}

// appendMember appends a key, with its quotes, and a value to an object.
func appendMember(dst, key, value []byte) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(append(dst, key...), ':')
	return append(dst, value...)
}

// appendResult appends an entry of "results": a row of CloudWatch Logs Insights, or an object
// as in Splunk.
func appendResult(dst, result []byte, _ *Span) ([]byte, bool) {
	if result[0] == '[' {
		return appendRow(dst, result), true
	}
	return append(dst, result...), true
}

// appendException appends the type and the message of a Sentry exception. It omits the stack,
// which contains source code that may name any error.
func appendException(dst, exception []byte, _ *Span) ([]byte, bool) {
	dst = append(dst, '{')
	for key, value := range jsontext.Members(exception) {
		switch string(key) {
		case "type":
			dst = appendMember(dst, []byte(`"name"`), value)
		case "value":
			dst = appendMember(dst, []byte(`"message"`), value)
		case "timestamp":
			dst = appendMember(dst, []byte(`"timestamp"`), value)
		}
	}
	return append(dst, '}'), true
}

// appendRequest appends the body of a request in a HAR file, if it is the SDK's telemetry. It
// omits all other requests, and all headers.
func appendRequest(dst, request []byte, s *Span) ([]byte, bool) {
	asked := false
	for key, value := range jsontext.Members(request) {
		switch string(key) {
		case "startedDateTime":
			var c timestamp.Clock
			s.Time = c.Value(jsontext.Quoted(value))
		case "request":
			asked = true
			dst = appendPosted(dst, value)
		case "response":
			if asked { // the response may be long
				return dst, true
			}
		}
	}
	return dst, asked
}

func appendPosted(dst, request []byte) []byte {
	var url, text, encoding []byte
	for key, value := range jsontext.Members(request) {
		switch string(key) {
		case "url":
			url = jsontext.Quoted(value)
		case "postData":
			for key, value := range jsontext.Members(value) {
				switch string(key) {
				case "text":
					text = jsontext.Quoted(value)
				case "encoding", "_encoding":
					encoding = jsontext.Quoted(value)
				}
			}
		}
	}
	if len(text) == 0 || !isLoggingURL(url) {
		return dst
	}
	start := len(dst)
	dst = jsontext.AppendUnescaped(dst, text)
	if string(encoding) == "base64" {
		n, err := base64.StdEncoding.Decode(dst[start:], bytes.Clone(dst[start:]))
		if err != nil {
			return dst[:start]
		}
		dst = dst[:start+n]
	}
	if body := bytes.TrimSpace(dst[start:]); !looksLikeObject(body) {
		return dst[:start]
	}
	return dst
}

// isLoggingURL reports whether the SDK posts its telemetry to a URL, which may start with that
// of a proxy.
func isLoggingURL(url []byte) bool {
	return bytes.Contains(url, []byte("/logging/Client")) || bytes.Contains(url, []byte("hlg.tokbox.com")) || bytes.Contains(url, []byte(`\/logging\/Client`))
}

// appendLogRecord appends an OpenTelemetry log record: its body becomes the message, its
// attributes become fields.
func appendLogRecord(dst, record []byte, _ *Span) ([]byte, bool) {
	dst = append(dst, '{')
	for key, value := range jsontext.Members(record) {
		switch string(key) {
		case "body":
			dst = appendComma(dst)
			dst = append(dst, `"message":`...)
			dst = appendAnyValue(dst, value, 0)
		case "attributes":
			dst = appendAttributes(dst, value, 0)
		default:
			dst = appendComma(dst)
			dst = append(append(append(dst, '"'), key...), `":`...)
			dst = append(dst, value...)
		}
	}
	return append(dst, '}'), true
}

func appendComma(dst []byte) []byte {
	if c := dst[len(dst)-1]; c != '{' && c != '[' {
		dst = append(dst, ',')
	}
	return dst
}

// appendAttributes appends key/value pairs as members of an object.
func appendAttributes(dst, pairs []byte, depth int) []byte {
	for pair := range jsontext.Elements(pairs) {
		var key, value []byte
		for k, v := range jsontext.Members(pair) {
			switch string(k) {
			case "key":
				key = v
			case "value":
				value = v
			}
		}
		if jsontext.Quoted(key) == nil || value == nil {
			continue
		}
		dst = append(append(appendComma(dst), key...), ':')
		dst = appendAnyValue(dst, value, depth)
	}
	return dst
}

// appendAnyValue appends a value, without the object that states its type.
func appendAnyValue(dst, value []byte, depth int) []byte {
	for kind, v := range jsontext.Members(value) {
		switch string(kind) {
		case "stringValue", "intValue", "doubleValue", "boolValue", "bytesValue":
			return append(dst, v...)
		}
		if depth == maxDepth {
			break
		}
		for key, values := range jsontext.Members(v) {
			if string(key) != "values" {
				continue
			}
			switch string(kind) {
			case "kvlistValue":
				return append(appendAttributes(append(dst, '{'), values, depth+1), '}')
			case "arrayValue":
				dst = append(dst, '[')
				for v := range jsontext.Elements(values) {
					dst = appendAnyValue(appendComma(dst), v, depth+1)
				}
				return append(dst, ']')
			}
		}
	}
	return append(dst, `null`...)
}

// largeDocument is the size from which a document is searched for entries in an unknown array.
// Records are smaller.
const largeDocument = 4 << 10

// entriesOf returns the path of an array that contains log entries, "" if there is none. As one
// record, all these entries would count as one failure.
func entriesOf(document []byte) string {
	if len(document) < largeDocument {
		return ""
	}
	return entriesBelow(document, 0)
}

func entriesBelow(object []byte, depth int) string {
	path := ""
	for key, value := range jsontext.Members(object) {
		if f, _ := field.Of(key); f == field.Message && depth == 0 {
			return "" // it is a record itself
		}
		if path != "" {
			continue
		}
		switch value[0] {
		case '{':
			if depth < maxNesting {
				if below := entriesBelow(value, depth+1); below != "" {
					path = string(key) + "." + below
				}
			}
		case '[':
			found := 0
			for e := range jsontext.Elements(value) {
				if !isEntry(e) {
					break
				}
				if found++; found == 2 {
					path = string(key)
					break
				}
			}
		}
	}
	return path
}

// isEntry reports whether a value is an object with a time and a message.
func isEntry(value []byte) bool {
	timed, says := false, false
	for key := range jsontext.Members(value) {
		f, _ := field.Of(key)
		timed, says = timed || f == field.Time, says || f == field.Message
	}
	return timed && says
}
