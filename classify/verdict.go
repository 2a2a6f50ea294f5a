package classify

import "github.com/otlog/otlog/classify/catalogue"

// Evidence is how the error of a record was identified.
type Evidence uint8

// Kinds of evidence, weakest first.
const (
	None     Evidence = iota // not at all: the error has no name
	ByCode                   // by a code that belongs to one name
	ByPhrase                 // by a phrase, which belongs to one name
	ByName                   // by its name, spelled out
)

// String returns the evidence's name in reports.
func (e Evidence) String() string {
	return [...]string{"none", "code", "phrase", "name"}[e]
}

// Evidences lists every kind, weakest first.
var Evidences = [...]Evidence{None, ByCode, ByPhrase, ByName}

// MethodFrom is how the method of a record was identified.
type MethodFrom uint8

// Kinds of evidence for a method, weakest first.
const (
	MethodUnknown   MethodFrom = iota // not at all
	MethodOnly                        // by the error, which has only one method
	MethodComponent                   // by the component that logged the line
	MethodPhrase                      // by a phrase, which belongs to one method
	MethodFunction                    // by the name of a function: "forceDisconnect()"
	MethodSpelled                     // by its name, spelled out, or by the action of telemetry
)

// String returns the kind's name in the output of events.
func (f MethodFrom) String() string {
	return [...]string{"unknown", "only", "component", "phrase", "function", "spelled"}[f]
}

// MethodFroms lists every kind, weakest first.
var MethodFroms = [...]MethodFrom{MethodUnknown, MethodOnly, MethodComponent, MethodPhrase, MethodFunction, MethodSpelled}

// A Weight is what a record contributes to a failure.
type Weight uint8

// The weights.
const (
	// Strong records identify their error. They start a failure.
	Strong Weight = iota
	// Weak records may belong to one of several errors. They join a failure nearby, or start
	// one.
	Weak
	// Socket records are attempts of the signalling socket, which the SDK repeats by itself.
	// They join the failure to connect that follows.
	Socket
	// Aside records are telemetry of a failure that the application did not cause by a call.
	// They start no failure.
	Aside
)

// Weights lists every weight.
var Weights = [...]Weight{Strong, Weak, Socket, Aside}

// String returns the weight's name in partials.
func (w Weight) String() string { return [...]string{"strong", "weak", "socket", "aside"}[w] }

// A Verdict is which error a record shows. Its byte fields are parts of the record.
type Verdict struct {
	// Failure reports whether the record is evidence of an error. If not, only Native and the
	// method of telemetry are set.
	Failure bool
	// Native reports whether a native SDK wrote the record. It is not evidence then: the numbers of
	// the native SDKs have other meanings.
	Native bool

	Error    catalogue.ID // 0 if it is not in the catalogue, or unknown
	Name     []byte       // a name that is not in the catalogue; Error is 0 then
	Code     int32        // the code that the record states, 0 if it states none
	Evidence Evidence
	Weight   Weight
	Reason   catalogue.ReasonID // why Error was raised, 0 if the record does not say
	// Late marks the timeout of a destroyed publisher, whose timer is not stopped. By itself it
	// is not a failure.
	Late bool

	Method     catalogue.MethodID // 0 if it is not in the catalogue, or unknown
	MethodName []byte             // a method that is not in the catalogue; Method is 0 then
	MethodFrom MethodFrom
}

// Named reports whether the error has a name.
func (v *Verdict) Named() bool { return v.Error != 0 || len(v.Name) > 0 }
