package parse

import (
	"bytes"

	"github.com/otlog/otlog/parse/field"
	"github.com/otlog/otlog/parse/jsontext"
)

// Telemetry is one event that the SDK posted about itself. Its fields are as written; those
// that the log does not state are empty.
type Telemetry struct {
	Action    []byte // Connect, Publish, tb.exception.1500, …
	Variation []byte // Attempt, Success, Failure, …
	Reason    []byte // payload.reason: why something was cancelled

	FailureReason []byte // Publish, ICEWorkflow, GetUserMedia, WebSocketConnection, …

	SDK       []byte // version of the JavaScript SDK, as in 2.35.2
	UserAgent []byte // of the browser
	Native    bool   // a native SDK posted it
}

// nonFatal is the reason of a failure from which the SDK recovers by itself.
const nonFatal = "Non-fatal"

// Failed reports whether the event is a failure: by its variation, or a Cancel because access
// was denied.
func (t *Telemetry) Failed() bool {
	switch string(t.Variation) {
	case "Failure", "Failed":
		return string(t.FailureReason) != nonFatal
	}
	return t.Denied()
}

// Denied reports whether the event is the Cancel after denied access to camera and microphone,
// for which the SDK posts no Failure.
func (t *Telemetry) Denied() bool {
	return string(t.Variation) == "Cancel" && string(t.Reason) == "AccessDenied"
}

// uneventful reports whether the event is no evidence of an error by itself: it neither is a failure, nor
// reports an exception.
func (t *Telemetry) uneventful() bool {
	return len(t.Action) > 0 && !t.Failed() && !bytes.Contains(t.Action, []byte("exception"))
}

// inspected reports whether an event with a name is one of Session Inspector, and writes its action
// and variation as the SDK does.
func (t *Telemetry) inspected(name []byte) bool {
	action, variation, ok := bytes.Cut(name, []byte{'_'})
	if !ok || !bytes.Equal(action, t.Action) || !bytes.Equal(variation, t.Variation) || len(action) == 0 || len(variation) == 0 {
		return false
	}
	t.Action[0], t.Variation[0] = upper(t.Action[0]), upper(t.Variation[0])
	return true
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// telemetryMark is part of the key clientSystemTime, which every telemetry event has, also
// inside a string of another object. It starts with a rare pair of letters, so that a block
// without telemetry is searched at full speed.
var telemetryMark = []byte(field.ClockMark)

// nextTelemetry returns an offset in the first telemetry event, -1 if there is none.
func nextTelemetry(data []byte) int { return bytes.Index(data, telemetryMark) }

// telemetryIn returns where the object of the telemetry event in a console line starts and ends,
// start is -1 if there is none. At its DEBUG level the SDK prints what it posts ("sending
// analytics: +4ms https://… {…}"). Some consoles add the place in the code, or stack lines. A
// text with further lines is not a line of telemetry, because they may say anything.
func telemetryIn(text []byte) (start, end int) {
	mark := nextTelemetry(text)
	for start = 0; start < mark; start = end {
		n := bytes.IndexByte(text[start:mark], '{')
		if n < 0 {
			break
		}
		start += n
		end = start + 1
		if !jsontext.OpensObject(text[start:]) {
			continue
		}
		if end = jsontext.ValueEnd(text, start); end < 0 {
			break
		}
		if end > mark {
			if bytes.IndexByte(bytes.TrimSpace(text[:start]), '\n') >= 0 || !areStackLines(text[end:]) {
				break
			}
			return start, end
		}
	}
	return -1, -1
}

// areStackLines reports whether all lines after the first one belong to the same record.
func areStackLines(text []byte) bool {
	_, rest, _ := bytes.Cut(text, lineFeed)
	for len(rest) > 0 {
		var line []byte
		if line, rest, _ = bytes.Cut(rest, lineFeed); !isBlank(line) && !consoleText.continues(line) {
			return false
		}
	}
	return true
}

var consoleText = Format{stacks: true}
