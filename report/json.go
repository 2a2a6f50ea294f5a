package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/report/words"
)

// schemaVersion is increased when a field is removed or changes its meaning.
const schemaVersion = 1

// WriteJSON writes the report as one JSON object. Instants are RFC 3339 in the zone of the
// report; a value that does not exist is null.
func WriteJSON(w io.Writer, r *Report) error {
	out := jsonReport{
		SchemaVersion: schemaVersion, ToolVersion: r.ToolVersion, CatalogueVersion: r.CatalogueVersion,
		Headline: r.Headline().Says,
		Window:   r.Window.String(), Zone: r.Zone.String(), By: r.By, Pair: (*jsonPair)(r.Pair),
		Since: r.instant(r.Filter.Since), Until: r.instant(r.Filter.Until), Filters: r.jsonFilters(),
		Range:  jsonRange{instant(r.Start), instant(r.End)},
		Totals: r.jsonTotals(), Sources: r.jsonSources(), LeftOut: r.jsonLeftOut(),
		Windows: []jsonWindow{}, Groups: r.jsonGroups(), Errors: r.jsonErrors(), Methods: r.jsonMethods(),
		Changes: jsonChanges(r.Changes), Contrasts: r.jsonContrasts(), Baseline: r.Baseline.jsonBaseline(), Warnings: r.jsonWarnings(),
	}
	for _, w := range r.Windows {
		out.Windows = append(out.Windows, jsonWindow{
			Start: instant(w.Start), End: instant(w.End), Complete: w.Complete,
			Records: w.Records, Sessions: w.Sessions, SessionsFailed: w.SessionsFailed, TelemetrySessions: w.TelemetrySessions,
			Hours: w.Hours.All, Silent: w.Hours.Silent,
		})
	}
	enc := json.NewEncoder(words.JSON(w))
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func (r *Report) jsonErrors() []jsonErrorOf {
	out := []jsonErrorOf{}
	for _, row := range r.errorRows() {
		out = append(out, jsonErrorOf{r.jsonLabel(row.group), r.jsonError(row.Error), row.Reasons, row.Acknowledged, r.sessionIDs(row.Error)})
	}
	return out
}

// sessionIDs returns the examples of an error, nil if they were not asked for.
func (r *Report) sessionIDs(e *Error) []string {
	if !r.ShowSessions {
		return nil
	}
	return append([]string{}, e.Examples...)
}

func (r *Report) jsonError(e *Error) jsonError {
	return jsonError{
		WindowStart: r.windowStart(e.Window), Method: e.Method, Error: optional(e.Name), Code: optional(e.Code),
		Codes: e.Codes, Documented: e.Documented,
		Failures: e.Failures, Recovered: e.Recovered, Lines: e.Lines, Sessions: e.Sessions, Evidence: evidence(e.Evidence),
		First: instant(e.First), Last: instant(e.Last),
	}
}

func (r *Report) jsonMethods() []jsonMethodOf {
	out := []jsonMethodOf{}
	for _, row := range r.methodRows() {
		out = append(out, jsonMethodOf{r.jsonLabel(row.group), r.jsonMethod(row.Method)})
	}
	return out
}

// jsonGroups returns the sessions of each group in each window, nil if rows are not divided.
func (r *Report) jsonGroups() []jsonGroup {
	if r.By == "" {
		return nil
	}
	out := []jsonGroup{}
	for i := range r.Windows {
		for _, g := range r.groups() {
			if w := &g.Windows[i]; w.Sessions > 0 {
				out = append(out, jsonGroup{r.jsonLabel(g), r.windowStart(i), w.Sessions, w.SessionsFailed, w.TelemetrySessions})
			}
		}
	}
	return out
}

// jsonLabel names the group of a row.
func (r *Report) jsonLabel(g *Group) (l jsonLabel) {
	if r.By == "" {
		return l
	}
	name := optional(g.Name)
	switch r.By {
	case BySDK:
		l.SDK = &name
	case ByBrowser:
		l.Browser = &name
	case ByOS:
		l.OS = &name
	case ByAPIKey:
		l.APIKey = &name
	}
	return l
}

type jsonReport struct {
	SchemaVersion    int            `json:"schema_version"`
	ToolVersion      string         `json:"tool_version"`
	CatalogueVersion string         `json:"catalogue_version"`
	Headline         string         `json:"headline"`
	Window           string         `json:"window"`
	Zone             string         `json:"tz"`
	By               Dimension      `json:"by,omitempty"`
	Pair             *jsonPair      `json:"pair,omitempty"`
	Since            *string        `json:"since"`
	Until            *string        `json:"until"`
	Filters          jsonFilters    `json:"filters"`
	Range            jsonRange      `json:"range"`
	Totals           jsonTotals     `json:"totals"`
	Sources          []jsonSource   `json:"sources"`
	LeftOut          jsonLeftOut    `json:"inputs_left_out"`
	Windows          []jsonWindow   `json:"windows"`
	Groups           []jsonGroup    `json:"groups,omitzero"` // of By
	Errors           []jsonErrorOf  `json:"errors"`
	Methods          []jsonMethodOf `json:"methods"`
	Changes          []jsonChange   `json:"changes"`
	Contrasts        []jsonContrast `json:"contrasts"`
	Baseline         *jsonBaseline  `json:"baseline"`
	Warnings         []string       `json:"warnings"`
}

// A jsonPair is the groups that changes compare.
type jsonPair struct {
	By     Dimension `json:"by"`
	Before string    `json:"before"`
	After  string    `json:"after"`
}

// A jsonRange is the time that the input covers.
type jsonRange struct {
	Start *string `json:"start"`
	End   *string `json:"end"`
}

// A jsonBaseline describes the baseline of a report.
type jsonBaseline struct {
	Totals   jsonTotals   `json:"totals"`
	Sources  []jsonSource `json:"sources"`
	LeftOut  jsonLeftOut  `json:"inputs_left_out"`
	Warnings []string     `json:"warnings"`
}

// jsonBaseline returns nil for a nil report.
func (r *Report) jsonBaseline() *jsonBaseline {
	if r == nil {
		return nil
	}
	return &jsonBaseline{r.jsonTotals(), r.jsonSources(), r.jsonLeftOut(), r.jsonWarnings()}
}

func (r *Report) jsonTotals() jsonTotals {
	hours := r.Whole.Windows[0].Hours
	return jsonTotals{
		Bytes: r.Totals.Bytes, Lines: r.Totals.Lines, Records: records(r.Totals.Records), Native: r.Totals.Records.Native,
		Sessions: r.Totals.Sessions, Surrogates: r.Totals.Surrogates, SessionsFailed: r.Totals.SessionsFailed,
		TelemetrySessions: r.Totals.TelemetrySessions,
		Failures:          r.Totals.Failures, Unnamed: r.Totals.Unnamed, Sessionless: r.Totals.Sessionless, Recovered: r.Totals.Recovered, Evidence: evidence(r.Totals.Evidence),
		Duplicates: r.Totals.Duplicates, WrongClock: r.Totals.WrongClock, First: instant(r.Totals.First), Last: instant(r.Totals.Last),
		Hours: hours.All, Silent: hours.Silent,
	}
}

func (r *Report) jsonSources() []jsonSource {
	out := []jsonSource{}
	repeats := r.Repeats()
	for i, s := range r.Sources {
		if i == MaxSources && len(r.Sources) > MaxSources+1 {
			return append(out, moreSources(r.Sources[i:]))
		}
		x := source(s)
		if first := repeats[s]; first != nil {
			x.SameAs = &first.Name
		}
		out = append(out, x)
	}
	return out
}

// MaxSources is how many sources are described in JSON, in metadata and on pages. In JSON, one more row
// adds up the others.
const MaxSources = 1000

// moreSources adds up sources.
func moreSources(sources []*aggregate.Source) jsonSource {
	sum, damaged := &aggregate.Source{Name: words.Count(len(sources), "more source")}, 0
	for _, s := range sources {
		sum.Account.Add(&s.Account)
		if s.Trouble() != nil {
			damaged++
		}
	}
	out := source(sum)
	if damaged > 0 {
		out.Damaged = optional(words.Number(damaged) + " of them could not be read in full")
	}
	return out
}

func (r *Report) jsonWarnings() []string { return append([]string{}, r.Warnings...) }

// jsonFilters are the filters other than time, and the bounds between which sessions and records
// are counted.
type jsonFilters struct {
	Session      *string `json:"session"`
	APIKey       *string `json:"apikey"`
	SDK          *string `json:"sdk"`
	Browser      *string `json:"browser"`
	OS           *string `json:"os"`
	Method       *string `json:"method"`
	Error        *string `json:"error"`
	CountedSince *string `json:"counted_since"`
	CountedUntil *string `json:"counted_until"`
}

func (r *Report) jsonFilters() jsonFilters {
	f := &r.Filter
	return jsonFilters{
		Session: optional(f.Session), APIKey: optional(f.APIKey), SDK: optional(f.SDK), Browser: optional(f.Browser), OS: optional(f.OS),
		Method: optional(f.Method), Error: optional(f.Error),
		CountedSince: r.instant(f.Since), CountedUntil: r.instant(f.Until),
	}
}

// instant formats an instant in the report's zone.
func (r *Report) instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return instant(t.In(r.Zone))
}

