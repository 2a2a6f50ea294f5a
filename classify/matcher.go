// Package classify says which error a record speaks of.
//
// The path through the package:
//
//  1. A [Finder] finds, at the speed of memory, where a name, a phrase or a mark
//     of the SDK's lines may stand in a block of lines. Records without one are
//     not looked at again.
//  2. [Match] judges one record: its error by a name that is spelled out, else
//     by a text that belongs to one name, else by a code, and its method by the
//     best evidence there is. The result is a [Verdict].
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
	Code int32  // the value of a field that is made for an error's code, 0 if there is none

	Telemetry bool
	Action    []byte // of a telemetry event
	Failed    bool   // the telemetry event reports a failure
	Denied    bool   // the telemetry event says that access was denied
	Reason    []byte // why it failed: the value of failureReason
	StreamID  bool   // the telemetry event belongs to a stream
	Session   bool   // the telemetry event bears a session ID
}

// Match reports which error r speaks of.
//
// The strongest evidence decides: a name of the catalogue, a name that stands
// where only raised errors stand, a phrase, a code that goes with one name. A
// name in a field made for it beats one in free text; of equals the first
// counts. What only failures print or post is one even if no name can be told.
//
// Match does not allocate and keeps nothing of r but views. It is safe for use
// by many goroutines.
func Match(r *Record) Verdict {
	t := read(r)
	v := told(r, &t)
	s := stated(r, &t, v.Error)
	if !v.Named() && !s.failure {
		return noFailure(r)
	}
	v.Failure, v.Code = true, s.code
	v.Method, v.MethodName, v.MethodFrom = method(r, &t, v.Error)
	if !v.Named() {
		v.tellByCode(s)
	}
	v.Weight = s.weight(&v)
	if v.MethodFrom == MethodUnknown && v.Weight != Aside {
		if m := catalogue.OnlyMethodWith(v.Error, v.Code); m != 0 {
			v.Method, v.MethodFrom = m, MethodOnly
		}
	}
	v.Late = s.timeout && isLate(r)
	return v
}

// A reading is what the text of a record shows at first sight.
type reading struct {
	logger logger
	phrase *catalogue.Phrase // the first one, nil if there is none
	marked bool              // there are marks
}

func read(r *Record) reading {
	var t reading
	if !r.Telemetry {
		t.logger = readLogger(r.Text)
	}
	begin := 0
	for p, at := range knownPhrases.within(r.Text, 0) {
		switch {
		case p.Error == 0:
			t.marked = true
		case t.phrase == nil || precedes(p, at, t.phrase, begin):
			t.phrase, begin = p, at
		}
	}
	return t
}

// told is the verdict by name or phrase, as far as it goes.
func told(r *Record, t *reading) Verdict {
	if id := catalogue.Lookup(r.Name); id != 0 {
		return Verdict{Error: id, Evidence: ByName}
	}
	if id := firstName(r.Text); id != 0 {
		return Verdict{Error: id, Evidence: ByName}
	}
	if name := raisedName(r, &t.logger); name != nil {
		return Verdict{Name: name, Evidence: ByName}
	}
	if r.Denied {
		return Verdict{Error: accessDenied, Evidence: ByPhrase}
	}
	if t.phrase != nil {
		return Verdict{Error: t.phrase.Error, Evidence: ByPhrase}
	}
	return Verdict{}
}

// tellByCode tells the name by the code, if that can be done.
func (v *Verdict) tellByCode(s statement) {
	switch {
	case s.aside:
	case s.timeout:
		v.Error = timeout
		if v.MethodFrom < MethodPhrase {
			v.Method, v.MethodFrom = publish, MethodPhrase
		}
	case s.place == bySDK:
		v.Error = catalogue.OneName(v.Code, v.Method)
	case s.place == atEnd:
		v.Error = catalogue.OneName(v.Code, connect)
	default:
		v.Error = catalogue.OneName(v.Code, 0)
	}
	if v.Error != 0 {
		v.Evidence = ByCode
	}
}

var (
	accessDenied = catalogue.Lookup([]byte("OT_USER_MEDIA_ACCESS_DENIED"))
	timeout      = catalogue.Lookup([]byte("OT_TIMEOUT"))
)

// noFailure is the verdict of a record that is evidence of no error.
func noFailure(r *Record) Verdict {
	if r.Telemetry {
		if m, _ := actionMethod(r); m != 0 {
			return Verdict{Method: m, MethodFrom: MethodSpelled}
		}
	}
	return Verdict{}
}
