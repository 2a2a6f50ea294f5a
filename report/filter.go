package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/clients"
	"github.com/otlog/otlog/report/words"
)

// A Filter selects failures and attempts, each as a whole: all records of a selected failure
// count, in or out of the bounds. The zero Filter selects everything.
//
// Bounds of time, session, API key and client also select the denominators: sessions and attempts,
// and for bounds of time windows and records too. Method and error do not. No filter changes
// the account of what was read.
type Filter struct {
	Since, Until time.Time // select a failure by its first record, an attempt by its start; Until is excluded; zero: no bound
	Session      string    // ID of a session, connection or client instance, as a log states it
	APIKey       string    // that created the session
	SDK          string    // version: 2.35.2, or 2.35 for all 2.35.x
	Browser, OS  string    // Chrome 142, or Chrome for all versions; Windows
	Method       string
	Error        string
}

// In returns the same selection for counts, in which a session has a hash.
func (f *Filter) In(c *aggregate.Counts) (aggregate.Filter, error) {
	out := aggregate.Filter{Since: f.Since, Until: f.Until, APIKey: f.APIKey, Clients: f.Clients()}
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

// Clients returns the part of a filter that selects clients.
func (f *Filter) Clients() clients.Filter {
	return clients.Filter{SDK: f.SDK, Browser: f.Browser, OS: f.OS}
}

// ClientWords names the selected sessions and clients, "" if all are.
func (f *Filter) ClientWords() string {
	var out []string
	for _, of := range [...][2]string{{"session", f.Session}, {"API key", f.APIKey}, {"SDK", f.SDK}, {"browser", f.Browser}, {"system", f.OS}} {
		if of[1] != "" {
			out = append(out, of[0]+" "+words.Printable(of[1]))
		}
	}
	return strings.Join(out, ", ")
}

// AFailure makes clear that only selected failures count, if a method or an error is selected.
func (f *Filter) AFailure() string {
	if f.Method != "" || f.Error != "" {
		return "such a failure"
	}
	return "a failure"
}

// Bounded reports whether a filter has bounds of time.
func (f *Filter) Bounded() bool { return !f.Since.IsZero() || !f.Until.IsZero() }

// TakesMethod reports whether a method is selected.
func (f *Filter) TakesMethod(method string) bool {
	return f.Method == "" || strings.EqualFold(f.Method, method)
}

// Whole returns the filter with bounds that are widened to whole quarter-hours: sessions are
// counted by quarter-hour, so failures are too.
func (f Filter) Whole() Filter {
	bounds := aggregate.Filter{Since: f.Since, Until: f.Until}.Whole()
	f.Since, f.Until = bounds.Since, bounds.Until
	return f
}

// Widened says which bounds count, "" if they are those of the filter.
func (f *Filter) Widened(zone *time.Location) string {
	whole := f.Whole()
	if whole.Since.Equal(f.Since) && whole.Until.Equal(f.Until) {
		return ""
	}
	text := "sessions are counted by quarter-hour, so the bounds of time are widened:"
	for _, bound := range [...]struct {
		word string
		at   time.Time
	}{{"from", whole.Since}, {"to", whole.Until}} {
		if !bound.at.IsZero() {
			text += fmt.Sprintf(" %s %s", bound.word, bound.at.In(zone).Format(words.MinuteLayout))
		}
	}
	return text
}
