// Package story writes the story of a session for a support engineer: who took part, what they tried,
// what failed, and what the log shows beside it.
//
//  1. The input is read twice, because the session, the client and the failure of a record may depend
//     on later records (read.go). The first reading is counted as for a report. From the counts come
//     the sessions that are meant (ask.go), their attempts and their failures: a story has no
//     definitions of its own, so it agrees with the report.
//  2. The second reading keeps the records of these sessions only (record.go), and lines of the browser
//     beside their failures (collect.go).
//  3. The records are sorted and become a [Story] (build.go, order.go, clients.go, fold.go).
//  4. A page for people is composed once (page.go, advice.go) and written as text or Markdown. JSON is
//     the Story.
//
// Without IDs, the sessions worth looking at are listed (rank.go).
package story

// A Story is what happened in a session. Its JSON names are an interface and do not change.
type Story struct {
	Session     string   `json:"session"`      // as written in the log
	SessionFrom string   `json:"session_from"` // session, or the kind of the surrogate ID
	Asked       []string `json:"asked"`        // the IDs by which it was asked for, if they are others
	APIKey      *string  `json:"api_key"`
	Created     *string  `json:"session_created"`
	Summary     string   `json:"summary"`

	First      *string `json:"first"` // time of the first record
	Last       *string `json:"last"`
	DurationMS *int64  `json:"duration_ms"`
	// ClockOnly reports that no record has a date: times are those of a day.
	ClockOnly bool `json:"clock_only"`

	Records  Records   `json:"records"`
	Sources  []string  `json:"sources"`
	Clients  []Client  `json:"clients"`
	Attempts []Attempt `json:"attempts"`
	Failures []Failure `json:"failures"`
	Timeline []Entry   `json:"timeline"`
	End      End       `json:"end"`
}

// Records counts the records of a session.
type Records struct {
	Total     int `json:"total"`     // without repeated ones
	Telemetry int `json:"telemetry"` // of these
	Repeated  int `json:"repeated"`  // times that a record was found again
	LeftOut   int `json:"left_out"`  // beyond the most that are kept of a session
}

// A Client is a page load that took part in a session, or a connection whose client is unknown.
type Client struct {
	Label       string   `json:"client"`    // client 1
	Instance    *string  `json:"client_id"` // client instance ID, or the guid of old SDKs
	Connections []string `json:"connections"`
	SDK         *string  `json:"sdk"`
	Browser     *string  `json:"browser"`
	OS          *string  `json:"os"`
	Asked       bool     `json:"asked"` // its ID was asked for
}

// An Attempt is a call of a method by the application, as the report counts it.
type Attempt struct {
	Number     int     `json:"attempt"` // from 1
	Method     string  `json:"method"`
	Client     *string `json:"client"`
	Start      *string `json:"start"`
	OffsetMS   *int64  `json:"offset_ms"`
	Outcome    string  `json:"outcome"` // succeeded, failed, cancelled, open or never_ended
	DurationMS *int64  `json:"duration_ms"`
	Retries    int     `json:"retries"`  // by the SDK itself
	Inferred   bool    `json:"inferred"` // only its end was found
	Failure    *int    `json:"failure"`  // number of its failure
}

// A Failure is a failure with the lines that show it.
type Failure struct {
	Number    int     `json:"failure"` // from 1
	ID        string  `json:"failure_id"`
	Method    string  `json:"method"`
	Error     *string `json:"error"`
	Code      *int32  `json:"code"`
	Reason    *string `json:"reason"`
	Client    *string `json:"client"`
	Attempt   *int    `json:"attempt"`
	Time      *string `json:"time"`
	OffsetMS  *int64  `json:"offset_ms"`
	Recovered bool    `json:"recovered"`
	Evidence  string  `json:"evidence"`
	Lines     []Line  `json:"lines"`
	LineCount int     `json:"line_count"` // Lines has at most 50
	Beside    []int   `json:"beside"`     // indexes in the timeline, from 0, of lines that may show the cause

	Meaning string `json:"meaning"`
	Remedy  string `json:"remedy"`
	Owner   string `json:"owner"`
	Link    string `json:"link"`
}

// A Line is a record that shows a failure.
type Line struct {
	Place
	Evidence string `json:"evidence"`
	Text     string `json:"text"`
}

// A Place is where a record is found.
type Place struct {
	Source string `json:"source"`
	Line   int64  `json:"line"`
}

// The kinds of entries of a timeline.
const (
	KindAttempt = "attempt"
	KindFailure = "failure"
	KindCause   = "cause"  // a line that often gives the reason of a failure beside it
	KindLine    = "line"   // of the application
	KindFolded  = "folded" // lines that show nothing of their own
	KindGap     = "gap"    // no record for more than a minute
)

// An Entry is one thing that happened, or several that are folded.
type Entry struct {
	Kind       string   `json:"kind"`
	Time       *string  `json:"time"`
	OffsetMS   *int64   `json:"offset_ms"` // from the first record
	Client     *string  `json:"client"`
	Attempt    *int     `json:"attempt"`
	Failure    *int     `json:"failure"`
	Place      *Place   `json:"place"` // of the first line
	Name       string   `json:"name"`  // the method, or a kind of lines
	Text       string   `json:"text"`
	Lines      int      `json:"lines"`
	DurationMS *int64   `json:"duration_ms"` // of a gap
	Folded     []Folded `json:"folded"`

	// Who printed a cause, and what it means.
	Origin  string `json:"origin"` // browser or sdk
	Meaning string `json:"meaning"`
	Remedy  string `json:"remedy"`
}

// Folded counts lines of one kind.
type Folded struct {
	Name  string `json:"name"`
	Lines int    `json:"lines"`
}

// An End is the last record, and what did not end before it.
type End struct {
	Text       string  `json:"text"`
	Place      *Place  `json:"place"`
	Client     *string `json:"client"`
	NeverEnded []int   `json:"never_ended"` // attempts
	Open       []int   `json:"open"`        // attempts that began less than two minutes before the end of the input
}
