package reporttest

import (
	"time"

	"github.com/otlog/otlog/report"
)

// A Week states the counts of one window.
type Week struct {
	Sessions int
	Methods  []report.Method
	Errors   []report.Error
}

// Weeks makes a report of windows, as [report.New] does from a scan. No window is complete.
func Weeks(all ...Week) *report.Report {
	r := &report.Report{Zone: time.UTC}
	r.Whole = &r.Numbers
	for i, w := range all {
		start := time.Date(2026, 11, 2+7*i, 0, 0, 0, 0, time.UTC)
		r.Windows = append(r.Windows, report.Window{Start: start, End: start.AddDate(0, 0, 7), Sessions: w.Sessions})
		for _, m := range w.Methods {
			m.Window = i
			r.Methods = append(r.Methods, m)
		}
		for _, e := range w.Errors {
			e.Window = i
			r.Errors = append(r.Errors, e)
		}
	}
	return r
}

// Complete makes all windows complete except the listed ones, and compares the last two.
func Complete(r *report.Report, except ...int) *report.Report {
	for i := range r.Windows {
		r.Windows[i].Complete = true
	}
	for _, i := range except {
		r.Windows[i].Complete = false
	}
	r.Changes = r.Compare()
	return r
}

// Publishing is a week with one method, in which sessions failed by one error.
func Publishing(failed, sessions int) Week {
	w := Week{Sessions: sessions, Methods: []report.Method{{
		Name: "Session.publish", SessionsFailed: failed, Sessions: sessions, Failures: int64(failed),
		Attempts: &report.Attempts{Attempts: int64(2 * sessions), Failed: int64(failed)},
	}}}
	if failed > 0 {
		w.Errors = []report.Error{{Method: "Session.publish", Name: "OT_TIMEOUT", Code: 1500, Sessions: failed, Failures: int64(failed)}}
	}
	return w
}
