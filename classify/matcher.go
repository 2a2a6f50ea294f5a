// Package classify decides which error a record shows.
//
// The path through the package:
//
//  1. A [Finder] searches a block of lines, at the speed of memory, for names (names.go), phrases
//     and marks of the SDK's lines (phrases.go). Records without any are not classified (finder.go).
//  2. [Match] classifies one record (matcher.go). Its error is identified by a name that is spelled
//     out, otherwise by a phrase that belongs to one error, otherwise by a code (codes.go,
//     statement.go). word.go decides what a whole word is. A record of a native SDK shows no error
//     (native.go). Some errors have reasons, which the text of the record may say (reason.go).
//  3. Its method is identified by the best evidence there is (method.go). The result is a [Verdict].
//  4. Names, methods, codes and phrases come from package catalogue, that is, from catalogue.txt.
//     A new phrase is a new line there.
//
// Package classify knows texts, not files: package parse finds records and their fields.
package classify

import (
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// A Record is the part of a record that Match reads. Match does not change it.
type Record struct {
	Text []byte // all free text, with JSON escapes resolved and console directives removed
	Name []byte // the value of a field made for an error's name
	Code int32  // the value of a field made for an error's code, 0 if there is none

	// The other fields are those of a telemetry event.
	Telemetry bool // it is one
	Native    bool // a native SDK posted it
	Action    []byte
	Failed    bool   // it reports a failure
	Denied    bool   // it reports that access was denied
	Reason    []byte // why it failed: the value of failureReason
	StreamID  bool   // it has a stream ID
	Session   bool   // it has a session ID
}

// Match returns which error r shows.
//
// The strongest evidence decides: a name of the catalogue, a name in a place where only names
// of raised errors occur, a phrase, a code that belongs to one name. A name in a field made for
// it precedes one in free text, and otherwise the first one counts. A record that only failures
// print or post is a failure even without a name. A native record is none, whatever else it says.
//
// Match does not allocate. The verdict refers to the bytes of r. Match is safe for concurrent
// use.
func Match(r *Record) Verdict {
	t := read(r)
	if r.Native || t.native {
		return Verdict{Native: true}
	}
	v := named(r, &t)
	s := stated(r, &t, v.Error)
	if !v.Named() && !s.failure {
		return noFailure(r)
	}
	v.Failure, v.Code = true, s.code
	v.Method, v.MethodName, v.MethodFrom = method(r, &t, v.Error)
	if !v.Named() {
		v.nameByCode(s)
	}
	v.Weight = s.weight(&v)
	if v.MethodFrom == MethodUnknown && v.Weight != Aside {
		if m := catalogue.OnlyMethodWith(v.Error, v.Code); m != 0 {
			v.Method, v.MethodFrom = m, MethodOnly
		}
	}
	v.Late, v.Reason = s.timeout && isLate(r), reasonOf(r.Text, v.Error)
	return v
}

// A reading is what is found in the text of a record: each word with an underscore, each phrase and each
// mark is looked at once.
type reading struct {
	logger   logger
	name     catalogue.ID      // the first one, 0 if there is none
	phrase   *catalogue.Phrase // the first one, nil if there is none
	phraseAt int
	phrases  int           // how many there are
	marked   bool          // there is a mark that is evidence by itself
	native   bool          // a native SDK wrote it
	first    [numRoles]int // 1 + the offset of the first mark with a role, 0 if there is none
	says     int           // the first one in the order of marks that says a method, 0 if there is none

	title        title // of an exception event, with a code of 0 if there is none
	titleAt      int
	titleInField bool // the code is in a field
	titles       int  // how many were examined
}

// at returns the offset of the first mark with a role, -1 if there is none.
func (t *reading) at(r role) int { return t.first[r] - 1 }

func read(r *Record) reading {
	var t reading
	if !r.Telemetry {
		t.logger = readLogger(r.Text)
	}
	t.readNames(r.Text, r.Telemetry)
	x := knownPhrases()
	for i, at := range x.within(r.Text, 0) {
		if m := x.markOf(i); m != nil {
			t.readMark(r, m, at)
			if m.role == saysMethod && (t.says == 0 || i < t.says) {
				t.says = i
			}
			continue
		}
		t.phrases++
		if p := &x.phrases[i]; t.phrase == nil || precedes(p, at, t.phrase, t.phraseAt) {
			t.phrase, t.phraseAt = p, at
		}
	}
	return t
}

// readMark reads the mark at an offset.
func (t *reading) readMark(r *Record, m *mark, at int) {
	if first := &t.first[m.role]; *first == 0 || at < *first-1 {
		*first = at + 1
	}
	t.marked = t.marked || m.role < saysMethod
	switch m.role {
	case isTitle:
		if !r.Telemetry {
			t.readTitle(r, m.title, at+strings.Index(m.text, m.title.text))
		}
	case isNative:
		t.native = t.native || !r.Telemetry && m.native(r.Text, at, at+len(m.text))
	}
}

// named returns the error and evidence of a record with a name or phrase, otherwise a zero
// Verdict.
func named(r *Record, t *reading) Verdict {
	if id := catalogue.Lookup(r.Name); id != 0 {
		return Verdict{Error: id, Evidence: ByName}
	}
	if t.name != 0 {
		return Verdict{Error: t.name, Evidence: ByName}
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

// nameByCode sets the error that the code belongs to, if there is exactly one.
func (v *Verdict) nameByCode(s statement) {
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

// noFailure returns the verdict of a record that shows no error.
func noFailure(r *Record) Verdict {
	if r.Telemetry {
		if m, _ := actionMethod(r); m != 0 {
			return Verdict{Method: m, MethodFrom: MethodSpelled}
		}
	}
	return Verdict{}
}
