package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/texts"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/words"
)

// maxExamples is the number of sessions that are shown for an error.
const maxExamples = 3

// An example is a session with an error.
type example struct {
	alone bool  // nothing else failed in the session
	last  int64 // line of the error in the session, Unix nanoseconds; NoTime if none has a time
	id    string
}

// compare orders the sessions of an error, the best example first: one in which nothing else
// failed, then the most recent one. IDs are distinct, so the order does not depend on that of the
// sessions.
func (x example) compare(other example) int {
	if x.alone != other.alone {
		if x.alone {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(other.last, x.last), cmp.Compare(x.id, other.id))
}

// addExample keeps an example if it is one of the best. Most are not, so their ID is not copied.
func (e *errorSum) addExample(x example, id []byte) {
	if n := len(e.examples); n == maxExamples {
		worst := e.examples[n-1]
		if x.id = worst.id; x.compare(worst) > 0 {
			return
		}
	}
	x.id = string(id)
	i, _ := slices.BinarySearchFunc(e.examples, x, example.compare)
	if i == maxExamples {
		return
	}
	e.examples = slices.Insert(e.examples, i, x)
	e.examples = e.examples[:min(len(e.examples), maxExamples)]
}

// A finder finds examples for the errors of a fold. It gets the rows of one session after the
// other.
type finder struct {
	session    aggregate.SessionID
	id         []byte  // of the session; empty: not kept
	shown      []shown // errors in the session so far
	hashed     bool    // the session has an ID, which was not kept
	hashedOnly int     // such sessions with a failure
}

// shown is an error in a session, in one window.
type shown struct {
	*errorSum
	last   int64
	failed bool // it is the error of a failure, not only of lines
}

// see takes a row of an error. All rows of a session follow each other, and among them those of the
// same error in the same window.
func (f *finder) see(r *batch.ErrorRows, i int, e *errorSum) {
	if session := r.Session(i); session != f.session || len(f.shown) == 0 {
		f.end()
		f.session, f.id = session, f.id[:0]
		if !r.IDs.IsNull(i) {
			f.id = append(f.id, r.IDs.Value(i)...)
		}
		f.hashed = len(f.id) == 0 && !session.IsZero() && aggregate.SessionFrom(r.From[i]) == aggregate.FromSession
	}
	n := len(f.shown)
	if n == 0 || f.shown[n-1].errorSum != e {
		f.shown = append(f.shown, shown{errorSum: e, last: timestamp.NoTime})
		n++
	}
	x := &f.shown[n-1]
	x.last = max(x.last, r.Last[i]) // NoTime is less than any time
	x.failed = x.failed || r.Failures[i] > 0
}

// end ends a session: it is an example for each error by which it failed.
func (f *finder) end() {
	failed := slices.DeleteFunc(f.shown, func(x shown) bool { return !x.failed })
	f.shown = f.shown[:0]
	if f.hashed && len(failed) > 0 {
		f.hashedOnly++
	}
	if len(f.id) == 0 {
		return
	}
	slices.SortStableFunc(failed, func(a, b shown) int { return cmp.Compare(a.Window, b.Window) })
	for from := 0; from < len(failed); {
		to := from + 1
		for to < len(failed) && failed[to].Window == failed[from].Window {
			to++
		}
		for _, x := range failed[from:to] {
			x.addExample(example{alone: to-from == 1, last: x.last}, f.id)
		}
		from = to
	}
}

// HashedOnly says how many sessions can be no examples because their IDs were not kept, "" if
// there are none.
func (r *Report) HashedOnly() string {
	if r.hashedOnly == 0 {
		return ""
	}
	return fmt.Sprintf("the IDs of %s with a failure are not shown: those that contain what is redacted or have more than %d bytes are not kept, and partials have IDs only if otlog scan --show-sessions wrote them",
		words.Count(r.hashedOnly, "session"), texts.Longest)
}
