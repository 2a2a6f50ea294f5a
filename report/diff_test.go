package report_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/otlog/otlog/internal/golden"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

func jsonOf(t *testing.T, r *report.Report) []byte {
	t.Helper()
	r.CatalogueVersion = "0123456789ab" // the rows change less often than the catalogue
	return reporttest.Print(t, func(w io.Writer) error { return report.WriteJSON(w, r) })
}

func csvOf(t *testing.T, r *report.Report, table string) []byte {
	t.Helper()
	return reporttest.Print(t, func(w io.Writer) error { return report.WriteCSV(w, r, table) })
}

// TestFiveWeeks compares the report of testdata/weeks with golden files, for programs.
func TestFiveWeeks(t *testing.T) {
	r := reporttest.FiveWeeks(t)
	golden.Check(t, "page.json", jsonOf(t, r))
	for _, table := range report.CSVTables {
		golden.Check(t, "page-"+table+".csv", csvOf(t, r, table))
	}
}

func TestChangesOfWindows(t *testing.T) {
	r := reporttest.TwoWeeks(t)
	golden.Check(t, "changes-weeks.json", jsonOf(t, r))
	for _, table := range report.CSVTables {
		golden.Check(t, table+".csv", csvOf(t, r, table))
	}
}

func TestChangesFromBaseline(t *testing.T) {
	golden.Check(t, "changes-baseline.json", jsonOf(t, reporttest.AgainstBaseline(t, report.Options{})))
}

// TestBaselineComesBeforeWindows checks that whole inputs are compared if there is a baseline,
// whatever their windows are.
func TestBaselineComesBeforeWindows(t *testing.T) {
	want := reporttest.AgainstBaseline(t, report.Options{})
	got := reporttest.AgainstBaseline(t, report.Options{Window: reporttest.Window(t, "1d")})
	if a, b := fmt.Sprintf("%+v", strip(got.Changes)), fmt.Sprintf("%+v", strip(want.Changes)); a != b || len(want.Changes) == 0 {
		t.Errorf("got %s, want %s", a, b)
	}
}

// strip formats changes without their intervals and tests.
func strip(changes []report.Change) (out []string) {
	for _, c := range changes {
		out = append(out, fmt.Sprint(c.Start, c.Method, c.Scope, c.Error, c.Measure, c.Before.Part, c.Before.Whole, c.After.Part, c.After.Whole, c.Verdict))
	}
	return out
}
