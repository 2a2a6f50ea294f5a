package page

import (
	"errors"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
	"github.com/otlog/otlog/report/lookup"
)

// sectionText returns a section as plain text.
func sectionText(s *section) string {
	var t textPage
	t.section(s)
	return t.out.String()
}

// changesText returns changes on a page as plain text.
func changesText(changes []report.Change, top int) string {
	c := &composer{r: &report.Report{Changes: changes}, o: Options{Top: top}, before: &report.Side{}, after: &report.Side{}}
	var s section
	c.movers(&s)
	return sectionText(&s)
}

// TestWhatMakesChangesDoubtful checks what a page says about missing input and the time between
// two windows, and that names are safe for a terminal.
func TestWhatMakesChangesDoubtful(t *testing.T) {
	silent := reporttest.Publishing(30, 2000)
	silent.Methods[0].Sessionless, silent.Methods[0].Failures = 1, 31
	r := reporttest.Complete(reporttest.Weeks(reporttest.Publishing(40, 2000), reporttest.Publishing(1, 10), silent, reporttest.Week{Sessions: 0}), 1, 3)
	r.Sources = []*aggregate.Source{
		{Name: "a\x1b.log", Failed: errors.New("no permission")}, {Name: "b.log"}, {Name: "c.log", Damage: errors.New("cut off")},
		{Name: "d.log", Account: aggregate.Account{Records: aggregate.Records{Skipped: 1}}}, {Name: "e.log", Damage: errors.New("cut off")},
	}
	r.Missing = []string{"x\x1b.log: no such file", "y", "z", "more"}
	changed := func() string {
		c, err := newComposer(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.changed()
		return sectionText(&c.sections[0])
	}
	want := `
What changed
Before         11-02 00:00: 2,000 sessions
After          11-16 00:00: 2,000 sessions
               rates exclude 1 of 31 failures, which have no session ID
Between        no records from 2026-11-09 00:00 to 2026-11-16 00:00
Both           warning: x\u001b.log: no such file
               warning: y
               warning: z
               warning: and 1 more
               4 of 5 sources could not be read in full: a\u001b.log, c.log, d.log and 1 more

No session rate changed significantly.
`
	if got := "\n" + changed(); !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	r = reporttest.Complete(reporttest.Weeks(reporttest.Week{}, reporttest.Publishing(40, 2000)))
	if got := changed(); !strings.Contains(got, "0 sessions\n               no record has a session ID, so there are no rates to compare\nAfter ") {
		t.Errorf("got %s", got)
	}
}

func TestInputName(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{nil, "no input"},
		{[]string{"a\x1b.log"}, `a\u001b.log`},
		{[]string{"logs/a.log"}, "logs/a.log"},
		{[]string{"before/a.log", "b.log"}, "before/a.log, b.log"},
		{[]string{"logs/11-01.log", "logs/11-02.log", "logs/11-03.log"}, "logs/11-01.log, logs/11-02.log, logs/11-03.log"},
		{[]string{"logs/11-01.log", "logs/11-02.log", "logs/11-03.log", "logs/11-04.log"}, "4 sources logs/11-0*"},
		{[]string{"logs/\x1b1", "logs/\x1b2", "logs/\x1b3", "logs/\x1b4"}, `4 sources logs/\u001b*`},
		{[]string{"logs/ä", "logs/ö", "logs/ü", "logs/ß"}, "4 sources logs/*"},
		{[]string{"a.log", "a.log", "a.log", "a.log"}, "4 sources a.log*"},
		{[]string{"stdin", "logs/a.log", "c.log", "d.log"}, "stdin, logs/a.log, c.log and 1 more"},
	} {
		r := &report.Report{}
		for _, name := range test.names {
			r.Sources = append(r.Sources, &aggregate.Source{Name: name})
		}
		if got := inputName(r); got != test.want {
			t.Errorf("%q: got %q, want %q", test.names, got, test.want)
		}
	}
}

