package classify

import (
	"bytes"
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
	if m := calledFunction(r.Text, id); m != 0 {
		return m, nil, MethodFunction
	}
	if m := failedFunction(r.Text, id); m != 0 {
		return m, nil, MethodFunction
	}
	if t.phrase != nil {
		if m := phraseMethod(r.Text, id); m != 0 {
			return m, nil, MethodPhrase
		}
	}
	if m := saidMethod(r.Text); m != 0 {
		return m, nil, MethodPhrase
	}
	if t.ofUserMedia(r, id) {
		return initPublisher, nil, MethodPhrase
	}
	if endsConnectMessage(r.Text, id) {
		return connect, nil, MethodPhrase
	}
	if m := component(r.Text, &t.logger); m != 0 {
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

	// said are texts that precede any error of a method.
	said = []struct {
		text   []byte
		method catalogue.MethodID
	}{
		{[]byte("Error applying video filter: "), methodNamed("Publisher.applyVideoFilter")},
		{[]byte("Error applying audio filter: "), methodNamed("Publisher.applyAudioFilter")},
		{[]byte("(reverted to previous audio device)"), methodNamed("Publisher.setAudioSource")},
		{[]byte("Subscriber PeerConnection with connection"), methodNamed("Session.subscribe")},
		{[]byte("Subscriber PeerConnection Error: "), methodNamed("Session.subscribe")},
		{[]byte("subscriberCreate failed with"), methodNamed("Session.subscribe")},
		{[]byte("Publisher PeerConnection with connection"), publish},
		{[]byte("Publisher PeerConnection Error: "), publish},
		{[]byte("Please call session.unpublish(publisher) first"), publish},
		{[]byte("The To field was invalid"), methodNamed("Session.signal")},
		{[]byte("OT.Publisher.publish failed to getUserMedia: "), initPublisher},
		// Applications print this text, because the vendor's tutorial does. Its texts for other
		// methods are used for any method.
		{[]byte("There was an error initializing the publisher"), initPublisher},
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
		start, end := wordStart(text, dot), wordEnd(text, dot+1)
		if dot-start < len("OT") || dot-start > len("Subscriber") {
			continue
		}
		rest := text[end:]
		if m := catalogue.LookupMethod(text[start:end]); m != 0 {
			if bytes.HasPrefix(rest, []byte("()")) && onlyAdvised(m, id) {
				continue
			}
			return m, nil
		}
		if bytes.HasPrefix(rest, []byte(" :: ")) && isClass(text[start:dot]) && isFunction(text[dot+1:end]) {
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
		var spelled [len("Subscriber.getRtcStatsReport")]byte
		word := text[wordStart(text, hash):wordEnd(text, hash+1)]
		if len(word) > len(spelled) {
			continue
		}
		name := spelled[:copy(spelled[:], word)]
		name[hash-wordStart(text, hash)] = '.'
		if m := catalogue.LookupMethod(name); m != 0 {
			return m
		}
	}
}

// isClass reports whether word is one of the SDK's classes.
func isClass(word []byte) bool {
	switch string(word) {
	case "OT", "Session", "Publisher", "Subscriber":
		return true
	}
	return false
}

// isFunction reports whether word may be a method of a class. OT.exception is not a method.
func isFunction(word []byte) bool {
	return len(word) > 0 && 'a' <= word[0] && word[0] <= 'z' && bytes.IndexByte(word, '_') < 0 && string(word) != "exception"
}

// saidMethod returns the method of a text that precedes the error, 0 if there is none.
func saidMethod(text []byte) catalogue.MethodID {
	for _, s := range said {
		if bytes.Contains(text, s.text) {
			return s.method
		}
	}
	return 0
}

// calledFunction returns the method of the first call of an SDK function in text, as in "Cannot
// call forceDisconnect()". It returns 0 if there is none.
func calledFunction(text []byte, id catalogue.ID) catalogue.MethodID {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '(')
		if n < 0 {
			return 0
		}
		paren := from + n
		from = paren + 1
		if m := functions[string(text[wordStart(text, paren):paren])]; m != 0 && !onlyAdvised(m, id) {
			return m
		}
	}
}

// failedFunction returns the method of the first SDK function whose error text reports:
// "initPublisher error: OT_…". It returns 0 if there is none. Stack lines and advice name
// functions, too, but report no error after them.
func failedFunction(text []byte, id catalogue.ID) catalogue.MethodID {
	for from := 0; ; {
		start := from
		for start < len(text) && !isWord(text[start]) {
			start++
		}
		end := wordEnd(text, start)
		if start == end {
			return 0
		}
		from = end
		if end-start < len("reportIssue") || end-start > len("forceDisconnect") {
			continue
		}
		if m := functions[string(text[start:end])]; m != 0 && reportsError(text[end:]) && !onlyAdvised(m, id) {
			return m
		}
	}
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
		said = bytes.Contains(r.Text, []byte("OT.Publisher Access Denied"))
	}
	return said && !t.ofSDK(r) &&
		catalogue.GoesWith(id, initPublisher, publishCode) && catalogue.GoesWith(id, publish, publishCode)
}

// ofSDK reports whether the SDK wrote a record, rather than the application.
func (t *reading) ofSDK(r *Record) bool {
	return r.Telemetry || len(t.logger.module) > 0 || bytes.Contains(r.Text, exceptionMark)
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

// component returns the method of the module that logged text, 0 if it is unknown. The module
// is identified by its namespace or, in old versions, by the handler at the start of the line.
func component(text []byte, l *logger) catalogue.MethodID {
	if m := components[string(l.module)]; m != 0 {
		return m
	}
	if bytes.Contains(text, []byte("OT.Publisher.onStreamAvailableError")) {
		return initPublisher
	}
	return 0
}
