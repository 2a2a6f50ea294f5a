package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/words"
)

// An input is what a report is folded from.
type input struct {
	names      *aggregate.Names
	times      aggregate.Range
	coverage   []aggregate.Coverage
	wrongClock int64
	duplicates int64
	filter     aggregate.Filter
	batches    iter.Seq2[*batch.Batch, error]
}

// readCounts returns the input of a report, with a table of clients if it has groups.
func readCounts(c *aggregate.Counts, r *Report, groups bool) (*input, error) {
	filter, err := r.Filter.In(c)
	if err != nil {
		return nil, err
	}
	tables := batch.Tables[:]
	if !groups {
		tables = []batch.Table{batch.Errors, batch.Methods, batch.Sessions}
	}
	return &input{
		names: c.Names, times: c.Range, coverage: c.Coverage, wrongClock: c.WrongClock, duplicates: c.Duplicates, filter: filter,
		batches: batch.Read(c, batch.Options{
			Window: r.Window, Zone: r.Zone, Filter: filter, Method: r.Filter.Method, Error: r.Filter.Error, Tables: tables, IDs: r.ShowSessions,
		}),
	}, nil
}

// fold makes the numbers of a report, and the groups of each dimension. The input is read
// once.
func (r *Report) fold(in *input, dimensions []Dimension) error {
	r.Start, r.End = instantIn(r.Zone, in.times.First), instantIn(r.Zone, in.times.Last)
	all := newFold(in.names, r, &r.Numbers)
	if err := all.draw(r, in); err != nil {
		return err
	}
	folds := []*fold{all}
	if r.Whole = &r.Numbers; !r.Window.All() {
		r.Whole = &Numbers{}
		whole := newFold(in.names, r, r.Whole)
		if err := whole.draw(&Report{Zone: r.Zone, Filter: r.Filter}, in); err != nil {
			return err
		}
		folds = append(folds, whole)
	}
	var dividers []*divider
	if slices.Contains(dimensions, BySDK) && slices.Contains(dimensions, ByBrowser) {
		dimensions = append(slices.Clip(dimensions), bySDKAndBrowser)
	}
	for _, d := range dimensions {
		dividers = append(dividers, newDivider(d, r, folds))
	}
	for b, err := range in.batches {
		if err != nil {
			return err
		}
		rows := newRows(b)
		r.Undated.Add(b.Undated)
		r.Divided.Add(b.Divided)
		for _, f := range folds {
			f.add(rows)
		}
		for _, d := range dividers {
			d.add(rows)
		}
	}
	for _, f := range folds {
		f.end()
		f.out.Totals.WrongClock, f.out.Totals.Duplicates = in.wrongClock, in.duplicates
	}
	if all.examples != nil {
		r.hashedOnly = all.examples.hashedOnly
	}
	for _, d := range dividers {
		if b := d.end(); d.dimension == bySDKAndBrowser {
			r.combined = b
		} else {
			r.Breakdowns = append(r.Breakdowns, b)
		}
	}
	return nil
}

// rows are the rows of a batch.
type rows struct {
	errors   *batch.ErrorRows
	methods  *batch.MethodRows
	sessions *batch.SessionRows
	clients  *batch.ClientRows // nil: not asked for
}

func newRows(b *batch.Batch) *rows {
	r := &rows{errors: b.ErrorRows(), methods: b.MethodRows(), sessions: b.SessionRows()}
	if b.Records[batch.Clients] != nil {
		r.clients = b.ClientRows()
	}
	return r
}

// A fold adds rows up to Numbers. Rows are sorted by session, so a session is counted once
// if it is counted where it differs from the one before.
type fold struct {
	out      *Numbers
	names    *aggregate.Names
	of       *Report
	attempts Attempts      // what is known of the attempts of every method
	window   map[int64]int // into Windows, by start; nil: all rows are of window 0
	only     []bool        // by window: whether it counts; nil: all do

	methods   map[methodKey]*methodSum
	errors    map[errorKey]*errorSum
	seen      mark
	failedAny mark   // in any window
	failed    []mark // by window

	examples *finder // nil: not asked for

	lastStart  int64 // the last start that was looked up, and its window
	lastWindow int
}

