package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// reasonsOf returns the reasons of the failures by an error, the most frequent first.
func reasonsOf(e *report.Error) []string {
	return slices.SortedFunc(maps.Keys(e.Reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(e.Reasons[b], e.Reasons[a]), strings.Compare(a, b))
	})
}

// notStated is what people read instead of a reason.
const notStated = "not stated"

// unreasoned returns how many failures by an error have no reason.
func unreasoned(e *report.Error) int64 {
	rest := e.Failures
	for _, n := range e.Reasons {
		rest -= n
	}
	return rest
}

// countReasons lists the reasons of an error with their failures, "" if none is stated.
func countReasons(e *report.Error) string {
	if len(e.Reasons) == 0 {
		return ""
	}
	var out []string
	for _, name := range reasonsOf(e) {
		out = append(out, fmt.Sprintf("%s %s", lookup.ReasonWords(name), words.Number(e.Reasons[name])))
	}
	if rest := unreasoned(e); rest > 0 {
		out = append(out, fmt.Sprintf("%s %s", notStated, words.Number(rest)))
	}
	return strings.Join(out, ", ")
}

// advise returns what to do about an error of the page. If most of its failures have one reason,
// remedy and owner are those of the reason. reasons is what countReasons returns.
func (c *composer) advise(method, name string, code int32) (a advice) {
	meaning, remedy, owner, link := lookup.Advise(method, name, code)
	a = advice{method: method, meaning: meaning, remedy: remedy, owner: owner.String(), link: link}
	e := c.after.Errors[(&report.Error{Method: method, Name: name, Code: code}).Key()]
	if e == nil || len(e.Reasons) == 0 {
		return a
	}
	a.reasons = countReasons(e)
	if main := reasonsOf(e)[0]; 2*e.Reasons[main] > e.Failures {
		r := catalogue.LookupReason(main).Get()
		a.remedy, a.owner = r.Remedy, r.Owner.String()
	}
	return a
}

// reasons lists the reasons of the errors that most sessions saw, if any is stated.
func (c *composer) reasons() {
	t := newTable("Reason", "Error", "Method~", ">Failures")
	for _, e := range limit(listErrors(c.after, func(e *report.Error) bool { return !e.Acknowledged }), c.o.Top) {
		if len(e.Reasons) == 0 {
			continue
		}
		line := func(reason string, n int64) { t.add(textCell(reason), errorCell(e), code(e.Method), amount(n)) }
		for _, name := range reasonsOf(e) {
			line(lookup.ReasonWords(name), e.Reasons[name])
		}
		if rest := unreasoned(e); rest > 0 {
			line(notStated, rest)
		}
	}
	if len(t.rows) > 0 {
		c.section(section{title: "Reasons that messages state", tables: []*table{t}})
	}
}

// reasonItem returns the reasons of an advice as an item of a list; "" if there are none.
func reasonItem(reasons string) string {
	if reasons == "" {
		return ""
	}
	return "- Reasons: " + inMarkdown(reasons) + "\n"
}
