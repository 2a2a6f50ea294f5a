package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/stats"
	"github.com/otlog/otlog/report/words"
)

// A Headline says in one sentence what matters most: what got worse by more than chance, else what
// got better; or that nothing did, or that there are too few sessions to tell. Without a comparison it
// names the most frequent failure.
type Headline struct {
	Says string

	// Method is the method that fails, or fails more often; "" if none does. Error is the error that
	// the sentence is about, nil if it is about the method.
	Method string
	Error  *ErrorKey

	// Better is the method that got better, if that is what the sentence is about.
	Better string

	// Most of the failed sessions are of this group of clients; "" if there is none.
	Dimension Dimension
	Group     string
	Clients   string // their numbers, in words
}

// Headline returns the headline of the report.
func (r *Report) Headline() Headline {
	h := r.headline()
	if only := r.Filter.ClientWords(); only != "" {
		h.Says = fmt.Sprintf("%s; only %s.", strings.TrimSuffix(h.Says, "."), only)
	}
	return h
}

func (r *Report) headline() Headline {
	before, after, ok := r.Sides()
	switch says := r.nothing(); {
	case says != "":
		return Headline{Says: says}
	case !ok:
		return r.mostFrequent()
	case before.Sessions == 0 || after.Sessions == 0:
		return r.missingSide(before, after)
	case !r.Comparable():
		which := "before"
		if r.Population() == WithErrors {
			which = "after"
		}
		return Headline{Says: "Not comparable: only the input " + which + " seems to hold errors only, so the sessions without an error are missing there."}
	}
	changes := slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool { return !c.Significant() || !r.isNews(&c) })
	if len(changes) == 0 {
		if says := r.perhaps(); says != "" {
			return Headline{Says: says}
		}
		return Headline{Says: r.unchanged(before, after)}
	}
	slices.SortStableFunc(changes, moreImportant)
	c := &changes[0]
	if c.Difference.Value < 0 {
		return Headline{Says: r.changed(c, ""), Better: c.Method}
	}
	h := Headline{Method: c.Method}
	mostly := ""
	if c.Scope == ScopeError {
		h.Error = &ErrorKey{c.Method, c.Error, c.Code}
	} else if r.Pair == nil {
		mostly = r.mostly(&h, before, after)
	}
	h.Says = r.changed(c, mostly)
	return h
}

// perhaps describes the most important change that would be significant if it were the only one that
// was tested; "" if there is none.
func (r *Report) perhaps() string {
	var likely []Change
	tests := 0
	for _, c := range r.Changes {
		if c.Test != nil {
			tests++
		}
		if c.Test != nil && c.Test.P <= stats.Level && !c.Significant() && r.isNews(&c) {
			likely = append(likely, c)
		}
	}
	if len(likely) == 0 || r.Pair != nil {
		return ""
	}
	slices.SortStableFunc(likely, moreImportant)
	says := r.changed(&likely[0], "")
	if verb := r.subject(&likely[0]); strings.HasSuffix(verb, "ing") {
		says = strings.ToLower(says[:1]) + says[1:]
	}
	return "Perhaps " + strings.Replace(says, "(not chance)", fmt.Sprintf("(among %d rates that were tested, this may be chance)", tests), 1)
}

// isNews reports whether a headline may be about a change. If the report selects an error, a change
// of its method is one of that error. A change of a method is old news if the errors that nobody
// acknowledged moved in the other direction, or not at all.
func (r *Report) isNews(c *Change) bool {
	if c.Acknowledged || c.Scope == ScopeMethod && r.Filter.Error != "" {
		return false
	}
	if c.Scope == ScopeError {
		return true
	}
	moved, acknowledged := 0.0, false
	for _, x := range r.Changes {
		if x.Scope == ScopeError && x.Method == c.Method && x.Difference != nil {
			acknowledged = acknowledged || x.Acknowledged
			if !x.Acknowledged {
				moved += x.Difference.Value
			}
		}
	}
	return !acknowledged || moved*c.Difference.Value > 0
}

