package parse

import "bytes"

// Telemetry is one event that the SDK posted about itself. Its fields are as
// written; what the log did not state is empty.
type Telemetry struct {
	Action    []byte // Connect, Publish, tb.exception.1500, …
	Variation []byte // Attempt, Success, Failure, …
	Reason    []byte // payload.reason, which tells why something was cancelled

	FailureReason []byte // Publish, ICEWorkflow, GetUserMedia, WebSocketConnection, …

	SDK       []byte // version of the SDK, as in 2.35.2
	UserAgent []byte // of the browser
}

// Failed reports whether the event speaks of a failure: a variation that says
// so, or a Cancel because access was denied.
func (t *Telemetry) Failed() bool {
	switch string(t.Variation) {
	case "Failure", "Failed":
		return true
	}
	return t.Denied()
}

// Denied reports whether the event is the cancel that follows denied access to
// camera and microphone, which is never posted as a Failure.
func (t *Telemetry) Denied() bool {
	return string(t.Variation) == "Cancel" && string(t.Reason) == "AccessDenied"
}

// telemetryMark is part of the key clientSystemTime, which every telemetry
// event bears, inside a wrapper's string too. It starts with a rare pair of
// letters, so that a block without telemetry is scanned at full speed.
var telemetryMark = []byte("SystemTime")

// nextTelemetry returns where the next telemetry event may stand, -1 if there
// is none.
func nextTelemetry(data []byte) int { return bytes.Index(data, telemetryMark) }
