package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

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
}

// Headline returns the headline of the report.
func (r *Report) Headline() Headline {
	before, after, ok := r.Sides()
	switch says := r.nothing(); {
	case says != "":
		return Headline{Says: says}
	case !ok:
		return r.mostFrequent()
	case !r.Comparable():
		return Headline{Says: "The two inputs cannot be compared: only one of them holds the sessions without an error."}
	case before.Sessions == 0 || after.Sessions == 0:
		return Headline{Says: r.missingSide(before, after)}
	}
	changes := slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool { return !c.Significant() || c.Acknowledged })
	if len(changes) == 0 {
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
	} else {
		mostly = r.mostly(&h)
	}
	h.Says = r.changed(c, mostly)
	return h
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
	case a.Total() == 0:
		return "The input is empty."
	case a.Total() == a.Skipped:
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

// missingSide says which side of a comparison has no sessions.
func (r *Report) missingSide(before, after *Side) string {
	switch {
	case r.Pair != nil && before.Sessions == 0:
		return fmt.Sprintf("No session is known to be of %s.", r.Pair.Label(r.Pair.Before))
	case r.Pair != nil:
		return fmt.Sprintf("No session is known to be of %s.", r.Pair.Label(r.Pair.After))
	case before.Sessions == after.Sessions:
		return "No record has a session ID, so nothing can be compared; " + lower(r.mostFrequent().Says)
	case before.Sessions == 0:
		return "No record before has a session ID, so nothing can be compared; " + lower(r.mostFrequent().Says)
	}
	return "No record after has a session ID, so nothing can be compared."
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
	moved := func(c *Change) float64 { return math.Abs(c.Difference.Value) * float64(c.After.Whole) }
	return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(moved(&b), moved(&a)))
}

