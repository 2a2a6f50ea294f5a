// Package gate judges a report by conditions, for programs such as CI jobs and cron that must
// know whether somebody has to look.
//
// [Parse] reads a condition, [Gate.Check] judges a report by it.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// A Gate is a condition on a report. A gate whose condition is true fires. It is written as
//
//	[SUBJECT.]MEASURE OP NUMBER[%]
//	[SUBJECT.]session_rate regressed | improved
//
// where OP is one of > >= < <= == !=. Case does not matter; spaces around OP and before %
// are optional. A rate is a share of one: 2% is 0.02.
//
//	SUBJECT                     what is measured
//	connect publish subscribe   Session.connect, Session.publish, Session.subscribe
//	Session.signal              a method, by its name in reports
//	OT_TIMEOUT                  an error in any method
//	publish/OT_TIMEOUT          an error in one method
//	any                         each method of the report: one is enough to fire
//
//	MEASURE             applies to              meaning
//	failure_rate        method                  failed attempts / attempts, from telemetry
//	session_rate        report, method, error   sessions with a failure / all sessions seen
//	failures            report, method, error   failures
//	sessions            method, error           sessions with a failure
//	sessions_failed     report                  sessions with a failure
//	attempts            method                  attempts, from telemetry
//	lines               method, error           lines that show a failure or an error
//	errors.new          report                  errors per method that are significantly new
//	errors.gone         report                  errors per method that are significantly gone
//	errors.unnamed      report                  failures without an error name
//	errors.undocumented report                  error names missing from the vendor's reference
//	records.skipped     report                  records that could not be read
//	sources.damaged     report                  sources that could not be read in full
//	hours.silent        report                  hours without any record
//
// Without a SUBJECT, a gate measures the whole report; regressed and improved then look at
// each method. Failures and lines of an error in any method are summed. Its sessions cannot be
// summed, since one session may meet the error in two methods: each method is judged, and one
// is enough to fire. If some of several rows cannot be judged, the reason says how many; if
// none can, [Gate.Check] returns an error.
//
// All gates of a report judge one period, the later side of [report.Report.Sides]: the whole
// input if there is a baseline or if time is not divided into windows, else the last complete
// window. An incomplete window has too few sessions, and a different mix of them. Only
// records.skipped and sources.damaged cover the whole input in any case.
//
// Errors listed by --ignore do not count in errors.new, errors.gone, errors.unnamed and
// errors.undocumented, nor in gates whose SUBJECT is an error. All other gates count them.
//
// In an input of errors only, the number of sessions without an error is unknown: session_rate
// cannot be compared with a NUMBER, and what regressed or improved is the mix of errors.
//
// Rates are compared without their interval: one failed attempt of one is above any bound
// except 100%. Only regressed and improved are statistical: they are the result of the session
// rate's test among all rows of the comparison (up or new, down or gone). Attempts are not
// tested, so failure_rate cannot regress or improve.
type Gate struct {
	subject subject
	measure measure
	op      string // or Regressed, Improved
	bound   string // as typed, without spaces; "" for Regressed and Improved
}

// The conditions on a change.
const (
	Regressed = "regressed"
	Improved  = "improved"
)

// String returns the gate in one form, which ParseGate reads.
func (g Gate) String() string {
	out := g.measure.name + " " + g.op
	if !g.subject.whole() {
		out = g.subject.text + "." + out
	}
	if g.bound != "" {
		out += " " + g.bound
	}
	return out
}

// A subject is what a Gate measures. The zero subject is the whole report.
type subject struct {
	text   string // in the case of the catalogue
	method string // "" for each
	err    string // "" for any
}

func (s *subject) whole() bool { return s.text == "" }

const anyMethod = "any"

// commonSubjects are the subjects to suggest.
func commonSubjects() []string { return []string{"connect", "publish", "subscribe", anyMethod} }

// A measure is a number that gates can test, and the kinds of subject that have it.
type measure struct {
	name                 string
	rate                 bool // else a count
	whole, method, error bool
	help                 string
}