// nothing explains an input without failures, "" if there are some on either side.
func (r *Report) nothing() string {
	failures := r.Totals.Failures
	if r.Baseline != nil {
		failures += r.Baseline.Totals.Failures
	}
	a := r.Read()
	skipped := ""
	if a.Skipped > 0 {
		skipped = fmt.Sprintf(" in what could be read; %s skipped", words.Count(a.Skipped, "record"))
	}
	switch native := r.Totals.Records.Native; {
	case a.Total() == 0 && len(r.Damaged()) == 0:
		return "The input is empty."
	case a.Total() == a.Skipped: // and something could not be read
		return "No record could be read, so it is unknown whether there were failures."
	case failures > 0:
		return ""
	case r.Filter != Filter{}:
		return "No failure matches the filters" + skipped + "."
	case native > 0:
		return fmt.Sprintf("No failure of the JavaScript SDK was found%s; native SDKs wrote %s, whose errors otlog does not count.", skipped, words.Count(native, "record"))
	case r.Totals.Sessions > 0:
		return fmt.Sprintf("No failure of the SDK was found in %s%s.", words.Count(r.Totals.Sessions, "session"), skipped)
	}
	return fmt.Sprintf("No failure of the SDK was found in %s%s.", words.Count(a.Total()-a.Skipped, "record"), skipped)
}

// missingSide says why a side of a comparison has no sessions, and what fails on the other.
func (r *Report) missingSide(before, after *Side) Headline {
	side, which := before, "before"
	if before.Sessions > 0 {
		side, which = after, "after"
	}
	switch {
	case r.Pair != nil:
		return Headline{Says: fmt.Sprintf("No session is known to be of %s.", r.Pair.Label(map[bool]string{true: r.Pair.Before, false: r.Pair.After}[side == before]))}
	case side.Window.Records == 0:
		which = "There is no record " + which
	case r.Filter != Filter{}:
		which = "No session " + which + " matches the filters"
	case before.Sessions == after.Sessions:
		which = "No record has a session ID"
	default:
		which = "No record " + which + " has a session ID"
	}
	h := Headline{Says: which + ", so nothing can be compared."}
	if r.Totals.Failures > 0 {
		h = r.mostFrequent()
		h.Says = which + ", so nothing can be compared; " + strings.ToLower(h.Says[:1]) + h.Says[1:]
	}
	return h
}

// moreImportant sorts changes for the worse first, methods before their errors, and changes of most
// sessions first.
func moreImportant(a, b Change) int {
	rank := func(c *Change) int {
		n := 0
		if c.Difference.Value < 0 {
			n = 2
		}
		if c.Scope == ScopeError {
			n++
		}
		return n
	}
	return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(math.Abs(b.Moved()), math.Abs(a.Moved())))
}

