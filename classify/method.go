package classify

import (
	"bytes"

	"github.com/otlog/otlog/classify/catalogue"
)

// method tells the method of a record, by the best evidence there is. id is the
// record's error, 0 if it has no name.
func method(r *Record, id catalogue.ID) (catalogue.MethodID, MethodFrom) {
	if r.Telemetry {
		if m := actionMethod(r); m != 0 {
			return m, MethodSpelled
		}
	}
	if m := spelledMethod(r.Text); m != 0 {
		return m, MethodSpelled
	}
	if m := calledFunction(r.Text); m != 0 {
		return m, MethodFunction
	}
	if m := phraseMethod(r.Text, id); m != 0 {
		return m, MethodPhrase
	}
	if m := component(r.Text); m != 0 {
		return m, MethodComponent
	}
	if m := catalogue.OnlyMethod(id); m != 0 {
		return m, MethodOnly
	}
	return 0, MethodUnknown
}

// methodNamed is catalogue.LookupMethod for the tables of this file.
func methodNamed(name string) catalogue.MethodID { return catalogue.LookupMethod([]byte(name)) }

var (
	initPublisher = methodNamed("OT.initPublisher")

	// actions are the telemetry actions that a call of a method posts.
	actions = map[string]catalogue.MethodID{
		"Connect":          methodNamed("Session.connect"),
		"Publish":          methodNamed("Session.publish"),
		"Subscribe":        methodNamed("Session.subscribe"),
		"signal":           methodNamed("Session.signal"),
		"ReportIssue":      methodNamed("OT.reportIssue"),
		"setAudioSource":   methodNamed("Publisher.setAudioSource"),
		"applyVideoFilter": methodNamed("Publisher.applyVideoFilter"),
		"applyAudioFilter": methodNamed("Publisher.applyAudioFilter"),
	}

	// functions are those bare function names that only the SDK uses.
	// connect, publish, subscribe and signal are anybody's.
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

	// components are the SDK's modules whose lines speak of one method.
	components = map[string]catalogue.MethodID{
		"RumorSocket":   methodNamed("Session.connect"),
		"RaptorSocket":  methodNamed("Session.connect"),
		"Publisher":     initPublisher,
		"publisherInit": initPublisher,
		"Subscriber":    methodNamed("Session.subscribe"),
	}
)

// actionMethod returns the method that posts a telemetry event, 0 if the action
// does not tell.
func actionMethod(r *Record) catalogue.MethodID {
	m := actions[string(r.Action)]
	if string(r.Action) == "Publish" && r.Failed && !r.StreamID {
		// Before there is a stream, only OT.initPublisher can fail.
		return initPublisher
	}
	return m
}

// spelledMethod returns the first method of the catalogue that text spells out
// with its class, as in "Session.publish :: ".
func spelledMethod(text []byte) catalogue.MethodID {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '.')
		if n < 0 {
			return 0
		}
		dot := from + n
		from = dot + 1
		start := wordStart(text, dot)
		if dot-start < len("OT") || dot-start > len("Subscriber") {
			continue
		}
		if m := catalogue.LookupMethod(text[start:wordEnd(text, dot+1)]); m != 0 {
			return m
		}
	}
}

// calledFunction returns the method of the first function of the SDK that text
// names as a call, as in "Cannot call forceDisconnect()".
func calledFunction(text []byte) catalogue.MethodID {
	for from := 0; ; {
		n := bytes.IndexByte(text[from:], '(')
		if n < 0 {
			return 0
		}
		paren := from + n
		from = paren + 1
		if m := functions[string(text[wordStart(text, paren):paren])]; m != 0 {
			return m
		}
	}
}

var namespace = []byte("OpenTok:")

// component returns the method of the module that logged text, told by its
// namespace: OpenTok:Publisher:error, OpenTok:RumorSocket:3:error.
func component(text []byte) catalogue.MethodID {
	n := bytes.Index(text, namespace)
	if n < 0 {
		return 0
	}
	module := text[n+len(namespace):]
	return components[string(module[:wordEnd(module, 0)])]
}

func wordStart(text []byte, end int) int {
	for end > 0 && isWord(text[end-1]) {
		end--
	}
	return end
}

func wordEnd(text []byte, start int) int {
	for start < len(text) && isWord(text[start]) {
		start++
	}
	return start
}
