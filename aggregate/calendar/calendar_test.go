package calendar

import (
	"testing"
	"time"
)

func TestWindowStart(t *testing.T) {
	tests := []struct{ name, window, zone, at, start, end string }{
		{"quarter", "15m", "UTC", "2026-11-04T10:29:59.9Z", "2026-11-04T10:15:00Z", "2026-11-04T10:30:00Z"},
		{"hour", "1h", "UTC", "2026-11-04T10:29:59Z", "2026-11-04T10:00:00Z", "2026-11-04T11:00:00Z"},
		{"hour in a zone of half hours", "1h", "Asia/Kolkata", "2026-11-04T10:29:59+05:30", "2026-11-04T10:00:00+05:30", "2026-11-04T11:00:00+05:30"},
		{"day", "1d", "UTC", "2026-11-04T23:59:59Z", "2026-11-04T00:00:00Z", "2026-11-05T00:00:00Z"},
		{"day of 25 hours", "1d", "Europe/Berlin", "2026-10-25T23:30:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{"day of 23 hours", "1d", "Europe/Berlin", "2026-03-29T23:30:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{"first of two equal hours", "1h", "Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"},
		{"second of two equal hours", "1h", "Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"},
		{"day without a midnight", "1d", "America/Santiago", "2026-09-06T12:00:00-03:00", "2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"},
		{"day before one without a midnight", "1d", "America/Santiago", "2026-09-05T23:59:00-04:00", "2026-09-05T00:00:00-04:00", "2026-09-06T01:00:00-03:00"},
		{"ISO week", "1w", "UTC", "2026-11-08T23:59:59Z", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"},
		{"ISO week, on a Monday", "1w", "UTC", "2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z"},
		{"ISO week over the new year", "1w", "UTC", "2027-01-01T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"},
		{"month", "1mo", "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, err := Parse(test.window)
			if err != nil {
				t.Fatal(err)
			}
			zone, err := time.LoadLocation(test.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, test.at)
			if err != nil {
				t.Fatal(err)
			}
			start := w.Start(at.In(zone))
			if got := start.Format(time.RFC3339); got != test.start {
				t.Errorf("starts %s, want %s", got, test.start)
			}
			if got := w.End(start).Format(time.RFC3339); got != test.end {
				t.Errorf("ends %s, want %s", got, test.end)
			}
			if got := w.Start(start); !got.Equal(start) {
				t.Errorf("the window's first instant is in the window of %s", got)
			}
		})
	}
}

// TestWindowsDivideTime checks, for two years of several zones, that each window starts where
// the one before ends, and that the window of each instant contains it.
func TestWindowsDivideTime(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range Windows {
			w, err := Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			var end time.Time
			for range 2 * 366 * 96 {
				start := w.Start(at.In(zone))
				if at.Before(start) || !at.Before(w.End(start)) {
					t.Fatalf("%s %s: %s is not between %s and %s", name, s, at, start, w.End(start))
				}
				if !end.IsZero() && start.After(end) {
					t.Fatalf("%s %s: nothing between %s and %s", name, s, end, start)
				}
				end = w.End(start)
				at = at.Add(quarter)
			}
		}
	}
}

func TestParse(t *testing.T) {
	for _, s := range append([]string{"all"}, Windows...) {
		w, err := Parse(s)
		if err != nil || w.String() != s {
			t.Errorf("%q reads as %q, %v", s, w, err)
		}
	}
	if _, err := Parse("2d"); err == nil {
		t.Error("2d is accepted")
	}
}

// TestHoursOfHalfAnHour lists the hours around changes of clocks by half an hour.
func TestHoursOfHalfAnHour(t *testing.T) {
	zone, err := time.LoadLocation("Australia/Lord_Howe")
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string][]string{
		"2026-04-04T14:00:00Z": {"01:00 +1100", "01:30 +1030", "02:00 +1030"}, // put back at 02:00
		"2026-10-03T14:30:00Z": {"01:00 +1030", "02:30 +1100", "03:00 +1100"}, // put forward at 02:00
	} {
		at, err := time.Parse(time.RFC3339, from)
		if err != nil {
			t.Fatal(err)
		}
		hour, err := Parse("1h")
		if err != nil {
			t.Fatal(err)
		}
		at = at.In(zone)
		for _, shown := range want {
			if got := at.Format("15:04 -0700"); got != shown {
				t.Errorf("after %s: got %s, want %s", from, got, shown)
			}
			end := hour.End(at)
			for inside := at; inside.Before(end); inside = inside.Add(15 * time.Minute) {
				if start := hour.Start(inside); !start.Equal(at) {
					t.Errorf("%v is in the hour of %v, want %v", inside, start, at)
				}
			}
			at = end
		}
	}
}
