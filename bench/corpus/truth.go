package corpus

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"
)

// A Truth has the counts of a corpus, known from its construction.
//
// A record is a line of NDJSON, or a line of console text with the stack lines after it; a blank
// line is a clean record. A record is classified if it is evidence of an error: it contains a
// name or a phrase, is an exception line of the SDK or one that begins with a code, comes from the
// SDK's socket, or is telemetry of a failure (variation Failure, a Cancel because of AccessDenied,
// an action tb.exception.*). Any other telemetry body is telemetry; all other records are clean.
//
// A failure counts once, however many records it has. Its name and method are those with the best
// evidence in its records.
type Truth struct {
	Format    Format    `json:"format"`
	Seed      uint64    `json:"seed"`
	Size      int64     `json:"size"` // of the options
	Start     time.Time `json:"start"`
	Days      int       `json:"days"`
	ErrorRate float64   `json:"error_rate"`

	Totals Totals `json:"totals"`

	// Errors has a row for each UTC day, method, error and, for errors without a name, code.
	// ErrorsTotal has such rows for the whole corpus.
	Errors      []Row `json:"errors"`
	ErrorsTotal []Row `json:"errors_total"`

	// Methods has a row for each UTC day and method with an attempt or a
	// failure, MethodsTotal for the whole corpus.
	Methods      []Method `json:"methods"`
	MethodsTotal []Method `json:"methods_total"`

	// Names counts the records that spell an error name, by the UTC day of the record.
	Names []NameCount `json:"names"`

	// Shapes counts records by construct.
	Shapes map[string]int64 `json:"shapes"`
}

// Totals are sums over all records.
type Totals struct {
	Bytes    int64 `json:"bytes"`
	Lines    int64 `json:"lines"` // physical
	Records  Kinds `json:"records"`
	Named    int64 `json:"named"`    // records that spell a name
	Sessions int64 `json:"sessions"` // distinct OpenTok session IDs, without those of native clients alone
	Failures int64 `json:"failures"`
}

// Kinds counts records by kind.
type Kinds struct {
	Classified int64 `json:"classified"`
	Clean      int64 `json:"clean"`
	Telemetry  int64 `json:"telemetry"`
	Skipped    int64 `json:"skipped"`
}

// A Row counts the failures of one method and error, and their records.
type Row struct {
	// WindowStart is the day of the failures' first records, nil in
	// ErrorsTotal.
	WindowStart *time.Time `json:"window_start,omitempty"`
	Method      string     `json:"method"`
	Error       *string    `json:"error"`
	Code        *int       `json:"code"` // of a nameless error; part of the key

	// Failures is 0 for records that belong to no failure: telemetry of a configuration that
	// could not be read.
	Failures  int64         `json:"failures"`
	Recovered int64         `json:"recovered"` // failures within a call that succeeds in the end; not part of Failures
	Lines     int64         `json:"lines"`     // records
	Codes     map[int]int64 `json:"codes"`     // lines by the code in them

	// Evidence counts the lines by the evidence for their error: name, phrase, code or none. A
	// Cancel for AccessDenied counts as a phrase.
	Evidence map[string]int64 `json:"evidence"`

	// Sessions counts the distinct sessions of the failures. Their records have the session ID,
	// or a client instance that other records have together with the ID.
	Sessions int64 `json:"sessions"`

	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// A Method counts the calls and failures of a method.
type Method struct {
	WindowStart *time.Time `json:"window_start,omitempty"` // day of the first records of calls and failures
	Method      string     `json:"method"`

	// A call is one Attempt event in telemetry, with the SDK's retries. Calls that the end of
	// the corpus interrupts have no outcome.
	Attempts  int64 `json:"attempts"`
	Successes int64 `json:"successes"`
	Failed    int64 `json:"failed_attempts"`
	Cancels   int64 `json:"cancels"`
	Open      int64 `json:"open"` // without an outcome
	Recovered int64 `json:"recovered"`

	// Sessions counts all sessions with a record in the window.
	Sessions int64 `json:"sessions"`
	Failing  int64 `json:"sessions_failed"`
}

// A NameCount counts the records of one day that spell an error name, whatever their failure.
type NameCount struct {
	Day     string `json:"day"` // 2026-11-02
	Name    string `json:"name"`
	Records int64  `json:"records"`
}

// WriteJSON writes t, indented.
func (t *Truth) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	return enc.Encode(t)
}

// truth returns the counts as a Truth.
func (t *tally) truth(o Options) *Truth {
	out := &Truth{
		Format: o.Format, Seed: o.Seed, Size: o.Size, Start: o.Start, Days: o.Days, ErrorRate: o.ErrorRate,
		Totals: t.totals, Errors: []Row{}, ErrorsTotal: []Row{}, Methods: []Method{}, MethodsTotal: []Method{},
		Names: []NameCount{}, Shapes: map[string]int64{},
	}
	for i := range t.rows {
		r := &t.rows[i]
		row := r.public()
		if r.day == wholeInput {
			out.ErrorsTotal = append(out.ErrorsTotal, row)
			continue
		}
		row.WindowStart = startOf(r.day)
		out.Errors = append(out.Errors, row)
	}
	for key, n := range t.names {
		out.Names = append(out.Names, NameCount{startOf(key.day).Format(time.DateOnly), errorName(key.name), n})
	}
	slices.SortFunc(out.Names, func(a, b NameCount) int {
		return first(strings.Compare(a.Day, b.Day), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(out.Errors, compareRows)
	slices.SortFunc(out.ErrorsTotal, compareRows)
	for i := range t.methods {
		r := &t.methods[i]
		m := r.Method
		m.Open = m.Attempts - m.Successes - m.Failed - m.Cancels
		m.Sessions = t.seen[r.day]
		if r.day == wholeInput {
			out.MethodsTotal = append(out.MethodsTotal, m)
			continue
		}
		m.WindowStart = startOf(r.day)
		out.Methods = append(out.Methods, m)
	}
	slices.SortFunc(out.Methods, compareMethods)
	slices.SortFunc(out.MethodsTotal, compareMethods)
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

func startOf(day int64) *time.Time {
	start := time.UnixMilli(day * msPerDay).UTC()
	return &start
}

func (r *row) public() Row {
	out := Row{
		Method: r.method, Error: namePointer(r.name), Code: codePointer(r.code),
		Failures: r.failures, Recovered: r.recovered, Codes: r.codes, Evidence: map[string]int64{}, Sessions: r.sessions,
		FirstSeen: time.UnixMilli(r.first).UTC(), LastSeen: time.UnixMilli(r.last).UTC(),
	}
	for e, n := range r.evidence {
		if n > 0 {
			out.Evidence[evidenceNames[e]] = n
			out.Lines += n
		}
	}
	return out
}

// compareRows sorts by window, method, error and code.
func compareRows(a, b Row) int {
	return first(compareStarts(a.WindowStart, b.WindowStart), strings.Compare(a.Method, b.Method), compareNames(a.Error, b.Error), compareCodes(a.Code, b.Code))
}

func compareMethods(a, b Method) int {
	return first(compareStarts(a.WindowStart, b.WindowStart), strings.Compare(a.Method, b.Method))
}

func compareStarts(a, b *time.Time) int {
	if a == nil || b == nil {
		return nils(a == nil, b == nil)
	}
	return a.Compare(*b)
}

// first returns the first result that is not zero.
func first(results ...int) int {
	for _, r := range results {
		if r != 0 {
			return r
		}
	}
	return 0
}

// The comparisons put nil last.
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
		return 0 // both are nil
	case a:
		return 1
	}
	return -1
}

// errorName returns the name with index i, "" for noName.
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
