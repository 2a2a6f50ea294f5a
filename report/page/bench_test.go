package page

import (
	"fmt"
	"io"
	"testing"

	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

// largeReport returns a report of five weeks in which 17 methods failed with 80 errors each.
func largeReport() *report.Report {
	var all []reporttest.Week
	for i := range 5 {
		w := reporttest.Week{Sessions: 10_000}
		for m := range 17 {
			method := catalogue.MethodID(m + 1).Name()
			w.Methods = append(w.Methods, report.Method{
				Name: method, Failures: 900, Lines: 2000, SessionsFailed: 700 + 10*i*m, Sessions: 10_000,
				Attempts: &report.Attempts{Attempts: 12_000, Failed: 900, Successes: 11_000},
			})
			for e := range 80 {
				n := 3 + e + i*(e%5)
				w.Errors = append(w.Errors, report.Error{
					Method: method, Name: fmt.Sprintf("OT_MADE_UP_%02d", e), Documented: "no",
					Failures: int64(n + 4), Lines: int64(3 * n), Sessions: n,
				})
			}
		}
		all = append(all, w)
	}
	return reporttest.Complete(reporttest.Weeks(all...), 4)
}

// BenchmarkPages writes all rows of a report of 5 windows x 17 methods x 80 errors.
func BenchmarkPages(b *testing.B) {
	r := largeReport()
	for _, format := range []struct {
		name  string
		write func(io.Writer, *report.Report, Options) error
	}{
		{"text", func(w io.Writer, r *report.Report, o Options) error {
			return Text(w, r, TextOptions{Options: o})
		}},
		{"markdown", Markdown},
		{"html", HTML},
		{"json", func(w io.Writer, r *report.Report, _ Options) error { return report.WriteJSON(w, r) }},
		{"csv", func(w io.Writer, r *report.Report, _ Options) error { return report.WriteCSV(w, r, "errors") }},
	} {
		b.Run(format.name, func(b *testing.B) {
			for b.Loop() {
				if err := format.write(io.Discard, r, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
