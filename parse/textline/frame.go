package textline

import "bytes"

// RecordSeparator is the byte before each record of a JSON text sequence (RFC 7464).
const RecordSeparator = 0x1e

// eventData precedes the data of a server-sent event.
var eventData = []byte("data:")

// Unframed returns a line without what a stream puts before a record that is JSON: a record
// separator, or the name of the field of a server-sent event.
func Unframed(line []byte) []byte {
	// Frequent case first.
	if len(line) == 0 || line[0] != RecordSeparator && line[0] != eventData[0] {
		return line
	}
	if line[0] == RecordSeparator {
		return bytes.TrimLeft(line[1:], " \t\x1e")
	}
	if data, ok := bytes.CutPrefix(line, eventData); ok {
		if data = bytes.TrimLeft(data, " "); len(data) > 0 && (data[0] == '{' || data[0] == '[') {
			return data
		}
	}
	return line
}

// IsEventField reports whether a line is another field of a server-sent event, or a comment in between.
func IsEventField(line []byte) bool {
	if len(line) > 0 && line[0] == ':' {
		return true
	}
	for _, name := range []string{"id:", "event:", "retry:"} {
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			return bytes.IndexByte(rest, '{') < 0 && len(rest) < MaxKey
		}
	}
	return false
}
