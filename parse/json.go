package parse

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is how many times a JSON object may stand as a string inside
// another one and still be read as an object.
const maxNesting = 4

// A field is what a key stands for.
type field uint8

const (
	fieldNone field = iota
	fieldTime
	fieldSession
	fieldName
	fieldMessage
	fieldAction
	fieldVariation
	fieldReason
	fieldClient
	fieldConnectionID
	fieldStreamID
	fieldSubscriberID
	fieldFailureCode
	fieldFailureReason
)

// fieldOf tells what a key stands for, and its rank among the keys of that
// field: the lowest wins.
func fieldOf(key []byte) (field, int) {
	switch string(key) {
	case "clientSystemTime":
		return fieldTime, clientClock
	case "timestamp", "@timestamp":
		return fieldTime, 1
	case "time", "ts", "datetime", "dateTime":
		return fieldTime, 2
	case "date", "eventTime", "event_time", "eventTimestamp", "timeUnixNano", "_time":
		return fieldTime, 3
	case "observedTimeUnixNano", "receiveTimestamp", "ingestTime":
		return fieldTime, 4
	case "sessionId", "sessionID", "session_id", "opentokSessionId", "opentok_session_id", "otSessionId", "ot_session_id":
		return fieldSession, 0
	case "session":
		return fieldSession, 1
	case "failureName":
		return fieldName, 0
	case "name", "errorName", "error_name":
		return fieldName, 1
	case "message", "msg", "log", "content", "textPayload", "@message", "failureMessage", "details":
		return fieldMessage, 0
	case "action":
		return fieldAction, 0
	case "variation":
		return fieldVariation, 0
	case "reason":
		return fieldReason, 0
	case "clientInstanceId":
		return fieldClient, 0
	case "guid":
		return fieldClient, 1
	case "connectionId":
		return fieldConnectionID, 0
	case "streamId":
		return fieldStreamID, 0
	case "subscriberId":
		return fieldSubscriberID, 0
	case "failureCode":
		return fieldFailureCode, 0
	case "failureReason":
		return fieldFailureReason, 0
	}
	return fieldNone, 0
}

// clientClock is the rank of the client's own time, which beats every other
// one at any depth.
const clientClock = 0

// A walk gathers the fields of one record from its JSON.
type walk struct {
	d    *Decoder
	full bool // gather the text and the telemetry fields too

	time        int64
	timeRank    int
	session     []byte
	sessionRank int
	name        []byte
	nameRank    int
	clientRank  int
	message     []byte
	messageRank int
	clientTime  bool
}

const unranked = 1 << 20

// maxDepth is how far the depth of a field counts for its rank.
const maxDepth = 1<<7 - 1

// object walks a line of JSON. It is lenient about what stands between the
// strings, since only a line's strings and numbers are wanted, but reports
// false if the line ends within a string, an object or an array.
func (w *walk) object(line []byte, nesting int) bool {
	var key []byte
	depth := 0
	for i := 0; i < len(line); {
		switch c := line[i]; c {
		case '"':
			end, escaped := stringEnd(line, i+1)
			if end < 0 {
				if w.full {
					w.d.appendCut(line[i+1:])
				}
				return false
			}
			s := line[i+1 : end]
			i = end + 1
			for i < len(line) && isSpace(line[i]) {
				i++
			}
			if i < len(line) && line[i] == ':' {
				key = s
				i++
				continue
			}
			w.text(key, s, escaped, depth, nesting)
			key = nil
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
			key = nil
			if depth < 0 {
				return false
			}
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			start := i
			for i++; i < len(line) && isNumber(line[i]); i++ {
			}
			if key != nil {
				w.number(key, line[start:i], depth, nesting)
				key = nil
			}
		default:
			i++
		}
	}
	return depth == 0
}

func isNumber(c byte) bool {
	return isDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-'
}

