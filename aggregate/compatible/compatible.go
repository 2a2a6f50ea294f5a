// Package compatible decides which evidence may belong to which failure by what both of them say. It
// also gives the keys by which a failure is found among many.
package compatible

import (
	"cmp"

	"github.com/otlog/otlog/aggregate/names"
	"github.com/otlog/otlog/aggregate/streams"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
)

// A Statement is what evidence, or all evidence of a failure together, says.
type Statement struct {
	Error  names.Name
	Code   int32      // 0: none
	Class  names.Name // the method, as ClassOf returns it; 0: unknown
	Stream streams.IDs
}

// ClassOf returns a method for comparison, 0 if it is a guess. OT.initPublisher counts as
// Session.publish: both report a device that cannot be used.
func ClassOf(method names.Name, from classify.MethodFrom) names.Name {
	switch {
	case from <= classify.MethodOnly:
		return 0
	case method == names.Name(methodInit):
		return classPublish
	}
	return method
}

var (
	methodInit     = catalogue.LookupMethod([]byte("OT.initPublisher"))
	methodConnect  = catalogue.LookupMethod([]byte("Session.connect"))
	classPublish   = names.Name(catalogue.LookupMethod([]byte("Session.publish")))
	classConnect   = names.Name(methodConnect)
	classSubscribe = names.Name(catalogue.LookupMethod([]byte("Session.subscribe")))
)

// Add adds what evidence of a weight says to the statement of its failure.
func (s *Statement) Add(e *Statement, w classify.Weight) {
	if w != classify.Socket || s.Error == 0 {
		s.Error, s.Code = cmp.Or(s.Error, e.Error), cmp.Or(s.Code, e.Code)
	}
	s.Class, s.Stream = cmp.Or(s.Class, e.Class), s.Stream.Or(e.Stream)
}

// Rules decide about statements.
type Rules struct{ Names *names.Dictionary }

// Takes reports whether evidence of a weight is compatible with a failure: in method, stream, error
// and code.
func (r Rules) Takes(f, e *Statement, w classify.Weight) bool {
	if e.Class != 0 && f.Class != 0 && e.Class != f.Class || e.Stream.Apart(f.Stream) {
		return false
	}
	if w == classify.Socket || e.Error != 0 && f.Error == e.Error {
		return true // the tries of a socket may have different errors
	}
	if f.Error != 0 {
		// The name of weak evidence is only the most likely one.
		return (e.Error == 0 || w == classify.Weak) && r.raises(f.Error, cmp.Or(e.Class, f.Class), e.Code)
	}
	if e.Error != 0 {
		return r.raises(e.Error, f.Class, f.Code)
	}
	subscribe := e.Class == classSubscribe || f.Class == classSubscribe
	return e.Code == f.Code || anyCode(e.Code, subscribe) || anyCode(f.Code, subscribe)
}

// subscribeFailure is the code that telemetry of a failed subscribe states for every error.
const subscribeFailure = 1013

// anyCode reports whether a code is compatible with all codes.
func anyCode(code int32, subscribe bool) bool {
	return code == 0 || code == subscribeFailure && subscribe
}

// raises reports whether a method can raise an error with a code.
func (r Rules) raises(err, class names.Name, code int32) bool {
	if r.Names.Errors.Foreign(err) || r.Names.Methods.Foreign(class) {
		return true
	}
	id := catalogue.ID(err)
	return catalogue.Raises(id, catalogue.MethodID(class), code) ||
		class == classPublish && catalogue.Lists(id, methodInit) && catalogue.Raises(id, methodInit, code)
}

// Connects reports whether a failure may be one of connect.
func (r Rules) Connects(f *Statement) bool {
	switch {
	case f.Class != 0:
		return f.Class == classConnect
	case f.Error != 0:
		return r.Names.Errors.Foreign(f.Error) || catalogue.Lists(catalogue.ID(f.Error), methodConnect)
	}
	return f.Code == 0 || catalogue.GoesWith(0, methodConnect, f.Code)
}
