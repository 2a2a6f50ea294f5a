// Package account counts the bytes and records of sources.
package account

import (
	"github.com/otlog/otlog/classify"
	"github.com/otlog/otlog/parse"
)

// Records counts the records of a source by kind. Each record has one kind.
type Records struct {
	Classified int64 // evidence of an error
	Telemetry  int64 // other telemetry
	Clean      int64 // other readable records
	Skipped    int64 // unreadable records

	Native int64 // part of telemetry and clean records: written by a native SDK
}

// Total returns the number of records.
func (r Records) Total() int64 { return r.Classified + r.Telemetry + r.Clean + r.Skipped }

// Minus returns the records without a part of them.
func (r Records) Minus(part Records) Records {
	return Records{r.Classified - part.Classified, r.Telemetry - part.Telemetry, r.Clean - part.Clean, r.Skipped - part.Skipped, r.Native - part.Native}
}

// Count counts a readable record.
func (r *Records) Count(e *parse.Event, v *classify.Verdict) {
	switch {
	case v.Failure:
		r.Classified++
	case e.Telemetry != nil:
		r.Telemetry++
	default:
		r.Clean++
	}
	if v.Native {
		r.Native++
	}
}

// Add adds the records of another source, or of another part of the same source.
func (r *Records) Add(other Records) {
	r.Classified += other.Classified
	r.Telemetry += other.Telemetry
	r.Clean += other.Clean
	r.Skipped += other.Skipped
	r.Native += other.Native
}

// reasons is the number of reasons to skip a record.
const reasons = len(parse.Reasons)

// An Account counts the bytes and records of a source. The bytes of all records, separators
// included, sum to the decoded bytes.
type Account struct {
	Bytes   int64 // decoded
	Lines   int64 // physical lines
	Records Records
	Skipped [reasons]int64 // records, by parse.Reason

	// Of the readable records:
	Blank        int64 // part of Records.Clean: blank lines, headers of tables, what is around records
	Levels       int64 // part of Records.Clean: they state a level; 0 if BelowWarning, or if fewer than a quarter do
	BelowWarning bool  // one of them states a level below warning
}

// Add adds the account of another source, or of another part of the same source.
func (a *Account) Add(other *Account) {
	a.Bytes += other.Bytes
	a.Lines += other.Lines
	a.Records.Add(other.Records)
	for i := range a.Skipped {
		a.Skipped[i] += other.Skipped[i]
	}
	a.Blank += other.Blank
	a.Levels += other.Levels
	if a.BelowWarning = a.BelowWarning || other.BelowWarning; a.BelowWarning {
		a.Levels = 0
	}
}

// ForgetFewLevels makes the account independent of whether levels were looked for: they are not if
// few of the first records have one.
func (a *Account) ForgetFewLevels() {
	if a.Levels*4 < a.Records.Clean-a.Blank {
		a.Levels = 0
	}
}
