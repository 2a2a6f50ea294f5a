package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/batch"
	"github.com/otlog/otlog/parse"
	"github.com/otlog/otlog/parse/timestamp"
	"github.com/otlog/otlog/report/words"
)

// SourceWarnings lists the sources, or parts of them, that could not be read or were read before,
// and why. If there are too many, the gravest are listed first, and the others are added up.
func SourceWarnings(sources []*aggregate.Source) []string {
	repeats := aggregate.Repeats(sources)
	out, rest := listWarnings(sources, repeats)
	more := moreWarnings(rest, repeats)
	if more == nil {
		return out
	}
	sources = slices.Clone(sources)
	slices.SortStableFunc(sources, func(a, b *aggregate.Source) int {
		return cmp.Compare(gravity(a, repeats), gravity(b, repeats))
	})
	out, rest = listWarnings(sources, repeats)
	return append(out, moreWarnings(rest, repeats)...)
}

// gravity orders sources by what there is to warn of: a smaller number is graver.
func gravity(s *aggregate.Source, repeats map[*aggregate.Source]*aggregate.Source) int {
	switch {
	case s.Failed != nil:
		return 0
	case s.Damage != nil:
		return 1
	case s.Account.Records.Skipped > 0:
		return 2
	case repeats[s] != nil:
		return 3
	case s.Empty:
		return 4
	}
	return 5
}

// MaxWarnings is how many warnings about sources are listed, apart from those of the last source listed.
// The others are added up.
const MaxWarnings = 200

// listWarnings lists the warnings about sources, and returns the sources that it does not list.
func listWarnings(sources []*aggregate.Source, repeats map[*aggregate.Source]*aggregate.Source) (out []string, rest []*aggregate.Source) {
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for i, s := range sources {
		if len(out) >= MaxWarnings {
			return out, sources[i:]
		}
		if first := repeats[s]; first != nil {
			warn("%s: same content as %s: %s", s.Name, first.Name, CountedAgain)
		}
		if err := s.Trouble(); err != nil {
			warn("%s: %v", s.Name, err)
		}
		if s.Empty {
			warn("%s: empty input", s.Name)
		}
		for _, e := range s.Shown {
			warn("%s: skipped: %v", s.Name, e)
		}
		if more := s.Account.Records.Skipped - int64(len(s.Shown)); len(s.Shown) > 0 && more > 0 {
			warn("%s: %s skipped (%s in total)", s.Name, words.Count(more, "more record"), SkippedReasons(s))
		}
		out = append(out, timeWarnings(s)...)
	}
	return out, nil
}

// moreWarnings adds up the warnings about sources that are not listed.
func moreWarnings(sources []*aggregate.Source, repeats map[*aggregate.Source]*aggregate.Source) []string {
	var failed, damaged, empty, again, skipping, doubtful int
	sum := &aggregate.Source{}
	for _, s := range sources {
		add := func(to *int, is bool) {
			if is {
				*to++
			}
		}
		add(&failed, s.Failed != nil)
		add(&damaged, s.Failed == nil && s.Damage != nil)
		add(&empty, s.Empty)
		add(&again, repeats[s] != nil)
		add(&skipping, s.Account.Records.Skipped > 0)
		add(&doubtful, len(timeWarnings(s)) > 0)
		sum.Account.Add(&s.Account)
	}
	var parts []string
	part := func(n int, what string) {
		if n > 0 {
			parts = append(parts, words.Number(n)+" "+what)
		}
	}
	part(failed, "could not be opened")
	part(damaged, "could not be read in full")
	part(empty, "empty")
	part(again, "with the content of another: "+CountedAgain)
	if skipping > 0 {
		part(skipping, fmt.Sprintf("with %s skipped (%s)", words.Count(sum.Account.Records.Skipped, "record"), SkippedReasons(sum)))
	}
	part(doubtful, "with doubts about times or fields")
	if len(parts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("of %s: %s", words.Count(len(sources), "more source"), strings.Join(parts, "; "))}
}

