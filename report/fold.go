package report

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/partial"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// A fold makes the rows of a report from batches, which come sorted: so a
// session is counted once where it first differs from the row before.
type fold struct {
	report *Report
	window map[aggregate.Cell]int // into report.Windows

	failed       map[aggregate.SessionID]struct{} // sessions with an error
	windowFailed map[sessionInWindow]struct{}     // the same by window
	methodFailed map[sessionInWindow]struct{}     // the same, of the method at hand
	methods      map[int]*Method                  // of the method at hand, by window
	errors       map[int]*Error                   // of the error at hand, by window
	lastSession  map[int]aggregate.SessionID      // of the error at hand, by window

	open        bool // a row was seen; method, err and code are its
	method, err string
	code        int32
}

type sessionInWindow struct {
	window  int
	session aggregate.SessionID
}

func newFold(r *Report) *fold {
	if r.Window.All() {
		r.Windows = []Window{{Complete: true}}
	}
	return &fold{
		report:       r,
		window:       map[aggregate.Cell]int{aggregate.NoCell: Timeless},
		failed:       map[aggregate.SessionID]struct{}{},
		windowFailed: map[sessionInWindow]struct{}{},
		methodFailed: map[sessionInWindow]struct{}{},
	}
}

// foldAll makes a report of t, and the same with the whole input as one window,
// if that is another one. Each stream is read once, and side by side, as they
// have nothing to do with each other.
func foldAll(t *aggregate.Tally, r, overall *Report) {
	main := newFold(r)
	main.coverage(t)
	var others sync.WaitGroup
	others.Go(func() { main.sightings(t) })
	var attempts []partial.AttemptsRow
	others.Go(func() {
		batches, duplicates := partial.Attempts(t)
		attempts, r.Totals.Duplicates = slices.Collect(partial.AttemptsRows(batches)), duplicates
	})
	folds := []*fold{main}
	if overall != r {
		folds = append(folds, newFold(overall))
	}
	for row := range partial.ErrorRows(partial.Errors(t)) {
		for _, f := range folds {
			f.row(row)
		}
	}
	others.Wait()
	for _, f := range folds {
		f.endRows()
		f.attempts(attempts)
		f.sort()
	}
}

// coverage draws the windows.
func (f *fold) coverage(t *aggregate.Tally) {
	r := f.report
	first, last := int64(parse.NoTime), int64(parse.NoTime)
	for c := range partial.CoverageRows(partial.Coverage(t)) {
		if c.Cell != aggregate.NoCell {
			if first == parse.NoTime {
				first = c.First
			}
			last = c.Last
			f.draw(c.Cell)
		}
		if w := f.windowOf(c.Cell); w != Timeless {
			r.Windows[w].Records += c.Records
		}
	}
	r.Totals.First, r.Totals.Last = f.instant(first), f.instant(last)
	for i := range r.Windows {
		if w := &r.Windows[i]; !w.End.IsZero() {
			w.Complete = !r.Totals.Last.Before(w.End)
		}
	}
}

// draw finds the window of a cell that no earlier one precedes.
func (f *fold) draw(c aggregate.Cell) {
	r := f.report
	if r.Window.All() {
		return
	}
	start := r.Window.Start(c.Start().In(r.Zone))
	if n := len(r.Windows); n == 0 || !r.Windows[n-1].Start.Equal(start) {
		r.Windows = append(r.Windows, Window{Start: start, End: r.Window.End(start)})
	}
	f.window[c] = len(r.Windows) - 1
}

// windowOf returns the window of a cell.
func (f *fold) windowOf(c aggregate.Cell) int {
	if f.report.Window.All() {
		return 0
	}
	return f.window[c]
}

// sightings counts sessions.
func (f *fold) sightings(t *aggregate.Tally) {
	r := f.report
	var last aggregate.SessionID
	window := Timeless
	for s := range partial.SightingRows(partial.Sightings(t)) {
		if s.Session != last || r.Totals.Sessions == 0 {
			r.Totals.Sessions++
			last, window = s.Session, Timeless
		}
		// A session's cells come in order, and so do its windows.
		if w := f.windowOf(s.Cell); w != window {
			r.Windows[w].Sessions++
			window = w
		}
	}
}

// row counts lines, and sessions with errors.
func (f *fold) row(row *partial.ErrorRow) {
	newMethod := !f.open || row.Method != f.method
	if newMethod || row.Error != f.err || row.Code != f.code {
		f.closeError()
	}
	if newMethod {
		f.closeMethod()
	}
	f.open, f.method, f.err, f.code = true, row.Method, row.Error, row.Code
	f.add(row)
}

