package corpus

import (
	"fmt"
	"slices"
)

// A tally counts records when they are written, and failures when their last record is written.
type tally struct {
	totals     Totals
	index      map[rowKey]int32
	rows       []row
	methodsAt  map[methodKey]int32
	methods    []methodRow
	seen       map[int64]int64 // sessions by day
	names      map[nameKey]int64
	shapes     [shapes]int64
	near       [mutations]int64
	unexpected error // the first failure whose records differ from the plan
}

// A rowKey identifies a row; day is wholeInput in ErrorsTotal.
type rowKey struct {
	day    int64
	method string
	name   string // empty: none
	code   int16
}

const wholeInput = -1

type nameKey struct {
	day  int64
	name int16
}

type row struct {
	rowKey
	failures, recovered int64
	sessions            int64
	evidence            [evidences]int64 // lines
	first, last         int64
	codes               map[int]int64
}

type methodKey struct {
	day    int64
	method string
}

type methodRow struct {
	day int64
	Method
}

func (t *tally) init() {
	t.index = map[rowKey]int32{}
	t.methodsAt = map[methodKey]int32{}
	t.seen = map[int64]int64{}
	t.names = map[nameKey]int64{}
}

// A mark says where a session has been counted.
type mark struct {
	kind markKind
	at   int32 // day or row
}

type markKind uint8

const (
	seenOn markKind = iota
	inRow
	failedIn
)

// once reports whether s is counted there for the first time.
func (s *session) once(kind markKind, at int32) bool {
	m := mark{kind, at}
	if slices.Contains(s.marks, m) {
		return false
	}
	s.marks = append(s.marks, m)
	return true
}

// record counts the record of l. direct says whether it has the session ID.
func (t *tally) record(s *session, l *line, ts, bytes, lines int64, direct bool) {
	t.totals.Bytes += bytes
	t.totals.Lines += lines
	t.shapes[l.shape]++
	if l.shape == nearMiss {
		t.near[l.near]++
	}
	if l.shape == noiseNative {
		direct = false // a session of native clients alone is not counted
	}
	if direct && !s.met {
		s.met = true
		t.totals.Sessions++
		t.seen[wholeInput]++
	}
	// A record with only a client instance belongs to the session too: an earlier record has
	// both.
	known := direct || l.bare
	if day := ts / msPerDay; known && s.once(seenOn, int32(day)) {
		t.seen[day]++
	}
	t.outcome(s, l, ts/msPerDay)
	switch v := &l.verdict; {
	case v.evidence != unclassified:
		t.totals.Records.Classified++
		if v.evidence == byName {
			t.totals.Named++
			t.names[nameKey{ts / msPerDay, l.name}]++
		}
		s.failure.add(l, ts, known)
	case l.shape.telemetry():
		t.totals.Records.Telemetry++
	default:
		t.totals.Records.Clean++
	}
}

// outcome counts what l adds to the calls of its method. The outcome of a call counts for the day of
// its beginning.
func (t *tally) outcome(s *session, l *line, day int64) {
	if l.outcome == noOutcome {
		return
	}
	if l.outcome == attempted {
		s.began[l.act] = day
	}
	for _, day := range [...]int64{s.began[l.act], wholeInput} {
		i := t.methodRow(day, actions[l.act].method.String())
		m := &t.methods[i]
		switch l.outcome {
		case attempted:
			m.Attempts++
		case succeeded:
			m.Successes++
		case failed:
			m.Failed++
		case cancelled:
			m.Cancels++
		}
	}
}

func (t *tally) methodRow(day int64, method string) int32 {
	key := methodKey{day, method}
	i, ok := t.methodsAt[key]
	if !ok {
		i = int32(len(t.methods))
		t.methodsAt[key] = i
		t.methods = append(t.methods, methodRow{day, Method{Method: method}})
	}
	return i
}

// A failure is what the records of one planned step state together.
type failure struct {
	planned   bool
	aside     bool  // the records belong to no failure
	recovered bool  // the call succeeds in the end
	cause     int16 // the name as planned, or noName

	lines       int64
	evidence    [evidences]int64
	first, last int64
	known       bool // the session is known
	codes       []int16

	name   string
	rank   int8 // of the name's evidence
	method string
	source source // of the method
	weak   []weak
	torn   string // why the records cannot belong to one failure
}

