package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report"
)

// sampleLogs are the logs of testdata at the top of the repository.
func sampleLogs(t *testing.T, o report.Options) *report.Report {
	t.Helper()
	// Sources bear the names that README's command gives them.
	t.Chdir("..")
	sources, _, err := parse.Find([]string{"testdata/logs"})
	if err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, sources, o)
	t.Chdir("report")
	return r
}

func reportOf(t *testing.T, sources []parse.Source, o report.Options) *report.Report {
	t.Helper()
	return scan(t, sources)(o)
}

// scan returns what makes reports of sources, which are read once.
func scan(t *testing.T, sources []parse.Source) func(report.Options) *report.Report {
	t.Helper()
	read, err := aggregate.Scan(sources, aggregate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	counts, err := aggregate.Settle(nil, read.Parts...)
	if err != nil {
		t.Fatal(err)
	}
	return func(o report.Options) *report.Report {
		t.Helper()
		r, err := report.New(counts, read.Sources, o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func print(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func window(t *testing.T, s string) aggregate.Window {
	t.Helper()
	w, err := aggregate.ParseWindow(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestText(t *testing.T) {
	r := sampleLogs(t, report.Options{})
	golden.Check(t, "whole.txt", text(t, r, report.PageOptions{Top: 12}))
}

func TestTextByWeek(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	r := sampleLogs(t, report.Options{Window: window(t, "1w"), Zone: berlin})
	golden.Check(t, "weeks.txt", text(t, r, report.PageOptions{}))
}

func TestJSON(t *testing.T) {
	r := sampleLogs(t, report.Options{Window: window(t, "1w"), ToolVersion: "v0.0.0"})
	r.CatalogueVersion = "0123456789ab" // the rows change less often than the catalogue
	out := print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
	if !json.Valid(out) {
		t.Error("is no JSON")
	}
	golden.Check(t, "weeks.json", out)
}

// TestWindowsAreReportsOfTheirTime holds that a report of a window's time says what
// the window says in a report of all.
func TestWindowsAreReportsOfTheirTime(t *testing.T) {
	all := sampleLogs(t, report.Options{Window: window(t, "1d")})
	compared := 0
	for i, w := range all.Windows {
		r := sampleLogs(t, report.Options{Window: window(t, "1d"), Filter: report.Filter{Since: w.Start, Until: w.End}})
		if len(r.Windows) != 1 || r.Totals.Sessions != w.Sessions || r.Totals.SessionsFailed != w.SessionsFailed || r.Windows[0].Records != w.Records {
			t.Errorf("%s: got %+v and %+v, want %+v", w.Start, r.Windows, r.Totals, w)
		}
		if r.Windows[0].Complete != w.Complete {
			t.Errorf("%s: complete is %v", w.Start, r.Windows[0].Complete)
		}
		if r.Totals.Account != all.Totals.Account {
			t.Errorf("%s: accounts for %+v", w.Start, r.Totals.Account)
		}
		compared += compareRows(t, r, all, func(window int, _, _ string) bool { return window == i })
	}
	if compared < 50 {
		t.Errorf("%d rows are too few for this test", compared)
	}
}

// TestMethodAndErrorSelectRows holds that they leave the other rows, and what
// failures are a share of, as they are.
func TestMethodAndErrorSelectRows(t *testing.T) {
	all := sampleLogs(t, report.Options{Window: window(t, "1w")})
	for _, f := range []report.Filter{{Method: "session.connect"}, {Error: "ot_not_connected"}, {Error: "OT_CONNECT_FAILED"}, {Method: "Session.publish", Error: "OT_NOT_CONNECTED"}} {
		r := sampleLogs(t, report.Options{Window: window(t, "1w"), Filter: f})
		if r.Totals.Sessions != all.Totals.Sessions || len(r.Windows) != len(all.Windows) || r.Totals.Duplicates != all.Totals.Duplicates {
			t.Errorf("%+v: the denominators are others", f)
		}
		n := compareRows(t, r, all, func(_ int, method, name string) bool {
			return (f.Method == "" || strings.EqualFold(method, f.Method)) && (f.Error == "" || strings.EqualFold(name, f.Error))
		})
		if n == 0 {
			t.Errorf("%+v selects nothing", f)
		}
		var failures int64
		for _, m := range r.Methods {
			failures += m.Failures
			for _, other := range all.Methods {
				if m.Name != other.Name || m.Window != other.Window {
					continue
				}
				if m.Sessions != other.Sessions || m.SessionsFailed > other.SessionsFailed {
					t.Errorf("%+v: %s has %d of %d sessions, in all %d of %d", f, m.Name, m.SessionsFailed, m.Sessions, other.SessionsFailed, other.Sessions)
				}
				if a := m.Attempts; a != nil && (a.Attempts != other.Attempts.Attempts || (a.FailureRate() == nil) != (f.Error != "")) {
					t.Errorf("%+v: %s has %+v, in all %+v", f, m.Name, a, other.Attempts)
				}
			}
		}
		if failures != r.Totals.Failures {
			t.Errorf("%+v: methods have %d failures, the report %d", f, failures, r.Totals.Failures)
		}
	}
}

// compareRows compares the errors of a report with those of another one that are
// selected, and returns how many there are.
func compareRows(t *testing.T, r, all *report.Report, selected func(window int, method, name string) bool) int {
	t.Helper()
	type row struct {
		start           time.Time
		method, name    string
		code            int32
		failures, lines int64
		sessions        int
		first, last     time.Time
	}
	rows := func(r *report.Report, selected func(int, string, string) bool) (out []row) {
		for _, e := range r.Errors {
			if e.Window != report.Timeless && selected(e.Window, e.Method, e.Name) {
				out = append(out, row{r.Windows[e.Window].Start, e.Method, e.Name, e.Code, e.Failures, e.Lines, e.Sessions, e.First, e.Last})
			}
		}
		return out
	}
	got, want := rows(r, func(int, string, string) bool { return true }), rows(all, selected)
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	return len(want)
}

func TestExplain(t *testing.T) {
	for query, file := range map[string]string{
		"OT_STREAM_CREATE_FAILED": "explain-name.txt", // listed twice, with two meanings
		"1010":                    "explain-code.txt",
		"session.FORCEUNPUBLISH":  "explain-method.txt",
		"0009":                    "explain-zeros.txt",
	} {
		golden.Check(t, file, print(t, func(w io.Writer) error { return report.Explain(w, query) }))
	}
}

func TestExplainFindsWhatIsMeant(t *testing.T) {
	for query, head := range map[string]string{
		"ot_timeout": "OT_TIMEOUT", "timeout": "OT_TIMEOUT", "Publish": "Session.publish",
		"9": "Code 0009", "3004": "Code 3001-3007", "initpublisher": "OT.initPublisher",
		"PROXY_URL_ALREADY_SET_ERROR": "PROXY_URL_ALREADY_SET_ERROR",
	} {
		out := string(print(t, func(w io.Writer) error { return report.Explain(w, query) }))
		if !strings.HasPrefix("\n"+out, "\n"+head) && !strings.Contains(out, "\n"+head) {
			t.Errorf("%s explains something else than %s:\n%s", query, head, out)
		}
	}
	for query, near := range map[string]string{"OT_TIMEUOT": "OT_TIMEOUT", "USER_MEDIA_DENIED": "OT_USER_MEDIA_ACCESS_DENIED", "Session.conect": "Session.connect", "publsh": "Session.publish"} {
		var unknown *report.UnknownError
		if err := report.Explain(io.Discard, query); !errors.As(err, &unknown) || len(unknown.Near) == 0 || unknown.Near[0] != near {
			t.Errorf("%s: got %+v, want a hint to %s", query, unknown, near)
		}
	}
}

func TestNearest(t *testing.T) {
	flags := []string{"format", "force", "window", "tz", "top", "time-format"}
	for typed, want := range map[string]string{
		"formt": "format", "wndow": "window", "WINDOW": "window", "tim": "time-format", "tpo": "", "tx": "",
		"TZ": "tz", "t": "", "": "", "frce": "force", "no-such-flag": "",
	} {
		if got := strings.Join(report.Nearest(typed, flags), " "); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
	if got := report.Nearest("1m", []string{"15m", "1h", "1mo"}); !slices.Equal(got, []string{"15m", "1mo"}) {
		t.Errorf("1m: got %q", got)
	}
}

// TestHostileNamesAreShownAsTheyAre keeps escapes in the names of files from
// the terminal.
func TestHostileNamesAreShownAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "\x1b]0;owned\x07\u202egol.log")
	if err := os.WriteFile(name, []byte("{\"a\":\n{\"b\":1}\n{\"c\":1}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := reportOf(t, []parse.Source{{Path: name}}, report.Options{})
	if !r.Sources[0].Damaged() || len(r.Warnings) == 0 {
		t.Fatal("the name stands in no warning")
	}
	out := string(text(t, r, report.PageOptions{}))
	for _, c := range out {
		if c != '\n' && (c < ' ' || c == 0x202e) {
			t.Fatalf("%q holds a control character", out)
		}
	}
	if !strings.Contains(out, `\u001b]0;owned\u0007\u202egol.log`) {
		t.Errorf("%q does not show the name", out)
	}
}
