package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/otlog/otlog/internal/reporttest"
	"github.com/otlog/otlog/report"
)

// TestCompleteWindows checks which windows of an input are complete.
func TestCompleteWindows(t *testing.T) {
	monday := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	at := func(day, hour, minute int) time.Time {
		return monday.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	// every yields a session every 20 minutes from first to last, and three more at either end.
	every := func(first, last time.Time) (lines []string) {
		for at := first; !at.After(last); at = at.Add(20 * time.Minute) {
			lines = append(lines, seenAt(fmt.Sprint("s", at.Unix()), at))
		}
		for i := range 3 {
			lines = append(lines, seenAt(fmt.Sprint("first ", i), first), seenAt(fmt.Sprint("last ", i), last))
		}
		return lines
	}
	for _, test := range []struct {
		name   string
		window string
		lines  []string
		filter report.Filter
		want   string // of each window: + complete, - not
	}{
		{"Monday 00:00 to Sunday 23:58, twice", "1w", every(at(0, 0, 0), at(13, 23, 58)), report.Filter{}, "++"},
		{"only Sunday evening of the first week", "1w", every(at(6, 20, 0), at(13, 23, 58)), report.Filter{}, "-+"},
		{"from 8:23 on Monday", "1w", every(at(0, 8, 23), at(6, 23, 58)), report.Filter{}, "+"},
		{"from 8:24 on Monday", "1w", every(at(0, 8, 24), at(6, 23, 58)), report.Filter{}, "-"},
		{"to Sunday 15:36", "1w", every(at(0, 0, 0), at(6, 15, 36)), report.Filter{}, "+"},
		{"to Sunday 15:35", "1w", every(at(0, 0, 0), at(6, 15, 35)), report.Filter{}, "-"},
		{"a client whose clock is a week ahead", "1w", append(every(at(0, 0, 0), at(2, 12, 0)), seenAt("ahead", at(8, 0, 0)), seenAt("ahead", at(16, 0, 0))), report.Filter{}, "-"},
		{"a client whose clock is a day ahead", "1d", append(every(at(0, 0, 0), at(1, 12, 0)), seenAt("ahead", at(2, 11, 0))), report.Filter{}, "+--"},
		{"few sessions", "1d", []string{seenAt("a", at(0, 1, 0)), seenAt("a", at(1, 0, 0))}, report.Filter{}, "+-"},
		{"few sessions, too late", "1d", []string{seenAt("a", at(0, 2, 0)), seenAt("a", at(1, 0, 0))}, report.Filter{}, "--"},
		{"records without an ID", "1d", []string{`{"time":"2026-11-02T00:30:00Z","message":"x"}`, seenAt("a", at(0, 12, 0)), `{"time":"2026-11-02T23:30:00Z","message":"x"}`}, report.Filter{}, "+"},
		{"--since on the border", "1w", every(at(2, 0, 0), at(6, 23, 58)), report.Filter{Since: at(0, 0, 0)}, "+"},
		{"--since before the border", "1w", every(at(2, 0, 0), at(6, 23, 58)), report.Filter{Since: at(-1, 0, 0)}, "-"},
		{"--since after the border", "1w", every(at(0, 0, 0), at(6, 23, 58)), report.Filter{Since: at(0, 1, 0)}, "-"},
		{"--until on the border", "1w", every(at(0, 0, 0), at(2, 0, 0)), report.Filter{Until: at(7, 0, 0)}, "+"},
		{"--until before the border", "1w", every(at(0, 0, 0), at(8, 0, 0)), report.Filter{Until: at(6, 23, 0)}, "-"},
		{"an hour to its 57th minute", "1h", []string{seenAt("a", at(0, 0, 2)), seenAt("a", at(0, 0, 57))}, report.Filter{}, "+"},
		{"an hour to its 56th minute", "1h", []string{seenAt("a", at(0, 0, 2)), seenAt("a", at(0, 0, 56))}, report.Filter{}, "-"},
	} {
		r := reporttest.OfLog(t, logOf(test.lines...), report.Options{Window: reporttest.Window(t, test.window), Filter: test.filter})
		got := ""
		for _, w := range r.Windows {
			if w.Complete {
				got += "+"
			} else {
				got += "-"
			}
		}
		if got != test.want {
			t.Errorf("%s: windows are %s, want %s; the input covers %s to %s", test.name, got, test.want, r.Start, r.End)
		}
	}
}

func seenAt(session string, at time.Time) string {
	return fmt.Sprintf(`{"time":%q,"sessionId":%q,"message":"joining"}`, at.Format(time.RFC3339), session)
}

// TestBoundsSelectRecords checks that records outside the bounds count nowhere, and that the report
// states the bounds that it used.
func TestBoundsSelectRecords(t *testing.T) {
	start := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	var lines []string
	for i := range 60 {
		lines = append(lines, seenAt(fmt.Sprint("s", i), start.Add(time.Duration(i)*time.Minute)))
	}
	lines = append(lines, `{"time":"2026-11-02T10:50:00Z","sessionId":"s1","message":"OT_TIMEOUT: Session.publish :: x"}`, `{"message":"no time"}`)
	r := reporttest.OfLog(t, logOf(lines...), report.Options{Filter: report.Filter{Since: start.Add(20 * time.Minute), Until: start.Add(46 * time.Minute)}})
	if n := r.Totals.Records; n.Clean != 45 || n.Classified != 1 || n.Total() != r.Windows[0].Records {
		t.Errorf("counts %+v, and %d in the window", n, r.Windows[0].Records)
	}
	if r.Totals.Sessions != 46 || r.Totals.SessionsFailed != 1 || r.Totals.Failures != 1 {
		t.Errorf("%+v", r.Totals)
	}
	if since, until := r.Filter.Since, r.Filter.Until; !since.Equal(start.Add(15*time.Minute)) || !until.Equal(start.Add(time.Hour)) {
		t.Errorf("the bounds are %s and %s", since, until)
	}
	const want = "sessions are counted by quarter-hour, so the bounds of time are widened: from 2026-11-02 10:15 to 2026-11-02 11:00"
	if len(r.Warnings) == 0 || r.Warnings[0] != want {
		t.Errorf("got %q, want %q", r.Warnings, want)
	}
}
