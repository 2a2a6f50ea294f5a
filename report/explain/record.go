package explain

import (
	"time"

	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/noise"
)

// A Record is what one record of a pasted text says. Its strings may be hostile, except that they contain
// no secrets.
type Record struct {
	First, Last  int64 // its lines, from 1
	Text         string
	Verdict      classify.Verdict // with bytes of its own
	InField      bool             // the name is the value of a field made for it
	Object       bool             // it has fields, rather than being a line of text
	Phrase       string           // the text that identifies the error, if one does
	Logger       string           // the SDK's module that printed it: RumorSocket
	Level        string           // of the logger
	Exception    bool             // it is an exception line of the SDK
	Noise        *noise.Kind      // of a record without evidence
	NativeCode   int32            // that a record of a native SDK states
	UnknownName  string           // in a record without evidence: it looks like an error's name, but is none
	BrowserError string           // the browser's name of an error of getUserMedia, in a record without evidence

	Telemetry *Telemetry // nil for another record

	Time                                time.Time // zero: it states no date and time
	Clock                               string    // a time of day without a date
	Session, Connection, Client, Stream string    // IDs that it states
	APIKey                              string
	Created                             time.Time // of the session ID
	SDK                                 string

	Failure *Failure // that it belongs to, nil if there is none
}

// Telemetry is what a telemetry event says about a call.
type Telemetry struct {
	Action, Variation, Reason string
	Failed, Denied            bool
}

// A Failure is a failure that records belong to.
type Failure struct {
	ID, Error, Method string
	Code              int32
	Recovered         bool
}

// errorName returns the name of the record's error, "" if it has none.
func (r *Record) errorName() string {
	if r.Verdict.Error != 0 {
		return r.Verdict.Error.Name()
	}
	return string(r.Verdict.Name)
}

// methodName returns the name of the record's method, "" if it is unknown.
func (r *Record) methodName() string {
	switch {
	case len(r.Verdict.MethodName) > 0:
		return string(r.Verdict.MethodName)
	case r.Verdict.Method != 0:
		return r.Verdict.Method.Name()
	}
	return ""
}