func (f *fold) endRows() {
	f.closeError()
	f.closeMethod()
	f.report.Totals.SessionsFailed = len(f.failed)
	for x := range f.windowFailed {
		if x.window != Timeless {
			f.report.Windows[x.window].SessionsFailed++
		}
	}
}

// attempts adds the attempts to the methods.
func (f *fold) attempts(attempts []partial.AttemptsRow) {
	r := f.report
	type key struct {
		window int
		method string
	}
	rows := map[key]int{} // into report.Methods
	for i, m := range r.Methods {
		rows[key{m.Window, m.Name}] = i
	}
	for _, a := range attempts {
		k := key{f.windowOf(a.Cell), a.Method}
		i, ok := rows[k]
		if !ok {
			i = len(r.Methods)
			rows[k] = i
			r.Methods = append(r.Methods, Method{Window: k.window, Name: k.method})
		}
		m := &r.Methods[i]
		if m.Attempts == nil {
			m.Attempts = &Attempts{}
		}
		m.Attempts.add(&a)
	}
}

func (a *Attempts) add(row *partial.AttemptsRow) {
	a.Attempts += row.Attempts
	if row.Inferred {
		a.Inferred += row.Attempts
	}
	switch row.Outcome {
	case aggregate.Succeeded.String():
		a.Successes += row.Attempts
	case aggregate.Failed.String():
		a.Failed += row.Attempts
	case aggregate.Cancelled.String():
		a.Cancels += row.Attempts
	}
}

func (f *fold) sort() {
	slices.SortFunc(f.report.Methods, func(a, b Method) int {
		return cmp.Or(compareWindows(a.Window, b.Window), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(f.report.Errors, func(a, b Error) int {
		return cmp.Or(compareWindows(a.Window, b.Window), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code))
	})
}

// compareWindows orders windows by time, and lines without a time last.
func compareWindows(a, b int) int {
	if (a == Timeless) != (b == Timeless) {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

func (f *fold) add(row *partial.ErrorRow) {
	w := f.windowOf(row.Cell)
	m := f.methods[w]
	if m == nil {
		m = &Method{Window: w, Name: row.Method}
		f.methods[w] = m
	}
	e := f.errors[w]
	if e == nil {
		e = f.newError(w, row)
		f.errors[w] = e
	}
	m.Lines += row.Lines
	e.Lines += row.Lines
	e.Evidence[row.Evidence] += row.Lines
	if row.First == parse.NoTime {
		f.report.Totals.Timeless += row.Lines
	} else {
		if first := f.instant(row.First); e.First.IsZero() || first.Before(e.First) {
			e.First = first
		}
		if last := f.instant(row.Last); last.After(e.Last) {
			e.Last = last
		}
	}
	if !row.HasSession {
		m.Sessionless += row.Lines
		e.Sessionless += row.Lines
		f.report.Totals.Sessionless += row.Lines
		return
	}
	if last, ok := f.lastSession[w]; !ok || last != row.Session {
		e.Sessions++
		f.lastSession[w] = row.Session
		here := sessionInWindow{w, row.Session}
		if _, ok := f.methodFailed[here]; !ok {
			f.methodFailed[here] = struct{}{}
			m.SessionsFailed++
		}
		f.windowFailed[here] = struct{}{}
		f.failed[row.Session] = struct{}{}
	}
}

func (f *fold) newError(w int, row *partial.ErrorRow) *Error {
	id, method := catalogue.Lookup([]byte(row.Error)), catalogue.LookupMethod([]byte(row.Method))
	e := &Error{
		Window: w, Method: row.Method, Name: row.Error, Code: row.Code,
		Documented: catalogue.Documented(id, method),
		Evidence:   map[string]int64{},
	}
	if row.Error != "" {
		e.Code = catalogue.FirstCode(id, method)
	}
	return e
}

// closeError ends the error at hand.
func (f *fold) closeError() {
	for _, e := range f.errors {
		f.report.Errors = append(f.report.Errors, *e)
	}
	f.errors, f.lastSession = map[int]*Error{}, map[int]aggregate.SessionID{}
}

// closeMethod ends the method at hand.
func (f *fold) closeMethod() {
	for _, m := range f.methods {
		f.report.Methods = append(f.report.Methods, *m)
	}
	f.methods = map[int]*Method{}
	clear(f.methodFailed)
}

// instant returns a time in the report's zone, the zero time for NoTime.
func (f *fold) instant(nanos int64) time.Time {
	if nanos == parse.NoTime {
		return time.Time{}
	}
	return time.Unix(0, nanos).In(f.report.Zone)
}
