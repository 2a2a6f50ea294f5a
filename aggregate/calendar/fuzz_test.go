package calendar

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// FuzzWindow compares windows with a walk from quarter-hour to quarter-hour for as long as the calendar
// shows the same hour, day, week or month.
func FuzzWindow(f *testing.F) {
	// Zones whose clocks change at midnight, by half an hour, or at odd offsets, and one that skipped a day.
	names := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana",
		"Pacific/Apia", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "America/Asuncion", "Asia/Tehran", "Asia/Pyongyang"}
	zones := make([]*time.Location, len(names))
	for i, name := range names {
		var err error
		if zones[i], err = time.LoadLocation(name); err != nil {
			f.Fatal(err)
		}
	}
	for i := range names {
		for _, at := range []string{"2026-03-29T01:30:00Z", "2018-11-04T03:10:00Z", "2011-12-30T10:00:00Z", "2024-10-31T22:00:00Z", "2026-01-01T00:00:00Z", "2015-08-14T15:30:00Z"} {
			t, err := time.Parse(time.RFC3339, at)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(t.Unix(), uint8(i), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, seconds int64, zone, which uint8) {
		const from, to = 1_262_304_000, 2_208_988_800 // 2010 to 2040
		if seconds < from || seconds >= to {
			seconds = from + (seconds%(to-from)+(to-from))%(to-from)
		}
		at := time.Unix(seconds, 123).In(zones[int(zone)%len(zones)])
		name := Windows[int(which)%len(Windows)]
		w, err := Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		label := labels[name]
		first := at.Truncate(quarter)
		for label(first.Add(-quarter)) == label(at) {
			first = first.Add(-quarter)
		}
		last := at.Truncate(quarter)
		for label(last) == label(at) {
			last = last.Add(quarter)
		}
		start := w.Start(at)
		if end := w.End(start); !start.Equal(first) || !end.Equal(last) {
			t.Fatalf("%s of %v: got %v to %v, want %v to %v", name, at, start, end, first, last)
		}
		if !w.Start(start).Equal(start) || !w.Start(last).Equal(last) {
			t.Fatalf("%s of %v: borders move", name, at)
		}
	})
}

// labels say what the calendar shows of a window. Hours and quarters that a clock repeats differ in their
// offset.
var labels = map[string]func(time.Time) string{
	"15m": func(t time.Time) string { return t.Truncate(quarter).Format(time.RFC3339) },
	"1h":  func(t time.Time) string { return t.Format("2006-01-02T15Z07:00") },
	"1d":  func(t time.Time) string { return t.Format(time.DateOnly) },
	"1w": func(t time.Time) string {
		year, week := t.ISOWeek()
		return time.Date(year, 1, week, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	},
	"1mo": func(t time.Time) string { return t.Format("2006-01") },
}
