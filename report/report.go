// Package report turns counts into something a person can read.
//
// The path through the package:
//
//  1. [New] folds the record batches of a scan into a [Report]: windows are
//     drawn, sessions counted, names looked up in the catalogue.
//  2. A format writes it: [WriteText] for people, [WriteJSON] for programs.
//
// [Explain] prints what the catalogue knows of an error, a code or a method.
//
// Package report knows counts and the catalogue, never log lines. Whatever
// comes from outside and reaches a terminal (names of files, causes of damage)
// is escaped here.
package report

import (
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/classify/catalogue"
)

// Options say how to look at the counts. The zero value is the sensible choice.
type Options struct {
	Window      aggregate.Window
	Zone        *time.Location // nil: UTC
	ToolVersion string
	Warnings    []string // what the caller has to say about the input
}

// A Report is what every format prints.
//
// Its numbers are of lines and sessions. A line here is a record that is
// evidence of an error; one failure prints several.
type Report struct {
	ToolVersion      string
	CatalogueVersion string
	Window           aggregate.Window
	Zone             *time.Location

	Totals   Totals
	Sources  []*aggregate.Source
	Windows  []Window // those that hold records, in order; just one if the whole input is one
	Methods  []Method // sorted by window and name
	Errors   []Error  // sorted by window, method, name and code
	Warnings []string

	overall *Report // the same with the whole input as one window
}

// Totals are of the whole input.
type Totals struct {
	aggregate.Account
	Sessions       int       // distinct, of any record
	SessionsFailed int       // of those, with a record that is evidence of an error
	First, Last    time.Time // of all records; zero if none bears a time

	// Sessionless and Timeless are how many of the lines that show an error
	// bear no session ID, and no date and time.
	Sessionless, Timeless int64

	// Duplicates is how many telemetry events of attempts were seen again,
	// through another export or printed twice.
	Duplicates int64
}

// A Window is a part of the input's time.
type Window struct {
	Start, End     time.Time // zero if the whole input is one window
	Complete       bool      // the input reaches past the end
	Records        int64
	Sessions       int // as in Totals
	SessionsFailed int
}

// A Method is what one method of the SDK did in one window: the lines that show
// its errors, and its attempts.
type Method struct {
	Window         int    // into Report.Windows; Timeless for lines without a time
	Name           string // "unknown" if it cannot be told
	Lines          int64
	Sessionless    int64 // of the lines, those without a session ID
	SessionsFailed int   // distinct, of the other lines

	Attempts *Attempts // nil if telemetry tells of none
}

// Attempts counts the calls of a method that began in one window, as telemetry
// tells them. Those that are neither successes, failures nor cancels have no end
// in the input.
type Attempts struct {
	Attempts  int64
	Inferred  int64 // of the attempts, those of which only the end was seen
	Successes int64
	Failed    int64
	Cancels   int64 // by the application
}

// FailureRate is failed attempts / attempts.
func (a *Attempts) FailureRate() *Rate { return NewRate(a.Failed, a.Attempts) }

// An Error is the lines that speak of one error of one method in one window.
type Error struct {
	Window      int // as in Method
	Method      string
	Name        string // "" if it cannot be told
	Code        int32  // of a named error the catalogue's first; 0: none
	Documented  string // "yes", "elsewhere" or "no"
	Lines       int64
	Sessionless int64            // of the lines, those without a session ID
	Sessions    int              // distinct, of the other lines
	Evidence    map[string]int64 // lines by kind of evidence
	First       time.Time        // zero if no line bears a time
	Last        time.Time
}

// Timeless is the window of lines without a time, where time is divided.
const Timeless = -1

// New makes the report of a scan.
func New(scan *aggregate.Result, o Options) *Report {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	r := &Report{
		ToolVersion: o.ToolVersion, CatalogueVersion: catalogue.Version,
		Window: o.Window, Zone: o.Zone,
		Sources: scan.Sources,
	}
	for _, s := range scan.Sources {
		r.Totals.Add(&s.Account)
	}
	if r.overall = r; !o.Window.All() {
		r.overall = &Report{Zone: o.Zone}
	}
	foldAll(scan.Tally, r, r.overall)
	r.Warnings = slices.Concat(o.Warnings, r.warnings())
	return r
}
