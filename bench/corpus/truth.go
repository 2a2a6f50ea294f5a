package corpus

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
)

// A Truth is what a corpus holds, known from how it was made.
//
// A record is a line of NDJSON; in console text it is a line with the stack
// lines after it, and a blank line is a clean record of its own. A record is
// classified if it spells an error name, holds a phrase of one or is a
// telemetry failure (variation Failure, or a Cancel because of AccessDenied),
// telemetry if it is any other telemetry body, and clean otherwise.
type Truth struct {
	Format    Format    `json:"format"`
	Seed      uint64    `json:"seed"`
	Size      int64     `json:"size"` // as asked for
	Start     time.Time `json:"start"`
	Days      int       `json:"days"`
	ErrorRate float64   `json:"error_rate"`

	Totals Totals `json:"totals"`

	// Errors has a row for each UTC day, method, error and, for nameless
	// errors, code. ErrorsTotal has the same rows over the whole corpus.
	Errors      []Row `json:"errors"`
	ErrorsTotal []Row `json:"errors_total"`

	// Attempts counts the calls in telemetry: one Attempt event a call.
	// Calls cut off by the end of the corpus have no outcome.
	Attempts map[string]Attempts `json:"attempts"`

	// Failures counts what went wrong, once for all records that speak of
	// it. The error is null where no record could tell it.
	Failures []Failure `json:"failures"`

	// Weak counts clean records that are the traces of a failure without
	// its name or a phrase of it: titles, codes and texts.
	Weak []Weak `json:"weak"`

	// Shapes counts records by construct.
	Shapes map[string]int64 `json:"shapes"`
}

// Totals are sums over all records.
type Totals struct {
	Bytes    int64 `json:"bytes"`
	Lines    int64 `json:"lines"` // physical
	Records  Kinds `json:"records"`
	Named    int64 `json:"named"`    // records that spell a name
	Sessions int64 `json:"sessions"` // distinct OpenTok session IDs
}

// Kinds counts records by kind.
type Kinds struct {
	Classified int64 `json:"classified"`
	Clean      int64 `json:"clean"`
	Telemetry  int64 `json:"telemetry"`
	Skipped    int64 `json:"skipped"`
}

// A Row counts the classified records of one method and error.
type Row struct {
	WindowStart *time.Time `json:"window_start,omitempty"` // nil in ErrorsTotal
	Method      string     `json:"method"`
	Error       *string    `json:"error"`
	Code        *int       `json:"code"` // of a nameless error; part of the key

	Codes map[int]int64 `json:"codes"` // codes that the records state
	Lines int64         `json:"lines"` // records

	// Evidence counts the records by what tells their error: name, phrase or
	// none. A Cancel for AccessDenied counts as a phrase.
	Evidence map[string]int64 `json:"evidence"`

	// Sessions counts the distinct session IDs in the records.
	// SessionsLinked also counts sessions whose ID is only found by way of
	// the client instance that the records bear.
	Sessions       int64 `json:"sessions"`
	SessionsLinked int64 `json:"sessions_linked"`

	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// Attempts counts calls of a method by their outcome.
type Attempts struct {
	Attempts  int64 `json:"attempts"`
	Successes int64 `json:"successes"`
	Failures  int64 `json:"failures"`
	Cancels   int64 `json:"cancels"`
}

// A Failure counts failures of one method and error.
type Failure struct {
	Method   string  `json:"method"`
	Error    *string `json:"error"`
	Failures int64   `json:"failures"`
}

// A Weak counts nameless records by the failure they belong to.
type Weak struct {
	Method string  `json:"method"`
	Error  *string `json:"error"`
	Code   *int    `json:"code"` // that the records state
	Lines  int64   `json:"lines"`
}

// WriteJSON writes t, indented.
func (t *Truth) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(t)
}

// A rowKey identifies a row; day is wholeInput in ErrorsTotal.
type rowKey struct {
	day    int64
	method string
	name   string // empty: none
	code   int16
}

const wholeInput = -1

type row struct {
	rowKey
	evidence         [evidences]int64 // lines
	sessions, linked int64
	first, last      int64
	codes            map[int]int64
}

type weakKey struct {
	method, name string
	code         int16
}

// A counted row is one that a session has been counted in.
type counted struct {
	row    int32
	direct bool // by its ID
}

// A tally counts records as they are written.
type tally struct {
	totals   Totals
	index    map[rowKey]int32
	rows     []row
	failures map[weakKey]int64
	weak     map[weakKey]int64
	attempts [len(actions)]Attempts
	shapes   [shapes]int64
	near     [mutations]int64
}

func (t *tally) init() {
	t.index = map[rowKey]int32{}
	t.failures = map[weakKey]int64{}
	t.weak = map[weakKey]int64{}
}

// record counts the record that l became.
func (t *tally) record(s *session, l *line, ts, bytes, lines int64, session bool) {
	t.totals.Bytes += bytes
	t.totals.Lines += lines
	t.shapes[l.shape]++
	if session && !s.met {
		s.met = true
		t.totals.Sessions++
	}
	v := &l.verdict
	if l.starts {
		// Its first line may tell what the plan leaves open.
		culprit, cause := l.culprit.String(), errorName(l.cause)
		if l.culprit == unknown && v.evidence != unclassified {
			culprit = v.method
		}
		if cause == "" {
			cause = v.name
		}
		t.failures[weakKey{culprit, cause, 0}]++
	}
	switch l.shape {
	case nearMiss:
		t.near[l.near]++
	case weakException, weakCode, weakText:
		if v.evidence == unclassified {
			t.weak[weakKey{l.culprit.String(), errorName(l.cause), l.said}]++
		}
	}
	switch a := &t.attempts[l.act]; l.outcome {
	case attempted:
		a.Attempts++
	case succeeded:
		a.Successes++
	case failed:
		a.Failures++
	case cancelled:
		a.Cancels++
	}
	switch {
	case v.evidence != unclassified:
		t.totals.Records.Classified++
	case l.shape.telemetry():
		t.totals.Records.Telemetry++
		return
	default:
		t.totals.Records.Clean++
		return
	}
	if v.evidence == byName {
		t.totals.Named++
	}
	key := rowKey{ts / msPerDay, v.method, v.name, 0}
	if v.name == "" {
		key.code = l.said
	}
	t.count(s, l, key, ts, session)
	key.day = wholeInput
	t.count(s, l, key, ts, session)
}

