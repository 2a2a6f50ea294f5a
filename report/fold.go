package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
)

// A fold makes the rows of a report from what is counted session by session: so a
// session is counted once where it differs from the one before.
type fold struct {
	report  *Report
	names   *aggregate.Names
	window  map[aggregate.Cell]int // into report.Windows
	methods map[methodKey]*Method
	errors  map[errorKey]*Error
	failed  mark
	shown   map[string]bool // methods with something by the error that the report is of
	only    []bool          // by window: whether it counts; nil: all do
}

type methodKey struct {
	window int
	method string
}

type errorKey struct {
	methodKey
	name string
	code int32
}

// A mark is the last session that was counted.
type mark struct {
	session aggregate.SessionID
	set     bool
}

// count adds a session to n unless it is the one that was counted last.
func (m *mark) count(session aggregate.SessionID, n *int) {
	if !m.set || m.session != session {
		m.set, m.session = true, session
		*n++
	}
}

func newFold(r *Report, c *aggregate.Counts, filter *aggregate.Filter) *fold {
	if r.Window.All() {
		r.Windows = []Window{{Complete: true}}
	}
	r.Totals.Evidence = map[string]int64{}
	r.Totals.Duplicates = c.Duplicates
	f := &fold{
		report:  r,
		names:   c.Names,
		window:  map[aggregate.Cell]int{aggregate.NoCell: Timeless},
		methods: map[methodKey]*Method{},
		errors:  map[errorKey]*Error{},
		shown:   map[string]bool{},
	}
	f.coverage(c.Coverage, filter)
	return f
}

// part returns a fold for a part of what a fold counts, in the same windows. Of methods
// it shows what the whole does.
func (f *fold) part() *fold {
	r := f.report
	part := &Report{
		ToolVersion: r.ToolVersion, CatalogueVersion: r.CatalogueVersion,
		Window: r.Window, Zone: r.Zone, Filter: r.Filter, Windows: slices.Clone(r.Windows),
	}
	part.overall = part
	part.Totals.Evidence = map[string]int64{}
	for i := range part.Windows {
		w := &part.Windows[i]
		w.Records, w.Sessions, w.SessionsFailed, w.failed = 0, 0, 0, mark{}
	}
	return &fold{
		report: part, names: f.names, window: f.window, shown: f.shown,
		methods: map[methodKey]*Method{}, errors: map[errorKey]*Error{},
	}
}

// foldAll makes a report of counts, and the same with the whole input as one window,
// if that is another one, and the parts of both by each dimension. The counts are read
// once.
func foldAll(c *aggregate.Counts, r, overall *Report, dimensions []Dimension) error {
	filter, err := r.Filter.of(c)
	if err != nil {
		return err
	}
	folds := []*fold{newFold(r, c, &filter)}
	if overall != r {
		folds = append(folds, newFold(overall, c, &filter))
	}
	var dividers []*divider
	for _, d := range dimensions {
		dividers = append(dividers, newDivider(d, folds))
	}
	for s, err := range c.Sessions(filter) {
		if err != nil {
			return err
		}
		for _, f := range folds {
			f.session(s)
		}
		for _, d := range dividers {
			d.session(s)
		}
	}
	for _, f := range folds {
		f.end()
	}
	for _, d := range dividers {
		r.Breakdowns = append(r.Breakdowns, d.end())
	}
	return nil
}

// session adds what is counted of one session.
func (f *fold) session(s *aggregate.Session) {
	f.sightings(s)
	for i := range s.Attempts {
		f.attempts(s, &s.Attempts[i])
	}
	for i := range s.Rows {
		f.row(s, &s.Rows[i])
	}
}

