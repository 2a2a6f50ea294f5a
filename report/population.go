package report

import (
	"github.com/otlog/otlog/report/words"
)

// A Population is what session rates are shares of.
type Population string

// The populations.
const (
	AllSessions Population = "sessions"
	// WithErrors are the sessions that show an error, of a log that holds errors only. The number
	// of all sessions is unknown. A rate is larger than that of all sessions, and changes with the
	// mix of errors.
	WithErrors Population = "sessions_with_errors"
)

// Words names what is counted.
func (p Population) Words() string {
	if p == WithErrors {
		return "sessions with errors"
	}
	return "sessions"
}

// Population returns what the session rates of the report are shares of.
func (r *Report) Population() Population {
	if r.whyErrorsOnly() != "" && r.Totals.Sessions > 0 {
		return WithErrors
	}
	return AllSessions
}

// Comparable reports whether the session rates of the report and its baseline, if it has one, are
// shares of the same population.
func (r *Report) Comparable() bool {
	return r.Baseline == nil || r.Baseline.Population() == r.Population()
}

// minQuiet is the least share of the records of a whole log, in percent, that show no error.
const minQuiet = 5

// whyErrorsOnly says why the records seem to be selected because they show an error, "" if they do
// not: hardly any of them is clean or telemetry, or none has a level below warning. Then nothing is
// known of the sessions without an error. The records of a whole log show such sessions even while
// every call fails.
func (r *Report) whyErrorsOnly() string {
	a := &r.account
	quiet := a.Records.Telemetry + a.Records.Clean - a.Blank
	readable := quiet + a.Records.Classified
	few := func(n int64) bool { return 100*n < minQuiet*readable }
	switch {
	case few(quiet):
		return words.Share(quiet, readable, "record", "shows", "show") + " no error"
	case 2*a.Levels >= a.Records.Clean-a.Blank && readable > 0 && !a.BelowWarning && few(a.Records.Telemetry):
		return "no record has a level below warning"
	}
	return ""
}
