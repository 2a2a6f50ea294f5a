package classify

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/otlog/otlog/classify/catalogue"
)

// method returns the method of a record, by the best evidence except the catalogue's. id is the
// error of the record, 0 if it has no name. name is a method that the catalogue lacks.
func method(r *Record, t *reading, id catalogue.ID) (m catalogue.MethodID, name []byte, from MethodFrom) {
	if r.Telemetry {
		if m, _ := actionMethod(r); m != 0 {
			return m, nil, MethodSpelled
		}
	}
	if m, name := spelledMethod(r.Text, id); m != 0 || name != nil {
		return m, name, MethodSpelled
	}
	if m := functionMethod(r.Text, id); m != 0 {
		return m, nil, MethodFunction
	}
	if m := t.phraseMethod(r.Text, id); m != 0 {
		return m, nil, MethodPhrase
	}
	if t.says != 0 {
		return knownPhrases().markOf(t.says).method, nil, MethodPhrase
	}
	if t.ofUserMedia(r, id) {
		return initPublisher, nil, MethodPhrase
	}
	if endsConnectMessage(r.Text, id) {
		return connect, nil, MethodPhrase
	}
	if m := t.component(); m != 0 {
		return m, nil, MethodComponent
	}
	return 0, nil, MethodUnknown
}

// methodNamed is catalogue.LookupMethod for the tables of this file.
func methodNamed(name string) catalogue.MethodID { return catalogue.LookupMethod([]byte(name)) }

var (
	connect       = methodNamed("Session.connect")
	publish       = methodNamed("Session.publish")
	initPublisher = methodNamed("OT.initPublisher")

	// actions are the telemetry actions that a call of a method posts. 0 stands for a method of
	// more than one class.
	actions = map[string]catalogue.MethodID{
		"Connect":           connect,
		"Publish":           publish,
		"Subscribe":         methodNamed("Session.subscribe"),
		"signal":            methodNamed("Session.signal"),
		"ReportIssue":       methodNamed("OT.reportIssue"),
		"setAudioSource":    methodNamed("Publisher.setAudioSource"),
		"applyVideoFilter":  methodNamed("Publisher.applyVideoFilter"),
		"applyAudioFilter":  methodNamed("Publisher.applyAudioFilter"),
		"GetStats":          0,
		"GetRtcStatsReport": 0,
	}

	// functions are the names that only functions of the SDK have. Other programs, too, have
	// functions named connect, publish, subscribe and signal.
	functions = map[string]catalogue.MethodID{
		"initPublisher":   initPublisher,
		"initSession":     methodNamed("OT.initSession"),
		"reportIssue":     methodNamed("OT.reportIssue"),
		"setProxyUrl":     methodNamed("OT.setProxyUrl"),
		"unblockAudio":    methodNamed("OT.unblockAudio"),
		"forceDisconnect": methodNamed("Session.forceDisconnect"),
		"forceUnpublish":  methodNamed("Session.forceUnpublish"),
		"forceMuteAll":    methodNamed("Session.forceMuteAll"),
		"forceMuteStream": methodNamed("Session.forceMuteStream"),
		"setVideoSource":  methodNamed("Publisher.setVideoSource"),
	}

	// components are the SDK's modules whose lines belong to one method.
	components = map[string]catalogue.MethodID{
		"RumorSocket":   connect,
		"RaptorSocket":  connect,
		"Publisher":     initPublisher,
		"publisherInit": initPublisher,
		"Subscriber":    methodNamed("Session.subscribe"),
	}
)

// actionMethod returns the method that posts a telemetry event, 0 if the action does not
// identify it. called says whether the action is that of a method.
func actionMethod(r *Record) (m catalogue.MethodID, called bool) {
	m, called = actions[string(r.Action)]
	if m == publish && r.Failed && !r.StreamID {
		switch string(r.Reason) {
		case "Permission", "Publish", iceWorkflow, "PeerConnectionError":
		default:
			// Before there is a stream, mostly OT.initPublisher fails.
			m = initPublisher
		}
	}
	return m, called
}

// spelledMethod returns the first method that text spells out with its class, as in
// "Session.publish :: " and "Publisher#cycleVideo". A method that the catalogue lacks counts
// only in the first form, and is returned as written.
func spelledMethod(text []byte, id catalogue.ID) (catalogue.MethodID, []byte) {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '.')
		if n < 0 {
			return hashMethod(text), nil
		}
		dot := from + n
		from = dot + 1
		start := classStart(text[:dot])
		if start < 0 {
			continue
		}
		end := wordEnd(text, dot+1)
		rest := text[end:]
		if m := catalogue.LookupMethod(text[start:end]); m != 0 {
			if bytes.HasPrefix(rest, []byte("()")) && onlyAdvised(m, id) {
				continue
			}
			return m, nil
		}
		if bytes.HasPrefix(rest, []byte(" :: ")) && isFunction(text[dot+1:end]) {
			return 0, text[start:end]
		}
	}
}

// hashMethod returns the first method of the catalogue in the form "Publisher#cycleVideo".
func hashMethod(text []byte) catalogue.MethodID {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '#')
		if n < 0 {
			return 0
		}
		hash := from + n
		from = hash + 1
		start := classStart(text[:hash])
		if start < 0 {
			continue
		}
		var spelled [len("Subscriber.getRtcStatsReport")]byte
		word := text[start:wordEnd(text, hash+1)]
		if len(word) > len(spelled) {
			continue
		}
		name := spelled[:copy(spelled[:], word)]
		name[hash-start] = '.'
		if m := catalogue.LookupMethod(name); m != 0 {
			return m
		}
	}
}

