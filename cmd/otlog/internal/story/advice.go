package story

import (
	"fmt"
	"strings"

	"github.com/otlog/otlog/report/words"
)

// An advice explains an error.
type advice struct {
	title  string
	points [][2]string // head and text
	link   string
}

// mostAdvised is the number of errors that a page explains.
const mostAdvised = 5

// advise explains the errors of the failures, each once, those that were not recovered first.
func (p *page) advise(s *Story, short map[string]string) {
	type key struct{ label, method, reason string }
	seen := map[key]bool{}
	more := 0
	for _, recovered := range []bool{false, true} {
		for i := range s.Failures {
			f := &s.Failures[i]
			k := key{f.full(), f.Method, f.reason()}
			if f.Recovered != recovered || seen[k] {
				continue
			}
			seen[k] = true
			if len(p.advice) == mostAdvised {
				more++
				continue
			}
			p.advice = append(p.advice, s.adviceOn(f, short))
		}
	}
	if more > 0 {
		p.advice = append(p.advice, advice{title: words.Count(more, "more error") + ": otlog explain NAME"})
	}
}

// adviceOn explains the error of a failure, and what is beside its failures.
func (s *Story) adviceOn(f *Failure, short map[string]string) advice {
	var numbers []int
	beside := map[string]*Entry{}
	var order []string
	for i := range s.Failures {
		o := &s.Failures[i]
		if o.full() != f.full() || o.Method != f.Method || o.Recovered != f.Recovered || !equal(o.Reason, f.Reason) {
			continue
		}
		numbers = append(numbers, o.Number)
		for _, at := range o.Beside {
			if e := &s.Timeline[at]; beside[e.Name] == nil {
				beside[e.Name] = e
				order = append(order, e.Name)
			}
		}
	}
	what := "Failure "
	if f.Recovered {
		what = "Recovered "
	}
	a := advice{title: what + ranges(numbers) + ": " + f.full() + in(f.Method), link: f.Link}
	point := func(head, text string) {
		if text != "" {
			a.points = append(a.points, [2]string{head, text})
		}
	}
	if f.Meaning == "" {
		point("Meaning", "The catalogue has no entry for it.")
	}
	point("Meaning", f.Meaning)
	point("Reason", f.reason())
	point("Remedy", f.Remedy)
	point("Owner", f.Owner)
	for _, name := range order {
		e := beside[name]
		point("Beside it", strings.TrimSpace(fmt.Sprintf("%s (%s). %s %s", name, e.placeWords(short), e.Meaning, e.Remedy)))
	}
	return a
}