// Overlap returns the sources that are in the baseline too, and so are compared with themselves.
func (r *Report) Overlap() []*aggregate.Source {
	if r.Baseline == nil {
		return nil
	}
	repeats := aggregate.Repeats(append(slices.Clone(r.Baseline.Sources), r.Sources...))
	return slices.DeleteFunc(slices.Clone(r.Sources), func(s *aggregate.Source) bool {
		return !slices.Contains(r.Baseline.Sources, repeats[s])
	})
}

// Overlapping says what it means that a source is on both sides of a comparison.
const Overlapping = "in the baseline, too: what is on both sides makes changes look smaller"

// NotRedacted says what --no-redact does to a report.
const NotRedacted = "this report was not redacted (--no-redact): names and messages may contain secrets and personal data"

// CountedAgain says what a source adds to the numbers that has the same content as another one.
const CountedAgain = "records and lines count again, and so do failures without a session or a time"

// timeWarnings lists the ambiguities of the times in a source.
func timeWarnings(s *aggregate.Source) []string {
	var out []string
	warn := func(kind timestamp.Doubt, what, then string) {
		if d := s.Doubts[kind]; d.Records > 0 {
			out = append(out, fmt.Sprintf("%s: %s in %s, first in %q: %s", s.Name, what, words.Count(d.Records, "record"), d.Example, then))
		}
	}
	warn(timestamp.DayMonth, "ambiguous day and month", "they count as records without a time; give the order, for instance --time-format '%d/%m/%Y %H:%M:%S'")
	warn(timestamp.ZoneName, "ambiguous name of a time zone", "they count as records without a time; name the zone with --assume-tz")
	end := "the last change of the file"
	if s.Name == "stdin" {
		end = "now"
	}
	warn(timestamp.NoYear, "no year", "they are taken to be from the year before "+end)
	for _, name := range s.Learned.Missing {
		out = append(out, fmt.Sprintf("%s: none of the first records has the given field %q", s.Name, name))
	}
	if s.Learned.Time != "" {
		out = append(out, fmt.Sprintf("%s: the values of %q are read as times; --time-field names another field", s.Name, s.Learned.Time))
	}
	if names := s.Learned.Times; len(names) > 0 {
		out = append(out, fmt.Sprintf("%s: no field is known as the time; --time-field names it, perhaps %s", s.Name, quoted(names)))
	}
	return out
}

// quoted lists names from a log.
func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, strconv.Quote(n))
	}
	return words.List(out)
}