// coverage draws the windows.
func (f *fold) coverage(cells []aggregate.Coverage, filter *aggregate.Filter) {
	r := f.report
	first, last, end := int64(timestamp.NoTime), int64(timestamp.NoTime), int64(timestamp.NoTime)
	for _, c := range cells {
		end = max(end, c.Last)
		if !filter.Covers(c.Cell) {
			continue
		}
		if c.Cell != aggregate.NoCell {
			if first == timestamp.NoTime {
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
			w.Complete = !f.instant(end).Before(w.End) && !filter.Cuts(w.Start, w.End)
		}
	}
	f.hours(cells, filter)
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

// counts reports whether what is in a window counts.
func (f *fold) counts(window int) bool { return f.only == nil || window != Timeless && f.only[window] }

// sightings counts the session.
func (f *fold) sightings(s *aggregate.Session) {
	r := f.report
	if len(s.Cells) == 0 {
		return
	}
	r.Totals.Sessions++
	if s.From != aggregate.FromSession {
		r.Totals.StandIns++
	}
	window := Timeless
	for _, c := range s.Cells {
		// Cells come in order, and so do windows.
		if w := f.windowOf(c); w != window && f.counts(w) {
			r.Windows[w].Sessions++
			window = w
		}
	}
}

// attempts adds attempts to their method.
func (f *fold) attempts(s *aggregate.Session, row *aggregate.Attempts) {
	filter, method := &f.report.Filter, row.Method.Name()
	if !filter.takesMethod(method) {
		return
	}
	if row.Cell == aggregate.NoCell && filter.bounded() {
		f.report.Totals.TimelessAttempts += row.Attempts
		return
	}
	key := methodKey{f.windowOf(row.Cell), method}
	if !f.counts(key.window) {
		return
	}
	m := f.method(key)
	if m.Attempts == nil {
		m.Attempts = &Attempts{AnyError: filter.Error != ""}
	}
	m.Attempts.add(row)
	if s.Known() {
		m.tried.count(s.ID, &m.Sessions)
	}
}

func (a *Attempts) add(row *aggregate.Attempts) {
	a.Attempts += row.Attempts
	if row.Inferred {
		a.Inferred += row.Attempts
	}
	switch row.Outcome {
	case aggregate.Succeeded:
		a.Successes += row.Attempts
	case aggregate.Failed:
		a.Failed += row.Attempts
	case aggregate.Cancelled:
		a.Cancels += row.Attempts
	}
}

func (f *fold) method(k methodKey) *Method {
	m := f.methods[k]
	if m == nil {
		m = &Method{Window: k.window, Name: k.method}
		f.methods[k] = m
	}
	return m
}

func (f *fold) err(k errorKey) *Error {
	e := f.errors[k]
	if e == nil {
		id, method := catalogue.Lookup([]byte(k.name)), catalogue.LookupMethod([]byte(k.method))
		e = &Error{
			Window: k.window, Method: k.method, Name: k.name, Code: k.code,
			Documented: catalogue.Documented(id, method),
			Evidence:   map[string]int64{}, Codes: map[int32]int64{},
		}
		if k.name != "" {
			e.Code = catalogue.FirstCode(id, method)
		}
		f.errors[k] = e
	}
	return e
}

// row adds failures and their lines to their error and method.
func (f *fold) row(s *aggregate.Session, row *aggregate.Row) {
	totals, filter := &f.report.Totals, &f.report.Filter
	method, name := f.names.Methods[row.Method], f.names.Errors[row.Error]
	if !filter.takesMethod(method) {
		return
	}
	taken := filter.takes(method, name)
	if row.Cell == aggregate.NoCell && filter.bounded() {
		if taken {
			totals.TimelessFailures += row.Failures
		}
		return
	}
	key := methodKey{f.windowOf(row.Cell), method}
	if !f.counts(key.window) {
		return
	}
	m := f.method(key)
	if !taken {
		// A session that failed by another error could have failed by this one.
		if row.Failures > 0 && s.Known() {
			m.tried.count(s.ID, &m.Sessions)
		}
		return
	}
	f.shown[method] = true
	e := f.err(errorKey{key, name, row.Code})
	m.Lines += row.Lines
	e.Lines += row.Lines
	e.Evidence[row.Evidence.String()] += row.Lines
	totals.Evidence[row.Evidence.String()] += row.Lines
	if row.Stated != 0 {
		e.Codes[row.Stated] += row.Lines
	}
	if row.First != timestamp.NoTime {
		if first := f.instant(row.First); e.First.IsZero() || first.Before(e.First) {
			e.First = first
		}
		if last := f.instant(row.Last); last.After(e.Last) {
			e.Last = last
		}
	}
	if row.Failures == 0 {
		return
	}
	m.Failures += row.Failures
	e.Failures += row.Failures
	totals.Failures += row.Failures
	if name == "" {
		totals.Unnamed += row.Failures
	}
	if row.Cell == aggregate.NoCell {
		totals.Timeless += row.Failures
	}
	if !s.Known() {
		m.Sessionless += row.Failures
		e.Sessionless += row.Failures
		totals.Sessionless += row.Failures
		return
	}
	m.tried.count(s.ID, &m.Sessions)
	m.failed.count(s.ID, &m.SessionsFailed)
	e.failed.count(s.ID, &e.Sessions)
	f.failed.count(s.ID, &totals.SessionsFailed)
	if key.window != Timeless {
		w := &f.report.Windows[key.window]
		w.failed.count(s.ID, &w.SessionsFailed)
	}
}

// end puts the rows in order.
func (f *fold) end() {
	r := f.report
	for k, m := range f.methods {
		if r.Filter.Error != "" && r.Filter.Method == "" && !f.shown[k.method] {
			continue // it has no more to do with the error than any other method
		}
		if m.Attempts == nil {
			m.Sessions = 0
			if k.window != Timeless {
				m.Sessions = r.Windows[k.window].Sessions
			}
		}
		r.Methods = append(r.Methods, *m)
	}
	for _, e := range f.errors {
		if e.Failures == 0 {
			r.Totals.Background += e.Lines
		}
		r.Errors = append(r.Errors, *e)
	}
	slices.SortFunc(r.Methods, func(a, b Method) int { return a.compare(&b) })
	slices.SortFunc(r.Errors, func(a, b Error) int { return a.compare(&b) })
}

func (m *Method) compare(other *Method) int {
	return cmp.Or(compareWindows(m.Window, other.Window), cmp.Compare(m.Name, other.Name))
}

func (e *Error) compare(other *Error) int {
	return cmp.Or(compareWindows(e.Window, other.Window), cmp.Compare(e.Method, other.Method),
		cmp.Compare(e.Name, other.Name), cmp.Compare(e.Code, other.Code))
}

// compareWindows orders windows by time, and what has no time last.
func compareWindows(a, b int) int {
	if (a == Timeless) != (b == Timeless) {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// instant returns a time in the report's zone, the zero time for NoTime.
func (f *fold) instant(nanos int64) time.Time {
	if nanos == timestamp.NoTime {
		return time.Time{}
	}
	return time.Unix(0, nanos).In(f.report.Zone)
}