// Keys have no padding, which makes their hash twice as fast.
type (
	methodKey struct {
		window int32
		method uint32
	}
	errorKey struct {
		window      int32
		method, err uint16
		code        int32
	}
)

// A methodSum is a Method in the making.
type methodSum struct {
	Method
	failed mark
}

// An errorSum is an Error in the making.
type errorSum struct {
	Error
	method      *methodSum
	evidence    [len(classify.Evidences)]int64
	first, last int64 // Unix nanoseconds
	examples    []example
	failed      mark
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

func newFold(names *aggregate.Names, r *Report, out *Numbers) *fold {
	out.Totals.Evidence = map[string]int64{}
	f := &fold{
		out: out, names: names, of: r, attempts: Attempts{AnyError: r.Filter.Error != "", errorsOnly: r.whyErrorsOnly() != ""},
		methods: map[methodKey]*methodSum{}, errors: map[errorKey]*errorSum{}, lastStart: batch.NoStart, lastWindow: Timeless,
	}
	if r.ShowSessions {
		f.examples = &finder{}
	}
	return f
}

// maxWindows is the largest number of windows of a report. A year has 35,136 quarter-hours, the shortest
// windows; each window with a failure takes some kilobytes of JSON.
const maxWindows = 40_000

// draw makes the windows of a report, and counts the records and hours of each.
func (f *fold) draw(r *Report, in *input) error {
	if r.Window.All() {
		f.out.Windows = []Window{{Complete: true}}
	} else {
		f.window = map[int64]int{batch.NoStart: Timeless}
	}
	first, last := int64(timestamp.NoTime), int64(timestamp.NoTime)
	for _, c := range in.coverage {
		if !in.filter.Covers(c.Bucket) {
			continue
		}
		if c.Bucket != aggregate.NoBucket {
			if first == timestamp.NoTime {
				first = c.First
			}
			last = c.Last
		}
		f.out.Totals.Records.Add(c.Records)
		if w := f.windowOfBucket(r, c.Bucket); w != Timeless {
			f.out.Windows[w].Records += c.Records.Total()
		}
		if len(f.out.Windows) > maxWindows {
			return fmt.Errorf("--window %s divides the input into more than %s windows: choose a longer one, such as 1d, or bounds of time, --since and --until",
				r.Window, words.Number(maxWindows))
		}
	}
	f.out.Totals.First, f.out.Totals.Last = instantIn(r.Zone, first), instantIn(r.Zone, last)
	for i := range f.out.Windows {
		if w := &f.out.Windows[i]; !w.End.IsZero() {
			w.Complete = in.completes(w)
		}
	}
	f.failed = make([]mark, len(f.out.Windows))
	f.hours(r, in)
	return nil
}

// completes reports whether the input, as far as it is selected, includes a whole window. The
// range of the input begins in the window's first twentieth or before, and ends in its last
// twentieth or after; bounds of time on a border of the window vouch for that end.
func (in *input) completes(w *Window) bool {
	if in.times.First == timestamp.NoTime || in.filter.Cuts(w.Start, w.End) {
		return false
	}
	margin := w.End.Sub(w.Start) / 20
	begins := in.filter.Since.Equal(w.Start) || time.Unix(0, in.times.First).Before(w.Start.Add(margin))
	ends := in.filter.Until.Equal(w.End) || !time.Unix(0, in.times.Last).Before(w.End.Add(-margin))
	return begins && ends
}

// windowOfBucket returns the window of a bucket. Buckets come in order; the first one of a window
// makes it.
func (f *fold) windowOfBucket(r *Report, c aggregate.Bucket) int {
	switch {
	case f.window == nil:
		return 0
	case c == aggregate.NoBucket:
		return Timeless
	}
	start := r.Window.Start(c.Start().In(r.Zone))
	w, ok := f.window[start.Unix()]
	if !ok {
		w = len(f.out.Windows)
		f.out.Windows = append(f.out.Windows, Window{Start: start, End: r.Window.End(start)})
		f.window[start.Unix()] = w
	}
	return w
}

// windowOf returns the window that begins at a start.
func (f *fold) windowOf(start int64) int {
	if f.window == nil {
		return 0
	}
	// Frequent case first: rows of a session lie side by side in time.
	if start != f.lastStart {
		f.lastStart, f.lastWindow = start, f.window[start]
	}
	return f.lastWindow
}

// part returns a fold for a group of what a fold counts, in the same windows.
func (f *fold) part(only []bool) *fold {
	out := &Numbers{}
	for _, w := range f.out.Windows {
		w.Records, w.Sessions, w.TelemetrySessions, w.SessionsFailed = 0, 0, 0, 0
		out.Windows = append(out.Windows, w)
	}
	part := newFold(f.names, f.of, out)
	part.window, part.only, part.failed = f.window, only, make([]mark, len(out.Windows))
	return part
}

// counts reports whether what is in a window counts.
func (f *fold) counts(window int) bool { return f.only == nil || window != Timeless && f.only[window] }

// add adds the rows of a batch.
func (f *fold) add(r *rows) {
	for i := range r.sessions.Len {
		f.session(r.sessions, i)
	}
	for i := range r.methods.Len {
		f.method(r.methods, i)
	}
	for i := range r.errors.Len {
		f.error(r.errors, i)
	}
}

// session counts a session that was seen in a window. A session has one row a window.
func (f *fold) session(r *batch.SessionRows, i int) {
	t := &f.out.Totals
	before := t.Sessions
	f.seen.count(r.Session(i), &t.Sessions)
	if t.Sessions > before {
		if aggregate.SessionFrom(r.From[i]) != aggregate.FromSession {
			t.Surrogates++
		}
		if r.Telemetry.Value(i) {
			t.TelemetrySessions++
		}
	}
	window := f.windowOf(r.Start[i])
	if window != Timeless && f.counts(window) && (f.window != nil || t.Sessions > before) {
		w := &f.out.Windows[window]
		w.Sessions++
		if r.Telemetry.Value(i) {
			w.TelemetrySessions++
		}
	}
}

// method adds a row to its method.
func (f *fold) method(r *batch.MethodRows, i int) {
	window := f.windowOf(r.Start[i])
	if !f.counts(window) {
		return
	}
	m := f.methodOf(window, r.Method[i])
	if n := r.Attempts[i]; n > 0 {
		if m.Attempts == nil {
			m.Attempts = new(Attempts)
			*m.Attempts = f.attempts
		}
		m.Attempts.Attempts += n
		m.Attempts.Inferred += r.Inferred[i]
		m.Attempts.Successes += r.Successes[i]
		m.Attempts.Failed += max(r.Failed[i], 0)
		m.Attempts.Cancels += r.Cancels[i]
		m.Attempts.Open += r.Open[i]
		m.Attempts.NeverEnded += r.NeverEnded[i]
	}
	m.Recovered += r.Recovered[i]
	f.out.Totals.Recovered += r.Recovered[i]
	failures, session := r.Failures[i], r.Session(i)
	m.Failures += failures
	if session.IsZero() {
		m.Sessionless += failures
		return
	}
	if failures > 0 {
		m.failed.count(session, &m.SessionsFailed)
	}
}

func (f *fold) methodOf(window int, method uint16) *methodSum {
	key := methodKey{int32(window), uint32(method)}
	m := f.methods[key]
	if m == nil {
		m = &methodSum{Method: Method{Window: window, Name: f.names.Methods[method]}}
		f.methods[key] = m
	}
	return m
}

// error adds a row to its error, and its lines to its method.
func (f *fold) error(r *batch.ErrorRows, i int) {
	window := f.windowOf(r.Start[i])
	if !f.counts(window) {
		return
	}
	key := errorKey{int32(window), r.Method[i], r.Error[i], r.Code[i]}
	e := f.errors[key]
	if e == nil {
		e = &errorSum{Error: Error{
			Window: window, Method: f.names.Methods[key.method], Name: f.names.Errors[key.err], Code: key.code,
			Documented: batch.Documentation()[r.Documented[i]], Evidence: map[string]int64{}, Codes: map[int32]int64{}, Reasons: map[string]int64{},
		}, method: f.methodOf(window, key.method), first: timestamp.NoTime, last: timestamp.NoTime}
		f.errors[key] = e
	}
	lines, failures, totals := r.Lines[i], r.Failures[i], &f.out.Totals
	e.Lines += lines
	e.evidence[r.Evidence[i]] += lines
	if code := r.Stated[i]; code != 0 {
		e.Codes[code] += lines
	}
	if first := r.First[i]; first != timestamp.NoTime {
		if e.first == timestamp.NoTime || first < e.first {
			e.first = first
		}
		e.last = max(e.last, r.Last[i])
	}
	if f.examples != nil {
		f.examples.see(r, i, e)
	}
	e.method.Lines += lines
	e.Recovered += r.Recovered[i]
	if failures == 0 {
		return
	}
	e.Failures += failures
	if reason := catalogue.ReasonID(r.Reason[i]); reason != 0 {
		e.Reasons[reason.String()] += failures
	}
	totals.Failures += failures
	if key.err == 0 {
		totals.Unnamed += failures
	}
	session := r.Session(i)
	if session.IsZero() {
		e.Sessionless += failures
		totals.Sessionless += failures
		return
	}
	e.failed.count(session, &e.Sessions)
	f.failedAny.count(session, &totals.SessionsFailed)
	if window != Timeless {
		f.failed[window].count(session, &f.out.Windows[window].SessionsFailed)
	}
}

// end sorts what was added up.
func (f *fold) end() {
	out := f.out
	if f.examples != nil {
		f.examples.end()
	}
	for _, m := range f.methods {
		if m.Window != Timeless {
			m.Sessions = out.Windows[m.Window].Sessions
		}
		out.Methods = append(out.Methods, m.Method)
	}
	for _, e := range f.errors {
		if e.Failures == 0 && e.Recovered == 0 {
			out.Totals.Background += e.Lines
		}
		for kind, lines := range e.evidence {
			if lines > 0 {
				word := classify.Evidence(kind).String()
				e.Evidence[word] = lines
				out.Totals.Evidence[word] += lines
			}
		}
		for _, x := range e.examples {
			e.Examples = append(e.Examples, x.id)
		}
		e.First, e.Last = instantIn(f.of.Zone, e.first), instantIn(f.of.Zone, e.last)
		out.Errors = append(out.Errors, e.Error)
	}
	slices.SortFunc(out.Methods, func(a, b Method) int { return a.compare(&b) })
	slices.SortFunc(out.Errors, func(a, b Error) int { return a.compare(&b) })
}

func (m *Method) compare(other *Method) int {
	return cmp.Or(compareWindows(m.Window, other.Window), cmp.Compare(m.Name, other.Name))
}

func (e *Error) compare(other *Error) int {
	return cmp.Or(compareWindows(e.Window, other.Window), cmp.Compare(e.Method, other.Method),
		cmp.Compare(e.Name, other.Name), cmp.Compare(e.Code, other.Code))
}

// compareWindows orders windows by time; rows without a time come last.
func compareWindows(a, b int) int {
	if (a == Timeless) != (b == Timeless) {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// instantIn returns an instant in a zone, the zero time for NoTime.
func instantIn(zone *time.Location, nanos int64) time.Time {
	if nanos == timestamp.NoTime {
		return time.Time{}
	}
	return time.Unix(0, nanos).In(zone)
}
