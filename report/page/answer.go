package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/words"
)

// answer says what matters most: by which errors, whether it goes on, what to do, and what else
// changed.
func (c *composer) answer() {
	h := c.r.Headline()
	c.headline = h.Says
	if h.Method != "" {
		c.explain(&h)
	}
	c.fact("Also", c.others(&h)...)
}

// explain adds the facts of a method that fails.
func (c *composer) explain(h *report.Headline) {
	errors := listErrors(c.after, func(e *report.Error) bool {
		return e.Method == h.Method && !e.Acknowledged && (h.Error == nil || e.Key() == *h.Error)
	})
	if len(errors) == 0 {
		return
	}
	worst := errors[0]
	if h.Error == nil {
		var lines []string
		for _, e := range limit(errors, words.MaxListed) {
			lines = append(lines, c.inShort(e))
		}
		c.fact("Errors", lines...)
	} else if !c.ofWindow() || c.isNew(worst) {
		c.fact("Seen", seen(worst))
	}
	c.fact("Clients", h.Clients)
	if c.ofWindow() {
		c.fact("Since then", c.sinceThen(h.Method)...)
	}
	var advice []string
	if a := c.advise(worst.Method, worst.Name, worst.Key().Code); a.remedy != "" {
		advice = append(advice, fmt.Sprintf("%s (%s): %s", worst.Label(), a.owner, a.remedy))
	}
	c.fact(whatToDo, advice...)
	c.fact("Compare", c.compareGroups(h))
}

// isNew reports whether an error is significant and was not there before.
func (c *composer) isNew(e *report.Error) bool {
	change := c.changes[e.Key()]
	return change != nil && change.Significant() && change.Verdict == report.Added
}

// inShort says how often an error occurred, and since when if that is known.
func (c *composer) inShort(e *report.Error) string {
	out := e.Label() + ": "
	if e.Sessions > 0 && c.after.Sessions > 0 {
		out += fmt.Sprintf("%s %s (%s)", fraction(int64(e.Sessions), c.after.Sessions).text, c.sessions(), words.Percent(int64(e.Sessions), c.after.Sessions))
	} else {
		out += words.Count(e.Failures, "failure")
	}
	change := c.changes[e.Key()]
	switch {
	case change == nil || !change.Significant():
	case c.r.Pair != nil: // neither group is the earlier one
		out += fmt.Sprintf(", %s with %s", changeCells(change)[1].text, c.sideName(c.before))
	case c.isNew(e):
		out += ", new"
		if !e.First.IsZero() {
			out += " since " + words.Minute(e.First)
		}
	case change.Difference.Value > 0:
		out += ", up from " + changeCells(change)[1].text
	default:
		out += ", down from " + changeCells(change)[1].text
	}
	return out
}

// seen says when an error occurred, "" if no record has a time.
func seen(e *report.Error) string {
	switch {
	case e.First.IsZero():
		return ""
	case words.Minute(e.First) == words.Minute(e.Last):
		return "at " + words.Minute(e.First)
	}
	return "from " + words.Span(e.First, e.Last)
}

// sinceThen gives the rate of a method in the windows after the one that the page is about.
func (c *composer) sinceThen(method string) []string {
	var out []string
	for i := range c.r.Windows {
		w := &c.r.Windows[i]
		if !w.Start.After(c.after.Window.Start) {
			continue
		}
		share, of := methodShare(c.r.Side(i).Methods[method])
		if share.Rate == nil {
			continue
		}
		name := windowName(c.r, *w)
		if !w.Complete {
			name += ", incomplete"
		}
		out = append(out, fmt.Sprintf("%s: %s of %s %s failed", name, words.PercentOf(share.Rate.Value), words.Number(share.Whole), of))
	}
	return limit(out, words.MaxListed)
}

// compareGroups names the command that compares the group of a headline with the largest other group
// of its dimension, if the shell reads their names as they are.
func (c *composer) compareGroups(h *report.Headline) string {
	if h.Group == "" || c.r.Filter != (report.Filter{}) {
		return "" // filters would have to be typed again
	}
	other, most := "", int64(0)
	for i := range c.r.Breakdowns {
		if b := &c.r.Breakdowns[i]; b.Dimension == h.Dimension {
			for _, g := range c.groupSides(b) {
				if g.name != h.Group && g.name != unknownGroup && g.name != report.Others && g.Sessions > most {
					other, most = g.name, g.Sessions
				}
			}
		}
	}
	if other == "" || !isWord(other) || !isWord(h.Group) {
		return ""
	}
	quoted := func(name string) string {
		if strings.Contains(name, " ") {
			return "'" + name + "'"
		}
		return name
	}
	bounds := ""
	if c.ofWindow() {
		bounds = fmt.Sprintf(" --since %s --until %s", bound(c.after.Window.Start), bound(c.after.Window.End))
		if zone := c.r.Zone.String(); zone != "UTC" {
			bounds += " --tz " + zone
		}
	}
	return fmt.Sprintf("otlog diff --by %s%s %s %s PATH", h.Dimension, bounds, quoted(other), quoted(h.Group))
}

// bound writes an instant of a window as a bound of time is typed.
func bound(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// isWord reports whether a name has only letters, digits, points and spaces.
func isWord(name string) bool {
	return strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789. ") == ""
}

// others lists the other significant changes, of methods the headline is not about.
func (c *composer) others(h *report.Headline) []string {
	about := h.Method
	if about == "" {
		about = h.Better
	}
	var out []string
	listed := map[string]bool{} // methods, with the direction of their change
	for _, change := range significant(c.r.Changes) {
		as := fmt.Sprint(change.Method, change.Difference.Value > 0)
		if change.Method == about || listed[as] {
			continue // an error is part of its method
		}
		listed[as] = change.Scope == report.ScopeMethod
		cells, earlier := changeCells(&change), "before"
		if c.r.Pair != nil {
			earlier = "with " + c.sideName(c.before)
		}
		what := change.Label + " in " + change.Method
		if change.Scope == report.ScopeMethod {
			what = change.Method
		}
		switch {
		case change.Verdict == report.Gone && c.r.Pair == nil:
			out = append(out, fmt.Sprintf("%s: gone, before in %s %s", what, cells[0].text, c.sessions()))
		case change.Verdict == report.Added && c.r.Pair == nil:
			out = append(out, fmt.Sprintf("%s: new, in %s %s", what, cells[2].text, c.sessions()))
		default:
			out = append(out, fmt.Sprintf("%s: %s of %s, %s %s", what, cells[3].text, c.sessions(), earlier, cells[1].text))
		}
	}
	if more := len(out) - words.MaxListed; more > 0 {
		out = append(out[:words.MaxListed], fmt.Sprintf("and %s, see What changed", words.Count(more, "other change")))
	}
	return out
}
