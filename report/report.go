// Package report turns counts into something a person can read.
//
// The path through the package:
//
//  1. [New] folds what a scan has counted into a [Report]: windows are
//     drawn, sessions counted, names looked up in the catalogue.
//  2. It is compared with a baseline, or its last two windows with each other
//     ([Change]).
//  3. A page is composed of it, which says the same in every format for people:
//     [WriteText], [WriteMarkdown], [WriteHTML]. [WriteJSON] and [WriteCSV] are for
//     programs.
//
// [Explain] prints what the catalogue knows of an error, a code or a method.
//
// Package report knows counts and the catalogue, never log lines. Whatever
// comes from outside and reaches a terminal, a page or a spreadsheet (names of files
// and errors, causes of damage) is escaped here.
package report

import (
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/report/stats"
)

// Options say how to look at the counts. The zero value is the sensible choice.
type Options struct {
	Window      aggregate.Window
	Zone        *time.Location // nil: UTC
	Filter      Filter
	ToolVersion string
	Warnings    []string // what the caller has to say about the input, as what of it is missing

	// Ignore lists errors that are acknowledged at the time Now, those of the Baseline
	// too, which New marks. nil: none.
	Ignore *Ignore
	Now    time.Time

	// Breakdown says by what the report is divided besides. By is one of them, made
	// even if it is not among them, whose groups are the rows of JSON and CSV; "" for none.
	Breakdown []Dimension
	By        Dimension

	// Baseline is a report of what came before, made of its own input, to compare
	// with. It has to have the same Zone and Filter, but for bounds of time: the rate
	// of one method or SDK is no baseline for that of another. New does not check it.
	// What both reports are divided into does not matter, as they are compared as
	// a whole.
	Baseline *Report
}

// A Report is what every format prints: failures, the lines that speak of them,
// and what they are a share of.
type Report struct {
	ToolVersion      string
	CatalogueVersion string
	Window           aggregate.Window
	Zone             *time.Location
	Filter           Filter

	Numbers          // of the whole input, by window
	Whole   *Numbers // the same with the whole input as one window

	Undated  batch.Undated // failures and attempts without date and time
	Sources  []*aggregate.Source
	Warnings []string

	// Changes say what differs from the Baseline. If that is nil they are between the
	// last two windows that are complete, and there are none if fewer are. They are
	// sorted by method, error and code.
	Changes  []Change
	Baseline *Report

	Ignored []IgnoredLine // of Options.Ignore, in order

	Breakdowns []Breakdown // in the order in which they were asked for
	By         Dimension   // of one of them, whose groups are the rows of JSON and CSV; "" for none

	missing []string // what the caller had to say about the input
}

// Numbers are what was counted of the whole input, or of one group.
type Numbers struct {
	Totals  Totals
	Windows []Window // that contain records, in order; one if time is not divided
	Methods []Method // sorted by window and name
	Errors  []Error  // sorted by window, method, name and code
}

// Totals are of the whole input, but for the filter. The account and the
// duplicates are of all that was read.
type Totals struct {
	aggregate.Account
	Sessions       int       // distinct, of any record
	StandIns       int       // of these, those known by a connection or client instance only
	SessionsFailed int       // of all, those with a failure
	First, Last    time.Time // of all records within the filter's time; zero if none bears a time

	Failures    int64
	Unnamed     int64            // of the failures, those whose error has no name
	Sessionless int64            // of the failures, those whose records bear nothing of a session
	Evidence    map[string]int64 // lines that show an error, by kind of evidence
	Background  int64            // of these, lines that speak of no failure of a call

	// Duplicates is how many telemetry events of attempts were seen again,
	// through another export or printed twice.
	Duplicates int64
}

// A Window is a part of the input's time.
type Window struct {
	Start, End     time.Time // zero if the whole input is one window
	Complete       bool      // the input reaches past the end, and the filter's time takes in all of it
	Records        int64
	Sessions       int // as in Totals
	SessionsFailed int

	Hours Hours
}

// A Method is what one method of the SDK did in one window: its failures, and its
// attempts.
type Method struct {
	Window         int    // into Report.Windows; Timeless for failures without a time
	Name           string // "unknown" if it cannot be told
	Failures       int64
	Lines          int64 // that speak of them
	Sessionless    int64 // of the failures, those without a session
	SessionsFailed int   // distinct, of the other failures
	// Sessions is how many sessions could have failed: those with an attempt or a
	// failure of the method, or all that were seen if attempts are not known.
	Sessions int

	Attempts *Attempts // nil if telemetry tells of none
}

// SessionRate is sessions with a failure of the method / sessions that could have
// had one. It is nil if no failure is known by its session.
func (m *Method) SessionRate() *stats.Rate {
	if m.SessionsFailed == 0 && m.Sessionless > 0 {
		return nil
	}
	return stats.NewRate(int64(m.SessionsFailed), int64(m.Sessions))
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

	// AnyError says that the report is of one error, but Failed is of any: telemetry
	// does not tell which attempt failed by which error.
	AnyError bool
}

// FailureRate is failed attempts / attempts, nil if the failed ones are not those
// that the report is of.
func (a *Attempts) FailureRate() *stats.Rate {
	if a.AnyError {
		return nil
	}
	return stats.NewRate(a.Failed, a.Attempts)
}

// An Error is the failures by one error of one method in one window. It may be
// none: lines that speak of no failure stand here too.
type Error struct {
	Window      int // as in Method
	Method      string
	Name        string // "" if it cannot be told
	Code        int32  // of a named error the catalogue's first; 0: none
	Documented  string // "yes", "elsewhere" or "no"
	Failures    int64
	Lines       int64
	Sessionless int64            // of the failures, those without a session
	Sessions    int              // distinct, of the other failures
	Evidence    map[string]int64 // lines by kind of evidence
	Codes       map[int32]int64  // lines by the code that they state
	First       time.Time        // of the lines; zero if none bears a time
	Last        time.Time

	Acknowledged bool   // Options.Ignore lists it
	Reason       string // that stands there; "" for none
}

// Timeless is the window of lines without a time, where time is divided.
const Timeless = -1

// New makes the report of what was counted in sources. It fails if the counts cannot be
// read back from disk.
func New(counts *aggregate.Counts, sources []*aggregate.Source, o Options) (*Report, error) {
	return newReport(sources, o, func(r *Report, groups bool) (*input, error) { return readCounts(counts, r, groups) })
}

// newReport makes a report of an input. groups says that the input must have a table of clients.
func newReport(sources []*aggregate.Source, o Options, open func(r *Report, groups bool) (*input, error)) (*Report, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	r := &Report{
		ToolVersion: o.ToolVersion, CatalogueVersion: catalogue.Version,
		Window: o.Window, Zone: o.Zone, Filter: o.Filter,
		Sources: sources, Baseline: o.Baseline, By: o.By, missing: o.Warnings,
	}
	dimensions := o.Breakdown
	if o.By != "" && !slices.Contains(dimensions, o.By) {
		dimensions = append(slices.Clip(dimensions), o.By)
	}
	in, err := open(r, len(dimensions) > 0)
	if err != nil {
		return nil, err
	}
	if err := r.fold(in, dimensions); err != nil {
		return nil, err
	}
	for _, s := range sources {
		r.Totals.Add(&s.Account)
	}
	r.Warnings = slices.Concat(o.Warnings, r.warnings())
	r.Changes = r.changes()
	if o.Ignore != nil {
		r.Warnings = append(r.Warnings, r.acknowledge(&o, in.names)...)
	}
	return r, nil
}
