package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/otlog/otlog/classify/catalogue"
)

// WriteDiffText writes what changed between a report's baseline and the report, for
// people at a terminal of 100 columns or more. It fails if there is no baseline.
// For programs the JSON of the report has it all.
func WriteDiffText(w io.Writer, r *Report, o TextOptions) error {
	if r.Baseline == nil {
		return errors.New("the report has no baseline to compare it with")
	}
	d := &diff{text: text{r: r}, before: wholeSide(r.Baseline), after: wholeSide(r), top: o.Top}
	d.header()
	d.totals()
	d.attempts()
	d.tables()
	d.oneSided()
	d.advice()
	d.warnings()
	_, err := io.WriteString(w, d.out.String())
	return err
}

type diff struct {
	text
	before, after *side
	top           int
}

// header says what is compared.
func (d *diff) header() {
	d.printf("otlog diff: from %s to %s\n", d.r.Baseline.inputName(), d.r.inputName())
	if words := d.r.filterWords(); words != "" {
		d.printf("only      %s\n", words)
	}
	d.printf("\n")
	d.inputs()
}

// totals accounts for what was read, side by side.
func (d *diff) totals() {
	before, after := &d.r.Baseline.Totals, &d.r.Totals
	table := newTable("", ">Before", ">After")
	row := func(head string, value func(*Totals) string) { table.row(head, value(before), value(after)) }
	row("Bytes", func(t *Totals) string { return byteCount(t.Bytes) })
	row("Records", func(t *Totals) string { return number(t.Records.Total()) })
	row("  that show an error", func(t *Totals) string { return number(t.Records.Classified) })
	row("  telemetry", func(t *Totals) string { return number(t.Records.Telemetry) })
	row("  clean", func(t *Totals) string { return number(t.Records.Clean) })
	row("  skipped", func(t *Totals) string { return number(t.Records.Skipped) })
	row("Sessions", func(t *Totals) string { return number(t.Sessions) })
	row("  with "+d.r.article()+" failure", func(t *Totals) string { return number(t.SessionsFailed) })
	row("Failures", func(t *Totals) string { return number(t.Failures) })
	row("  without a session ID", func(t *Totals) string { return number(t.Sessionless) })
	d.printf("\n")
	table.write(&d.out)
}

// headlines are the methods whose attempts telemetry tells of.
var headlines = [...]string{"Session.connect", "Session.publish", "Session.subscribe"}

// attempts prints the failure rates of the methods that a call is made of.
func (d *diff) attempts() {
	table := newTable("Attempts failed", ">Before", ">Rate", "95 % interval", ">After", ">Rate", "95 % interval", ">Points", "95 % interval")
	for _, method := range headlines {
		before, after := d.before.attempts(method), d.after.attempts(method)
		if before == nil && after == nil {
			continue
		}
		row := append([]string{method}, append(before.cells(), after.cells()...)...)
		table.row(append(row, differenceCells(before, after)...)...)
	}
	d.printf("\n")
	switch {
	case d.r.Filter.Error != "":
		d.printf("Which attempts failed by one error is not known, so there are no rates of failed attempts.\n")
	case len(table.rows) == 1:
		d.printf("No attempts are known on either side, so there are no rates of failed attempts.\n")
	default:
		table.write(&d.out)
		d.printf("They have an interval and no test: attempts of one session fail together.\n")
	}
}

// cells are failed attempts, their rate and its interval.
func (a *Attempts) cells() []string {
	if a == nil || a.FailureRate() == nil {
		return []string{"-", "-", "-"}
	}
	rate := a.FailureRate()
	return []string{
		fmt.Sprintf("%s of %s", number(a.Failed), number(a.Attempts)), fmt.Sprintf("%.1f %%", 100*rate.Value),
		fmt.Sprintf("%.1f to %.1f %%", 100*rate.Low, 100*rate.High),
	}
}

// differenceCells are the difference of two failure rates and its interval.
func differenceCells(before, after *Attempts) []string {
	if before == nil || after == nil {
		return []string{"-", "-"}
	}
	difference := NewDifference(before.FailureRate(), after.FailureRate())
	if difference == nil {
		return []string{"-", "-"}
	}
	return []string{
		fmt.Sprintf("%+.1f", 100*difference.Value),
		fmt.Sprintf("%+.1f to %+.1f", 100*difference.Low, 100*difference.High),
	}
}

