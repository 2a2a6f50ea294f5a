// Package convert converts the entries of JSON documents: each becomes a JSON object with the keys
// that package parse knows.
//
// format.go converts entries of known formats, table.go rows and columns of any table.
package convert

import (
	"bytes"
	"encoding/base64"

	"github.com/otlog/otlog/parse/jsontext"
	"github.com/otlog/otlog/parse/outline"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Func appends the relevant part of an entry as a JSON object, or nothing if no part is
// relevant. It sets at to the entry's time if that is not in the object. It reports whether the
// part is complete.
type Func func(dst, entry []byte, at *int64) ([]byte, bool)

// maxNesting limits how deeply the value of an attribute may be nested.
const maxNesting = 1<<7 - 1

// AppendMessage appends a JSON string as a record.
func AppendMessage(dst, s []byte) []byte {
	dst = append(dst, `{"message":`...)
	return append(append(dst, s...), '}')
}

// AppendRow appends an array as a record: pairs of field and value, as in CloudWatch Logs
// Insights, or any other array.
func AppendRow(dst, row []byte) []byte {
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

// AppendResult appends an entry of "results": a row of CloudWatch Logs Insights, or an object
// as in Splunk.
func AppendResult(dst, result []byte, _ *int64) ([]byte, bool) {
	if result[0] == '[' {
		return AppendRow(dst, result), true
	}
	return append(dst, result...), true
}

// AppendException appends the type and the message of a Sentry exception. It omits the stack,
// which contains source code that may name any error.
func AppendException(dst, exception []byte, _ *int64) ([]byte, bool) {
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

// AppendSentry appends an element of an entry in Sentry's web API: an exception or a
// breadcrumb.
func AppendSentry(dst, element []byte, at *int64) ([]byte, bool) {
	for key := range jsontext.Members(element) {
		if string(key) == "stacktrace" || string(key) == "mechanism" {
			return AppendException(dst, element, at)
		}
	}
	return append(dst, element...), true
}

// AppendRequest appends the body of a request in a HAR file, if it is the SDK's telemetry or
// contains what the SDK prints. It omits all other requests, and all headers.
func AppendRequest(dst, request []byte, at *int64) ([]byte, bool) {
	asked := false
	for key, value := range jsontext.Members(request) {
		switch string(key) {
		case "startedDateTime":
			var c timestamp.Clock
			*at = c.Value(jsontext.Quoted(value))
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
	if len(text) == 0 || !isLoggingURL(url) && !outline.IsError(text) && !bytes.Contains(text, []byte("OpenTok:")) {
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
	if body := bytes.TrimSpace(dst[start:]); len(body) < 2 || (body[0] != '{' || body[len(body)-1] != '}') && (body[0] != '[' || body[len(body)-1] != ']') {
		return dst[:start]
	}
	return dst
}

// isLoggingURL reports whether the SDK posts its telemetry to a URL, which may start with that
// of a proxy.
func isLoggingURL(url []byte) bool {
	return bytes.Contains(url, []byte("/logging/Client")) || bytes.Contains(url, []byte("hlg.tokbox.com")) || bytes.Contains(url, []byte(`\/logging\/Client`))
}

// AppendLogRecord appends an OpenTelemetry log record: its body becomes the message, its
// attributes become fields.
func AppendLogRecord(dst, record []byte, _ *int64) ([]byte, bool) {
	dst = append(dst, '{')
	for key, value := range jsontext.Members(record) {
		switch string(key) {
		case "body":
			dst = AppendComma(dst)
			dst = append(dst, `"message":`...)
			dst = appendAnyValue(dst, value, 0)
		case "attributes":
			dst = appendAttributes(dst, value, 0)
		default:
			dst = AppendComma(dst)
			dst = append(append(append(dst, '"'), key...), `":`...)
			dst = append(dst, value...)
		}
	}
	return append(dst, '}'), true
}

// AppendComma appends a comma unless dst ends with an opening bracket.
func AppendComma(dst []byte) []byte {
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
		dst = append(append(AppendComma(dst), key...), ':')
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
		if depth == maxNesting {
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
					dst = appendAnyValue(AppendComma(dst), v, depth+1)
				}
				return append(dst, ']')
			}
		}
	}
	return append(dst, `null`...)
}

// AppendMended appends a part of an object as an object. The part starts and ends between two
// values.
func AppendMended(dst, part []byte) []byte {
	part = bytes.TrimLeft(bytes.TrimRight(part, ", \t\r\n"), ",]} \t\r\n")
	var open []byte
	if len(part) == 0 || part[0] != '{' {
		dst, open = append(dst, '{'), append(open, '}')
	}
	for i := 0; i < len(part); i++ {
		switch c := part[i]; c {
		case '"':
			end, _ := jsontext.StringEnd(part, i+1)
			if end < 0 {
				end = len(part) - 1
			}
			dst = append(dst, part[i:end]...)
			i = end
		case '{', '[':
			open = append(open, c+2) // the closing one in ASCII
		case '}', ']':
			if len(open) == 0 || open[len(open)-1] != c {
				continue
			}
			open = open[:len(open)-1]
		}
		dst = append(dst, part[i])
	}
	if dst[len(dst)-1] == ':' {
		dst = append(dst, "null"...)
	}
	for i := len(open) - 1; i >= 0; i-- {
		dst = append(dst, open[i])
	}
	return dst
}
