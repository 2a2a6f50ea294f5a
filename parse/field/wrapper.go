package field

import (
	"bytes"

	"github.com/otlog/otlog/parse/jsontext"
)

// A Wrapper is an object around a value that only says of which type the value is, or divides it.
type Wrapper uint8

const (
	NoWrapper Wrapper = iota
	Typed             // one member: {"S":"2026-11-23T10:44:25Z"}
	Instant           // seconds and nanoseconds
)

// WrapperAt returns what kind of wrapper an object is, by its first key: of DynamoDB, MongoDB,
// Firestore, Avro and protobuf.
func WrapperAt(object []byte) Wrapper {
	i := 1
	for i < len(object) && object[i] <= ' ' {
		i++
	}
	if i+2 >= len(object) || object[i] != '"' {
		return NoWrapper
	}
	rest := object[i+1:]
	// Frequent case first: most keys are none of these.
	switch rest[0] {
	case 'S', 'N':
		if rest[1] != '"' {
			return NoWrapper
		}
	case '$', 's', 't', 'i', 'l', '_', 'n':
	default:
		return NoWrapper
	}
	n := bytes.IndexByte(rest[:min(len(rest), longestType)], '"')
	if n < 0 {
		return NoWrapper
	}
	switch string(rest[:n]) {
	case "S", "N":
		if value := bytes.TrimLeft(rest[n+1:], ": \t\r\n"); len(value) == 0 || value[0] != '"' {
			return NoWrapper
		}
		return Typed
	case "$date", "$numberLong", "$numberInt", "$numberDouble", "stringValue", "timestampValue", "integerValue", "string", "long", "long.timestamp-millis":
		return Typed
	case "seconds", "nanos", "_seconds", "_nanoseconds", "nanoseconds":
		return Instant
	}
	return NoWrapper
}

// longestType is the length of the longest first key of a wrapper, with its quote.
const longestType = len(`long.timestamp-millis"`)

// Unwrapped returns the key that a key in a wrapper stands for: that of the wrapper, or NanosKey.
func (w Wrapper) Unwrapped(outer, key []byte) []byte {
	switch {
	case w == NoWrapper:
		return key
	case w == Typed:
		return outer
	}
	switch string(key) {
	case "seconds", "_seconds":
		return outer
	case "nanos", "nanoseconds", "_nanoseconds":
		return nanosKey
	}
	return key
}

var nanosKey = []byte("nanoOfSecond")

// IsPairKey reports whether a key is that of a name whose value follows: {"key":"time","value":…}.
func IsPairKey(key []byte) bool {
	switch string(key) {
	case "key", "name", "field", "k", "Key", "Name", "Field":
		return true
	}
	return false
}

// IsPairValue reports whether a key is that of a value whose name precedes it.
func IsPairValue(key []byte) bool {
	return len(key) == len("value") && (key[0] == 'v' || key[0] == 'V') && string(key[1:]) == "alue"
}

// HasWrappers reports whether a text may have values in wrappers, or beside their names.
func HasWrappers(text []byte) bool {
	has := func(key string) bool { return holdsKey(text, `"`+key+`"`) || holdsKey(text, `\"`+key+`\"`) }
	for _, key := range []string{"S", "N", "$date", "$numberLong", "$numberInt", "$numberDouble", "stringValue", "timestampValue", "integerValue", "string", "long", "long.timestamp-millis", "seconds", "_seconds"} {
		if has(key) {
			return true
		}
	}
	if !has("value") && !has("Value") {
		return false
	}
	for _, key := range []string{"key", "name", "field", "k", "Key", "Name", "Field"} {
		if has(key) {
			return true
		}
	}
	return false
}

// holdsKey reports whether a text has a quoted key. As a value it means nothing: telemetry of signals
// states "type":"string".
func holdsKey(text []byte, quoted string) bool {
	for {
		_, after, found := bytes.Cut(text, []byte(quoted))
		if !found {
			return false
		}
		// A cell of a table doubles quotes.
		if rest := bytes.TrimLeft(after, "\" \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			return true
		}
		text = after
	}
}

// A Member is a value under the key that it counts under.
type Member struct {
	Key, Value []byte // as written
	Nanos      bool   // it is a part of a second
}

// AppendUnwrapped appends the values in a wrapper with a key, or in an object that is a name and its
// value. It reports false if the object is neither.
func AppendUnwrapped(dst []Member, object, key []byte) ([]Member, bool) {
	kind := NoWrapper
	if key != nil {
		kind = WrapperAt(object)
	}
	if kind == NoWrapper && !isPair(object) {
		return dst, false
	}
	var name []byte
	for k, value := range jsontext.Members(object) {
		m := Member{Key: kind.Unwrapped(key, k), Value: value}
		if kind == NoWrapper {
			if name != nil && IsPairValue(k) {
				m.Key = name
			}
			if name = nil; IsPairKey(k) {
				name = jsontext.Quoted(value)
			}
		}
		m.Nanos = kind == Instant && string(m.Key) == string(nanosKey)
		if len(value) > 0 && (value[0] == '{' || value[0] == '[') {
			inner, ok := dst, false
			if value[0] == '{' && kind == Typed {
				inner, ok = AppendUnwrapped(dst, value, m.Key)
			}
			if !ok {
				return dst, false
			}
			dst = inner
			continue
		}
		if len(value) > 0 {
			dst = append(dst, m)
		}
	}
	return dst, true
}