// tables print the changes that are called, new and gone ones apart.
func (d *diff) tables() {
	all := called(d.r.Changes)
	only := func(verdicts ...string) []Change {
		return slices.DeleteFunc(slices.Clone(all), func(c Change) bool { return !slices.Contains(verdicts, c.Verdict) })
	}
	for _, table := range [...]struct {
		title   string
		changes []Change
	}{{"Change", only(Up, Down)}, {"New", only(Added)}, {"Gone", only(Gone)}} {
		if len(table.changes) > 0 {
			d.printf("\n")
			writeCalled(&d.out, table.title, table.changes, d.top)
		}
	}
	d.printf("\n")
	if len(all) > 0 {
		writeColumns(&d.out)
	}
	writeTested(&d.out, d.r.Changes)
}

// oneSided prints the errors that one side lacks, but by chance for all that is
// known. Whoever tries a version out wants to know of them all the same.
func (d *diff) oneSided() {
	table := newTable("", "Method", "Side", ">Failures", ">Sessions")
	missing := 0
	list := func(name string, side *side, other *side) {
		var errors []Error
		for k, e := range side.errors {
			if other.errors[k] == nil && !d.calls(k) {
				errors = append(errors, *e)
			}
		}
		slices.SortFunc(errors, worstError)
		shown := limit(errors, d.top)
		missing += len(errors) - len(shown)
		for _, e := range shown {
			table.row(Printable(e.label()), Printable(e.Method), name, number(e.Failures), d.sessions(e.Sessions, e.Sessionless))
		}
	}
	list("after", d.after, d.before)
	list("before", d.before, d.after)
	if len(table.rows) == 1 {
		return
	}
	table.rows[0][0] = "On one side only, not called"
	if missing > 0 {
		table.rows[0][0] = fmt.Sprintf("On one side only, not called (worst %d of %d)", len(table.rows)-1, len(table.rows)-1+missing)
	}
	d.printf("\n")
	table.write(&d.out)
}

// calls reports whether a change of an error is called.
func (d *diff) calls(k changeKey) bool {
	return slices.ContainsFunc(d.r.Changes, func(c Change) bool {
		return c.Scope == ScopeError && c.called() && changeKey{c.Method, c.Error, c.Code} == k
	})
}

// maxAdvice is how many errors are explained.
const maxAdvice = 3

// advice says what to do about the errors that got most frequent.
func (d *diff) advice() {
	n := 0
	for _, c := range called(d.r.Changes) {
		if n == maxAdvice || c.Difference.Value < 0 {
			break
		}
		meaning, remedy, owner := c.advice()
		if c.Scope != ScopeError || meaning == "" {
			continue
		}
		if n++; n == 1 {
			d.printf("\nWhat to do\n")
		}
		d.printf("\n%s in %s, %s of sessions\n", Printable(c.label), Printable(c.Method), c.rise())
		paragraph(&d.out, "Meaning", meaning)
		paragraph(&d.out, "Remedy", remedy)
		paragraph(&d.out, "Owner", owner.String())
	}
}

// rise tells of a change for the worse.
func (c *Change) rise() string {
	cells := c.cells()
	return fmt.Sprintf("%s: from %s to %s", c.Verdict, cells[1], cells[3])
}

// advice returns what the catalogue has on the error in its method; it is empty if
// the catalogue lacks it.
func (c *Change) advice() (meaning, remedy string, owner catalogue.Owner) {
	method := catalogue.LookupMethod([]byte(c.Method))
	if id := catalogue.Lookup([]byte(c.Error)); id != 0 {
		e := id.Get()
		uses := slices.DeleteFunc(slices.Clone(e.Uses), func(u catalogue.Use) bool { return u.Method != method })
		// With two meanings in one method, what holds for both is the error's own.
		if len(uses) == 1 {
			return uses[0].Meaning, uses[0].Remedy, uses[0].Owner
		}
		return e.Meaning, e.Remedy, e.Owner
	}
	code := catalogue.LookupCode(c.Code)
	if c.Error != "" || c.Code == 0 || code == nil {
		return "", "", 0
	}
	for _, u := range code.Uses {
		if u.Method == method && !u.General {
			return u.Meaning, u.Remedy, u.Owner
		}
	}
	return code.Meaning, code.Remedy, code.Owner
}

// warnings repeats those of both sides.
func (d *diff) warnings() {
	var out strings.Builder
	for _, side := range [...]struct {
		name string
		r    *Report
	}{{"before", d.r.Baseline}, {"after", d.r}} {
		for _, w := range side.r.Warnings {
			fmt.Fprintf(&out, "warning: %s: %s\n", side.name, Printable(w))
		}
	}
	if out.Len() > 0 {
		d.printf("\n%s", &out)
	}
}
