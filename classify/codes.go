package classify

import (
	"bytes"

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
		switch {
		case f.ofSDK && catalogue.LookupCode(f.code) != nil:
			return f.code, bySDK
		case f.loose && (id == 0 || !catalogue.Raises(id, 0, f.code)):
		case isCode(f.code, r.Text, id):
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
	loose bool // in a form that many programs use for other numbers: code=1500
	end   int
}

// next moves to the next field that contains a number. It reports false if there is none.
func (f *codeField) next(text []byte) bool {
	for {
		// Of the letters of "ode", d is the rarest in logs.
		n := bytes.IndexByte(text[f.end:], 'd')
		if n < 0 {
			return false
		}
		key := f.end + n + len("de")
		f.end = key - 1
		if n == 0 || key > len(text) || text[key-1] != 'e' || text[key-3] != 'o' {
			continue
		}
		f.end = key
		start := wordStart(text, key)
		start += escapeLetters(text, start)
		switch string(text[start:wordEnd(text, key)]) {
		case "code", "errorCode", "error_code":
		default:
			continue
		}
		value, loose := fieldValue(text[key:])
		end := wordEnd(value, 0)
		if f.code = number(value[:end]); f.code == 0 || end+1 < len(value) && value[end] == '.' && isDigit(value[end+1]) {
			continue
		}
		f.ofSDK, f.loose = bytes.HasSuffix(text[:start], []byte("OTErrorClass {")), loose
		return true
	}
}

// fieldValue returns the text after a key and its separator, nil if there is no separator. loose
// reports whether key and value are in another form than JSON's or a console's.
func fieldValue(rest []byte) (value []byte, loose bool) {
	rest, loose = trimQuotes(rest)
	switch {
	case bytes.HasPrefix(rest, []byte("=>")): // PHP, Ruby
		value, _ = trimQuotes(bytes.TrimLeft(rest[2:], " \r\n\t"))
		return bytes.TrimPrefix(value, []byte("int(")), true
	case bytes.HasPrefix(rest, []byte("%3A")):
		rest = rest[len("%3A"):]
	case len(rest) > 0 && (rest[0] == ':' || rest[0] == '='):
		loose = loose || rest[0] == '='
		rest = rest[1:]
	default:
		return nil, false
	}
	value, encoded := trimQuotes(rest)
	return value, loose || encoded
}

// quotes are the bytes that may separate a key, its colon and its value.
const quotes = "\\\"' "

// trimQuotes removes the quotes at the start of text. encoded reports whether one of them is
// encoded for a URL, as HTML, or belongs to PHP.
func trimQuotes(text []byte) (rest []byte, encoded bool) {
	for {
		rest = bytes.TrimLeft(text, quotes)
		for _, q := range encodedQuotes {
			rest = bytes.TrimPrefix(rest, q)
		}
		if len(rest) == len(text) {
			return rest, encoded
		}
		encoded = encoded || len(bytes.TrimLeft(text, quotes)) != len(rest)
		text = rest
	}
}

var encodedQuotes = [][]byte{[]byte("&quot;"), []byte("&#34;"), []byte("&#39;"), []byte("%22"), []byte("%20"), []byte("]")}

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
	return isElapsed(word) || isPosition(word)
}

// isPosition reports whether word is a position in a source file, which Firefox prints after a
// message: app.js:12:3.
func isPosition(word []byte) bool {
	line := bytes.TrimRight(word, "0123456789")
	if len(line) == len(word) || !bytes.HasSuffix(line, []byte{':'}) {
		return false
	}
	file := bytes.TrimRight(line[:len(line)-1], "0123456789")
	return len(file) > 1 && len(file) < len(line)-1 && file[len(file)-1] == ':'
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
func (t *reading) leadingCode(text []byte) (code int32, ok bool) {
	n := t.at(publishCall)
	if n < 0 {
		n = t.at(subscribeCall)
	}
	if n < 0 {
		return 0, false
	}
	word := lastArgument(bytes.TrimRight(text[:n], quotes))
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
