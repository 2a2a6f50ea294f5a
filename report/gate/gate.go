package gate

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// A Gate is a condition on a report by which a program that nobody watches, as CI or
// cron, tells whether somebody has to look. It is written as
//
//	[SUBJECT.]MEASURE OP NUMBER[%]
//	[SUBJECT.]session_rate regressed | improved
//
// where OP is one of > >= < <= == !=. Case does not matter, and neither do spaces
// around OP and before %. A rate is a share of one: 2% is 0.02.
//
//	SUBJECT                     what is measured
//	connect publish subscribe   Session.connect, Session.publish, Session.subscribe
//	Session.signal              a method as reports call it
//	OT_TIMEOUT                  an error in any method
//	publish/OT_TIMEOUT          an error in one method
//	any                         each method of the report: the gate fires if it does for one
//
//	MEASURE             of                      is
//	failure_rate        method                  failed attempts / attempts, as telemetry tells
//	session_rate        whole, method, error    sessions with a failure / sessions that could have one
//	failures            whole, method, error    failures
//	sessions            method, error           sessions with a failure
//	sessions_failed     whole                   sessions with a failure
//	attempts            method                  attempts, as telemetry tells
//	lines               method, error           lines that speak of failures and errors
//	errors.new          whole                   errors of a method that are called new
//	errors.gone         whole                   errors of a method that are called gone
//	errors.unnamed      whole                   failures whose error has no name
//	errors.undocumented whole                   names of errors that the vendor's reference lacks
//	records.skipped     whole                   records that could not be read
//	sources.damaged     whole                   sources that could not be read in full
//	hours.silent        whole                   hours without any record
//
// Without a SUBJECT it is the whole report that is measured, and for regressed and
// improved each method. Failures and lines of an error in any method are summed. Its
// sessions cannot be, since one session may meet it in two methods: they are judged
// method by method, and the gate fires if it does for one. Where some of several rows
// cannot be judged, the reason says how many; where none can, there is an error.
//
// What is measured is what [Report.Changes] come to, so that all gates of a report
// speak of one time: with a baseline, or if time is not divided, the whole input; else
// the last window that is complete. A window that has only begun has few sessions, and
// another mix of them. What could be read (records.skipped, sources.damaged) is of all
// input.
//
// Errors that --ignore lists are left out of errors.new, errors.gone, errors.unnamed and
// errors.undocumented, and where the SUBJECT is an error. All other gates count them.
//
// Rates are compared as they are, without their interval: one failed attempt of one is
// above any bound but 100%. What is more than chance is told by regressed and
// improved: the verdict of the session rate's test among all rows of the comparison
// (up or new, down or gone). Attempts are not tested, so there is no verdict of
// failure_rate.
type Gate struct {
	subject subject
	measure measure
	op      string // or Regressed, Improved
	bound   string // as typed, without spaces; "" for a verdict
}

// What a Gate may ask of a change.
const (
	Regressed = "regressed"
	Improved  = "improved"
)

// A subject is what a Gate measures; the zero subject is the whole report.
type subject struct {
	text   string // in the case of the catalogue
	method string // "" for each
	err    string // "" for any
}

func (s *subject) whole() bool { return s.text == "" }

const anyMethod = "any"

// A measure says of what it is there.
type measure struct {
	name                 string
	rate                 bool // else it is a count
	whole, method, error bool
	help                 string
}

// measures are all there are, in the order of Gate's table.
func measures() []measure {
	return []measure{
		{report.FailureRate, true, false, true, false, "failed attempts / attempts, as telemetry tells"},
		{report.SessionRate, true, true, true, true, "sessions with a failure / sessions that could have one"},
		{"failures", false, true, true, true, "failures"},
		{"sessions", false, false, true, true, "sessions with a failure"},
		{"sessions_failed", false, true, false, false, "sessions with a failure"},
		{"attempts", false, false, true, false, "attempts, as telemetry tells"},
		{"lines", false, false, true, true, "lines that speak of failures and errors"},
		{"errors.new", false, true, false, false, "errors of a method that are called new"},
		{"errors.gone", false, true, false, false, "errors of a method that are called gone"},
		{"errors.unnamed", false, true, false, false, "failures whose error has no name"},
		{"errors.undocumented", false, true, false, false, "names of errors that the vendor's reference lacks"},
		{"records.skipped", false, true, false, false, "records that could not be read"},
		{"sources.damaged", false, true, false, false, "sources that could not be read in full"},
		{"hours.silent", false, true, false, false, "hours without any record"},
	}
}

// of says of what there is the measure.
func (m *measure) of() string {
	var out []string
	for _, kind := range [...]struct {
		is   bool
		name string
	}{{m.whole, "whole"}, {m.method, "method"}, {m.error, "error"}} {
		if kind.is {
			out = append(out, kind.name)
		}
	}
	return strings.Join(out, ", ")
}

