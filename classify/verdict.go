package classify

import "github.com/otlog/otlog/classify/catalogue"

// Evidence is how a verdict knows the error.
type Evidence uint8

// Kinds of evidence, weakest first.
const (
	None     Evidence = iota // a failure that bears no name
	ByPhrase                 // a text that belongs to one name
	ByName                   // the name is spelled out
)

// String returns the evidence's name in reports.
func (e Evidence) String() string {
	return [...]string{"none", "phrase", "name"}[e]
}

// Evidences lists every kind, weakest first.
var Evidences = [...]Evidence{None, ByPhrase, ByName}

// MethodFrom is how a verdict knows the method.
type MethodFrom uint8

// Kinds of evidence for a method, weakest first.
const (
	MethodUnknown   MethodFrom = iota
	MethodOnly                 // the only method for which the name is documented
	MethodComponent            // the component that logged the line
	MethodPhrase               // a text that belongs to one name and method
	MethodFunction             // a function's name, as in "forceDisconnect()"
	MethodSpelled              // spelled out, or a telemetry event's action
)

// String returns the kind's name in the output of events.
func (f MethodFrom) String() string {
	return [...]string{"unknown", "only", "component", "phrase", "function", "spelled"}[f]
}

// A Verdict is what a record says went wrong.
type Verdict struct {
	// Failure reports whether the record is evidence of an error at all. If it is
	// not, only the method may be told, of telemetry.
	Failure bool

	Error      catalogue.ID // 0 if no name can be told
	Code       int32        // the code that stands for a missing name, 0 if there is none
	Evidence   Evidence
	Method     catalogue.MethodID // 0 if it cannot be told
	MethodFrom MethodFrom
}