// measures returns all measures, in the order of the table above.
func measures() []measure {
	return []measure{
		{report.FailureRate, true, false, true, false, "failed attempts / attempts, from telemetry"},
		{report.SessionRate, true, true, true, true, "sessions with a failure / all sessions seen"},
		{"failures", false, true, true, true, "failures"},
		{"sessions", false, false, true, true, "sessions with a failure"},
		{"sessions_failed", false, true, false, false, "sessions with a failure"},
		{"attempts", false, false, true, false, "attempts, from telemetry"},
		{"lines", false, false, true, true, "lines that show a failure or an error"},
		{"errors.new", false, true, false, false, "errors per method that are significantly new"},
		{"errors.gone", false, true, false, false, "errors per method that are significantly gone"},
		{"errors.unnamed", false, true, false, false, "failures without an error name"},
		{"errors.undocumented", false, true, false, false, "error names missing from the vendor's reference"},
		{"records.skipped", false, true, false, false, "records that could not be read"},
		{"sources.damaged", false, true, false, false, "sources that could not be read in full"},
		{"hours.silent", false, true, false, false, "hours without any record"},
	}
}

// appliesTo lists the kinds of subject that have the measure.
func (m *measure) appliesTo() string {
	var out []string
	for _, kind := range [...]struct {
		is   bool
		name string
	}{{m.whole, "report"}, {m.method, "method"}, {m.error, "error"}} {
		if kind.is {
			out = append(out, kind.name)
		}
	}
	return strings.Join(out, ", ")
}

// fits reports whether a subject has the measure.
func (m *measure) fits(s *subject) bool {
	switch {
	case s.whole():
		return m.whole
	case s.err != "":
		return m.error
	}
	return m.method
}

// measuresOf returns the measures of a subject.
func measuresOf(s *subject) []measure {
	return slices.DeleteFunc(measures(), func(m measure) bool { return !m.fits(s) })
}

func find(among []measure, name string) (measure, bool) {
	i := slices.IndexFunc(among, func(m measure) bool { return strings.EqualFold(m.name, name) })
	if i < 0 {
		return measure{}, false
	}
	return among[i], true
}

func namesOf(all []measure) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.name)
	}
	return out
}

func operators() []string { return []string{">", ">=", "<", "<=", "==", "!="} }

// Measures returns pairs of [SUBJECT.]MEASURE and its meaning, for shell completion: of the
// whole report, of the most common subjects, and of the subject that typed begins with.
func Measures(typed string) [][2]string {
	subjects := []subject{{}}
	for _, name := range append(commonSubjects(), typed[:max(strings.LastIndexByte(typed, '.'), 0)]) {
		if s, ok := parseSubject(name); ok && !slices.Contains(subjects, s) {
			subjects = append(subjects, s)
		}
	}
	var out [][2]string
	for _, s := range subjects {
		for _, m := range measuresOf(&s) {
			path := m.name
			if !s.whole() {
				path = s.text + "." + path
			}
			out = append(out, [2]string{path, m.help})
		}
	}
	return out
}

// Help returns the syntax of gates and all measures, as plain text for a terminal.
func Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[SUBJECT.]MEASURE OP NUMBER[%%], where OP is one of %s\n", strings.Join(operators(), " "))
	fmt.Fprintf(&b, "[SUBJECT.]%s %s | %s\n\n", report.SessionRate, Regressed, Improved)
	b.WriteString(words.Columns([][]string{
		{"SUBJECT", "what is measured"},
		{"connect, publish, subscribe", "Session.connect, Session.publish, Session.subscribe"},
		{"Session.signal", "a method, by its name in reports"},
		{"OT_TIMEOUT", "an error in any method"},
		{"publish/OT_TIMEOUT", "an error in one method"},
		{anyMethod, "each method: one is enough to fire"},
		{"(no SUBJECT)", "the whole report"},
	}))
	b.WriteByte('\n')
	rows := [][]string{{"MEASURE", "applies to", "meaning"}}
	for _, m := range measures() {
		rows = append(rows, []string{m.name, m.appliesTo(), m.help})
	}
	b.WriteString(words.Columns(rows))
	b.WriteString(`
Errors listed by --ignore do not count in errors.new, errors.gone, errors.unnamed and
errors.undocumented, nor in gates whose SUBJECT is an error. All other gates count them.

In an input of errors only, the number of sessions without an error is unknown: session_rate
cannot be compared with a NUMBER, and what regressed or improved is the mix of errors.
`)
	return b.String()
}
