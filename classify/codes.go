package classify

import (
	"bytes"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// A place is where a record states a code.
type place uint8

const (
	nowhere place = iota
	inField       // in a field made for codes, which any program may write
	atEnd         // at the end of a message: "Token expired (1004)"
	bySDK         // where only the SDK writes codes
)

// firstClose and lastClose are the close codes of a WebSocket, which overlap the SDK's codes.
const firstClose, lastClose = 1001, 1011

// isClose reports whether a code may be a WebSocket's. A socket never closes with 1004 or 1010.
func isClose(code int32) bool {
	return firstClose <= code && code <= lastClose && code != 1004 && code != 1010
}

// smallest is the smallest code outside exception lines and telemetry. Smaller numbers are
// mostly HTTP's.
const smallest = 1000

// maxFields is how many fields for codes are examined in one text. It bounds the time for a
// long one.
const maxFields = 16

// writtenCode returns the first code that r states in a field made for it or at the end of a
// message, and its place. id is the error that a name or phrase in r identifies. If it is 0,
// only codes that are evidence by themselves count.
func writtenCode(r *Record, id catalogue.ID) (int32, place) {
	if r.Code != 0 && isCode(r.Code, r.Text, id) {
		return r.Code, inField
	}
	f := codeField{}
	for range maxFields {
		if !f.next(r.Text) {
			break
		}
		if f.ofSDK && catalogue.LookupCode(f.code) != nil {
			return f.code, bySDK
		}
		if isCode(f.code, r.Text, id) {
			return f.code, inField
		}
	}
	for rest := r.Text; ; {
		var code int32
		if code, rest = finalCode(rest); code == 0 {
			return 0, nowhere
		}
		if endsConnect(code) || id != 0 && catalogue.Raises(id, 0, code) {
			return code, atEnd
		}
	}
}

// isCode reports whether a number in a field made for codes is a code of the SDK.
func isCode(n int32, text []byte, id catalogue.ID) bool {
	c := catalogue.LookupCode(n)
	if c == nil {
		return false
	}
	if id != 0 && catalogue.Raises(id, 0, n) {
		return true
	}
	if n < smallest || n <= lastClose && bytes.Contains(text, []byte("ocket")) {
		return false
	}
	return id != 0 || !isClose(n) && (catalogue.IsRaised(n) || c.OfMethod()) && !bytes.Contains(text, nativeDomain)
}

// nativeDomain is written beside their codes by the native SDKs for phones, which have other
// codes.
var nativeDomain = []byte("ErrorDomain")

// endsConnect reports whether the SDK writes a code at the end of messages of a failed connect,
// and no other number. 2001 may be a year.
func endsConnect(n int32) bool {
	return n < 2000 && !isClose(n) && catalogue.OneName(n, connect) != 0 && catalogue.OneName(n, 0) != 0
}

// A codeField iterates over the fields for codes in a text: code: 1500, "errorCode":1500.
type codeField struct {
	code  int32
	ofSDK bool // in the preview of an error object of the SDK
	end   int
}

// next moves to the next field that contains a number. It reports false if there is none.
func (f *codeField) next(text []byte) bool {
	for {
		n := bytes.IndexByte(text[f.end:], ':')
		if n < 0 {
			return false
		}
		colon := f.end + n
		f.end = colon + 1
		key := unquoted(text[:colon])
		if !bytes.HasSuffix(key, []byte("ode")) {
			continue
		}
		start := wordStart(key, len(key))
		start += escapeLetters(key, start)
		switch string(key[start:]) {
		case "code", "errorCode", "error_code":
		default:
			continue
		}
		value := bytes.TrimLeft(text[f.end:], quotes)
		end := wordEnd(value, 0)
		if f.code = number(value[:end]); f.code == 0 || end+1 < len(value) && value[end] == '.' && isDigit(value[end+1]) {
			continue
		}
		f.ofSDK = bytes.HasSuffix(key[:start], []byte("OTErrorClass {"))
		return true
	}
}

// quotes are the bytes that may separate a key, its colon and its value.
const quotes = "\\\"' "

// unquoted returns key without the quotes at its end.
func unquoted(key []byte) []byte {
	n := len(key)
	for n > 0 && strings.IndexByte(quotes, key[n-1]) >= 0 {
		n--
	}
	return key[:n]
}

// finalCode returns the first code in brackets at the end of a message in text, and the rest of
// text. The code is 0 if there is none. A message ends with its line, with a string, or with
// the elapsed time that the debug library prints after it.
func finalCode(text []byte) (code int32, rest []byte) {
	const width = len(" (1004")
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], ')')
		if n < 0 {
			return 0, nil
		}
		end := from + n
		from = end + 1
		if end < width || string(text[end-width:end-4]) != " (" {
			continue
		}
		if code = number(text[end-4 : end]); code != 0 && endsMessage(text[from:]) {
			return code, text[from:]
		}
	}
}

// endsMessage reports whether a message ends before rest.
func endsMessage(rest []byte) bool {
	if len(rest) == 0 || bytes.IndexByte([]byte("\n\r\\\"'"), rest[0]) >= 0 {
		return true
	}
	if rest[0] != ' ' {
		return false
	}
	word := rest[1:]
	if end := bytes.IndexAny(word, " \r\n"); end >= 0 {
		word = word[:end]
	}
	return isElapsed(word)
}

// isElapsed reports whether word is an elapsed time of the debug library: +12ms, +6s.
func isElapsed(word []byte) bool {
	if len(word) < len("+6s") || word[0] != '+' || !isDigit(word[1]) {
		return false
	}
	switch string(bytes.TrimLeft(word[1:], "0123456789")) {
	case "ms", "s", "m", "h", "d":
		return true
	}
	return false
}

// leadingCode reads the code that the SDK prints before the message of a failed method: "1500
// Session.publish :: ", "1500 +6s Session.publish :: ". The SDK prints undefined for no code.
// It reports false if there is no such message.
func leadingCode(text []byte) (code int32, ok bool) {
	n := bytes.Index(text, publishMark)
	if n < 0 {
		n = bytes.Index(text, subscribeMark)
	}
	if n < 0 {
		return 0, false
	}
	word := lastArgument(text[:n])
	if code = number(word); catalogue.LookupCode(code) != nil {
		return code, true
	}
	// Without support for colours, an undefined argument is printed as nothing, and the name of
	// the logger precedes the message.
	return 0, string(word) == "undefined" || bytes.HasPrefix(word, namespace) && bytes.HasSuffix(word, []byte(":error"))
}

// lastArgument returns the last word of text, without the elapsed time and the colours that the
// debug library adds after the first argument.
func lastArgument(text []byte) []byte {
	for {
		text = bytes.TrimRight(text, " ")
		word := text[bytes.LastIndexAny(text, " \n")+1:]
		switch {
		case isElapsed(word), string(word) == "color:", string(word) == "inherit", len(word) > 0 && word[0] == '#':
			text = text[:len(text)-len(word)]
		default:
			return word
		}
	}
}

// number reads a number of up to four digits. It returns 0 if word is not one.
func number(word []byte) int32 {
	if len(word) > 4 {
		return 0
	}
	var n int32
	for _, c := range word {
		if !isDigit(c) {
			return 0
		}
		n = n*10 + int32(c-'0')
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
