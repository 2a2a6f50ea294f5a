package sessions

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Truth has the counts of a log, known from its construction. Names in JSON, and their meanings, are
// those of otlog's report.
type Truth struct {
	Totals Totals `json:"totals"`
	Days   []Day  `json:"days"` // in UTC, days with records
	All    Day    `json:"all"`  // the whole log as one
}

// Totals are sums over the whole log.
type Totals struct {
	Bytes             int64 `json:"bytes"`
	Lines             int64 `json:"lines"`
	Records           Kinds `json:"records"`
	Sessions          int64 `json:"sessions"`            // distinct
	SessionsWithoutID int64 `json:"sessions_without_id"` // of these, connections and clients that no record links to one session
	SessionsFailed    int64 `json:"sessions_failed"`     // of all, sessions with a failure
	SessionsPosting   int64 `json:"telemetry_sessions"`  // of all, sessions with telemetry
	Failures          int64 `json:"failures"`
	Unnamed           int64 `json:"unnamed_failures"` // none
	Duplicates        int64 `json:"duplicates"`       // repeated events of attempts
}

// Kinds counts records by kind.
type Kinds struct {
	Classified int64 `json:"classified"`
	Clean      int64 `json:"clean"`
	Telemetry  int64 `json:"telemetry"`
	Skipped    int64 `json:"skipped"` // none
}

// A Day has the counts of one day.
type Day struct {
	Start           *time.Time `json:"start"` // nil: the whole log
	Records         int64      `json:"records"`
	Sessions        int64      `json:"sessions"` // with a record on the day; a session that crosses midnight counts on both days
	SessionsFailed  int64      `json:"sessions_failed"`
	SessionsPosting int64      `json:"telemetry_sessions"` // with telemetry, on any day
	Errors          []Error    `json:"errors"`
	Methods         []Method   `json:"methods"`
}

// An Error counts the failures of one error in one method, by the day of their first record.
type Error struct {
	Method   string `json:"method"`
	Error    string `json:"error"`
	Failures int64  `json:"failures"`
	Lines    int64  `json:"lines"`    // records of these failures, on any day
	Sessions int64  `json:"sessions"` // distinct, with such a failure
}

// A Method counts the attempts and failures of a method, by the day of their beginning. Sessions
// counts all sessions with a record.
type Method struct {
	Method         string `json:"method"`
	Failures       int64  `json:"failures"`
	Lines          int64  `json:"lines"`
	Attempts       int64  `json:"attempts"`
	Inferred       int64  `json:"attempts_inferred"` // of the attempts, those whose start was not posted
	Successes      int64  `json:"successes"`
	Cancels        int64  `json:"cancels"`
	Failed         int64  `json:"failed_attempts"`
	Open           int64  `json:"open"`
	Recovered      int64  `json:"recovered"` // none
	Sessions       int64  `json:"sessions"`
	SessionsFailed int64  `json:"sessions_failed"`
}

// truth returns the counts as a Truth.
func (t *tally) truth() *Truth {
	out := &Truth{Totals: t.totals, Days: []Day{}, All: t.all.day(nil)}
	out.Totals.SessionsPosting = t.all.posting
	for i := range t.days {
		if t.days[i].records > 0 {
			start := time.UnixMilli((t.firstDay + int64(i)) * msPerDay).UTC()
			out.Days = append(out.Days, t.days[i].day(&start))
		}
	}
	return out
}

func (c *counts) day(start *time.Time) Day {
	out := Day{Start: start, Records: c.records, Sessions: c.sessions, SessionsFailed: c.failed, SessionsPosting: c.posting, Errors: []Error{}, Methods: []Method{}}
	var methods [numMethods]Method
	for f := noFault + 1; f < numFaults; f++ {
		n, said := &c.faults[f], f.said()
		if n.failures == 0 {
			continue
		}
		out.Errors = append(out.Errors, Error{
			Method: said.method.String(), Error: said.name, Failures: n.failures, Lines: n.lines, Sessions: n.sessions,
		})
		methods[said.method].Failures += n.failures
		methods[said.method].Lines += n.lines
	}
	for i := range methods {
		m, n := &methods[i], &c.methods[i]
		m.Method = method(i).String()
		for _, attempts := range n.attempts {
			m.Attempts += attempts
		}
		m.Inferred, m.Successes, m.Cancels, m.Failed = n.inferred, n.attempts[succeeded], n.attempts[cancelled], n.attempts[failed]
		m.Open = n.attempts[open]
		m.Sessions, m.SessionsFailed = c.sessions, n.sessionsFailed
		if m.Attempts > 0 || m.Failures > 0 {
			out.Methods = append(out.Methods, *m)
		}
	}
	slices.SortFunc(out.Errors, func(a, b Error) int {
		return cmp.Or(strings.Compare(a.Method, b.Method), strings.Compare(a.Error, b.Error))
	})
	slices.SortFunc(out.Methods, func(a, b Method) int { return strings.Compare(a.Method, b.Method) })
	return out
}

// A report is the part of `otlog report --format json` that Check reads.
type report struct {
	Window  string
	Totals  Totals
	Windows []Day
	Errors  []struct {
		Start *time.Time `json:"window_start"`
		Error
		Name *string `json:"error"`
		Code *int    `json:"code"`
	}
	Methods []struct {
		Start *time.Time `json:"window_start"`
		Method
		Attempts *int64 `json:"attempts"` // null is not zero
	}
}

