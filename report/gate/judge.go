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

// Check judges a report. reason is one sentence with the measured numbers, whether the gate
// fired or not. An error means that the gate cannot be judged, for instance because there is
// no denominator or nothing to compare with. A gate that cannot be judged has not passed: a
// command should fail, with another status than for a gate that fired.
func (g Gate) Check(r *report.Report) (reason string, fired bool, err error) {
	if reason, fired, err = g.check(r); err != nil {
		return "", false, fmt.Errorf("%s cannot be judged: %w", g, err)
	}
	return g.String() + ": " + reason, fired, nil
}

func (g Gate) check(r *report.Report) (string, bool, error) {
	switch {
	case g.measure.name == "":
		return "", false, errors.New("it has no condition")
	case g.measure.name == "records.skipped":
		a := r.Read()
		return g.judge([]finding{{part: a.Skipped, text: fmt.Sprintf("%s of %s could not be read", words.Number(a.Skipped), words.Count(a.Total(), "record"))}}, "")
	case g.measure.name == "sources.damaged":
		n := int64(len(r.Damaged()))
		return g.judge([]finding{{part: n, text: fmt.Sprintf("%s of %s could not be read in full", words.Number(n), words.Count(len(r.Sources), "source"))}}, "")
	}
	if err := g.fits(r); err != nil {
		return "", false, err
	}
	if a := r.Read(); a.Total() == a.Skipped {
		return "", false, errors.New("no record could be read")
	}
	switch {
	case g.op == Regressed || g.op == Improved:
		return g.compare(r)
	case g.measure.name == "errors.new":
		return g.count(r, report.Added)
	case g.measure.name == "errors.gone":
		return g.count(r, report.Gone)
	}
	if g.measure.name == report.SessionRate && r.Population() == report.WithErrors {
		return "", false, errors.New("the input seems to hold errors only, so the number of sessions without an error is unknown")
	}
	p, err := newPeriod(r)
	if err != nil {
		return "", false, err
	}
	return g.judge(g.findings(p), p.words())
}

// fits returns an error if a report cannot contain the subject. A name that nobody knows is
// probably misspelled, and would never fire.
func (g Gate) fits(r *report.Report) error {
	s := &g.subject
	if s.method != "" && !r.Filter.TakesMethod(s.method) {
		return fmt.Errorf("the report contains only %s", words.Printable(r.Filter.Method))
	}
	if s.err != "" && r.Filter.Error != "" && !strings.EqualFold(r.Filter.Error, s.err) {
		return fmt.Errorf("the report contains only %s", words.Printable(r.Filter.Error))
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
	return fmt.Errorf("the %s %s is in neither the catalogue nor the report%s", kind, name, lookup.DidYouMean(lookup.Near(name)))
}

func (s *subject) takesMethod(name string) bool {
	return s.method == "" || strings.EqualFold(s.method, name)
}

func (s *subject) takesError(name string) bool { return strings.EqualFold(s.err, name) }

// A period is the time that gates judge: the later side of [report.Report.Sides].
type period struct {
	numbers *report.Numbers // of the report by window, or of the whole input
	window  int             // into its Windows
	of      *report.Report
}

func newPeriod(r *report.Report) (*period, error) {
	p := &period{numbers: r.Whole, of: r}
	if r.Baseline == nil && !r.Window.All() {
		p.numbers = &r.Numbers
		if _, p.window, _ = r.LastComplete(); p.window < 0 {
			return nil, fmt.Errorf("no window of %s is complete", r.Window)
		}
	}
	if r.Pair != nil {
		p.numbers = r.PairNumbers(r.Pair.After)
	}
	if r.Pair == nil && p.seen().Records == 0 {
		return nil, errors.New("no records in the period")
	}
	return p, nil
}

func (p *period) seen() *report.Window { return &p.numbers.Windows[p.window] }

// words names the period as the end of a sentence, "" for the whole input.
func (p *period) words() string {
	w := p.seen()
	if w.Start.IsZero() {
		return ""
	}
	out := fmt.Sprintf(", from %s %s", words.Span(w.Start, w.End), p.of.Zone)
	if n := p.of.Undated.Failures; n > 0 {
		out += fmt.Sprintf(" (and %s without a time)", words.Count(n, "failure"))
	}
	return out
}

// methods returns the rows of a subject's methods.
func (p *period) methods(of *subject) []*report.Method {
	var out []*report.Method
	for i := range p.numbers.Methods {
		if m := &p.numbers.Methods[i]; m.Window == p.window && of.takesMethod(m.Name) {
			out = append(out, m)
		}
	}
	return out
}

// errors returns the rows of a subject's error that are not acknowledged. note says how many
// are.
func (p *period) errors(of *subject) (out []*report.Error, note string) {
	acknowledged := 0
	for i := range p.numbers.Errors {
		e := &p.numbers.Errors[i]
		switch {
		case e.Window != p.window || !of.takesMethod(e.Method) || !of.takesError(e.Name):
		case e.Acknowledged:
			acknowledged++
		default:
			out = append(out, e)
		}
	}
	return out, leftOut(acknowledged)
}

// leftOut counts acknowledged errors as the end of a sentence, "" if there are none.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", not counting %s", words.Count(n, "acknowledged error"))
}