// changed describes the most important change; mostly says which clients it concerns.
func (r *Report) changed(c *Change, mostly string) string {
	worse := c.Difference.Value > 0
	subject, was, is, of := r.subject(c), c.Before, c.After, r.Population().Words()
	if c.Scope == ScopeMethod {
		if x, y, ok := r.attempts(c); ok {
			was, is, of = x, y, "attempts"
		}
	}
	digits := max(words.Digits(was.Rate.Value), words.Digits(is.Rate.Value))
	rate := func(s stats.Share) string { return words.Ratio(s.Rate.Value, digits) }
	fails := of
	if c.Scope == ScopeMethod {
		fails += " failed"
	}
	switch {
	case r.Pair != nil && worse:
		return fmt.Sprintf("%s more often with %s: %s of %s, %s with %s (not chance).",
			r.fails(c), r.Pair.Label(r.Pair.After), rate(is), fails, rate(was), r.Pair.Label(r.Pair.Before))
	case r.Pair != nil:
		return fmt.Sprintf("%s less often with %s: %s of %s, %s with %s (not chance).",
			r.fails(c), r.Pair.Label(r.Pair.After), rate(is), fails, rate(was), r.Pair.Label(r.Pair.Before))
	case c.Verdict == Added && c.Scope == ScopeError:
		return fmt.Sprintf("%s is new: %s of %s, none before (not chance).", subject, rate(is), fails)
	case c.Verdict == Gone && c.Scope == ScopeError:
		return fmt.Sprintf("%s is gone: none of %s %s, before %s of them (not chance).", subject, words.Number(is.Whole), of, rate(was))
	case worse && c.Scope == ScopeError:
		return fmt.Sprintf("%s got more frequent: %s of %s, up from %s (not chance).", subject, rate(is), fails, rate(was))
	case r.Population() == WithErrors:
		// How many sessions had no error is unknown: the mix of errors changed.
		return fmt.Sprintf("%s has a %s share of the errors: %s of %s, before %s (not chance)%s.", subject, map[bool]string{true: "larger", false: "smaller"}[worse], rate(is), fails, rate(was), mostly)
	case worse:
		return fmt.Sprintf("%s got worse: %s of %s, up from %s (not chance)%s.", subject, rate(is), fails, rate(was), mostly)
	case c.Scope == ScopeError:
		return fmt.Sprintf("%s got less frequent: %s of %s, down from %s (not chance).", subject, rate(is), fails, rate(was))
	}
	return fmt.Sprintf("%s got better: %s of %s, down from %s (not chance).", subject, rate(is), fails, rate(was))
}

// subject names what changed, at the start of a sentence.
func (r *Report) subject(c *Change) string {
	if c.Scope == ScopeError {
		return c.Label + " in " + c.Method
	}
	switch c.Method {
	case "Session.connect":
		return "Connecting"
	case "Session.publish":
		return "Publishing"
	case "Session.subscribe":
		return "Subscribing"
	}
	return c.Method
}

// fails is the subject of a change with its verb.
func (r *Report) fails(c *Change) string {
	if c.Scope == ScopeError {
		return r.subject(c) + " occurs"
	}
	return r.subject(c) + " fails"
}

// mostTelemetry is the least share of sessions with telemetry, in percent, for which a headline states
// attempts.
const mostTelemetry = 90

// attempts returns the failed attempts of the method of a change on both sides. ok is false unless they
// say the same as the tested sessions do: nearly all sessions have telemetry, and the difference is in
// the same direction, with an interval that excludes 0.
func (r *Report) attempts(tested *Change) (before, after stats.Share, ok bool) {
	was, is, _ := r.Sides()
	for _, s := range []*Side{was, is} {
		if int64(s.Window.TelemetrySessions)*100 < mostTelemetry*s.Sessions {
			return before, after, false
		}
	}
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Measure == FailureRate && c.Method == tested.Method && c.Difference != nil {
			ok := tested.Difference.Value > 0 && c.Difference.Low > 0 || tested.Difference.Value < 0 && c.Difference.High < 0
			return c.Before, c.After, ok
		}
	}
	return before, after, false
}

// unchanged says that no change is significant, and the rates.
func (r *Report) unchanged(before, after *Side) string {
	tested := slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Test != nil })
	was, is := before.FailedShare(""), after.FailedShare("")
	earlier, later := "before", "after"
	if r.Pair != nil {
		earlier, later = "with "+r.Pair.Label(r.Pair.Before), "with "+r.Pair.Label(r.Pair.After)
	}
	switch {
	case !tested && min(before.Sessions, after.Sessions) < MinSessions:
		return fmt.Sprintf("Too few %s to tell: %s %s, %s %s, and a test needs %d on each side.",
			r.Population().Words(), words.Number(before.Sessions), earlier, words.Number(after.Sessions), later, MinSessions)
	case !tested:
		return fmt.Sprintf("Too few failures to tell: %s in %s %s, %s in %s.", earlier, words.Fraction(was.Part, was.Whole), r.Population().Words(), later, words.Fraction(is.Part, is.Whole))
	case r.Pair != nil:
		return fmt.Sprintf("No difference that could not be chance: %s %s of %s %s had %s, %s %s of %s.", earlier,
			words.Percent(was.Part, was.Whole), words.Number(was.Whole), r.Population().Words(), r.Filter.AFailure(), later, words.Percent(is.Part, is.Whole), words.Number(is.Whole))
	}
	const says = "Nothing changed that could not be chance: "
	if rates := r.callRates(after); rates != "" {
		return says + rates + "."
	}
	return says + fmt.Sprintf("%s %s (%s) had %s, before %s.", words.Fraction(is.Part, is.Whole), r.Population().Words(),
		words.Percent(is.Part, is.Whole), r.Filter.AFailure(), words.Percent(was.Part, was.Whole))
}

