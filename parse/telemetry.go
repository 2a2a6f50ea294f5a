package parse

import "bytes"

// Telemetry is one event that the SDK posted about itself. Its fields are as written; those
// that the log does not state are empty.
type Telemetry struct {
	Action    []byte // Connect, Publish, tb.exception.1500, …
	Variation []byte // Attempt, Success, Failure, …
	Reason    []byte // payload.reason: why something was cancelled

	FailureReason []byte // Publish, ICEWorkflow, GetUserMedia, WebSocketConnection, …

	SDK       []byte // version of the SDK, as in 2.35.2
	UserAgent []byte // of the browser
}

// Failed reports whether the event is a failure: by its variation, or a Cancel because access
// was denied.
func (t *Telemetry) Failed() bool {
	switch string(t.Variation) {
	case "Failure", "Failed":
		return true
	}
	return t.Denied()
}

// Denied reports whether the event is the Cancel after denied access to camera and microphone,
// for which the SDK posts no Failure.
func (t *Telemetry) Denied() bool {
	return string(t.Variation) == "Cancel" && string(t.Reason) == "AccessDenied"
}

// telemetryMark is part of the key clientSystemTime, which every telemetry event has, also
// inside a string of another object. It starts with a rare pair of letters, so that a block
// without telemetry is searched at full speed.
var telemetryMark = []byte("SystemTime")

// nextTelemetry returns an offset in the first telemetry event, -1 if there is none.
func nextTelemetry(data []byte) int { return bytes.Index(data, telemetryMark) }
