// Package report turns counts into numbers that a person can act on.
//
// The path through the package:
//
//  1. [New] folds the record batches of package batch into a [Report]: it draws windows, counts
//     distinct sessions, and looks names up in the catalogue (fold.go). A [Breakdown] does the
//     same for each group of clients (breakdown.go).
//  2. Two sides are compared and each [Change] is tested: the input with a baseline, the last two
//     complete windows, or two groups of clients (side.go, change.go, pair.go). Each group is
//     compared with the others, too (contrast.go).
//  3. Known errors are marked ([Ignore]), and what limits the numbers becomes warnings.
//  4. One sentence says what matters most (headline.go).
//
// Package report knows counts and the catalogue, never log lines.
package report

import (
	"slices"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/aggregate/calendar"
	"github.com/otlog/otlog/classify/catalogue"
	"github.com/otlog/otlog/parse/sieve"
	"github.com/otlog/otlog/report/stats"
)

// Options configure a Report. The zero value makes one window in UTC and compares nothing.
type Options struct {
	Window      calendar.Window
	Zone        *time.Location // nil: UTC
	Filter      Filter
	ToolVersion string
	Warnings    []string // of the caller, for instance about missing input
	LeftOut     sieve.LeftOut
	Unredacted  bool // names are as the logs have them

	// ShowSessions gives each Error Examples, if the session IDs were kept.
	ShowSessions bool

	// Ignore lists the errors that are acknowledged at the time Now. New marks them in the
	// Baseline too. nil: none.
	Ignore *Ignore
	Now    time.Time

	// Breakdown lists the dimensions to divide the report by. By is the one whose groups are
	// rows of JSON and CSV, listed or not; "" for none.
	Breakdown []Dimension
	By        Dimension

	// Baseline is the report of an earlier input, to compare with as a whole. Except for its
	// bounds of time, its Filter must be the same, and so must its Zone: the rate of one
	// method or SDK is not comparable with that of another. New does not check this.
	Baseline *Report

	// Pair is what to compare instead: two groups of clients. By is its dimension then, and Window
	// is the whole input.
	Pair *Pair
}

// A Report is what every format prints: failures, the lines that show them, and the numbers
// that they are a share of.
type Report struct {
	ToolVersion      string
	CatalogueVersion string
	Window           calendar.Window
	Zone             *time.Location
	Filter           Filter

	// The input covers the time from Start to End, as aggregate.Range has it; zero if no record
	// has a time.
	Start, End time.Time

	Numbers          // of the whole input, by window
	Whole   *Numbers // the same with the whole input as one window

	Undated  batch.Undated // failures and attempts without date and time
	Divided  batch.Divided // sessions of which failures may count twice
	Sources  []*aggregate.Source
	LeftOut  sieve.LeftOut     // files of directories and archives that are not logs
	account  aggregate.Account // of all sources
	Warnings []string

	// Changes compare the Sides of the report, sorted by method, error and code. If there is
	// nothing to compare, there are none.
	Changes  []Change
	Baseline *Report
	Pair     *Pair

	Ignored []IgnoredLine // of Options.Ignore, in order

	Breakdowns []Breakdown // in the order of Options.Breakdown
	By         Dimension   // of the breakdown whose groups are rows of JSON and CSV; "" for none
	Contrasts  []Contrast  // of the groups of all Breakdowns, in their order
	combined   Breakdown   // by SDK version and browser together

	Missing []string // Options.Warnings
	// Unredacted is Options.Unredacted.
	Unredacted bool

	ShowSessions bool
	hashedOnly   int // sessions with a failure whose ID was not kept, if they are shown
}

// Numbers are what was counted in the whole input, or in one group.
type Numbers struct {
	Totals  Totals
	Windows []Window // that contain records, in order; one if time is not divided
	Methods []Method // sorted by window and name
	Errors  []Error  // sorted by window, method, name and code
}

// Totals are counts over all windows. Filters apply to them, but not to Bytes, Lines, WrongClock
// and Duplicates, which concern all records that were read.
type Totals struct {
	Bytes, Lines   int64             // as in aggregate.Account
	Records        aggregate.Records // within bounds of time, and all unreadable ones
	WrongClock     int64             // records more than a day outside the range of the input
	Sessions       int               // distinct, seen in any record
	Surrogates     int               // part of Sessions: known only by a connection or client instance
	SessionsFailed int               // part of Sessions: with a failure

	// TelemetrySessions is the part of Sessions in which telemetry was found: attempts of the
	// others are unknown.
	TelemetrySessions int

	First, Last time.Time // of all records within the filter's bounds; zero if none has a time

	Failures    int64
	Unnamed     int64            // part of Failures: the error has no name
	Sessionless int64            // part of Failures: no record states a session
	Recovered   int64            // not part of Failures: of attempts that succeeded
	Evidence    map[string]int64 // lines that show an error, by kind of evidence
	Background  int64            // part of these lines: they belong to no call

	// Duplicates counts telemetry events of attempts that were seen before, for instance in
	// another export.
	Duplicates int64
}

// Read returns all records that were read, within bounds of time or not.
func (r *Report) Read() aggregate.Records {
	var out aggregate.Records
	for _, s := range r.Sources {
		out.Add(s.Account.Records)
	}
	return out
}

// A Window is a part of the input's time.
type Window struct {
	Start, End time.Time // zero if the whole input is one window
	Complete   bool      // the input and the filter's bounds include all of it
	Records    int64

	// As in Totals. The telemetry of a session may be in another window.
	Sessions, SessionsFailed, TelemetrySessions int

	Hours Hours
}