type jsonRecords struct {
	Classified int64 `json:"classified"`
	Clean      int64 `json:"clean"`
	Telemetry  int64 `json:"telemetry"`
	Skipped    int64 `json:"skipped"`
}

type jsonTotals struct {
	Bytes             int64        `json:"bytes"`
	Lines             int64        `json:"lines"`
	Records           jsonRecords  `json:"records"`
	Native            int64        `json:"native"`
	Sessions          int          `json:"sessions"`
	Surrogates        int          `json:"sessions_without_id"`
	SessionsFailed    int          `json:"sessions_failed"`
	TelemetrySessions int          `json:"telemetry_sessions"`
	Failures          int64        `json:"failures"`
	Unnamed           int64        `json:"unnamed_failures"`
	Sessionless       int64        `json:"sessionless_failures"`
	Recovered         int64        `json:"recovered"`
	Evidence          jsonEvidence `json:"evidence"`
	Duplicates        int64        `json:"duplicates"`
	WrongClock        int64        `json:"wrong_clock_records"`
	First             *string      `json:"first_seen"`
	Last              *string      `json:"last_seen"`
	Hours             int          `json:"hours"`
	Silent            int          `json:"hours_without_records"`
}

// jsonEvidence counts lines.
type jsonEvidence struct {
	Name   int64 `json:"name"`
	Phrase int64 `json:"phrase"`
	Code   int64 `json:"code"`
	None   int64 `json:"none"`
}

