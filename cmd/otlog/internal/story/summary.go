package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/parse/sessionid"
	"github.com/otlog/otlog/report/lookup"
	"github.com/otlog/otlog/report/words"
)

// decode sets what the session ID contains.
func (s *Story) decode() {
	info := sessionid.Decode([]byte(s.Session))
	s.APIKey = optional(info.APIKey)
	if !info.Created.IsZero() {
		s.Created = pointer(info.Created.UTC().Format(time.RFC3339))
	}
}

// label returns what a failure is called: its name, else its code.
func (f *Failure) label() string {
	switch {
	case f.Error != nil:
		return *f.Error
	case f.Code != nil:
		return fmt.Sprintf("code %d", *f.Code)
	}
	return "error without a name"
}

// full returns the label with the code: OT_TIMEOUT (1500).
func (f *Failure) full() string {
	if f.Error != nil && f.Code != nil {
		return fmt.Sprintf("%s (%d)", *f.Error, *f.Code)
	}
	return f.label()
}

// reason returns why the error was raised, in words; "" if no record states it.
func (f *Failure) reason() string {
	if f.Reason == nil {
		return ""
	}
	return lookup.ReasonWords(*f.Reason)
}

// in returns " in " and a method, "" if that is unknown.
func in(method string) string {
	if method == "unknown" {
		return ""
	}
	return " in " + method
}

// summary returns the result of the session in one sentence.
func (s *Story) summary() string {
	var failed, recovered []*Failure
	for i := range s.Failures {
		if f := &s.Failures[i]; f.Recovered {
			recovered = append(recovered, f)
		} else {
			failed = append(failed, f)
		}
	}
	out := "no failure"
	if n := len(failed); n > 0 {
		out = words.Count(n, "failure") + ", not recovered: " + names(failed)
	}
	if n := len(recovered); n > 0 {
		out += fmt.Sprintf("; recovered: %s", names(recovered))
	}
	if n := len(s.End.NeverEnded) + len(s.End.Open); n > 0 {
		out += "; " + words.Count(n, "attempt") + " without an end"
	}
	return out
}

// names lists the errors of failures with their methods, each once.
func names(of []*Failure) string {
	count := map[string]int{}
	var order []string
	for _, f := range of {
		name := f.label() + in(f.Method)
		if count[name]++; count[name] == 1 {
			order = append(order, name)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	for i, name := range order {
		if n := count[name]; n > 1 {
			order[i] = fmt.Sprintf("%s (%s times)", name, words.Number(n))
		}
	}
	return words.List(order)
}

// outcomes says for each method how its attempts ended: connect 1 of 1 succeeded.
func (s *Story) outcomes() []string {
	type sum struct {
		all, retries int
		by           map[string]int
	}
	sums := map[string]*sum{}
	var order []string
	for i := range s.Attempts {
		a := &s.Attempts[i]
		of := sums[a.Method]
		if of == nil {
			of = &sum{by: map[string]int{}}
			sums[a.Method], order = of, append(order, a.Method)
		}
		of.all++
		of.retries += a.Retries
		of.by[a.Outcome]++
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(lookup.CallMethods[:], a), slices.Index(lookup.CallMethods[:], b)), cmp.Compare(a, b))
	})
	var out []string
	for _, method := range order {
		of := sums[method]
		var parts []string
		for _, outcome := range []string{"succeeded", "failed", "cancelled", "open", "never_ended"} {
			if n := of.by[outcome]; n > 0 {
				parts = append(parts, words.Number(n)+" "+strings.ReplaceAll(outcome, "_", " "))
			}
		}
		if of.retries > 0 {
			parts = append(parts, retries(of.retries))
		}
		out = append(out, fmt.Sprintf("%s: %s", method, strings.Join(parts, ", ")))
	}
	return out
}

// retries says how often the SDK tried again.
func retries(n int) string {
	if n == 1 {
		return "1 retry by the SDK"
	}
	return words.Number(n) + " retries by the SDK"
}