// fits reports whether there is the measure of a subject.
func (m *measure) fits(s *subject) bool {
	switch {
	case s.whole():
		return m.whole
	case s.err != "":
		return m.error
	}
	return m.method
}

// gateSubjects are the subjects that are asked for most.
func gateSubjects() []string { return []string{"connect", "publish", "subscribe", anyMethod} }

// GateMeasures returns what a gate may begin with, [SUBJECT.]MEASURE, and what each is:
// of the whole report, of the subjects asked for most, and of the one that typed begins
// with, if it does with one.
func Measures(typed string) [][2]string {
	subjects := []subject{{}}
	for _, name := range append(gateSubjects(), typed[:max(strings.LastIndexByte(typed, '.'), 0)]) {
		if s, ok := parseSubject(name); ok && !slices.Contains(subjects, s) {
			subjects = append(subjects, s)
		}
	}
	var out [][2]string
	for _, s := range subjects {
		for _, m := range measures() {
			if !m.fits(&s) {
				continue
			}
			path := m.name
			if !s.whole() {
				path = s.text + "." + path
			}
			out = append(out, [2]string{path, m.help})
		}
	}
	return out
}

func operators() []string { return []string{">", ">=", "<", "<=", "==", "!="} }

// GateHelp is what a Gate may be, for people at a terminal.
func Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[SUBJECT.]MEASURE OP NUMBER[%%], where OP is one of %s\n", strings.Join(operators(), " "))
	fmt.Fprintf(&b, "[SUBJECT.]%s %s | %s\n\n", report.SessionRate, Regressed, Improved)
	b.WriteString(words.Columns([][]string{
		{"SUBJECT", "what is measured"},
		{"connect, publish, subscribe", "the method of Session"},
		{"Session.signal", "a method as reports call it"},
		{"OT_TIMEOUT", "an error in any method"},
		{"publish/OT_TIMEOUT", "an error in one method"},
		{anyMethod, "each method: fires if it does for one"},
		{"(no SUBJECT)", "the whole report"},
	}))
	b.WriteByte('\n')
	rows := [][]string{{"MEASURE", "of", "is"}}
	for _, m := range measures() {
		rows = append(rows, []string{m.name, m.of(), m.help})
	}
	b.WriteString(words.Columns(rows))
	b.WriteString(`
Errors that --ignore lists are left out of errors.new, errors.gone, errors.unnamed and
errors.undocumented, and where the SUBJECT is an error. All other gates count them.
`)
	return b.String()
}

// A GateError says where the text of a gate is none.
type SyntaxError struct {
	Offset   int    // in bytes, from 0
	Word     string // that stands there, "" for the end
	Problem  string // with it, as "is no measure"
	Expected string
	Near     []string // what was probably meant
}

func (e *SyntaxError) Error() string {
	word := "the end"
	if e.Word != "" {
		word = fmt.Sprintf("%q", e.Word)
	}
	out := fmt.Sprintf("offset %d: %s %s: expected %s", e.Offset, word, e.Problem, e.Expected)
	return out + lookup.DidYouMean(e.Near)
}

// ParseGate reads a gate. The error is a *GateError.
func Parse(s string) (Gate, error) {
	p := gateParser{s: s}
	g, err := p.gate()
	if err != nil {
		return Gate{}, err
	}
	return g, nil
}

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

// A gateParser reads the text of a gate from front to back.
type gateParser struct {
	s  string
	at int
}

const (
	spaces   = " \t\r\n"
	digits   = "0123456789"
	operator = "<>=!"
)

// take returns the next bytes that are of a set, and where they begin.
func (p *gateParser) take(set string) (string, int) {
	return p.cut(func(rest string) string { return strings.TrimLeft(rest, set) })
}

// word returns the next bytes that can be no operator, and where they begin. Whether
// they are a name is not asked yet, so that an error shows all of them.
func (p *gateParser) word() (string, int) {
	return p.cut(func(rest string) string {
		if end := strings.IndexAny(rest, spaces+operator+"%"); end >= 0 {
			return rest[end:]
		}
		return ""
	})
}

// cut skips spaces and returns what is taken off behind them, and where it begins.
func (p *gateParser) cut(off func(rest string) string) (string, int) {
	rest := strings.TrimLeft(p.s[p.at:], spaces)
	at := len(p.s) - len(rest)
	p.at = len(p.s) - len(off(rest))
	return p.s[at:p.at], at
}

// fail makes an error. If there is no word, what stands there is named.
func (p *gateParser) fail(at int, word, problem, expected string, near ...string) error {
	if word == "" {
		word = strings.TrimLeft(p.s[at:], spaces)
		at = len(p.s) - len(word)
		if i := strings.IndexAny(word, spaces); i > 0 {
			word = word[:i]
		}
	}
	return &SyntaxError{Offset: at, Word: word, Problem: problem, Expected: expected, Near: near}
}

