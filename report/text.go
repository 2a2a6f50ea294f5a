package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse"
)

// TextOptions say how much of a report WriteText prints.
type TextOptions struct {
	Top   int  // errors, and changes; 0: all
	Brief bool // without windows, changes, notes and warnings
}

// maxWindows is how many windows stand side by side; older ones are in the
// other formats.
const maxWindows = 6

// WriteText writes the report for people at a terminal of 100 columns or more.
func WriteText(w io.Writer, r *Report, o TextOptions) error {
	t := &text{r: r}
	t.header()
	if o.Brief {
		// What is worst comes first: there may be no room for more.
		t.topErrors(o.Top)
		t.methods()
	} else {
		t.methods()
		t.topErrors(o.Top)
		t.windows(o.Top)
		t.changes(o.Top)
		t.notes()
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

type text struct {
	r   *Report
	out strings.Builder
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(&t.out, format, args...) }

// header says what was read.
func (t *text) header() {
	r := t.r
	name := fmt.Sprintf("%d sources", len(r.Sources))
	if len(r.Sources) == 1 {
		name = Printable(r.Sources[0].Name)
	}
	t.printf("otlog report: %s, %s, %s\n", name, byteCount(r.Totals.Bytes), r.period())
	if words := r.filterWords(); words != "" {
		t.printf("only      %s\n", words)
	}
	t.doubts()
	a := r.Totals.Records
	t.printf("\nRecords   %s: %s show an error, %s telemetry, %s clean, %s skipped\n",
		number(a.Total()), number(a.Classified), number(a.Telemetry), number(a.Clean), number(a.Skipped))
	switch {
	case r.Totals.Sessions == 0 && r.Filter != Filter{}:
		t.printf("Sessions  none was seen there\n")
	case r.Totals.Sessions == 0:
		t.printf("Sessions  no record bears a session ID, so there is no count of sessions affected\n")
	case r.Totals.Failures > 0 && r.Totals.Failures == r.Totals.Sessionless:
		t.printf("Sessions  %s, but no failure is known by its session\n", number(r.Totals.Sessions))
	default:
		t.printf("Sessions  %s, of which %s (%s) have %s failure%s\n",
			number(r.Totals.Sessions), number(r.Totals.SessionsFailed), percent(r.Totals.SessionsFailed, r.Totals.Sessions), r.article(), r.standIns())
	}
	if r.Totals.Failures > 0 {
		t.printf("Failures  %s, of which %s (%s) have no name; lines: %s\n", number(r.Totals.Failures),
			number(r.Totals.Unnamed), percent(r.Totals.Unnamed, r.Totals.Failures), r.evidenceShares())
	}
}

// doubts says on top that not all was read: whoever reads no further has to know.
func (t *text) doubts() {
	var names []string
	for _, s := range t.r.Sources {
		if s.Failed != nil || s.Damaged() {
			names = append(names, Printable(s.Name))
		}
	}
	if n := len(names); n > 0 {
		const most = 3
		shown := strings.Join(names[:min(n, most)], ", ")
		if n > most {
			shown += fmt.Sprintf(" and %d more", n-most)
		}
		t.printf("DAMAGED   %d of %d sources could not be read in full: %s (why: see the warnings below)\n", n, len(t.r.Sources), shown)
	}
	if n := len(t.r.missing); n > 0 {
		t.printf("MISSING   %d of what was asked for led to nothing (see the warnings below)\n", n)
	}
}

// evidenceShares tells by what the lines are known that show an error.
func (r *Report) evidenceShares() string {
	var all int64
	for _, n := range r.Totals.Evidence {
		all += n
	}
	var out []string
	for _, kind := range [...][2]string{{"name", "bear the name"}, {"phrase", "a phrase of it"}, {"code", "its code"}, {"none", "nothing of it"}} {
		if n := r.Totals.Evidence[kind[0]]; n > 0 {
			out = append(out, fmt.Sprintf("%s %s", percent(n, all), kind[1]))
		}
	}
	return strings.Join(out, ", ")
}

// article makes clear that failures are only those that were asked for.
func (r *Report) article() string {
	if r.Filter.Method != "" || r.Filter.Error != "" {
		return "such a"
	}
	return "a"
}

// standIns says how many sessions are only known by something else.
func (r *Report) standIns() string {
	if r.Totals.StandIns == 0 {
		return ""
	}
	return fmt.Sprintf("; %s are page loads without a session ID", number(r.Totals.StandIns))
}

// period tells the time that the records span.
func (r *Report) period() string {
	first, last := r.Totals.First, r.Totals.Last
	switch {
	case first.IsZero() && r.Filter.bounded():
		return "no record in that time"
	case first.IsZero():
		return "no record bears a time"
	}
	layout := "15:04"
	if first.Format(time.DateOnly) != last.Format(time.DateOnly) {
		layout = minuteLayout
	}
	return fmt.Sprintf("%s to %s %s", first.Format(minuteLayout), last.Format(layout), r.Zone)
}

const minuteLayout = "2006-01-02 15:04"

// methods sums the methods over all windows.
func (t *text) methods() {
	r := t.r
	switch a := r.Totals.Records; {
	case a.Total() == 0:
		t.printf("\nThere was nothing to read.\n")
	case a.Total() == a.Skipped:
		t.printf("\nNothing could be read: whether there were errors is not known.\n")
	case r.Totals.Failures == 0 && r.Filter != Filter{}:
		t.printf("\nNo such failure was found.\n")
	case r.Totals.Failures == 0:
		t.printf("\nNo failure of the SDK was found.\n")
	}
	if len(r.Methods) == 0 {
		return
	}
	methods := slices.Clone(r.overall.Methods)
	methods = slices.DeleteFunc(methods, func(m Method) bool { return m.Failures == 0 && m.Attempts == nil })
	slices.SortStableFunc(methods, func(a, b Method) int {
		return cmp.Or(last(a.Name == unknown, b.Name == unknown), worst(a.SessionsFailed, a.Failures, b.SessionsFailed, b.Failures))
	})
	if len(methods) == 0 {
		return
	}
	heads := []string{"Method", ">Failures", ">Lines", ">Sessions failed", ">Rate"}
	telemetry := slices.ContainsFunc(methods, func(m Method) bool { return m.Attempts != nil && !m.Attempts.AnyError })
	if telemetry {
		heads = append(heads, ">Attempts failed", ">Rate", "95 % interval")
	}
	table := newTable(heads...)
	for _, m := range methods {
		row := []string{m.Name, number(m.Failures), number(m.Lines)}
		if rate := m.SessionRate(); rate != nil {
			row = append(row, fmt.Sprintf("%s of %s", number(m.SessionsFailed), number(m.Sessions)), fmt.Sprintf("%.1f %%", 100*rate.Value))
		} else {
			row = append(row, "-", "-")
		}
		if a := m.Attempts; a != nil && telemetry {
			rate := a.FailureRate()
			row = append(row, fmt.Sprintf("%s of %s", number(a.Failed), number(a.Attempts)),
				fmt.Sprintf("%.1f %%", 100*rate.Value), fmt.Sprintf("%.1f to %.1f %%", 100*rate.Low, 100*rate.High))
		} else if telemetry {
			row = append(row, "-", "-")
		}
		table.row(row...)
	}
	t.printf("\n")
	table.write(&t.out)
}

// sessions tells how many sessions there are: none is not known to be none
// where lines bear no session.
func (t *text) sessions(n int, sessionless int64) string {
	if n == 0 && sessionless > 0 {
		return "-"
	}
	return number(n)
}

// percent tells the share of all sessions.
func (t *text) percent(n int) string {
	if n == 0 {
		return "-"
	}
	return percent(n, t.r.Totals.Sessions)
}

// share heads the column of a share of all sessions.
func (t *text) share() string { return "of " + number(t.r.Totals.Sessions) }

// unknown is how the method is called that cannot be told.
var unknown = catalogue.MethodID(0).Name()

// last orders what nobody can act on behind what somebody can.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// worst orders by sessions, then by failures, the worst first.
func worst(sessions int, failures int64, otherSessions int, otherFailures int64) int {
	return cmp.Or(cmp.Compare(otherSessions, sessions), cmp.Compare(otherFailures, failures))
}

// topErrors prints the errors that most sessions saw.
func (t *text) topErrors(top int) {
	r := t.r
	errors := r.worstErrors()
	if len(errors) == 0 {
		return
	}
	shown := limit(errors, top)
	title := "Error"
	if len(shown) < len(errors) {
		title = fmt.Sprintf("Error (worst %d of %d)", len(shown), len(errors))
	}
	table := newTable(title, "Method", ">Failures", ">Lines", ">Sessions", ">"+t.share(), "First seen", "Last seen")
	for _, e := range shown {
		table.row(e.label(), e.Method, number(e.Failures), number(e.Lines), t.sessions(e.Sessions, e.Sessionless), t.percent(e.Sessions), minute(e.First), minute(e.Last))
	}
	t.printf("\n")
	table.write(&t.out)
}

// worstErrors returns the errors over all windows, the worst first.
func (r *Report) worstErrors() []Error {
	errors := slices.DeleteFunc(slices.Clone(r.overall.Errors), func(e Error) bool { return e.Failures == 0 })
	slices.SortStableFunc(errors, worstError)
	return errors
}

// worstError puts what more sessions saw first.
func worstError(a, b Error) int {
	return cmp.Or(last(a.nameless(), b.nameless()), worst(a.Sessions, a.Failures, b.Sessions, b.Failures))
}

func limit[T any](s []T, top int) []T {
	if top > 0 && len(s) > top {
		return s[:top]
	}
	return s
}

// nameless reports whether neither name, code nor method of an error can be told.
func (e *Error) nameless() bool { return e.Name == "" && e.Code == 0 && e.Method == unknown }

// label is how an error is called in a table.
func (e *Error) label() string {
	switch {
	case e.Name != "" && e.Documented == "no":
		return e.Name + " (undocumented)"
	case e.Name != "":
		return e.Name
	case e.Code != 0:
		return fmt.Sprintf("code %d", e.Code)
	}
	return "unnamed"
}

// windows prints windows side by side: the sessions with each error, or its
// failures if no session is known.
func (t *text) windows(top int) {
	r := t.r
	if r.Window.All() || len(r.Windows) == 0 {
		return
	}
	first := max(len(r.Windows)-maxWindows, 0)
	unit := "sessions"
	if r.Totals.Sessions == 0 {
		unit = "failures"
	}
	title := fmt.Sprintf("By window of %s, in %s", r.Window, unit)
	if first > 0 {
		title += fmt.Sprintf(" (last %d of %d)", maxWindows, len(r.Windows))
	}
	heads := []string{title, "Method"}
	seen := []string{"all sessions", ""}
	failed := []string{"sessions with a failure", ""}
	records := []string{"all records", ""}
	for _, w := range r.Windows[first:] {
		head := r.windowName(w)
		if !w.Complete {
			head += "*"
		}
		heads = append(heads, ">"+head)
		seen = append(seen, number(w.Sessions))
		failed = append(failed, number(w.SessionsFailed))
		records = append(records, number(w.Records))
	}
	table := newTable(heads...)
	table.row(records...)
	if r.Totals.Sessions > 0 {
		table.row(seen...)
		table.row(failed...)
	}
	type key struct {
		method, name string
		code         int32
	}
	counts := map[key][]string{}
	for _, e := range r.Errors {
		if e.Window == Timeless || e.Window < first {
			continue
		}
		k := key{e.Method, e.Name, e.Code}
		if counts[k] == nil {
			counts[k] = make([]string, len(r.Windows)-first)
		}
		n := number(e.Sessions)
		if r.Totals.Sessions == 0 {
			n = number(e.Failures)
		}
		counts[k][e.Window-first] = n
	}
	for _, e := range limit(r.worstErrors(), top) {
		cells := counts[key{e.Method, e.Name, e.Code}]
		if cells == nil {
			continue
		}
		row := []string{e.label(), e.Method}
		for _, c := range cells {
			if c == "" {
				c = "-"
			}
			row = append(row, c)
		}
		table.row(row...)
	}
	t.printf("\n")
	table.write(&t.out)
	t.incomplete(r.Windows[first:])
}

// incomplete says why windows are not complete: only the first and the last of all
// can be so.
func (t *text) incomplete(shown []Window) {
	r := t.r
	bounds := aggregate.Filter{Since: r.Filter.Since, Until: r.Filter.Until}
	cut := slices.ContainsFunc(shown, func(w Window) bool { return bounds.Cuts(w.Start, w.End) })
	switch last := shown[len(shown)-1]; {
	case cut:
		t.printf("* not complete: the report is of a part\n")
	case !last.Complete:
		t.printf("* not complete: the records end at %s\n", r.Totals.Last.Format(minuteLayout))
	}
}

// windowName is as short as the window's length allows.
func (r *Report) windowName(w Window) string {
	switch s := r.Window.String(); {
	case strings.HasSuffix(s, "w"):
		year, week := w.Start.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case strings.HasSuffix(s, "mo"):
		return w.Start.Format("2006-01")
	case strings.HasSuffix(s, "d"):
		return w.Start.Format("Mon 01-02")
	}
	return w.Start.Format("01-02 15:04")
}

// notes say what a reader has to know to read the numbers right.
func (t *text) notes() {
	r := t.r
	t.printf("\n")
	if errors := r.worstErrors(); len(errors) > 0 {
		t.printf("A failure is one thing that went wrong once; lines are the log records that speak of it. Sessions are distinct.\n")
		t.printf("What a name means and what to do about it: otlog explain %s\n", example(errors))
	}
	if n := r.Totals.Background; n > 0 {
		t.printf("%s lines tell of errors behind the scenes that failed no call; they are counted as lines only.\n", number(n))
	}
	if since, until := r.counted(); !since.Equal(r.Filter.Since) || !until.Equal(r.Filter.Until) {
		t.printf("Sessions and records are counted by quarters of an hour%s.\n", span(since, until))
	}
	if r.Baseline != nil {
		for _, w := range r.Baseline.Warnings {
			t.printf("warning: baseline: %s\n", Printable(w))
		}
	}
	for _, w := range r.Warnings {
		t.printf("warning: %s\n", Printable(w))
	}
}

// span tells bounds, either of which may be missing.
func span(since, until time.Time) string {
	out := ""
	if !since.IsZero() {
		out += ", from " + clock(since)
	}
	if !until.IsZero() {
		out += ", to " + clock(until)
	}
	return out
}

// example returns what a reader would most likely want to have explained.
func example(errors []Error) string {
	for _, e := range errors {
		if e.Name != "" {
			return e.Name
		}
	}
	if errors[0].Code != 0 {
		return strconv.Itoa(int(errors[0].Code))
	}
	return errors[0].Method
}

// SourceWarnings says what could not be read of the sources, or only in part, and
// why.
func SourceWarnings(sources []*aggregate.Source) []string {
	var out []string
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, s := range sources {
		if err := s.Trouble(); err != nil {
			warn("%s: %v", s.Name, err)
		}
		if s.Empty {
			warn("%s: empty file", s.Name)
		}
		for _, e := range s.Shown {
			warn("%s: skipped: %v", s.Name, e)
		}
		if more := s.Account.Records.Skipped - int64(len(s.Shown)); len(s.Shown) > 0 && more > 0 {
			warn("%s: %s more records skipped (%s)", s.Name, number(more), skippedReasons(s))
		}
		out = append(out, timeWarnings(s)...)
	}
	return out
}

// timeWarnings says what the times of a source leave open.
func timeWarnings(s *aggregate.Source) []string {
	var out []string
	warn := func(kind parse.Doubt, what, then string) {
		if d := s.Doubts[kind]; d.Records > 0 {
			out = append(out, fmt.Sprintf("%s: %s in %s records, first in %q: %s", s.Name, what, number(d.Records), d.Example, then))
		}
	}
	warn(parse.DayMonth, "day and month cannot be told apart", "they count as without a time; say which is which, as in --time-format '%d/%m/%Y %H:%M:%S'")
	warn(parse.ZoneName, "the name of the zone does not tell it", "they count as without a time; name it with --assume-tz")
	end := "the last change of the file"
	if s.Name == "stdin" {
		end = "now"
	}
	warn(parse.NoYear, "no year is told", "they are taken to be from the year before "+end)
	return out
}

// warnings says what makes the numbers less than they seem.
func (r *Report) warnings() []string {
	out := SourceWarnings(r.Sources)
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	failures := number(r.Totals.Failures)
	if n := r.Totals.Timeless; n > 0 && !r.Window.All() {
		warn("%s of %s failures bear no date and time, and are in no window", number(n), failures)
	}
	if f, a := r.Totals.TimelessFailures, r.Totals.TimelessAttempts; f > 0 || a > 0 {
		warn("%s failures and %s attempts bear no date and time, and are left out", number(f), number(a))
	}
	if n := r.Totals.Sessionless; n > 0 && r.Totals.Sessions > 0 {
		warn("%s of %s failures bear no session ID: more sessions may be affected than are counted", number(n), failures)
	}
	return out
}

func skippedReasons(s *aggregate.Source) string {
	var out []string
	for _, reason := range parse.Reasons {
		if n := s.Account.Skipped[reason]; n > 0 {
			out = append(out, fmt.Sprintf("%s %s in all", number(n), reason))
		}
	}
	return strings.Join(out, ", ")
}

// minute formats an instant for a table.
func minute(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(minuteLayout)
}

// number groups the digits of a count by threes.
func number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// percent returns a share, "-" if there is nothing to have a share of.
func percent[T int | int64](part, whole T) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// byteCount rounds to a unit that leaves few digits.
func byteCount(n int64) string {
	value, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	if units[0] == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}

// Printable makes what strangers wrote safe for a terminal: whatever is not
// shown as itself is shown as its number.
func Printable(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if hidden(c) {
			fmt.Fprintf(&b, "\\u%04x", c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// PrintableLines is Printable for text of several lines.
func PrintableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	return strings.Join(lines, "\n")
}

func hidden(c rune) bool { return !unicode.IsPrint(c) }
