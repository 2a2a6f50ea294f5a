package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
)

// complete makes windows complete, but for those that are numbered.
func complete(r *Report, but ...int) *Report {
	for i := range r.Windows {
		r.Windows[i].Complete = true
	}
	for _, i := range but {
		r.Windows[i].Complete = false
	}
	r.Changes = r.changes()
	return r
}

// sectionText is a section as it stands in a terminal.
func sectionText(s *section) string {
	var t text
	t.section(s)
	return t.out.String()
}

// changesText is what a page says of changes.
func changesText(changes []Change, top int) string {
	c := &composer{r: &Report{Changes: changes}, o: PageOptions{Top: top}, before: &Side{}, after: &Side{}}
	var s section
	c.movers(&s)
	return sectionText(&s)
}

// TestLastCompleteWindows holds which windows are compared.
func TestLastCompleteWindows(t *testing.T) {
	all := []week{publishing(40, 2000), publishing(80, 2000), publishing(60, 2000), publishing(70, 2000), publishing(9, 100)}
	for _, test := range []struct {
		name          string
		r             *Report
		before, after int
		ok            bool
	}{
		{"none", weeks(), 0, 0, false},
		{"one", complete(weeks(all[0])), 0, 0, false},
		{"one of two", complete(weeks(all[:2]...), 1), 0, 0, false},
		{"two", complete(weeks(all[:2]...)), 0, 1, true},
		{"five, of which the last is not complete", complete(weeks(all...), 4), 2, 3, true},
		{"cut at both ends", complete(weeks(all...), 0, 4), 2, 3, true},
		{"cut to one", complete(weeks(all[:3]...), 0, 2), 0, 0, false},
	} {
		before, after, ok := test.r.LastComplete()
		if ok != test.ok || ok && (before != test.before || after != test.after) {
			t.Errorf("%s: got %d, %d, %v", test.name, before, after, ok)
		}
		if (len(test.r.Changes) > 0) != test.ok {
			t.Errorf("%s: %d changes", test.name, len(test.r.Changes))
		}
		for _, c := range test.r.Changes {
			if !c.Baseline.Equal(test.r.Windows[test.before].Start) || !c.Start.Equal(test.r.Windows[test.after].Start) {
				t.Errorf("%s: %s is from %s to %s", test.name, c.label, c.Baseline, c.Start)
			}
		}
	}
}

