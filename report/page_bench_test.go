package report

import (
	"fmt"
	"io"
	"testing"

	"github.com/otlog/otlog/classify/catalogue"
)

// largeReport is of five weeks in which each of 17 methods failed by each of 80 errors.
func largeReport() *Report {
	var all []week
	for i := range 5 {
		w := week{sessions: 10_000}
		for m := range 17 {
			method := catalogue.MethodID(m + 1).Name()
			w.methods = append(w.methods, Method{
				Name: method, Failures: 900, Lines: 2000, SessionsFailed: 700 + 10*i*m, Sessions: 10_000,
				Attempts: &Attempts{Attempts: 12_000, Failed: 900, Successes: 11_000},
			})
			for e := range 80 {
				n := 3 + e + i*(e%5)
				w.errors = append(w.errors, Error{
					Method: method, Name: fmt.Sprintf("OT_MADE_UP_%02d", e), Documented: "no",
					Failures: int64(n + 4), Lines: int64(3 * n), Sessions: n,
				})
			}
		}
		all = append(all, w)
	}
	return complete(weeks(all...), 4)
}

// BenchmarkPages writes a report of 5 windows x 17 methods x 80 errors, all of them.
func BenchmarkPages(b *testing.B) {
	r := largeReport()
	for _, format := range []struct {
		name  string
		write func(io.Writer, *Report, PageOptions) error
	}{
		{"text", func(w io.Writer, r *Report, o PageOptions) error { return WriteText(w, r, TextOptions{PageOptions: o}) }},
		{"markdown", WriteMarkdown},
		{"html", WriteHTML},
		{"json", func(w io.Writer, r *Report, _ PageOptions) error { return WriteJSON(w, r) }},
		{"csv", func(w io.Writer, r *Report, _ PageOptions) error { return WriteCSV(w, r, "errors") }},
	} {
		b.Run(format.name, func(b *testing.B) {
			for b.Loop() {
				if err := format.write(io.Discard, r, PageOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
