package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
)

// changes prints what changed, and between what.
func (t *text) changes(top int) {
	r := t.r
	if r.Baseline != nil {
		t.printf("\nChanges from the baseline\n")
		t.inputs()
	} else if before, after, ok := r.lastComplete(); ok {
		t.printf("\nChanges between the last two complete windows\n")
		t.compared(before, after)
	} else {
		if len(r.Windows) > 1 {
			t.printf("\nNo changes are shown: they are between complete windows, and fewer than two are.\n")
		}
		return
	}
	t.printf("\n")
	writeChanges(&t.out, r.Changes, top)
}

// inputs says of the baseline and of the report what they are, and what makes their
// rates less than they seem.
func (t *text) inputs() {
	for _, of := range [...]struct {
		head string
		r    *Report
	}{{"Before", t.r.Baseline}, {"After", t.r}} {
		side := wholeSide(of.r)
		what := fmt.Sprintf("%s: %s, %s", of.r.inputName(), count(side.sessions, "session"), of.r.period())
		t.lines(of.head, slices.Concat([]string{what}, of.r.unread(), side.limits()))
	}
}

// compared says the same of two windows, which are of one input.
func (t *text) compared(before, after int) {
	r := t.r
	for _, of := range [...]struct {
		head   string
		window int
	}{{"Before", before}, {"After", after}} {
		side := newSide(r, of.window)
		what := fmt.Sprintf("%s: %s", r.windowName(*side.window), count(side.sessions, "session"))
		t.lines(of.head, append([]string{what}, side.limits()...))
	}
	if end, start := r.Windows[before].End, r.Windows[after].Start; end.Before(start) {
		t.lines("Between", []string{"no record from " + fromTo(end, start)})
	}
	t.lines("Both", r.unread())
}

// lines prints lines beside a head.
func (t *text) lines(head string, lines []string) {
	for _, line := range lines {
		t.printf("%-9s %s\n", head, line)
		head = ""
	}
}

// maxNamed is how many inputs are named where there are more.
const maxNamed = 3

// inputName is how the input of a report is called: by its sources, or if they are many
// by how all of their names begin.
func (r *Report) inputName() string {
	n := len(r.Sources)
	if n == 0 {
		return "no input"
	}
	prefix := r.Sources[0].Name
	for _, s := range r.Sources {
		for !strings.HasPrefix(s.Name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	if n <= maxNamed || prefix == "" {
		return sourceNames(r.Sources)
	}
	return fmt.Sprintf("%s %s*", count(n, "source"), Printable(strings.ToValidUTF8(prefix, "")))
}

// sourceNames names the first sources and counts the others.
func sourceNames(sources []*aggregate.Source) string {
	var names []string
	for _, s := range limit(sources, maxNamed) {
		names = append(names, Printable(s.Name))
	}
	if more := len(sources) - len(names); more > 0 {
		return fmt.Sprintf("%s and %s more", strings.Join(names, ", "), number(more))
	}
	return strings.Join(names, ", ")
}

// unread says which of the input is in no rate because it was missing or damaged.
func (r *Report) unread() []string {
	var out []string
	for _, w := range limit(r.missing, maxNamed) {
		out = append(out, "warning: "+Printable(w))
	}
	if more := len(r.missing) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("warning: and %s more", number(more)))
	}
	damaged := slices.DeleteFunc(slices.Clone(r.Sources), func(s *aggregate.Source) bool { return s.Failed == nil && !s.Damaged() })
	if n := len(damaged); n > 0 {
		out = append(out, fmt.Sprintf("%s of %s could not be read in full: %s", number(n), count(len(r.Sources), "source"), sourceNames(damaged)))
	}
	return out
}

// limits say what else makes the rates of a side less than they seem.
func (s *side) limits() []string {
	var out []string
	if h := s.window.Hours; h.Silent > 0 {
		out = append(out, fmt.Sprintf("no record in %s of %s hours, the longest gap from %s", number(h.Silent), number(h.All), fromTo(h.GapStart, h.GapEnd)))
	}
	var failures, sessionless int64
	for _, m := range s.methods {
		failures += m.Failures
		sessionless += m.Sessionless
	}
	switch {
	case s.sessions == 0:
		out = append(out, "no record bears a session ID, so there is no rate to compare")
	case sessionless > 0:
		out = append(out, fmt.Sprintf("%s of %s bear no session ID, and are in no rate", number(sessionless), count(failures, "failure")))
	}
	return out
}

func fromTo(start, end time.Time) string {
	return fmt.Sprintf("%s to %s", start.Format(minuteLayout), end.Format(minuteLayout))
}

// count is a number of things.
func count[T int | int64](n T, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(n) + " " + what
}

