package batch

import (
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
)

// A selection says which failures and attempts have rows, and in which window.
type selection struct {
	window    calendar.Window
	zone      *time.Location
	filter    aggregate.Filter
	methods   []bool // by number: selected
	errors    []bool // by number: selected
	bounded   bool   // the filter has bounds of time
	oneError  bool   // the filter selects by error
	oneMethod bool   // the filter selects by method

	bucket aggregate.Bucket // the last one whose window was asked for
	began  int64            // its window
	starts map[aggregate.Bucket]int64
}

func newSelection(names *aggregate.Names, o Options) selection {
	s := selection{
		window: o.Window, zone: o.Zone, filter: o.Filter, bounded: o.Filter.Bounded(), oneError: o.Error != "", oneMethod: o.Method != "",
		bucket: aggregate.NoBucket, began: NoStart, starts: map[aggregate.Bucket]int64{},
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	for _, method := range names.Methods {
		s.methods = append(s.methods, o.takesMethod(method))
	}
	for _, err := range names.Errors {
		s.errors = append(s.errors, o.takesError(err))
	}
	return s
}

// restrict leaves out the methods that have no failure or line of the selected error: they
// concern it no more than any other method. It reads all sessions.
func (b *Builder) restrict(c *aggregate.Counts) error {
	if b.tables[Methods] == nil || !b.oneError || b.oneMethod {
		return nil
	}
	concerned := make([]bool, len(b.methods))
	for s, err := range c.Sessions(b.filter) {
		if err != nil {
			return err
		}
		for i := range s.Rows {
			if r := &s.Rows[i]; b.errors[r.Error] && b.dated(r.Bucket) {
				concerned[r.Method] = true
			}
		}
	}
	b.methods = concerned
	return nil
}

// dated reports whether what began in a bucket is within the bounds of time, if there are any.
func (s *selection) dated(c aggregate.Bucket) bool { return c != aggregate.NoBucket || !s.bounded }

// startOf returns the start of the window that contains a bucket, in Unix seconds.
func (s *selection) startOf(c aggregate.Bucket) int64 {
	if s.window.All() || c == aggregate.NoBucket {
		return NoStart
	}
	// Frequent case first: rows of a session lie side by side in time.
	if c == s.bucket {
		return s.began
	}
	start, ok := s.starts[c]
	if !ok {
		start = s.window.Start(c.Start().In(s.zone)).Unix()
		s.starts[c] = start
	}
	s.bucket, s.began = c, start
	return start
}