func (p *gateParser) gate() (g Gate, err error) {
	path, at := p.word()
	if path == "" {
		return g, p.fail(at, "", "is no gate", "SUBJECT.MEASURE or one of "+orNames(wholeMeasures()))
	}
	if g.subject, g.measure, err = p.path(path, at); err != nil {
		return g, err
	}
	op, at := p.take(operator)
	if op == "" {
		g.op, err = p.verdict(&g.measure)
	} else if g.op = op; slices.Contains(operators(), op) {
		g.bound, err = p.number(&g.measure)
	} else {
		err = p.fail(at, op, "is no comparison", orList(operators()), nearOperator(op)...)
	}
	if err != nil {
		return g, err
	}
	if _, at := p.take(""); at < len(p.s) {
		return g, p.fail(at, "", "is too much", "the end")
	}
	return g, nil
}

// path reads [SUBJECT.]MEASURE.
func (p *gateParser) path(path string, at int) (subject, measure, error) {
	whole := wholeMeasures()
	if m, ok := find(whole, path); ok {
		return subject{}, m, nil
	}
	dot := strings.LastIndexByte(path, '.')
	head, tail := path[:max(dot, 0)], path[dot+1:]
	family := slices.ContainsFunc(whole, func(m measure) bool {
		of, _, two := strings.Cut(m.name, ".")
		return two && strings.EqualFold(head, of)
	})
	m, known := find(measures(), tail)
	s, named := parseSubject(path)
	switch {
	case family:
		return subject{}, m, p.fail(at, path, "is no measure", orNames(whole), nearMeasures(whole, path)...)
	case dot < 0 && known:
		return subject{}, m, p.fail(at, path, "is of no whole report", "SUBJECT."+m.name, "any."+m.name)
	case named && (dot < 0 || s.listed()):
		return s, m, p.fail(at+len(path), "", "is no measure of "+s.text, "."+strings.Join(measuresOf(&s), ", ."))
	case dot < 0:
		return subject{}, m, p.fail(at, path, "is no measure", "SUBJECT.MEASURE or one of "+orNames(whole), nearMeasures(whole, path)...)
	}
	if s, named = parseSubject(head); !named {
		return s, m, p.fail(at, head, "is no subject", "connect, publish, subscribe, any, a method (Session.signal), an error (OT_TIMEOUT) or METHOD/ERROR", nearSubjects(head)...)
	}
	if !known || !m.fits(&s) {
		problem := "is no measure"
		if known {
			problem += " of " + s.text
		}
		of := slices.DeleteFunc(measures(), func(m measure) bool { return !m.fits(&s) })
		return s, m, p.fail(at+dot+1, tail, problem, orNames(of), nearMeasures(of, tail)...)
	}
	return s, m, nil
}

// verdict reads what may stand instead of a comparison.
func (p *gateParser) verdict(m *measure) (string, error) {
	word, at := p.word()
	verdicts := []string{Regressed, Improved}
	i := slices.IndexFunc(verdicts, func(v string) bool { return strings.EqualFold(v, word) })
	switch {
	case i < 0:
		near := slices.DeleteFunc(verdicts, func(v string) bool { return word == "" || !lookup.Alike(word, v) })
		return "", p.fail(at, word, "is no comparison", orList(append(operators(), Regressed, Improved)), near...)
	case m.name != report.SessionRate:
		return "", p.fail(at, word, "is not told of "+m.name, orList(operators())+", as only "+report.SessionRate+" is tested")
	}
	return verdicts[i], nil
}

// maxDigits is more than any number in a report has.
const maxDigits = 20

// number reads a bound, which may be a share or a percentage for a rate only.
func (p *gateParser) number(m *measure) (string, error) {
	word, at := p.word()
	percent, percentAt := p.take("%")
	expected := "a whole number"
	if m.rate {
		expected = "a number as 0.02 or 2%"
	}
	before, after, point := strings.Cut(word, ".")
	number := before != "" && strings.Trim(before+after, digits) == "" && point == (after != "") && len(word) <= maxDigits
	switch {
	case !number:
		return "", p.fail(at, word, "is no number", expected)
	case !m.rate && percent != "":
		return "", p.fail(percentAt, percent, "is of no count", "a whole number, as "+m.name+" is one")
	case !m.rate && point:
		return "", p.fail(at, word, "is no whole number", expected)
	case len(percent) > 1:
		return "", p.fail(percentAt, percent, "is too much", "%")
	}
	bound := word + percent
	if m.rate && limitOf(bound).Cmp(big.NewRat(1, 1)) > 0 {
		var near []string
		if percent == "" && limitOf(bound+"%").Cmp(big.NewRat(1, 1)) <= 0 {
			near = append(near, bound+"%")
		}
		return "", p.fail(at, bound, "is more than the whole", "at most 1 or 100%", near...)
	}
	return bound, nil
}

