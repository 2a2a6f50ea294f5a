package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/words"
)

// SourceWarnings says what could not be read of the sources, or only in part, and
// why.
func SourceWarnings(sources []*aggregate.Source) []string {
	var out []string
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, s := range sources {
		if err := s.Trouble(); err != nil {
			warn("%s: %v", s.Name, err)
		}
		if s.Empty {
			warn("%s: empty file", s.Name)
		}
		for _, e := range s.Shown {
			warn("%s: skipped: %v", s.Name, e)
		}
		if more := s.Account.Records.Skipped - int64(len(s.Shown)); len(s.Shown) > 0 && more > 0 {
			warn("%s: %s more records skipped (%s)", s.Name, words.Number(more), SkippedReasons(s))
		}
		out = append(out, timeWarnings(s)...)
	}
	return out
}

// timeWarnings says what the times of a source leave open.
func timeWarnings(s *aggregate.Source) []string {
	var out []string
	warn := func(kind timestamp.Doubt, what, then string) {
		if d := s.Doubts[kind]; d.Records > 0 {
			out = append(out, fmt.Sprintf("%s: %s in %s records, first in %q: %s", s.Name, what, words.Number(d.Records), d.Example, then))
		}
	}
	warn(timestamp.DayMonth, "day and month cannot be told apart", "they count as without a time; say which is which, as in --time-format '%d/%m/%Y %H:%M:%S'")
	warn(timestamp.ZoneName, "the name of the zone does not tell it", "they count as without a time; name it with --assume-tz")
	end := "the last change of the file"
	if s.Name == "stdin" {
		end = "now"
	}
	warn(timestamp.NoYear, "no year is told", "they are taken to be from the year before "+end)
	return out
}

// warnings says what makes the numbers less than they seem.
func (r *Report) warnings() []string {
	out := SourceWarnings(r.Sources)
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	failures := words.Number(r.Totals.Failures)
	if n := r.Undated.Failures; n > 0 && !r.Window.All() {
		warn("%s of %s failures bear no date and time, and are in no window", words.Number(n), failures)
	}
	if f, a := r.Undated.FailuresLeftOut, r.Undated.AttemptsLeftOut; f > 0 || a > 0 {
		warn("%s failures and %s attempts bear no date and time, and are left out", words.Number(f), words.Number(a))
	}
	if n := r.Totals.Sessionless; n > 0 && r.Totals.Sessions > 0 {
		warn("%s of %s failures bear no session ID: more sessions may be affected than are counted", words.Number(n), failures)
	}
	return out
}

// Damaged returns the sources that could not be read in full.
func (r *Report) Damaged() []*aggregate.Source {
	return slices.DeleteFunc(slices.Clone(r.Sources), func(s *aggregate.Source) bool { return s.Failed == nil && !s.Damaged() })
}

// SkippedReasons lists why records of a source were skipped, and how many for each reason.
func SkippedReasons(s *aggregate.Source) string {
	var out []string
	for _, reason := range parse.Reasons {
		if n := s.Account.Skipped[reason]; n > 0 {
			out = append(out, fmt.Sprintf("%s %s in all", words.Number(n), reason))
		}
	}
	return strings.Join(out, ", ")
}