// count adds a classified record to the row of key.
func (t *tally) count(s *session, l *line, key rowKey, ts int64, session bool) {
	i, ok := t.index[key]
	if !ok {
		i = int32(len(t.rows))
		t.index[key] = i
		t.rows = append(t.rows, row{rowKey: key, first: ts, last: ts, codes: map[int]int64{}})
	}
	r := &t.rows[i]
	r.evidence[l.verdict.evidence]++
	r.first, r.last = min(r.first, ts), max(r.last, ts)
	if l.said != 0 {
		r.codes[int(l.said)]++
	}
	linked := session || l.bare
	if !linked {
		return
	}
	for j := range s.counted {
		if c := &s.counted[j]; c.row == i {
			if session && !c.direct {
				c.direct = true
				r.sessions++
			}
			return
		}
	}
	s.counted = append(s.counted, counted{i, session})
	r.linked++
	if session {
		r.sessions++
	}
}

// truth makes the Truth of what was counted.
func (t *tally) truth(o Options) *Truth {
	out := &Truth{
		Format: o.Format, Seed: o.Seed, Size: o.Size, Start: o.Start, Days: o.Days, ErrorRate: o.ErrorRate,
		Totals: t.totals, Errors: []Row{}, ErrorsTotal: []Row{},
		Attempts: map[string]Attempts{}, Failures: []Failure{}, Weak: []Weak{}, Shapes: map[string]int64{},
	}
	for i := range t.rows {
		r := &t.rows[i]
		row := Row{
			Method: r.method, Error: namePointer(r.name), Code: codePointer(r.code),
			Codes: r.codes, Evidence: map[string]int64{}, Sessions: r.sessions, SessionsLinked: r.linked,
			FirstSeen: time.UnixMilli(r.first).UTC(), LastSeen: time.UnixMilli(r.last).UTC(),
		}
		for e, n := range r.evidence {
			if n > 0 {
				row.Evidence[evidenceNames[e]] = n
				row.Lines += n
			}
		}
		if r.day == wholeInput {
			out.ErrorsTotal = append(out.ErrorsTotal, row)
			continue
		}
		day := time.UnixMilli(r.day * msPerDay).UTC()
		row.WindowStart = &day
		out.Errors = append(out.Errors, row)
	}
	slices.SortFunc(out.Errors, compareRows)
	slices.SortFunc(out.ErrorsTotal, compareRows)
	for act := actConnect; int(act) < len(actions); act++ {
		out.Attempts[actions[act].method.String()] = t.attempts[act]
	}
	for k, n := range t.failures {
		out.Failures = append(out.Failures, Failure{k.method, namePointer(k.name), n})
	}
	slices.SortFunc(out.Failures, func(a, b Failure) int {
		return first(strings.Compare(a.Method, b.Method), compareNames(a.Error, b.Error))
	})
	for k, n := range t.weak {
		out.Weak = append(out.Weak, Weak{k.method, namePointer(k.name), codePointer(k.code), n})
	}
	slices.SortFunc(out.Weak, func(a, b Weak) int {
		return first(strings.Compare(a.Method, b.Method), compareNames(a.Error, b.Error), compareCodes(a.Code, b.Code))
	})
	for sh, n := range t.shapes {
		if shape(sh) != nearMiss && n > 0 {
			out.Shapes[shapeNames[sh]] = n
		}
	}
	for m, n := range t.near {
		if n > 0 {
			out.Shapes["near."+mutationNames[m]] = n
		}
	}
	return out
}

// compareRows sorts by window, method, error and code.
func compareRows(a, b Row) int {
	window := 0
	if a.WindowStart != nil {
		window = a.WindowStart.Compare(*b.WindowStart)
	}
	return first(window, strings.Compare(a.Method, b.Method), compareNames(a.Error, b.Error), compareCodes(a.Code, b.Code))
}

// first returns the first result that decides.
func first(results ...int) int {
	for _, r := range results {
		if r != 0 {
			return r
		}
	}
	return 0
}

// compareNames and compareCodes put nil last.
func compareNames(a, b *string) int {
	if a == nil || b == nil {
		return nils(a == nil, b == nil)
	}
	return strings.Compare(*a, *b)
}

func compareCodes(a, b *int) int {
	if a == nil || b == nil {
		return nils(a == nil, b == nil)
	}
	return *a - *b
}

func nils(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// errorName is the name with index i, empty for noName.
func errorName(i int16) string {
	if i == noName {
		return ""
	}
	return names[i].text
}

func namePointer(name string) *string {
	if name == "" {
		return nil
	}
	return &name
}

func codePointer(code int16) *int {
	if code == 0 {
		return nil
	}
	n := int(code)
	return &n
}

// instant writes ms as RFC 3339 with milliseconds.
func instant(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