// TestWhatMakesChangesDoubtful holds what is said of the input of two windows and of
// the time between them, and that names are safe for a terminal.
func TestWhatMakesChangesDoubtful(t *testing.T) {
	silent := publishing(30, 2000)
	silent.methods[0].Sessionless, silent.methods[0].Failures = 1, 31
	r := complete(weeks(publishing(40, 2000), publishing(1, 10), silent, week{sessions: 0}), 1, 3)
	r.Sources = []*aggregate.Source{
		{Name: "a\x1b.log", Failed: errors.New("no permission")}, {Name: "b.log"}, {Name: "c.log", Damage: errors.New("cut off")},
		{Name: "d.log", Account: aggregate.Account{Records: aggregate.Records{Skipped: 1}}}, {Name: "e.log", Damage: errors.New("cut off")},
	}
	r.missing = []string{"x\x1b.log: no such file", "y", "z", "more"}
	changed := func() string {
		c, err := newComposer(r, PageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		c.changed()
		return sectionText(&c.sections[0])
	}
	want := `
What changed
Before    11-02 00:00: 2,000 sessions
After     11-16 00:00: 2,000 sessions
          1 of 31 failures bear no session ID, and are in no rate
Between   no record from 2026-11-09 00:00 to 2026-11-16 00:00
Both      warning: x\u001b.log: no such file
          warning: y
          warning: z
          warning: and 1 more
          4 of 5 sources could not be read in full: a\u001b.log, c.log, d.log and 1 more

No session rate changed by more than chance explains.
`
	if got := "\n" + changed(); !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
	r = complete(weeks(week{}, publishing(40, 2000)))
	if got := changed(); !strings.Contains(got, "0 sessions\n          no record bears a session ID, so there is no rate to compare\nAfter ") {
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
		r := &Report{}
		for _, name := range test.names {
			r.Sources = append(r.Sources, &aggregate.Source{Name: name})
		}
		if got := r.inputName(); got != test.want {
			t.Errorf("%q: got %q, want %q", test.names, got, test.want)
		}
	}
}

// TestAdvice holds where it comes from: of the error in its method, of the error if
// it has several meanings there, of a code that stands for an error.
func TestAdvice(t *testing.T) {
	named := func(name string) *catalogue.Error { return catalogue.Lookup([]byte(name)).Get() }
	for _, test := range []struct {
		change Change
		want   string // meaning
	}{
		{Change{Method: "Session.publish", Error: "OT_STREAM_CREATE_FAILED"}, named("OT_STREAM_CREATE_FAILED").Meaning},
		{Change{Method: "Session.signal", Error: "OT_TIMEOUT"}, named("OT_TIMEOUT").Meaning},
		{Change{Method: "Session.publish", Error: "OT_NO_SUCH", Code: 1500}, ""},
		{Change{Method: "Session.publish", Code: 99999}, ""},
		{Change{Method: "Session.publish"}, ""},
		{Change{Method: "Session.publish", Code: 1500}, codeMeaning(t, 1500, "Session.publish")},
	} {
		meaning, remedy, owner, link := advise(test.change.Method, test.change.Error, test.change.Code)
		if meaning != test.want || (remedy == "") != (meaning == "") || (owner == 0) != (meaning == "") || (link == "") != (meaning == "") {
			t.Errorf("%+v: got %q, %q, %q, want %q", test.change, meaning, remedy, owner, test.want)
		}
	}
	for _, u := range named("OT_TIMEOUT").Uses {
		if meaning, _, _, _ := advise(u.Method.Name(), "OT_TIMEOUT", 0); meaning != u.Meaning {
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

// TestDiffWithLittle holds what a diff says where one side, or neither, knows of
// attempts, and which errors it lists that no test calls.
func TestDiffWithLittle(t *testing.T) {
	before, after := publishing(3, 2000), publishing(2, 2000)
	after.methods[0].Attempts = nil
	after.errors = append(after.errors,
		Error{Method: "Session.publish", Name: "OT_NOT_CONNECTED", Sessions: 2, Failures: 2},
		Error{Method: "Session.publish", Code: 1500, Sessionless: 4, Failures: 4},
		Error{Method: "unknown", Sessions: 9, Failures: 9},
		Error{Method: "Session.publish", Name: "OT_STREAM_CREATE_FAILED", Sessions: 40, Failures: 40})
	before.errors = append(before.errors, Error{Method: "Session.publish", Name: "OT_\x1b[31m", Documented: "no", Sessions: 1, Failures: 1})
	r := weeks(after)
	r.Baseline = weeks(before)
	r.Changes = r.changes()
	var out strings.Builder
	if err := WriteText(&out, r, TextOptions{PageOptions: PageOptions{Top: 2, Diff: true}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`
Method           Of               Now    Rate  95 % interval      Before    Rate  Points  95 % interval   By session
Session.publish  sessions  2 of 2,000  0.10 %  0.0 to 0.4 %   3 of 2,000  0.15 %   -0.05  -0.35 to +0.23  too few to tell
`, `
On one side only, not called (worst 3 of 4)  Method           Side    Failures  Sessions  First seen  Last seen
OT_NOT_CONNECTED                             Session.publish  after          2         2  -           -
code 1500                                    Session.publish  after          4         -  -           -
OT_\u001b[31m (undocumented)                 Session.publish  before         1         1  -           -
`, `
OT_STREAM_CREATE_FAILED in Session.publish, new: from 0.0 % to 2.0 % of sessions
  Meaning   The service did not create the stream, so nothing is published.
`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks%s", &out, want)
		}
	}
	r.Baseline = weeks(after)
	r.Changes = r.changes()
	out.Reset()
	if err := WriteText(&out, r, TextOptions{PageOptions: PageOptions{Diff: true}}); err != nil || !strings.Contains(out.String(), "\nNo telemetry tells of attempts, ") || strings.Contains(out.String(), "On one side") {
		t.Errorf("%v, %s", err, &out)
	}
}
