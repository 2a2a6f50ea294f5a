package report

import (
	"testing"
	"time"

	"github.com/otlog/otlog/aggregate"
	"github.com/otlog/otlog/aggregate/calendar"
)

// TestHours checks which hours of which window have no records.
func TestHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	day := func(hour, minute int) time.Time { return time.Date(2026, 10, 24, hour, minute, 0, 0, time.UTC) }
	for _, test := range []struct {
		name    string
		window  string
		zone    *time.Location
		filter  Filter
		records []time.Time
		want    []Hours // of each window
	}{
		{"nothing", "all", time.UTC, Filter{}, nil, []Hours{{}}},
		{"one record", "all", time.UTC, Filter{}, []time.Time{day(7, 59)}, []Hours{{All: 1}}},
		{"from the first to the last", "all", time.UTC, Filter{}, []time.Time{day(7, 59), day(8, 0), day(8, 59), day(11, 1), day(14, 0)},
			[]Hours{{All: 8, Silent: 4, GapStart: day(9, 0), GapEnd: day(11, 0)}}},
		{"a day, and one that is not complete", "1d", time.UTC, Filter{}, []time.Time{day(1, 0), day(20, 0), day(26, 59)},
			[]Hours{{All: 24, Silent: 22, GapStart: day(2, 0), GapEnd: day(20, 0)}, {All: 3, Silent: 2, GapStart: day(24, 0), GapEnd: day(26, 0)}}},
		{"a day's end", "1d", time.UTC, Filter{}, []time.Time{day(0, 0), day(24, 0)},
			[]Hours{{All: 24, Silent: 23, GapStart: day(1, 0), GapEnd: day(24, 0)}, {All: 1}}},
		{"a day of 25 hours", "1d", berlin, Filter{}, []time.Time{day(22, 0), day(46, 59), day(47, 0)},
			[]Hours{{All: 25, Silent: 23, GapStart: day(23, 0), GapEnd: day(46, 0)}, {All: 1}}},
		{"days that begin at half past", "1d", kolkata, Filter{}, []time.Time{day(18, 45), day(20, 15), day(42, 30)},
			[]Hours{{All: 24, Silent: 22, GapStart: day(20, 30), GapEnd: day(42, 30)}, {All: 1}}},
		{"less than an hour", "15m", time.UTC, Filter{}, []time.Time{day(7, 0), day(7, 30), day(8, 0)}, []Hours{{All: 1}, {All: 1}, {All: 1}}},
		{"a part that was asked for", "1d", time.UTC, Filter{Since: day(6, 0), Until: day(20, 0)}, []time.Time{day(1, 0), day(8, 0), day(10, 0), day(21, 0)},
			[]Hours{{All: 5, Silent: 3, GapStart: day(6, 0), GapEnd: day(8, 0)}}},
	} {
		window, err := calendar.Parse(test.window)
		if err != nil {
			t.Fatal(err)
		}
		in := &input{filter: aggregate.Filter{Since: test.filter.Since, Until: test.filter.Until}}
		for _, at := range test.records {
			in.coverage = append(in.coverage, aggregate.Coverage{Bucket: aggregate.BucketOf(at.UnixNano()), Records: aggregate.Records{Clean: 1}, First: at.UnixNano(), Last: at.UnixNano()})
		}
		if n := len(test.records); n > 0 {
			in.times = aggregate.Range{First: test.records[0].UnixNano(), Last: test.records[n-1].UnixNano()}
		}
		r := &Report{Window: window, Zone: test.zone, Filter: test.filter}
		if err := newFold(&aggregate.Names{}, r, &r.Numbers).draw(r, in); err != nil {
			t.Fatal(err)
		}
		if len(r.Windows) != len(test.want) {
			t.Errorf("%s: got %d windows, want %d", test.name, len(r.Windows), len(test.want))
			continue
		}
		for i, w := range r.Windows {
			got, want := w.Hours, test.want[i]
			if want.Silent == 0 && (!got.GapStart.IsZero() || !got.GapEnd.IsZero()) || want.Silent > 0 && (!got.GapStart.Equal(want.GapStart) || !got.GapEnd.Equal(want.GapEnd)) ||
				got.All != want.All || got.Silent != want.Silent {
				t.Errorf("%s: window %d: got %+v, want %+v", test.name, i, got, want)
			}
		}
	}
}

// TestWindowsAreBounded divides the quarter-hours of years into windows.
func TestWindowsAreBounded(t *testing.T) {
	in := &input{}
	for i := range 2 * maxWindows {
		b := aggregate.Bucket(i)
		in.coverage = append(in.coverage, aggregate.Coverage{Bucket: b, Records: aggregate.Records{Clean: 1}, First: b.Start().UnixNano(), Last: b.Start().UnixNano()})
	}
	for _, test := range []struct {
		window string
		many   bool
	}{{"15m", true}, {"1h", false}, {"1d", false}, {"1mo", false}} {
		window, err := calendar.Parse(test.window)
		if err != nil {
			t.Fatal(err)
		}
		r := &Report{Window: window, Zone: time.UTC}
		err = newFold(&aggregate.Names{}, r, &r.Numbers).draw(r, in)
		if (err != nil) != test.many {
			t.Errorf("%s: %v", test.window, err)
		}
		if want := "--window 15m divides the input into more than 40,000 windows: choose a longer one, such as 1d, or bounds of time, --since and --until"; err != nil && err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

// TestEmptyWindows counts windows without any record, as a lost log leaves them.
func TestEmptyWindows(t *testing.T) {
	week := func(n int) time.Time { return time.Date(2026, 10, 19+7*n, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		name, window string
		starts       []time.Time
		want         int
		first        time.Time
	}{
		{"none", "1w", []time.Time{week(0), week(1), week(2)}, 0, time.Time{}},
		{"one", "1w", []time.Time{week(0), week(1), week(3)}, 1, week(2)},
		{"several", "1w", []time.Time{week(0), week(2), week(5)}, 3, week(1)},
		{"days", "1d", []time.Time{week(0), week(1)}, 6, week(0).AddDate(0, 0, 1)},
		{"hours, which a night leaves empty", "1h", []time.Time{week(0), week(1)}, 0, time.Time{}},
		{"a single window", "1w", []time.Time{week(0)}, 0, time.Time{}},
	} {
		window, err := calendar.Parse(test.window)
		if err != nil {
			t.Fatal(err)
		}
		r := &Report{Window: window}
		for _, start := range test.starts {
			r.Windows = append(r.Windows, Window{Start: start, End: window.End(start)})
		}
		if n, start, _ := r.emptyWindows(); n != test.want || !start.Equal(test.first) {
			t.Errorf("%s: %d, the first from %s, want %d from %s", test.name, n, start, test.want, test.first)
		}
	}
}
