package classify

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/otlog/otlog/classify/catalogue"
)

// A mark is a text with a meaning, other than a phrase of the catalogue. One pass over a record finds
// all phrases and marks (phrases.go).
type mark struct {
	text   string
	role   role
	title  title              // of isTitle
	native nativeMark         // of isNative
	method catalogue.MethodID // of saysMethod
}

// A role is what a mark means.
type role uint8

const (
	ofSDK         role = iota // the record may be evidence without a name or phrase
	exceptionLine             // the beginning of an exception line
	publishCall
	subscribeCall
	sdkBug  // printed in place of an error's name
	isTitle // of a code in exception events
	isNative

	// A mark with one of these roles matters only in a record that shows an error. A Finder does not
	// search for it.
	saysMethod
	deniesAccess
	namesHandler
	numRoles
)

const (
	exceptionMark = "OT.exception :: title: "
	publishMark   = "Session.publish :: "
	subscribeMark = "Session.subscribe :: "
)

// evidentMarks returns the marks that a Finder searches for.
func evidentMarks() []mark {
	return slices.Concat([]mark{
		{text: exceptionMark, role: exceptionLine},
		{text: publishMark, role: publishCall},
		{text: subscribeMark, role: subscribeCall},
		{text: "Attempt to use invalid error name (", role: sdkBug},
		{text: "Did not pass Error as second argument: ", role: sdkBug},
		{text: "OpenTok:RumorSocket:"},
		{text: "OpenTok:RaptorSocket:error"},
		{text: "OTErrorClass {code: "},
	}, previewMarks(), titleMarks(), nativeMarks())
}

// otherMarks are the marks that matter only in a record that shows an error. Of two that say a method,
// the first one here counts.
var otherMarks = []mark{
	{text: "Error applying video filter: ", role: saysMethod, method: methodNamed("Publisher.applyVideoFilter")},
	{text: "Error applying audio filter: ", role: saysMethod, method: methodNamed("Publisher.applyAudioFilter")},
	{text: "(reverted to previous audio device)", role: saysMethod, method: methodNamed("Publisher.setAudioSource")},
	{text: "Subscriber PeerConnection with connection", role: saysMethod, method: methodNamed("Session.subscribe")},
	{text: "Subscriber PeerConnection Error: ", role: saysMethod, method: methodNamed("Session.subscribe")},
	{text: "subscriberCreate failed with", role: saysMethod, method: methodNamed("Session.subscribe")},
	{text: "Publisher PeerConnection with connection", role: saysMethod, method: publish},
	{text: "Publisher PeerConnection Error: ", role: saysMethod, method: publish},
	{text: "Please call session.unpublish(publisher) first", role: saysMethod, method: publish},
	{text: "The To field was invalid", role: saysMethod, method: methodNamed("Session.signal")},
	{text: "OT.Publisher.publish failed to getUserMedia: ", role: saysMethod, method: initPublisher},
	// Applications print this text, because the vendor's tutorial does. Its texts for other methods
	// are used for any method.
	{text: "There was an error initializing the publisher", role: saysMethod, method: initPublisher},

	{text: "OT.Publisher Access Denied", role: deniesAccess},
	{text: "OT.Publisher.onStreamAvailableError", role: namesHandler},
}

// previewMarks are the beginnings of an error object in text: as JSON, as the preview of a
// console, or as a dictionary. In minified builds its class has another name: s {code: 1500,
// message: '…'}.
func previewMarks() []mark {
	var out []mark
	for _, c := range catalogue.Codes() {
		if c.Low < smallest || !catalogue.IsRaised(c.Low) {
			continue
		}
		code := strconv.Itoa(int(c.Low))
		for _, form := range [...][2]string{{"{code: ", ", mes"}, {"{ code: ", ", mes"}, {`{"code":`, `,"mes`}, {`{"code": `, `, "mes`}, {"{'code': ", ", 'mes"}} {
			out = append(out, mark{text: form[0] + code + form[1]})
		}
	}
	return out
}

// A title is what the SDK calls a code in exception events.
type title struct {
	text string
	code int32
}

// titleMarks are the titles as a Finder searches for them. A short title is found only as the value
// of a field, or before its code.
func titleMarks() []mark {
	all := map[string]title{}
	for _, c := range catalogue.Codes() {
		if c.Title == "" || !catalogue.IsRaised(c.Low) {
			continue
		}
		t := title{c.Title, c.Low}
		if len(c.Title) >= window {
			all[c.Title] = t
			continue
		}
		for _, form := range []string{`:"%s"`, `: "%s"`, `: '%s'`, `: \"%s\`} {
			all[fmt.Sprintf(form, c.Title)] = t
		}
		all[fmt.Sprintf("%s (%d) msg:", c.Title, c.Low)] = t
	}
	var out []mark
	for _, text := range slices.Sorted(maps.Keys(all)) {
		out = append(out, mark{text: text, role: isTitle, title: all[text]})
	}
	return out
}
