package report

import (
	"fmt"

	"github.com/otlog/otlog/report/words"
)

// mostly says which clients the headline about a method concerns, and names them in it: the group that
// fails more often than the others, by more than chance, and has at least half of the failed sessions,
// and of the increase. "" if there is none.
func (r *Report) mostly(h *Headline, before, after *Side) string {
	was, is := before.MethodShare(h.Method), after.MethodShare(h.Method)
	surest := func(all []Contrast) *Contrast {
		var most *Contrast
		for i := range all {
			x := &all[i]
			// What the group would have if it had grown like the whole.
			expected := float64(x.Earlier.Part) * float64(is.Whole) / float64(was.Whole)
			increase := float64(is.Part) - float64(was.Part)*float64(is.Whole)/float64(was.Whole)
			switch {
			case x.Method != h.Method, x.Verdict != Higher, 2*x.After.Part < is.Part, 2*(float64(x.After.Part)-expected) < increase:
			case most == nil || x.Test.P < most.Test.P:
				most = x
			}
		}
		return most
	}
	most := surest(r.Contrasts)
	if most == nil {
		return ""
	}
	h.Dimension, h.Group = most.Dimension, most.Group
	name := Label(most.Dimension, most.Group)
	// A browser may stand out only because most of its users have the new SDK, so it is compared with
	// the other browsers of that SDK.
	if narrow := surest(r.within(most)); narrow != nil {
		if narrow.Dimension == ByBrowser {
			name += " on " + Label(narrow.Dimension, narrow.Group)
		} else {
			name = Label(narrow.Dimension, narrow.Group) + " on " + name
		}
		most = narrow
	}
	h.Clients = fmt.Sprintf("%s: %s of %s %s failed (%s)", name, words.Number(most.After.Part), words.Number(most.After.Whole), r.Population().Words(), words.Percent(most.After.Part, most.After.Whole))
	if most.Earlier.Rate != nil {
		h.Clients += fmt.Sprintf(", before %s (%s)", words.Fraction(most.Earlier.Part, most.Earlier.Whole), words.Percent(most.Earlier.Part, most.Earlier.Whole))
	}
	if part, whole := is.Part-most.After.Part, is.Whole-most.After.Whole; whole > 0 {
		h.Clients += fmt.Sprintf("; all others: %s (%s)", words.Fraction(part, whole), words.Percent(part, whole))
	}
	return fmt.Sprintf("; mostly with %s (%s failed %s)", name, words.Fraction(most.After.Part, is.Part), r.Population().Words())
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
