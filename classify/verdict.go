package classify

import "github.com/otlog/otlog/classify/catalogue"

// Evidence is how a verdict knows the error.
type Evidence uint8

// Kinds of evidence, weakest first.
const (
	None     Evidence = iota // an error that bears no name
	ByCode                   // a code that goes with one name
	ByPhrase                 // a text that belongs to one name
	ByName                   // the name is spelled out
)

// String returns the evidence's name in reports.
func (e Evidence) String() string {
	return [...]string{"none", "code", "phrase", "name"}[e]
}

// Evidences lists every kind, weakest first.
var Evidences = [...]Evidence{None, ByCode, ByPhrase, ByName}

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

// MethodFroms lists every kind, weakest first.
var MethodFroms = [...]MethodFrom{MethodUnknown, MethodOnly, MethodComponent, MethodPhrase, MethodFunction, MethodSpelled}

// A Weight says what a record can do for the failure that it belongs to.
type Weight uint8

// The weights.
const (
	Strong Weight = iota // tells which error it was: founds a failure
	Weak                 // may speak of one of several errors: joins a failure near by, if there is one
	Socket               // a try of the signalling socket, which the SDK repeats by itself: joins the connect failure that follows
	Aside                // telemetry of a failure that the application did not call for: founds none
)

// Weights lists them all.
var Weights = [...]Weight{Strong, Weak, Socket, Aside}

// String returns the weight's name in partials.
func (w Weight) String() string { return [...]string{"strong", "weak", "socket", "aside"}[w] }

// A Verdict is what a record says went wrong. Its byte fields are views into the
// record.
type Verdict struct {
	// Failure reports whether the record is evidence of an error at all. If it is
	// not, only the method may be told, of telemetry.
	Failure bool

	Error    catalogue.ID // 0 if no name of the catalogue can be told
	Name     []byte       // a name that the catalogue lacks; Error is 0 then
	Code     int32        // that the record states, 0 if it states none
	Evidence Evidence
	Weight   Weight
	// Late marks the timeout of a publisher that is gone already: its timer is
	// not stopped when it is destroyed. By itself it is no failure.
	Late bool

	Method     catalogue.MethodID // 0 if no method of the catalogue can be told
	MethodName []byte             // a method that the catalogue lacks; Method is 0 then
	MethodFrom MethodFrom
}

// Named reports whether the verdict tells a name.
func (v *Verdict) Named() bool { return v.Error != 0 || len(v.Name) > 0 }