// TestAdvice checks the source of advice: the error in its method, the error itself if it has
// several meanings there, or the code of an error without a name.
func TestAdvice(t *testing.T) {
	named := func(name string) *catalogue.Error { return catalogue.Lookup([]byte(name)).Get() }
	for _, test := range []struct {
		change report.Change
		want   string // meaning
	}{
		{report.Change{Method: "Session.publish", Error: "OT_STREAM_CREATE_FAILED"}, named("OT_STREAM_CREATE_FAILED").Meaning},
		{report.Change{Method: "Session.signal", Error: "OT_TIMEOUT"}, named("OT_TIMEOUT").Meaning},
		{report.Change{Method: "Session.publish", Error: "OT_NO_SUCH", Code: 1500}, ""},
		{report.Change{Method: "Session.publish", Code: 99999}, ""},
		{report.Change{Method: "Session.publish"}, ""},
		{report.Change{Method: "Session.publish", Code: 1500}, codeMeaning(t, 1500, "Session.publish")},
	} {
		meaning, remedy, owner, link := lookup.Advise(test.change.Method, test.change.Error, test.change.Code)
		if meaning != test.want || (remedy == "") != (meaning == "") || (owner == 0) != (meaning == "") || (link == "") != (meaning == "") {
			t.Errorf("%+v: got %q, %q, %q, want %q", test.change, meaning, remedy, owner, test.want)
		}
	}
	for _, u := range named("OT_TIMEOUT").Uses {
		if meaning, _, _, _ := lookup.Advise(u.Method.Name(), "OT_TIMEOUT", 0); meaning != u.Meaning {
			t.Errorf("%s: got %q, want %q", u.Method.Name(), meaning, u.Meaning)
		}
	}
}

func codeMeaning(t *testing.T, code int32, method string) string {
	t.Helper()
	c := catalogue.LookupCode(code)
	for _, u := range c.Uses {
		if u.Method.Name() == method {
			return u.Meaning
		}
	}
	t.Fatalf("code %d is of no %s", code, method)
	return ""
}

// TestDiffWithLittle checks a diff in which the attempts of one side or both are unknown, and the
// errors that a diff lists although their change is not significant.
func TestDiffWithLittle(t *testing.T) {
	before, after := reporttest.Publishing(3, 2000), reporttest.Publishing(2, 2000)
	after.Methods[0].Attempts = nil
	after.Errors = append(after.Errors,
		report.Error{Method: "Session.publish", Name: "OT_NOT_CONNECTED", Sessions: 2, Failures: 2},
		report.Error{Method: "Session.publish", Code: 1500, Sessionless: 4, Failures: 4},
		report.Error{Method: "unknown", Sessions: 9, Failures: 9},
		report.Error{Method: "Session.publish", Name: "OT_STREAM_CREATE_FAILED", Sessions: 40, Failures: 40})
	before.Errors = append(before.Errors, report.Error{Method: "Session.publish", Name: "OT_\x1b[31m", Documented: "no", Sessions: 1, Failures: 1})
	r := reporttest.Weeks(after)
	r.Baseline = reporttest.Weeks(before)
	r.Changes = r.Compare()
	var out strings.Builder
	if err := Text(&out, r, TextOptions{Options: Options{Top: 2, Diff: true}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`
Method           Unit          Failed  Failure rate  95% interval  Failed before  Previous  Change (pts)  Change interval  Significant?
Session.publish  sessions  2 of 2,000         0.10%  0.0 to 0.4%      3 of 2,000     0.15%         -0.05  -0.35 to +0.23   inconclusive
`, `
Only on one side, not significant (worst 3 of 4)  Method           Side    Failures  Sessions  First seen  Last seen
OT_NOT_CONNECTED                                  Session.publish  after          2         2  -           -
code 1500                                         Session.publish  after          4         -  -           -
OT_\u001b[31m (undocumented)                      Session.publish  before         1         1  -           -
`, `
OT_STREAM_CREATE_FAILED in Session.publish, new: from 0.0% to 2.0% of sessions
  Meaning   The service did not create the stream, so nothing is published.
`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks%s", &out, want)
		}
	}
	r.Baseline = reporttest.Weeks(after)
	r.Changes = r.Compare()
	out.Reset()
	if err := Text(&out, r, TextOptions{Options: Options{Diff: true}}); err != nil || !strings.Contains(out.String(), "\nThese are rates of sessions, ") || strings.Contains(out.String(), "Only on one side") {
		t.Errorf("%v, %s", err, &out)
	}
}

func changesOf(before, after reporttest.Week) []report.Change {
	return reporttest.Complete(reporttest.Weeks(before, after)).Changes
}