// limitOf returns the number that a bound says, exactly: 20 of 1,000 are 2%.
func limitOf(bound string) *big.Rat {
	digits, percent := strings.CutSuffix(bound, "%")
	limit, ok := new(big.Rat).SetString(digits)
	if !ok {
		return new(big.Rat) // no gate that was parsed
	}
	if percent {
		limit.Quo(limit, big.NewRat(100, 1))
	}
	return limit
}

// parseSubject reads a SUBJECT.
func parseSubject(s string) (subject, bool) {
	if strings.EqualFold(s, anyMethod) {
		return subject{text: anyMethod}, true
	}
	first, second, both := strings.Cut(s, "/")
	err, isError := lookup.Error(first)
	if both {
		err, isError = lookup.Error(second)
	} else if isError {
		return subject{text: err, err: err}, true
	}
	text, method := lookup.Method(first)
	switch {
	case method == "" || both && !isError:
		return subject{}, false
	case both:
		text += "/" + err
	}
	return subject{text: text, method: method, err: err}, true
}

// listed reports whether the catalogue has the names of a subject.
func (s *subject) listed() bool {
	return (s.method == "" || lookup.KnownMethod(s.method)) && (s.err == "" || lookup.KnownError(s.err))
}

func wholeMeasures() []measure {
	return slices.DeleteFunc(measures(), func(m measure) bool { return !m.whole })
}

func find(among []measure, name string) (measure, bool) {
	i := slices.IndexFunc(among, func(m measure) bool { return strings.EqualFold(m.name, name) })
	if i < 0 {
		return measure{}, false
	}
	return among[i], true
}

func measureNames(of []measure) []string {
	var out []string
	for _, m := range of {
		out = append(out, m.name)
	}
	return out
}

// measuresOf are the names of the measures of a subject.
func measuresOf(s *subject) []string {
	return measureNames(slices.DeleteFunc(measures(), func(m measure) bool { return !m.fits(s) }))
}

func orNames(of []measure) string { return orList(measureNames(of)) }

func orList(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " or " + items[len(items)-1]
}

func nearMeasures(among []measure, word string) []string {
	return slices.DeleteFunc(measureNames(among), func(name string) bool { return !lookup.Alike(word, name) })
}

// nearOperator knows what other languages write.
func nearOperator(op string) []string {
	switch op {
	case "=", "===":
		return []string{"=="}
	case "=>":
		return []string{">="}
	case "=<":
		return []string{"<="}
	case "<>", "!":
		return []string{"!="}
	}
	return nil
}

// nearSubjects looks at the part of METHOD/ERROR that is wrong.
func nearSubjects(word string) []string {
	first, second, both := strings.Cut(word, "/")
	if _, method := lookup.Method(first); both && method != "" {
		first = second
	}
	var out []string
	for _, name := range gateSubjects() {
		if lookup.Alike(first, name) {
			out = append(out, name)
		}
	}
	// Nearly everything is near to a word that is hardly one.
	if len(out) == 0 && len(first) > 2 {
		out = lookup.Near(first)
	}
	return out
}

// Check judges a report. The reason is one sentence with what was found, whether the
// gate fired or not. The error says that the gate cannot be judged, as there is no
// denominator or nothing to compare with: that is not passed. A command should tell
// it from a gate that fired, and end as one that failed.
func (g Gate) Check(r *report.Report) (reason string, fired bool, err error) {
	if reason, fired, err = g.check(r); err != nil {
		return "", false, fmt.Errorf("%s cannot be judged: %w", g, err)
	}
	return g.String() + ": " + reason, fired, nil
}

func (g Gate) check(r *report.Report) (string, bool, error) {
	switch {
	case g.measure.name == "":
		return "", false, errors.New("there is no condition")
	case g.measure.name == "records.skipped":
		a := r.Totals.Records
		return g.judge([]finding{{part: a.Skipped, text: fmt.Sprintf("%s of %s could not be read", words.Number(a.Skipped), words.Count(a.Total(), "record"))}}, "")
	case g.measure.name == "sources.damaged":
		n := int64(len(r.Damaged()))
		return g.judge([]finding{{part: n, text: fmt.Sprintf("%s of %s could not be read in full", words.Number(n), words.Count(len(r.Sources), "source"))}}, "")
	}
	if err := g.fits(r); err != nil {
		return "", false, err
	}
	if a := r.Totals.Records; a.Total() == a.Skipped {
		return "", false, errors.New("nothing could be read")
	}
	switch {
	case g.op == Regressed || g.op == Improved:
		return g.compare(r)
	case g.measure.name == "errors.new":
		return g.called(r, report.Added)
	case g.measure.name == "errors.gone":
		return g.called(r, report.Gone)
	}
	s, err := newStretch(r)
	if err != nil {
		return "", false, err
	}
	return g.judge(g.findings(s), s.words())
}