// writeChanges writes the changes that are called as a table, the worst first, and
// of the others how many there are. At most top changes are written, all if it is 0.
func writeChanges(b *strings.Builder, changes []Change, top int) {
	if writeCalled(b, "Change", called(changes), top) {
		writeColumns(b)
	}
	writeTested(b, changes)
	writeAttempts(b, changes)
}

// called returns the changes that are called, the worst first.
func called(changes []Change) []Change {
	out := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !c.called() })
	slices.SortStableFunc(out, worstChange)
	return out
}

// worstChange orders changes for the worse before those for the better, the largest
// first.
func worstChange(a, b Change) int {
	x, y := a.Difference.Value, b.Difference.Value
	return cmp.Or(last(x < 0, y < 0), cmp.Compare(math.Abs(y), math.Abs(x)))
}

// writeCalled writes a table of changes that are called, and reports whether there
// are any.
func writeCalled(b *strings.Builder, title string, changes []Change, top int) bool {
	if len(changes) == 0 {
		return false
	}
	shown := limit(changes, top)
	if len(shown) < len(changes) {
		title = fmt.Sprintf("%s (worst %d of %d)", title, len(shown), len(changes))
	}
	table := newTable(title, "Error", "Method", ">Sessions before", ">Rate", ">After", ">Rate", ">Points", "95 % interval", ">q")
	for _, c := range shown {
		row := []string{c.Verdict, Printable(c.label), Printable(c.Method)}
		table.row(append(append(row, c.cells()...), smallShare(c.Test.Q))...)
	}
	table.write(b)
	return true
}

// writeColumns says what the columns of the table are.
func writeColumns(b *strings.Builder) {
	b.WriteString("Points: percentage points, after minus before. q: of all changes whose q is no larger, the share to expect by chance.\n")
}

// cells are both shares and their difference, with as many digits as its interval
// has use for.
func (c *Change) cells() []string {
	digits := 1
	for points := 100 * (c.Difference.High - c.Difference.Low); points < 1 && digits < 6; points *= 10 {
		digits++
	}
	rate := func(s *Share) (string, string) { return s.fraction(), fmt.Sprintf("%.*f %%", digits, 100*s.Rate.Value) }
	points := func(v float64) string { return fmt.Sprintf("%+.*f", digits, 100*v) }
	before, rateBefore := rate(&c.Before)
	after, rateAfter := rate(&c.After)
	d := c.Difference
	return []string{before, rateBefore, after, rateAfter, points(d.Value), points(d.Low) + " to " + points(d.High)}
}

func (s *Share) fraction() string { return fmt.Sprintf("%s of %s", number(s.Part), number(s.Whole)) }

// smallShare formats a share of one that matters only when it is small.
func smallShare(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

// writeTested says how many rows were tested and how, and what is found of those
// that are not in the table.
func writeTested(b *strings.Builder, changes []Change) {
	var rows, tested, called, same, few, unknown int
	for i := range changes {
		c := &changes[i]
		if c.Measure != SessionRate {
			continue
		}
		rows++
		if c.Test != nil {
			tested++
		}
		switch {
		case c.called():
			called++
		case c.Verdict == Same:
			same++
		case c.Verdict == TooFew:
			few++
		default:
			unknown++
		}
	}
	switch {
	case rows == 0:
		b.WriteString("There is nothing to compare: neither side has a failure or an attempt.\n")
		return
	case tested == 0 && few+unknown > 0:
		b.WriteString("Whether a session rate changed cannot be told.\n")
	case called == 0:
		b.WriteString("No session rate changed by more than chance explains.\n")
	}
	fmt.Fprintf(b, "Tested by session: %s of %s, together with Benjamini–Hochberg at %.0f %%; called: %s.\n",
		number(tested), count(rows, "row"), 100*callLevel, number(called))
	// How many are too few to tell is said even if none is.
	parts := []string{number(few) + " with too few to tell"}
	if same > 0 {
		parts = append(parts, number(same)+" between half and twice the rate before")
	}
	if unknown > 0 {
		parts = append(parts, number(unknown)+" whose failures bear no session ID")
	}
	fmt.Fprintf(b, "Not called: %s.\n", strings.Join(parts, ", "))
}

// writeAttempts writes the shares of failed attempts, which are not tested.
func writeAttempts(b *strings.Builder, changes []Change) {
	table := newTable("Attempts (not tested)", ">Failed before", ">Rate", ">After", ">Rate", ">Points", "95 % interval")
	for _, c := range changes {
		if c.Measure == FailureRate && c.Difference != nil {
			table.row(append([]string{Printable(c.Method)}, c.cells()...)...)
		}
	}
	if len(table.rows) == 1 {
		return
	}
	b.WriteByte('\n')
	table.write(b)
}