// callRates lists the failure rates of the methods that every call uses, "" if the attempts of one
// of them are unknown.
func (r *Report) callRates(s *Side) string {
	var out []string
	for _, method := range lookup.CallMethods {
		_, bare, _ := strings.Cut(method, ".")
		rate := s.Attempts(method).FailureRate()
		if rate == nil {
			return ""
		}
		out = append(out, bare+" "+words.PercentOf(rate.Value))
	}
	return strings.Join(out, ", ") + " of attempts failed"
}

// mostFrequent says how many sessions failed, and the most frequent failure: by sessions, or by failures
// if most of them have no session.
func (r *Report) mostFrequent() Headline {
	side, total := r.Whole.Side(0), &r.Whole.Totals
	failed := side.FailedShare("")
	bySession := failed.Part > 0 && 2*total.Sessionless <= total.Failures
	var worst *Error
	for _, e := range side.Errors {
		if !e.Acknowledged && (worst == nil || moreFrequent(e, worst, bySession) < 0) {
			worst = e
		}
	}
	alone := bySession && failed.Whole == 1
	says := fmt.Sprintf("%s %s (%s) had %s", words.Fraction(failed.Part, failed.Whole), r.Population().Words(), words.Percent(failed.Part, failed.Whole), r.Filter.AFailure())
	switch {
	case alone && r.Population() == WithErrors:
		says = "The only session with an error had " + r.Filter.AFailure()
	case alone:
		says = "The only session had " + r.Filter.AFailure()
	case !bySession && failed.Part > 0:
		says = fmt.Sprintf("%s, %s of unknown sessions", words.Count(total.Failures, "failure"), words.Number(total.Sessionless))
	case !bySession:
		says = words.Count(total.Failures, "failure") + ", of unknown sessions"
	}
	if worst == nil {
		return Headline{Says: says + ", all of them acknowledged."}
	}
	count := words.Number(worst.Failures)
	switch {
	case alone:
		count = words.Count(worst.Failures, "failure")
	case bySession:
		count = fmt.Sprintf("%s, %s", words.Count(worst.Sessions, "session"), words.Percent(int64(worst.Sessions), side.Sessions))
	}
	what := "most often "
	if len(side.Errors) == 1 {
		what = "by "
	}
	name := worst.Label()
	switch {
	case name == unnamed:
		name = "an error without a name"
	case worst.Name == aggregate.OtherName:
		name = "one of many errors that otlog does not know"
	}
	if worst.Method != lookup.UnknownMethod {
		name += " in " + worst.Method
	}
	says += ", " + what + name
	if len(side.Errors) > 1 || alone || !bySession {
		says += " (" + count + ")"
	}
	key := worst.Key()
	return Headline{Says: says + r.moreOften() + ".", Method: worst.Method, Error: &key}
}

// moreFrequent sorts errors by sessions, then by failures, the most first; or by failures alone.
func moreFrequent(a, b *Error, bySession bool) int {
	sessions := 0
	if bySession {
		sessions = cmp.Compare(b.Sessions, a.Sessions)
	}
	return cmp.Or(sessions, cmp.Compare(b.Failures, a.Failures), a.Key().Compare(b.Key()))
}