// A finding is the measured number of one row.
type finding struct {
	part, whole int64  // whole only for a rate
	text        string // "Session.publish failed in 78 of 1,020 attempts"
	note        string // the end of the sentence, with its comma
	unknown     string // why the number is unknown; "" if it is known
}

// value returns the exact rate or count.
func (f *finding) value() *big.Rat { return big.NewRat(f.part, max(f.whole, 1)) }

// sdk replaces the method where no method has a row.
const sdk = "the SDK"

// findings measures each row of the gate's subject.
func (g Gate) findings(p *period) []finding {
	switch {
	case g.subject.whole():
		return []finding{g.ofWhole(p)}
	case g.subject.err != "":
		return g.ofError(p)
	}
	methods := p.methods(&g.subject)
	if len(methods) == 0 {
		// Nobody called the method, so it did not fail.
		methods = append(methods, &report.Method{Name: cmp.Or(g.subject.method, sdk)})
	}
	var out []finding
	for _, m := range methods {
		out = append(out, g.ofMethod(p, m))
	}
	return out
}

func (g Gate) ofMethod(p *period, m *report.Method) finding {
	name := words.Printable(m.Name)
	switch a := m.Attempts; g.measure.name {
	case report.FailureRate, "attempts":
		switch {
		case a == nil || a.Attempts == 0:
			return finding{unknown: "the telemetry has no attempts of " + cmp.Or(words.Printable(g.subject.method), "any method")}
		case g.measure.name == "attempts":
			return finding{part: a.Attempts, text: fmt.Sprintf("%s has %s", name, words.Count(a.Attempts, "attempt"))}
		case a.AnyError:
			return finding{unknown: "telemetry does not say by which error an attempt failed"}
		case a.FailuresOnly():
			return finding{unknown: "the input seems to hold errors only, so the number of attempts that succeeded is unknown"}
		}
		return finding{part: a.Failed, whole: a.Attempts, text: fmt.Sprintf("%s failed in %s of %s", name, words.Number(a.Failed), words.Count(a.Attempts, "attempt"))}
	case "failures":
		return finding{part: m.Failures, text: fmt.Sprintf("%s has %s", name, words.Count(m.Failures, "failure"))}
	case "lines":
		return finding{part: m.Lines, text: fmt.Sprintf("%s has %s with errors", name, words.Count(m.Lines, "line"))}
	}
	return g.ofSessions(p, name+" failed", m.SessionsFailed, m.Sessionless)
}

// ofSessions returns a finding by session. If the session of only some failures is known, the
// finding is a minimum and its note counts the others.
func (g Gate) ofSessions(p *period, what string, failed int, sessionless int64) finding {
	share := report.SessionShare(failed, sessionless, int64(p.seen().Sessions))
	switch {
	case share.Unknown:
		return finding{unknown: what + ", but none of these failures has a session ID"}
	case g.measure.rate && share.Rate == nil:
		return finding{unknown: "no record has a session ID"}
	}
	f := finding{part: share.Part, text: fmt.Sprintf("%s in %s of %s%s", what, words.Number(share.Part), words.Count(share.Whole, "session"), withErrors(p.of.Population()))}
	if g.measure.rate {
		f.whole = share.Whole
	}
	if sessionless > 0 {
		f.note = fmt.Sprintf(", not counting %s without a session ID", words.Count(sessionless, "failure"))
	}
	return f
}

// withErrors completes the word sessions.
func withErrors(of report.Population) string {
	if of == report.WithErrors {
		return " with errors"
	}
	return ""
}

