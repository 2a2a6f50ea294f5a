// Package classify says which documented error a record speaks of.
//
// The path through the package:
//
//  1. A [Finder] finds, at the speed of memory, where a name or a phrase may
//     stand in a block of lines. Records without one are not looked at again.
//  2. [Match] judges one record: its error by a name that is spelled out, else
//     by a text that belongs to one name, and its method by the best evidence
//     there is. The result is a [Verdict].
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
	Denied    bool   // the telemetry event says that access was denied
	Code      int32  // its failure code, 0 if none is stated
	StreamID  bool   // the telemetry event belongs to a stream
}

// Match reports which documented error r speaks of.
//
// A name in a field made for it beats one in free text, which beats a phrase; of
// equals the first counts. A telemetry event that reports a failure is one even
// if no name can be told; its code then stands for the name.
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
		v.Evidence = ByPhrase
		if r.Denied {
			v.Error = accessDenied
		} else if p := firstPhrase(r.Text); p != nil {
			v.Error = p.Error
		} else if r.Failed {
			v.Evidence, v.Code = None, r.Code
		} else {
			return noFailure(r)
		}
	}
	v.Method, v.MethodFrom = method(r, v.Error)
	return v
}

// noFailure is the verdict of a record that is evidence of no error.
func noFailure(r *Record) Verdict {
	if r.Telemetry {
		if m := actionMethod(r); m != 0 {
			return Verdict{Method: m, MethodFrom: MethodSpelled}
		}
	}
	return Verdict{}
}

var accessDenied = catalogue.Lookup([]byte("OT_USER_MEDIA_ACCESS_DENIED"))
