// Package batch turns settled sessions into Arrow record batches: the one derivation that
// every report is folded from, and that Arrow and Parquet files hold.
//
//  1. [Read] visits the sessions of counts in order and adds the rows of each to a [Builder]:
//     what failed ([Errors]), what was attempted ([Methods]), in which windows the session
//     was seen ([Sessions]), and by which kinds of client ([Clients]).
//  2. Once a table holds enough rows, a [Batch] is yielded. It has one record batch a table,
//     and all rows of a session are in the same Batch. So memory is bounded whatever the
//     number of sessions.
//  3. [ErrorRows], [MethodRows], [SessionRows] and [ClientRows] view a record batch as Go
//     slices, without a copy.
//
// The columns are those of docs/schema.md, but for two: a session is its 16-byte ID, without
// a key, and a name is an index into a dictionary of all names, used or not. Package
// report/rows replaces both before rows leave the program.
package batch

import (
	"iter"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/parse/timestamp"
)

// A Table is one of the tables that sessions have rows in.
type Table uint8

// The tables. Each row of Errors and Methods belongs to a window, so does each of Sessions.
const (
	Errors   Table = iota // failures, and the lines that show them
	Methods               // attempts and failures
	Sessions              // windows in which a session was seen
	Clients               // kinds of client that were seen in a session
)

// Tables lists all tables, in the order of their values.
var Tables = [...]Table{Errors, Methods, Sessions, Clients}

// String returns the name of the table, as in "errors".
func (t Table) String() string { return [...]string{"errors", "methods", "sessions", "clients"}[t] }

// NoStart replaces the start of a window where time is not divided, and in rows that have no
// time. It is less than every start.
const NoStart int64 = timestamp.NoTime

// Options select rows. The zero value selects all rows of all tables, in one window.
type Options struct {
	Window calendar.Window
	Zone   *time.Location   // of windows; nil: UTC
	Filter aggregate.Filter // selects sessions, failures and attempts
	Method string           // selects failures and attempts by their method, in any case; "": all
	Error  string           // selects failures by their error, in any case; "": all
	Tables []Table          // to make; nil: all
	IDs    bool             // add a last column with the session IDs that were kept
}

// takesMethod reports whether a method is selected.
func (o *Options) takesMethod(name string) bool {
	return o.Method == "" || strings.EqualFold(o.Method, name)
}

// takesError reports whether an error is selected.
func (o *Options) takesError(name string) bool {
	return o.Error == "" || strings.EqualFold(o.Error, name)
}

// A Batch holds the rows of some sessions, in the order of their IDs; rows of no session
// come first. It is valid until the next one is read.
type Batch struct {
	Records [len(Tables)]arrow.RecordBatch // by Table; nil if the table was not asked for
	Undated Undated
	Divided Divided
}

// Divided counts the sessions that have aggregate.Session.Divided.
type Divided struct {
	Sessions  int64
	First     string // the ID of the first one; "": it was not kept
	WithoutID bool   // so are the records without an ID
}

// Add adds the counts of another batch.
func (d *Divided) Add(other Divided) {
	if d.Sessions == 0 {
		d.First = other.First
	}
	d.Sessions += other.Sessions
	d.WithoutID = d.WithoutID || other.WithoutID
}

func (d *Divided) note(s *aggregate.Session) {
	switch {
	case !s.Divided:
	case s.Known():
		d.Add(Divided{Sessions: 1, First: s.Text})
	default:
		d.WithoutID = true
	}
}

// Undated counts what has neither date nor time, and so belongs to no window.
type Undated struct {
	Failures int64 // in rows of the batch

	// Left out, since the filter has bounds of time.
	FailuresLeftOut, AttemptsLeftOut int64
}

// Add adds the counts of another batch.
func (u *Undated) Add(other Undated) {
	u.Failures += other.Failures
	u.FailuresLeftOut += other.FailuresLeftOut
	u.AttemptsLeftOut += other.AttemptsLeftOut
}

// enough is how many rows of a table make a batch: enough to make the cost of a batch
// itself negligible, few enough to take some MB.
const enough = 16 << 10

// Read yields the rows of all sessions, in at least one batch. If the counts cannot be read
// back from disk, the error comes last.
func Read(c *aggregate.Counts, o Options) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		b := NewBuilder(c.Names, o)
		if err := b.restrict(c); err != nil {
			yield(nil, err)
			return
		}
		first := true
		for s, err := range c.Sessions(o.Filter) {
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Add(s); !b.Full() {
				continue
			}
			if !yield(b.Batch(), nil) {
				return
			}
			b.Reset()
			first = false
		}
		if first || b.rows() > 0 {
			yield(b.Batch(), nil)
		}
	}
}