// ofError sums failures and lines over methods, and measures sessions method by method.
func (g Gate) ofError(p *period) []finding {
	rows, note := p.errors(&g.subject)
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
		out = append(out, g.ofSessions(p, fmt.Sprintf("%s failed with %s", words.Printable(e.Method), name), e.Sessions, e.Sessionless))
	}
	if len(out) == 0 {
		what := cmp.Or(words.Printable(g.subject.method), sdk) + " failed with " + name
		out = append(out, g.ofSessions(p, what, 0, 0))
	}
	for i := range out {
		out[i].note += note
	}
	return out
}

func (g Gate) ofWhole(p *period) finding {
	var failures, sessionless int64
	for _, m := range p.methods(&g.subject) {
		failures += m.Failures
		sessionless += m.Sessionless
	}
	switch w := p.seen(); g.measure.name {
	case "failures":
		return finding{part: failures, text: "the report has " + words.Count(failures, "failure")}
	case "errors.unnamed":
		unnamed := int64(0)
		rows, note := p.errors(&subject{})
		for _, e := range rows {
			unnamed += e.Failures
		}
		return finding{part: unnamed, text: words.Share(unnamed, failures, "failure", "has", "have") + " no error name", note: note}
	case "errors.undocumented":
		names, acknowledged := p.undocumented()
		return finding{
			part: int64(len(names)),
			text: fmt.Sprintf("%s not in the vendor's reference%s", isAre(len(names), "error"), listed(names)),
			note: leftOut(acknowledged),
		}
	case "hours.silent":
		if w.Hours.All == 0 {
			return finding{unknown: "no record has a time"}
		}
		f := finding{part: int64(w.Hours.Silent), text: words.Share(w.Hours.Silent, w.Hours.All, "hour", "has", "have") + " no records"}
		if w.Hours.Silent > 0 {
			f.note = ", the longest gap from " + words.Span(w.Hours.GapStart, w.Hours.GapEnd) + " " + p.of.Zone.String()
		}
		return f
	default:
		return g.ofSessions(p, "there are failures", w.SessionsFailed, sessionless)
	}
}

// undocumented returns the error names missing from the vendor's reference, and how many such
// errors are left out because they are acknowledged.
func (p *period) undocumented() (names []string, acknowledged int) {
	for i := range p.numbers.Errors {
		e := &p.numbers.Errors[i]
		switch {
		case e.Window != p.window || e.Failures == 0 || e.Name == "" || e.Documented != "no":
		case e.Acknowledged:
			acknowledged++
		default:
			names = append(names, words.Printable(e.Name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), acknowledged
}

// isAre begins a sentence: 1 error is, 2 errors are.
func isAre(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return words.Count(n, what) + " are"
}

// listed returns the first names in parentheses.
func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " (" + words.List(names) + ")"
}

// judge compares findings with the bound. One finding above it is enough to fire.
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
	shown := fired
	if len(fired) == 0 {
		shown = passed
	}
	if len(shown) == 0 {
		unknown = slices.Compact(unknown)
		return "", false, errors.New(strings.Join(unknown[:min(len(unknown), words.MaxListed)], "; "))
	}
	slices.SortStableFunc(shown, g.nearest)
	out := shown[0].text
	if g.measure.rate {
		out += " " + g.share(&shown[0])
	}
	out += where + shown[0].note
	switch n := len(shown) - 1; {
	case n > 0 && len(fired) > 0:
		out += fmt.Sprintf("; %s fired", words.Count(n, "other"))
	case n > 0:
		out += fmt.Sprintf("; %s did not fire", words.Count(n, "other"))
	}
	if n := len(unknown); n > 0 {
		out += fmt.Sprintf("; %s cannot be judged", words.Count(n, "other"))
	}
	return out, len(fired) > 0, nil
}

// holds reports whether the condition is true.
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

// nearest orders findings by how far they are beyond the bound, the farthest first.
func (g Gate) nearest(a, b finding) int {
	order := a.value().Cmp(b.value())
	if strings.HasPrefix(g.op, "<") {
		return order
	}
	return -order
}

// share formats a rate with enough digits to distinguish it from the bound.
func (g Gate) share(f *finding) string {
	limit, value := limitOf(g.bound), f.value()
	hundred := big.NewRat(100, 1)
	limit.Mul(limit, hundred)
	value.Mul(value, hundred)
	digits := 1
	for digits < 6 && value.Cmp(limit) != 0 && value.FloatString(digits) == limit.FloatString(digits) {
		digits++
	}
	return "(" + value.FloatString(digits) + "%)"
}
