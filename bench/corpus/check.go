package corpus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// A report is the part of `otlog report --format json` that Check reads.
type report struct {
	Window string
	Totals struct {
		Bytes, Lines, Sessions, Failures int64
		Records                          Kinds
	}
	Errors  []Row
	Methods []struct {
		Method
		Inferred    int64 `json:"attempts_inferred"`
		FailureRate *rate `json:"failure_rate"`
		SessionRate *rate `json:"session_rate"`
	}
}

// A rate is a share with its 95% Wilson interval.
type rate struct{ Value, Low, High float64 }

// rateOf returns the share of part in all, nil if all is 0.
func rateOf(part, all int64) *rate {
	if all == 0 {
		return nil
	}
	const z = 1.959964
	n := float64(all)
	p := float64(part) / n
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return &rate{p, middle - half, middle + half}
}

// like returns want if r equals it except for rounding, else r.
func (r *rate) like(want *rate) *rate {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-4 }
	if r != nil && want != nil && near(r.Value, want.Value) && near(r.Low, want.Low) && near(r.High, want.High) {
		return want
	}
	return r
}

func (r *rate) String() string {
	if r == nil {
		return "null"
	}
	return fmt.Sprintf("%.5f [%.5f, %.5f]", r.Value, r.Low, r.High)
}

// Check compares every number of the truth with a JSON report of the corpus, and returns the sorted
// differences. The report's window is 1d, in UTC, or all.
func (t *Truth) Check(r io.Reader) ([]string, error) {
	var got report
	if err := json.NewDecoder(r).Decode(&got); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	rows, methods := t.ErrorsTotal, t.MethodsTotal
	if got.Window == "1d" {
		rows, methods = t.Errors, t.Methods
	}
	wrong := t.checkTotals(&got)
	have, want := facts{}, facts{}
	for i := range got.Errors {
		have.add(rowFact(&got.Errors[i]))
	}
	for i := range rows {
		want.add(rowFact(&rows[i]))
	}
	wrong = append(wrong, have.compare(want)...)
	wrong = append(wrong, got.checkMethods(methods)...)
	slices.Sort(wrong)
	return wrong, nil
}

// checkMethods compares the rows of methods. Rows without a call and a failing session, and the row
// of "unknown", are optional.
func (got *report) checkMethods(methods []Method) (wrong []string) {
	have, want := facts{}, facts{}
	rates := map[string][2]*rate{}
	for i := range methods {
		m := &methods[i]
		if m.Attempts == 0 && m.Failing == 0 {
			continue
		}
		failure, session := rateOf(m.Failed, m.Attempts), rateOf(m.Failing, m.Sessions)
		key, text := methodFact(m, failure, session)
		want.add(key, text)
		rates[key] = [2]*rate{failure, session}
	}
	unknowns := false
	for i := range got.Methods {
		m := &got.Methods[i]
		if m.Attempts == 0 && m.Failing == 0 {
			continue
		}
		unknowns = unknowns || m.Method.Method == unknown.String()
		key, _ := methodFact(&m.Method, nil, nil)
		_, text := methodFact(&m.Method, m.FailureRate.like(rates[key][0]), m.SessionRate.like(rates[key][1]))
		have.add(key, text)
		if m.Inferred > 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %d attempts are inferred, but all begin in the corpus", key, m.Inferred))
		}
	}
	if !unknowns {
		maps.DeleteFunc(want, func(key, _ string) bool { return strings.HasSuffix(key, " "+unknown.String()) })
	}
	return append(wrong, have.compare(want)...)
}

func (t *Truth) checkTotals(got *report) (wrong []string) {
	if got.Totals.Bytes != t.Totals.Bytes || got.Totals.Lines != t.Totals.Lines || got.Totals.Failures != t.Totals.Failures ||
		got.Totals.Sessions != t.Totals.Sessions || got.Totals.Records != t.Totals.Records {
		wrong = append(wrong, fmt.Sprintf("totals are %+v, want %+v", got.Totals, t.Totals))
	}
	sum := int64(0)
	for i := range got.Errors {
		sum += got.Errors[i].Failures
	}
	if sum != got.Totals.Failures {
		wrong = append(wrong, fmt.Sprintf("totals are of %d failures, the rows of %d", got.Totals.Failures, sum))
	}
	return wrong
}

// facts has the numbers of rows by the key of the row.
type facts map[string]string

// add adds a row. Of two rows with one key, the second gets another key.
func (f facts) add(key, text string) {
	for f[key] != "" {
		key += " (again)"
	}
	f[key] = text
}

// compare returns the differences between f and want.
func (f facts) compare(want facts) (wrong []string) {
	for key, text := range f {
		if text != want[key] {
			wrong = append(wrong, fmt.Sprintf("%s: %s, want %s", key, text, cmp.Or(want[key], "no such row")))
		}
	}
	for key, text := range want {
		if f[key] == "" {
			wrong = append(wrong, fmt.Sprintf("%s is missing: %s", key, text))
		}
	}
	return wrong
}

func dayText(window *time.Time) string {
	if window == nil {
		return "all"
	}
	return window.Format(time.DateOnly)
}

// rowFact returns the key of a row, and its numbers. The code is part of the key only if there is no
// name.
func rowFact(r *Row) (key, text string) {
	key = dayText(r.WindowStart) + " " + r.Method
	switch {
	case r.Error != nil:
		key += " " + *r.Error
	case r.Code != nil:
		key += fmt.Sprintf(" code %d", *r.Code)
	default:
		key += " unnamed"
	}
	return key, fmt.Sprintf("%d failures, %d recovered, %d lines (%s; codes %s), %d sessions, %s to %s", r.Failures, r.Recovered, r.Lines,
		countText(r.Evidence), countText(r.Codes), r.Sessions,
		r.FirstSeen.UTC().Format(time.RFC3339Nano), r.LastSeen.UTC().Format(time.RFC3339Nano))
}

// countText writes the counts that are not zero, sorted by key.
func countText[K cmp.Ordered](counts map[K]int64) string {
	var list []string
	for k, n := range counts {
		if n != 0 {
			list = append(list, fmt.Sprintf("%v: %d", k, n))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func methodFact(m *Method, failures, sessions *rate) (key, text string) {
	return dayText(m.WindowStart) + " calls of " + m.Method,
		fmt.Sprintf("%d attempts (%d successes, %d failed, %d cancels, %d open, rate %v), %d recovered, %d sessions (%d failed, rate %v)",
			m.Attempts, m.Successes, m.Failed, m.Cancels, m.Open, failures, m.Recovered, m.Sessions, m.Failing, sessions)
}

// ReadTruth reads a Truth that WriteJSON wrote.
func ReadTruth(r io.Reader) (*Truth, error) {
	var t Truth
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return nil, fmt.Errorf("reading the truth: %w", err)
	}
	return &t, nil
}