// fits reports whether a report can tell of the subject: a name that nobody knows is
// probably a mistake, and would never fire.
func (g Gate) fits(r *report.Report) error {
	s := &g.subject
	if s.method != "" && !r.Filter.TakesMethod(s.method) {
		return fmt.Errorf("the report is of %s only", words.Printable(r.Filter.Method))
	}
	if s.err != "" && r.Filter.Error != "" && !strings.EqualFold(r.Filter.Error, s.err) {
		return fmt.Errorf("the report is of %s only", words.Printable(r.Filter.Error))
	}
	reports := []*report.Report{r}
	if r.Baseline != nil {
		reports = append(reports, r.Baseline)
	}
	if s.method != "" && !lookup.KnownMethod(s.method) && !slices.ContainsFunc(reports, func(r *report.Report) bool {
		return slices.ContainsFunc(r.Methods, func(m report.Method) bool { return s.takesMethod(m.Name) })
	}) {
		return unknownIn("method", s.method)
	}
	if s.err != "" && !lookup.KnownError(s.err) && !slices.ContainsFunc(reports, func(r *report.Report) bool {
		return slices.ContainsFunc(r.Errors, func(e report.Error) bool { return s.takesError(e.Name) })
	}) {
		return unknownIn("error", s.err)
	}
	return nil
}

func unknownIn(kind, name string) error {
	return fmt.Errorf("neither the catalogue nor the report has the %s %s%s", kind, name, lookup.DidYouMean(lookup.Near(name)))
}

func (s *subject) takesMethod(name string) bool {
	return s.method == "" || strings.EqualFold(s.method, name)
}

func (s *subject) takesError(name string) bool { return strings.EqualFold(s.err, name) }

// A stretch is the time that gates are judged by.
type stretch struct {
	numbers *report.Numbers // of the report by window, or of the whole input
	window  int             // into its Windows
	of      *report.Report
}

// newStretch returns the time that the changes of a report lead up to.
func newStretch(r *report.Report) (*stretch, error) {
	s := &stretch{numbers: r.Whole, of: r}
	if r.Baseline == nil && !r.Window.All() {
		s.numbers = &r.Numbers
		if _, s.window, _ = r.LastComplete(); s.window < 0 {
			return nil, fmt.Errorf("no window of %s is complete", r.Window)
		}
	}
	if s.seen().Records == 0 {
		return nil, errors.New("there is no record in that time")
	}
	return s, nil
}

func (s *stretch) seen() *report.Window { return &s.numbers.Windows[s.window] }

// words tell when it is, as the end of a sentence; nothing if it is all there is.
func (s *stretch) words() string {
	w := s.seen()
	if w.Start.IsZero() {
		return ""
	}
	out := fmt.Sprintf(", from %s %s", words.Span(w.Start, w.End), s.of.Zone)
	if n := s.of.Undated.Failures; n > 0 {
		out += fmt.Sprintf(" (and %s without a time)", words.Count(n, "failure"))
	}
	return out
}

// methods are the rows of a subject's methods.
func (s *stretch) methods(of *subject) []*report.Method {
	var out []*report.Method
	for i := range s.numbers.Methods {
		if m := &s.numbers.Methods[i]; m.Window == s.window && of.takesMethod(m.Name) {
			out = append(out, m)
		}
	}
	return out
}

// errors are the rows of a subject's error that are not acknowledged. note says that there
// are others.
func (s *stretch) errors(of *subject) (out []*report.Error, note string) {
	acknowledged := 0
	for i := range s.numbers.Errors {
		e := &s.numbers.Errors[i]
		switch {
		case e.Window != s.window || !of.takesMethod(e.Method) || !of.takesError(e.Name):
		case e.Acknowledged:
			acknowledged++
		default:
			out = append(out, e)
		}
	}
	return out, leftOut(acknowledged)
}

// leftOut says that errors are acknowledged, as the end of a sentence; nothing if none is.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", not counting %s that %s acknowledged", words.Count(n, "error"), areIs(n))
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// A finding is what a gate measures of one row.
type finding struct {
	part, whole int64  // whole only of a rate
	text        string // "Session.publish failed in 78 of 1,020 attempts"
	note        string // what else belongs to it, after a comma
	unknown     string // why it is not known; "" if it is
}

// value is a rate or a count, exactly.
func (f *finding) value() *big.Rat { return big.NewRat(f.part, max(f.whole, 1)) }

// sdk stands for all methods where none has a row.
const sdk = "the SDK"

// findings measures each row that the gate is of.
func (g Gate) findings(s *stretch) []finding {
	switch {
	case g.subject.whole():
		return []finding{g.ofWhole(s)}
	case g.subject.err != "":
		return g.ofError(s)
	}
	methods := s.methods(&g.subject)
	if len(methods) == 0 {
		// Nobody called it, and so it did not fail.
		methods = append(methods, &report.Method{Name: cmp.Or(g.subject.method, sdk), Sessions: s.seen().Sessions})
	}
	var out []finding
	for _, m := range methods {
		out = append(out, g.ofMethod(m))
	}
	return out
}

