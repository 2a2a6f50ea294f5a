package corpus

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

// A report is what Check reads of `otlog report --format json`.
type report struct {
	Window string
	Totals struct {
		Bytes, Lines, Sessions int64
		Records                Kinds
	}
	Errors []struct {
		WindowStart *time.Time `json:"window_start"`
		Method      string
		Error       *string
		Code        *int
		Lines       int64
		Sessions    int64
		Evidence    map[string]int64
		FirstSeen   time.Time `json:"first_seen"`
		LastSeen    time.Time `json:"last_seen"`
	}
	Methods []struct {
		Method         string
		Attempts       int64
		Inferred       int64 `json:"attempts_inferred"`
		Successes      int64
		FailedAttempts int64 `json:"failed_attempts"`
		Cancels        int64
	}
}

// Check compares a JSON report of the corpus with the truth, every number of
// it, and returns what differs, sorted. The report's window is 1d, in UTC, or
// all.
func (t *Truth) Check(r io.Reader) ([]string, error) {
	var got report
	if err := json.NewDecoder(r).Decode(&got); err != nil {
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	rows := t.ErrorsTotal
	if got.Window == "1d" {
		rows = t.Errors
	}
	var wrong []string
	if got.Totals.Bytes != t.Totals.Bytes || got.Totals.Lines != t.Totals.Lines ||
		got.Totals.Sessions != t.Totals.Sessions || got.Totals.Records != t.Totals.Records {
		wrong = append(wrong, fmt.Sprintf("totals are %+v, want %+v", got.Totals, t.Totals))
	}
	want := map[string]string{}
	for _, r := range rows {
		want[rowLabel(r.WindowStart, r.Method, r.Error, r.Code)] = rowText(r.Lines, r.Evidence, r.Sessions, r.FirstSeen, r.LastSeen)
	}
	for _, r := range got.Errors {
		key, have := rowLabel(r.WindowStart, r.Method, r.Error, r.Code), rowText(r.Lines, r.Evidence, r.Sessions, r.FirstSeen, r.LastSeen)
		if have != want[key] {
			wrong = append(wrong, fmt.Sprintf("%s: %s, want %s", key, have, cmp.Or(want[key], "no such row")))
		}
		delete(want, key)
	}
	for key := range want {
		wrong = append(wrong, key+" is missing")
	}
	attempts := map[string]Attempts{}
	for _, m := range got.Methods {
		if m.Attempts == 0 {
			continue
		}
		a := attempts[m.Method]
		a.Attempts += m.Attempts
		a.Successes += m.Successes
		a.Failures += m.FailedAttempts
		a.Cancels += m.Cancels
		attempts[m.Method] = a
		if m.Inferred > 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %d attempts are inferred, but all begin in the corpus", m.Method, m.Inferred))
		}
	}
	made := maps.Clone(t.Attempts)
	maps.DeleteFunc(made, func(_ string, a Attempts) bool { return a.Attempts == 0 })
	if !maps.Equal(attempts, made) {
		wrong = append(wrong, fmt.Sprintf("attempts are %+v, want %+v", attempts, made))
	}
	slices.Sort(wrong)
	return wrong, nil
}

// rowLabel is what tells a row from the others. A name makes the code a detail.
func rowLabel(window *time.Time, method string, name *string, code *int) string {
	day := "all"
	if window != nil {
		day = window.Format(time.DateOnly)
	}
	switch {
	case name != nil:
		return fmt.Sprintf("%s %s %s", day, method, *name)
	case code != nil:
		return fmt.Sprintf("%s %s code %d", day, method, *code)
	}
	return fmt.Sprintf("%s %s unnamed", day, method)
}

// rowText is what a row counts, all of it. Evidence that no line has is left out.
func rowText(lines int64, evidence map[string]int64, sessions int64, first, last time.Time) string {
	var kinds []string
	for kind, n := range evidence {
		if n != 0 {
			kinds = append(kinds, fmt.Sprintf("%d by %s", n, kind))
		}
	}
	slices.Sort(kinds)
	return fmt.Sprintf("%d lines (%s), %d sessions, %s to %s", lines, strings.Join(kinds, ", "), sessions,
		first.UTC().Format(time.RFC3339Nano), last.UTC().Format(time.RFC3339Nano))
}

// ReadTruth reads what WriteJSON wrote.
func ReadTruth(r io.Reader) (*Truth, error) {
	var t Truth
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return nil, fmt.Errorf("reading the truth: %w", err)
	}
	return &t, nil
}