type jsonSource struct {
	Name        string           `json:"name"`
	Format      *string          `json:"format"`
	Compression *string          `json:"compression"`
	Bytes       int64            `json:"bytes"`
	Lines       int64            `json:"lines"`
	Records     jsonRecords      `json:"records"`
	Native      int64            `json:"native"`
	Skipped     map[string]int64 `json:"skipped"`
	Damaged     *string          `json:"damaged"`
	SameAs      *string          `json:"same_as"`
	TimeField   *string          `json:"time_field"`               // found by its values; null: known by its name, given, or none
	Identifiers []string         `json:"session_fields,omitempty"` // that may identify whom a failure concerns
}

type jsonWindow struct {
	Start             *string `json:"start"`
	End               *string `json:"end"`
	Complete          bool    `json:"complete"`
	Records           int64   `json:"records"`
	Sessions          int     `json:"sessions"`
	SessionsFailed    int     `json:"sessions_failed"`
	TelemetrySessions int     `json:"telemetry_sessions"`
	Hours             int     `json:"hours"`
	Silent            int     `json:"hours_without_records"`
}

// A jsonLabel is the name of the group of a row, in a field named after the dimension. The field
// is missing if rows are not divided, and null for the group without a name.
type jsonLabel struct {
	SDK     **string `json:"sdk,omitempty"`
	Browser **string `json:"browser,omitempty"`
	OS      **string `json:"os,omitempty"`
	APIKey  **string `json:"apikey,omitempty"`
}

// A jsonGroup counts the sessions of a group in a window.
type jsonGroup struct {
	jsonLabel
	WindowStart       *string `json:"window_start"`
	Sessions          int     `json:"sessions"`
	SessionsFailed    int     `json:"sessions_failed"`
	TelemetrySessions int     `json:"telemetry_sessions"`
}

type jsonErrorOf struct {
	jsonLabel
	jsonError
	Reasons      map[string]int64 `json:"reasons"` // of the failures that state one
	Acknowledged bool             `json:"acknowledged,omitempty"`
	SessionIDs   []string         `json:"session_ids,omitzero"` // nil: not asked for
}

type jsonMethodOf struct {
	jsonLabel
	jsonMethod
}

type jsonError struct {
	WindowStart *string         `json:"window_start"`
	Method      string          `json:"method"`
	Error       *string         `json:"error"`
	Code        *int32          `json:"code"`
	Codes       map[int32]int64 `json:"codes"`
	Documented  string          `json:"documented"`
	Failures    int64           `json:"failures"`
	Recovered   int64           `json:"recovered"`
	Lines       int64           `json:"lines"`
	Sessions    int             `json:"sessions"`
	Evidence    jsonEvidence    `json:"evidence"`
	First       *string         `json:"first_seen"`
	Last        *string         `json:"last_seen"`
}