// changed describes the most important change; mostly says which clients it concerns.
func (r *Report) changed(c *Change, mostly string) string {
	worse := c.Difference.Value > 0
	subject, was, is, of := r.subject(c), c.Before, c.After, r.sessions()
	if c.Scope == ScopeMethod {
		// The test is of sessions; people think in attempts. Both must agree.
		if x, y, ok := r.attempts(c.Method); ok && y.Rate.Value > x.Rate.Value == worse {
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

// attempts returns the failed attempts of a method on both sides, if they are known.
func (r *Report) attempts(method string) (before, after stats.Share, ok bool) {
	for i := range r.Changes {
		if c := &r.Changes[i]; c.Measure == FailureRate && c.Method == method {
			return c.Before, c.After, c.Difference != nil
		}
	}
	return before, after, false
}

// mostly says which clients the headline about a method concerns, and names them in it: the group that
// fails more often than the others, by more than chance, and has at least half of the failed sessions.
// "" if there is none.
func (r *Report) mostly(h *Headline) string {
	most := mostly(r.Contrasts, h.Method)
	if most == nil {
		return ""
	}
	h.Dimension, h.Group = most.Dimension, most.Group
	failed, all, name := most.After.Part+most.Before.Part, most.After.Whole+most.Before.Whole, Label(most.Dimension, most.Group)
	// A browser may stand out only because most of its users have the new SDK, so it is compared with
	// the other browsers of that SDK.
	if narrow := mostly(r.within(most), h.Method); narrow != nil {
		if narrow.Dimension == ByBrowser {
			name += " on " + Label(narrow.Dimension, narrow.Group)
		} else {
			name = Label(narrow.Dimension, narrow.Group) + " on " + name
		}
		most = narrow
	}
	return fmt.Sprintf("; mostly with %s (%s failed %s, %s of all %s)", name,
		words.Fraction(most.After.Part, failed), r.sessions(), words.Number(most.After.Whole), words.Number(all))
}

// mostly returns the contrast of the group that fails more often than the others, and has at least half
// of the failed sessions; of several the surest. nil if there is none.
func mostly(all []Contrast, method string) *Contrast {
	var most *Contrast
	for i := range all {
		x := &all[i]
		if x.Method != method || x.Verdict != Higher || 2*x.After.Part < x.After.Part+x.Before.Part {
			continue
		}
		if most == nil || x.Test.P < most.Test.P {
			most = x
		}
	}
	return most
}

// unchanged says that no change is significant, and the rates.
func (r *Report) unchanged(before, after *Side) string {
	tested := slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Test != nil })
	few := min(before.Sessions, after.Sessions) < MinSessions
	was, is := before.FailedShare(""), after.FailedShare("")
	switch {
	case !tested && few:
		return fmt.Sprintf("Too few %s to tell: %s before, %s after, and a test needs %d on each side.",
			r.sessions(), words.Number(before.Sessions), words.Number(after.Sessions), MinSessions)
	case !tested:
		return fmt.Sprintf("Too few failures to tell: before in %s %s, after in %s.", words.Fraction(was.Part, was.Whole), r.sessions(), words.Fraction(is.Part, is.Whole))
	}
	says := "Nothing changed that could not be chance: "
	if r.Pair != nil {
		says = "No difference that could not be chance: "
	}
	if rates := r.callRates(after); rates != "" {
		return says + rates + "."
	}
	return says + fmt.Sprintf("%s %s (%s) had a failure, before %s.", words.Fraction(is.Part, is.Whole), r.sessions(),
		words.Percent(is.Part, is.Whole), words.Percent(was.Part, was.Whole))
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

// mostFrequent says how many sessions failed, and the most frequent failure.
func (r *Report) mostFrequent() Headline {
	side := r.Whole.Side(0)
	var worst *Error
	for _, e := range side.Errors {
		if !e.Acknowledged && (worst == nil || moreFrequent(e, worst) < 0) {
			worst = e
		}
	}
	failed := side.FailedShare("")
	says := fmt.Sprintf("%s %s (%s) had a failure", words.Fraction(failed.Part, failed.Whole), r.sessions(), words.Percent(failed.Part, failed.Whole))
	count := func(e *Error) string {
		return fmt.Sprintf("%s, %s", words.Count(e.Sessions, "session"), words.Percent(int64(e.Sessions), side.Sessions))
	}
	if failed.Whole == 0 || failed.Part == 0 {
		says = words.Count(r.Totals.Failures, "failure") + ", of unknown sessions"
		count = func(e *Error) string { return words.Number(e.Failures) }
	}
	switch {
	case failed.Part == 1 && failed.Whole == 1 && r.sessions() == "sessions":
		says = "The only session had a failure"
		count = func(e *Error) string { return words.Count(e.Failures, "failure") }
	case failed.Whole == 1 && failed.Part == 1:
		says = "The only session with an error had a failure"
		count = func(e *Error) string { return words.Count(e.Failures, "failure") }
	}
	if worst == nil {
		return Headline{Says: says + ", all of them acknowledged."}
	}
	what := "most often "
	if len(side.Errors) == 1 {
		what = "by "
	}
	says += fmt.Sprintf(", %s%s in %s", what, worst.Label(), worst.Method)
	if len(side.Errors) > 1 || failed.Whole <= 1 || failed.Part == 0 {
		says += " (" + count(worst) + ")"
	}
	key := worst.Key()
	return Headline{Says: says + r.moreOften() + ".", Method: worst.Method, Error: &key}
}

// moreFrequent sorts errors by sessions, then by failures, the most first; errors without any name
// last.
func moreFrequent(a, b *Error) int {
	nameless := func(e *Error) int {
		if e.Name == "" && e.Code == 0 && e.Method == lookup.UnknownMethod {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(nameless(a), nameless(b)), cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(b.Failures, a.Failures), a.Key().Compare(b.Key()))
}

// moreOften says which clients fail more often than the others, by more than chance; "" if none do.
func (r *Report) moreOften() string {
	var most *Contrast
	for i := range r.Contrasts {
		if x := &r.Contrasts[i]; x.Method == "" && x.Verdict == Higher && (most == nil || x.Test.P < most.Test.P) {
			most = x
		}
	}
	if most == nil {
		return ""
	}
	return fmt.Sprintf("; more often with %s (%s of %s, %s of the others)", Label(most.Dimension, most.Group),
		words.PercentOf(most.After.Rate.Value), words.Number(most.After.Whole), words.PercentOf(most.Before.Rate.Value))
}

// sessions is what session rates are shares of.
func (r *Report) sessions() string {
	if r.Population() == WithErrors {
		return "sessions with errors"
	}
	return "sessions"
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