// classStart returns the start of the class of the SDK that text ends with, as a whole word, -1 if it
// does not end with one.
func classStart(text []byte) int {
	if len(text) == 0 {
		return -1
	}
	// Frequent case first: words before a dot mostly end in another letter.
	switch text[len(text)-1] {
	case 'T', 'n', 'r':
	default:
		return -1
	}
	start := wordStart(text, len(text))
	switch string(text[start:]) {
	case "OT", "Session", "Publisher", "Subscriber":
		return start
	}
	return -1
}

// isFunction reports whether word may be a method of a class. OT.exception is not a method.
func isFunction(word []byte) bool {
	return len(word) > 0 && 'a' <= word[0] && word[0] <= 'z' && bytes.IndexByte(word, '_') < 0 && string(word) != "exception"
}

// functionMethod returns the method of the first call of an SDK function in text, as in "Cannot call
// forceDisconnect()". If there is none, it returns that of the first function whose error text reports:
// "initPublisher error: OT_…". Stack lines and advice name functions, too, but report no error after
// them. It returns 0 if there is none either.
func functionMethod(text []byte, id catalogue.ID) (failed catalogue.MethodID) {
	const step = shortestFunction - pieceSize + 1
	for i, done := 0, 0; i+pieceSize <= len(text); i += step {
		// Nearly always, this is no part of a function's name.
		if i < done || !functionPieces[pieceHash(text[i:])] {
			continue
		}
		start, end := wordStart(text, i), wordEnd(text, i)
		done = end
		m := functions[string(text[start:end])]
		if m == 0 || onlyAdvised(m, id) {
			continue
		}
		if end < len(text) && text[end] == '(' {
			return m
		}
		if failed == 0 && reportsError(text[end:]) {
			failed = m
		}
	}
	return failed
}

// The names of functions are long, so that a piece of each begins at a multiple of a few bytes.
const (
	shortestFunction = len("initSession")
	pieceSize        = 4
	pieceBits        = 12
)

// functionPieces are the hashes of all pieces of the names of functions.
var functionPieces = func() *[1 << pieceBits]bool {
	var pieces [1 << pieceBits]bool
	for name := range functions {
		for i := range len(name) - pieceSize + 1 {
			pieces[pieceHash([]byte(name[i:]))] = true
		}
	}
	return &pieces
}()

// pieceHash returns the hash of the piece at the start of b.
func pieceHash(b []byte) uint32 {
	return binary.LittleEndian.Uint32(b) * 0x9e3779b1 >> (32 - pieceBits)
}

// reportsError reports whether the text after the name of a function says that it failed.
func reportsError(rest []byte) bool {
	rest = bytes.TrimPrefix(rest, []byte{' '})
	if len(rest) > 1 && rest[0] == ':' && !isDigit(rest[1]) {
		return true
	}
	switch string(rest[:wordEnd(rest, 0)]) {
	case "error", "Error", "err", "failed", "failure":
		return true
	}
	return false
}

// ofUserMedia reports whether an application's record contains a message of getUserMedia that
// belongs to OT.initPublisher. These are the messages of errors that OT.initPublisher and
// Session.publish raise with the same code. Session.publish always writes its name before them.
// The SDK's own lines may omit that name.
func (t *reading) ofUserMedia(r *Record, id catalogue.ID) bool {
	said := t.phrase != nil && t.phrase.Error == id && t.phrase.Method == 0
	if t.phrase == nil { // the preview of an object cuts the message
		said = t.at(deniesAccess) >= 0
	}
	return said && !t.ofSDK(r) &&
		catalogue.GoesWith(id, initPublisher, publishCode) && catalogue.GoesWith(id, publish, publishCode)
}

// ofSDK reports whether the SDK wrote a record, rather than the application.
func (t *reading) ofSDK(r *Record) bool {
	return r.Telemetry || len(t.logger.module) > 0 || t.at(exceptionLine) >= 0
}

// endsConnectMessage reports whether text contains a message that ends in a code in brackets, as
// only those of a failed connect do: "Internal (2001)". A code after a name does not belong to a
// message: applications write "OT_UNEXPECTED_SERVER_RESPONSE (2001)" for any method.
func endsConnectMessage(text []byte, id catalogue.ID) bool {
	for rest := text; ; {
		var code int32
		if code, rest = finalCode(rest); code == 0 {
			return false
		}
		message := text[:len(text)-len(rest)-len(" (2001)")]
		word := message[wordStart(message, len(message)):]
		if catalogue.Lookup(word) == 0 && catalogue.GoesWith(id, connect, code) {
			return true
		}
	}
}

// onlyAdvised reports whether a message mentions a method as advice, because its error always
// belongs to another method: "SessionID is not a string. You must use string as the session ID
// passed into OT.initSession()."
func onlyAdvised(m catalogue.MethodID, id catalogue.ID) bool {
	uses := id.Get().Uses
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(u catalogue.Use) bool {
		return u.Method == m || u.Method != uses[0].Method
	})
}

// component returns the method of the module that logged a record, 0 if it is unknown. The module
// is identified by its namespace or, in old versions, by the handler at the start of the line.
func (t *reading) component() catalogue.MethodID {
	if m := components[string(t.logger.module)]; m != 0 {
		return m
	}
	if t.at(namesHandler) >= 0 {
		return initPublisher
	}
	return 0
}
