package report

import (
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
)

// A Filter selects failures and attempts, each as a whole: all records of a selected failure
// count, in or out of the bounds. The zero Filter selects everything.
//
// Bounds of time, session and SDK version also select the denominators: sessions and attempts,
// and for bounds of time windows and records too. Method and error do not. No filter changes
// the account of what was read.
type Filter struct {
	Since, Until time.Time // select a failure by its first record, an attempt by its start; Until is excluded; zero: no bound
	Session      string    // ID of a session, connection or client instance, as a log states it
	SDK          string    // version: 2.35.2, or 2.35 for all 2.35.x
	Method       string
	Error        string
}

// In returns the same selection for counts, in which a session has a hash.
func (f *Filter) In(c *aggregate.Counts) (aggregate.Filter, error) {
	out := aggregate.Filter{Since: f.Since, Until: f.Until, SDK: f.SDK}
	if f.Session != "" {
		id, ok, err := c.Session(f.Session)
		if err != nil {
			return out, err
		}
		if !ok {
			id = aggregate.NewSessionID([]byte(f.Session)) // matches nothing
		}
		out.Session = id
	}
	return out, nil
}

// Bounded reports whether a filter has bounds of time.
func (f *Filter) Bounded() bool { return !f.Since.IsZero() || !f.Until.IsZero() }

// TakesMethod reports whether a method is selected.
func (f *Filter) TakesMethod(method string) bool {
	return f.Method == "" || strings.EqualFold(f.Method, method)
}

// Counted returns the bounds of the denominators: sessions and records are counted in whole
// quarters of an hour, so these bounds are wider where the filter's lie within one. A zero
// time is no bound.
func (r *Report) Counted() (since, until time.Time) {
	f := aggregate.Filter{Since: r.Filter.Since, Until: r.Filter.Until}
	first, behind := f.Buckets()
	if !f.Since.IsZero() {
		since = first.Start().In(r.Zone)
	}
	if !f.Until.IsZero() {
		until = behind.Start().In(r.Zone)
	}
	return since, until
}