// SessionFields lists the fields of all sources that may identify whom a failure concerns, if
// there are failures without a session.
func (r *Report) SessionFields() []string {
	if r.Totals.Sessionless == 0 {
		return nil
	}
	var out []string
	for _, s := range r.Sources {
		out = append(out, s.Learned.Identifiers...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// warnings lists what limits the meaning of the numbers.
func (r *Report) warnings() []string {
	out := SourceWarnings(r.Sources)
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if r.Population() == WithErrors {
		warn("the input seems to hold errors only (%s): session rates are shares of the sessions with errors, because sessions without any are unknown", r.whyErrorsOnly())
	}
	if !r.Comparable() {
		side := "the baseline"
		if r.Population() == WithErrors {
			side = "the input"
		}
		warn("only %s seems to hold errors only: the session rates of the two sides are shares of different sessions, and are not compared", side)
	}
	if n, start, end := r.emptyWindows(); n > 0 {
		which, them := "", "it"
		if n > 1 {
			which, them = "the first of them ", "them"
		}
		warn("no records in %s (%s%s): the windows around %s are compared with each other", words.Count(n, "whole window"), which, words.Span(start, end), them)
	}
	failures := func(n int64) string { return words.Share(n, r.Totals.Failures, "failure", "has", "have") }
	when := "date and time"
	if r.Totals.WrongClock > 0 {
		when = "plausible " + when
	}
	if n := r.Undated.Failures; n > 0 && !r.Window.All() {
		them := "them"
		if n == 1 {
			them = "it"
		}
		warn("%s no %s, so no window includes %s", failures(n), when, them)
	}
	if n := r.Totals.WrongClock; n > 0 {
		warn("%s from wrong clocks, more than a day before %s or after %s: no window includes them",
			words.Count(n, "record"), r.Start.Format(words.MinuteLayout), r.End.Format(words.MinuteLayout))
	}
	if f, a := r.Undated.FailuresLeftOut, r.Undated.AttemptsLeftOut; f > 0 || a > 0 {
		warn("%s and %s have no %s, and are left out", words.Count(f, "failure"), words.Count(a, "attempt"), when)
	}
	if d := r.Divided; d != (batch.Divided{}) {
		var where []string
		if d.Sessions > 0 {
			where = append(where, words.Count(d.Sessions, "session"))
		}
		if d.First != "" {
			where[0] += fmt.Sprintf(" (the first is %s)", d.First)
		}
		if d.WithoutID {
			where = append(where, "the records of a source without IDs")
		}
		warn("more than 100,000 lines show an error in %s: their failures were found in parts, and those at a border of two parts may count twice", strings.Join(where, " and "))
	}
	if n := r.Totals.Records.Native; n > 0 {
		warn("native SDKs (iOS, Android, React Native, …) wrote %s: no failure and no rate includes them, because their codes have other meanings (see otlog explain NUMBER)", words.Count(n, "record"))
	}
	if r.Unredacted {
		warn("%s", NotRedacted)
	}
	if hashed := r.HashedOnly(); hashed != "" {
		warn("%s", hashed)
	}
	untimed := r.Totals.First.IsZero() && r.Totals.Failures > 0
	if untimed {
		warn("no record has a date and time, so there is no trend, and only their place separates the failures of a session; otlog formats FILE shows how a file is read, --time-field and --time-format say where and how it states times")
	}
	if n := r.Totals.Sessionless; n > 0 && untimed {
		warn("%s no session ID; --session-field names a field that identifies whom failures concern", failures(n))
	} else if n > 0 {
		warn("%s no session ID, so only times separate failures; --session-field names a field that identifies whom they concern", failures(n))
	}
	return out
}

// emptyWindows counts the windows between others in which no record is, and returns the first one. A lost log
// looks like that. In windows of less than a day, a night does too: they are not counted.
func (r *Report) emptyWindows() (n int, start, end time.Time) {
	const day = 23 * time.Hour // where clocks are put forward
	for i := 1; i < len(r.Windows); i++ {
		at := r.Windows[i-1].End
		if at.Sub(r.Windows[i-1].Start) < day {
			return 0, start, end
		}
		for ; at.Before(r.Windows[i].Start); at = r.Window.End(at) {
			if n++; n == 1 {
				start, end = at, r.Window.End(at)
			}
		}
	}
	return n, start, end
}

// Damaged returns the sources that could not be read in full.
func (r *Report) Damaged() []*aggregate.Source {
	return slices.DeleteFunc(slices.Clone(r.Sources), func(s *aggregate.Source) bool { return s.Failed == nil && !s.Damaged() })
}

// Repeats returns the sources that have the same content as an earlier one, each with the first
// such source.
func (r *Report) Repeats() map[*aggregate.Source]*aggregate.Source {
	return aggregate.Repeats(r.Sources)
}

// SkippedReasons lists why records of a source were skipped, and how many for each reason.
func SkippedReasons(s *aggregate.Source) string {
	var out []string
	for _, reason := range parse.Reasons {
		if n := s.Account.Skipped[reason]; n > 0 {
			out = append(out, words.Number(n)+" "+reason.String())
		}
	}
	return strings.Join(out, ", ")
}