// A Method holds the failures and attempts of one SDK method in one window.
type Method struct {
	Window         int    // index into Windows; Timeless for failures without a time
	Name           string // "unknown" if no record shows the method
	Failures       int64
	Recovered      int64 // failures of attempts that succeeded; not part of Failures
	Lines          int64 // that show either
	Sessionless    int64 // part of Failures: without a session
	SessionsFailed int   // distinct, of the other failures
	// Sessions counts all sessions seen in the window, whether or not telemetry shows an
	// attempt of the method. It is 0 for Timeless.
	Sessions int

	Attempts *Attempts // nil if no telemetry of attempts was seen
}

// SessionRate is SessionsFailed / Sessions. It is nil if there are failures, but none with a
// session.
func (m *Method) SessionRate() *stats.Rate {
	if m.SessionsFailed == 0 && m.Sessionless > 0 {
		return nil
	}
	return stats.NewRate(int64(m.SessionsFailed), int64(m.Sessions))
}

// Attempts counts the calls of a method that began in one window, from telemetry.
type Attempts struct {
	Attempts   int64 // the sum of Successes, Failed, Cancels and Open
	Inferred   int64 // part of Attempts: only the end was seen
	Successes  int64
	Failed     int64
	Cancels    int64 // by the application
	Open       int64 // without an end in the input
	NeverEnded int64 // part of Open: began more than 2 minutes before the end of the input

	// AnyError reports that the report selects one error while Failed counts any error:
	// telemetry does not state the error of an attempt.
	AnyError bool

	errorsOnly bool // the log seems to hold errors only
}

// FailuresOnly reports whether a log of errors shows nothing but the ends of failed attempts. How
// many others there were is unknown.
func (a *Attempts) FailuresOnly() bool {
	return a.errorsOnly && a.Failed == a.Attempts && a.Inferred == a.Attempts
}

// Rated reports whether Failed / Attempts is the failure rate of the method.
func (a *Attempts) Rated() bool { return a != nil && !a.AnyError && !a.FailuresOnly() }

// FailureRate is Failed / Attempts, nil if they are not Rated.
func (a *Attempts) FailureRate() *stats.Rate {
	if !a.Rated() {
		return nil
	}
	return stats.NewRate(a.Failed, a.Attempts)
}

// An Error holds the failures by one error of one method in one window, and the lines that
// show it. Background lines show an error that failed no call.
type Error struct {
	Window      int // as in Method
	Method      string
	Name        string // "" if no record shows the name
	Code        int32  // of a named error the catalogue's first code; 0: none
	Documented  string // "yes", "elsewhere" or "no"
	Failures    int64
	Recovered   int64 // failures of attempts that succeeded; not part of Failures
	Lines       int64
	Sessionless int64            // part of Failures: without a session
	Sessions    int              // distinct, of the other failures
	Evidence    map[string]int64 // lines by kind of evidence
	Codes       map[int32]int64  // lines by the code that they state
	Reasons     map[string]int64 // Failures by the name of their reason; of the others no record states one
	First       time.Time        // of the lines; zero if none has a time
	Last        time.Time

	// Examples are the IDs of up to three sessions with the error, as the logs have them; see
	// Options.ShowSessions. Sessions in which nothing else failed come first, then those that show
	// the error last.
	Examples []string

	Acknowledged bool   // Options.Ignore lists it
	Reason       string // given there; "" for none
}

// Timeless is the window index of rows without a time, where time is divided into windows.
const Timeless = -1

// New makes the report of what was counted in sources. It returns an error if counts cannot
// be read back from disk.
func New(counts *aggregate.Counts, sources []*aggregate.Source, o Options) (*Report, error) {
	return newReport(sources, o, func(r *Report, groups bool) (*input, error) { return readCounts(counts, r, groups) })
}

// newReport makes a report of an input. groups says that the input must have a table of clients.
func newReport(sources []*aggregate.Source, o Options, open func(r *Report, groups bool) (*input, error)) (*Report, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	widened := o.Filter.Widened(o.Zone)
	o.Filter = o.Filter.Whole()
	r := &Report{
		ToolVersion: o.ToolVersion, CatalogueVersion: catalogue.Version,
		Window: o.Window, Zone: o.Zone, Filter: o.Filter,
		Sources: sources, Baseline: o.Baseline, Pair: o.Pair, By: o.By, Missing: o.Warnings, LeftOut: o.LeftOut, Unredacted: o.Unredacted, ShowSessions: o.ShowSessions,
	}
	dimensions := o.Breakdown
	if o.By != "" && !slices.Contains(dimensions, o.By) {
		dimensions = append(slices.Clip(dimensions), o.By)
	}
	in, err := open(r, len(dimensions) > 0)
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		r.account.Add(&s.Account)
	}
	if err := r.fold(in, dimensions); err != nil {
		return nil, err
	}
	t, a := &r.Totals, &r.account
	t.Bytes, t.Lines, t.Records.Skipped = a.Bytes, a.Lines, a.Records.Skipped
	r.Warnings = slices.Clone(o.Warnings)
	if widened != "" {
		r.Warnings = append(r.Warnings, widened)
	}
	r.Warnings = append(append(r.Warnings, r.warnings()...), in.names.Warnings()...)
	for _, s := range r.Overlap() {
		r.Warnings = append(r.Warnings, s.Name+" is "+Overlapping)
	}
	r.Changes, r.Contrasts = r.Compare(), r.contrasts()
	if o.Ignore != nil {
		r.Warnings = append(r.Warnings, r.acknowledge(&o, in.names)...)
	}
	return r, nil
}