func (g Gate) ofMethod(m *report.Method) finding {
	name := words.Printable(m.Name)
	switch a := m.Attempts; g.measure.name {
	case report.FailureRate, "attempts":
		switch {
		case a == nil || a.Attempts == 0:
			return finding{unknown: "telemetry tells of no attempt of " + cmp.Or(words.Printable(g.subject.method), "any method")}
		case g.measure.name == "attempts":
			return finding{part: a.Attempts, text: fmt.Sprintf("%s has %s", name, words.Count(a.Attempts, "attempt"))}
		case a.AnyError:
			return finding{unknown: "which attempts failed by one error is not known"}
		}
		return finding{part: a.Failed, whole: a.Attempts, text: fmt.Sprintf("%s failed in %s of %s", name, words.Number(a.Failed), words.Count(a.Attempts, "attempt"))}
	case "failures":
		return finding{part: m.Failures, text: fmt.Sprintf("%s has %s", name, words.Count(m.Failures, "failure"))}
	case "lines":
		return finding{part: m.Lines, text: fmt.Sprintf("%s has %s that speak of errors", name, words.Count(m.Lines, "line"))}
	}
	return g.ofSessions(name+" failed", m.SessionsFailed, m.Sessionless, m.Sessions)
}

// ofSessions is a finding by session. Where only some failures are known by their
// session, they are the least that there is.
func (g Gate) ofSessions(what string, failed int, sessionless int64, whole int) finding {
	share := report.SessionShare(failed, sessionless, int64(whole))
	switch {
	case share.Unknown:
		return finding{unknown: what + ", but no such failure bears a session ID"}
	case g.measure.rate && share.Rate == nil:
		return finding{unknown: "no record bears a session ID"}
	}
	f := finding{part: share.Part, text: fmt.Sprintf("%s in %s of %s", what, words.Number(share.Part), words.Count(share.Whole, "session"))}
	if g.measure.rate {
		f.whole = share.Whole
	}
	if sessionless > 0 {
		f.note = fmt.Sprintf(", not counting %s without a session ID", words.Count(sessionless, "failure"))
	}
	return f
}

// ofError sums what adds up, and measures the rest method by method.
func (g Gate) ofError(s *stretch) []finding {
	rows, note := s.errors(&g.subject)
	name := words.Printable(g.subject.err)
	where := ""
	if g.subject.method != "" {
		where = " in " + words.Printable(g.subject.method)
	}
	switch g.measure.name {
	case "failures", "lines":
		var failures, lines int64
		for _, e := range rows {
			failures += e.Failures
			lines += e.Lines
		}
		if g.measure.name == "lines" {
			return []finding{{part: lines, text: fmt.Sprintf("%s%s has %s", name, where, words.Count(lines, "line")), note: note}}
		}
		return []finding{{part: failures, text: fmt.Sprintf("%s%s has %s", name, where, words.Count(failures, "failure")), note: note}}
	}
	var out []finding
	for _, e := range rows {
		of := s.sessionsOf(e.Method)
		out = append(out, g.ofSessions(fmt.Sprintf("%s failed by %s", words.Printable(e.Method), name), e.Sessions, e.Sessionless, of))
	}
	if len(out) == 0 {
		what := cmp.Or(words.Printable(g.subject.method), sdk) + " failed by " + name
		out = append(out, g.ofSessions(what, 0, 0, s.sessionsOf(g.subject.method)))
	}
	for i := range out {
		out[i].note += note
	}
	return out
}

// sessionsOf is how many sessions could have failed in a method: all if nobody called
// it.
func (s *stretch) sessionsOf(method string) int {
	for _, m := range s.methods(&subject{method: method}) {
		if method != "" {
			return m.Sessions
		}
	}
	return s.seen().Sessions
}

func (g Gate) ofWhole(s *stretch) finding {
	var failures, sessionless int64
	for _, m := range s.methods(&g.subject) {
		failures += m.Failures
		sessionless += m.Sessionless
	}
	switch w := s.seen(); g.measure.name {
	case "failures":
		return finding{part: failures, text: "the report has " + words.Count(failures, "failure")}
	case "errors.unnamed":
		unnamed := int64(0)
		rows, note := s.errors(&subject{})
		for _, e := range rows {
			unnamed += e.Failures
		}
		return finding{part: unnamed, text: fmt.Sprintf("%s of %s have no name", words.Number(unnamed), words.Count(failures, "failure")), note: note}
	case "errors.undocumented":
		names, acknowledged := s.undocumented()
		return finding{
			part: int64(len(names)),
			text: fmt.Sprintf("%s not in the vendor's reference%s", isAre(len(names), "error"), listed(names)),
			note: leftOut(acknowledged),
		}
	case "hours.silent":
		if w.Hours.All == 0 {
			return finding{unknown: "no record bears a time"}
		}
		f := finding{part: int64(w.Hours.Silent), text: fmt.Sprintf("%s of %s have no record", words.Number(w.Hours.Silent), words.Count(w.Hours.All, "hour"))}
		if w.Hours.Silent > 0 {
			f.note = ", the longest gap from " + words.Span(w.Hours.GapStart, w.Hours.GapEnd) + " " + s.of.Zone.String()
		}
		return f
	default:
		return g.ofSessions("there are failures", w.SessionsFailed, sessionless, w.Sessions)
	}
}

