package report

import (
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/report/words"
)

// A Filter says which failures and attempts a report is of, each as a whole: all
// records of a failure count, wherever they stand. The zero Filter selects all.
//
// Time, session and SDK version select what failures are a share of as well:
// sessions, attempts, and for time windows and records. Method and error do not.
// What was read is accounted for whatever the filter.
type Filter struct {
	Since, Until time.Time // of a failure's first record and an attempt's start; Until is the first instant behind; zero: no bound
	Session      string    // as a log has it: of a session, or of a connection or client instance
	SDK          string    // version: 2.35.2, or 2.35 for all that begin so
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
			id = aggregate.NewSessionID([]byte(f.Session)) // of nothing there is
		}
		out.Session = id
	}
	return out, nil
}

// bounded reports whether a filter selects by time.
func (f *Filter) bounded() bool { return !f.Since.IsZero() || !f.Until.IsZero() }

// takes reports whether failures by an error of a method are selected.
func (f *Filter) takes(method, err string) bool {
	return f.takesMethod(method) && (f.Error == "" || strings.EqualFold(f.Error, err))
}

func (f *Filter) takesMethod(method string) bool {
	return f.Method == "" || strings.EqualFold(f.Method, method)
}

// filterWords tell what is selected, "" if all is.
func (r *Report) filterWords() string {
	f := &r.Filter
	var out []string
	for _, part := range [...]struct {
		name  string
		bound time.Time
		value string
	}{
		{name: "since", bound: f.Since}, {name: "until", bound: f.Until},
		{name: "session", value: f.Session}, {name: "SDK", value: f.SDK},
		{name: "method", value: f.Method}, {name: "error", value: f.Error},
	} {
		if !part.bound.IsZero() {
			part.value = clock(part.bound.In(r.Zone))
		}
		if part.value != "" {
			out = append(out, part.name+" "+words.Printable(part.value))
		}
	}
	return strings.Join(out, ", ")
}

// clock formats an instant with no more than it needs.
func clock(t time.Time) string {
	if t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format(words.MinuteLayout)
	}
	return t.Format("2006-01-02 15:04:05.999999999")
}

// counted returns from when to when sessions and records are counted: in whole
// quarters of an hour, so that it is more than was asked for if a bound lies within
// one. A zero time is no bound.
func (r *Report) counted() (since, until time.Time) {
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