// TestChangesHaveNoHoles prints the changes between all pairs of small weeks: every number
// must be a number.
func TestChangesHaveNoHoles(t *testing.T) {
	const most = 6
	var all []reporttest.Week
	for n := range most {
		for k := range n + 1 {
			all = append(all, reporttest.Publishing(k, n), reporttest.Publishing(100*k, 100*n))
		}
	}
	for _, before := range all {
		for _, after := range all {
			if s := changesText(changesOf(before, after), 0); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
				t.Fatalf("%+v to %+v:\n%s", before, after, s)
			}
		}
	}
}

func TestChangesInText(t *testing.T) {
	before, after := reporttest.Publishing(40, 2000), reporttest.Publishing(80, 2000)
	before.Errors = append(before.Errors, report.Error{Method: "Session.publish", Name: "OT_NOT_CONNECTED", Sessions: 30, Failures: 30})
	after.Errors = append(after.Errors,
		report.Error{Method: "Session.publish", Name: "OT_\x1b[31m", Documented: "no", Sessions: 12, Failures: 30},
		report.Error{Method: "Session.publish", Code: 1500, Sessions: 2, Failures: 2})
	sessionless := report.Method{Name: "Session.connect", Sessionless: 3}
	before.Methods = append(before.Methods, sessionless)
	changes := changesOf(before, after)
	few := changesOf(reporttest.Publishing(1, 60), reporttest.Publishing(4, 60))
	alike := changesOf(reporttest.Publishing(60, 600), reporttest.Publishing(62, 600))
	for _, test := range []struct {
		name    string
		changes []report.Change
		top     int
		want    string
	}{
		{"all", changes, 0, `
More often  Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
any error   Session.publish    40 of 2,000      2.0%      80 of 2,000          4.0%          +2.0  +0.9 to +3.1     <0.001
OT_TIMEOUT  Session.publish    40 of 2,000      2.0%      80 of 2,000          4.0%          +2.0  +0.9 to +3.1     <0.001

New                           Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
OT_\u001b[31m (undocumented)  Session.publish     0 of 2,000     0.00%      12 of 2,000         0.60%         +0.60  +0.28 to +1.05   <0.001

Gone              Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
OT_NOT_CONNECTED  Session.publish    30 of 2,000      1.5%       0 of 2,000          0.0%          -1.5  -2.1 to -1.0     <0.001
Change (pts): percentage points of the session rate. q: false discovery rate (Benjamini–Hochberg). Changes that affect
the most sessions come first.
Session rates: 4 of 6 tested at a false discovery rate of 5%: 4 significant, 1 inconclusive (too few sessions), 1
unknown (no session IDs).
`},
		{"one", changes[len(changes)-4:], 1, `
More often  Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
OT_TIMEOUT  Session.publish    40 of 2,000      2.0%      80 of 2,000          4.0%          +2.0  +0.9 to +3.1     <0.001

New                           Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
OT_\u001b[31m (undocumented)  Session.publish     0 of 2,000     0.00%      12 of 2,000         0.60%         +0.60  +0.28 to +1.05   <0.001

Gone              Method           Failed before  Previous  Sessions failed  Session rate  Change (pts)  Change interval       q
OT_NOT_CONNECTED  Session.publish    30 of 2,000      1.5%       0 of 2,000          0.0%          -1.5  -2.1 to -1.0     <0.001
Change (pts): percentage points of the session rate. q: false discovery rate (Benjamini–Hochberg). Changes that affect
the most sessions come first.
Session rates: 3 of 4 tested at a false discovery rate of 5%: 3 significant, 1 inconclusive (too few sessions).
`},
		{"none tested", few[:1], 0, `
No session rate could be tested.
Session rates: 0 of 1 tested at a false discovery rate of 5%: 0 significant, 1 inconclusive (too few sessions).
`},
		{"none called", alike[:1], 0, `
No session rate changed significantly.
Session rates: 1 of 1 tested at a false discovery rate of 5%: 0 significant, 1 about the same, 0 inconclusive (too few
sessions).
`},
		{"none", nil, 0, `
There is nothing to compare: neither side has a failure or an attempt.
`},
	} {
		if got := "\n" + changesText(test.changes, test.top); got != test.want {
			t.Errorf("%s: got%swant%s", test.name, got, test.want)
		}
	}
}