// A weak record has no name.
type weak struct {
	method   string
	code     int16
	anywhere bool // the method has this code with every name
}

// reset empties f for the next step.
func (f *failure) reset() {
	*f = failure{cause: noName, codes: f.codes[:0], weak: f.weak[:0]}
}

// add adds a record, and its verdict, to f.
func (f *failure) add(l *line, ts int64, known bool) {
	v := &l.verdict
	if f.lines == 0 {
		f.first, f.last, f.method = ts, ts, v.method
	}
	f.lines++
	f.first, f.last = min(f.first, ts), max(f.last, ts)
	f.evidence[v.evidence]++
	f.known = f.known || known
	if l.said != 0 {
		f.codes = append(f.codes, l.said)
	}
	if !mayMeet(v.method, f.method) {
		f.torn = "it is of " + f.method + " and of " + v.method
	}
	switch {
	case v.source > f.source:
		f.method, f.source = v.method, v.source
	case v.source == f.source && v.method != f.method:
		f.torn = "the methods " + f.method + " and " + v.method + " are told equally well"
	}
	rank := int8(v.evidence)
	if v.socket {
		rank -= int8(evidences) // every other line is better evidence
	}
	switch {
	case v.name == "":
		if !v.socket {
			f.weak = append(f.weak, weak{v.method, l.said, l.act == actSubscribe && l.said == 1013})
		}
	case f.name == "" || rank > f.rank:
		f.name, f.rank = v.name, rank
	}
	if v.name != "" && !v.socket && v.name != errorName(f.cause) {
		f.torn = "a record tells " + v.name
	}
}

// mayMeet reports whether one failure can have records of both methods. Failures of getUserMedia
// belong to either, depending on who created the publisher.
func mayMeet(a, b string) bool {
	p, q := initPublisher.String(), publish.String()
	return a == b || a == unknown.String() || b == unknown.String() || a == p && b == q || a == q && b == p
}

// settle counts the failure of a step that has been written.
func (t *tally) settle(s *session) {
	f := &s.failure
	if f.lines == 0 {
		return // only phrases identify it, and none are given
	}
	if err := f.check(); err != nil && t.unexpected == nil {
		t.unexpected = err
	}
	if !f.aside && !f.recovered {
		t.totals.Failures++
	}
	for _, day := range [...]int64{f.first / msPerDay, wholeInput} {
		t.count(s, f, day)
	}
}

// check reports records that a reader would not count for the planned failure.
func (f *failure) check() error {
	torn := f.torn
	if !f.planned {
		torn = "no failure was planned"
	}
	for _, w := range f.weak {
		if f.name != "" && w.code != 0 && !w.anywhere && !(raised(f.name, w.code, w.method) && raised(f.name, w.code, f.method)) {
			torn = fmt.Sprintf("%d does not go with it", w.code)
		}
		if f.name == "" && w.code != f.code() {
			torn = fmt.Sprintf("nameless, it has the codes %v", f.codes)
		}
	}
	if torn == "" {
		return nil
	}
	return fmt.Errorf("corpus: a failure planned as %q of %s: %s", errorName(f.cause), f.method, torn)
}

// code returns the code of a failure without a name.
func (f *failure) code() int16 {
	if f.name != "" || len(f.codes) == 0 {
		return 0
	}
	return f.codes[0]
}

// count adds f to the rows of a day.
func (t *tally) count(s *session, f *failure, day int64) {
	i := t.row(rowKey{day, f.method, f.name, f.code()}, f)
	r := &t.rows[i]
	for e, n := range f.evidence {
		r.evidence[e] += n
	}
	r.first, r.last = min(r.first, f.first), max(r.last, f.last)
	for _, code := range f.codes {
		r.codes[int(code)]++
	}
	if f.aside {
		return
	}
	j := t.methodRow(day, f.method)
	if f.recovered {
		r.recovered++
		t.methods[j].Recovered++
		return
	}
	r.failures++
	if !f.known {
		return
	}
	if s.once(inRow, i) {
		r.sessions++
	}
	if s.once(failedIn, j) {
		t.methods[j].Failing++
	}
}

func (t *tally) row(key rowKey, f *failure) int32 {
	i, ok := t.index[key]
	if !ok {
		i = int32(len(t.rows))
		t.index[key] = i
		t.rows = append(t.rows, row{rowKey: key, first: f.first, last: f.last, codes: map[int]int64{}})
	}
	return i
}