// mostDifferences is the maximum number of differences that Check names.
const mostDifferences = 20

// Check compares every number of the truth, and every row of a JSON report of the log. The report's
// window is 1d, in UTC, or all. The error lists the differences.
func (t *Truth) Check(r io.Reader) error {
	var got report
	if err := json.NewDecoder(r).Decode(&got); err != nil {
		return fmt.Errorf("sessions: reading the report: %w", err)
	}
	want := facts{}
	want.totals(&t.Totals)
	switch got.Window {
	case "1d":
		for i := range t.Days {
			want.day(&t.Days[i])
		}
	case "all":
		want.day(&t.All)
	default:
		return fmt.Errorf("sessions: the report's window: expected 1d or all, found %q", got.Window)
	}
	wrong := got.facts().compare(want)
	if len(wrong) == 0 {
		return nil
	}
	count := len(wrong)
	if count > mostDifferences {
		wrong = append(wrong[:mostDifferences], "…")
	}
	return fmt.Errorf("sessions: the report differs from the truth in %d numbers:\n\t%s", count, strings.Join(wrong, "\n\t"))
}

// facts has the numbers of rows by the key of the row. The totals sort first.
type facts map[string]int64

// add adds a row. Of two rows with one key, the second gets another key.
func (f facts) add(key string, n int64) {
	for {
		if _, taken := f[key]; !taken {
			break
		}
		key += " (again)"
	}
	f[key] = n
}

func (f facts) totals(t *Totals) {
	f.add("(totals) bytes", t.Bytes)
	f.add("(totals) lines", t.Lines)
	f.add("(totals) records.classified", t.Records.Classified)
	f.add("(totals) records.clean", t.Records.Clean)
	f.add("(totals) records.telemetry", t.Records.Telemetry)
	f.add("(totals) records.skipped", t.Records.Skipped)
	f.add("(totals) sessions", t.Sessions)
	f.add("(totals) sessions_without_id", t.SessionsWithoutID)
	f.add("(totals) sessions_failed", t.SessionsFailed)
	f.add("(totals) telemetry_sessions", t.SessionsPosting)
	f.add("(totals) failures", t.Failures)
	f.add("(totals) unnamed_failures", t.Unnamed)
	f.add("(totals) duplicates", t.Duplicates)
}

func (f facts) day(d *Day) {
	day := dayText(d.Start)
	f.window(day, d)
	for i := range d.Errors {
		f.row(day, &d.Errors[i], d.Errors[i].Error)
	}
	for i := range d.Methods {
		m := &d.Methods[i]
		f.method(day, m)
		if m.Attempts > 0 {
			f.add(day+" "+m.Method+": attempts", m.Attempts)
		}
	}
}

// facts returns the numbers of a report.
func (r *report) facts() facts {
	f := facts{}
	f.totals(&r.Totals)
	for i := range r.Windows {
		f.window(dayText(r.Windows[i].Start), &r.Windows[i])
	}
	for i := range r.Errors {
		e := &r.Errors[i]
		name := "unnamed"
		switch {
		case e.Name != nil:
			name = *e.Name
		case e.Code != nil:
			name = fmt.Sprintf("code %d", *e.Code)
		}
		f.row(dayText(e.Start), &e.Error, name)
	}
	for i := range r.Methods {
		m := &r.Methods[i]
		day := dayText(m.Start)
		f.method(day, &m.Method)
		if m.Attempts != nil {
			f.add(day+" "+m.Method.Method+": attempts", *m.Attempts)
		}
	}
	return f
}

func (f facts) window(day string, d *Day) {
	f.add(day+": records", d.Records)
	f.add(day+": sessions", d.Sessions)
	f.add(day+": telemetry_sessions", d.SessionsPosting)
	f.add(day+": sessions_failed", d.SessionsFailed)
}

func (f facts) row(day string, e *Error, name string) {
	of := day + " " + e.Method + " " + name + ": "
	f.add(of+"failures", e.Failures)
	f.add(of+"lines", e.Lines)
	f.add(of+"sessions", e.Sessions)
}

func (f facts) method(day string, m *Method) {
	of := day + " " + m.Method + ": "
	f.add(of+"failures", m.Failures)
	f.add(of+"lines", m.Lines)
	f.add(of+"attempts_inferred", m.Inferred)
	f.add(of+"successes", m.Successes)
	f.add(of+"cancels", m.Cancels)
	f.add(of+"failed_attempts", m.Failed)
	f.add(of+"open", m.Open)
	f.add(of+"recovered", m.Recovered)
	f.add(of+"sessions", m.Sessions)
	f.add(of+"sessions_failed", m.SessionsFailed)
}

func dayText(start *time.Time) string {
	if start == nil {
		return "all"
	}
	return start.UTC().Format(time.DateTime)
}

// compare returns the sorted differences between f and want.
func (f facts) compare(want facts) (wrong []string) {
	for _, key := range slices.Sorted(maps.Keys(f)) {
		if n, ok := want[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want no such number", key, f[key]))
		} else if n != f[key] {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want %d", key, f[key], n))
		}
	}
	for key, n := range want {
		if _, ok := f[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s: missing, want %d", key, n))
		}
	}
	slices.Sort(wrong)
	return wrong
}
