package report_test

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/reporttest"
	_ "github.com/otlog/otlog/internal/testgc"
	"github.com/otlog/otlog/report"
)

func TestJSON(t *testing.T) {
	r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w"), ToolVersion: "v0.0.0"})
	r.CatalogueVersion = "0123456789ab" // the rows change less often than the catalogue
	out := reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
	if !json.Valid(out) {
		t.Error("the output is not JSON")
	}
	golden.Check(t, "weeks.json", out)
}

// TestNativeRecordsInJSON checks the number of native records in JSON.
func TestNativeRecordsInJSON(t *testing.T) {
	type account struct{ Native *int64 }
	for log, want := range map[string]int64{"OT_TIMEOUT\n": 0, "OT_TIMEOUT\n[ERROR] otk_session.c:812 - x\n": 1} {
		r := reporttest.OfLog(t, []byte(log), report.Options{})
		var got struct {
			Totals   account
			Sources  []account
			Warnings []string
		}
		if err := json.Unmarshal(reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) }), &got); err != nil {
			t.Fatal(err)
		}
		if got.Totals.Native == nil || *got.Totals.Native != want || len(got.Sources) != 1 || *got.Sources[0].Native != want || strings.Contains(strings.Join(got.Warnings, "\n"), "native SDKs") != (want > 0) {
			t.Errorf("%q: got %+v, want %d native records", log, got, want)
		}
	}
}

// TestWindowsAreReportsOfTheirTime checks that a window has the numbers of a report that selects
// the time of the window.
func TestWindowsAreReportsOfTheirTime(t *testing.T) {
	all := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1d")})
	compared := 0
	for i, w := range all.Windows {
		r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1d"), Filter: report.Filter{Since: w.Start, Until: w.End}})
		if len(r.Windows) != 1 || r.Totals.Sessions != w.Sessions || r.Totals.SessionsFailed != w.SessionsFailed || r.Windows[0].Records != w.Records {
			t.Errorf("%s: got %+v and %+v, want %+v", w.Start, r.Windows, r.Totals, w)
		}
		if !r.Windows[0].Complete {
			t.Errorf("%s: the bounds do not vouch for the window", w.Start)
		}
		if n := r.Totals.Records; n.Total()-n.Skipped != w.Records || n.Skipped != all.Totals.Records.Skipped {
			t.Errorf("%s: counts %+v, want %d", w.Start, n, w.Records)
		}
		compared += compareRows(t, r, all, func(window int, _, _ string) bool { return window == i })
	}
	if compared < 50 {
		t.Errorf("%d rows are too few for this test", compared)
	}
}

// TestMethodAndErrorSelectRows checks that filters by method and error change neither other rows
// nor denominators.
func TestMethodAndErrorSelectRows(t *testing.T) {
	all := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w")})
	for _, f := range []report.Filter{{Method: "session.connect"}, {Error: "ot_not_connected"}, {Error: "OT_CONNECT_FAILED"}, {Method: "Session.publish", Error: "OT_NOT_CONNECTED"}} {
		r := reporttest.OfTestdata(t, "logs", report.Options{Window: reporttest.Window(t, "1w"), Filter: f})
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

// compareRows compares the errors of a report with the selected errors of another, and returns
// their number.
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