// undocumented are the names of errors that the vendor's reference lacks, and how many of
// such errors are left out as they are acknowledged.
func (s *stretch) undocumented() (names []string, acknowledged int) {
	for i := range s.numbers.Errors {
		e := &s.numbers.Errors[i]
		switch {
		case e.Window != s.window || e.Failures == 0 || e.Name == "" || e.Documented != "no":
		case e.Acknowledged:
			acknowledged++
		default:
			names = append(names, words.Printable(e.Name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), acknowledged
}

// isAre begins a sentence on things.
func isAre(n int, what string) string {
	return words.Count(n, what) + " " + areIs(n)
}

// listed names the first of some things, in brackets.
func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (" + words.List(names) + ")"
}

// judge compares what was found with the bound. One finding that fires is enough.
func (g Gate) judge(found []finding, where string) (string, bool, error) {
	var fired, passed []finding
	var unknown []string
	for _, f := range found {
		switch {
		case f.unknown != "":
			unknown = append(unknown, f.unknown)
		case g.holds(&f):
			fired = append(fired, f)
		default:
			passed = append(passed, f)
		}
	}
	told := fired
	if len(fired) == 0 {
		told = passed
	}
	if len(told) == 0 {
		unknown = slices.Compact(unknown)
		return "", false, errors.New(strings.Join(unknown[:min(len(unknown), words.MaxListed)], "; "))
	}
	slices.SortStableFunc(told, g.nearest)
	out := told[0].text
	if g.measure.rate {
		out += " " + g.share(&told[0])
	}
	out += where + told[0].note
	switch n := len(told) - 1; {
	case n > 0 && len(fired) > 0:
		out += fmt.Sprintf("; %s more fired", words.Number(n))
	case n > 0:
		out += fmt.Sprintf("; %s more did not fire either", words.Number(n))
	}
	if n := len(unknown); n > 0 {
		out += fmt.Sprintf("; %s more cannot be judged", words.Number(n))
	}
	return out, len(fired) > 0, nil
}

// holds reports whether the condition is met.
func (g Gate) holds(f *finding) bool {
	order := f.value().Cmp(limitOf(g.bound))
	switch g.op {
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case "==":
		return order == 0
	}
	return order != 0
}

// nearest puts first what fires first as the bound moves.
func (g Gate) nearest(a, b finding) int {
	order := a.value().Cmp(b.value())
	if strings.HasPrefix(g.op, "<") {
		return order
	}
	return -order
}

// share writes a rate with digits enough to tell it from the bound.
func (g Gate) share(f *finding) string {
	limit, value := limitOf(g.bound), f.value()
	hundred := big.NewRat(100, 1)
	limit.Mul(limit, hundred)
	value.Mul(value, hundred)
	digits := 1
	for digits < 6 && value.Cmp(limit) != 0 && value.FloatString(digits) == limit.FloatString(digits) {
		digits++
	}
	return "(" + value.FloatString(digits) + " %)"
}

// compared returns what is compared with what, and words for it, as the end of a
// sentence.
func compared(r *report.Report) (before, after *report.Side, when string, err error) {
	before, after, ok := r.Sides()
	switch {
	case r.Baseline != nil:
		return before, after, ", against the baseline", nil
	case !ok:
		return nil, nil, "", errors.New("there is nothing to compare with: it takes a baseline, or two windows that are complete")
	}
	was, is := before.Window, after.Window
	when = fmt.Sprintf(", from %s against %s %s", words.Span(is.Start, is.End), words.Span(was.Start, was.End), r.Zone)
	return before, after, when, nil
}

// tooFew says why no change between two sides could be called, whatever failed.
func tooFew(before, after int64) error {
	if min(before, after) >= report.MinSessions {
		return nil
	}
	return fmt.Errorf("%s before and %s after are too few to tell a change from chance: it takes %d on either side", words.Count(before, "session"), words.Number(after), report.MinSessions)
}

// called counts the errors with a verdict.
func (g Gate) called(r *report.Report, verdict string) (string, bool, error) {
	before, after, when, err := compared(r)
	if err == nil {
		err = tooFew(before.Sessions, after.Sessions)
	}
	if err != nil {
		return "", false, err
	}
	var names []string
	unknown, acknowledged := 0, 0
	for _, c := range r.Changes {
		switch {
		case c.Scope != report.ScopeError:
		case c.Acknowledged && c.Verdict == verdict:
			acknowledged++
		case c.Acknowledged:
		case c.Verdict == verdict:
			names = append(names, words.Printable(c.Label+" in "+c.Method))
		case c.Verdict == "":
			unknown++
		}
	}
	f := finding{part: int64(len(names)), text: fmt.Sprintf("%s %s%s", isAre(len(names), "error"), verdict, listed(names)), note: leftOut(acknowledged)}
	if unknown > 0 {
		f.note += fmt.Sprintf("; %s more cannot be judged, as no such failure bears a session ID", words.Number(unknown))
	}
	return g.judge([]finding{f}, when)
}

// compare looks for a verdict of the session rate.
func (g Gate) compare(r *report.Report) (string, bool, error) {
	before, after, when, err := compared(r)
	if err != nil {
		return "", false, err
	}
	rows, acknowledged := g.rows(r.Changes)
	if len(rows) == 0 && acknowledged > 0 {
		return fmt.Sprintf("%s acknowledged", isAre(acknowledged, "such error")) + when, false, nil
	}
	if len(rows) == 0 {
		if err := tooFew(before.Sessions, after.Sessions); err != nil {
			return "", false, err
		}
		return fmt.Sprintf("there is no such failure in %s before and %s after%s", words.Count(before.Sessions, "session"), words.Number(after.Sessions), when), false, nil
	}
	var fired, passed []report.Change
	for _, c := range rows {
		switch {
		case g.asks(c.Verdict):
			fired = append(fired, c)
		case unjudged(&c) != nil:
			err = cmp.Or(err, unjudged(&c))
		default:
			passed = append(passed, c)
		}
	}
	told := fired
	if len(fired) == 0 {
		told = passed
	}
	if len(told) == 0 {
		return "", false, err
	}
	slices.SortStableFunc(told, g.worstFirst)
	out := sentence(&told[0]) + when + leftOut(acknowledged)
	if n := len(fired) - 1; n > 0 {
		out += fmt.Sprintf("; %s more fired", words.Number(n))
	}
	if n := len(rows) - len(fired) - len(passed); n > 0 {
		out += fmt.Sprintf("; %s more cannot be judged", words.Number(n))
	}
	return out, len(fired) > 0, nil
}

// rows are the changes that the gate is of, and how many are left out as they are
// acknowledged. Errors are only looked at if one is named: a method's row is of all its
// errors.
func (g Gate) rows(changes []report.Change) (rows []report.Change, acknowledged int) {
	scope := report.ScopeMethod
	if g.subject.err != "" {
		scope = report.ScopeError
	}
	for _, c := range changes {
		switch {
		case c.Measure != report.SessionRate || c.Scope != scope || !g.subject.takesMethod(c.Method) || !g.subject.takesError(c.Error):
		case c.Acknowledged:
			acknowledged++
		default:
			rows = append(rows, c)
		}
	}
	return rows, acknowledged
}

// asks reports whether a verdict is one that the gate is for.
func (g Gate) asks(verdict string) bool {
	if g.op == Regressed {
		return verdict == report.Up || verdict == report.Added
	}
	return verdict == report.Down || verdict == report.Gone
}

// unjudged says why a change could not be called, whatever failed. One of sessions
// enough could: that too few of them failed is what a gate wants to hear.
func unjudged(c *report.Change) error {
	if c.Before.Unknown || c.After.Unknown {
		return fmt.Errorf("no failure of %s bears a session ID on one side", words.Printable(c.Method))
	}
	return tooFew(c.Before.Whole, c.After.Whole)
}

// worstFirst orders changes by how far they go where the gate looks.
func (g Gate) worstFirst(a, b report.Change) int {
	order := cmp.Compare(b.Difference.Value, a.Difference.Value)
	if g.op == Improved {
		return -order
	}
	return order
}

// sentence tells of a change between shares that are known.
func sentence(c *report.Change) string {
	what := words.Printable(c.Method) + " failed"
	if c.Scope == report.ScopeError {
		what += " by " + words.Printable(c.Label)
	}
	digits := words.PointDigits(c.Difference.High - c.Difference.Low)
	out := fmt.Sprintf("%s in %s sessions (%s), before in %s (%s)", what,
		words.Fraction(c.After.Part, c.After.Whole), words.Ratio(c.After.Rate.Value, digits),
		words.Fraction(c.Before.Part, c.Before.Whole), words.Ratio(c.Before.Rate.Value, digits))
	if c.Test != nil {
		out += ", q " + words.Small(c.Test.Q)
	}
	return out
}