// text takes a string value. s is as written, with its escapes.
func (w *walk) text(key, s []byte, escaped bool, depth, nesting int) {
	f, rank := fieldOf(key)
	switch f {
	case fieldTime:
		w.timeValue(s, rank, depth, nesting)
	case fieldSession:
		// Below the surface only what the text of the line shows counts, so
		// that a record has one session, however far it is decoded.
		if nesting == 0 {
			w.sessionValue(s, rank)
		}
	}
	if !w.full {
		return
	}
	d := w.d
	start := len(d.text)
	if escaped {
		d.text = appendUnescaped(d.text, s)
	} else {
		d.text = append(d.text, s...)
	}
	value := d.text[start:]
	if escaped && nesting < maxNesting && looksLikeObject(bytes.TrimSpace(value)) {
		// A record inside a record: its fields are the record's own, and the
		// text is theirs.
		inner := append(d.nested[nesting][:0], value...)
		d.nested[nesting] = inner
		d.text = d.text[:start]
		if w.object(inner, nesting+1) {
			return
		}
		d.text = append(d.text[:start], inner...)
		value = d.text[start:]
	}
	d.text = append(d.text, '\n')
	switch f {
	case fieldName:
		if !bytes.HasPrefix(value, namePrefix) {
			rank += 2
		}
		if rank < w.nameRank && looksLikeName(value) {
			w.name, w.nameRank = d.keep(value), rank
		}
	case fieldMessage:
		if rank = depth + nesting*maxDepth; rank < w.messageRank {
			start := len(d.kept)
			d.kept = appendPlain(d.kept, value)
			w.message, w.messageRank = d.kept[start:len(d.kept):len(d.kept)], rank
		}
	case fieldAction:
		w.keepFirst(&d.telemetry.Action, value)
	case fieldVariation:
		w.keepFirst(&d.telemetry.Variation, value)
	case fieldReason:
		w.keepFirst(&d.telemetry.Reason, value)
	case fieldClient:
		if rank < w.clientRank {
			d.telemetry.Client, w.clientRank = d.keep(value), rank
		}
	case fieldConnectionID:
		w.keepFirst(&d.telemetry.ConnectionID, value)
	case fieldStreamID:
		w.keepFirst(&d.telemetry.StreamID, value)
	case fieldSubscriberID:
		w.keepFirst(&d.telemetry.SubscriberID, value)
	case fieldFailureReason:
		w.keepFirst(&d.telemetry.FailureReason, value)
	}
}

func (w *walk) keepFirst(field *[]byte, value []byte) {
	if *field == nil {
		*field = w.d.keep(value)
	}
}

// number takes a value that is a number.
func (w *walk) number(key, s []byte, depth, nesting int) {
	switch f, rank := fieldOf(key); f {
	case fieldTime:
		w.timeValue(s, rank, depth, nesting)
	case fieldFailureCode:
		if w.full && w.d.telemetry.FailureCode == 0 {
			w.d.telemetry.FailureCode = code(s)
		}
	}
}

// code reads an error code; 0 if s is none.
func code(s []byte) int32 {
	var n int32
	if len(s) > 6 {
		return 0
	}
	for _, c := range s {
		if !isDigit(c) {
			return 0
		}
		n = n*10 + int32(c-'0')
	}
	return n
}

func (w *walk) timeValue(s []byte, rank, depth, nesting int) {
	if rank != clientClock {
		rank += min(depth, maxDepth)<<3 + nesting<<10 // outer fields first
	}
	if rank >= w.timeRank {
		return
	}
	if t := w.d.clock.Value(s); t != NoTime {
		w.time, w.timeRank = t, rank
		w.clientTime = w.clientTime || rank == clientClock
	}
}

// sessionValue takes the value of a field that is made for a session. An
// OpenTok session ID beats any other value, whose field may be for sessions of
// another kind.
func (w *walk) sessionValue(s []byte, rank int) {
	if len(s) == 0 {
		return
	}
	if !isSessionID(s) {
		if rank > 0 {
			return
		}
		rank += 2
	}
	if rank < w.sessionRank {
		w.session, w.sessionRank = s, rank
	}
}

var namePrefix = []byte("OT_")

// looksLikeName reports whether s has the form of an error's name:
// OT_TIMEOUT, PROXY_URL_ALREADY_SET_ERROR.
func looksLikeName(s []byte) bool {
	if len(s) < 4 || bytes.IndexByte(s, '_') < 0 {
		return false
	}
	for _, c := range s {
		if c != '_' && !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// stringEnd returns where the string ends that starts at i, and whether it
// holds escapes; -1 if it does not end.
func stringEnd(line []byte, i int) (end int, escaped bool) {
	for {
		// Eight bytes at a time: zero bytes of x mark a quote or a backslash.
		for i+8 <= len(line) {
			x := binary.LittleEndian.Uint64(line[i:])
			quote, slash := x^0x2222222222222222, x^0x5c5c5c5c5c5c5c5c
			found := ((quote - 0x0101010101010101) &^ quote) | ((slash - 0x0101010101010101) &^ slash)
			if found &= 0x8080808080808080; found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		for i < len(line) && line[i] != '"' && line[i] != '\\' {
			i++
		}
		if i >= len(line) {
			return -1, escaped
		}
		if line[i] == '"' {
			return i, escaped
		}
		escaped = true
		i += 2
	}
}

// appendUnescaped appends a JSON string's value to dst. An escape that JSON
// does not have is kept as it stands.
func appendUnescaped(dst, s []byte) []byte {
	for len(s) > 0 {
		n := bytes.IndexByte(s, '\\')
		if n < 0 || n+1 == len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:n]...)
		c := s[n+1]
		s = s[n+2:]
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, ok := hex4(s)
			if !ok {
				dst = append(dst, '\\', c)
				continue
			}
			s = s[4:]
			if utf16.IsSurrogate(r) && len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				if low, ok := hex4(s[2:]); ok {
					if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
						r, s = both, s[6:]
					}
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst
}

// hex4 reads four hexadecimal digits.
func hex4(s []byte) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range s[:4] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
