package classify

import (
	"bytes"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// A statement is what a record states about an error, other than a name or phrase.
type statement struct {
	failure bool // only a failure is written in this form
	socket  bool // an attempt of the signalling socket
	aside   bool // telemetry of a failure for which no method of the SDK was called
	timeout bool // the timer of a publisher, which states ICEWorkflow and code 1500
	code    int32
	place   place // of the code
}

// stated returns the statement of r. id is the error that a name or phrase in r identifies, or
// 0.
func stated(r *Record, t *reading, id catalogue.ID) statement {
	if r.Telemetry {
		return posted(r)
	}
	return printed(r, t, id)
}

// posted returns the statement of a telemetry event. Only its failureCode is a code: other
// numbers in its payload may be the socket's or the server's.
func posted(r *Record) statement {
	s := statement{failure: r.Failed, code: r.Code, place: bySDK}
	ice := string(r.Reason) == iceWorkflow
	code, exception := exceptionAction(r.Action)
	if exception {
		s.failure = true
		if s.code == 0 {
			s.code = code
		}
		ice = ice || containsLine(r.Text, iceWorkflow)
	} else if r.Failed {
		_, called := actionMethod(r)
		s.aside = !called
		s.socket = string(r.Action) == "Connect" && retried(r.Reason)
	}
	s.timeout = ice && s.code == publishCode || string(r.Reason) == "Timeout"
	return s
}

const (
	iceWorkflow = "ICEWorkflow"
	publishCode = 1500 // of nearly all errors of OT.initPublisher and Session.publish
)

// exceptionAction reads the action of the telemetry for an exception line: tb.exception.1500.
// The code is 0 if there is none.
func exceptionAction(action []byte) (code int32, ok bool) {
	rest, ok := bytes.CutPrefix(action, []byte("tb.exception."))
	if !ok {
		rest, ok = bytes.CutPrefix(action, []byte("OT.exception."))
	}
	return number(rest), ok
}

// retried reports whether the SDK itself repeats a connect that failed for a reason.
func retried(reason []byte) bool {
	return string(reason) == "WebSocketConnection" || string(reason) == "ConnectToSession"
}

// isLate reports whether a timeout belongs to a destroyed publisher: it has no stream, or no
// session.
func isLate(r *Record) bool {
	switch {
	case !r.Telemetry:
		return false
	case string(r.Action) == "Publish":
		return !r.StreamID
	}
	return !r.Session
}

// containsLine reports whether text contains a line.
func containsLine(text []byte, line string) bool {
	for l := range bytes.Lines(text) {
		if string(bytes.TrimSuffix(l, []byte("\n"))) == line {
			return true
		}
	}
	return false
}

// printed returns the statement of a console line, or of an application's record of one.
func printed(r *Record, t *reading, id catalogue.ID) statement {
	var s statement
	if t.marked {
		s.marked(r, t)
	}
	// The SDK's analytics module prints objects that it posts as telemetry as well.
	if s.code == 0 && string(t.logger.module) != "analytics" {
		s.code, s.place = writtenCode(r, id)
		s.failure = s.failure || s.code != 0
	}
	return s
}

// marked reads lines of the SDK that are evidence by their form.
func (s *statement) marked(r *Record, t *reading) {
	text, l := r.Text, &t.logger
	if l.isError() && (string(l.module) == "RumorSocket" || string(l.module) == "RaptorSocket") {
		s.failure, s.socket = true, true
	}
	if n := t.at(exceptionLine); n >= 0 {
		s.exception(text[n+len(exceptionMark):])
	} else if code, ok := t.leadingCode(text); ok {
		s.failure, s.code, s.place = true, code, bySDK
	} else if t.title.code != 0 {
		s.event(r, t)
	} else if t.at(sdkBug) >= 0 {
		s.failure = true
	}
}

// exception reads the rest of an exception line: "<title> (<code>) msg: <msg>".
func (s *statement) exception(text []byte) {
	s.failure = true
	title, msg, _ := bytes.Cut(text, []byte(" msg: "))
	open := bytes.LastIndexByte(title, '(')
	if open < 0 || title[len(title)-1] != ')' {
		return
	}
	if s.code = number(title[open+1 : len(title)-1]); s.code == 0 {
		return
	}
	s.place = bySDK
	s.timeout = s.code == publishCode && startsWithWorkflow(bytes.TrimLeft(msg, quotes))
}

// startsWithWorkflow reports whether a message is only ICEWorkflow. The name of a peer connection
// may follow the same word.
func startsWithWorkflow(message []byte) bool {
	rest, ok := bytes.CutPrefix(message, []byte(iceWorkflow))
	return ok && (len(rest) == 0 || rest[0] != ':' && !isWord(rest[0]))
}

// event reads an exception event as applications log it: "<title> (<code>) msg: <msg>", or an
// object with its title and code.
func (s *statement) event(r *Record, t *reading) {
	if !t.titleInField {
		s.exception(r.Text[t.titleAt:])
		return
	}
	s.failure, s.code, s.place = true, t.title.code, bySDK
	if n := bytes.Index(r.Text, []byte(iceWorkflow)); n >= 0 && s.code == publishCode {
		s.timeout = startsWithWorkflow(r.Text[n:])
	}
}

// maxTitles is how many titles are examined in one text. It bounds the time for a long one.
const maxTitles = 4

// readTitle reads the title of an exception event at an offset, if the record states its code.
func (t *reading) readTitle(r *Record, x title, at int) {
	if t.title.code != 0 || t.titles >= maxTitles {
		return
	}
	t.titles++
	rest := r.Text[at+len(x.text):]
	if len(rest) >= len(" (1500) msg:") && string(rest[:2]) == " (" && number(rest[2:6]) == x.code && string(rest[6:12]) == ") msg:" {
		t.title, t.titleAt = x, at
	} else if isValue(r.Text, at, at+len(x.text)) && statesField(r, x.code) {
		t.title, t.titleAt, t.titleInField = x, at, true
	}
}

// isValue reports whether text[start:end] is the whole value of a field.
func isValue(text []byte, start, end int) bool {
	const around = "\"'\\\n\r;&"
	return (start == 0 || strings.IndexByte(around, text[start-1]) >= 0) && (end == len(text) || strings.IndexByte(around, text[end]) >= 0)
}

// statesField reports whether a field for codes contains a code of an exception event.
func statesField(r *Record, code int32) bool {
	if code <= lastClose && bytes.Contains(r.Text, []byte("ocket")) || bytes.Contains(r.Text, nativeDomain) {
		return false
	}
	if r.Code == code {
		return true
	}
	f := codeField{}
	for range maxFields {
		if !f.next(r.Text) {
			return false
		}
		if f.code == code {
			return true
		}
	}
	return false
}

// weight returns the weight of a record with a verdict.
func (s *statement) weight(v *Verdict) Weight {
	switch {
	case s.socket:
		return Socket
	case s.aside && !v.Named():
		return Aside
	case v.Named() && !(s.timeout && v.Evidence == ByCode):
		return Strong
	}
	return Weak
}

// A logger is the namespace at the start of the SDK's lines, OpenTok:Publisher:error, and the
// message after it. It is empty if there is none.
type logger struct {
	module  []byte // Publisher; in OpenTok:RumorSocket:3:error it is RumorSocket
	level   []byte
	message []byte
}

func (l *logger) isError() bool { return string(l.level) == "error" }

var namespace = []byte("OpenTok:")

// Logger returns the module and the level of the SDK's logger that printed a text, nil if it shows none:
// Publisher and error of "OpenTok:Publisher:error …".
func Logger(text []byte) (module, level []byte) {
	l := readLogger(text)
	return l.module, l.level
}

// readLogger reads the first namespace in text.
func readLogger(text []byte) logger {
	n := bytes.Index(text, namespace)
	if n < 0 {
		return logger{}
	}
	text = text[n+len(namespace):]
	end := 0
	for end < len(text) && (isWord(text[end]) || text[end] == ':') {
		end++
	}
	l := logger{module: text[:wordEnd(text, 0)], message: bytes.TrimLeft(text[end:], " ")}
	if n := bytes.LastIndexByte(text[:end], ':'); n >= 0 {
		l.level = text[n+1 : end]
	}
	return l
}
