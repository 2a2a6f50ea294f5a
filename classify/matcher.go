// Package classify says which documented error a record speaks of.
//
// The path through the package:
//
//  1. [NextCandidate] finds, at the speed of memory, where a name may stand in a
//     block of lines. Records without a candidate are not looked at again.
//  2. [Match] judges one record: its error by a name that is spelled out, and
//     its method by the best evidence there is. The result is a [Verdict].
//  3. The names, methods and codes come from package catalogue, whose one
//     readable source is catalogue.txt.
//
// Package classify knows texts, not files: where a record ends and which of its
// fields is which is parse's work.
package classify

import "github.com/otlog/otlog/classify/catalogue"

// A Record is what Match looks at. Byte fields are only read.
type Record struct {
	Text []byte // all free text, JSON escapes resolved, console directives removed
	Name []byte // the value of a field that is made for an error's name

	Telemetry bool
	Action    []byte // of a telemetry event
	Failed    bool   // the telemetry event reports a failure
	Code      int32  // its failure code, 0 if none is stated
	StreamID  bool   // the telemetry event belongs to a stream
}

// Match reports which documented error r speaks of.
//
// A name in a field made for it beats one in free text, and of those the first
// counts. A telemetry event that reports a failure is one even if no name can
// be told; its code then stands for the name.
//
// Match does not allocate and keeps nothing of r. It is safe for use by many
// goroutines.
func Match(r *Record) Verdict {
	id := catalogue.Lookup(r.Name)
	if id == 0 {
		id = firstName(r.Text)
	}
	v := Verdict{Failure: true, Error: id, Evidence: ByName}
	if id == 0 {
		if !r.Failed {
			return Verdict{}
		}
		v.Evidence, v.Code = None, r.Code
	}
	v.Method, v.MethodFrom = method(r, id)
	return v
}