type jsonMethod struct {
	WindowStart      *string          `json:"window_start"`
	Method           string           `json:"method"`
	Failures         int64            `json:"failures"`
	Recovered        int64            `json:"recovered"`
	Lines            int64            `json:"lines"`
	Attempts         *int64           `json:"attempts"`
	AttemptsInferred *int64           `json:"attempts_inferred"`
	Successes        *int64           `json:"successes"`
	Cancels          *int64           `json:"cancels"`
	FailedAttempts   *int64           `json:"failed_attempts"`
	Open             *int64           `json:"open"`
	NeverEnded       *int64           `json:"never_ended"`
	FailureRate      *jsonRate        `json:"failure_rate"`
	Sessions         int              `json:"sessions"`
	SessionsFailed   int              `json:"sessions_failed"`
	SessionRate      *jsonSessionRate `json:"session_rate"`
}

// A jsonSessionRate is a rate with what it is a share of.
type jsonSessionRate struct {
	jsonRate
	Of Population `json:"of"`
}

type jsonRate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// jsonMethod has fields of attempts only if telemetry is known: unknown is not 0.
func (r *Report) jsonMethod(m *Method) jsonMethod {
	out := jsonMethod{
		WindowStart: r.windowStart(m.Window), Method: m.Name, Failures: m.Failures, Recovered: m.Recovered, Lines: m.Lines,
		Sessions: m.Sessions, SessionsFailed: m.SessionsFailed,
	}
	if rate := m.SessionRate(); rate != nil {
		out.SessionRate = &jsonSessionRate{jsonRate(*rate), r.Population()}
	}
	if a := m.Attempts; a != nil {
		out.Attempts, out.AttemptsInferred = &a.Attempts, &a.Inferred
		out.Successes, out.Cancels, out.Open, out.NeverEnded = &a.Successes, &a.Cancels, &a.Open, &a.NeverEnded
		if !a.AnyError {
			out.FailedAttempts = &a.Failed
		}
		out.FailureRate = (*jsonRate)(a.FailureRate())
	}
	return out
}

func evidence(lines map[string]int64) jsonEvidence {
	return jsonEvidence{Name: lines["name"], Phrase: lines["phrase"], Code: lines["code"], None: lines["none"]}
}

func records(r aggregate.Records) jsonRecords {
	return jsonRecords{Classified: r.Classified, Clean: r.Clean, Telemetry: r.Telemetry, Skipped: r.Skipped}
}

func source(s *aggregate.Source) jsonSource {
	out := jsonSource{
		Name: s.Name, Format: optional(s.Format), Compression: optional(s.Compression),
		Bytes: s.Account.Bytes, Lines: s.Account.Lines, Records: records(s.Account.Records), Native: s.Account.Records.Native, Skipped: map[string]int64{},
	}
	for _, reason := range parse.Reasons {
		out.Skipped[reason.String()] = s.Account.Skipped[reason]
	}
	out.TimeField, out.Identifiers = optional(s.Learned.Time), s.Learned.Identifiers
	if err := s.Trouble(); err != nil {
		out.Damaged = optional(err.Error())
	}
	return out
}

// SourcesJSON describes sources as the JSON report does, in one line. Of more than MaxSources, it describes
// those that are damaged or could not be read, and then the first ones.
func SourcesJSON(sources []*aggregate.Source) string {
	sources = slices.Clone(sources)
	if len(sources) > MaxSources {
		sound := func(s *aggregate.Source) int {
			if s.Failed != nil || s.Damaged() {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(sources, func(a, b *aggregate.Source) int { return cmp.Compare(sound(a), sound(b)) })
		sources = sources[:MaxSources]
	}
	r := &Report{Sources: sources}
	return line(r.jsonSources())
}

// RecordsJSON returns the sums of sources in one line of JSON: bytes, lines, records by kind, and skipped
// records by reason.
func RecordsJSON(sources []*aggregate.Source) string {
	var sum aggregate.Account
	for _, s := range sources {
		sum.Add(&s.Account)
	}
	x := source(&aggregate.Source{Account: sum})
	return line(struct {
		Sources int              `json:"sources"`
		Bytes   int64            `json:"bytes"`
		Lines   int64            `json:"lines"`
		Records jsonRecords      `json:"records"`
		Skipped map[string]int64 `json:"skipped"`
	}{len(sources), x.Bytes, x.Lines, x.Records, x.Skipped})
}

// line returns JSON in one line.
func line(of any) string {
	var b strings.Builder
	_ = json.NewEncoder(words.JSON(&b)).Encode(of) // a builder takes everything
	return strings.TrimSpace(b.String())
}

// optional returns nil for the zero value.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return optional(t.Format(time.RFC3339Nano))
}

// windowStart returns the start of a window, nil if it has none.
func (r *Report) windowStart(window int) *string {
	if window == Timeless {
		return nil
	}
	return instant(r.Windows[window].Start)
}
